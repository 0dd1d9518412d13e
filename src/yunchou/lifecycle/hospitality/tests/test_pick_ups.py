"""How guests come and go, vehicles, runs, who is on board, and every page of it through HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB, MARKETING_DIRECTOR, RECEPTION
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Guest, Reply
from yunchou.lifecycle.events.tests.factories import at, make_customer, make_event, make_guest, make_session
from yunchou.lifecycle.hospitality.actions.runs import (
    RunFacts,
    finish_run,
    keep_run,
    put_riders,
    run_stamp,
    set_ride,
)
from yunchou.lifecycle.hospitality.actions.travel import TravelFacts, keep_travel, note_delay
from yunchou.lifecycle.hospitality.actions.vehicles import VehicleFacts, drop_vehicle, keep_vehicle
from yunchou.lifecycle.hospitality.models import Ride, RideState, Run, RunState, Travel, Vehicle
from yunchou.lifecycle.hospitality.selectors.travel import runs_of
from yunchou.lifecycle.hospitality.wishes import read_wish

from .factories import come


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


def vehicle(firm: Firm, subject: Subject, name: str = "1 号车", seats: int = 4, **more: Any) -> Vehicle:
    return keep_vehicle(subject=subject, facts=VehicleFacts(name=name, seats=seats, **more), actor=firm.owner)


def plan(
    firm: Firm,
    of: Vehicle,
    leaves: datetime,
    ends: datetime,
    *,
    leg: str = "fetch",
    person: User | None = None,
) -> Run:
    facts = RunFacts(
        vehicle=of, leg=leg, place="上海虹桥站", goal="云栖花园", leaves_at=leaves, ends_at=ends,
        person=person or firm.colleague,
    )  # fmt: skip
    return keep_run(subject=of.subject, facts=facts, actor=firm.owner)


def travels(firm: Firm, guest: Guest, arrives: datetime | None = None, **more: Any) -> Travel:
    facts = TravelFacts(arrives_at=arrives, wants_fetching=True, **more)
    return keep_travel(guest=guest, facts=facts, actor=firm.owner)


@pytest.mark.parametrize(
    ("said", "way", "number", "fetched"),
    [
        ("G7312 次，10:24 到虹桥，请接站", "train", "G7312", True),
        ("坐 mu5101 航班来，不用接", "flight", "MU5101", False),
        ("飞机 9C 8831", "flight", "9C8831", False),
        ("自驾，需要车位", "car", "", False),
        ("高铁，需接送", "train", "", True),
        ("I come by train, please pick me up", "train", "", True),
        ("住在附近", "", "", False),
        ("", "", "", False),
    ],
)
def test_what_somebody_wrote_about_how_they_come_is_read(
    said: str, way: str, number: str, fetched: bool
) -> None:
    wish = read_wish(said)
    assert (wish.way, wish.number, wish.wants_fetching or "pick me up" in said) == (way, number, fetched)


def test_a_vehicle_takes_as_many_as_it_has_seats_and_is_on_one_run_at_a_time(firm: Firm) -> None:
    subject = make_event(firm).subject
    other = make_event(firm, "另一场").subject
    dinner = make_session(subject, firm)
    coach = vehicle(firm, subject, seats=2, plate="沪 A·88888", driver_name="周师傅", phone="13800138001")
    assert Vehicle.objects.get(pk=coach.pk).phone_masked == "138****8001"
    run = plan(firm, coach, at(10, 14), at(10, 15))
    guests = [come(dinner, firm, f"客人{n}") for n in range(3)]
    put_riders(run=run, guests=guests[:2], actor=firm.owner)
    with pytest.raises(Invalid, match="2"):
        put_riders(run=run, guests=guests[2:], actor=firm.owner)
    with pytest.raises(Invalid):
        keep_vehicle(
            subject=subject, facts=VehicleFacts(name="1 号车", seats=1), vehicle=coach, actor=firm.owner
        )
    # The same vehicle, its plate at another event, its driver in another vehicle: each is on the road then.
    with pytest.raises(Invalid) as refused:
        plan(firm, coach, at(10, 14, 30), at(10, 16))
    assert "vehicle" in refused.value.fields
    same_plate = vehicle(firm, other, plate="沪A·88888")
    same_driver = vehicle(firm, other, "2 号车", phone="138 0013 8001")
    free = vehicle(firm, other, "3 号车", plate="沪B·1", phone="13900139002")
    for one in (same_plate, same_driver):
        with pytest.raises(Invalid):
            plan(firm, one, at(10, 14, 30), at(10, 16))
        assert plan(firm, one, at(10, 15), at(10, 15, 30))  # right after is well
    plan(firm, free, at(10, 14, 30), at(10, 16))
    mine = vehicle(firm, subject, "公务车", driver=firm.colleague)
    yours = vehicle(firm, other, "公务车", driver=firm.colleague)
    plan(firm, mine, at(10, 14), at(10, 15))
    with pytest.raises(Invalid):
        plan(firm, yours, at(10, 14, 59), at(10, 16))
    # A driver who is given a vehicle later on is not on two roads either.
    with pytest.raises(Invalid):
        keep_vehicle(
            subject=other, facts=VehicleFacts(name="3 号车", seats=4, plate="沪B·1", driver=firm.colleague),
            vehicle=free, actor=firm.owner,
        )  # fmt: skip
    # In one run that way only; back is another matter.
    second = plan(firm, coach, at(10, 16), at(10, 17))
    with pytest.raises(Invalid, match="客人0"):
        put_riders(run=second, guests=guests[:1], actor=firm.owner)
    back = plan(firm, coach, at(10, 22), at(10, 23), leg="bring")
    put_riders(run=back, guests=guests[:1], actor=firm.owner)
    with pytest.raises(WrongState):
        drop_vehicle(vehicle=coach, actor=firm.owner)
    for call in (
        lambda: keep_vehicle(subject=subject, facts=VehicleFacts(name="x", seats=1), actor=firm.colleague),
        lambda: put_riders(run=run, guests=guests[2:], actor=firm.colleague),
        lambda: keep_travel(guest=guests[0], facts=TravelFacts(), actor=firm.outsider),
    ):
        with pytest.raises(NotAllowed):
            call()
    with pytest.raises(Stale):
        keep_run(
            subject=subject, run=run, actor=firm.owner, seen=run_stamp(second),
            facts=RunFacts(coach, "fetch", "a", "b", at(10, 14), at(10, 15), firm.colleague),
        )  # fmt: skip


def test_a_run_that_a_train_misses_is_flagged_and_a_delay_shows_it_late(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    coach = vehicle(firm, subject)
    run = plan(firm, coach, at(10, 14), at(10, 15))
    lin = come(dinner, firm, "林晓雯", companions=[Companion("林母")])
    mother = lin.companions.get()
    wang = come(dinner, firm, "王可心")
    travels(firm, lin, at(10, 13, 30), number="g7312", place="虹桥站")
    travels(firm, wang, at(10, 13, 50), way="flight", number="MU5101")
    assert Travel.objects.get(pk=lin.pk).number == "G7312"
    put_riders(run=run, guests=[lin, mother, wang], actor=firm.owner)
    [line] = runs_of(subject)
    # 13:30 by train is well; 13:50 by air is too short; nobody misses it yet.
    assert [str(one.reason) for one in line.findings]
    assert len(line.findings) == 1
    assert (line.is_late, line.findings[0].values["missed"]) == (False, "")
    assert {one.ride.guest_id: one.at for one in line.rides}[mother.pk] == at(10, 13, 30)
    note_delay(guest=lin, expected_at=at(10, 14, 20), actor=firm.colleague)
    [line] = runs_of(subject)
    assert line.is_late
    assert sum(one.is_missed for one in line.rides) == 2  # her mother sits in the same train
    assert not Notification.objects.filter(kind="hospitality.run").exists()  # the colleague said it
    note_delay(guest=wang, expected_at=at(10, 15), actor=firm.owner)
    assert Notification.objects.get(kind="hospitality.run").user == firm.colleague
    told = str([entry.data for entry in JournalEntry.objects.all()])
    for hidden in ("G7312", "MU5101", "林晓雯"):
        assert hidden not in told
    with pytest.raises(NotAllowed):
        note_delay(guest=wang, expected_at=at(10, 15), actor=firm.outsider)
    # Another train: what was heard was about the first.
    travels(firm, lin, at(10, 12), number="G7300")
    assert Travel.objects.get(pk=lin.pk).expected_at is None
    # Back: the run is at the station before the train leaves.
    back = plan(firm, coach, at(10, 21), at(10, 22), leg="bring")
    keep_travel(
        guest=wang, actor=firm.owner,
        facts=TravelFacts(arrives_at=at(10, 13), way_back="train", leaves_at=at(10, 22, 10)),
    )  # fmt: skip
    put_riders(run=back, guests=[wang], actor=firm.owner)
    line = runs_of(subject)[1]
    assert [one.values["missed"] for one in line.findings] == [""]


def test_who_wishes_to_ride_alone_rides_with_their_own_party_only(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    run = plan(firm, vehicle(firm, subject), at(10, 14), at(10, 15))
    lin = come(dinner, firm, "林晓雯", companions=[Companion("林母")])
    wang = come(dinner, firm, "王可心")
    travels(firm, lin, at(10, 13), rides_alone=True)
    put_riders(run=run, guests=[lin, lin.companions.get()], actor=firm.owner)
    with pytest.raises(RuleRefused, match="林晓雯"):
        put_riders(run=run, guests=[wang], actor=firm.owner)
    other = plan(firm, vehicle(firm, subject, "2 号车"), at(10, 14), at(10, 15))
    zhao = come(dinner, firm, "赵敏")
    put_riders(run=other, guests=[wang, zhao], actor=firm.owner)
    with pytest.raises(RuleRefused):  # the wish is known too late
        travels(firm, wang, at(10, 13), rides_alone=True)
    assert not Travel.objects.filter(pk=wang.pk).exists()


def test_the_phone_says_who_is_on_board_and_who_is_not_yet_picked_up(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    lin, wang = come(dinner, firm, "林晓雯"), come(dinner, firm, "王可心")
    Guest.objects.filter(pk=wang.pk).update(transport="MU5101 到，请接机")
    desk = firm.people[RECEPTION]
    base = f"/s/{subject.pk}/hospitality/"
    client.force_login(firm.owner)
    assert (
        "录入车辆" in client.get(f"{base}runs/").content.decode()
        or client.get(f"{base}runs/").status_code == 200
    )
    car = {
        "name": "1 号车",
        "seats": 4,
        "plate": "沪A12345",
        "driver_name": "周师傅",
        "phone": "13800138001",
        "cost": "800",
    }
    assert client.post(f"{base}vehicles/add/", {**car, "phone": "123"}).status_code == 422
    assert client.post(f"{base}vehicles/add/", car).status_code == 302
    kept = Vehicle.objects.get()
    assert b"13800138001" not in client.get(f"{base}vehicles/{kept.pk}/").content
    again = {**car, "phone": "", "seats": 5}
    assert client.post(f"{base}vehicles/{kept.pk}/", again).status_code == 302
    assert Vehicle.objects.get().phone == "+8613800138001"
    run = {
        "vehicle": kept.pk, "leg": "fetch", "place": "虹桥站", "goal": "云栖花园", "leaves_at": "2024-08-10T14:00",
        "ends_at": "2024-08-10T15:00", "person": desk.pk,
    }  # fmt: skip
    assert client.post(f"{base}runs/add/", {**run, "person": firm.outsider.pk}).status_code == 422
    assert client.post(f"{base}runs/add/", run).status_code == 302
    made = Run.objects.get()
    duty = Duty.objects.get(key=made.duty_key)
    assert (duty.owner, duty.due_at) == (desk, at(10, 14))
    # What the reply says begins the form.
    form = client.get(f"{base}guests/{wang.pk}/travel/").content.decode()
    assert "MU5101" in form
    told = {"way": "flight", "number": "MU5101", "arrives_at": "2024-08-10T13:00", "wants_fetching": "on"}
    assert client.post(f"{base}guests/{wang.pk}/travel/", told).status_code == 302
    assert (
        client.post(f"{base}guests/{lin.pk}/travel/", {**told, "way": "train", "number": "G1"}).status_code
        == 302
    )
    page = client.get(f"{base}runs/?show=open").content.decode()
    assert "林晓雯" in page
    assert "王可心" in page
    page_of = f"{base}runs/{made.pk}/"
    assert client.post(f"{page_of}guests/", {"guests": [lin.pk, wang.pk]}).status_code == 302
    assert "王可心" not in client.get(f"{base}runs/?show=open").content.decode()
    assert client.get(f"{page_of}print/").content.decode().count("□") == 2
    # Reception has it on the phone.
    client.force_login(desk)
    text = client.get(page_of).content.decode()
    assert "138****8001" in text
    assert "13800138001" not in text.replace(" ", "")
    number = client.post(f"{base}vehicles/{kept.pk}/driver/")
    assert "138 0013 8001" in number.content.decode()
    assert "no-store" in number["Cache-Control"]
    assert JournalEntry.objects.filter(kind="hospitality.driver_shown", actor=desk).exists()
    mine, other = Ride.objects.get(guest=lin), Ride.objects.get(guest=wang)
    assert client.post(f"{page_of}start/").status_code == 302
    assert client.post(f"{page_of}rides/{mine.pk}/", {"state": "aboard"}).status_code == 302
    delay = client.post(f"{base}guests/{wang.pk}/delay/?run={made.pk}", {"expected_at": "2024-08-10T15:10"})
    assert delay.status_code == 302
    assert client.post(f"{page_of}finish/").status_code == 302
    states = {ride.guest_id: ride.state for ride in Ride.objects.all()}
    assert states == {lin.pk: RideState.ARRIVED, wang.pk: RideState.MISSING}
    assert not Duty.objects.get(key=made.duty_key).is_open
    assert Run.objects.get().state == RunState.DONE
    assert client.post(f"{page_of}drop/").status_code == 403
    assert client.get(f"{base}vehicles/add/").status_code == 403
    # Who did not come is without a run again.
    client.force_login(firm.owner)
    page = client.get(f"{base}runs/?show=open").content.decode()
    assert "王可心" in page
    assert "林晓雯" not in page
    assert client.post(f"{page_of}rides/{other.pk}/drop/").status_code == 302
    # Who only sees the event reads how many, and no name, number or train.
    client.force_login(firm.people[GROUP_CUSTOMER_CLUB])
    text = client.get(f"{base}runs/").content.decode()
    for hidden in ("林晓雯", "王可心", "MU5101", "138****8001"):
        assert hidden not in text, hidden
    assert client.get(page_of).status_code == 403
    assert client.get(f"{page_of}print/").status_code == 403
    assert client.post(f"{base}vehicles/{kept.pk}/driver/").status_code == 403
    client.force_login(firm.outsider)
    assert client.get(f"{base}runs/").status_code in {403, 404}


def test_who_comes_no_more_leaves_the_runs_and_an_erased_guest_leaves_no_train(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    run = plan(firm, vehicle(firm, subject), at(10, 14), at(10, 15))
    lin = come(dinner, firm, "林晓雯", companions=[Companion("林母"), Companion("林父")])
    mother, father = lin.companions.order_by("pk")
    wang = come(dinner, firm, "王可心")
    put_riders(run=run, guests=[lin, mother, father, wang], actor=firm.owner)
    # One companion fewer: only they leave the run.
    reply(guest=lin, answer=Reply.ACCEPTED, sessions=[dinner], companions=[Companion("林母", pk=mother.pk)])
    assert set(run.rides.values_list("guest", flat=True)) == {lin.pk, mother.pk, wang.pk}
    reply(guest=lin, answer=Reply.DECLINED)
    assert set(run.rides.values_list("guest", flat=True)) == {wang.pk}
    assert Notification.objects.filter(kind="hospitality.run", user=firm.colleague).exists()
    with pytest.raises(WrongState):
        put_riders(run=run, guests=[Guest.objects.get(pk=lin.pk)], actor=firm.owner)
    customer = make_customer(firm, "赵敏")
    zhao = make_guest(subject, firm, "赵敏", dinner)
    Guest.objects.filter(pk=zhao.pk).update(customer=customer)
    travels(firm, zhao, at(10, 13), number="G1")
    erase_customer(customer=customer, reason="本人要求", actor=firm.people[MARKETING_DIRECTOR])
    assert not Travel.objects.filter(pk=zhao.pk).exists()


def test_a_vehicle_beyond_its_budget_line_needs_a_reason(firm: Firm) -> None:
    subject = make_event(firm).subject
    line = BudgetLine.objects.create(subject=subject, item="交通", amount=Decimal(1000), position=1)
    foreign = BudgetLine.objects.create(
        subject=make_event(firm, "别的").subject, item="交通", amount=Decimal(1), position=1
    )
    vehicle(firm, subject, cost=Decimal(800), budget_line=line)
    facts = VehicleFacts(name="2 号车", seats=4, cost=Decimal(300), budget_line=line)
    with pytest.raises(Invalid) as refused:
        keep_vehicle(subject=subject, facts=facts, actor=firm.owner)
    assert "reason" in refused.value.fields
    assert "1,100" in str(refused.value)
    keep_vehicle(subject=subject, facts=facts, actor=firm.owner, reason="客人多了")
    with pytest.raises(Invalid):
        vehicle(firm, subject, "3 号车", budget_line=foreign)


@pytest.mark.once
def test_the_page_of_runs_asks_as_often_for_many_as_for_few(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm, seats=100)
    client.force_login(firm.owner)

    def add(number: int, day: int) -> None:
        for n in range(number):
            run = plan(
                firm, vehicle(firm, subject, f"{day} {n} 号车", plate=f"沪{day}{n}"), at(day, 8), at(day, 9)
            )
            guest = come(dinner, firm, f"客人{day}{n}", companions=[Companion("伴")])
            travels(firm, guest, at(day, 7), number=f"G{n}")
            put_riders(run=run, guests=[guest, guest.companions.get()], actor=firm.owner)

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    add(2, 9)
    addresses = [
        f"/s/{subject.pk}/hospitality/runs/",
        f"/s/{subject.pk}/hospitality/runs/{Run.objects.first().pk}/",
    ]  # type: ignore[union-attr]
    few = [asked(one) for one in addresses]
    add(8, 10)
    assert [asked(one) for one in addresses] == few


def test_a_finished_run_stays_as_it_is(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    run = plan(firm, vehicle(firm, subject), at(10, 14), at(10, 15))
    lin = come(dinner, firm, "林晓雯")
    [ride] = put_riders(run=run, guests=[lin], actor=firm.owner)
    finish_run(run=run, actor=firm.colleague)
    second = plan(firm, vehicle(firm, subject, "2 号车"), at(10, 16), at(10, 17))
    put_riders(run=second, guests=[lin], actor=firm.owner)
    ride.refresh_from_db()
    with pytest.raises(WrongState):  # she is in another run by now
        set_ride(ride=ride, state=RideState.ABOARD, actor=firm.colleague)
    with pytest.raises(WrongState):
        put_riders(run=run, guests=[lin], actor=firm.owner)


def test_who_did_not_come_comes_back_into_a_free_seat_only(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    run = plan(firm, vehicle(firm, subject, seats=1), at(10, 14), at(10, 15))
    lin, wang = come(dinner, firm, "林晓雯"), come(dinner, firm, "王可心")
    [ride] = put_riders(run=run, guests=[lin], actor=firm.owner)
    set_ride(ride=ride, state=RideState.MISSING, actor=firm.colleague)
    put_riders(run=run, guests=[wang], actor=firm.owner)
    with pytest.raises(WrongState, match="1"):  # the seat is another's by now
        set_ride(ride=ride, state=RideState.WAITING, actor=firm.colleague)
    Vehicle.objects.update(seats=4)
    travels(firm, wang, at(10, 13), rides_alone=True)
    with pytest.raises(RuleRefused, match="王可心"):
        set_ride(ride=ride, state=RideState.ABOARD, actor=firm.colleague)
    assert Ride.objects.get(pk=ride.pk).state == RideState.MISSING
    travels(firm, wang, at(10, 13))
    Guest.objects.filter(pk=lin.pk).update(reply=Reply.CANCELLED)
    with pytest.raises(WrongState, match="林晓雯"):
        set_ride(ride=ride, state=RideState.WAITING, actor=firm.colleague)
    Guest.objects.filter(pk=lin.pk).update(reply=Reply.ACCEPTED)
    assert set_ride(ride=ride, state=RideState.WAITING, actor=firm.colleague).state == RideState.WAITING


def test_on_a_finished_run_only_arrived_and_did_not_come_are_said(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    run = plan(firm, vehicle(firm, subject), at(10, 14), at(10, 15))
    [ride] = put_riders(run=run, guests=[come(dinner, firm, "林晓雯")], actor=firm.owner)
    finish_run(run=run, actor=firm.colleague)
    for state in (RideState.WAITING, RideState.ABOARD):
        with pytest.raises(WrongState):
            set_ride(ride=ride, state=state, actor=firm.colleague)
    client.force_login(firm.colleague)
    page = client.get(f"/s/{subject.pk}/hospitality/runs/{run.pk}/").content.decode()
    assert '"state": "arrived"' in page
    assert '"state": "waiting"' not in page
    assert '"state": "aboard"' not in page
    assert set_ride(ride=ride, state=RideState.ARRIVED, actor=firm.colleague).state == RideState.ARRIVED


def test_the_dialog_of_a_delay_shows_nobody_to_who_may_not_say_it(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    lin = come(make_session(subject, firm), firm, "林晓雯")
    travels(firm, lin, at(10, 13, 7))
    club = firm.people[GROUP_CUSTOMER_CLUB]
    run = plan(firm, vehicle(firm, subject), at(10, 14), at(10, 15), person=club)
    address = f"/s/{subject.pk}/hospitality/guests/{lin.pk}/delay/"
    client.force_login(club)
    shut = client.get(address)
    assert shut.status_code == 403
    assert "林晓雯" not in shut.content.decode()
    put_riders(run=run, guests=[lin], actor=firm.owner)
    assert "13:07" in client.get(address).content.decode()


def test_an_event_called_off_keeps_no_vehicle_busy_and_its_runs_are_dropped(
    firm: Firm, client: Client
) -> None:
    off, on = make_event(firm, "取消的").subject, make_event(firm).subject
    first = plan(firm, vehicle(firm, off, plate="沪A12345"), at(10, 14), at(10, 15))
    other = vehicle(firm, on, plate="沪A12345")
    with pytest.raises(Invalid):
        plan(firm, other, at(10, 14), at(10, 15))
    Campaign.objects.filter(pk=off.pk).update(status=Status.CANCELLED)
    plan(firm, other, at(10, 14), at(10, 15))
    client.force_login(firm.owner)
    drop = f"/s/{off.pk}/hospitality/runs/{first.pk}/drop/"
    assert drop in client.get(f"/s/{off.pk}/hospitality/runs/{first.pk}/").content.decode()
    assert client.post(drop).status_code == 302
    assert not Run.objects.filter(subject=off).exists()
