"""The figures of a month: what was spent, by every view of the chart, beside what was given; and how far its report is."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.models import Account, Entry, Hold, Reopening
from yunchou.capabilities.ledger.selectors import (
    NOTHING,
    Money,
    money_of,
    money_of_many,
    slices_of,
)
from yunchou.capabilities.ledger.selectors.months import closings_of
from yunchou.capabilities.ledger.states import Dimension, State
from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO, ratio, yuan
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..chart import BY_CODE, CHOICES, View
from ..models import Booking, Claim, ExpenseReport, ReportStatus, Status, Voucher
from ..permissions import Perm
from ..rules import ReportFacts, Variance

UNCLAIMED: Final = ""
"""What was spent without a claim and stands under no item of the chart."""


@dataclass(frozen=True)
class Spent:
    """An amount in yuan that left an account in a period, for an item of the chart where a claim names one."""

    account: Account
    item: str
    amount: Decimal

    def place(self, view: View) -> str:
        """Where it stands in a view; without an item, a budget line still knows its category."""
        if self.item in BY_CODE:
            return BY_CODE[self.item].place(view)
        return self.account.category if view == View.CATEGORY else UNCLAIMED


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of `2026-08`."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def month_before(month: str) -> str:
    """`2026-07` before `2026-08`."""
    first, _last = days_of(month)
    year, number = (first.year, first.month - 1) if first.month > 1 else (first.year - 1, 12)
    return f"{year}-{number:02d}"


def books_of(unit: Unit, year: int) -> list[Account]:
    """The accounts of a unit in a year and those before: what was given in one year may be spent in the next. One query."""
    found = Account.objects.filter(kind=Account.Kind.UNIT, unit=unit, year__lte=year)
    return list(found.order_by("year"))


def below(accounts: Iterable[Account], *sides: str) -> Q:
    """Which entries have one of these sides at or below one of the accounts."""
    paths = [account.path for account in accounts]
    inside = [Q(**{f"{side}__path__startswith": path}) for path in paths for side in sides]
    return Q(*inside, _connector=Q.OR) if inside else Q(pk=None)


def spending(accounts: Sequence[Account], start: date, end: date) -> list[Spent]:
    """What was spent below accounts between two days, refunds taken off; three queries."""
    found: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for side, sign in (("target", 1), ("source", -1)):
        rows = Entry.objects.filter(
            below(accounts, side), **{f"{side}_state": State.SPENT}, posting__on__range=(start, end)
        )
        item = "booking__line__cost_item"
        for pk, code, amount in rows.order_by().values_list(side, item).annotate(sum=Sum("amount")):
            found[pk, code or UNCLAIMED] += sign * amount
    known = Account.objects.in_bulk({pk for pk, _code in found})
    return [Spent(known[pk], code, amount) for (pk, code), amount in sorted(found.items()) if amount]


@dataclass(frozen=True)
class Row:
    """One line of a summary: this month, the month before, and where it is known what was given and spent to date.

    `address` leads to the entries of the month.
    """

    key: str
    label: Text
    amount: Decimal
    before: Decimal = ZERO
    money: Money | None = None
    address: str = ""

    @property
    def change(self) -> Decimal:
        return self.amount - self.before

    @property
    def rate(self) -> Decimal | None:
        return self.money.rate if self.money else None


@dataclass(frozen=True)
class Summary:
    """The expenses of a unit in a month."""

    month: str
    total: Decimal
    before: Decimal
    money: Money
    by_view: Mapping[View, Sequence[Row]]
    campaigns: Sequence[Row]
    variances: Sequence[Variance]
    entries: int
    by_account: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def change(self) -> Decimal | None:
        """This month against the month before, in percent."""
        return ratio(self.total - self.before, self.before)


def summary_of(unit: Unit, month: str, notes: Mapping[str, str] | None = None) -> Summary:
    """The figures of a unit and everything below it in a month, from the ledger; `notes` explain variances by account key.

    A month counts what was booked in it, of whatever year's money; `money` is that of the month's own year. What was spent
    to date is what had been spent by the end of the month, whatever was booked since.
    """
    books = books_of(unit, int(month[:4]))
    if not books:
        return Summary(month, ZERO, ZERO, NOTHING, dict.fromkeys(View, ()), (), (), 0)
    start, end = days_of(month)
    now = spending(books, start, end)
    past = spending(books, *days_of(month_before(month)))
    own = books[-1] if books[-1].year == start.year else None
    later = spending(books, end + timedelta(days=1), date.max)
    since = _inside(own, later) if own else []
    given = {
        key: _without(money, [one for one in since if one.account.category == key])
        for key, money in (slices_of(own, Dimension.CATEGORY) if own else {}).items()
    }
    touched = below(books, "source", "target")
    entries = Entry.objects.filter(touched, posting__on__range=(start, end)).count()
    address = entries_address(own, month) if own else ""
    return Summary(
        month=month,
        total=_total(now),
        before=_total(past),
        money=_without(money_of(own), since) if own else NOTHING,
        by_account=_by_account(now),
        by_view={view: _rows(view, now, past, given, address) for view in View},
        campaigns=_campaign_rows(now, past, later, month),
        variances=_variances(now, later, notes or {}),
        entries=entries,
    )


def _inside(account: Account, spent: Iterable[Spent]) -> list[Spent]:
    return [one for one in spent if one.account.path.startswith(account.path)]


def _without(money: Money, later: Iterable[Spent]) -> Money:
    """The money as it was before what was spent later; what is approved stays as it is now."""
    amount = _total(later)
    return replace(money, spent=money.spent - amount, available=money.available + amount) if amount else money


def _by_account(spent: Iterable[Spent]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in spent:
        sums[one.account.key] += one.amount
    return {key: amount for key, amount in sorted(sums.items()) if amount}


def _total(spent: Iterable[Spent]) -> Decimal:
    return sum((one.amount for one in spent), ZERO)


def entries_address(account: Account, month: str) -> str:
    """Where the expenses of a month stand in the books."""
    return f"{reverse('ledger:account_detail', args=[account.pk])}?month={month}&state={State.SPENT}"


def _rows(
    view: View, now: Sequence[Spent], past: Sequence[Spent], given: Mapping[str, Money], address: str
) -> list[Row]:
    """Every value of the view, in its order, then what the view does not know; together they are the total."""
    sums = _by_place(view, now)
    before = _by_place(view, past)
    known = [(str(value), label) for value, label in CHOICES[view].choices]
    other = sorted((set(sums) | set(before)) - {value for value, _label in known})
    labels = known + [(value, value or _("Without a claim")) for value in other]
    return [
        Row(
            value,
            label,
            sums.get(value, ZERO),
            before.get(value, ZERO),
            given.get(value) if view == View.CATEGORY else None,
            f"{address}&category={quote(value)}#entries"
            if address and view == View.CATEGORY and value
            else "",
        )
        for value, label in labels
    ]


def _by_place(view: View, spent: Iterable[Spent]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in spent:
        sums[one.place(view)] += one.amount
    return dict(sums)


def _campaign_rows(
    now: Sequence[Spent], past: Sequence[Spent], later: Sequence[Spent], month: str
) -> list[Row]:
    """What each activity has cost, dearest first; last what belongs to none."""
    ids = {pk for one in now for pk in one.account.ids}
    campaigns = Account.objects.filter(pk__in=ids, kind=Account.Kind.CAMPAIGN).in_bulk()
    sums, before = _by_campaign(now, campaigns), _by_campaign(past, campaigns)
    moneys = money_of_many([one.key for one in campaigns.values()])
    rows = [
        Row(
            one.key,
            one.name,
            sums[pk],
            before.get(pk, ZERO),
            _without(moneys[one.key], _inside(one, later)) if one.key in moneys else None,
            f"{entries_address(one, month)}#entries",
        )
        for pk, one in campaigns.items()
    ]
    rows.sort(key=lambda row: -row.amount)
    if 0 in sums:
        rows.append(Row("", _("No activity"), sums[0], before.get(0, ZERO)))
    return rows


def _by_campaign(spent: Iterable[Spent], campaigns: Mapping[int, Account]) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for one in spent:
        sums[next((pk for pk in one.account.ids if pk in campaigns), 0)] += one.amount
    return dict(sums)


def _variances(now: Sequence[Spent], later: Sequence[Spent], notes: Mapping[str, str]) -> list[Variance]:
    """The budget lines that the month spent from. One is settled when nothing is held on it and nothing was spent later."""
    lines = {one.account.key: one.account for one in now if one.account.kind == Account.Kind.LINE}
    moneys = money_of_many(list(lines))
    waiting = set(
        Hold.objects.filter(account__in=lines.values(), open__gt=0).values_list("account__key", flat=True)
    )
    ids = [int(key.partition(":")[2]) for key in lines if key.partition(":")[2].isdigit()]
    written = dict(BudgetLine.objects.filter(pk__in=ids).values_list("pk", "variance_note"))
    found = []
    for key, account in lines.items():
        own = written.get(int(tail) if (tail := key.partition(":")[2]).isdigit() else 0, "")
        since = _inside(account, later)
        money = _without(moneys[key], since)
        note = notes.get(key) or own
        found.append(
            Variance(key, account.name, money.approved, money.spent, note, not since and key not in waiting)
        )
    return sorted(found, key=lambda one: (not one.is_settled, -abs(one.amount)))


# ---------------------------------------------------------------- a report


def notes_of(report: ExpenseReport) -> dict[str, str]:
    """The notes on variances by account key."""
    return dict(report.notes.values_list("account", "text"))


def report_summary(report: ExpenseReport) -> Summary:
    """The figures of a report as the books are now."""
    return summary_of(report.unit, report.month, notes_of(report))


def figures_of(summary: Summary) -> dict[str, Any]:
    """The figures as they are kept with a report that was sent."""
    return {
        "total": str(summary.total),
        "before": str(summary.before),
        "views": {
            str(view): [[row.key, str(row.amount)] for row in rows if row.amount]
            for view, rows in summary.by_view.items()
        },
        "accounts": [[key, str(amount)] for key, amount in summary.by_account.items()],
        "campaigns": [[row.key, str(row.label), str(row.amount)] for row in summary.campaigns],
        "variances": [
            [one.key, one.name, str(one.budget), str(one.spent), one.note] for one in summary.variances
        ],
    }


def report_facts(report: ExpenseReport, summary: Summary | None = None) -> ReportFacts:
    """What the rules judge of a report as it stands; with its `summary` where that is at hand."""
    summary = summary or report_summary(report)
    return ReportFacts(
        month=report.month,
        is_approved=report.status in (ReportStatus.APPROVED, ReportStatus.CLOSED),
        is_over=days_of(report.month)[1] < clock.today(),
        is_verified=report.verified_at is not None,
        texts={"analysis": report.analysis, "improvements": report.improvements},
        variances=tuple(summary.variances),
        unpaid=waiting_claims(report).count(),
    )


def report_content(subject: Subject) -> dict[str, Any]:
    """What management decides on: the figures that were sent, with what finance says of them."""
    report = ExpenseReport.objects.get(pk=subject.pk)
    return {
        "unit": report.unit_id,
        "month": report.month,
        "analysis": report.analysis,
        "improvements": report.improvements,
        "figures": report.figures or {},
    }


def claims_of_month(report: ExpenseReport) -> QuerySet[Claim]:
    """Claims of the unit and what is below it with a voucher of the month."""
    dated = Voucher.objects.filter(issued_on__range=days_of(report.month), is_void=False)
    found: QuerySet[Claim] = Claim.objects.filter(
        subject__unit__path__startswith=report.unit.path, pk__in=dated.values("claim")
    )
    return found


def waiting_claims(report: ExpenseReport) -> QuerySet[Claim]:
    """Claims of the month that are approved and not paid yet."""
    return claims_of_month(report).filter(status=Status.APPROVED)


def differing_bookings(report: ExpenseReport) -> list[str]:
    """What was booked in the month and does not agree with what stands behind it: the check of step 3; four queries.

    Claims whose payments are not what they claim, or of which more came back than was paid, by their number; and expenses
    of neither a claim nor a voucher, by the number of their posting.
    """
    spent = _spent_in(report)
    lines = Booking.objects.filter(entry__in=spent).values("line__claim")
    claims = Claim.objects.filter(Q(pk__in=lines) | Q(pk__in=claims_of_month(report), status=Status.PAID))
    paid: dict[str, Decimal] = defaultdict(lambda: ZERO)
    back: dict[str, Decimal] = defaultdict(lambda: ZERO)
    booked = Booking.objects.filter(line__claim__in=claims).order_by()
    wrong = set()
    for code, reverses, amount, moved in booked.values_list(
        "line__claim__code", "reverses", "amount", "entry__amount"
    ):
        (back if reverses else paid)[code] += amount
        if amount != moved:
            wrong.add(code)
    for code, amount in claims.order_by().values_list("code").annotate(sum=Sum("lines__amount")):
        if paid[code] != amount or back[code] > amount:
            wrong.add(code)
    loose = spent.filter(booking=None, posting__evidence="", posting__document=None).select_related("posting")
    return [*sorted(wrong), *sorted({entry.posting.number for entry in loose})]


def _spent_in(report: ExpenseReport) -> QuerySet[Entry]:
    """The entries of the month that are expenses of the unit and what is below it, or take one back."""
    books = books_of(report.unit, int(report.month[:4]))
    into, out = below(books, "target"), below(books, "source")
    found = Entry.objects.filter(
        (into & Q(target_state=State.SPENT)) | (out & Q(source_state=State.SPENT)),
        posting__on__range=days_of(report.month),
    )
    return found.order_by("pk")


def account_in(report: ExpenseReport, key: str) -> Account | None:
    """The account of a key, if it belongs to the report's unit; None otherwise."""
    inside = [Q(path__startswith=one.path) for one in books_of(report.unit, int(report.month[:4]))]
    return Account.objects.filter(Q(*inside, _connector=Q.OR), key=key).first() if inside else None


