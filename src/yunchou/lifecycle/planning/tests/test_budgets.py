"""Budgets of a year, quarter and month: what they hold, the eight steps, the four principles, and money that waits (BUD-01 …)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from yunchou.capabilities.expenses.actions.analyses import report_execution
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors.balances import account_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.budgeting import StepState, divisions, steps_of
from yunchou.lifecycle.planning.coverage import cuts_of
from yunchou.lifecycle.planning.documents import Kind, Principle
from yunchou.lifecycle.planning.listing import overdue
from yunchou.lifecycle.planning.models import Allocation, Goal, Item, PartText, Plan, Status
from yunchou.lifecycle.planning.money import money_of_plan, plan_key
from yunchou.lifecycle.planning.periods import Period
from yunchou.lifecycle.planning.selectors import facts_of, findings_of, to_cite, why_not_carried
from yunchou.lifecycle.planning.tables import AllocationRow, EffectRow, ItemRow

from .factories import (
    YEAR,
    again,
    approve_plan,
    decide,
    fill,
    item_row,
    make_plan,
    make_ready,
    risk_row,
    save_rows,
    send,
)


def budget(firm: Firm, **fields: Any) -> Plan:
    """A budget of 华东区域 that could be sent at once."""
    return make_ready(firm, Kind.BUDGET, **{"parent": None, **fields})


def refusal(plan: Plan) -> str:
    """Every reason for which the plan is not sent."""
    with pytest.raises(RuleRefused) as refused:
        send(plan)
    return " ".join(str(verdict.reason) for verdict in refused.value.verdicts)


def told(plan: Plan, rule: str) -> list[str]:
    """What a rule says against the plan."""
    found: list[Verdict] = [judged.verdict for judged in findings_of(plan.subject)]
    return [str(verdict.reason) for verdict in found if verdict.rule_id == rule and not verdict.passed]


@pytest.mark.req("BUD-01", whole=True)
def test_a_budget_holds_goals_strategies_activities_allocation_and_effects(firm: Firm) -> None:
    bare = make_plan(firm, Kind.BUDGET, quarter=3)
    save_rows(bare, "plan_items", [ItemRow(code="1", title="路演", place="广场")], actor=firm.owner)
    with pytest.raises(RuleRefused) as refused:
        send(bare)
    [missing] = [v for v in refused.value.verdicts if v.rule_id == "R-PLN-03"]
    for what in (
        "at least one goal", "By which strategies", "an amount for each item of cost", "at least one effect indicator",
        "How the effect is measured", "at least one risk",
    ):  # fmt: skip
        assert what in str(missing.reason)
    [activity] = told(bare, "K-PLN-11")
    for column in ("Start", "Participants", "Budget", "Expected effect", "Likelihood of reaching it (%)"):
        assert column in activity
    assert "Place" not in activity
    plan = fill(bare, firm)
    # An allocation that is not the whole is refused with the difference.
    rows = [
        AllocationRow(item="advertising", amount=Decimal(60_000)),
        AllocationRow(item="gifts", amount=Decimal(30_000)),
    ]
    save_rows(plan, "plan_allocation", rows, actor=firm.owner)
    assert "90,000.00 (-10,000.00)" in refusal(plan)
    rows.append(AllocationRow(item="overtime", amount=Decimal(10_000)))
    save_rows(plan, "plan_allocation", rows, actor=firm.owner)
    by_view = {
        one.view.value: {str(cell.label): cell.amount for cell in one.cells}
        for one in divisions(facts_of(plan.subject).allocation)
    }
    assert by_view["kind"] == {
        "People and administration": Decimal(10_000),
        "Advertising and publicity": Decimal(60_000),
        "Activities and promotion": Decimal(30_000),
    }
    assert set(by_view["group"]) == {"Personnel", "Market promotion", "Business entertainment"}
    assert all(sum(cells.values()) == 100_000 for cells in by_view.values())
    send(plan)
    assert decide(plan) == ["management"]
    content = plan.subject.versions.first().content["tables"]
    [row] = content["plan_items"]["rows"][:1]
    assert (row["place"], row["participants"], row["likelihood"]) == ("社区广场", "业主 300 人", "80")
    assert content["plan_effects"]["rows"][0]["target"] == "3"


@pytest.mark.req("BUD-01", "BUD-02")
@pytest.mark.rule("R-PLN-04")
def test_months_add_up_to_quarters_and_quarters_to_the_year(firm: Firm) -> None:
    year = approve_plan(budget(firm, budget=Decimal(120_000)))
    quarter = approve_plan(budget(firm, quarter=2, parent=year, budget=Decimal(40_000)))
    assert money_of_plan(year.pk).available == Decimal(80_000)
    for wrong in ({"month": 4, "quarter": 3}, {"kind": Kind.MARKETING, "month": 4}):
        with pytest.raises(Invalid) as refused:
            make_plan(firm, **{"kind": Kind.BUDGET, **wrong})
        assert "month" in refused.value.fields
    months = [
        budget(firm, month=n, parent=quarter, budget=Decimal(amount))
        for n, amount in ((4, 10_000), (5, 15_000), (6, 12_000))
    ]
    assert (months[0].quarter, months[0].starts_on, months[0].ends_on) == (
        2,
        date(YEAR, 4, 1),
        date(YEAR, 4, 30),
    )
    assert Period(YEAR, 1, 1).before == Period(YEAR - 1, 4, 12)
    with pytest.raises(Invalid, match="one already"):
        make_plan(firm, Kind.BUDGET, month=4)
    with pytest.raises(Invalid) as refused:
        make_plan(firm, Kind.BUDGET, month=8, parent=quarter)
    assert "parent" in refused.value.fields
    [cut] = cuts_of(quarter)
    assert str(cut.label) == "Budgets of the months"
    lines = {line.label: line.coverage for line in cut.lines}
    assert lines[""].difference == Decimal(-3_000)  # the money
    assert lines["销售额"].difference == 0  # three months of 100 make the quarter's 300
    assert not next(line for line in cut.lines if line.label == "市场占有率").is_additive
    assert lines["Advertising and publicity"].difference == Decimal(-1_500)
    [cut] = cuts_of(year)
    assert str(cut.label) == "Budgets of the quarters"
    assert cut.lines[0].coverage.difference == Decimal(-80_000)
    # A month that does not fit is shown, never overwritten.
    Goal.objects.filter(subject=quarter.subject, metric="销售额").update(m5=Decimal(80))
    assert told(quarter, "R-PLN-04") == ["销售额, Q2: stated 300万元, its parts add up to 280万元 (−20)."]
    assert Goal.objects.get(subject=quarter.subject, metric="销售额").q2 == Decimal(300)


@pytest.mark.req("BUD-02", whole=True)
@pytest.mark.req("BUD-24", whole=True)
def test_eight_steps_are_tracked_and_the_last_round_feeds_the_next(firm: Firm, client: Client) -> None:
    def states(plan: Plan) -> list[str]:
        return [step.state.value for step in steps_of(again(plan), facts_of(plan.subject))]

    with clock.at("2025-01-05T10:00"):
        first = make_plan(firm, Kind.BUDGET, quarter=1)
        assert states(first) == ["open"] * 8
        texts = {"findings": "需求上升", "lessons": "首期"}
        actions.write_part(plan=first, part="last_round", texts=texts, actor=firm.owner)
        [research] = [s for s in steps_of(first, facts_of(first.subject)) if s.key == "research"]
        assert (research.state, research.who, research.at) == (StepState.DONE, firm.owner, clock.now())
        fill(first, firm)
        assert states(first) == ["done"] * 5 + ["open"] * 3
        send(first)
        assert states(first)[5] == "now"
        [manager] = decide(first)
        approval = steps_of(again(first), facts_of(first.subject))[5]
        assert (approval.state, manager) == (StepState.DONE, "management")
        assert approval.who is not None
        assert states(first)[6:] == ["now", "open"]
        actions.review_plan(
            plan=again(first),
            findings="投放偏快",
            measures="下调限额",
            next_on=date(YEAR, 2, 1),
            actor=firm.owner,
        )
    with clock.at("2025-04-02T10:00"):
        assert states(first)[6:] == ["done", "now"]
        actions.evaluate_plan(
            plan=again(first), results="达成", diagnosis="礼品偏多", strategy="转向社群", lessons="按核销率测算",
            actor=firm.owner,
        )  # fmt: skip
        assert states(first) == ["done"] * 8
        analysis = report_execution(
            unit=firm.east, period="2025Q1", analysis="执行率 92%", lessons="短信改框架价", actor=firm.owner
        )
        following = fill(make_plan(firm, Kind.BUDGET, quarter=2), firm)
        # While it is drafted, evaluation and analysis of the last round stand on its page; it is not sent uncited.
        client.force_login(firm.owner)
        page = client.get(f"/plans/{following.pk}/").content.decode()
        for text in ("按核销率测算", "短信改框架价", "Cite", "Steps of the budget"):
            assert text in page
        assert "Not cited yet: 华东区域 2025Q1" in refusal(following)
        assert states(following)[0] == "now"
        assert client.post(f"/plans/{following.pk}/cite/{analysis.pk}/").status_code == 302
        assert [one.is_cited for one in to_cite(again(following))] == [True]
        assert "cited" in client.get(f"/plans/{following.pk}/").content.decode()
        with pytest.raises(WrongState):
            actions.cite_last_execution(plan=following, analysis=analysis.pk, actor=firm.owner)
        with pytest.raises(Invalid):
            actions.cite_last_execution(plan=following, analysis=0, actor=firm.owner)
        send(following)
        # What is decided on is not cited into any more.
        with pytest.raises(WrongState, match="not being written"):
            actions.cite_last_execution(plan=again(following), analysis=analysis.pk, actor=firm.owner)


@pytest.mark.req("BUD-03", whole=True)
def test_the_author_confirms_four_principles(firm: Firm, client: Client) -> None:
    plan = budget(firm, quarter=1)
    with pytest.raises(Invalid) as refused:
        send(plan, principles=["forward", "feasible"])
    assert str(refused.value.fields["principles"]) == "Confirm: Evidence-based, Dynamically adjustable."
    assert again(plan).status == Status.DRAFT
    client.force_login(firm.owner)
    address = f"/plans/{plan.pk}/submit/"
    page = client.get(address).content.decode()
    assert "Every amount rests on research" in page
    assert page.count('name="principles"') == 4
    answer = client.post(address, {"note": "请审", "principles": ["forward", "evidence", "feasible"]})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Confirm: Dynamically adjustable." in shown
    assert shown.count("checked") == 3  # nothing of what was typed is lost
    assert "请审" in shown
    assert client.post(address, {"note": "请审", "principles": Principle.values}).status_code == 302
    version = plan.subject.versions.latest("pk")
    assert version.content["principles"] == Principle.values
    entry = plan.subject.entries.get(kind="planning.principles_confirmed")
    assert (entry.actor, entry.data["keys"]) == (firm.owner, Principle.values)
    decide(plan)
    # A change of it is confirmed again.
    actions.open_change(plan=again(plan), actor=firm.owner, reason="追加", effect="多一场")
    Plan.objects.filter(pk=plan.pk).update(budget=Decimal(110_000))
    Allocation.objects.create(subject=plan.subject, position=9, item="gifts", amount=Decimal(10_000))
    with pytest.raises(Invalid, match="Confirm"):
        actions.send_change(plan=again(plan), actor=firm.owner)
    actions.send_change(plan=again(plan), actor=firm.owner, principles=Principle.values)
    assert decide(plan) == ["management"]
    # Plans that are no budgets do not ask.
    assert "principles" not in client.get(f"/plans/{make_plan(firm).pk}/submit/").content.decode()


@pytest.mark.req("BUD-11", whole=True)
@pytest.mark.rule("R-APR-12", whole=True)
def test_expense_targets_are_reported_and_nothing_is_spent_before(firm: Firm, client: Client) -> None:
    with clock.at("2024-12-21T00:10"):
        actions.owe_plans()
    duty = Duty.objects.get(key=f"planning.deadline:budget:{firm.group.pk}:{YEAR}Q1")
    assert clock.local(duty.due_at).date() == date(YEAR, 1, 10)
    assert duty.address.endswith(f"kind=budget&unit={firm.group.pk}&year={YEAR}&quarter=1")
    with clock.at("2025-01-13T09:00"):
        escalate_due()
        late = {(due.kind, str(due.period)) for due in overdue()}
        assert {(Kind.BUDGET, "2025"), (Kind.BUDGET, "2025 Q1")} <= late
        director = firm.people["marketing_director"]
        plan = budget(firm, unit=firm.group, quarter=1, owner=director, actor=director)
        item = Item.objects.filter(subject=plan.subject).first()
        assert item is not None
        send(plan)
        money = money_of_plan(plan.pk)
        assert (money.planned, money.available) == (Decimal(100_000), 0)
        # Neither the books nor the pages let anybody at it, and both say why.
        account = account_of(plan_key(plan.pk))
        assert account is not None
        order = ledger.Order(actor=director, subject=plan.subject, document=plan.subject, reason="抢先")
        for verb in (ledger.reserve, ledger.commit, ledger.spend):
            with pytest.raises(RuleRefused):
                verb(account=account, amount=Decimal(1), order=order)
        assert "R-APR-12" in str(why_not_carried(item))
        client.force_login(director)
        for tab in ("", "money/"):
            assert "R-APR-12" in client.get(f"/plans/{plan.pk}/{tab}").content.decode()
        assert "before top management has approved it" in client.get(f"/plans/{plan.pk}/").content.decode()
        assert decide(plan) == ["management"]
        assert money_of_plan(plan.pk).available == Decimal(100_000)
        duty.refresh_from_db()
        assert duty.state == Duty.State.DONE
        ledger.reserve(account=account, amount=Decimal(1), order=order)
        page = client.get(f"/plans/{plan.pk}/").content.decode()
        assert "before top management has approved it" not in page


@pytest.mark.once
@pytest.mark.req("BUD-01")
def test_budgets_that_were_made_before_ask_for_what_they_lack(firm: Firm, client: Client) -> None:
    plan = make_plan(firm, Kind.BUDGET)
    PartText.objects.filter(subject=plan.subject, part="strategies").delete()
    client.force_login(firm.owner)
    assert "By which strategies the goals are reached" in client.get(f"/plans/{plan.pk}/").content.decode()
    texts = {"strategy_ways": "自有渠道为主"}
    assert client.post(f"/plans/{plan.pk}/parts/strategies/", texts).status_code == 302
    assert PartText.objects.get(subject=plan.subject, part="strategies").text == "自有渠道为主"
    # Odd input stays beside its field.
    bad = {"item": "火箭", "amount": "-5"}
    answer = client.post(f"/s/{plan.pk}/table/plan_allocation/add/", bad, headers={"hx-request": "true"})
    assert answer.status_code == 422
    for words in ("火箭", "below zero"):
        assert words in answer.content.decode()
    save_rows(plan, "plan_effects", [EffectRow(indicator="费用率", target=Decimal("1.7"))], actor=firm.owner)
    save_rows(plan, "plan_risks", [risk_row(firm, saving=None)], actor=firm.owner)
    assert told(plan, "K-PLN-13") == ["The risk “竞品降价” lacks: Saving (yuan)."]
    save_rows(plan, "plan_items", [item_row(firm, "1", 2, likelihood=None)], actor=firm.owner)
    assert told(plan, "K-PLN-11") == ["Activity 1 lacks: Likelihood of reaching it (%)."]
    assert client.get(f"/plans/new/?kind=budget&year={YEAR}&month=4").status_code == 200
