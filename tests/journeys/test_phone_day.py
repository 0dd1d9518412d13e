"""A day on the phone: what is mine, the report before five, and an issue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tools.browser import settle
from yunchou.capabilities.operations.actions import owe_report_duties
from yunchou.capabilities.operations.models import DailyReport, Issue
from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.organisation.tests.factories import company
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Status
from yunchou.lifecycle.campaigns.tests.factories import END, START, bring_to, make_proposal

from .conftest import PHONE

SignIn = Callable[..., Page]


def fits(page: Page) -> None:
    """Nothing is wider than the phone."""
    settle(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, page.url


def test_tasks_report_and_issue_in_the_hand(
    sign_in: SignIn, snap: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yunchou.lifecycle.campaigns.actions.course.demand_readiness", lambda subject: None)
    with clock.shifted("2024-08-02T16:20"):
        firm = company()
        campaign = make_proposal(firm, "湖畔邻里音乐会")
        for place, (name, state) in enumerate((("邀请函发出", "done"), ("签到台搭建", "in_progress")), 1):
            GanttTask.objects.create(
                subject=campaign.subject, position=place, name=name, owner=firm.owner, start_on=START, end_on=END,
                state=state, done_on=clock.today() if state == "done" else None,
            )  # fmt: skip
        campaign = actions.start_campaign(
            campaign=bring_to(campaign, Status.APPROVED, firm), actor=firm.owner
        )
        owe_report_duties(subject=campaign.subject, day=clock.today(), progress=[firm.owner])
        page = sign_in(firm.owner.username, size=PHONE)
        page.goto(reverse("duties:duty_list"))
        fits(page)
        page.get_by_role("link", name="进度日报").first.click()
        expect(page.get_by_label("T1 邀请函发出")).to_be_checked()
        expect(page.get_by_label("明日计划")).to_have_value("T2 签到台搭建")
        fits(page)
        page.get_by_label("存在问题").fill("社区广场电源只有两路")
        page.get_by_role("button", name="提交日报").click()
        expect(page.get_by_text("日报已提交").first).to_be_visible()
        fits(page)
        snap(page, "phone-report", whole=True)
        page.get_by_role("button", name="转为问题").click()
        dialog = page.locator("#dialog")
        expect(dialog.get_by_label("问题").first).to_have_value("社区广场电源只有两路")
        dialog.get_by_role("button", name="上报", exact=True).click()
        expect(page.get_by_role("heading", name="社区广场电源只有两路")).to_be_visible()
        fits(page)
        page.get_by_label("解决方案").fill("租用一台静音发电车")
        page.get_by_label("调整措施").first.fill("联系发电车")
        page.get_by_role("button", name="登记解决方案").click()
        expect(page.get_by_text("租用一台静音发电车").first).to_be_visible()
        fits(page)
        snap(page, "phone-issue", whole=True)
    report = DailyReport.objects.get()
    issue = Issue.objects.get()
    assert (report.is_late, issue.report, issue.state) == (False, report, Issue.State.DECIDED)
    assert issue.remedies.get().task is not None
    assert not Duty.objects.open().filter(kind="operations.progress_report").exists()
