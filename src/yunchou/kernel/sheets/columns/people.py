"""Columns of names: one person, several people, the tasks that come before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Text as AnyText
from yunchou.kernel.core.text import say

from ..cells import Cell, clean, shown
from ..findings import Finding, error
from ..values import TEAM, Context
from ..values import Person as Someone
from .base import NOWHERE, Column, Parsed

_TEAM_WORDS = {TEAM.name, "全体", "全员", "全体成员", "团队全员"}
_BETWEEN_HAN = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_PEOPLE_SEPARATORS = re.compile(r"[、,\uff0c;\uff1b/\n]")
_TASK_SEPARATORS = re.compile(r"[、,\uff0c;\uff1b\n]")


def _split(text: str, separators: re.Pattern[str]) -> list[str]:
    return [part for piece in separators.split(text) if (part := piece.strip())]


def _look_up(text: str, ctx: Context) -> tuple[Someone, tuple[Finding, ...]]:
    """Who is meant. Unknown and ambiguous people keep the name they were given, with an error."""
    name = _BETWEEN_HAN.sub("", clean(text))
    if name in _TEAM_WORDS:
        return TEAM, ()
    if ctx.people is None:
        return Someone(name), ()
    candidates = ctx.people(name).candidates
    if len(candidates) == 1:
        return Someone(name, candidates[0].id), ()
    names = tuple(person.name for person in candidates)
    if not names:
        return Someone(name), (
            error("unknown_person", say(_("Nobody here is called “{name}”."), name=name[:60])),
        )
    message = say(_("“{name}” may be: {names}."), name=name[:60], names="、".join(names[:8]))
    return Someone(name), (error("ambiguous_person", message, candidates=names),)


def _unreadable(cell: Cell) -> bool:
    return not isinstance(cell, str)


@dataclass(frozen=True)
class Person(Column[Someone | None]):
    """One person by the name they go by; `全团队` is everybody."""

    widget: ClassVar[str] = "person"

    def write(self, value: Someone | None) -> Cell:
        return (value.name or None) if value else None

    def display(self, value: Someone | None, ctx: Context = NOWHERE) -> AnyText:
        return ctx.named(value).name if value else ""

    def to_json(self, value: Someone | None) -> Any:
        return value.to_json() if value else None

    def from_json(self, data: Any) -> Someone | None:
        return Someone.from_json(data) if data else None

    def _read(self, cell: Cell, ctx: Context) -> Parsed[Someone | None]:
        if _unreadable(cell):
            return self._refuse("not_name", say(_("This is not a name.")))
        return Parsed(*_look_up(shown(cell), ctx))


@dataclass(frozen=True)
class People(Column[tuple[Someone, ...]]):
    """Several people, `李、周`; also read with commas, semicolons, slashes or line breaks between."""

    widget: ClassVar[str] = "people"
    empty: ClassVar[tuple[Someone, ...]] = ()

    def write(self, value: tuple[Someone, ...]) -> Cell:
        return "、".join(person.name for person in value) or None

    def display(self, value: tuple[Someone, ...], ctx: Context = NOWHERE) -> AnyText:
        return "、".join(ctx.named(person).name for person in value)

    def to_json(self, value: tuple[Someone, ...]) -> Any:
        return [person.to_json() for person in value]

    def from_json(self, data: Any) -> tuple[Someone, ...]:
        return tuple(map(Someone.from_json, data))

    def _read(self, cell: Cell, ctx: Context) -> Parsed[tuple[Someone, ...]]:
        if _unreadable(cell):
            return self._refuse("not_name", say(_("This is not a name.")))
        found = [_look_up(name, ctx) for name in _split(clean(shown(cell)), _PEOPLE_SEPARATORS)]
        return Parsed(tuple(person for person, _f in found), tuple(_each(findings for _p, findings in found)))


def _each(many: Iterable[tuple[Finding, ...]]) -> Iterable[Finding]:
    return (finding for findings in many for finding in findings)


@dataclass(frozen=True)
class TaskRefs(Column[tuple[str, ...]]):
    """Names of tasks as they were written, `方案确认、物料设计`; which tasks they mean is for the schedule to say."""

    _: KW_ONLY

    empty: ClassVar[tuple[str, ...]] = ()

    def write(self, value: tuple[str, ...]) -> Cell:
        return "、".join(value) or None

    def to_json(self, value: tuple[str, ...]) -> Any:
        return list(value)

    def from_json(self, data: Any) -> tuple[str, ...]:
        return tuple(data)

    def _read(self, cell: Cell, ctx: Context) -> Parsed[tuple[str, ...]]:
        return Parsed(tuple(_split(clean(shown(cell)), _TASK_SEPARATORS)))
