"""What the hall sees instead of the curve: one poll or one draw at a time."""

from __future__ import annotations

from django.db import transaction

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import Draw, Poll


@transaction.atomic
def stage(*, what: Poll | Draw, actor: User) -> None:
    """Put a poll or a draw on the wall, in the place of what is there. Refuses without `events.edit`."""
    subject = open_table(what.subject, "", actor, Perm.EDIT)
    put(subject, what)
    record(journal.STAGED, actor=actor, subject=subject, data={"what": str(what)})


@transaction.atomic
def unstage(*, what: Poll | Draw, actor: User) -> None:
    """Take it off the wall. Refuses without `events.edit`."""
    subject = open_table(what.subject, "", actor, Perm.EDIT)
    put(subject, None)
    record(journal.UNSTAGED, actor=actor, subject=subject, data={"what": str(what)})


def put(subject: Subject, what: Poll | Draw | None) -> None:
    """Show this alone; the caller holds the lock of the subject."""
    Poll.objects.filter(subject=subject, is_shown=True).update(is_shown=False)
    Draw.objects.filter(subject=subject, is_shown=True).update(is_shown=False)
    if what is not None:
        type(what)._default_manager.filter(pk=what.pk).update(is_shown=True)
        what.is_shown = True
