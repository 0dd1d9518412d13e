"""Groups of people who may be asked about an activity, told by the rooms above that know them.

@audience_of("campaign", "attended", _("Guests who came"))
def attended(subject: Subject) -> Iterable[Person]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Person:
    """Somebody to be asked: a customer by key, or somebody known by name alone."""

    name: str
    customer_id: int | None = None


People: TypeAlias = Callable[[Subject], Iterable[Person]]


@dataclass(frozen=True)
class Audience:
    """One such group. `is_default`: those who are asked without another word when the activity ends."""

    key: str
    label: Text
    kind: str
    people: People
    is_default: bool = False


audiences: Registry[Audience] = Registry("audience of questionnaires")


def audience_of(kind: str, key: str, label: Text, *, is_default: bool = False) -> Callable[[People], People]:
    """Declare a group of people of subjects of a kind."""

    def declare(people: People) -> People:
        audiences.add(f"{kind}:{key}", Audience(key, label, kind, people, is_default))
        return people

    return declare


def audiences_for(subject: Subject) -> list[Audience]:
    """The groups that are known of a subject, in the order in which they were declared."""
    return [audience for audience in audiences if audience.kind == subject.kind]
