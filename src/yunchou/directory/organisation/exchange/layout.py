"""The three sheets and their columns, and how cells are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override, pgettext_lazy

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Position, Unit
from yunchou.kernel.sheets.cells import Cell, clean, is_blank, shown

from ..models import DepartmentKind

UNITS, PEOPLE, POSTS = "units", "people", "posts"


@dataclass(frozen=True)
class Column:
    """One column: its key is also the field that actions name in a refusal."""

    key: str
    label: Promise
    is_needed: bool = False
    hint: str | Promise = ""
    width: int = 16
    words: Callable[[], Mapping[str, str | Promise]] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet; `keys` are the columns by which a line is told from others."""

    key: str
    label: Promise
    columns: tuple[Column, ...]
    keys: tuple[str, ...] = field(default=())

    def column(self, key: str) -> Column | None:
        """The column of a key, or the one that a field of an action stands for."""
        return next((c for c in self.columns if key == c.key or key in c.also), None)


def _unit_kinds() -> Mapping[str, str | Promise]:
    return dict(Unit.Kind.choices)


def _department_kinds() -> Mapping[str, str | Promise]:
    return dict(DepartmentKind.choices)


def _positions() -> Mapping[str, str | Promise]:
    return {position.code: str(position) for position in Position.objects.all()}


def _yes_no() -> Mapping[str, str | Promise]:
    return {"yes": _("Yes"), "no": _("No")}


SHEETS: Final = (
    Sheet(
        UNITS,
        _("Units"),
        (
            Column("code", _("Code"), True, _("Letters, digits and hyphens; a unit is known by it.")),
            Column("name", _("Name of the unit"), True),
            Column("parent", _("Code of the unit above"), hint=_("Empty for the group itself.")),
            Column("kind", _("Kind of unit"), words=_unit_kinds),
            Column("department", _("Kind of department"), words=_department_kinds),
            Column("duties", pgettext_lazy("department", "Duties"), width=40),
            Column("authority", _("Authority"), width=40),
            Column("active", _("In use"), words=_yes_no, width=10),
        ),
        keys=("code",),
    ),
    Sheet(
        PEOPLE,
        _("People"),
        (
            Column("username", _("User name"), hint=_("Needed for new people; stays the same for good.")),
            Column(
                "employee_no", _("Employee number"), hint=_("A person is known by it or by the user name.")
            ),
            Column("name", _("Full name"), True),
            Column("email", _("E-mail"), width=26),
            Column("phone", _("Phone")),
            Column("active", _("In use"), words=_yes_no, width=10),
        ),
        keys=("username", "employee_no"),
    ),
    Sheet(
        POSTS,
        _("Posts"),
        (
            Column("person", _("Person"), True, _("User name or employee number."), also=("deputy_person",)),
            Column("unit", _("Code of the unit"), True),
            Column("position", _("Position"), True, words=_positions, width=22),
            Column("main", _("Main post"), words=_yes_no, width=10),
            Column("deputy", _("Deputy"), words=_yes_no, width=10),
            Column("valid_from", _("First day"), hint=_("Empty: at once.")),
            Column("valid_to", _("Last day"), hint=_("Empty: until further notice.")),
        ),
        keys=("person", "unit", "position", "deputy"),
    ),
)
BY_KEY: Final = {sheet.key: sheet for sheet in SHEETS}


def spellings(label: Promise) -> frozenset[str]:
    """How a heading or a word may be written: as in any of the product's languages."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(plain(str(label)))
    return frozenset(found)


def plain(text: str) -> str:
    """A heading or word without case and blanks, for comparing."""
    return re.sub(r"[\s*]+", "", text).lower()


class Unreadable(Exception):
    """A cell that cannot be used, with what to do instead."""

    def __init__(self, key: str, message: Say) -> None:
        super().__init__(str(message))
        self.key, self.message = key, message


Words = Mapping[str, Mapping[str, str]]
"""The codes of words by column and by how they may be written."""


def words_of(sheet: Sheet) -> Words:
    """What may stand in the columns that have a list, in every language."""
    return {
        column.key: {
            spelling: code for code, label in column.words().items() for spelling in _spelled(code, label)
        }
        for column in sheet.columns
        if column.words
    }


def _spelled(code: str, label: str | Promise) -> set[str]:
    if isinstance(label, Promise):
        return {code, *spellings(label)}
    position = Position.objects.filter(code=code).first()
    return {code, plain(str(label)), *({plain(position.name), plain(position.name_en)} if position else ())}


@dataclass(frozen=True)
class Record:
    """One line of a sheet: its number in the file and its cells by column key."""

    sheet: Sheet
    number: int
    cells: Mapping[str, Cell]
    words: Words

    def text(self, key: str) -> str:
        cell = self.cells.get(key)
        return "" if is_blank(cell) else clean(shown(cell))

    def day(self, key: str) -> date | None:
        """A date as the workbook's own, or written as 2024-08-01, 2024/8/1 or 2024年8月1日."""
        cell = self.cells.get(key)
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date) or cell is None:
            return cell
        if not (text := self.text(key)):
            return None
        match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
        try:
            return date(*map(int, match.groups())) if match else _refuse_day(key, text)
        except ValueError:
            return _refuse_day(key, text)

    def word(self, key: str) -> str:
        """The code of a word from the column's list, or "" where nothing is written."""
        if not (text := self.text(key)):
            return ""
        if (code := self.words[key].get(plain(text))) is None:
            raise Unreadable(key, say(gettext_noop("“{word}” is not in the list."), word=text))
        return code

    def is_yes(self, key: str) -> bool | None:
        """Yes, no, or None where nothing is written."""
        text = plain(self.text(key))
        if text in {"", "1", "true", "y", "是", "✓"}:
            return None if not text else True
        if text in {"0", "false", "n", "否"}:
            return False
        return self.word(key) == "yes"

    def needs(self) -> None:
        """Refuse a line in which a needed cell is empty."""
        for column in self.sheet.columns:
            if column.is_needed and not self.text(column.key):
                raise Unreadable(column.key, say(gettext_noop("This cell must be filled in.")))


def _refuse_day(key: str, text: str) -> date:
    raise Unreadable(key, say(gettext_noop("“{text}” is not a date; write 2024-08-01."), text=text))
