"""Rules on messages: how often somebody is written to, and what every message says. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Verdict, failed, passed


@dataclass(frozen=True)
class Contacts:
    """One person who is to be written to now, and when the company turned to them before, oldest first."""

    now: datetime
    at: tuple[datetime, ...] = ()


@rule(
    "K-MSG-01",
    clause="002 5.1",
    severity=BLOCK,
    params={"most": 4, "days": 30},
    assumed=["most", "days"],
    title=_("Nobody is written to too often"),
    sentence=_(
        "Within {days} days a customer gets at most {most} invitations, messages, calls and visits of marketing."
    ),
    bounds={
        "most": Bound(_("Contacts at most"), at_least=1, at_most=60),
        "days": Bound(_("Within days"), at_least=1, at_most=366),
    },
)
def nobody_is_written_to_too_often(facts: Contacts, p: Params) -> Verdict:
    """Within some days a customer gets at most so many invitations, messages, calls and visits of marketing."""
    since = facts.now - timedelta(days=p["days"])
    count = sum(at > since for at in facts.at)
    if count < p["most"]:
        return passed()
    return failed(
        say(_("Contacted {count} times in {days} days already."), count=count, days=p["days"]),
        computed=str(count),
    )


@rule(
    "K-MSG-02",
    clause="002 5.1",
    severity=BLOCK,
    params={"days": 1},
    assumed=["days"],
    title=_("Not again within some days"),
    sentence=_("After a contact of marketing {days} days pass before the next message."),
    bounds={"days": Bound(_("Days between two messages"), at_least=0, at_most=90)},
)
def not_again_within(facts: Contacts, p: Params) -> Verdict:
    """After a contact of marketing some days pass before the next message."""
    if not facts.at or facts.at[-1] <= facts.now - timedelta(days=p["days"]):
        return passed()
    return failed(say(_("The last contact is less than {days} days ago."), days=p["days"]))


@dataclass(frozen=True)
class Draft:
    """A mailing as it would go out."""

    is_marketing: bool
    has_sender: bool
    faults: tuple[Say, ...] = ()
    missing: tuple[str, ...] = ()
    readers: int = 0
    is_away: bool = False


@rule(
    "K-MSG-03",
    clause="002 5.1",
    severity=BLOCK,
    title=_("Every message says who sends it and how to end it"),
    sentence=_(
        "A message names its sender with address and telephone, uses only listed placeholders and has readers."
    ),
)
def says_who_sends_it(facts: Draft, p: Params) -> Iterator[Verdict]:
    """A message names its sender with address and telephone, uses only listed placeholders and has readers."""
    if not facts.has_sender:
        yield failed(
            say(_("Nobody is named as the sender: full name, address and telephone are missing.")),
            field="sender",
        )
    for fault in facts.faults:
        yield failed(fault, field="body")
    for name in facts.missing:
        yield failed(
            say(_("The text does not use {name}, without which it is of no use."), name=f"{{{name}}}"),
            field="body",
        )
    if facts.is_away:
        yield failed(say(_("This channel is not set up: nothing would go out.")), field="channel")
    if not facts.readers:
        yield failed(say(_("Nobody is left who may get this message.")), field="part")
