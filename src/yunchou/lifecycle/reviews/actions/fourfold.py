"""The lines of the four indicators: opened by themselves, filled from their sources as these come (EVA-03)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import override

from yunchou.capabilities.metrics.goals import goals_of, plain_name
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.values import Figure, Person
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of
from yunchou.lifecycle.campaigns.models import Campaign, Goal, Kind, Status

from .. import journal
from ..fourfold import NAMES, is_evaluated_on_four, missing_parts, part_of
from ..models import EvaluationLine
from ..permissions import Perm
from ..sheets import evaluation
from ..sources import Found, found_of, part_figure
from ..tables import EVALUATION, EvaluationRow

log = logging.getLogger(__name__)


def follow_evaluations() -> int:
    """Bring the four indicators of every high-end event that is being evaluated up to date; says how many changed."""
    waiting = Campaign.objects.filter(kind=Kind.HIGH_END, status=Status.CLOSED).order_by("pk")
    changed = 0
    for one in waiting.select_related("subject__unit"):
        try:
            changed += bool(open_four(subject=one.subject))
        except Exception:  # what is wrong with one event is its own: the others go on
            log.exception("the four indicators of activity %s were not brought up to date", one.pk)
    return changed


@transaction.atomic
def open_four(*, subject: Subject) -> Sequence[EvaluationLine]:
    """Add what a high-end event lacks of its four indicators, and take what the sources say of them.

    Says which lines are new or changed. Records `reviews.four_opened` and `reviews.actuals_taken` by nobody. Other kinds
    of activities, and evaluations that are complete, stay as they are.
    """
    locked = open_table(subject, "", None)
    kind = Campaign.objects.filter(pk=subject.pk).values_list("kind", flat=True).first()
    if not is_evaluated_on_four(kind) or lock_on(locked, EVALUATION.key):
        return []
    made = add_parts(locked)
    if made:
        record(journal.FOUR, actor=None, subject=locked, data={"count": len(made)})
    return [*made, *_take(locked, None)]


@transaction.atomic
def take_actuals(*, subject: Subject, actor: User | None) -> list[EvaluationLine]:
    """Take what the sources say now of the parts that stand in the evaluation; says which lines changed.

    What a person wrote or emptied stays: only what never had an actual, or still says what was taken last, is written. Records
    `reviews.actuals_taken`. Refuses a person without `reviews.edit`, and a table that is locked; by itself it then does nothing.
    """
    locked = open_table(subject, EVALUATION.key if actor else "", actor, Perm.EDIT)
    if lock_on(locked, EVALUATION.key):
        return []
    kind = Campaign.objects.filter(pk=subject.pk).values_list("kind", flat=True).first()
    return _take(locked, actor) if is_evaluated_on_four(kind) else []


def add_parts(subject: Subject) -> list[EvaluationLine]:
    """Lines for the parts that have none, with target, owner and what their source says; the caller holds the lock.

    The target is the goal's where one measures the same, else what the source or the parameters of K-EVA-02 aim at.
    """
    kind = Campaign.objects.filter(pk=subject.pk).values_list("kind", flat=True).first()
    parts = missing_parts(evaluation.load(subject)) if is_evaluated_on_four(kind) else ()
    if not parts:
        return []
    found, lead = found_of(subject), lead_of(subject)
    goals = {plain_name(goal.indicator): goal for goal in goals_of(subject)}
    owners = {goal.dimension: goal for goal in Goal.objects.filter(subject=subject)}
    made = []
    for part in parts:
        wanted, goal = found[part.key].target, goals.get(part.name)
        dimension = goal.dimension if goal else NAMES[part.of]
        owner = owners.get(dimension)
        target = goal.row_target if goal else None if wanted is None else _aimed(part_figure(part, wanted))
        row = EvaluationRow(
            dimension=dimension[:60],
            indicator=part.name,
            target=target,
            owner=Person(owner.owner_name, owner.owner_id)
            if owner and (owner.owner_id or owner.owner_name)
            else Person(lead.name, lead.pk)
            if lead
            else None,
        )
        made.append(_written(subject, row, found[part.key], aimed=None if goal else target))
    return made


def _aimed(figure: Figure) -> Figure:
    return replace(figure, comparator=">=")


def _take(subject: Subject, actor: User | None) -> list[EvaluationLine]:
    found, changed = found_of(subject), []
    for line in EvaluationLine.objects.select_for_update().filter(subject=subject).order_by("position"):
        row = evaluation.row(line)
        part = part_of(row)
        if part is None or found[part.key].figure is None or _is_written(line, row):
            continue
        said = _said(row, found[part.key], line.taken)
        aimed, wanted = (line.taken or {}).get("target"), found[part.key].target
        target = row.target
        if wanted is not None and (target is None or target.to_json() == aimed):
            target = _aimed(part_figure(part, wanted))
        if row.actual == found[part.key].figure and row.explanation == said and row.target == target:
            continue
        given = {
            key: cell for key, cell in row.given.items() if key not in {"actual", "attainment", "explanation"}
        }
        kept = replace(row, target=target, attainment=None, given=given)
        ours = target if target != row.target else Figure.from_json(aimed) if aimed else None
        changed.append((_written(subject, kept, found[part.key], line.taken, ours), row.actual))
    if changed:
        data = {
            "count": len(changed),
            "indicators": "、".join(line.indicator for line, _before in changed),
            "changes": [
                {"line": line.pk, "before": str(before or "—"), "after": str(line.actual_figure or "—")}
                for line, before in changed
            ],
        }
        record(journal.TAKEN, actor=actor, subject=subject, data=data)
    return [line for line, _before in changed]


def _is_written(line: EvaluationLine, row: EvaluationRow) -> bool:
    """Whether a person wrote the actual, be it the same as the source says, or emptied it: it is not what was taken last."""
    if line.source == "person":
        return True
    taken = (line.taken or {}).get("actual")
    if row.actual is None or row.actual.value is None:
        return taken is not None
    return taken is None or row.actual != Figure.from_json(taken)


def _said(row: EvaluationRow, found: Found, taken: dict[str, Any] | None) -> str:
    """The explanation: what the source says, unless a person has written another."""
    if row.explanation.strip() and row.explanation != (taken or {}).get("explanation"):
        return row.explanation
    with override("zh-hans"):  # what becomes data of the company is kept in its language
        return str(found.words or "")


def _written(
    subject: Subject,
    row: EvaluationRow,
    found: Found,
    taken: dict[str, Any] | None = None,
    aimed: Figure | None = None,
) -> EvaluationLine:
    """Save a line with what its source says, and keep what that was; `aimed` is the target where the source said it."""
    target = {"target": aimed.to_json()} if aimed else {}
    if found.figure is None:
        line = evaluation.save_row(subject, row, actor=None)
        if target:
            line.taken = target
            line.save(update_fields=["taken"])
        return line
    said = _said(row, found, taken)
    line = evaluation.save_row(subject, replace(row, actual=found.figure, explanation=said), actor=None)
    with override("zh-hans"):
        told = str(found.words or "")
    line.taken = {"actual": found.figure.to_json(), "explanation": told, **target}
    line.source, line.measured_at = "source", clock.now()
    line.save(update_fields=["taken", "source", "measured_at"])
    return line
