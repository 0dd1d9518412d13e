"""Reads of the evaluation: its lines with what is computed, the return on investment, the retrospective, open actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from yunchou.capabilities.metrics.goals import is_same_target, plain_name
from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.metrics.pace import attainment
from yunchou.capabilities.surveys.selectors.opinions import is_still_asked
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.directory.organisation.selectors import department_of_kind
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.rules.selectors import evaluate, params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.lifecycle.campaigns.changing import Targets, changed_targets
from yunchou.lifecycle.campaigns.facts import CampaignFacts
from yunchou.lifecycle.campaigns.selectors import facts_of

from .evaluation import Return, Sales, final_on, goals_without, is_conversion, return_of
from .fourfold import Fourfold, Indicator, Part, Scored, fourfold_of, is_evaluated_on_four, missing_parts
from .models import ActionState, Invitee, RetroItem, RetroKind, Retrospective, Roi
from .rules import high_end_event_is_scored, is_wanted
from .sources import Found, found_of
from .tables import EVALUATION, WHOLE_CHANNELS, EvaluationRow, RetroRow

NEAR = Decimal(80)
"""Below this attainment a line is marked as missed, up to 100 as nearly reached."""
SAME = Decimal("0.5")
"""A stated attainment that differs by less is the computed one, rounded."""


@dataclass(frozen=True)
class Line:
    """One indicator: target against actual, what that comes to, and what its source states."""

    row: EvaluationRow
    computed: Decimal | None
    provisional_until: date | None
    targets: Targets | None = None
    goal: Figure | None = None
    is_of_goal: bool = True

    @property
    def differs_from_goal(self) -> bool:
        """Whether it is evaluated against another number than its goal (GOA-09)."""
        return self.goal is not None and not is_same_target(self.row.target, self.goal)

    @property
    def against_original(self) -> Decimal | None:
        """What the actual comes to against the target that was approved first, where a change has moved it (GOA-10)."""
        if self.targets is None or self.targets.original is None:
            return None
        return attainment(_value(self.row.actual), self.targets.original.value)

    @property
    def stated(self) -> Decimal | None:
        return self.row.attainment.value if self.row.attainment else None

    @property
    def differs(self) -> bool:
        return (
            self.stated is not None and self.computed is not None and abs(self.stated - self.computed) > SAME
        )

    @property
    def level(self) -> str:
        """How far it got: `fine`, `watch`, `act`, or nothing while it has no actual."""
        if self.computed is None:
            return ""
        return "fine" if self.computed >= 100 else "watch" if self.computed >= NEAR else "act"

    @property
    def fraction(self) -> float:
        """The bar: full at twice the target, so that the target lies in its middle."""
        return (
            0.0 if self.computed is None else float(min(max(self.computed, Decimal(0)), Decimal(200)) / 200)
        )


@dataclass(frozen=True)
class Review:
    """Everything the page shows of a campaign's evaluation."""

    lines: tuple[Line, ...]
    missing_rows: tuple[str, ...]
    missing_actuals: tuple[str, ...]
    roi: Return
    retro: tuple[RetroRow, ...]
    four: Fourfold | None = None
    verdict: Verdict | None = None
    found: Mapping[str, Found] = field(default_factory=dict)

    @property
    def has_begun(self) -> bool:
        """Whether the four indicators are evaluated already."""
        return self.four is not None and any(part.row for part in self.four.parts)

    @property
    def told_parts(self) -> tuple[tuple[Indicator, tuple[tuple[Scored, Found], ...]], ...]:
        """The four indicators with their parts, each beside what its source says."""
        indicators = self.four.indicators if self.four else ()
        return tuple(
            (one, tuple((part, self.found[part.part.key]) for part in one.parts)) for one in indicators
        )

    @property
    def without_goal(self) -> tuple[str, ...]:
        """Indicators that are evaluated and were no goal (GOA-09)."""
        return tuple(line.row.indicator for line in self.lines if not line.is_of_goal)

    @property
    def reached(self) -> int:
        return sum(line.level == "fine" for line in self.lines)

    @property
    def measured(self) -> int:
        return sum(line.computed is not None for line in self.lines)


def review_of(subject: Subject, facts: CampaignFacts | None = None) -> Review:
    """The evaluation as it stands today."""
    facts = facts or facts_of(subject)
    four = four_of(facts)
    if four and not lock_on(subject, EVALUATION.key):
        four = replace(four, is_open=is_still_asked(subject))
    return Review(
        _lines(facts, changed_targets(subject)),
        tuple(
            dict.fromkeys(
                [
                    *(name for _dimension, name, _target in goals_without(facts, actual=False)),
                    *(part.name for part in wanted_parts(facts)),
                ]
            )
        ),
        tuple(_without_actual(facts)),
        return_of(facts, sales_of(subject)),
        facts.dossier.rows(RetroRow),
        four,
        evaluate([high_end_event_is_scored], four)[0] if four else None,
        found_of(subject) if four else {},
    )


def four_of(facts: CampaignFacts) -> Fourfold | None:
    """The four indicators of a high-end event with the weights in force; None for other kinds (EVA-03)."""
    if not is_evaluated_on_four(facts.overview.kind):
        return None
    params = params_on([high_end_event_is_scored])[high_end_event_is_scored.id]
    return fourfold_of(facts.dossier.rows(EvaluationRow), params)


