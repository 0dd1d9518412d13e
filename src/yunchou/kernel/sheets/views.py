"""Fragments of editable tables, and what people do about rule findings. All work on one subject that the person sees."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, own_page
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from . import editor
from .editor import Stale, check_open, context_of
from .forms import ReasonForm, RowForm
from .grid import Look, find_table, table_context
from .panels import Panel, panel_context
from .registry import Kept
from .selectors import Shown, findings_on, forget_findings, open_verdict
from .typed import digest

CHANGED = "sheets:changed"
"""A row was changed, and its table is part of the answer; other parts of the page look again."""
FIXED = "sheets:fixed"
"""Something was changed or ruled on from outside the tables; they look again, too."""


def _opened(request: SignedInRequest, pk: int, table: str) -> tuple[Subject, Kept[Any], Look]:
    """The subject (404 for who may not see it), the table (404 where there is none), and how the page wants it."""
    subject = open_subject(request, pk)
    kept = find_table(subject, table)
    if kept is None:
        raise Http404
    if kept.view_perm:
        require(request.user, kept.view_perm, subject)
    return subject, kept, Look.of(request.GET)


def _table(request: SignedInRequest, subject: Subject, kept: Kept[Any], look: Look) -> HttpResponse:
    return render(request, kept.template, table_context(request, subject, kept, look))


def _changed(
    request: SignedInRequest, subject: Subject, kept: Kept[Any], look: Look, *, is_changed: bool = True
) -> HttpResponse:
    """The whole table after a change, in the place of the old one: subtotals and outlines change with a row."""
    if not request.htmx:
        return redirect(own_page(request, subject.get_absolute_url()))
    forget_findings(request)
    response = _table(request, subject, kept, look)
    response["HX-Retarget"], response["HX-Reswap"] = f"#sheet-{kept.table.key}", "outerHTML"
    if is_changed:
        response["HX-Trigger"] = json.dumps({CHANGED: None})
    return response


@login_required
@require_GET
def table(request: SignedInRequest, pk: int, table: str) -> HttpResponse:
    """The table as it stands."""
    return _table(request, *_opened(request, pk, table))


@login_required
@require_http_methods(["GET", "POST"])
def row_add(request: SignedInRequest, pk: int, table: str) -> HttpResponse:
    """An empty row form; POST saves it as the last row."""
    subject, kept, look = _opened(request, pk, table)
    check_open(kept, subject, request.user)
    return _edit(request, subject, kept, look, None)


@login_required
@require_http_methods(["GET", "POST"])
def row_edit(request: SignedInRequest, pk: int, table: str, row: int) -> HttpResponse:
    """A row as a form; POST saves it. 422 with the form when a cell cannot be read, 409 when the row has changed."""
    subject, kept, look = _opened(request, pk, table)
    check_open(kept, subject, request.user)
    return _edit(request, subject, kept, look, row)


def _edit(
    request: SignedInRequest, subject: Subject, kept: Kept[Any], look: Look, pk: int | None
) -> HttpResponse:
    if request.POST.get("cancel"):
        return _changed(request, subject, kept, look, is_changed=False)
    row = _new(kept, subject) if pk is None else _row(kept, subject, pk)
    only = [key for key in kept.table.by_key if key not in kept.fixed]
    name = f"{kept.table.key}_{pk or 0}"
    form = RowForm(
        kept.table, row, subject, context_of(subject), request.POST or None, only=only, prefix_id=name
    )
    seen = digest(kept.table, row) if pk is not None else ""
    if request.method == "GET":
        return _form(request, subject, kept, look, form, pk, seen)
    try:
        editor.save_row(
            subject=subject,
            kept=kept,
            pk=pk,
            cells=form.cells,
            actor=request.user,
            seen=request.POST.get("seen", ""),
        )
    except Stale as stale:
        if stale.row is None:
            raise
        form.show_stored()
        return _form(request, subject, kept, look, form, pk, digest(kept.table, stale.row), stale)
    except Invalid as invalid:
        form.show(invalid.fields)
        return _form(request, subject, kept, look, form, pk, request.POST.get("seen", seen), invalid)
    toast(request, _("Saved"))
    return _changed(request, subject, kept, look)


def _new(kept: Kept[Any], subject: Subject) -> Any:
    return kept.begin(subject) if kept.begin else kept.table.row()


def _row(kept: Kept[Any], subject: Subject, pk: int) -> Any:
    for row in kept.load(subject):
        if row.pk == pk:
            return row
    raise Http404


def _form(
    request: SignedInRequest,
    subject: Subject,
    kept: Kept[Any],
    look: Look,
    form: RowForm,
    pk: int | None,
    seen: str,
    refused: Refused | None = None,
) -> HttpResponse:
    context = {
        "subject": subject,
        "kept": kept,
        "look": look,
        "form": form,
        "row": pk,
        "seen": seen,
        "refused": refused,
        "width": look.width(kept),
    }
    return render(request, "sheets/row_form.html", context, status=refused.status if refused else 200)


@login_required
@require_POST
def row_delete(request: SignedInRequest, pk: int, table: str, row: int) -> HttpResponse:
    """Delete a row; 409 when it is no longer what the person saw."""
    subject, kept, look = _opened(request, pk, table)
    seen = request.POST.get("seen", "")
    editor.delete_row(subject=subject, kept=kept, pk=row, actor=request.user, seen=seen)
    toast(request, _("Deleted"))
    return _changed(request, subject, kept, look)


@login_required
@require_POST
def row_move(request: SignedInRequest, pk: int, table: str, row: int) -> HttpResponse:
    """Put a row at `place`, counted from 1."""
    subject, kept, look = _opened(request, pk, table)
    place = request.POST.get("place", "")
    if not place.isdecimal():
        raise Invalid(_("The place is a number."))
    editor.move_row(subject=subject, kept=kept, pk=row, position=int(place), actor=request.user)
    return _changed(request, subject, kept, look)


@login_required
@require_http_methods(["GET", "POST"])
def footer_edit(request: SignedInRequest, pk: int, table: str) -> HttpResponse:
    """The totals that people state, in a dialog."""
    subject, kept, look = _opened(request, pk, table)
    check_open(kept, subject, request.user)
    if kept.table.footer is None or kept.save_footer is None:
        raise Http404
    row = kept.load_footer(subject) or kept.table.row()
    only, ctx = kept.table.footer.columns, context_of(subject)
    form = RowForm(
        kept.table, row, subject, ctx, request.POST or None, only=only, prefix_id="total", is_total=True
    )
    context = {"subject": subject, "kept": kept, "look": look, "form": form}
    if request.method == "GET":
        return render(request, "sheets/footer_form.html", context)
    try:
        editor.save_footer(subject=subject, kept=kept, cells=form.cells, actor=request.user)
    except Invalid as invalid:
        form.show(invalid.fields)
        return render(
            request, "sheets/footer_form.html", {**context, "refused": invalid}, status=invalid.status
        )
    toast(request, _("Saved"))
    return _closed(request, subject)


def _closed(request: SignedInRequest, subject: Subject) -> HttpResponse:
    """The dialog closes, and everything on the page looks again."""
    if not request.htmx:
        return redirect(own_page(request, subject.get_absolute_url()))
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps(
        {FIXED: None, "dialog:close": None}
    )  # the form that is closed comes last
    return response


@login_required
@require_GET
def findings(request: SignedInRequest, pk: int) -> HttpResponse:
    """The card of findings, asked for again after a change."""
    subject = open_subject(request, pk)
    panel = Panel.of(request.GET)
    return render(request, "sheets/findings.html", panel_context(request, subject, panel))


@login_required
@require_POST
def fix_apply(request: SignedInRequest, pk: int, finding: str) -> HttpResponse:
    """Apply the smallest change that a rule proposes."""
    subject = open_subject(request, pk)
    editor.apply_finding(subject=subject, fingerprint=finding, actor=request.user)
    toast(request, _("Changed as proposed"))
    return _closed(request, subject)


@login_required
@require_http_methods(["GET", "POST"])
def finding_rule(request: SignedInRequest, pk: int, finding: str) -> HttpResponse:
    """Confirm a finding, or ask for an exception, with a reason."""
    subject = open_subject(request, pk)
    verdict = open_verdict(subject, finding)
    shown = next(Shown(judged) for judged in findings_on(request, subject) if judged.verdict == verdict)
    form = ReasonForm(request.POST or None)
    context = {"subject": subject, "finding": shown, "form": form}
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return render(request, "sheets/rule_form.html", context, status=status)
    reason = form.cleaned_data["reason"]
    editor.rule_on_finding(subject=subject, verdict=verdict, reason=reason, actor=request.user)
    toast(request, _("Exception asked for") if verdict.blocks else _("Confirmed"))
    return _closed(request, subject)
