"""Staffing, approval roles, and the head of a marketing centre."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from yunchou.directory.organisation import actions, selectors
from yunchou.directory.organisation.models import CentreReport, CentreSize, RiskNote, StaffingRule
from yunchou.directory.organisation.positions import (
    FINANCE,
    MARKETING_DIRECTOR,
    MARKETING_MANAGER,
    MARKETING_SPECIALIST,
    SALES_REPRESENTATIVE,
    VP_MARKETING,
)
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused
from yunchou.kernel.identity.models import Appointment
from yunchou.kernel.notify.models import Notification

from .factories import Firm, appoint, make_user, staff

pytestmark = pytest.mark.django_db


@pytest.mark.req("ORG-09")
class TestStandard:
    def test_a_small_centre_is_preset_as_the_regulations_say(self, firm: Firm) -> None:
        assert selectors.standard_on(CentreSize.SMALL) == {
            MARKETING_MANAGER: 1,
            MARKETING_SPECIALIST: 2,
            SALES_REPRESENTATIVE: 3,
        }

    def test_standard_actual_and_gap_of_a_region_and_of_a_centre_in_the_group(self, firm: Firm) -> None:
        boss = firm.people["general_manager"]
        actions.set_centre(unit=firm.east, size=CentreSize.SMALL, actor=boss)
        actions.set_centre(unit=firm.group, size=CentreSize.SMALL, actor=boss)
        staff("代表", firm.department("east", "sales"), SALES_REPRESENTATIVE)
        appoint(make_user(), firm.department("east"), MARKETING_SPECIALIST, is_deputy=True)
        appoint(firm.owner, firm.department("east", "sales"), MARKETING_MANAGER)  # counts once
        group, east = selectors.staff_of_centres()
        assert [(x.position.code, x.standard, x.actual, x.gap) for x in east.lines] == [
            (MARKETING_MANAGER, 1, 1, 0),
            (MARKETING_SPECIALIST, 2, 1, 1),
            (SALES_REPRESENTATIVE, 3, 1, 2),
        ]
        assert [line.actual for line in group.lines] == [0, 0, 0]  # people of regions are not the group's
        actions.set_centre(unit=firm.group, size="", actor=boss)
        assert [each.centre.unit for each in selectors.staff_of_centres()] == [firm.east]

    def test_a_change_keeps_day_and_reason_and_the_day_before_its_own_standard(self, firm: Firm) -> None:
        director = firm.people[MARKETING_DIRECTOR]
        day = clock.today() + timedelta(days=10)
        made = actions.change_standard(
            size=CentreSize.SMALL,
            people={MARKETING_MANAGER: 1, SALES_REPRESENTATIVE: 5},
            valid_from=day,
            reason="新开门店",
            actor=director,
        )
        assert [(rule.position.code, rule.people, rule.reason) for rule in made] == [
            (SALES_REPRESENTATIVE, 5, "新开门店")
        ]
        assert selectors.standard_on(CentreSize.SMALL)[SALES_REPRESENTATIVE] == 3
        assert selectors.standard_on(CentreSize.SMALL, day)[SALES_REPRESENTATIVE] == 5
        assert [
            r.people for r in selectors.staffing_history().filter(position__code=SALES_REPRESENTATIVE)
        ] == [5, 3]

    def test_bad_changes_name_the_field_and_write_nothing(self, firm: Firm) -> None:
        director, before = firm.people[MARKETING_DIRECTOR], StaffingRule.objects.count()
        early = clock.today() - timedelta(days=1)
        for fields, field in (
            ({"reason": " "}, "reason"),
            ({"valid_from": early}, "valid_from"),
            ({"people": {"nobody": 1}}, "position"),
            ({"people": {MARKETING_MANAGER: -1}}, MARKETING_MANAGER),
            ({"size": "huge"}, "size"),
        ):
            values = {"size": CentreSize.SMALL, "people": {MARKETING_MANAGER: 2}, "reason": "x", **fields}
            with pytest.raises(Invalid) as refusal:
                actions.change_standard(actor=director, **values)  # type: ignore[arg-type]
            assert field in refusal.value.fields
        with pytest.raises(NotAllowed):
            actions.change_standard(size="small", people={}, reason="x", actor=firm.owner)
        assert StaffingRule.objects.count() == before

    def test_the_page_shows_gaps_and_is_changed_by_leaders_only(self, client: Client, firm: Firm) -> None:
        actions.set_centre(unit=firm.east, size="small", actor=firm.people["general_manager"])
        client.force_login(firm.owner)
        page = client.get("/organisation/staffing/").content.decode()
        assert "华东区域" in page
        assert "制度规定：002 2.3(2)" in page
        assert client.get("/organisation/staffing/small/change/").status_code == 403
        client.force_login(firm.people[MARKETING_DIRECTOR])
        fields = {"marketing_manager": 2, "valid_from": clock.today().isoformat(), "reason": ""}
        assert client.post("/organisation/staffing/small/change/", fields).status_code == 422
        client.post("/organisation/staffing/small/change/", fields | {"reason": "扩编"})
        assert selectors.standard_on("small")[MARKETING_MANAGER] == 2
        assert client.get("/organisation/staffing/nothing/change/").status_code == 404


@pytest.mark.req("ORG-08")
class TestRoles:
    def test_a_role_is_found_here_or_above_with_deputy_and_dates(self, firm: Firm) -> None:
        end = clock.today() + timedelta(days=20)
        Appointment.objects.filter(position__code=VP_MARKETING).update(valid_to=end)
        deputy = make_user("替补")
        appoint(deputy, firm.group, VP_MARKETING, is_deputy=True, valid_to=end)
        Appointment.objects.filter(position__code=FINANCE).update(valid_to=clock.today() - timedelta(days=1))
        successor = make_user("下任财务")
        appoint(successor, firm.east, FINANCE, valid_from=end)
        rows = {row.position.code: row for row in selectors.roles_of(firm.east)}

        vp = rows[VP_MARKETING]
        assert (vp.inherited_from, vp.holders[0].user, vp.deputies[0].user) == (
            firm.group,
            firm.people[VP_MARKETING],
            deputy,
        )
        assert vp.ends_soon
        assert rows[FINANCE].is_vacant
        assert [held.user for held in rows[FINANCE].later] == [successor]
        assert rows["regional_leadership"].inherited_from is None

    def test_the_page_appoints_and_shows_what_is_vacant(self, client: Client, firm: Firm) -> None:
        client.force_login(firm.outsider)
        page = client.get("/organisation/roles/?unit=central").content.decode()
        assert "空缺" in page
        address = "/organisation/units/central/roles/regional_leadership/"
        assert client.get(address).status_code == 403
        client.force_login(firm.admin)
        dates = {"valid_from": "2030-02-01", "valid_to": "2030-01-01"}
        answer = client.post(address, {"person": firm.owner.pk, **dates}, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert not Appointment.objects.filter(unit=firm.central).exists()
        client.post(address, {"person": firm.owner.pk})
        assert firm.owner.name in client.get("/organisation/roles/?unit=central").content.decode()
        assert client.get("/organisation/units/central/roles/marketing_manager/").status_code == 404
        assert client.get("/organisation/roles/?unit=nowhere").status_code == 404


@pytest.mark.req("ORG-07")
class TestHead:
    def test_exactly_one_head_and_the_manager_acts_without_a_director(self, firm: Firm) -> None:
        director = firm.people[MARKETING_DIRECTOR]
        head = selectors.head_of_centre(firm.group)
        assert head is not None
        assert (head.user, head.is_acting) == (director, False)

        manager = staff("集团经理", firm.department("group"), MARKETING_MANAGER)
        staff("第二经理", firm.department("group"), MARKETING_MANAGER)
        held = Appointment.objects.get(user=director)
        actions.end_appointment(appointment=held, actor=firm.admin)
        head = selectors.head_of_centre(firm.group)
        assert head is not None
        assert (head.user, head.is_acting) == (manager, True)

        region = selectors.head_of_centre(firm.east)
        assert region is not None
        assert (region.user, region.is_acting) == (firm.owner, True)
        assert selectors.head_of_centre(firm.central) is None

    def test_a_second_director_in_the_same_company_is_refused_in_any_department(self, firm: Firm) -> None:
        with pytest.raises(Refused) as refusal:
            actions.appoint(
                person=firm.owner,
                unit=firm.department("group", "design"),
                position=MARKETING_DIRECTOR,
                actor=firm.admin,
            )
        assert refusal.value.code == "single_holder"
        actions.appoint(
            person=firm.owner, unit=firm.department("east"), position=MARKETING_DIRECTOR, actor=firm.admin
        )

    def test_the_head_assesses_decisions_and_reports_to_top_management(
        self, client: Client, firm: Firm
    ) -> None:
        director = firm.people[MARKETING_DIRECTOR]
        client.force_login(director)
        base = "/organisation/centre/group"
        page = client.get(f"{base}/").content.decode()
        assert "市场部" in page
        assert director.name in page
        risk = {"decision": "提前上市", "level": "high", "decided_on": clock.today().isoformat()}
        refused = client.post(f"{base}/risk/", risk, headers={"HX-Request": "true"})
        assert refused.status_code == 422
        client.post(f"{base}/risk/", risk | {"assessment": "供货不足", "measures": "备用供应商"})
        assert RiskNote.objects.get().written_by == director
        period = {"start_on": "2024-07-31", "end_on": "2024-07-01"}
        report = {"title": "7 月报告", "text": "进展顺利", **period}
        assert client.post(f"{base}/report/", report, headers={"HX-Request": "true"}).status_code == 422
        client.post(f"{base}/report/", report | {"start_on": "2024-07-01", "end_on": "2024-07-31"})
        kept = CentreReport.objects.get()
        assert kept.figures[0]["figures"]
        boss = firm.people["general_manager"]
        assert Notification.objects.filter(user=boss, kind="organisation.report").count() == 1
        client.force_login(boss)
        assert "进展顺利" in client.get(kept.get_absolute_url()).content.decode()
        client.force_login(firm.colleague)
        assert [client.get(url).status_code for url in (f"{base}/", kept.get_absolute_url())] == [404, 404]

    def test_only_the_head_writes(self, firm: Firm) -> None:
        boss = firm.people["general_manager"]
        with pytest.raises(NotAllowed):
            actions.note_risk(company=firm.group, decision="x", level="low", assessment="x", actor=boss)
        with pytest.raises(NotAllowed):
            actions.issue_report(
                company=firm.group,
                title="x",
                start_on=date(2024, 7, 1),
                end_on=date(2024, 7, 31),
                text="x",
                actor=boss,
            )
