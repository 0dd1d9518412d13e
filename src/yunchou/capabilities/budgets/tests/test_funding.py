"""A budget's money: frozen, given, followed through changes, spent, given back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.actions import (
    cancel_budget,
    record_actual,
    release_budget,
    reserve_budget,
    settle_budget,
)
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.stores import LINES
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.states import OWN, State
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.subjects.models import Subject

from .toys import make_budget

YEAR = 2026


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def toy(firm: Firm) -> Subject:
    return make_budget(firm.department(), firm.owner)


@pytest.fixture
def plan(firm: Firm, toy: Subject) -> Account:
    unit = ledger.open_unit(unit=toy.unit, year=YEAR)
    account = ledger.open_account(kind=Account.Kind.PLAN, parent=unit, key="plan:1", name="年度计划")
    order = ledger.Order(actor=firm.owner)
    ledger.fund(account=account, amount=Decimal(100_000), into=State.AVAILABLE, order=order)
    return account


def line(subject: Subject, item: str) -> BudgetLine:
    return BudgetLine.objects.select_related("account").get(subject=subject, item__startswith=item)


def money(subject: Subject, item: str):
    account = line(subject, item).account
    assert account is not None
    return money_of(account)


def proved() -> bool:
    return not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


@pytest.mark.req("BUD-12")
def test_what_is_sent_is_frozen_and_what_is_approved_is_given(toy, firm, plan):
    who = {"subject": toy, "actor": firm.owner}
    reserve_budget(source=plan, **who)
    reserve_budget(source=plan, **who)
    assert (money_of(plan, OWN).available, money_of(plan, OWN).reserved) == (32_000, 68_000)
    release_budget(**who)
    assert money_of(plan, OWN).available == 100_000

    reserve_budget(source=plan, **who)
    given = settle_budget(source=plan, year=YEAR, **who)
    assert (given.given, given.returned) == (68_000, 0)
    assert (money_of(plan, OWN).available, money_of(plan, OWN).reserved) == (32_000, 0)
    assert money(toy, "抖音").available == 20_000
    assert settle_budget(source=plan, year=YEAR, **who).given == 0
    assert proved()


@pytest.mark.rule("R-BUD-05")
def test_a_plan_cannot_freeze_more_than_it_has(toy, firm, plan):
    first = make_budget(toy.unit, firm.owner)
    reserve_budget(subject=first, source=plan, actor=firm.owner)
    with pytest.raises(RuleRefused, match=r"32,000\.00"):
        reserve_budget(subject=toy, source=plan, actor=firm.owner)


@pytest.mark.req("BUD-13")
@pytest.mark.req("BUD-15")
def test_an_approved_change_moves_the_difference_between_lines(toy, firm, plan):
    who = {"subject": toy, "actor": firm.owner}
    settle_budget(source=plan, year=YEAR, **who)
    BudgetLine.objects.filter(pk=line(toy, "抖音").pk).update(amount=Decimal(16_000))
    BudgetLine.objects.filter(pk=line(toy, "外部讲师").pk).update(amount=Decimal(8_000))
    reserve_budget(source=plan, **who)
    assert money_of(plan, OWN).reserved == 0
    settled = settle_budget(source=plan, year=YEAR, **who)
    assert (settled.given, settled.returned) == (3_000, 4_000)
    assert money(toy, "抖音").available == 16_000
    assert money(toy, "外部讲师").available == 8_000
    assert money_of(plan, OWN).available == 33_000

    record_actual(line=line(toy, "外部讲师"), amount=Decimal(7_000), note="加场", actor=firm.owner)
    BudgetLine.objects.filter(pk=line(toy, "外部讲师").pk).update(amount=Decimal(6_999))
    with pytest.raises(RuleRefused):
        settle_budget(source=plan, year=YEAR, **who)
    assert proved()


def test_a_line_that_used_money_stays_and_one_that_did_not_gives_it_back(toy, firm, plan):
    who = {"subject": toy, "actor": firm.owner}
    settle_budget(source=plan, year=YEAR, **who)
    used, unused = line(toy, "线下展架"), line(toy, "高校公众号")
    record_actual(line=used, amount=Decimal(1), note="样品", actor=firm.owner)
    with pytest.raises(WrongState, match="线下展架"):
        LINES.delete_row(toy, used.pk)
    with pytest.raises(WrongState, match="线下展架"):
        LINES.save(toy, [row for row in LINES.load(toy) if row.pk != used.pk])
    LINES.delete_row(toy, unused.pk)
    settle_budget(source=plan, year=YEAR, **who)
    assert money_of(plan, OWN).available == 40_000
    assert proved()


def test_outside_the_plan_money_comes_in_with_the_approval(toy, firm):
    settle_budget(subject=toy, source=None, year=YEAR, actor=firm.owner)
    top = account_of(f"campaign:{toy.pk}")
    assert top is not None
    assert (top.parent.kind, money_of(top).available) == (Account.Kind.UNIT, 68_000)
    cancel_budget(subject=toy, source=None, actor=firm.owner)
    assert money_of(top).approved == 0
    assert proved()


@pytest.mark.rule("R-BUD-05")
def test_booking_posts_the_difference_and_never_more_than_there_is(toy, firm, plan):
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    stand = line(toy, "线下展架")
    record_actual(line=stand, amount=Decimal(900), note="批量价", actor=firm.owner)
    record_actual(line=stand, amount=Decimal("860.50"), note="批量价", actor=firm.owner)
    assert (money(toy, "线下展架").spent, money(toy, "线下展架").available) == (
        Decimal("860.50"),
        Decimal("139.50"),
    )
    with pytest.raises(RuleRefused, match=r"139\.50"):
        record_actual(line=stand, amount=Decimal("1000.01"), note="超支", actor=firm.owner)
    assert line(toy, "线下展架").actual == Decimal("860.50")
    assert proved()


def test_costs_recorded_before_are_taken_over_even_beyond_their_budget(toy, firm, plan):
    BudgetLine.objects.filter(pk=line(toy, "线下展架").pk).update(actual=Decimal(980))
    BudgetLine.objects.filter(pk=line(toy, "场地租赁").pk).update(actual=Decimal(2_300))
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    assert money(toy, "线下展架").spent == 980
    venue = money(toy, "场地租赁")
    assert (venue.spent, venue.approved, venue.available) == (2_300, 2_300, 0)
    assert proved()


@pytest.mark.once
def test_the_tab_shows_the_six_columns_the_levels_above_and_the_entries(toy, firm, plan, client: Client):
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    douyin = line(toy, "抖音").account
    order = ledger.Order(actor=firm.owner, subject=toy, reason="首周投放", evidence="DY-0731")
    ledger.commit(account=douyin, amount=Decimal(6_400), order=order)
    ledger.spend(account=douyin, amount=Decimal(9_600), order=order)
    client.force_login(firm.owner)
    page = client.get(reverse("budgets:budget_detail", args=[toy.pk])).content.decode()
    for words in ("冻结", "占用", "6,400", "9,600", "DY-0731", "年度计划", "¥84,000"):
        assert words in page
    account = account_of(f"campaign:{toy.pk}")
    books = client.get(reverse("ledger:account_detail", args=[account.pk]))
    assert books.status_code == 200
    assert "渠道成本" in books.content.decode()
