"""Columns of words: a text, several lines, one or several of a list of words."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Text as AnyText
from yunchou.kernel.core.text import say

from ..cells import MAX_TEXT, Cell, clean, shown
from ..findings import Finding, error
from ..grammar import fold
from ..values import Context
from .base import NOWHERE, Column, Parsed

V = TypeVar("V")


@dataclass(frozen=True)
class Text(Column[str]):
    """Words; `suggestions` are offered in a drop-down, but anything may be written."""

    _: KW_ONLY
    multiline: bool = False
    max_length: int = MAX_TEXT
    suggestions: tuple[str, ...] = ()

    empty: ClassVar[str] = ""

    @property
    def widget(self) -> str:  # type: ignore[override]
        return "textarea" if self.multiline else "text"

    def write(self, value: str) -> Cell:
        return value or None

    def options(self) -> Sequence[str]:
        return self.suggestions

    def _read(self, cell: Cell, ctx: Context) -> Parsed[str]:
        text = clean(shown(cell))
        if len(text) > self.max_length:
            message = say(
                _("At most {limit} characters; these are {length}."), limit=self.max_length, length=len(text)
            )
            return self._refuse("too_long", message)
        return Parsed(text)


@dataclass(frozen=True)
class Lines(Column[tuple[str, ...]]):
    """Several texts, one a line."""

    widget: ClassVar[str] = "textarea"
    empty: ClassVar[tuple[str, ...]] = ()

    def write(self, value: tuple[str, ...]) -> Cell:
        return "\n".join(value) or None

    def to_json(self, value: tuple[str, ...]) -> Any:
        return list(value)

    def from_json(self, data: Any) -> tuple[str, ...]:
        return tuple(data)

    def _read(self, cell: Cell, ctx: Context) -> Parsed[tuple[str, ...]]:
        return Parsed(split_lines(cell))


def split_lines(cell: Cell) -> tuple[str, ...]:
    """The lines of a cell that are not blank."""
    return tuple(line for part in clean(shown(cell)).split("\n") if (line := part.strip()))


@dataclass(frozen=True)
class _Words(Generic[V]):
    """The words of the source for the values of an enumeration, and other words that mean the same."""

    words: Mapping[str, V]
    synonyms: Mapping[str, V]

    def find(self, text: str) -> V | None:
        """The value of a word, however its width, case and blanks are written."""
        wanted = fold(text).casefold()
        for known in (self.words, self.synonyms):
            for word, value in known.items():
                if fold(word).casefold() == wanted:
                    return value
        return None

    def of(self, value: V | None) -> str:
        """The canonical word of a value."""
        return next((word for word, known in self.words.items() if known == value), "")

    def unknown(self, text: str) -> Finding:
        """The finding on a word that is none of these, with the nearest that is."""
        close = difflib.get_close_matches(text, self.words, n=1, cutoff=0.3)
        message = say(_("“{given}” is none of: {words}."), given=text[:60], words="、".join(self.words))
        return error("unknown_word", message, suggestion="".join(close), candidates=tuple(self.words))


@dataclass(frozen=True)
class Choice(Column[V | None]):
    """One word of a list: `words` maps the source's words to values (an enumeration), `synonyms` others to the same."""

    _: KW_ONLY
    words: Mapping[str, V] = field(default_factory=dict, hash=False)
    synonyms: Mapping[str, V] = field(default_factory=dict, hash=False)

    widget: ClassVar[str] = "select"

    def write(self, value: V | None) -> Cell:
        return self._words.of(value) or None

    def display(self, value: V | None, ctx: Context = NOWHERE) -> AnyText:
        return getattr(value, "label", None) or self._words.of(value)

    def options(self) -> Sequence[str]:
        return tuple(self.words)

    def to_json(self, value: V | None) -> Any:
        return getattr(value, "value", value)

    def from_json(self, data: Any) -> V | None:
        return next((value for value in self.words.values() if self.to_json(value) == data), None)

    @property
    def _words(self) -> _Words[V]:
        return _Words(self.words, self.synonyms)

    def _read(self, cell: Cell, ctx: Context) -> Parsed[V | None]:
        value = self._words.find(shown(cell))
        if value is None:
            return Parsed(None, (self._words.unknown(clean(shown(cell))),))
        return Parsed(value)


@dataclass(frozen=True)
class Choices(Column[tuple[V, ...]]):
    """Several words of a list, one a line (also read with 、 or commas between); a word that is none is an error."""

    _: KW_ONLY
    words: Mapping[str, V] = field(default_factory=dict, hash=False)
    synonyms: Mapping[str, V] = field(default_factory=dict, hash=False)

    widget: ClassVar[str] = "checks"
    empty: ClassVar[tuple[Any, ...]] = ()

    def write(self, value: tuple[V, ...]) -> Cell:
        return "\n".join(self._words.of(one) for one in value) or None

    def to_json(self, value: tuple[V, ...]) -> Any:
        return [getattr(one, "value", one) for one in value]

    def from_json(self, data: Any) -> tuple[V, ...]:
        by_json = {getattr(one, "value", one): one for one in self.words.values()}
        return tuple(by_json[one] for one in data if one in by_json)

    def options(self) -> Sequence[str]:
        return tuple(self.words)

    @property
    def _words(self) -> _Words[V]:
        return _Words(self.words, self.synonyms)

    def _read(self, cell: Cell, ctx: Context) -> Parsed[tuple[V, ...]]:
        texts = [
            text for line in split_lines(cell) for text in fold(line).replace("、", ",").split(",") if text
        ]
        found = [(text, self._words.find(text)) for text in texts]
        findings = tuple(self._words.unknown(text) for text, value in found if value is None)
        return Parsed(tuple(value for _text, value in found if value is not None), findings)