@dataclass(frozen=True)
class Step:
    """One of the five steps of accounting (BUD-19): done, or what is still to do."""

    key: str
    label: Text
    is_done: bool
    note: Text = ""

    @property
    def level(self) -> str:
        return "fine" if self.is_done else "watch"


def steps_of(report: ExpenseReport, facts: ReportFacts) -> list[Step]:
    """Vouchers collected, posted, verified, analysed, approved: where the month stands; two queries."""
    writing = claims_of_month(report).filter(
        status__in=(Status.DRAFT, Status.RETURNED, Status.WITHDRAWN, Status.IN_APPROVAL)
    ).count()  # fmt: skip
    unexplained = [one for one in facts.variances if one.is_settled and one.amount and not one.note]
    written = all(facts.texts.values())
    return [
        Step(
            "collect", _("Collect vouchers"), not writing,
            say(gettext_noop("{count} claims with vouchers of the month are not approved yet"), count=writing) if writing
            else say(gettext_noop("every claim with vouchers of the month is decided on")),
        ),
        Step(
            "post", _("Post to the books"), not facts.unpaid,
            say(gettext_noop("{count} approved claims are not paid yet"), count=facts.unpaid) if facts.unpaid
            else say(gettext_noop("everything approved is booked")),
        ),
        Step(
            "verify", pgettext_lazy("report", "Verify"), facts.is_verified,
            say(gettext_noop("by {person}"), person=str(report.verified_by)) if report.verified_by
            else say(gettext_noop("compare the bookings with the claims")),
        ),
        Step(
            "analyse", _("Summarise and analyse"), written and not unexplained,
            say(gettext_noop("{count} variances without a note"), count=len(unexplained)) if unexplained
            else say(gettext_noop("analysis and measures are written")) if written
            else say(gettext_noop("write analysis and measures")),
        ),
        Step(
            "approve", _("Report to management"), facts.is_approved,
            say(gettext_noop("management has approved it")) if facts.is_approved
            else str(report.get_status_display()),
        ),
    ]  # fmt: skip


