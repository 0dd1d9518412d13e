"""What is said against redeeming a coupon, and rules on live streams. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import PERCENT, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import REMIND, Verdict, failed, passed


@dataclass(frozen=True)
class Presented:
    """A coupon as it is presented. `redeemed` says when and where it was redeemed, where it was."""

    today: date
    starts_on: date
    ends_on: date
    redeemed: str = ""
    is_void: bool = False


def refusal(facts: Presented) -> Say | None:
    """Why this coupon is not redeemed, in plain words; None where nothing speaks against it."""
    if facts.redeemed:
        return say(_("This coupon was redeemed already: {when}."), when=facts.redeemed)
    if facts.is_void:
        return say(_("This coupon was taken back; it is worth nothing any more."))
    if facts.today < facts.starts_on:
        return say(_("This coupon is good from {day} on."), day=facts.starts_on.isoformat())
    if facts.today > facts.ends_on:
        return say(_("This coupon was good until {day}."), day=facts.ends_on.isoformat())
    return None


@dataclass(frozen=True)
class Interacting:
    """The interaction rate of a live stream in percent, where it is known."""

    rate: Decimal | None


@rule(
    "K-PRO-01",
    clause="004 四(二)",
    severity=REMIND,
    params={"least": Decimal(10)},
    assumed=["least"],
    title=_("People take part in live streams"),
    sentence=_("Below an interaction rate of {least} a live stream is looked at: words, offers and hours."),
    bounds={"least": Bound(_("Interaction rate at least"), unit=PERCENT, at_least=0, at_most=100)},
)
def people_take_part(facts: Interacting, p: Params) -> Verdict:
    """Interactions of viewers are at least so many percent."""
    if facts.rate is None:
        return passed()
    words = say(_("Interaction rate {rate}%."), rate=str(facts.rate))
    if facts.rate >= p.least:
        return passed(words)
    return failed(
        say(_("Interaction rate {rate}%, below {least}%."), rate=str(facts.rate), least=str(p.least)),
        stored=str(facts.rate),
        computed=str(p.least),
    )
