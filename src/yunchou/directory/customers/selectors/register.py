"""What the pages of the directory show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.selectors import holds, reach, units_with
from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import HIDDEN, Unopened
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import params_on

from .. import apart
from ..ages import age_of
from ..classes import FIELDS, Sensitivity
from ..models import (
    Channel,
    Consent,
    Customer,
    CustomerIdentity,
    GradeEntry,
    LookGrant,
    Purpose,
    Source,
    Touch,
)
from ..models.apart import PROFILE as FIELDS_OF_PROFILE
from ..models.people import CustomerQuerySet
from ..permissions import Perm
from ..rules import confirmed_regularly
from .consents import allowed

COMPANY_KINDS = (Unit.Kind.GROUP, Unit.Kind.REGION)
UNGRADED = "none"
PROFILE = "profile"
"""The name under which the whole profile of an important customer is unmasked."""
GENDERS: dict[str, Any] = {"f": pgettext_lazy("gender", "Female"), "m": pgettext_lazy("gender", "Male")}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; empty means not at all. `state`: incomplete, outdated or merged.

    Nothing of it is personal, so it may stand in an address.
    """

    identity: str = ""
    grade: str = ""
    stage: str = ""
    city: str = ""
    keeper: int | None = None
    unit: int | None = None
    state: str = ""

    def apply(self, customers: CustomerQuerySet) -> CustomerQuerySet:
        found = customers.exclude(merged_into=None) if self.state == "merged" else customers.living()
        if self.identity:
            held = CustomerIdentity.objects.filter(customer=OuterRef("pk"), identity=self.identity)
            found = found.filter(Exists(held))
        if self.grade:
            found = found.filter(grade="" if self.grade == UNGRADED else self.grade)
        for name in ("stage", "city"):
            if value := getattr(self, name):
                found = found.filter(**{name: value})
        if self.keeper:
            found = found.filter(keeper=self.keeper)
        if self.unit:
            found = found.filter(subject__unit=self.unit)
        if self.state == "incomplete":
            found = found.filter(is_incomplete=True)
        elif self.state == "outdated":
            found = found.filter(verified_at__lt=outdated_before())
        return found

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Filters:
        return cls(**{key: value for key, value in data.items() if key in cls.__dataclass_fields__})


def exported(user: User, filters: Filters, purpose: Purpose, *, is_clear: bool) -> CustomerQuerySet:
    """Whom of a filter a person may take out for a purpose: where every right that it takes reaches, and consent does.

    To run what was agreed needs no consent of its own (PIPL 13); every other purpose does.
    """
    seen: CustomerQuerySet = Customer.objects.visible_to(user)
    found = filters.apply(seen).filter(reach(user, Perm.EXPORT, path="subject__", is_list=True))
    if is_clear:
        found = found.filter(reach(user, Perm.REVEAL, path="subject__", is_list=True))
    if purpose == Purpose.SERVICE:
        refused = Consent.objects.filter(customer=OuterRef("pk"), purpose=purpose, is_given=False)
        return found.exclude(Exists(refused.filter(channel=Channel.ANY)))
    return found.filter(allowed(purpose))


def outdated_before(today: date | None = None) -> datetime:
    """What was confirmed before this moment is to be looked at again."""
    day = today or clock.today()
    months = int(params_on([confirmed_regularly], day)[confirmed_regularly.id].months)
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return clock.moment(date(years, month + 1, min(day.day, 28)), 0)


def for_lists(customers: CustomerQuerySet) -> CustomerQuerySet:
    """With what a line of a list shows, in two queries whatever the number."""
    return customers.select_related("subject__unit", "card", "keeper").prefetch_related("identities")


def companies_for(user: User, right: str = Perm.MANAGE) -> QuerySet[Unit]:
    """The companies in which the person holds a right on customers."""
    return units_with(user, right).filter(kind__in=COMPANY_KINDS, is_active=True)


def open_sources() -> QuerySet[Source]:
    """Registered lawful sources from which data may come now."""
    return Source.objects.filter(closed_at=None)


def grades_of(customer: Customer) -> QuerySet[GradeEntry]:
    return customer.grades.select_related("given_by")


