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
from yunchou.capabilities.budgets.adjustments import contingency_left
from yunchou.capabilities.budgets.committing import is_contingency
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.money import levels_above
from yunchou.capabilities.budgets.stores import LINES
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Posting
from yunchou.capabilities.ledger.selectors import Money, account_of, money_of, outlook, slices_of
from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.capabilities.ledger.states import OWN, Dimension, Stage, State
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Role, Subject

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


def spend(subject: Subject, item: str, amount: str, firm: Firm, note: str = "批量价") -> None:
    finance = firm.people[FINANCE]
    record_actual(line=line(subject, item), amount=Decimal(amount), note=note, voucher="PZ-1", actor=finance)


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

    spend(toy, "外部讲师", "7000", firm, "加场")
    BudgetLine.objects.filter(pk=line(toy, "外部讲师").pk).update(amount=Decimal(6_999))
    with pytest.raises(RuleRefused):
        settle_budget(source=plan, year=YEAR, **who)
    assert proved()


def test_a_line_that_used_money_stays_and_one_that_did_not_gives_it_back(toy, firm, plan):
    who = {"subject": toy, "actor": firm.owner}
    settle_budget(source=plan, year=YEAR, **who)
    used, unused = line(toy, "线下展架"), line(toy, "高校公众号")
    spend(toy, "线下展架", "1", firm, "样品")
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
    spend(toy, "线下展架", "900", firm)
    spend(toy, "线下展架", "860.50", firm)
    assert (money(toy, "线下展架").spent, money(toy, "线下展架").available) == (
        Decimal("860.50"),
        Decimal("139.50"),
    )
    with pytest.raises(RuleRefused, match=r"139\.50"):
        spend(toy, "线下展架", "1000.01", firm, "超支")
    assert line(toy, "线下展架").actual == Decimal("860.50")
    assert proved()


@pytest.mark.req("BUD-12")
def test_only_finance_books_without_a_claim_and_with_a_voucher(toy, firm, plan, client: Client):
    """Who leads a campaign neither spends its money by typing nor takes what claims have booked out of the books."""
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    stand = line(toy, "线下展架")
    for person in (firm.owner, firm.colleague, firm.approver):
        with pytest.raises(NotAllowed):
            record_actual(line=stand, amount=Decimal(0), note="冲回", voucher="PZ-1", actor=person)
    with pytest.raises(Invalid) as refused:
        record_actual(line=stand, amount=Decimal(1_000), note="", voucher=" ", actor=firm.people[FINANCE])
    assert set(refused.value.fields) == {"voucher", "note"}

    claim = open_subject(kind="budgettoy", unit=toy.unit, title="BX-1", address="/toys/", actor=firm.owner)
    order = ledger.Order(actor=firm.owner, subject=toy, document=claim, evidence="FP-1")
    ledger.spend(account=stand.account, amount=Decimal(900), order=order)
    spend(toy, "线下展架", "950", firm)
    with pytest.raises(Invalid, match=r"900\.00") as refused:
        spend(toy, "线下展架", "899.99", firm)
    assert set(refused.value.fields) == {"amount"}
    spend(toy, "线下展架", "900", firm)
    assert (money(toy, "线下展架").spent, money(toy, "线下展架").available) == (900, 100)

    page = reverse("budgets:actual_book", args=[toy.pk, stand.pk])
    client.force_login(firm.owner)
    assert client.get(page).status_code == 403
    client.force_login(firm.people[FINANCE])
    assert "凭证号" in client.get(page).content.decode()
    answer = client.post(page, {"amount": "950", "note": "补差", "voucher": ""})
    assert (answer.status_code, "请填写凭证号" in answer.content.decode()) == (422, True)
    assert client.post(page, {"amount": "950", "note": "补差", "voucher": "PZ-7"}).status_code in (204, 302)
    assert Posting.objects.filter(evidence="PZ-7", reason__contains="补差").exists()
    assert proved()


