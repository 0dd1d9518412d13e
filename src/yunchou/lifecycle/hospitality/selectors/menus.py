"""Meals: who eats, what does not suit whom, and what the kitchen has to make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet

from yunchou.capabilities.preparation.models import Supply, SupplyKind
from yunchou.directory.customers.models import Diet
from yunchou.directory.suppliers.selectors import concerns
from yunchou.kernel.core.text import Say
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import SAID_YES, Guest, Place, PlaceState, Session

from ..models import Course, Dish, Menu, Offer, Substitute
from ..rules import Conflict, Eater, Meal, Served, conflicts, dishes_suit_guests


def people_of(session: Session) -> int:
    """How many have a seat, companions included."""
    return _seats(session).count()


def _seats(session: Session) -> QuerySet[Place]:
    found: QuerySet[Place] = Place.objects.filter(
        session=session, state=PlaceState.HELD, guest__reply__in=SAID_YES
    )
    return found


def eaters_of(session: Session, only: Iterable[Guest] | None = None) -> list[Place]:
    """The seats of those who have named a restriction, with the guest; of some guests alone where they are named."""
    found = _seats(session).exclude(guest__diet_kept=b"").select_related("guest__companion_of")
    if only is not None:
        found = found.filter(guest__in=[one.pk for one in only])
    return list(found.order_by("seat", "guest_id"))


def meal_of(menu: Menu, places: Sequence[Place]) -> Meal:
    """The menu before these guests, with what they get instead."""
    replaced: dict[int, dict[int, Served]] = {}
    for row in Substitute.objects.filter(dish__menu=menu).select_related("instead"):
        replaced.setdefault(row.guest_id, {})[row.dish_id] = _served(row.instead)
    dishes = tuple(_served(dish) for dish in menu.dishes.all() if not dish.is_extra)
    guests = tuple(
        Eater(one.guest_id, one.guest.name, tuple(one.guest.diet), replaced.get(one.guest_id, {}))
        for one in places
    )
    return Meal(dishes, guests)


def _served(dish: Dish) -> Served:
    return Served(dish.pk, dish.name, frozenset(dish.contains), dish.is_halal)


def judged(menu: Menu, only: Iterable[Guest] | None = None) -> tuple[Verdict, ...]:
    """What rule R-EXE-02 says of the menu before all who have a seat, or before some of them."""
    meal = meal_of(menu, eaters_of(menu.session, only))
    return tuple(one for one in evaluate([dishes_suit_guests], meal) if not one.passed)


@dataclass(frozen=True)
class GuestConflicts:
    """A guest with what they may not be served, and where they sit."""

    guest: Guest
    seat: str
    diet: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    substitutes: tuple[Substitute, ...] = ()


@dataclass(frozen=True)
class DietCount:
    """A restriction and how many have it; names are not needed to cook."""

    label: str
    count: int


@dataclass(frozen=True)
class DishLine:
    """A dish with how many get it, and how many it does not suit who get nothing else yet."""

    dish: Dish
    portions: int
    open: int = 0


@dataclass(frozen=True)
class CourseLines:
    label: str
    lines: tuple[DishLine, ...]


@dataclass(frozen=True)
class OfferLine:
    """A caterer held against scale and budget."""

    offer: Offer
    total: Decimal
    is_too_small: bool
    over: Decimal
    concerns: tuple[Say, ...] = ()


@dataclass(frozen=True)
class MenuPage:
    """All that the page of a menu and the kitchen's sheet show."""

    menu: Menu
    people: int
    courses: tuple[CourseLines, ...]
    extras: tuple[DishLine, ...]
    diets: tuple[DietCount, ...]
    guests: tuple[GuestConflicts, ...]
    noted: tuple[GuestConflicts, ...]
    seated: int
    open_conflicts: int = 0
    offers: tuple[OfferLine, ...] = field(default=())

    @property
    def chosen(self) -> OfferLine | None:
        return next((one for one in self.offers if one.offer.chosen_at), None)

    @property
    def more_people(self) -> int:
        """How many more, or fewer, come than the menu was fixed for."""
        return self.people - self.menu.fixed_people if self.menu.fixed_people is not None else 0


def page_of(menu: Menu) -> MenuPage:
    """A menu with everything about it: nine statements, however many guests there are."""
    places = eaters_of(menu.session)
    meal = meal_of(menu, places)
    found: dict[int, list[Conflict]] = {}
    for one in conflicts(meal):
        found.setdefault(one.guest.key, []).append(one)
    given: dict[int, list[Substitute]] = {}
    rows = Substitute.objects.filter(
        dish__menu=menu, guest__in=_seats(menu.session).values("guest")
    ).select_related("dish", "instead", "guest")
    for row in rows:
        given.setdefault(row.guest_id, []).append(row)
    told = [
        GuestConflicts(
            one.guest, one.seat, tuple(one.guest.diet_words), tuple(found.get(one.guest_id, ())),
            tuple(given.get(one.guest_id, ())),
        )
        for one in places
    ]  # fmt: skip
    people, seats = people_of(menu.session), _seats(menu.session)
    return MenuPage(
        menu=menu,
        people=people,
        courses=_courses(menu, people, found, given),
        extras=_extras(menu, given),
        diets=_counts(places),
        guests=tuple(one for one in told if one.conflicts or one.substitutes),
        noted=tuple(one for one in told if one.guest.diet_note),
        seated=seats.exclude(seat="").count(),
        open_conflicts=sum(len(row) for row in found.values()),
        offers=tuple(
            _offer(one, people) for one in menu.offers.select_related("supplier", "menu__budget_line")
        ),
    )


def _courses(
    menu: Menu, people: int, found: dict[int, list[Conflict]], given: dict[int, list[Substitute]]
) -> tuple[CourseLines, ...]:
    less = Counter(row.dish_id for rows in given.values() for row in rows)
    more = Counter(row.instead_id for rows in given.values() for row in rows)
    bad = Counter(one.instead_of for rows in found.values() for one in rows)
    lines: dict[str, list[DishLine]] = {}
    for dish in menu.dishes.all():
        if not dish.is_extra:
            portions = people - less[dish.pk] + more[dish.pk]
            lines.setdefault(dish.course, []).append(DishLine(dish, portions, bad[dish.pk]))
    return tuple(CourseLines(str(course.label), tuple(lines[course])) for course in Course if course in lines)


def _extras(menu: Menu, given: dict[int, list[Substitute]]) -> tuple[DishLine, ...]:
    more = Counter(row.instead_id for rows in given.values() for row in rows)
    return tuple(DishLine(dish, more[dish.pk]) for dish in menu.dishes.all() if dish.is_extra)


def _counts(places: Sequence[Place]) -> tuple[DietCount, ...]:
    often = Counter(code for one in places for code in one.guest.diet if code in Diet.values)
    return tuple(DietCount(str(Diet(code).label), count) for code, count in often.most_common())


def _offer(offer: Offer, people: int) -> OfferLine:
    total = offer.price * people
    line = offer.menu.budget_line
    over = total - line.amount if line is not None and line.amount is not None else Decimal(0)
    return OfferLine(offer, total, people > offer.at_most, max(over, Decimal(0)), concerns(offer.supplier))


def menus_of(subject: Subject) -> dict[int, Menu]:
    """The menus of an event by session."""
    return {menu.session_id: menu for menu in Menu.objects.filter(subject=subject).select_related("keeper")}


def caterings_of(subject: Subject) -> list[Supply]:
    """What preparing has ordered of catering for the event."""
    found = Supply.objects.filter(subject=subject, kind=SupplyKind.CATERING).select_related("order_line")
    return list(found.order_by("position"))
