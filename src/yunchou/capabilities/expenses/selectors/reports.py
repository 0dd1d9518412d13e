"""The figures of a month: what was spent, by every view of the chart, beside what was given; and how far its report is."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger.actions import unit_key
from yunchou.capabilities.ledger.models import Account, Entry, Hold
from yunchou.capabilities.ledger.selectors import (
    NOTHING,
    Money,
    account_of,
    money_of,
    money_of_many,
    slices_of,
)
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


def spending(account: Account, start: date, end: date) -> list[Spent]:
    """What was spent below an account between two days, refunds taken off; three queries."""
    found: dict[tuple[int, str], Decimal] = defaultdict(lambda: ZERO)
    for side, sign in (("target", 1), ("source", -1)):
        rows = Entry.objects.filter(
            **{f"{side}__path__startswith": account.path, f"{side}_state": State.SPENT},
            posting__on__range=(start, end),
        )
        item = "posting__booking__line__cost_item"
        for pk, code, amount in rows.order_by().values_list(side, item).annotate(sum=Sum("amount")):
            found[pk, code or UNCLAIMED] += sign * amount
    accounts = Account.objects.in_bulk({pk for pk, _code in found})
    return [Spent(accounts[pk], code, amount) for (pk, code), amount in sorted(found.items()) if amount]


@dataclass(frozen=True)
class Row:
    """One line of a summary: this month, the month before, and where it is known what was given and spent to date."""

    key: str
    label: Text
    amount: Decimal
    before: Decimal = ZERO
    money: Money | None = None

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

    @property
    def change(self) -> Decimal | None:
        """This month against the month before, in percent."""
        return ratio(self.total - self.before, self.before)


def summary_of(unit: Unit, month: str, notes: Mapping[str, str] | None = None) -> Summary:
    """The figures of a unit and everything below it in a month, from the ledger; `notes` explain variances by account key."""
    account = account_of(unit_key(unit.pk, int(month[:4])))
    if account is None:
        return Summary(month, ZERO, ZERO, NOTHING, dict.fromkeys(View, ()), (), (), 0)
    start, end = days_of(month)
    now = spending(account, start, end)
    past = spending(account, *days_of(month_before(month)))
    given = slices_of(account, Dimension.CATEGORY)
    touched = Q(source__path__startswith=account.path) | Q(target__path__startswith=account.path)
    entries = Entry.objects.filter(touched, posting__on__range=(start, end)).count()
    return Summary(
        month=month,
        total=_total(now),
        before=_total(past),
        money=money_of(account),
        by_view={view: _rows(view, now, past, given) for view in View},
        campaigns=_campaign_rows(now, past),
        variances=_variances(now, notes or {}),
        entries=entries,
    )


def _total(spent: Iterable[Spent]) -> Decimal:
    return sum((one.amount for one in spent), ZERO)


def _rows(view: View, now: Sequence[Spent], past: Sequence[Spent], given: Mapping[str, Money]) -> list[Row]:
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
        )
        for value, label in labels
    ]


def _by_place(view: View, spent: Iterable[Spent]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for one in spent:
        sums[one.place(view)] += one.amount
    return dict(sums)


def _campaign_rows(now: Sequence[Spent], past: Sequence[Spent]) -> list[Row]:
    """What each activity has cost, dearest first; last what belongs to none."""
    ids = {pk for one in now for pk in one.account.ids}
    campaigns = Account.objects.filter(pk__in=ids, kind=Account.Kind.CAMPAIGN).in_bulk()
    sums, before = _by_campaign(now, campaigns), _by_campaign(past, campaigns)
    moneys = money_of_many([one.key for one in campaigns.values()])
    rows = [
        Row(one.key, one.name, sums[pk], before.get(pk, ZERO), moneys.get(one.key))
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


def _variances(now: Sequence[Spent], notes: Mapping[str, str]) -> list[Variance]:
    """The budget lines that the month spent from. One is settled when nothing is held on it any more."""
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
        money = moneys[key]
        note = notes.get(key) or own
        found.append(Variance(key, account.name, money.approved, money.spent, note, key not in waiting))
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
        "campaigns": [[row.key, str(row.label), str(row.amount)] for row in summary.campaigns],
        "variances": [
            [one.key, one.name, str(one.budget), str(one.spent), one.note] for one in summary.variances
        ],
    }


def report_facts(report: ExpenseReport) -> ReportFacts:
    """What the rules judge of a report as it stands."""
    summary = report_summary(report)
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
    """Claims of the month whose bookings do not come to what they claim: the check of step 3."""
    claims = claims_of_month(report).filter(status=Status.PAID)
    booked = (
        Booking.objects.filter(line__claim__in=claims).order_by().values_list("line__claim__code", "reverses")
    )
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for code, reverses, amount in booked.annotate(sum=Sum("amount")):
        sums[code] += -amount if reverses else amount
    claimed = dict(claims.order_by().values_list("code").annotate(sum=Sum("lines__amount")))
    reversed_ = set(booked.filter(reverses__isnull=False).values_list("line__claim__code", flat=True))
    return sorted(code for code, amount in claimed.items() if sums[code] != amount and code not in reversed_)


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


def moved_since(report: ExpenseReport) -> Decimal:
    """By how much the books of the month have moved since its report was sent, in yuan."""
    sent = yuan(report.figures["total"]) if report.figures else ZERO
    return report_summary(report).total - sent
