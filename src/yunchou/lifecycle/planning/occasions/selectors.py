"""Which occasions a person sees in a year, and what is planned around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User

from ..documents import Kind
from ..models import Item, Plan, Status
from ..models.occasions import HiddenOccasion, Occasion
from ..permissions import Perm
from .registry import Entry, EntryKind, entries_from
from .rules import FIRST_YEAR, LAST_YEAR, Happening, Rule
from .standard import BY_KEY, STANDARD

CUSTOM = "occasion:"


def visible_occasions(user: User) -> QuerySet[Occasion]:
    """Those of the group and of the units whose plans the person sees."""
    units = units_with(user, Perm.VIEW).values("pk")
    seen = Q(unit__in=units) | Q(unit__kind=Unit.Kind.GROUP)
    return Occasion.objects.filter(seen).select_related("unit")


def hidden_keys() -> frozenset[str]:
    """The standard occasions that the company does not use."""
    return frozenset(HiddenOccasion.objects.values_list("key", flat=True))


def rule_of(occasion: Occasion) -> Rule:
    """The rule that the columns of an occasion stand for."""
    return Rule(
        occasion.kind,
        month=occasion.month,
        day=occasion.day,
        nth=occasion.nth,
        weekday=occasion.weekday,
        term=occasion.term,
        start_on=occasion.start_on,
        end_on=occasion.end_on,
    )


def happenings(user: User, first: date, last: date) -> list[Happening]:
    """Every occasion whose stretch touches these days, by its day."""
    hidden, own = hidden_keys(), list(visible_occasions(user))
    found: list[Happening] = []
    # What is around New Year belongs to a day of the year before or after.
    for year in range(max(first.year - 1, FIRST_YEAR), min(last.year + 1, LAST_YEAR) + 1):
        for standard in STANDARD:
            if standard.key not in hidden:
                found += (_standard(standard.key, day) for day in standard.rule.days(year))
        found += (_own(occasion, day) for occasion in own for day in rule_of(occasion).days(year))
    touching = [one for one in found if one.starts_on <= last and one.ends_on >= first]
    return sorted(touching, key=lambda one: (one.on, one.name))


def happening_of(user: User, key: str, on: date) -> Happening:
    """One occasion on its day; refuses a key and a day that do not belong together."""
    found = next((one for one in happenings(user, on, on) if one.key == key and one.on == on), None)
    if found is None:
        raise Invalid(say(_("There is no such occasion on {day}."), day=on.isoformat()))
    return found


def _standard(key: str, day: date) -> Happening:
    one = BY_KEY[key]
    around = (day - timedelta(days=one.before), day + timedelta(days=one.after))
    return Happening(key, str(one.label), day, *around, one.promotion)


def _own(occasion: Occasion, day: date) -> Happening:
    end = occasion.end_on or day
    return Happening(
        f"{CUSTOM}{occasion.pk}",
        occasion.name,
        day,
        day - timedelta(days=occasion.before),
        end + timedelta(days=occasion.after),
        occasion.promotion,
        occasion.unit.name,
        occasion.note,
        is_standard=False,
    )


def plans_open_to(user: User, day: date) -> QuerySet[Plan]:
    """The plans into which the person may write an item of that day."""
    units = units_with(user, Perm.DRAFT).values("pk")
    found: QuerySet[Plan] = Plan.objects.visible_to(user).filter(
        subject__unit__in=units, year=day.year, status__in=(Status.DRAFT, Status.RETURNED, Status.CHANGING)
    )
    quarter = (day.month - 1) // 3 + 1
    return (
        found.filter(Q(quarter=None) | Q(quarter=quarter))
        .select_related("subject__unit")
        .order_by("name", "pk")
    )


# ---------------------------------------------------------------- what planning tells the calendar


@entries_from
def items_between(user: User, first: date, last: date) -> Iterable[Entry]:
    """The items of visible plans that touch these days: those that have none below them and are not cancelled."""
    seen = Plan.objects.visible_to(user).exclude(status=Status.CANCELLED)
    plans = {
        plan.pk: plan
        for plan in seen.filter(year__range=(first.year, last.year)).select_related("subject__unit")
    }
    codes: dict[int, set[str]] = {}
    rows = Item.objects.filter(subject__in=plans.keys()).order_by("subject", "position", "pk")
    shown = []
    for item in rows.only(
        "subject", "code", "title", "start_on", "end_on", "cancelled_on", "done_on", "started_on"
    ):
        codes.setdefault(item.subject_id, set()).add(item.code.strip())
        begins, ends = item.start_on or item.end_on, item.end_on or item.start_on
        if begins and ends and begins <= last and ends >= first and item.cancelled_on is None:
            shown.append((item, begins, ends))
    regions = regions_of(plan.subject.unit for plan in plans.values())
    shown = _once(shown, plans)
    for item, begins, ends in shown:
        if any(code.startswith(f"{item.code.strip()}.") for code in codes[item.subject_id]):
            continue
        unit = plans[item.subject_id].subject.unit
        yield Entry(
            f"item:{item.pk}",
            EntryKind.ITEM,
            item.title,
            f"{plans[item.subject_id].get_absolute_url()}items/",
            begins,
            ends,
            region=regions[unit.pk].pk,
            unit=regions[unit.pk].name,
        )


def _once(shown: list[tuple[Item, date, date]], plans: Mapping[int, Plan]) -> list[tuple[Item, date, date]]:
    """Each item where it is carried out: not in the plan that was broken down, and not in another cut through the same."""
    titles: dict[int, set[str]] = {}
    for item, _begins, _ends in shown:
        titles.setdefault(item.subject_id, set()).add(item.title)
    below: dict[int, set[str]] = {}
    for pk, told in titles.items():
        parent = plans[pk].parent_id
        if parent and plans[pk].kind != Kind.PROJECT:
            below.setdefault(parent, set()).update(told)

    def is_told_elsewhere(item: Item) -> bool:
        plan = plans[item.subject_id]
        if item.title in below.get(plan.pk, ()):
            return True
        above = plan.parent_id if plan.kind == Kind.PROJECT else None
        return bool(above) and item.title in (titles.get(above or 0, set()) | below.get(above or 0, set()))

    return [one for one in shown if not is_told_elsewhere(one[0])]


@dataclass(frozen=True)
class Company:
    """The company a unit belongs to: its region, else the group."""

    pk: int
    name: str


def regions_of(units: Iterable[Unit]) -> dict[int, Company]:
    """For each unit the region it lies in, else the group; one query."""
    paths = {unit.pk: unit.ancestor_ids for unit in units}
    above = Unit.objects.filter(pk__in={pk for path in paths.values() for pk in path}).only("kind", "name")
    by_pk = {unit.pk: unit for unit in above}
    found = {}
    for pk, path in paths.items():
        chain = [by_pk[each] for each in path if each in by_pk]
        region = next((unit for unit in chain if unit.kind == Unit.Kind.REGION), chain[-1])
        found[pk] = Company(region.pk, region.name)
    return found
