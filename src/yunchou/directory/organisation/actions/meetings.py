"""Calling meetings, writing their minutes, and following up what was agreed (ORG-11)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import journal
from ..duties import DUE_HOUR, FOLLOW_UP
from ..models import FollowUp, Meeting, Rhythm, Series
from ..permissions import Perm
from ..rhythm import next_day
from ..subject import SERIES


@transaction.atomic
def open_series(
    *,
    unit: Unit,
    name: str,
    rhythm: str,
    first_on: date,
    starts_at: time = time(9, 30),
    place: str = "",
    chair: User,
    people: Iterable[User] = (),
    actor: User,
) -> Series:
    """Call a recurring meeting in a unit and plan its first one; chair and people are told.

    Refuses without `organisation.keep_meetings` on the unit, an inactive unit and a first day that has passed; records
    `organisation.series_opened`.
    """
    require(actor, Perm.KEEP_MEETINGS, unit)
    if not unit.is_active:
        raise WrongState(say(_("“{unit}” is not active; reactivate it first."), unit=unit.name))
    _check(name, rhythm, chair)
    if first_on < clock.today():
        raise _invalid("first_on", _("The first day has passed."))
    subject = open_subject(kind=SERIES.key, unit=unit, title=name.strip(), actor=actor)
    series = Series.objects.create(
        subject=subject,
        name=name.strip(),
        rhythm=rhythm,
        first_on=first_on,
        starts_at=starts_at,
        place=place.strip(),
        chair=chair,
    )
    subject.address = series.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.SERIES_OPENED, actor=actor, subject=subject, data={"title": series.name})
    _invite(series, chair, people)
    _plan(series, first_on, actor)
    return series


@transaction.atomic
def change_series(
    *,
    series: Series,
    name: str,
    rhythm: str,
    first_on: date,
    starts_at: time,
    place: str = "",
    chair: User,
    people: Iterable[User] = (),
    actor: User,
) -> Series:
    """Change when, where and with whom a series meets; the planned meeting moves along. Records `…series_changed`."""
    locked = _lock(series, actor)
    _check(name, rhythm, chair)
    moved = (locked.rhythm, locked.first_on) != (rhythm, first_on)
    locked.name, locked.rhythm, locked.first_on = name.strip(), rhythm, first_on
    locked.starts_at, locked.place, locked.chair = starts_at, place.strip(), chair
    locked.save()
    if locked.subject.title != locked.name:
        locked.subject.title = locked.name
        locked.subject.save(update_fields=["title", "search"])
    Member.objects.filter(subject=locked.subject).exclude(user__in=[chair, *people]).delete()
    _invite(locked, chair, people)
    record(journal.SERIES_CHANGED, actor=actor, subject=locked.subject, data={"title": locked.name})
    planned = locked.meetings.filter(is_held=False).first()
    if planned and moved:
        planned.held_on = _next(locked)
        planned.save(update_fields=["held_on"])
    return locked


@transaction.atomic
def end_series(*, series: Series, actor: User) -> Series:
    """Meet no more: the planned meeting goes, minutes and open items stay. Records `organisation.series_ended`."""
    locked = _lock(series, actor)
    locked.meetings.filter(is_held=False).delete()
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    record(journal.SERIES_ENDED, actor=actor, subject=locked.subject, data={"title": locked.name})
    return locked


@transaction.atomic
def plan_meeting(*, meeting: Meeting, held_on: date, agenda: str = "", actor: User) -> Meeting:
    """Set day and agenda of the planned meeting. Refuses one that was held and a day before the last meeting."""
    series = _lock(meeting.series, actor)
    planned = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if planned.is_held:
        raise WrongState(say(_("This meeting was held already.")))
    last = series.meetings.filter(is_held=True).first()
    if last and held_on <= last.held_on:
        raise _invalid("held_on", _("The last meeting was on {day}."), day=last.held_on.isoformat())
    planned.held_on, planned.agenda = held_on, agenda.strip()
    planned.save(update_fields=["held_on", "agenda"])
    record(journal.MEETING_PLANNED, actor=actor, subject=series.subject, data={"day": held_on.isoformat()})
    return planned


@transaction.atomic
def write_minutes(*, meeting: Meeting, minutes: str, present: Iterable[User] = (), actor: User) -> Meeting:
    """Keep the minutes; the first time this makes the meeting held, tells those invited and plans the next one.

    Refuses without `organisation.keep_meetings`, without text, and a meeting whose day has not come; records
    `organisation.minutes_written`.
    """
    series = _lock(meeting.series, actor, needs_active=False)
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if not minutes.strip():
        raise _invalid("minutes", _("Write down what was said."))
    if locked.held_on > clock.today():
        raise WrongState(
            say(_("This meeting is planned for {day}; set its day first."), day=locked.held_on.isoformat())
        )
    first = not locked.is_held
    locked.minutes, locked.is_held = minutes.strip(), True
    locked.recorded_by, locked.recorded_at = actor, clock.now()
    locked.save(update_fields=["minutes", "is_held", "recorded_by", "recorded_at"])
    locked.present.set(present)
    data = {"day": locked.held_on.isoformat(), "meeting": locked.pk}
    record(journal.MINUTES_WRITTEN, actor=actor, subject=series.subject, data=data)
    if first:
        _tell_minutes(series, locked, actor)
        if series.is_active:
            _plan(series, _next(series), actor)
    return locked


@transaction.atomic
def add_follow_up(*, meeting: Meeting, text: str, owner: User, due_on: date, actor: User) -> FollowUp:
    """Note what somebody does by a day; it is owed from now on, and stands on the next agendas until closed.

    Refuses without `organisation.keep_meetings`, without text, an owner who left, and a day before the meeting; records
    `organisation.follow_up_added`.
    """
    series = _lock(meeting.series, actor, needs_active=False)
    _check_item(meeting, text, owner, due_on)
    item = FollowUp.objects.create(meeting=meeting, text=text.strip()[:200], owner=owner, due_on=due_on)
    data = {"text": item.text, "username": owner.username, "day": due_on.isoformat(), "item": item.pk}
    record(journal.FOLLOW_UP_ADDED, actor=actor, subject=series.subject, data=data)
    _owe(item, series, actor)
    return item


@transaction.atomic
def change_follow_up(*, item: FollowUp, text: str, owner: User, due_on: date, actor: User) -> FollowUp:
    """Change an open item; its duty follows. Refuses what `add_follow_up` refuses and a closed item."""
    series = _lock(item.meeting.series, actor, needs_active=False)
    locked = _open_item(item)
    _check_item(locked.meeting, text, owner, due_on)
    locked.text, locked.owner, locked.due_on = text.strip()[:200], owner, due_on
    locked.save(update_fields=["text", "owner", "due_on"])
    record(
        journal.FOLLOW_UP_CHANGED,
        actor=actor,
        subject=series.subject,
        data={"text": locked.text, "username": owner.username, "day": due_on.isoformat(), "item": locked.pk},
    )
    duties.cancel(actor=actor, key=_duty_key(locked))
    _owe(locked, series, actor)
    return locked


@transaction.atomic
def close_follow_up(*, item: FollowUp, outcome: str, meeting: Meeting | None = None, actor: User) -> FollowUp:
    """Say how an item ended; its duty is fulfilled. The owner may, and who keeps the meeting.

    Refuses without an outcome and what is closed already; records `organisation.follow_up_closed`.
    """
    series = _series_for(item, actor)
    locked = _open_item(item)
    if not outcome.strip():
        raise _invalid("outcome", _("Say what came of it."))
    locked.outcome, locked.closed_at, locked.closed_by = outcome.strip()[:200], clock.now(), actor
    locked.closed_in = meeting
    locked.save(update_fields=["outcome", "closed_at", "closed_by", "closed_in"])
    data = {"text": locked.text, "outcome": f"({locked.outcome})", "item": locked.pk}
    record(journal.FOLLOW_UP_CLOSED, actor=actor, subject=series.subject, data=data)
    duties.fulfil(actor=actor, key=_duty_key(locked))
    return locked


@transaction.atomic
def reopen_follow_up(*, item: FollowUp, actor: User) -> FollowUp:
    """Take a closing back; the item is owed again. Records `organisation.follow_up_reopened`."""
    series = _series_for(item, actor)
    locked = FollowUp.objects.select_for_update(of=("self",)).select_related("owner").get(pk=item.pk)
    if locked.is_open:
        raise WrongState(say(_("“{item}” is open."), item=locked.text))
    locked.outcome, locked.closed_at, locked.closed_by, locked.closed_in = "", None, None, None
    locked.save(update_fields=["outcome", "closed_at", "closed_by", "closed_in"])
    data = {"text": locked.text, "item": locked.pk}
    record(journal.FOLLOW_UP_REOPENED, actor=actor, subject=series.subject, data=data)
    _owe(locked, series, actor)
    return locked


def _lock(series: Series, actor: User, *, needs_active: bool = True) -> Series:
    """The series, its subject locked first as everywhere, after asking for the right."""
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=series.pk)
    require(actor, Perm.KEEP_MEETINGS, subject)
    locked: Series = Series.objects.select_related("subject__unit", "chair").get(pk=series.pk)
    if needs_active and not locked.is_active:
        raise WrongState(say(_("This series has ended.")))
    return locked


def _series_for(item: FollowUp, actor: User) -> Series:
    """The series of an item for its owner or a keeper of the meeting."""
    if item.owner_id != actor.pk:
        return _lock(item.meeting.series, actor, needs_active=False)
    Subject.objects.select_for_update(of=("self",)).get(pk=item.meeting.series_id)
    series: Series = Series.objects.select_related("subject").get(pk=item.meeting.series_id)
    return series


def _open_item(item: FollowUp) -> FollowUp:
    found = FollowUp.objects.select_for_update(of=("self",)).select_related("owner", "meeting__series")
    locked = found.get(pk=item.pk)
    if not locked.is_open:
        raise WrongState(say(_("“{item}” is closed already."), item=locked.text))
    return locked


def _check(name: str, rhythm: str, chair: User) -> None:
    if not name.strip():
        raise _invalid("name", _("Give the meeting a name."))
    if rhythm not in Rhythm.values:
        raise _invalid("rhythm", _("There is no such rhythm."))
    if not chair.is_active:
        raise _invalid("chair", _("The account of {person} is closed."), person=chair.name)


def _check_item(meeting: Meeting, text: str, owner: User, due_on: date) -> None:
    if not text.strip():
        raise _invalid("text", _("Say what is to be done."))
    if not owner.is_active:
        raise _invalid("owner", _("The account of {person} is closed."), person=owner.name)
    if due_on < meeting.held_on:
        raise _invalid("due_on", _("The day lies before the meeting."))


def _invite(series: Series, chair: User, people: Iterable[User]) -> None:
    """Chair and people belong to the team, and whoever is new hears of it."""
    known = set(Member.objects.filter(subject=series.subject).values_list("user", flat=True))
    Member.objects.filter(subject=series.subject, role=Role.OWNER).exclude(user=chair).update(
        role=Role.MEMBER
    )
    Member.objects.filter(subject=series.subject, user=chair).exclude(role=Role.OWNER).delete()
    add_member(subject=series.subject, user=chair, role=Role.OWNER)
    for person in people:
        if person.pk != chair.pk:
            add_member(subject=series.subject, user=person)
    new = [person for person in {chair, *people} if person.pk not in known]
    notify(
        users=new,
        kind="organisation.invited",
        say=say(_("You are invited to “{meeting}”"), meeting=series.name),
        subject=series.subject,
    )


def _plan(series: Series, day: date, actor: User) -> Meeting:
    number = (series.meetings.aggregate(last=Max("number"))["last"] or 0) + 1
    meeting = Meeting.objects.create(series=series, number=number, held_on=day)
    data = {"day": day.isoformat(), "meeting": meeting.pk}
    record(journal.MEETING_PLANNED, actor=actor, subject=series.subject, data=data)
    return meeting


def _next(series: Series) -> date:
    """The next day of the series after its last meeting and not before today."""
    last = series.meetings.filter(is_held=True).aggregate(day=Max("held_on"))["day"]
    yesterday = clock.today().fromordinal(clock.today().toordinal() - 1)
    return next_day(series.rhythm, series.first_on, max(last, yesterday) if last else yesterday)


def _tell_minutes(series: Series, meeting: Meeting, actor: User) -> None:
    invited = User.objects.filter(memberships__subject=series.subject).exclude(pk=actor.pk).distinct()
    notify(
        users=invited,
        kind="organisation.minutes",
        say=say(_("Minutes of “{meeting}” of {day}"), meeting=series.name, day=meeting.held_on.isoformat()),
        subject=series.subject,
        address=meeting.get_absolute_url(),
    )


def _owe(item: FollowUp, series: Series, actor: User) -> None:
    duties.owe(
        kind=FOLLOW_UP.key,
        subject=series.subject,
        owner=item.owner,
        due_at=clock.moment(item.due_on, DUE_HOUR),
        key=_free_duty_key(item),
        params={"task": item.text, "meeting": series.name},
        address=reverse("organisation:meeting_detail", args=[item.meeting_id]) + f"#item-{item.pk}",
        actor=actor,
    )


def _free_duty_key(item: FollowUp) -> str:
    """A key of its own each time an item is owed, since what was fulfilled stays fulfilled."""
    done = Duty.objects.filter(key__startswith=f"{item.key}:", state=Duty.State.DONE).count()
    return f"{item.key}:{done}"


def _duty_key(item: FollowUp) -> str:
    """The key of the duty that is open for an item."""
    duty = Duty.objects.open().filter(key__startswith=f"{item.key}:").first()
    return duty.key if duty else f"{item.key}:0"


def _invalid(field: str, message: str, **params: str | int | Say) -> Invalid:
    told = say(message, **params)
    return Invalid(told, fields={field: told})
