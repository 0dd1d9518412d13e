"""Many campaigns at once, for measuring: rows as the actions would leave them, made in bulk.

Nothing is random. What a campaign is follows from its number, so that the same clock gives the same company. Subjects,
teams, goals, budgets, schedules, indicators with their readings, duties and the journal belong together as they do when
people make them; the newest figures of an indicator are those of its readings, and the journal is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.metrics.models import Batch, Kind, Reading, ReadingKind, Series, Source
from yunchou.capabilities.work.duties import DUE_HOUR, TASK
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State, phase_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.duties import journal as duty_journal
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import seal_all
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Member, Role, Subject, search_words
from yunchou.lifecycle.campaigns import journal
from yunchou.lifecycle.campaigns.actions.drafting import PREFIX, next_code
from yunchou.lifecycle.campaigns.models import Campaign, Goal, GoalIndicator, Status
from yunchou.lifecycle.campaigns.models import Kind as CampaignKind

from .roster import MARKETING, PEOPLE, REGIONS

BATCH = 1_000
THEMES = (
    "新春团圆",
    "踏青",
    "会员焕新",
    "开学季",
    "邻里",
    "金秋",
    "感恩",
    "年终答谢",
    "品质生活",
    "城市漫步",
)
FORMS = ("礼遇", "市集", "音乐会", "直播周", "体验日", "讲堂", "运动会", "开放日")
WORK = ("方案确认", "物料设计与采购", "现场执行", "费用核算与总结")
LINES = (
    ("人力成本", "现场执行人员"),
    ("物料成本", "宣传物料与礼品"),
    ("渠道成本", "线上投放"),
    ("其他成本", "应急备用金"),
)
SHARES = (Decimal("0.25"), Decimal("0.35"), Decimal("0.28"), Decimal("0.12"))
SPENT = Decimal("0.95")
LENGTH = 21  # days of a campaign
SPAN = 900  # days over which campaigns begin, most of them before today


@dataclass(frozen=True)
class Team:
    """Who makes the campaigns of a region: its marketing department and the people in it."""

    region: str
    unit: Unit
    people: tuple[User, ...]


@dataclass(frozen=True)
class Made:
    """How many rows came of it, by what they are, and the pages that open them."""

    counts: dict[str, int]
    addresses: tuple[str, ...]


def make_many(count: int) -> Made:
    """Add so many campaigns to the demo company, spread over its regions, and seal the journal."""
    teams, today = _teams(), clock.today()
    numbers = iter(range(count))
    first = int(next_code(CampaignKind.MARKETING, today.year).rsplit("-", 1)[1])
    counts: dict[str, int] = {}
    addresses: list[str] = []
    while places := tuple(islice(numbers, BATCH)):
        with transaction.atomic():
            bulk = Bulk(teams, clock.now(), places, first)
            addresses += bulk.make(counts)
    seal_all()
    return Made(counts, tuple(addresses))


def _teams() -> tuple[Team, ...]:
    units = {unit.code: unit for unit in Unit.objects.all()}
    users = {user.username: user for user in User.objects.all()}
    return tuple(
        Team(
            name,
            units[f"{code}-{MARKETING}"],
            tuple(users[m.username] for m in PEOPLE if m.company == code and m.department == MARKETING),
        )
        for code, name in REGIONS.items()
    )


class Bulk:
    """One batch of campaigns with all that belongs to them, table by table."""

    def __init__(self, teams: Sequence[Team], now: datetime, places: Sequence[int], first: int) -> None:
        self.teams, self.now, self.today = teams, now, clock.local(now).date()
        self.places, self.first = places, first
        self.campaigns: list[Campaign] = []

    def make(self, counts: dict[str, int]) -> list[str]:
        """Write the batch; returns the addresses of the campaigns and adds to `counts`."""
        for name, rows in (
            ("campaigns", self._campaigns),
            ("members", self._members),
            ("goals", self._goals),
            ("budget_lines", self._lines),
            ("tasks", self._tasks),
            ("series", self._series),
            ("duties", self._duties),
            ("journal_entries", self._entries),
        ):
            counts[name] = counts.get(name, 0) + rows()
        return [campaign.subject.address for campaign in self.campaigns]

    # ------------------------------------------------------------ the campaigns

    def _team(self, place: int) -> Team:
        return self.teams[place % len(self.teams)]

    def _owner(self, place: int) -> User:
        people = self._team(place).people
        return people[place // len(self.teams) % len(people)]

    def _start(self, place: int) -> date:
        return self.today + timedelta(days=60 - place * 37 % SPAN)

    def _status(self, place: int) -> Status:
        ahead = (self._start(place) - self.today).days
        if ahead > 0:
            return (Status.DRAFT, Status.PLANNING, Status.PREPARING)[place % 3]
        return (
            Status.RUNNING
            if ahead > -LENGTH
            else (Status.CLOSED if ahead > -LENGTH - 10 else Status.EVALUATED)
        )

    def _campaigns(self) -> int:
        subjects = []
        for place in self.places:
            kind = list(CampaignKind)[place % len(CampaignKind)]
            code = f"{PREFIX[kind]}-{self.today.year}-{self.first + place:05d}"
            theme, form = THEMES[place % len(THEMES)], FORMS[place // len(THEMES) % len(FORMS)]
            title = f"{self._team(place).region[:2]}{theme}{form} {place + 1}"
            owner, unit = self._owner(place), self._team(place).unit
            created = clock.moment(self._start(place) - timedelta(days=40), 9)
            subject = Subject(kind="campaign", unit=unit, code=code, title=title, created_by=owner)
            subject.search, subject.created_at = search_words(code, title), min(created, self.now)
            subjects.append(subject)
        Subject.objects.bulk_create(subjects)
        self._give_addresses(subjects)
        self.campaigns = [
            Campaign(
                subject=subject,
                code=subject.code,
                name=subject.title,
                kind=list(CampaignKind)[place % len(CampaignKind)],
                audience_note="会员与业主",
                start_on=self._start(place),
                end_on=self._start(place) + timedelta(days=LENGTH - 1),
                owner=self._owner(place),
                plan_item="年度营销计划",
                out_of_plan=False,
                status=self._status(place),
                created_at=subject.created_at,
            )
            for place, subject in zip(self.places, subjects, strict=True)
        ]
        Campaign.objects.bulk_create(self.campaigns)
        return len(self.campaigns)

    def _give_addresses(self, subjects: Sequence[Subject]) -> None:
        """Addresses hold the primary key, so they come after the rows; one statement for all of them."""
        before, after = reverse("campaigns:campaign_detail", args=[0]).split("0", 1)
        for subject in subjects:
            subject.address = f"{before}{subject.pk}{after}"
        key = Cast("pk", models.CharField())
        made = Subject.objects.filter(
            pk__gte=subjects[0].pk, pk__lte=subjects[-1].pk, kind="campaign", address=""
        )
        made.update(address=Concat(Value(before), key, Value(after)))

    def _each(self) -> Iterator[tuple[int, Campaign]]:
        return zip(self.places, self.campaigns, strict=True)

    def _write(
        self, model: type[models.Model], rows: Callable[[int, Campaign], Sequence[models.Model]]
    ) -> list[Any]:
        made = [row for place, campaign in self._each() for row in rows(place, campaign)]
        return list(model._default_manager.bulk_create(made))

    # ------------------------------------------------------------ what belongs to them

    def _members(self) -> int:
        def of(place: int, campaign: Campaign) -> list[Member]:
            people = self._team(place).people
            other = people[(place // len(self.teams) + 1) % len(people)]
            lead = Member(subject=campaign.subject, user=campaign.owner, role=Role.LEAD)
            return [lead, Member(subject=campaign.subject, user=other, role=Role.MEMBER)]

        return len(self._write(Member, of))

    def _goals(self) -> int:
        def of(place: int, campaign: Campaign) -> list[Goal]:
            target = Figure(self._target(place), "条", ">=")
            return [
                Goal(
                    subject=campaign.subject,
                    position=1,
                    dimension="线索获取",
                    description="登记意向客户",
                    metrics=["线索留资量"],
                    targets=[target.to_json()],
                    data_sources=["CRM系统"],
                    owner=campaign.owner,
                    owner_name=campaign.owner.name,
                    due_working_days=3,
                    is_specific=True,
                    is_attainable=True,
                    is_relevant=True,
                )
            ]

        goals: list[Goal] = self._write(Goal, of)
        GoalIndicator.objects.bulk_create(
            GoalIndicator(goal=goal, position=0, label="线索留资量", value=self._target(place), unit="条")
            for place, goal in zip(self.places, goals, strict=True)
        )
        return len(goals)

    def _target(self, place: int) -> Decimal:
        return Decimal(200 + place % 9 * 50)

    def _lines(self) -> int:
        def of(place: int, campaign: Campaign) -> list[BudgetLine]:
            total = Decimal(20_000 + place % 17 * 2_500)
            is_over = campaign.status in (Status.CLOSED, Status.EVALUATED)
            return [
                BudgetLine(
                    subject=campaign.subject,
                    position=position,
                    category=category,
                    item=item,
                    amount=total * share,
                    actual=total * share * SPENT if is_over else None,
                    variance_note="按实结算" if is_over else "",
                    owner=campaign.owner,
                    owner_name=campaign.owner.name,
                )
                for position, ((category, item), share) in enumerate(zip(LINES, SHARES, strict=True), 1)
            ]

        return len(self._write(BudgetLine, of))

    def _tasks(self) -> int:
        def of(place: int, campaign: Campaign) -> list[GanttTask]:
            start = self._start(place)
            return [self._task(campaign, position, name, start) for position, name in enumerate(WORK, 1)]

        self.tasks: list[GanttTask] = self._write(GanttTask, of)
        return len(self.tasks)

    def _task(self, campaign: Campaign, position: int, name: str, start: date) -> GanttTask:
        first = start + timedelta(days=(position - 1) * 5)
        last = first + timedelta(days=5)
        is_done = last < self.today or campaign.status in (Status.CLOSED, Status.EVALUATED)
        is_begun = is_done or (first <= self.today and campaign.status == Status.RUNNING)
        state = State.DONE if is_done else State.IN_PROGRESS if is_begun else State.NOT_STARTED
        return GanttTask(
            subject=campaign.subject,
            position=position,
            name=name,
            owner=campaign.owner,
            owner_name=campaign.owner.name,
            start_on=first,
            end_on=last,
            days=5,
            state=state,
            phase=phase_of(name),
            progress=100 if is_done else 0,
            started_on=first if is_begun else None,
            done_on=last if is_done else None,
            baseline_start_on=first,
            baseline_end_on=last,
        )

    def _series(self) -> int:
        """One indicator each, with the total that was read last on the campaign's last day or yesterday."""
        yesterday = self.today - timedelta(days=1)

        def of(place: int, campaign: Campaign) -> list[Series]:
            assert campaign.start_on
            assert campaign.end_on
            series = Series(
                subject=campaign.subject,
                position=1,
                channel="整体",
                indicator="线索留资量",
                kind=Kind.VOLUME,
                target=Figure(self._target(place), "条", ">=").to_json(),
                start_on=campaign.start_on,
                end_on=campaign.end_on,
                owner=campaign.owner,
                owner_name=campaign.owner.name,
            )
            day = min(campaign.end_on, yesterday)
            if campaign.start_on <= day:
                gone = (day - campaign.start_on).days + 1
                total = (self._target(place) * gone * (85 + place % 40) / (100 * LENGTH)).to_integral_value()
                series.cumulative, series.cumulative_on = Figure(total, "条").to_json(), day
                series.latest_at, series.latest_source = clock.moment(day, 18), Source.PAGE.value
            return [series]

        made: list[Series] = self._write(Series, of)
        told = [series for series in made if series.cumulative_on]
        batches = Batch.objects.bulk_create(
            Batch(
                subject_id=series.subject_id,
                key=f"page:{series.cumulative_on}",
                source=Source.PAGE,
                taken_by_id=series.owner_id,
                received_at=series.latest_at or self.now,
                count=1,
            )
            for series in told
        )
        Reading.objects.bulk_create(
            _reading(series, batch) for series, batch in zip(told, batches, strict=True)
        )
        return len(made)

    def _duties(self) -> int:
        """Open tasks of live campaigns are owed by their ends; those of campaigns that are over were done in time."""
        live = {campaign.pk: campaign for campaign in self.campaigns if campaign.status == Status.RUNNING}
        over = {campaign.pk: campaign for campaign in self.campaigns if campaign.status == Status.CLOSED}
        duties = []
        for task in self.tasks:
            if campaign := live.get(task.subject_id) or over.get(task.subject_id):
                if task.subject_id in live and task.state == State.DONE:
                    continue
                duties.append(self._duty(task, campaign))
        self.duties = Duty.objects.bulk_create(duties)
        return len(self.duties)

    def _duty(self, task: GanttTask, campaign: Campaign) -> Duty:
        assert task.end_on
        due_at = clock.moment(task.end_on, DUE_HOUR)
        duty = Duty(
            subject=campaign.subject,
            kind=TASK.key,
            key=f"{TASK.key}:{task.pk}:0",
            rule=TASK.rule,
            clause=TASK.clause,
            title=say(TASK.sentence, task=str(task)).to_json(),
            owner=campaign.owner,
            opened_at=campaign.created_at,
            due_at=due_at,
        )
        if campaign.status == Status.CLOSED:
            duty.state, duty.done_at, duty.done_by = (
                Duty.State.DONE,
                due_at - timedelta(hours=2),
                campaign.owner,
            )
            return duty
        duty.rung = sum(moment <= self.now for moment, _rung in duty.climbs())
        duty.next_rung_at = duty.moment_of_next_rung()
        return duty

    def _entries(self) -> int:
        """What was done to each campaign, told as the actions tell it."""
        entries = []
        for campaign in self.campaigns:
            entries.append(
                self._entry(journal.CREATED.key, campaign, campaign.created_at, {"title": campaign.name})
            )
            if campaign.status in (Status.RUNNING, Status.CLOSED, Status.EVALUATED):
                assert campaign.start_on
                told: dict[str, Any] = {
                    "title": campaign.name,
                    "from": Status.PREPARING,
                    "to": Status.RUNNING,
                    "note": "",
                }
                entries.append(
                    self._entry(journal.STARTED.key, campaign, clock.moment(campaign.start_on, 9), told)
                )
        by_key = {campaign.pk: campaign for campaign in self.campaigns}
        for duty in self.duties:
            told = {
                "duty": duty.title,
                "due": f"{clock.local(duty.due_at):%Y-%m-%d %H:%M}",
                "owner": duty.owner_id,
            }
            campaign = by_key[duty.subject_id]
            entries.append(self._entry(duty_journal.OWED.key, campaign, campaign.created_at, told))
        return len(JournalEntry.objects.bulk_create(entries, batch_size=BATCH))

    def _entry(self, kind: str, campaign: Campaign, at: datetime, data: dict[str, Any]) -> JournalEntry:
        return JournalEntry(
            kind=kind, actor=campaign.owner, subject=campaign.subject, at=min(at, self.now), data=data
        )


def _reading(series: Series, batch: Batch) -> Reading:
    """The reading that the newest total of a series comes from."""
    figure = series.figure("cumulative")
    assert figure
    assert figure.value is not None
    assert series.cumulative_on
    return Reading(
        series=series,
        batch=batch,
        kind=ReadingKind.CUMULATIVE,
        day=series.cumulative_on,
        at=batch.received_at,
        value=figure.value,
        unit=figure.unit,
    )
