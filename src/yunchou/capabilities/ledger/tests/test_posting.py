"""What moves, what does not, and what the books say afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Balance, Entry, Hold, Posting, Reopening
from yunchou.capabilities.ledger.selectors import entries_below, money_of, money_of_many, outlook, slices_of
from yunchou.capabilities.ledger.selectors.months import months_of
from yunchou.capabilities.ledger.states import ALL, OWN, Dimension, Effect, Kind, Slice, Stage
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.directory.organisation.positions import FINANCE
from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.identity.models import Appointment, Position, User

from .books import Books, make_books

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 8)


@pytest.fixture
def books() -> Books:
    return make_books()


@pytest.fixture
def treasurer(books: Books) -> User:
    position, _made = Position.objects.get_or_create(code=FINANCE, defaults={"name": "财务"})
    install_default_grants()
    person = User.objects.create(username="treasurer", name="钱")
    Appointment.objects.create(user=person, unit=books.group, position=position, valid_from=date(2020, 1, 1))
    return person


def proved() -> list[object]:
    return [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def test_a_yuan_goes_the_whole_way_and_every_level_adds_up(books: Books) -> None:
    _stand, line, _reserve = books.lines
    order = books.order(on=MAY, reason="首周投放")
    hold = ledger.reserve(account=line, amount=Decimal("9000.10"), order=order, channel="douyin").hold
    bound = ledger.commit(hold=hold, amount=Decimal("6000.10"), order=order).hold
    spent = ledger.spend(hold=bound, amount=Decimal("1600.05"), order=order)
    ledger.release(hold=Hold.objects.get(pk=hold.pk), order=order)

    for account in (line, books.campaign, books.plan, books.unit, books.unit.parent):
        money = money_of(account)
        assert (money.reserved, money.committed, money.spent) == (0, Decimal("4400.05"), Decimal("1600.05"))
    assert money_of(line).available == Decimal("13999.90")
    assert money_of(books.plan).approved == 100_000
    assert money_of(books.plan, OWN).available == 74_000
    assert slices_of(books.unit, Dimension.CATEGORY)["渠道成本"].spent == Decimal("1600.05")
    assert slices_of(books.unit, Dimension.CHANNEL)["douyin"].committed == Decimal("4400.05")
    assert slices_of(books.campaign, Dimension.QUARTER)["2026Q2"].used == Decimal("6000.10")
    assert spent.posting.kind == Kind.SPEND
    assert entries_below(books.plan)[0].posting.kind == Kind.RELEASE
    assert set(money_of_many([line.key, "line:none"])) == {line.key}
    assert proved() == []


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000000000000", "NaN"])
@pytest.mark.once
def test_an_amount_is_an_amount(books: Books, amount: str) -> None:
    before = Posting.objects.count()
    with pytest.raises(Invalid) as refused:
        ledger.reserve(account=books.lines[0], amount=Decimal(amount), order=books.order())
    assert "amount" in refused.value.fields
    assert Posting.objects.count() == before


@pytest.mark.rule("R-BUD-05")
def test_nobody_uses_more_than_there_is_and_is_told_the_ways_out(books: Books) -> None:
    with pytest.raises(RuleRefused) as refused:
        ledger.spend(account=books.lines[0], amount=Decimal("1000.01"), order=books.order())
    [verdict] = refused.value.verdicts
    assert (verdict.rule_id, verdict.values["over"]) == ("R-BUD-05", "0.01")
    assert all(way in verdict.fix_text for way in ("备用金", "预算调整", "特别审核"))
    ledger.spend(account=books.lines[0], amount=Decimal("1000.00"), order=books.order())
    assert money_of(books.lines[0]).available == 0


@pytest.mark.rule("R-BUD-05")
@pytest.mark.req("BUD-14")
def test_a_ceiling_blocks_warns_or_allows_at_each_stage_of_its_own(books: Books, treasurer: User) -> None:
    line = books.lines[1]
    by_channel = Slice(Dimension.CHANNEL, "douyin")
    ledger.set_ceiling(
        account=books.unit, cut=by_channel, limit=Decimal(5_000), actor=treasurer,
        at_reserve=Effect.ALLOW, at_commit=Effect.WARN, at_spend=Effect.BLOCK,
    )  # fmt: skip
    order = books.order()
    quiet = ledger.reserve(account=line, amount=Decimal(6_000), order=order, channel="douyin")
    assert quiet.warnings == ()
    warned = ledger.commit(hold=quiet.hold, amount=Decimal(6_000), order=order)
    assert ["1,000.00" in str(one.reason) for one in warned.warnings] == [True]
    near = ledger.spend(hold=warned.hold, amount=Decimal(4_000), order=order)
    assert "80.0%" in str(near.warnings[0].reason)
    with pytest.raises(RuleRefused):
        ledger.spend(hold=warned.hold, amount=Decimal(1_001), order=order)
    ledger.spend(account=line, amount=Decimal(1_001), order=order, channel="wechat")

    for cut in (Slice(Dimension.MONTH, "2026-05"), Slice(Dimension.CATEGORY, "渠道成本")):
        ceiling = ledger.set_ceiling(account=books.campaign, cut=cut, limit=Decimal(5_100), actor=treasurer)
        with pytest.raises(RuleRefused):
            ledger.spend(account=line, amount=Decimal(5_101), order=books.order(on=MAY))
        assert ceiling is not None
        ledger.set_ceiling(account=books.campaign, cut=cut, limit=None, actor=treasurer)
    assert proved() == []


def test_what_would_be_left_is_told_at_every_level(books: Books, treasurer: User) -> None:
    ledger.set_ceiling(account=books.unit, limit=Decimal(3_000), actor=treasurer, at_spend=Effect.WARN)
    levels = outlook(books.lines[1], Decimal("3500"), Stage.SPEND)
    assert [(str(one.name), one.after) for one in levels[:5]] == [
        ("B5 抖音同城投放", Decimal(16_500)),
        ("开学季·青春焕新计划", Decimal(22_500)),
        ("华南年度计划", Decimal(96_500)),
        ("华南区域 2026", Decimal(96_500)),
        ("集团 2026", Decimal(96_500)),
    ]
    assert levels[-1].after == -500
    assert levels[-1].verdict is not None
    assert outlook(books.lines[0], Decimal("1000.01"), Stage.SPEND)[0].verdict is not None
    assert Entry.objects.filter(posting__kind=Kind.SPEND).count() == 0


def test_the_same_request_again_is_the_same_posting(books: Books) -> None:
    order = books.order(key="claim:7")
    first = ledger.spend(account=books.lines[1], amount=Decimal(300), order=order)
    again = ledger.spend(account=books.lines[1], amount=Decimal(300), order=order)
    assert (again.posting.pk, again.is_repeat, first.is_repeat) == (first.posting.pk, True, False)
    assert money_of(books.lines[1]).spent == 300


def test_a_contract_is_not_paid_with_the_money_of_another(books: Books) -> None:
    order, line = books.order(), books.lines[1]
    one = ledger.commit(account=line, amount=Decimal(400), order=order).hold
    ledger.commit(account=line, amount=Decimal(5_000), order=order)
    with pytest.raises(WrongState, match=r"400\.00"):
        ledger.spend(hold=one, amount=Decimal(401), order=order)
    ledger.spend(hold=one, amount=Decimal(400), order=order)
    with pytest.raises(WrongState):
        ledger.commit(hold=one, amount=Decimal(1), order=order)
    assert money_of(line).committed == 5_000
    assert proved() == []


def test_an_expense_is_reversed_up_to_what_it_was_and_in_its_own_month(books: Books) -> None:
    line = books.lines[1]
    spent = ledger.spend(
        account=line, amount=Decimal(500), order=books.order(on=date(2026, 4, 30)), channel="douyin"
    )
    ledger.refund(posting=spent.posting, amount=Decimal(200), order=books.order(on=MAY))
    with pytest.raises(WrongState, match=r"300\.00"):
        ledger.refund(posting=spent.posting, amount=Decimal("300.01"), order=books.order(on=MAY))
    months = slices_of(books.unit, Dimension.MONTH)
    assert (months["2026-04"].spent, months["2026-05"].spent) == (500, -200)
    ledger.refund(posting=spent.posting, amount=Decimal(300), order=books.order(on=MAY))
    assert money_of(line).spent == 0
    with pytest.raises(WrongState):
        ledger.refund(
            posting=ledger.reserve(account=line, amount=Decimal(1), order=books.order()).posting,
            order=books.order(),
        )
    assert proved() == []


def test_a_cancelled_campaign_gives_back_what_it_did_not_spend(books: Books) -> None:
    order = books.order()
    hold = ledger.commit(account=books.lines[1], amount=Decimal(6_000), order=order).hold
    ledger.spend(hold=hold, amount=Decimal(2_500), order=order)
    ledger.reserve(account=books.lines[2], amount=Decimal(5_000), order=order)
    ledger.cancel(account=books.campaign, to=books.plan, order=order)
    left = money_of(books.campaign)
    assert (left.available, left.used, left.spent) == (0, 2_500, 2_500)
    assert money_of(books.plan, OWN).available == 97_500
    with pytest.raises(WrongState):
        ledger.reserve(account=Account.objects.get(pk=books.lines[0].pk), amount=Decimal(1), order=order)
    assert proved() == []


def test_what_was_reserved_for_a_proposal_is_what_it_gets(books: Books) -> None:
    order = books.order()
    hold = ledger.reserve(account=books.plan, amount=Decimal(1_500), order=order).hold
    shares = [ledger.Share(line, Decimal(1_000)) for line in books.lines[:2]]
    ledger.allot(source=books.plan, shares=shares, holds=[hold], order=order)
    assert money_of(books.plan, OWN).available == 72_000
    assert money_of(books.plan, OWN).reserved == 0
    assert money_of(books.campaign).available == 28_000
    assert proved() == []


@pytest.mark.req("BUD-19")
def test_nothing_is_posted_into_a_closed_month(books: Books, treasurer: User) -> None:
    ledger.close_month(account=books.unit, month="2026-05", actor=treasurer)
    with pytest.raises(WrongState, match="2026-05"):
        ledger.spend(account=books.lines[1], amount=Decimal(1), order=books.order(on=MAY))
    ledger.spend(account=books.lines[1], amount=Decimal(1), order=books.order(on=date(2026, 6, 1)))
    with pytest.raises(Invalid):
        ledger.close_month(account=books.unit, month="2025-12", actor=treasurer)


@pytest.mark.req("BUD-19")
def test_somebody_else_opens_a_closed_month_again_and_says_why(books: Books, treasurer: User) -> None:
    second = User.objects.create(username="second", name="孙")
    Appointment.objects.create(
        user=second,
        unit=books.group,
        position=Position.objects.get(code=FINANCE),
        valid_from=date(2020, 1, 1),
    )
    top = books.unit.parent
    assert top is not None
    asked = {"account": books.unit, "month": "2026-05"}
    with pytest.raises(WrongState):
        ledger.reopen_month(**asked, reason="补记", actor=second)
    ledger.close_month(account=books.unit, month="2026-05", actor=treasurer)
    ledger.close_month(account=top, month="2026-05", actor=treasurer)
    with pytest.raises(Invalid):
        ledger.reopen_month(**asked, reason=" ", actor=second)
    with pytest.raises(NotAllowed):
        ledger.reopen_month(**asked, reason="补记", actor=books.actor)
    with pytest.raises(WrongState, match="集团"):
        ledger.reopen_month(**asked, reason="补记", actor=second)
    ledger.reopen_month(account=top, month="2026-05", reason="补记五月发票", actor=second)
    with pytest.raises(NotAllowed):
        ledger.reopen_month(**asked, reason="补记", actor=treasurer)
    ledger.reopen_month(**asked, reason="补记五月发票", actor=second)
    ledger.spend(account=books.lines[1], amount=Decimal(1), order=books.order(on=MAY))
    kept = Reopening.objects.get(account=books.unit)
    assert (kept.closed_by, kept.by, kept.reason) == (treasurer, second, "补记五月发票")
    ledger.close_month(account=books.unit, month="2026-05", actor=second)
    may = months_of(books.unit, {})[4]
    assert (may.state, may.closed and may.closed.closed_by, may.reopened) == ("closed", second, kept)


@pytest.mark.rule("R-BUD-05", whole=True)
@pytest.mark.req("BUD-14", whole=True)
def test_line_category_activity_department_and_period_each_have_their_ceiling(
    books: Books, treasurer: User
) -> None:
    """Commitments and expenses alike are checked when entered; what passes is blocked unless its ceiling says otherwise."""
    line = books.lines[1]
    places = {
        "line": (line, ALL),
        "category": (books.unit, Slice(Dimension.CATEGORY, "渠道成本")),
        "activity": (books.campaign, ALL),
        "department": (books.unit, ALL),
        "month": (books.unit, Slice(Dimension.MONTH, "2026-05")),
        "quarter": (books.unit, Slice(Dimension.QUARTER, "2026Q2")),
    }
    order = books.order(on=MAY)
    for name, (account, cut) in places.items():
        ledger.set_ceiling(account=account, cut=cut, limit=Decimal(5_000), actor=treasurer)
        for act in (ledger.commit, ledger.spend):
            with pytest.raises(RuleRefused) as refused:
                act(account=line, amount=Decimal("5000.01"), order=order)
            verdict = refused.value.verdicts[0]
            assert (verdict.rule_id, verdict.values["over"]) == ("R-BUD-05", "0.01"), name
            assert all(way in verdict.fix_text for way in ("备用金", "预算调整", "特别审核")), name
            assert set(refused.value.fields) == {"amount"}
        done = ledger.commit(account=line, amount=Decimal("4000.00"), order=order)
        assert done.warnings, name
        assert all("80.0%" in str(one.reason) for one in done.warnings), name
        ledger.release(hold=done.hold, order=order)
        assert ledger.commit(account=line, amount=Decimal("3999.00"), order=order).warnings == ()
        ledger.release(hold=Hold.objects.latest("pk"), order=order)
        # The same ceiling may warn or allow instead, for commitments and expenses apart.
        ledger.set_ceiling(
            account=account, cut=cut, limit=Decimal(5_000), actor=treasurer, at_reserve=Effect.ALLOW,
            at_commit=Effect.WARN, at_spend=Effect.BLOCK,
        )  # fmt: skip
        over = ledger.commit(account=line, amount=Decimal(6_000), order=order)
        assert [one.blocks for one in over.warnings] == [False], name
        with pytest.raises(RuleRefused):
            ledger.spend(hold=over.hold, amount=Decimal(6_000), order=order)
        ledger.release(hold=over.hold, order=order)
        ledger.set_ceiling(account=account, cut=cut, limit=None, actor=treasurer)
    # Without any ceiling the budget itself is the limit.
    with pytest.raises(RuleRefused):
        ledger.commit(account=line, amount=Decimal("20000.01"), order=order)
    assert proved() == []


@pytest.mark.once
def test_ceilings_and_months_need_a_right(books: Books) -> None:
    with pytest.raises(NotAllowed):
        ledger.set_ceiling(account=books.unit, limit=Decimal(1), actor=books.actor)
    with pytest.raises(NotAllowed):
        ledger.close_month(account=books.unit, month="2026-05", actor=books.actor)


@pytest.mark.once
def test_what_was_posted_stays(books: Books) -> None:
    posting = Posting.objects.order_by("pk")[0]
    for wrong in (posting.delete, posting.save, Posting.objects.all().delete, Entry.objects.all().delete):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(TypeError):
        Entry.objects.update(amount=1)


def test_proof_finds_a_balance_that_somebody_changed(books: Books) -> None:
    Balance.objects.filter(account=books.lines[0]).update(available=Decimal(1))
    problems = list(balances_are_their_entries())
    assert [problem.where for problem in problems] == [f"account {books.lines[0].pk} all"]


def test_a_posting_takes_the_same_few_statements_however_deep_it_lies(books: Books) -> None:
    order = books.order()
    ledger.spend(account=books.lines[1], amount=Decimal(1), order=order)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ledger.spend(account=books.lines[1], amount=Decimal(1), order=order)
    assert len(queries) <= 9, [query["sql"][:120] for query in queries]
