"""Rules on what guests are served and given, on who fetches them and where they sleep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.text import Say, listed, say
from yunchou.kernel.rules.bounds import YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Verdict, failed, passed

from .diets import forbidden
from .models.menus import Content
from .models.travel import Leg, Way


@dataclass(frozen=True)
class Served:
    """A dish of the menu."""

    key: int
    name: str
    contains: frozenset[str] = frozenset()
    is_halal: bool = False


@dataclass(frozen=True)
class Eater:
    """A guest who has a seat, what they do not eat, and what they get in the place of which dish of the menu."""

    key: int
    name: str
    diet: tuple[str, ...] = ()
    replaced: Mapping[int, Served] = field(default_factory=dict)


@dataclass(frozen=True)
class Meal:
    """A menu before those who eat it."""

    dishes: tuple[Served, ...] = ()
    guests: tuple[Eater, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """A dish that a guest may not eat, because of what is in it; `instead_of` is the dish of the menu in whose place it comes."""

    guest: Eater
    dish: Served
    contains: tuple[str, ...]
    instead_of: int = 0

    @property
    def words(self) -> str:
        """What is in it, in the reader's words."""
        return listed(Content(code).label for code in self.contains)


def conflicts(meal: Meal) -> Iterator[Conflict]:
    """Every dish that a guest is served and may not eat, guest by guest, in the order of serving; also what replaces another."""
    for guest in meal.guests:
        for dish in meal.dishes:
            served = guest.replaced.get(dish.key, dish)
            if found := forbidden(guest.diet, served.contains, is_halal=served.is_halal):
                contained = tuple(code for code in Content.values if code in found)
                yield Conflict(guest, served, contained, instead_of=dish.key)


@rule(
    "R-EXE-02",
    clause="003 三(五)2",
    severity=WARN,
    title=_("Dishes suit those who eat them"),
    sentence=_("No guest is served a dish that their dietary restrictions rule out."),
)
def dishes_suit_guests(facts: Meal, p: Params) -> Iterator[Verdict]:
    """No guest is served a dish that their dietary restrictions rule out."""
    for one in conflicts(facts):
        yield failed(
            say(_("“{dish}” is nothing for {guest}."), guest=one.guest.name, dish=one.dish.name),
            fix=Fix(say(_("Serve another dish in its place, or take it off the menu."))),
            guest=one.guest.key,
            dish=one.dish.key,
        )


@dataclass(frozen=True)
class Giving:
    """A gift about to be set aside: its worth, and what the person has had and is to have besides."""

    name: str
    worth: Decimal
    in_event: Decimal = Decimal(0)
    in_window: Decimal = Decimal(0)
    is_official: bool = False


@rule(
    "K-GIF-01",
    clause="003 二(三)4",
    severity=BLOCK,
    title=_("Gifts stay within the limits of the company"),
    sentence=_(
        "Nobody is given more than {per_event} at one event, nor more than {per_window} within {days} days; public officials"
        " not more than {official}."
    ),
    params={"per_event": Decimal(600), "per_window": Decimal(2000), "days": 365, "official": Decimal(0)},
    assumed=("per_event", "per_window", "days", "official"),
    bounds={
        "per_event": Bound(_("a person at one event"), YUAN, Decimal(0), Decimal(1_000_000)),
        "per_window": Bound(_("a person within the days"), YUAN, Decimal(0), Decimal(1_000_000)),
        "days": Bound(_("days that are summed up"), _("days"), 1, 3660),
        "official": Bound(_("a public official"), YUAN, Decimal(0), Decimal(1_000_000)),
    },
    ordered=(("official", "per_event"), ("per_event", "per_window")),
)
def gift_within_limits(facts: Giving, p: Params) -> Verdict:
    """Nobody is given more than {per_event} at one event, nor more than {per_window} within {days} days."""
    event, window = facts.in_event + facts.worth, facts.in_window + facts.worth
    words: Say | None = None
    if facts.is_official and window > p.official:
        words = say(
            _("{name} works for a public authority: with this gift {sum}, at most {limit}."),
            name=facts.name, sum=_yuan(window), limit=_yuan(p.official),
        )  # fmt: skip
    elif event > p.per_event:
        words = say(
            _("{name} would have {sum} at this event, at most {limit}."),
            name=facts.name, sum=_yuan(event), limit=_yuan(p.per_event),
        )  # fmt: skip
    elif window > p.per_window:
        words = say(
            _("{name} would have {sum} within {days} days, over all events; at most {limit}."),
            name=facts.name, sum=_yuan(window), days=p.days, limit=_yuan(p.per_window),
        )  # fmt: skip
    if words is None:
        return passed()
    return failed(
        words,
        fix=Fix(say(_("Choose something of less worth, or give nothing."))),
        event=str(event),
        window=str(window),
    )


