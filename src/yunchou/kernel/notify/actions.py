"""Telling people, marking as read, and people's own choice of channels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .models import Delivery, Notification, Preference, new_key
from .registry import IN_APP, notices
from .selectors import choices_of, ready_channels, wanted, wanted_of


@transaction.atomic
def notify(
    *,
    users: Iterable[User],
    kind: str,
    say: Say,
    subject: Subject | None = None,
    address: str = "",
    key: str = "",
) -> list[Notification]:
    """Tell people something, once: the same `key` again tells only those who have not been told.

    Written in the caller's transaction, so nobody is told of what is rolled back. People who are no longer active are
    left out. `address` is the page to open, the subject's unless given. Returns the new notifications.
    """
    notice, key = notices[kind], key or new_key()
    people = {user.pk: user for user in users if user.is_active}
    told = set(Notification.objects.filter(key=key, user__in=people).values_list("user", flat=True))
    ways = wanted(people.keys() - told, notice)
    Notification.objects.bulk_create(
        (
            Notification(
                user=people[pk],
                kind=notice.key,
                subject=subject,
                text=say.to_json(),
                address=address or (subject.address if subject else ""),
                key=key,
                is_shown=IN_APP in chosen,
            )
            for pk, chosen in ways.items()
            if chosen
        ),
        ignore_conflicts=True,
    )
    new = list(Notification.objects.filter(key=key, user__in=ways).select_related("subject"))
    _plan_deliveries(new, people, ways)
    return new


@dataclass(frozen=True)
class Message:
    """Something to tell people: see `notify`. Without a `key` it is told however often it is sent."""

    users: Sequence[User]
    kind: str
    say: Say
    subject: Subject | None = None
    address: str = ""
    key: str = ""


def notify_all(messages: Iterable[Message]) -> None:
    """`notify` for several messages, in a fixed number of statements however many there are."""
    told = {
        (user.pk, message.key or new_key()): (user, message)
        for message in messages
        for user in message.users
        if user.is_active
    }
    ways = wanted_of([(pk, notices[message.kind]) for (pk, _key), (_user, message) in told.items()])
    new = [
        Notification(
            user=user,
            kind=message.kind,
            subject=message.subject,
            text=message.say.to_json(),
            address=message.address or (message.subject.address if message.subject else ""),
            key=key,
            is_shown=IN_APP in ways[pk, message.kind],
        )
        for (pk, key), (user, message) in told.items()
        if ways[pk, message.kind]
    ]
    if not ready_channels():
        Notification.objects.bulk_create(new, ignore_conflicts=True)
        return
    known = Notification.objects.filter(
        key__in={each.key for each in new}, user__in={each.user_id for each in new}
    )
    before = set(known.values_list("user", "key"))
    Notification.objects.bulk_create(new, ignore_conflicts=True)
    people = {user.pk: user for user, _message in told.values()}
    by_kind: dict[str, list[Notification]] = {}
    for each in known.select_related("subject"):
        if (each.user_id, each.key) not in before:
            by_kind.setdefault(each.kind, []).append(each)
    for kind, group in by_kind.items():
        _plan_deliveries(group, people, {each.user_id: ways[each.user_id, kind] for each in group})


def _plan_deliveries(new: list[Notification], people: dict[int, User], ways: dict[int, set[str]]) -> None:
    for channel in ready_channels():
        chosen = [n for n in new if channel.key in ways[n.user_id] and channel.reaches(people[n.user_id])]
        if not chosen:
            continue
        Delivery.objects.bulk_create(
            (Delivery(notification=each, channel=channel.key) for each in chosen), ignore_conflicts=True
        )
        planned = Delivery.objects.filter(
            notification__in=chosen, channel=channel.key, state=Delivery.State.PLANNED
        )
        channel.send(list(planned.values_list("pk", flat=True)))


def mark_read(*, user: User, notification: Notification | None = None, key: str = "") -> int:
    """Mark one, those with a key, or all of the person's notifications as read; returns how many were not."""
    unread = Notification.objects.filter(user=user, read_at=None)
    if notification:
        unread = unread.filter(pk=notification.pk)
    if key:
        unread = unread.filter(key=key)
    return unread.update(read_at=clock.now())


@transaction.atomic
def choose_channels(*, user: User, chosen: Collection[str]) -> None:
    """Set the person's own boxes to `chosen` ("kind:channel"); what a mandatory kind fixes stays."""
    for notice, boxes in choices_of(user):
        for box in boxes:
            if box.is_fixed or box.is_on == (box.name in chosen):
                continue
            Preference.objects.update_or_create(
                user=user,
                kind=notice.key,
                channel=box.name.rsplit(":", 1)[1],
                defaults={"is_on": box.name in chosen},
            )
