"""What a file is, told from its bytes and never from its name or the sender's word. Pure: reads, writes nothing.

Refused whatever they are called: SVG and HTML (they run scripts), office files with macros, archives of anything that is
not plainly a zip, programs. Pictures must open; the page shows a picture that was drawn anew, never the bytes received.
"""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
from pathlib import PurePath
from typing import IO

from django.utils.translation import gettext_noop as _
from PIL import Image, ImageOps

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say

HEAD = 4096
MAX_PIXELS = 80_000_000
ZIP = "application/zip"
PDF = "application/pdf"
CSV, TEXT = "text/csv", "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument."

#: Every accepted type with the endings a name may have; the first is the one given to a name without.
ENDINGS: dict[str, tuple[str, ...]] = {
    PDF: (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "video/mp4": (".mp4", ".m4v", ".mov"),
    f"{_OFFICE}wordprocessingml.document": (".docx",),
    f"{_OFFICE}spreadsheetml.sheet": (".xlsx",),
    f"{_OFFICE}presentationml.presentation": (".pptx",),
    ZIP: (".zip",),
    CSV: (".csv",),
    TEXT: (".txt", ".md", ".log"),
}
IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_PARTS = {
    "word/": f"{_OFFICE}wordprocessingml.document",
    "xl/": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}presentationml.presentation",
}
#: Whatever a decoder says of a picture that is cut off or broken.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<svg", b"<?xml")


def detect(file: IO[bytes], name: str) -> str:
    """The content type of an open file, or `Invalid` when its kind is not accepted or its name tells otherwise."""
    file.seek(0)
    head = file.read(HEAD)
    found = _by_magic(head) or _by_zip(file, head) or _by_text(file, head, name)
    if not found:
        raise Invalid(
            say(_("Files of this kind are not accepted: PDF, pictures, Office, CSV, text, MP4 and ZIP are."))
        )
    if found in IMAGES:
        _check_picture(file)
    _check_ending(found, name)
    return found


def _by_magic(head: bytes) -> str:
    for magic, content_type in _MAGIC:
        if head.startswith(magic):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "video/mp4" if head[4:8] == b"ftyp" else ""


def _by_zip(file: IO[bytes], head: bytes) -> str:
    if not head.startswith(b"PK\x03\x04"):
        return ""
    try:
        names = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise Invalid(say(_("The file is damaged: its table of contents cannot be read."))) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid(say(_("Office files with macros are not accepted; save it without macros.")))
    if "[Content_Types].xml" not in names:
        return ZIP
    return next((kind for part, kind in _PARTS.items() if any(name.startswith(part) for name in names)), "")


def _by_text(file: IO[bytes], head: bytes, name: str) -> str:
    """Text in UTF-8 or GB 18030 without control characters and without markup at its beginning."""
    start = head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower()
    if not head or any(mark in start[:1024] for mark in _MARKUP):
        return ""
    if not any(_reads_as(file, encoding) for encoding in ("utf-8", "gb18030")):
        return ""
    return CSV if PurePath(name).suffix.lower() == ".csv" else TEXT


def _reads_as(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(1 << 16):
            if any(ord(char) < 32 and char not in "\t\r\n\f" for char in decoder.decode(block)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check_picture(file: IO[bytes]) -> None:
    """Refuse what cannot be drawn. Looking at its frame is not enough: where a picture is cut off shows when it is drawn."""
    file.seek(0)
    try:
        with Image.open(file) as picture:
            too_large = picture.width * picture.height > MAX_PIXELS
            picture.verify()
        if not too_large:
            file.seek(0)
            picture_drawn_anew(file, longest=64)
    except _BROKEN as error:
        raise Invalid(say(_("The picture is damaged."))) from error
    if too_large:
        raise Invalid(
            say(_("The picture is too large: at most {count} million pixels."), count=MAX_PIXELS // 10**6)
        )


def _check_ending(content_type: str, name: str) -> None:
    suffix = PurePath(name).suffix.lower()
    if suffix and suffix not in ENDINGS[content_type]:
        expected = ENDINGS[content_type][0]
        raise Invalid(
            say(_("The name ends in {given}, but the content is {found}."), given=suffix, found=expected)
        )


def picture_drawn_anew(file: IO[bytes], *, longest: int = 1600, kind: str = "WEBP") -> bytes:
    """The picture with at most `longest` pixels a side, upright, decoded and encoded again: nothing else survives, be it
    where it was taken or a comment. `kind` is WEBP, or JPEG for browsers that know nothing newer. Raises `OSError` where the
    content is broken."""
    try:
        with Image.open(file) as source:
            source.thumbnail((longest, longest))
            upright = ImageOps.exif_transpose(source)
            has_holes = kind == "WEBP" and upright.mode in ("RGBA", "LA", "P", "PA")
            target = upright.convert("RGBA" if has_holes else "RGB")
            # What a picture says of itself is kept beside its pixels, and some encoders write it out again.
            target.info = {}
            out = io.BytesIO()
            target.save(out, kind, quality=82)
    except _BROKEN as error:
        raise OSError("the picture cannot be drawn") from error
    return out.getvalue()
