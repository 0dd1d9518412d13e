"""People in rows: a foreign key where we know who is meant, and always the name by which the row calls them."""

from __future__ import annotations

from typing import Any

from django.db import models

from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import colleagues
from yunchou.kernel.subjects.models import Subject

from .store import Access
from .values import Context, Person, PersonMatch


def person_key(**options: Any) -> models.ForeignKey[User | None, User | None]:
    """The foreign key of a person column; declare a `person_name` beside it, called `<field>_name`."""
    return models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", **options)


def person_name() -> models.CharField[str, str]:
    """How the row calls the person; the only thing known where the key is empty (a guest, a leaver, 全团队)."""
    return models.CharField(max_length=60, blank=True, editable=False)


def person(field: str) -> Access:
    """How a person column lives in a model with `<field>` (key) and `<field>_name`."""

    def get(instance: Any) -> Person | None:
        name, pk = getattr(instance, f"{field}_name"), getattr(instance, f"{field}_id")
        return Person(name, pk) if name or pk else None

    def put(instance: Any, value: Person | None) -> None:
        setattr(instance, f"{field}_id", value.id if value else None)
        setattr(instance, f"{field}_name", value.name if value else "")

    return Access(get, put)


def people(field: str) -> Access:
    """How a column of several people lives in a JSONField: each with the id, where known, and as the row calls them."""

    def get(instance: Any) -> tuple[Person, ...]:
        return tuple(map(Person.from_json, getattr(instance, field)))

    def put(instance: Any, value: tuple[Person, ...]) -> None:
        setattr(instance, field, [{**each.to_json(), "name": each.name} for each in value])

    return Access(get, put)


class PeopleNearby:
    """Who a name means for a subject: a full name, or a surname that only one colleague of the unit's region has.

    Reads the region's people once, with the first name that is asked for.
    """

    def __init__(self, unit: Any) -> None:
        self.unit = unit
        self._people: list[User] | None = None

    @property
    def people(self) -> list[User]:
        if self._people is None:
            self._people = list(colleagues(self.unit))
        return self._people

    def find(self, name: str) -> PersonMatch:
        exact = [user for user in self.people if name in (user.name, user.username)]
        found = exact or [user for user in self.people if len(name) == 1 and user.surname == name]
        return PersonMatch(tuple(Person(user.name, user.pk) for user in found))

    def name_of(self, pk: int) -> str:
        known = next((user.name for user in self.people if user.pk == pk), None)
        return known or User.objects.filter(pk=pk).values_list("name", flat=True).first() or ""


def context_for(subject: Subject, **known: Any) -> Context:
    """The context in which cells of a subject are read and shown: its people by name."""
    nearby = PeopleNearby(subject.unit)
    return Context(people=nearby.find, names=nearby.name_of, **known)
