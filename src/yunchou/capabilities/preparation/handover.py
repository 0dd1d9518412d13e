"""What a leaver prepares passes to the successor: rows that are not done, venues on hold, rounds of needs research."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import reassign
from yunchou.kernel.duties.handover import goes_with_object
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from . import journal
from .actions.shared import times
from .duties import HOLD, RESEARCH
from .following import OWES, follow, part_url
from .models import Booking, BookingState, Research


def _open_rows(user: User) -> dict[str, list[Any]]:
    """By table, the rows that the person answers for and that are not done."""
    found = {
        table: owes.model.objects.filter(owner=user).select_related("subject").order_by("subject", "position")
        for table, owes in OWES.items()
    }
    return {table: [row for row in rows if not row.is_done] for table, rows in found.items()}


def _holds(user: User) -> QuerySet[Booking]:
    held = Booking.objects.filter(booked_by=user, state=BookingState.HELD)
    return held.select_related("venue", "subject").order_by("pk")


def _research(user: User) -> QuerySet[Research]:
    """The rounds that somebody still has to repeat."""
    kept = Research.objects.filter(keeper=user, next_on__isnull=False, followed_by=None)
    return kept.select_related("subject").order_by("pk")


def _preview(user: User) -> list[Item]:
    rows = [
        Item(str(row), part_url(row.subject, OWES[table].part), _until(table, row))
        for table, these in _open_rows(user).items()
        for row in these
    ]
    holds = [
        Item(one.venue.name, one.venue.get_absolute_url(), times(one.starts_at, one.ends_at))
        for one in _holds(user)
    ]
    research = [
        Item(one.title, one.get_absolute_url(), say(_("next round by {day}"), day=str(one.next_on)))
        for one in _research(user)
    ]
    return rows + holds + research


def _until(table: str, row: Any) -> Text:
    """Where a row belongs, and by when it is due."""
    day = OWES[table].day(row)
    if day is None:
        return str(row.subject.title)
    return say(_("{title}, by {day}"), title=row.subject.title, day=day.isoformat())


def _pass_on(user: User, to: User, actor: User) -> int:
    """Activities are locked before venues, as whoever books does it; one journal entry for each subject."""
    rows, holds, research = _open_rows(user), list(_holds(user)), list(_research(user))
    everything = [row for these in rows.values() for row in these]
    _lock(row.subject_id for row in (*everything, *holds, *research))
    _lock(one.venue_id for one in holds)
    for table, these in rows.items():
        _pass_rows(table, these, to, actor)
    for one in holds:
        one.booked_by = to
        one.save(update_fields=["booked_by"])
        _pass_duty(one.duty_key, user, to, actor)
    for round_ in research:
        round_.keeper = to
        round_.save(update_fields=["keeper"])
        _pass_duty(round_.duty_key, user, to, actor)
    moved = [*everything, *holds, *research]
    for subject, those in groupby(sorted(moved, key=lambda one: one.subject_id), key=lambda one: one.subject):
        data = {"count": len(list(those)), "username": user.username, "successor": to.username}
        record(journal.HANDED_OVER, actor=actor, subject=subject, data=data)
    return len(moved)


def _lock(subjects: Iterable[int | None]) -> None:
    ids = {pk for pk in subjects if pk is not None}
    list(Subject.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))


def _pass_rows(table: str, rows: list[Any], to: User, actor: User) -> None:
    for row in rows:
        row.owner, row.owner_name = to, to.name
        row.given = {key: cell for key, cell in row.given.items() if key != "owner"}
        row.save(update_fields=["owner", "owner_name", "given"])
    for subject in {row.subject_id: row.subject for row in rows}.values():
        follow(table, subject, actor)


def _pass_duty(key: str, user: User, to: User, actor: User) -> None:
    for duty in Duty.objects.open().filter(key=key, owner=user):
        reassign(duty=duty, to=to, actor=actor)


goes_with_object(*(owes.kind for owes in OWES.values()), HOLD.key, RESEARCH.key)
declare(
    Handover(
        "preparation",
        gettext_lazy("Preparations, venues on hold and needs research"),
        _preview,
        _pass_on,
        icon="clipboard-check",
        order=35,
    )
)
