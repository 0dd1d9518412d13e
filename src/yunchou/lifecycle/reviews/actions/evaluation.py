"""The evaluation: a line for every goal, its actual value, and the sales that the return is computed from."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.values import Figure, Person
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Goal
from yunchou.lifecycle.campaigns.selectors import facts_of

from .. import journal
from ..evaluation import goals_without, same_indicator
from ..fourfold import part_of
from ..models import EvaluationLine, Roi
from ..permissions import Perm
from ..selectors import last_readings
from ..sheets import evaluation
from ..tables import EVALUATION, ROI, EvaluationRow
from .fourfold import add_parts

LARGEST = Decimal("99999999999999.99")


@transaction.atomic
def open_evaluation(*, subject: Subject, actor: User) -> list[EvaluationLine]:
    """Add a line for every goal that has none, with its target and its last reading as the actual (EVA-01).

    A high-end event gets the lines of its four indicators, too (EVA-03).

    Records `reviews.evaluation_opened`. Returns the new lines; none, and no entry, where every goal has its line.
    """
    subject = open_table(subject, EVALUATION.key, actor, Perm.EDIT)
    readings = last_readings(subject)
    owners = {goal.dimension: goal for goal in Goal.objects.filter(subject=subject)}
    lines = []
    for dimension, name, target in goals_without(facts_of(subject), actual=False):
        found = next((figure for known, figure in readings.items() if same_indicator(known, name)), None)
        goal = owners.get(dimension)
        row = EvaluationRow(
            dimension=dimension[:60],
            indicator=name[:80],
            target=replace(target, label=""),
            actual=found,
            owner=Person(goal.owner_name, goal.owner_id)
            if goal and (goal.owner_id or goal.owner_name)
            else None,
        )
        lines.append(evaluation.save_row(subject, row, actor=actor))
        if found is not None:
            # The line of a part of the four indicators goes on following its source.
            if part_of(row):
                lines[-1].taken = {"actual": found.to_json()}
                lines[-1].save(update_fields=["taken"])
            _note_source(lines[-1], "metrics")
    lines += add_parts(subject)
    if lines:
        record(journal.OPENED, actor=actor, subject=subject, data={"count": len(lines)})
    return lines


@transaction.atomic
def record_actual(
    *, line: EvaluationLine, actual: Figure, actor: User, explanation: str | None = None
) -> EvaluationLine:
    """Write the actual value of an indicator; records `reviews.actual_recorded` with the value before.

    A stated attainment is dropped with the value it was stated for. Refuses a figure without a number, and a table
    that is locked.
    """
    subject = open_table(line.subject, EVALUATION.key, actor, Perm.EDIT)
    if actual.value is None:
        wrong = say(_("Give a number."))
        raise Invalid(wrong, fields={"actual": wrong})
    line = EvaluationLine.objects.select_for_update().get(pk=line.pk, subject=subject)
    before = evaluation.row(line)
    given = {
        key: cell for key, cell in before.given.items() if key not in {"actual", "attainment", "explanation"}
    }
    text = before.explanation if explanation is None else explanation.strip()
    row = replace(before, actual=actual, attainment=None, explanation=text, given=given)
    saved = evaluation.save_row(subject, row, actor=actor)
    _note_source(saved, "person")
    told = {
        "indicator": line.indicator,
        "before": str(before.actual or "—"),
        "after": str(actual),
        "line": line.pk,
    }
    record(journal.ACTUAL, actor=actor, subject=subject, data=told)
    return saved


@transaction.atomic
def state_gain(
    *,
    subject: Subject,
    actor: User,
    gross_sales: Decimal | None,
    baseline: Decimal | None,
    attributed_gain: Decimal | None,
    assumptions: str,
) -> Roi:
    """State what is known of sales; records `reviews.gain_stated`. The stated figures of the table stay beside it.

    Refuses negative amounts, and a baseline without words on how it was found.
    """
    subject = open_table(subject, ROI.key, actor, Perm.EDIT)
    amounts = {"gross_sales": gross_sales, "baseline": baseline, "attributed_gain": attributed_gain}
    for name, amount in amounts.items():
        if amount is not None and not 0 <= amount <= LARGEST:
            wrong = say(_("Give an amount that is not negative."))
            raise Invalid(wrong, fields={name: wrong})
    if baseline is not None and not assumptions.strip():
        wrong = say(_("Say how the baseline was found."))
        raise Invalid(wrong, fields={"assumptions": wrong})
    roi, _made = Roi.objects.select_for_update().get_or_create(subject=subject, defaults={"position": 1})
    before = {name: _told(getattr(roi, name)) for name in amounts}
    for name, amount in amounts.items():
        setattr(roi, name, None if amount is None else yuan(amount))
    roi.assumptions = assumptions.strip()
    roi.save()
    changes = {name: [before[name], _told(getattr(roi, name))] for name in amounts}
    record(
        journal.GAIN, actor=actor, subject=subject, data={"changes": changes, "assumptions": roi.assumptions}
    )
    return roi


def _note_source(line: EvaluationLine, source: str) -> None:
    line.source, line.measured_at = source, clock.now()
    line.save(update_fields=["source", "measured_at"])


def _told(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
