"""A purchase as rules, versions and pages read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.committing import is_contingency
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.directory.suppliers.models import SupplierKind
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.selectors import Judged, evaluate, rulings_of, with_rulings
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import stamp

from ..matrix import Matrix, Offered, Want, amount_of, compare
from ..models import (
    HOLDING,
    LIVE_CONTRACTS,
    Contract,
    ContractLine,
    Method,
    Purchase,
    PurchaseLine,
    Quote,
    QuotePrice,
    Status,
)
from ..rules import AWARDING, SENDING, LineFacts, Nearby, PurchaseFacts, quotes_are_compared

NEAR = timedelta(days=30)
"""Within so many days choices of one supplier are added up."""


def whole_purchase(pk: int) -> Purchase:
    """The purchase with subject, unit, activity and requester."""
    found: Purchase = Purchase.objects.select_related(
        "subject__unit", "activity__unit", "requester", "awarded_by"
    ).get(pk=pk)
    return found


def whole_contract(pk: int) -> Contract:
    """The contract with subject, unit, company, supplier and purchase."""
    found: Contract = Contract.objects.select_related(
        "subject__unit", "company", "supplier__merged_into", "purchase__subject", "purchase__activity", "keeper",
        "signed_by", "attachment",
    ).get(pk=pk)  # fmt: skip
    return found


def company_of(unit: Unit) -> Unit:
    """The region, else the group, whose books the unit's contracts are in."""
    above = Unit.objects.filter(pk__in=unit.ancestor_ids, kind__in=[Unit.Kind.REGION, Unit.Kind.GROUP])
    found = above.order_by("-path").first()
    return found or unit


def lines_of(purchase: Purchase) -> list[PurchaseLine]:
    """The lines with their budget lines and accounts; one query."""
    found = PurchaseLine.objects.filter(purchase=purchase.pk)
    return list(found.select_related("line__account", "winner__supplier"))


def quotes_of(purchase: Purchase) -> list[Quote]:
    """The offers that were not taken out, with supplier, papers and prices, in the order they came; four queries."""
    from yunchou.directory.suppliers.models import SupplierDocument

    papers = Prefetch(
        "supplier__documents", SupplierDocument.objects.filter(removed_at=None), to_attr="papers"
    )
    found = Quote.objects.filter(purchase=purchase.pk, withdrawn_at=None)
    found = found.select_related("supplier__merged_into", "attachment", "entered_by")
    return list(found.prefetch_related(papers, Prefetch("prices", QuotePrice.objects.all())).order_by("pk"))


def offers_of(quotes: Sequence[Quote]) -> list[Offered]:
    """Offers as the comparison takes them, each with what speaks against it today."""
    return [
        Offered(
            quote.pk,
            quote.supplier.name,
            {price.line_id: price.price for price in quote.prices.all()},
            quote.tax_rate,
            quote.is_taxed,
            quote.value,
            obstacle_of(quote),
        )
        for quote in quotes
    ]


def obstacle_of(quote: Quote) -> Say | None:
    """Why an offer does not count today: it ran out, or its supplier may not be chosen."""
    if quote.valid_until and quote.valid_until < clock.today():
        return say(_("The offer was valid until {day}."), day=quote.valid_until.isoformat())
    return why_not(quote.supplier)


def matrix_of(
    purchase: Purchase, lines: Sequence[PurchaseLine] | None = None, quotes: Sequence[Quote] | None = None
) -> Matrix:
    """The comparison of the offers for a purchase."""
    lines = lines_of(purchase) if lines is None else lines
    quotes = quotes_of(purchase) if quotes is None else quotes
    return compare(
        [Want(one.pk, one.name, one.quantity, one.estimate, one.measure, one.specification) for one in lines],
        offers_of(quotes),
        price_weight=purchase.price_weight,
        chosen={one.pk: one.winner_id for one in lines if one.winner_id},
    )


# -- what the rules judge ----------------------------------------------------------------------------------------------


