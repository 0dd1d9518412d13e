from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from yunchou.directory.organisation import actions, defaults, positions
from yunchou.directory.organisation.models import DepartmentKind, DepartmentProfile, WorkType, WorkTypeRoute
from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import rights
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.journal.models import JournalEntry, PersonalValue

from .factories import Firm, appoint, make_department, make_unit, make_user, staff

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


def journal_kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))


def last_entry() -> JournalEntry:
    return JournalEntry.objects.latest("pk")


class TestFounding:
    @pytest.mark.req("ORG-04")
    def test_found_company_ships_every_department_of_the_regulations(self) -> None:
        firm = actions.found_company(name="远山集团", username="root", person="褚卫东", password=PASSWORD)

        wanted = {
            "marketing", "sales", "product", "customer_service", "channel", "data", "design", "it", "pr",
            "administration", "finance", "research", "production", "logistics",
        }  # fmt: skip
        assert wanted <= set(DepartmentProfile.objects.values_list("kind", flat=True))
        assert not DepartmentProfile.objects.filter(duties="").exists()
        assert firm.group.kind == Unit.Kind.GROUP

    @pytest.mark.req("ORG-06")
    def test_found_company_ships_positions_with_default_rights(self) -> None:
        actions.found_company(name="远山集团", username="root", person="褚卫东", password=PASSWORD)

        assert set(Position.objects.values_list("code", flat=True)) == set(positions.ALL_CODES)
        for job in positions.JOBS:
            assert Grant.objects.filter(position__code=job.code, right="organisation.view").exists()

    def test_found_company_leaves_an_administrator_who_can_go_on(self) -> None:
        firm = actions.found_company(name="远山集团", username="root", person="褚卫东", password=PASSWORD)

        person = actions.add_person(username="li", name="李明朗", password=PASSWORD, actor=firm.administrator)
        actions.appoint(
            person=person, unit=firm.group, position=positions.VP_MARKETING, actor=firm.administrator
        )

        assert firm.administrator.check_password(PASSWORD)
        assert "organisation.founded" in journal_kinds()

    def test_found_company_refuses_a_second_one(self, firm: Firm) -> None:
        with pytest.raises(WrongState):
            actions.found_company(name="另一集团", username="root", person="某人", password=PASSWORD)
        assert not User.objects.filter(username="root").exists()

    def test_install_defaults_twice_changes_and_records_nothing(self, firm: Firm) -> None:
        Position.objects.filter(code=positions.FINANCE).update(name="财务共享中心")
        before = (Grant.objects.count(), WorkTypeRoute.objects.count(), JournalEntry.objects.count())

        actions.install_defaults()

        assert (Grant.objects.count(), WorkTypeRoute.objects.count(), JournalEntry.objects.count()) == before
        assert Position.objects.get(code=positions.FINANCE).name == "财务共享中心"

    def test_rights_granted_for_kernel_rooms_are_declared(self) -> None:
        assert set(defaults.KERNEL_GRANTS) <= set(rights.keys())

    @pytest.mark.req("ORG-01")
    def test_found_region_brings_its_departments(self, firm: Firm) -> None:
        region = actions.found_region(group=firm.group, name="西南区域", code="west", actor=firm.admin)

        kinds = DepartmentProfile.objects.filter(unit__parent=region).values_list("kind", flat=True)
        assert set(kinds) == {spec.kind for spec in defaults.REGION_DEPARTMENTS}
        assert last_entry().data["unit"] == "西南区域"


