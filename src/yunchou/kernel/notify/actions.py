"""Telling people, marking as read, and people's own choice of channels, hours and robots."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from . import journal
from .models import Delivery, Notification, Preference, Rhythm, Robot, new_key
from .permissions import Perm
from .registry import IN_APP, group_kinds, notices
from .rhythm import Hours
from .robots import say_by
from .selectors import choices_of, ready_channels, waiting_times, wanted, wanted_of
from .services import read_address


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
    """Lay down what goes out by which channel, and send what does not wait."""
    times: dict[int, datetime] = {}
    for channel in ready_channels():
        chosen = [n for n in new if channel.key in ways[n.user_id]]
        reached = channel.reached([people[n.user_id] for n in chosen]) if chosen else set()
        chosen = [n for n in chosen if n.user_id in reached]
        if not chosen:
            continue
        times = times or waiting_times(people, notices[chosen[0].kind])
        Delivery.objects.bulk_create(
            (
                Delivery(
                    notification=each,
                    channel=channel.key,
                    due_at=times.get(each.user_id),
                    is_digest=each.user_id in times,
                )
                for each in chosen
            ),
            ignore_conflicts=True,
        )
        planned = Delivery.objects.filter(
            notification__in=chosen, channel=channel.key, state=Delivery.State.PLANNED, due_at=None
        )
        if ids := list(planned.values_list("pk", flat=True)):
            channel.send(ids)


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


# ---------------------------------------------------------------- when, and by which robots


def keep_rhythm(*, user: User, hours: Hours) -> Rhythm:
    """Say when to hear, outside the application, of what can wait. What waits already keeps its time."""
    kept, _made = Rhythm.objects.update_or_create(
        user=user,
        defaults={
            "pace": hours.pace.value,
            "daily_at": hours.daily_at,
            "quiet_from": hours.quiet_from,
            "quiet_until": hours.quiet_until,
            "only_working_days": hours.only_working_days,
        },
    )
    return kept


@transaction.atomic
def add_own_robot(*, user: User, name: str, address: str, sign: str = "") -> Robot:
    """Let the person be told by a robot of a group chat; another one of the same service is replaced.

    Refuses an address that is none of a known service's.
    """
    service, secret = read_address(address, sign)
    Robot.objects.filter(user=user, service=service.key).delete()
    return _kept(Robot(user=user, service=service.key, name=name.strip(), language=user.language), secret)


@transaction.atomic
def add_group_robot(
    *, actor: User, unit: Unit, name: str, address: str, sign: str, kinds: Collection[str], language: str
) -> Robot:
    """Let a group chat hear what happens in a unit and below; records `notify.robot_added`.

    Refuses without `notify.robots` in the unit, an address that is none of a known service's, and no kinds.
    """
    require(actor, Perm.ROBOTS, unit)
    service, secret = read_address(address, sign)
    robot = Robot(unit=unit, service=service.key, name=name.strip(), kinds=_chosen(kinds), language=language)
    robot.seen = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _kept(robot, secret)
    record(
        journal.ROBOT_ADDED,
        actor=actor,
        data={**_told_of(robot), "service": robot.service, "kinds": robot.kinds},
    )
    return robot


@transaction.atomic
def change_group_robot(
    *, actor: User, robot: Robot, name: str, kinds: Collection[str], language: str
) -> Robot:
    """Change what a group hears and in which language; records `notify.robot_changed`. Refuses like adding one."""
    require(actor, Perm.ROBOTS, robot.unit)
    robot.name, robot.kinds, robot.language = name.strip(), _chosen(kinds), language
    robot.save(update_fields=["name", "kinds", "language"])
    record(journal.ROBOT_CHANGED, actor=actor, data={**_told_of(robot), "kinds": robot.kinds})
    return robot


@transaction.atomic
def remove_robot(*, actor: User, robot: Robot) -> None:
    """Take a robot away, with what still waited for it. One's own needs no right; a group's records it."""
    if robot.unit is not None:
        require(actor, Perm.ROBOTS, robot.unit)
        record(journal.ROBOT_REMOVED, actor=actor, data=_told_of(robot))
    elif robot.user_id != actor.pk:
        raise NotAllowed(say(_("This robot belongs to somebody else.")))
    waiting = Delivery.objects.filter(channel=robot.channel, state=Delivery.State.PLANNED)
    if robot.user_id:
        waiting = waiting.filter(notification__user=robot.user_id)
    waiting.update(state=Delivery.State.FAILED)
    robot.delete()


def try_robot(*, actor: User, robot: Robot) -> bool:
    """Post a word of greeting by a robot; whether its service took it. Refuses as `remove_robot` does."""
    if robot.unit is not None:
        require(actor, Perm.ROBOTS, robot.unit)
    elif robot.user_id != actor.pk:
        raise NotAllowed(say(_("This robot belongs to somebody else.")))
    with translation.override(robot.language):
        title, text = (
            gettext("Yunchou is here"),
            gettext("From now on this group hears of what was chosen in Yunchou."),
        )
    done = say_by(robot, title, text)
    Robot.objects.filter(pk=robot.pk).update(
        failing_since=None if done else robot.failing_since or clock.now()
    )
    return done


def _kept(robot: Robot, secret: str) -> Robot:
    robot.keep(secret)
    robot.save()
    return robot


def _chosen(kinds: Collection[str]) -> list[str]:
    """Kinds that a group may hear, in the order of the declarations; refuses none at all."""
    known = [notice.key for notice in group_kinds() if notice.key in kinds]
    if not known:
        words = say(_("Choose at least one thing that the group is to hear of."))
        raise Invalid(words, fields={"kinds": words})
    return known


def _told_of(robot: Robot) -> dict[str, str]:
    return {"unit": str(robot.unit), "name": robot.name}
