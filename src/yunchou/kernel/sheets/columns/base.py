"""What every column can do: read a cell, write a cell, keep a value as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.core.text import Text as AnyText

from ..cells import Cell, is_blank, shown
from ..findings import Finding, error, remark
from ..values import Context

V = TypeVar("V")

NOWHERE = Context()


@dataclass(frozen=True)
class Parsed(Generic[V]):
    """The value of a cell, and what was noticed while reading it."""

    value: V
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Column(Generic[V]):
    """A column of a table: the source's heading (`header`, data and never translated) and its title on pages (`label`).

    Two laws hold for every column and are tested: `parse` never raises, and `parse(write(value)).value == value`.
    What cannot be read gives an error and the `empty` value; what is read as something else than it says, a remark.
    """

    key: str
    header: str
    label: AnyText
    _: KW_ONLY
    required: bool = False
    width: int = 14
    hint: AnyText = ""
    aliases: tuple[str, ...] = ()

    widget: ClassVar[str] = "text"
    empty: ClassVar[Any] = None

    def parse(self, cell: Cell, ctx: Context = NOWHERE) -> Parsed[V]:
        """The value of `cell` with findings that are not yet placed. Never raises."""
        parsed = Parsed[V](self.empty, self._missing()) if is_blank(cell) else self._read(cell, ctx)
        if not parsed.findings and self._is_notable(cell, parsed.value):
            parsed = Parsed(parsed.value, (self._read_as(parsed.value),))
        given = shown(cell)
        return Parsed(parsed.value, tuple(replace(finding, given=given) for finding in parsed.findings))

    def write(self, value: V) -> Cell:
        """The canonical cell of `value`."""
        raise NotImplementedError

    def to_json(self, value: V) -> Any:
        """`value` for a snapshot: the same value always gives the same JSON."""
        return value

    def from_json(self, data: Any) -> V:
        """The value that `to_json` wrote."""
        return data  # type: ignore[no-any-return]

    def display(self, value: V, ctx: Context = NOWHERE) -> AnyText:
        """`value` as people read it on a page."""
        return shown(self.write(value))

    def options(self) -> Sequence[str]:
        """The texts offered in a drop-down; none where anything may be written."""
        return ()

    def _read(self, cell: Cell, ctx: Context) -> Parsed[V]:
        """The value of a cell that is not blank."""
        raise NotImplementedError

    def _is_notable(self, cell: Cell, value: V) -> bool:
        """Was something else read than what the cell says?"""
        return shown(cell) != shown(self.write(value))

    def _read_as(self, value: V) -> Finding:
        text = self.display(value)
        if not str(text):
            return remark("blank", say(_("The cell holds only blanks and is read as empty.")))
        params: dict[str, str | Say] = {"value": text if isinstance(text, Say) else str(text)}
        return remark("read_as", say(_("Read as {value}."), **params), suggestion=shown(self.write(value)))

    def _missing(self) -> tuple[Finding, ...]:
        return (error("missing", say(_("This must be filled in."))),) if self.required else ()

    def _refuse(self, code: str, message: Say, **more: Any) -> Parsed[V]:
        """Nothing could be read: the empty value and an error."""
        return Parsed(self.empty, (error(code, message, **more),))
