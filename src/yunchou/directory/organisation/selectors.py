"""Reading the organisation: the tree, the people of a unit, one person, and who does which work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.identity.selectors import find_people

from .models import DepartmentProfile, WorkTypeRoute
from .permissions import Perm
from .positions import DEPT_HEAD, GENERAL_MANAGER, MARKETING_DIRECTOR, REGIONAL_LEADERSHIP

Kind = Unit.Kind
KIND_ORDER = {Kind.GROUP: 0, Kind.DEPARTMENT: 1, Kind.PROJECT: 2, Kind.REGION: 3}
HEADS = (MARKETING_DIRECTOR, DEPT_HEAD, REGIONAL_LEADERSHIP, GENERAL_MANAGER)
FOUND_AT_MOST = 20


@dataclass(frozen=True)
class Node:
    """A unit in the tree as drawn: nesting from 0, people appointed directly in it, and the units below it."""

    unit: Unit
    depth: int
    people: int
    below: tuple[Node, ...]

    @property
    def icon(self) -> str:
        return {Kind.GROUP: "building", Kind.REGION: "map-pin", Kind.PROJECT: "home-2"}.get(
            Kind(self.unit.kind), "users"
        )

    def holds(self, unit: Unit) -> bool:
        """Whether `unit` is here or below, so that the branch is drawn open."""
        return self.unit.contains(unit)


def tree(*, with_inactive: bool = False, counts_people: bool = True) -> list[Node]:
    """The whole organisation from its roots, departments before projects before regions, each in order of age."""
    units = Unit.objects.all() if with_inactive else Unit.objects.filter(is_active=True)
    counts = _people_by_unit() if counts_people else {}
    known = {unit.pk: unit for unit in units}
    children: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in sorted(known.values(), key=lambda u: (KIND_ORDER[Kind(u.kind)], u.pk)):
        if unit.parent_id in known:
            unit.parent = known[unit.parent_id]  # so that naming a place asks for nothing more
        children[unit.parent_id].append(unit)

    def grow(parent: int | None, depth: int) -> tuple[Node, ...]:
        return tuple(Node(u, depth, counts.get(u.pk, 0), grow(u.pk, depth + 1)) for u in children[parent])

    return list(grow(None, 0))


def _people_by_unit() -> dict[int, int]:
    found = Appointment.objects.valid().values("unit").annotate(n=Count("user", distinct=True))
    return dict(found.values_list("unit", "n"))


def flat(nodes: Iterable[Node]) -> list[Node]:
    """The nodes of a tree from top to bottom, for lists and choices."""
    return [found for node in nodes for found in (node, *flat(node.below))]


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


def people_found(words: str) -> QuerySet[User]:
    """People by name, pinyin, initials or user name, wherever they are."""
    return with_posts(find_people(words))


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


def _nearness(held: Appointment, unit: Unit | None) -> tuple[bool, bool, bool, int]:
    """Posts in the unit before others, holders before deputies, heads before staff."""
    return (
        unit is not None and held.unit_id != unit.pk,
        held.is_deputy,
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


def person_options(words: str) -> list[PersonOption]:
    """Up to 20 active people for a picker, best known by their first post."""
    people = people_found(words).order_by("name_pinyin", "pk")[:FOUND_AT_MOST]
    return [person_option(person) for person in people]


def person_option(person: User) -> PersonOption:
    """What a picker says of one person (loaded by `with_posts`), and the words that find the person."""
    posts: list[Appointment] = person.valid_posts  # type: ignore[attr-defined]
    unit, post = (place_name(posts[0].unit), str(posts[0].position)) if posts else ("", "")
    search = f"{person.name_pinyin} {person.name_initials} {person.username}"
    return PersonOption(person.pk, person.name, unit, post, search)


def place_name(unit: Unit) -> str:
    """A department with what it belongs to, `华东区域 · 市场部`; other units by their own name."""
    return f"{unit.parent.name} · {unit.name}" if unit.parent and unit.kind == Kind.DEPARTMENT else unit.name


def department_for(work_type: str, unit: Unit) -> Unit | None:
    """The department that does a type of work for `unit`: of the nearest company upwards that has one (ORG-05).

    A region without a design department is served by the group's, never by another region's.
    """
    route = WorkTypeRoute.objects.filter(work_type=work_type).first()
    return department_of_kind(route.department_kind, unit) if route else None


def department_of_kind(kind: str, unit: Unit) -> Unit | None:
    """The active department of a kind that is nearest to `unit`, looking upwards company by company."""
    profiles = DepartmentProfile.objects.filter(kind=kind, unit__is_active=True).select_related("unit")
    departments = [profile.unit for profile in profiles]
    above = Unit.objects.in_bulk({pk for place in (*departments, unit) for pk in place.ancestor_ids})

    def company(place: Unit) -> int | None:
        return next((pk for pk in place.ancestor_ids if above[pk].kind != Kind.DEPARTMENT), None)

    for pk in unit.ancestor_ids:
        near = [d for d in departments if d.pk == pk or company(d) == pk]
        if near:
            return min(near, key=lambda d: (len(d.ancestor_ids), d.pk))
    return None


def work_of(kind: str) -> list[WorkTypeRoute]:
    """The work that goes to departments of a kind."""
    return list(WorkTypeRoute.objects.filter(department_kind=kind).order_by("pk"))


def work_routes() -> dict[str, str]:
    """The kind of department by type of work."""
    return dict(WorkTypeRoute.objects.order_by("pk").values_list("work_type", "department_kind"))
