"""Setting who holds what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.journal.actions import record

from . import journal
from .checks import require
from .models import ExtraGrant, Grant
from .permissions import Perm
from .registry import Right, Scope, is_outside, reserve_of, rights
from .selectors import grant_digest, lasting_appointments
from .separation import refuse_conflicts


@transaction.atomic
def install_default_grants() -> int:
    """Give every position the rights its rooms declare for it, where nobody decided about them yet; returns how many.

    A right that was taken from a position stays taken: its grant is still there, with the scope `none`.
    """
    positions = {p.code: p for p in Position.objects.all()}
    held = set(Grant.objects.values_list("position__code", "right"))
    missing = [
        Grant(position=positions[code], right=right.key, scope=scope)
        for right in rights
        for code, scope in right.positions.items()
        if code in positions and (code, right.key) not in held
    ]
    Grant.objects.bulk_create(missing)
    return len(missing)


@transaction.atomic
def change_grant(
    *,
    position: Position,
    right: str,
    scope: str,
    units: Sequence[Unit] = (),
    actor: User,
    seen: str = "",
    reason: str = "",
) -> Grant | None:
    """Let a position bring a right within another scope; `none` takes it away. In force with the next request.

    `units` are the chosen ones of the scope `chosen`. `seen` is the `selectors.grant_digest` that the page showed.
    Refuses without `access.grant`, rights of a position that the actor holds or deputises, chosen units without units,
    two kinds of administration in one person (等保 8.1.4), a right that is kept to other positions without the `reason` of
    the exception (CUS-07) and a page that is out of date; records `access.grant_changed`, if anything differs, and
    `access.grant_excepted` with the reason of an exception.
    """
    require(actor, Perm.GRANT)
    declared = _declared(right)
    locked = Position.objects.select_for_update().get(pk=position.pk)
    _refuse_own(actor, locked)
    if scope not in Scope.values:
        raise Invalid(say(_("There is no scope “{scope}”."), scope=scope))
    if scope == Scope.CHOSEN and not units:
        message = say(_("Choose at least one unit."))
        raise Invalid(message, fields={"units": message})
    if seen and seen != grant_digest(locked, right):
        raise WrongState(
            say(_("Somebody else changed this right meanwhile; look at it again.")), code="stale"
        )
    why = ask_exception(locked, right, scope, reason)
    grant = Grant.objects.filter(position=locked, right=right).first()
    chosen = sorted(units, key=lambda unit: unit.path) if scope == Scope.CHOSEN else []
    before, after = told(grant), _told(Scope(scope), chosen)
    if before == after and (grant is None or grant.reason == why):
        return grant
    kept = {"scope": scope, "reason": why}
    grant, _made = Grant.objects.update_or_create(position=locked, right=right, defaults=kept)
    grant.units.set(chosen)
    refuse_conflicts(_holders(locked))
    data = {
        "position": locked.name,
        "position_code": locked.code,
        "right": right,
        "right_label": word(declared),
    }
    if before != after:
        record(journal.GRANT_CHANGED, actor=actor, data={**data, "before": before, "after": after})
    if why:
        record(journal.GRANT_EXCEPTED, actor=actor, data={**data, "reason": why})
    return grant


def ask_exception(position: Position, right: str, scope: str, reason: str) -> str:
    """The reason for giving a right to a position other than those it is kept to; empty where none is needed.

    Refuses without one, or whatever else the room that keeps the right says.
    """
    kept = reserve_of(right)
    if kept is None or scope == Scope.NONE or not is_outside(position.code, right):
        return ""
    reason = " ".join(reason.split())
    kept.ask(is_explained=bool(reason))
    if len(reason) > (longest := Grant._meta.get_field("reason").max_length or 0):
        message = say(_("Say why, in at most {count} characters."), count=longest)
        raise Invalid(message, fields={"reason": message})
    return reason


@transaction.atomic
def extend_appointment(
    *, appointment: Appointment, right: str, units: Sequence[Unit], reason: str = "", actor: User
) -> ExtraGrant | None:
    """Let one appointment bring a right in further units, as long as it lasts; without units that ends.

    Refuses without `access.grant`, for oneself, without a reason, and two kinds of administration in one person; records
    `access.extra_granted` or `access.extra_ended`.
    """
    require(actor, Perm.GRANT)
    declared = _declared(right)
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if locked.user_id == actor.pk:
        raise NotAllowed(say(_("Nobody grants himself; ask another administrator.")), code="self")
    data = {
        "person": locked.user_id,
        "username": locked.user.username,
        "position": locked.position.name,
        "unit": locked.unit.name,
        "right": right,
        "right_label": word(declared),
    }
    if not units:
        gone, _rows = ExtraGrant.objects.filter(appointment=locked, right=right).delete()
        if gone:
            record(journal.EXTRA_ENDED, actor=actor, data=data)
        return None
    reason = " ".join(reason.split())
    if not reason or len(reason) > (longest := ExtraGrant._meta.get_field("reason").max_length or 0):
        message = (
            say(_("Say why, in at most {count} characters."), count=longest) if reason else say(_("Say why."))
        )
        raise Invalid(message, fields={"reason": message})
    extra, _made = ExtraGrant.objects.update_or_create(
        appointment=locked, right=right, defaults={"reason": reason}
    )
    extra.units.set(units)
    refuse_conflicts({locked.user_id})
    record(journal.EXTRA_GRANTED, actor=actor, data={**data, "units": _names(units), "reason": reason})
    return extra


def _declared(right: str) -> Right:
    declared = rights.get(right)
    if declared is None:
        raise Invalid(say(_("There is no right “{right}”."), right=right))
    return declared


def _refuse_own(actor: User, position: Position) -> None:
    """Nobody grants himself: not by the own position, nor by one that is held as a deputy or from a later day."""
    if lasting_appointments().filter(user=actor, position=position).exists():
        raise NotAllowed(
            say(_("You hold this position yourself; another security administrator changes its rights.")),
            code="self",
        )


def _holders(position: Position) -> set[int]:
    return set(lasting_appointments().filter(position=position).values_list("user", flat=True))


def word(right: Right) -> Say:
    """The right's name, to be read in any language."""
    with override(None):
        return Say(str(right.label))


def told(grant: Grant | None) -> Say:
    """How far a grant reaches, as a sentence to be read in any language."""
    if grant is None:
        return _told(Scope.NONE, ())
    return _told(Scope(grant.scope), grant.units.all() if grant.scope == Scope.CHOSEN else ())


def _told(scope: Scope, units: Iterable[Unit]) -> Say:
    if scope == Scope.CHOSEN:
        return say(_("chosen units: {units}"), units=_names(sorted(units, key=lambda unit: unit.path)))
    with override(None):
        return Say(str(scope.label))


def _names(units: Iterable[Unit]) -> str:
    return "、".join(unit.name for unit in units)