@dataclass(frozen=True)
class Meeting:
    """A guest and the run that fetches them, or brings them to their train: when each is there."""

    name: str
    leg: str
    way: str
    leaves_at: datetime
    ends_at: datetime
    at: datetime | None = None


@rule(
    "K-PIC-01",
    clause="003 三(二)2",
    severity=WARN,
    title=_("Runs meet the trains and flights of their guests"),
    sentence=_(
        "A run leaves no sooner than {train_out} minutes after a train arrives and {flight_out} after a flight, and is there"
        " {train_in} minutes before a train leaves and {flight_in} before a flight."
    ),
    params={"train_out": 15, "flight_out": 40, "train_in": 30, "flight_in": 90},
    assumed=("train_out", "flight_out", "train_in", "flight_in"),
    bounds={
        "train_out": Bound(_("from the train to the vehicle"), _("minutes"), 0, 240),
        "flight_out": Bound(_("from the flight to the vehicle"), _("minutes"), 0, 480),
        "train_in": Bound(_("at the station before the train leaves"), _("minutes"), 0, 240),
        "flight_in": Bound(_("at the airport before the flight leaves"), _("minutes"), 0, 480),
    },
)
def run_meets_guest(facts: Meeting, p: Params) -> Verdict:
    """A run leaves after its guests arrived, and is there before their trains and flights leave."""
    if facts.at is None or facts.leg == Leg.BETWEEN:
        return passed()
    outward = {Way.TRAIN: p.train_out, Way.FLIGHT: p.flight_out}
    inward = {Way.TRAIN: p.train_in, Way.FLIGHT: p.flight_in}
    at = f"{clock.local(facts.at):%H:%M}"
    if facts.leg == Leg.FETCH:
        ready = facts.at + timedelta(minutes=int(outward.get(Way(facts.way), 0)))
        if ready <= facts.leaves_at:
            return passed()
        msgid = (
            _("{name} arrives at {at}, after the run has left at {run}.")
            if facts.at > facts.leaves_at
            else _("{name} arrives at {at}, too short before the run leaves at {run}.")
        )
        run = f"{clock.local(facts.leaves_at):%H:%M}"
        by = f"{clock.local(ready):%H:%M}"
        fix = say(_("Let the run leave at {at} or later, or choose another one."), at=by)
    else:
        wanted = facts.at - timedelta(minutes=int(inward.get(Way(facts.way), 0)))
        if facts.ends_at <= wanted:
            return passed()
        msgid = _("{name} leaves at {at}; the run is there at {run} only.")
        run = f"{clock.local(facts.ends_at):%H:%M}"
        fix = say(_("Let the run be there by {at}."), at=f"{clock.local(wanted):%H:%M}")
    missed = facts.at > facts.leaves_at if facts.leg == Leg.FETCH else facts.at < facts.ends_at
    return failed(say(msgid, name=facts.name, at=at, run=run), fix=Fix(fix), missed="yes" if missed else "")


@dataclass(frozen=True)
class Aboard:
    """Who rides in one run: party by party, with the parties that wish to ride alone."""

    parties: Mapping[int, str]
    alone: frozenset[int] = frozenset()


@rule(
    "K-PIC-02",
    clause="003 三(二)3",
    severity=BLOCK,
    title=_("Who wishes to ride alone rides alone"),
    sentence=_("A guest who wishes to ride alone shares the run with their own companions only."),
)
def rides_alone_as_wished(facts: Aboard, p: Params) -> Verdict:
    """A guest who wishes to ride alone shares the run with their own companions only."""
    if len(facts.parties) < 2 or not facts.alone & facts.parties.keys():
        return passed()
    name = next(name for party, name in facts.parties.items() if party in facts.alone)
    return failed(
        say(_("{name} wishes to ride with nobody but their own party."), name=name),
        fix=Fix(say(_("Choose another run, or one of their own."))),
    )


@dataclass(frozen=True)
class Roommate:
    """Somebody in a room, with what they wish: alone, with whom is named, with anybody; by the numbers of guests."""

    key: int
    name: str
    sharing: str
    named: int = 0


@rule(
    "K-ROM-01",
    clause="003 三(二)3",
    severity=BLOCK,
    title=_("Rooms are shared by agreement"),
    sentence=_(
        "Two guests share a room only if both agreed to it, and with whom they named where they named somebody."
    ),
)
def rooms_shared_by_agreement(facts: tuple[Roommate, Roommate], p: Params) -> Verdict:
    """Two guests share a room only if both agreed to it."""
    for one, other in (facts, facts[::-1]):
        if one.sharing == "alone":
            words = say(_("{name} wishes a room alone."), name=one.name)
        elif one.sharing == "with" and one.named != other.key:
            words = say(
                _("{name} wishes to share with somebody else than {other}."), name=one.name, other=other.name
            )
        else:
            continue
        return failed(words, fix=Fix(say(_("Choose another room, or ask them."))))
    return passed()


def _yuan(amount: Decimal) -> str:
    return f"¥{format_yuan(amount)}"
