"""Appointing supervision teams, writing their plans, and noting monitoring and guidance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, add_members, open_subject
from yunchou.kernel.subjects.models import Member, Role, Subject

from . import journal, notices
from .duties import ANSWER, ANSWER_WORKING_DAYS, DUE_HOUR
from .models import Field, GuidanceNote, NoteAnswer, PlanLine, Team
from .permissions import Perm
from .selectors import people_of, team_of, works_on
from .subject import TEAM


@transaction.atomic
def appoint_team(
    *,
    name: str,
    unit: Unit,
    head: User,
    members: Iterable[User],
    starts_on: date,
    ends_on: date | None = None,
    actor: User,
) -> Team:
    """Appoint the people who supervise the work of a unit (SUP-01).

    Refuses without `supervision.appoint` in the unit, an empty name, a period that ends before it begins, and people who
    do not see the unit's work; records `supervision.team_appointed` and tells the people.
    """
    require(actor, Perm.APPOINT, unit)
    clean, members = _checked(name, starts_on, ends_on), list(members)
    _check_sight(unit, head, members)
    subject = open_subject(kind=TEAM.key, unit=unit, title=clean, actor=actor)
    team: Team = Team.objects.create(subject=subject, name=clean, starts_on=starts_on, ends_on=ends_on)
    subject.address, subject.code = team.get_absolute_url(), f"SUP-{subject.pk}"
    subject.save()
    people = _seat(team, head, members)
    record(journal.APPOINTED, actor=actor, subject=subject, data=_told(team, people))
    _tell_people(team, people, actor)
    return team


@transaction.atomic
def change_team(
    *,
    team: Team,
    name: str,
    head: User,
    members: Iterable[User],
    starts_on: date,
    ends_on: date | None = None,
    actor: User,
) -> Team:
    """Change people and period; a last day ends the team, its plan stays.

    Refuses what `appoint_team` refuses; records `supervision.team_changed` with before and after, if anything differs.
    """
    require(actor, Perm.APPOINT, team.subject)
    locked: Team = (
        Team.objects.select_for_update(of=("self",)).select_related("subject__unit").get(pk=team.pk)
    )
    clean, members = _checked(name, starts_on, ends_on), list(members)
    seated = people_of(locked)
    old = [person for person in (seated.head, *seated.members) if person]
    _check_sight(locked.subject.unit, head, members, known=old)
    before = _told(locked, old)
    locked.name, locked.starts_on, locked.ends_on = clean, starts_on, ends_on
    locked.save(update_fields=["name", "starts_on", "ends_on"])
    if locked.subject.title != clean:
        locked.subject.title = clean
        locked.subject.save()
    Member.objects.filter(subject=locked.pk, role__in=(Role.LEAD, Role.MEMBER)).delete()
    people = _seat(locked, head, members)
    after = _told(locked, people)
    if after != before:
        changed = {key: [before[key], after[key]] for key in after if after[key] != before[key]}
        record(journal.CHANGED, actor=actor, subject=locked.subject, data={"team": clean, "changes": changed})
        _tell_people(locked, [person for person in people if person not in old], actor)
    return locked


@transaction.atomic
def write_plan(*, team: Team, lines: Mapping[str, tuple[str, str]], actor: User) -> Team:
    """State focus and method of the supervision over all four fields (SUP-01, 002 3.3(3)).

    `lines` maps a field to (focus, method). Refuses everybody but the team's head, a team whose time is over, and a plan
    that leaves one of the eight texts empty; records `supervision.planned` with before and after.
    """
    require(actor, Perm.PLAN, team.subject)
    locked: Team = Team.objects.select_for_update(of=("self",)).select_related("subject").get(pk=team.pk)
    if locked.is_over:
        raise WrongState(say(_("The time of this team is over.")))
    texts = {field: tuple(text.strip() for text in lines.get(field, ("", ""))) for field in Field}
    names = ("focus", "method")
    missing: dict[str, Text] = {
        f"{field.value}_{name}": say(_("Say this for each of the four fields."))
        for field, pair in texts.items()
        for name, text in zip(names, pair, strict=True)
        if not text
    }
    if missing:
        raise Invalid(say(_("The plan states focus and method over all four fields.")), fields=missing)
    before = {line.field: [line.focus, line.method] for line in locked.lines.all()}
    for field, (focus, method) in texts.items():
        PlanLine.objects.update_or_create(
            team=locked, field=field, defaults={"focus": focus, "method": method}
        )
    locked.planned_at, locked.planned_by = clock.now(), actor
    locked.save(update_fields=["planned_at", "planned_by"])
    changes = {
        f"{field.value}.{name}": [before.get(field, ["", ""])[n], text]
        for field, pair in texts.items()
        for n, (name, text) in enumerate(zip(names, pair, strict=True))
        if before.get(field, ["", ""])[n] != text
    }
    record(
        journal.PLANNED, actor=actor, subject=locked.subject, data={"team": locked.name, "changes": changes}
    )
    return locked


@transaction.atomic
def add_note(
    *, subject: Subject, kind: str, text: str, answer_by: date | None = None, actor: User
) -> GuidanceNote:
    """Note what was seen on a plan or activity, or what was advised; the activity itself is not touched (ORG-02).

    The holders of `supervision.guide` may, and the people of a running supervision team within its unit, though not on
    work of their own. Guidance is owed an answer by a day (PLN-11), without one within three working days; monitoring
    only where a day is named. Refuses an empty note and a day that has passed; records `supervision.noted` and tells
    owner and lead.
    """
    team = _team_to_note(subject, actor)
    clean = text.strip()
    if not clean:
        message = say(_("Write the note."))
        raise Invalid(message, fields={"text": message})
    if kind not in GuidanceNote.Kind.values:
        raise Invalid(say(_("There is no such kind of note.")))
    if answer_by is not None and answer_by < clock.today():
        message = say(_("This day has passed."))
        raise Invalid(message, fields={"answer_by": message})
    if answer_by is None and kind == GuidanceNote.Kind.GUIDANCE:
        answer_by = add_working_days(clock.today(), ANSWER_WORKING_DAYS)
    note = GuidanceNote.objects.create(
        subject=subject, kind=kind, text=clean, author=actor, team=team, answer_by=answer_by
    )
    with override(None):
        word = Say(str(GuidanceNote.Kind(kind).label))
    data = {"kind": word, "text": clean, "note": note.pk, **({"team": team.name} if team else {})}
    record(journal.NOTED, actor=actor, subject=subject, data=data)
    _owe_answer(note, actor)
    notify(
        users=set(_leads(subject)) - {actor},
        kind=notices.NOTED.key,
        say=say(_("{person} noted on “{title}”"), person=actor.name, title=subject.title),
        subject=subject,
    )
    return note


@transaction.atomic
def answer_note(*, note: GuidanceNote, text: str, actor: User) -> NoteAnswer:
    """Say what the region makes of a note; the first answer fulfils the duty, later ones add to it (PLN-11).

    Refuses without `supervision.answer`, the note's own author, and an empty answer; records `supervision.answered` and
    tells the author.
    """
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=note.subject_id)
    require(actor, Perm.ANSWER, subject)
    if note.author_id == actor.pk:
        raise NotAllowed(say(_("A note is answered by somebody else than its author.")))
    clean = text.strip()
    if not clean:
        message = say(_("Write the answer."))
        raise Invalid(message, fields={"text": message})
    answer = NoteAnswer.objects.create(note=note, text=clean, author=actor)
    data = {"person": note.author.name, "text": clean, "note": note.pk}
    record(journal.ANSWERED, actor=actor, subject=subject, data=data)
    fulfil(actor=actor, key=note.key)
    notify(
        users=[note.author],
        kind=notices.ANSWERED.key,
        say=say(_("{person} answered your note on “{title}”"), person=actor.name, title=subject.title),
        subject=subject,
        address=_note_address(note),
    )
    return answer


def _team_to_note(subject: Subject, actor: User) -> Team | None:
    """The team in whose name a note is written; None for those who may by right. Refuses everybody else."""
    if holds(actor, Perm.GUIDE, subject):
        return None
    require(actor, Perm.VIEW, subject)
    team = team_of(actor, subject)
    if team is None:
        require(actor, Perm.GUIDE, subject)
    if works_on(actor, subject):
        raise NotAllowed(say(_("Nobody supervises work of his own.")), code="own_work")
    return team


def _owe_answer(note: GuidanceNote, actor: User) -> None:
    """The owner of what was noted on owes the answer, else its lead, else whoever opened it."""
    owner = next(iter(_leads(note.subject)), note.subject.created_by)
    if note.answer_by is None or owner is None:
        return
    owe(
        kind=ANSWER.key,
        subject=note.subject,
        owner=owner,
        due_at=clock.moment(note.answer_by, DUE_HOUR),
        key=note.key,
        params={"person": note.author.name},
        address=_note_address(note),
        actor=actor,
    )


def _note_address(note: GuidanceNote) -> str:
    return f"{reverse('supervision:note_list', args=[note.subject_id])}#note-{note.pk}"


def _leads(subject: Subject) -> list[User]:
    """Owners, then leads, of those still here."""
    ties = Member.objects.filter(
        subject=subject, role__in=(Role.OWNER, Role.LEAD), user__is_active=True
    ).select_related("user")
    return list(dict.fromkeys(t.user for t in sorted(ties, key=lambda t: (t.role != Role.OWNER, t.pk))))


def _check_sight(unit: Unit, head: User, members: Iterable[User], known: Iterable[User] = ()) -> None:
    """Whoever joins a team sees what it supervises."""
    for field, person in [("head", head), *(("members", person) for person in members)]:
        if person not in known and not holds(person, Perm.VIEW, unit):
            message = say(
                _("{person} does not see the work of “{unit}”."), person=person.name, unit=unit.name
            )
            raise Invalid(message, fields={field: message})


def _checked(name: str, starts_on: date, ends_on: date | None) -> str:
    clean = " ".join(name.split())
    if not clean:
        message = say(_("Give the team a name."))
        raise Invalid(message, fields={"name": message})
    if ends_on and ends_on < starts_on:
        message = say(_("The last day lies before the first."))
        raise Invalid(message, fields={"ends_on": message})
    return clean


def _seat(team: Team, head: User, members: Iterable[User]) -> list[User]:
    """Head first; the head is not a member besides."""
    others = [person for person in dict.fromkeys(members) if person != head]
    add_member(subject=team.subject, user=head, role=Role.LEAD)
    add_members(subject=team.subject, users=others)
    return [head, *others]


def _told(team: Team, people: Iterable[User]) -> dict[str, object]:
    return {
        "team": team.name,
        "unit": team.subject.unit.name,
        "people": [person.username for person in people],
        "starts_on": team.starts_on.isoformat(),
        "ends_on": team.ends_on.isoformat() if team.ends_on else None,
    }


def _tell_people(team: Team, people: Iterable[User], actor: User) -> None:
    notify(
        users=[person for person in people if person != actor],
        kind=notices.APPOINTED.key,
        say=say(_("You belong to the supervision team “{team}”"), team=team.name),
        subject=team.subject,
    )
