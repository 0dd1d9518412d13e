"""Moving units: the tree stays a tree, paths stay true, and what follows the tree follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunchou.directory.organisation import actions, closing, selectors
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR, MARKETING_MANAGER, SYSTEM_ADMIN
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.changes import listeners, on_appointments_changed
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.models import JournalEntry

from .factories import Firm, appoint, forget_reach, make_department, make_unit, make_user, staff

pytestmark = pytest.mark.django_db


def path_by_parents(unit: Unit) -> str:
    """The path as the parents tell it; a circle would never end, so it is cut off."""
    parts, at = [], Unit.objects.get(pk=unit.pk)
    for _step in range(50):
        parts.append(at.pk)
        if at.parent_id is None:
            return "/" + "/".join(map(str, reversed(parts))) + "/"
        at = Unit.objects.get(pk=at.parent_id)
    raise AssertionError("a circle")


@pytest.mark.req("ORG-01")
class TestMoves:
    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(moves=st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), min_size=4, max_size=12))
    def test_any_moves_leave_a_tree_with_true_paths(self, firm: Firm, moves: list[tuple[int, int]]) -> None:
        places = self.places(firm)
        for what, where in moves:
            unit, parent = places[what % len(places)], places[where % len(places)]
            was_below = Unit.objects.get(pk=unit.pk).contains(Unit.objects.get(pk=parent.pk))
            try:
                actions.move_unit(unit=unit, parent=parent, actor=firm.admin)
            except Refused:
                continue
            assert not was_below or unit.pk == parent.pk
        for unit in Unit.objects.all():
            assert unit.path == path_by_parents(unit)

    def places(self, firm: Firm) -> list[Unit]:
        """The group, regions, projects and departments six levels deep; made anew for every example."""
        for old in Unit.objects.filter(code__startswith="deep-").order_by("-path"):
            old.delete()
        made = [firm.group, firm.east, firm.south]
        for number, parent in enumerate((firm.east, firm.south)):
            made.append(
                make_unit(f"项目{number}", parent=parent, kind=Unit.Kind.PROJECT, code=f"deep-p{number}")
            )
            for depth in range(4):
                made.append(make_unit(f"部{number}{depth}", parent=made[-1], code=f"deep-{number}-{depth}"))
        return made

    def test_scope_follows_the_new_place_and_listeners_hear_of_it(
        self, firm: Firm, heard: list[set[int]]
    ) -> None:
        project = make_unit("外滩项目", parent=firm.east, kind=Unit.Kind.PROJECT)
        site = make_department(project, DepartmentKind.MARKETING, "现场部")
        worker = staff("现场", site, MARKETING_MANAGER)
        assert holds(firm.approver, "organisation.personnel", site)

        actions.move_unit(unit=project, parent=firm.south, actor=firm.admin)
        site.refresh_from_db()
        forget_reach(firm.approver)
        assert not holds(firm.approver, "organisation.personnel", site)
        assert site.path == f"{firm.south.path}{project.pk}/{site.pk}/"
        assert {worker.pk, firm.approver.pk} <= heard[-1]
        entry = JournalEntry.objects.filter(kind="organisation.unit_moved").get()
        assert (entry.data["before"], entry.data["parent"]) == ("华东区域", "华南区域")

    @pytest.mark.parametrize("below", [False, True])
    def test_refuses_a_circle_beside_the_field(self, firm: Firm, client: Client, below: bool) -> None:
        inner = make_department(firm.department("east"), name="小组")
        unit = firm.department("east")
        client.force_login(firm.admin)
        answer = client.post(
            f"/organisation/units/{unit.code}/move/",
            {"parent": (inner if below else unit).pk},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 422
        assert b'id="id_parent_error"' in answer.content or b"field-error" in answer.content
        assert Unit.objects.get(pk=unit.pk).parent_id == firm.east.pk

    def test_refuses_what_does_not_belong_there(self, firm: Firm) -> None:
        closed = make_unit("旧区", parent=firm.group, kind=Unit.Kind.REGION, code="old")
        Unit.objects.filter(pk=closed.pk).update(is_active=False)
        department = firm.department("east")
        make_department(firm.south, name="市场部二")
        for unit, parent in (
            (firm.east, firm.south),  # a region stands below the group only
            (department, closed),
            (department, firm.south),  # the name is taken there
        ):
            with pytest.raises(Invalid):
                actions.move_unit(unit=unit, parent=parent, actor=firm.admin)
        with pytest.raises(WrongState):
            actions.move_unit(unit=firm.group, parent=firm.east, actor=firm.admin)
        with pytest.raises(NotAllowed):
            actions.move_unit(unit=department, parent=firm.group, actor=firm.owner)
        assert not JournalEntry.objects.filter(kind="organisation.unit_moved").exists()

    @pytest.mark.req("ORG-07")
    def test_refuses_to_bring_a_second_head_into_a_company(self, firm: Firm) -> None:
        club = make_department(firm.east, name="区域营销中心")
        staff("区域总监", club, MARKETING_DIRECTOR)
        with pytest.raises(Refused) as refusal:
            actions.move_unit(unit=club, parent=firm.group, actor=firm.admin)
        assert refusal.value.code == "single_holder"
        assert Unit.objects.get(pk=club.pk).parent_id == firm.east.pk


def test_a_unit_with_open_work_of_other_rooms_is_not_closed(firm: Firm) -> None:
    unit = make_department(firm.east, name="收尾部")
    closing.objections.add("test", lambda u: say("“{unit}” is busy", unit=u.name) if u == unit else None)
    try:
        with pytest.raises(WrongState) as refusal:
            actions.deactivate_unit(unit=unit, actor=firm.admin)
    finally:
        closing.objections._items.pop("test")
    assert refusal.value.code == "open_work"
    assert Unit.objects.get(pk=unit.pk).is_active


@pytest.fixture
def heard() -> Iterator[list[set[int]]]:
    """What a listener hears, one set for every action."""
    told: list[set[int]] = []
    on_appointments_changed("test", lambda ids: told.append(set(ids)))
    yield told
    listeners._items.pop("test")


@pytest.mark.req("ORG-08")
class TestChanges:
    def test_every_change_of_a_seat_is_told_in_its_transaction(
        self, firm: Firm, heard: list[set[int]]
    ) -> None:
        person = make_user("新人")
        held = actions.appoint(
            person=person, unit=firm.department("east"), position=MARKETING_MANAGER, actor=firm.admin
        )
        actions.set_deputy(appointment=held, deputy=firm.colleague, actor=firm.admin)
        actions.end_appointment(appointment=held, actor=firm.admin)
        actions.deactivate_person(person=person, actor=firm.admin)
        assert heard == [{person.pk}, {firm.colleague.pk}, {person.pk}, {person.pk}]

    def test_a_refused_change_is_not_told(self, firm: Firm, heard: list[set[int]]) -> None:
        with pytest.raises(Invalid):
            actions.appoint(person=firm.owner, unit=firm.east, position="nothing", actor=firm.admin)
        assert heard == []


class TestMainPost:
    def person(self, firm: Firm) -> User:
        person = make_user("多职")
        for unit in (firm.department("east"), firm.department("east", "sales")):
            actions.appoint(person=person, unit=unit, position=MARKETING_MANAGER, actor=firm.admin)
        return person

    def test_of_several_posts_one_is_the_main_one(self, firm: Firm) -> None:
        person = self.person(firm)
        first, second = person.appointments.order_by("pk")
        assert (first.is_main, second.is_main) == (True, False)
        assert selectors.person_options("多职")[0].unit == "华东区域 · 市场部"

        actions.set_main_post(appointment=second, actor=firm.admin)
        assert selectors.person_options("多职")[0].unit == "华东区域 · 销售部"
        second.refresh_from_db()
        actions.end_appointment(appointment=second, actor=firm.admin)
        first.refresh_from_db()
        assert first.is_main

    def test_a_deputy_has_no_main_post(self, firm: Firm) -> None:
        deputy = appoint(firm.colleague, firm.group, SYSTEM_ADMIN, is_deputy=True)
        with pytest.raises(WrongState):
            actions.set_main_post(appointment=deputy, actor=firm.admin)


@pytest.mark.req("ORG-08")
def test_who_holds_a_post_is_not_its_deputy_too(firm: Firm) -> None:
    held = appoint(firm.owner, firm.department("south"), MARKETING_MANAGER)  # as firm.outsider does
    with pytest.raises(Invalid) as refusal:
        actions.set_deputy(appointment=held, deputy=firm.outsider, actor=firm.admin)
    assert "deputy" in refusal.value.fields


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("李m", True),
        ("liml", True),
        ("limlang", True),
        ("明l", True),
        ("lm l", True),
        ("李x", False),
    ],
)
def test_people_are_found_by_mixed_spelling(firm: Firm, words: str, found: bool) -> None:
    assert (firm.colleague in selectors.people_found(words)) is found


def test_surnames_are_found_by_either_reading(firm: Firm) -> None:
    person = make_user("曾敏")
    assert person in selectors.people_found("zengm")
    assert person in selectors.people_found("cengmin")


def test_a_picker_offers_people_of_a_unit_after_those_of_that_name(firm: Firm) -> None:
    namesake = make_user("石厂")  # shichang, as 市场
    options = selectors.person_options("shichang", firm.admin)
    assert options[0].id == namesake.pk
    assert {firm.owner.pk, firm.outsider.pk} <= {option.id for option in options}
