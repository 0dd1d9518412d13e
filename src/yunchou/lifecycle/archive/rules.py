"""Rules on what is filed and when a campaign may be put away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Fix, Place, Verdict, failed, passed

RETENTION_YEARS = 5
"""How long a package is kept (R-ARC-05); an assumption, the sources name no period."""


@dataclass(frozen=True)
class ItemFacts:
    """The four data of an item as somebody typed them."""

    title: str
    date: object
    source: str
    abstract: str


@rule(
    "R-ARC-01",
    clause="003 六(二)2",
    severity=BLOCK,
    title=_("An item has its data"),
    sentence=_("An archive item has a title, a date, a source and an abstract."),
)
def item_has_its_data(ctx: ItemFacts, p: Params) -> Iterator[Verdict]:
    """An archive item has a title, a date, a source and an abstract (ARC-03)."""
    wanted = {
        "title": (ctx.title.strip(), say(_("title"))),
        "date": (ctx.date, say(_("date"))),
        "source": (ctx.source.strip(), say(_("source"))),
        "abstract": (ctx.abstract.strip(), say(_("abstract"))),
    }
    for key, (value, name) in wanted.items():
        if not value:
            yield failed(
                say(_("The item lacks its {part}."), part=name),
                at=Place("archive", None, key),
                fix=Fix(say(_("Fill in the {part}."), part=name)),
                missing=key,
            )


@dataclass(frozen=True)
class Entry:
    """One line of the checklist: what belongs into the archive, whether it is there, and where it comes from."""

    stage: str
    key: str
    label: Say
    is_there: bool
    hint: Say


@dataclass(frozen=True)
class ChecklistFacts:
    """The checklist of a campaign, all four stages."""

    entries: tuple[Entry, ...]


@rule(
    "R-ARC-02",
    clause="000 §3.3、003 六",
    severity=BLOCK,
    title=_("The archive is complete"),
    sentence=_(
        "A campaign is archived with its summary, its retrospective and everything the checklist of four "
        "stages names."
    ),
)
def archive_is_complete(ctx: ChecklistFacts, p: Params) -> Iterator[Verdict]:
    """A campaign is archived with its summary, its retrospective and everything the checklist of four stages names."""
    missing = [entry for entry in ctx.entries if not entry.is_there]
    if not missing:
        yield passed(say(_("The checklist is complete.")))
    for entry in missing:
        yield failed(
            say(_("Missing in the archive: {what}."), what=entry.label),
            fix=Fix(entry.hint),
            stage=entry.stage,
            missing=entry.key,
        )
