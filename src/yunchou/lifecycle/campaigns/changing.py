"""Reads about changes of what was sent or approved: whether one is written, what it newly needs, what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from yunchou.kernel.approvals.conditions import STRICTNESS, Kind, stored
from yunchou.kernel.approvals.models import Case, Step
from yunchou.kernel.approvals.selectors import missing_steps, predict
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from .change_models import Change
from .models import Status
from .rules.execution import (
    Adjustment,
    Approval,
    Reopened,
    adjustments_are_agreed_to,
    changes_get_what_they_need,
)
from .settled import proposal_tables, rows_in, settled
from .succession import as_agreed, heirs_of
from .tables import GOALS

CHANGEABLE: Final = frozenset({Status.APPROVED, Status.PREPARING, Status.RUNNING})
"""Where an approved proposal may be changed: until the campaign is closed."""
LIVE: Final = (Change.State.OPEN, Change.State.SENT)


@read_once
def changes_of(pk: int) -> tuple[Change, ...]:
    """The changes of a campaign that are written or decided on, the amendment (if any) last.

    An amendment is over once the approvers have another version before them, whichever way it was sent.
    """
    found = Change.objects.filter(campaign=pk, state__in=LIVE).select_related("base", "case", "opened_by")
    amends = Case.objects.filter(subject=pk, state=Case.State.RUNNING, version=OuterRef("base"))
    live = found.annotate(amends=Exists(amends)).filter(Q(kind=Change.Kind.CHANGE) | Q(amends=True))
    return tuple(sorted(live, key=lambda change: change.is_amendment))


def change_of(subject: Subject) -> Change | None:
    """The change after approval that is written or decided on."""
    return next((change for change in changes_of(subject.pk) if not change.is_amendment), None)


def written_change(subject: Subject) -> Change | None:
    """What lets people write in the tables of a proposal that was sent: an open change or amendment."""
    return next((change for change in changes_of(subject.pk) if change.is_open), None)


def approved_case(subject: Subject) -> Case | None:
    """The last case in which the proposal, or a change of it, was approved."""
    approved = Case.objects.filter(subject=subject, state=Case.State.APPROVED)
    return approved.select_related("version", "definition").order_by("-pk").first()


def sent_at(subject: Subject) -> tuple[datetime, ...]:
    """When a campaign was sent, first and again: the cases that are decided on or were approved."""
    standing = Case.objects.filter(subject=subject, state__in=[Case.State.RUNNING, Case.State.APPROVED])
    return tuple(standing.order_by("pk").values_list("opened_at", flat=True))


def version_in_force(subject: Subject) -> Version | None:
    """What was approved last, and holds until a change of it is."""
    case = approved_case(subject)
    return case.version if case else None


def first_version(subject: Subject) -> Version | None:
    """What was approved in the first place (GOA-10)."""
    approved = Case.objects.filter(subject=subject, state=Case.State.APPROVED)
    case = approved.select_related("version").order_by("pk").first()
    return case.version if case else None


def newly_required(subject: Subject) -> tuple[str, ...]:
    """Whose decisions a change in approval needs that the approved proposal did not (R-APR-08), in order."""
    known = _decided(subject)
    return tuple(str(step.position) for step in missing_steps(subject) if _is_new(known, step))


def approval_in_force(subject: Subject) -> Approval | None:
    """Whether what was approved may be carried out: not while a change waits for what it newly needs (R-APR-08).

    None where nothing was approved yet.
    """
    if approved_case(subject) is None:
        return None
    change = change_of(subject)
    missing = newly_required(subject) if change and change.is_sent else ()
    return Approval(not missing, missing, is_sent=bool(missing))


def hold_on(subject: Subject) -> Say | None:
    """Why nothing new may be committed or started now, or None (R-APR-08)."""
    change = change_of(subject)
    if change is None or not change.is_sent or not (missing := newly_required(subject)):
        return None
    [verdict] = changes_get_what_they_need.check(Reopened(missing))
    return verdict.reason


def is_in_force(subject: Subject, table: str, pk: int) -> bool:
    """Whether a row of the proposal is as it was approved: not one that a change adds or writes anew before it is agreed to."""
    change = change_of(subject)
    if change is None:
        return True
    place = next((each for each in change.rows.get(table, ()) if each["pk"] == pk), None)
    return place is not None and _present_row(subject, table, pk) == rows_in(change.base, table)[place["at"]]


def _present_row(subject: Subject, table: str, pk: int) -> dict[str, Any] | None:
    """A row as a version would have it now."""
    kept = next(each for each in proposal_tables() if each.table.key == table)
    row = next((each for each in kept.load(subject) if each.pk == pk), None)
    if row is None:
        return None
    return settled(table, as_agreed(heirs_of(subject.pk), table, pk, kept.table.row_to_json(row)))


def not_in_force(subject: Subject, table: str, pk: int) -> Say | None:
    """Why nothing may be started or committed on a row, or None (R-APR-17)."""
    [verdict] = adjustments_are_agreed_to.check(Adjustment(is_in_force(subject, table, pk)))
    return None if verdict.passed else verdict.reason


@dataclass(frozen=True)
class Asked:
    """Whose decision a change will need, and why."""

    position: str
    person: User | None
    is_new: bool


def asked_by(subject: Subject, actor: User) -> tuple[Asked, ...]:
    """Who decides on the change as it is written: who had the last word before, and what its route newly needs."""
    route, known, responsible = predict(subject, "campaign", actor), _decided(subject), _responsible(subject)
    found = [
        Asked(step.name, step.person if step.seats else None, is_new=_is_new(known, step))
        for step in route.steps
        if step.blocks
        and step.skip is None
        and (_is_new(known, step) or (responsible and step.position == responsible.position))
    ]
    if responsible and all(step.position != responsible.position for step in route.steps):
        found.append(Asked(str(responsible.position), None, is_new=False))
    return tuple(found)


def _responsible(subject: Subject) -> Step | None:
    """The step that had the last word on what is in force (R-APR-17)."""
    case = approved_case(subject)
    if case is None:
        return None
    agreed = Step.objects.filter(case=case).exclude(position=None).exclude(kind=Kind.FILE)
    counted = agreed.filter(Q(state=Step.State.DONE) | Q(carried_from__isnull=False)).select_related(
        "position"
    )
    steps = [step for step in counted if step.kind != Kind.REVIEW] or list(counted)
    return max(steps, key=lambda step: (step.level, step.order), default=None)


def made_void(case: Case) -> list[Step]:
    """The decisions that sending the present content would make void: those whose facts it changes."""
    facts = stored(case.definition.declared.facts_of(case.subject))
    changed = {name for name, value in facts.items() if case.facts.get(name) != value}
    done = (
        case.steps.filter(state=Step.State.DONE)
        .select_related("position")
        .prefetch_related("tasks__assignee")
    )
    return [step for step in done if step.blocks and changed & set(step.watches)]


def _decided(subject: Subject) -> dict[int, int]:
    """The positions that agreed to what is in force, and how strictly each was asked; those that counted as before as well."""
    agreed = Q(state=Step.State.DONE) | Q(state=Step.State.SKIPPED, carried_from__isnull=False)
    done = Step.objects.filter(agreed, case=approved_case(subject))
    found: dict[int, int] = {}
    for position, kind in done.exclude(position=None).values_list("position", "kind"):
        found[position] = max(found.get(position, 0), STRICTNESS.index(Kind(kind)))
    return found


def _is_new(decided: Mapping[int, int], step: Any) -> bool:
    """Whether nobody in that position has agreed as strictly as the step asks."""
    return step.position is not None and decided.get(step.position.pk, -1) < STRICTNESS.index(Kind(step.kind))


@dataclass(frozen=True)
class Targets:
    """What an indicator was to reach when the campaign was first approved, and what it is to reach now (GOA-10)."""

    original: Figure | None
    current: Figure | None


def changed_targets(subject: Subject) -> dict[str, Targets]:
    """The indicators whose target an approved change has moved, by name; two queries."""
    first, now = first_version(subject), version_in_force(subject)
    if first is None or now is None or first.pk == now.pk:
        return {}
    before, after = _targets_in(first), _targets_in(now)
    return {
        name: Targets(before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    }


def _targets_in(version: Version) -> dict[str, Figure]:
    return {
        name: target
        for row in rows_in(version, GOALS.key)
        for name, target in GOALS.row_from_json(row).indicators
    }
