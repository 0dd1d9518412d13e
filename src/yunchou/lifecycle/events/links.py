"""Links on a guest's page that other rooms know: the way out of messages, a questionnaire.

@guest_link
def opt_out(guest: Guest) -> Link | None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yunchou.kernel.core.text import Text

from .models import Guest


@dataclass(frozen=True)
class Link:
    """Words and address."""

    text: Text
    url: str


Source = Callable[[Guest], "Link | None"]
_sources: list[Source] = []


def guest_link(source: Source) -> Source:
    """Let a room put a link at the foot of a guest's page; usable as a decorator."""
    _sources.append(source)
    return source


def links_of(guest: Guest) -> list[Link]:
    """The links of one guest."""
    return [link for source in _sources if (link := source(guest))]
