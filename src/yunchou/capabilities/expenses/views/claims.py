"""The lists of claims, one claim, and what people do with it as a whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from yunchou.capabilities.budgets.permissions import Perm as BudgetPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import case_view, last_case
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.money import yuan_in_words
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, go, mark
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..actions.paying import left_of
from ..forms import FilterForm, PayForm, ReasonForm, ReverseForm, RevokeForm, StartForm, TextsForm
from ..listings import filters_of
from ..models import TEXTS, Claim, Status
from ..permissions import Perm
from ..selectors.claims import ALL, MINE, TO_PAY
from ..selectors.payees import account_to_pay
from ..selectors.stamps import texts_stamp
from .parts import asked_line, line_address
from .shared import claim_or_404


@require_safe
@needs(Perm.VIEW)
def claim_list(request: SignedInRequest) -> HttpResponse:
    """Claims of mine, those I may pay, or all that I see; the newest first."""
    user = request.user
    filters, form = filters_of(user, request.GET.dict())
    data: dict[str, Any] = getattr(form, "cleaned_data", {})
    views, view = _views(request), filters.view
    page = paginate(selectors.rows_of(filters.apply(user)), request.GET, by="-pk")
    kept = {key: str(value) for key, value in request.GET.items() if key not in {"after", "before"} and value}
    context = {
        "page": page,
        "form": form,
        "filters": filters,
        "segments": [
            {"label": label, "url": f"?{urlencode({**kept, 'view': key})}", "active": key == view,
             "count": selectors.payable_count(user) or None if key == TO_PAY else None}
            for key, label in views
        ],
        "chips": _chips(form, data, kept),
        "view": view,
        "list_query": urlencode({**kept, "view": view}),
        "may_claim": holds(user, Perm.CLAIM),
    }  # fmt: skip
    return render(request, "expenses/claim_list.html", context)


def _views(request: SignedInRequest) -> list[tuple[str, str]]:
    views = [(MINE, _("Mine")), (ALL, _("All I may see"))]
    if holds(request.user, Perm.PAY):
        views.insert(0, (TO_PAY, _("To pay")))
    return views


def _chips(form: FilterForm, data: dict[str, Any], kept: dict[str, str]) -> list[dict[str, str]]:
    """The filters in force, each with the address without it."""
    chips = []
    for name in ("status", "unit", "since", "until"):
        if not data.get(name):
            continue
        value = dict(Status.choices)[data[name]] if name == "status" else data[name]
        rest = urlencode({key: word for key, word in kept.items() if key != name})
        chips.append({"label": str(form.fields[name].label), "value": str(value), "remove_url": f"?{rest}"})
    return chips


@require_http_methods(["GET", "POST"])
@needs(Perm.CLAIM)
def claim_add(request: SignedInRequest) -> HttpResponse:
    """Begin a claim: for which activity or cost centre, and who is paid.

    `?line=` and `?amount=` fill in what a ceiling did not let through: it goes to the special review (X-05).
    """
    wanted = asked_line(request)
    activity = str(wanted.subject_id) if wanted else request.GET.get("activity", "")
    initial = {"activity": activity}
    form = StartForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():

        def start() -> str:
            claim = actions.start_claim(actor=request.user, **form.cleaned_data)
            is_asked = wanted is not None and wanted.subject_id == claim.activity_id
            return line_address(request, claim) if is_asked else claim.get_absolute_url()

        try:
            return go(request, once(request, start))
        except Refused as refused:
            if not mark(form, refused):
                raise
    status = 422 if form.errors else 200
    return render(request, "expenses/claim_add.html", {"form": form}, status=status)


@require_safe
@login_required
def claim_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A claim: being written, being decided on, or what became of it."""
    return _detail(request, claim_or_404(request, pk))


def _detail(
    request: SignedInRequest, claim: Claim, form: TextsForm | None = None, refused: Refused | None = None
) -> HttpResponse:
    user = request.user
    facts = selectors.claim_facts(claim, user)
    case: Case | None = last_case(claim.subject)
    is_own = claim.claimant_id == user.pk
    writes = is_own and claim.is_editable
    bookings = list(selectors.bookings_of(claim))
    context = {
        "claim": claim,
        "facts": facts,
        "difference": selectors.difference_of(facts),
        "in_words": yuan_in_words(facts.total),
        "lines": claim.lines.select_related("line", "commitment__supplier", "commitment__opened_by__document"),
        "vouchers": claim.vouchers.select_related("attachment__file"),
        "findings": selectors.findings_of(claim, user) if claim.is_editable or claim.status == Status.IN_APPROVAL else [],
        "case": case,
        "course": case_view(case, user) if case else None,
        "form": form or (TextsForm(initial=_texts(claim)) if writes else None),
        "refused": refused,
        "writes": writes,
        "may_withdraw": is_own and claim.status == Status.IN_APPROVAL,
        "may_pay": claim.status == Status.APPROVED and holds(user, Perm.PAY, claim) and selectors.may_pay(claim, user),
        "may_revoke": claim.status == Status.APPROVED and holds(user, Perm.PAY, claim) and not is_own,
        "may_reverse": claim.status == Status.PAID and holds(user, Perm.PAY, claim),
        "bookings": bookings,
        "entries": lately(claim.subject, 30),
    }  # fmt: skip
    status = refused.status if refused else 422 if form and form.errors else 200
    return render(request, "expenses/claim_detail.html", context, status=status)


