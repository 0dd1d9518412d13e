"""A campaign's money along its course, and the legal ways out when a line does not suffice (X-05)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.actions import fund_pool, record_actual, request_adjustment
from yunchou.capabilities.budgets.models import Adjustment, AdjustmentStatus, BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.expenses.models import Claim
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing.models import Purchase
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.approvals.actions import approve, install_definition, reject
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.identity.models import Appointment, Position, User
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.subjects.actions import open_subject
from yunchou.lifecycle.campaigns import actions, funding
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.tests.factories import again, approve_all, bring_to, make_proposal, save_rows

LINES = (
    ("物料成本", "定制礼品", 15_000),
    ("渠道成本", "抖音同城投放", 20_000),
    ("其他成本", "应急备用金", 5_000),
)


@pytest.fixture
def firm(db: None) -> Firm:
    firm = company()
    for key in ("adjustment", "emergency_pool"):
        install_definition(key=key)
    return firm


@pytest.fixture
def proposal(firm: Firm) -> Campaign:
    campaign = make_proposal(firm)
    person = Person(firm.colleague.name, firm.colleague.pk)
    rows = [LineRow(category=c, item=i, amount=Decimal(a), owner=person) for c, i, a in LINES]
    save_rows(campaign, "budget", rows, actor=firm.owner)
    return again(campaign)


def line(campaign: Campaign, item: str) -> BudgetLine:
    return BudgetLine.objects.select_related("account").get(subject=campaign.subject, item=item)


def left(campaign: Campaign, item: str) -> Decimal:
    account = line(campaign, item).account
    assert account is not None
    return money_of(account).available


def decide_all(one: Adjustment) -> None:
    while (
        task := Task.objects.filter(step__case__subject=one.subject, state=Task.State.WAITING)
        .exclude(step__kind="file")
        .first()
    ):
        approve(task=task, actor=task.assignee, opinion="同意")
    one.refresh_from_db()


def proved() -> bool:
    return not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def ask(
    campaign: Campaign, firm: Firm, way: str = "draw", amount: int = 3_000, to: str = "抖音同城投放", **more
) -> Adjustment:
    values = {
        "reason": "首日播放量低于预期，追加直播投放",
        "effect": "曝光目标不变",
        "actor": firm.owner,
    } | more
    return request_adjustment(
        budget=campaign.subject, way=way, target=line(campaign, to), amount=Decimal(amount), **values
    )


@pytest.mark.req("BUD-12")
@pytest.mark.req("APR-08")
def test_money_comes_with_the_approval_and_goes_with_the_end(proposal, firm):
    with pytest.raises(WrongState):
        ask(proposal, firm)
    sent = bring_to(proposal, Status.IN_APPROVAL, firm)
    assert account_of(f"campaign:{proposal.pk}") is None
    approved = bring_to_approved(sent)
    top = account_of(f"campaign:{proposal.pk}")
    assert top is not None
    assert money_of(top).available == 40_000
    actions.cancel_campaign(campaign=approved, actor=firm.owner, note="台风")
    assert money_of(top).available == 0
    assert proved()


def bring_to_approved(campaign: Campaign) -> Campaign:
    approve_all(campaign)
    return again(campaign)


def test_books_are_opened_once_for_campaigns_approved_before_there_were_any(proposal, firm, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(funding, "give", lambda campaign, actor: None)
        campaign = bring_to(proposal, Status.RUNNING, firm)
    BudgetLine.objects.filter(subject=campaign.subject, item="定制礼品").update(actual=Decimal(900))
    call_command("open_books", stdout=(said := StringIO()))
    assert "1 campaigns" in said.getvalue()
    assert money_of(line(campaign, "定制礼品").account).spent == 900
    assert funding.open_books() == 0
    assert proved()


@pytest.mark.req("BUD-09")
@pytest.mark.rule("R-BUD-04")
@pytest.mark.vector("6,000 against a contingency of 5,000")
def test_the_contingency_is_drawn_by_approval_and_never_beyond_its_balance(proposal, firm, client: Client):
    campaign = bring_to(proposal, Status.APPROVED, firm)
    with pytest.raises(RuleRefused, match=r"1,000\.00") as refused:
        ask(campaign, firm, amount=6_000)
    assert refused.value.verdicts[0].rule_id == "R-BUD-04"
    one = ask(campaign, firm, amount=4_000)
    assert left(campaign, "应急备用金") == 1_000
    with pytest.raises(RuleRefused):
        ask(campaign, firm, amount=1_001)
    decide_all(one)
    assert one.status == AdjustmentStatus.APPROVED
    assert left(campaign, "抖音同城投放") == 24_000
    assert Notification.objects.filter(kind="budgets.adjusted", user=firm.colleague).exists()

    other = ask(campaign, firm, amount=1_000)
    task = Task.objects.get(step__case__subject=other.subject, state=Task.State.WAITING)
    reject(task=task, actor=task.assignee, opinion="留作后用")
    assert left(campaign, "应急备用金") == 1_000
    client.force_login(firm.owner)
    page = client.get(reverse("budgets:budget_detail", args=[campaign.pk])).content.decode()
    assert "批准¥24,000" in page
    assert other.get_absolute_url() in page
    shown = client.get(one.get_absolute_url()).content.decode()
    assert "肆仟元整" in shown
    assert proved()


@pytest.mark.req("BUD-13")
@pytest.mark.req("BUD-15")
def test_lines_give_to_each_other_with_the_effect_told(proposal, firm):
    campaign = bring_to(proposal, Status.APPROVED, firm)
    gifts = line(campaign, "定制礼品")
    with pytest.raises(Invalid) as refused:
        ask(campaign, firm, "shift", source=gifts, reason=" ", effect="")
    assert set(refused.value.fields) == {"reason", "effect"}
    with pytest.raises(Invalid) as refused:
        ask(campaign, firm, "shift", source=line(campaign, "应急备用金"))
    assert set(refused.value.fields) == {"source"}
    with pytest.raises(RuleRefused):
        ask(campaign, firm, "shift", source=gifts, amount=15_001)
    with pytest.raises(NotAllowed):
        ask(campaign, firm, "shift", source=gifts, actor=firm.outsider)
    record_actual(line=gifts, amount=Decimal(14_000), note="批量", actor=firm.owner)
    with pytest.raises(RuleRefused, match=r"1,000\.00"):
        ask(campaign, firm, "shift", source=gifts, amount=1_001)
    decide_all(ask(campaign, firm, "shift", source=gifts, amount=1_000))
    assert left(campaign, "抖音同城投放") == 21_000
    assert proved()


def hire(firm: Firm) -> User:
    """Somebody of the group's finance."""
    person = User.objects.create(username="treasurer", name="钱理")
    position = Position.objects.get(code=FINANCE)
    Appointment.objects.create(user=person, unit=firm.group, position=position, valid_from=date(2020, 1, 1))
    return person


