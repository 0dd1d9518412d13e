"""Who sees what: by position and scope, and by belonging to a team wherever it stands (ORG-12)."""

from __future__ import annotations

import pytest

from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import Right, Scope, rights
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.tests.factories import make_appointment, make_position, make_unit, make_user
from yunchou.kernel.subjects.kinds import SubjectKind, declare, kinds
from yunchou.kernel.subjects.models import Member, Role, Subject

pytestmark = pytest.mark.django_db

VIEW = "tests.view"
if VIEW not in rights:
    rights.add(VIEW, Right(VIEW, "See tests", relations=frozenset({Role.MEMBER})))
if "access-test" not in kinds:
    declare(SubjectKind("access-test", "Test", VIEW))


@pytest.fixture
def tree() -> dict[str, Unit]:
    group = make_unit(kind="group")
    east = make_unit(parent=group, kind="region")
    south = make_unit(parent=group, kind="region")
    desk = make_unit(parent=east, kind="department")
    return {"group": group, "east": east, "south": south, "desk": desk}


def subject_in(unit: Unit) -> Subject:
    return Subject.objects.create(kind="access-test", unit=unit, title=f"in {unit.code}", address="/")


def holder(unit: Unit, scope: Scope) -> User:
    user, position = make_user(), make_position()
    Grant.objects.create(position=position, right=VIEW, scope=scope)
    make_appointment(user, unit, position)
    return user


@pytest.mark.req("ORG-12")
@pytest.mark.req("ORG-01")
@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope.UNIT, {"desk"}),
        (Scope.BELOW, {"desk"}),
        (Scope.REGION, {"desk", "east"}),
        (Scope.ALL, {"desk", "east", "south", "group"}),
        (Scope.NONE, set()),
        (Scope.SELF, set()),
    ],
)
def test_a_scope_reaches_as_far_as_it_says(tree: dict[str, Unit], scope: Scope, seen: set[str]) -> None:
    subjects = {name: subject_in(unit) for name, unit in tree.items()}
    user = holder(tree["desk"], scope)
    visible = set(visible_subjects(user))
    assert visible == {subjects[name] for name in seen}
    assert {name for name, s in subjects.items() if holds(user, VIEW, s)} == seen


@pytest.mark.req("ORG-12")
def test_another_region_is_not_seen(tree: dict[str, Unit]) -> None:
    user = holder(tree["east"], Scope.REGION)
    other = subject_in(tree["south"])
    assert other not in visible_subjects(user)
    assert not holds(user, VIEW, other)


def test_an_appointment_that_ended_brings_nothing(tree: dict[str, Unit]) -> None:
    user = holder(tree["east"], Scope.ALL)
    user.appointments.update(valid_to="2000-01-01")
    assert not visible_subjects(user).exists()


def test_a_disabled_person_holds_nothing(tree: dict[str, Unit]) -> None:
    user = holder(tree["east"], Scope.ALL)
    subject_in(tree["east"])
    user.is_active = False
    assert not holds(user, VIEW)
    assert not visible_subjects(user).exists()


def test_an_unknown_right_is_held_by_nobody(tree: dict[str, Unit]) -> None:
    assert not holds(holder(tree["group"], Scope.ALL), "no.such.right")


def test_a_member_of_the_team_sees_it_wherever_it_stands(tree: dict[str, Unit]) -> None:
    subject, user = subject_in(tree["south"]), make_user()
    assert subject not in visible_subjects(user)
    Member.objects.create(subject=subject, user=user, role=Role.MEMBER)
    assert subject in visible_subjects(user)
    user = User.objects.get(pk=user.pk)
    assert holds(user, VIEW, subject)


def test_a_relation_that_brings_no_right_shows_nothing(tree: dict[str, Unit]) -> None:
    subject, user = subject_in(tree["south"]), make_user()
    Member.objects.create(subject=subject, user=user, role=Role.APPROVER)
    assert subject not in visible_subjects(user)
    assert not holds(user, VIEW, subject)


EDIT = "tests.edit"
if EDIT not in rights:
    rights.add(EDIT, Right(EDIT, "Edit tests"))


@pytest.mark.req("ORG-12")
def test_people_of_the_group_read_all_regions_and_write_in_none(tree: dict[str, Unit]) -> None:
    office = make_unit(parent=tree["group"], kind="department")
    subjects = {name: subject_in(unit) for name, unit in {**tree, "office": office}.items()}
    user, position = make_user(), make_position()
    for right in (VIEW, EDIT):
        Grant.objects.create(position=position, right=right, scope=Scope.REGION)
    make_appointment(user, office, position)
    assert {name for name, one in subjects.items() if holds(user, VIEW, one)} == set(subjects)
    assert {name for name, one in subjects.items() if holds(user, EDIT, one)} == {"office", "group"}
