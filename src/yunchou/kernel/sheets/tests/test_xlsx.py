"""What a hostile or careless workbook meets: a clear refusal, or every cell with a finding where one is due."""

from __future__ import annotations

import struct
import zipfile
from collections import deque
from datetime import date, datetime, time
from io import BytesIO

import pytest
import xlsxwriter

from ..cells import Percent
from ..xlsx import WorkbookRefused, archive, flow_workbook, read_workbook

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def package(
    sheet: str = "", *, parts: dict[str, str | bytes] | None = None, book: str = "", store: bool = False
) -> bytes:
    """A workbook built by hand around the XML inside its one worksheet; `parts` adds parts or replaces them."""
    book = book or '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{RELS}">'
        f'<Relationship Id="r1" Type="{DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOC}">{book}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELS}">'
        f'<Relationship Id="rId1" Type="{DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{DOC}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rId3" Type="{DOC}/styles" Target="/xl/styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>one</t></si><si><r><t>ri</t></r><r><t>ch</t></r>'
        "<rPh><t>guide</t></rPh></si><si><t>a_x000D_b_x005F_x000A_</t></si></sst>",
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m月d日"/>'
        '<numFmt numFmtId="165" formatCode="&quot;day&quot; 0.00"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="21"/>'
        '<xf numFmtId="22"/><xf numFmtId="165"/></cellXfs></styleSheet>',
        **(parts or {}),
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if store else zipfile.ZIP_DEFLATED) as packed:
        for path, data in content.items():
            packed.writestr(path, data)
    return file.getvalue()


def rows(*lines: str) -> str:
    return f"<sheetData>{''.join(lines)}</sheetData>"


def refusal(data: bytes) -> str:
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(data)
    assert refused.value.status == 422
    assert str(refused.value)
    return refused.value.code


def only(data: bytes):
    (sheet,) = read_workbook(data).sheets
    return sheet


def codes(sheet) -> list[tuple[str, str]]:
    return [(finding.code, finding.cell) for finding in sheet.findings]


def test_reads_every_kind_of_cell():
    sheet = only(package(rows(
        '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c>'
        '<c r="D2"><v>12000</v></c><c r="E2"><v>0.1</v></c><c r="F2"><v>1.2E3</v></c><c r="G2" t="b"><v>1</v></c>'
        '<c r="H2" s="1"><v>45504</v></c><c r="I2" s="2"><v>45504</v></c><c r="J2" s="3"><v>0.7</v></c>'
        '<c r="K2" s="4"><v>0.75</v></c><c r="L2" s="5"><v>45504.5</v></c><c r="M2" t="inlineStr"><is><t>in</t></is></c>'
        '<c r="N2" s="6"><v>1.5</v></c><c r="O2" t="d"><v>2024-07-31</v></c><c r="P2" s="1"/><c r="Q2" t="s"/></row>'
    )))  # fmt: skip
    assert list(sheet.lines[2].values()) == [
        "one", "rich", "a\rb_x000A_", 12000, 0.1, 1200, True, date(2024, 7, 31), date(2024, 7, 31), Percent(0.7),
        time(18), datetime(2024, 7, 31, 12), "in", 1.5, date(2024, 7, 31),
    ]  # fmt: skip
    assert isinstance(sheet.lines[2][10], Percent)
    assert sheet.findings == ()


def test_reads_cells_and_rows_that_name_no_place():
    sheet = only(package(rows("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")))
    assert sheet.lines == {1: {1: 1, 2: 2}, 2: {1: 3}}


def test_reads_the_calendar_of_1904_and_the_day_that_never_was():
    old = '<workbookPr date1904="1"/><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    cells = '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1" s="1"><v>60</v></c><c r="C1" s="1"><v>61</v></c></row>'
    assert only(package(rows(cells), book=old)).lines[1][1] == date(1904, 1, 2)
    assert only(package(rows(cells))).lines[1] == {1: date(1900, 1, 1), 2: 60, 3: date(1900, 3, 1)}


