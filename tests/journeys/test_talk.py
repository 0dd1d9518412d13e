"""Two people of a campaign talk: one is called and answers, a file gets a newer version, an announcement is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from yunchou.directory.organisation.tests.factories import company
from yunchou.kernel.core import clock
from yunchou.kernel.discussion import actions
from yunchou.kernel.identity.tests.factories import make_user
from yunchou.kernel.subjects.actions import add_member
from yunchou.lifecycle.campaigns.tests.factories import make_proposal

from .conftest import PHONE

SignIn = Callable[..., Page]


def upload(name: str, body: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + body}


@pytest.mark.req("GEN-02")
def test_two_people_talk_about_a_campaign(sign_in: SignIn) -> None:
    firm = company()
    campaign = make_proposal(firm)
    other = make_user("赵一鸣", username="zhaoyiming")
    add_member(subject=campaign.subject, user=other)
    room = f"/s/{campaign.pk}/talk/"

    page = sign_in("owner")
    page.goto(room)
    expect(page.locator("#talk")).to_contain_text("暂无评论")
    box = page.get_by_placeholder("写评论，输入 @ 提及同事")
    # By initials, chosen with the keyboard.
    box.press_sequentially("@zym")
    expect(page.get_by_role("option")).to_contain_text("赵一鸣")
    box.press("Enter")
    box.press_sequentially("平面图今天能给吗？<b>")
    box.press("Control+Enter")
    expect(page.locator("#stream-all .mention")).to_have_text("@赵一鸣")
    expect(page.locator("#stream-all .talk-said")).to_contain_text("<b>")
    expect(box).to_have_value("")

    # The other one, on a phone, finds the mention, answers with a file; the first one sees it without loading the page.
    phone = sign_in("zhaoyiming", size=PHONE)
    phone.goto("/notify/")
    phone.get_by_role("link", name="平面图今天能给吗").first.click()
    phone.wait_for_url(lambda url: "/talk/" in url)
    phone.get_by_role("button", name="回复", exact=True).click()
    phone.get_by_placeholder("写评论，输入 @ 提及同事").fill("见附件")
    phone.locator("input[name=uploads]").set_input_files(upload("平面图.pdf", b"1"))  # type: ignore[arg-type]
    phone.get_by_role("button", name="发送", exact=True).click()
    expect(phone.locator(".talk-answers")).to_contain_text("平面图.pdf")
    expect(page.locator(".talk-answers")).to_contain_text("见附件", timeout=20_000)

    # A newer version takes the place of the file, and the one before stays.
    page.goto(room)
    page.get_by_role("button", name="更新“平面图.pdf”").click()
    dialog = page.locator("#dialog")
    dialog.locator("input[type=file]").set_input_files(upload("平面图.pdf", b"12345"))  # type: ignore[arg-type]
    dialog.get_by_label("备注").fill("东门进场")
    dialog.get_by_role("button", name="上传").click()
    expect(page.locator("#files")).to_contain_text("第 2 版")
    page.locator("#files summary").click()
    expect(page.locator("#files .versions")).to_contain_text("版本 1")

    # An announcement is read and confirmed.
    actions.announce(
        subject=campaign.subject, title="周五踩点", text="9:00 东门集合", readers=[other],
        read_by=clock.today() + timedelta(days=1), actor=firm.owner,
    )  # fmt: skip
    phone.goto(room)
    expect(phone.locator(".talk-unread")).to_contain_text("9:00 东门集合")
    phone.get_by_role("button", name="我已阅读").click()
    expect(phone.locator(".talk-unread")).to_have_count(0)
    page.reload()
    page.locator("#announcements").get_by_role("link", name="周五踩点").click()
    expect(page.locator(".aside")).to_contain_text("已读")
