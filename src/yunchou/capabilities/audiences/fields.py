"""What target lists may ask of customers: attributes by kind with their operators, and deeds that are counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any, Final, TypeAlias

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.customers.apart import told_by_profile
from yunchou.directory.customers.models import (
    CustomerIdentity,
    Grade,
    Identity,
    Nature,
    Source,
    Stage,
    TouchKind,
)
from yunchou.directory.customers.models.history import CONTACTS
from yunchou.kernel.core import clock

Values: TypeAlias = tuple[str, ...]
Choices: TypeAlias = Sequence[tuple[str, str | Promise]]


class Op(StrEnum):
    """How a value is compared."""

    IN = "in"
    NOT_IN = "not_in"
    HAS = "has"
    AT_LEAST = "least"
    AT_MOST = "most"


OPS: Final[dict[Op, Promise]] = {
    Op.IN: pgettext_lazy("operator", "is one of"),
    Op.NOT_IN: pgettext_lazy("operator", "is none of"),
    Op.HAS: pgettext_lazy("operator", "contains one of"),
    Op.AT_LEAST: pgettext_lazy("operator", "is at least"),
    Op.AT_MOST: pgettext_lazy("operator", "is at most"),
}


class Kind(StrEnum):
    """What a value is, and with that how it is asked for."""

    CHOICE = "choice"
    WORDS = "words"
    NUMBER = "number"


BY_KIND: Final[dict[Kind, tuple[Op, ...]]] = {
    Kind.CHOICE: (Op.IN, Op.NOT_IN),
    Kind.WORDS: (Op.IN, Op.HAS, Op.NOT_IN),
    Kind.NUMBER: (Op.AT_LEAST, Op.AT_MOST),
}


@dataclass(frozen=True)
class Field:
    """One attribute. `condition(op, values, today)` is a condition on customers; `choices` are asked for where they are shown."""

    key: str
    label: Promise
    kind: Kind
    condition: Callable[[Op, Values, date], Q]
    choices: Callable[[], Choices] | None = None
    unit: str | Promise = ""
    is_profile: bool = False
    """Whether it tells of what is kept apart of important customers (CUS-06)."""

    @property
    def ops(self) -> tuple[Op, ...]:
        return BY_KIND[self.kind]


def _of_profile(general: Q, test: Callable[[dict[str, Any]], bool]) -> Q:
    """A condition on the profile: by columns for most customers, opened one by one for the important ones, whose profiles are
    kept apart (CUS-06). These are few."""
    return (Q(is_apart=False) & general) | told_by_profile(test)


def _profile(name: str) -> Callable[[Op, Values, date], Q]:
    """Words of the profile."""
    by_column = _column(name)

    def condition(op: Op, values: Values, today: date) -> Q:
        def test(profile: dict[str, Any]) -> bool:
            held = str(profile.get(name, ""))
            if op is Op.HAS:
                return any(value.lower() in held.lower() for value in values)
            return (held in values) != (op is Op.NOT_IN)

        return _of_profile(by_column(op, values, today), test)

    return condition


def _column(name: str) -> Callable[[Op, Values, date], Q]:
    def condition(op: Op, values: Values, today: date) -> Q:
        if op is Op.HAS:
            return reduce(or_, (Q(**{f"{name}__icontains": value}) for value in values))
        found = Q(**{f"{name}__in": values})
        return ~found if op is Op.NOT_IN else found

    return condition


NONE: Final = "none"
"""What a form says for a value that is empty."""


def _or_none(choices: Choices) -> Choices:
    return [(value or NONE, label) for value, label in choices]


def _stage(op: Op, values: Values, today: date) -> Q:
    found = Q(stage__in=["" if value == NONE else value for value in values])
    return ~found if op is Op.NOT_IN else found


def _identity(op: Op, values: Values, today: date) -> Q:
    held = Q(Exists(CustomerIdentity.objects.filter(customer=OuterRef("pk"), identity__in=values)))
    return ~held if op is Op.NOT_IN else held


def _grade(op: Op, values: Values, today: date) -> Q:
    """The grade as it holds on the day: one that has run out is none (SEG-08)."""
    holds = Q(grade_until=None) | Q(grade_until__gte=today)
    found = Q(grade__in=[value for value in values if value != NONE]) & holds
    if NONE in values:
        found |= Q(grade="") | ~holds
    return ~found if op is Op.NOT_IN else found


def _age(op: Op, values: Values, today: date) -> Q:
    """Full years on the day; whoever's birthday is not known is of no age."""
    years = int(values[0])
    if op is Op.AT_LEAST:
        latest = _years_before(today, years)
        return _of_profile(
            Q(born_on__lte=latest), lambda one: bool(one["born_on"] and one["born_on"] <= latest)
        )
    before = _years_before(today, years + 1)
    return _of_profile(Q(born_on__gt=before), lambda one: bool(one["born_on"] and one["born_on"] > before))


