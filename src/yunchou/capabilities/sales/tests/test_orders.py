"""Orders entered, imported and cancelled, and what leads and orders come to on the dashboard."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.models import Batch, ReadingKind, Series, Source
from yunchou.capabilities.sales import actions
from yunchou.capabilities.sales.actions import OrderFacts, Person
from yunchou.capabilities.sales.counting import Captured, Placed, count
from yunchou.capabilities.sales.models import Lead, Order, Stage, Told
from yunchou.capabilities.sales.selectors.figures import counted, measured_of, sales_of
from yunchou.directory.customers.models import Customer, Touch, TouchKind
from yunchou.directory.customers.models import Stage as CustomerStage
from yunchou.directory.customers.tests.factories import make_customer, make_customers
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.rules.models import Parameter
from yunchou.kernel.subjects.models import Subject

from . import toy
from .test_rules import books
from .toy import at, buy, leave, value_of


@pytest.mark.req("GEN-10", whole=True)
def test_orders_know_channel_customer_and_where_they_came_from(firm: Firm, subject: Subject) -> None:
    """Recorded or imported with channel, customer and originating lead or activity; conversion and sales follow from them."""
    lead = leave(subject, firm.owner, phone="13800138000", captured_at=at(20))
    # The lead is found by customer and activity, and is won by its order; its contact is owed no more.
    facts = OrderFacts("HT-2024-001", "contract", Decimal("1680.50"), at(25))
    order, is_new = actions.enter_order(
        facts=facts, customer=lead.customer, subject=subject, actor=firm.owner
    )
    lead.refresh_from_db(), lead.customer.refresh_from_db()
    assert is_new
    assert (order.lead, order.channel, order.unit) == (lead, "contract", firm.east)
    assert lead.stage == Stage.WON
    assert lead.customer.stage == CustomerStage.SIGNED
    assert Duty.objects.get(key=lead.duty_key).state not in (Duty.State.OPEN, Duty.State.CANCELLED)
    touch = Touch.objects.get(customer=lead.customer, kind=TouchKind.ORDERED)
    assert (touch.amount, touch.subject_id) == (168050, subject.pk)
    # The same number is the same order; under it nothing else is written.
    assert actions.enter_order(facts=facts, customer=lead.customer, subject=subject, actor=firm.owner) == (
        order,
        False,
    )
    other = make_customer(firm.east, firm.owner)
    for wrong, who in (
        (facts, other),
        (OrderFacts("HT-2024-001", "shop", Decimal(9), at(25)), lead.customer),
    ):
        with pytest.raises(Invalid) as caught:
            actions.enter_order(facts=wrong, customer=who, subject=subject, actor=firm.owner)
        assert "number" in caught.value.fields
    # Without an activity, and before the lead: no lead is credited.
    bare, _new = actions.enter_order(
        facts=OrderFacts("MD-1", "shop", Decimal(80), at(26)),
        customer=other,
        unit=firm.department(),
        actor=firm.owner,
    )
    early, _new = actions.enter_order(
        facts=OrderFacts("MD-2", "social", Decimal(90), at(19)),
        customer=lead.customer,
        subject=subject,
        actor=firm.owner,
    )
    assert (bare.subject, bare.lead, bare.unit, early.lead) == (None, None, firm.east, None)
    # A table: by number, so that it may come twice; whoever is new is entered.
    rows = [
        (Person(f"买家{n}", f"1370000{n:04}"), OrderFacts(f"TM-{n}", "ecommerce", Decimal(100 + n), at(28))) for n in range(4)
    ]  # fmt: skip
    assert actions.import_orders(subject=subject, rows=rows, actor=firm.owner).new == 4
    again = actions.import_orders(subject=subject, rows=[*rows, rows[0]], actor=firm.owner)
    assert (again.new, again.known) == (0, 5)
    assert sales_of(subject).orders == 6
    assert Customer.objects.filter(name__startswith="买家").count() == 4
    # All or nothing.
    bad = [(Person("甲", "13700009999"), OrderFacts("TM-9", "shop", Decimal(0), at(28)))]
    with pytest.raises(Invalid):
        actions.import_orders(
            subject=subject,
            rows=[(rows[0][0], OrderFacts("TM-8", "shop", Decimal(1), at(28))), *bad],
            actor=firm.owner,
        )
    assert not Order.objects.filter(number="TM-8").exists()
    for stranger in (firm.outsider, firm.nobody):
        with pytest.raises(NotAllowed):
            actions.enter_order(
                facts=OrderFacts("X", "shop", Decimal(1), at(28)),
                customer=other,
                subject=subject,
                actor=stranger,
            )
    with pytest.raises(Invalid):
        actions.enter_order(
            facts=OrderFacts("Y", "shop", Decimal(1), clock.now() + timedelta(days=1)),
            customer=other,
            subject=subject,
            actor=firm.owner,
        )


def test_a_cancelled_order_counts_nowhere_and_its_lead_goes_on(firm: Firm, subject: Subject) -> None:
    lead = leave(subject, firm.owner, captured_at=at(20))
    actions.record_contact(lead=lead, outcome="reached", actor=firm.owner)
    orders = [buy(lead, firm.owner, days=n) for n in (1, 2)]
    actions.cancel_order(order=orders[0], reason="退货", actor=firm.owner)
    lead.refresh_from_db()
    assert lead.stage == Stage.WON
    assert counted(subject).converted == 1
    actions.cancel_order(order=orders[1], reason="退货", actor=firm.owner)
    lead.refresh_from_db()
    assert lead.stage == Stage.CONTACTED
    assert counted(subject).converted == 0
    assert sales_of(subject).amount == 0
    assert not Touch.objects.filter(kind=TouchKind.ORDERED).exists()
    with pytest.raises(WrongState):
        actions.cancel_order(order=orders[1], reason="退货", actor=firm.owner)
    with pytest.raises(Invalid):
        actions.cancel_order(order=buy(lead, firm.owner), reason=" ", actor=firm.owner)


@pytest.mark.rule("R-GOA-05")
@hypothesis_settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(book=books())
def test_the_database_counts_as_the_pure_function_does(
    firm: Firm, subject: Subject, book: tuple[list[Captured], list[Placed], object]
) -> None:
    """Edges of the window, cancelled orders and repeated leads, on this database."""
    captured, placed, now = book
    Order.objects.all().delete()
    Lead.objects.exclude(merged_into=None).delete(), Lead.objects.all().delete()
    people = make_customers(firm.east, len(captured))
    made: dict[int, Lead] = {}
    heads: dict[int, int] = {}
    for one, person in zip(captured, people, strict=True):
        head = heads.get(one.merged_into, one.merged_into) if one.merged_into else None
        heads[one.pk] = head or one.pk
        made[one.pk] = Lead.objects.create(
            subject=subject, customer=person, channel="form", captured_at=one.captured_at, is_valid=one.is_valid,
            merged_into=made[head] if head else None,
        )  # fmt: skip
    for n, order in enumerate(placed):
        # The action credits the lead that counts; so do these rows.
        Order.objects.create(
            unit=firm.east, subject=subject, customer=people[0], lead=made[heads[order.lead]], number=f"{n}", channel="shop",
            amount=Decimal(1), ordered_at=order.ordered_at, cancelled_at=order.ordered_at if order.is_cancelled else None,
            cancelled_why="退" if order.is_cancelled else "",
        )  # fmt: skip
    with clock.at(now):
        assert counted(subject) == count(captured, placed, now=now)


@pytest.mark.rule("R-GOA-04", whole=True)
@pytest.mark.rule("R-GOA-05", whole=True)
@pytest.mark.req("GOA-07", whole=True)
@pytest.mark.req("GOA-08", whole=True)
def test_leads_and_orders_become_readings_and_overwrite_nobody(firm: Firm, subject: Subject) -> None:
    """Valid rate and conversion with their base, window and sales of the activity's days, as on the dashboard."""
    leads = [
        leave(subject, firm.owner, captured_at=at(16 + n), need="看房" if n < 4 else "") for n in range(5)
    ]
    buy(leads[0], firm.owner, days=10, amount="1200")
    buy(leads[4], firm.owner, days=2, amount="800")
    with clock.at(at(20, month=8)):
        # On the thirty-first day after the lead: sold, not converted; and after the activity's days.
        buy(leads[1], firm.owner, days=30.01, amount="5000")
        assert Told.objects.get(subject=subject).is_stale
        assert actions.tell_stale() == 1
        assert actions.tell_stale() == 0
        # Rows that goals name are opened with the goals' targets.
        assert {name: value_of(subject, name) for name in ("留资量", "有效线索率", "转化率", "销售额")} == {
            "留资量": "5", "有效线索率": "80", "转化率": "40", "销售额": "2000"
        }  # fmt: skip
        rate = Series.objects.get(subject=subject, indicator="线索转化率")
        assert rate.figure("target").value == 15
        assert rate.latest_source == Source.COMPUTED
        note = rate.readings.first().note
        assert note == "2 of 5 all leads within 30 days"
        assert Batch.objects.filter(subject=subject, source=Source.COMPUTED).count() == 1
        assert actions.tell_figures(subject=subject) == 0, "what has not changed is not told again"
        # Another base is a setting, shown beside the rate.
        Parameter.objects.create(
            rule="R-GOA-05", name="base", value="valid", valid_from=at(1).date(), set_by=firm.owner
        )
        found = counted(subject)
        assert (found.base, found.part, found.whole, found.rate, found.other_rate) == ("valid", 1, 4, 25, 40)
        assert found.is_provisional is False or found.open_until is not None

        # A person enters another number: it stays until somebody has it computed.
        series = Series.objects.get(subject=subject, indicator="线索留资量")
        point = Point(series.channel, series.indicator, clock.today(), Decimal(7), ReadingKind.CUMULATIVE)
        record_readings(subject=subject, points=[point], actor=firm.owner, source=Source.PAGE, key="hand")
        leave(subject, firm.owner)
        assert actions.tell_stale() == 1
        assert value_of(subject, "留资量") == "7"
        here = next(one for one in measured_of(subject) if one.series.pk == series.pk)
        assert here.by_hand
        assert here.is_news
        assert here.value == 6
        with pytest.raises(NotAllowed):
            actions.take_over(subject=subject, series=series, actor=firm.outsider)
        actions.take_over(subject=subject, series=series, actor=firm.owner)
        assert value_of(subject, "留资量") == "6"
        assert series.readings.filter(value=7).exists()
        leave(subject, firm.owner)
        assert actions.tell_stale() == 1
        assert value_of(subject, "留资量") == "7"


def test_figures_of_a_place_are_those_of_its_channel(firm: Firm, subject: Subject) -> None:
    Series.objects.create(subject=subject, channel="抖音", indicator="线索留资量", position=1)
    Series.objects.create(subject=subject, channel="线下快闪店", indicator="现场留资量", position=2)
    Series.objects.create(subject=subject, channel="抖音", indicator="曝光量", position=3)
    for place in ("抖音", "抖音直播间", "线下快闪店·万象城", "官网"):
        leave(subject, firm.owner, place=place)
    actions.tell_stale()
    shown = {str(one): one.shown_cumulative for one in Series.objects.filter(subject=subject)}
    assert shown["抖音 线索留资量"] == "2"
    assert shown["线下快闪店 现场留资量"] == "1"
    assert shown["抖音 曝光量"] == "—"
    assert toy.PERIOD[0].month == 7
