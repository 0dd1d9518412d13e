"""Streaming XML over expat that knows no document types, no entities and no outside world."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias
from xml.parsers import expat

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say

from .archive import WorkbookRefused, damaged

Attributes: TypeAlias = dict[str, str]
Start: TypeAlias = Callable[[str, Attributes], None]
End: TypeAlias = Callable[[str], None]


class _Forbidden(Exception):
    """A document type, an entity or a reference to the outside."""


def _forbid(*_what: object) -> int:
    raise _Forbidden


def local(name: str) -> str:
    """The name without its namespace: strict and transitional workbooks differ only there."""
    return name.rpartition(" ")[2]


def parse(
    path: str,
    chunks: Iterable[bytes],
    *,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Feeds the elements of a part to the callbacks, names without namespace."""
    deque(steps(path, chunks, start=start, end=end, text=text), maxlen=0)


def steps(
    path: str,
    chunks: Iterable[bytes],
    *,
    start: Start,
    end: End | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """`parse`, chunk by chunk: between two of them whoever reads may take away what the callbacks have gathered."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _forbid
    parser.EntityDeclHandler = _forbid
    parser.UnparsedEntityDeclHandler = _forbid
    parser.ExternalEntityRefHandler = _forbid
    names: dict[str, str] = {}

    def on_start(name: str, attributes: Attributes) -> None:
        if name not in names:
            names[name] = local(name)
        start(names[name], attributes)

    parser.StartElementHandler = on_start
    if end is not None:
        parser.EndElementHandler = lambda name: end(names[name])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield
    except _Forbidden:
        message = say(
            _("The workbook declares XML entities, which no spreadsheet program writes; it was not read.")
        )
        raise WorkbookRefused("entities", message) from None
    except expat.ExpatError as problem:
        raise damaged(path) from problem