def wanted_parts(facts: CampaignFacts) -> tuple[Part, ...]:
    """Parts of the four indicators that a high-end event has no line of."""
    rows = facts.dossier.rows(EvaluationRow)
    return missing_parts(rows) if is_evaluated_on_four(facts.overview.kind) else ()


def _without_actual(facts: CampaignFacts) -> list[str]:
    """Goals without an actual, and parts of the four indicators for which nobody has said why there is none."""
    goals = [name for _dimension, name, _target in goals_without(facts, actual=True)]
    if not is_evaluated_on_four(facts.overview.kind):
        return goals
    four = fourfold_of(facts.dossier.rows(EvaluationRow))
    return goals + [part.part.name for part in four.unsettled if part.part.name not in goals]


def lines_of(subject: Subject) -> tuple[Line, ...]:
    """The lines of the evaluation with what is computed."""
    return _lines(facts_of(subject), changed_targets(subject))


def _lines(facts: CampaignFacts, targets: Mapping[str, Targets]) -> tuple[Line, ...]:
    final = final_on(facts.end_on)
    waits = final if final is not None and facts.today < final else None
    goals = {plain_name(name): target for goal in facts.goals for name, target in goal.indicators}
    return tuple(
        Line(
            row,
            attainment(_value(row.actual), _value(row.target)),
            waits if is_conversion(row) else None,
            targets.get(row.indicator_name),
            goals.get(row.indicator_name),
            row.indicator_name in goals or is_wanted(facts, row),
        )
        for row in facts.dossier.rows(EvaluationRow)
    )


def _value(figure: Figure | None) -> Decimal | None:
    return figure.value if figure else None


def without_actual(subject: Subject) -> list[str]:
    """Indicators of goals, and of the four of a high-end event, that have no actual value yet, by name."""
    return _without_actual(facts_of(subject))


def sales_of(subject: Subject) -> Sales:
    """What people have stated of sales."""
    found = Roi.objects.filter(subject=subject).first()
    return Sales(found.gross_sales, found.baseline, found.attributed_gain) if found else Sales()


def last_readings(subject: Subject) -> dict[str, Figure]:
    """The newest total of every indicator that only one channel measures, or that one is kept for all channels of.

    An indicator measured in several channels is not added up here: whether its channels overlap nobody has said.
    """
    found: dict[str, list[Series]] = {}
    for series in Series.objects.filter(subject=subject).order_by("position", "pk"):
        found.setdefault(series.indicator, []).append(series)
    chosen = {name: _whole(series) for name, series in found.items()}
    figures = {name: one.figure("cumulative") for name, one in chosen.items() if one is not None}
    return {name: figure for name, figure in figures.items() if figure is not None}


def _whole(series: list[Series]) -> Series | None:
    overall = [one for one in series if one.channel in WHOLE_CHANNELS]
    return overall[0] if overall else series[0] if len(series) == 1 else None


def retrospective_of(subject: Subject) -> Retrospective | None:
    """The meeting and whether it was submitted."""
    return Retrospective.objects.select_related("submitted_by").filter(subject=subject).first()


def is_submitted(subject: Subject) -> bool:
    """Whether the retrospective was submitted."""
    return Retrospective.objects.filter(subject=subject, submitted_at__isnull=False).exists()


def invitees_of(retrospective: Retrospective | None) -> list[Invitee]:
    """Who was asked to the meeting, those who came first."""
    if retrospective is None:
        return []
    return list(retrospective.invitees.select_related("user").order_by("-is_present", "user__name"))


def wanted_at_meeting(subject: Subject) -> QuerySet[User]:
    """Whom the regulation wants there: the executing team, sales and customer service (RET-01)."""
    team = Member.objects.filter(subject=subject).exclude(role=Role.APPROVER).values("user")
    kinds = (DepartmentKind.SALES, DepartmentKind.CUSTOMER_SERVICE)
    units = [unit for kind in kinds if (unit := department_of_kind(kind, subject.unit))]
    staff = Appointment.objects.valid().filter(unit__in=units).values("user")
    return User.objects.active().filter(Q(pk__in=team) | Q(pk__in=staff)).order_by("name")


def items_of(subject: Subject) -> list[RetroItem]:
    """Lines of the retrospective in order, with their people."""
    return list(
        RetroItem.objects.filter(subject=subject).select_related("owner", "verified_by").order_by("position")
    )


def open_actions_for(user: User, *, kind: str = "") -> QuerySet[RetroItem]:
    """Unfinished actions of retrospectives that the person may see; planning the same kind shows them (RET-09)."""
    found = (
        RetroItem.objects.unfinished()
        .filter(subject__in=visible_subjects(user))
        .select_related("subject", "owner")
    )
    if kind:
        found = found.filter(subject__campaign__kind=kind)
    return found.order_by("due_on", "pk")


def lessons_for(user: User, kind: str) -> QuerySet[RetroItem]:
    """Successes and problems that submitted retrospectives of campaigns of a kind tell, newest first (RET-09)."""
    return (
        RetroItem.objects.filter(
            kind__in=[RetroKind.SUCCESS, RetroKind.PROBLEM],
            subject__campaign__kind=kind,
            subject__retrospective__submitted_at__isnull=False,
            subject__in=visible_subjects(user),
        )
        .select_related("subject")
        .order_by("-subject__retrospective__submitted_at", "position")
    )


def late_actions(subject: Subject) -> QuerySet[RetroItem]:
    """Actions whose date has passed."""
    late = RetroItem.objects.unfinished().filter(subject=subject, state=ActionState.OPEN)
    return late.filter(due_on__lt=clock.today())
