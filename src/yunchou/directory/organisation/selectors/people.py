"""People of units, one person with all posts, and people as a picker offers them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from yunchou.kernel.access.selectors import holds, reach_of
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.identity.selectors import find_people, find_units

from ..permissions import Perm
from ..positions import DEPT_HEAD, GENERAL_MANAGER, MARKETING_DIRECTOR, REGIONAL_LEADERSHIP
from .tree import place_name, units_seen

HEADS = (MARKETING_DIRECTOR, DEPT_HEAD, REGIONAL_LEADERSHIP, GENERAL_MANAGER)
FOUND_AT_MOST = 20


@dataclass(frozen=True)
class Post:
    """One appointment as a page shows it, with those who stand in for its holder."""

    appointment: Appointment
    deputies: tuple[User, ...] = ()

    @property
    def position(self) -> Position:
        return self.appointment.position

    @property
    def unit(self) -> Unit:
        return self.appointment.unit

    @property
    def place(self) -> str:
        return place_name(self.unit)

    @property
    def is_deputy(self) -> bool:
        return self.appointment.is_deputy

    @property
    def is_main(self) -> bool:
        return self.appointment.is_main

    @property
    def state(self) -> str:
        """`now`, `later` or `over`."""
        day, held = clock.today(), self.appointment
        if held.valid_from and held.valid_from > day:
            return "later"
        return "over" if held.valid_to and held.valid_to < day else "now"


@dataclass(frozen=True)
class PersonRow:
    """A person in a list: valid posts, those in the chosen unit first, and the phone if the reader may see it."""

    person: User
    posts: tuple[Post, ...]
    phone: str

    @property
    def first_unit(self) -> Unit | None:
        return self.posts[0].unit if self.posts else None


def with_posts(people: QuerySet[User]) -> QuerySet[User]:
    """People with their valid appointments in `valid_posts`, in two more queries whatever their number."""
    posts = Appointment.objects.valid().select_related("unit__parent", "position")
    return people.prefetch_related(Prefetch("appointments", posts, to_attr="valid_posts"))


def people_of(unit: Unit, *, below: bool = False) -> QuerySet[User]:
    """Active people with a valid appointment in the unit, or also in units below it."""
    appointments = Appointment.objects.valid()
    here = appointments.filter(unit__path__startswith=unit.path) if below else appointments.filter(unit=unit)
    return with_posts(User.objects.active().filter(pk__in=here.values("user")))


def people_found(words: str, reader: User | None = None) -> QuerySet[User]:
    """People by name, pinyin, initials, a mixture of them, user name or employee number, wherever `reader` may look."""
    found = find_people(words)
    return with_posts(seen_by(reader, found) if reader else found)


def seen_by(reader: User, people: QuerySet[User]) -> QuerySet[User]:
    """Those of `people` with a post where the reader may look, and the reader."""
    held = reach_of(reader).whole.get(Perm.VIEW, frozenset())
    if "/" in held:
        return people
    posts = Appointment.objects.valid().filter(unit__in=units_seen(reader, Perm.VIEW))
    return people.filter(Q(pk__in=posts.values("user")) | Q(pk=reader.pk))


def without_post() -> QuerySet[User]:
    """Open accounts that hold no post now: they can sign in, but belong to no unit yet."""
    held = Appointment.objects.valid().values("user")
    return with_posts(User.objects.active().exclude(pk__in=held)).order_by("name_pinyin", "pk")


def rows(people: Iterable[User], *, reader: User, unit: Unit | None = None) -> list[PersonRow]:
    """What a list shows of people that come with their posts (`with_posts`); in a unit, by rank of their post there."""
    found = []
    for person in people:
        posts = sorted(person.valid_posts, key=lambda a: _nearness(a, unit))  # type: ignore[attr-defined]
        phone = person.phone if person.phone and sees_contact(reader, person, [a.unit for a in posts]) else ""
        found.append(PersonRow(person, tuple(Post(a) for a in posts), phone))
    if unit is not None:
        found.sort(key=lambda row: _nearness(row.posts[0].appointment, unit))
    return found


def _nearness(held: Appointment, unit: Unit | None) -> tuple[bool, bool, bool, bool, int]:
    """Posts in the unit before others, holders before deputies, the main post first, heads before staff."""
    return (
        unit is not None and held.unit_id != unit.pk,
        held.is_deputy,
        not held.is_main and unit is None,
        held.position.code not in HEADS,
        held.position.order,
    )


def sees_contact(reader: User, person: User, units: Sequence[Unit]) -> bool:
    """Whether the reader may see phone and e-mail: his own, or by `organisation.contact` on one of the units."""
    return reader.pk == person.pk or any(holds(reader, Perm.CONTACT, unit) for unit in units)


def posts_of(person: User) -> list[Post]:
    """All appointments of a person with their deputies, past ones too; those in force first."""
    held = list(person.appointments.select_related("unit__parent", "position", "user"))
    deputies = _deputies(held)
    found = [Post(a, () if a.is_deputy else deputies.get((a.unit_id, a.position_id), ())) for a in held]
    return sorted(found, key=lambda post: ["now", "later", "over"].index(post.state))


def _deputies(held: Iterable[Appointment]) -> dict[tuple[int, int], tuple[User, ...]]:
    """Valid deputies by unit and position, for a few appointments at once."""
    places = {(a.unit_id, a.position_id) for a in held}
    found: dict[tuple[int, int], tuple[User, ...]] = {}
    deputies = Appointment.objects.valid().filter(
        is_deputy=True, unit__in={unit for unit, _position in places}
    )
    for deputy in deputies.select_related("user"):
        place = (deputy.unit_id, deputy.position_id)
        found[place] = (*found.get(place, ()), deputy.user)
    return found


def head_of(unit: Unit) -> User | None:
    """Who leads a unit, deputies aside."""
    found = (
        Appointment.objects.valid()
        .filter(unit=unit, position__code__in=HEADS, is_deputy=False)
        .select_related("user")
    )
    first = found.first()
    return first.user if first else None


@dataclass(frozen=True)
class PersonOption:
    """A person as a picker offers them."""

    id: int
    name: str
    unit: str
    post: str
    search: str


def person_options(words: str, reader: User | None = None) -> list[PersonOption]:
    """Up to 20 active people for a picker: by their own names, then those of the units whose names match."""
    named, matched = find_people(words), find_people(words)
    if words.strip():
        posts = Appointment.objects.valid().filter(unit__in=find_units(words).values("pk"))
        matched = User.objects.active().filter(Q(pk__in=named.values("pk")) | Q(pk__in=posts.values("user")))
    found = with_posts(seen_by(reader, matched) if reader else matched)
    by_name = found.annotate(is_named=Exists(named.filter(pk=OuterRef("pk"))))
    people = by_name.order_by("-is_named", "name_pinyin", "pk")[:FOUND_AT_MOST]
    return [person_option(person) for person in people]


def person_option(person: User) -> PersonOption:
    """What a picker says of one person (loaded by `with_posts`), and the words that find the person."""
    posts: list[Appointment] = sorted(
        person.valid_posts,  # type: ignore[attr-defined]
        key=lambda held: (not held.is_main, held.is_deputy),
    )
    unit, post = (place_name(posts[0].unit), str(posts[0].position)) if posts else ("", "")
    search = f"{person.name_pinyin} {person.name_initials} {person.username} {person.employee_no}".strip()
    return PersonOption(person.pk, person.name, unit, post, search)
