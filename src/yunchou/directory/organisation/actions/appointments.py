"""Who holds which position where, until when, and who stands in."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.permissions import Perm as AccessPerm
from yunchou.kernel.access.selectors import brings_kept_rights, holds, who
from yunchou.kernel.access.separation import refuse_conflicts
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.changes import appointments_changed
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from .. import journal
from ..models import OUTSIDE_THE_CENTRE, DepartmentProfile
from ..permissions import Perm
from ..positions import COMPANY_ROLES, NEVER_VACANT, SEPARATED, SINGLE
from ..selectors import company_of


@transaction.atomic
def appoint(
    *,
    person: User,
    unit: Unit,
    position: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor: User,
) -> Appointment:
    """Let a person hold a position (a code) in a unit from a day to a day, both included; None is open.

    Refuses without `organisation.appoint`, oneself, closed accounts and units, the same post twice, a second head of a
    marketing centre (ORG-07), system, security and audit administration in one person (等保 8.1.4), and an approval role
    in a department, where no route would look for it; records `organisation.appointed`.
    """
    require(actor, Perm.APPOINT, unit)
    if person.pk == actor.pk:
        raise NotAllowed(say(_("Nobody appoints himself; ask another administrator.")), code="self")
    _refuse_making_administrators(position, actor)
    held = hold(person=person, unit=unit, position=position, valid_from=valid_from, valid_to=valid_to)
    _tell(journal.APPOINTED, held, actor)
    return held


@transaction.atomic
def set_deputy(
    *,
    appointment: Appointment,
    deputy: User,
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor: User,
) -> Appointment:
    """Let `deputy` hold the same position in the same unit as a stand-in (ORG-08); a present deputy gets the new dates.

    Refuses what `appoint` refuses, a deputy of a deputy, and whoever holds the post as its deputy; records
    `organisation.deputy_set`.
    """
    require(actor, Perm.APPOINT, appointment.unit)
    if deputy.pk == actor.pk:
        raise NotAllowed(say(_("Nobody appoints himself; ask another administrator.")), code="self")
    _refuse_making_administrators(appointment.position.code, actor)
    if appointment.is_deputy:
        raise WrongState(say(_("A deputy has no deputy.")))
    if deputy.pk == appointment.user_id:
        raise _invalid("deputy", _("A deputy must be another person."))
    own = {"user": deputy, "unit": appointment.unit_id, "position": appointment.position_id}
    if Appointment.objects.valid().filter(**own, is_deputy=False).exists():
        raise _invalid("deputy", _("{person} holds this position here already."), person=deputy.name)
    held = hold(
        person=deputy,
        unit=appointment.unit,
        position=appointment.position.code,
        is_deputy=True,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _tell(journal.DEPUTY_SET, held, actor)
    return held


@transaction.atomic
def end_appointment(*, appointment: Appointment, last_day: date | None = None, actor: User) -> Appointment:
    """Let an appointment end after `last_day`; without one it ends now. One that has not begun then is withdrawn.

    Refuses what has ended already and the last system or security administrator; records
    `organisation.appointment_ended`.
    """
    require(actor, Perm.APPOINT, appointment.unit)
    end = last_day or clock.today() - timedelta(days=1)
    if appointment.position.code in NEVER_VACANT:
        lock_never_vacant()
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if locked.valid_to is not None and locked.valid_to < clock.today():
        raise WrongState(say(_("This appointment has ended already.")))
    if locked.position.code in NEVER_VACANT and not locked.is_deputy and not _others(locked).exists():
        raise Refused(
            say(_("The last {position} stays; appoint another one first."), position=str(locked.position)),
            code="last_admin",
        )
    if locked.valid_from is not None and end < locked.valid_from:
        Appointment.objects.filter(pk=locked.pk).delete()
    else:
        locked.valid_to = end
        locked.save(update_fields=["valid_to"])
    if locked.is_main and end < clock.today():
        _pass_main_on(locked)
    _tell(journal.APPOINTMENT_ENDED, locked, actor, last_day=end)
    return locked


def lock_never_vacant() -> None:
    """Let two people who end such posts wait for each other, or both find that somebody else remains."""
    posts = Position.objects.select_for_update(no_key=True).filter(code__in=NEVER_VACANT)
    list(posts.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def set_main_post(*, appointment: Appointment, actor: User) -> Appointment:
    """Of several posts of a person make this the main one, by which lists and pickers name the person.

    Refuses a deputy's post and one that has ended; records `organisation.main_post_set`, if it differs.
    """
    require(actor, Perm.APPOINT, appointment.unit)
    User.objects.select_for_update(no_key=True).get(pk=appointment.user_id)
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if locked.is_deputy:
        raise WrongState(say(_("A deputy's post is never the main one.")))
    if locked.valid_to is not None and locked.valid_to < clock.today():
        raise WrongState(say(_("This appointment has ended already.")))
    if not locked.is_main:
        Appointment.objects.filter(user=locked.user_id, is_main=True).update(is_main=False)
        locked.is_main = True
        locked.save(update_fields=["is_main"])
        _tell(journal.MAIN_POST_SET, locked, actor)
    return locked


def hold(
    *,
    person: User,
    unit: Unit,
    position: str,
    is_deputy: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Appointment:
    """The checked row of an appointment, without right and journal entry: part of the actions here and of founding."""
    # Locking unit, then person lets two administrators neither fill one post twice nor join separated duties.
    place = Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    someone = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    post = Position.objects.filter(code=position).first()
    if post is None:
        raise _invalid("position", _("There is no position “{position}”."), position=position)
    _check_period(valid_from, valid_to)
    _check_parties(someone, place, post)
    _check_separation(someone, post, valid_from, valid_to)
    if post.code in SINGLE and not is_deputy:
        _check_single(someone, place, post, valid_from, valid_to)
    held = _write(someone, place, post, is_deputy, valid_from, valid_to)
    # Positions may carry rights of administration that their codes do not tell of.
    refuse_conflicts({someone.pk})
    return held


def _write(
    person: User,
    unit: Unit,
    position: Position,
    is_deputy: bool,
    valid_from: date | None,
    valid_to: date | None,
) -> Appointment:
    """A new row, or the one of an earlier term with new dates; the journal keeps the earlier ones."""
    row = Appointment.objects.filter(user=person, unit=unit, position=position, is_deputy=is_deputy).first()
    if row is None:
        row = Appointment(user=person, unit=unit, position=position, is_deputy=is_deputy)
    elif not is_deputy and (row.valid_to is None or row.valid_to >= clock.today()):
        raise _invalid("position", _("{person} holds this position here already."), person=person.name)
    row.valid_from, row.valid_to = valid_from, valid_to
    if not is_deputy and not _lasting(person).filter(is_main=True).exclude(pk=row.pk).exists():
        Appointment.objects.filter(user=person, is_main=True).update(is_main=False)
        row.is_main = True
    row.save()
    return row


def _lasting(person: User) -> QuerySet[Appointment]:
    """A person's own posts that have not ended."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    return Appointment.objects.filter(still, user=person, is_deputy=False)


