"""From an item of a plan to a campaign, and what the plan sees of it (PLN-09, PLN-10)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.duties.models import Duty
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.planning import create_from_plan
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import Item
from yunchou.lifecycle.planning.monitor import monitor_of
from yunchou.lifecycle.planning.registry import State
from yunchou.lifecycle.planning.tests.factories import again, approve_plan, make_ready

from .factories import make_campaign


@pytest.mark.req("PLN-09", "PLN-10", whole=True)
def test_from_item_to_campaign_in_one_click(firm: Firm, client: Client) -> None:
    with clock.at("2024-11-12T10:00"):
        above = approve_plan(make_ready(firm))
        plan = approve_plan(make_ready(firm, Kind.QUARTER, quarter=1, parent=above, budget=Decimal(50_000)))
        draft = make_ready(firm, Kind.QUARTER, quarter=2, parent=above, budget=Decimal(5_000))
    first, second, third, _last = Item.objects.filter(subject=plan.subject)
    client.force_login(firm.owner)
    with clock.at("2025-03-10T10:00"):
        client.force_login(firm.owner)
        monitor = client.get(f"/plans/{plan.pk}/monitor/").content.decode()
        assert f"/campaigns/new/?item={first.pk}" in monitor
        page = client.get(f"/campaigns/new/?item={first.pk}")
        initial = page.context["form"].initial
        assert (initial["name"], initial["kind"], initial["start_on"]) == (
            first.title,
            "customer",
            first.start_on,
        )
        values = {name: value for name, value in initial.items() if value is not None}
        assert client.post("/campaigns/new/", values).status_code == 302
        campaign = Campaign.objects.get(plan_item_ref=first)
        assert (campaign.out_of_plan, campaign.plan_item) == (False, f"{plan.name} {first.label}")
        assert not Duty.objects.open().filter(key=first.key).exists()
        # Items of a draft, closed items and items of others are not carried out.
        other = Item.objects.filter(subject=draft.subject).first()
        assert other is not None
        with pytest.raises(Invalid):
            create_from_plan(
                actor=firm.owner,
                plan_item_ref=other,
                name="x",
                kind="customer",
                unit=firm.east,
                owner=firm.owner,
            )
        BudgetLine.objects.create(
            subject=campaign.subject, position=1, item="场地", amount=Decimal(30_000), actual=Decimal(26_000)
        )
        Campaign.objects.filter(pk=campaign.pk).update(status=Status.CLOSED)
        make_campaign(firm, plan_item_ref=second, start_on=None, end_on=None)
        actions.cancel_item(item=third, actor=firm.owner, note="场地取消")
        seen = monitor_of(again(plan))
        assert [one.state for one in seen.items] == [State.DONE, State.STARTED, State.CANCELLED, State.OPEN]
        assert (seen.due, seen.done, seen.started, seen.cancelled) == (1, 1, 1, 1)
        assert (seen.spent, seen.planned_by_now, seen.deviation) == (
            Decimal(26_000),
            Decimal(25_000),
            Decimal(1_000),
        )
        # The year sees what its quarter carries out.
        assert monitor_of(again(above)).done == 1
        assert client.get(f"/plans/{plan.pk}/monitor/?state=done").status_code == 200
