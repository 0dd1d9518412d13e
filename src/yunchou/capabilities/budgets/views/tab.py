"""The tab 预算: figures, headings, lines in their views, contingency, findings; and the dialogs that belong to it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.ledger.selectors import account_of
from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, Refused, RuleRefused
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import mark
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from ..actions import campaign_key, choose_columns, record_actual, say_no_cost, take_back_no_cost
from ..adjustments import adjustments_of, contingency_left
from ..chart import HEADINGS, Heading
from ..columns import LEDGER, OFFERS, VARIANCE, heads_for
from ..forms import ActualForm, ColumnsForm, NoCostForm
from ..models import Adjustment, BudgetLine
from ..money import levels_above, newest_entries, whole_of
from ..offers import offers_of
from ..permissions import Perm
from ..rules import variance_has_a_note
from ..selectors import facts_of, gauge_of, headings_of, levels_ahead, needs_contingency, summary_of
from ..stores import LINES
from ..tables import BUDGET
from .shared import changed, show_dialog, tab_of


@login_required
@require_safe
def budget_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The budget of a subject; figures and gauge are asked for again by themselves when a line changes.

    `?view=` shows the lines as ledger, by their variances, or with the offers that were compared for them.
    """
    subject = open_subject(request, pk, Perm.VIEW)
    view = request.GET.get("view", "")
    view = view if view in (VARIANCE, OFFERS) else LEDGER
    facts = facts_of(subject, needs_contingency=needs_contingency(subject))
    summary = summary_of(facts)
    adjustments = adjustments_of(subject)
    account = account_of(campaign_key(subject))
    context = page_context(
        request, subject, "budget", view=view, views=_views(view), budget=whole_of(summary, subject),
        gauge=gauge_of(facts), levels=levels_above(subject, request.user), entries=newest_entries(subject), account=account,
        headings=headings_of(subject, facts), may_edit=holds(request.user, Perm.EDIT, subject),
        is_locked=lock_on(subject, BUDGET.key) is not None,
        offers=offers_of(subject, facts.lines, request.user) if view == OFFERS else None,
        adjustments=[one for one in adjustments if one.way != Adjustment.Way.DRAW],
        draws=[one for one in adjustments if one.way == Adjustment.Way.DRAW],
        contingency_left=contingency_left(subject) if account else None,
        ahead=veiled(levels_ahead(subject), request.user),
    )  # fmt: skip
    return render(request, "budgets/budget_detail.html", context)


def _views(active: str) -> list[dict[str, Any]]:
    found = ((LEDGER, _("Ledger")), (VARIANCE, _("Variances")), (OFFERS, _("Offers")))
    return [{"label": label, "url": f"?view={key}", "active": key == active} for key, label in found]


@login_required
@require_http_methods(["GET", "POST"])
def actual_book(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    """Book what a line did cost, in a dialog. 422 when R-BUD-11 misses a note, 409 while nothing may be booked.

    Where a ceiling blocks, the three legal ways out stand below the form (X-05).
    """
    subject = open_subject(request, pk, Perm.VIEW)
    stored = get_object_or_404(BudgetLine, pk=line, subject=subject)
    is_settled = stored.account_id is not None
    require(request.user, Perm.SETTLE if is_settled else Perm.BOOK, subject)
    initial = {"amount": stored.actual, "note": stored.variance_note}
    form = ActualForm(request.POST or None, initial=initial, is_settled=is_settled)
    if request.method == "GET":
        return _booking(request, subject, stored, form)
    if not form.is_valid():
        return _booking(request, subject, stored, form, status=422)
    try:
        once(request, lambda: _book(request, stored, form))
    except RuleRefused as refused:
        verdict = refused.verdicts[0]
        about_note = verdict.rule_id == variance_has_a_note.id
        form.add_error(
            "note" if about_note else "amount", ValidationError(str(refused), code=verdict.rule_id)
        )
        blocking = None if about_note else verdict
        return _booking(request, subject, stored, form, status=refused.status, blocking=blocking)
    except Invalid as refused:
        mark(form, refused)
        return _booking(request, subject, stored, form, status=refused.status)
    toast(request, _("Cost booked"))
    return changed(request, tab_of(subject.pk))


def _book(request: SignedInRequest, line: BudgetLine, form: ActualForm) -> str:
    record_actual(line=line, actor=request.user, **form.cleaned_data)
    return tab_of(line.subject_id)


def _booking(
    request: SignedInRequest,
    subject: Subject,
    line: BudgetLine,
    form: ActualForm,
    status: int = 200,
    blocking: Any = None,
) -> HttpResponse:
    row, rule = LINES.row(line), variance_has_a_note
    context = {
        "subject": subject, "line": line, "row": row, "rule": rule, "form": form, "blocking": blocking,
        "title": _("Book a cost"), "back": tab_of(subject.pk),
    }  # fmt: skip
    return show_dialog(request, "budgets/actual_book.html", context, status)


@login_required
@require_http_methods(["GET", "POST"])
def no_cost_say(request: SignedInRequest, pk: int, heading: str) -> HttpResponse:
    """Say that nothing is spent under a heading of a high-end event, and why, in a dialog."""
    subject = open_subject(request, pk, Perm.VIEW)
    require(request.user, Perm.EDIT, subject)
    form = NoCostForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                say_no_cost(subject=subject, heading=heading, actor=request.user, **form.cleaned_data)
                return changed(request, tab_of(subject.pk))
            except Refused as refused:
                mark(form, refused)
                status = refused.status
    label = Heading(heading).label if heading in HEADINGS else heading
    context = {
        "subject": subject, "form": form, "heading": heading, "label": label, "back": tab_of(subject.pk),
        "title": _("Nothing is spent on: %(heading)s") % {"heading": label},
    }  # fmt: skip
    return show_dialog(request, "budgets/no_cost.html", context, status)


@login_required
@require_POST
def no_cost_take_back(request: SignedInRequest, pk: int, heading: str) -> HttpResponse:
    """The heading is to be considered again."""
    subject = open_subject(request, pk, Perm.VIEW)
    take_back_no_cost(subject=subject, heading=heading, actor=request.user)
    return changed(request, tab_of(subject.pk))


@login_required
@require_http_methods(["GET", "POST"])
def columns_choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which columns of the lines one wants to see, everywhere and until one chooses otherwise."""
    subject = open_subject(request, pk, Perm.VIEW)
    form = ColumnsForm(
        request.POST or None, initial={"columns": [head.key for head in heads_for(request.user)]}
    )
    if request.method == "POST" and form.is_valid():
        choose_columns(columns=form.cleaned_data["columns"], actor=request.user)
        return changed(request, tab_of(subject.pk))
    context = {"subject": subject, "form": form, "title": _("Columns"), "back": tab_of(subject.pk)}
    return show_dialog(request, "budgets/columns.html", context, 422 if form.errors else 200)
