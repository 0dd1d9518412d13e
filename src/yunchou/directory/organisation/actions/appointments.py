"""Who holds which position where, until when, and who stands in."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from .. import journal
from ..permissions import Perm
from ..positions import COMPANY_ROLES, SEPARATED, SINGLE, SYSTEM_ADMIN


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

    Refuses what `appoint` refuses, a deputy of a deputy and the holder as his own deputy; records
    `organisation.deputy_set`.
    """
    require(actor, Perm.APPOINT, appointment.unit)
    if deputy.pk == actor.pk:
        raise NotAllowed(say(_("Nobody appoints himself; ask another administrator.")), code="self")
    if appointment.is_deputy:
        raise WrongState(say(_("A deputy has no deputy.")))
    if deputy.pk == appointment.user_id:
        message = say(_("A deputy must be another person."))
        raise Invalid(message, fields={"deputy": message})
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

    Refuses what has ended already and the last system administrator; records `organisation.appointment_ended`.
    """
    require(actor, Perm.APPOINT, appointment.unit)
    end = last_day or clock.today() - timedelta(days=1)
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if locked.valid_to is not None and locked.valid_to < clock.today():
        raise WrongState(say(_("This appointment has ended already.")))
    if locked.position.code == SYSTEM_ADMIN and not _others(locked).exists():
        raise Refused(
            say(_("The last system administrator stays; appoint another one first.")), code="last_admin"
        )
    if locked.valid_from is not None and end < locked.valid_from:
        Appointment.objects.filter(pk=locked.pk).delete()
    else:
        locked.valid_to = end
        locked.save(update_fields=["valid_to"])
    _tell(journal.APPOINTMENT_ENDED, locked, actor, last_day=end)
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
    place = Unit.objects.select_for_update().get(pk=unit.pk)
    someone = User.objects.select_for_update().get(pk=person.pk)
    post = Position.objects.filter(code=position).first()
    if post is None:
        raise _invalid("position", _("There is no position “{position}”."), position=position)
    _check_period(valid_from, valid_to)
    _check_parties(someone, place, post)
    _check_separation(someone, post, valid_from, valid_to)
    if post.code in SINGLE and not is_deputy:
        _check_single(someone, place, post, valid_from, valid_to)
    return _write(someone, place, post, is_deputy, valid_from, valid_to)


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
    row.save()
    return row


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


def _check_single(person: User, unit: Unit, position: Position, start: date | None, end: date | None) -> None:
    """One head of a marketing centre at a time (ORG-07)."""
    holders = _overlapping(start, end).filter(unit=unit, position=position, is_deputy=False)
    if holder := holders.exclude(user=person).select_related("user").first():
        raise Refused(
            say(
                _(
                    "{person} is {position} of “{unit}” at that time, and there is only one; end that appointment first."
                ),
                person=holder.user.name,
                position=str(position),
                unit=unit.name,
            ),
            code="single_holder",
        )


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