@pytest.mark.parametrize("declared", ["A1", "A1:B2", "A1:A1"])
def test_wrong_declared_range_loses_no_row(declared):
    lines = (f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="C{n}"><v>1</v></c></row>' for n in range(1, 501))
    sheet = only(package(f'<dimension ref="{declared}"/>{rows(*lines)}'))
    assert len(sheet.lines) == 500
    assert [(f.code, f.suggestion) for f in sheet.findings] == [("wrong_range", "A1:C500")]


def test_range_declared_far_too_wide_is_told():
    sheet = only(package(f'<dimension ref="A1:D1048576"/>{rows("<row><c><v>1</v></c></row>")}'))
    assert codes(sheet) == [("wide_range", "")]


@pytest.mark.parametrize(
    "lines",
    [
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="A2"><v>9</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A7"><v>1</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>99</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="A2"><v>NaN</v></c></row>',
        '<row r="2"><c r="A2"><v>many</v></c></row>',
        '<row r="2"><c r="A2" t="?"><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="1"><c>',
    ],
)  # fmt: skip
def test_sheet_that_contradicts_itself_is_refused(lines):
    assert refusal(package(rows(lines))) == "damaged"


def test_formula_is_a_finding_and_never_its_cached_value():
    sheet = only(
        package(
            rows(
                '<row r="1"><c r="A1"><f>SUM(B1:B9)</f><v>77000</v></c><c r="B1" t="str"><f>X</f><v>y</v></c></row>'
            )
        )
    )
    assert sheet.lines[1] == {1: "=SUM(B1:B9)", 2: "=X"}
    assert codes(sheet) == [("formula", "A1"), ("formula", "B1")]
    assert sheet.findings[0].suggestion == "77000"


def test_merged_hidden_and_error_cells_are_findings():
    data = package(
        '<cols><col min="2" max="3" hidden="1"/></cols>'
        + rows(
            '<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2" hidden="1"><c r="A2" t="e"><v>#REF!</v></c></row>'
        )
        + '<mergeCells><mergeCell ref="A1:B3"/></mergeCells>',
        book='<sheets><sheet name="S" sheetId="1" state="veryHidden" r:id="rId1"/></sheets>',
    )
    sheet = only(data)
    assert sheet.lines[2][1] == "#REF!"
    assert set(codes(sheet)) == {
        ("hidden_sheet", ""), ("hidden_columns", "B1"), ("error_value", "A2"), ("merged", "A1"), ("hidden_row", ""),
    }  # fmt: skip


def test_comments_and_pictures_are_told():
    raw = read_workbook(package(rows(), parts={"xl/comments1.xml": "<c/>", "xl/media/image1.png": b"x"}))
    assert [f.code for f in raw.findings] == ["has_pictures", "has_comments"]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"%PDF-1.7", b"PK\x03\x04 torn", "名称,预算".encode()])
def test_file_that_is_no_workbook_is_refused(data):
    assert refusal(data) in {"not_a_workbook", "damaged"}


def test_zip_that_is_no_workbook_is_refused():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    assert refusal(file.getvalue()) == "not_a_workbook"
    assert refusal(package(parts={"_rels/.rels": f'<Relationships xmlns="{RELS}"/>'})) == "not_a_workbook"


def test_old_and_encrypted_workbooks_are_named():
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    assert refusal(head) == "old_format"
    assert refusal(head + "EncryptedPackage".encode("utf-16-le")) == "encrypted"


def test_file_over_20_mb_is_refused_unread():
    assert refusal(b"PK" + bytes(20 * 2**20)) == "too_big"


def test_zip_bomb_is_refused_by_what_it_declares():
    assert refusal(package(parts={"xl/worksheets/sheet1.xml": bytes(30 * 2**20)})) == "zip_bomb"


