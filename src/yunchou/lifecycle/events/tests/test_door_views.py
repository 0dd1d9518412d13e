"""The pages of the doors, and what devices ask: tokens, what goes over the line, what is printed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.devices import revoke_device
from yunchou.lifecycle.events.actions.door import MISSES, take_in
from yunchou.lifecycle.events.door.codes import ticket_text
from yunchou.lifecycle.events.models import CheckIn, Device, Guest
from yunchou.lifecycle.events.selectors.door import SILENT

from .door_factories import EVENING, add, device_at, make_evening, scan


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.at(EVENING):
        yield


@pytest.fixture
def evening(firm: Firm) -> Subject:
    return make_evening(firm)


def tell(client: Client, token: str, path: str, told: Any = None) -> Any:
    """What a device asks; its answer."""
    address, headers = f"/door/api/{path}", {"X-Door-Token": token}
    if told is None:
        return client.get(address, headers=headers)
    body = told if isinstance(told, str) else json.dumps(told)
    return client.post(address, body, content_type="application/json", headers=headers)


@pytest.mark.req("EXE-03")
def test_a_device_is_known_by_its_token_for_its_event_until_it_is_over(
    client: Client, firm: Firm, evening: Subject
) -> None:
    device, token = device_at(evening, firm)
    dinner = evening.sessions.get()
    lin = Guest.objects.order_by("pk")[0]
    told = tell(client, token, "list").json()
    assert told["device"] == {"id": device.pk, "name": "平板", "door": "A 门"}
    assert [guest["name"] for guest in told["guests"]] == ["林晓雯", "周明远", "何嘉欣"]
    assert lin.ticket not in json.dumps(told)
    assert lin.token not in json.dumps(told)
    asked = {"key": str(uuid4()), "session": dinner.pk, "code": ticket_text(lin), "sent_at": 0}
    with CaptureQueriesContext(connection) as statements:
        answer = tell(client, token, "scan", asked)
    # Of a request: who the device is, the guest, the counting, the journal, and the transaction around it (on PostgreSQL).
    assert len(statements) <= (6 if connection.vendor == "postgresql" else 8), [q["sql"] for q in statements]
    assert answer.json()["answer"]["verdict"] == "let_in"
    assert "set-cookie" not in {name.lower() for name in answer.headers}
    assert answer.headers["Cache-Control"] == "private, no-store"
    for wrong in ("", "x" * 43):
        assert tell(client, wrong, "list").status_code == 401
    with clock.at(EVENING + timedelta(hours=13)):
        assert tell(client, token, "list").json()["code"] == "device_over"
    revoke_device(device=device, actor=firm.owner)
    assert tell(client, token, "scan", asked).status_code == 401
    statuses = [tell(client, f"{n:043}", "list").status_code for n in range(25)]
    assert statuses[-1] == 429, "guessing is slowed down"


def test_what_no_device_means_is_refused_and_half_a_character_holds_nothing_up(
    client: Client, firm: Firm, evening: Subject
) -> None:
    _device, token = device_at(evening, firm)
    dinner = evening.sessions.get()
    lin, zhou, _he = Guest.objects.order_by("pk")
    now = round(EVENING.timestamp() * 1000)

    def about(guest: Guest, **fields: Any) -> dict[str, Any]:
        told = {
            "key": str(uuid4()),
            "session": dinner.pk,
            "guest": guest.pk,
            "said": "let_in",
            "why": "welcome",
        }
        return {**told, "at": now, **fields}

    for body in (
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"sent_at": NaN}',
        '{"sent_at": 1e308}',
        '{"sent_at": -62e12}',
    ):
        assert tell(client, token, "sync", body).status_code == 422, body[:30]
    # The years 5, 1, 2101 and 9999; and a clock as far off as no scan keeps.
    for moment in (-62_000_000_000_000, -62_135_596_800_000, 4_133_980_800_000, 253_402_300_799_000):
        assert tell(client, token, "sync", {"sent_at": moment}).status_code == 422, moment
        assert tell(client, token, "sync", {"sent_at": now, "since": moment}).status_code == 422, moment
        refused = tell(client, token, "sync", {"sent_at": now, "scans": [about(lin, at=moment)]}).json()[
            "refused"
        ]
        assert len(refused) == 1, moment
    assert tell(client, token, "scan", about(lin, sent_at=4_102_444_799_000)).status_code == 422
    # A clock that lost everything is put right, and a note that was cut in the middle of a sign is kept.
    told = tell(client, token, "sync", {
        "sent_at": 1000, "since": 0, "scans": [about(lin, at=0, note="轮椅\ud83d", why="\ud83d"), about(zhou, at=0)],
        "newcomers": [{"key": str(uuid4()), "session": dinner.pk, "name": "秦朗\ud83d", "note": "\ude00"}],
    }).json()  # fmt: skip
    assert (len(told["taken"]), told["refused"]) == (3, [])
    kept = CheckIn.objects.get(guest=lin)
    assert (kept.note, kept.at) == ("轮椅\ufffd", EVENING - timedelta(seconds=1))
    assert Guest.objects.get(is_walk_in=True).name == "秦朗\ufffd"


def test_codes_tried_out_in_one_delivery_stop_the_device_as_well(
    client: Client, firm: Firm, evening: Subject
) -> None:
    _device, token = device_at(evening, firm)
    dinner = evening.sessions.get()
    forged = ticket_text(Guest.objects.order_by("pk")[0])[:-8] + "AAAAAAAA"
    tries = [{"key": str(uuid4()), "session": dinner.pk, "code": forged} for _n in range(100)]
    assert tell(client, token, "sync", {"scans": tries}).status_code == 429
    assert CheckIn.objects.filter(why="forged").count() == MISSES
    assert Notification.objects.filter(kind="events.misses", user=firm.owner).count() == 1


@pytest.mark.req("EXE-03")
def test_what_cannot_be_read_is_refused_by_its_key_and_the_rest_is_taken(
    client: Client, firm: Firm, evening: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    _device, token = device_at(evening, firm)
    dinner = evening.sessions.get()
    lin = Guest.objects.order_by("pk")[0]
    now = EVENING.timestamp() * 1000
    good = {
        "key": str(uuid4()),
        "session": dinner.pk,
        "guest": lin.pk,
        "said": "let_in",
        "why": "welcome",
        "at": now - 900_000,
    }
    odd = [
        5, {"key": "7"}, {**good, "key": str(uuid4()), "said": "yes"}, {**good, "key": str(uuid4()), "at": "soon"},
        {**good, "key": str(uuid4()), "said": "settled", "why": "other"}, {**good, "key": str(uuid4()), "guest": "1 OR 1"},
        {**good, "key": str(uuid4()), "note": "x" * 9000},
    ]  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        # The clock of this device is ten minutes ahead.
        told = tell(client, token, "sync", {
            "sent_at": now + 600_000, "unsent": 12, "since": now, "scans": [*odd, {**good, "at": now + 300_000}],
            "newcomers": [{"key": str(uuid4()), "session": dinner.pk, "name": "秦朗", "phone": "13800138000", "agrees": True}],
        }).json()  # fmt: skip
    assert len(told["taken"]) == 2
    assert len(told["refused"]) == len(odd)
    assert CheckIn.objects.get(guest=lin).at == EVENING - timedelta(minutes=5)
    assert Device.objects.get().unsent == 10
    assert told["counts"]["arrived"] == 2
    assert "秦朗" not in caplog.text
    assert "13800138000" not in caplog.text
    for body in ("", "[]", "{", '{"scans": 4}'):
        assert tell(client, token, "sync", body).status_code == 422, body
    assert tell(client, token, "scan", {"key": "x"}).status_code == 422


@pytest.mark.req("EXE-03")
def test_doors_and_devices_are_set_up_on_a_page_and_a_link_is_shown_once(
    client: Client, firm: Firm, evening: Subject
) -> None:
    board = reverse("events:door_board", args=[evening.pk])
    assert client.get(board).status_code == 302
    client.force_login(firm.outsider)
    assert client.get(board).status_code == 404
    client.force_login(firm.owner)
    assert "还没有签到口" in client.get(board).content.decode()
    added = reverse("events:door_add", args=[evening.pk])
    assert client.post(added, {"name": ""}).status_code == 422
    client.post(added, {"name": "A 门"})
    assert client.post(added, {"name": "A 门"}).status_code == 422
    door = evening.doors.get()
    make = reverse("events:device_make", args=[evening.pk, door.pk])
    assert "21:30" not in client.get(make).content.decode(), "an hour after the last session"
    assert client.post(make, {"name": "平板", "expires_at": "2024-09-30T10:00"}).status_code == 422
    made = client.post(make, {"name": "平板", "expires_at": "2024-08-02T22:30"})
    link = client.get(made.headers["Location"])
    token = link.context["link"].split("#")[1]
    assert tell(client, token, "list").status_code == 200
    assert not client.get(made.headers["Location"]).context["link"]
    # What is silent, what has not been sent, and what is in doubt stand there.
    device = Device.objects.get()
    tell(client, token, "sync", {"sent_at": EVENING.timestamp() * 1000, "unsent": 6, "scans": []})
    dinner = evening.sessions.get()
    lin = Guest.objects.order_by("pk")[0]
    other = device_at(evening, firm, "B 门", "手机")[0]
    for n, each in enumerate((Device.objects.select_related("door", "made_by").get(pk=device.pk), other)):
        late = scan(lin, dinner, said="let_in", at=EVENING - timedelta(minutes=9 - n))
        take_in(device=each, scans=[late], drift=timedelta())
    with clock.at(EVENING + SILENT + timedelta(minutes=1)):
        text = client.get(board).content.decode()
        assert "无响应" in text
        assert "6 条待传" in text
        assert "两处签到" in text
        doubt = CheckIn.objects.get(doubt="twice")
        settle = reverse("events:doubt_settle", args=[evening.pk, doubt.pk])
        assert client.post(settle, {}).status_code == 422
        assert client.post(settle, {"decision": "same", "note": "核对过证件"}).status_code == 302
        assert "两处签到" not in client.get(board).content.decode()
        off = reverse("events:device_revoke", args=[evening.pk, device.pk])
        assert "6 条" in client.get(off).content.decode()
        assert client.post(off).status_code == 302
    assert tell(client, token, "list").status_code == 401


@pytest.mark.once
@pytest.mark.req("EXE-03")
def test_pages_cost_as_many_queries_for_more_and_print_badges_and_table_cards(
    client: Client, firm: Firm, evening: Subject
) -> None:
    dinner = evening.sessions.get()
    client.force_login(firm.owner)
    pages = [
        reverse(f"events:{name}", args=[evening.pk])
        for name in ("door_board", "badge_print", "table_card_print")
    ]

    def cost() -> list[int]:
        counted = []
        for page in pages:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            counted.append(len(asked))
        return counted

    device = device_at(evening, firm)[0]
    take_in(
        device=device,
        scans=[scan(Guest.objects.order_by("pk")[0], dinner, said="let_in", at=EVENING)],
        drift=timedelta(),
    )
    client.get(pages[0])
    client.get(pages[1])
    before = cost()
    more = add(evening, dinner, 8, diet=["no_alcohol"], is_vip=True)
    second = device_at(evening, firm, "B 门", "手机")[0]
    take_in(
        device=second,
        scans=[scan(guest, dinner, said="let_in", at=EVENING) for guest in more],
        drift=timedelta(),
    )
    assert cost() == before
    cards = client.get(pages[2], {"vip": "1"}).content.decode()
    assert cards.count("<article") == 8
    badges = client.get(pages[1], {"session": dinner.pk}).content.decode()
    assert badges.count("<svg") == 11
    assert "林晓雯" in badges


@pytest.mark.once
def test_the_app_is_a_page_that_installs_and_names_no_guest(
    client: Client, firm: Firm, evening: Subject
) -> None:
    page = client.get("/door/").content.decode()
    assert "林晓雯" not in page
    assert "style=" not in page
    worker = client.get("/door/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/door/"
    assert "events/door/app" in worker.content.decode()
    manifest = client.get("/door/app.webmanifest").json()
    assert (manifest["scope"], manifest["display"]) == ("/door/", "standalone")


def test_a_device_goes_the_short_way_and_keeps_to_its_rules(
    client: Client, firm: Firm, evening: Subject, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    _device, token = device_at(evening, firm)
    dinner = evening.sessions.get()
    asked = {"key": str(uuid4()), "session": dinner.pk, "guest": None, "sent_at": 0}

    def words(language: str) -> str:
        headers = {"X-Door-Token": token, "Accept-Language": language}
        told = {**asked, "code": "nothing", "key": str(uuid4())}
        answer = client.post(
            "/door/api/scan", json.dumps(told), content_type="application/json", headers=headers
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        return str(answer.json()["answer"]["title"])

    assert words("zh-CN") != words("en")
    assert words("en").isascii()
    assert client.get("/door/api/nothing", headers={"X-Door-Token": token}).status_code == 404
    settings.ALLOWED_HOSTS = ["yunchou.test"]
    assert tell(client, token, "list").status_code == 400
    settings.ALLOWED_HOSTS = ["*"]

    # No middleware for people is asked: a failing one does not matter at the door.
    monkeypatch.setattr(SessionMiddleware, "process_request", lambda *_given: 1 / 0)
    assert tell(client, token, "list").status_code == 200
    monkeypatch.undo()

    client.raise_request_exception = False
    monkeypatch.setattr("yunchou.lifecycle.events.views.door_app.list_for", lambda *_given: 1 / 0)
    answer = tell(client, token, "list")
    assert answer.status_code == 500
    assert token not in answer.content.decode()
    monkeypatch.setattr("yunchou.lifecycle.events.middleware.is_being_restored", lambda: True)
    monkeypatch.setattr("yunchou.kernel.backups.middleware.is_being_restored", lambda: True)
    assert tell(client, token, "list").status_code == 503
