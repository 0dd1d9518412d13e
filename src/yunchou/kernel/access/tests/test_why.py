"""One question, three forms: may this person, why, and which rows. They never disagree (ORG-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from yunchou.kernel.access.models import ExtraGrant, Grant
from yunchou.kernel.access.registry import Right, Scope, rights
from yunchou.kernel.access.selectors import (
    Reach,
    effects_of,
    holders_of,
    holds,
    limit_rights,
    reach,
    units_with,
    visible_subjects,
    who,
    why,
)
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.identity.tests.factories import (
    forget_reach,
    make_appointment,
    make_position,
    make_unit,
    make_user,
)
from yunchou.kernel.subjects.kinds import SubjectKind, declare, kinds
from yunchou.kernel.subjects.models import Member, Role, Subject

pytestmark = pytest.mark.django_db

SEE, DO = "why.view", "why.do"
for key in (SEE, DO):
    if key not in rights:
        rights.add(key, Right(key, "Why", relations=frozenset({Role.LEAD, Role.MEMBER})))
if "why-test" not in kinds:
    declare(SubjectKind("why-test", "Why", SEE))


class World:
    """A small tree with one subject in each unit, some made by the person, and a few people."""

    def __init__(self) -> None:
        self.group = make_unit(kind="group")
        self.regions = [make_unit(parent=self.group, kind="region") for _ in range(2)]
        self.desks = [make_unit(parent=region) for region in self.regions]
        self.office = make_unit(parent=self.group)
        self.inner = make_unit(parent=self.desks[0])
        self.units = [self.group, *self.regions, *self.desks, self.office, self.inner]
        self.people = [make_user() for _ in range(2)]
        self.subjects = [
            Subject.objects.create(
                kind="why-test", unit=unit, title=unit.name, address="/", created_by=self.people[number % 2]
            )
            for number, unit in enumerate(self.units)
        ]
        self.positions = [make_position() for _ in range(2)]

    def clear(self) -> None:
        Grant.objects.filter(position__in=self.positions).delete()
        Appointment.objects.filter(user__in=self.people).delete()
        Member.objects.filter(user__in=self.people).delete()

    def fresh(self, number: int) -> User:
        return User.objects.get(pk=self.people[number].pk)


number = st.integers(0, 6)
grants = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(Scope.values), st.sets(number)), max_size=3)
posts = st.lists(st.tuples(st.integers(0, 1), number, st.integers(0, 1), st.booleans()), max_size=4)
ties = st.lists(st.tuples(st.integers(0, 1), number, st.sampled_from(Role.values)), max_size=4)
extras = st.lists(st.tuples(st.integers(0, 3), st.sets(number, min_size=1)), max_size=2)


@pytest.mark.req("ORG-12", whole=True)
def test_holding_having_a_reason_and_being_in_the_list_are_one() -> None:
    world = World()

    @given(grants, posts, ties, extras, st.sampled_from([SEE, DO]))
    def agree(granted: list, held: list, tied: list, further: list, right: str) -> None:  # type: ignore[type-arg]
        world.clear()
        for position, scope, units in granted:
            row, _made = Grant.objects.update_or_create(
                position=world.positions[position], right=right, defaults={"scope": scope}
            )
            row.units.set([world.units[n] for n in units])
        rows = [
            Appointment.objects.get_or_create(
                user=world.people[user],
                unit=world.units[unit],
                position=world.positions[position],
                is_deputy=dep,
            )[0]
            for user, unit, position, dep in held
        ]
        for index, units in further:
            if index < len(rows):
                extra, _made = ExtraGrant.objects.get_or_create(appointment=rows[index], right=right)
                extra.units.set([world.units[n] for n in units])
        for user, subject, role in tied:
            Member.objects.get_or_create(subject=world.subjects[subject], user=world.people[user], role=role)

        able: dict[int, set[int]] = {subject.pk: set() for subject in world.subjects}
        for index in range(2):
            user = world.fresh(index)
            listed = set(Subject.objects.filter(reach(user, right, is_list=True)))
            assert listed == set(Subject.objects.filter(reach(user, right)))
            in_units = set(units_with(user, right))
            for subject in world.subjects:
                assert holds(user, right, subject) == bool(why(user, right, subject)) == (subject in listed)
                assert holds(user, right, subject.unit) == (subject.unit in in_units)
                if subject in listed:
                    able[subject.pk].add(user.pk)
            if right == SEE:
                assert set(visible_subjects(user)) & set(world.subjects) == listed
        for subject in world.subjects[::3]:
            assert {holder.user.pk for holder in who(right, subject)} == able[subject.pk]

    agree()


@pytest.fixture
def world() -> World:
    return World()


def granted(position: Position, scope: Scope, *units: Unit, right: str = DO) -> Grant:
    row = Grant.objects.create(position=position, right=right, scope=scope)
    row.units.set(units)
    return row


@pytest.mark.req("ORG-12")
def test_every_reason_says_where_it_comes_from(world: World) -> None:
    user, (first, second) = world.people[0], world.positions
    granted(first, Scope.REGION)
    granted(second, Scope.CHOSEN, *world.desks)
    make_appointment(user, world.desks[0], first, is_deputy=True, valid_to=date(2999, 1, 1))
    make_appointment(user, world.office, second)
    subject = world.subjects[3]
    Member.objects.create(subject=subject, user=user, role=Role.LEAD)
    deputy, chosen, tie = why(user, DO, subject)
    assert (deputy.is_deputy, deputy.until) == (True, date(2999, 1, 1))
    assert world.desks[0].name in str(deputy)
    assert str(chosen).endswith("、".join(desk.name for desk in world.desks))
    assert str(Role.LEAD.label) in str(tie)
    assert len(why(user, DO, world.subjects[5])) == 0
    limit_rights(user, [SEE])
    assert why(user, DO, subject) == []


@pytest.mark.req("ORG-12")
def test_own_things_are_what_one_made_or_owns_wherever_they_are(world: World) -> None:
    user = world.people[0]
    granted(world.positions[0], Scope.SELF)
    make_appointment(user, world.desks[0], world.positions[0])
    owned = world.subjects[1]  # made by somebody else
    Member.objects.create(subject=owned, user=user, role=Role.OWNER)
    own = {*(s for s in world.subjects if s.created_by_id == user.pk), owned}
    assert {s for s in world.subjects if holds(user, DO, s)} == own
    assert holds(user, DO)
    assert not any(holds(user, DO, unit) for unit in world.units)


def test_a_further_grant_ends_with_its_appointment(world: World) -> None:
    user = world.people[0]
    held = make_appointment(user, world.desks[0], world.positions[0])
    extra = ExtraGrant.objects.create(appointment=held, right=DO, reason="代管")
    extra.units.add(world.regions[1])
    assert holds(user, DO, world.desks[1])
    assert list(holders_of(DO, world.desks[1])) == [user]
    Appointment.objects.filter(pk=held.pk).update(valid_to=date(2000, 1, 1))
    forget_reach(user)
    assert not holds(user, DO, world.desks[1])


def test_asking_who_costs_the_same_for_two_people_and_for_twenty(
    world: World, django_assert_max_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    granted(world.positions[0], Scope.REGION)
    for count in (2, 20):
        for _ in range(count):
            make_appointment(make_user(), world.desks[0], world.positions[0])
        with django_assert_max_num_queries(5):
            assert len(who(DO, world.subjects[3])) >= count


def test_a_list_of_somebody_without_ties_elsewhere_has_no_alternative(world: World) -> None:
    user = world.people[0]
    granted(world.positions[0], Scope.REGION)
    make_appointment(user, world.desks[0], world.positions[0])
    Member.objects.create(subject=world.subjects[3], user=user, role=Role.MEMBER)
    assert (
        " OR "
        not in str(Subject.objects.filter(reach(user, DO, is_list=True)).query)
        .split("WHERE", 1)[1]
        .split("U0", 1)[0]
    )
    Member.objects.create(subject=world.subjects[4], user=user, role=Role.MEMBER)
    assert world.subjects[4] in Subject.objects.filter(reach(user, DO, is_list=True))


def test_the_effect_of_another_grant_is_told_before_it_is_made(world: World) -> None:
    one, other = world.people
    granted(world.positions[0], Scope.UNIT)
    make_appointment(one, world.desks[0], world.positions[0])
    make_appointment(other, world.desks[1], world.positions[0])
    granted(world.positions[1], Scope.ALL)
    make_appointment(other, world.group, world.positions[1])
    (gains,) = effects_of(world.positions[0], DO, Scope.REGION)
    assert gains.user == one
    assert gains.gained == {world.regions[0].pk, world.inner.pk}
    assert not gains.begins
    assert not gains.lost
    (loses,) = effects_of(world.positions[0], DO, Scope.NONE)
    assert loses.ends  # the other keeps the right by the second post
    assert loses.lost == {world.desks[0].pk}
    (chosen,) = effects_of(world.positions[0], DO, Scope.CHOSEN, [world.regions[1]])
    assert (chosen.gained, chosen.lost) == ({world.regions[1].pk, world.desks[1].pk}, {world.desks[0].pk})
    assert effects_of(world.positions[0], DO, Scope.UNIT) == []


def test_reach_without_seats_reaches_nothing() -> None:
    assert not Reach({}).anywhere(DO)