def reporting_units(user: User) -> QuerySet[Unit]:
    """The companies whose month the person reports on."""
    return units_with(user, Perm.REPORT).filter(
        kind__in=(Unit.Kind.GROUP, Unit.Kind.REGION), is_active=True
    ).order_by("path")  # fmt: skip


COMPARED: Final = ("total", "views", "accounts")
"""Of the figures that were sent, those that are of the month alone: what was given and spent to date goes on."""


@dataclass(frozen=True)
class Moved:
    """That the books of a month are no longer what its report says, and by how many yuan in sum."""

    amount: Decimal


def moved_since(report: ExpenseReport) -> Moved | None:
    """How the books of the month have moved since its report was sent; None where every figure is what was sent."""
    sent, now = report.figures or {}, figures_of(report_summary(report))
    if all(sent[key] == now[key] for key in COMPARED if key in sent) and sent:
        return None
    return Moved(yuan(now["total"]) - yuan(sent.get("total", "0")))


# ---------------------------------------------------------------- a year at a glance


@dataclass(frozen=True)
class MonthCell:
    """One month of one company: its report, and whether the month is closed or was opened again."""

    month: str
    report: ExpenseReport | None
    is_closed: bool
    is_over: bool
    reopened: Reopening | None = None

    @property
    def sign(self) -> str:
        """closed, reopened, the state of the report, missing (over, and no report), or later."""
        if self.is_closed:
            return "closed"
        if self.reopened:
            return "reopened"
        if self.report:
            return str(self.report.status)
        return "missing" if self.is_over else "later"


