"""Duties of a leaver pass to the successor, last of all: what belongs to an approval or a task has moved with it by then."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User

from .actions import reassign
from .models import Duty, DutyQuerySet
from .selectors import owed_by

_elsewhere: set[str] = set()


def goes_with_object(*kinds: str) -> None:
    """Leave duties of these kinds to the hand-over of what they belong to (an approval, a task)."""
    _elsewhere.update(kinds)


def _open(user: User) -> DutyQuerySet:
    return owed_by(user).exclude(kind__in=_elsewhere)


def _preview(user: User) -> list[Item]:
    return [_item(duty) for duty in _open(user)]


def _item(duty: Duty) -> Item:
    due = f"{clock.local(duty.due_at):%Y-%m-%d %H:%M}"
    return Item(duty.sentence, duty.get_absolute_url(), say(_("due {due}"), due=due))


def _pass_on(user: User, to: User, actor: User) -> int:
    # Those that should have moved with their object, but did not, are not left behind either.
    return sum(bool(reassign(duty=duty, to=to, actor=actor)) for duty in list(owed_by(user)))


declare(Handover("duties", gettext_lazy("Open duties"), _preview, _pass_on, icon="clock", order=90))
