"""Lists of units, people and posts by workbook: looked at, taken over whole or not at all, exported by right."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from yunchou.directory.organisation import actions
from yunchou.directory.organisation.exchange.applying import Line
from yunchou.directory.organisation.models import ListImport
from yunchou.directory.organisation.positions import MARKETING_SPECIALIST
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.xlsx import read_workbook

from .factories import Firm

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-01")]


def headings() -> dict[str, list[str]]:
    """The headings as the template gives them."""
    from yunchou.directory.organisation.exchange.layout import SHEETS

    with override("zh-hans"):
        return {str(sheet.label): [str(column.label) for column in sheet.columns] for sheet in SHEETS}


def workbook(**sheets: list[dict[str, object]]) -> SimpleUploadedFile:
    """A workbook with these lines by column key."""
    from yunchou.directory.organisation.exchange.layout import BY_KEY

    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    with override("zh-hans"):
        for key, rows in sheets.items():
            sheet = BY_KEY[key]
            page = book.add_worksheet(str(sheet.label))
            page.write_row(0, 0, [str(column.label) for column in sheet.columns])
            for number, row in enumerate(rows, 1):
                for position, column in enumerate(sheet.columns):
                    if isinstance(row.get(column.key), date):
                        page.write_datetime(
                            number, position, row[column.key], book.add_format({"num_format": "yyyy-mm-dd"})
                        )
                    elif column.key in row:
                        page.write(number, position, row[column.key])
    book.close()
    return SimpleUploadedFile("组织.xlsx", file.getvalue())


def lines(handed: ListImport) -> dict[tuple[str, int], Line]:
    return {(line.sheet, line.number): line for line in map(Line.from_json, handed.lines)}


GOOD = {
    "units": [
        # Below a unit that only comes later in the file.
        {
            "code": "east-wx-mk",
            "name": "无锡市场部",
            "parent": "east-wx",
            "kind": "部门",
            "department": "市场部",
        },
        {"code": "east-wx", "name": "无锡项目", "parent": "east", "kind": "项目"},
        {"code": "east-marketing", "name": "华东市场部", "parent": "east"},
    ],
    "people": [
        {"username": "jiang.lei", "employee_no": "00123", "name": "蒋磊", "phone": "13800001234"},
        {"username": "owner", "employee_no": "00007", "name": "张晨"},
    ],
    "posts": [
        {"person": "00123", "unit": "east-wx-mk", "position": "市场专员", "valid_from": date(2030, 1, 1)},
        {"person": "owner", "unit": "east-wx-mk", "position": "Market planner", "main": "是"},
    ],
}


class TestImport:
    def test_the_look_writes_nothing_and_the_list_is_then_taken_over(self, firm: Firm) -> None:
        before = (Unit.objects.count(), User.objects.count(), Appointment.objects.count())
        entries = JournalEntry.objects.count()
        handed = actions.hand_in_lists(upload=workbook(**GOOD), actor=firm.admin)  # type: ignore[arg-type]
        assert [line.result for line in lines(handed).values()] == ["new", "new", "change"] + [
            "new",
            "change",
        ] + ["new"] * 2
        assert (Unit.objects.count(), User.objects.count(), Appointment.objects.count()) == before
        assert JournalEntry.objects.count() == entries + 1

        actions.apply_lists(handed=handed, actor=firm.admin)
        unit = Unit.objects.get(code="east-wx-mk")
        assert unit.path.startswith(Unit.objects.get(code="east-wx").path)
        assert Unit.objects.get(code="east-marketing").name == "华东市场部"
        person = User.objects.get(employee_no="00123")
        assert (person.username, person.phone) == ("jiang.lei", "13800001234")
        post = Appointment.objects.get(user=person)
        assert (post.position.code, post.valid_from) == (MARKETING_SPECIALIST, date(2030, 1, 1))
        assert Appointment.objects.get(user=firm.owner, is_main=True).unit == unit
        with pytest.raises(WrongState):
            actions.apply_lists(handed=handed, actor=firm.admin)
        again = actions.hand_in_lists(upload=workbook(**GOOD), actor=firm.admin)  # type: ignore[arg-type]
        assert {line.result for line in lines(again).values()} == {"same"}

    def test_every_fault_stands_at_its_cell_and_nothing_is_written(self, firm: Firm) -> None:
        bad = {
            "units": [
                {"code": "a", "name": "甲", "parent": "b", "kind": "部门"},
                {"code": "b", "name": "乙", "parent": "a", "kind": "部门"},
                {"code": "south", "name": "华南区域", "parent": "south"},
                {"code": "c", "name": "丙", "parent": "east", "kind": "小队"},
                {"code": "ok", "name": "好部门", "parent": "east"},
                {"code": "east-marketing", "name": "市场部", "active": "否"},
            ],
            "people": [
                {"username": "head", "employee_no": "1", "name": "赵立群"},
                {"username": "another", "employee_no": "1", "name": "重号"},
                {"username": "new.one", "name": ""},
                {"username": "mail", "name": "坏邮箱", "email": "nowhere"},
            ],
            "posts": [
                {"person": "ghost", "unit": "east", "position": "市场专员"},
                {"person": "owner", "unit": "east", "position": "市场专员", "valid_from": "昨天"},
                {
                    "person": "colleague",
                    "unit": "east",
                    "position": "财务",
                    "valid_from": "2024-09-01",
                    "valid_to": "2024/8/1",
                },
                {"person": "owner", "unit": "east-marketing", "position": "市场经理", "deputy": "是"},
            ],
        }
        before = (Unit.objects.count(), User.objects.count(), Appointment.objects.count())
        handed = actions.hand_in_lists(upload=workbook(**bad), actor=firm.admin)  # type: ignore[arg-type]
        found = {
            place: [key for key, _text in line.faults] for place, line in lines(handed).items() if line.faults
        }
        assert found == {
            ("units", 2): ["parent"],
            ("units", 3): ["parent"],
            ("units", 4): ["parent"],
            ("units", 5): ["kind"],
            ("units", 7): ["code"],
            ("people", 3): ["username"],
            ("people", 4): ["name"],
            ("people", 5): ["email"],
            ("posts", 2): ["person"],
            ("posts", 3): ["valid_from"],
            ("posts", 4): ["valid_to"],
            ("posts", 5): ["person"],
        }
        with pytest.raises(WrongState) as refusal:
            actions.apply_lists(handed=handed, actor=firm.admin)
        assert refusal.value.code == "faulty"
        assert (Unit.objects.count(), User.objects.count(), Appointment.objects.count()) == before

    def test_what_cannot_be_a_list_is_refused(self, firm: Firm) -> None:
        empty = BytesIO()
        book = xlsxwriter.Workbook(empty, {"in_memory": True})
        book.add_worksheet("别的")
        book.close()
        for upload in (
            SimpleUploadedFile("a.xlsx", b"no workbook"),
            SimpleUploadedFile("b.xlsx", empty.getvalue()),
        ):
            with pytest.raises(Exception) as refusal:
                actions.hand_in_lists(upload=upload, actor=firm.admin)
            assert getattr(refusal.value, "status", 500) == 422
        with pytest.raises(Invalid):
            actions.hand_in_lists(upload=workbook(units=[]), actor=firm.admin)
        with pytest.raises(NotAllowed):
            actions.hand_in_lists(upload=workbook(**GOOD), actor=firm.approver)  # type: ignore[arg-type]


class TestExport:
    def test_what_is_exported_follows_rights_and_comes_back_unchanged(self, firm: Firm) -> None:
        User.objects.filter(pk=firm.owner.pk).update(phone="13800001111")
        User.objects.filter(pk=firm.outsider.pk).update(phone="13900002222")
        data = actions.export_lists(actor=firm.approver).read()
        text = str([sheet.lines for sheet in read_workbook(data).sheets])
        assert "13800001111" in text
        assert "outsider" not in text
        assert "华南区域" not in text
        entry = JournalEntry.objects.get(kind="organisation.lists_exported")
        assert entry.data["people"] == len(
            {a.user_id for a in Appointment.objects.filter(unit__path__startswith=firm.east.path)}
        )
        whole = actions.export_lists(actor=firm.admin).read()
        handed = actions.hand_in_lists(upload=SimpleUploadedFile("o.xlsx", whole), actor=firm.admin)
        results = {(line.sheet, line.result) for line in lines(handed).values()}
        assert {result for _sheet, result in results} == {"same"}, [
            x for x in lines(handed).values() if x.faults
        ]
        with pytest.raises(NotAllowed):
            actions.export_lists(actor=firm.owner)

    def test_text_never_becomes_a_formula(self, firm: Firm) -> None:
        Unit.objects.filter(pk=firm.east.pk).update(name="=1+1")
        data = actions.export_lists(actor=firm.admin).read()
        names = [cell for _n, line in read_workbook(data).sheets[0] for cell in line.values()]
        assert "=1+1" in names


def test_the_pages_from_template_to_taking_over(client: Client, firm: Firm) -> None:
    client.force_login(firm.owner)
    assert client.get("/organisation/lists/").status_code == 403
    client.force_login(firm.approver)
    assert client.get("/organisation/lists/").status_code == 200
    sent = client.post("/organisation/lists/export/")
    assert (sent.status_code, sent.streaming) == (200, True)
    assert "华东区域" in str(read_workbook(b"".join(sent.streaming_content)).sheets[0].lines)
    client.force_login(firm.admin)
    template = client.get("/organisation/lists/template/")
    assert [sheet.name for sheet in read_workbook(b"".join(template.streaming_content)).sheets][:3] == list(
        headings()
    )
    bad = workbook(units=[{"code": "x", "name": "", "parent": "nowhere"}])
    handed = ListImport.objects.filter(actor=firm.admin)
    page = client.post("/organisation/lists/", {"workbook": bad})["Location"]
    assert "此单元格为必填" in client.get(page).content.decode()
    assert client.get(f"{page}marked/").status_code == 200
    assert (
        client.post("/organisation/lists/", {"workbook": SimpleUploadedFile("x.xlsx", b"x")}).status_code
        == 422
    )
    page = client.post("/organisation/lists/", {"workbook": workbook(**GOOD)})["Location"]  # type: ignore[arg-type]
    assert client.post(f"{page}apply/", follow=True).status_code == 200
    assert handed.filter(applied_at__isnull=False).count() == 1
    client.force_login(firm.people["security_admin"])
    assert client.get(page).status_code in {403, 404}


def test_a_long_list_is_looked_at_and_taken_over_in_the_background(
    client: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same page afterwards; a fault that came up since the look stands at its line, and nothing was written."""
    monkeypatch.setattr("yunchou.directory.organisation.actions.exchange.MANY_LINES", 6)
    client.force_login(firm.admin)
    page = client.post("/organisation/lists/", {"workbook": workbook(**GOOD)})["Location"]  # type: ignore[arg-type]
    handed = ListImport.objects.get()
    assert (handed.rows, handed.lines, handed.job and handed.job.state) == (7, [], "waiting")
    waiting = client.get(page).content.decode()
    assert reverse("jobs:job_detail", args=[handed.job_id]) in waiting
    assert "7 行" in waiting
    assert work_off() == 1
    handed.refresh_from_db()
    assert [line.result for line in lines(handed).values()].count("new") == 5
    assert not Unit.objects.filter(code="east-wx").exists()

    Unit.objects.filter(pk=firm.east.pk).update(is_active=False)
    for _twice in range(2):
        assert client.post(f"{page}apply/")["Location"] == page
    assert work_off() == 1
    assert "新增" in client.get(page).content.decode()
    handed.refresh_from_db()
    assert handed.applied_at is None
    assert lines(handed)["units", 3].result == "error"
    assert not User.objects.filter(username="jiang.lei").exists()

    Unit.objects.filter(pk=firm.east.pk).update(is_active=True)
    page = client.post("/organisation/lists/", {"workbook": workbook(**GOOD)})["Location"]  # type: ignore[arg-type]
    work_off()
    client.post(f"{page}apply/")
    work_off()
    done = ListImport.objects.latest("pk")
    assert (done.applied_at is not None, User.objects.filter(username="jiang.lei").count()) == (True, 1)
    assert done.job
    assert done.job.result == {"address": page}
    assert client.post(f"{page}apply/").status_code in {302, 409}
    short = workbook(people=[{"username": "owner", "name": "张晨"}])
    client.post("/organisation/lists/", {"workbook": short})
    assert ListImport.objects.latest("pk").job is None
