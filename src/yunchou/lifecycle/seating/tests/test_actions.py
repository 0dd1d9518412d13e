"""Moves: one at a time, refused in plain words, told to the door, given back when somebody does not come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.db.utils import OperationalError

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.events.actions.guests import take_off
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Place, Reply
from yunchou.lifecycle.events.selectors.door import news_since
from yunchou.lifecycle.events.tests.door_factories import EVENING, device_at

from ..actions.apart import end_apart, keep_apart
from ..actions.furnishing import TableFacts, furnish, keep_table, place_table, remove_table, stamp_of
from ..actions.people import seat_guest, seat_party, seat_rest, swap, unseat
from ..models import Shape, Sitting, Table
from ..selectors.proposals import proposal_of
from ..selectors.rooms import room_of
from .factories import change, coming, make_dinner, make_tables, place


@pytest.mark.req("EXE-04")
@pytest.mark.req("EXE-10")
def test_a_guest_is_seated_moved_and_swapped_and_door_and_page_are_told(firm: Firm) -> None:
    dinner = make_dinner(firm)
    lin, zhou = coming(dinner, "林晓雯"), coming(dinner, "周明远")
    one, two = make_tables(dinner, firm)
    device, _token = device_at(dinner.subject, firm)
    with clock.at(EVENING + timedelta(minutes=10)):
        seat_guest(place=place(dinner, lin), table=one, number=3, actor=firm.owner, seen="")
        assert place(dinner, lin).seat == "T1 · 3"
        told = news_since(device, EVENING + timedelta(minutes=10))
        assert [(news["guest"], news["seat"]) for news in told] == [(lin.pk, "T1 · 3")]
    # A seat holds one, a guest sits once, and an old page is told.
    with pytest.raises(WrongState, match="林晓雯"):
        seat_guest(place=place(dinner, zhou), table=one, number=3, actor=firm.owner)
    with pytest.raises(WrongState, match="T1 · 3"):
        seat_guest(place=place(dinner, lin), table=two, number=1, actor=firm.owner, seen="")
    for number in (0, 5):
        with pytest.raises(WrongState):
            seat_guest(place=place(dinner, lin), table=one, number=number, actor=firm.owner)
    seat_guest(place=place(dinner, zhou), table=two, number=1, actor=firm.owner)
    swap(place=place(dinner, lin), other=place(dinner, zhou), actor=firm.owner, seen="T1 · 3")
    assert (place(dinner, lin).seat, place(dinner, zhou).seat) == ("T2 · 1", "T1 · 3")
    # Whoever has no seat takes another's: that one stands.
    ho = coming(dinner, "何嘉欣")
    swap(place=place(dinner, ho), other=place(dinner, lin), actor=firm.owner)
    assert (place(dinner, ho).seat, place(dinner, lin).seat) == ("T2 · 1", "")
    with pytest.raises(WrongState):
        swap(place=place(dinner, ho), other=place(dinner, lin), actor=firm.owner)
    unseat(place=place(dinner, ho), actor=firm.owner, seen="T2 · 1")
    assert place(dinner, ho).seat == ""
    # A new name of the table is told too.
    change(one, firm, name="主桌")
    assert place(dinner, zhou).seat == "主桌 · 3"
    with pytest.raises(NotAllowed):
        unseat(place=place(dinner, zhou), actor=firm.outsider)
    kinds = list(
        JournalEntry.objects.filter(kind__startswith="seating.").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == [f"seating.{what}" for what in (
        "furnished", "seated", "seated", "swapped", "swapped", "unseated", "table_kept",
    )]  # fmt: skip


def test_a_party_sits_together_and_whoever_comes_no_more_gives_the_seat_back(firm: Firm) -> None:
    dinner = make_dinner(firm)
    head = coming(dinner, "马德全")
    for name in ("马太太", "马俊"):
        coming(dinner, name, of=head)
    one, two = make_tables(dinner, firm)
    other = coming(dinner, "周明远")
    seat_guest(place=place(dinner, other), table=one, number=2, actor=firm.owner)
    coming(dinner, "单雪")
    seat_party(place=place(dinner, head), table=two, number=4, actor=firm.owner)
    assert sorted(Place.objects.filter(seat__startswith="T2").values_list("seat", flat=True)) == [
        "T2 · 1", "T2 · 3", "T2 · 4",
    ]  # fmt: skip
    assert place(dinner, head).seat == "T2 · 4"
    # Three do not fit where one sits and two chairs are gone.
    change(one, firm, seats=3)
    with pytest.raises(WrongState, match="3"):
        seat_party(place=place(dinner, head), table=one, actor=firm.owner)
    # A companion apart from the party is a warning that stands.
    seat_guest(place=place(dinner, head), table=one, number=1, actor=firm.owner)
    found = [one for one in room_of(dinner).findings if one.rule_id == "K-SEA-03"]
    assert len(found) == 2, "they sat on both sides of whom they came with"
    son = place(dinner, head.companions.get(name="马俊"))
    seat_guest(place=son, table=one, number=3, actor=firm.owner)
    found = [str(v.reason) for v in room_of(dinner).findings if v.rule_id == "K-SEA-03"]
    assert len(found) == 1
    assert "马太太" in found[0]
    # One companion fewer, then nobody: the seats are free, and the plan says whose they were.
    now = EVENING - timedelta(days=1)
    with clock.at(now):
        keep = head.companions.get(name="马太太")
        reply(
            guest=head, answer=Reply.ACCEPTED, sessions=[dinner], companions=[Companion("马太太", pk=keep.pk)]
        )
        assert not Sitting.objects.get(place=son).table_id
        assert {(one.place.guest.name, one.left) for one in room_of(dinner).given_back} == {
            ("马俊", "T1 · 3")
        }
        take_off(guest=head, reason="来电取消", actor=firm.owner)
    assert list(Place.objects.exclude(seat="").values_list("guest__name", flat=True)) == ["周明远"]
    with pytest.raises(WrongState):
        seat_guest(place=place(dinner, head), table=two, number=1, actor=firm.owner)


def test_blocks_ask_for_a_reason_and_people_kept_apart_stand_as_a_warning(firm: Firm) -> None:
    dinner = make_dinner(firm, capacity=30)
    lin, vip = coming(dinner, "林晓雯"), coming(dinner, "黎耀辉", is_vip=True)
    wife = coming(dinner, "黎太太", of=vip)
    block, table = make_tables(dinner, firm)
    change(block, firm, is_vip=True)
    for guest, number in ((vip, 1), (wife, 2)):
        seat_guest(place=place(dinner, guest), table=block, number=number, actor=firm.owner)
    with pytest.raises(RuleRefused) as refused:
        seat_guest(place=place(dinner, lin), table=block, number=3, actor=firm.owner)
    assert refused.value.verdicts[0].rule_id == "K-SEA-01"
    # A reason is for those who keep the plan.
    with pytest.raises(RuleRefused):
        seat_guest(place=place(dinner, lin), table=block, number=3, actor=firm.colleague, why="主讲人")
    seat_guest(place=place(dinner, lin), table=block, number=3, actor=firm.owner, why="主讲人")
    assert "K-SEA-01" not in [one.rule_id for one in room_of(dinner).findings]
    # Kept apart, at a table and in a row.
    with pytest.raises(Invalid):
        keep_apart(subject=dinner.subject, guests=[lin], actor=firm.owner)
    apart = keep_apart(subject=dinner.subject, guests=[lin, vip], actor=firm.owner)
    assert "K-SEA-02" in [one.rule_id for one in room_of(dinner).findings]
    assert {chair.number for chair in room_of(dinner).furniture[0].chairs if chair.is_warned} == {1, 3}
    row = make_tables(dinner, firm, 1, 5, shape=Shape.ROW)[0]
    assert row.name == "A"
    seat_guest(place=place(dinner, vip), table=row, number=1, actor=firm.owner)
    seat_guest(place=place(dinner, lin), table=row, number=3, actor=firm.owner)
    assert "K-SEA-02" not in [one.rule_id for one in room_of(dinner).findings]
    seat_guest(place=place(dinner, lin), table=row, number=2, actor=firm.owner)
    assert "K-SEA-02" in [one.rule_id for one in room_of(dinner).findings]
    end_apart(apart=apart, actor=firm.owner)
    assert "K-SEA-02" not in [one.rule_id for one in room_of(dinner).findings]
    assert "K-SEA-04" in [one.rule_id for one in room_of(dinner).findings], "13 seats for 30"
    assert table.pk


def test_furniture_is_made_moved_and_taken_out_and_bad_input_is_refused(firm: Firm) -> None:
    dinner = make_dinner(firm)
    tables = make_tables(dinner, firm, 10, 10)
    assert [one.name for one in tables] == [str(n) for n in range(1, 11)]
    assert len({(one.x, one.y) for one in tables}) == 10
    rows = make_tables(dinner, firm, 28, 12, shape=Shape.ROW)
    assert (rows[0].name, rows[26].name) == ("A", "AA")
    for shape, count, seats in (
        ("round", 0, 4),
        ("round", 999, 4),
        ("round", 1, 61),
        ("sofa", 1, 4),
        ("row", 30, 4),
    ):
        with pytest.raises(Invalid):
            furnish(session=dinner, shape=shape, count=count, seats=seats, actor=firm.owner)
    one, two = tables[:2]
    place_table(table=one, x=two.x, y=two.y, actor=firm.owner)
    one.refresh_from_db()
    two.refresh_from_db()
    assert ((one.x, one.y), (two.x, two.y)) == ((2, 1), (1, 1))
    with pytest.raises(WrongState):
        place_table(table=one, x=0, y=1, actor=firm.owner)
    lin = coming(dinner, "林晓雯")
    seat_guest(place=place(dinner, lin), table=one, number=9, actor=firm.owner)
    for wrong in ({"seats": 8}, {"name": "2"}, {"name": " "}, {"seats": 0}, {"x": 1, "y": 1}, {"x": 99}):
        with pytest.raises(Invalid):
            change(one, firm, **wrong)
    seen = stamp_of(one)
    change(one, firm, serving=1)
    with pytest.raises(Stale):
        keep_table(table=one, facts=TableFacts("1", "round", 10), actor=firm.owner, seen=seen)
    assert remove_table(table=one, actor=firm.owner) == 1
    assert place(dinner, lin).seat == ""
    with pytest.raises(WrongState):
        remove_table(table=one, actor=firm.owner)
    with pytest.raises(WrongState):
        seat_guest(place=place(dinner, lin), table=one, number=1, actor=firm.owner)


def test_the_rest_is_seated_as_it_was_shown_and_not_otherwise(firm: Firm) -> None:
    dinner = make_dinner(firm)
    head = coming(dinner, "马德全", organisation="云栖")
    coming(dinner, "马太太", of=head)
    lin = coming(dinner, "林晓雯")
    one, _two = make_tables(dinner, firm)
    seat_guest(place=place(dinner, lin), table=one, number=1, actor=firm.owner)
    proposal = proposal_of(dinner)
    assert (len(proposal.spots), proposal.left) == (2, ())
    coming(dinner, "周明远")
    with pytest.raises(Stale):
        seat_rest(session=dinner, actor=firm.owner, seen=proposal.stamp)
    assert seat_rest(session=dinner, actor=firm.owner, seen=proposal_of(dinner).stamp) == 3
    assert Place.objects.filter(session=dinner, seat="").count() == 0
    assert Sitting.objects.filter(table__isnull=False).count() == 4
    assert place(dinner, lin).seat == "T1 · 1"


@pytest.mark.django_db(transaction=True)
def test_two_people_at_one_seat_and_one_guest_at_two_seats_one_wins() -> None:
    firm = company()
    dinner = make_dinner(firm)
    guests = [coming(dinner, f"客人{n}") for n in range(6)]
    table: Table = make_tables(dinner, firm, 1, 6)[0]

    def race(moves: list[tuple[Place, int]]) -> list[str]:
        ready = Barrier(len(moves))

        def press(move: tuple[Place, int]) -> str:
            try:
                ready.wait()
                with clock.at(EVENING):
                    seat_guest(place=move[0], table=table, number=move[1], actor=firm.owner, seen="")
            except WrongState as refused:
                return str(refused.code)
            except OperationalError:  # SQLite: somebody else writes
                return "wrong_state"
            finally:
                connections.close_all()
            return "seated"

        with ThreadPoolExecutor(len(moves)) as crowd:
            return list(crowd.map(press, moves))

    places = [place(dinner, guest) for guest in guests]
    answers = race([(one, 1) for one in places[:5]])
    assert sorted(answers) == ["seated"] + ["wrong_state"] * 4
    answers = race([(places[5], number) for number in (2, 3, 4, 5)])
    assert sorted(answers) == ["seated"] + ["wrong_state"] * 3
    assert Sitting.objects.filter(table=table).count() == 2
