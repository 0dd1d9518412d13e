"""What the rows of a preparation make people owe: laid down, moved and settled whenever a table or a state changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.urls import reverse

from yunchou.kernel.core import clock
from yunchou.kernel.duties.actions import Change, Owed, change_duties
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record_all
from yunchou.kernel.subjects.models import Subject

from . import duties
from .models import Agreement, Check, Print, Publicity, Speaker, Supply, Trip


@dataclass(frozen=True)
class Owes:
    """How the rows of one table become duties: by when, and on which part of the page they are seen to."""

    kind: str
    model: Any
    part: str
    day: Callable[[Any], date | None] = lambda row: row.due_on


OWES: Final = {
    "agreements": Owes(duties.AGREEMENT.key, Agreement, "agreements", lambda row: row.needed_on),
    "supplies": Owes(duties.SUPPLY.key, Supply, "supplies"),
    "prints": Owes(duties.PRINT.key, Print, "prints"),
    "publicity": Owes(duties.PUBLICITY.key, Publicity, "publicity"),
    "speakers": Owes(duties.SPEAKER.key, Speaker, "people"),
    "trips": Owes(duties.TRIP.key, Trip, "trips"),
    "checks": Owes(duties.CHECK.key, Check, "readiness"),
}


def part_url(subject: Subject, part: str) -> str:
    """The address of a part of the page 筹备."""
    return f"{reverse('preparation:board', args=[subject.pk])}?view={part}"


def follow(table: str, subject: Subject, actor: User | None) -> None:
    """Make the duties of a table's rows what the rows say, in the caller's transaction; four statements at most."""
    owes = OWES[table]
    rows = {
        f"{owes.kind}:{row.pk}": row
        for row in owes.model.objects.filter(subject=subject).select_related("owner")
    }
    known = {duty.key: duty for duty in Duty.objects.filter(subject=subject, kind=owes.kind)}
    change = Change()
    for key, duty in known.items():
        if duty.is_open and key not in rows:
            change.cancelled.add(key)
    for key, row in rows.items():
        _follow_row(change, owes, key, row, known.get(key), subject)
    record_all(change_duties(change, actor=actor))


def _follow_row(change: Change, owes: Owes, key: str, row: Any, duty: Duty | None, subject: Subject) -> None:
    day, is_open = owes.day(row), duty is not None and duty.is_open
    if row.is_done:
        if is_open:
            change.fulfilled.add(key)
        return
    if row.owner is None or day is None:
        if is_open:
            change.cancelled.add(key)
        return
    due_at = clock.moment(day, duties.DUE_HOUR)
    if is_open and duty is not None and duty.owner_id == row.owner_id and duty.due_at == due_at:
        return
    if is_open:
        change.cancelled.add(key)
    elif duty is not None and duty.state != Duty.State.CANCELLED:
        # What was done once and is open again (a confirmation taken back) is owed under a key of its own.
        key = f"{key}:{clock.now():%Y%m%d%H%M%S}"
    told = {"name": str(row)}
    change.owed.append(Owed(owes.kind, subject, row.owner, due_at, key, told, part_url(subject, owes.part)))
