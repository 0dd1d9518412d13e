"""Whole rows of the catalogue on what plans consist of and how they hang together (PLN-01 … PLN-14)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yunchou.directory.organisation.tests.factories import Firm, make_unit
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import DOCUMENTS, Kind, Part, Research
from yunchou.lifecycle.planning.models import (
    Goal,
    Item,
    PartText,
    Plan,
    ProjectLine,
    Promotion,
    RuleKind,
    Status,
    StrategicGoal,
)
from yunchou.lifecycle.planning.occasions.actions import keep_occasion
from yunchou.lifecycle.planning.occasions.feed import token_of, user_of
from yunchou.lifecycle.planning.occasions.rules import Rule
from yunchou.lifecycle.planning.selectors import facts_of, findings_of, project_lines, quarters_told
from yunchou.lifecycle.planning.tables import ProjectRow, ShareRow

from .factories import YEAR, again, decide, fill, goal_row, item_row, make_plan, make_ready, save_rows, send


def refusal(plan: Plan) -> str:
    """Every reason for which the plan is not sent."""
    with pytest.raises(RuleRefused) as refused:
        send(plan)
    return " ".join(str(verdict.reason) for verdict in refused.value.verdicts)


def emptied(plan: Plan, part: str) -> None:
    PartText.objects.filter(subject=plan.subject, part=part).update(text=" ")


def filled(plan: Plan) -> None:
    PartText.objects.filter(subject=plan.subject).update(text="已写明。")


@pytest.mark.req("PLN-01", whole=True)
@pytest.mark.rule("R-APR-01")
def test_every_year_end_the_group_plans_with_six_mandatory_parts(firm: Firm) -> None:
    with clock.at("2024-11-01T00:10"):
        actions.owe_plans()
    duty = Duty.objects.get(key=f"planning.deadline:group:{firm.group.pk}:{YEAR}")
    assert (duty.rule, clock.local(duty.due_at).date()) == ("R-PLN-01", date(YEAR - 1, 12, 31))
    plan = make_ready(firm, Kind.GROUP)
    parts = [spec.part for spec in DOCUMENTS[Kind.GROUP].parts]
    assert parts == [
        Part.RECRUITMENT, Part.MEMBERS, Part.THEME, Part.MERCHANTS, Part.ONLINE, Part.COST,
    ]  # fmt: skip
    for part in parts:
        emptied(plan, part)
        told = refusal(plan)
        assert "2 mandatory entries are empty" in told, part
        filled(plan)
    Item.objects.filter(subject=plan.subject).delete()  # a theme without its schedule of activities
    Plan.objects.filter(pk=plan.pk).update(budget=None)  # a cost budget without an amount
    told = refusal(plan)
    assert "at least one item" in told
    assert "an amount for the whole plan" in told
    fill(plan, firm)
    Plan.objects.filter(pk=plan.pk).update(budget=Decimal(100_000))
    send(plan)
    assert decide(plan) == ["group_service_centre", "vp_marketing"]
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE


@pytest.mark.req("PLN-02", whole=True)
@pytest.mark.rule("R-APR-02")
def test_a_regional_plan_is_linked_to_group_sales_plans_and_progress(firm: Firm, client: Client) -> None:
    for name in ("云谷", "江湾里"):
        make_unit(name, parent=firm.east, kind=Unit.Kind.PROJECT, code=f"east-{len(name)}")
    draft = make_plan(firm, Kind.GROUP)
    plan = fill(make_plan(firm), firm)
    told = refusal(plan)
    assert "Link the plan to the one above it." in told
    assert "a line for each project of the region" in told
    assert facts_of(plan.subject).silent_projects == ("江湾里",)
    actions.link_plan(plan=plan, parent=draft, actor=firm.owner)  # a draft of the group will do
    rows = [
        ProjectRow(project="云谷", sales_plan="云谷销售总体方案 V2", progress="主体封顶"),
        ProjectRow(project="江湾里", sales_plan="江湾里方案", progress=""),
    ]
    save_rows(plan, "plan_projects", rows, actor=firm.owner)
    assert facts_of(plan.subject).silent_projects == ("江湾里",)
    line = ProjectLine.objects.get(subject=plan.subject, project="江湾里")
    ProjectLine.objects.filter(pk=line.pk).update(progress="已入住")
    client.force_login(firm.owner)
    address = f"/plans/{plan.pk}/projects/{line.pk}/sales-plan/"
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 422
    for name in ("旧方案.txt", "销售总体方案.txt"):
        assert client.post(address, {"upload": SimpleUploadedFile(name, b"plan")}).status_code == 302
    [_first, second] = project_lines(again(plan))
    assert second.sales_plan is not None
    assert second.sales_plan.name == "销售总体方案.txt"  # the newer one took the place
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    for words in ("销售总体方案.txt", "已入住", "主体封顶", draft.name):
        assert words in page
    send(plan)
    assert decide(plan) == ["regional_leadership", "group_service_centre"]
    with pytest.raises(WrongState):
        actions.attach_sales_plan(line=line, upload=SimpleUploadedFile("x.txt", b"x"), actor=firm.owner)
    actions.break_down(plan=again(plan), actor=firm.owner)
    below = {one.line.project: one.plan for one in project_lines(again(plan))}
    assert all(below.values())
    assert "project plan" in client.get(f"/plans/{plan.pk}/").content.decode()


@pytest.mark.req("PLN-04", whole=True)
def test_at_the_start_of_the_year_a_targeted_plan_tells_each_quarter(firm: Firm, client: Client) -> None:
    with clock.at("2025-01-02T00:10"):
        actions.owe_plans()
    duty = Duty.objects.get(key=f"planning.deadline:targeted:{firm.group.pk}:{YEAR}")
    assert (duty.rule, clock.local(duty.due_at).date()) == ("R-PLN-02", date(YEAR, 1, 31))
    club = firm.people["group_customer_club"]
    plan = make_ready(firm, Kind.TARGETED, unit=firm.group, owner=club, actor=club)
    emptied(plan, Part.AUDIENCES)
    assert "Who is addressed" in refusal(plan)
    filled(plan)
    for lack in ({"kind": ""}, {"goal": ""}, {"budget": None}):
        rows = [item_row(firm, str(n), n * 3 - 1, **(lack if n == 3 else {})) for n in range(1, 5)]
        save_rows(plan, "plan_items", rows, actor=club)
        assert [one.is_whole for one in quarters_told(facts_of(plan.subject))] == [True, True, False, True]
        assert "each of the four quarters" in refusal(plan)
    client.force_login(club)
    assert "type, goal or budget missing" in client.get(f"/plans/{plan.pk}/").content.decode()
    save_rows(plan, "plan_items", [item_row(firm, str(n), n * 3 - 1) for n in range(1, 5)], actor=club)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "type, goal or budget missing" not in page
    for words in ("By quarter", "Q4", "客户活动", "到访 500 组", "25,000"):
        assert words in page
    send(plan)
    decide(plan)
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE


@pytest.mark.req("PLN-05", whole=True)
@pytest.mark.req("PLN-06", whole=True)
@pytest.mark.rule("R-APR-11", whole=True)
def test_a_marketing_plan_with_a_part_or_a_study_missing_is_not_sent(firm: Firm) -> None:
    plan = make_ready(firm, Kind.MARKETING, unit=firm.department())
    named = {
        Part.ANALYSIS: 3, Part.GOALS: 1, Part.STRATEGY: 4, Part.TIMING: 1, Part.ALLOCATION: 1, Part.RESOURCES: 2,
        Part.TASKS: 1, Part.RISKS: 2,
    }  # fmt: skip
    studies = {}
    for study in Research:
        assert str(study.label) in refusal(plan)
        upload = SimpleUploadedFile(f"{study}.txt", b"study")
        studies[study] = actions.attach_research(plan=plan, study=study, upload=upload, actor=firm.owner)
    for part, count in named.items():
        emptied(plan, part)
        assert f"{count} mandatory entries are empty" in refusal(plan), part
        filled(plan)
    goals = list(Goal.objects.filter(subject=plan.subject))
    Goal.objects.filter(subject=plan.subject).delete()
    assert "at least one goal" in refusal(plan)
    Goal.objects.bulk_create(goals)
    for study, attached in studies.items():
        actions.remove_research(attachment=attached, actor=firm.owner)
        assert str(study.label) in refusal(plan)
        upload = SimpleUploadedFile(f"{study}.txt", b"again")
        actions.attach_research(plan=plan, study=study, upload=upload, actor=firm.owner)
    assert again(plan).status == Status.DRAFT
    send(plan)
    assert decide(plan) == ["dept_head", "finance", "management"]


@pytest.mark.req("PLN-07", whole=True)
@pytest.mark.req("PLN-08", whole=True)
def test_goals_exist_for_every_period_go_to_people_and_serve_the_strategy(firm: Firm, client: Client) -> None:
    def told(rule: str) -> list[str]:
        found = [judged.verdict for judged in findings_of(plan.subject)]
        return [str(one.reason) for one in found if one.rule_id == rule and not one.passed]

    plan = make_plan(firm, Kind.MARKETING)
    save_rows(plan, "plan_goals", [goal_row(firm, dimension="销售")], actor=firm.owner)
    assert told("K-PLN-08") == ["No goal for market share in 2025.", "No goal for brand awareness in 2025."]
    client.force_login(firm.owner)
    for count in (2, 0):
        answer = client.post(f"/plans/{plan.pk}/goals/usual/", follow=True)
        assert answer.status_code == 200
        assert Goal.objects.filter(subject=plan.subject).count() == 3, count
    assert len(told("K-PLN-08")) == 2  # laid down, but without values
    share = Goal.objects.get(subject=plan.subject, dimension="市场份额")
    assert (share.is_additive, share.unit, share.confirmed) == (False, "%", [])  # nobody has confirmed it yet
    Goal.objects.filter(subject=plan.subject).exclude(dimension="销售").update(
        year_value=12, q1=12, q2=10, q3=11, q4=12
    )
    assert told("K-PLN-08") == []
    gaps = told("K-PLN-09")
    assert len(gaps) == 3
    assert "January, February" in gaps[0]
    # Additive measures add up; those that do not are left alone.
    Goal.objects.filter(subject=plan.subject, dimension="销售").update(m1=100, m2=100, m3=90)
    assert told("R-PLN-04") == ["销售额, Q1: stated 300万元, its parts add up to 290万元 (−10)."]
    # Sales go on to teams and the people in them, and have to add up there too.
    assert told("K-PLN-10") == ["The goal “销售额” is not broken down to teams."]
    person = Person(firm.colleague.name, firm.colleague.pk)
    team = ShareRow(metric="销售额", team="一组", value=Decimal(1200))
    save_rows(plan, "plan_shares", [team], actor=firm.owner)
    assert told("K-PLN-10") == ["The goal “销售额” is not broken down to the people in them."]
    one = ShareRow(metric="销售额", team="一组", owner=person, value=Decimal(900))
    save_rows(plan, "plan_shares", [team, one], actor=firm.owner)
    assert told("K-PLN-10") == []
    assert told("K-PLN-01") == ["销售额 一组: 1,200 is to be reached, the shares add up to 900."]
    page = client.get(f"/plans/{plan.pk}/goals/").content.decode()
    assert "市场占有率" in page
    assert firm.colleague.name in page
    # Each goal serves a strategic goal; those that serve none are listed, on the plan and over all plans.
    StrategicGoal.objects.create(code="S1", title="满意度领先", from_year=YEAR, to_year=YEAR)
    Goal.objects.filter(subject=plan.subject, dimension="销售").update(strategy="S1")
    assert len(told("K-PLN-06")) == 2
    for address in (f"/plans/{plan.pk}/goals/", "/plans/strategy/"):
        listed = client.get(address).content.decode().split("strategic goal</h2>")[1]
        for words in ("市场占有率", "品牌知名度"):
            assert words in listed
        assert "销售额" not in listed.split("</section>")[0]
    client.force_login(firm.outsider)
    assert "市场占有率" not in client.get("/plans/strategy/").content.decode()


@pytest.mark.req("PLN-14", whole=True)
def test_occasions_and_kinds_of_promotion_are_items_by_one_click(firm: Firm, client: Client) -> None:
    assert {"holiday", "launch", "limited", "fair", "member"} == set(Promotion.values)
    fair = Rule(RuleKind.DATES, start_on=date(YEAR, 9, 17), end_on=date(YEAR, 9, 20))
    kept = keep_occasion(
        name="秋季房交会", rule=fair, unit=firm.east, promotion=Promotion.FAIR, actor=firm.owner, before=3
    )
    plan = make_plan(firm)
    client.force_login(firm.owner)
    wanted = {
        "618": ("06-18", "6.18 shopping festival", "限时折扣"),
        "double_11": ("11-11", "11.11 shopping festival", "限时折扣"),
        "spring_festival": ("01-29", "Spring Festival", "节日促销"),
        "mid_autumn": ("10-06", "Mid-Autumn", "节日促销"),
        "autumn_term": ("09-01", "Start of the autumn term", "节日促销"),
        "member_day": ("05-18", "Member day", "会员日"),
        "autumn_fair": ("10-15", "Canton Fair (autumn)", "展会"),
        f"occasion:{kept.pk}": ("09-17", "秋季房交会", "展会"),
    }
    for key, (day, title, kind) in wanted.items():
        answer = client.post("/plans/occasions/plan/", {"plan": plan.pk, "key": key, "on": f"{YEAR}-{day}"})
        assert answer.status_code == 302, key
        item = Item.objects.get(subject=plan.subject, title=title)
        assert item.kind == kind
        assert item.start_on <= date.fromisoformat(f"{YEAR}-{day}") <= item.end_on  # type: ignore[operator]
    for kind, word in (("holiday", "节日促销"), ("launch", "新品上市"), ("limited", "限时折扣")):
        assert client.post(f"/plans/{plan.pk}/items/kinds/{kind}/").status_code == 302
        assert Item.objects.filter(subject=plan.subject, title=word, kind=word).count() == 1
    assert client.post(f"/plans/{plan.pk}/items/kinds/rocket/").status_code == 422
    page = client.get(f"/plans/{plan.pk}/items/").content.decode()
    for words in ("New product launch", "Limited-time discount", "Trade fair", "秋季房交会"):
        assert words in page
    Plan.objects.filter(pk=plan.pk).update(status=Status.IN_APPROVAL)
    assert client.post(f"/plans/{plan.pk}/items/kinds/launch/").status_code == 409
    with pytest.raises(Invalid):
        keep_occasion(name="会", rule=fair, unit=firm.east, promotion="rocket", actor=firm.owner)


@pytest.mark.once
@pytest.mark.req("PLN-14")
def test_the_calendar_goes_out_as_icalendar(firm: Firm, client: Client) -> None:
    plan = make_ready(firm)
    client.force_login(firm.owner)
    page = client.get(f"/plans/occasions/?year={YEAR}").content.decode()
    token = token_of(firm.owner)
    assert "calendar.ics" in page
    file = client.get(f"/plans/occasions/calendar.ics?year={YEAR}")
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    named = {str(event["SUMMARY"]): event for event in events}
    mid_autumn = named["Mid-Autumn"]
    assert mid_autumn.decoded("DTSTART") == date(YEAR, 9, 26)
    assert mid_autumn.decoded("DTEND") == date(YEAR, 10, 9)  # the day after the last one
    assert str(named["邻里活动 1"]["URL"]).endswith(f"/plans/{plan.pk}/items/")
    assert len({str(event["UID"]) for event in events}) == len(events)
    # Another calendar subscribes without signing in, by an address that names the person until the password changes.
    client.logout()
    assert client.get(f"/plans/occasions/calendar.ics?year={YEAR}").status_code == 302
    feed = f"/plans/occasions/feed/{token}/calendar.ics"
    assert "邻里活动 1" in client.get(feed).content.decode().replace("\r\n ", "")
    assert (
        "邻里活动"
        not in client.get(f"/plans/occasions/feed/{token_of(firm.outsider)}/calendar.ics").content.decode()
    )
    for wrong in (token[:-2] + "xx", "x", token_of(firm.nobody)):
        assert client.get(f"/plans/occasions/feed/{wrong}/calendar.ics").status_code == 404
    firm.owner.set_password("another-one-2025")
    firm.owner.save()
    assert user_of(token) is None
    assert client.get(feed).status_code == 404