def _years_before(day: date, years: int) -> date:
    """The same day so many years before; of a 29 February without one, the day before."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _birthday(op: Op, values: Values, today: date) -> Q:
    months = [int(value) for value in values]
    found = Q(born_on__month__in=months)
    if op is Op.NOT_IN:
        found = ~found & Q(born_on__isnull=False)
    return _of_profile(
        found,
        lambda one: bool(one["born_on"] and (one["born_on"].month in months) != (op is Op.NOT_IN)),
    )


def _days_since(column: str) -> Callable[[Op, Values, date], Q]:
    def condition(op: Op, values: Values, today: date) -> Q:
        day = today - timedelta(days=int(values[0]))
        if op is Op.AT_LEAST:
            return Q(**{f"{column}__lt": clock.moment(day + timedelta(days=1))})
        return Q(**{f"{column}__gte": clock.moment(day)})

    return condition


def _sources() -> Choices:
    return [(str(pk), name) for pk, name in Source.objects.values_list("pk", "name")]


def _source(op: Op, values: Values, today: date) -> Q:
    found = Q(source__in=[int(value) for value in values])
    return ~found if op is Op.NOT_IN else found


def _yes(column: str) -> Callable[[Op, Values, date], Q]:
    def condition(op: Op, values: Values, today: date) -> Q:
        found = Q(**{f"{column}__in": [value == "yes" for value in values]})
        return ~found if op is Op.NOT_IN else found

    return condition


YES_NO: Final[Choices] = (("yes", pgettext_lazy("answer", "Yes")), ("no", pgettext_lazy("answer", "No")))
MONTHS: Final[Choices] = tuple((str(month), str(month)) for month in range(1, 13))
DAYS: Final = pgettext_lazy("unit", "days")

FIELDS: Final[dict[str, Field]] = {
    field.key: field
    for field in (
        Field("identity", pgettext_lazy("customer", "identity"), Kind.CHOICE, _identity, lambda: Identity.choices),
        Field("grade", _("client grade"), Kind.CHOICE, _grade, lambda: _or_none(Grade.choices)),
        Field("stage", _("sales stage"), Kind.CHOICE, _stage, lambda: _or_none(Stage.choices)),
        Field("nature", pgettext_lazy("customer", "nature"), Kind.CHOICE, _column("nature"), lambda: Nature.choices),
        Field("city", _("city"), Kind.WORDS, _column("city")),
        Field("organisation", pgettext_lazy("customer", "organisation"), Kind.WORDS, _column("organisation")),
        Field("title", pgettext_lazy("customer", "title"), Kind.WORDS, _column("title")),
        Field("occupation", _("occupation"), Kind.WORDS, _profile("occupation"), is_profile=True),
        Field("income", _("income band"), Kind.WORDS, _profile("income"), is_profile=True),
        Field("interests", _("interests"), Kind.WORDS, _profile("interests"), is_profile=True),
        Field("age", _("age"), Kind.NUMBER, _age, unit=pgettext_lazy("unit", "years"), is_profile=True),
        Field("birthday", _("month of birth"), Kind.CHOICE, _birthday, lambda: MONTHS, is_profile=True),
        Field("source", _("lawful source"), Kind.CHOICE, _source, _sources),
        Field("known", _("on record for"), Kind.NUMBER, _days_since("created_at"), unit=DAYS),
        Field("official", _("works for a public authority"), Kind.CHOICE, _yes("is_official"), lambda: YES_NO),
    )
}  # fmt: skip

CONTACT: Final = "contact"
DEEDS: Final[dict[str, tuple[Promise | str, tuple[str, ...]]]] = {
    CONTACT: (pgettext_lazy("touch", "Was contacted by us"), tuple(CONTACTS)),
    **{kind.value: (kind.label, (kind.value,)) for kind in TouchKind},
}
"""What is counted of somebody: the words, and the kinds of touches that it is made of."""
