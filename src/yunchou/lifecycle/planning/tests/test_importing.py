"""A plan's tables go out to a workbook and come back: looked at first, taken over table by table, nothing lost silently."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import Goal, Item, PartText, Plan, PlanImport
from yunchou.lifecycle.planning.selectors import content_of

from .factories import make_ready

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported(client: Client, plan: Plan) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(client.get(f"/plans/{plan.pk}/export/").content))


def upload(book: openpyxl.Workbook, name: str = "计划.xlsx") -> SimpleUploadedFile:
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue(), XLSX)


def column(sheet: object, heading: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == heading)  # type: ignore[index]


@pytest.mark.once
@pytest.mark.req("BUD-01", "PLN-03")
def test_tables_come_back_from_a_workbook_after_a_look(firm: Firm, client: Client) -> None:
    plan = make_ready(firm, Kind.BUDGET, parent=None, quarter=2)
    client.force_login(firm.owner)
    address = f"/plans/{plan.pk}/import/"
    # Out and back: nothing differs.
    before = content_of(plan.subject)
    same = client.post(address, {"upload": upload(exported(client, plan))}, follow=True)
    assert "nothing to take over" in same.content.decode()
    # Odd files stay beside their field.
    for bad in (SimpleUploadedFile("x.xlsx", b"no"), SimpleUploadedFile("x.txt", "文本".encode())):
        answer = client.post(address, {"upload": bad})
        assert (answer.status_code, "field-error" in answer.content.decode()) == (422, True)
    # Changed by hand: a text, an amount, a row less, a word that is none, another period.
    book = exported(client, plan)
    items, goals, money, parts = (book[name] for name in ("计划事项", "目标分解", "预算分配", "计划正文"))
    keys = dict(Item.objects.filter(subject=plan.subject).values_list("code", "pk"))
    items.cell(2, column(items, "预算")).value = "3万"
    items.delete_rows(4)
    money.cell(2, column(money, "费用项目")).value = "火箭"
    goals.cell(2, column(goals, "二季度")).value = 330
    parts.cell(2, column(parts, "内容")).value = "调研后改写"
    looked = client.post(address, {"upload": upload(book)}, follow=True)
    page, run = looked.content.decode(), PlanImport.objects.latest("pk")
    for words in ("30,000", "removed", "火箭", "330", "调研后改写", "Nothing has been written yet"):
        assert words in page, words
    assert content_of(plan.subject) == before
    with pytest.raises(Invalid) as refused:
        actions.take_over(run=run, tables=["plan_allocation"], actor=firm.owner)
    assert "mend the workbook" in str(refused.value)
    with pytest.raises(NotAllowed):
        actions.take_over(run=run, tables=["plan_items"], actor=firm.colleague)
    assert client.post(f"{address}{run.pk}/").status_code == 422  # no table chosen
    chosen = {"tables": ["plan_items", "plan_parts"]}
    assert client.post(f"{address}{run.pk}/", chosen).status_code == 302
    found = dict(Item.objects.filter(subject=plan.subject).values_list("code", "pk"))
    assert found == {code: keys[code] for code in ("1", "2")}  # rows keep their key
    assert Item.objects.get(subject=plan.subject, code="1").budget == Decimal(30_000)
    assert PartText.objects.filter(subject=plan.subject).first().text == "调研后改写"  # type: ignore[union-attr]
    # What was not chosen stays.
    assert Goal.objects.filter(subject=plan.subject, q2=330).count() == 0
    entry = plan.subject.entries.get(kind="planning.workbook_taken")
    assert entry.data["count"] == 3
    with pytest.raises(WrongState, match="already"):
        actions.take_over(run=run, tables=["plan_goals"], actor=firm.owner)


@pytest.mark.once
def test_nothing_is_overwritten_silently(firm: Firm, client: Client) -> None:
    plan = make_ready(firm, Kind.QUARTER, quarter=2)
    client.force_login(firm.owner)
    book = exported(client, plan)
    other = exported(client, make_ready(firm, Kind.QUARTER, quarter=3))
    address = f"/plans/{plan.pk}/import/"
    wrong = client.post(address, {"upload": upload(other)}, follow=True).content.decode()
    assert "of another period" in wrong
    book["计划事项"].cell(2, column(book["计划事项"], "事项")).value = "改名"
    run = actions.read_plan(plan=plan, upload=upload(book), actor=firm.owner)
    # Somebody writes meanwhile: the look is stale, and taking over is refused.
    actions.add_item(plan=plan, cells={"title": "加场"}, actor=firm.owner)
    assert "Somebody changed the plan" in client.get(f"{address}{run.pk}/").content.decode()
    with pytest.raises(WrongState, match="Somebody changed"):
        actions.take_over(run=run, tables=["plan_items"], actor=firm.owner)
    # What has begun does not go by being left out; what is sent is locked.
    book = exported(client, plan)
    book["计划事项"].delete_rows(2)
    Item.objects.filter(subject=plan.subject, code="1").update(started_on="2025-04-01")
    run = actions.read_plan(plan=plan, upload=upload(book), actor=firm.owner)
    assert "has begun" in client.get(f"{address}{run.pk}/").content.decode()
    with pytest.raises(Invalid):
        actions.take_over(run=run, tables=["plan_items"], actor=firm.owner)
    Plan.objects.filter(pk=plan.pk).update(status="in_approval")
    assert "read-only" in client.get(f"{address}{run.pk}/").content.decode()
    with pytest.raises(WrongState, match="read-only"):
        actions.take_over(run=run, tables=["plan_items"], actor=firm.owner)
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404
    client.force_login(firm.approver)
    assert client.get(address).status_code == 403
