"""The door in real browsers: the decision table's vectors, two doors without a network that come back, and what is seen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.door.codes import read_code, ticket_digest, ticket_text
from yunchou.lifecycle.events.models import CheckIn, Device, Guest, Place
from yunchou.lifecycle.events.selectors.door import counts_for, doubts_of
from yunchou.lifecycle.events.tests.door_factories import EVENING, add, device_at, make_evening
from yunchou.lifecycle.events.tests.test_door_decision import VECTORS, changed

from .conftest import PHONE

pytestmark = pytest.mark.journey
SKEW = "(() => { const real = Date.now; Date.now = () => real() + %d; })()"
"""A clock that is wrong by so many milliseconds."""


@pytest.fixture
def firm(live_server: object) -> Firm:
    return company()


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.shifted(EVENING):
        yield


@pytest.fixture
def evening(firm: Firm) -> Subject:
    return make_evening(firm, 6)


@pytest.fixture
def cut_off(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[int], Page]]:
    """Devices that may lose the network, which the browser writes to its console; a script that fails still fails the test."""
    contexts, faults = [], []

    def make(skew: int) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 390, "height": 844},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.add_init_script(SKEW % skew)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


def open_door(page: Page, token: str) -> Page:
    """The app on a device, ready for the first guest."""
    page.goto(f"/door/#{token}")
    expect(page.locator("body")).to_have_attribute("data-ready", "1")
    expect(page.locator("#look")).to_be_visible()
    assert token not in page.url
    return page


def show(page: Page, code: str) -> None:
    """A scanner types a code and presses Enter."""
    page.locator("#look").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-view", "answer")


@pytest.mark.req("EXE-03")
@pytest.mark.rule("R-EXE-03")
def test_the_browser_decides_as_the_vectors_say_and_proves_a_ticket(
    firm: Firm, evening: Subject, page_factory: Callable[..., Page]
) -> None:
    _device, token = device_at(evening, firm)
    page = open_door(page_factory(size=PHONE), token)
    for case in VECTORS["cases"]:
        given = changed(VECTORS["base"], {k: v for k, v in case.items() if k not in ("name", "then")})
        said = page.evaluate(
            """given => {
                const table = doorState.list.table;
                const line = Door.decide(Door.facts(given.guest, given.session, given.scan, given.online, table), table);
                return [line.verdict, line.why, line.tone];
            }""",
            given,
        )
        assert said == case["then"], case["name"]
    guest = Guest.objects.order_by("pk")[0]
    text = ticket_text(guest)
    proved = page.evaluate(
        """async ([good, bad]) => [
            await Door.genuine(Door.read(good), doorState.list.public), await Door.genuine(Door.read(bad), doorState.list.public),
            await Door.digest(Door.read(good).ticket), Door.read("42"), Door.read(good).guest,
        ]""",
        [text, text[:-6] + "AAAAAA"],
    )
    read = read_code(text)
    assert read
    assert proved == [True, False, ticket_digest(read.ticket), None, guest.pk]
    found = page.evaluate(
        """words => words.map(word => Door.find(Array.from(doorState.guests.values()), word, 9).map(guest => guest.name))""",
        ["林", "linxiao", "lxw", "林x", "6001", "何jia", "shan", "zzz"],
    )
    names = list(Guest.objects.order_by("pk").values_list("name", flat=True))
    assert found[:6] == [[names[0]]] * 4 + [[names[1]], [names[2]]]
    assert found[7] == []


@pytest.mark.req("EXE-03")
@pytest.mark.req("EXE-04")
@pytest.mark.req("EXE-05")
@pytest.mark.rule("R-EXE-01")
@pytest.mark.rule("R-EXE-03")
def test_an_evening_at_the_door(
    firm: Firm,
    evening: Subject,
    page_factory: Callable[..., Page],
    sign_in: Callable[..., Page],
    snap: Callable[..., Any],
) -> None:
    """Green with the seat, amber for a VIP whose host hears at once, red for a used ticket; names, companions, walk-ins."""
    dinner = evening.sessions.get()
    lin = Guest.objects.order_by("pk")[0]
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
    add(evening, dinner, 1, name="顾念慈", companion_of=lin)
    _device, token = device_at(evening, firm)
    page = open_door(page_factory(size=PHONE), token)
    snap(page, "door-ready")

    show(page, ticket_text(lin))
    expect(page.locator("#said")).to_have_text("签到成功")
    expect(page.locator("#facts")).to_contain_text("B 区")
    page.get_by_role("button", name="放行顾念慈").click()
    expect(page.locator("#name")).to_have_text("顾念慈")
    snap(page, "door-green")
    page.get_by_role("button", name="下一位").click()

    show(page, ticket_text(vip))
    expect(page.locator("body")).to_have_attribute("data-tone", "amber")
    expect(page.locator("#facts")).to_contain_text("轮椅通道")
    assert Notification.objects.filter(kind="events.vip", user=firm.colleague).exists()
    snap(page, "door-vip")
    page.get_by_role("button", name="下一位").click()

    show(page, ticket_text(lin))
    expect(page.locator("#rule")).to_contain_text("R-EXE-03")
    snap(page, "door-red")
    page.locator("#note").fill("核对身份证")
    page.get_by_role("button", name="仍然放行").click()
    expect(page.locator("body")).to_have_attribute("data-tone", "green")
    assert CheckIn.objects.get(is_forced=True).note == "核对身份证"
    page.get_by_role("button", name="下一位").click()

    # Found by initials; taken back at once, since it was somebody else.
    page.locator("#look").fill("hjx")
    page.locator("#found").get_by_role("button").click()
    expect(page.locator("#name")).to_have_text("何嘉欣")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#look")).to_be_visible()
    assert Guest.objects.get(name="何嘉欣").arrived_at is None

    page.get_by_role("button", name="无邀请来宾").click()
    page.get_by_role("textbox", name="姓名", exact=True).fill("秦朗")
    page.get_by_role("textbox", name="手机号").fill("13800138000")
    page.get_by_role("button", name="放行", exact=True).click()
    expect(page.locator("#walk-fault")).to_contain_text("同意")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="放行", exact=True).click()
    expect(page.locator("#name")).to_have_text("秦朗")
    assert Guest.objects.get(is_walk_in=True).customer is not None
    assert counts_for(evening.pk)["arrived"] == 4
    office = sign_in(firm.owner.username)
    office.goto(f"/s/{evening.pk}/door/")
    expect(office.locator("#door-counts")).to_contain_text("4 / 9")
    expect(office.get_by_text("核对身份证")).to_be_visible()
    snap(office, "door-office")


@pytest.mark.req("EXE-03", whole=True)
@pytest.mark.rule("R-EXE-03", whole=True)
def test_two_doors_without_a_network_and_ten_minutes_off_lose_nobody_and_count_nobody_twice(
    firm: Firm, cut_off: Callable[[int], Page], scaled: Callable[[int, int], int]
) -> None:
    """Cut off from the server and from each other; some guests come to both; queues resent, doubled, shuffled (Done when 1)."""
    count = scaled(40, 1520)  # 1,520 guests make 2,000 scans, doubles included
    chance = random.Random(8)
    evening = make_evening(firm, count)
    dinner = evening.sessions.get()
    guests = list(Guest.objects.filter(subject=evening).order_by("pk"))
    both = guests[: count // 10]
    pages = []
    for door, minutes in (("A 门", 10), ("B 门", -10)):
        _device, token = device_at(evening, firm, door)
        page = cut_off(minutes * 60_000)
        open_door(page, token)
        page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        page.context.set_offline(True)
        pages.append(page)
    # The app opens again without a network, from what the device keeps.
    pages[0].reload()
    expect(pages[0].locator("#look")).to_be_visible()
    halves = [both + guests[len(both) :: 2], both + guests[len(both) + 1 :: 2]]
    scans = 0
    for page, mine in zip(pages, halves, strict=True):
        queue = [ticket_text(guest) for guest in mine]
        chance.shuffle(queue)
        again = chance.sample(queue, len(queue) // 5)
        said = page.evaluate(
            """async codes => {
                const said = [];
                for (const code of codes) { const told = await doorScan({code}); said.push(told.verdict); }
                return said;
            }""",
            queue + again,
        )
        assert said == ["let_in"] * len(queue) + ["again"] * len(again)
        assert page.evaluate("doorState.unsent") == len(said)
        expect(page.locator(".net")).to_contain_text(str(len(said)))
        scans += len(said)
    forged = ticket_text(guests[0])[:-6] + "AAAAAA"
    assert pages[0].evaluate("async code => (await doorScan({code})).why", forged) == "forged"
    scans += 1

    # What is sent is lost half of the time after the server has taken it, and so sent again; and the queues are shuffled.
    for page in pages:
        page.context.route(
            "**/door/api/sync",
            lambda route: (route.fetch(), route.abort()) if chance.random() < 0.5 else route.continue_(),
        )
        page.context.set_offline(False)
    for _breath in range(40):
        for page in chance.sample(pages, 2):
            page.evaluate("doorBreathe()")
        if not any(page.evaluate("doorState.unsent") for page in pages):
            break
    for page in pages:
        page.context.unroute("**/door/api/sync")
        page.evaluate("doorBreathe()")
        page.evaluate("doorBreathe()")

    assert CheckIn.objects.filter(subject=evening).count() == scans
    assert set(Place.objects.filter(session=dinner, is_inside=True).values_list("guest", flat=True)) == {
        guest.pk for guest in guests
    }
    assert counts_for(evening.pk)["arrived"] == count
    assert {one.guest_id for one in doubts_of(evening)} == {guest.pk for guest in both}
    # Clocks were put right: everybody came between the beginning of the test and now.
    moments = CheckIn.objects.filter(subject=evening).values_list("at", flat=True)
    assert all(EVENING - timedelta(seconds=10) <= at <= clock.now() for at in moments)
    stands = {
        str(place.guest_id): round(place.first_in_at.timestamp() * 1000)
        for place in Place.objects.filter(session=dinner)
        if place.first_in_at
    }
    for page in pages:
        shown = page.evaluate(
            """session => Object.fromEntries(Array.from(doorState.guests.values()).map(g => [g.id, g.places[session].first]))""",
            str(dinner.pk),
        )
        assert shown == stands
        assert page.evaluate("doorState.list.counts.arrived") == count
    assert set(Device.objects.values_list("unsent", flat=True)) == {0}
