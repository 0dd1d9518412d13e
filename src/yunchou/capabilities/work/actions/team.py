"""Putting a team together: its overall lead, who leads modules, who carries out, and people of other companies (TEA-01)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import reassign
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import journal
from ..deliveries import modules_in
from ..duties import ACCEPTANCE
from ..models import Assignment, GanttTask, Outsider, Seat, StandardPart, TeamStandard, Tier
from ..occasions import lead_named
from ..permissions import Perm
from ..states import State

TEAM = "team"
"""What `lock_on` is asked for when a team changes: no table of the proposal, it stays open while work goes on."""
TIERS = (Role.LEAD, Role.MODULE_LEAD, Role.MEMBER)


@dataclass(frozen=True)
class Place:
    """What somebody is in a team: tier, stated duties (of a module lead the modules), and the part of the standard."""

    tier: str
    duty: str
    part: str = ""


@dataclass(frozen=True)
class Contact:
    """Somebody without an account."""

    name: str
    company: str
    contact: str


@transaction.atomic
def name_lead(*, subject: Subject, actor: User, user: User, duty: str = "") -> Member:
    """Make somebody the one overall lead, with authority over progress, resources and risks; records `work.lead_named`.

    Who led before carries out from now on, and what is to be accepted by the overall lead passes to the new one.
    """
    subject = _open(subject, actor)
    _check_active(user)
    held = list(Member.objects.filter(subject=subject, role=Role.LEAD).select_related("user"))
    if [tie.user_id for tie in held] == [user.pk] and (not duty or held[0].duty == duty.strip()):
        return held[0]
    for former in held:
        if former.user_id != user.pk:
            _step_down(former, user, actor)
    Member.objects.filter(subject=subject, user=user, role__in=(Role.MODULE_LEAD, Role.MEMBER)).delete()
    lead, _made = Member.objects.update_or_create(
        subject=subject, user=user, role=Role.LEAD, defaults={"duty": duty.strip()} if duty else {}
    )
    lead_named(subject, user)
    record(journal.LEAD_NAMED, actor=actor, subject=subject, data={"person": user.username})
    _tell(subject, user, actor, say(_("You lead “{title}” now."), title=subject.title))
    return lead


@transaction.atomic
def place_person(*, subject: Subject, actor: User, user: User, place: Place) -> Member:
    """Put somebody into the team, or give a member another place; records `work.team_joined` or `work.team_changed`.

    Refuses without stated duties, a module lead without a module, and moving the overall lead: another is named first.
    """
    if place.tier == Tier.LEAD:
        lead = name_lead(subject=subject, actor=actor, user=user, duty=place.duty)
        _seat(lead, place.part)
        return lead
    subject = _open(subject, actor)
    _check_active(user)
    _check(place)
    held = list(Member.objects.filter(subject=subject, user=user, role__in=TIERS))
    if any(tie.role == Role.LEAD for tie in held):
        raise WrongState(say(_("Name another overall lead first.")))
    Member.objects.filter(pk__in=[tie.pk for tie in held if tie.role != place.tier]).delete()
    member, _made = Member.objects.update_or_create(
        subject=subject, user=user, role=place.tier, defaults={"duty": place.duty.strip()}
    )
    _seat(member, place.part)
    data = {"person": user.username, "duty": member.duty}
    record(journal.TEAM_CHANGED if held else journal.TEAM_JOINED, actor=actor, subject=subject, data=data)
    if not held:
        words = say(_("You are in the team of “{title}”: {duty}"), title=subject.title, duty=member.duty)
        _tell(subject, user, actor, words)
    return member


@transaction.atomic
def remove_person(*, member: Member, actor: User) -> None:
    """Take somebody out of the team; records `work.team_left`. Refuses the overall lead, and who still owns open tasks."""
    subject = _open(member.subject, actor)
    member = Member.objects.select_related("user").get(pk=member.pk)
    if member.role == Role.LEAD:
        raise WrongState(say(_("Name another overall lead first.")))
    if count := _open_work(subject, member.user):
        words = _("{name} still owns open tasks: {count}. Give them to somebody else first.")
        raise WrongState(say(words, name=member.user.name, count=count))
    Member.objects.filter(subject=subject, user=member.user, role__in=TIERS).delete()
    record(journal.TEAM_LEFT, actor=actor, subject=subject, data={"person": member.user.username})


@transaction.atomic
def place_outsider(
    *, subject: Subject, actor: User, contact: Contact, place: Place, outsider: Outsider | None = None
) -> Outsider:
    """Put somebody of another company into the team, or change it; records `work.outsider_joined` or `_changed`.

    The journal names the company only. Refuses without name, company, contact and duties, and an overall lead from outside.
    """
    subject = _open(subject, actor)
    _check(place)
    if place.tier == Tier.LEAD:
        raise _wrong("tier", say(_("Only a colleague can be the overall lead.")))
    for name, value in vars(contact).items():
        if not value.strip():
            raise _wrong(name, say(_("Fill this in.")))
    known = Outsider.objects.filter(
        subject=subject, name=contact.name.strip(), company=contact.company.strip()
    )
    if (known.exclude(pk=outsider.pk) if outsider else known).exists():
        raise _wrong("name", say(_("This person is in the team already.")))
    is_new = outsider is None
    one = outsider or Outsider(subject=subject, added_by=actor)
    for name, value in {**vars(contact), **vars(place)}.items():
        setattr(one, name, value.strip())
    one.save()
    data = {"company": one.company, "duty": one.duty}
    kind = journal.OUTSIDER_JOINED if is_new else journal.OUTSIDER_CHANGED
    record(kind, actor=actor, subject=subject, data=data)
    return one


@transaction.atomic
def remove_outsider(*, outsider: Outsider, actor: User) -> None:
    """Take somebody of another company out of the team, with everything known of him; records `work.outsider_left`."""
    subject = _open(outsider.subject, actor)
    outsider.delete()
    record(journal.OUTSIDER_LEFT, actor=actor, subject=subject, data={"company": outsider.company})


@transaction.atomic
def form_team(
    *, subject: Subject, actor: User, standard: TeamStandard, chosen: Mapping[int, Sequence[User]]
) -> int:
    """Give people the parts of a standard with their duties; records `work.team_formed`. Returns how many took one.

    `chosen` are people by the id of the part. Parts without people stay open and show in the check. Refuses a person in
    two parts, and more than one overall lead.
    """
    subject = _open(subject, actor)
    parts = {part.pk: part for part in standard.parts.all()}
    places: dict[int, tuple[User, StandardPart]] = {}
    for pk, people in chosen.items():
        part = parts[pk]
        if part.tier == Tier.LEAD and len(people) > 1:
            raise _wrong(f"part_{pk}", say(_("A team has one overall lead.")))
        for user in people:
            if user.pk in places:
                raise _wrong(f"part_{pk}", say(_("{name} has a part already."), name=user.name))
            places[user.pk] = (user, part)
    for user, part in sorted(places.values(), key=lambda pair: pair[1].tier != Tier.LEAD):
        place_person(subject=subject, actor=actor, user=user, place=Place(part.tier, part.duties, part.name))
    data = {"count": len(places), "standard": standard.name}
    record(journal.TEAM_FORMED, actor=actor, subject=subject, data=data)
    return len(places)


def _open(subject: Subject, actor: User) -> Subject:
    return open_table(subject=subject, table=TEAM, actor=actor, right=Perm.TEAM)


def _check(place: Place) -> None:
    if not place.duty.strip():
        raise _wrong("duty", say(_("Say what this person does in the team.")))
    if place.tier == Tier.MODULE_LEAD and not modules_in(place.duty):
        raise _wrong("duty", say(_("Name the modules that this person leads.")))


def _check_active(user: User) -> None:
    if not user.is_active:
        raise _wrong("user", say(_("This account is closed.")))


def _seat(member: Member, part: str) -> None:
    if part.strip():
        Seat.objects.update_or_create(member=member, defaults={"part": part.strip()})
    else:
        Seat.objects.filter(member=member).delete()


def _step_down(former: Member, lead: User, actor: User) -> None:
    """Who led belongs to the team from now on, and looks at finished work no longer."""
    subject = former.subject
    Seat.objects.filter(member=former).delete()
    if Member.objects.filter(subject=subject, user=former.user, role__in=TIERS[1:]).exists():
        former.delete()
    else:
        former.role = Role.MEMBER
        former.save(update_fields=["role"])
    if not Member.objects.filter(subject=subject, user=former.user, role=Role.MODULE_LEAD).exists():
        open_ones = Duty.objects.open().filter(kind=ACCEPTANCE.key, subject=subject, owner=former.user)
        for duty in open_ones.select_related("subject", "owner"):
            reassign(duty=duty, to=lead, actor=actor)


def _open_work(subject: Subject, user: User) -> int:
    return sum(
        model.objects.filter(subject=subject, owner=user)
        .exclude(state=State.DONE)
        .aggregate(n=Count("pk"))["n"]
        for model in (GanttTask, Assignment)
    )


def _tell(subject: Subject, user: User, actor: User, words: Say) -> None:
    if user.pk != actor.pk:
        notify(users=[user], kind="work.joined", say=words, subject=subject)


def _wrong(field: str, words: Say) -> Invalid:
    return Invalid(words, fields={field: words})
