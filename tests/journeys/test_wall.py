"""The wall in a real browser: a check-in and an answer are seen without a reload; a broken line is told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.tests.door_factories import EVENING, make_evening
from yunchou.lifecycle.events.tests.factories import open_page
from yunchou.lifecycle.wall import memo
from yunchou.lifecycle.wall.tests.factories import arrive, make_poll
from yunchou.lifecycle.wall.tests.test_walls import link_of

from .conftest import PHONE

pytestmark = pytest.mark.journey
WALL = (1920, 1080)


@pytest.fixture
def firm(live_server: object) -> Firm:
    return company()


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    memo.forget()
    with clock.shifted(EVENING):
        yield
    memo.forget()


@pytest.fixture
def evening(firm: Firm) -> Subject:
    return make_evening(firm, 6)


def test_the_wall_follows_the_evening(
    firm: Firm,
    evening: Subject,
    browser: Browser,
    live_server: LiveServer,
    sign_in: Callable[..., Page],
    page_factory: Callable[..., Page],
) -> None:
    lin, zhou = Guest.objects.order_by("pk")[:2]
    arrive(evening, firm, lin)
    office = sign_in(firm.owner.username, size=WALL)
    office.goto(f"/s/{evening.pk}/wall/office/")
    expect(office.locator(".big")).to_have_text("1")
    expect(office.locator("#clock")).to_have_text(f"{clock.local(clock.now()):%H:%M}")
    arrive(evening, firm, zhou)
    expect(office.locator(".big")).to_have_text("2")
    expect(office.locator(".feed")).to_contain_text("周明远")

    # The hall sees the answer that a guest gives on a phone, and no name.
    _screen, link = link_of(evening, firm)
    # Its console is not listened to: a line that breaks is written there.
    computer = browser.new_context(
        base_url=live_server.url, locale="zh-CN", viewport={"width": 1920, "height": 1080}
    )
    hall = computer.new_page()
    hall.goto(link)
    poll = make_poll(evening, firm)
    open_page(evening, firm)
    expect(hall.locator(".stage h2")).to_have_text(poll.question)
    phone = page_factory(size=PHONE)
    phone.goto(f"/g/{lin.token}/polls/{poll.pk}/")
    phone.get_by_text("民乐").first.click()
    phone.get_by_role("button").first.click()
    expect(hall.locator(".bars li").nth(1)).to_contain_text("100%")
    expect(hall.locator("body")).not_to_contain_text("林晓雯")
    assert hall.evaluate("document.documentElement.scrollHeight <= innerHeight")

    # Who holds a dead line in hand is told since when.
    hall.route("**/now/", lambda route: route.fulfill(status=500))
    expect(hall.locator("#line")).not_to_be_empty()
    hall.unroute("**/now/")
    expect(hall.locator("#line")).to_be_empty()
    computer.close()
