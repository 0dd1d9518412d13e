"""Offers, their value, the choice; and the tender."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import AwardForm, JuryForm, NoteForm, OfferForm, ScoreForm, TenderForm, ValueForm
from ..models import Quote, Status, Tender
from ..permissions import Perm
from ..sealing import OPENERS
from ..selectors import lines_of, matrix_of, quotes_of, records_of
from .shared import dialog, purchase_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def quote_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _quote(request, pk, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def quote_change(request: SignedInRequest, pk: int, quote: int) -> HttpResponse:
    return _quote(request, pk, quote)


def _quote(request: SignedInRequest, pk: int, quote_pk: int | None) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.QUOTE)
    quote = _of(purchase.pk, quote_pk) if quote_pk else None
    form = OfferForm(
        typed(request), request.FILES or None, user=request.user, purchase=purchase, lines=lines_of(purchase), quote=quote
    )  # fmt: skip

    def save() -> str:
        read = form.cleaned_data
        actions.put_quote(
            purchase=purchase, supplier=read["supplier"], offer=form.offer(), quote=quote, upload=read.get("upload"),
            actor=request.user,
        )  # fmt: skip
        toast(request, _("Quote saved"))
        return f"{purchase.get_absolute_url()}#comparison"

    title = _("Change the quote") if quote else _("Enter a quote")
    return dialog(request, form, title, _("Save"), save, back=purchase.get_absolute_url())


def _of(purchase: int, quote: int) -> Quote:
    found = Quote.objects.select_related("supplier", "purchase__subject")
    return get_object_or_404(found, pk=quote, purchase=purchase, withdrawn_at=None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def quote_withdraw(request: SignedInRequest, pk: int, quote: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.QUOTE)
    found, form = _of(pk, quote), NoteForm(typed(request))

    def save() -> str:
        actions.withdraw_quote(quote=found, note=form.cleaned_data["note"], actor=request.user)
        return f"{purchase.get_absolute_url()}#comparison"

    title = _("Take the quote of %(supplier)s out") % {"supplier": found.supplier.name}
    back = purchase.get_absolute_url()
    return dialog(request, form, title, _("Take it out"), save, back=back, is_dangerous=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def quote_value(request: SignedInRequest, pk: int, quote: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.QUOTE)
    found = _of(pk, quote)
    form = ValueForm(typed(request), initial={"points": found.value, "note": found.value_note})

    def save() -> str:
        actions.value_quote(quote=found, actor=request.user, **form.cleaned_data)
        return f"{purchase.get_absolute_url()}#comparison"

    title = _("Value of the offer of %(supplier)s") % {"supplier": found.supplier.name}
    hint = _("Quality, delivery, service: what it is worth beside its price.")
    return dialog(request, form, title, _("Save"), save, back=purchase.get_absolute_url(), hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def purchase_award(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the supplier, for everything or line by line."""
    purchase = purchase_or_404(request, pk, Perm.AWARD)
    form = AwardForm(typed(request), purchase=purchase, matrix=matrix_of(purchase))

    def save() -> str:
        actions.award_purchase(
            purchase=purchase, choice=form.choice(), reason=form.cleaned_data["reason"], actor=request.user
        )
        toast(request, _("Supplier chosen"))
        return purchase.get_absolute_url()

    hint = _(
        "What is reserved becomes what was chosen. The reason tells why, above all where it is not the lowest offer."
    )
    back = purchase.get_absolute_url()
    return dialog(request, form, _("Choose the supplier"), _("Choose"), save, back=back, hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def award_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.AWARD)
    form = NoteForm(typed(request))

    def save() -> str:
        actions.take_award_back(purchase=purchase, note=form.cleaned_data["note"], actor=request.user)
        return purchase.get_absolute_url()

    back = purchase.get_absolute_url()
    return dialog(
        request, form, _("Take the choice back"), _("Take it back"), save, back=back, is_dangerous=True
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rest_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give up what was chosen and nobody signed for."""
    purchase = purchase_or_404(request, pk, Perm.AWARD)
    form = NoteForm(typed(request))

    def save() -> str:
        actions.drop_rest(purchase=purchase, note=form.cleaned_data["note"], actor=request.user)
        return purchase.get_absolute_url()

    title = _("Give up the rest")
    hint = _("What is under no contract is not bought; its money is free again. What is signed stays.")
    back = purchase.get_absolute_url()
    return dialog(request, form, title, title, save, back=back, hint=hint, is_dangerous=True)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def exception_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say why fewer quotes are enough."""
    purchase = purchase_or_404(request, pk, Perm.QUOTE)
    form = NoteForm(typed(request), label=_("Why fewer quotes are enough"))

    def save() -> str:
        actions.ask_exception(purchase=purchase, reason=form.cleaned_data["note"], actor=request.user)
        toast(request, _("Exception asked for"))
        return purchase.get_absolute_url()

    hint = _("The contract then needs one more approver.")
    back = purchase.get_absolute_url()
    return dialog(request, form, _("Ask for an exception"), _("Ask for it"), save, back=back, hint=hint)


# -- tender ------------------------------------------------------------------------------------------------------------


@require_safe
@login_required
def tender_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tender: invitation, what came, the opening, the committee. Sealed bids show their supplier and time alone."""
    purchase = purchase_or_404(request, pk)
    tender = Tender.objects.filter(pk=purchase.pk).select_related("announced_by").first()
    user = request.user
    is_open = purchase.status == Status.OPEN
    jurors = list(tender.jurors.select_related("user").prefetch_related("scores")) if tender else []
    mine = next((one for one in jurors if one.user_id == user.pk), None)
    bids = {} if tender is None else {
        bid.supplier_id: bid
        for bid in tender.bids.defer("key", "sealed").select_related("supplier", "received_by")
    }  # fmt: skip
    quotes = quotes_of(purchase) if tender and tender.opened_at else []
    openings = list(tender.openings.select_related("user")) if tender else []
    context: dict[str, Any] = {
        "purchase": purchase,
        "tender": tender,
        "invited": [
            (one.supplier, bids.get(one.supplier_id)) for one in tender.invitations.select_related("supplier")
        ] if tender else [],
        "openings": openings,
        "missing_openers": max(0, OPENERS - len(openings)),
        "jurors": jurors,
        "all_scored": bool(jurors) and all(one.scores.all() for one in jurors),
        "matrix": matrix_of(purchase, quotes=quotes) if tender and tender.opened_at else None,
        "records": records_of(quotes, user),
        "quotes": {},
        "entries": lately(purchase.subject),
        "may_announce": is_open and not bids and holds(user, Perm.QUOTE, purchase),
        "may_receive": is_open and tender is not None and tender.is_open_for_bids and mine is None
        and holds(user, Perm.QUOTE, purchase),
        "may_open": is_open
        and tender is not None
        and tender.may_be_opened
        and user.pk not in {one.user_id for one in openings}
        and user.pk != purchase.requester_id
        and holds(user, Perm.OPEN_BIDS, purchase),
        "may_name": is_open and tender is not None and holds(user, Perm.AWARD, purchase)
        and not any(one.scores.all() for one in jurors),
        "may_score": is_open and tender is not None and tender.opened_at and mine is not None and not mine.scores.all(),
    }  # fmt: skip
    return render(request, "purchasing/tender_detail.html", context)


def _tender(purchase: int) -> Tender:
    return get_object_or_404(Tender.objects.select_related("purchase__subject__unit"), pk=purchase)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tender_announce(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk, Perm.QUOTE)
    known = Tender.objects.filter(pk=pk).first()
    initial = {
        "closes_at": known.closes_at, "opens_at": known.opens_at, "terms": known.terms,
        "suppliers": list(known.invitations.values_list("supplier", flat=True)),
    } if known else {}  # fmt: skip
    form = TenderForm(typed(request), initial=initial, user=request.user, purchase=purchase)
    back = _tender_url(pk)

    def save() -> str:
        actions.announce_tender(purchase=purchase, actor=request.user, **form.cleaned_data)
        toast(request, _("Tender announced"))
        return back

    return dialog(request, form, _("Invite to bid"), _("Announce"), save, back=back)


def _tender_url(pk: int) -> str:
    from django.urls import reverse

    return reverse("purchasing:tender_detail", args=[pk])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bid_receive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a bid in; nothing of it is shown again before the opening."""
    purchase = purchase_or_404(request, pk, Perm.QUOTE)
    tender = _tender(pk)
    invited = Supplier.objects.filter(invitations__tender=tender).order_by("name")
    form = OfferForm(
        typed(request), request.FILES or None, user=request.user, purchase=purchase, lines=lines_of(purchase),
        suppliers=invited,
    )  # fmt: skip

    def save() -> str:
        read = form.cleaned_data
        actions.receive_bid(
            tender=tender,
            supplier=read["supplier"],
            offer=form.offer(),
            upload=read.get("upload"),
            actor=request.user,
        )
        toast(request, _("Bid received and sealed"))
        return _tender_url(pk)

    hint = _(
        "It is enciphered at once: until the opening nobody can read it, you neither. A later bid takes its place."
    )
    return dialog(
        request,
        form,
        _("Take a bid in"),
        pgettext("purchasing", "Seal"),
        save,
        back=_tender_url(pk),
        hint=hint,
    )


@require_POST
@login_required
def tender_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign the opening; with the second person the bids are open."""
    purchase_or_404(request, pk, Perm.OPEN_BIDS)
    tender = actions.sign_opening(tender=_tender(pk), actor=request.user)
    toast(request, _("The bids are open") if tender.opened_at else _("Signed; one more person has to"))
    return go(request, _tender_url(pk))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def jury_name(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase_or_404(request, pk, Perm.AWARD)
    tender = _tender(pk)
    initial = {"people": list(tender.jurors.values_list("user", flat=True))}
    form = JuryForm(typed(request), initial=initial)

    def save() -> str:
        actions.name_jury(tender=tender, people=list(form.cleaned_data["people"]), actor=request.user)
        return _tender_url(pk)

    hint = _("At least three people, an odd number, none of whom took bids in.")
    return dialog(request, form, _("Name the committee"), _("Save"), save, back=_tender_url(pk), hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bids_score(request: SignedInRequest, pk: int) -> HttpResponse:
    purchase = purchase_or_404(request, pk)
    tender = _tender(pk)
    quotes = quotes_of(purchase) if tender.opened_at else []
    form = ScoreForm(typed(request), quotes=quotes)

    def save() -> str:
        points, notes = form.given()
        actions.score_bids(tender=tender, points=points, notes=notes, actor=request.user)
        toast(request, pgettext("purchasing", "Evaluated"))
        return _tender_url(pk)

    return dialog(request, form, _("Evaluate the bids"), _("Save"), save, back=_tender_url(pk))
