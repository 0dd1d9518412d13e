"""What was noticed while a workbook was read: at which cell, how grave, and what would put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from yunchou.kernel.core.text import Say


class Level(StrEnum):
    """`ERROR`: could not be used, nothing was guessed. `WARN`: used, but look at it. `REMARK`: how it was read."""

    ERROR = "error"
    WARN = "warn"
    REMARK = "remark"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to know about a cell, a row (`column` empty), a sheet (`line` 0) or the whole workbook (`sheet` empty).

    `given` is the cell as it was, `suggestion` a text that could stand there instead, `candidates` are several.
    """

    level: Level
    code: str
    message: Say
    given: str = ""
    suggestion: str = ""
    candidates: tuple[str, ...] = ()
    table: str = ""
    sheet: str = ""
    line: int = 0
    column: str = ""
    cell: str = ""

    def at(
        self, *, table: str = "", sheet: str = "", line: int = 0, column: str = "", cell: str = ""
    ) -> Finding:
        """The same finding, placed."""
        return replace(self, table=table, sheet=sheet, line=line, column=column, cell=cell)

    def to_json(self) -> dict[str, Any]:
        """The finding as kept with an import; empty parts are left out."""
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        data |= {
            "message": self.message.to_json(),
            "candidates": list(self.candidates),
            "level": self.level.value,
        }
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Finding:
        """The finding that `to_json` wrote."""
        return cls(
            **data
            | {
                "level": Level(data["level"]),
                "message": Say.from_json(data["message"]),
                "candidates": tuple(data.get("candidates", ())),
            }
        )


def error(code: str, message: Say, **more: Any) -> Finding:
    """Something that could not be used."""
    return Finding(level=Level.ERROR, code=code, message=message, **more)


def warn(code: str, message: Say, **more: Any) -> Finding:
    """Something that was used, but deserves a look."""
    return Finding(level=Level.WARN, code=code, message=message, **more)


def remark(code: str, message: Say, **more: Any) -> Finding:
    """How something was read."""
    return Finding(level=Level.REMARK, code=code, message=message, **more)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Is any of them an error?"""
    return any(finding.level is Level.ERROR for finding in findings)
