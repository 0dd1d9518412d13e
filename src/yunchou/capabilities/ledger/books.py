"""What rooms above tell the pages of the books: what an entry was for, what a month was planned to cost, how a month stands.

A room declares its tellers in its own `books.py`, which is found at start; the ledger knows no claim, no plan and no report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Text

from .models import Account, Entry


@dataclass(frozen=True)
class Told:
    """What finance wants to read beside an entry: cost item and accounting group, vouchers with their kinds, document."""

    cost_item: str = ""
    group: str = ""
    vouchers: str = ""
    number: str = ""


@dataclass(frozen=True)
class MonthNote:
    """How far the report on a month is, in words, and where it is read; `level` as in signals, "" for no alarm."""

    label: Text
    address: str = ""
    level: str = ""


Teller: TypeAlias = Callable[[Sequence[Entry]], Mapping[int, Told]]
Planner: TypeAlias = Callable[[Account], Mapping[str, Decimal]]
Reporter: TypeAlias = Callable[[Account], Mapping[str, MonthNote]]

Namer: TypeAlias = Callable[[], Sequence[str]]

_tellers: list[Teller] = []
_namers: list[Namer] = []
_planners: list[Planner] = []
_reporters: list[Reporter] = []


def tells_entries(teller: Teller) -> Teller:
    """Declare what a room knows of entries, by their id; a fixed number of queries for any number of entries."""
    _tellers.append(teller)
    return teller


def plans_months(planner: Planner) -> Planner:
    """Declare what a unit's months (`2026-08`) were planned to cost, in yuan; a fixed number of queries."""
    _planners.append(planner)
    return planner


def reports_months(reporter: Reporter) -> Reporter:
    """Declare how the reports on a unit's months stand; one query."""
    _reporters.append(reporter)
    return reporter


def names_categories(namer: Namer) -> Namer:
    """Declare the categories that lines are approved for, as accounts keep them."""
    _namers.append(namer)
    return namer


def known_categories() -> list[str]:
    """The categories a line can be approved for, in their order."""
    return list(dict.fromkeys(name for namer in _namers for name in namer()))


def told_of(entries: Sequence[Entry]) -> dict[int, Told]:
    """What is known of entries, by their id."""
    return {pk: told for teller in _tellers for pk, told in teller(entries).items()}


def planned_of(account: Account) -> dict[str, Decimal]:
    """What the months of a unit's account were planned to cost; empty where nothing is planned by month."""
    found: dict[str, Decimal] = {}
    for planner in _planners:
        for month, amount in planner(account).items():
            found[month] = found.get(month, ZERO) + amount
    return found


def notes_of(account: Account) -> dict[str, MonthNote]:
    """How the reports on the months of a unit's account stand."""
    return {month: note for reporter in _reporters for month, note in reporter(account).items()}
