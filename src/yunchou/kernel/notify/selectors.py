"""What a person has not read, and how they want to be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .models import Notification, NotificationQuerySet, Preference, Rhythm, Robot
from .permissions import Perm
from .registry import IN_APP, Channel, Notice, channels, notices
from .rhythm import USUAL

IN_APP_LABEL = _("In the application")


def unread_count(user: User) -> int:
    """How many notifications the person has not read; one query."""
    return unread_of(user).count()


def unread_of(user: User) -> NotificationQuerySet:
    """The notifications that the person has not read."""
    return Notification.objects.of(user).unread()


def wanted(user_ids: Collection[int], notice: Notice) -> dict[int, set[str]]:
    """The channels by which each of these people is told about a kind; one query."""
    found = {pk: set(notice.channels) for pk in user_ids}
    for row in Preference.objects.filter(user__in=user_ids, kind=notice.key):
        (found[row.user_id].add if row.is_on else found[row.user_id].discard)(row.channel)
    for chosen in found.values():
        if notice.is_mandatory:
            chosen.add(IN_APP)
    return found


def wanted_of(pairs: Collection[tuple[int, Notice]]) -> dict[tuple[int, str], set[str]]:
    """`wanted` for pairs of a person and a notice, by person and key of the notice; at most one query.

    Without a query where nobody has a choice: mandatory kinds, while the list in the app is the only way.
    """
    found = {(pk, notice.key): set(notice.channels) for pk, notice in pairs}
    if ready_channels() or not all(notice.is_mandatory for _pk, notice in pairs):
        chosen = Preference.objects.filter(
            user__in={pk for pk, _notice in pairs}, kind__in={notice.key for _pk, notice in pairs}
        )
        for row in chosen:
            if (ways := found.get((row.user_id, row.kind))) is not None:
                (ways.add if row.is_on else ways.discard)(row.channel)
    for pk, notice in pairs:
        if notice.is_mandatory:
            found[pk, notice.key].add(IN_APP)
    return found


def ready_channels() -> list[Channel]:
    """Channels that the installation can use, besides the list in the app."""
    return [channel for channel in channels if channel.is_ready()]


def waiting_times(user_ids: Collection[int], notice: Notice) -> dict[int, datetime]:
    """Until when a notification of a kind waits for those people for whom it does; one query, none for urgent kinds."""
    if notice.is_urgent:
        return {}
    said = {row.user_id: row.hours for row in Rhythm.objects.filter(user__in=user_ids)}
    now, is_working_day = clock.now(), working_calendar().is_working_day
    moments = {pk: said.get(pk, USUAL).next_moment(now, is_working_day) for pk in user_ids}
    return {pk: moment for pk, moment in moments.items() if moment > now}


def rhythm_of(user: User) -> Rhythm:
    """When the person wants to hear of what can wait; the usual where nothing was said, unsaved."""
    return Rhythm.objects.filter(user=user).first() or Rhythm(user=user)


def group_robots(user: User) -> QuerySet[Robot]:
    """The robots of units' groups that the person may keep."""
    kept = Robot.objects.filter(unit__in=units_with(user, Perm.ROBOTS))
    return kept.select_related("unit")


@dataclass(frozen=True)
class Choice:
    """One box of the preferences: a kind by a channel."""

    name: str
    label: str | Promise
    is_on: bool
    is_fixed: bool


def choices_of(user: User) -> list[tuple[Notice, list[Choice]]]:
    """Every kind with its boxes, as they stand for the person; one query."""
    stored = {(row.kind, row.channel): row.is_on for row in Preference.objects.filter(user=user)}
    ways = [(IN_APP, IN_APP_LABEL), *((channel.key, channel.label) for channel in ready_channels())]
    found = []
    for kind in notices:
        boxes = []
        for channel, label in ways:
            is_fixed = kind.is_mandatory and channel == IN_APP
            is_on = is_fixed or stored.get((kind.key, channel), channel in kind.channels)
            boxes.append(Choice(f"{kind.key}:{channel}", label, is_on, is_fixed))
        found.append((kind, boxes))
    return found
