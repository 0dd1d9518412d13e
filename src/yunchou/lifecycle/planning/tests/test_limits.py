"""How far a plan may go, and what its approvers and the breakdown are told of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Ceiling
from yunchou.capabilities.ledger.selectors.balances import account_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.lifecycle.planning import actions, limit_rules, registry, rules
from yunchou.lifecycle.planning.dedicated import item_key
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.facts import Above, label_of
from yunchou.lifecycle.planning.models import Item, PartText, Plan
from yunchou.lifecycle.planning.money import open_item
from yunchou.lifecycle.planning.monitor import monitor_of
from yunchou.lifecycle.planning.registry import Carrying, State
from yunchou.lifecycle.planning.selectors import breakdown_of
from yunchou.lifecycle.planning.tables import ITEMS, GoalRow, HeadRow, ItemRow

from .factories import again, approve_plan, decide, item_row, make_plan, make_ready, save_rows, send, waiting
from .test_rules import facts, told

SHARE = GoalRow(
    metric="市场占有率", dimension="市场份额", unit="%", is_additive=False, year_value=Decimal(12)
)


@pytest.mark.once
def test_nobody_has_more_than_the_whole_market() -> None:
    wide = replace(SHARE, year_value=Decimal(300), q2=Decimal(100), m5=Decimal("100.5"))
    said = told(limit_rules.shares_are_of_a_whole, facts(Kind.MARKETING, SHARE, wide))
    assert said == [
        "市场占有率, Whole year: 300% is more than the whole.",
        "市场占有率, May: 100.5% is more than the whole.",
    ]
    for other in ({"is_growth": True}, {"unit": "人"}, {"dimension": "销售"}):
        assert told(limit_rules.shares_are_of_a_whole, facts(Kind.MARKETING, replace(wide, **other))) == []
    assert limit_rules.shares_are_of_a_whole in rules.SENDING


@pytest.mark.once
def test_money_stays_between_what_is_used_and_what_the_plan_above_has() -> None:
    above = Above("集团计划", Decimal(3_600_000), Decimal(2_650_000))
    for budget, others, said in (
        (950_000, 2_650_000, []),
        (1_000_000, 2_650_000, ["which has ¥3,600,000: ¥50,000 too much", "¥950,000 at most"]),
        (1, 3_600_000, ["¥1 too much", "Have “集团计划” changed first"]),
    ):
        ctx = facts(
            Kind.REGION, HeadRow(budget=Decimal(budget)), above=replace(above, others=Decimal(others))
        )
        found = limit_rules.plans_fit_the_one_above.failures(ctx)
        words = " ".join(f"{one.reason} {one.fix.text}" for one in found if one.fix)
        assert bool(found) == bool(said)
        assert all(piece in words for piece in said), words
    assert told(limit_rules.plans_fit_the_one_above, facts(Kind.REGION, HeadRow(budget=Decimal(9)))) == []
    rows = (ItemRow(pk=7, code="1", budget=Decimal(40)), ItemRow(pk=8, code="2", budget=Decimal(50)))
    ctx = facts(Kind.QUARTER, *rows, in_use={7: Decimal("40.01"), 8: Decimal(50)})
    [one] = limit_rules.items_keep_what_is_used.failures(ctx)
    assert "Item 1: ¥40.01 are reserved, committed or spent, ¥40 are planned" in str(one.reason)
    assert one.blocks
    assert one.fix is not None
    assert list(one.fix.changes.values()) == [Decimal("40.01")]


@pytest.mark.req("PLN-03")
def test_an_incomplete_item_stops_the_plan_and_no_item_falls_out_of_the_breakdown(
    firm: Firm, client: Client
) -> None:
    plan = make_ready(firm)
    item = Item.objects.filter(subject=plan.subject).order_by("position")[0]
    bare: dict[str, Any] = {"start_on": None, "end_on": None, "goal": "", "budget": None, "owner": None}
    Item.objects.filter(pk=item.pk).update(**bare, owner_name="")
    with pytest.raises(RuleRefused) as refused:
        send(plan)
    reason = str(refused.value.verdicts[0].reason)
    assert refused.value.verdicts[0].rule_id == "K-PLN-03"
    assert all(word in reason for word in ("Start", "End", "Goal", "Budget", "Owner"))
    # A stored finding is read in the words of this room, whatever other rooms call a theme.
    kept = Say.from_json(say("{what}", what=label_of(ITEMS.by_key["theme"].label)).to_json())
    with override("zh-hans"):
        assert str(kept) == "主题"
        assert str(ITEMS.by_key["participants"].label) == "参与人员"
    save_rows(plan, "plan_items", [item_row(firm, "1", 5), item_row(firm, "2", 11)], actor=firm.owner)
    Plan.objects.filter(pk=plan.pk).update(budget=Decimal(50_000))
    plan = approve_plan(plan)
    client.force_login(firm.owner)
    made = client.post(f"/plans/{plan.pk}/breakdown/lay-out/")
    assert made.status_code == 302
    # A plan of every quarter is there; those without items say so, and nothing is left to be laid out.
    found = breakdown_of(again(plan))
    assert (found.quarters, len(found.empty), found.unplaced, found.lacks_plans) == ([], 2, [], False)
    page = client.get(f"/plans/{plan.pk}/breakdown/").content.decode()
    assert page.count("has no items yet") == 2
    assert "Lay out what is missing" not in page
    Item.objects.filter(subject=plan.subject, code="2").update(start_on=None, end_on=None)
    assert breakdown_of(again(plan)).unplaced == ["2 邻里活动 2"]
    assert "begins in no quarter" in client.get(f"/plans/{plan.pk}/breakdown/").content.decode()


@pytest.mark.req("BUD-11")
def test_approvers_see_what_the_plans_below_ask_of_the_one_above(firm: Firm, client: Client) -> None:
    group = make_plan(firm, Kind.GROUP, budget=Decimal(80_000))
    plan = make_ready(firm, parent=group)
    send(plan)
    task = waiting(plan)
    assert task is not None
    client.force_login(task.assignee)
    page = client.get(task.step.case.get_absolute_url()).content.decode()
    # The excess as a finding, the coverage, the goals and the items: enough to decide on.
    for words in ("K-PLN-17", "20,000", "All plans below", "100,000", "销售额", "邻里活动 3"):
        assert words in page, words


@pytest.mark.req("PLN-12")
def test_a_change_keeps_the_money_in_use_and_lifts_what_a_mark_barred(firm: Firm) -> None:
    plan = make_ready(firm, Kind.QUARTER, quarter=1, budget=Decimal(60_000))
    rows = [item_row(firm, "1", 2, 40_000, dedicated="advertising"), item_row(firm, "2", 3, 20_000)]
    save_rows(plan, "plan_items", rows, actor=firm.owner)
    plan = approve_plan(plan)
    item = Item.objects.get(subject=plan.subject, code="1")
    account = open_item(item=item, actor=firm.owner)
    barred = Ceiling.objects.filter(account=account, limit=ZERO)
    assert barred.count() > 0
    own = Ceiling.objects.create(account=account, dimension="all", limit=Decimal(30_000), reason="约定")
    order = ledger.Order(actor=firm.owner, subject=plan.subject, document=plan.subject, reason="投放")
    ledger.commit(account=account, amount=Decimal(15_000), order=order)
    # Below what is committed the change is not sent, whatever the plan as a whole has left.
    actions.open_change(plan=again(plan), actor=firm.owner, reason="压减", effect="少投放")
    Item.objects.filter(pk=item.pk).update(budget=Decimal(10_000), dedicated="")
    with pytest.raises(RuleRefused) as refused:
        actions.send_change(plan=again(plan), actor=firm.owner)
    assert {one.rule_id for one in refused.value.verdicts} == {"K-PLN-18"}
    Item.objects.filter(pk=item.pk).update(budget=Decimal(15_000))
    actions.send_change(plan=again(plan), actor=firm.owner)
    decide(plan)
    # The mark is gone: so is what it barred; the ceiling that somebody set stays.
    assert list(Ceiling.objects.filter(account=account)) == [own]
    assert account_of(item_key(item.pk)) == account


@pytest.mark.req("PLN-10")
def test_what_regions_spend_and_reach_counts_for_the_group(firm: Firm, monkeypatch: Any) -> None:
    group = make_ready(firm, Kind.GROUP)
    region = make_ready(firm, parent=group)
    Plan.objects.filter(pk__in=[group.pk, region.pk]).update(status="approved")
    item = Item.objects.filter(subject=region.subject).order_by("position")[0]
    carrying = Carrying(
        item.pk, "邻里节", "/s/9/", State.STARTED, spent=Decimal(30_000), attainment=Decimal("0.5")
    )
    monkeypatch.setattr(registry, "_sources", [lambda items: [carrying] if item.pk in items else []])
    for plan in (region, group):
        monitor = monitor_of(again(plan))
        assert (monitor.spent, monitor.used, monitor.attainment) == (30_000, 0.3, Decimal("0.5"))
        assert str(monitor.goal_signal.value) == "50.0%"
    assert not any(one.carrying for one in monitor_of(again(group)).items)


@pytest.mark.req("PLN-02", "PLN-09")
def test_forms_propose_what_fits_and_items_lead_to_their_campaign(
    firm: Firm, client: Client, monkeypatch: Any
) -> None:
    group = make_plan(firm, Kind.GROUP)
    make_plan(firm, Kind.GROUP, year=2026, name="后年的集团计划")
    client.force_login(firm.owner)
    asked = {"kind": "region", "unit": firm.east.pk, "year": 2025}
    page = client.get("/plans/new/", asked).content.decode()
    assert f'<option value="{group.pk}" selected' in page
    assert "后年的集团计划" not in page
    assert firm.south.name not in page  # nobody drafts where he has no right
    assert f"{firm.east.name}, year plan of customer events 2025" in page
    form = {**asked, "name": "华东计划", "owner": firm.owner.pk, "parent": group.pk, "budget": "1.234"}
    refused = client.post("/plans/new/", form)
    assert refused.status_code == 422
    assert "at most two decimal places" in refused.content.decode()
    assert client.post("/plans/new/", {**form, "budget": "1,000,000"}).status_code == 302
    plan = Plan.objects.get(name="华东计划")
    assert plan.budget == Decimal(1_000_000)
    # The form of a new item begins with the next number; the label is of this room.
    save_rows(plan, "plan_items", [item_row(firm, "3", 2)], actor=firm.owner)
    begun = client.get(f"/s/{plan.pk}/table/plan_items/add/", headers={"hx-request": "true"}).content.decode()
    assert 'value="4"' in begun
    assert "Participants" in begun
    ready = approve_plan(make_ready(firm, Kind.QUARTER, quarter=1))
    PartText.objects.filter(subject=ready.subject).update(text="本季")
    monkeypatch.setattr(registry, "_makers", ["planning:plan_list"])
    pages = [client.get(f"/plans/{ready.pk}/{tab}/").content.decode() for tab in ("items", "monitor")]
    assert [page.count("/plans/?item=") for page in pages] == [4, 4]
