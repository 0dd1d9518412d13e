"""Reports of misconduct, the code of conduct and breaches of it."""

from __future__ import annotations

from datetime import timedelta

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.files import store
from yunchou.kernel.files.views import INERT
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.ui.dialogs import dialog, mark
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms.audits import FindingForm
from ..forms.checks import BreachForm, ResultForm, RoundForm, StatementForm, TipForm
from ..models import Breach, FindingKind, Tip, TipFile, TipStatus
from ..permissions import Perm
from ..selectors.conduct import (
    asked_of,
    breaches_for,
    clauses_of,
    current_round,
    own_tips,
    standing_of,
    tips_for,
    word_of,
)
from ..selectors.findings import findings_of
from ..terms import correction_due
from .shared import segments

ASKED = 200


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def tell(request: SignedInRequest) -> HttpResponse:
    """Where anybody reports misconduct, and sees what came of the own reports.

    Not kept as "sent once": that would tell who sent what.
    """
    form = TipForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_misconduct(actor=request.user, **form.cleaned_data)
        except Invalid as refused:
            mark(form, refused)
        else:
            toast(request, _("Received. Supervision deals with it; nobody else learns of it"))
            return redirect("supervision:tell")
    context = {"form": form, "own": own_tips(request.user)[:50]}
    return render(request, "supervision/tell.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def tip_list(request: SignedInRequest) -> HttpResponse:
    """The reports of misconduct that the person may deal with, the latest first."""
    require(request.user, Perm.HANDLE_TIPS)
    views = [("open", pgettext("tip", "Open")), ("all", _("All"))]
    view = request.GET.get("view", "")
    view = view if view in dict(views) else "open"
    found = tips_for(request.user)
    if view == "open":
        found = found.filter(status__in=(TipStatus.RECEIVED, TipStatus.EXAMINED))
    context = {
        "page": paginate(found, request.GET, by="-received_at"),
        "segments": segments(request, views, view),
        "view": view,
    }
    return render(request, "supervision/tip_list.html", context)


@require_safe
@login_required
@never_cache
def tip_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    tip = _tip(request, pk)
    context = {"tip": tip, "files": tip.files.all(), "findings": findings_of(tip.subject, request.user)}
    return render(request, "supervision/tip_detail.html", context)


@require_safe
@login_required
@never_cache
def tip_file(request: SignedInRequest, pk: int, file: int) -> HttpResponse:
    """What was handed in with a report, as a download."""
    tip = _tip(request, pk)
    found = get_object_or_404(TipFile.objects.select_related("file"), pk=file, tip=tip)
    try:
        content = store.open_content(found.file.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=found.file.content_type)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=found.name) or ""
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = INERT
    return response  # type: ignore[return-value]


@require_POST
@login_required
def tip_take(request: SignedInRequest, pk: int) -> HttpResponse:
    tip = actions.take_tip(tip=_tip(request, pk), actor=request.user)
    toast(request, _("It is yours to examine"))
    return redirect(tip)


@require_http_methods(["GET", "POST"])
@login_required
def tip_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what came of a report."""
    tip = _tip(request, pk)
    form = ResultForm(request.POST or None)

    def save() -> str:
        data = form.cleaned_data
        actions.close_tip(
            tip=tip, is_upheld=data["verdict"] == "upheld", result=data["result"], actor=request.user
        )
        toast(request, _("Saved"))
        return tip.get_absolute_url()

    return dialog(request, form, str(tip), pgettext("tip", "Conclude"), save, back=tip.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def tip_finding_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a finding from the examination, which the department concerned corrects."""
    tip = _tip(request, pk)
    due = correction_due()
    initial = {"due_on": due, "kind": FindingKind.LEGALITY, "severity": "critical"}
    form = FindingForm(request.POST or None, initial=initial)

    def save() -> str:
        finding = actions.record_finding(source=tip.subject, found=form.found(), actor=request.user)
        toast(request, _("%(finding)s recorded") % {"finding": finding})
        return f"{tip.get_absolute_url()}#findings"

    hint = _("Those concerned read this: write nothing from which the reporter could be told.")
    return dialog(
        request,
        form,
        _("Record a finding"),
        pgettext("audit", "Record"),
        save,
        back=tip.get_absolute_url(),
        hint=hint,
    )


