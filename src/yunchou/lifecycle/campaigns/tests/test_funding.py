"""A campaign's money along its course, and the legal ways out when a line does not suffice (X-05)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.actions import (
    account_for_use,
    record_actual,
    request_adjustment,
    resend_adjustment,
)
from yunchou.capabilities.budgets.models import Adjustment, AdjustmentStatus, BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.expenses.models import Claim
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.operations.actions import spend_on_risk, trigger_risk
from yunchou.capabilities.operations.models import Risk, RiskResponse
from yunchou.capabilities.operations.tables import RiskRow
from yunchou.capabilities.purchasing.models import Purchase
from yunchou.directory.organisation.positions import FINANCE, REGIONAL_LEADERSHIP
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.approvals.actions import approve, install_definition, reject, return_case
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Appointment, Position, User
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.grid import find_table
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


def spend(campaign: Campaign, item: str, amount: int, firm: Firm) -> None:
    """Finance books what the line did cost, by its voucher."""
    record_actual(
        line=line(campaign, item),
        amount=Decimal(amount),
        note="追加",
        voucher="PZ-1",
        actor=firm.people[FINANCE],
    )


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


@pytest.mark.req("BUD-12", whole=True)
@pytest.mark.req("APR-08")
def test_money_comes_with_the_approval_and_goes_with_the_end(proposal, firm):
    """Nothing is asked for, booked or bought before; how approvers answer is proved with the rows of the routes."""
    gifts = line(proposal, "定制礼品")
    for _state in ("draft", "sent"):
        with pytest.raises(WrongState):
            ask(proposal, firm)
        with pytest.raises(WrongState, match="R-APR-07"):
            record_actual(line=gifts, amount=Decimal(1), note="抢先", actor=firm.owner)
        sent = again(proposal)
        if sent.status != Status.IN_APPROVAL:
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


@pytest.mark.req("BUD-09", whole=True)
@pytest.mark.rule("R-BUD-04", whole=True)
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
    assert ">24,000<" in page
    assert other.get_absolute_url() in page
    shown = client.get(one.get_absolute_url()).content.decode()
    assert "肆仟元整" in shown

    # Written off by actual use: 2,500 of the line's 24,000 were not needed, so that much of the draw goes back.
    account = line(campaign, "抖音同城投放").account
    order = ledger.Order(actor=firm.owner, subject=campaign.subject)
    hold = ledger.commit(account=account, amount=Decimal(500), order=order).hold
    use = reverse("budgets:use_report", args=[one.pk])
    assert client.post(use, {"report": ""}).status_code == 409
    ledger.release(hold=hold, order=order)
    spend(campaign, "抖音同城投放", 21_500, firm)
    assert "1,500.00" in client.get(use).content.decode()
    assert client.post(use, {"report": "投放两周"}).status_code == 302
    one.refresh_from_db()
    assert (one.used, one.returned, left(campaign, "应急备用金")) == (1_500, 2_500, 3_500)
    with pytest.raises(WrongState):
        account_for_use(adjustment=one, report="", actor=firm.owner)
    page = client.get(reverse("budgets:budget_detail", args=[campaign.pk])).content.decode()
    for told in ("首日播放量低于预期", "投放", task.assignee.name, "1,500", "2,500"):
        assert told in page
    assert proved()


@pytest.mark.req("BUD-15", whole=True)
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
    spend(campaign, "定制礼品", 14_000, firm)
    with pytest.raises(RuleRefused, match=r"1,000\.00"):
        ask(campaign, firm, "shift", source=gifts, amount=1_001)
    # Nor are the lines simply written over: the approved budget is locked.
    kept = find_table(campaign.subject, "budget")
    with pytest.raises(WrongState):
        save_row(subject=campaign.subject, kept=kept, pk=gifts.pk, cells={"amount": "1"}, actor=firm.owner)
    decide_all(ask(campaign, firm, "shift", source=gifts, amount=1_000))
    assert left(campaign, "抖音同城投放") == 21_000
    assert proved()


@pytest.mark.req("BUD-13", whole=True)
def test_an_adjustment_shows_both_lines_tells_those_concerned_and_is_sent_again(
    proposal, firm, client: Client
):
    campaign = bring_to(proposal, Status.APPROVED, firm)
    one = ask(campaign, firm, "shift", source=line(campaign, "定制礼品"), amount=2_000)
    told = Notification.objects.filter(kind="budgets.adjusted")
    concerned_now = set(told.values_list("user", flat=True))
    assert firm.colleague.pk in concerned_now  # owns both lines
    assert firm.people[REGIONAL_LEADERSHIP].pk in concerned_now  # management of the region
    client.force_login(firm.owner)
    page = client.get(one.get_absolute_url()).content.decode()
    for words in ("15,000", "13,000", "20,000", "22,000", "曝光目标不变", "首日播放量低于预期"):
        assert words in page

    task = Task.objects.select_related("step__case", "assignee").get(
        step__case__subject=one.subject, state=Task.State.WAITING
    )
    return_case(task=task, actor=task.assignee, opinion="金额偏高")
    one.refresh_from_db()
    assert (one.status, left(campaign, "定制礼品")) == (AdjustmentStatus.RETURNED, 15_000)
    edit = reverse("budgets:adjustment_edit", args=[one.pk])
    assert 'value="2000.00"' in client.get(edit).content.decode()
    given = {
        "way": "shift", "source": line(campaign, "定制礼品").pk, "target": line(campaign, "抖音同城投放").pk,
        "amount": "16000", "reason": "压缩后重报", "effect": "曝光目标不变",
    }  # fmt: skip
    refused = client.post(edit, given)
    assert (refused.status_code, "压缩后重报" in refused.content.decode()) == (422, True)
    assert client.post(edit, given | {"amount": "1200"}).status_code == 302
    one.refresh_from_db()
    assert (one.status, one.amount, left(campaign, "定制礼品")) == (
        AdjustmentStatus.IN_APPROVAL,
        1_200,
        13_800,
    )
    with pytest.raises(WrongState):
        resend_adjustment(
            adjustment=one, way="shift", source=line(campaign, "定制礼品"), target=line(campaign, "抖音同城投放"),
            amount=Decimal(1), reason="再次", effect="无", actor=firm.owner,
        )  # fmt: skip
    decide_all(one)
    spend(campaign, "定制礼品", 9, firm)
    page = client.get(one.get_absolute_url()).content.decode()
    for words in ("15,000", "13,800", "21,200", "+1,200"):  # as they were when it was decided
        assert words in page
    assert (
        told.filter(user=firm.people[REGIONAL_LEADERSHIP]).count() == 4
    )  # asked, returned, asked again, moved
    assert proved()


def hire(firm: Firm) -> User:
    """Somebody of the group's finance."""
    person = User.objects.create(username="treasurer", name="钱理")
    position = Position.objects.get(code=FINANCE)
    Appointment.objects.create(user=person, unit=firm.group, position=position, valid_from=date(2020, 1, 1))
    return person


