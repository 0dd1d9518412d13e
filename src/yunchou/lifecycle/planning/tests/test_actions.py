"""A plan from its draft to its evaluation: parts, link, sending, changing, breaking down, carrying out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.directory.organisation.tests.factories import Firm, make_unit
from yunchou.kernel.approvals.actions import reject, return_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import DOCUMENTS, Kind, Part
from yunchou.lifecycle.planning.models import Change, Item, PartText, Plan, Status
from yunchou.lifecycle.planning.money import money_of_plan
from yunchou.lifecycle.planning.selectors import breakdown_of, findings_of, last_evaluation, lock_on
from yunchou.lifecycle.planning.sheets import items

from .factories import (
    YEAR,
    again,
    approve_plan,
    decide,
    fill,
    goal_row,
    item_row,
    make_plan,
    make_ready,
    save_rows,
    send,
    waiting,
)


def last_kind(plan: Plan) -> str:
    return JournalEntry.objects.filter(subject=plan.subject).latest("pk").kind


@pytest.mark.req("PLN-01", "PLN-02")
def test_a_draft_has_its_mandatory_parts_laid_out(firm: Firm) -> None:
    group = make_plan(firm, Kind.GROUP)
    assert len(DOCUMENTS[Kind.GROUP].parts) == 6
    assert PartText.objects.filter(subject=group.subject).count() == 12
    assert set(PartText.objects.filter(subject=group.subject).values_list("part", flat=True)) == {
        Part.RECRUITMENT, Part.MEMBERS, Part.THEME, Part.MERCHANTS, Part.ONLINE, Part.COST,
    }  # fmt: skip
    region = make_plan(firm, parent=group)
    assert region.parent == group
    assert region.subject.code.startswith("JH-QY-2025-")
    with pytest.raises(Invalid, match="one already"):
        make_plan(firm)
    with pytest.raises(Invalid) as wrong:
        make_plan(firm, Kind.GROUP, unit=firm.east, owner=firm.owner, actor=firm.owner, name=" ")
    assert set(wrong.value.fields) == {"name", "unit"}
    with pytest.raises(Invalid) as wrong:
        make_plan(firm, Kind.QUARTER, parent=make_plan(firm, Kind.MARKETING))
    assert set(wrong.value.fields) == {"quarter", "parent"}
    # The club of the group touches no plan of a region, and no region that of another one (ORG-02).
    for person, unit in ((firm.people["group_customer_club"], firm.east), (firm.outsider, firm.east)):
        with pytest.raises(NotAllowed):
            make_plan(firm, Kind.TARGETED, unit=unit, actor=person)


@pytest.mark.rule("R-PLN-03", whole=True)
@pytest.mark.req("PLN-01", "PLN-05", "PLN-06")
def test_a_plan_with_an_empty_part_or_without_research_is_not_sent(firm: Firm) -> None:
    plan = make_ready(firm, Kind.MARKETING, unit=firm.department())
    with pytest.raises(RuleRefused) as refused:
        send(plan)
    [verdict] = [v for v in refused.value.verdicts if v.rule_id == "R-PLN-03"]
    assert "Trend study, Competitor study, Study of target customers" in str(verdict.reason)
    for study in ("trend", "competitor", "customer"):
        upload = SimpleUploadedFile(f"{study}.txt", "研究结论".encode())
        actions.attach_research(plan=plan, study=study, upload=upload, actor=firm.owner)
    actions.write_part(plan=plan, part="risks", texts={"risk_list": "  "}, actor=firm.owner)
    with pytest.raises(RuleRefused) as refused:
        send(plan)
    assert "Risks with likelihood and impact" in str(refused.value.verdicts[0].reason)
    assert again(plan).status == Status.DRAFT
    actions.write_part(plan=plan, part="risks", texts={"risk_list": "客流不足:高"}, actor=firm.owner)
    send(plan)
    assert decide(plan) == ["dept_head", "finance", "management"]


@pytest.mark.rule("R-APR-01", whole=True)
@pytest.mark.rule("R-APR-02", whole=True)
@pytest.mark.rule("R-APR-12", whole=True)
@pytest.mark.req("PLN-02")
def test_each_kind_goes_its_route_and_its_money_waits_for_the_approval(firm: Firm) -> None:
    region = make_ready(firm)
    send(region)
    assert money_of_plan(region.pk).planned == Decimal(100_000)
    assert lock_on(region.subject, "plan_goals") is not None
    with pytest.raises(WrongState):
        actions.write_part(plan=region, part="cost", texts={"cost_basis": "x"}, actor=firm.owner)
    assert decide(region) == ["regional_leadership", "group_service_centre"]
    money = money_of_plan(region.pk)
    assert (money.planned, money.available) == (0, Decimal(100_000))
    # The group's plan comes after its region's: it brings in only the rest.
    group = fill(Plan.objects.whole(region.parent_id), firm)
    Plan.objects.filter(pk=group.pk).update(budget=Decimal(250_000))
    send(group)
    assert decide(group) == ["group_service_centre", "vp_marketing"]
    assert money_of_plan(group.pk).available == Decimal(150_000)
    # A quarter takes its money out of the year.
    quarter = make_ready(firm, Kind.QUARTER, quarter=2, parent=again(region), budget=Decimal(40_000))
    send(quarter)
    assert decide(quarter) == ["management"]
    assert money_of_plan(quarter.pk).available == Decimal(40_000)
    assert money_of_plan(region.pk).available == Decimal(60_000)
    period = make_ready(firm, Kind.BUDGET, name="预算", quarter=1, parent=None)
    send(period)
    assert decide(period) == ["management"]


def test_what_is_not_agreed_to_leaves_the_books(firm: Firm) -> None:
    plan = make_ready(firm)
    for end in ("return", "reject", "withdraw"):
        send(plan)
        assert money_of_plan(plan.pk).planned == Decimal(100_000)
        task = waiting(plan)
        assert task is not None
        if end == "return":
            return_case(task=task, actor=task.assignee, opinion="目标偏低")
        elif end == "reject":
            reject(task=task, actor=task.assignee, opinion="重做")
        else:
            actions.withdraw_plan(plan=plan, actor=firm.owner)
        assert money_of_plan(plan.pk).planned == 0
        assert again(plan).status == (Status.DRAFT if end == "withdraw" else Status.RETURNED)
        assert last_kind(plan).startswith(("planning.", "approvals.", "notify.", "ledger."))


@pytest.mark.req("PLN-12", whole=True)
def test_a_change_is_a_new_version_by_the_original_route(firm: Firm) -> None:
    plan = approve_plan(make_ready(firm))
    with pytest.raises(Invalid) as wrong:
        actions.open_change(plan=plan, actor=firm.owner, reason="追加", effect=" ")
    assert set(wrong.value.fields) == {"effect"}
    first = list(Item.objects.filter(subject=plan.subject).values_list("pk", "title"))

    def change(more: int) -> None:
        actions.open_change(plan=again(plan), actor=firm.owner, reason="追加一场", effect="预算增加")
        Plan.objects.filter(pk=plan.pk).update(budget=Decimal(100_000 + more))
        item = Item.objects.filter(subject=plan.subject).first()
        assert item is not None
        item.delete()
        cells = {"title": "年会", "kind": "行动", "theme": "年会", "start_on": "12-05", "end_on": "12-06"}
        cells |= {"goal": "200 人", "budget": "1万", "owner": str(firm.owner.pk)}
        actions.add_item(plan=plan, cells=cells, actor=firm.owner)

    # Given up: every row is back under its own key.
    with pytest.raises(WrongState):
        actions.send_change(plan=again(plan), actor=firm.owner)
    change(10_000)
    actions.drop_change(plan=again(plan), actor=firm.owner)
    assert list(Item.objects.filter(subject=plan.subject).values_list("pk", "title")) == first
    assert again(plan).budget == Decimal(100_000)
    # Rejected: the same.
    change(10_000)
    actions.send_change(plan=again(plan), actor=firm.owner)
    assert money_of_plan(plan.pk).planned == Decimal(10_000)
    task = waiting(plan)
    assert task is not None
    reject(task=task, actor=task.assignee, opinion="不同意")
    assert again(plan).status == Status.APPROVED
    assert money_of_plan(plan.pk).planned == 0
    assert list(Item.objects.filter(subject=plan.subject).values_list("pk", "title")) == first
    # Agreed to, by the whole route: the new version supersedes the old one, which stays readable.
    change(10_000)
    actions.send_change(plan=again(plan), actor=firm.owner)
    assert decide(plan) == ["regional_leadership", "group_service_centre"]
    assert again(plan).status == Status.APPROVED
    assert money_of_plan(plan.pk).available == Decimal(110_000)
    frozen = plan.subject.versions.filter(frozen_at__isnull=False)
    assert frozen[0].content["tables"]["plan_head"]["rows"][0]["budget"] == "110000.00"
    assert frozen.count() >= 2
    states = list(Change.objects.filter(plan=plan).values_list("state", flat=True))
    assert sorted(states) == ["dropped", "dropped", "in_force"]


@pytest.mark.rule("R-PLN-05", whole=True)
@pytest.mark.req("PLN-03", whole=True)
def test_an_approved_regional_plan_is_broken_down_in_time(firm: Firm) -> None:
    project = make_unit("云谷", parent=firm.east, kind=Unit.Kind.PROJECT, code="east-yungu")
    plan = make_ready(firm)
    row = item_row(firm, "5", 6, 0, title="云谷开放日", resources="")
    rows = [item_row(firm, str(n), n * 3 - 1) for n in range(1, 5)]
    save_rows(plan, "plan_items", [*rows, row], actor=firm.owner)
    plan = approve_plan(plan)
    duty = Duty.objects.open().get(kind="planning.breakdown", subject=plan.subject)
    assert duty.owner == firm.owner
    assert clock.local(duty.due_at).date().isoformat() == "2024-11-26"
    assert breakdown_of(plan).quarters == [1, 2, 3, 4]
    made = actions.break_down(plan=plan, actor=firm.owner)
    assert [(child.kind, child.quarter, child.subject.unit) for child in made] == [
        *((Kind.QUARTER, quarter, firm.east) for quarter in (1, 2, 3, 4)),
        (Kind.PROJECT, None, project),
    ]
    assert Item.objects.filter(subject=made[1].subject).count() == 2
    assert made[0].budget == Decimal(25_000)
    assert not Duty.objects.open().filter(pk=duty.pk).exists()
    assert breakdown_of(plan).is_whole
    assert actions.break_down(plan=plan, actor=firm.owner) == []
    # A leaf that lacks something makes the breakdown incomplete, and its plan cannot be sent.
    save_rows(made[0], "plan_items", [item_row(firm, "1", 2, theme="")], actor=firm.owner)
    assert breakdown_of(plan).incomplete
    PartText.objects.filter(subject=made[0].subject).update(text="本季重点")
    with pytest.raises(RuleRefused) as refused:
        send(made[0])
    assert {verdict.rule_id for verdict in refused.value.verdicts} == {"K-PLN-03"}


@pytest.mark.req("PLN-09", "PLN-10")
def test_items_are_owed_and_closed(firm: Firm) -> None:
    above = approve_plan(make_ready(firm))
    plan = approve_plan(make_ready(firm, Kind.QUARTER, quarter=1, parent=above, budget=Decimal(50_000)))
    first, second, *_rest = Item.objects.filter(subject=plan.subject)
    assert Duty.objects.open().filter(kind="planning.item", subject=plan.subject).count() == 4
    assert not Duty.objects.filter(kind="planning.item", subject=above.subject).exists()
    actions.start_item(item=first, actor=firm.colleague)
    actions.finish_item(item=first, actor=firm.colleague, note="到访 520 组")
    assert not Duty.objects.open().filter(key=first.key).exists()
    with pytest.raises(WrongState):
        actions.finish_item(item=first, actor=firm.colleague)
    with pytest.raises(NotAllowed):
        actions.cancel_item(item=second, actor=firm.outsider, note="x")
    with pytest.raises(Invalid):
        actions.cancel_item(item=second, actor=firm.owner, note=" ")
    actions.cancel_item(item=second, actor=firm.owner, note="场地取消")
    actions.reopen_item(item=second, actor=firm.owner)
    assert Duty.objects.open().filter(key=second.key).exists()
    with pytest.raises(WrongState, match="has begun"):
        items.delete_row(plan.subject, first.pk)


@pytest.mark.req("PLN-13", whole=True)
def test_a_plan_is_evaluated_after_its_period_and_told_when_the_next_is_drafted(firm: Firm) -> None:
    plan = approve_plan(make_ready(firm))
    texts = {"results": "完成 92%", "diagnosis": "二季度偏慢", "strategy": "前置宣传", "lessons": "早定场地"}
    with pytest.raises(WrongState, match="not over"):
        actions.evaluate_plan(plan=plan, actor=firm.owner, **texts)
    with pytest.raises(WrongState, match="Evaluate the plan first"):
        actions.close_plan(plan=plan, actor=firm.owner)
    with clock.at("2026-01-05T09:00"):
        assert actions.owe_evaluations() == 1
        assert actions.owe_evaluations() == 0
        with pytest.raises(Invalid) as wrong:
            actions.evaluate_plan(plan=plan, actor=firm.owner, **{**texts, "lessons": ""})
        assert set(wrong.value.fields) == {"lessons"}
        evaluation = actions.evaluate_plan(plan=plan, actor=firm.owner, **texts)
        assert evaluation.figures["items"] == 4
        assert not Duty.objects.open().filter(kind="planning.evaluation").exists()
        actions.close_plan(plan=plan, actor=firm.owner)
        following = make_plan(firm, year=YEAR + 1)
        assert last_evaluation(following) == evaluation


def test_a_plan_with_campaigns_or_children_is_not_cancelled(firm: Firm, monkeypatch: Any) -> None:
    plan = approve_plan(make_ready(firm))
    child = approve_plan(make_ready(firm, Kind.QUARTER, quarter=1, parent=plan, budget=Decimal(5_000)))
    with pytest.raises(WrongState, match="break this one down"):
        actions.cancel_plan(plan=plan, actor=firm.owner, note="重组")
    with pytest.raises(Invalid):
        actions.cancel_plan(plan=child, actor=firm.owner, note="")
    actions.cancel_plan(plan=child, actor=firm.owner, note="并入二季度")
    assert money_of_plan(plan.pk).available == Decimal(100_000)
    actions.cancel_plan(plan=again(plan), actor=firm.owner, note="重组")
    assert money_of_plan(plan.pk).available == 0


@pytest.mark.req("PLN-08")
def test_goals_link_to_the_register(firm: Firm) -> None:
    director = firm.people["marketing_director"]
    years = {"from_year": 2024, "to_year": 2026}
    goal = actions.add_strategic_goal(code="s1", title="客户满意度领先", actor=director, **years)
    assert goal.code == "S1"
    with pytest.raises(Invalid) as wrong:
        actions.add_strategic_goal(code="S1", title="", actor=director, from_year=2026, to_year=2024)
    assert set(wrong.value.fields) == {"code", "title", "to_year"}
    with pytest.raises(NotAllowed):
        actions.add_strategic_goal(code="S2", title="x", actor=firm.owner, **years)
    plan = make_ready(firm)
    save_rows(plan, "plan_goals", [goal_row(firm, strategy="S1"), goal_row(firm, "满意度")], actor=firm.owner)
    told = [str(one.verdict.reason) for one in findings_of(plan.subject) if one.verdict.rule_id == "K-PLN-06"]
    assert [text for text in told if text] == ["The goal “满意度” serves no strategic goal."]


@pytest.mark.req("APR-02", whole=True)
@pytest.mark.req("APR-03", whole=True)
@pytest.mark.req("APR-10", whole=True)
@pytest.mark.rule("R-APR-01")
@pytest.mark.rule("R-APR-02")
@pytest.mark.rule("R-APR-11")
def test_each_kind_of_plan_goes_to_those_whom_the_regulations_name(firm: Firm) -> None:
    """Reviewed and approved in this order, and nobody else is asked."""
    expected = {
        Kind.GROUP: ["group_service_centre", "vp_marketing"],
        Kind.REGION: ["regional_leadership", "group_service_centre"],
        Kind.MARKETING: ["dept_head", "finance", "management"],
    }
    for year, (kind, positions) in enumerate(expected.items(), YEAR):  # a year each: they share no money
        where = {"unit": firm.department()} if kind == Kind.MARKETING else {}
        plan = make_ready(firm, kind, year=year, **where)
        for study in ("trend", "competitor", "customer") if kind == Kind.MARKETING else ():
            upload = SimpleUploadedFile(f"{study}.txt", "研究结论".encode())
            actions.attach_research(plan=plan, study=study, upload=upload, actor=plan.owner)
        send(plan)
        assert decide(plan) == positions
        assert again(plan).status == Status.APPROVED
