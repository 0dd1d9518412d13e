"""Everything that was found in a workbook, cell by cell: what its reading noticed and what the rules say, in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.journal.chain import canonical
from yunchou.kernel.rules.verdicts import Place, Severity, Verdict
from yunchou.kernel.sheets.columns import Choice
from yunchou.kernel.sheets.dossier import Dossier, Reading
from yunchou.kernel.sheets.findings import Finding, Level, error, warn
from yunchou.kernel.sheets.values import decimal_text

from .import_page_options import Option, options_of
from .import_page_spots import Spot, spots_of
from .tables import OVERVIEW
from .words import listed

STOPPING = frozenset(
    {"missing_sheet", "no_headings", "double_sheet", "double_column", "missing_column", "missing"}
)
"""Errors after which a row or a table cannot be used; any other cell that cannot be read stays as its own text."""
PEOPLE = frozenset({"unknown_person", "ambiguous_person"})


class Weight(StrEnum):
    """How an item is shown: to be dealt with, to be confirmed, or only how something was read."""

    ACT = "act"
    WATCH = "watch"
    NOTE = "note"


class Keeping(StrEnum):
    """Whether a contradiction may stay with a reason: not at all, confirmed, or as an exception one more person approves."""

    NOT = ""
    CONFIRM = "confirm"
    EXCEPT = "except"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that was found, at its cells.

    `code` is the rule's id or what the reading calls it, `comment` the contradiction of the worked example it is one of.
    `stops` says that no campaign can be made of the workbook before this is mended in it. `person` is a name of which
    somebody has to say whom it means; `what` names the row and column, for the comparison of tables.

    `key` tells what a rule found apart from everything else it found: the verdict's `fingerprint` with its `places`.
    `options` are changes that would solve it, `keeping` says whether the value may be kept with a reason.
    """

    weight: Weight
    code: str
    message: Say
    spots: tuple[Spot, ...] = ()
    clause: str = ""
    comment: str = ""
    stored: str = ""
    computed: str = ""
    fix: Say | None = None
    is_rule: bool = False
    stops: bool = False
    person: str = ""
    what: str = ""
    tables: tuple[str, ...] = ()
    key: str = ""
    fingerprint: str = ""
    places: tuple[Place, ...] = ()
    options: tuple[Option, ...] = ()
    keeping: Keeping = Keeping.NOT

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets it speaks of, in order."""
        return tuple(dict.fromkeys(spot.sheet for spot in self.spots if spot.sheet))

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose about it."""
        return bool(self.options) or self.keeping is not Keeping.NOT

    def option(self, key: str) -> Option | None:
        """The option of that key."""
        return next((option for option in self.options if option.key == key), None)

    @property
    def sides(self) -> tuple[Option, ...]:
        """The options that follow one of the tables compared."""
        return tuple(option for option in self.options if option.follows)

    @property
    def is_across(self) -> bool:
        """Whether it sets one table against another."""
        return self.is_rule and len(self.sheets) > 1 and bool(self.stored and self.computed)

    @property
    def stored_words(self) -> Say:
        """What is stored, as the reader's language lists it where it is several things."""
        return listed(self.stored.split("\n"))

    @property
    def computed_words(self) -> Say:
        """The same of what is computed."""
        return listed(self.computed.split("\n"))

    @property
    def difference(self) -> Say:
        """How far both sides lie apart: days, a number, or only that they differ."""
        return difference_of(self.stored, self.computed)

    def to_json(self) -> dict[str, Any]:
        """The item as kept with its import; empty parts are left out."""
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        data |= {
            "weight": self.weight.value,
            "message": self.message.to_json(),
            "spots": [[spot.sheet, spot.cell] for spot in self.spots],
            "fix": self.fix.to_json() if self.fix else None,
            "tables": list(self.tables),
            "places": [[place.table, place.row, place.column] for place in self.places],
            "options": [option.to_json() for option in self.options],
            "keeping": self.keeping.value,
        }
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Item:
        """The item that `to_json` wrote."""
        return cls(
            **data
            | {
                "weight": Weight(data["weight"]),
                "message": Say.from_json(data["message"]),
                "spots": tuple(Spot(*spot) for spot in data.get("spots", ())),
                "fix": Say.from_json(data["fix"]) if "fix" in data else None,
                "tables": tuple(data.get("tables", ())),
                "places": tuple(Place(*place) for place in data.get("places", ())),
                "options": tuple(map(Option.from_json, data.get("options", ()))),
                "keeping": Keeping(data.get("keeping", "")),
            }
        )


