"""Hosts of guests, what they have to know, and who receives guests where and when (EXE-04, EXE-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.refusing import at_field, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import duties, journal, notices
from ..models import Briefing, ReceptionTask, TaskKind
from ..selectors.care import is_called_off, may_read

LONGEST = 600


@transaction.atomic
def name_hosts(*, subject: Subject, guests: Iterable[Guest], host: User, actor: User) -> int:
    """Make somebody the host of guests of an event, many at once; says of how many. The host is told.

    Companions have the host of whoever brings them. Refuses a host who may not see the
    event's guests; records `hospitality.hosts`.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    if not host.is_active or not holds(host, Perm.VIEW, locked):
        raise at_field("host", _("{name} does not see the guests of this event."), name=host.name)
    asked = {one.pk for one in guests}
    rows = Guest.objects.filter(subject=locked).live().heads().filter(pk__in=asked).exclude(host=host)
    rows = Guest.objects.filter(
        pk__in=list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))
    )
    count: int = rows.update(host=host)
    if count:
        record(
            journal.HOSTS,
            actor=actor,
            subject=locked,
            data={"count": count},
            personal={host: {"host": host.name}},
        )
        if host.pk != actor.pk:
            notify(
                users=[host],
                kind=notices.HOST.key,
                say=say(_("You are host of {count} guests of “{event}”."), count=count, event=locked.title),
                subject=locked,
                address=reverse("hospitality:care_list", args=[locked.pk]),
            )
    return count


def brief_stamp(briefing: Briefing | None) -> str:
    """How a briefing stood when a form showed it."""
    return stamp(briefing.kept_at if briefing else "")


@transaction.atomic
def brief(*, guest: Guest, words: str, actor: User, seen: str = "") -> None:
    """Write down, encrypted, what the host has to know of a guest; nothing takes it away. Records `hospitality.briefed`.

    Refuses who may not read it, and to write over what the form did not show (`seen`).
    """
    subject = open_table(guest.subject, "", actor)
    demand_open(subject)
    if not may_read(actor, guest):
        raise NotAllowed(say(_("Only the host and who keeps the list may write this.")))
    refuse_stale(
        seen, brief_stamp(Briefing.objects.select_for_update(of=("self",)).filter(guest=guest).first())
    )
    told = words.strip()[:LONGEST]
    if told:
        Briefing.objects.update_or_create(
            guest=guest, defaults={"words_kept": told, "kept_by": actor, "kept_at": clock.now()}
        )
    else:
        Briefing.objects.filter(guest=guest).delete()
    record(journal.BRIEFED, actor=actor, subject=subject, data={"guest": guest.pk})


@transaction.atomic
def put_task(
    *,
    subject: Subject,
    kind: str,
    person: User,
    starts_at: datetime,
    ends_at: datetime,
    actor: User,
    place: str = "",
    note: str = "",
    task: ReceptionTask | None = None,
) -> ReceptionTask:
    """Give somebody a task of reception, or change one; it stands among the person's duties. Records `hospitality.reception`.

    Refuses an end before the beginning, a person who does not see the event's guests, and one who receives guests elsewhere at
    that time, at whatever event that takes place.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    if ends_at <= starts_at:
        raise at_field("ends_at", _("The end comes after the beginning."))
    # Whoever gives the same person a task at another event waits here.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if not person.is_active or not holds(person, Perm.VIEW, locked):
        raise at_field("person", _("{name} does not see the guests of this event."), name=person.name)
    busy = ReceptionTask.objects.filter(person=person, starts_at__lt=ends_at, ends_at__gt=starts_at)
    busy = (busy.exclude(pk=task.pk) if task else busy).select_related("subject")
    if any(not is_called_off(one.subject) for one in busy):
        raise at_field("person", _("{name} receives guests elsewhere at that time."), name=person.name)
    kept = _task(task, locked) if task else ReceptionTask(subject=locked)
    if kept.done_at is not None:
        raise wrong(_("This was done already."))
    kept.kind, kept.person, kept.place, kept.note = (
        TaskKind(kind),
        person,
        place.strip()[:80],
        note.strip()[:200],
    )
    kept.starts_at, kept.ends_at = starts_at, ends_at
    kept.save()
    _owe_anew(kept, locked, actor)
    _tell(journal.RECEPTION, kept, locked, actor)
    return kept


@transaction.atomic
def drop_task(*, task: ReceptionTask, actor: User) -> None:
    """Take a task of reception away; it is owed no more. Records `hospitality.reception_removed`."""
    subject = open_table(task.subject, "", actor, Perm.EDIT)
    locked = _task(task, subject)
    cancel(actor=actor, key=locked.duty_key)
    _tell(journal.RECEPTION_REMOVED, locked, subject, actor)
    locked.delete()


@transaction.atomic
def finish_task(*, task: ReceptionTask, actor: User) -> ReceptionTask:
    """The person says that it is done (or who runs the door does). Records `hospitality.reception_done`."""
    subject = open_table(task.subject, "", actor)
    locked = _task(task, subject)
    if locked.person_id != actor.pk and not holds(actor, Perm.EDIT, subject):
        raise NotAllowed(say(_("This is another person's task.")))
    if locked.done_at is None:
        locked.done_at = clock.now()
        locked.save(update_fields=["done_at"])
        fulfil(actor=actor, key=locked.duty_key)
        record(journal.RECEPTION_DONE, actor=actor, subject=subject, data=_words(locked))
    return locked


def _task(task: ReceptionTask, subject: Subject) -> ReceptionTask:
    rows = ReceptionTask.objects.select_for_update(of=("self",)).select_related("person")
    found = rows.filter(pk=task.pk, subject=subject).first()
    if found is None:
        raise wrong(_("Somebody dropped this task meanwhile."))
    return found


def _owe_anew(task: ReceptionTask, subject: Subject, actor: User) -> None:
    """The duty of a task as it is now."""
    cancel(actor=actor, key=task.duty_key)
    words = _words(task)
    owe(
        kind=duties.RECEPTION.key,
        subject=subject,
        owner=task.person,
        due_at=task.starts_at,
        key=task.duty_key,
        params={**words, "place": task.place or "—"},
        address=reverse("hospitality:reception_list", args=[subject.pk]),
        actor=actor,
    )


def _words(task: ReceptionTask) -> dict[str, Say | str]:
    start, end = clock.local(task.starts_at), clock.local(task.ends_at)
    with override(None):
        word = Say(str(TaskKind(task.kind).label), context="reception")
    return {"task": word, "when": f"{start:%Y-%m-%d %H:%M}—{end:%H:%M}"}


def _tell(kind: Kind, task: ReceptionTask, subject: Subject, actor: User) -> None:
    record(
        kind,
        actor=actor,
        subject=subject,
        data=_words(task),
        personal={task.person: {"person": task.person.name}},
    )