def test_costs_typed_before_are_figures_and_taken_over_only_into_old_books(toy, firm, plan):
    """The approval of a draft brings in what was asked for, whatever somebody has typed as spent."""
    BudgetLine.objects.filter(pk=line(toy, "线下展架").pk).update(actual=Decimal(980))
    BudgetLine.objects.filter(pk=line(toy, "场地租赁").pk).update(actual=Decimal(50_000))
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    assert money_of(account_of(f"campaign:{toy.pk}")) == Money(available=Decimal(68_000))
    assert money_of(plan, OWN).available == 32_000

    old = make_budget(toy.unit, firm.owner)
    BudgetLine.objects.filter(pk=line(old, "线下展架").pk).update(actual=Decimal(980))
    BudgetLine.objects.filter(pk=line(old, "场地租赁").pk).update(actual=Decimal(2_300))
    settle_budget(subject=old, source=None, year=YEAR, actor=firm.owner, takes_over=True)
    assert money(old, "线下展架").spent == 980
    venue = money(old, "场地租赁")
    assert (venue.spent, venue.approved, venue.available) == (2_300, 2_300, 0)
    assert proved()


def test_names_and_categories_are_those_that_were_approved(toy, firm, plan):
    """Rules read the account; what is written in an open change counts once it is approved, above the line as well."""
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    spend(toy, "抖音", "5000", firm)
    BudgetLine.objects.filter(pk=line(toy, "应急备用金").pk).update(item="杂项", category="渠道成本")
    BudgetLine.objects.filter(pk=line(toy, "抖音").pk).update(category="物料成本")
    spare = line(toy, "杂项")
    assert (spare.account.name, is_contingency(spare.account)) == ("应急备用金", True)
    assert contingency_left(toy) == 5_000
    assert slices_of(plan, Dimension.CATEGORY)["渠道成本"].available == 23_000

    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    spare = line(toy, "杂项")
    assert (spare.account.name, is_contingency(spare.account)) == ("杂项", False)
    assert contingency_left(toy) is None
    kinds = slices_of(plan, Dimension.CATEGORY)
    assert (kinds["物料成本"].available, kinds["物料成本"].spent) == (31_000, 5_000)
    assert kinds["渠道成本"] == Money(available=Decimal(13_000))
    assert proved()


def test_what_a_change_takes_from_lines_is_frozen_until_it_is_decided(toy, firm, plan):
    """A line that is used below what it would keep is told to the author; what it gives up nobody uses meanwhile."""
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    spend(toy, "抖音", "15000", firm)
    BudgetLine.objects.filter(pk=line(toy, "抖音").pk).update(amount=Decimal(14_999))
    with pytest.raises(WrongState, match=r"抖音.*15,000\.00"):
        reserve_budget(subject=toy, source=plan, actor=firm.owner)
    BudgetLine.objects.filter(pk=line(toy, "抖音").pk).update(amount=Decimal(16_000))
    reserve_budget(subject=toy, source=plan, actor=firm.owner)
    reserve_budget(subject=toy, source=plan, actor=firm.owner)
    assert (money(toy, "抖音").reserved, money(toy, "抖音").available) == (4_000, 1_000)
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    assert (money(toy, "抖音").reserved, money(toy, "抖音").available) == (0, 1_000)
    assert money_of(plan, OWN).available == 36_000
    assert proved()


def test_nothing_is_posted_without_moves_or_beyond_what_is_frozen(toy, firm, plan):
    order = ledger.Order(actor=firm.owner, subject=toy)
    with pytest.raises(WrongState):
        ledger.hand_on(gifts=[], amount=Decimal(1), order=order)
    with pytest.raises(WrongState):
        ledger.hand_on(gifts=[], amount=Decimal(0), order=order)
    assert not Posting.objects.filter(subject=toy).exists()


@pytest.mark.req("BUD-14")
def test_levels_that_a_person_may_not_see_tell_only_whether_they_suffice(toy, firm, plan, client: Client):
    """Who belongs to a campaign is not told what plan, region and group have left."""
    settle_budget(subject=toy, source=plan, year=YEAR, actor=firm.owner)
    member = User.objects.create(username="guest", name="客")
    add_member(subject=toy, user=member, role=Role.MEMBER)
    account = line(toy, "抖音").account
    levels = veiled(outlook(account, Decimal(20_500), Stage.SPEND), member)
    assert [(one.is_hidden, one.suffices) for one in levels[:3]] == [
        (False, False),
        (False, True),
        (True, True),
    ]
    assert all(one.is_hidden and one.verdict is None for one in levels[2:])
    assert [one.name for one in levels_above(toy, member)] == [toy.title]
    assert "年度计划" in [one.name for one in levels_above(toy, firm.people[FINANCE])]
    client.force_login(member)
    address = reverse("budgets:outlook_show", args=[toy.pk])
    page = client.get(address, {"line": line(toy, "抖音").pk, "amount": "500"}).content.decode()
    assert "额度足够" in page
    assert "99,500" not in page


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
