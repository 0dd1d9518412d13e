"""The wall: what stands on it, who may look, how cheap it is to ask, and that it is right within a second."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Kind
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.events.actions.counting import recount
from yunchou.lifecycle.events.actions.door import take_in
from yunchou.lifecycle.events.models import Guest, Reply
from yunchou.lifecycle.events.selectors.door import counts_for
from yunchou.lifecycle.events.tests.door_factories import EVENING, add, scan
from yunchou.lifecycle.programme.models import RunSheetItem
from yunchou.lifecycle.wall import memo
from yunchou.lifecycle.wall.actions.polls import answer_poll
from yunchou.lifecycle.wall.actions.screens import LONGEST, make_screen, revoke_screen
from yunchou.lifecycle.wall.models import Screen
from yunchou.lifecycle.wall.parts import curve
from yunchou.lifecycle.wall.selectors.arrivals import arrivals_of
from yunchou.lifecycle.wall.selectors.version import version_of

from .factories import arrive, make_poll

UNATTENDED = {"X-Unattended": "1"}


def number(html: str, key: str = "hero") -> int:
    found = re.search(rf'data-count="(\d+)" data-key="{key}"', html)
    assert found, html
    return int(found[1])


def link_of(subject: Subject, firm: Firm) -> tuple[Screen, str]:
    screen, token = make_screen(
        subject=subject, name="主屏", expires_at=clock.now() + timedelta(hours=6), actor=firm.owner
    )
    return screen, f"/wall/{token}/"


def test_the_office_wall_counts_and_a_check_in_is_there_with_the_next_question(
    client: Client, firm: Firm, evening: Subject
) -> None:
    guests = list(Guest.objects.order_by("pk"))
    [vip] = add(evening, evening.sessions.get(), 1, name="周总", is_vip=True, grade="high_end")
    recount(evening)
    arrive(evening, firm, *guests[:2])
    RunSheetItem.objects.create(
        subject=evening, title="晚宴开场", starts_at=EVENING - timedelta(minutes=12), minutes=30
    )
    client.force_login(firm.owner)
    address = f"/s/{evening.pk}/wall/office/"
    page = client.get(address).text
    for words in ("高端客户闭门论坛", "晚宴", "A 门", "林晓雯", "周总", "晚宴开场"):
        assert words in page
    assert number(page) == 2
    assert f'data-now="{address}now/"' in page
    assert 'data-stream=""' in page, "without an ASGI server the page asks by itself"
    told = client.get(f"{address}now/", headers=UNATTENDED)
    assert number(told.text) == 2
    assert told.headers["X-Server-Time"] == str(round(EVENING.timestamp() * 1000))
    seen = {"If-None-Match": told.headers["ETag"], **UNATTENDED}
    assert client.get(f"{address}now/", headers=seen).status_code == 304
    arrive(evening, firm, vip)
    told = client.get(f"{address}now/", headers=seen)
    assert (told.status_code, number(told.text)) == (200, 3)
    assert number(told.text, "vips") == 1
    assert number(told.text, "grade-high_end") == 1
    with clock.at(EVENING + timedelta(seconds=25)):
        # What only time changes, such as minutes late, is looked at anew.
        assert (
            client.get(f"{address}now/", headers={"If-None-Match": told.headers["ETag"]}).status_code == 200
        )


def test_what_waits_for_an_overrunning_item_is_late_at_the_office_and_begins_shortly_in_the_hall(
    client: Client, firm: Firm, evening: Subject
) -> None:
    begun = EVENING - timedelta(minutes=20)
    RunSheetItem.objects.create(
        subject=evening, title="致辞", starts_at=begun, minutes=10, began_at=begun, order=1
    )
    talk = RunSheetItem.objects.create(
        subject=evening, title="分享", starts_at=EVENING - timedelta(minutes=10), minutes=10, order=2
    )
    dinner = RunSheetItem.objects.create(
        subject=evening,
        title="晚宴",
        starts_at=EVENING + timedelta(minutes=30),
        minutes=60,
        order=3,
        is_fixed=True,
    )
    client.force_login(firm.owner)
    address = f"/s/{evening.pk}/wall/office/"
    _screen, link = link_of(evening, firm)
    page = client.get(address).text
    assert "接下来，原定 18:20" in page
    assert "原定 18:20 结束" in page  # not until about now, which is what the forecast would say
    assert "晚 10 分钟" in page
    assert "data-until" not in page
    hall = Client().get(link).text
    assert "即将开始" in hall
    assert "晚 10 分钟" not in hall
    assert "data-until" not in hall
    firm.owner.language = "en"
    firm.owner.save(update_fields=["language"])
    memo.forget()
    assert "Next, planned 18:20" in client.get(address).text
    # What begins at its time does, however late what runs may be.
    RunSheetItem.objects.filter(pk=talk.pk).update(skipped_at=EVENING)
    memo.forget()
    assert f'data-until="{dinner.starts_at.timestamp():.0f}"' in client.get(address).text


def test_asking_is_cheap_however_many_guests_and_screens_there_are(
    client: Client, firm: Firm, evening: Subject
) -> None:
    client.force_login(firm.owner)
    address = f"/s/{evening.pk}/wall/office/now/"
    seen = client.get(address, headers=UNATTENDED).headers["ETag"]
    with CaptureQueriesContext(connection) as same:
        client.get(address, headers={"If-None-Match": seen, **UNATTENDED})
    assert len(same) <= 6, [q["sql"] for q in same]
    _screen, link = link_of(evening, firm)
    computer = Client()
    computer.get(f"{link}now/")
    with CaptureQueriesContext(connection) as hall:
        computer.get(f"{link}now/")
    assert len(hall) <= 2, "a screen whose content is known asks who it is and whether something changed"

    def cost() -> tuple[int, int]:
        memo.forget()
        with CaptureQueriesContext(connection) as first:
            client.get(address, headers=UNATTENDED)
        arrive(evening, firm, Guest.objects.filter(arrived_at=None).order_by("pk")[0])
        with CaptureQueriesContext(connection) as next_one:
            client.get(address, headers=UNATTENDED)
        return len(first), len(next_one)

    few = cost()
    guests = add(evening, evening.sessions.get(), 60, is_vip=True, grade="key")
    arrive(evening, firm, *guests[:30])
    recount(evening)
    many = cost()
    assert many[0] <= few[0] + 1, "only the names of awaited VIPs are one question more"
    assert many[1] <= few[1] + 1
    assert many[1] < many[0], "what is long past is not counted anew"


def test_arrivals_are_those_of_the_doors_whenever_they_came(firm: Firm, evening: Subject) -> None:
    """Early and fresh ones, declined ones who came all the same, and a device that tells of an hour ago."""
    guests = list(Guest.objects.order_by("pk"))
    with clock.at(EVENING - timedelta(minutes=40)):
        arrive(evening, firm, *guests[:2])
    device = arrive(evening, firm, guests[2])
    Guest.objects.filter(pk=guests[5].pk).update(reply=Reply.DECLINED)
    Guest.objects.filter(pk=guests[1].pk).update(reply=Reply.DECLINED)
    recount(evening)
    come, doors = arrivals_of(evening.pk), counts_for(evening.pk)
    assert (come.arrived, come.expected) == (doors["arrived"], doors["expected"]) == (3, 5)
    dinner = evening.sessions.get()
    assert come.sessions[dinner.pk] == doors["sessions"][str(dinner.pk)]["come"] == 3
    assert come.doors == {device.door_id: 3}
    late = scan(guests[3], dinner, at=EVENING - timedelta(hours=1), said="let_in", why="welcome", key=uuid4())
    take_in(device=device, scans=[late], drift=timedelta(0))
    arrive(evening, firm, guests[4])
    assert arrivals_of(evening.pk).arrived == 4, "what is long past is counted within half a minute"
    memo.forget()
    come = arrivals_of(evening.pk)
    assert (come.arrived, come.sessions[dinner.pk], come.doors[device.door_id]) == (5, 5, 5)
    assert sum(come.by_minute.values()) == sum(come.by_grade.values()) == 5


def test_the_hall_sees_no_names_no_alarms_and_only_by_its_link(
    client: Client, firm: Firm, evening: Subject
) -> None:
    guests = list(Guest.objects.order_by("pk"))
    guests[0].is_vip = True
    guests[0].save()
    arrive(evening, firm, *guests[:3])
    RunSheetItem.objects.create(
        subject=evening,
        title="致辞",
        starts_at=EVENING + timedelta(minutes=5),
        minutes=10,
        speaker_name="孔校长",
    )
    with pytest.raises(NotAllowed):
        make_screen(
            subject=evening, name="主屏", expires_at=EVENING + timedelta(hours=1), actor=firm.outsider
        )
    for fault in (EVENING, EVENING + LONGEST + timedelta(minutes=1)):
        with pytest.raises(Invalid):
            make_screen(subject=evening, name="主屏", expires_at=fault, actor=firm.owner)
    screen, link = link_of(evening, firm)
    assert link.split("/")[2] not in str(Screen.objects.values().get()), "the token is kept as a digest alone"
    page = client.get(link)
    assert number(page.text) == 3
    assert "致辞" in page.text
    for secret in ("林晓雯", "孔校长", firm.owner.name, "VIP"):
        assert secret not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "sessionid" not in page.cookies
    wrong = [client.get("/wall/" + "x" * 32 + "/"), client.get("/wall/short/now/")]
    with clock.at(EVENING + timedelta(hours=7)):
        wrong.append(client.get(link))
    revoke_screen(screen=screen, actor=firm.owner)
    revoke_screen(screen=screen, actor=firm.owner)
    wrong += [client.get(link), client.get(f"{link}now/")]
    assert {answer.status_code for answer in wrong} == {404}
    assert len({answer.text for answer in wrong}) == 1, "one answer for every link that opens nothing"
    assert JournalEntry.objects.filter(kind="wall.screen_revoked").count() == 1
    answers = [client.get(f"/wall/{n:032}/").status_code for n in range(20)]
    assert answers[-1] == 429, "guessing is slowed down"


def test_the_wall_is_for_who_sees_the_event(client: Client, firm: Firm, evening: Subject) -> None:
    for person in (firm.outsider, firm.nobody):
        client.force_login(person)
        assert client.get(f"/s/{evening.pk}/wall/office/now/").status_code in {403, 404}
    client.logout()
    assert client.get(f"/s/{evening.pk}/wall/office/now/").status_code == 302


def test_a_campaign_without_guests_shows_its_goals(client: Client, firm: Firm) -> None:
    subject = make_campaign(firm, "开学季·青春焕新计划", kind=Kind.PROMOTION).subject
    client.force_login(firm.owner)
    page = client.get(f"/s/{subject.pk}/wall/office/")
    assert page.status_code == 200
    assert subject.title in page.text
    board = client.get(f"/s/{subject.pk}/wall/")
    assert f"/s/{subject.pk}/wall/office/" in board.text
    overview = client.get(subject.get_absolute_url()).text
    assert f"/s/{subject.pk}/wall/office/" in overview, "one click from the overview"
    assert client.get(f"/s/{subject.pk}/wall/polls/add/").status_code == 404, (
        "a campaign without guests asks nobody"
    )


def test_whatever_a_wall_shows_changes_its_version(firm: Firm, evening: Subject) -> None:
    told = [version_of(evening.pk)]
    guests = list(Guest.objects.order_by("pk"))
    arrive(evening, firm, guests[0])
    told.append(version_of(evening.pk))
    poll = make_poll(evening, firm)
    told.append(version_of(evening.pk))
    answer_poll(poll=poll, guest=guests[0], chosen={1})
    told.append(version_of(evening.pk))
    recount(evening)
    told.append(version_of(evening.pk))
    with CaptureQueriesContext(connection) as statements:
        assert version_of(evening.pk) == told[-1]
    assert len(statements) == 1
    with clock.at(EVENING + timedelta(minutes=1)):
        told.append(version_of(evening.pk))
    assert len(set(told)) == len(told)


def test_the_curve_is_drawn_to_a_round_scale() -> None:
    assert curve([None], ["a"]) is None
    assert curve([1], ["a"]) is None
    told = curve([0, 50, 100, None], ["18:00", "18:05", "18:10", "18:15"], expected=[113] * 4)
    assert told is not None
    assert [words for _y, words in told.ticks] == ["0", "40", "80", "120", "160", "200"]
    assert told.line == "0.0,500.0 213.3,375.0 426.7,250.0"
    assert (told.x, told.y, told.last) == (426.7, 250.0, "100")
    for top in (1, 5, 7, 49, 51, 999, 12_345, 1_000_000):
        drawn = curve([0, top], ["a", "b"])
        assert drawn is not None
        highest = int(drawn.ticks[-1][1].replace(",", ""))
        assert top <= highest <= max(10 * top, 5)
        assert highest % 5 == 0
