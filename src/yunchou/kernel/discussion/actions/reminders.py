"""Reminding oneself or another of something by a time: a duty, as all that somebody owes."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from .. import journal, notices
from ..duties import REMINDER
from ..models import room_address
from ..places import Place
from ..selectors.comments import people_who_see
from .shared import refused, words, writer


@transaction.atomic
def remind(*, subject: Subject, whom: User, text: str, at: datetime, actor: User) -> Duty:
    """Let somebody be reminded of something at a time, and owe it.

    Refuses whoever may not write here (403), no words, a time that has passed, somebody who may not see the subject (422).
    Records `discussion.reminded` and the duty.
    """
    writer(Place(subject), actor)
    said = words("text", text, say(_("Say what is to be remembered.")), 120)
    if at <= clock.now():
        raise refused("at", say(_("This time has passed.")))
    if not people_who_see(Place(subject), [whom.pk]):
        raise refused("whom", say(_("{names} may not see this."), names=whom.name))
    duty = owe(
        kind=REMINDER.key, subject=subject, owner=whom, due_at=at, key=f"{REMINDER.key}:{token_hex(12)}",
        params={"text": said}, address=f"{room_address(subject.pk)}#reminders", actor=actor,
    )  # fmt: skip
    record(journal.REMINDED, actor=actor, subject=subject, data={"person": whom.name, "text": said})
    if whom.pk != actor.pk:
        notify(
            users=[whom],
            kind=notices.REMINDED.key,
            say=say(_("{person} reminds you: {text}"), person=actor.name, text=said),
            subject=subject,
            address=duty.address,
            key=duty.key,
        )
    return duty


@transaction.atomic
def finish_reminder(*, duty: Duty, actor: User) -> Duty:
    """Say that it is done. Refuses another's reminder (403) and one that is no longer open (409)."""
    if duty.kind != REMINDER.key or duty.owner_id != actor.pk:
        raise NotAllowed(say(_("This reminder is somebody else's.")))
    if not fulfil(actor=actor, key=duty.key):
        raise WrongState(say(_("This reminder is done already.")))
    record(
        journal.FULFILLED,
        actor=actor,
        subject=duty.subject,
        data={"text": duty.sentence.params.get("text", "")},
    )
    return duty
