"""An approver's day on the phone: what waits, what is different, back to a step that was passed, and at last approved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from yunchou.kernel.approvals.actions import (
    amend_case,
    approve,
    ask,
    copy_to,
    delegate,
    install_definition,
    open_case,
)
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.tests import toys
from yunchou.kernel.core import clock
from yunchou.kernel.duties.tests.factories import Company, company, papers

from .conftest import DESKTOP, PHONE

NOW = "2024-08-02T15:20"
SERIOUS = {"serious", "critical"}
NAMES = {"owner": "张伟", "approver": "黄志成", "club": "林悦", "vp": "徐静"}

SignIn = Callable[..., Page]


@pytest.fixture
def firm(transactional_db: None) -> Iterator[Company]:
    """Three steps for whatever is dear: the region's leader, the group's club, the vice president."""
    with clock.shifted(NOW):
        made = company()
        for name, chinese in NAMES.items():
            made.people[name].name = chinese
            made.people[name].save()
        install_definition(key="paper")
        yield made
    toys.outcomes.clear()


def send(firm: Company, title: str = "七夕邻里音乐会", amount: str = "180000") -> Case:
    subject = firm.paper(title, amount=amount)
    return open_case(subject=subject, definition="paper", actor=firm.owner, note="请审阅。")


def waiting(case: Case) -> Task:
    return Task.objects.select_related("assignee", "step__case").get(
        step__case=case, state="waiting", step__kind__in=["review", "approve"]
    )


def serious_faults(page: Page) -> list[str]:
    """Too wide for its window, or not usable by everybody."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{page.url}: {wide} px too wide"] if wide > 0 else []
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in SERIOUS:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            found.append(f"{page.url} at {page.viewport_size}: {violation['id']} {nodes}")
    return found


@pytest.mark.req("APR-12", "APR-17")
def test_an_approver_on_the_phone_returns_to_a_passed_step_and_later_approves(
    firm: Company, sign_in: SignIn
) -> None:
    case = send(firm)
    approve(task=waiting(case), actor=firm.approver, opinion="同意。")
    papers[case.subject_id]["amount"] = "186000"
    amend_case(case=case, actor=firm.owner, note="嘉宾劳务按新标准调整。")
    approve(task=waiting(case), actor=firm.approver, opinion="")

    club = sign_in(firm.club.username, size=PHONE)
    club.goto("/approvals/")
    club.get_by_role("link", name="七夕邻里音乐会").click()
    expect(club.locator("#changes")).to_contain_text("180,000")
    expect(club.locator("#changes")).to_contain_text("186,000")
    expect(club.locator(".bottom-bar")).to_be_hidden()

    # A sentence of one's own, by one click, goes along into the dialog.
    club.get_by_label("常用意见").click()
    club.get_by_role("button", name="请补充完整后重新提交。").click()
    club.get_by_role("link", name="退回到…").click()
    dialog = club.locator("#dialog")
    expect(dialog.get_by_label("意见")).to_have_value("请补充完整后重新提交。")
    dialog.get_by_label(re.compile("黄志成")).check()
    dialog.get_by_label("直接回到我这里").check()
    dialog.get_by_role("button", name="退回").click()
    expect(club.locator(".decision-bar")).to_have_count(0)
    expect(club.locator("#course")).to_contain_text("请补充完整后重新提交。")

    approver = sign_in(firm.approver.username, size=PHONE)
    approver.goto(case.get_absolute_url())
    approver.get_by_role("button", name="批准").click()
    expect(approver.locator(".decision-bar")).to_have_count(0)

    club.goto("/approvals/")
    club.get_by_role("link", name="七夕邻里音乐会").click()
    club.get_by_role("button", name="审核通过").click()
    expect(club.locator(".decision-bar")).to_have_count(0)
    assert waiting(case).assignee == firm.vp


def test_a_stale_tab_is_told_what_is_different(firm: Company, sign_in: SignIn) -> None:
    case = send(firm)
    page = sign_in(firm.approver.username)
    page.goto(case.get_absolute_url())
    papers[case.subject_id]["amount"] = "190000"
    amend_case(case=case, actor=firm.owner, note="场地加价。")

    page.get_by_label("意见", exact=True).fill("按原方案同意。")
    page.get_by_role("button", name="批准").click()
    expect(page.locator("#stale")).to_contain_text("内容在您查看期间已变更")
    expect(page.locator("#stale")).to_contain_text("190,000")
    expect(page.get_by_label("意见", exact=True)).to_have_value("按原方案同意。")
    assert Case.objects.get(pk=case.pk).state == "running"
    page.get_by_role("button", name="批准").click()
    expect(page.locator(".decision-bar")).to_have_count(0)
    assert waiting(case).assignee == firm.club


def test_people_are_found_by_typing_and_the_list_by_keyboard(firm: Company, sign_in: SignIn) -> None:
    case = send(firm)
    page = sign_in(firm.approver.username)
    page.goto("/approvals/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/approvals/{case.pk}/$"))
    page.get_by_role("link", name="转交").click()
    dialog = page.locator("#dialog")
    dialog.locator("input[role=combobox]").fill("xj")
    dialog.get_by_role("option", name="徐静").click()
    dialog.get_by_label("理由").fill("出差两周。")
    dialog.get_by_role("button", name="转交").click()
    expect(page.locator(".decision-bar")).to_have_count(0)
    assert waiting(case).assignee == firm.vp


def test_inbox_decision_and_delegations_can_be_used_by_everybody(firm: Company, sign_in: SignIn) -> None:
    case = send(firm)
    ask(case=case, actor=firm.owner, to=firm.approver, text="是否需要三家比价？")
    copy_to(case=case, actor=firm.owner, people=[firm.vp])
    send(firm, "开学季·青春焕新计划", "36000")
    delegate(
        actor=firm.approver, to=firm.vp, valid_from=clock.today(), valid_to=clock.today(), definition="paper"
    )
    found = []
    holder = waiting(case).assignee
    for size in (DESKTOP, PHONE):
        page = sign_in(holder.username, size=size)
        for address in (
            "/approvals/?q=qx&least=1",
            f"{case.get_absolute_url()}signers/",
            f"{case.get_absolute_url()}print/",
            "/approvals/delegations/",
        ):
            page.goto(address)
            found += serious_faults(page)
        page.goto(case.get_absolute_url())
        found += serious_faults(page)
        page.get_by_role("link", name="退回到…").click()
        expect(page.locator("#dialog form")).to_be_visible()
        found += serious_faults(page)
        page.context.close()
    assert not found, "\n".join(found)
