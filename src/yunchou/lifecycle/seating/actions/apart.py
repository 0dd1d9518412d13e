"""Guests who are not to sit together. Why is asked nowhere."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import Apart, Plan
from .opening import changed


@transaction.atomic
def keep_apart(*, subject: Subject, guests: Collection[Guest], actor: User) -> Apart:
    """Note guests of whom no two sit together, in no session of the event. Records `seating.apart_kept`.

    Who sits together already goes on doing so, and the plan warns.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    chosen = {one.pk for one in guests}
    if Guest.objects.filter(pk__in=chosen, subject=locked).count() != len(chosen) or len(chosen) < 2:
        raise at_field("guests", _("Choose at least two guests."))
    kept: Apart = Apart.objects.create(subject=locked, made_by=actor)
    kept.guests.set(chosen)
    changed(_plans(locked))
    record(journal.APART, actor=actor, subject=locked, data={"count": len(chosen)})
    return kept


@transaction.atomic
def end_apart(*, apart: Apart, actor: User) -> None:
    """They may sit together again. Records `seating.apart_removed`."""
    locked = open_table(apart.subject, "", actor, Perm.EDIT)
    demand_open(locked)
    apart.delete()
    changed(_plans(locked))
    record(journal.APART_REMOVED, actor=actor, subject=locked)


def _plans(subject: Subject) -> list[int]:
    return list(Plan.objects.filter(session__subject=subject).values_list("pk", flat=True))
