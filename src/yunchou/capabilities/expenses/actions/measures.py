"""Improvement measures after a report or an analysis: set, carried out, or dropped; each is a duty of its owner (BUD-23)."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from .. import journal
from ..duties import DUE_HOUR, MEASURE
from ..models import ExecutionAnalysis, ExpenseReport, Measure
from ..permissions import Perm
from ..selectors.measures import holder_of, may_set
from .shared import refused

Holder: TypeAlias = ExpenseReport | ExecutionAnalysis


@transaction.atomic
def set_measure(*, holder: Holder, text: str, owner: User, due_on: date | None, actor: User) -> Measure:
    """Say what is done about the costs, by whom and by when: a duty of its owner. Records `expenses.measure_set`.

    Refuses without `expenses.report` on a report or `expenses.analyse` on the unit of an analysis; at the field: no text,
    no day or one that has passed, and somebody who may not read the report.
    """
    require(actor, *may_set(holder))
    if not text.strip():
        raise refused("text", say(_("Write something here.")))
    if due_on is None or due_on < clock.today():
        raise refused("due_on", say(_("Give a day that is still to come.")))
    if not holds(owner, Perm.SEE_REPORTS, holder):
        raise refused(
            "owner", say(_("{person} may not read this; choose somebody who does."), person=str(owner))
        )
    made: Measure = Measure.objects.create(
        subject=holder.subject, text=text.strip()[:300], owner=owner, due_on=due_on, made_by=actor
    )
    owe(
        kind=MEASURE.key, subject=holder.subject, owner=owner, due_at=clock.moment(due_on, DUE_HOUR),
        key=made.duty_key, params={"measure": made.text}, address=holder.get_absolute_url(), actor=actor,
    )  # fmt: skip
    told = {"measure": made.text, "owner": str(owner), "due": due_on.isoformat()}
    record(journal.MEASURE_SET, actor=actor, subject=holder.subject, data=told)
    return made


@transaction.atomic
def finish_measure(*, measure: Measure, result: str, actor: User) -> Measure:
    """Tell what came of a measure; its duty is done. Records `expenses.measure_done`.

    Refuses others than its owner and those who may set measures; nothing told; one that has ended.
    """
    locked = _in_hand(measure, result, "result", actor, or_owner=True)
    return _end(locked, Measure.State.DONE, result, journal.MEASURE_DONE, actor)


@transaction.atomic
def drop_measure(*, measure: Measure, reason: str, actor: User) -> Measure:
    """Give a measure up, with a reason. Records `expenses.measure_dropped`. Refuses its owner without the right to set one."""
    locked = _in_hand(measure, reason, "result", actor, or_owner=False)
    return _end(locked, Measure.State.DROPPED, reason, journal.MEASURE_DROPPED, actor)


def _in_hand(measure: Measure, text: str, field: str, actor: User, *, or_owner: bool) -> Measure:
    rows = Measure.objects.select_for_update(of=("self",)).select_related("subject__unit", "owner")
    locked: Measure = rows.get(pk=measure.pk)
    if not (or_owner and locked.owner_id == actor.pk) and not holds(actor, *may_set(holder_of(locked))):
        raise NotAllowed(say(_("{person} carries out this measure."), person=str(locked.owner)))
    if not locked.is_open:
        state = str(locked.get_state_display())
        raise WrongState(say(_("The measure is “{state}” already."), state=state))
    if not text.strip():
        raise refused(field, say(_("Write something here.")))
    return locked


def _end(measure: Measure, state: str, text: str, kind: Kind, actor: User) -> Measure:
    measure.state, measure.result = state, text.strip()[:300]
    measure.ended_by, measure.ended_at = actor, clock.now()
    measure.save(update_fields=["state", "result", "ended_by", "ended_at"])
    if state == Measure.State.DONE:
        fulfil(actor=actor, key=measure.duty_key)
    else:
        cancel(actor=actor, key=measure.duty_key, reason=measure.result)
    told = {"measure": measure.text, "note": measure.result}
    record(kind, actor=actor, subject=measure.subject, data=told)
    return measure
