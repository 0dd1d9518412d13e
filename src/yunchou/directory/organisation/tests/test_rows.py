"""Whole rows of the catalogue, walked as people walk them: ORG-04, ORG-06 to ORG-11, and what exists of ORG-01, 03, 05."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import models
from django.test import Client
from django.utils.translation import override

from yunchou.directory.organisation import actions, defaults, positions, selectors
from yunchou.directory.organisation.models import (
    CentreReport,
    CentreSize,
    DepartmentProfile,
    FollowUp,
    Meeting,
    RiskNote,
    ServicePoint,
    Training,
    WorkType,
)
from yunchou.directory.organisation.positions import (
    AUDITOR,
    FINANCE,
    GENERAL_MANAGER,
    GROUP_SERVICE_CENTRE,
    MANAGEMENT,
    MARKETING_DIRECTOR,
    MARKETING_MANAGER,
    MARKETING_SPECIALIST,
    REGIONAL_LEADERSHIP,
    SALES_REPRESENTATIVE,
    VP_MARKETING,
)
from yunchou.directory.organisation.routes import ROUTES
from yunchou.directory.organisation.tests.factories import Firm, appoint, make_department, make_user, staff
from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import Scope, rights
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.approvals.models import RouteRow
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject

pytestmark = pytest.mark.django_db
NAMED = {
    "marketing", "sales", "product", "customer_service", "channel", "data", "design", "it", "pr",
    "administration", "finance", "research", "production", "logistics",
}  # fmt: skip
JSON = {"accept": "application/json"}


def founded() -> actions.Company:
    return actions.found_company(name="远山集团", username="root", person="褚卫东", password=None)


@pytest.mark.req("ORG-04", whole=True)
def test_every_named_department_ships_and_an_administrator_adds_renames_and_deactivates_any(
    client: Client,
) -> None:
    firm = founded()
    assert {profile.kind for profile in DepartmentProfile.objects.all()} >= NAMED
    client.force_login(firm.administrator)
    fields = {
        "name": "直播运营部",
        "kind": "department",
        "department": "other",
        "duties": "直播",
        "code": "live",
    }
    client.post(f"/organisation/units/{firm.group.code}/add/", fields)
    departments = Unit.objects.filter(kind=Unit.Kind.DEPARTMENT).order_by("-path")
    assert departments.filter(code="live").exists()
    for unit in sorted(departments, key=lambda unit: -len(unit.ancestor_ids)):
        base = f"/organisation/units/{unit.code}"
        assert client.post(f"{base}/rename/", {"name": f"新{unit.name}"}).status_code == 302
        assert client.post(f"{base}/deactivate/").status_code == 302
        unit.refresh_from_db()
        assert (unit.name[0], unit.is_active) == ("新", False)
    assert not departments.filter(is_active=True).exists()
    assert client.post("/organisation/units/live/reactivate/").status_code == 302
    client.force_login(make_user("员工"))
    assert client.post("/organisation/units/live/rename/", {"name": "x"}, headers=JSON).status_code == 403


@pytest.mark.req("ORG-05")
def test_every_department_states_duties_and_authority_to_all_staff_and_work_goes_where_it_is_routed(
    client: Client,
) -> None:
    """The table and its resolver; complaints, artwork and supplies come with the rooms in which they arise."""
    firm = founded()
    region = actions.found_region(group=firm.group, name="华东区域", code="east", actor=firm.administrator)
    profiles = list(DepartmentProfile.objects.select_related("unit"))
    assert all(profile.duties and profile.authority for profile in profiles)
    somebody = staff("员工", Unit.objects.get(code="east-sales"), SALES_REPRESENTATIVE)
    client.force_login(somebody)
    for profile in profiles:
        page = client.get(f"/organisation/units/{profile.unit.code}/").content.decode()
        assert profile.duties in page
        assert profile.authority in page
    wanted = {
        WorkType.COMPLAINT: "customer_service", WorkType.ANOMALY: "data", WorkType.ARTWORK: "design",
        WorkType.UPKEEP: "it", WorkType.SUPPLIES: "administration",
    }  # fmt: skip
    went = selectors.destinations(region)
    assert {work: to.department.department.kind for work, to in went.items() if to.department} == wanted
    assert went[WorkType.COMPLAINT].department == Unit.objects.get(code="east-customer-service")
    design = went[WorkType.ARTWORK].department
    assert design is not None
    worker = staff("设计师", design, MARKETING_SPECIALIST)
    assert selectors.desk_for(WorkType.ARTWORK, region) == [worker]
    head = staff("设计主管", design, positions.DEPT_HEAD)
    assert selectors.desk_for(WorkType.ARTWORK, region) == [head]
    assert "设计主管" in client.get("/organisation/work/").content.decode()
    changed = {**wanted, WorkType.ARTWORK: "pr"}
    assert client.post("/organisation/work/", changed).status_code == 403
    client.force_login(firm.administrator)
    client.post("/organisation/work/", changed)
    found = selectors.department_for(WorkType.ARTWORK, region)
    assert found is not None
    assert found.department.kind == "pr"


@pytest.mark.req("ORG-06", whole=True)
def test_the_named_positions_ship_each_with_a_default_set_that_its_holder_has_at_once(client: Client) -> None:
    firm = founded()
    region = actions.found_region(group=firm.group, name="华东区域", code="east", actor=firm.administrator)
    desk = Unit.objects.get(parent=region, department__kind="marketing")
    named = {
        "marketing_director", "marketing_manager", "market_researcher", "market_planner",
        "marketing_specialist", "sales_director", "sales_manager", "sales_representative",
        "customer_service_manager", "customer_service_specialist", "product_specialist",
    }  # fmt: skip
    assert {spec.code for spec in positions.JOBS} == named
    guard = staff("蒋安民", firm.group, positions.SECURITY_ADMIN)
    client.force_login(guard)
    for code in sorted(named):
        declared = {right.key for right in rights if right.positions.get(code, Scope.NONE) != Scope.NONE}
        given = {grant.right for grant in Grant.objects.given().filter(position__code=code)}
        assert declared == given
        # More than looking at the organisation: every job takes part in campaigns.
        assert {"organisation.view", "campaigns.view"} <= given
        assert len(given) > 10
        person = actions.add_person(
            username=code, name=code, password=None, unit=desk, position=code, actor=firm.administrator
        )
        assert all(
            holds(person, right, desk) for right in given if rights[right].positions[code] != Scope.SELF
        )
        assert client.get(f"/organisation/rights/{code}/").status_code == 200
        page = client.get(f"/organisation/people/{person.pk}/rights/").content.decode()
        assert str(rights["campaigns.view"].label) in page


@pytest.mark.req("ORG-07", whole=True)
def test_one_head_sees_every_department_assesses_decisions_and_reports_period_by_period(
    client: Client, firm: Firm
) -> None:
    director, boss = firm.people[MARKETING_DIRECTOR], firm.people[GENERAL_MANAGER]
    make_department(firm.group, "marketing_centre", "营销中心")
    with pytest.raises(Refused):
        actions.appoint(person=firm.owner, unit=firm.group, position=MARKETING_DIRECTOR, actor=firm.admin)
    head = selectors.head_of_centre(firm.group)
    assert head is not None
    assert head.user == director
    Unit.objects.filter(parent=firm.group, kind="department").exclude(
        department__kind="marketing_centre"
    ).update(parent=Unit.objects.get(department__kind="marketing_centre"))
    client.force_login(director)
    base = "/organisation/centre/group"
    page = client.get(f"{base}/").content.decode()
    for words in (
        "数据分析部",
        "华东区域 · 市场部",
        "华南区域 · 客户服务部",
        "活动 / 执行中",
        "未结",
        "按时完成率",
    ):
        assert words in page, words  # every department, the regions' too: progress, and what was done in time
    risk = {"decision": "提前上市", "level": "high", "decided_on": "2024-08-01", "assessment": "供货不足"}
    client.post(f"{base}/risk/", risk)
    assert (RiskNote.objects.get().written_by, RiskNote.objects.get().level) == (director, "high")

    assert actions.owe_centre_reports(day=date(2024, 8, 2)) == 0
    assert [actions.owe_centre_reports(day=date(2024, 8, 1)) for _twice in range(2)] == [1, 1]
    with clock.at(clock.moment(date(2024, 8, 3), 10)):
        duty = Duty.objects.open().get(kind="organisation.centre_report")
        assert (duty.owner, clock.local(duty.due_at).date()) == (director, date(2024, 8, 7))
        assert "2024-07" in client.get(duty.address).content.decode()
        form = client.get(f"{base}/report/?{duty.address.partition('?')[2]}").content.decode()
        assert 'value="2024-07-31"' in form
        early = {"title": "上旬", "text": "x", "start_on": "2024-07-01", "end_on": "2024-07-10"}
        client.post(f"{base}/report/", early)
        assert Duty.objects.open().filter(pk=duty.pk).exists()
        client.post(f"{base}/report/", early | {"title": "7 月报告", "end_on": "2024-07-31"})
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
    assert actions.owe_centre_reports(day=date(2024, 8, 1)) == 0
    for reader in (boss, firm.people[MANAGEMENT]):
        assert Notification.objects.filter(user=reader, kind="organisation.report").count() == 2
        client.force_login(reader)
        assert client.get(CentreReport.objects.first().get_absolute_url()).status_code == 200  # type: ignore[union-attr]

    client.force_login(boss)
    assert client.post(f"{base}/rhythm/", {"every": "quarter", "working_days": 30}).status_code == 422
    client.post(f"{base}/rhythm/", {"every": "quarter", "working_days": 10})
    assert [actions.owe_centre_reports(day=date(2024, month, 1)) for month in (9, 10)] == [0, 1]
    quarter = Duty.objects.open().get(kind="organisation.centre_report")
    assert "2024-07-01:2024-09-30" in quarter.key
    client.force_login(firm.outsider)
    assert client.post(f"{base}/rhythm/", {}, headers=JSON).status_code in {403, 404}


@pytest.mark.req("ORG-08", whole=True)
def test_approval_roles_are_held_by_persons_with_deputies_and_dates_and_routes_name_roles_only(
    client: Client, firm: Firm
) -> None:
    places = {
        REGIONAL_LEADERSHIP: firm.south, GROUP_SERVICE_CENTRE: firm.group, VP_MARKETING: firm.group,
        GENERAL_MANAGER: firm.group, MANAGEMENT: firm.group, FINANCE: firm.east,
    }  # fmt: skip
    today = clock.today()
    last, first = today + timedelta(days=60), today + timedelta(days=10)
    client.force_login(firm.admin)
    for role, place in places.items():
        holder, deputy = make_user(f"任{role}"), make_user(f"代{role}")
        dates = {"valid_from": today.isoformat(), "valid_to": last.isoformat()}
        answer = client.post(
            f"/organisation/units/{place.code}/roles/{role}/", {"person": holder.pk, **dates}
        )
        assert answer.status_code == 302, role
        held = Appointment.objects.get(user=holder)
        dates = {"valid_from": first.isoformat(), "valid_to": last.isoformat()}
        client.post(f"/organisation/appointments/{held.pk}/deputy/", {"deputy": deputy.pk, **dates})
        for day, people in ((today, {holder}), (first, {holder, deputy}), (last + timedelta(days=1), set())):
            on = {user for user in _deciding(role, place, day) if user in {holder, deputy}}
            assert on == people, (role, day)
        page = client.get(f"/organisation/roles/?unit={place.code}").content.decode()
        assert holder.name in page
        assert last.isoformat() in page
    with pytest.raises(Invalid):
        actions.appoint(person=firm.owner, unit=firm.department(), position=VP_MARKETING, actor=firm.admin)
    # Neither the shipped rows nor those a company adds have a place for a person.
    assert {step.position for rows in ROUTES.values() for row in rows for step in row.steps} <= set(
        positions.ALL_CODES
    )
    assert not [field.name for field in RouteRow._meta.get_fields() if field.related_model is User]


def _deciding(role: str, place: Unit, day: date) -> set[User]:
    with clock.at(clock.moment(day, 10)):
        return {held.user for held in holders(role, place)}


@pytest.mark.req("ORG-09", whole=True)
def test_the_staffing_standard_from_preset_to_a_change_with_its_reason(client: Client, firm: Firm) -> None:
    boss = firm.people[GENERAL_MANAGER]
    preset = {MARKETING_MANAGER: 1, MARKETING_SPECIALIST: 2, SALES_REPRESENTATIVE: 3}
    assert dict(defaults.SMALL_CENTRE) == selectors.standard_on(CentreSize.SMALL) == preset
    client.force_login(boss)
    client.post("/organisation/staffing/centre/", {"unit": firm.east.pk, "size": "small"})

    def lines() -> list[tuple[int, int, int]]:
        [east] = selectors.staff_of_centres()
        return [(line.standard, line.actual, line.gap) for line in east.lines]

    assert lines() == [(1, 1, 0), (2, 1, 1), (3, 0, 3)]
    staff("代表", firm.department("east", "sales"), SALES_REPRESENTATIVE)
    assert lines()[2] == (3, 1, 2)
    today = clock.today()
    change = {"marketing_manager": 1, "marketing_specialist": 2, "sales_representative": 5}
    day = {"valid_from": (today + timedelta(days=9)).isoformat()}
    assert client.post("/organisation/staffing/small/change/", change | day).status_code == 422  # no reason
    client.post("/organisation/staffing/small/change/", change | day | {"reason": "新开门店"})
    assert lines()[2] == (3, 1, 2)
    with clock.at(clock.moment(today + timedelta(days=9), 10)):
        assert lines()[2] == (5, 1, 4)
        page = client.get("/organisation/staffing/").content.decode()
    kept = selectors.staffing_history("small").filter(position__code=SALES_REPRESENTATIVE)
    assert [(rule.people, rule.reason, rule.decided_by) for rule in kept] == [
        (5, "新开门店", boss),
        (3, defaults.SMALL_CENTRE_REASON, None),
    ]
    assert all(words in page for words in ("新开门店", "华东区域", boss.name, day["valid_from"]))


@pytest.mark.req("ORG-10", whole=True)
def test_criteria_candidates_and_both_kinds_of_trainings_with_a_result_for_each_person(
    client: Client, firm: Firm
) -> None:
    client.force_login(firm.approver)
    sought = {"unit": firm.department("east", "sales").pk, "position": SALES_REPRESENTATIVE, "people": 2}
    assert client.post("/organisation/recruitment/add/", sought | {"criteria": " "}).status_code == 422
    opening = client.post("/organisation/recruitment/add/", sought | {"criteria": "两年以上销售经验"})[
        "Location"
    ]
    for name, source in (("应聘者甲", "内部推荐"), ("应聘者乙", "招聘会")):
        client.post(f"{opening}candidates/", {"name": name, "phone": "13900000000", "source": source})
    page = client.get(opening).content.decode()
    assert all(words in page for words in ("两年以上销售经验", "应聘者甲", "应聘者乙", "招聘会"))
    people = [firm.owner, firm.colleague]
    for kind, trainer, shown in (("internal", "赵立群", "内部"), ("expert", "刘教授", "外")):
        about = {
            "title": f"培训 {kind}",
            "kind": kind,
            "trainer": trainer,
            "held_on": clock.today().isoformat(),
        }
        fields = about | {
            "unit": firm.department().pk,
            "people": [person.pk for person in people],
            "hours": "2",
        }
        client.post("/organisation/trainings/add/", fields)
        kept = Training.objects.get(kind=kind)
        assert shown in client.get("/organisation/trainings/").content.decode()
        ours = {trainee.user: trainee.pk for trainee in kept.trainees.all()}
        results = {}
        for person, result, score in ((firm.owner, "passed", "92"), (firm.colleague, "failed", "41")):
            pk = ours[person]
            results |= {f"result_{pk}": result, f"score_{pk}": score, f"note_{pk}": f"评语{score}"}
        client.post(f"/organisation/trainings/{kept.pk}/", results)
        assert {t.user: (t.result, t.note) for t in kept.trainees.all()} == {
            firm.owner: ("passed", "评语92"),
            firm.colleague: ("failed", "评语41"),
        }
        page = client.get(f"/organisation/trainings/{kept.pk}/").content.decode()
        assert all(words in page for words in (trainer, "张晨", "李明朗", "评语41"))
    for person, word in ((firm.owner, "合格"), (firm.colleague, "不合格")):
        client.force_login(person)
        page = client.get(f"/organisation/people/{person.pk}/").content.decode()
        assert page.count(word) >= 2
        assert "培训 expert" in page


@pytest.mark.req("ORG-11", whole=True)
def test_a_department_meets_again_and_again_and_what_is_open_comes_back(client: Client, firm: Firm) -> None:
    head, today = firm.people["dept_head"], clock.today()
    client.force_login(head)
    called = {"name": "周会", "unit": firm.department().pk, "rhythm": "weekly", "chair": head.pk}
    called |= {"first_on": today.isoformat(), "starts_at": "09:00", "people": [firm.owner.pk]}
    series = client.post("/organisation/meetings/add/", called)["Location"]
    first = Meeting.objects.get()
    base = f"/organisation/meetings/held/{first.pk}"
    client.post(f"{base}/minutes/", {"minutes": "讨论秋季活动", "present": [firm.owner.pk]})
    for text in ("订场地", "核对名单"):
        due = (today + timedelta(days=3)).isoformat()
        client.post(f"{base}/follow-up/", {"text": text, "owner": firm.owner.pk, "due_on": due})
    done, left = FollowUp.objects.order_by("pk")
    client.force_login(firm.owner)
    client.post(f"/organisation/follow-ups/{done.pk}/close/", {"outcome": "已订"})
    client.force_login(head)
    numbers = [first.number]
    for _week in range(2):  # the open item stands on each later agenda, the closed one on none
        coming = Meeting.objects.get(is_held=False)
        numbers.append(coming.number)
        page = client.get(coming.get_absolute_url()).content.decode()
        assert "核对名单" in page
        assert "订场地" not in page
        with clock.at(clock.moment(coming.held_on, 10)):
            client.force_login(head)
            client.post(
                f"/organisation/meetings/held/{coming.pk}/minutes/", {"minutes": f"第 {coming.number} 次"}
            )
    assert numbers == [1, 2, 3]
    last = Meeting.objects.get(is_held=False)
    assert last.held_on > today + timedelta(days=14)
    client.force_login(firm.owner)
    client.post(f"/organisation/follow-ups/{left.pk}/close/", {"outcome": "已核对"})
    assert "核对名单" not in client.get(last.get_absolute_url()).content.decode()
    assert "讨论秋季活动" in client.get(first.get_absolute_url()).content.decode()
    assert "核对名单" not in client.get(series).content.decode()


@pytest.mark.req("ORG-01")
def test_what_exists_belongs_to_one_node_and_who_belongs_to_none_is_found(client: Client, firm: Firm) -> None:
    """Plans and campaigns with their budgets hang on a subject; customers come with their own room."""
    place = Subject._meta.get_field("unit")
    assert isinstance(place, models.ForeignKey)
    assert not place.null
    levels = {kind: above for kind, above in actions_parents().items() if kind != "department"}
    assert levels == {"region": {"group"}, "project": {"group", "region"}}
    client.force_login(firm.admin)
    address = "/organisation/units/east/?without=1"
    assert firm.nobody.name in client.get(address).content.decode()
    appoint(firm.nobody, firm.department(), MARKETING_SPECIALIST)
    assert firm.nobody.name not in client.get(address).content.decode()
    stranger = make_user("未任职")
    client.force_login(firm.owner)
    assert stranger.name not in client.get(address).content.decode()


def actions_parents() -> dict[str, set[str]]:
    """What may hang on what, as plain words."""
    from yunchou.directory.organisation.actions.units import PARENTS

    return {str(kind): {str(above) for above in parents} for kind, parents in PARENTS.items()}


@pytest.mark.req("ORG-03")
def test_a_regional_club_keeps_the_register_of_its_own_region_only(client: Client, firm: Firm) -> None:
    club, other = (make_department(unit, "customer_club", "客户会") for unit in (firm.east, firm.south))
    central = make_department(firm.group, "customer_club", "集团客户会")
    keeper = staff("客户会专员", club, MARKETING_SPECIALIST)
    client.force_login(keeper)
    fields = {
        "unit": club.pk, "community": "滨江花园", "name": "一号服务台", "kind": "desk", "phone": "021-5555000",
        "address": "滨江路 1 号", "services": "报名", "opened_on": "2024-08-01", "keeper": keeper.pk,
    }  # fmt: skip
    base = "/organisation/service-network/"
    assert client.post(f"{base}add/", fields | {"address": " "}).status_code == 422
    assert client.post(f"{base}add/", fields | {"unit": other.pk}).status_code == 422
    assert client.post(f"{base}add/", fields).status_code == 302
    assert client.post(f"{base}add/", fields).status_code == 422  # the same again
    point = ServicePoint.objects.get()
    client.post(f"{base}{point.pk}/change/", fields | {"services": "报名、意见登记"})
    point.refresh_from_db()
    assert (point.services, point.opened_on) == ("报名、意见登记", date(2024, 8, 1))
    for words, sees in (("滨江", True), ("华东", True), ("别处", False)):
        assert ("一号服务台" in client.get(base, {"q": words}).content.decode()) is sees

    new = {"community": "x", "name": "x", "kind": "desk", "address": "x"}
    for unit, actor in ((other, keeper), (club, firm.outsider), (firm.east, firm.colleague)):
        with pytest.raises(NotAllowed):
            actions.register_point(unit=unit, actor=actor, **new)
    for unit in (firm.department(), central):
        boss = staff("x", unit, MARKETING_MANAGER)
        with pytest.raises(Invalid):
            actions.register_point(unit=unit, actor=boss, **new)
    for reader, sees in ((firm.outsider, False), (firm.people[AUDITOR], True), (firm.owner, True)):
        client.force_login(reader)
        assert ("一号服务台" in client.get(base).content.decode()) is sees
        status = client.post(f"{base}{point.pk}/close/", headers=JSON).status_code
        assert status == {False: 404, True: 403 if reader != firm.owner else 302}[sees]
    with pytest.raises(WrongState):
        actions.close_point(point=point, actor=keeper)
    client.force_login(keeper)
    client.post(f"{base}{point.pk}/reopen/")
    with override("en"):
        told = [
            entry.sentence for entry in JournalEntry.objects.filter(kind__startswith="organisation.point")
        ]
    assert [sentence.split()[0] for sentence in told] == ["registered", "changed", "closed", "opened"]
