"""A schedule: planned from a template, moved with its event, tried out, and judged by the chance to be ready."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from playwright.sync_api import Locator, Page, expect

from tools.browser import settle
from yunchou.capabilities.work.actions import make_template, set_template_task
from yunchou.capabilities.work.actions.templates import Head, TemplateFields
from yunchou.capabilities.work.models import GanttTask, ScheduleSetting
from yunchou.capabilities.work.states import Phase
from yunchou.kernel.core import clock
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.insights.demo.company import make_company

from .conftest import DESKTOP, PHONE

MORNING = "2026-08-03T09:10"
EVENT, LATER = date(2026, 9, 12), date(2026, 10, 17)
TASKS = (
    ("方案确认", -15, -12, Phase.PREPARATION, "", (2, 3, 5)),
    ("物料到位", -12, -3, Phase.PREPARATION, "T1", (6, 9, 15)),
    ("现场布展", -2, 0, Phase.EXECUTION, "T2", (None, None, None)),
    ("活动执行", 0, 1, Phase.EXECUTION, "T3、T2 FS+1", (None, None, None)),
)


def dialog(page: Page) -> Locator:
    return page.locator("#dialog")


def test_plan_from_a_template_move_the_date_and_accept_the_shift(
    transactional_db: None, sign_in: Callable[..., Page], snap: Callable[..., object]
) -> None:
    with clock.shifted(MORNING):
        company = make_company()
        zhang = company["zhang"]
        campaign = create_campaign(
            name="社区邻里节", kind="marketing", unit=zhang.appointments.get().unit, owner=zhang, actor=zhang
        )
        template = make_template(
            head=Head("邻里节标准进度", company.regions["south"], "marketing"), actor=zhang
        )
        for name, start, end, phase, before, points in TASKS:
            low, likely, high = points
            fields = TemplateFields(
                name, start, end, phase, before, low_days=low, likely_days=likely, high_days=high
            )
            set_template_task(template=template, actor=zhang, fields=fields)
        subject = campaign.subject
        page = sign_in("zhang", size=DESKTOP)
        tab = f"/s/{subject.pk}/schedule/"

        # An empty schedule offers the template; nothing is written before it is confirmed.
        page.goto(tab)
        page.get_by_role("button", name="按模板编制").last.click()
        form = dialog(page)
        form.get_by_label("活动日").fill(EVENT.isoformat())
        form.get_by_label("活动日").blur()
        expect(form.get_by_text("T-15 … T-12")).to_be_visible()
        assert not GanttTask.objects.exists()
        form.get_by_role("button", name="编制", exact=True).click()
        expect(page.locator(".gantt-name", has_text="物料到位")).to_be_visible()
        settle(page)
        snap(page, "schedule-planned")

        # The event moves behind the October holidays: every open task is shown before it goes, and one stays.
        page.locator("summary", has_text="计划").click()
        page.get_by_role("button", name="活动日").click()
        form.get_by_label("活动日").fill(LATER.isoformat())
        form.get_by_label("活动日").blur()
        expect(form.get_by_role("checkbox")).to_have_count(len(TASKS))
        assert ScheduleSetting.objects.get().event_on == EVENT
        snap(page, "schedule-shift")
        form.get_by_role("checkbox", name="方案确认").uncheck()
        form.get_by_role("button", name="移动").click()
        expect(page.get_by_text("3 项任务已随活动日移动")).to_be_visible()
        rows = {task.name: task for task in GanttTask.objects.all()}
        assert (rows["现场布展"].start_offset, rows["活动执行"].start_on) == (-2, LATER)
        assert rows["现场布展"].start_on == date(2026, 10, 15)
        assert rows["方案确认"].start_on < EVENT

        # What if, and the chance to be ready.
        page.goto(f"{tab}?view=tasks")
        page.get_by_role("link", name="物料到位").click()
        form.get_by_role("button", name="假如延误？").click()
        expect(form.get_by_text("以上仅为推演")).to_be_visible()
        form.get_by_label("延误天数").fill("7")
        form.get_by_label("延误天数").blur()
        expect(form.get_by_text("未能就绪")).to_be_visible()
        snap(page, "schedule-what-if")
        page.goto(f"{tab}?view=readiness")
        expect(page.get_by_text("前就绪的可能性")).to_be_visible()
        snap(page, "schedule-readiness", whole=True)

        phone = sign_in("zhang", size=PHONE, dark=True)
        for view in ("readiness", "tasks", "baselines"):
            phone.goto(f"{tab}?view={view}")
            settle(phone)
            width = phone.evaluate("document.documentElement.scrollWidth")
            assert width <= PHONE[0], view
        phone.goto("/work/portfolio/?from=2026-09-01")
        expect(phone.get_by_role("link", name="社区邻里节")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
