"""Rules on what guests are served and given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.text import Say, listed, say
from yunchou.kernel.rules.bounds import YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Verdict, failed, passed

from .diets import forbidden
from .models.menus import Content


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


def _yuan(amount: Decimal) -> str:
    return f"¥{format_yuan(amount)}"