def items_of(reading: Reading, verdicts: Iterable[Verdict]) -> tuple[Item, ...]:
    """All items of a workbook: those that stop it first, then by weight; people and missing columns told once each."""
    items = [
        *_of_reading(reading.findings),
        *_of_period(reading),
        *(_of_verdict(v, reading) for v in verdicts),
    ]
    order = list(Weight)
    return tuple(sorted(items, key=lambda item: (not item.stops, order.index(item.weight))))


def _of_reading(findings: Iterable[Finding]) -> Iterator[Item]:
    together: dict[tuple[str, str], Item] = {}
    for finding in findings:
        item = _of_finding(finding)
        key = _shared_key(finding)
        if key is None:
            yield item
        elif key in together:
            together[key] = _joined(together[key], item)
        else:
            together[key] = item
    yield from together.values()


def _shared_key(finding: Finding) -> tuple[str, str] | None:
    """What is told once for many cells: the same name, and columns nobody needs to fill in."""
    if finding.code in PEOPLE:
        return finding.code, str(finding.message.params["name"])
    if finding.code == "missing_column" and finding.level is Level.WARN:
        return finding.code, finding.sheet
    return None


def _joined(one: Item, other: Item) -> Item:
    if one.code == "missing_column":
        both = [item.message.params["heading"] for item in (one, other)]
        headings = listed(each if isinstance(each, Say) else str(each) for each in both)
        return replace(one, message=say(one.message.msgid, heading=headings))
    return replace(one, spots=tuple(dict.fromkeys((*one.spots, *other.spots))))


def _of_finding(finding: Finding) -> Item:
    is_person = finding.code in PEOPLE
    stops = finding.level is Level.ERROR and (
        finding.code in STOPPING
        or (finding.table == OVERVIEW.key and not is_person and _is_required(finding.column))
    )
    weights = {Level.ERROR: Weight.ACT, Level.WARN: Weight.WATCH, Level.REMARK: Weight.NOTE}
    return Item(
        weight=Weight.WATCH if is_person else weights[finding.level],
        code=finding.code,
        message=finding.message,
        spots=(Spot(finding.sheet, finding.cell),) if finding.sheet else (),
        stored=finding.given,
        computed=finding.suggestion,
        stops=stops,
        person=str(finding.message.params["name"]) if is_person else "",
        tables=(finding.table,) if finding.table else (),
    )


def _is_required(key: str) -> bool:
    return key in OVERVIEW.by_key and OVERVIEW.by_key[key].required


def _of_period(reading: Reading) -> Iterator[Item]:
    """A campaign that ends before it starts cannot be kept."""
    [row] = reading.dossier.part(OVERVIEW.key).rows or (None,)
    if row and row.start_on and row.end_on and row.end_on < row.start_on:
        places = (Place(OVERVIEW.key, 0, "end_on"), Place(OVERVIEW.key, 0, "start_on"))
        yield Item(
            weight=Weight.ACT,
            code="end_before_start",
            message=say(_("The end lies before the start.")),
            spots=spots_of(reading.dossier, places),
            stored=row.end_on.isoformat(),
            computed=row.start_on.isoformat(),
            stops=True,
            tables=(OVERVIEW.key,),
        )


