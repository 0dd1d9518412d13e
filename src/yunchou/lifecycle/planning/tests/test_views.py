"""Pages by HTTP: who sees what, what each page shows, and that lists ask as often for many plans as for few."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import Item, Plan, Status, StrategicGoal

from .factories import YEAR, again, approve_plan, make_plan, make_ready, send

pytestmark = pytest.mark.once

TABS = ("", "goals/", "items/", "monitor/", "versions/", "evaluation/", "breakdown/")


def queries(client: Client, address: str) -> int:
    client.get(address)  # what is read once a process is read now
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_who_may_open_a_plan(firm: Firm, client: Client) -> None:
    plan = make_plan(firm)
    addresses = [f"/plans/{plan.pk}/{tab}" for tab in (*TABS, "export/", "submit/", "parts/cost/")]
    for address in addresses:
        assert client.get(address).status_code == 302
    client.force_login(firm.outsider)
    for address in addresses:
        assert client.get(address).status_code == 404
    client.force_login(firm.approver)  # reads the region, drafts nothing
    for address in addresses[: len(TABS) + 1]:
        assert client.get(address).status_code == 200
    assert client.get(f"/plans/{plan.pk}/submit/").status_code == 403
    assert client.get(f"/plans/{plan.pk}/parts/cost/").status_code == 403
    assert client.get("/plans/new/").status_code == 403
    assert client.post(f"/plans/{plan.pk}/withdraw/").status_code == 409


@pytest.mark.req("PLN-01", "PLN-08", "PLN-15")
def test_a_plan_is_made_and_written_on_pages(firm: Firm, client: Client) -> None:
    club = firm.people["group_customer_club"]
    client.force_login(club)
    form = {
        "kind": "group",
        "name": "集团计划",
        "unit": firm.group.pk,
        "year": YEAR,
        "owner": club.pk,
        "budget": "500000",
    }
    refused = client.post("/plans/new/", {**form, "quarter": "2"})
    assert refused.status_code == 422
    assert "for the whole year" in refused.content.decode()
    assert client.post("/plans/new/", form).status_code == 302
    plan = Plan.objects.get(kind=Kind.GROUP)
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    for part in ("Member recruitment targets", "Merchant management goals", "Cost budget", "Still missing"):
        assert part in page
    texts = {"recruit_target": "新增 3 万名", "recruit_ways": "售楼处与社区"}
    assert client.post(f"/plans/{plan.pk}/parts/recruitment/", texts).status_code == 302
    assert "新增 3 万名" in client.get(f"/plans/{plan.pk}/").content.decode()
    row = {"code": "1", "title": "邻里节", "budget": "50万", "start_on": "5.1", "end_on": "5.5"}
    added = client.post(f"/s/{plan.pk}/table/plan_items/add/", row, headers={"hx-request": "true"})
    assert added.status_code == 200
    item = Item.objects.get(subject=plan.pk)
    assert (item.budget, item.start_on and item.start_on.isoformat()) == (Decimal(500_000), f"{YEAR}-05-01")
    assert client.get(f"/plans/{plan.pk}/submit/").status_code == 200
    sent = client.post(f"/plans/{plan.pk}/submit/", {"note": ""})
    assert sent.status_code == 422
    assert f"/plans/{plan.pk}/#part-members" in sent.content.decode()
    client.force_login(firm.people["marketing_director"])
    goal = {"code": "S1", "title": "满意度领先", "from_year": 2024, "to_year": 2026}
    assert client.post("/plans/strategy/new/", goal).status_code == 302
    assert StrategicGoal.objects.filter(code="S1").exists()
    assert client.get("/plans/strategy/").status_code == 200


@pytest.mark.req("PLN-06")
def test_research_is_attached_on_its_page(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    plan = make_ready(firm, Kind.MARKETING)
    upload = SimpleUploadedFile("trend.txt", "趋势".encode())
    answer = client.post(
        f"/plans/{plan.pk}/research/", {"study": "trend", "upload": upload, "note": "2024-10"}
    )
    assert answer.status_code == 302
    page = client.get(f"/plans/{plan.pk}/").content.decode()
    assert "trend.txt" in page
    assert client.post(f"/plans/{plan.pk}/research/", {"study": "trend"}).status_code == 422


@pytest.mark.req("PLN-10", "PLN-12")
def test_every_page_of_a_plan_in_force(firm: Firm, client: Client) -> None:
    plan = approve_plan(make_ready(firm))
    client.force_login(firm.owner)
    for tab in TABS:
        assert client.get(f"/plans/{plan.pk}/{tab}").status_code == 200, tab
    assert client.get(f"/plans/{plan.pk}/versions/1/").status_code == 200
    for key in ("close", "cancel", "change"):
        assert client.get(f"/plans/{plan.pk}/move/{key}/").status_code == 200
    assert client.post(f"/plans/{plan.pk}/breakdown/lay-out/").status_code == 302
    assert Plan.objects.filter(parent=plan, kind=Kind.QUARTER).count() == 4
    item = Item.objects.filter(subject=plan.subject).first()
    assert item is not None
    for verb in ("start", "finish", "cancel"):
        assert client.get(f"/plans/{plan.pk}/items/{item.pk}/{verb}/").status_code == 200
    assert client.post(f"/plans/{plan.pk}/items/{item.pk}/cancel/", {"note": ""}).status_code == 422
    assert client.post(f"/plans/{plan.pk}/items/{item.pk}/finish/", {"note": "完成"}).status_code == 302
    change = {"reason": "追加", "effect": ""}
    assert client.post(f"/plans/{plan.pk}/move/change/", change).status_code == 422
    assert client.post(f"/plans/{plan.pk}/move/change/", {**change, "effect": "多一场"}).status_code == 302
    assert again(plan).status == Status.CHANGING
    assert "being written" in client.get(f"/plans/{plan.pk}/").content.decode()
    assert client.post(f"/plans/{plan.pk}/submit/").status_code == 409
    assert client.post(f"/plans/{plan.pk}/move/drop_change/").status_code == 302
    book = read_workbook(client.get(f"/plans/{plan.pk}/export/").content)
    assert {"计划概况", "计划正文", "目标分解", "计划事项"} <= {sheet.name for sheet in book.sheets}
    # Whoever approves sees the plan in short, and what its change changes.
    waiting = make_ready(firm, Kind.TARGETED, name="定向")
    client.force_login(firm.approver)
    case = send(waiting).subject.cases.latest("pk")
    assert "The plan in short" in client.get(case.get_absolute_url()).content.decode()


@pytest.mark.req("PLN-13")
def test_an_evaluation_is_written_on_its_page(firm: Firm, client: Client) -> None:
    plan = approve_plan(make_ready(firm))
    client.force_login(firm.owner)
    texts = {"results": "完成", "diagnosis": "偏慢", "strategy": "前置", "lessons": "早定"}
    with clock.at("2026-01-05T09:00"):
        client.force_login(firm.owner)
        address = f"/plans/{plan.pk}/evaluation/"
        assert client.post(address, {**texts, "lessons": ""}).status_code == 422
        assert client.post(address, texts).status_code == 302
        assert "偏慢" in client.get(address).content.decode()
        following = make_plan(firm, year=YEAR + 1)
        assert "偏慢" in client.get(f"/plans/{following.pk}/").content.decode()


@pytest.mark.req("PLN-15")
def test_the_year_and_what_is_overdue(firm: Firm, client: Client) -> None:
    make_ready(firm)
    client.force_login(firm.people["vp_marketing"])
    with clock.at("2025-01-02T09:00"):
        client.force_login(firm.people["vp_marketing"])
        page = client.get("/plans/overdue/").content.decode()
        assert "2 days late" in page
        assert client.get(f"/plans/year/{YEAR}/").status_code == 200
        client.force_login(firm.outsider)
        assert "华东区域" not in client.get("/plans/overdue/").content.decode()


def test_lists_ask_as_often_for_many_as_for_few(firm: Firm, client: Client) -> None:
    plan = approve_plan(make_ready(firm))
    make_ready(firm, Kind.MARKETING, name="一")
    client.force_login(firm.owner)
    addresses = ("/plans/", f"/plans/year/{YEAR}/", f"/plans/{plan.pk}/", f"/plans/{plan.pk}/monitor/")
    few = [queries(client, address) for address in addresses]
    for number in range(6):
        make_ready(firm, Kind.MARKETING, name=f"营销 {number}")
    for number in range(5, 15):
        actions.add_item(
            plan=make_plan(firm, Kind.MARKETING), cells={"title": f"事项 {number}"}, actor=firm.owner
        )
    assert [queries(client, address) for address in addresses] == few
