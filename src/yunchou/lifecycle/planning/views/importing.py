"""Reading the tables of a plan from a workbook: handed in, looked at beside the plan, taken over table by table."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.sheets.findings import Level
from yunchou.kernel.sheets.xlsx import WorkbookRefused
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.kernel.versions.actions import present_digest

from .. import actions
from ..actions.importing import Taken
from ..forms import UploadForm
from ..models import PlanImport
from ..permissions import Perm
from .shared import open_plan, plan_at

GLYPHS = {Level.ERROR: "act", Level.WARN: "watch", Level.REMARK: "unknown"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand a workbook in; nothing is written before it was looked at."""
    subject = open_plan(request, pk, Perm.DRAFT)
    form = UploadForm(typed(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = actions.read_plan(plan=plan_at(pk), upload=form.cleaned_data["upload"], actor=request.user)
        except (WorkbookRefused, Invalid) as refused:
            form.add_error("upload", str(refused.message))
        else:
            return redirect("planning:import_look", pk, run.pk)
    context = page_context(
        request,
        subject,
        "plan_overview",
        form=form,
        title=_("Read a workbook"),
        back=subject.get_absolute_url(),
        verb=_("Read"),
        hint=_("The sheets are those of the export. You see every difference before anything is written."),
    )
    return render(request, "planning/upload.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_look(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """The workbook beside the plan: findings and differences table by table; the chosen tables are taken over."""
    subject = open_plan(request, pk, Perm.DRAFT)
    found = get_object_or_404(
        PlanImport.objects.select_related("file", "plan__subject"), pk=run, plan=pk, actor=request.user
    )
    refused: Refused | None = None
    if request.method == "POST":
        try:
            count = actions.take_over(run=found, tables=request.POST.getlist("tables"), actor=request.user)
        except Refused as error:
            if not isinstance(error, Invalid):
                raise
            refused = error
        else:
            words = ngettext("%(count)s change taken over", "%(count)s changes taken over", count)
            toast(request, words % {"count": count})
            return go(request, subject.get_absolute_url())
    look = actions.look_at(found)
    context = page_context(
        request,
        subject,
        "plan_overview",
        run=found,
        look=look,
        tables=[_shown(one) for one in look.tables],
        others=[(GLYPHS[one.level], one) for one in look.others],
        refused=refused,
        is_stale=found.taken_at is None and present_digest(subject) != found.digest,
        takeable=any(one.is_takeable for one in look.tables),
    )
    return render(request, "planning/import_look.html", context, status=422 if refused else 200)


def _shown(one: Taken) -> dict[str, object]:
    return {
        "one": one,
        "findings": [(GLYPHS[finding.level], finding) for finding in one.findings],
        "changes": one.changes,
    }
