"""What a leaver prepares passes to the successor: rows that are not done, duties on site to come, venues, goods, research."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
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
from .actions.stock import pass_goods
from .duties import HOLD, RESEARCH
from .following import OWES, follow, part_url
from .models import Booking, BookingState, Holding, Post, Research


def _open_rows(user: User) -> dict[str, list[Any]]:
    """By table, the rows that the person answers for and that are not done."""
    found = {
        table: owes.model.objects.filter(owner=user).select_related("subject").order_by("subject", "position")
        for table, owes in OWES.items()
    }
    return {table: [row for row in rows if not row.is_done] for table, rows in found.items()}


def _bookings(user: User) -> QuerySet[Booking]:
    """Venues on hold, and those that are booked in writing for a time to come."""
    held, booked = Q(state=BookingState.HELD), Q(state=BookingState.CONFIRMED, ends_at__gt=clock.now())
    found = Booking.objects.filter(held | booked, booked_by=user)
    return found.select_related("venue", "subject").order_by("pk")


def _posts(user: User) -> QuerySet[Post]:
    """Duties on site that are still to come; one without a day is."""
    coming = Q(on=None) | Q(on__gte=clock.today())
    found = Post.objects.filter(coming, person=user)
    return found.select_related("subject").order_by("subject", "position")


def _goods(user: User) -> QuerySet[Holding]:
    """What was handed out to the person and has not come back."""
    found = Holding.objects.filter(person=user, quantity__gt=0)
    return found.select_related("item__subject__unit", "item__subject__created_by", "person").order_by("pk")


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
    posts = [
        Item(one.post, part_url(one.subject, "people"), _on(one.subject.title, one.on))
        for one in _posts(user)
    ]
    bookings = [
        Item(one.venue.name, one.venue.get_absolute_url(), times(one.starts_at, one.ends_at))
        for one in _bookings(user)
    ]
    goods = [
        Item(
            one.item.name,
            one.item.get_absolute_url(),
            say(
                _("holds {amount} {measure}"),
                amount=f"{one.quantity.normalize():f}",
                measure=one.item.measure,
            ),
        )
        for one in _goods(user)
    ]
    research = [
        Item(one.title, one.get_absolute_url(), say(_("next round by {day}"), day=str(one.next_on)))
        for one in _research(user)
    ]
    return rows + posts + bookings + goods + research


def _until(table: str, row: Any) -> Text:
    """Where a row belongs, and by when it is due."""
    day = OWES[table].day(row)
    if day is None:
        return str(row.subject.title)
    return say(_("{title}, by {day}"), title=row.subject.title, day=day.isoformat())


def _on(title: str, day: date | None) -> Text:
    """Where a duty on site is, and when."""
    return say(_("{title}, on {day}"), title=title, day=day.isoformat()) if day else title


def _pass_on(user: User, to: User, actor: User) -> int:
    """Activities are locked before venues, as whoever books does it; one journal entry for each subject."""
    rows, bookings, research = _open_rows(user), list(_bookings(user)), list(_research(user))
    posts, goods = list(_posts(user)), list(_goods(user))
    everything = [row for these in rows.values() for row in these]
    _lock(row.subject_id for row in (*everything, *posts, *bookings, *research))
    _lock(one.venue_id for one in bookings)
    _lock(one.item_id for one in goods)
    for table, these in rows.items():
        _pass_rows(table, these, to, actor)
    for post in posts:
        post.person, post.person_name = to, to.name
        post.given = {key: cell for key, cell in post.given.items() if key != "person"}
        post.save(update_fields=["person", "person_name", "given"])
    for holding in goods:
        pass_goods(holding=holding, to=to, actor=actor)
    for one in bookings:
        one.booked_by = to
        one.save(update_fields=["booked_by"])
        _pass_duty(one.duty_key, user, to, actor)
    for round_ in research:
        round_.keeper = to
        round_.save(update_fields=["keeper"])
        _pass_duty(round_.duty_key, user, to, actor)
    moved = [*everything, *posts, *bookings, *research]
    for subject, those in groupby(sorted(moved, key=lambda one: one.subject_id), key=lambda one: one.subject):
        data = {"count": len(list(those)), "username": user.username, "successor": to.username}
        record(journal.HANDED_OVER, actor=actor, subject=subject, data=data)
    return len(moved) + len(goods)


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
        gettext_lazy("Preparations, duties on site, venues, goods and needs research"),
        _preview,
        _pass_on,
        icon="clipboard-check",
        order=35,
    )
)