def _texts(claim: Claim) -> dict[str, Any]:
    stated = "" if claim.stated_total is None else f"{claim.stated_total:.2f}"
    return {
        **{name: getattr(claim, name) for name in TEXTS}, "stated_total": stated, "seen": texts_stamp(claim),
    }  # fmt: skip


@require_POST
@login_required
def claim_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep what is typed, then send the claim; what is missing or wrong is told at its field, and nothing typed is lost."""
    claim = claim_or_404(request, pk)
    form = TextsForm(request.POST)
    if not form.is_valid():
        return _detail(request, claim, form)
    data = form.cleaned_data
    texts = actions.Texts(**{name: data[name] for name in TEXTS})
    try:
        claim = actions.write_texts(
            claim=claim, texts=texts, stated_total=data["stated_total"], states_total=True, actor=request.user,
            seen=data["seen"],
        )  # fmt: skip
        actions.submit_claim(claim=claim, actor=request.user)
    except Refused as refused:
        claim = claim_or_404(request, pk)
        if not claim.is_editable:
            raise
        mark(form, refused)
        form.see(texts_stamp(claim))
        return _detail(request, claim, form, refused)
    toast(request, _("Sent for approval"))
    return go(request, claim.get_absolute_url())


@require_POST
@login_required
def claim_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    claim = actions.withdraw_claim(claim=claim_or_404(request, pk), actor=request.user)
    toast(request, _("Withdrawn; you can change it and send it again."))
    return go(request, claim.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def claim_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a claim up; its vouchers may be claimed anew."""
    claim = claim_or_404(request, pk)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        actions.discard_claim(claim=claim, actor=request.user, reason=form.cleaned_data["reason"])
        toast(request, _("Discarded"))
        return claim.get_absolute_url()

    return dialog(
        request, form, _("Discard the claim"), _("Discard"), save, back=claim.get_absolute_url(), is_dangerous=True,
        hint=_("Its vouchers may then be claimed anew."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Perm.PAY)
def claim_pay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Book the payment, in a dialog that shows to whom and how much, in words too."""
    claim = claim_or_404(request, pk)
    form = PayForm(request.POST or None)
    facts = selectors.claim_facts(claim, request.user)

    def save() -> str:
        actions.pay_claim(claim=claim, actor=request.user, **form.cleaned_data)
        toast(request, _("Paid and booked"))
        return claim.get_absolute_url()

    return dialog(
        request, form, _("Pay the claim"), _("Pay"), save, back=claim.get_absolute_url(),
        template="expenses/parts/pay.html", claim=claim, facts=facts, in_words=yuan_in_words(facts.total),
        account=account_to_pay(claim),
        lines=claim.lines.select_related("line"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Perm.PAY)
def claim_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the approval of a claim back that is not paid yet, with its reason."""
    claim = claim_or_404(request, pk)
    form = RevokeForm(request.POST or None)

    def save() -> str:
        actions.revoke_approval(claim=claim, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("The approval is taken back"))
        return claim.get_absolute_url()

    return dialog(
        request, form, _("Take the approval back"), _("Take back"), save, back=claim.get_absolute_url(),
        hint=_("What is held for it is free again, and the claimant may change it and send it anew."),
        is_dangerous=True,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Perm.PAY)
def claim_reverse(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a payment back, all of it or a part, with its reason."""
    claim = claim_or_404(request, pk)
    form = ReverseForm(request.POST or None)

    def save() -> str:
        actions.reverse_claim(claim=claim, actor=request.user, **form.cleaned_data)
        toast(request, _("Taken back and booked"))
        return claim.get_absolute_url()

    hint = _("%(left)s yuan of the payment are left.") % {"left": f"{left_of(claim):,.2f}"}
    return dialog(
        request, form, _("Take the payment back"), _("Book the reversal"), save, back=claim.get_absolute_url(),
        hint=hint, is_dangerous=True,
    )  # fmt: skip


@require_GET
@login_required
def claim_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The claim as a paper form with the opinions of its approvers."""
    claim = claim_or_404(request, pk)
    facts = selectors.claim_facts(claim, request.user)
    case = last_case(claim.subject)
    context = {
        "claim": claim,
        "facts": facts,
        "in_words": yuan_in_words(facts.total),
        "lines": claim.lines.select_related("line"),
        "vouchers": claim.vouchers.all(),
        "case": case,
        "course": case_view(case, request.user) if case else None,
        "bookings": selectors.bookings_of(claim),
    }
    return render(request, "expenses/claim_print.html", context)


@require_safe
@login_required
def activity_expenses(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tab 费用 of an activity: its money, and the claims on it that the person may see."""
    activity: Subject = open_subject(request, pk, BudgetPerm.VIEW)
    user = request.user
    totals = selectors.totals_of_activity(activity, user)
    seen = selectors.claims_seen(user).filter(activity=activity).exclude(status=Status.DISCARDED)
    context = page_context(
        request, activity, "expenses",
        page=paginate(selectors.rows_of(seen), request.GET, by="-pk"),
        totals=totals,
        lines=selectors.lines_of(activity) if totals.account else [],
        analyses=selectors.analyses_seen(user).filter(unit__in=activity.unit.ancestor_ids)[:5],
        may_claim=holds(user, Perm.CLAIM, activity) and totals.account is not None,
    )  # fmt: skip
    return render(request, "expenses/activity_expenses.html", context)
