"""The pages of the plan, both languages: what they show, what they cost, what a move answers, and what is printed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.lifecycle.events.models import Place, Session
from yunchou.lifecycle.events.tests.door_factories import EVENING

from ..actions.people import seat_guest
from ..models import Apart, Table
from ..selectors.paper import told_of
from ..selectors.rooms import room_of
from .factories import change, coming, make_dinner, make_tables, place

HTMX = {"HX-Request": "true"}


def url(name: str, session: Session, *args: object) -> str:
    return reverse(f"seating:{name}", args=[session.subject_id, session.pk, *args])


def plan(session: Session) -> str:
    return reverse("seating:plan_detail", args=[session.subject_id]) + f"?session={session.pk}"


@pytest.mark.once
def test_from_an_empty_room_to_seats_without_a_script(client: Client, firm: Firm) -> None:
    dinner = make_dinner(firm, capacity=100)
    head = coming(dinner, "马德全", organisation="云栖地产")
    coming(dinner, "马太太", of=head)
    client.force_login(firm.outsider)
    assert client.get(plan(dinner)).status_code == 404
    client.force_login(firm.owner)
    text = client.get(plan(dinner)).content.decode()
    assert "10 桌，每桌 10 人" in text
    assert (
        client.post(url("furnish", dinner), {"shape": "round", "count": "x", "seats": ""}).status_code == 422
    )
    made = client.post(url("furnish", dinner), {"shape": "round", "count": 2, "seats": 4})
    assert made.status_code == 302
    text = client.get(plan(dinner)).content.decode()
    assert "T1 桌" in text
    assert "马太太" in text
    one, two = Table.objects.order_by("pk")
    # Choose a guest for a seat, with everybody who comes along.
    chair = url("chair", dinner, one.pk, 1)
    assert "马德全" in client.get(chair).content.decode()
    assert client.post(chair, {"place": ""}).status_code == 422
    answer = client.post(chair, {"place": place(dinner, head).pk, "with_party": "on"})
    assert answer.status_code == 302
    assert sorted(Place.objects.values_list("seat", flat=True)) == ["T1 · 1", "T1 · 2"]
    # Choose a seat for a guest; an old page is told.
    person = url("person", dinner, place(dinner, head).pk)
    assert client.get(person).status_code == 200
    assert client.post(person, {"spot": f"{two.pk}-3", "seen": "T2 · 1"}).status_code == 409
    assert client.post(person, {"spot": f"{two.pk}-3", "seen": "T1 · 1"}).status_code == 302
    assert place(dinner, head).seat == "T2 · 3"
    assert client.post(person, {"away": "1", "seen": "T2 · 3"}).status_code == 302
    assert place(dinner, head).seat == ""
    # One name for one seat: in the dialog at the chair as in the list, on the ticket and at the door.
    assert "T2 · 3" in client.get(url("chair", dinner, two.pk, 3)).content.decode()
    # The rest: shown, then done; a proposal of yesterday is shown anew.
    rest = url("rest", dinner)
    shown = client.get(rest)
    assert "马德全" in shown.content.decode()
    assert client.post(rest, {"stamp": "old"}).status_code == 409
    assert client.post(rest, {"stamp": shown.context["proposal"].stamp}).status_code == 302
    assert place(dinner, head).seat == "T1 · 1"
    # Furniture, and who is kept apart.
    keep = url("table_keep", dinner, two.pk)
    fields = {"name": "湖景", "shape": "long", "seats": 6, "serving": 1, "x": 2, "y": 1, "is_vip": "on"}
    assert client.post(keep, fields | {"x": 1}).status_code == 422
    assert client.post(keep, fields).status_code == 302
    assert client.get(url("table_remove", dinner, one.pk)).status_code == 200
    add = reverse("seating:apart_add", args=[dinner.subject_id])
    pair = [head.pk, head.companions.get().pk]
    assert client.get(add).content.decode().count('type="checkbox" name="guests"') > 1
    assert client.post(add, {"guests": pair[:1]}).status_code == 422
    assert client.post(add, {"guests": pair}).status_code == 302
    text = client.get(plan(dinner)).content.decode()
    assert "应分开就座" in text
    gone = reverse("seating:apart_remove", args=[dinner.subject_id, Apart.objects.get().pk])
    assert client.post(gone).status_code == 302
    assert client.post(url("table_remove", dinner, two.pk)).status_code == 302
    firm.owner.language = "en"
    firm.owner.save()
    text = client.get(plan(dinner)).content.decode()
    assert "Table T1" in text
    assert "Seat the rest" in text


@pytest.mark.once
def test_a_move_answers_with_what_changed_and_a_refusal_in_plain_words(client: Client, firm: Firm) -> None:
    dinner = make_dinner(firm)
    lin, zhou, vip = coming(dinner, "林晓雯"), coming(dinner, "周明远"), coming(dinner, "黎耀辉", is_vip=True)
    one, two = make_tables(dinner, firm)
    change(two, firm, is_vip=True)
    client.force_login(firm.owner)
    move = url("move", dinner)

    def post(**values: object) -> tuple[int, str]:
        answer = client.post(move, values, headers=HTMX)
        return answer.status_code, answer.content.decode()

    status, text = post(place=place(dinner, lin).pk, table=one.pk, number=2, seen="")
    assert status == 200
    assert f'id="table-{one.pk}"' in text
    assert f'id="table-{two.pk}"' not in text
    assert text.count('<li class="seat-person') == 1
    status, text = post(place=place(dinner, zhou).pk, table=one.pk, number=2, seen="")
    assert (status, "林晓雯" in text) == (409, True)
    # A VIP block asks why, and takes the answer.
    values = {"place": place(dinner, zhou).pk, "table": two.pk, "number": 1, "seen": ""}
    answer = client.post(move, values, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#dialog")
    assert client.post(move, values | {"why": ""}, headers=HTMX).status_code == 422
    assert post(**values | {"why": "主讲人"})[0] == 200
    assert post(place=place(dinner, vip).pk, other=place(dinner, lin).pk, seen="")[0] == 200
    assert place(dinner, vip).seat == "T1 · 2"
    assert post(place=place(dinner, vip).pk, seen="T1 · 2")[0] == 200
    assert place(dinner, vip).seat == ""
    assert post(place=place(dinner, vip).pk, table=one.pk, party=1)[0] == 200
    for nonsense in ({}, {"place": "x"}, {"place": 10**30}, {"place": place(dinner, lin).pk, "table": 99}):
        assert post(**nonsense)[0] == 404
    spot = url("table_place", dinner, one.pk)
    assert client.post(spot, {"x": "2", "y": "1"}, headers=HTMX).status_code == 200
    assert client.post(spot, {"x": "no"}, headers=HTMX).status_code == 409
    # Another page looks again only when there is something new.
    version = room_of(dinner).version
    news = url("plan_news", dinner)
    assert client.get(news, {"version": version}).status_code == 204
    with clock.at(EVENING):
        Place.objects.filter(guest=vip).update(first_in_at=EVENING, is_inside=True)
    text = client.get(news, {"version": version}).content.decode()
    assert "is-arrived" in text
    client.force_login(firm.outsider)
    assert client.get(news).status_code == 404


@pytest.mark.once
@pytest.mark.req("EXE-10")
def test_the_plan_costs_the_same_for_many_and_goes_to_paper_in_serving_order(
    client: Client, firm: Firm
) -> None:
    dinner = make_dinner(firm, capacity=200)
    one, two = make_tables(dinner, firm, 2, 40)
    ho = coming(dinner, "何咏诗", diet=["no_nuts"], diet_note="花生")
    seat_guest(place=place(dinner, ho), table=two, number=7, actor=firm.owner)
    change(two, firm, serving=1)
    client.force_login(firm.owner)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(plan(dinner)).status_code == 200
        return len(asked)

    client.get(plan(dinner))
    before = cost()
    for n in range(12):
        guest = coming(dinner, f"客人{n:02}", organisation=f"公司{n % 3}")
        seat_guest(place=place(dinner, guest), table=one, number=n + 1, actor=firm.owner)
    assert cost() == before
    told = told_of(room_of(dinner), "kitchen")
    assert [table["label"] for table in told["tables"]] == ["T2 桌", "T1 桌"]
    assert told["tables"][0]["seats"][0]["number"] == "7"
    assert "×" in told["tables"][0]["diets"]
    for what in ("cards", "kitchen", "names"):
        answer = client.get(url("plan_print", dinner, what))
        assert answer.content.startswith(b"%PDF"), what
    assert client.get(url("plan_print", dinner, "secrets")).status_code == 404
    taken = reverse("sheets:listing_take", args=["seating.names"])
    export = client.post(f"{taken}?session={dinner.pk}", {"form": "csv"})
    assert "何咏诗" in b"".join(export).decode("utf-8-sig")
