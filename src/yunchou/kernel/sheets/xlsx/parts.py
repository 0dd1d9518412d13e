"""The parts beside the sheets: which sheets there are, the shared texts, which styles show dates or percentages."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from ..cells import MAX_TEXT
from .archive import Archive, damaged, not_a_workbook
from .xml import Attributes, local, parse

MAX_SHEETS = 200
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_FORMATS = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}
_TIME_FORMATS = {18, 19, 20, 21, 45, 47}
_PERCENT_FORMATS = {9, 10}


@dataclass(frozen=True)
class SheetEntry:
    """A sheet in the workbook's list."""

    name: str
    path: str
    is_hidden: bool


@dataclass
class Book:
    """What the sheets need from the rest of the workbook."""

    sheets: list[SheetEntry] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    counts_from_1904: bool = False
    kept_out: list[str] = field(default_factory=list)


def unescape(text: str) -> str:
    """`_x000D_` is how a workbook writes a control character; half of a surrogate pair alone is no character."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def read_book(archive: Archive) -> Book:
    """The list of sheets, the shared texts and the styles."""
    main = _relation(archive, "_rels/.rels", "officeDocument", base="")
    if not main or not main.startswith("xl/"):
        raise not_a_workbook()
    book = Book()
    relations = _relations(archive, f"{posixpath.dirname(main)}/_rels/{posixpath.basename(main)}.rels", "xl")
    targets = {id_: target for id_, _kind, target in relations}
    by_kind = {kind: target for _id, kind, target in relations}
    _read_list(archive, main, targets, book)
    if "sharedStrings" in by_kind:
        book.texts = read_texts(archive, by_kind["sharedStrings"])
    if "styles" in by_kind:
        book.styles = read_styles(archive, by_kind["styles"])
    kinds = {
        "xl/drawings/": "drawings",
        "xl/charts/": "charts",
        "xl/media/": "pictures",
        "xl/comments": "comments",
    }
    book.kept_out = [
        word for mark, word in kinds.items() if any(path.startswith(mark) for path in archive.paths)
    ]
    return book


def _relations(archive: Archive, path: str, base: str) -> list[tuple[str, str, str]]:
    """Id, kind and target of every relation of a part."""
    found: list[tuple[str, str, str]] = []

    def start(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            full = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(base, target))
            )
            found.append((attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2], full))

    parse(path, archive.chunks(path), start=start)
    return found


def _relation(archive: Archive, path: str, kind: str, base: str) -> str:
    if path not in archive:
        return ""
    return next((target for _id, each, target in _relations(archive, path, base) if each == kind), "")


def _read_list(archive: Archive, path: str, targets: dict[str, str], book: Book) -> None:
    def start(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if local(key) == "id"), "")
            target = targets.get(relation, "")
            if target not in archive:
                raise damaged(attributes.get("name", path))
            hidden = attributes.get("state", "visible") != "visible"
            book.sheets.append(SheetEntry(unescape(attributes.get("name", "")), target, hidden))
        elif name == "workbookPr":
            book.counts_from_1904 = attributes.get("date1904") in {"1", "true"}
        elif name == "ddeLink":
            raise damaged(path)

    parse(path, archive.chunks(path), start=start)
    names = [sheet.name.casefold() for sheet in book.sheets]
    paths = {sheet.path.lower() for sheet in book.sheets}
    if not names or len(names) > MAX_SHEETS or len(set(names)) < len(names) or len(paths) < len(names):
        raise damaged(path)


def read_texts(archive: Archive, path: str) -> list[str]:
    """The shared texts; the parts of a rich text are joined, phonetic guides left out."""
    texts: list[str] = []
    pieces: list[str] = []
    state = {"text": False, "guide": False}

    def start(name: str, attributes: Attributes) -> None:
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            state["guide"] = True
        elif name == "t":
            state["text"] = not state["guide"]

    def end(name: str) -> None:
        if name == "t":
            state["text"] = False
        elif name == "rPh":
            state["guide"] = False
        elif name == "si":
            texts.append(unescape("".join(pieces)))
            if len(texts[-1]) > MAX_TEXT:
                raise damaged(path)

    def text(data: str) -> None:
        if state["text"]:
            pieces.append(data)

    parse(path, archive.chunks(path), start=start, end=end, text=text)
    return texts


def read_styles(archive: Archive, path: str) -> list[str]:
    """What each cell style shows: `date`, `time`, `percent` or nothing special."""
    custom: dict[int, str] = {}
    styles: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: Attributes) -> None:
        inside.append(name)
        if name == "numFmt":
            custom[_number(attributes, "numFmtId", path)] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in inside:
            styles.append(_shows(_number(attributes, "numFmtId", path), custom))

    def end(name: str) -> None:
        inside.pop()

    parse(path, archive.chunks(path), start=start, end=end)
    return styles


def _number(attributes: Attributes, name: str, path: str) -> int:
    try:
        return int(attributes.get(name, "0"))
    except ValueError:
        raise damaged(path) from None


def _shows(format_id: int, custom: dict[int, str]) -> str:
    if format_id not in custom:
        sets = {"date": _DATE_FORMATS, "time": _TIME_FORMATS, "percent": _PERCENT_FORMATS}
        return next((kind for kind, ids in sets.items() if format_id in ids), "")
    code = _QUOTED.sub("", custom[format_id].split(";")[0]).lower()
    if "general" in code:
        return ""
    if "y" in code or "d" in code or ("m" in code and not {"h", "s"} & set(code)):
        return "date"
    if "h" in code or "s" in code:
        return "time"
    return "percent" if "%" in code else ""
