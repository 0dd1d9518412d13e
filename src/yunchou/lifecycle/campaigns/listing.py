"""The list of campaigns: saved views, filters, order, board, calendar. Every read has a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.calendar.days import DayInfo
from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.selectors import next_duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Member
from yunchou.kernel.ui.formats import date_range
from yunchou.kernel.ui.templatetags.ui import status_dial

from .models import UNARCHIVED, Campaign, CampaignQuerySet, Kind, Status
from .money import amounts_of
from .signals import Health, health_of

FAR_AWAY = datetime(9999, 1, 1, tzinfo=UTC)
NO_DATE = date(9999, 12, 31)
# Rows of a page: as many as a screen shows, few enough that all four signals of each are there within 100 ms.
SIZE = 20
BOARD_CARDS = 12
BOARD_STATUSES = (
    Status.DRAFT,
    Status.PLANNING,
    Status.IN_APPROVAL,
    Status.APPROVED,
    Status.PREPARING,
    Status.RUNNING,
    Status.CLOSED,
    Status.EVALUATED,
    Status.SUSPENDED,
)
LANES = 6
SORTS = {"due": "due_at", "name": "name", "start": "starts", "code": "code"}

# ---------------------------------------------------------------- saved views


@dataclass(frozen=True)
class SavedView:
    """A tab above the list."""

    key: str
    label: Any
    level: str = ""


ALL, CURRENT, ATTENTION, MINE, WEEK, TO_EVALUATE, TO_ARCHIVE = SAVED = (
    SavedView("all", _("All")),
    SavedView("current", _("Unarchived")),
    SavedView("attention", _("Needs action"), "act"),
    SavedView("mine", _("I take part")),
    SavedView("week", _("Milestones this week")),
    SavedView("to_evaluate", _("To be evaluated")),
    SavedView("to_archive", _("To be archived")),
)


def visible_campaigns(user: User, path: str = "") -> CampaignQuerySet:
    """The campaigns a person may see, below the unit that was chosen in the top bar."""
    found = Campaign.objects.visible_to(user)
    return found.filter(subject__unit__in=Unit.objects.filter(path__startswith=path)) if path else found


def of_view(campaigns: CampaignQuerySet, view: SavedView, user: User, now: datetime) -> CampaignQuerySet:
    """The campaigns of one saved view."""
    return campaigns.filter(_shared_by(view, user, now))


def _shared_by(view: SavedView, user: User, now: datetime) -> Q:
    """What the campaigns of a saved view have in common."""
    if view is ALL:
        return Q()
    if view is TO_EVALUATE:
        return Q(status=Status.CLOSED)
    if view is TO_ARCHIVE:
        return Q(status=Status.EVALUATED)
    if view is MINE:
        return Q(pk__in=Member.objects.filter(user=user).values("subject"))
    if view is ATTENTION:
        # Both sides name subjects, so that the few are looked up and the many not looked at.
        returned = Campaign.objects.filter(is_returned=True).order_by().values("subject")
        late = Duty.objects.overdue(now).values("subject")
        return UNARCHIVED & (Q(pk__in=returned) | Q(pk__in=late))
    return UNARCHIVED & _nodes_in_week(clock.local(now).date()) if view is WEEK else UNARCHIVED


def _nodes_in_week(today: date) -> Q:
    """Something begins or ends from Monday to Sunday."""
    monday = today - timedelta(days=today.weekday())
    week = (monday, monday + timedelta(days=6))
    return Q(start_on__range=week) | Q(warm_up_on__range=week) | Q(end_on__range=week)


def counts_of(campaigns: CampaignQuerySet, user: User, now: datetime) -> dict[str, int]:
    """How many campaigns each saved view holds; four queries, the first of which counts by status."""
    by_status = dict(campaigns.order_by().values_list("status").annotate(n=Count("*")))
    put_away = by_status.get(Status.ARCHIVED, 0) + by_status.get(Status.CANCELLED, 0)
    everything = sum(by_status.values())
    counted = {
        view.key: of_view(campaigns, view, user, now).order_by().count() for view in (ATTENTION, MINE, WEEK)
    }
    return {
        ALL.key: everything,
        CURRENT.key: everything - put_away,
        TO_EVALUATE.key: by_status.get(Status.CLOSED, 0),
        TO_ARCHIVE.key: by_status.get(Status.EVALUATED, 0),
        **counted,
    }


# ---------------------------------------------------------------- filters and order


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; empty means not at all. Months are of the end, `2024-06`."""

    words: str = ""
    status: str = ""
    kind: str = ""
    audience: str = ""
    unit: Unit | None = None
    owner: User | None = None
    ends_from: date | None = None
    ends_to: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == Filters()

    def apply(self, campaigns: CampaignQuerySet) -> CampaignQuerySet:
        """The campaigns that pass: found by name, code, pinyin or initials, and equal where a filter says."""
        for word in self.words.lower().split():
            campaigns = campaigns.filter(subject__search__contains=word)
        if self.status:
            campaigns = campaigns.filter(status=self.status)
        if self.kind:
            campaigns = campaigns.filter(kind=self.kind)
        if self.audience:
            campaigns = campaigns.filter(audience=self.audience)
        if self.unit:
            campaigns = campaigns.filter(subject__unit__path__startswith=self.unit.path)
        if self.owner:
            campaigns = campaigns.filter(owner=self.owner)
        if self.ends_from:
            campaigns = campaigns.filter(end_on__gte=self.ends_from)
        if self.ends_to:
            campaigns = campaigns.filter(end_on__lte=self.ends_to)
        return campaigns


