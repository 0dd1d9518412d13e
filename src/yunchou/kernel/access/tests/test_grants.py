"""Giving and taking rights: in force at once, told in the journal, never to oneself, never two duties in one person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from yunchou.kernel.access import journal
from yunchou.kernel.access.actions import change_grant, extend_appointment, install_default_grants
from yunchou.kernel.access.models import ExtraGrant, Grant
from yunchou.kernel.access.permissions import Perm
from yunchou.kernel.access.registry import Duty, Right, Scope, rights
from yunchou.kernel.access.selectors import grant_digest, holds
from yunchou.kernel.access.separation import conflicts
from yunchou.kernel.access.verification import duties_are_separated
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.identity.models import Position, Unit, User
from yunchou.kernel.identity.tests.factories import (
    allow,
    forget_reach,
    grant,
    make_appointment,
    make_position,
    make_unit,
    make_user,
)
from yunchou.kernel.journal.models import JournalEntry

pytestmark = pytest.mark.django_db

WORK, KEEP = "grants.work", "grants.keep"
if WORK not in rights:
    rights.add(WORK, Right(WORK, "Work", positions={"grants-clerk": Scope.UNIT}))
    rights.add(KEEP, Right(KEEP, "Keep accounts", duty=Duty.SYSTEM))


class Cast:
    def __init__(self) -> None:
        self.group = make_unit(kind="group")
        self.desk = make_unit(parent=self.group)
        self.other = make_unit(parent=self.group)
        self.clerk_post = make_position("grants-clerk", "文员")
        self.security = make_user()
        self.security_post = allow(self.security, self.group, Perm.GRANT)
        self.clerk = make_user()
        self.held = make_appointment(self.clerk, self.desk, self.clerk_post)

    def change(
        self, scope: str, *units: Unit, right: str = WORK, actor: User | None = None, seen: str = ""
    ) -> None:
        change_grant(
            position=self.clerk_post,
            right=right,
            scope=scope,
            units=units,
            actor=actor or self.security,
            seen=seen,
        )


@pytest.fixture
def cast() -> Cast:
    return Cast()


def may(user: User, unit: Unit) -> bool:
    forget_reach(user)
    return holds(user, WORK, unit)


@pytest.mark.req("SUP-06")
def test_a_change_is_in_force_at_once_and_the_journal_tells_before_and_after(cast: Cast) -> None:
    cast.change(Scope.CHOSEN, cast.other)
    assert may(cast.clerk, cast.other)
    assert not may(cast.clerk, cast.desk)
    cast.change(Scope.UNIT)
    cast.change(Scope.UNIT)  # nothing differs: told once
    assert may(cast.clerk, cast.desk)
    assert not may(cast.clerk, cast.other)
    first, second = JournalEntry.objects.filter(kind=journal.GRANT_CHANGED.key).order_by("pk")
    assert first.actor == cast.security
    assert first.data["before"] == {"say": "not given"}
    assert cast.other.name in first.data["after"]["with"]["units"]
    assert second.data["before"] == first.data["after"]


def test_a_right_that_was_taken_stays_taken(cast: Cast) -> None:
    assert install_default_grants() >= 1
    assert may(cast.clerk, cast.desk)
    cast.change(Scope.NONE)
    assert install_default_grants() == 0
    assert not may(cast.clerk, cast.desk)


def test_who_may_not_change_rights(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        cast.change(Scope.ALL, actor=cast.clerk)
    make_appointment(cast.security, cast.desk, cast.clerk_post, is_deputy=True, valid_from=date(2999, 1, 1))
    with pytest.raises(NotAllowed) as refused:
        cast.change(Scope.ALL)
    assert refused.value.code == "self"
    assert not Grant.objects.filter(position=cast.clerk_post).exists()


@pytest.mark.parametrize(
    ("scope", "right"), [("galaxy", WORK), (Scope.CHOSEN, WORK), (Scope.ALL, "no.such.right")]
)
def test_what_cannot_be_granted_changes_nothing(cast: Cast, scope: str, right: str) -> None:
    with pytest.raises(Invalid):
        cast.change(scope, right=right)
    assert not Grant.objects.filter(position=cast.clerk_post).exists()


def test_a_page_out_of_date_is_refused(cast: Cast) -> None:
    seen = grant_digest(cast.clerk_post, WORK)
    cast.change(Scope.UNIT, seen=seen)
    with pytest.raises(WrongState):
        cast.change(Scope.ALL, seen=seen)


# ---------------------------------------------------------------- one appointment alone


def test_a_further_grant_needs_a_reason_and_another_person(cast: Cast) -> None:
    def extend(*units: Unit, reason: str = "代管", actor: User = cast.security) -> None:
        extend_appointment(appointment=cast.held, right=WORK, units=units, reason=reason, actor=actor)

    with pytest.raises(Invalid):
        extend(cast.other, reason=" ")
    with pytest.raises(NotAllowed):
        extend(cast.other, actor=cast.clerk)
    extend(cast.other)
    assert may(cast.clerk, cast.other)
    extend()
    extend()
    assert not may(cast.clerk, cast.other)
    kinds = list(
        JournalEntry.objects.filter(kind__startswith="access.").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == [journal.EXTRA_GRANTED.key, journal.EXTRA_ENDED.key]
    own = make_appointment(cast.security, cast.desk, cast.clerk_post)
    with pytest.raises(NotAllowed):
        extend_appointment(appointment=own, right=WORK, units=[cast.other], reason="x", actor=cast.security)


# ---------------------------------------------------------------- separation of duties (等保 8.1.4)


def by_one_position(cast: Cast) -> None:
    grant(cast.clerk_post, Perm.AUDIT)
    cast.change(Scope.ALL, right=KEEP)


def by_a_second_post(cast: Cast) -> None:
    second = make_position()
    grant(second, Perm.AUDIT)
    make_appointment(cast.clerk, cast.other, second)
    cast.change(Scope.ALL, right=KEEP)


def by_a_deputy_from_a_later_day(cast: Cast) -> None:
    second = make_position()
    grant(second, Perm.AUDIT)
    make_appointment(cast.clerk, cast.other, second, is_deputy=True, valid_from=date(2999, 1, 1))
    cast.change(Scope.ALL, right=KEEP)


def by_one_appointment_alone(cast: Cast) -> None:
    grant(cast.clerk_post, Perm.AUDIT)
    extend_appointment(
        appointment=cast.held, right=KEEP, units=[cast.other], reason="代管", actor=cast.security
    )


@pytest.mark.parametrize(
    "way", [by_one_position, by_a_second_post, by_a_deputy_from_a_later_day, by_one_appointment_alone]
)
def test_two_kinds_of_administration_never_meet_in_one_person(
    cast: Cast, way: Callable[[Cast], None]
) -> None:
    with pytest.raises(Refused) as refused:
        way(cast)
    assert refused.value.code == "separation_of_duties"
    assert not Grant.objects.filter(right=KEEP).exists()
    assert not ExtraGrant.objects.exists()
    assert conflicts() == [] == list(duties_are_separated())


def test_terms_that_do_not_meet_are_no_conflict_and_data_with_one_is_told(cast: Cast) -> None:
    grant(cast.clerk_post, KEEP)
    second: Position = make_position()
    grant(second, Perm.AUDIT)
    later = make_appointment(cast.clerk, cast.other, second, valid_from=date(2999, 1, 1))
    cast.held.valid_to = date(2998, 12, 31)
    cast.held.save()
    assert conflicts() == []
    cast.held.valid_to = None
    cast.held.save()
    (told,) = duties_are_separated()
    assert set(told.details["duties"]) == {"audit", "system"}
    assert {one.pk for one in conflicts({cast.clerk.pk})[0].through} == {cast.held.pk, later.pk}
    assert conflicts({cast.security.pk}) == []
