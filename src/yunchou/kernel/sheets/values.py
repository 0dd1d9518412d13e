"""What cells mean: figures with a unit and a comparison, people by name, deadlines that follow the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

Comparator: TypeAlias = Literal["", ">=", "<=", ">", "<", "="]
Change: TypeAlias = Literal["", "up", "down"]

SIGN: dict[str, str] = {"": "", ">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "="}
CHANGE_WORD: dict[str, str] = {"": "", "up": "增长", "down": "下降"}
LIKE_FOR_LIKE = ("同比", "环比")
"""Bases that need no period: the same time a year ago, the period before."""


@dataclass(frozen=True)
class Figure:
    """A number as people write it: `话题阅读量500万+` is label 话题阅读量, at least 5,000,000.

    `change` says that the number is by how much something rises or falls (`搜索量增长30%`), `base` against what
    (`较2023年Q3增长30%`) and `base_value` what that was (`较2023年Q3(12000)增长30%`). A figure without a value is words
    in which no number was found; they are its label. Equal when all its parts are.
    """

    value: Decimal | None
    unit: str = ""
    comparator: Comparator = ""
    label: str = ""
    change: Change = ""
    base: str = ""
    base_value: Decimal | None = None

    @property
    def change_words(self) -> str:
        """How the number changes against what: `较2023年Q3(12000)增长`; nothing for an absolute value."""
        return f"{self.against}{CHANGE_WORD[self.change]}"

    @property
    def lead(self) -> str:
        """What stands before comparison and number: `搜索量较2023年Q3(12000)增长`."""
        return f"{self.label}{self.change_words}"

    @property
    def against(self) -> str:
        """The base as it is written, `较2023年Q3(12000)`; nothing where none is stated."""
        if not self.base:
            return ""
        known = "" if self.base_value is None else f"({decimal_text(self.base_value)})"
        return f"{'' if self.base in LIKE_FOR_LIKE else '较'}{self.base}{known}"

    @property
    def number(self) -> str:
        """The value without exponent and trailing zeros, `12.5`."""
        return "" if self.value is None else decimal_text(self.value)

    def __str__(self) -> str:
        """The canonical way of writing it; reading it gives an equal figure."""
        return f"{self.lead}{SIGN[self.comparator]}{self.number}{self.unit}"

    def to_json(self) -> dict[str, str]:
        """Only the parts that say something, the number as text."""
        parts = {
            "value": self.number,
            "unit": self.unit,
            "comparator": self.comparator,
            "label": self.label,
            "change": self.change,
            "base": self.base,
            "base_value": "" if self.base_value is None else decimal_text(self.base_value),
        }
        return {name: part for name, part in parts.items() if part}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Figure:
        """The figure that `to_json` wrote."""
        numbers = {name: Decimal(data[name]) if name in data else None for name in ("value", "base_value")}
        return cls(**{**data, **numbers})


def decimal_text(value: Decimal) -> str:
    """`12.5` for 12.50, `5000000` for 5E+6."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody named in a cell. With an id the name is only how they were called there; without, it is all we know."""

    name: str
    id: int | None = None

    @property
    def _identity(self) -> int | str:
        return self.name if self.id is None else self.id

    @property
    def is_team(self) -> bool:
        """Is this everybody, 全团队?"""
        return self == TEAM

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def __str__(self) -> str:
        return self.name

    def to_json(self) -> dict[str, Any]:
        """The id, or the name where there is none; a later change of name changes nothing that was approved."""
        return {"name": self.name} if self.id is None else {"id": self.id}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Person:
        """The person that `to_json` wrote; `Context.named` gives the name back."""
        return cls(data.get("name", ""), data.get("id"))


TEAM = Person("全团队")


@dataclass(frozen=True)
class PersonMatch:
    """Who a name may mean; exactly one is a match."""

    candidates: tuple[Person, ...] = ()


@dataclass(frozen=True)
class DueRule:
    """A deadline counted from the end of the campaign in working days (R-GOA-02)."""

    after_end_working_days: int

    def __str__(self) -> str:
        return f"活动结束后{self.after_end_working_days}个工作日"


@dataclass(frozen=True)
class Context:
    """What reading a cell may need to know: the year of `7.31`, the campaign's period, who is called 张.

    Unknown parts are None: then a date without year is an error, and names are taken as they are.
    """

    year: int | None = None
    start: date | None = None
    end: date | None = None
    people: Callable[[str], PersonMatch] | None = None
    names: Callable[[int], str] | None = None

    def date_of(self, month: int, day: int) -> date | None:
        """The date of that month and day that lies in, or nearest to, the campaign's period."""
        years = {edge.year + shift for edge in (self.start, self.end) if edge for shift in (-1, 0, 1)}
        if not years and self.year:
            years = {self.year}
        dates = [found for year in sorted(years) if (found := valid_date(year, month, day))]
        return min(dates, key=self._days_away, default=None)

    def _days_away(self, day: date) -> int:
        """How many days `day` lies outside the period; an end before the start says nothing."""
        start = self.start or self.end or day
        end = max(self.end or start, start)
        return max((start - day).days, (day - end).days, 0)

    def named(self, person: Person) -> Person:
        """The person with a name, looked up when only the id is known."""
        if person.name or person.id is None or self.names is None:
            return person
        return replace(person, name=self.names(person.id))


def valid_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