def _of_verdict(verdict: Verdict, reading: Reading) -> Item:
    heavy = {Severity.BLOCK, Severity.NEED_APPROVAL}
    at = verdict.at[0] if verdict.at else None
    return Item(
        weight=Weight.ACT if verdict.severity in heavy else Weight.WATCH,
        code=verdict.rule_id,
        message=verdict.reason,
        spots=spots_of(reading.dossier, verdict.at),
        clause=verdict.clause,
        comment=verdict.comment,
        stored=_in_words(reading.dossier, at, verdict.stored),
        computed=_in_words(reading.dossier, at, verdict.computed),
        fix=verdict.fix.text if verdict.fix else None,
        is_rule=True,
        what=_name_of(reading, at) if at else "",
        tables=tuple(dict.fromkeys(place.table for place in verdict.at)),
        key=_key_of(verdict),
        fingerprint=verdict.fingerprint,
        places=verdict.at,
        options=options_of(verdict, reading.dossier, reading.context),
        keeping=keeping_of(verdict),
    )


def _key_of(verdict: Verdict) -> str:
    """The fingerprint, and where: two rows may be wrong in the same words."""
    told = [verdict.fingerprint, [[place.table, place.row, place.column] for place in verdict.at]]
    return sha256(canonical(told)).hexdigest()[:16]


def keeping_of(verdict: Verdict) -> Keeping:
    """Whether a person may let it stand: what only warns is confirmed, a block needs a rule that knows exceptions."""
    if not verdict.blocks:
        return Keeping.CONFIRM
    return Keeping.EXCEPT if verdict.exception_allowed else Keeping.NOT


def _in_words(dossier: Dossier, place: Place | None, text: str) -> str:
    """A kept code (`in_progress`) in the word that its column has for it (进行中)."""
    column = dossier.part(place.table).table.by_key.get(place.column) if place and text else None
    if isinstance(column, Choice):
        return next((word for word, value in column.words.items() if str(value) == text), text)
    return text


def _name_of(reading: Reading, place: Place) -> str:
    """What a place is called: its row and its column."""
    part = reading.dossier.part(place.table)
    column = part.table.by_key.get(place.column)
    row = part.rows[place.row] if place.row is not None and place.row < len(part.rows) else None
    label = (
        part.table.label(row, reading.context) if row and part.table.layout == "rows" else part.table.sheet
    )
    return " · ".join(word for word in (label, column.header if column else "") if word)


def difference_of(one: str, other: str) -> Say:
    """The distance between two values that should be the same."""
    if (first := _days(one)) and (second := _days(other)):
        shifts = {(second[0] - first[0]).days, (second[-1] - first[-1]).days}
        if len(shifts) > 1 and (second[0] > first[-1] or second[-1] < first[0]):
            return say(_("no overlap"))
        apart = max(shifts, key=abs)
        if not apart:
            return say(_("different"))
        return (
            say(_("{days} days later"), days=apart)
            if apart >= 0
            else say(_("{days} days earlier"), days=-apart)
        )
    numbers = _number(one), _number(other)
    if None not in numbers:
        apart_by = numbers[1] - numbers[0]  # type: ignore[operator]
        return (
            say(_("{number} more"), number=f"{apart_by:,}")
            if apart_by >= 0
            else say(_("{number} less"), number=f"{-apart_by:,}")
        )
    return say(_("different"))


def _days(text: str) -> list[date]:
    """The dates of `07-20 — 07-25` or `2024-07-20`; a leap year stands for the year that is not said."""
    found = []
    for piece in text.split(" — "):
        try:
            day = piece.split(" ")[0]
            found.append(date.fromisoformat(day if len(day) == 10 else f"2024-{day}"))
        except ValueError:
            return []
    return found


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(decimal_text(Decimal(text.replace(",", "").rstrip("%"))))
    except InvalidOperation:
        return None


def as_findings(items: Iterable[Item]) -> tuple[Finding, ...]:
    """The items as findings of cells, for a marked copy of the workbook; notes on how cells were read are left out."""
    return tuple(
        (error if item.weight is Weight.ACT else warn)(
            item.code, item.message, given=item.stored, suggestion=item.computed
        ).at(sheet=spot.sheet, cell=spot.cell)
        for item in items
        if item.weight is not Weight.NOTE
        for spot in item.spots or (Spot(),)
    )