@pytest.mark.req("BUD-10", whole=True)
@pytest.mark.rule("R-BUD-15", whole=True)
def test_the_emergency_pool_gives_what_it_has(proposal, firm, client: Client):
    install_default_grants()
    campaign = bring_to(proposal, Status.APPROVED, firm)
    pools, fund = reverse("budgets:pool_list"), reverse("budgets:pool_fund")
    treasurer = hire(firm)
    account = account_of(f"campaign:{campaign.pk}")
    assert account is not None
    with pytest.raises(WrongState):
        ask(campaign, firm, "pool", amount=500)
    client.force_login(firm.owner)
    assert "尚无应急资金池" in client.get(pools).content.decode()
    assert client.get(fund).status_code == 403
    client.force_login(treasurer)
    given = {"unit": firm.group.pk, "year": account.year, "amount": "800", "reason": "年初安排"}
    for wrong in ({"amount": "0"}, {"amount": "0.001"}, {"reason": " "}, {"year": "x"}):
        assert client.post(fund, given | wrong).status_code == 422
    asked = client.post(fund, given)
    for words in ("捌佰元整", "¥800", "确认注入"):
        assert words in asked.content.decode()
    assert account_of(f"pool:{firm.group.pk}:{account.year}") is None
    figure = asked.context["form"].figure
    dearer = client.post(fund, given | {"amount": "8000", "confirmed": figure})
    assert "捌仟元整" in dearer.content.decode()  # another figure is another question
    assert client.post(fund, given | {"confirmed": figure}).status_code == 302
    pool = account_of(f"pool:{firm.group.pk}:{account.year}")
    assert pool is not None
    assert money_of(pool).available == 800
    with pytest.raises(RuleRefused) as refused:
        ask(campaign, firm, "pool", amount=801)
    assert refused.value.verdicts[0].rule_id == "R-BUD-15"
    one = ask(campaign, firm, "pool", amount=500)
    assert money_of(pool).reserved == 500
    decide_all(one)
    assert (money_of(pool).available, left(campaign, "抖音同城投放")) == (300, 20_500)

    duty = Duty.objects.get(kind="budgets.pool_use")
    assert (duty.owner, (duty.due_at - clock.now()).days) == (firm.owner, 29)
    spend(campaign, "抖音同城投放", 20_400, firm)
    client.force_login(firm.owner)
    use = reverse("budgets:use_report", args=[one.pk])
    assert client.post(use, {"report": " "}).status_code == 422
    assert client.post(use, {"report": "台风后改期，补投一周"}).status_code == 302
    assert money_of(pool).available == 400
    assert Duty.objects.get(pk=duty.pk).state == Duty.State.DONE
    assert "台风后改期" in client.get(one.get_absolute_url()).content.decode()
    client.force_login(treasurer)
    page = client.get(f"{pools}?year={account.year}").content.decode()
    for words in ("¥800", "¥400", campaign.name, "首日播放量低于预期"):
        assert words in page
    assert proved()


