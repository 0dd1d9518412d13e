"""How the actions of this room begin, and what all of them leave behind."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.permissions import Perm

from ..models import Day
from ..selectors.running import calls


def planned(subject: Subject, actor: User) -> Subject:
    """The event, locked, for who keeps its run of show; refuses one that is cancelled or over."""
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    return locked


def on_site(subject: Subject, actor: User | None, right: str = Perm.VIEW) -> Subject:
    """The event, locked, for who is there and does something."""
    locked = open_table(subject, "", actor, right)
    demand_open(locked)
    return locked


def called(subject: Subject, actor: User) -> Subject:
    """The event, locked, for who calls its items: host, who answers for an item, who keeps the run sheet."""
    locked = on_site(subject, actor)
    if not calls(actor, locked):
        raise NotAllowed(say(_("The host calls the items, or whoever answers for one of them.")))
    return locked


def changed(subject: Subject) -> None:
    """Let everybody who looks at the run sheet know that it is another one."""
    if not Day.objects.filter(pk=subject.pk).update(version=F("version") + 1):
        Day.objects.get_or_create(subject=subject, defaults={"version": 1})
