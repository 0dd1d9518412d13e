"""Lists of suppliers: from a workbook to lines, from lines to suppliers through the same actions as on the pages.

`look` and `run` do the same; the first is rolled back. So what the preview says is what happens, and every refusal of an action
stands at its cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.sheets.cells import letters
from yunchou.kernel.sheets.columns.base import NOWHERE
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.findings import Finding, Level
from yunchou.kernel.sheets.layout import Part, read_part
from yunchou.kernel.sheets.write import empty_template, marked_copy, write_workbook
from yunchou.kernel.sheets.xlsx import read_workbook

from .tables import EXPORTED, SUPPLIERS, SupplierLine

NEW, CHANGE, SAME, ERROR = "new", "change", "same", "error"
MOST_LINES: Final = 2_000


@dataclass(frozen=True)
class Outcome:
    """What comes of one line: new, change, same or error, and what is wrong by column."""

    number: int
    title: str
    result: str
    faults: tuple[tuple[str, Text], ...] = ()

    def to_json(self) -> dict[str, Any]:
        faults = [[key, m.to_json() if isinstance(m, Say) else str(m)] for key, m in self.faults]
        return {"number": self.number, "title": self.title, "result": self.result, "faults": faults}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Outcome:
        faults = tuple((key, Say.from_json(m) if isinstance(m, dict) else m) for key, m in data["faults"])
        return cls(data["number"], data["title"], data["result"], faults)


@dataclass(frozen=True)
class Read:
    """The lines of a workbook, and what could not be read of them by line and column."""

    lines: tuple[SupplierLine, ...]
    faults: Mapping[int, tuple[tuple[str, Text], ...]]


def read_list(data: bytes) -> Read:
    """The lines of the sheet of suppliers; refuses a workbook without it, without lines, and with more than 2,000."""
    raw = read_workbook(data)
    sheet = next((sheet for sheet in raw.sheets if SUPPLIERS.is_sheet(sheet.name)), None)
    if sheet is None:
        raise Invalid(say(_("The workbook has no sheet “{sheet}”."), sheet=SUPPLIERS.sheet))
    part, findings = read_part(SUPPLIERS, sheet, NOWHERE)
    if not part.rows:
        raise Invalid(say(_("The sheet has no filled line.")))
    if len(part.rows) > MOST_LINES:
        raise Invalid(say(_("At most {count} lines at once; divide the list."), count=MOST_LINES))
    faults: dict[int, tuple[tuple[str, Text], ...]] = {}
    for finding in findings:
        if finding.level is Level.ERROR:
            told = (finding.column or "name", finding.message)
            faults[finding.line] = (*faults.get(finding.line, ()), told)
    return Read(part.rows, faults)


Take = Callable[[SupplierLine], str]
"""Lets one line take effect and says what came of it: `new`, `change` or `same`."""


def run(read: Read, take: Take) -> list[Outcome]:
    """Every line for itself, in a savepoint of its own; one that cannot be read is not tried."""
    return [_one(line, read.faults.get(line.line, ()), take) for line in read.lines]


def _one(line: SupplierLine, faults: tuple[tuple[str, Text], ...], take: Take) -> Outcome:
    if faults:
        return Outcome(line.line, line.name, ERROR, faults)
    try:
        with transaction.atomic():
            return Outcome(line.line, line.name, take(line))
    except Refused as refused:
        known = SUPPLIERS.by_key
        at = tuple((key, text) for key, text in refused.fields.items() if key in known)
        return Outcome(line.line, line.name, ERROR, at or (("name", refused.message),))


class _Undone(Exception):
    """Rolls the look back."""


def look(read: Read, take: Take) -> list[Outcome]:
    """What would come of the lines; nothing stays written."""
    found: list[Outcome] = []
    try:
        with transaction.atomic():
            found = run(read, take)
            raise _Undone
    except _Undone:
        return found


def write_list(lines: Iterable[SupplierLine]) -> bytes:
    """The workbook with these lines."""
    return write_workbook(Dossier((Part(EXPORTED, tuple(lines)),)))


def write_template() -> bytes:
    """The empty workbook, with drop-downs."""
    return empty_template([SUPPLIERS])


def write_marked(original: bytes, outcomes: Sequence[Outcome]) -> bytes:
    """The workbook as it came, the faulty cells marked with their reason."""
    raw = read_workbook(original)
    sheet = next(sheet for sheet in raw.sheets if SUPPLIERS.is_sheet(sheet.name))
    part, _findings = read_part(SUPPLIERS, sheet, NOWHERE)
    places = {heading.key: heading.position for heading in part.frame.headings} if part.frame else {}
    findings = [
        Finding(
            level=Level.ERROR,
            code=ERROR,
            message=text if isinstance(text, Say) else Say(str(text).replace("{", "{{").replace("}", "}}")),
            sheet=sheet.name,
            line=outcome.number,
            cell=f"{letters(places.get(key, 1))}{outcome.number}",
        )
        for outcome in outcomes
        for key, text in outcome.faults
    ]
    return marked_copy(original, findings)