def touches_of(
    customer: Customer, merged: list[int], user: User, at_most: int = 40, before: int | None = None
) -> list[dict[str, Any]]:
    """The line of time, newest first: what happened, when, with whom; campaigns only where the person sees them.

    `before` is the touch after which it goes on.
    """
    found = Touch.objects.filter(customer__in=[customer.pk, *merged]).select_related("subject", "by")
    if before is not None:
        last = found.filter(pk=before).first()
        if last is None:
            return []
        found = found.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    shown = list(found[:at_most])
    visible = _visible({touch.subject_id for touch in shown if touch.subject_id}, user)
    return [
        {
            "touch": touch,
            "subject": touch.subject if touch.subject_id in visible else None,
            "amount": Decimal(touch.amount).scaleb(-2) if touch.amount else None,
        }
        for touch in shown
    ]


def _visible(ids: set[int], user: User) -> set[int]:
    from yunchou.kernel.access.selectors import visible_subjects

    if not ids:
        return set()
    return set(visible_subjects(user).filter(pk__in=ids).values_list("pk", flat=True))


@dataclass(frozen=True)
class Line:
    """One classed field as a page shows it; the profile of an important customer as a whole.

    `is_hidden`: there is a value that is shown only on request, with a reason.
    """

    key: str
    label: Text
    shown: str
    is_hidden: bool
    sensitivity: Sensitivity


def card_lines(customer: Customer) -> list[Line]:
    """Contact and sensitive values, masked."""
    card, kept = getattr(customer, "card", None), apart.record_of(customer)
    try:
        away = kept.told if kept else {}
    except Unopened:  # whether anything is in it nobody can say; whoever unmasks it is told why not
        away = {apart.DIET: HIDDEN, FIELDS_OF_PROFILE[0]: HIDDEN}
    found = []
    for one in FIELDS:
        if not one.revealed:
            continue
        if one.model == "card":
            value = getattr(kept or card, one.key, None)
            shown = (getattr(card, f"{one.key}_mask", "") or str(value)) if value else ""
        else:
            shown = HIDDEN if customer.diet_kept or away.get(apart.DIET) else ""
        found.append(Line(one.key, one.label, shown, bool(shown), one.sensitivity))
    if kept:
        shown = HIDDEN if any(away.get(name) for name in FIELDS_OF_PROFILE) else ""
        found.append(
            Line(PROFILE, _("Profile of an important customer"), shown, bool(shown), Sensitivity.PERSONAL)
        )
    return found


def profile_lines(customer: Customer) -> list[tuple[Text, str]]:
    """The profile (SEG-02), for those who may see it. Of an important customer after `apart.gather`."""
    born = customer.born_on.isoformat() if customer.born_on else ""
    age = str(age_of(customer.born_on)) if customer.born_on else ""
    values = {
        "gender": GENDERS.get(customer.gender, ""),
        "born_on": born,
        "occupation": customer.occupation,
        "income": customer.income,
        "interests": customer.interests,
        "preferences": customer.preferences,
    }
    labels = {one.key: one.label for one in FIELDS}
    found = [(labels[key], str(value)) for key, value in values.items()]
    return [(_("Age"), age), *found]


def sees_profile(user: User, customer: Customer) -> bool:
    """Whether the profile stands on the page: of an important customer it is unmasked with a reason like everything else."""
    return not customer.is_apart and holds(user, Perm.REVEAL, customer)


def may_reveal(user: User, customer: Customer) -> bool:
    """Whether the person may unmask values of a customer at all."""
    if not holds(user, Perm.REVEAL, customer):
        return False
    return not customer.is_apart or sees_apart(user, customer)


def sees_apart(user: User, customer: Customer) -> bool:
    """Who may unmask data of an important customer, besides the right to unmask: whoever answers for important customers, the
    relationship owner, and whoever has a grant for the company that holds today (CUS-07)."""
    if holds(user, Perm.APART, customer) or customer.keeper_id == user.pk:
        return True
    return valid_grants(user).filter(unit__in=_above(customer.subject.unit)).exists()


def valid_grants(user: User | None = None) -> QuerySet[LookGrant]:
    """Grants to look that hold today: of one person, or all."""
    today = clock.today()
    found = LookGrant.objects.filter(ended_at=None, since__lte=today, until__gte=today)
    return found.filter(user=user) if user else found


def _above(unit: Unit) -> list[int]:
    """A unit and those above it: a grant for the group is one for its companies."""
    return [int(part) for part in unit.path.split("/") if part]
