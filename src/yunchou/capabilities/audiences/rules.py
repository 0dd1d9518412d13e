"""Whom a target list leaves out, whatever its conditions say."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Verdict, failed, passed


@dataclass(frozen=True)
class Chosen:
    """One customer on the point of being chosen: what they agreed to, and how often they were contacted lately."""

    agreed: bool
    no_profiling: bool
    contacts: int


@rule(
    "K-AUD-01",
    clause="002 5.1",
    severity=BLOCK,
    title=_("Only those who agreed are chosen"),
    sentence=_("A target list takes nobody who has not agreed to marketing by its channel."),
)
def agreed_to_marketing(facts: Chosen, p: Params) -> Verdict:
    """Marketing needs a consent of its own for the purpose and the channel."""
    return passed() if facts.agreed else failed(say(_("No consent to marketing by this channel")))


@rule(
    "K-AUD-02",
    clause="002 5.1",
    severity=BLOCK,
    title=_("Whoever refuses profiling is not chosen by conditions"),
    sentence=_(
        "A target list takes nobody who does not want to be chosen by automatic means; such people are added by name."
    ),
)
def not_profiled(facts: Chosen, p: Params) -> Verdict:
    """Somebody may refuse automatic choice and still be invited by a person who knows them."""
    return failed(say(_("Does not want to be chosen automatically"))) if facts.no_profiling else passed()


@rule(
    "K-AUD-03",
    clause="002 5.2",
    severity=BLOCK,
    params={"times": 4, "days": 30},
    assumed=["times", "days"],
    title=_("Nobody is contacted too often"),
    sentence=_("Whoever was contacted {times} times within {days} days is left out of target lists."),
    bounds={
        "times": Bound(_("Contacts"), at_least=1, at_most=100),
        "days": Bound(_("Days looked back"), at_least=1, at_most=366),
    },
)
def not_too_often(facts: Chosen, p: Params) -> Verdict:
    """A frequency cap over all activities and channels."""
    if facts.contacts < p.times:
        return passed()
    return failed(say(_("Contacted {times} times in {days} days"), times=facts.contacts, days=p.days))
