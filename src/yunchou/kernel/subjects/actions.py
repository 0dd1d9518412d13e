"""Making and keeping the row that stands for an object."""

from __future__ import annotations

from collections.abc import Iterable

from yunchou.kernel.identity.models import Unit, User

from .kinds import kinds
from .models import Member, Role, Subject


def open_subject(
    *, kind: str, unit: Unit, title: str, address: str = "", code: str = "", actor: User | None
) -> Subject:
    """The row for a new object; the caller sets `address` once the object has one."""
    return Subject.objects.create(
        kind=kinds[kind].key, unit=unit, title=title, code=code, address=address, created_by=actor
    )


def add_member(*, subject: Subject, user: User, role: str = Role.MEMBER, duty: str = "") -> Member:
    """Tie a person to a subject; the same tie twice is one."""
    member, _created = Member.objects.get_or_create(
        subject=subject, user=user, role=role, defaults={"duty": duty}
    )
    return member


def add_members(*, subject: Subject, users: Iterable[User], role: str = Role.MEMBER) -> None:
    """Tie several people to a subject by one statement; ties that exist stay as they are."""
    ties = [Member(subject=subject, user=user, role=role) for user in dict.fromkeys(users)]
    Member.objects.bulk_create(ties, ignore_conflicts=True)