def ordered(campaigns: CampaignQuerySet, sort: str) -> tuple[list[CampaignQuerySet], str]:
    """The campaigns with the column that `sort` ("due", "-name") asks for, in parts, and that column for `paginate`."""
    key = sort.lstrip("-") if sort.lstrip("-") in SORTS else "due"
    if key == "start":
        campaigns = campaigns.annotate(starts=Coalesce("start_on", Value(NO_DATE), output_field=DateField()))
    parts = by_due(campaigns) if key == "due" else [campaigns]
    return parts, ("-" if sort.startswith("-") else "") + SORTS[key]


def by_due(campaigns: CampaignQuerySet) -> list[CampaignQuerySet]:
    """Those that owe something, with the time of the next duty, and those that owe nothing, which stand behind them.

    The first are read along the open duties by their time, each by the earliest of its own: a page looks at as many as it
    shows. Looking up the next duty of every campaign took longer than all else on the list of ten thousand.
    """
    owed = Duty.objects.open().filter(subject=OuterRef("pk"))
    earlier = owed.filter(
        Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("duty"))
    )
    owing = campaigns.filter(subject__duties__state=Duty.State.OPEN).annotate(
        duty=F("subject__duties__pk"), due_at=F("subject__duties__due_at")
    )
    return [
        owing.filter(~Exists(earlier)),
        campaigns.filter(~Exists(owed)).annotate(due_at=Value(FAR_AWAY, output_field=DateTimeField())),
    ]


# ---------------------------------------------------------------- rows


@dataclass(frozen=True)
class Row:
    """A campaign as the list shows it."""

    campaign: Campaign
    health: Health
    amount: Decimal | None
    duty: Duty | None

    @cached_property
    def status(self) -> SafeString:
        """The ring and the word; a proposal that came back says so."""
        one = self.campaign
        if one.is_returned and one.status == Status.PLANNING:
            return status_dial("returned", _("Returned"))
        return status_dial(one.status, one.get_status_display())

    @cached_property
    def period(self) -> str:
        """From when to when."""
        return date_range(self.campaign.start_on, self.campaign.end_on)

    @property
    def number(self) -> str:
        """The last part of the code, which tells campaigns of one year apart."""
        return self.campaign.code.rsplit("-", 1)[-1]


def rows_of(campaigns: Sequence[Campaign], now: datetime) -> list[Row]:
    """Signals, amount and next duty of these campaigns."""
    ids = [campaign.pk for campaign in campaigns]
    health, amounts, duties = health_of(ids, now), amounts_of(ids), next_duty(ids)
    return [Row(one, health[one.pk], amounts.get(one.pk), duties.get(one.pk)) for one in campaigns]


# What rows, cards and bars show of a campaign, of where it belongs and of its lead.
SHOWN = (
    *("code", "name", "kind", "status", "is_returned", "start_on", "warm_up_on", "end_on"),
    *(
        "subject__unit__kind",
        "subject__unit__name",
        "subject__unit__parent__kind",
        "subject__unit__parent__name",
    ),
    *("owner__username", "owner__name"),
)


