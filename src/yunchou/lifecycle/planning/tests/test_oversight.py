"""Looking at plans again: reviews of the monitor, dedicated money, risks to the budget (PLN-10, BUD-27, BUD-28)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors.balances import account_of, money_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.lifecycle.planning import actions, registry
from yunchou.lifecycle.planning.dedicated import dedicated_of, item_key
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import Item, Plan, Review, Risk, RiskState, Supervision
from yunchou.lifecycle.planning.money import open_item, plan_key
from yunchou.lifecycle.planning.registry import Carrying, State
from yunchou.lifecycle.planning.sheets import risks

from .factories import YEAR, again, approve_plan, decide, item_row, make_ready, risk_row, save_rows, send


def open_duty(plan: Plan, kind: str) -> Duty:
    return Duty.objects.open().get(subject=plan.subject, kind=f"planning.{kind}")


@contextmanager
def carried_by(*found: Carrying) -> Iterator[None]:
    """Campaigns that say they carry items out."""

    def source(_items: object) -> list[Carrying]:
        return list(found)

    registry.progress_from(source)
    try:
        yield
    finally:
        registry._sources.remove(source)


@pytest.mark.req("PLN-10", whole=True)
def test_a_monitor_shows_how_a_plan_goes_and_is_reviewed_periodically(firm: Firm, client: Client) -> None:
    plan = approve_plan(make_ready(firm, Kind.QUARTER, quarter=1))
    items = list(Item.objects.filter(subject=plan.subject).order_by("position"))
    with clock.at("2025-02-21T09:00"):
        actions.finish_item(item=items[0], actor=firm.owner, note="完成")
        actions.start_item(item=items[1], actor=firm.owner)
        actions.cancel_item(item=items[2], actor=firm.owner, note="并入下季")
        spent = Carrying(
            items[0].pk, "路演", "/s/1/", State.DONE, Decimal(9), Decimal(30_000), Decimal("0.9")
        )
        client.force_login(firm.owner)
        with carried_by(spent):
            page = client.get(f"/plans/{plan.pk}/monitor/").content.decode()
            # Spent 30,000 of 25,000 that were planned by now.
            for words in ("Planned by now", "+5,000", "90.0%", "Due by now", "Done", "Cancelled", "Started"):
                assert words in page, words
            duty = open_duty(plan, "review")
            assert (duty.owner, clock.local(duty.due_at).date()) == (firm.owner, date(YEAR, 1, 31))
            address = f"/plans/{plan.pk}/oversight/review/"
            wrong = client.post(address, {"findings": "超支", "measures": " ", "next_on": "2025-02-20"})
            assert wrong.status_code == 422
            for words in ("This must be filled in.", "超支"):
                assert words in wrong.content.decode()
            for day, words in (("2025-02-21", "lies ahead"), ("2025-03-30", "At the latest on 2025-03-23")):
                fields = {"findings": "超支", "measures": "下调限额", "next_on": day}
                assert words in client.post(address, fields).content.decode()
            assert client.post(address, {**fields, "next_on": "2025-03-10"}).status_code == 302
        review = Review.objects.get(plan=plan)
        figures = review.figures
        assert (figures["done"], figures["spent"], figures["deviation"]) == (1, "30000.00", "5000.00")
        duty.refresh_from_db()
        assert duty.state == Duty.State.DONE
        assert clock.local(open_duty(plan, "review").due_at).date() == date(YEAR, 3, 10)
        assert "下调限额" in client.get(f"/plans/{plan.pk}/oversight/").content.decode()
        with pytest.raises(NotAllowed):
            actions.review_plan(plan=plan, findings="x", measures="y", next_on=None, actor=firm.approver)
        # Who forgot is owed again at night, once; nobody owes a look after the period.
        Duty.objects.filter(kind="planning.review").delete()
        assert actions.owe_looks() == 1
        assert actions.owe_looks() == 0
    with clock.at("2025-04-01T09:00"):
        Duty.objects.filter(kind="planning.review").delete()
        assert actions.owe_looks() == 0


@pytest.mark.req("BUD-27", whole=True)
def test_dedicated_money_is_kept_to_its_purpose_and_supervised_apart(firm: Firm, client: Client) -> None:
    plan = make_ready(firm, Kind.QUARTER, quarter=1, budget=Decimal(100_000))
    rows = [
        item_row(firm, "1", 2, 40_000, title="信息流", dedicated="advertising"),
        item_row(firm, "2", 2, 20_000, title="公益日", kind="公关活动", dedicated="pr"),
        item_row(firm, "3", 3, 40_000, title="路演"),
    ]
    save_rows(plan, "plan_items", rows, actor=firm.owner)
    plan = approve_plan(plan)
    advert, public, plain = Item.objects.filter(subject=plan.subject).order_by("position")
    # Advertising takes channels and materials; the books refuse everything else. Other items take what they like.
    order = ledger.Order(actor=firm.owner, subject=plan.subject, document=plan.subject, reason="投放")

    def line(item: Item, category: str) -> Account:
        above = open_item(item=item, actor=firm.owner)
        key = f"line:{item.pk}{category}"
        made = ledger.open_account(
            kind=Account.Kind.LINE,
            parent=above,
            key=key,
            name=category,
            subject=plan.subject,
            category=category,
        )
        ledger.allot(source=above, shares=[ledger.Share(made, Decimal(5_000))], order=order)
        return made

    ledger.reserve(account=line(advert, "渠道成本"), amount=Decimal(4_000), order=order)
    ledger.reserve(account=line(plain, "其他成本"), amount=Decimal(1_000), order=order)
    with pytest.raises(RuleRefused) as refused:
        ledger.reserve(account=line(advert, "其他成本"), amount=Decimal(1), order=order)
    assert "其他成本" in str(refused.value.verdicts[0].reason)
    # Money for public relations is used by such campaigns only, when one is made and when its money is frozen.
    for act in (
        lambda: actions.item_is_carried(item=public, actor=firm.owner),
        lambda: open_item(item=public, actor=firm.owner),
    ):
        promotion = Carrying(public.pk, "大促", "/s/9/", State.OPEN, kind="promotion")
        with carried_by(promotion), pytest.raises(Invalid, match="dedicated to public relations"):
            act()
        with carried_by(Carrying(public.pk, "公益日", "/s/9/", State.OPEN, kind="pr")):
            act()
    found = dedicated_of(plan)
    assert [(str(one.purpose), one.budget, one.used, one.left) for one in found.lines] == [
        ("Advertising", 40_000, 4_000, 36_000), ("Public relations", 20_000, 0, 20_000),
    ]  # fmt: skip
    # Somebody who does not use it owes a look at it at intervals.
    duty = open_duty(plan, "supervision")
    assert duty.owner_id not in found.users
    assert duty.owner.appointments.filter(position__code="finance").exists()
    supervisor, address = duty.owner, f"/plans/{plan.pk}/oversight/dedicated/"
    with clock.at("2025-01-20T09:00"):
        client.force_login(firm.owner)
        assert client.get(address).status_code == 403
        director = firm.people["marketing_director"]
        Item.objects.filter(pk=public.pk).update(owner=director)
        with pytest.raises(NotAllowed, match="does not supervise"):
            actions.supervise(
                plan=plan, verdict="in_order", note="自查", next_on=date(YEAR, 2, 1), actor=director
            )
        client.force_login(supervisor)
        assert (
            client.post(address, {"verdict": "in_order", "note": "", "next_on": "2025-02-10"}).status_code
            == 422
        )
        fields = {"verdict": "doubtful", "note": "一笔餐费待查", "next_on": "2025-02-10"}
        assert client.post(address, fields).status_code == 302
        look = Supervision.objects.get(plan=plan)
        assert look.figures == {"budget": "60000.00", "used": "4000.00", "spent": "0.00"}
        duty.refresh_from_db()
        assert duty.state == Duty.State.DONE
        assert clock.local(open_duty(plan, "supervision").due_at).date() == date(YEAR, 2, 10)
        for one in (f"/plans/{plan.pk}/oversight/", f"/plans/dedicated/?year={YEAR}"):
            page = client.get(one).content.decode()
            for words in ("信息流", "公益日", "36,000", "一笔餐费待查", supervisor.name):
                assert words in page, words
            assert "路演" not in page
        client.force_login(firm.outsider)
        assert "信息流" not in client.get(f"/plans/dedicated/?year={YEAR}").content.decode()
    other = approve_plan(make_ready(firm))
    with pytest.raises(WrongState, match="no dedicated money"):
        actions.supervise(plan=other, verdict="in_order", note="x", next_on=None, actor=supervisor)
    assert account_of(item_key(public.pk)) is not None


@pytest.mark.req("PLN-12", "BUD-14")
def test_the_money_of_an_item_follows_its_budget(firm: Firm) -> None:
    plan = approve_plan(make_ready(firm, Kind.QUARTER, quarter=1))
    item = Item.objects.filter(subject=plan.subject).order_by("position")[0]
    account = open_item(item=item, actor=firm.owner)
    assert money_of(account).available == Decimal(25_000)
    actions.open_change(plan=plan, actor=firm.owner, reason="追加", effect="多一场")
    Plan.objects.filter(pk=plan.pk).update(budget=Decimal(130_000))
    Item.objects.filter(pk=item.pk).update(budget=Decimal(55_000))
    actions.send_change(plan=again(plan), actor=firm.owner)
    decide(plan)
    assert money_of(account).available == Decimal(55_000)
    # What is done or cancelled keeps what it has used; the rest is the plan's again.
    order = ledger.Order(actor=firm.owner, subject=plan.subject, document=plan.subject, reason="布展")
    ledger.commit(account=account, amount=Decimal(20_000), order=order)
    actions.finish_item(item=item, actor=firm.owner, note="完成")
    assert (money_of(account).available, money_of(account).committed) == (0, Decimal(20_000))
    whole = account_of(plan_key(plan.pk))
    assert whole is not None
    assert money_of(whole).available == Decimal(110_000)
    # Giving back what is spent already, or asking for what the plan above has not, is told to the author.
    actions.open_change(plan=again(plan), actor=firm.owner, reason="压减", effect="少一场")
    Plan.objects.filter(pk=plan.pk).update(budget=Decimal(10_000))
    with pytest.raises(WrongState, match=r"only ¥110,000\.00"):
        actions.send_change(plan=again(plan), actor=firm.owner)
    year = approve_plan(make_ready(firm, Kind.BUDGET, parent=None, budget=Decimal(30_000)))
    with pytest.raises(WrongState, match=r"¥30,000\.00 left, and ¥40,000\.00"):
        send(make_ready(firm, Kind.BUDGET, quarter=2, parent=year, budget=Decimal(40_000)))


@pytest.mark.req("BUD-28", whole=True)
def test_risks_to_the_budget_are_registered_answered_and_reviewed(firm: Firm, client: Client) -> None:
    plan = make_ready(firm, Kind.BUDGET, parent=None)
    economy = risk_row(firm, "利率上行", kind="economy", alternative="", saving=None)
    save_rows(plan, "plan_risks", [risk_row(firm), economy], actor=firm.owner)
    assert not Duty.objects.filter(kind="planning.risk").exists()
    plan = approve_plan(plan)
    rival, rates = Risk.objects.filter(subject=plan.subject).order_by("position")
    assert (rival.expected_loss, rival.saving) == (Decimal(12_000), Decimal(15_000))
    duties = Duty.objects.open().filter(subject=plan.subject, kind="planning.risk")
    assert {duty.owner for duty in duties} == {firm.colleague}
    with clock.at("2025-03-01T09:00"):
        client.force_login(firm.colleague)
        address = f"/plans/{plan.pk}/oversight/risks/{rival.pk}/"
        assert client.get(address).status_code == 200
        fields = {"state": "occurred", "note": "对手降价 3%,已启用社群方案", "next_on": ""}
        assert client.post(address, fields).status_code == 422
        assert client.post(address, {**fields, "next_on": "2025-06-01"}).status_code == 302
        rival.refresh_from_db()
        assert (rival.state, rival.reviewed_by, rival.review_on) == (
            "occurred",
            firm.colleague,
            date(YEAR, 6, 1),
        )
        days = sorted(clock.local(duty.due_at).date() for duty in duties.all())
        assert days == [date(YEAR, 3, 1), date(YEAR, 6, 1)]
        actions.review_risk(
            risk=rates, state=RiskState.OVER, note="已降息", next_on=None, actor=firm.colleague
        )
        assert duties.all().count() == 1
        with pytest.raises(NotAllowed):
            actions.review_risk(risk=rival, state="open", note="x", next_on=None, actor=firm.approver)
        # The register lives on: a new risk comes in while the plan is in force, what was reviewed does not go.
        client.force_login(firm.owner)
        row = {
            "kind": "价格上涨", "title": "物料涨价", "likelihood": "60", "effect": "1万", "response": "锁价",
            "alternative": "改用电子物料", "saving": "4000", "owner": firm.colleague.pk, "review_on": "2025-04-01",
        }  # fmt: skip
        table = f"/s/{plan.pk}/table/plan_risks"
        assert client.post(f"{table}/add/", row, headers={"hx-request": "true"}).status_code == 200
        assert duties.all().count() == 2
        with pytest.raises(WrongState, match="it is over"):
            risks.delete_row(plan.subject, rival.pk)
        # Over all plans: the register with what it may cost and what cheaper alternatives save.
        page = client.get(f"/plans/risks/?year={YEAR}&state=all").content.decode()
        for words in ("竞品降价", "利率上行", "物料涨价", "改用电子物料", "Expected loss", "¥19,000"):
            assert words in page, words
        occurred = client.get(f"/plans/risks/?year={YEAR}&state=occurred").content.decode()
        assert "竞品降价" in occurred
        assert "物料涨价" not in occurred
        client.force_login(firm.outsider)
        assert "竞品降价" not in client.get(f"/plans/risks/?year={YEAR}&state=all").content.decode()
        assert client.get(address).status_code == 404


@pytest.mark.once
def test_these_pages_ask_as_often_for_many_as_for_few(firm: Firm, client: Client) -> None:
    plan = make_ready(firm, Kind.BUDGET, parent=None)
    first = [item_row(firm, "1", 2, dedicated="advertising")]
    save_rows(plan, "plan_items", first, actor=firm.owner)
    plan = approve_plan(plan)
    client.force_login(firm.people["vp_marketing"])
    addresses = (
        f"/plans/dedicated/?year={YEAR}", f"/plans/risks/?year={YEAR}&state=all", f"/plans/{plan.pk}/",
        f"/plans/{plan.pk}/oversight/", f"/plans/{plan.pk}/money/",
    )  # fmt: skip

    def counts() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(len(asked))
        return found

    few = counts()
    more = [item_row(firm, str(n), 2, dedicated="advertising") for n in range(2, 9)]
    save_rows(again(plan), "plan_items", [*first, *more], actor=firm.owner)
    save_rows(plan, "plan_risks", [risk_row(firm, f"风险 {n}") for n in range(8)], actor=firm.owner)
    for quarter in (1, 2):
        other = make_ready(firm, Kind.BUDGET, parent=None, quarter=quarter)
        save_rows(other, "plan_items", more, actor=firm.owner)
        Plan.objects.filter(pk=other.pk).update(status="approved")
    assert counts() == few
