"""What readers of the plan found: seats that nobody saw, pages that are too old, and what is nobody's business."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB, MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.tests.factories import make_customer
from yunchou.lifecycle.programme.models import Exchange

from ..actions.opening import give_back
from ..actions.people import seat_guest, seat_party, swap
from ..models import CELLS, Sitting, Table
from ..selectors.rooms import news_of, room_of
from .factories import coming, make_dinner, make_tables, place


def test_a_swap_lands_on_no_seat_that_nobody_saw(firm: Firm, client: Client) -> None:
    dinner = make_dinner(firm)
    one, two = make_tables(dinner, firm)
    lin, wang = coming(dinner, "林晓雯"), coming(dinner, "王可心")
    seat_guest(place=place(dinner, lin), table=one, number=1, actor=firm.owner)
    seat_guest(place=place(dinner, wang), table=one, number=2, actor=firm.owner)
    # Somebody moves her to another table while the page shows her at the first.
    seat_guest(place=place(dinner, wang), table=two, number=4, actor=firm.owner)
    both = {"place": place(dinner, lin), "other": place(dinner, wang), "actor": firm.owner, "seen": "T1 · 1"}
    with pytest.raises(WrongState, match="王可心"):
        swap(**both, seen_other="T1 · 2")
    with pytest.raises(WrongState):
        seat_party(place=place(dinner, lin), table=two, actor=firm.owner, seen="T2 · 1")
    client.force_login(firm.owner)
    move = reverse("seating:move", args=[dinner.subject_id, dinner.pk])
    told = {
        "place": place(dinner, lin).pk,
        "other": place(dinner, wang).pk,
        "seen": "T1 · 1",
        "seen_other": "T1 · 2",
    }
    assert client.post(move, told, headers={"HX-Request": "true"}).status_code == 409
    party = {"place": place(dinner, lin).pk, "table": two.pk, "party": "1", "seen": ""}
    assert client.post(move, party, headers={"HX-Request": "true"}).status_code == 409
    swap(**both, seen_other="T2 · 4")
    assert place(dinner, lin).seat == "T2 · 4"


def test_who_comes_along_is_not_dragged_from_where_nobody_saw_them(firm: Firm, client: Client) -> None:
    dinner = make_dinner(firm)
    one, two = make_tables(dinner, firm)
    lin = coming(dinner, "林晓雯")
    wang = coming(dinner, "王可心", of=lin)
    seat_guest(place=place(dinner, lin), table=one, number=1, actor=firm.owner)
    seat_guest(place=place(dinner, wang), table=one, number=2, actor=firm.owner)
    keys = str(place(dinner, lin).pk), str(place(dinner, wang).pk)
    shown = json.dumps({keys[0]: "T1 · 1", keys[1]: "T1 · 2"})
    client.force_login(firm.owner)
    of = [dinner.subject_id, dinner.pk]
    person = reverse("seating:person", args=[*of, place(dinner, lin).pk])
    chair, move = reverse("seating:chair", args=[*of, two.pk, 1]), reverse("seating:move", args=of)
    form = client.get(person).context["form"]
    assert json.loads(form["seen_all"].value()) == json.loads(shown)
    # Somebody moves the companion meanwhile.
    seat_guest(place=place(dinner, wang), table=one, number=3, actor=firm.owner)
    asked = {"place": keys[0], "seen": "T1 · 1", "seen_all": shown, "party": "1", "table": two.pk}
    dialogs = (
        (move, asked),
        (person, {"spot": f"{two.pk}-1", "with_party": "on", "seen": "T1 · 1", "seen_all": shown}),
        (chair, {"place": keys[0], "with_party": "on", "seen": shown}),
    )
    for address, told in dialogs:
        answer = client.post(address, told, headers={"HX-Request": "true"})
        assert answer.status_code in (409, 422), address
        assert "王可心" in answer.content.decode()
    assert (place(dinner, lin).seat, place(dinner, wang).seat) == ("T1 · 1", "T1 · 3")
    asked["seen_all"] = shown.replace("T1 \\u00b7 2", "T1 \\u00b7 3")
    assert client.post(move, asked, headers={"HX-Request": "true"}).status_code == 200
    assert place(dinner, wang).seat.startswith("T2")


def test_the_dialog_of_a_seat_moves_nobody_from_where_it_did_not_show_them(
    firm: Firm, client: Client
) -> None:
    dinner = make_dinner(firm)
    one, two = make_tables(dinner, firm)
    lin, wang = coming(dinner, "林晓雯"), coming(dinner, "王可心")
    seat_guest(place=place(dinner, lin), table=one, number=1, actor=firm.owner)
    client.force_login(firm.owner)
    chair = reverse("seating:chair", args=[dinner.subject_id, dinner.pk, two.pk, 1])
    shown = client.get(chair).context["form"]["seen"].value()
    told = {"place": place(dinner, lin).pk, "seen": shown}
    assert "T1 · 1" in shown
    # Somebody moves her while the dialog is open; and somebody who had no seat was given one.
    seat_guest(place=place(dinner, lin), table=one, number=2, actor=firm.owner)
    seat_guest(place=place(dinner, wang), table=one, number=3, actor=firm.owner)
    for old in (
        told,
        {"place": place(dinner, wang).pk, "seen": shown},
        {"place": place(dinner, lin).pk, "seen": "[]"},
    ):
        assert client.post(chair, old, headers={"HX-Request": "true"}).status_code == 409, old
        assert (
            client.post(chair, old | {"with_party": "on"}, headers={"HX-Request": "true"}).status_code == 409
        )
    assert client.post(chair, told | {"seen": "{"}).status_code == 422
    fresh = client.get(chair).context["form"]["seen"].value()
    assert client.post(chair, told | {"seen": fresh}).status_code == 302
    assert place(dinner, lin).seat == "T2 · 1"


def test_pages_look_again_when_somebody_is_called_otherwise_or_eats_otherwise(firm: Firm) -> None:
    dinner = make_dinner(firm)
    make_tables(dinner, firm)
    lin = coming(dinner, "林晓雯")
    seen = [news_of(dinner)]
    for change in ({"name": "林小雯"}, {"is_vip": True}, {"organisation": "云栖地产"}):
        Guest.objects.filter(pk=lin.pk).update(**change)
        assert news_of(dinner) not in seen, change
        assert room_of(dinner).version == news_of(dinner)
        seen.append(news_of(dinner))
    lin.refresh_from_db()
    lin.diet = ["halal"]
    lin.save()
    assert news_of(dinner) not in seen
    assert room_of(dinner).version == news_of(dinner)


def test_furniture_stays_within_the_room(firm: Firm) -> None:
    dinner = make_dinner(firm)
    make_tables(dinner, firm, count=1)
    Table.objects.update(y=CELLS - 1)
    with pytest.raises(Invalid):
        make_tables(dinner, firm, count=CELLS + 10, seats=2)
    make_tables(dinner, firm, count=CELLS, seats=2)
    assert max(Table.objects.values_list("y", flat=True)) <= CELLS


def test_who_does_not_eat_what_is_not_drawn_for_everybody_who_sees_the_event(
    firm: Firm, client: Client
) -> None:
    dinner = make_dinner(firm)
    [table, *_rest] = make_tables(dinner, firm)
    lin = coming(dinner, "林晓雯")
    lin.diet, lin.diet_note = ["halal"], "不吃香菜"
    lin.save()
    seat_guest(place=place(dinner, lin), table=table, number=1, actor=firm.owner)
    plan = reverse("seating:plan_detail", args=[dinner.subject_id])
    client.force_login(firm.owner)
    assert "ti-leaf" in client.get(plan).content.decode()
    person = reverse("seating:person", args=[dinner.subject_id, dinner.pk, place(dinner, lin).pk])
    assert "不吃香菜" in client.get(person).content.decode()
    client.force_login(firm.people[GROUP_CUSTOMER_CLUB])
    text = client.get(plan).content.decode()
    assert "林晓雯" in text
    assert "ti-leaf" not in text
    assert "不吃香菜" not in text


def test_who_accepts_again_is_not_told_to_come_no_more_and_an_erased_one_leaves_no_words(firm: Firm) -> None:
    dinner = make_dinner(firm)
    [table, *_rest] = make_tables(dinner, firm)
    lin = coming(dinner, "林晓雯")
    seat_guest(place=place(dinner, lin), table=table, number=1, actor=firm.owner)
    lin.places.update(state="given_up")
    give_back([dinner.pk])
    assert [one.place.guest for one in room_of(dinner).given_back] == [lin]
    lin.places.update(state="held")
    assert not room_of(dinner).given_back
    customer = make_customer(firm, "林晓雯")
    Guest.objects.filter(pk=lin.pk).update(customer=customer)
    Sitting.objects.update(why="董事长的同学")
    talk = Exchange.objects.create(subject=dinner.subject, guest=lin, note="想买两套", made_by=firm.owner)
    erase_customer(customer=customer, reason="本人要求", actor=firm.people[MARKETING_DIRECTOR])
    assert Sitting.objects.get().why == ""
    talk.refresh_from_db()
    assert talk.note == ""