@dataclass(frozen=True)
class YearRow:
    """The twelve months of a company."""

    unit: Unit
    cells: Sequence[MonthCell]


def year_at_a_glance(user: User, year: int) -> list[YearRow]:
    """The companies with books in a year whose reports the person may read, each with its months; four queries."""
    units = units_with(user, Perm.SEE_REPORTS).filter(kind__in=(Unit.Kind.GROUP, Unit.Kind.REGION))
    accounts = list(
        Account.objects.filter(kind=Account.Kind.UNIT, year=year, unit__in=units)
        .select_related("unit")
        .order_by("path")
    )
    closed = closings_of(accounts)
    reports = ExpenseReport.objects.visible_to(user).filter(month__startswith=f"{year}-")
    by_place = {(one.unit_id, one.month): one for one in reports}
    again = {
        (one.account_id, one.month): one
        for one in Reopening.objects.filter(account__in=accounts).select_related("by").order_by("pk")
    }
    today = clock.today()
    found = []
    for account in accounts:
        cells = [
            MonthCell(
                month,
                by_place.get((account.unit_id, month)),
                month in closed.get(account.pk, {}),
                days_of(month)[1] < today,
                again.get((account.pk, month)),
            )
            for month in (f"{year}-{number:02d}" for number in range(1, 13))
        ]
        found.append(YearRow(account.unit, cells))
    return found