@pytest.mark.req("ORG-04")
class TestUnits:
    def test_create_unit_adds_a_department(self, firm: Firm) -> None:
        unit = actions.create_unit(
            parent=firm.east,
            kind="department",
            name=" 渠道 拓展部 ",
            department="channel",
            duties="拓展",
            actor=firm.admin,
        )

        assert (unit.name, unit.code) == ("渠道 拓展部", "qudaotuozhanbu")
        assert unit.path == f"{firm.east.path}{unit.pk}/"
        assert unit.department.kind == DepartmentKind.CHANNEL
        assert last_entry().kind == "organisation.unit_created"
        assert last_entry().data == {"unit": "渠道 拓展部", "code": "qudaotuozhanbu", "parent": "华东区域"}

    def test_create_unit_makes_a_code_that_is_free(self, firm: Firm) -> None:
        for number in range(3):
            actions.create_unit(
                parent=firm.east, kind="department", name=f"直播{'组' * number}部", actor=firm.admin
            )
        first = actions.create_unit(parent=firm.east, kind="department", name="外联部", actor=firm.admin)
        second = actions.create_unit(parent=firm.south, kind="department", name="外联部", actor=firm.admin)
        assert (first.code, second.code) == ("wailianbu", "wailianbu-2")

    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({"name": "  "}, "name"),
            ({"name": "市场部"}, "name"),
            ({"name": "长" * 61}, "name"),
            ({"code": "不行"}, "code"),
            ({"code": "south"}, "code"),
            ({"kind": "group"}, "kind"),
            ({"kind": "region"}, "kind"),
            ({"kind": "nonsense"}, "kind"),
        ],
    )
    def test_create_unit_refuses_what_cannot_be_used(
        self, firm: Firm, fields: dict[str, str], fault: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            actions.create_unit(
                **{"parent": firm.east, "kind": "department", "name": "新部门", **fields}, actor=firm.admin
            )
        assert list(refusal.value.fields) == [fault]

    def test_create_unit_needs_the_right(self, firm: Firm) -> None:
        with pytest.raises(NotAllowed):
            actions.create_unit(parent=firm.east, kind="department", name="新部门", actor=firm.owner)

    def test_rename_unit_keeps_code_and_records_both_names(self, firm: Firm) -> None:
        unit = actions.rename_unit(unit=firm.east, name="华东大区", actor=firm.admin)

        assert (unit.name, unit.code) == ("华东大区", "east")
        assert last_entry().data == {"unit": "华东大区", "before": "华东区域", "code": "east"}

    def test_rename_unit_to_the_same_name_records_nothing(self, firm: Firm) -> None:
        before = JournalEntry.objects.count()
        actions.rename_unit(unit=firm.east, name="华东区域", actor=firm.admin)
        assert JournalEntry.objects.count() == before

    def test_deactivate_unit_refuses_open_people_and_says_how_many(self, firm: Firm) -> None:
        with pytest.raises(WrongState, match="3"):
            actions.deactivate_unit(unit=firm.department("east"), actor=firm.admin)

    def test_deactivate_unit_counts_people_who_come_later(self, firm: Firm) -> None:
        unit = make_department(firm.east)
        appoint(make_user(), unit, positions.MARKETING_MANAGER, valid_from=clock.today() + timedelta(days=30))
        with pytest.raises(WrongState):
            actions.deactivate_unit(unit=unit, actor=firm.admin)

    def test_deactivate_unit_refuses_active_units_below_and_the_group(self, firm: Firm) -> None:
        for unit in (firm.central, firm.group):
            with pytest.raises(WrongState):
                actions.deactivate_unit(unit=unit, actor=firm.admin)

    def test_deactivate_unit_and_back(self, firm: Firm) -> None:
        unit = make_department(firm.east)

        assert not actions.deactivate_unit(unit=unit, actor=firm.admin).is_active
        with pytest.raises(WrongState):
            actions.deactivate_unit(unit=unit, actor=firm.admin)
        with pytest.raises(WrongState):
            actions.create_unit(parent=unit, kind="department", name="小组", actor=firm.admin)
        assert actions.reactivate_unit(unit=unit, actor=firm.admin).is_active
        assert journal_kinds()[-2:] == ["organisation.unit_deactivated", "organisation.unit_reactivated"]


@pytest.mark.req("ORG-05")
class TestDuties:
    def test_change_duties_of_a_department(self, firm: Firm) -> None:
        unit = firm.department("east")
        profile = actions.change_duties(
            unit=unit, department="marketing", duties=" 策划活动 ", authority="提出预算", actor=firm.admin
        )
        assert (profile.duties, profile.authority) == ("策划活动", "提出预算")
        assert last_entry().kind == "organisation.duties_changed"

    def test_change_duties_refuses_a_region(self, firm: Firm) -> None:
        with pytest.raises(WrongState):
            actions.change_duties(
                unit=firm.east, department="marketing", duties="", authority="", actor=firm.admin
            )

    def test_change_work_route(self, firm: Firm) -> None:
        actions.change_work_route(
            work_type=WorkType.ARTWORK, department_kind=DepartmentKind.PR, actor=firm.admin
        )

        assert WorkTypeRoute.objects.get(work_type="artwork").department_kind == "pr"
        assert last_entry().sentence == "将“设计制作”的负责部门由 设计部 改为 公关部"

    def test_change_work_route_refuses_unknown_work_and_people_without_right(self, firm: Firm) -> None:
        with pytest.raises(Invalid):
            actions.change_work_route(work_type="dancing", department_kind="pr", actor=firm.admin)
        with pytest.raises(NotAllowed):
            actions.change_work_route(work_type="artwork", department_kind="pr", actor=firm.owner)


class TestPeople:
    def test_add_person_opens_an_account_with_a_post(self, firm: Firm) -> None:
        person = actions.add_person(
            username="zhang.li", name="张丽", email="zhang.li@example.com", password=PASSWORD,
            unit=firm.department("east"), position=positions.MARKET_PLANNER, actor=firm.admin,
        )  # fmt: skip

        assert person.check_password(PASSWORD)
        assert (person.name_pinyin, person.name_initials) == ("zhangli", "zl")
        assert holds(person, "organisation.view")
        assert journal_kinds()[-2:] == ["organisation.person_added", "organisation.appointed"]

    def test_add_person_keeps_name_and_address_out_of_the_open_part_of_the_journal(self, firm: Firm) -> None:
        person = actions.add_person(
            username="zl",
            name="张丽",
            email="zl@example.com",
            phone="13800000000",
            password=PASSWORD,
            actor=firm.admin,
        )
        entry = last_entry()
        assert not any(secret in str(entry.data) for secret in ("张丽", "zl@example.com", "13800000000"))
        assert PersonalValue.objects.filter(entry=entry, user=person).exists()

    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({"username": "owner"}, "username"),
            ({"username": "OWNER"}, "username"),
            ({"username": "有空格 的"}, "username"),
            ({"username": "../etc"}, "username"),
            ({"name": " "}, "name"),
            ({"name": "长" * 61}, "name"),
            ({"email": "nonsense"}, "email"),
            ({"email": "Taken@Example.com"}, "email"),
            ({"phone": "call me"}, "phone"),
            ({"password": "12345"}, "password"),
        ],
    )
    def test_add_person_refuses_what_cannot_be_used(
        self, firm: Firm, fields: dict[str, str], fault: str
    ) -> None:
        User.objects.filter(pk=firm.owner.pk).update(email="taken@example.com")
        with pytest.raises(Invalid) as refusal:
            actions.add_person(
                **{"username": "new", "name": "新人", "password": PASSWORD, **fields}, actor=firm.admin
            )
        assert list(refusal.value.fields) == [fault]
        assert not User.objects.filter(name="新人").exists()

    def test_add_person_names_every_fault_at_once(self, firm: Firm) -> None:
        with pytest.raises(Invalid) as refusal:
            actions.add_person(username="", name="", password="1", email="x", actor=firm.admin)
        assert set(refusal.value.fields) == {"username", "name", "email", "password"}

    def test_add_person_whose_appointment_is_refused_leaves_no_account(self, firm: Firm) -> None:
        with pytest.raises(Invalid):
            actions.add_person(
                username="new", name="新人", password=PASSWORD, actor=firm.admin,
                unit=firm.department("east"), position=positions.VP_MARKETING,
            )  # fmt: skip
        assert not User.objects.filter(username="new").exists()

    def test_change_person(self, firm: Firm) -> None:
        person = actions.change_person(
            person=firm.owner, name="张晨光", phone="021-5555 0101", actor=firm.admin
        )

        person.refresh_from_db()
        assert (person.name, person.name_initials, person.phone) == ("张晨光", "zcg", "021-5555 0101")
        assert last_entry().data["fields"] == ["name", "phone"]

    def test_deactivate_person_takes_rights_away(self, firm: Firm) -> None:
        actions.deactivate_person(person=firm.owner, actor=firm.admin)

        assert not holds(User.objects.get(pk=firm.owner.pk), "organisation.view")
        assert last_entry().kind == "accounts.disabled"

    def test_deactivate_person_refuses_oneself(self, firm: Firm) -> None:
        with pytest.raises(Refused):
            actions.deactivate_person(person=firm.admin, actor=firm.admin)

    def test_deactivate_person_twice_and_back(self, firm: Firm) -> None:
        actions.deactivate_person(person=firm.owner, actor=firm.admin)
        with pytest.raises(WrongState):
            actions.deactivate_person(person=firm.owner, actor=firm.admin)
        assert actions.reactivate_person(person=firm.owner, actor=firm.admin).is_active

    def test_people_are_changed_by_administrators_only(self, firm: Firm) -> None:
        for act in (
            lambda: actions.add_person(username="x1", name="某", password=PASSWORD, actor=firm.approver),
            lambda: actions.change_person(person=firm.owner, name="某", actor=firm.approver),
            lambda: actions.deactivate_person(person=firm.owner, actor=firm.approver),
            lambda: actions.reactivate_person(person=firm.owner, actor=firm.approver),
        ):
            with pytest.raises(NotAllowed):
                act()


