"""The rules of the engine itself, as rules that people can read: R-APR-14, 15 and 16."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, WARN, Verdict, failed, passed


@dataclass(frozen=True)
class Merged:
    """A computed route beside what the matching rows demand; roles in the order in which they decide."""

    rows: int
    demanded: frozenset[str]
    roles: tuple[str, ...]
    levels: tuple[int, ...]


@rule(
    "R-APR-14",
    clause="001 §5; 003 四(二); 004 三(二)",
    severity=BLOCK,
    title=_("Several routes are merged"),
    sentence=_(
        "Where several routes match, every demanded role decides, from lower to higher level, and each "
        "role only once."
    ),
)
def routes_are_merged(ctx: Merged, p: Params) -> Verdict:
    """Where several routes match, all demanded roles decide, lower level first, each role once."""
    if len(set(ctx.roles)) != len(ctx.roles) or set(ctx.roles) != ctx.demanded:
        return failed(say(_("The merged route does not hold every demanded role exactly once.")))
    if list(ctx.levels) != sorted(ctx.levels):
        return failed(say(_("The merged route does not go from lower to higher levels.")))
    if ctx.rows == 1:
        return passed(say(_("One route applies.")))
    return passed(
        say(_("{rows} routes apply and were merged into {steps} steps."), rows=ctx.rows, steps=len(ctx.roles))
    )


@dataclass(frozen=True)
class Conflict:
    """Somebody holds the deciding position but has a share in what is decided."""

    person: str
    share: Say | None
    instead: str = ""


@rule(
    "R-APR-15",
    clause="002 9.2 五",
    severity=WARN,
    title=_("Nobody decides on his own"),
    sentence=_(
        "Who submitted something, or owns a part of it, does not decide on it: the deputy does, else the "
        "next level."
    ),
)
def nobody_decides_on_his_own(ctx: Conflict, p: Params) -> Verdict:
    """Who submitted something, or owns a part of it, does not decide on it: the deputy does, else the next level."""
    if ctx.share is None:
        return passed(say(_("{person} has no share in what is decided."), person=ctx.person))
    if not ctx.instead:
        return failed(
            say(_("{person} {share} and may not decide."), person=ctx.person, share=ctx.share), severity=BLOCK
        )
    words = say(
        _("{person} {share}; {instead} decides instead."),
        person=ctx.person,
        share=ctx.share,
        instead=ctx.instead,
    )
    return failed(words)


@dataclass(frozen=True)
class Waiting:
    """How many working days a step has been waiting."""

    days: int


@rule(
    "R-APR-16",
    clause="002 1.3",
    severity=REMIND,
    params={"remind": 1, "escalate": 2},
    assumed=("remind", "escalate"),
    title=_("Steps do not wait for ever"),
    sentence=_(
        "An approver is reminded after {remind} working days; after {escalate} the supervisor hears of it."
    ),
    bounds={
        "remind": Bound(_("Reminder"), unit=_("working days"), at_least=1, at_most=10),
        "escalate": Bound(_("Escalation"), unit=_("working days"), at_least=1, at_most=20),
    },
    ordered=(("remind", "escalate"),),
)
def steps_do_not_wait_for_ever(ctx: Waiting, p: Params) -> Verdict:
    """An approver is reminded after a working day; after two the supervisor hears of it."""
    if ctx.days >= p.escalate:
        return failed(say(_("Waiting for {days} working days: the supervisor is told."), days=ctx.days))
    if ctx.days >= p.remind:
        return failed(say(_("Waiting for {days} working days: the approver is reminded."), days=ctx.days))
    return passed(say(_("Within the limit of {days} working days."), days=p.remind))