def listed(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """With everything that a row shows of the campaign itself, and no more."""
    return campaigns.select_related("subject__unit__parent", "owner").only(*SHOWN)


def bare(parts: Sequence[CampaignQuerySet], by: str) -> list[CampaignQuerySet]:
    """With no more than the column that orders them, so that thousands are ordered without being read; see `whole`."""
    return [part.only("pk", *{"name", "code"} & {by.lstrip("-")}) for part in parts]


def whole(campaigns: Iterable[Campaign]) -> list[Campaign]:
    """The same campaigns in the same order, with everything that a row shows."""
    ids = [campaign.pk for campaign in campaigns]
    found = listed(Campaign.objects.all()).in_bulk(ids)
    return [found[pk] for pk in ids]


@dataclass(frozen=True)
class Column:
    """A status of the board with its first campaigns."""

    status: Status
    rows: list[Row] = field(default_factory=list)
    total: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def board_of(campaigns: CampaignQuerySet, now: datetime) -> list[Column]:
    """The campaigns by status, the next to end first, so many of each as a column shows."""
    totals = dict(campaigns.order_by().values_list("status").annotate(n=Count("pk")))
    soonest = [F("end_on").asc(nulls_last=True), F("pk").asc()]
    place = Window(RowNumber(), partition_by=F("status"), order_by=soonest)
    shown = campaigns.filter(status__in=BOARD_STATUSES).annotate(place=place).filter(place__lte=BOARD_CARDS)
    rows = rows_of(list(listed(shown).order_by("place")), now)
    return [
        Column(status, [row for row in rows if row.campaign.status == status], totals.get(status, 0))
        for status in BOARD_STATUSES
    ]


# ---------------------------------------------------------------- calendar


@dataclass(frozen=True)
class Bar:
    """A campaign within one week: columns and lane count from 1."""

    campaign: Campaign
    column: int
    span: int
    lane: int
    begins: bool
    ends: bool


@dataclass(frozen=True)
class Week:
    """Monday to Sunday, with the campaigns that run in it; `hidden` did not find a lane."""

    days: tuple[DayInfo, ...]
    bars: tuple[Bar, ...]
    hidden: int

    @property
    def lanes(self) -> int:
        """How many lanes the bars take, at least one."""
        return max([bar.lane for bar in self.bars], default=1)


@dataclass(frozen=True)
class Month:
    """A month of campaigns."""

    first: date
    weeks: tuple[Week, ...]

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def next(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)


def month_of(campaigns: CampaignQuerySet, first: date) -> Month:
    """The month that begins on `first`, in whole weeks; one query."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    start, end = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    running = campaigns.annotate(
        until=Case(When(end_on__isnull=True, then=F("start_on")), default=F("end_on"))
    ).filter(start_on__lte=end, until__gte=start)
    found = list(listed(running).order_by("start_on", "pk"))
    mondays = (start + timedelta(days=7 * n) for n in range((end - start).days // 7 + 1))
    return Month(first, tuple(_week(monday, found) for monday in mondays))


def _week(monday: date, campaigns: Iterable[Campaign]) -> Week:
    sunday, info = monday + timedelta(days=6), working_calendar()
    free: list[date] = []  # the first free day of each lane
    bars, hidden = [], 0
    for campaign in campaigns:
        begins, ends = campaign.start_on, campaign.end_on or campaign.start_on
        if begins is None or ends is None or begins > sunday or ends < monday:
            continue
        start, end = max(begins, monday), min(ends, sunday)
        lane = next((n for n, day in enumerate(free) if day <= start), len(free))
        if lane >= LANES:
            hidden += 1
            continue
        free[lane : lane + 1] = [end + timedelta(days=1)]
        bars.append(
            Bar(
                campaign,
                (start - monday).days + 1,
                (end - start).days + 1,
                lane + 1,
                begins >= monday,
                ends <= sunday,
            )
        )
    days = tuple(info.day_info(monday + timedelta(days=n)) for n in range(7))
    return Week(days, tuple(bars), hidden)


def choices() -> Mapping[str, Any]:
    """What the filters offer."""
    return {"statuses": Status.choices, "kinds": Kind.choices}