def facts_of(purchase: Purchase) -> PurchaseFacts:
    """What the rules judge of a purchase as it stands; about eight queries."""
    lines = lines_of(purchase)
    matrix = matrix_of(purchase, lines)
    has_choice = bool(matrix.chosen)
    return PurchaseFacts(
        kind=purchase.kind,
        lines=tuple(_line_facts(purchase, one) for one in lines),
        is_tender=purchase.is_tender,
        is_for_activity=purchase.activity_id is not None,
        offers=matrix.valid_per_line,
        chosen=matrix.chosen_total if has_choice else None,
        nearby=_nearby(purchase, lines),
        agreed=sum(agreed_by_purchase([purchase.pk]).values(), ZERO),
        is_of_kind=_is_of_kind(purchase, lines),
    )


def _is_of_kind(purchase: Purchase, lines: Sequence[PurchaseLine]) -> bool:
    """Whether every chosen supplier supplies what the purchase says it is; one query where one is chosen."""
    chosen = {one.winner.supplier_id for one in lines if one.winner}
    supplying = SupplierKind.objects.filter(supplier__in=chosen, kind=purchase.kind) if chosen else ()
    return {one.supplier_id for one in supplying} == chosen


def _line_facts(purchase: Purchase, one: PurchaseLine) -> LineFacts:
    line = one.line
    if line is None:
        return LineFacts(one.name, one.estimate, is_lost=purchase.activity_id is not None)
    # As it was approved: what a change writes counts once it is approved, too.
    account = line.account
    row = LineRow(category=line.category, item=line.item)
    return LineFacts(
        one.name,
        one.estimate,
        row.item_name if account is None else account.name,
        line.category if account is None else account.category,
        row.is_contingency if account is None else is_contingency(account),
        has_money=line.account is not None and not line.account.is_closed,
        is_lost=line.subject_id != purchase.activity_id,
    )


def _nearby(purchase: Purchase, lines: Sequence[PurchaseLine]) -> Nearby:
    """Purchases of the same kind for the same activity, and what else the chosen supplier gets within a month."""
    others = Purchase.objects.filter(status__in=HOLDING, method=Method.QUOTES).exclude(pk=purchase.pk)
    same = others.filter(activity=purchase.activity_id, kind=purchase.kind)
    if purchase.activity_id is None:
        same = same.filter(subject__unit=purchase.subject.unit_id, sent_at__gte=clock.now() - NEAR)
    worth = worth_of(list(same.values_list("pk", flat=True)))
    summed = sum(worth.values(), ZERO)
    name, total = "", ZERO
    suppliers = {one.winner.supplier_id: one.winner.supplier.name for one in lines if one.winner}
    if suppliers:
        totals = _won_by(list(suppliers), others, company_of(purchase.subject.unit))
        largest = max(totals, key=lambda pk: totals[pk], default=None)
        if largest is not None:
            name, total = suppliers[largest], totals[largest]
    return Nearby(
        activity=summed,
        purchases=len(worth),
        supplier=name,
        supplier_total=total,
        supplier_days=NEAR.days,
    )


def worth_of(purchases: Collection[int]) -> dict[int, Decimal]:
    """The largest of what was asked for, chosen and agreed, by the key of the purchase; three queries."""
    asked: dict[int, Decimal] = defaultdict(lambda: ZERO)
    won: dict[int, Decimal] = defaultdict(lambda: ZERO)
    lines = PurchaseLine.objects.filter(purchase__in=purchases).select_related("winner")
    for one in lines.prefetch_related("winner__prices"):
        asked[one.purchase_id] += one.estimate
        if one.winner is not None:
            won[one.purchase_id] += won_amount(one)
    agreed = agreed_by_purchase(purchases)
    return {pk: max(amount, won[pk], agreed.get(pk, ZERO)) for pk, amount in asked.items()}


def agreed_by_purchase(purchases: Collection[int]) -> dict[int, Decimal]:
    """What live contracts come to with the changes in force, by the key of the purchase; one query."""
    lines = ContractLine.objects.filter(
        contract__purchase__in=purchases, contract__status__in=LIVE_CONTRACTS
    ).order_by()
    return dict(lines.values_list("contract__purchase").annotate(sum=Sum("amount")))