@pytest.mark.rule("R-RSK-05", whole=True)
@pytest.mark.vector("Risk measure 5,000")
def test_a_response_draws_what_was_approved_for_its_risk_and_more_is_asked_for(
    proposal, firm, client: Client
):
    responsible = Person(firm.colleague.name, firm.colleague.pk)
    row = RiskRow(
        scenario="线上流量不足", likelihood=2, impact=2, responses=("追加4000元抖音投放预算",), owner=responsible,
        trigger="预热期首日曝光量<50万",
    )  # fmt: skip
    save_rows(proposal, "risks", [row], actor=firm.owner)
    risk = Risk.objects.get(subject=proposal.subject)
    campaign = bring_to(proposal, Status.APPROVED, firm)
    actions.start_campaign(campaign=campaign, actor=firm.owner)
    douyin = line(campaign, "抖音同城投放")
    spend = {"risk": risk, "target": douyin, "note": "按预案追加投放", "actor": firm.colleague}
    with pytest.raises(WrongState):  # not set off
        spend_on_risk(amount=Decimal(1), **spend)
    Risk.objects.filter(pk=risk.pk).update(extra_amount=9_000)  # what nobody approved gives nothing
    trigger_risk(risk=risk, note="首日曝光 5 万", actor=firm.colleague)
    with pytest.raises(NotAllowed):
        spend_on_risk(amount=Decimal(1), **spend | {"actor": firm.outsider})
    one = spend_on_risk(amount=Decimal(3_000), **spend)
    assert (one.status, one.cause_key) == (AdjustmentStatus.APPROVED, f"risk:{risk.pk}")
    assert (left(campaign, "应急备用金"), left(campaign, "抖音同城投放")) == (2_000, 23_000)
    assert not Task.objects.filter(step__case__subject=one.subject).exists()

    client.force_login(firm.owner)
    address = reverse("operations:risk_draw", args=[campaign.pk, risk.pk])
    assert 'value="1000.00"' in client.get(address).content.decode()
    typed = {"target": douyin.pk, "amount": "1000.01", "note": "再加一轮"}
    over = client.post(address, typed)
    page = over.content.decode()
    assert (over.status_code, "R-RSK-05" in page, "再加一轮" in page) == (422, True, True)
    ordinary = f"/budget-lines/{douyin.pk}/adjust/?way=draw&amp;amount=1000.01"
    assert ordinary in page
    offered = client.get(
        f"/budget-lines/{douyin.pk}/adjust/?way=draw&amount=1000.01", follow=True
    ).content.decode()
    assert 'value="1000.01"' in offered
    assert "线上流量不足" in offered  # the form of the ordinary draw offers the risk, too
    assert client.post(address, typed | {"amount": "1000"}).status_code == 302
    with pytest.raises(RuleRefused, match=r"0\.01"):
        spend_on_risk(amount=Decimal("0.01"), **spend)
    shown = client.get(reverse("operations:risk_list", args=[campaign.pk])).content.decode()
    assert one.get_absolute_url() in shown
    books = client.get(reverse("budgets:budget_detail", args=[campaign.pk])).content.decode()
    assert "随方案预先批准：线上流量不足" in books
    assert "再加一轮" in RiskResponse.objects.get(risk=risk).action
    assert proved()