# -- the code of conduct -----------------------------------------------------------------------------------------------


@require_safe
@login_required
def conduct(request: SignedInRequest) -> HttpResponse:
    """The code of conduct with the person's own word, and for whoever oversees people, who has not given it yet."""
    user = request.user
    turn = current_round()
    oversees = turn is not None and holds(user, Perm.CONDUCT)
    asked = list(asked_of(turn, user)[:ASKED]) if turn and oversees else []
    context = {
        "round": turn,
        "clauses": clauses_of(turn) if turn else [],
        "word": word_of(user, turn),
        "asked": asked,
        "standing": standing_of(turn, user) if turn and oversees else None,
        "may_ask": holds(user, Perm.CONDUCT, Unit.objects.filter(parent=None).first()),
        "sees_breaches": breaches_for(user).exists() or holds(user, Perm.SEE_BREACHES),
    }
    return render(request, "supervision/conduct.html", context)


@require_POST
@login_required
def conduct_acknowledge(request: SignedInRequest) -> HttpResponse:
    turn = current_round()
    if turn is None:
        raise Http404
    actions.acknowledge(turn=turn, actor=request.user)
    toast(request, _("Acknowledged"))
    return redirect("supervision:conduct")


@require_http_methods(["GET", "POST"])
@login_required
def conduct_ask(request: SignedInRequest) -> HttpResponse:
    """Ask everybody for the year."""
    require(request.user, Perm.CONDUCT, Unit.objects.get(parent=None))
    today = clock.today()
    turn = current_round()
    initial = {
        "year": today.year,
        "due_on": today + timedelta(days=30),
        "regulation": turn.edition.regulation_id if turn else None,
    }
    form = RoundForm(request.POST or None, initial=initial)
    back = reverse("supervision:conduct")

    def save() -> str:
        actions.open_round(actor=request.user, **form.cleaned_data)
        toast(request, _("Everybody with a post was asked"))
        return back

    return dialog(
        request, form, _("Ask for the code of conduct"), pgettext("conduct", "Ask"), save, back=back
    )


@require_safe
@login_required
def breach_list(request: SignedInRequest) -> HttpResponse:
    """The breaches that the person may see: by office, or the own."""
    context = {
        "page": paginate(breaches_for(request.user), request.GET, by="-on"),
        "may_record": holds(request.user, Perm.RECORD_BREACHES),
    }
    return render(request, "supervision/breach_list.html", context)


@require_safe
@login_required
@never_cache
def breach_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    breach: Breach = get_object_or_404(breaches_for(request.user), pk=pk)
    return render(request, "supervision/breach_detail.html", {"breach": breach})


@require_http_methods(["GET", "POST"])
@login_required
def breach_add(request: SignedInRequest) -> HttpResponse:
    """Record a breach, from a report of misconduct with `?tip=`."""
    require(request.user, Perm.RECORD_BREACHES)
    number = request.GET.get("tip", "")
    tip = _tip(request, int(number)) if number.isdecimal() else None
    initial = {"on": clock.today(), "person": tip.accused_id if tip else None}
    form = BreachForm(request.POST or None, initial=initial)

    def save() -> str:
        breach = actions.record_breach(broken=form.broken(tip.subject if tip else None), actor=request.user)
        toast(request, _("%(breach)s recorded") % {"breach": breach})
        return breach.get_absolute_url()

    return dialog(
        request,
        form,
        _("Record a breach"),
        pgettext("audit", "Record"),
        save,
        back=reverse("supervision:breach_list"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def breach_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own statement on a breach."""
    breach: Breach = get_object_or_404(breaches_for(request.user), pk=pk)
    form = StatementForm(request.POST or None)

    def save() -> str:
        actions.make_statement(breach=breach, text=form.cleaned_data["text"], actor=request.user)
        toast(request, _("Saved"))
        return breach.get_absolute_url()

    return dialog(
        request,
        form,
        _("Statement on %(breach)s") % {"breach": breach},
        _("Save"),
        save,
        back=breach.get_absolute_url(),
    )


def _tip(request: SignedInRequest, pk: int) -> Tip:
    require(request.user, Perm.HANDLE_TIPS)
    tip: Tip = get_object_or_404(tips_for(request.user), pk=pk)
    return tip
