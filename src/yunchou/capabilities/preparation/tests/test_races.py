"""Two people at the same instant: one hall, one box of gifts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.models import (
    Booking,
    BookingState,
    Holding,
    Layout,
    MoveKind,
    Slot,
    StockItem,
    StockMove,
)
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, WrongState
from yunchou.kernel.identity.models import User

from .factories import make_item, make_subject, make_venue, signed


@pytest.fixture
def firm(transactional_db: None) -> Firm:
    return company()


def later(number: int, hour: int) -> datetime:
    """Far ahead: other threads do not stand at the moment of the test."""
    return clock.moment(date(2090, 1, 1) + timedelta(days=number), hour)


@pytest.mark.req("PRE-02")
def test_two_people_booking_one_hall_at_once_get_it_once(firm: Firm) -> None:
    venue = make_venue(firm)
    subjects = [make_subject(firm.department(), lead=firm.owner, title=f"活动{n}") for n in range(3)]
    for number in ROUNDS:
        hours = ((9, 12), (11, 14), (10, 13))

        def hold(
            n: int, number: int = number, hours: tuple[tuple[int, int], ...] = hours
        ) -> Callable[[], object]:
            return lambda: actions.hold_venue(
                venue=venue, subject=subjects[n], layout=Layout.BANQUET, starts_at=later(number, hours[n][0]),
                ends_at=later(number, hours[n][1]), purpose="抢订", actor=User.objects.get(pk=firm.owner.pk),
            )  # fmt: skip

        results = together(hold(0), hold(1), hold(2))
        assert sum(isinstance(result, WrongState) for result in results) == 2
        [booking] = Booking.objects.filter(state=BookingState.HELD)
        # Even somebody who asks nobody meets the database.
        with pytest.raises(IntegrityError), transaction.atomic():
            Slot.objects.create(venue=venue, at=booking.starts_at, booking=booking)

        # Confirming and releasing at once: one of the two has happened.
        results = together(
            lambda b=booking: actions.confirm_booking(booking=b, upload=signed(), actor=firm.owner),
            lambda b=booking: actions.release_booking(booking=b, reason="不要了", actor=firm.owner),
        )
        booking.refresh_from_db()
        assert booking.state == BookingState.RELEASED or isinstance(results[1], Refused)
        if booking.state == BookingState.CONFIRMED:
            actions.release_booking(booking=booking, reason="下一轮", actor=firm.owner)
        assert not Slot.objects.exists()


@pytest.mark.req("PRE-07")
def test_stock_never_falls_below_zero_whoever_takes_at_once(firm: Firm) -> None:
    item = make_item(firm)

    def take(kind: str, count: int) -> Callable[[], object]:
        return lambda: actions.move_stock(
            item=item,
            kind=kind,
            quantity=Decimal(count),
            person=firm.colleague,
            actor=User.objects.get(pk=firm.owner.pk),
        )

    for _number in ROUNDS:
        actions.move_stock(item=item, kind=MoveKind.COUNT, quantity=Decimal(10), actor=firm.owner)
        results = together(take(MoveKind.HAND_OUT, 6), take(MoveKind.HAND_OUT, 6), take(MoveKind.ISSUE, 6))
        assert sum(isinstance(result, Refused) for result in results) == 2
        item.refresh_from_db()
        assert item.quantity == 4
        held = Holding.objects.filter(item=item).first()
        if held is not None and held.quantity:
            results = together(take(MoveKind.RETURN, 4), take(MoveKind.RETURN, 4))
            assert sum(isinstance(result, Refused) for result in results) == 1
            actions.move_stock(
                item=item, kind=MoveKind.RETURN, quantity=Decimal(2), person=firm.colleague, actor=firm.owner
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        StockItem.objects.filter(pk=item.pk).update(quantity=-1)
    moves = StockMove.objects.filter(item=item)
    assert sum(move.change for move in moves) == StockItem.objects.get(pk=item.pk).quantity
    assert len({move.number for move in moves}) == moves.count()
