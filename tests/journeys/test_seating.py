"""Seating in real browsers: dragged with the mouse at a desk, pressed on a phone, and a table that is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tools.browser import settle
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.lifecycle.events.tests.door_factories import EVENING
from yunchou.lifecycle.seating.actions.people import seat_guest
from yunchou.lifecycle.seating.models import Table
from yunchou.lifecycle.seating.tests.factories import change, coming, make_dinner, make_tables, place

from .conftest import PHONE

pytestmark = pytest.mark.journey


@pytest.fixture
def firm(live_server: object) -> Firm:
    return company()


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.shifted(EVENING):
        yield


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Lift with the mouse, carry, let go."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + 8, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=2)
    page.mouse.up()
    settle(page)


@pytest.mark.req("EXE-04")
def test_people_are_dragged_at_a_desk_and_seated_by_pressing_on_a_phone(
    firm: Firm, sign_in: Callable[..., Page]
) -> None:
    dinner = make_dinner(firm)
    lin, vip = coming(dinner, "林晓雯"), coming(dinner, "黎耀辉", is_vip=True)
    coming(dinner, "黎太太", of=vip)
    one, two = make_tables(dinner, firm, 2, 6)
    change(two, firm, is_vip=True)
    address = f"/s/{dinner.subject_id}/seats/"
    page = sign_in("owner")
    page.goto(address)

    def person(guest: object) -> Locator:
        return page.locator(f"#seat-person-{place(dinner, guest).pk}")  # type: ignore[arg-type]

    def chair(table: Table, number: int) -> Locator:
        return page.locator(f'#table-{table.pk} [data-chair="{number}"]')

    drag(page, person(lin), chair(one, 2))
    expect(chair(one, 2)).to_contain_text("林晓雯")
    expect(person(lin)).to_be_hidden()
    # From seat to seat, then with the whole party to a table.
    drag(page, chair(one, 2), chair(one, 5))
    expect(chair(one, 5)).to_contain_text("林晓雯")
    drag(page, person(vip), page.locator(f"#table-{two.pk} .plate"))
    expect(chair(two, 2)).to_contain_text("黎太太")
    # A VIP block asks why.
    drag(page, chair(one, 5), chair(two, 4))
    page.get_by_label("安排在贵宾区的理由").fill("主讲人")
    page.get_by_role("button", name="仍然安排").click()
    expect(chair(two, 4)).to_contain_text("林晓雯")
    # Back to the list.
    drag(page, chair(two, 4), page.locator(".seating-search"))
    expect(person(lin)).to_be_visible()
    # Somebody else was quicker: told, and the plan is drawn anew.
    seat_guest(place=place(dinner, lin), table=one, number=3, actor=firm.owner)
    drag(page, person(lin), chair(one, 2))
    expect(chair(one, 3)).to_contain_text("林晓雯")
    expect(page.locator("#notices")).to_contain_text("林晓雯 刚被他人安排到 T1 · 3")
    drag(page, chair(one, 3), page.locator(".seating-search"))
    expect(page.locator("#notices > *")).to_have_count(0)
    drag(page, page.locator(f"#table-{one.pk} [data-handle]"), page.locator(f"#table-{two.pk} [data-handle]"))
    expect(page.locator(f"#table-{one.pk}")).to_have_attribute("data-x", "2")
    page.get_by_placeholder("姓名、拼音、单位").fill("lxw")
    expect(person(lin)).to_be_visible()

    phone = sign_in("owner", size=PHONE)
    phone.goto(address)
    phone.locator(f"#table-{one.pk}").get_by_role("link", name="在这里安排嘉宾").click()
    # With the keyboard, as the list of choices is used everywhere.
    phone.locator("#dialog select[name=place]").select_option(str(place(dinner, lin).pk), force=True)
    phone.get_by_role("button", name="排座", exact=True).click()
    expect(phone.locator(f"#table-{one.pk}")).to_contain_text("林晓雯")
    assert place(dinner, lin).seat == "T1 · 1"
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
