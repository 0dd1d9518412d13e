"""Choosing suppliers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.actions import rule_on
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.selectors import evaluate

from .. import flow
from ..models import SIGNED_CONTRACTS, Juror, Purchase, PurchaseLine, Status, Tender
from ..permissions import Perm
from ..rules import quotes_are_compared
from ..selectors import facts_of, held_by_account, lines_of, matrix_of, quotes_of, whole_purchase
from ..selectors.facts import obstacle_of
from .holding import release_all, reserve_choice, reserve_estimates
from .shared import (
    apart_from_approval,
    apart_from_offers,
    apart_from_request,
    lock,
    locked_purchase,
    required,
)


@transaction.atomic
def ask_exception(*, purchase: Purchase, reason: str, actor: User) -> Ruling:
    """Say why fewer quotes than demanded are enough (R-BUD-09): the contract then needs one more approver.

    Refuses without `purchasing.quote`, without a reason, and where nothing is missing. Records `rules.exception_asked`.
    """
    required(reason=reason)
    locked = locked_purchase(purchase, [Status.OPEN])
    require(actor, Perm.QUOTE, locked)
    [verdict] = evaluate([quotes_are_compared], facts_of(locked))
    if verdict.passed:
        raise WrongState(say(_("There are enough quotes; no exception is needed.")))
    return rule_on(subject=locked.subject, verdict=verdict, reason=reason, actor=actor)


def award_purchase(*, purchase: Purchase, choice: Mapping[int, int], reason: str, actor: User) -> Purchase:
    """Choose an offer for every line, by the keys of line and quote: one supplier for all, or line by line.

    What is reserved becomes what was chosen. Refuses as `flow.AWARD` says (R-BUD-08, 09, 10), without a reason, the
    requester, whoever approved the request and whoever brought the chosen offer in, an offer that does not count or does
    not offer the line, a tender that is not opened and evaluated, more than was approved, and more than a line has
    (R-BUD-05). Records `purchasing.awarded`.
    """
    required(reason=reason)
    require(actor, Perm.AWARD, purchase)
    with transaction.atomic():
        lock(purchase.pk)
        locked = whole_purchase(purchase.pk)
        if locked.status != Status.OPEN:
            state = str(locked.get_status_display())
            raise WrongState(say(_("This is not possible: the purchase is “{state}”."), state=state))
        apart_from_request(locked, actor)
        apart_from_approval(locked, actor)
        _evaluated(locked)
        amounts = _choose(locked, choice)
        apart_from_offers(_bringers(locked), actor)
        _within_approval(locked, amounts)
        Purchase.objects.filter(pk=locked.pk).update(
            award_reason=reason.strip(), awarded_by=actor, awarded_at=clock.now()
        )
        names = dict.fromkeys(one.winner.supplier.name for one in lines_of(locked) if one.winner)
        data = {"suppliers": "、".join(names), "amount": format_exact(sum(amounts.values(), Decimal(0)))}
        with flow.AWARD.apply(locked, actor=actor, note=reason.strip(), data=data):
            reserve_choice(purchase=locked, amounts=amounts, actor=actor)
    return whole_purchase(purchase.pk)


def _bringers(purchase: Purchase) -> set[int]:
    """Who brought in the offers that were chosen. Bids came sealed: whoever took one in did not know it."""
    if purchase.is_tender:
        return set()
    won = PurchaseLine.objects.filter(purchase=purchase.pk, winner__isnull=False)
    return set(won.values_list("winner__entered_by", flat=True))


def _within_approval(purchase: Purchase, amounts: Mapping[int, Decimal]) -> None:
    """More than was approved is approved first: the request goes back to be written anew (`reopen_purchase`)."""
    estimates = {line.pk: line.estimate for line in lines_of(purchase)}
    approved, chosen = sum(estimates.values(), Decimal(0)), sum(amounts.values(), Decimal(0))
    if chosen <= approved:
        return
    words = say(
        _("{chosen} yuan are {over} more than the {approved} that were approved: have the request changed and approved again."),
        chosen=format_exact(chosen), over=format_exact(chosen - approved), approved=format_exact(approved),
    )  # fmt: skip
    dear = [f"line_{pk}" for pk, amount in amounts.items() if amount > estimates[pk]]
    raise Invalid(words, fields=dict.fromkeys(["everything", *dear], words))


def _evaluated(purchase: Purchase) -> None:
    """A tender is decided once its bids are open and everybody of the committee has evaluated them."""
    if not purchase.is_tender:
        return
    tender = Tender.objects.filter(pk=purchase.pk).first()
    if tender is None or tender.opened_at is None:
        raise WrongState(say(_("The bids are sealed until the opening.")))
    jurors = Juror.objects.filter(tender=tender)
    if not jurors.exists():
        raise WrongState(say(_("Name the committee that evaluates the bids first.")))
    if missing := jurors.filter(scores=None).select_related("user").first():
        raise WrongState(say(_("{person} has not evaluated the bids yet."), person=missing.user.name))


def _choose(purchase: Purchase, choice: Mapping[int, int]) -> dict[int, Decimal]:
    """Write down the winners; the amounts with tax by the key of the line."""
    lines = lines_of(purchase)
    quotes = {quote.pk: quote for quote in quotes_of(purchase)}
    matrix = matrix_of(purchase, lines, list(quotes.values()))
    columns = {column.offered.pk: column for column in matrix.columns}
    amounts: dict[int, Decimal] = {}
    for number, line in enumerate(lines):
        quote = quotes.get(choice.get(line.pk, 0))
        if quote is None:
            raise at_field(f"line_{line.pk}", _("Choose an offer for “{item}”."), item=line.name)
        if reason := obstacle_of(quote):
            raise at_field(f"line_{line.pk}", "{reason}", reason=reason)
        amount = columns[quote.pk].cells[number].amount
        if amount is None:
            raise at_field(
                f"line_{line.pk}",
                _("{supplier} does not offer “{item}”."),
                supplier=quote.supplier.name,
                item=line.name,
            )
        line.winner = quote
        amounts[line.pk] = amount
    PurchaseLine.objects.bulk_update(lines, ["winner"])
    return amounts


def drop_rest(*, purchase: Purchase, note: str, actor: User) -> Purchase:
    """Give up what was chosen and is under no contract, beside what is signed; its money is free again.

    The purchase is then under contract with what is left. Refuses as `flow.DROP_REST` says, and without a reason.
    Records `purchasing.rest_dropped`.
    """
    required(note=note)
    with transaction.atomic():
        lock(purchase.pk)
        rest = PurchaseLine.objects.filter(purchase=purchase.pk).exclude(
            contracted__contract__status__in=SIGNED_CONTRACTS
        )
        held = held_by_account(purchase).values()
        data = {
            "lines": "、".join(rest.values_list("name", flat=True)),
            "released": format_exact(sum((hold.open for holds in held for hold in holds), Decimal("0.00"))),
        }
        with flow.DROP_REST.apply(purchase, actor=actor, note=note.strip(), data=data) as locked:
            PurchaseLine.objects.filter(pk__in=list(rest.values_list("pk", flat=True))).update(winner=None)
            release_all(purchase=whole_purchase(locked.pk), actor=actor)
    return whole_purchase(purchase.pk)


def take_award_back(*, purchase: Purchase, note: str, actor: User) -> Purchase:
    """Take a choice back as long as no contract was written for it; what was asked for is reserved again.

    Refuses as `flow.TAKE_BACK` says, and without a reason. Records `purchasing.award_taken_back`.
    """
    required(note=note)
    with transaction.atomic():
        lock(purchase.pk)
        with flow.TAKE_BACK.apply(purchase, actor=actor, note=note.strip()) as locked:
            PurchaseLine.objects.filter(purchase=locked.pk).update(winner=None)
            Purchase.objects.filter(pk=locked.pk).update(award_reason="", awarded_by=None, awarded_at=None)
            reserve_estimates(purchase=whole_purchase(locked.pk), actor=actor)
    return whole_purchase(purchase.pk)
