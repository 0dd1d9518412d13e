"""The pages through HTTP: who sees what, dialogs, tables with preview, the public form, the interface; queries."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.sales import actions
from yunchou.capabilities.sales.models import Benefit, Lead, LeadForm, Offer, Order, Prospect, Stage, Way
from yunchou.capabilities.sales.permissions import Perm
from yunchou.capabilities.sales.selectors.leads import LeadFilters, with_details
from yunchou.capabilities.sales.views.public import MOST
from yunchou.directory.customers.actions.consents import publish_notice
from yunchou.directory.customers.models import Customer, Identity, Purpose
from yunchou.directory.customers.models import Stage as CustomerStage
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.accounts.actions import create_token
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.paging import paginate

from . import toy
from .toy import at, buy, leave

CANARIES = ("金丝雀", "13912340987", "canary@example.com")
pytestmark = pytest.mark.once


def url(name: str, subject: Subject, *keys: Any) -> str:
    return reverse(f"sales:{name}", args=[subject.pk, *keys])


def part(client: Client, subject: Subject, view: str = "") -> Any:
    return client.get(url("board", subject), {"view": view} if view else {})


def test_every_part_is_shown_to_who_may_see_it_and_rows_add_no_queries(
    client: Client, firm: Firm, subject: Subject
) -> None:
    toy.deal.add(subject.pk), toy.employees.add(subject.pk)
    assert part(client, subject).status_code == 302
    for stranger, status in ((firm.outsider, 404), (firm.nobody, 404)):
        client.force_login(stranger)
        assert part(client, subject).status_code == status
    client.force_login(firm.owner)
    views = ("", "orders", "offers", "benefits", "figures", "forms")
    for view in views:
        assert part(client, subject, view).status_code == 200
    seen = {}
    for size in (2, 8):
        offer = actions.make_offer(
            subject=subject, facts=actions.OfferFacts(f"礼遇{size}", 1, "服务"), actor=firm.owner
        )
        for _n in range(size):
            lead = leave(subject, firm.owner, captured_at=at(30))
            leave(subject, firm.owner, customer=lead.customer, channel="scan")
            buy(lead, firm.owner)
            actions.open_form(subject=subject, place="摊位", keeper=firm.owner, actor=firm.owner)
            who = make_customer(
                firm.east, firm.owner, stage=CustomerStage.INTERESTED, identities=[Identity.EMPLOYEE]
            )
            actions.add_prospects(offer=offer, customers=[who], actor=firm.owner)
            actions.add_benefits(
                subject=subject,
                customers=[who],
                kind="team",
                due_on=at(30).date(),
                what="团建",
                actor=firm.owner,
            )
        actions.tell_stale()
        for view in views:
            part(client, subject, view)
            with CaptureQueriesContext(
                connection,
            ) as found:
                page = part(client, subject, view)
            assert page.status_code == 200
            assert page["Cache-Control"] == "private, no-store"
            # Another offer is no further query either.
            seen.setdefault(view, len(found))
            assert len(found) <= seen[view], view
    # What the list itself asks for: the page, whoever is late, the stages, the numbers.
    with CaptureQueriesContext(connection) as found:
        list(paginate(with_details(LeadFilters(words="客户").of(subject, firm.owner)), {}, by="-captured_at"))
    assert len(found) <= 8
    assert client.get(reverse("sales:order_list")).status_code == 200
    client.force_login(firm.colleague)
    assert client.get(url("order_add", subject)).status_code == 403
    assert client.get(url("lead_import", subject)).status_code == 403
    assert client.post(url("customer_options", subject, "customers")).status_code == 403


def test_a_lead_is_taken_in_and_followed_up_in_dialogs(client: Client, firm: Firm, subject: Subject) -> None:
    client.force_login(firm.colleague)
    data = {"name": "金丝雀", "phone": "139 1234 0987", "need": "看房", "channel": "desk", "place": "咨询台"}
    page = client.post(url("lead_add", subject), data)
    assert page.status_code == 422
    assert "Ask first" in page.content.decode()
    page = client.post(url("lead_add", subject), data | {"phone": "12", "agrees": "on"})
    assert page.status_code == 422
    assert "12" in page.content.decode()
    page = client.post(url("lead_add", subject), data | {"agrees": "on", "wants_news": "on"})
    lead = Lead.objects.get()
    assert page.status_code == 302
    assert page.url == lead.get_absolute_url()
    assert {one.purpose for one in lead.customer.consent_entries.all()} == {
        Purpose.SERVICE,
        Purpose.MARKETING,
    }
    assert "咨询台" in client.get(url("lead_add", subject)).content.decode(), (
        "the next one begins at the same place"
    )
    shown = client.get(lead.get_absolute_url()).content.decode()
    assert "139****0987" in shown
    assert "13912340987" not in shown
    for name, told in (
        ("lead_contact", {"outcome": "reached"}),
        ("lead_change", {"need": "三居室", "channel": "desk"}),
        ("lead_gift", {"gift": "帆布袋"}),
    ):
        assert client.get(url(name, subject, lead.pk)).status_code == 200
        assert client.post(url(name, subject, lead.pk), told).status_code == 302
    assert client.post(url("lead_move", subject, lead.pk, "interest")).status_code == 302
    lead.refresh_from_db()
    assert (lead.stage, lead.need, lead.gift) == (Stage.INTERESTED, "三居室", "帆布袋")
    assert client.post(url("lead_assign", subject, lead.pk), {"owner": firm.owner.pk}).status_code == 403
    client.force_login(firm.owner)
    assert client.post(url("lead_assign", subject, lead.pk), {"owner": firm.owner.pk}).status_code == 302
    order = {
        "customer": lead.customer_id,
        "number": "DD-1",
        "channel": "shop",
        "amount": "99.50",
        "ordered_at": "2024-08-02T15:00",
    }
    form = client.get(f"{url('order_add', subject)}?lead={lead.pk}").content.decode()
    assert "金丝雀" in form
    assert (
        client.post(f"{url('order_add', subject)}?lead={lead.pk}", order | {"amount": "0"}).status_code == 422
    )
    assert client.post(f"{url('order_add', subject)}?lead={lead.pk}", order).status_code == 302
    assert client.get(lead.get_absolute_url()).status_code == 200
    made = Order.objects.get()
    assert made.lead == lead
    assert client.post(url("order_cancel", subject, made.pk), {"reason": "退货"}).status_code == 302
    assert client.post(url("lead_move", subject, lead.pk, "lose"), {"reason": "不买了"}).status_code == 302
    # Searching by name or number is posted; filters stand in the address, people never.
    for words in ("金丝", "0987", "13912340987", "jsq"):
        found = client.post(
            f"{url('board', subject)}?stage=lost&channel=desk&valid=valid&state=keen", {"words": words}
        )
        assert found.status_code == 200
    assert lead.customer.name in client.post(url("board", subject), {"words": "0987"}).content.decode()
    for state in ("mine", "late", "keen"):
        assert client.get(url("board", subject), {"state": state}).status_code == 200


def test_tables_are_shown_line_by_line_before_they_are_taken_in(
    client: Client, firm: Firm, subject: Subject
) -> None:
    client.force_login(firm.owner)
    table = (
        "姓名,手机,渠道,地点,需求,留资时间\n林晓雯,13800138000,扫码,抖音,三居室,2024-08-01 10:00\n"
        "陈静,12,表单,官网,看房,2024/8/1\n林小姐,13800138000,直播,抖音,学区,8月1日\n王芳,13700137000,鸽子,官网,,2024-08-09\n"
    )
    asked = {"channel": "form", "agrees": "on", "proof": "问卷星授权记录"}
    assert client.post(url("lead_import", subject), {"channel": "form", "pasted": table}).status_code == 422
    upload = SimpleUploadedFile("线索.csv", table.encode("gb18030"))
    page = client.post(url("lead_import", subject), asked | {"file": upload})
    text = page.content.decode()
    assert page.status_code == 200
    assert "1 lines can be taken in" in text
    assert not Lead.objects.exists()
    for fault in ("There is no such phone number", "write it as 2024-08-02 15:20", "This time lies ahead"):
        assert fault in text or "not a phone number" in text
    kept = page.context["intake"].kept
    assert client.post(url("lead_import", subject), asked | {"kept": kept, "confirm": "1"}).status_code == 302
    lead = Lead.objects.get()
    assert (lead.channel, lead.place, lead.way, lead.captured_at) == (
        "scan",
        "抖音",
        Way.SHEET,
        at(1, 10, month=8),
    )
    again = client.post(url("lead_import", subject), asked | {"pasted": table})
    assert "left a lead already" in again.content.decode()
    orders = (
        "订单号\t渠道\t客户姓名\t手机\t金额\t下单时间\nTM-1\t电商平台\t林晓雯\t13800138000\t1,680.50\t2024-08-02\n"
        "TM-1\t门店\t甲\t13900000001\t5\t\nTM-2\t门店\t乙\t\t5\t\nTM-3\t门店\t丙\t13900000003\t-5\t\n"
    )
    page = client.post(url("order_import", subject), {"channel": "shop", "pasted": orders})
    text = page.content.decode()
    for fault in ("stands in the table twice", "Give a number or an address", "below zero"):
        assert fault in text
    kept = page.context["intake"].kept
    for _n in range(2):
        client.post(url("order_import", subject), {"channel": "shop", "kept": kept, "confirm": "1"})
    order = Order.objects.get()
    assert (order.number, f"{order.amount}", order.lead, order.way) == ("TM-1", "1680.50", lead, Way.SHEET)
    assert client.post(url("order_import", subject), {"channel": "shop"}).status_code == 422
    for name in ("lead_template", "order_template"):
        assert client.get(url(name, subject)).content.decode().startswith("\ufeff")


@pytest.mark.req("EXE-14")
def test_the_public_form_says_the_same_to_everybody_and_tells_nobody_s_data(
    client: Client, firm: Firm, subject: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    publish_notice(purpose=Purpose.SERVICE, text="仅用于回访。", actor=firm.people[MARKETING_DIRECTOR])
    client.force_login(firm.owner)
    assert (
        client.post(
            url("form_open", subject), {"place": "万象城", "channel": "scan", "keeper": firm.colleague.pk}
        ).status_code
        == 302
    )
    form = LeadForm.objects.get()
    poster = client.get(url("form_poster", subject, form.pk)).content.decode()
    assert "<svg" in poster
    assert form.path in poster
    client.logout()
    page = client.get(form.path, {"lang": "zh-hans"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "仅用于回访" in text
    assert "<script" not in text
    assert len(page.content) < 60_000
    assert (page["Cache-Control"], page["Referrer-Policy"], page["X-Robots-Tag"]) == (
        "private, no-store",
        "no-referrer",
        "noindex",
    )
    token = re.search(r'name="once" value="([^"]+)"', text)[1]  # type: ignore[index]
    data = {"name": CANARIES[0], "phone": CANARIES[1], "need": "看房", "once": token}
    refused = client.post(form.path, data)
    assert refused.status_code == 422
    assert CANARIES[1] in refused.content.decode()
    assert not Lead.objects.exists()
    assert client.post(form.path, data | {"agrees": "on", "phone": "5"}).status_code == 422
    answers = [client.post(form.path, data | {"agrees": "on", "lang": "en"}).content for _n in range(2)]
    answers.append(client.post(form.path, data | {"agrees": "on", "lang": "en", "once": "another"}).content)
    assert len(set(answers)) == 1, "known or not, sent once or twice: the same words"
    assert Lead.objects.count() == 2
    assert Customer.objects.count() == 1
    lead = Lead.objects.heads().get()
    assert (lead.owner, lead.channel, lead.place, lead.way, lead.collector) == (
        firm.colleague,
        "scan",
        "万象城",
        Way.PUBLIC,
        None,
    )
    entry = lead.customer.consent_entries.get()
    assert (entry.purpose, entry.basis, entry.notice.text, entry.by) == (
        Purpose.SERVICE,
        "form",
        "仅用于回访。",
        None,
    )
    assert (
        client.post(
            form.path, data | {"agrees": "on", "website": "http://x", "once": "bot", "lang": "en"}
        ).content
        == answers[0]
    )
    assert Lead.objects.count() == 2
    for _n in range(MOST):
        page = client.post(form.path, data | {"agrees": "on", "once": f"{_n}"})
    assert page.status_code == 429
    logged = " ".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    assert not any(canary in logged for canary in CANARIES)
    cache.clear()
    assert client.get(reverse("sales:public_form", args=["x" * 22])).status_code == 404
    for _n in range(20):
        missed = client.get(reverse("sales:public_form", args=["y" * 22]))
    assert missed.status_code == 429
    assert client.get(form.path).status_code == 200, (
        "a stand has one address: the right link opens all the same"
    )
    cache.clear()
    actions.close_form(form=form, actor=firm.owner)
    assert "closed" in client.get(form.path, {"lang": "en"}).content.decode()
    assert client.post(form.path, data | {"agrees": "on", "once": "late"}).status_code == 200
    assert Lead.objects.heads().count() == 1


def test_other_systems_deliver_leads_and_orders_once(client: Client, firm: Firm, subject: Subject) -> None:
    secret = _token(firm, [Perm.CAPTURE, Perm.EDIT])
    lead = {
        "key": "s-1",
        "channel": "stream",
        "place": "抖音",
        "name": "林晓雯",
        "phone": "13800138000",
        "need": "看房",
    }

    def send(what: str, data: dict[str, Any], code: str = "YX-2024-017", bearer: str = secret) -> Any:
        address = f"/api/v1/subjects/{code}/{what}"
        return client.post(
            address,
            json.dumps(data),
            content_type="application/json",
            headers={"Authorization": f"Bearer {bearer}"},
        )

    assert send("leads", lead).status_code == 422, "without consent nothing is kept"
    lead |= {"agreed": True, "proof": "直播间授权"}
    first, again = send("leads", lead), send("leads", lead)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["lead"] == again.json()["lead"]
    assert send("leads", lead | {"key": "s-2"}).json()["counted"] is False
    nul = send("leads", lead | {"need": "看\0房", "key": "s-5"})
    assert (nul.status_code, Lead.objects.count()) == (422, 2), "PostgreSQL keeps no such text"
    assert send("leads", lead | {"phone": "5", "key": "s-3"}).json()["error"]["fields"].keys() == {"phone"}
    assert (
        send("leads", lead | {"captured_at": "2024-08-01T10:00:00", "key": "s-4"}).json()["error"]["code"]
        == "naive_time"
    )
    for old in ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59+08:00"):
        refused = send("leads", lead | {"captured_at": old, "key": "s-6"})
        assert (refused.status_code, refused.json()["error"]["fields"].keys()) == (422, {"captured_at"}), old
    order = {
        "number": "TM-1",
        "channel": "ecommerce",
        "amount": "1680.00",
        "ordered_at": "2024-08-02T15:20:00+08:00",
        "name": "林晓雯",
        "phone": "13800138000",
    }
    made = send("orders", order)
    assert made.status_code == 201
    assert made.json()["lead"] == first.json()["lead"]
    assert send("orders", order).status_code == 200
    assert send("orders", order | {"amount": "-1", "number": "TM-2"}).status_code == 422
    for old in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"):
        refused = send("orders", order | {"ordered_at": old, "number": "TM-2"})
        assert (refused.status_code, refused.json()["error"]["fields"].keys()) == (422, {"ordered_at"}), old
    assert [send("leads", lead, code=one).status_code for one in ("NOTHING", "%00", "YX%00")] == [404] * 3
    assert send("leads", lead, bearer="yc_nothing").status_code == 401
    assert send("orders", order | {"number": "TM-3"}, bearer=_token(firm, [Perm.CAPTURE])).status_code == 403
    assert Order.objects.count() == 1
    assert Lead.objects.heads().count() == 1


def _token(firm: Firm, rights: list[str]) -> str:
    _token, secret = create_token(actor=firm.owner, name="直播平台", rights=rights)
    return secret


def test_offers_and_benefits_are_kept_in_dialogs(client: Client, firm: Firm, subject: Subject) -> None:
    toy.deal.add(subject.pk), toy.employees.add(subject.pk)
    client.force_login(firm.owner)
    who = make_customer(
        firm.east,
        firm.owner,
        name="沈文博",
        stage=CustomerStage.NEGOTIATING,
        identities=[Identity.EMPLOYEE],
        born_on=at(1).date().replace(year=1990, month=9),
    )
    data = {"title": "签约礼", "price": "100", "services": "免物业费"}
    assert client.post(url("offer_add", subject), data | {"list_price": "50"}).status_code == 422
    assert client.post(url("offer_add", subject), data).status_code == 302
    offer = Offer.objects.get()
    assert client.post(url("offer_change", subject, offer.pk), data | {"price": "90"}).status_code == 302
    for among in ("prospects", "employees", "customers"):
        found = client.post(url("customer_options", subject, among), {"q": "沈"}).json()["results"]
        assert [one["text"] for one in found] == ["沈文博"]
    assert client.post(url("prospects_add", subject, offer.pk), {"customers": [who.pk]}).status_code == 302
    prospect = Prospect.objects.get()
    assert client.get(url("prospect_answer", subject, prospect.pk)).status_code == 200
    assert client.post(url("prospect_answer", subject, prospect.pk), {"answer": "signed"}).status_code == 302
    assert "沈文博" in part(client, subject, "offers").content.decode()
    period = {"start": "2024-08-02", "end": "2024-12-31", "what": "蛋糕券"}
    assert client.post(url("birthdays_draw", subject), period).status_code == 302
    told = {"kind": "wedding", "due_on": "2024-10-01", "customers": [who.pk], "what": "礼金"}
    assert client.post(url("benefit_add", subject), told).status_code == 302
    birthday, wedding = Benefit.objects.order_by("due_on")
    assert client.post(url("benefit_give", subject, birthday.pk)).status_code == 302
    assert client.post(url("benefit_remove", subject, wedding.pk)).status_code == 302
    assert "1 of 1 given" in part(client, subject, "benefits").content.decode()
    toy.deal.clear(), toy.employees.clear()
    assert "沈文博" not in part(client, subject, "offers").content.decode(), (
        "other activities have no such part"
    )


def test_signs_that_no_database_keeps_are_a_miss_of_the_public_form(
    client: Client, firm: Firm, subject: Subject
) -> None:
    client.force_login(firm.owner)
    told = {"place": "万象城", "channel": "scan", "keeper": firm.colleague.pk}
    assert client.post(url("form_open", subject), told).status_code == 302
    client.logout()
    path = LeadForm.objects.get().path
    data = {"name": CANARIES[0], "phone": CANARIES[1], "agrees": "on", "once": "a\x00b"}
    assert client.post(path, data).status_code == 200
    assert "\x00" not in (Lead.objects.get().key or "")
    # Whose number it is is not known: what is sent there by name leads nowhere and stays one line.
    for name in ("中奖 http://evil.example/x", "www.evil.cn", "领奖evil.com", "见 EVIL.TOP/1"):
        refused = client.post(path, data | {"name": name, "phone": "13912340988", "once": "c"})
        assert refused.status_code == 422, name
    several = {"name": "J.R. St.John\r\n尊敬的\u202e客户", "phone": "13912340989", "once": "d"}
    assert client.post(path, data | several).status_code == 200
    assert Customer.objects.order_by("-pk")[0].name == "J.R. St.John 尊敬的 客户"
    for _n in range(20):
        assert client.get(path[:-3] + "%00/").status_code == 404
    assert client.get(path[:-3] + "%00/").status_code == 429
