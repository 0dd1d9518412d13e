"""What the home page and the search palette read. Every list is limited to what the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from yunchou.kernel.calendar.days import DayInfo, MakeupNotice
from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.selectors import next_duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Member
from yunchou.lifecycle.campaigns.listing import listed
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.signals import Health, health_of

STRIP_DAYS = 14
SHOWN_CAMPAIGNS = 8
# Tracks of the strip under the days; more campaigns than that are only counted.
TRACKS = 3

LIVE = (
    Status.IN_APPROVAL,
    Status.APPROVED,
    Status.PREPARING,
    Status.RUNNING,
    Status.SUSPENDED,
    Status.CLOSED,
)
OPEN = (Status.DRAFT, Status.PLANNING, *LIVE)


@dataclass(frozen=True)
class StripDay:
    """One day of the strip with what the calendar says of it."""

    info: DayInfo
    is_today: bool

    @property
    def day(self) -> date:
        return self.info.day


@dataclass(frozen=True)
class StripBar:
    """A campaign on the strip: columns counted from 1, both ends included, and the track it lies in."""

    campaign: Campaign
    first: int
    last: int
    track: int
    is_mine: bool

    @property
    def columns(self) -> str:
        """The CSS grid columns it covers."""
        return f"{self.first} / {self.last + 1}"


@dataclass(frozen=True)
class Strip:
    """Two weeks from Monday of this week, with the campaigns that fall into them."""

    days: tuple[StripDay, ...]
    bars: tuple[StripBar, ...]
    hidden: int
    makeup: MakeupNotice | None


@dataclass(frozen=True)
class CampaignLine:
    """A campaign with its four signals and what is owed next."""

    campaign: Campaign
    health: Health
    duty: Duty | None


def my_campaigns(user: User) -> QuerySet[Campaign]:
    """Campaigns whose team the person belongs to and that are not over, those that run now first."""
    mine = Member.objects.filter(user=user).values("subject")
    return listed(Campaign.objects.filter(Q(owner=user) | Q(subject__in=mine), status__in=OPEN))


@read_once
def _my_ids(user: User) -> frozenset[int]:
    return frozenset(my_campaigns(user).order_by().values_list("pk", flat=True))


def campaign_lines(user: User, limit: int = SHOWN_CAMPAIGNS) -> tuple[list[CampaignLine], int]:
    """The person's campaigns with signals and next duties, and how many there are; a fixed number of queries."""
    shown = list(my_campaigns(user).order_by("-status", "end_on")[:limit])
    ids = [campaign.pk for campaign in shown]
    health, duties = health_of(ids), next_duty(ids)
    lines = [CampaignLine(campaign, health[campaign.pk], duties.get(campaign.pk)) for campaign in shown]
    return sorted(lines, key=_urgency), len(_my_ids(user))


def _urgency(line: CampaignLine) -> tuple[int, bool, str]:
    due = line.duty.due_at.isoformat() if line.duty else ""
    return -line.health.worst.level.weight, not due, due


def calendar_strip(user: User, day: date | None = None) -> Strip:
    """The two weeks around a day (default today): weekday, lunar day, holidays, and visible campaigns as bars."""
    today = day or clock.today()
    first = today - timedelta(days=today.weekday())
    last = first + timedelta(days=STRIP_DAYS - 1)
    calendar = working_calendar()
    days = tuple(
        StripDay(calendar.day_info(first + timedelta(days=n)), first + timedelta(days=n) == today)
        for n in range(STRIP_DAYS)
    )
    return Strip(days, *_bars(user, first, last), calendar.next_makeup(today))


def _bars(user: User, first: date, last: date) -> tuple[tuple[StripBar, ...], int]:
    """Campaigns of the two weeks, one's own first, packed into as few tracks as they need."""
    mine = _my_ids(user)
    found = (
        listed(Campaign.objects.visible_to(user))
        .filter(start_on__lte=last, end_on__gte=first, status__in=LIVE)
        .order_by("start_on", "pk")[: TRACKS * 4]
    )
    free = [0] * TRACKS
    bars: list[StripBar] = []
    hidden = 0
    for campaign in sorted(found, key=lambda c: (c.pk not in mine, c.start_on, c.pk)):
        start, end = campaign.start_on, campaign.end_on
        assert start is not None
        assert end is not None
        left, right = max((start - first).days, 0) + 1, min((end - first).days, STRIP_DAYS - 1) + 1
        track = next((n for n in range(TRACKS) if free[n] < left), None)
        if track is None:
            hidden += 1
            continue
        free[track] = right
        bars.append(StripBar(campaign, left, right, track + 1, campaign.pk in mine))
    return tuple(bars), hidden
