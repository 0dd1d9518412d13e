"""The offers for the lines of a budget, as its tab shows them side by side (BUD-16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Prefetch

from yunchou.capabilities.budgets.offers import Comparison, Offer, offered_by
from yunchou.directory.suppliers.models import SupplierDocument
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject

from ..matrix import Matrix, Want, compare
from ..models import Method, Purchase, PurchaseLine, Quote, QuotePrice, Status
from ..rules import COMPARED, quotes_are_compared
from .facts import offers_of

ENDED = (Status.CANCELLED, Status.REJECTED)


@offered_by
def compared_for(subject: Subject, user: User) -> list[Comparison]:
    """What was offered for each thing bought from a line, of the purchases that the person sees; eight queries at most.

    Bids of a tender become quotes when they are opened: before, there is nothing of them here.
    """
    seen = Purchase.objects.visible_to(user).filter(activity=subject).exclude(status__in=ENDED)
    purchases = {one.pk: one for one in seen.select_related("subject", "awarded_by")}
    if not purchases:
        return []
    lines: dict[int, list[PurchaseLine]] = defaultdict(list)
    for one in PurchaseLine.objects.filter(purchase__in=purchases, line__isnull=False).order_by(
        "position", "pk"
    ):
        lines[one.purchase_id].append(one)
    quotes = _quotes(purchases)
    least = params_on([quotes_are_compared])[quotes_are_compared.id].quotes
    return [
        found
        for pk, purchase in sorted(purchases.items())
        for found in _of(purchase, lines[pk], quotes.get(pk, ()), least)
    ]


def _quotes(purchases: dict[int, Purchase]) -> dict[int, list[Quote]]:
    """The offers that stand, with supplier, papers and prices; four queries."""
    papers = Prefetch(
        "supplier__documents", SupplierDocument.objects.filter(removed_at=None), to_attr="papers"
    )
    standing = Quote.objects.filter(purchase__in=purchases, withdrawn_at=None).select_related(
        "supplier__merged_into"
    )
    found: dict[int, list[Quote]] = defaultdict(list)
    for quote in standing.prefetch_related(papers, Prefetch("prices", QuotePrice.objects.all())).order_by(
        "pk"
    ):
        found[quote.purchase_id].append(quote)
    return found


def _of(
    purchase: Purchase, lines: Sequence[PurchaseLine], quotes: Sequence[Quote], least: int
) -> list[Comparison]:
    wants = [Want(one.pk, one.name, one.quantity, one.estimate, one.measure) for one in lines]
    chosen = {one.pk: one.winner_id for one in lines if one.winner_id}
    matrix = compare(wants, offers_of(quotes), price_weight=purchase.price_weight, chosen=chosen)
    needed = least if purchase.kind in COMPARED else 0
    return [
        Comparison(
            line=one.line_id or 0,
            name=one.name,
            estimate=one.estimate,
            offers=_offers(matrix, number),
            needed=needed,
            state=purchase.get_status_display(),
            address=purchase.get_absolute_url(),
            reason=purchase.award_reason if one.winner_id else "",
            by=purchase.awarded_by if one.winner_id else None,
            is_sealed=purchase.method == Method.TENDER and not quotes,
        )
        for number, one in enumerate(lines)
    ]


def _offers(matrix: Matrix, number: int) -> tuple[Offer, ...]:
    """The offers for one line, the lowest first."""
    found = [
        Offer(
            column.offered.supplier,
            cell.amount,
            column.offered.value,
            cell.is_lowest,
            cell.is_chosen,
            column.offered.obstacle,
        )
        for column in matrix.columns
        if (cell := column.cells[number]).amount is not None
    ]
    return tuple(sorted(found, key=lambda offer: offer.amount))
