"""Robots of group chats: what a group is to hear, and posting it."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from apprise import Apprise, NotifyFormat
from django.db.models import Min

from yunchou.kernel.core import clock

from .models import Delivery, Notification, Robot
from .registry import group_kinds
from .sending import Rejected, words_of

log = logging.getLogger(__name__)
PER_ROUND = 200
LATE = 1_000
"""So many numbers back we look again: a long transaction may show what it has written after newer things were seen."""


def plan_for_groups() -> list[int]:
    """Lay down what each group has not heard yet of its unit and those below; returns the deliveries.

    A group hears each thing once, however many people were told of it. What happened before the robot came is not told.
    """
    newest = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    behind = Robot.objects.filter(unit__isnull=False, seen__lt=newest).select_related("unit")
    locked = behind.select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    return [pk for robot in locked for pk in _plan(robot, newest)]


def _plan(robot: Robot, newest: int) -> list[int]:
    assert robot.unit is not None
    kinds = {one.key for one in group_kinds()}.intersection(robot.kinds)
    heard = Delivery.objects.filter(channel=robot.channel).values("notification__key")
    fresh = (
        Notification.objects.filter(
            pk__gt=robot.seen - LATE, pk__lte=newest, created_at__gte=robot.created_at, kind__in=kinds
        )
        .filter(subject__unit__path__startswith=robot.unit.path)
        .exclude(key__in=heard)
        .order_by()
        .values("key")
        .annotate(first=Min("pk"))
        .order_by("first")
    )
    firsts = [row["first"] for row in fresh[:PER_ROUND]]
    robot.seen = newest if len(firsts) < PER_ROUND else firsts[-1]
    robot.save(update_fields=["seen"])
    Delivery.objects.bulk_create(
        [Delivery(notification_id=pk, channel=robot.channel, is_digest=True) for pk in firsts],
        ignore_conflicts=True,
    )
    new = Delivery.objects.filter(notification__in=firsts, channel=robot.channel)
    return list(new.values_list("pk", flat=True))


def post(parcel: Sequence[Delivery]) -> None:
    """Post one message by the robot that its deliveries are for. Raises `Rejected` where it is gone or not let in.

    The services tell nothing that would let one say for sure that a message was not taken, so nothing is posted twice.
    """
    robot = _robot_of(parcel[0])
    if robot is None:
        raise Rejected
    title, text = words_of(parcel, robot.language)
    done = say_by(robot, title, text)
    Robot.objects.filter(pk=robot.pk).update(
        failing_since=None if done else robot.failing_since or clock.now()
    )
    if not done:
        raise Rejected


def say_by(robot: Robot, title: str, text: str) -> bool:
    """Post a text; whether the service took it."""
    sender = Apprise()
    if not sender.add(robot.declared.target(robot.secret)):
        log.error("robot %s has an address that its service does not know", robot.pk)
        return False
    return bool(sender.notify(body=text, title=title, body_format=NotifyFormat.TEXT))


def _robot_of(delivery: Delivery) -> Robot | None:
    kind, _colon, pk = delivery.channel.partition(":")
    if pk:
        return Robot.objects.filter(pk=int(pk)).first()
    own = Robot.objects.filter(user=delivery.notification.user_id, user__is_active=True, service=kind)
    return own.first()
