"""Polls: written beforehand, opened and closed by the host, answered by guests."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import GONE, SAID_YES, Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import journal
from ..models import Ballot, Poll, PollKind
from .staging import put

MOST_CHOICES: Final = 8
LONGEST_CHOICE: Final = 40
FEW: Final = 30
"""So many devices may answer in any hall."""
LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"


@transaction.atomic
def keep_poll(
    *,
    subject: Subject,
    question: str,
    kind: str,
    options: Sequence[str],
    actor: User,
    poll: Poll | None = None,
    in_hall: bool = False,
) -> Poll:
    """Write a poll, or change one that has not been opened. Refuses without `events.edit`, fewer than two choices or more
    than `MOST_CHOICES`, and one twice. A rating has no choices of its own."""
    subject = open_table(subject, "", actor, Perm.EDIT)
    question = wanted(question, "question", 120)
    if kind not in PollKind.values:
        raise at_field("kind", _("Please choose one."))
    chosen = [] if kind == PollKind.RATING else _choices(options)
    poll = _again(poll) if poll else Poll(subject=subject, made_by=actor)
    if poll.opened_at:
        raise wrong(_("This poll has been opened: its question and its choices stand."))
    if poll.pk and poll.draws.filter(frozen_at__isnull=False).exists():
        raise wrong(
            _("The rules of a draw among those who answer it are frozen: its question and its choices stand.")
        )
    poll.question, poll.kind, poll.options, poll.in_hall = question, kind, chosen, in_hall
    poll.save()
    record(journal.POLL_KEPT, actor=actor, subject=subject, data={"poll": question})
    return poll


def _choices(options: Sequence[str]) -> list[str]:
    found = [option.strip() for option in options if option.strip()]
    if not 2 <= len(found) <= MOST_CHOICES:
        raise at_field("options", _("Between 2 and {most} choices."), most=MOST_CHOICES)
    if len(set(found)) != len(found):
        raise at_field("options", _("A choice stands there twice."))
    if any(len(option) > LONGEST_CHOICE for option in found):
        raise at_field("options", _("A choice has at most {length} characters."), length=LONGEST_CHOICE)
    return found


@transaction.atomic
def open_poll(*, poll: Poll, actor: User) -> Poll:
    """Let guests answer, and show it on the wall, with a new code where the hall may answer.

    Refuses without `events.edit`, and a poll that was opened before.
    """
    subject = open_table(poll.subject, "", actor, Perm.EDIT)
    locked = _again(poll)
    if locked.opened_at:
        raise wrong(_("This poll was opened before."))
    locked.opened_at = clock.now()
    # 30 bits for three hours, and slow for who tries many: guessed by nobody, typed from the wall by everybody.
    locked.hall_code = "".join(secrets.choice(LETTERS) for _n in range(6)) if locked.in_hall else ""
    locked.save(update_fields=["opened_at", "hall_code"])
    put(subject, locked)
    record(journal.POLL_OPENED, actor=actor, subject=subject, data={"poll": locked.question})
    return locked


@transaction.atomic
def close_poll(*, poll: Poll, actor: User) -> Poll:
    """Take no more answers; the result stays on the wall. Refuses without `events.edit`, and a poll that is not open."""
    subject = open_table(poll.subject, "", actor, Perm.EDIT)
    locked = _again(poll)
    if not locked.is_open:
        raise wrong(_("This poll is not open."))
    locked.closed_at = clock.now()
    locked.save(update_fields=["closed_at"])
    data = {"poll": locked.question, "count": locked.ballots.count()}
    record(journal.POLL_CLOSED, actor=actor, subject=subject, data=data)
    return locked


def answer_poll(*, poll: Poll, guest: Guest, chosen: Collection[int]) -> None:
    """What a guest answers, or answers anew; `chosen` counts the choices from 0.

    Refuses a poll of another event, one that is not open, nothing chosen, several of one, and who is not coming. The
    number of answers under a closed poll stands: whoever is late by a moment is told so.
    """
    if poll.subject_id != guest.subject_id or guest.reply in GONE:
        raise wrong(_("This poll is not open."))
    _cast(poll, {"guest": guest}, chosen)


def answer_in_hall(*, poll: Poll, device: str, chosen: Collection[int]) -> None:
    """What a device in the hall answers, or answers anew; `device` is its own secret, of which only a digest is kept.

    Refuses as `answer_poll` does, a code that works no longer, and more devices than people who come: who clears a cookie can
    answer again, but nobody can outvote the hall.
    """
    if not poll.takes_hall_at(clock.now()):
        raise wrong(_("This poll is closed. Thank you for wanting to take part."))
    digest = digest_in_hall(poll, device)
    known = Ballot.objects.filter(poll=poll).exclude(device="")
    if not known.filter(device=digest).exists() and known.count() >= most_in_hall(poll):
        raise wrong(
            _("More devices have answered than guests are here. Please answer on your invitation page.")
        )
    _cast(poll, {"guest": None, "device": digest}, chosen)


def digest_in_hall(poll: Poll, device: str) -> str:
    """What is kept of a device, for one poll alone."""
    return sha256(f"{poll.pk}:{device}".encode()).hexdigest()


def most_in_hall(poll: Poll) -> int:
    """How many devices may answer: as many as people have accepted or arrived, and never fewer than `FEW`."""
    here = Guest.objects.filter(subject=poll.subject_id)
    here = here.filter(Q(reply__in=SAID_YES) | Q(arrived_at__isnull=False))
    return max(FEW, here.count())


@transaction.atomic
def _cast(poll: Poll, who: dict[str, Any], chosen: Collection[int]) -> None:
    """Put a ballot in. Those who answer at once do not wait for one another, only for whoever closes the poll."""
    locked = _held(poll)
    if not locked.is_open:
        raise wrong(_("This poll is closed. Thank you for wanting to take part."))
    found = {one for one in chosen if 0 <= one < len(locked.choices)}
    if not found:
        raise at_field("choice", _("Please choose one."))
    if len(found) > 1 and locked.kind != PollKind.MANY:
        raise at_field("choice", _("Please choose only one."))
    values = {"mask": sum(1 << one for one in found), "at": clock.now()}
    own = Ballot.objects.filter(poll=locked, **who)
    if own.update(**values):
        return
    try:
        with transaction.atomic():
            Ballot.objects.create(poll=locked, **who, **values)
    except IntegrityError:  # the same guest on a second phone, at the same moment
        own.update(**values)


def _held(poll: Poll) -> Poll:
    """The poll as it is, kept from being closed until the answer is in: an answer is counted before, or refused after.

    A shared lock, which others who answer hold as well. SQLite has one writer and no such locks.
    """
    shared = " FOR SHARE" if connection.features.has_select_for_update else ""
    found: Poll = Poll.objects.raw(f"SELECT * FROM wall_poll WHERE id = %s{shared}", [poll.pk])[0]  # noqa: S608
    return found


def _again(poll: Poll) -> Poll:
    found: Poll = Poll.objects.select_for_update(of=("self",), no_key=True).get(pk=poll.pk)
    return found
