"""The template, the workbook and the marked copy, as a spreadsheet program would find them."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from ..cells import MAX_TEXT
from ..dossier import Dossier, read_dossier
from ..layout import Part
from ..raw import RawSheet, RawWorkbook
from ..write import FINDINGS_SHEET, empty_template, marked_copy, write_raw, write_workbook
from ..xlsx import read_workbook
from .sample import CONTEXT, LINES, OVERVIEW, TABLES, Line, Overview


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(data))


def lists(page) -> dict[str, str]:
    return {str(v.sqref): v.formula1 for v in page.data_validations.dataValidation if v.type == "list"}


@pytest.mark.req("GEN-08")
def test_template_has_every_sheet_with_its_headings_in_order():
    book = opened(empty_template(TABLES))
    assert book.sheetnames == [table.sheet for table in TABLES]
    assert [cell.value for cell in book["预算明细表"][1]] == [column.header for column in LINES.columns]
    assert [cell.value for cell in book["活动概况"]["A"]] == ["项目", *(c.header for c in OVERVIEW.columns)]


def test_template_offers_words_and_people():
    book = opened(empty_template(TABLES, people=["张", "李"]))
    assert lists(book["执行甘特图"])["G2:G301"] == '"未开始,进行中,已完成"'
    assert lists(book["执行甘特图"])["B2:B301"] == '"张,李"'
    assert lists(book["活动概况"])["B4"] == '"线上,线下"'


def test_template_keeps_long_lists_on_a_hidden_sheet_that_is_not_read():
    data = empty_template((LINES,), people=[f"成员{n}" for n in range(200)])
    book = opened(data)
    assert lists(book["预算明细表"])["F2:F301"] == "'可选项'!$A$1:$A$200"
    assert book["可选项"].sheet_state == "hidden"
    reading = read_dossier(read_workbook(data), (LINES,), CONTEXT)
    assert reading.findings == ()
    assert reading.dossier == Dossier((Part(LINES),))


def test_template_is_an_empty_dossier():
    reading = read_dossier(read_workbook(empty_template(TABLES)), TABLES, CONTEXT)
    assert all(part.rows == () for part in reading.dossier.parts)
    assert [f.code for f in reading.findings] == ["missing"]  # the name of the campaign


def test_text_never_becomes_a_formula():
    risky = ["=1+1", "+86", "-x", "@SUM(A1)", '=HYPERLINK("http://x")', "http://example.org", "12"]
    page = opened(write_raw(RawWorkbook((RawSheet("S", {1: dict(enumerate(risky, 1))}),))))["S"]
    for cell, text in zip(page[1], risky, strict=True):
        assert (cell.value, cell.data_type) == (text, "s")
        assert cell.hyperlink is None
        assert cell.quotePrefix is (text[0] in "=+-@")


def test_text_too_long_for_a_cell_is_never_cut_in_silence():
    with pytest.raises(ValueError, match="32767"):
        write_raw(RawWorkbook((RawSheet("S", {1: {1: "长" * (MAX_TEXT + 1)}}),)))


def test_same_content_gives_the_same_bytes():
    dossier = Dossier((Part(OVERVIEW, (Overview(name="开学季"),)), Part(LINES, (Line(item="礼品"),))))
    assert write_workbook(dossier, CONTEXT) == write_workbook(dossier, CONTEXT)


def test_marked_copy_shows_reason_at_the_cell_and_lists_all_findings():
    raw = RawWorkbook((RawSheet("预算明细表", {
        1: {1: "成本类别", 2: "明细项目", 3: "预算金额", 6: "负责人"},
        2: {1: "杂项", 2: "=1+1", 3: "12,000", 6: "外人"},
        3: {1: "物料成本", 2: "礼品"},
    }),))  # fmt: skip
    original = write_raw(raw)
    reading = read_dossier(read_workbook(original), (LINES,), CONTEXT)
    marked = marked_copy(original, reading.findings)
    page, found = opened(marked)["预算明细表"], opened(marked)[FINDINGS_SHEET]
    assert page["A2"].fill.fgColor.rgb == "FFF8D0CC"
    assert "杂项" in page["A2"].comment.text
    assert page["F2"].comment is not None
    assert page["C3"].comment is not None
    assert page["C2"].comment is None  # only read otherwise, not wrong
    assert [row[1].value for row in found.iter_rows(min_row=2) if row[1].value] == ["A2", "F2", "C3", "C2"]
    again = read_dossier(read_workbook(marked), (LINES,), CONTEXT)
    assert again.dossier == reading.dossier
    assert again.findings == reading.findings
