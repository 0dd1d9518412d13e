"""What the rows of a preparation make people owe: laid down, moved and settled whenever a table or a state changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from .models import Agreement, Check, Print, Publicity, Review, ReviewedRow, Speaker, Supply, Trip


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
    """Make the duties of a table's rows what the rows say, in the caller's transaction; five statements at most."""
    owes = OWES[table]
    rows = {
        f"{owes.kind}:{row.pk}": row
        for row in owes.model.objects.filter(subject=subject).select_related("owner")
    }
    change = Change()
    known: dict[str, Duty] = {}
    for duty in Duty.objects.filter(subject=subject, kind=owes.kind).order_by("pk"):
        # What was owed again has the moment behind the key of its row.
        base = ":".join(duty.key.split(":", 2)[:2])
        if base not in rows:
            if duty.is_open:
                change.cancelled.add(duty.key)
        elif base not in known or not known[base].is_open:
            known[base] = duty
    for base, row in rows.items():
        _follow_row(change, owes, base, row, known.get(base), subject)
    if issubclass(owes.model, ReviewedRow):
        change.cancelled |= _pointless_reviews(table, subject, rows.values())
    record_all(change_duties(change, actor=actor))


def _follow_row(change: Change, owes: Owes, base: str, row: Any, duty: Duty | None, subject: Subject) -> None:
    day, is_open = owes.day(row), duty is not None and duty.is_open
    key = duty.key if duty is not None else base
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
        key = f"{base}:{clock.now():%Y%m%d%H%M%S%f}"
    told = {"name": str(row)}
    change.owed.append(Owed(owes.kind, subject, row.owner, due_at, key, told, part_url(subject, owes.part)))


def review_key(table: str, pk: int) -> str:
    """How the keys of the duties to review what was handed in for a row begin."""
    return f"{duties.REVIEW.key}:{table}:{pk}:"


def _pointless_reviews(table: str, subject: Subject, rows: Iterable[ReviewedRow]) -> set[str]:
    """Open reviews of rows that were deleted or worded anew since they were handed in."""
    asked = tuple(review_key(table, row.pk) for row in rows if row.review == Review.ASKED)
    open_ones = Duty.objects.open().filter(
        subject=subject, kind=duties.REVIEW.key, key__startswith=f"{duties.REVIEW.key}:{table}:"
    )
    return {key for key in open_ones.values_list("key", flat=True) if not key.startswith(asked)}