def _pass_main_on(ended: Appointment) -> None:
    """When the main post is over, the oldest of the others becomes it."""
    Appointment.objects.filter(pk=ended.pk).update(is_main=False)
    if heir := _lasting(ended.user).exclude(pk=ended.pk).order_by("pk").first():
        Appointment.objects.filter(pk=heir.pk).update(is_main=True)


def _check_period(valid_from: date | None, valid_to: date | None) -> None:
    if valid_from and valid_to and valid_to < valid_from:
        raise _invalid("valid_to", _("The last day lies before the first."))


def _check_parties(person: User, unit: Unit, position: Position) -> None:
    if not person.is_active:
        raise WrongState(say(_("The account of {person} is closed."), person=person.name))
    if not unit.is_active:
        raise WrongState(say(_("“{unit}” is not active; reactivate it first."), unit=unit.name))
    if position.code in COMPANY_ROLES and unit.kind == Unit.Kind.DEPARTMENT:
        message = _(
            "“{position}” decides for a whole company: appoint it in the group, a region or a project."
        )
        raise _invalid("unit", message, position=str(position))
    if brings_kept_rights(position) and kind_of(unit) in OUTSIDE_THE_CENTRE:
        message = _(
            "“{position}” brings rights to query customers, which are kept to the marketing centre: appoint it there, or another"
            " position here."
        )
        raise _invalid("unit", message, position=str(position))


