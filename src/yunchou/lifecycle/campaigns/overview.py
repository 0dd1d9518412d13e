"""What the overview of a campaign shows beside its head, each part in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yunchou.capabilities.metrics import selectors as metrics
from yunchou.capabilities.work.selectors import team_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.sheets.selectors import Shown, findings_in
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject

from .deadlines import goal_due_on
from .models import Campaign, Goal, GoalIndicator
from .rules.proposal import missing_parts
from .selectors import goals_of, phases_of
from .stores import goals as goal_store

SHOWN_DUTIES = 5
SHOWN_ENTRIES = 6
SHOWN_FINDINGS = 4


@dataclass(frozen=True)
class Stretch:
    """A piece of the phase bar: `days` is its width, `state` done, now or next."""

    label: str
    start_on: date
    days: int
    state: str


@dataclass(frozen=True)
class PhaseBar:
    """The campaign's days in its phases; `today` is where today stands, in percent of the whole."""

    stretches: tuple[Stretch, ...]
    today: float | None
    is_named: bool = True


def phase_bar(campaign: Campaign) -> PhaseBar | None:
    """What runs before the first phase is preparation; without a content plan the campaign is one stretch."""
    start, end = campaign.start_on, campaign.end_on
    if start is None or end is None:
        return None
    phases = sorted((p for p in phases_of(campaign) if p.start_on <= p.end_on), key=lambda p: p.start_on)
    pieces = [(" · ".join(part for part in (p.name, p.content) if part), p.start_on) for p in phases]
    if not pieces:
        pieces = [(campaign.name, start)]
    elif pieces[0][1] > start:
        pieces.insert(0, (_("Preparation"), start))
    edges = [begins for _label, begins in pieces[1:]] + [end]
    today, last = clock.today(), len(pieces) - 1
    stretches = []
    for n, ((label, begins), ends) in enumerate(zip(pieces, edges, strict=True)):
        days = max(1, (ends - begins).days + (n == last))
        over = today > ends or (n < last and today >= ends)
        state = "next" if begins > today else "done" if over else "now"
        stretches.append(Stretch(label, begins, days, state))
    whole = (end - start).days + 1
    place = ((today - start).days + 0.5) / whole * 100 if start <= today <= end else None
    return PhaseBar(tuple(stretches), place and round(place, 2), bool(phases))


@dataclass(frozen=True)
class GoalLine:
    """A goal without readings: what it promises, by when, who answers for it."""

    goal: Goal
    targets: tuple[Figure, ...]
    due_on: date | None


@dataclass(frozen=True)
class GoalShown:
    """What the table of goals shows beside its columns: indicators one by one, the day a deadline comes to, SMART."""

    goal: Goal
    indicators: tuple[GoalIndicator, ...]
    due_on: date | None
    missing: frozenset[str]

    @property
    def is_measurable(self) -> bool:
        """Indicator and number are there, which the system tells (GOA-02)."""
        return not self.missing & {"metrics", "targets"}

    @property
    def is_time_bound(self) -> bool:
        return "due" not in self.missing

    @property
    def moved_from(self) -> date | None:
        """The day the deadline came to before the end was moved."""
        return self.goal.moved_from if self.goal.moved_from != self.due_on else None


def goal_shown(goal: Goal, campaign: Campaign) -> GoalShown:
    """One goal for the page; `indicators` are prefetched."""
    missing = frozenset(key for key, _words in missing_parts(goal_store.row(goal)))
    return GoalShown(goal, tuple(goal.indicators.all()), goal_due_on(goal, campaign.end_on), missing)


def goal_lines(campaign: Campaign) -> list[GoalLine]:
    """The goals with their deadlines; one query."""
    return [
        GoalLine(goal, tuple(map(Figure.from_json, goal.targets)), goal_due_on(goal, campaign.end_on))
        for goal in goals_of(campaign.subject)
    ]


@dataclass(frozen=True)
class Findings:
    """The rules' findings in short: the first of them, how many are open, how many rules spoke at all."""

    shown: Sequence[Shown]
    open: int
    blocking: int


def findings_of_page(request: Any, subject: Subject) -> Findings:
    """The open findings, worst first."""
    found = [one for one in findings_in(request, subject, ()) if one.judged.is_open]
    return Findings(found[:SHOWN_FINDINGS], len(found), sum(one.judged.stops for one in found))


@read_once
def next_duties(subject: Subject) -> Sequence[Duty]:
    """What is owed for the campaign, soonest first."""
    found = Duty.objects.open().filter(subject=subject).select_related("owner", "subject")
    return tuple(found.order_by("due_at", "pk")[:SHOWN_DUTIES])


def latest_entries(subject: Subject) -> list[JournalEntry]:
    """The last things that happened."""
    return list(timeline(subject)[:SHOWN_ENTRIES])


def team(subject: Subject) -> list[tuple[User, str]]:
    """The team with what each does."""
    tiers = team_of(subject)
    members = (*tiers.leads, *tiers.module_leads, *tiers.executors)
    return [(member.user, member.duty or str(member.get_role_display())) for member in members]


def dashboard_of(subject: Subject) -> metrics.Dashboard:
    """The indicators as they stand now."""
    return metrics.dashboard(subject, clock.now())
