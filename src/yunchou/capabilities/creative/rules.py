"""Rules on what the phases of an activity say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Fix, Place, Verdict, failed


@dataclass(frozen=True)
class Span:
    """A phase, or the stretch of a content; `phase` is the name of the phase in both."""

    phase: str
    start_on: date | None
    end_on: date | None


@dataclass(frozen=True)
class Contents:
    """The phases of the content plan, and the contents in the order of their table."""

    phases: tuple[Span, ...] = ()
    items: tuple[Span, ...] = ()


@rule(
    "K-CRE-06",
    clause="004 二(二)",
    severity=BLOCK,
    title=_("Contents keep to their phases"),
    sentence=_("Every content belongs to a phase of the content plan and lies within its days."),
)
def contents_keep_to_their_phases(facts: Contents, p: Params) -> Iterator[Verdict]:
    """Every content belongs to a phase of the content plan and lies within its days."""
    known = {phase.phase: phase for phase in facts.phases}
    for position, item in enumerate(facts.items):
        phase = known.get(item.phase)
        if phase is None:
            names = "、".join(known) or "—"
            yield failed(
                say(_("The content plan has no phase “{phase}”."), phase=item.phase or "—"),
                at=Place("contents", position, "phase"),
                fix=Fix(say(_("Choose one of its phases: {names}."), names=names)),
                field="phase",
            )
            continue
        if not (item.start_on and item.end_on and phase.start_on and phase.end_on):
            continue
        if item.end_on < item.start_on:
            yield failed(
                say(_("The content ends before it begins.")),
                at=Place("contents", position, "end_on"),
                field="end_on",
            )
        elif item.start_on < phase.start_on or item.end_on > phase.end_on:
            begins_early = item.start_on < phase.start_on
            yield failed(
                say(
                    _("“{phase}” runs {start} — {end}; the content leaves it."),
                    phase=item.phase,
                    start=phase.start_on.isoformat(),
                    end=phase.end_on.isoformat(),
                ),
                at=Place("contents", position, "start_on" if begins_early else "end_on"),
                field="start_on" if begins_early else "end_on",
            )


@dataclass(frozen=True)
class Worth:
    """What the prizes of a lottery are worth, in yuan, in their order."""

    values: tuple[Decimal, ...] = ()


@rule(
    "K-CRE-07",
    clause="000 §3.1",
    severity=BLOCK,
    params={"most": Decimal(50_000)},
    title=_("No prize above the legal limit"),
    sentence=_("A prize that is drawn by lot is worth at most {most}."),
    bounds={"most": Bound(_("Highest prize"), unit=YUAN, at_least=1, at_most=50_000)},
)
def prizes_stay_below_the_limit(facts: Worth, p: Params) -> Iterator[Verdict]:
    """A prize that is drawn by lot is worth at most what the law on unfair competition allows."""
    most = Decimal(p["most"])
    for position, value in enumerate(facts.values):
        if value > most:
            yield failed(
                say(
                    _("A prize is worth {value} yuan; by lot at most {most} yuan may be won."),
                    value=format_exact(value),
                    most=format_exact(most),
                ),
                at=Place("prizes", position, "value"),
                stored=str(value),
                computed=str(most),
            )