def kind_of(unit: Unit) -> str:
    """What a department is for; empty for other units."""
    return DepartmentProfile.objects.filter(unit=unit).values_list("kind", flat=True).first() or ""


def _check_separation(person: User, position: Position, start: date | None, end: date | None) -> None:
    """等保 2.0 三级 8.1.4: system, security and audit administration are never one person, not even by deputy."""
    if position.code not in SEPARATED:
        return
    others = _overlapping(start, end).filter(user=person, position__code__in=SEPARATED - {position.code})
    if other := others.select_related("position").first():
        raise Refused(
            say(
                _("{person} is {other}: system, security and audit administration are never one person."),
                person=person.name,
                other=str(other.position),
            ),
            code="separation_of_duties",
        )


def _refuse_making_administrators(position: str, actor: User) -> None:
    """Who keeps accounts does not make administrators: that is for whoever gives rights, once there is such a person."""
    if position in SEPARATED and not holds(actor, AccessPerm.GRANT) and who(AccessPerm.GRANT):
        raise NotAllowed(
            say(
                _(
                    "Only a security administrator appoints system administrators, security administrators and auditors."
                )
            )
        )


def _check_single(person: User, unit: Unit, position: Position, start: date | None, end: date | None) -> None:
    """One head of a marketing centre at a time, in whichever department of the company (ORG-07)."""
    for holder in _rivals(person, unit, position, start, end):
        raise Refused(
            say(
                _(
                    "{person} is {position} of “{unit}” at that time, and there is only one; end that appointment first."
                ),
                person=holder.user.name,
                position=str(position),
                unit=holder.unit.name,
            ),
            code="single_holder",
        )


def _rivals(
    person: User, unit: Unit, position: Position, start: date | None, end: date | None
) -> list[Appointment]:
    """Who else holds a position in the same company on a day of the period, deputies aside."""
    company = company_of(unit)
    held = (
        _overlapping(start, end)
        .filter(unit__path__startswith=company.path, position=position, is_deputy=False, user__is_active=True)
        .exclude(user=person)
        .select_related("user", "unit")
    )
    return [rival for rival in held if company_of(rival.unit) == company]


def check_one_head(unit: Unit) -> None:
    """Refuse when the company of `unit` has two heads of its marketing centre on one day: part of moving units."""
    company = company_of(unit)
    held = Appointment.objects.filter(
        unit__path__startswith=company.path, position__code__in=SINGLE, is_deputy=False, user__is_active=True
    ).select_related("user", "unit", "position")
    for each in held:
        if company_of(each.unit) == company:
            _check_single(each.user, each.unit, each.position, each.valid_from, each.valid_to)


def _overlapping(start: date | None, end: date | None) -> QuerySet[Appointment]:
    """Appointments whose period has a day in common with `start` to `end`; what has no start began long ago."""
    within = Q(valid_to__isnull=True) | Q(valid_to__gte=start or date.min)
    if end is not None:
        within &= Q(valid_from__isnull=True) | Q(valid_from__lte=end)
    return Appointment.objects.filter(within)


def _others(appointment: Appointment) -> QuerySet[Appointment]:
    """Valid appointments of other people to the same position, for good, deputies aside."""
    return (
        Appointment.objects.valid()
        .filter(position=appointment.position, is_deputy=False, valid_to__isnull=True)
        .exclude(user=appointment.user)
    )


def _invalid(field: str, message: str, **params: str) -> Invalid:
    told = say(message, **params)
    return Invalid(told, fields={field: told})


def _tell(kind: Kind, held: Appointment, actor: User, *, last_day: date | None = None) -> None:
    data = {
        "person": held.user_id,
        "username": held.user.username,
        "position": held.position.name,
        "position_code": held.position.code,
        "unit": held.unit.name,
        "unit_code": held.unit.code,
        "deputy": held.is_deputy,
        "valid_from": held.valid_from.isoformat() if held.valid_from else None,
        "valid_to": held.valid_to.isoformat() if held.valid_to else None,
    }
    record(kind, actor=actor, data={**data, "last_day": last_day.isoformat()} if last_day else data)
    appointments_changed([held.user_id])
