"""Lists that leave: what stands in the file, that nothing becomes a formula, and who may take a long one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets import exports, listings
from yunchou.kernel.sheets.listings import Column, Format, Line, Lines, Listing, write_listing

COLUMNS = (
    Column("name", "Name"),
    Column("on", "Day", "day"),
    Column("at", "Moment", "moment"),
    Column("amount", "Amount", "money", is_summed=True),
    Column("count", "Count", "number", is_summed=True),
)
MOMENT = datetime(2026, 8, 1, 16, 30, tzinfo=UTC)  # 00:30 of the next day in Shanghai


def rows(names: list[str]) -> Iterator[Line]:
    for name in names:
        yield [name, date(2026, 8, 2), MOMENT, Decimal("10.10"), 2]


NAMES = ["=1+1", "+86 20", "-5", "@SUM(A1)", "\tx", "＝1+1", "普通", 'a,"b"\nc']


@pytest.mark.once
@pytest.mark.parametrize("form", list(Format))
def test_a_list_is_written_as_it_is_and_no_text_becomes_a_formula(form: Format) -> None:
    listing = Listing("x", "X", COLUMNS, lambda user, query: Lines("", 0, ()))
    told: list[int] = []
    names = NAMES * 300
    with write_listing(listing, Lines("列表", len(names), rows(names)), form, told.append) as file:
        data = file.read()
    assert told == [1000, 2000]
    if form == Format.CSV:
        text = data.decode("utf-8-sig")
        head, *body, last = list(csv.reader(StringIO(text)))
        assert data.startswith(b"\xef\xbb\xbf")
        assert [row[0] for row in body[:8]] == [
            "'=1+1",
            "'+86 20",
            "'-5",
            "'@SUM(A1)",
            "'\tx",
            "'＝1+1",
            "普通",
            NAMES[7],
        ]
        assert body[0][1:] == ["2026-08-02", "2026-08-02 00:30", "10.10", "2"]
        assert last[3:] == ["24240.00", "4800"]
    else:
        sheet = openpyxl.load_workbook(BytesIO(data)).active
        head_row, *body_rows, last_row = list(sheet.iter_rows())
        head = [cell.value for cell in head_row]
        assert [row[0].value for row in body_rows[:8]] == NAMES
        assert {row[0].data_type for row in body_rows} == {"s"}
        assert all(row[0].quotePrefix for row in body_rows[:6])
        assert [cell.value for cell in body_rows[0][1:]] == [
            datetime(2026, 8, 2), datetime(2026, 8, 2, 0, 30), 10.1, 2,
        ]  # fmt: skip
        assert [round(cell.value, 2) for cell in last_row[3:]] == [24240, 4800]
    assert head == ["Name", "Day", "Moment", "Amount", "Count"]


def test_lines_beyond_a_sheet_go_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "SHEET_LINES", 3)
    listing = Listing("x", "X", COLUMNS, lambda user, query: Lines("", 0, ()))
    with write_listing(listing, Lines("", 7, rows(["a"] * 7)), Format.XLSX) as file:
        book = openpyxl.load_workbook(BytesIO(file.read()))
    assert [sheet.max_row for sheet in book] == [4, 4, 3]
    assert book.worksheets[2].cell(3, 4).value == pytest.approx(70.7)


@pytest.mark.django_db
@pytest.mark.once
def test_a_long_list_is_written_by_a_job_for_the_one_who_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    allowed = {"mine": True}

    def opened(user: User, query: Mapping[str, str]) -> Lines:
        if not allowed["mine"] or user.username != "owner":
            raise Http404
        names = [query.get("name", "a")] * int(query.get("n", "2"))
        return Lines("清单/甲", len(names), rows(names))

    monkeypatch.setattr(exports, "AT_ONCE", 10)
    declared = Listing("test.list", "清单", COLUMNS, opened)
    monkeypatch.setitem(listings.listings._items, "test.list", declared)
    owner = User.objects.create(username="owner", name="主")
    other = User.objects.create(username="other", name="他")
    client, stranger = Client(), Client()
    client.force_login(owner)
    stranger.force_login(other)
    address = reverse("sheets:listing_take", args=["test.list"])
    assert Client().post(address).status_code == 302
    assert client.get(address).status_code == 405
    assert client.post(reverse("sheets:listing_take", args=["test.none"])).status_code == 404
    assert stranger.post(address).status_code == 404

    short = client.post(f"{address}?name=b", {"form": "csv"})
    assert "attachment" in short["Content-Disposition"]
    assert b"".join(short.streaming_content).decode("utf-8-sig").count("b,") == 2  # type: ignore[attr-defined]
    assert JournalEntry.objects.get(kind="sheets.list_taken").data["count"] == 2

    waiting = client.post(f"{address}?n=25", {"form": "xlsx"})
    job = Job.objects.get()
    assert waiting["Location"] == job.get_absolute_url()
    file = reverse("sheets:listing_file", args=[job.pk])
    assert client.get(file).status_code == 404
    assert work_off() == 1
    assert file in client.get(job.get_absolute_url()).content.decode()
    got = client.get(file)
    sheet = openpyxl.load_workbook(BytesIO(b"".join(got.streaming_content))).active  # type: ignore[attr-defined]
    assert (sheet.max_row, sheet.cell(27, 5).value) == (27, 50)
    assert stranger.get(file).status_code == 404

    client.post(f"{address}?n=25")
    allowed["mine"] = False
    work_off()
    assert Job.objects.latest("pk").state == "parked"