def _won_by(suppliers: Sequence[int], among: QuerySet[Purchase], company: Unit) -> dict[int, Decimal]:
    """What each supplier was chosen for by the company within a month, in yuan with tax."""
    won = (
        PurchaseLine.objects.filter(
            winner__supplier__in=suppliers,
            purchase__in=among,
            purchase__awarded_at__gte=clock.now() - NEAR,
            purchase__subject__unit__path__startswith=company.path,
        )
        .select_related("winner")
        .prefetch_related("winner__prices")
    )
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for one in won:
        assert one.winner is not None
        found[one.winner.supplier_id] += won_amount(one)
    return dict(found)


def won_amount(one: PurchaseLine) -> Decimal:
    """What the chosen offer asks for a line, with tax."""
    winner = one.winner
    assert winner is not None
    prices = {price.line_id: price.price for price in winner.prices.all()}
    offered = Offered(winner.pk, "", prices, winner.tax_rate, winner.is_taxed)
    return amount_of(Want(one.pk, one.name, one.quantity, one.estimate), offered) or ZERO


def findings_of(subject: Subject) -> list[Judged]:
    """What the rules say now: of the request until it is approved, of the choice from then on."""
    purchase = whole_purchase(subject.pk)
    rules = SENDING if purchase.status in (Status.DRAFT, Status.RETURNED, Status.IN_APPROVAL) else AWARDING
    return with_rulings(evaluate(rules, facts_of(purchase)), subject)


def has_exception(purchase: Purchase) -> bool:
    """Whether fewer quotes than demanded were asked to be enough, and still are too few (R-BUD-09)."""
    asked = any(
        ruling.kind == Ruling.Kind.EXCEPTION and ruling.rule == quotes_are_compared.id
        for ruling in rulings_of(purchase.pk)
    )
    return asked and not all(
        verdict.passed for verdict in evaluate([quotes_are_compared], facts_of(purchase))
    )


# -- what versions keep ------------------------------------------------------------------------------------------------


def content_of_purchase(subject: Subject) -> dict[str, Any]:
    """What approvers decide on: what is bought, for what, from which lines, for how much. Not its state, not the offers."""
    purchase = whole_purchase(subject.pk)
    return {
        "title": purchase.title,
        "activity": purchase.activity.code if purchase.activity else "",
        "kind": purchase.kind,
        "method": purchase.method,
        "purpose": purchase.purpose,
        "needed_on": purchase.needed_on.isoformat() if purchase.needed_on else "",
        "lines": [
            {
                "line": one.line.item if one.line else "",
                "name": one.name,
                "specification": one.specification,
                "quantity": f"{one.quantity.normalize():f}",
                "measure": one.measure,
                "estimate": str(one.estimate),
            }
            for one in lines_of(purchase)
        ],
    }


def content_of_contract(subject: Subject) -> dict[str, Any]:
    """What approvers decide on: with whom and to which account, what for how much, when it is paid, the change that waits."""
    contract = whole_contract(subject.pk)
    waiting = contract.amendments.filter(state="sent").select_related("line").first()
    return {
        "number": contract.number,
        "title": contract.title,
        "supplier": contract.supplier.name,
        "supplier_key": contract.supplier_id,
        "supplier_account": contract.supplier.account_digest,
        "terms": contract.terms,
        "starts_on": contract.starts_on.isoformat() if contract.starts_on else "",
        "ends_on": contract.ends_on.isoformat() if contract.ends_on else "",
        "lines": [{"name": one.name, "amount": str(one.amount)} for one in contract.lines.all()],
        "instalments": [
            {
                "name": one.name,
                "amount": str(one.amount),
                "due_on": one.due_on.isoformat(),
                "advance": one.is_advance,
            }
            for one in contract.instalments.all()
        ],
        "change": {"line": waiting.line.name, "by": str(waiting.change), "reason": waiting.reason}
        if waiting
        else {},
    }


def contract_stamp(contract: Contract) -> str:
    """Of what is written in a contract, for its form."""
    return stamp(contract.number, contract.title, contract.starts_on, contract.ends_on, contract.terms)


def budget_lines_for(activity: Subject) -> list[BudgetLine]:
    """The lines of an activity's budget that money can be taken from, contingency left out; one query."""
    lines = BudgetLine.objects.filter(subject=activity).select_related("account").order_by("position", "pk")
    return [
        one
        for one in lines
        if not (is_contingency(one.account) if one.account else LineRow(item=one.item).is_contingency)
    ]
