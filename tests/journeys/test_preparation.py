"""A hall too small, a hold, an agreement, gifts handed out, a no-go that becomes a go, and execution begins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from yunchou.capabilities.preparation.models import Booking, BookingState, StockItem
from yunchou.capabilities.preparation.tests.factories import make_item, make_venue
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.lifecycle.campaigns.actions import start_preparation
from yunchou.lifecycle.campaigns.models import Status
from yunchou.lifecycle.campaigns.tests.factories import again, bring_to, make_proposal

from .conftest import PHONE
from .test_money import pick

pytestmark = pytest.mark.journey
PAPER = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def firm(live_server: object) -> Firm:
    return company()


@pytest.mark.req("PRE-02")
@pytest.mark.req("PRE-03")
@pytest.mark.req("PRE-07")
@pytest.mark.req("PRE-13")
def test_from_a_hall_too_small_to_the_beginning(
    firm: Firm, sign_in: Callable[[str], Page], snap: Callable[[Page, str], None], tmp_path: Path
) -> None:
    campaign = bring_to(make_proposal(firm, expected_people=120), Status.APPROVED, firm)
    start_preparation(campaign=campaign, actor=firm.owner)
    venue, item = make_venue(firm), make_item(firm)
    page = sign_in(firm.owner.username)
    page.goto(f"/s/{campaign.pk}/preparation/?view=venues")

    # Eighty seats for a hundred and twenty: it is held, and told.
    page.get_by_role("button", name="保留场地").click()
    dialog = page.locator("#dialog")
    pick(dialog, "场地", venue.name)
    dialog.get_by_label("布置").select_option("banquet")
    dialog.get_by_label("开始").fill("2090-05-06T09:00")
    dialog.get_by_label("结束").fill("2090-05-06T18:00")
    dialog.get_by_role("button", name="保留", exact=True).click()
    expect(page.get_by_text("R-PRE-02").first).to_be_visible()
    snap(page, "preparation-venue")

    # The readiness check is red, and execution does not begin.
    page.goto(f"/s/{campaign.pk}/preparation/")
    expect(page.get_by_text("不可执行").first).to_be_visible()
    page.get_by_role("button", name="开始执行").click()
    page.locator("#dialog").get_by_role("button", name="开始执行").click()
    expect(page.get_by_text("R-PRE-03").first).to_be_visible()
    assert again(campaign).status == Status.PREPARING

    # A promise does not count; the signed agreement does.
    paper = tmp_path / "场地协议.pdf"
    paper.write_bytes(PAPER)
    page.goto(f"/s/{campaign.pk}/preparation/?view=venues")
    page.get_by_role("button", name="确认", exact=True).click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="确认", exact=True).click()
    expect(dialog.get_by_text("没有书面协议")).to_be_visible()
    dialog.get_by_label("或已签字的协议").set_input_files(paper)
    dialog.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("场地协议.pdf")).to_be_visible()
    assert Booking.objects.get().state == BookingState.CONFIRMED

    # Gifts come in and are handed out; more than there are is refused at the field.
    page.goto(item.get_absolute_url())
    for kind, count, person in (
        ("receipt", "50", ""),
        ("hand_out", "60", firm.colleague.name),
        ("hand_out", "20", firm.colleague.name),
    ):
        page.get_by_role("button", name="登记出入库").click()
        dialog = page.locator("#dialog")
        dialog.get_by_label("出入库类型").select_option(kind)
        dialog.get_by_label("数量").fill(count)
        if person:
            pick(dialog, "人员", person)
        dialog.get_by_role("button", name="登记", exact=True).click()
        if count == "60":
            expect(dialog.get_by_text("库存仅有 50 份")).to_be_visible()
            dialog.get_by_text("取消").click()
        else:
            expect(page.locator("#dialog form")).to_have_count(0)
    assert StockItem.objects.get().quantity == 30
    snap(page, "preparation-stock")

    # Go, and execution begins.
    page.goto(f"/s/{campaign.pk}/preparation/")
    expect(page.get_by_text("可执行", exact=True)).to_be_visible()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    snap(page, "preparation-phone")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="开始执行").click()
    page.locator("#dialog").get_by_role("button", name="开始执行").click()
    expect(page.get_by_text("开始执行：完成").or_(page.locator(".toast"))).to_be_visible()
    assert again(campaign).status == Status.RUNNING
