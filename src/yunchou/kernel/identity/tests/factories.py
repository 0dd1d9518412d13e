"""People, units and rights for tests of kernel rooms: plain rows, no actions, no passwords, no randomness."""

from __future__ import annotations

from datetime import date
from itertools import count

from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import Scope
from yunchou.kernel.identity.models import Appointment, Position, Unit, User

_numbers = count(1)
UNUSABLE_PASSWORD = "!"  # sign in with `client.force_login`


def make_user(name: str = "", *, username: str = "", **fields: object) -> User:
    """A person who cannot sign in by password; unnamed ones are 员工1, 员工2, ..."""
    number = next(_numbers)
    return User.objects.create(
        username=username or f"user{number}",
        name=name or f"员工{number}",
        password=UNUSABLE_PASSWORD,
        **fields,
    )


def make_unit(
    name: str = "", *, parent: Unit | None = None, kind: str = "", code: str = "", is_active: bool = True
) -> Unit:
    """A unit: a group without a parent, a department below one, unless `kind` says otherwise."""
    number = next(_numbers)
    return Unit.objects.create(
        parent=parent,
        kind=kind or (Unit.Kind.DEPARTMENT if parent else Unit.Kind.GROUP),
        code=code or f"unit-{number}",
        name=name or f"部门{number}",
        is_active=is_active,
    )


def make_position(code: str = "", name: str = "") -> Position:
    """The position with this code, made where it is missing."""
    code = code or f"position-{next(_numbers)}"
    return Position.objects.get_or_create(code=code, defaults={"name": name or code})[0]


def make_appointment(
    user: User,
    unit: Unit,
    position: Position | str = "",
    *,
    is_deputy: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Appointment:
    """`user` holds `position` (a row or a code) in `unit`. Forgets the rights read before."""
    held = Appointment.objects.create(
        user=user,
        unit=unit,
        position=position if isinstance(position, Position) else make_position(position),
        is_deputy=is_deputy,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    forget_reach(user)
    return held


def grant(position: Position | str, *rights: str, scope: str = Scope.ALL) -> None:
    """`position` brings `rights` within `scope`. People who asked before must `forget_reach`."""
    row = position if isinstance(position, Position) else make_position(position)
    for right in rights:
        Grant.objects.update_or_create(position=row, right=right, defaults={"scope": scope})


def allow(user: User, unit: Unit, *rights: str, scope: str = Scope.ALL) -> Position:
    """Give one person rights in one step: a position of its own, granted and held in `unit`."""
    position = make_position()
    grant(position, *rights, scope=scope)
    make_appointment(user, unit, position)
    return position


def forget_reach(user: User) -> None:
    """Drop the rights kept on this user object, as the next request would."""
    user.__dict__.pop("_reach", None)
    user.__dict__.pop("_roles", None)
