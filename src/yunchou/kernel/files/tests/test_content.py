"""Types are told from bytes; what could run or lies about itself is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.files.content import detect, picture_drawn_anew


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **extra: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#2B4ACB").save(out, kind, **extra)
    return out.getvalue()


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in names:
            target.writestr(name, "x")
    return out.getvalue()


def half(kind: str) -> bytes:
    """A picture whose end was lost on the way; its frame is whole."""
    out = io.BytesIO()
    Image.effect_noise((120, 80), 90).convert("RGB").save(out, kind)
    return out.getvalue()[: len(out.getvalue()) // 2]


OFFICE = "application/vnd.openxmlformats-officedocument."
ACCEPTED = [
    (b"%PDF-1.7\n...", "方案.pdf", "application/pdf"),
    (picture(), "海报.png", "image/png"),
    (picture("JPEG"), "海报.JPG", "image/jpeg"),
    (picture("WEBP"), "海报.webp", "image/webp"),
    (picture("GIF"), "海报.gif", "image/gif"),
    (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "现场.mp4", "video/mp4"),
    (archive("[Content_Types].xml", "word/document.xml"), "方案.docx", f"{OFFICE}wordprocessingml.document"),
    (archive("[Content_Types].xml", "xl/workbook.xml"), "预算.xlsx", f"{OFFICE}spreadsheetml.sheet"),
    (
        archive("[Content_Types].xml", "ppt/presentation.xml"),
        "复盘.pptx",
        f"{OFFICE}presentationml.presentation",
    ),
    (archive("照片/1.jpg"), "素材.zip", "application/zip"),
    ("姓名,电话\n张三,\n".encode(), "名单.csv", "text/csv"),
    ("姓名,电话\r\n张三,\r\n".encode("gb18030"), "名单.csv", "text/csv"),
    ("\ufeff备注\n".encode(), "备注.txt", "text/plain"),
]
REFUSED = [
    (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.svg"),
    (b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", "logo.txt"),
    (b"<!DOCTYPE html><script>alert(1)</script>", "page.html"),
    (b"hello <ScRiPt>alert(1)</script>", "note.txt"),
    (b"MZ\x90\0\3\0\0\0", "setup.txt"),
    (b"\x7fELF\2\1\1\0", "tool"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧表.xls"),
    (archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "宏.xlsm"),
    (archive("[Content_Types].xml", "other/part.xml"), "odd.zip"),
    (b"PK\x03\x04 broken", "broken.zip"),
    (picture()[:60], "half.png"),
    (half("JPEG"), "half.jpg"),
    (half("GIF"), "half.gif"),
    (half("WEBP"), "half.webp"),
    (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "polyglot.png"),
    (picture(), "poster.pdf"),
    (b"%PDF-1.7\n", "方案.html"),
    (b"a\0b", "zero.txt"),
]


@pytest.mark.parametrize(("data", "name", "expected"), ACCEPTED, ids=[name for _d, name, _t in ACCEPTED])
def test_accepted(data: bytes, name: str, expected: str) -> None:
    assert detect(io.BytesIO(data), name) == expected


@pytest.mark.parametrize(("data", "name"), REFUSED, ids=[name for _d, name in REFUSED])
def test_refused(data: bytes, name: str) -> None:
    with pytest.raises(Invalid):
        detect(io.BytesIO(data), name)


def test_a_picture_of_too_many_pixels_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yunchou.kernel.files.content.MAX_PIXELS", 100)
    with pytest.raises(Invalid, match=r"at most 0|最多 0"):
        detect(io.BytesIO(picture()), "海报.png")


def test_a_picture_drawn_anew_loses_what_was_hidden_in_it() -> None:
    data = picture("JPEG", (3000, 1000), comment=b"<script>alert(1)</script>")
    assert b"<script>" in data
    drawn = picture_drawn_anew(io.BytesIO(data))
    assert b"<script>" not in drawn
    with Image.open(io.BytesIO(drawn)) as found:
        assert (found.format, found.size) == ("WEBP", (1600, 533))
