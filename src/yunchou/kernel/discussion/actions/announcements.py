"""Announcing to people who confirm that they have read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import Change, Owed, change_duties, fulfil
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import Line, record_all
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from .. import journal, notices
from ..duties import DUE_HOUR, READ
from ..models import Announcement, Receipt
from ..places import Place
from ..selectors.comments import people_who_see
from ..selectors.notes import receipt_of
from .shared import in_reach, leader, refused, sees, words


@transaction.atomic
def announce(
    *, subject: Subject, title: str, text: str, readers: Collection[User], read_by: date, actor: User
) -> Announcement:
    """Announce something to people of a subject, who owe having read it by the evening of a day.

    Refuses whoever does not lead (403), nothing to read, a day that has passed or is far, nobody to read it, and readers
    who may not see the subject (422). Records `discussion.announced` and the duties.
    """
    leader(subject, actor)
    heading = words("title", title, say(_("Give the announcement a title.")), 120)
    body = words("text", text, say(_("Write what is to be read.")))
    in_reach("read_by", read_by)
    people = {person.pk: person for person in readers if person.pk != actor.pk}
    if not people:
        raise refused("readers", say(_("Choose who is to read it.")))
    seeing = people_who_see(Place(subject), people.keys())
    if blind := [person for pk, person in people.items() if pk not in seeing]:
        names = "、".join(person.name for person in blind[:5])
        raise refused("readers", say(_("{names} may not see this."), names=names))
    made: Announcement = Announcement.objects.create(
        subject=subject, title=heading, text=body, read_by=read_by, author=actor
    )
    receipts = Receipt.objects.bulk_create(Receipt(announcement=made, user=one) for one in people.values())
    due = clock.moment(read_by, DUE_HOUR)
    address = made.get_absolute_url()
    owed = [
        Owed(READ.key, subject, one.user, due, one.key, {"title": heading}, address, is_new=True)
        for one in receipts
    ]
    told = {"title": heading, "count": len(receipts), "day": read_by.isoformat(), "announcement": made.pk}
    lines = change_duties(Change(owed=owed), actor=actor)
    record_all([Line(journal.ANNOUNCED, actor, subject, told), *lines])
    notify(
        users=people.values(),
        kind=notices.ANNOUNCED.key,
        say=say(_("{person} announces: {title}"), person=actor.name, title=heading),
        subject=subject,
        address=address,
        key=f"announcement:{made.pk}",
    )
    return made


@transaction.atomic
def read_announcement(*, announcement: Announcement, actor: User) -> Receipt:
    """Confirm having read it; a second time changes nothing. Refuses whoever was not asked; records `discussion.read`."""
    sees(announcement.subject, actor)
    receipt = receipt_of(announcement, actor)
    if receipt is None:
        raise NotAllowed(say(_("This announcement was not addressed to you.")))
    locked = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if locked.read_at is None:
        locked.read_at = clock.now()
        locked.save(update_fields=["read_at"])
        fulfil(actor=actor, key=locked.key)
        data = {"title": announcement.title, "announcement": announcement.pk}
        record_all([Line(journal.READ, actor, announcement.subject, data)])
    return locked


@transaction.atomic
def ask_again(*, announcement: Announcement, actor: User) -> int:
    """Remind those who have not read it; says how many. Refuses whoever does not lead; records `discussion.asked_again`."""
    leader(announcement.subject, actor)
    if announcement.retracted_at:
        raise WrongState(say(_("The announcement was withdrawn.")))
    waiting = [one.user for one in announcement.receipts.filter(read_at=None).select_related("user")]
    notify(
        users=waiting,
        kind=notices.ANNOUNCED.key,
        say=say(_("Please read: {title}"), title=announcement.title),
        subject=announcement.subject,
        address=announcement.get_absolute_url(),
    )
    data = {"title": announcement.title, "count": len(waiting), "announcement": announcement.pk}
    record_all([Line(journal.REMINDED_AGAIN, actor, announcement.subject, data)])
    return len(waiting)


@transaction.atomic
def retract(*, announcement: Announcement, reason: str, actor: User) -> Announcement:
    """Withdraw an announcement that was wrong: it stays with its reason, nobody owes reading it.

    Refuses whoever does not lead, no reason, one that is withdrawn (409). Records `discussion.retracted`.
    """
    leader(announcement.subject, actor)
    why = words("reason", reason, say(_("Say why.")), 200)
    locked = (
        Announcement.objects.select_for_update(of=("self",)).select_related("subject").get(pk=announcement.pk)
    )
    if locked.retracted_at:
        raise WrongState(say(_("The announcement was withdrawn.")))
    locked.retracted_at, locked.reason = clock.now(), why
    locked.save(update_fields=["retracted_at", "reason"])
    waiting = {one.key for one in locked.receipts.filter(read_at=None)}
    lines = change_duties(Change(cancelled=waiting), actor=actor)
    data = {"title": locked.title, "reason": why, "announcement": locked.pk}
    record_all([Line(journal.RETRACTED, actor, locked.subject, data), *lines])
    return locked
