"""Who is meant, as a tree: tests of what is known of somebody and of what they did, joined by all, any and not.

    {"all": [{"field": "city", "op": "in", "value": ["杭州"]},
             {"did": "attended", "least": 2, "days": 180},
             {"not": {"any": [{"did": "contact", "days": 30}]}}]}

Pure: reads and writes that JSON and says a tree in words; `compiling` makes a condition of the database of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import listed, say

from .fields import DEEDS, FIELDS, OPS, Field, Kind, Op

DEPTH: Final = 4
"""Groups within groups; more than that nobody reads."""
MOST: Final = 60
"""Tests in one tree."""
LONGEST: Final = 3660
"""Days that a count may look back."""


@dataclass(frozen=True)
class Trait:
    """Something known of a customer; several values are alternatives."""

    field: Field
    op: Op
    values: tuple[str, ...]


@dataclass(frozen=True)
class Did:
    """What happened with a customer: at least `least` and at most `most` times (None: no limit) within `days` (0: ever)."""

    deed: str
    least: int = 1
    most: int | None = None
    days: int = 0


@dataclass(frozen=True)
class Group:
    """Several of them: all or any, or, negated, those for whom that does not hold. An empty group is everybody."""

    how: Literal["all", "any"]
    parts: tuple[Node, ...] = ()
    is_negated: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)


Node: TypeAlias = "Trait | Did | Group"
EVERYBODY: Final = Group("all")


# ---------------------------------------------------------------- JSON


def read(data: Any) -> Group:
    """The tree that JSON means. Raises `Invalid` for anything that is not one."""
    node = _read(data or {"all": []}, DEPTH)
    tree = node if isinstance(node, Group) else Group("all", (node,))
    if sum(1 for _test in tests(tree)) > MOST:
        raise Invalid(say(_("At most {most} conditions; build a segment of some of them."), most=MOST))
    return tree


def _read(data: Any, depth: int) -> Node:
    match data:
        case {"not": inner, **rest} if not rest:
            node = _read(inner, depth)
            group = node if isinstance(node, Group) else Group("all", (node,))
            return Group(group.how, group.parts, not group.is_negated)
        case {"all": [*parts], **rest} if not rest and depth:
            return Group("all", tuple(_read(part, depth - 1) for part in parts))
        case {"any": [*parts], **rest} if not rest and depth:
            return Group("any", tuple(_read(part, depth - 1) for part in parts))
        case {"field": str(key), "op": str(op), "value": [*values], **rest} if not rest:
            return test_of(key, op, [str(value) for value in values])
        case {"did": str(deed), **rest} if set(rest) <= {"least", "most", "days"}:
            return did_of(deed, {str(name): number for name, number in rest.items()})
    raise Invalid(say(_("These conditions cannot be read.")))


def test_of(key: str, op: str, values: list[str]) -> Trait:
    """One test, checked. Raises `Invalid`."""
    field = FIELDS.get(key)
    if field is None or op not in field.ops:
        raise Invalid(say(_("These conditions cannot be read.")))
    given = tuple(dict.fromkeys(value.strip() for value in values))
    if field.kind is Kind.CHOICE:
        known = {value for value, _label in field.choices()} if field.choices else set()
        given = tuple(value for value in given if value in known)
    elif field.kind is Kind.NUMBER:
        given = tuple(value for value in given if value.isascii() and value.isdigit() and len(value) <= 4)[:1]
    else:
        given = tuple(value for value in given if value)
    if not given:
        raise Invalid(say(_("Say what “{field}” is compared with."), field=_told(field)))
    return Trait(field, Op(op), given)


def did_of(deed: str, counts: Mapping[str, Any]) -> Did:
    """One deed with its counts, checked. Raises `Invalid`."""
    least, most, days = counts.get("least", 1), counts.get("most"), counts.get("days", 0)
    whole = [number for number in (least, most, days) if number is not None]
    if deed not in DEEDS or not all(type(number) is int and number >= 0 for number in whole):
        raise Invalid(say(_("These conditions cannot be read.")))
    if days > LONGEST:
        raise Invalid(say(_("Look back at most {days} days."), days=LONGEST))
    if most is not None and most < least:
        raise Invalid(
            say(_("At most {most} times cannot be less than at least {least} times."), most=most, least=least)
        )
    if most is None and not least:
        raise Invalid(say(_("Say how often: at least once, or at most so many times.")))
    return Did(deed, least, most, days)


def write(node: Node) -> dict[str, Any]:
    """The JSON of a tree; `read` gives the same tree back."""
    match node:
        case Trait(field, op, values):
            return {"field": field.key, "op": op.value, "value": list(values)}
        case Did(deed, least, most, days):
            limits = {"least": least, "most": most, "days": days}
            return {"did": deed, **{name: number for name, number in limits.items() if number is not None}}
        case Group(how, parts, is_negated):
            plain: dict[str, Any] = {how: [write(part) for part in parts]}
            return {"not": plain} if is_negated else plain


def tests(node: Node) -> Iterator[Trait | Did]:
    """Every test in a tree, in reading order."""
    if isinstance(node, Group):
        for part in node.parts:
            yield from tests(part)
    else:
        yield node


# ---------------------------------------------------------------- words


def words(node: Node) -> str:
    """A tree in the reader's language."""
    match node:
        case Trait(field, op, values):
            return gettext("%(field)s %(op)s %(values)s") % {
                "field": field.label,
                "op": OPS[op],
                "values": _values(field, values),
            }
        case Did():
            return _deed(node)
        case Group(how, parts, is_negated):
            inner = [
                f"({words(part)})" if isinstance(part, Group) and len(part.parts) > 1 else words(part)
                for part in parts
            ]
            joint = pgettext("conditions", " and ") if how == "all" else pgettext("conditions", " or ")
            told = joint.join(inner) or gettext("everybody")
            return gettext("not (%(conditions)s)") % {"conditions": told} if is_negated else told


def _values(field: Field, values: tuple[str, ...]) -> str:
    labels = {value: str(label) for value, label in field.choices()} if field.choices else {}
    shown = listed([labels.get(value, value) for value in values])
    return f"{shown} {field.unit}" if field.unit else shown


def _deed(did: Did) -> str:
    label = str(DEEDS[did.deed][0])
    if did.most == 0:
        how = gettext("%(deed)s: never") % {"deed": label}
    elif did.most is None:
        told = ngettext("%(deed)s: at least %(count)s time", "%(deed)s: at least %(count)s times", did.least)
        how = told % {"deed": label, "count": did.least}
    else:
        how = gettext("%(deed)s: %(least)s to %(most)s times") % {
            "deed": label,
            "least": did.least,
            "most": did.most,
        }
    if not did.days:
        return how
    told = ngettext("%(how)s in the last %(days)s day", "%(how)s in the last %(days)s days", did.days)
    return told % {"how": how, "days": did.days}


def _told(field: Field) -> str:
    return str(field.label)
