"""What other rooms put on a guest's page: links at its foot, and what it offers now.

@guest_link
def opt_out(guest: Guest) -> Link | None: ...

@guest_offer
def open_polls(guest: Guest) -> Iterable[Offer]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from yunchou.kernel.core.text import Text
from yunchou.kernel.subjects.models import Subject

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


@dataclass(frozen=True)
class Offer:
    """A card that stands on the page while it holds: a question that is open, a prize that was won."""

    title: Text
    words: Text
    url: str
    verb: Text
    is_glad: bool = False


Offering = Callable[[Guest], "Iterable[Offer]"]
_offerings: list[Offering] = []


def guest_offer(offering: Offering) -> Offering:
    """Let a room offer something on a guest's page; usable as a decorator."""
    _offerings.append(offering)
    return offering


def offers_of(guest: Guest) -> list[Offer]:
    """What one guest is offered now."""
    return [offer for offering in _offerings for offer in offering(guest)]


Pictures = Callable[[Subject], str]
_pictures: list[Pictures] = []


def pictures_source(source: Pictures) -> Pictures:
    """Let a room say where guests look at the pictures of an event, for the thanks; usable as a decorator."""
    _pictures.append(source)
    return source


def pictures_link(subject: Subject) -> str:
    """Where guests look at the pictures of an event; empty where they are not released."""
    return next((link for source in _pictures if (link := source(subject))), "")
