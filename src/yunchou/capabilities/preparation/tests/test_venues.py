"""Venues: the register, holds that end by themselves, confirming in writing, and time that is taken once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.models import Booking, BookingState, Layout, Slot
from yunchou.capabilities.preparation.rules import (
    Resource,
    Room,
    everybody_fits_in,
    resource_is_agreed_in_writing,
)
from yunchou.capabilities.preparation.selectors.venues import fit, lines_of, venue_lines
from yunchou.capabilities.preparation.tasks import holds_run_out
from yunchou.capabilities.purchasing.models import Contract, Purchase
from yunchou.capabilities.purchasing.selectors import money_of_contract
from yunchou.capabilities.purchasing.tests import factories as buying
from yunchou.capabilities.purchasing.tests.factories import make_shop
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale

from .factories import KNOWN, Event, at, make_subject, make_venue, signed


def hold(
    firm: Firm, subject: Subject, venue: object, first: int = 9, last: int = 18, **more: object
) -> actions.Booked:
    given = {
        "layout": Layout.BANQUET, "starts_at": at(9, first), "ends_at": at(9, last), "purpose": "晚宴", "actor": firm.owner,
    } | more  # fmt: skip
    return actions.hold_venue(venue=venue, subject=subject, **given)  # type: ignore[arg-type]


@pytest.mark.req("PRE-02", whole=True)
@pytest.mark.rule("R-PRE-02", whole=True)
def test_a_booking_records_what_the_row_asks_and_warns_of_too_little_room(
    firm: Firm, subject: Subject
) -> None:
    """Capacity, environment, equipment, cost, deposit, contract and time slots; 80 seats for 120 guests warn."""
    venue = make_venue(firm)
    assert (venue.environment, venue.equipment) == ("落地窗，临江", ["音响", "LED 屏"])
    assert {one.layout: one.capacity for one in venue.seatings.all()} == {"banquet": 80, "theatre": 160}
    small = hold(firm, subject, venue)
    assert small.warning is not None
    assert small.warning.rule_id == "R-PRE-02"
    assert "80" in str(small.warning.reason)
    assert "120" in str(small.warning.reason)
    assert Slot.objects.filter(booking=small.booking).count() == 18
    [line] = lines_of(subject)
    assert (line.cost, line.deposit, line.is_asking, line.is_small) == (12_000, 3_000, True, True)

    # Whoever has accepted counts as well, and a larger seating ends the warning.
    KNOWN[subject.pk] = Event(expected=60, accepted=90)
    assert str(fit(small.booking).reason) == str(
        everybody_fits_in.check(Room(venue.name, 80, 60, 90))[0].reason
    )
    KNOWN.clear()
    assert hold(firm, subject, venue, 18, 21, layout=Layout.THEATRE).warning is None
    assert everybody_fits_in.check(Room("厅", 120, 120))[0].passed
    assert not everybody_fits_in.check(Room("厅", 119, 120))[0].passed
    assert everybody_fits_in.check(Room("厅", None, 120))[0].passed
    assert everybody_fits_in.check(Room("厅", 10))[0].passed

    # Cost and deposit are read from the contract by which it is confirmed, never written a second time.
    contract = signed_contract(firm, subject)
    actions.confirm_booking(booking=small.booking, contract=contract, actor=firm.owner)
    line = next(one for one in lines_of(subject) if one.booking.pk == small.booking.pk)
    assert (line.cost, line.is_asking, line.booking.contract_id) == (
        money_of_contract(contract).amount,
        False,
        contract.pk,
    )
    assert line.deposit == Decimal(500)


def signed_contract(firm: Firm, subject: Subject) -> Contract:
    """A contract as a shop makes it, with an advance of 500 yuan; then said to be for our activity."""
    shop = make_shop(firm)
    purchase = buying.approved(shop, buying.make_purchase(shop))
    quote = buying.quoted(shop, purchase)[0]
    draft = buying.contracted(
        shop, buying.awarded(shop, purchase, quote), ("订金", 500, 5, True), ("尾款", 15_500, 30, False)
    )
    contract = buying.signed(shop, draft)
    Purchase.objects.filter(pk=contract.purchase_id).update(activity=subject)
    return Contract.objects.get(pk=contract.pk)


@pytest.mark.rule("R-PRE-01", whole=True)
def test_a_venue_is_confirmed_in_writing_only(firm: Firm, subject: Subject) -> None:
    booked = hold(firm, subject, make_venue(firm)).booking
    with pytest.raises(RuleRefused) as refused:
        actions.confirm_booking(booking=booked, actor=firm.owner)
    assert [v.rule_id for v in refused.value.verdicts] == ["R-PRE-01"]
    assert "agreement" in refused.value.fields
    other = make_subject(firm.department(), lead=firm.owner, title="别的活动")
    contract = signed_contract(firm, other)
    with pytest.raises(RuleRefused):
        actions.confirm_booking(booking=booked, contract=contract, actor=firm.owner)
    assert booked.slots.exists()
    assert not Booking.objects.filter(state=BookingState.CONFIRMED).exists()
    done = actions.confirm_booking(booking=booked, upload=signed(), actor=firm.owner)
    assert done.agreement is not None
    assert done.agreement.stage == "agreement"
    assert done.expires_at is None
    assert Duty.objects.get(key=booked.duty_key).state == Duty.State.DONE
    entry = JournalEntry.objects.get(kind="preparation.confirmed")
    assert "协议.pdf" in entry.sentence
    assert entry.subject_id == subject.pk
    with pytest.raises(WrongState):
        actions.confirm_booking(booking=booked, upload=signed(), actor=firm.owner)
    assert resource_is_agreed_in_writing.check(Resource("厅", "HT-1"))[0].passed
    assert not resource_is_agreed_in_writing.check(Resource("厅"))[0].passed


def test_a_hold_ends_by_itself_and_confirmed_ones_stay(firm: Firm, subject: Subject) -> None:
    venue = make_venue(firm)
    first = hold(firm, subject, venue, 9, 12).booking
    kept = hold(firm, subject, venue, 13, 18).booking
    assert first.expires_at == at(5, 10)
    duty = Duty.objects.get(key=first.duty_key)
    assert (duty.owner, duty.due_at, duty.rule) == (firm.owner, at(5, 10), "R-PRE-01")
    actions.confirm_booking(booking=kept, upload=signed(), actor=firm.owner)
    first = actions.prolong_hold(booking=first, expires_at=at(6, 8), actor=firm.owner)
    assert Duty.objects.get(key=first.duty_key).due_at == at(6, 8)
    with pytest.raises(Invalid):
        actions.prolong_hold(booking=first, expires_at=at(10), actor=firm.owner)

    with clock.at("2024-08-06T08:00"):
        assert first.is_over
        with pytest.raises(WrongState):
            actions.confirm_booking(booking=first, upload=signed(), actor=firm.owner)
        # Its time may be taken before the minute has come in which it is released.
        rival = hold(firm, make_subject(firm.department(), lead=firm.owner), venue, 8, 10).booking
        assert Booking.objects.get(pk=first.pk).state == BookingState.EXPIRED
        assert rival.pk
        second = hold(firm, subject, venue, 10, 12, expires_at=at(6, 9)).booking
    with clock.at("2024-08-06T09:00"):
        holds_run_out(clock.now())
        holds_run_out(clock.now())
    second.refresh_from_db()
    assert second.state == BookingState.EXPIRED
    assert not second.slots.exists()
    assert Notification.objects.filter(kind="preparation.hold", user=firm.owner).count() == 2
    assert Duty.objects.get(key=second.duty_key).state == Duty.State.CANCELLED
    kept.refresh_from_db()
    assert kept.is_confirmed
    assert kept.slots.count() == 10


def test_time_is_taken_once_and_bad_times_are_told_at_their_field(firm: Firm, subject: Subject) -> None:
    venue = make_venue(firm)
    booked = hold(firm, subject, venue, 9, 12).booking
    for first, last in ((9, 10), (11, 13), (8, 18)):
        with pytest.raises(WrongState) as taken:
            hold(firm, subject, venue, first, last)
        assert "09:00" in str(taken.value)
        assert "starts_at" in taken.value.fields
    assert hold(firm, subject, venue, 12, 13).booking.pk
    wrong = {
        "ends_at": {"ends_at": at(9, 8)},
        "starts_at": {"starts_at": at(9, 9, 10), "ends_at": at(9, 12)},
        "layout": {"layout": Layout.BOARDROOM, "starts_at": at(11), "ends_at": at(12)},
        "expires_at": {"expires_at": at(1), "starts_at": at(11), "ends_at": at(12)},
        "purpose": {"purpose": " ", "starts_at": at(11), "ends_at": at(12)},
    }
    for field, given in wrong.items():
        with pytest.raises(Invalid) as refused:
            hold(firm, subject, venue, **given)
        assert field in refused.value.fields
    with pytest.raises(Invalid, match=r"past|已过"):
        hold(firm, subject, venue, starts_at=at(1), ends_at=at(3))
    with pytest.raises(Invalid):
        hold(firm, subject, venue, starts_at=at(9), ends_at=at(9) + timedelta(days=40))
    with pytest.raises(NotAllowed):
        hold(firm, subject, venue, 13, 14, actor=firm.approver)

    # A closure takes time as well, and gives it back; a blocked venue is not booked, what is booked stays.
    with pytest.raises(WrongState):
        actions.close_venue(venue=venue, starts_at=at(9), ends_at=at(10), reason="检修", actor=firm.owner)
    closed = actions.close_venue(
        venue=venue, starts_at=at(12), ends_at=at(13), reason="检修", actor=firm.owner
    )
    with pytest.raises(WrongState):
        hold(firm, subject, venue, starts_at=at(12, 9), ends_at=at(12, 10))
    actions.reopen_time(booking=closed, actor=firm.owner)
    actions.block_venue(venue=venue, reason="消防整改", actor=firm.owner)
    with pytest.raises(Invalid, match="消防整改"):
        hold(firm, subject, venue, starts_at=at(12, 9), ends_at=at(12, 10))
    actions.unblock_venue(venue=venue, actor=firm.owner)
    assert hold(firm, subject, venue, starts_at=at(12, 9), ends_at=at(12, 10)).booking.pk

    [line] = venue_lines([venue], at(8).date())
    assert [cell.state for cell in line.days[:6]] == ["", "held", "", "", "held", ""]
    assert line.largest == 160
    actions.release_booking(booking=booked, reason="改期", actor=firm.owner)
    assert hold(firm, subject, venue, 9, 12).booking.pk


def test_the_register_refuses_twins_gaps_and_an_older_window(firm: Firm) -> None:
    venue = make_venue(firm)
    with pytest.raises(Invalid):
        make_venue(firm)
    for field, given in {
        "name": {"name": " "},
        "seatings": {"seatings": {}},
        "price": {"price": Decimal(-1)},
    }.items():
        with pytest.raises(Invalid) as refused:
            make_venue(firm, **{"name": "另一厅", **given})
        assert field in refused.value.fields
    details = actions.VenueDetails(name="江畔厅", address="滨江路 8 号", seatings={Layout.BANQUET: 100})
    changed = actions.change_venue(venue=venue, details=details, actor=firm.owner)
    assert [one.capacity for one in changed.seatings.all()] == [100]
    assert changed.subject.title == "江畔厅"
    with pytest.raises(Stale):
        actions.change_venue(venue=venue, details=details, actor=firm.owner, seen="before")
    with pytest.raises(NotAllowed):
        actions.change_venue(venue=venue, details=details, actor=firm.outsider)
