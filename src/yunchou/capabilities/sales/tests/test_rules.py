"""What makes a lead valid, what counts as converted, and how a count goes: without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.sales.actions.benefits import birthday_in
from yunchou.capabilities.sales.counting import (
    ALL,
    BASES,
    VALID,
    Captured,
    Counted,
    Placed,
    count,
    is_in_window,
)
from yunchou.capabilities.sales.rules import (
    CONTACT,
    NEED,
    Given,
    Sale,
    Waiting,
    enough_leads_are_valid,
    lead_is_answered,
    lead_is_valid,
    order_is_in_window,
)
from yunchou.capabilities.sales.selectors.figures import CONVERSION, LEADS, SALES, SIGNED, VALID_RATE, told_by
from yunchou.kernel.rules.registry import Params

START = datetime(2024, 7, 15, 2, tzinfo=UTC)


@pytest.mark.rule("R-GOA-03")
@pytest.mark.req("GOA-07")
def test_a_lead_is_valid_with_complete_contact_and_an_explicit_need() -> None:
    def lacks(facts: Given, **params: object) -> set[str]:
        found = lead_is_valid.check(facts, Params({**lead_is_valid.params, **params}))
        return {one.values["lacks"] for one in found if not one.passed}

    assert lacks(Given(True, True, "三居室")) == set()
    assert lacks(Given(True, False, "三居室")) == {CONTACT}
    assert lacks(Given(True, True, " ？ ")) == {NEED}
    assert lacks(Given(False, True, "")) == {CONTACT, NEED}
    # The definition is configurable.
    assert lacks(Given(True, False, ""), contact=False, need=False) == set()
    assert lacks(Given(True, True, "三居室"), letters=4) == {NEED}


@pytest.mark.rule("R-GOA-04")
@pytest.mark.rule("R-GOA-05")
@pytest.mark.rule("R-CUS-05")
def test_rates_windows_and_waiting_are_judged_at_their_edges() -> None:
    found = Counted(leads=2000, valid=1200, converted=324, converted_valid=248)
    assert (found.valid_rate, found.rate) == (Decimal("60.00"), Decimal("16.20"))
    assert enough_leads_are_valid.check(found)[0].passed
    assert enough_leads_are_valid.failures(Counted(leads=2000, valid=1199))
    assert Counted().rate is None
    assert enough_leads_are_valid.check(Counted())[0].passed
    # 248 of 1,530 valid leads and not of all: the base is a setting.
    valid = Counted(leads=2550, valid=1530, converted=300, converted_valid=248, base=VALID)
    assert (valid.rate, valid.other_rate) == (Decimal("16.21"), Decimal("11.76"))

    late = START + timedelta(days=30)
    for moment, passes in ((START, True), (late, True), (late + timedelta(microseconds=1), False)):
        assert order_is_in_window.check(Sale(START, moment))[0].passed is passes
    assert not order_is_in_window.check(Sale(START, START - timedelta(seconds=1)))[0].passed
    assert order_is_in_window.check(
        Sale(START, START + timedelta(days=40)), Params({"days": 45, "base": ALL})
    )[0].passed

    assert lead_is_answered.check(Waiting(timedelta(hours=24)))[0].passed
    assert not lead_is_answered.check(Waiting(timedelta(hours=24, minutes=1)))[0].passed


moments = st.integers(0, 70 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def books(draw: st.DrawFn) -> tuple[list[Captured], list[Placed], datetime]:
    """Leads of which some repeat earlier ones, and orders of which some were cancelled; edges of the window are frequent."""
    leads: list[Captured] = []
    for pk in range(1, draw(st.integers(0, 8)) + 1):
        head = draw(st.sampled_from([None, *[one.pk for one in leads]]))
        leads.append(Captured(pk, draw(moments), draw(st.booleans()), head))
    orders = []
    for _n in range(draw(st.integers(0, 10)) if leads else 0):
        lead = draw(st.sampled_from(leads))
        edge = (
            lead.captured_at + timedelta(days=30) + draw(st.sampled_from([-1, 0, 1])) * timedelta(seconds=1)
        )
        orders.append(
            Placed(
                lead.pk,
                draw(st.one_of(moments, st.just(edge), st.just(lead.captured_at))),
                draw(st.booleans()),
            )
        )
    return leads, orders, draw(moments)


@pytest.mark.rule("R-GOA-05")
@given(books(), st.sampled_from(BASES))
def test_whatever_the_books_a_count_stays_within_its_base(
    book: tuple[list[Captured], list[Placed], datetime], base: str
) -> None:
    leads, orders, now = book
    found = count(leads, orders, now=now, base=base)
    heads = [one for one in leads if one.merged_into is None]
    assert found.leads == len(heads) >= found.valid
    assert 0 <= found.converted_valid <= min(found.converted, found.valid)
    assert found.converted + found.waiting <= found.leads
    assert found.rate is None or 0 <= found.rate <= 100
    assert found.part <= found.whole
    # Cancelled orders and orders beyond the window change nothing; nor does another order of somebody converted.
    counting = [one for one in orders if not one.is_cancelled]
    assert count(leads, counting, now=now, base=base) == found
    by_pk = {one.pk: one for one in leads}

    def head(pk: int) -> Captured:
        while by_pk[pk].merged_into is not None:
            pk = by_pk[pk].merged_into or 0
        return by_pk[pk]

    inside = [one for one in counting if is_in_window(head(one.lead).captured_at, one.ordered_at, 30)]
    assert count(leads, inside, now=now, base=base) == found
    assert count(leads, [*orders, *orders], now=now, base=base) == found
    assert {head(one.lead).pk for one in inside} <= {one.pk for one in heads}
    assert len({head(one.lead).pk for one in inside}) == found.converted
    # Who still may order does so after now.
    assert (found.open_until is not None) == found.is_provisional
    assert found.open_until is None or found.open_until >= now


def test_indicators_are_told_by_their_names() -> None:
    names = {
        "线索留资量": LEADS, "现场留资量": LEADS, "线索总量": LEADS, "有效线索率": VALID_RATE, "有效线索率（≥60%）": VALID_RATE,
        "线索转化率": CONVERSION, "活动期销售额": SALES, "签约数": SIGNED, "签约率": "", "曝光量": "", "优惠核销率": "",
        "有效线索量": "",
        "注册转化率": "",
    }  # fmt: skip
    assert {name: told_by(name) for name in names} == names


def test_birthdays_fall_into_periods_also_across_the_year_and_on_29_february() -> None:
    born = date(1992, 2, 29)
    assert list(birthday_in(born, date(2024, 1, 1), date(2025, 12, 31))) == [
        date(2024, 2, 29),
        date(2025, 2, 28),
    ]
    assert list(birthday_in(date(1990, 1, 3), date(2024, 12, 20), date(2025, 1, 3))) == [date(2025, 1, 3)]
    assert list(birthday_in(born, date(2024, 3, 1), date(2024, 12, 31))) == []