@pytest.mark.req("BUD-10")
@pytest.mark.rule("R-BUD-15")
def test_the_emergency_pool_gives_what_it_has(proposal, firm):
    install_default_grants()
    campaign = bring_to(proposal, Status.APPROVED, firm)
    with pytest.raises(WrongState):
        ask(campaign, firm, "pool", amount=500)
    treasurer = hire(firm)
    account = account_of(f"campaign:{campaign.pk}")
    pool = fund_pool(
        unit=firm.group, year=account.year, amount=Decimal(800), reason="年初安排", actor=treasurer
    )
    with pytest.raises(RuleRefused) as refused:
        ask(campaign, firm, "pool", amount=801)
    assert refused.value.verdicts[0].rule_id == "R-BUD-15"
    one = ask(campaign, firm, "pool", amount=500)
    assert money_of(pool).reserved == 500
    decide_all(one)
    assert (money_of(pool).available, left(campaign, "抖音同城投放")) == (300, 20_500)
    assert proved()


@pytest.mark.once
def test_the_dialog_keeps_what_was_typed_and_looks_ahead(proposal, firm, client: Client):
    campaign = bring_to(proposal, Status.APPROVED, firm)
    client.force_login(firm.owner)
    address = reverse("budgets:adjustment_request", args=[campaign.pk])
    target = line(campaign, "抖音同城投放")
    given = {"way": "draw", "target": target.pk, "amount": "6000", "reason": "追加"}
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert "1,000.00" in refused.content.decode()
    assert 'value="6000"' in refused.content.decode()
    assert client.post(address, given | {"amount": "0.001"}).status_code == 422
    assert client.post(address, given | {"amount": "500"}).status_code == 302
    ahead = client.get(
        reverse("budgets:outlook_show", args=[campaign.pk]), {"target": target.pk, "amount": "20,000.01"}
    )
    assert "0.01" in ahead.content.decode()


@pytest.mark.req("TYP-10", whole=True)
def test_a_campaign_runs_on_signed_contracts_and_is_not_cancelled_over_open_ones(proposal, firm):
    """Awarded and not signed for: it does not start; under way or claimed: it is not cancelled."""
    campaign = bring_to(proposal, Status.APPROVED, firm)
    who = {"unit": campaign.subject.unit, "actor": firm.owner, "address": "/x/"}
    purchase = Purchase.objects.create(
        subject=open_subject(kind="purchase", title="礼品采购", **who), activity=campaign.subject, title="礼品采购",
        kind="print", requester=firm.owner, status="awarded", award_reason="价低", awarded_by=firm.owner,
        awarded_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(WrongState, match="礼品采购"):
        actions.start_campaign(campaign=campaign, actor=firm.owner)
    with pytest.raises(WrongState, match="礼品采购"):
        actions.cancel_campaign(campaign=campaign, actor=firm.owner, note="不办了")
    Purchase.objects.filter(pk=purchase.pk).update(status="cancelled")
    claim = Claim.objects.create(
        subject=open_subject(kind="claim", title="报销", **who), code="BX-1", activity=campaign.subject,
        claimant=firm.owner, status="approved",
    )  # fmt: skip
    with pytest.raises(WrongState, match="BX-1"):
        actions.cancel_campaign(campaign=campaign, actor=firm.owner, note="不办了")
    Claim.objects.filter(pk=claim.pk).update(status="discarded")
    actions.cancel_campaign(campaign=again(campaign), actor=firm.owner, note="不办了")
    assert again(campaign).status == Status.CANCELLED
