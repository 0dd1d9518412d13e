"""What preparing tells of suppliers: on time (K-SUP-02), and accepted without a refusal (K-SUP-03)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.models import Supply
from yunchou.capabilities.preparation.supplier_measures import on_time, quality
from yunchou.capabilities.purchasing.tests import factories as buying
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.scorecards import Outcome, Period, periods
from yunchou.directory.suppliers.scoring import cases_of, scorecards_of
from yunchou.kernel.core import clock

from .factories import change, put

Read = Callable[[list[int], Period], Iterable[Outcome]]


def told(read: Read, supplier: Supplier) -> dict[str, bool]:
    """What a measure says of the last twelve months: by the name of what was delivered, whether it went as agreed."""
    return {one.name: one.is_good for one in read([supplier.pk], periods(clock.today())[0])}


def test_deliveries_are_counted_by_what_was_bought_and_accepted(firm: Firm) -> None:
    """Only what a purchase bought counts; what is late counts once a contract binds it; a refusal is never forgotten."""
    shop = buying.make_shop(firm)
    purchase = buying.approved(shop, buying.make_purchase(shop))
    winner = buying.quoted(shop, purchase)[0]
    supplier, today = winner.supplier, clock.today()
    line = purchase.lines.get(name="定制礼品")

    def supply(name: str, due: date | None = None, *, ordered: bool = True) -> Supply:
        cells = {"due_on": due.isoformat()} if due else {}
        put(
            shop.activity,
            "supplies",
            firm.owner,
            kind="礼品",
            name=name,
            quantity="100",
            measure="份",
            **cells,
        )
        found = Supply.objects.get(subject=shop.activity, name=name)
        return actions.order_supply(supply=found, line=line, actor=firm.owner) if ordered else found

    def accept(one: Supply, quantity: int = 100, *, is_good: bool = True) -> None:
        actions.accept_supply(
            supply=one, quantity=Decimal(quantity), note="抽检", actor=firm.owner, is_good=is_good
        )

    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    missing = supply("未到", yesterday)
    accept(supply("准时", today))
    accept(supply("早到", tomorrow))
    accept(supply("迟到", yesterday))
    accept(supply("未定期"))
    accept(supply("手填", today, ordered=False))
    accept(supply("一部分", tomorrow), 40)
    assert told(on_time, supplier) == {}, "nobody was chosen yet"
    buying.awarded(shop, purchase, winner)
    came = {"准时": True, "早到": True, "迟到": False}
    assert told(on_time, supplier) == came, "without a contract nothing is late"
    buying.signed(shop, buying.contracted(shop, purchase, ("货款", 16_000, 30, False)))
    assert told(on_time, supplier) == {**came, "未到": False}
    assert told(on_time, shop.suppliers[1]) == {}
    with clock.at(clock.moment(tomorrow + timedelta(days=1), 9)):
        assert told(on_time, supplier)["一部分"] is False

    good = {"准时": True, "早到": True, "迟到": True, "未定期": True}
    assert told(quality, supplier) == good, "what came in part is not judged yet"
    accept(missing, is_good=False)
    assert told(quality, supplier) == {**good, "未到": False}
    accept(missing)
    assert told(quality, supplier) == {**good, "未到": False}, "the journal remembers the refusal"
    change(missing, "supplies", firm.owner, name="换了名字")
    twin = supply("未到", today)
    accept(twin)
    assert told(quality, supplier) == {**good, "换了名字": False, "未到": True}, "under another name as well"
    change(missing, "supplies", firm.owner, name="未到", quality="同前")
    Supply.objects.filter(pk=twin.pk).delete()

    card = scorecards_of([supplier.pk])[supplier.pk]
    readings = {one.measure.key: one for one in card.readings}
    assert (readings["preparation.on_time"].now.cases, readings["preparation.on_time"].now.good) == (4, 2)
    assert readings["preparation.on_time"].level == "act"
    assert readings["preparation.quality"].share == Decimal("80.0")
    assert (card.score, card.suggestion) == (63, "C"), "(50 x 40 + 80 x 30) / 70 = 62.86"
    with clock.at(clock.now() + timedelta(days=366)):
        later = scorecards_of([supplier.pk])[supplier.pk]
        assert (later.score, {one.measure.key for one in later.shown} >= {"preparation.quality"}) == (
            None,
            True,
        )

    seen = cases_of(supplier, readings["preparation.on_time"].measure, firm.owner)
    assert (len(seen.lines), seen.hidden, seen.tally.cases) == (4, 0, 4)
    assert {line.title for line in seen.lines} == {shop.activity.title}
    hidden = cases_of(supplier, readings["preparation.on_time"].measure, firm.outsider)
    assert (hidden.lines, hidden.hidden, hidden.tally.cases) == ((), 4, 4)


@pytest.mark.once
def test_a_thousand_suppliers_cost_as_many_queries_as_one(firm: Firm) -> None:
    shop = buying.make_shop(firm)

    def cost(among: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            scorecards_of(among)
        return len(queries)

    pks = [one.pk for one in shop.suppliers]
    assert cost(pks[:1]) == cost([*pks, *range(10_000, 11_000)])
