"""Dialogs in a real browser: as pages of their own after a mistake, and with a list that is longer than they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tools.browser import settle
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.tests.door_factories import EVENING
from yunchou.lifecycle.seating.tests.factories import coming, make_dinner

from .conftest import DESKTOP, PHONE

pytestmark = pytest.mark.journey


@pytest.fixture
def firm(live_server: object) -> Firm:
    return company()


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.shifted(EVENING):
        yield


def test_a_dialog_opened_by_its_plain_address_stays_one_after_a_mistake(
    firm: Firm, sign_in: Callable[..., Page]
) -> None:
    dinner = make_dinner(firm)
    page = sign_in(firm.owner.username)
    page.goto(f"/s/{dinner.subject_id}/guests/add/")
    settle(page)
    for _mistake in range(2):  # and what came back is a form like the first
        page.locator("form.dialog-form [name=organisation]").fill("远山")
        with page.expect_response(lambda answer: answer.status == 422):
            page.locator("form.dialog-form .dialog-foot button").click()
        settle(page)
        expect(page.locator("main .field-error")).to_have_count(1)
        expect(page.locator("form.dialog-form")).to_have_count(1)
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator("form.dialog-form [name=organisation]")).to_have_value("远山")
    page.locator("form.dialog-form [name=name]").fill("秦朗")
    page.locator("form.dialog-form .dialog-foot button").click()
    page.wait_for_url(lambda url: not url.endswith("/add/"))
    assert Guest.objects.filter(name="秦朗").count() == 1


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_list_of_a_field_stands_over_the_edge_of_a_short_dialog(
    firm: Firm, sign_in: Callable[..., Page], size: tuple[int, int]
) -> None:
    dinner = make_dinner(firm)
    vip = coming(dinner, "黎耀辉", is_vip=True)
    page = sign_in(firm.owner.username, size=size)
    page.goto(f"/s/{dinner.subject_id}/hospitality/")
    settle(page)
    page.locator(f'[hx-get="/s/{dinner.subject_id}/hospitality/hosts/"]').first.click()
    page.locator("#dialog .ts-control").click()
    last = page.locator("#dialog .ts-dropdown .option").last
    expect(last).to_be_visible()
    last.scroll_into_view_if_needed()
    frame, box = page.locator("#dialog-frame").bounding_box(), last.bounding_box()
    assert frame
    assert box
    assert box["y"] + box["height"] <= size[1], "nothing hangs out of the window"
    # What is drawn at its place is the choice itself, not what lies behind a clipping edge.
    spot = [box["x"] + 20, box["y"] + box["height"] / 2]
    hit = page.evaluate("([x, y]) => !!document.elementFromPoint(x, y)?.closest('.ts-dropdown')", spot)
    assert hit, (frame, box)
    assert page.locator("#dialog").evaluate("box => box.scrollHeight <= box.clientHeight"), (
        "the dialog does not scroll for it"
    )
    last.click()
    expect(page.locator("#dialog .ts-control .item")).to_have_count(1)
    assert vip.pk
