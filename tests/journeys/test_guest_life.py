"""One guest on phones, from the target list to the evaluation: reply, seat, arrival, wall, answers (issue 6, Done when 4)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from yunchou.capabilities.audiences import actions as audiences
from yunchou.capabilities.audiences import trees
from yunchou.capabilities.messaging.models import Channel, Template
from yunchou.capabilities.messaging.tests.factories import make_sender
from yunchou.capabilities.surveys import actions as surveys
from yunchou.capabilities.surveys.actions import Details
from yunchou.capabilities.surveys.models import Purpose as Asked
from yunchou.directory.customers.actions.consents import give_consent
from yunchou.directory.customers.models import Basis, Purpose
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events.actions.figures import tell_attendance
from yunchou.lifecycle.events.door.codes import ticket_text
from yunchou.lifecycle.events.models import Guest, Session
from yunchou.lifecycle.events.tests.door_factories import EVENING, device_at, make_evening
from yunchou.lifecycle.events.tests.factories import make_customer, open_page
from yunchou.lifecycle.hospitality.tests.factories import make_menu
from yunchou.lifecycle.reviews.sheets import evaluation
from yunchou.lifecycle.reviews.tables import EvaluationRow
from yunchou.lifecycle.seating.tests.factories import make_tables

from .conftest import PHONE
from .test_door import open_door, show

pytestmark = pytest.mark.journey
BODY = "尊敬的{name}：\n\n诚邀您出席{event}。\n\n{link}"
LINK = re.compile(r"https?://\S+?(/[gq]/\S+)")


@pytest.fixture
def firm(live_server: object) -> Firm:
    return company()


@pytest.fixture(autouse=True)
def outbox(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.VAR = tmp_path
    settings.MESSAGE_GATEWAYS = {"email": "file", "sms": "file"}
    with clock.shifted(EVENING - timedelta(days=14)):
        yield tmp_path


def newest_link(outbox: Path) -> str:
    """The personal link of the mail that went out last, without host."""
    lines = next(outbox.rglob("outbox.jsonl")).read_text().splitlines()
    found = LINK.search(json.loads(lines[-1])["text"])
    assert found
    return found[1]


def event(firm: Firm) -> Session:
    """An approved dinner with a page, a sender, a text, tables, a menu, a prepared questionnaire and a customer who agreed."""
    subject = make_evening(firm, 0)
    dinner: Session = subject.sessions.get()
    open_page(subject, firm, asks_diet=True)
    Campaign.objects.filter(subject=subject).update(status=Status.APPROVED)
    make_sender(firm.group)
    Template.objects.create(
        unit=firm.group, use="events.invitation", channel=Channel.EMAIL, name="邀请函", title="{name}，邀请您",
        body=BODY, kept_by=firm.admin,
    )  # fmt: skip
    guest = make_customer(firm, "周明远", phone="13900131234", email="zhou@example.com", city="杭州")
    for purpose in (Purpose.MARKETING, Purpose.SURVEY):
        give_consent(customer=guest, purpose=purpose, basis=Basis.FORM)
    audiences.add_list(
        subject=subject, actor=firm.owner,
        plan=audiences.Plan("贵宾", trees.read({"field": "city", "op": "in", "value": ["杭州"]})),
    )  # fmt: skip
    details = Details("晚宴满意度", firm.owner, Asked.EVENT)
    surveys.add_survey(subject=subject, details=details, template="satisfaction", actor=firm.owner)
    evaluation.save_row(
        subject,
        EvaluationRow(dimension="用户满意", indicator="活动满意度", target=Figure(None, label="≥85")),
        actor=firm.owner,
    )
    return dinner


@pytest.mark.req("EXE-04")
@pytest.mark.req("EVA-04")
@pytest.mark.rule("R-EXE-01")
@pytest.mark.rule("R-EXE-02")
def test_from_the_target_list_to_the_numbers_of_the_evaluation(
    firm: Firm,
    outbox: Path,
    page_factory: Callable[..., Page],
    sign_in: Callable[..., Page],
    snap: Callable[..., Any],
) -> None:
    dinner = event(firm)
    subject = dinner.subject
    home = f"/s/{subject.pk}"
    [table] = make_tables(dinner, firm, 1, 6)
    make_menu(dinner, firm)
    phone = sign_in("owner", size=PHONE)

    # The list is frozen, put on the guest list, and invited.
    phone.goto(f"{home}/audience/")
    phone.get_by_role("link", name="贵宾").click()
    phone.get_by_role("button", name="定稿").click()
    phone.locator("#confirm").get_by_role("button", name="定稿").click()
    expect(phone.get_by_text("已定稿").first).to_be_visible()
    phone.goto(f"{home}/guests/")
    phone.get_by_role("button", name="从目标名单添加").click()
    phone.get_by_role("button", name="列入名单").click()
    expect(phone.get_by_text("周明远").first).to_be_visible()
    phone.goto(f"{home}/guests/invitations/")
    phone.get_by_role("button", name="新建群发").click()
    phone.locator("#dialog select[name=text]").select_option(index=1, force=True)
    phone.locator("#dialog").get_by_role("button", name="保存草稿").click()
    phone.get_by_role("button", name="信息无误").click()
    phone.get_by_role("button", name="立即发送").click()
    phone.locator("#confirm").get_by_role("button", name="立即发送").click()
    expect(phone.get_by_text("正在发送").first).to_be_visible()
    work_off()

    # The guest accepts with a companion and says what is not eaten; the kitchen hears of the conflict.
    theirs = page_factory(size=PHONE)
    theirs.goto(newest_link(outbox))
    theirs.get_by_role("link", name="我会参加").click()
    theirs.get_by_label("同行人 1 姓名").fill("周太太")
    theirs.locator("label[for=diet_halal]").click()
    theirs.get_by_role("button", name="提交回复").click()
    expect(theirs.get_by_text("周太太").first).to_be_visible()
    snap(theirs, "guest-life-reply")
    guest = Guest.objects.get(customer__isnull=False)
    Guest.objects.filter(pk=guest.pk).update(is_vip=True, host=firm.colleague)
    phone.goto(f"{home}/hospitality/menu/{dinner.pk}/")
    expect(phone.get_by_text("红烧肉").first).to_be_visible()
    expect(phone.get_by_text("周明远").first).to_be_visible()

    # Seated with the companion by pressing, as on a phone.
    phone.goto(f"{home}/seats/")
    phone.locator(f"#table-{table.pk}").get_by_role("link", name="在这里安排嘉宾").click()
    place = guest.places.get()
    phone.locator("#dialog select[name=place]").select_option(str(place.pk), force=True)
    phone.get_by_role("button", name="排座", exact=True).click()
    expect(phone.locator(f"#table-{table.pk}")).to_contain_text("周明远")

    # The evening: the code at the door, the host hears of it, the wall shows it by itself.
    with clock.shifted(EVENING):
        _device, token = device_at(subject, firm)
        wall = sign_in("owner")
        wall.goto(f"{home}/wall/office/")
        expect(wall.locator("[data-key=hero]")).to_have_text("0")
        door = open_door(page_factory(size=PHONE), token)
        show(door, ticket_text(guest))
        expect(door.locator("#facts")).to_contain_text("T1 · 1")
        expect(wall.locator("[data-key=hero]")).to_have_text("1")
        assert Notification.objects.filter(kind="events.vip", user=firm.colleague).exists()
        snap(wall, "guest-life-wall")
        door.close()
        wall.close()

    # Afterwards: asked at once, answered on the phone, and in the evaluation.
    with clock.shifted(EVENING + timedelta(hours=4)):
        Campaign.objects.filter(subject=subject).update(status=Status.CLOSED)
        tell_attendance(subject=subject)
        surveys.activity_ended(subject=subject, actor=firm.owner, is_owed=True)
        work_off()
        link = newest_link(outbox)
        assert link.startswith("/q/")
        theirs.goto(link)
        for scale in theirs.locator(".scale").all():
            scale.locator("label").last.click()
        theirs.get_by_role("button", name="提交").click()
        expect(theirs.get_by_role("button", name="提交")).to_have_count(0)
    with clock.shifted(EVENING + timedelta(days=8)):
        surveys.follow_surveys()
        phone.goto(f"{home}/review/")
        expect(phone.get_by_text("100").first).to_be_visible()
        phone.goto(f"{home}/guests/")
        expect(phone.get_by_text("100%").first).to_be_visible()
        snap(phone, "guest-life-evaluation")
