"""Appointing supervision teams and writing their plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, add_members, open_subject
from yunchou.kernel.subjects.models import Member, Role

from .. import journal, notices
from ..models import SETTLED, Check, Field, Finding, PlanLine, SupervisionReport, Team
from ..permissions import Perm
from ..selectors.teams import people_of
from ..subject import TEAM


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
    reseat(locked, people)
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


def reseat(team: Team, people: Iterable[User]) -> None:
    """Whoever joins a team verifies what it found before, and reads its reports; whoever leaves does no longer."""
    checks = Check.objects.filter(team=team).values("pk")
    open_ones = Finding.objects.filter(source__in=checks).exclude(status__in=SETTLED).values("pk")
    reports = SupervisionReport.objects.filter(team=team).values("pk")
    kept = [person.pk for person in people]
    for pks in (checks, open_ones, reports):
        ties = Member.objects.filter(subject__in=pks, role__in=(Role.LEAD, Role.MEMBER))
        ties.exclude(user__in=kept).delete()
        Member.objects.bulk_create(
            (
                Member(subject_id=pk, user_id=user, role=Role.MEMBER)
                for pk in pks.values_list("pk", flat=True)
                for user in kept
            ),
            ignore_conflicts=True,
        )
    head = people_of(team).head
    for report in SupervisionReport.objects.filter(team=team, sent_at=None).select_related("subject"):
        if head is not None:
            add_member(subject=report.subject, user=head, role=Role.LEAD)


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
