"""What claims and reports tell the pages of the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from yunchou.capabilities.ledger.books import MonthNote, Told, names_categories, reports_months, tells_entries
from yunchou.capabilities.ledger.commitments import Wish, wants_holds
from yunchou.capabilities.ledger.models import Account, Entry

from .chart import Category
from .models import UNDER_WAY, Booking, ClaimLine, ExpenseReport, ReportStatus, Voucher


@tells_entries
def claims_told(entries: Sequence[Entry]) -> Mapping[int, Told]:
    """The cost item, accounting group, vouchers and claim behind entries that a claim has made; four queries at most."""
    lines = _lines(entries)
    if not lines:
        return {}
    vouchers: dict[int, list[str]] = defaultdict(list)
    for one in Voucher.objects.filter(claim__in={line.claim_id for line in lines.values()}):
        vouchers[one.claim_id].append(f"{one.number} {one.get_kind_display()}")
    return {
        pk: Told(
            str(line.item.label),
            str(line.item.group.label),
            "; ".join(vouchers[line.claim_id]),
            line.claim.code,
        )
        for pk, line in lines.items()
    }


def _lines(entries: Sequence[Entry]) -> dict[int, ClaimLine]:
    """The line of a claim behind each entry: by what was booked, else by the money that was held for it."""
    bookings = Booking.objects.filter(entry__in=[entry.pk for entry in entries])
    by_entry = dict(bookings.values_list("entry", "line"))
    held = {pk for entry in entries for pk in (entry.source_hold_id, entry.target_hold_id) if pk}
    by_hold = dict(ClaimLine.objects.filter(hold__in=held).values_list("hold", "pk")) if held else {}
    found: dict[int, int] = {}
    for entry in entries:
        keys = (
            by_entry.get(entry.pk),
            by_hold.get(entry.target_hold_id or 0),
            by_hold.get(entry.source_hold_id or 0),
        )
        if line := next((key for key in keys if key), None):
            found[entry.pk] = line
    rows = ClaimLine.objects.select_related("claim", "line").in_bulk(set(found.values())) if found else {}
    return {pk: rows[line] for pk, line in found.items()}


@names_categories
def categories_named() -> Sequence[str]:
    """The categories of the chart."""
    return [str(one.value) for one in Category]


@wants_holds
def claims_wanting(holds: Collection[int]) -> Mapping[int, Sequence[Wish]]:
    """What claims under way want of contracts; one query."""
    found: dict[int, list[Wish]] = defaultdict(list)
    lines = ClaimLine.objects.filter(commitment__in=holds, claim__status__in=UNDER_WAY).order_by("pk")
    for hold, code, amount in lines.values_list("commitment", "claim__code", "amount"):
        found[hold].append(Wish(code, amount))
    return found


@reports_months
def reports_told(account: Account) -> Mapping[str, MonthNote]:
    """How the reports on a unit's months stand; one query."""
    found = ExpenseReport.objects.filter(unit=account.unit_id, month__startswith=f"{account.year}-")
    return {
        one.month: MonthNote(
            str(one.get_status_display()),
            one.get_absolute_url(),
            "" if one.status == ReportStatus.CLOSED else "watch",
        )
        for one in found
    }
