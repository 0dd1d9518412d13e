"""Scans on the line, by hand and come late; walk-ins; who hears of a VIP; codes tried out."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.messaging.uses import uses
from yunchou.directory.customers.actions.register import add_customer
from yunchou.directory.organisation.positions import RECEPTION
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.counting import recount
from yunchou.lifecycle.events.actions.devices import make_device, revoke_device
from yunchou.lifecycle.events.actions.door import Scan, TooManyMisses, check_in, settle, take_in
from yunchou.lifecycle.events.actions.guests import note_sent
from yunchou.lifecycle.events.actions.walk_ins import Newcomer, walk_in
from yunchou.lifecycle.events.door.codes import ticket_svg, ticket_text
from yunchou.lifecycle.events.messaging import INVITATION
from yunchou.lifecycle.events.models import (
    CheckIn,
    Device,
    Guest,
    Happening,
    Place,
    PlaceState,
    Reply,
    Session,
    Tally,
)
from yunchou.lifecycle.events.selectors.attendance import attendance_of
from yunchou.lifecycle.events.selectors.door import counts_for, doubts_of, list_for, news_since
from yunchou.lifecycle.events.selectors.guests import counts_of

from .door_factories import EVENING, add, device_at, make_evening, make_session, scan
from .factories import make_customer


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.at(EVENING):
        yield


@pytest.fixture
def evening(firm: Firm) -> Subject:
    return make_evening(firm)


@pytest.mark.rule("R-EXE-03")
@pytest.mark.req("EXE-03")
def test_a_guest_is_let_in_once_with_few_statements_and_answered_the_same_when_sent_again(
    firm: Firm, evening: Subject
) -> None:
    device, _token = device_at(evening, firm)
    dinner = evening.sessions.get()
    lin, zhou, _he = Guest.objects.order_by("pk")
    check_in(scan=scan(lin, dinner), device=device)
    once = scan(zhou, dinner)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = check_in(scan=once, device=device)
    # Whom the ticket names, and all that it changes; SQLite has BEGIN and COMMIT besides. Who the device is takes one more.
    assert len(asked) == (2 if connection.vendor == "postgresql" else 7), [q["sql"] for q in asked]
    assert (answer.verdict, answer.tone, answer.first) == ("let_in", "green", True)
    again = check_in(scan=once, device=device)
    assert (again.verdict, again.first) == ("let_in", False)
    assert CheckIn.objects.filter(guest=zhou).count() == 1
    second = check_in(scan=scan(zhou, dinner), device=device)
    assert (second.verdict, second.why, second.tone) == ("again", "inside", "red")
    assert second.guest
    assert second.guest.first_in_where == "A 门 · 平板"
    with clock.at(EVENING + timedelta(minutes=30)):
        assert check_in(scan=scan(zhou, dinner, direction="out"), device=device).verdict == "let_out"
    place = Place.objects.get(guest=zhou)
    assert not place.is_inside
    assert place.first_in_at == EVENING
    with clock.at(EVENING + timedelta(hours=1)):
        assert check_in(scan=scan(zhou, dinner), device=device).first is False
    counts = counts_for(evening.pk)
    assert (counts["expected"], counts["arrived"]) == (3, 2)
    assert counts["sessions"] == {str(dinner.pk): {"come": 2, "inside": 2}}
    assert JournalEntry.objects.filter(kind="events.scanned", data__guest=zhou.pk).count() == 4


@pytest.mark.req("EXE-03")
def test_codes_that_prove_nothing_are_refused_in_words_and_stop_the_device_for_a_minute(
    firm: Firm, evening: Subject
) -> None:
    device, _token = device_at(evening, firm)
    dinner = evening.sessions.get()
    other = make_evening(firm, 1)
    stranger = Guest.objects.get(subject=other)
    lin, zhou, he = Guest.objects.filter(subject=evening).order_by("pk")
    genuine = ticket_text(lin)
    forged = genuine[:-8] + "AAAAAAAA"
    swapped = ticket_text(zhou).rsplit(".", 1)[0] + "." + genuine.rsplit(".", 1)[1]
    assert "<svg" in ticket_svg(lin)

    def why(**fields: object) -> str:
        return check_in(scan=scan(session=dinner, **fields), device=device).why  # type: ignore[arg-type]

    assert why(code=str(lin.pk)) == "unreadable"
    assert why(code=lin.token) == "unreadable"
    assert why(code=ticket_text(stranger)) == "foreign"
    assert why(code=forged) == why(code=swapped) == "forged"
    lin.ticket = "renewed" + lin.ticket[7:]
    lin.save()
    assert why(code=genuine) == "replaced"
    assert why(code=ticket_text(lin)) == "welcome"
    Guest.objects.filter(pk=he.pk).update(reply=Reply.CANCELLED)
    assert why(code=ticket_text(he)) == "cancelled"
    with pytest.raises(WrongState):
        check_in(scan=scan(zhou), device=device)
    for _try in range(17):
        device.refresh_from_db()
        assert why(code=forged) == "forged"
    device.refresh_from_db()
    with pytest.raises(TooManyMisses):
        check_in(scan=scan(zhou, dinner), device=device)
    assert Notification.objects.filter(kind="events.misses", user=firm.owner).count() == 1
    with clock.at(EVENING + timedelta(seconds=61)):
        assert check_in(scan=scan(zhou, dinner), device=device).why == "welcome"


@pytest.mark.rule("R-EXE-01", whole=True)
@pytest.mark.req("EXE-05", whole=True)
def test_host_and_lead_hear_of_a_vip_the_moment_they_come_and_reception_where_there_is_no_host(
    firm: Firm, evening: Subject
) -> None:
    device, _token = device_at(evening, firm)
    dinner = evening.sessions.get()
    [vip] = add(
        evening,
        dinner,
        1,
        name="周明远",
        is_vip=True,
        host=firm.colleague,
        diet=["no_alcohol"],
        note="轮椅通道",
    )
    answer = check_in(scan=scan(vip, dinner), device=device)
    assert (answer.verdict, answer.why, answer.tone, answer.first) == ("let_in", "vip", "amber", True)
    told = {one.user: one for one in Notification.objects.filter(kind="events.vip")}
    assert set(told) == {firm.colleague, firm.owner}
    text = str(told[firm.colleague].text)
    assert "周明远" in text
    assert "轮椅通道" in text
    assert "B 区" in text
    with clock.at(EVENING + timedelta(minutes=5)):
        check_in(scan=scan(vip, dinner, direction="out"), device=device)
    with clock.at(EVENING + timedelta(minutes=9)):
        check_in(scan=scan(vip, dinner), device=device)
    assert Notification.objects.filter(kind="events.vip").count() == 2
    reception = staff("丁前台", firm.east, RECEPTION)
    [alone] = add(evening, dinner, 1, is_vip=True)
    take_in(
        device=device, scans=[scan(alone, dinner, said="let_in", why="vip", at=EVENING)], drift=timedelta()
    )
    assert Notification.objects.filter(kind="events.vip", user=firm.owner).count() == 2
    assert Notification.objects.filter(kind="events.vip", user=reception).count() == 1


@pytest.mark.rule("R-EXE-03")
@pytest.mark.req("EXE-03")
def test_two_devices_come_back_with_anything_in_any_order_and_everybody_agrees(
    firm: Firm, scaled: Callable[[int, int], int]
) -> None:
    """Clocks ten minutes off either way, everything sent twice and shuffled: nobody lost, nobody counted twice."""
    rounds, people = scaled(3, 40), scaled(12, 60)
    for n in range(rounds):
        chance = random.Random(n)
        evening = make_evening(firm, people)
        dinner = evening.sessions.get()
        first, second = device_at(evening, firm)[0], device_at(evening, firm, "B 门", "手机")[0]
        drifts = {first: timedelta(minutes=10), second: timedelta(minutes=-10)}
        queues = {first: [], second: []}  # type: ignore[var-annotated]
        guests = list(Guest.objects.filter(subject=evening))
        both = set(guests[:2])
        truth = {}
        for guest in guests:
            moment = EVENING - timedelta(minutes=chance.randrange(1, 100))
            at = dict.fromkeys(chance.sample([first, second], 1 + (guest in both)), moment)
            if guest in both:
                later = chance.choice(list(at))
                at[later] += timedelta(seconds=30)
            truth[guest.pk] = moment
            for device, when in at.items():
                one = scan(guest, dinner, said="let_in", why="welcome", at=when - drifts[device])
                queues[device].append(one)
        batches = []
        for device, queue in queues.items():
            doubled = [*queue, *chance.sample(queue, len(queue) // 2)]
            chance.shuffle(doubled)
            cut = chance.randrange(len(doubled) + 1)
            batches += [(device, doubled[:cut]), (device, doubled[cut:]), (device, doubled[:3])]
        chance.shuffle(batches)
        for device, batch in batches:
            take_in(device=device, scans=batch, drift=drifts[device])
        stands = {p.guest_id: (p.is_inside, p.first_in_at) for p in Place.objects.filter(session=dinner)}
        assert stands == {pk: (True, moment) for pk, moment in truth.items()}
        assert {g.pk: g.arrived_at for g in Guest.objects.filter(subject=evening)} == truth
        assert counts_for(evening.pk)["arrived"] == people
        assert CheckIn.objects.filter(subject=evening, was_offline=True).count() == people + 2
        assert [one.guest for one in doubts_of(evening).order_by("guest")] == guests[:2]
        assert {one["guest"] for one in news_since(first, EVENING)} == set(truth)


@pytest.mark.rule("R-EXE-03")
def test_what_was_let_in_without_a_network_stays_and_a_person_settles_what_is_in_doubt(
    firm: Firm, evening: Subject
) -> None:
    one, two = device_at(evening, firm)[0], device_at(evening, firm, "B 门")[0]
    dinner = evening.sessions.get()
    lin, zhou, he = Guest.objects.order_by("pk")
    Guest.objects.filter(pk=zhou.pk).update(reply=Reply.CANCELLED)
    late = timedelta(minutes=30)
    take_in(device=one, scans=[scan(lin, dinner, said="let_in", at=EVENING - late)], drift=timedelta())
    take_in(
        device=two,
        scans=[
            scan(lin, dinner, said="let_in", at=EVENING - late / 2),
            scan(zhou, dinner, said="let_in", at=EVENING - late),
            scan(session=dinner, code="YC1.1.zzzz.nobody.sign", said="let_in", at=EVENING - late),
            scan(he, dinner, said="refused", at=EVENING - late),
        ],
        drift=timedelta(),
    )
    assert [(d.doubt, d.was_offline) for d in doubts_of(evening).order_by("doubt")] == [
        ("gone", True), ("twice", True), ("unknown", True),
    ]  # fmt: skip
    assert Guest.objects.get(pk=zhou.pk).arrived_at == EVENING - late
    assert Guest.objects.get(pk=he.pk).arrived_at is None
    # The line broke after the server had said no; the device then let in by itself, under the same key.
    broken = scan(lin, dinner)
    assert check_in(scan=broken, device=one).verdict == "again"
    take_in(device=one, scans=[replace(broken, said="let_in", at=EVENING)] * 2, drift=timedelta())
    assert CheckIn.objects.filter(guest=lin, verdict="let_in").count() == 3
    with pytest.raises(Refused):
        settle(scan=doubts_of(evening).first(), decision="same", note="", actor=firm.outsider)  # type: ignore[arg-type]
    for doubt in doubts_of(evening):
        settle(scan=doubt, decision="same", note="本人", actor=firm.owner)
    assert not doubts_of(evening).exists()
    with pytest.raises(WrongState):
        settle(scan=CheckIn.objects.filter(doubt="gone").get(), decision="same", note="", actor=firm.owner)


@pytest.mark.req("EXE-03")
def test_as_many_statements_for_many_late_scans_and_for_a_long_list(firm: Firm) -> None:
    def cost(count: int) -> tuple[int, int]:
        evening = make_evening(firm, count)
        device = device_at(evening, firm)[0]
        dinner = evening.sessions.get()
        for guest in Guest.objects.filter(subject=evening):
            Guest.objects.filter(pk=guest.pk).update(customer=make_customer(firm, guest.name))
        scans = [
            scan(guest, dinner, said="let_in", at=EVENING) for guest in Guest.objects.filter(subject=evening)
        ]
        with CaptureQueriesContext(connection) as sent:
            take_in(device=device, scans=scans, drift=timedelta())
        with CaptureQueriesContext(connection) as listed:
            known = list_for(device)
        assert len(known["guests"]) == count
        assert "phone" not in str(known)
        assert all(g["ticket"] for g in known["guests"])
        return len(sent), len(listed)

    assert cost(2) == cost(12)


@pytest.mark.req("EXE-03")
def test_walk_ins_are_guests_once_and_their_number_is_kept_only_with_consent(
    firm: Firm, evening: Subject
) -> None:
    device, _token = device_at(evening, firm)
    dinner = evening.sessions.get()
    come = Newcomer(uuid4(), dinner.pk, "秦朗", phone="138 0013 8000", organisation="临江设计")
    with pytest.raises(Refused):
        walk_in(device=device, newcomer=come)
    assert not Guest.objects.filter(name="秦朗").exists()
    come = replace(come, agrees=True)
    guest = walk_in(device=device, newcomer=come)
    assert walk_in(device=device, newcomer=come).pk == guest.pk
    assert (guest.is_walk_in, guest.phone_tail, guest.arrived_at) == (True, "8000", EVENING)
    assert guest.customer
    assert guest.customer.consents.exists()
    assert Place.objects.get(guest=guest).is_inside
    known = walk_in(device=device, newcomer=replace(come, key=uuid4(), name="秦先生"))
    assert known.customer is None, "the number is a guest's already"
    # Another company's customer with this number stays that company's; one of our own is taken.
    add_customer(actor=None, unit=firm.south, name="沈文博", phone="13877776655")
    stranger = walk_in(device=device, newcomer=replace(come, key=uuid4(), name="沈先生", phone="13877776655"))
    assert stranger.customer
    assert (stranger.customer.name, stranger.customer.subject.unit) == ("沈先生", firm.east)
    own = make_customer(firm, "顾念慈", phone="13877776656")
    met = walk_in(device=device, newcomer=replace(come, key=uuid4(), name="顾女士", phone="13877776656"))
    assert met.customer == own
    nameless = walk_in(device=device, newcomer=Newcomer(uuid4(), dinner.pk, "李"))
    assert nameless.customer is None
    assert counts_for(evening.pk)["arrived"] == 5
    # They are there: nobody counts them as still to be invited, and no invitation goes to them.
    assert not Guest.objects.to_invite().filter(name__in=["秦朗", "秦先生", "李"]).exists()
    assert note_sent(guests=[guest], how="电话", actor=firm.owner) == 0
    assert guest.pk not in {one.ref for one in uses[INVITATION].audience(evening, "")}


@pytest.mark.req("EXE-03")
def test_who_walked_in_stands_as_entered_at_the_door_in_lists_counts_exports_and_the_evaluation(
    firm: Firm, client: Client, evening: Subject
) -> None:
    device, _token = device_at(evening, firm)
    dinner = evening.sessions.get()
    recount(evening)
    before, rate = counts_of(evening), attendance_of(evening)
    taken = dinner.taken
    guest = walk_in(device=device, newcomer=Newcomer(uuid4(), dinner.pk, "秦朗"))
    dinner.refresh_from_db()
    assert (guest.reply, guest.replied_at, dinner.taken) == (Reply.AT_DOOR, EVENING, taken + 1)
    assert Place.objects.get(guest=guest).state == PlaceState.HELD
    assert guest.entries.get().what == Happening.AT_DOOR
    after = counts_of(evening)
    assert (after.at_door, after.coming, after.listed) == (1, before.coming + 1, before.listed + 1)
    assert (after.accepted, after.invited, after.unsent) == (before.accepted, before.invited, before.unsent)
    told = {row.reply: row.guests for row in Tally.objects.filter(subject=evening) if row.guests}
    recount(evening)
    assert told == {row.reply: row.guests for row in Tally.objects.filter(subject=evening) if row.guests}
    # Of those invited just as many came as before; one person more was there.
    now = attendance_of(evening)
    assert (now.rate, now.of_accepted, now.people) == (rate.rate, rate.of_accepted, rate.people + 1)
    client.force_login(firm.owner)
    for language, words in (("zh-hans", "现场登记"), ("en", "Entered at the door")):
        firm.owner.language = language
        firm.owner.save(update_fields=["language"])
        page = client.get(f"/s/{evening.pk}/guests/?reply=at_door").content.decode()
        assert "秦朗" in page
        assert words in page
        assert words in client.get(f"/s/{evening.pk}/guests/{guest.pk}/").content.decode()
        address = reverse("sheets:listing_take", args=["events.guests"])
        file = client.post(f"{address}?subject={evening.pk}&reply=at_door", {"form": "csv"})
        assert words in b"".join(file).decode("utf-8-sig")
    # A full room is full: they are inside all the same, without a promised seat.
    Session.objects.filter(pk=dinner.pk).update(capacity=F("taken"))
    late = walk_in(device=device, newcomer=Newcomer(uuid4(), dinner.pk, "白露"))
    assert (late.reply, Place.objects.get(guest=late).state) == (Reply.AT_DOOR, PlaceState.OFFERED)
    assert Place.objects.get(guest=late).is_inside


def test_other_sessions_staff_by_hand_and_a_device_that_is_over(firm: Firm, evening: Subject) -> None:
    device, _token = device_at(evening, firm)
    dinner, forum = evening.sessions.get(), make_session(evening, "论坛", hours=-2)
    lin = Guest.objects.order_by("pk")[0]
    assert check_in(scan=scan(lin, forum), device=device).why == "not_invited"
    assert check_in(scan=scan(lin, forum, is_forced=True), device=device).verdict == "let_in"
    assert Place.objects.get(guest=lin, session=forum).is_inside
    by_hand = Scan(uuid4(), session=dinner.pk, guest=lin.pk)
    assert check_in(scan=by_hand, actor=firm.owner, subject=evening).verdict == "let_in"
    with pytest.raises(Refused):
        check_in(scan=by_hand, actor=firm.outsider, subject=evening)
    with pytest.raises(Refused):
        make_device(door=device.door, name="旧", expires_at=EVENING - timedelta(1), actor=firm.owner)
    revoke_device(device=device, actor=firm.owner)
    assert Device.objects.get(pk=device.pk).revoked_at == EVENING


def test_scans_of_another_event_are_kept_by_the_device(firm: Firm, evening: Subject) -> None:
    """Sent with the token of one event, a scan of another counts nowhere and is handed back with its reason."""
    device, _token = device_at(evening, firm)
    other = make_evening(firm, 0).sessions.get()
    lin = Guest.objects.filter(subject=evening).order_by("pk").first()
    foreign = replace(scan(lin, other), said="let_in", why="welcome")
    for wrong in (
        foreign,
        replace(foreign, key=uuid4(), session=None),
        replace(foreign, key=uuid4(), session=10**9),
    ):
        with pytest.raises(WrongState):
            take_in(device=device, scans=[wrong], drift=timedelta())
    assert not CheckIn.objects.exists()
    assert not Place.objects.filter(session=other).exists()


def test_a_code_with_numbers_beyond_any_row_is_no_ticket(firm: Firm, evening: Subject) -> None:
    device, _token = device_at(evening, firm)
    lin = Guest.objects.order_by("pk").first()
    genuine = ticket_text(lin).split(".")
    huge = ".".join([genuine[0], genuine[1], "z" * 60, *genuine[3:]])
    late = Scan(
        key=uuid4(), session=evening.sessions.get().pk, code=huge, said="refused", why="forged", at=EVENING
    )
    assert [answer.key for answer in take_in(device=device, scans=[late], drift=timedelta())] == [late.key]


def test_somebody_else_on_a_ticket_leaves_its_guest_to_come(firm: Firm, evening: Subject) -> None:
    """A doubt settled as "somebody else" no longer counts for the guest, who is announced and let in when they come."""
    device, _token = device_at(evening, firm)
    dinner = evening.sessions.get()
    lin = Guest.objects.order_by("pk").first()
    old = ticket_text(lin)
    Guest.objects.filter(pk=lin.pk).update(ticket="renewed-ticket-00000000")
    late = Scan(key=uuid4(), session=dinner.pk, code=old, said="let_in", why="welcome", at=EVENING)
    take_in(device=device, scans=[late], drift=timedelta())
    doubtful = CheckIn.objects.get()
    assert doubtful.doubt
    settle(scan=doubtful, decision="other", note="", actor=firm.owner)
    lin.refresh_from_db()
    assert lin.arrived_at is None
    answer = check_in(scan=scan(lin, dinner), device=device)
    assert (answer.verdict, answer.first) == ("let_in", True)
    told = JournalEntry.objects.filter(kind="events.doubt_settled").get()
    assert lin.name not in str(told.data)


@pytest.mark.req("EXE-03")
def test_whoever_is_inside_without_a_seat_fills_the_room(firm: Firm, evening: Subject) -> None:
    """The 301st guest: seats promised and people let in without one together make the room full."""
    device, _token = device_at(evening, firm)
    dinner = evening.sessions.get()
    lin, zhou, he = Guest.objects.order_by("pk")
    Place.objects.filter(session=dinner).update(state="offered")
    Guest.objects.update(reply=Reply.INVITED)
    dinner.taken, dinner.capacity = 0, 1
    dinner.save()
    assert check_in(scan=scan(lin, dinner), device=device).verdict == "let_in"
    assert check_in(scan=scan(zhou, dinner), device=device).verdict != "let_in"
    assert check_in(scan=scan(he, dinner), device=device).verdict != "let_in"