def test_a_response_never_takes_more_than_the_contingency_has(proposal, firm):
    row = RiskRow(scenario="遇雨", likelihood=2, impact=2, responses=("追加4000元雨棚",))
    save_rows(proposal, "risks", [row], actor=firm.owner)
    campaign = bring_to(proposal, Status.APPROVED, firm)
    risk = Risk.objects.get(subject=campaign.subject)
    trigger_risk(risk=risk, note="降雨 80%", actor=firm.owner)
    ask(campaign, firm, amount=4_500)
    with pytest.raises(RuleRefused, match=r"500\.00") as refused:
        spend_on_risk(
            risk=risk, target=line(campaign, "定制礼品"), amount=Decimal(501), note="雨棚", actor=firm.owner
        )
    assert refused.value.verdicts[0].rule_id == "R-RSK-05"


@pytest.mark.once
@pytest.mark.rule("R-BUD-05")
@pytest.mark.req("BUD-14")
def test_where_a_ceiling_blocks_the_three_legal_ways_stand_filled_in(proposal, firm, client: Client):
    campaign = bring_to(proposal, Status.APPROVED, firm)
    client.force_login(firm.people[FINANCE])
    gifts = line(campaign, "定制礼品")
    address = reverse("budgets:actual_book", args=[campaign.pk, gifts.pk])
    blocked = client.post(address, {"amount": "15600", "note": "涨价", "voucher": "PZ-1"})
    page = blocked.content.decode()
    assert (blocked.status_code, 'value="15600"' in page) == (422, True)
    ways = {
        f"/budget-lines/{gifts.pk}/adjust/?way=draw&amp;amount=600.00": ("动用备用金", 'value="draw"'),
        f"/budget-lines/{gifts.pk}/adjust/?way=shift&amp;amount=600.00": ("申请预算调整", 'value="shift"'),
        f"/expenses/new/?line={gifts.pk}&amp;amount=600.00": ("申请超预算特别审核", ""),
    }
    client.force_login(firm.owner)
    for link, (label, chosen) in ways.items():
        assert f'href="{link}"' in page
        assert label in page
        opened = client.get(link.replace("&amp;", "&"), follow=True)
        assert opened.status_code == 200
        if chosen:
            form = opened.context["form"]
            assert (form["amount"].value(), str(form["target"].value())) == ("600.00", str(gifts.pk))
            assert f"{chosen} checked" in opened.content.decode() or "checked" in opened.content.decode()
        else:
            assert opened.context["form"]["activity"].value() == str(campaign.pk)


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
    # Sent by script from the form's own page, it goes on; from a dialog, the page below looks again.
    for shown, then in (
        (f"http://testserver{address}?way=draw", "HX-Redirect"),
        ("http://testserver/", "HX-Trigger"),
    ):
        headers = {"HX-Request": "true", "HX-Current-URL": shown}
        assert then in client.post(address, given | {"amount": "10"}, headers=headers)
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