def test_zip_bomb_is_refused_by_what_comes_out():
    """A zip that declares a small size and unpacks to more is stopped on the way."""
    data = bytearray(package(parts={"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (30 * 2**20)}))
    size = struct.pack("<L", 30 * 2**20 + 11)
    small = struct.pack("<L", 900)
    assert data.count(size) == 2
    assert refusal(bytes(data.replace(size, small))) in {"zip_bomb", "damaged"}


def test_many_members_and_many_bytes_are_refused(monkeypatch):
    assert refusal(package(parts={f"xl/x{n}.xml": "" for n in range(2001)})) == "zip_bomb"
    monkeypatch.setattr(archive, "MAX_UNPACKED", 10_000)
    assert refusal(package(parts={"xl/theme.xml": "x" * 20_000}, store=True)) == "zip_bomb"


def test_parts_that_are_there_twice_are_refused():
    file = BytesIO(package(rows()))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    assert refusal(file.getvalue()) == "damaged"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("xl/externalLinks/externalLink1.xml", "external_links"),
        ("xl/connections.xml", "external_links"),
        ("xl/queryTables/queryTable1.xml", "external_links"),
        ("xl/vbaProject.bin", "macros"),
        ("XL/VBAPROJECT.BIN", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/embeddings/oleObject1.bin", "embedded"),
        ("xl/activeX/activeX1.xml", "embedded"),
        ("xl/workbook.bin", "binary_format"),
    ],
)
def test_content_that_acts_or_reaches_out_is_refused(path, code):
    assert refusal(package(rows(), parts={path: "<x/>"})) == code


@pytest.mark.parametrize(
    "part",
    ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "_rels/.rels"],
)
def test_entities_are_refused_in_every_part(part):
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    outside = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet/>'
    assert refusal(package(rows(), parts={part: laughs})) == "entities"
    assert refusal(package(rows(), parts={part: outside})) == "entities"


@pytest.mark.parametrize("reference", ["BDWGN1", "XFE1", "IW1"])
def test_a_million_columns_are_refused(reference):
    assert refusal(package(rows(f'<row r="1"><c r="{reference}"><v>1</v></c></row>'))) == "too_many_columns"


def test_many_cells_without_address_and_declared_columns_are_refused():
    assert refusal(package(rows(f"<row>{'<c><v>1</v></c>' * 300}</row>"))) == "too_many_columns"
    assert refusal(package('<dimension ref="A1:BDWGN1"/>' + rows())) == "too_many_columns"


def test_styled_cells_without_value_are_no_columns_and_no_rows():
    cells = "".join('<c s="1"/>' for _n in range(1000))
    assert only(package(rows(f'<row r="1"><c><v>1</v></c></row><row r="9">{cells}</row>'))).lines == {
        1: {1: 1}
    }


def test_more_than_50000_rows_are_refused():
    lines = "".join(f"<row><c><v>{n * 7919 % 1000003}</v></c></row>" for n in range(50_001))
    assert refusal(package(rows(lines), store=True)) == "too_many_rows"


def test_a_long_list_flows_line_by_line_without_that_limit():
    lines = "".join(f"<row><c><v>{n * 7919 % 1000003}</v></c></row>" for n in range(50_001))
    flow = flow_workbook(package(rows(lines), store=True))
    assert next(flow) == (1, {1: 0})
    last = deque(flow, maxlen=1)[0]
    assert last == (50_001, {1: 50_000 * 7919 % 1000003})
    with pytest.raises(WorkbookRefused):
        list(flow_workbook(package("<row><c><v>1</v></c></row><row")))


def test_two_sheets_of_one_name_are_refused():
    twice = (
        '<sheets><sheet name="S" sheetId="1" r:id="rId1"/><sheet name="s" sheetId="2" r:id="rId1"/></sheets>'
    )
    assert refusal(package(rows(), book=twice)) == "damaged"
    assert refusal(package(rows(), book="<sheets/>")) == "damaged"
    missing = '<sheets><sheet name="S" sheetId="1" r:id="rId9"/></sheets>'
    assert refusal(package(rows(), book=missing)) == "damaged"


def test_utf16_and_strict_namespaces_are_read():
    xml = '<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main">'
    sheet = xml + rows("<row><c t='inlineStr'><is><t>活动</t></is></c></row>") + "</worksheet>"
    assert only(package(parts={"xl/worksheets/sheet1.xml": sheet.encode("utf-16")})).lines == {1: {1: "活动"}}


def test_rows_written_by_another_program_are_all_read():
    file = BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "constant_memory": True})
    page = book.add_worksheet("任务")
    for n in range(2000):
        page.write_row(n, 0, [f"任务{n}", n, n / 7])
    book.close()
    sheet = only(file.getvalue())
    assert len(sheet.lines) == 2000
    assert sheet.lines[2000] == {1: "任务1999", 2: 1999, 3: float(f"{1999 / 7:.15g}")}


def test_of_a_long_list_only_the_lines_may_be_many_and_its_texts_not_more_than_are_kept(monkeypatch):
    """Texts are wholly in memory: a limit lifted for them too would be filled by one small upload."""
    monkeypatch.setattr(archive, "MAX_UNPACKED", 10_000)
    lines = "".join(f"<row><c><v>{n * 7919 % 1000003}</v></c></row>" for n in range(1_000))
    assert len(list(flow_workbook(package(rows(lines), store=True)))) == 1_000
    texts = f'<sst xmlns="{MAIN}"><si><t>{"x" * 20_000}</t></si></sst>'
    with pytest.raises(WorkbookRefused) as refused:
        list(flow_workbook(package(rows(lines), parts={"xl/sharedStrings.xml": texts}, store=True)))
    assert refused.value.code == "zip_bomb"