class TestAppointments:
    @pytest.mark.req("ORG-08")
    def test_appoint_with_dates_makes_a_holder_on_those_days_only(self, firm: Firm) -> None:
        person = make_user()
        actions.appoint(
            person=person, unit=firm.south, position=positions.REGIONAL_LEADERSHIP,
            valid_from=date(2024, 8, 1), valid_to=date(2024, 8, 31), actor=firm.admin,
        )  # fmt: skip
        marketing = firm.department("south")

        def held_on(day: str) -> bool:
            with clock.at(day):
                return person in [a.user for a in holders(positions.REGIONAL_LEADERSHIP, marketing)]

        assert [held_on(d) for d in ("2024-07-31", "2024-08-01", "2024-08-31", "2024-09-01")] == [
            False,
            True,
            True,
            False,
        ]

    def test_appoint_needs_the_right_and_refuses_oneself(self, firm: Firm) -> None:
        with pytest.raises(NotAllowed):
            actions.appoint(
                person=make_user(), unit=firm.east, position=positions.RECEPTION, actor=firm.owner
            )
        with pytest.raises(NotAllowed) as refusal:
            actions.appoint(
                person=firm.admin, unit=firm.group, position=positions.VP_MARKETING, actor=firm.admin
            )
        assert refusal.value.code == "self"

    def test_appoint_refuses_closed_accounts_and_units(self, firm: Firm) -> None:
        closed = make_department(firm.east)
        actions.deactivate_unit(unit=closed, actor=firm.admin)
        for person, unit in ((make_user(is_active=False), firm.east), (make_user(), closed)):
            with pytest.raises(WrongState):
                actions.appoint(person=person, unit=unit, position=positions.RECEPTION, actor=firm.admin)

    def test_appoint_refuses_wrong_dates_unknown_positions_and_repetition(self, firm: Firm) -> None:
        def refused(**fields: object) -> list[str]:
            asked = {"person": firm.owner, "unit": firm.east, "position": positions.RECEPTION, **fields}
            with pytest.raises(Invalid) as refusal:
                actions.appoint(**asked, actor=firm.admin)
            return list(refusal.value.fields)

        assert refused(valid_from=date(2024, 2, 2), valid_to=date(2024, 2, 1)) == ["valid_to"]
        assert refused(position="emperor") == ["position"]
        assert refused(unit=firm.department("east"), position=positions.MARKETING_MANAGER) == ["position"]

    @pytest.mark.req("ORG-08")
    def test_appoint_refuses_an_approval_role_where_no_route_would_find_it(self, firm: Firm) -> None:
        with pytest.raises(Invalid) as refusal:
            actions.appoint(
                person=make_user(),
                unit=firm.department("group", "finance"),
                position=positions.FINANCE,
                actor=firm.admin,
            )
        assert list(refusal.value.fields) == ["unit"]

    def test_appoint_again_after_the_end_reuses_the_post(self, firm: Firm) -> None:
        held = Appointment.objects.get(user=firm.owner)
        actions.end_appointment(appointment=held, actor=firm.admin)
        again = actions.appoint(
            person=firm.owner,
            unit=held.unit,
            position=held.position.code,
            valid_from=clock.today(),
            actor=firm.admin,
        )
        assert (again.pk, again.valid_from, again.valid_to) == (held.pk, clock.today(), None)

    @pytest.mark.parametrize(("first", "second"), list(permutations(sorted(positions.SEPARATED), 2)))
    @pytest.mark.parametrize("deputy", [False, True])
    def test_system_security_and_audit_administration_never_meet(
        self, firm: Firm, first: str, second: str, deputy: bool
    ) -> None:
        person = staff("双任", firm.group, first)
        principal = Appointment.objects.get(user=firm.people[second])

        with pytest.raises(Refused) as refusal:
            self.give(second, person, firm, principal=principal if deputy else None)
        assert refusal.value.code == "separation_of_duties"
        assert Appointment.objects.filter(user=person).count() == 1

    def give(self, position: str, person: User, firm: Firm, *, principal: Appointment | None) -> None:
        """Appoint the person, or make the person deputy of `principal`, by whoever is not the one to be replaced."""
        if principal:
            actions.set_deputy(
                appointment=principal, deputy=person, actor=firm.people[positions.SECURITY_ADMIN]
            )
        else:
            security = firm.people[positions.SECURITY_ADMIN]
            actions.appoint(person=person, unit=firm.east, position=position, actor=security)

    def test_separated_duties_may_follow_each_other(self, firm: Firm) -> None:
        person = make_user()
        appoint(person, firm.group, positions.SECURITY_ADMIN, valid_to=date(2024, 6, 30))
        actions.appoint(
            person=person,
            unit=firm.group,
            position=positions.AUDITOR,
            valid_from=date(2024, 7, 1),
            actor=firm.people[positions.SECURITY_ADMIN],
        )

    @pytest.mark.req("ORG-07")
    def test_a_marketing_centre_has_one_head_at_a_time(self, firm: Firm) -> None:
        centre = firm.department("group")
        with pytest.raises(Refused) as refusal:
            actions.appoint(
                person=firm.owner, unit=centre, position=positions.MARKETING_DIRECTOR, actor=firm.admin
            )
        assert refusal.value.code == "single_holder"

        head = Appointment.objects.get(user=firm.people[positions.MARKETING_DIRECTOR])
        actions.end_appointment(appointment=head, last_day=clock.today(), actor=firm.admin)
        with pytest.raises(Refused):
            actions.appoint(
                person=firm.owner, unit=centre, position=positions.MARKETING_DIRECTOR, actor=firm.admin
            )
        actions.appoint(
            person=firm.owner, unit=centre, position=positions.MARKETING_DIRECTOR,
            valid_from=clock.today() + timedelta(days=1), actor=firm.admin,
        )  # fmt: skip

    @pytest.mark.req("ORG-07")
    def test_the_head_of_a_marketing_centre_may_have_a_deputy(self, firm: Firm) -> None:
        head = Appointment.objects.get(user=firm.people[positions.MARKETING_DIRECTOR])
        assert actions.set_deputy(appointment=head, deputy=firm.owner, actor=firm.admin).is_deputy

    @pytest.mark.req("ORG-08")
    def test_set_deputy_makes_a_second_holder_after_the_first(self, firm: Firm) -> None:
        vp = Appointment.objects.get(user=firm.people[positions.VP_MARKETING])
        deputy = make_user()
        until = clock.today() + timedelta(days=7)

        actions.set_deputy(appointment=vp, deputy=deputy, valid_to=until, actor=firm.admin)

        found = holders(positions.VP_MARKETING, firm.department("east"))
        assert [(a.user, a.is_deputy) for a in found] == [(vp.user, False), (deputy, True)]
        later = actions.set_deputy(appointment=vp, deputy=deputy, valid_to=None, actor=firm.admin)
        assert later.valid_to is None
        assert last_entry().kind == "organisation.deputy_set"

    def test_set_deputy_refuses_the_holder_and_a_deputy_of_a_deputy(self, firm: Firm) -> None:
        vp = Appointment.objects.get(user=firm.people[positions.VP_MARKETING])
        with pytest.raises(Invalid):
            actions.set_deputy(appointment=vp, deputy=vp.user, actor=firm.admin)
        deputy = actions.set_deputy(appointment=vp, deputy=firm.owner, actor=firm.admin)
        with pytest.raises(WrongState):
            actions.set_deputy(appointment=deputy, deputy=firm.outsider, actor=firm.admin)

    def test_end_appointment_at_once_takes_rights_away(self, firm: Firm) -> None:
        held = Appointment.objects.get(user=firm.owner)
        actions.end_appointment(appointment=held, actor=firm.admin)

        assert not holds(User.objects.get(pk=firm.owner.pk), "organisation.view")
        with pytest.raises(WrongState):
            actions.end_appointment(appointment=held, actor=firm.admin)

    def test_end_appointment_may_be_brought_forward(self, firm: Firm) -> None:
        held = Appointment.objects.get(user=firm.owner)
        later, sooner = (clock.today() + timedelta(days=n) for n in (30, 10))
        actions.end_appointment(appointment=held, last_day=later, actor=firm.admin)
        assert actions.end_appointment(appointment=held, last_day=sooner, actor=firm.admin).valid_to == sooner

    def test_end_appointment_withdraws_one_that_has_not_begun(self, firm: Firm) -> None:
        person = make_user()
        held = appoint(person, firm.east, positions.RECEPTION, valid_from=clock.today() + timedelta(days=5))
        actions.end_appointment(appointment=held, actor=firm.admin)
        assert not person.appointments.exists()

    def test_end_appointment_keeps_the_last_system_administrator(self, firm: Firm) -> None:
        held = Appointment.objects.get(user=firm.admin)
        with pytest.raises(Refused) as refusal:
            actions.end_appointment(appointment=held, actor=firm.people[positions.SECURITY_ADMIN])
        assert refusal.value.code == "last_admin"

        staff("第二", make_unit(parent=firm.group), positions.SYSTEM_ADMIN)
        actions.end_appointment(appointment=held, actor=firm.people[positions.SECURITY_ADMIN])
