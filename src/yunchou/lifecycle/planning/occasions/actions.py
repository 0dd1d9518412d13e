"""Keeping the calendar of occasions, and making a plan item from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.calendar.lunar import SOLAR_TERMS
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..actions import add_item
from ..models import Item, Plan
from ..models.occasions import HiddenOccasion, Occasion, Promotion, RuleKind
from ..permissions import Perm
from .rules import Rule
from .selectors import happening_of
from .standard import BY_KEY

LONGEST = 60
#: Kinds of promotion as plans name them in their cells, which are never translated (002 §6).
WORDS: Final[Mapping[str, str]] = {
    Promotion.HOLIDAY: "节日促销",
    Promotion.LAUNCH: "新品上市",
    Promotion.LIMITED: "限时折扣",
    Promotion.FAIR: "展会",
    Promotion.MEMBER: "会员日",
}


@transaction.atomic
def keep_occasion(
    *,
    name: str,
    rule: Rule,
    unit: Unit,
    actor: User,
    promotion: str = "",
    before: int = 0,
    after: int = 0,
    note: str = "",
    occasion: Occasion | None = None,
) -> Occasion:
    """Add an occasion of a unit, or change `occasion`. Records `planning.occasion_kept`.

    Refuses without `planning.keep_occasions` in the unit (of a change: in both), without a name, and a rule that lacks
    what its kind needs.
    """
    require(actor, Perm.OCCASIONS, unit)
    if occasion:
        require(actor, Perm.OCCASIONS, occasion.unit)
    _check(name, rule, promotion, before, after)
    columns = {**asdict(_needed(rule)), "name": name.strip(), "unit": unit, "promotion": promotion}
    columns |= {"before": before, "after": after, "note": note.strip()}
    kept = (
        Occasion.objects.select_for_update().get(pk=occasion.pk) if occasion else Occasion(created_by=actor)
    )
    for key, value in columns.items():
        setattr(kept, key, value)
    kept.save()
    record(
        journal.OCCASION_KEPT, actor=actor, data={"occasion": kept.name, "unit": unit.name, "key": kept.pk}
    )
    return kept


@transaction.atomic
def drop_occasion(*, occasion: Occasion, actor: User) -> None:
    """Take an occasion out of the calendar; items that were made from it stay. Records `planning.occasion_dropped`."""
    require(actor, Perm.OCCASIONS, occasion.unit)
    data = {"occasion": occasion.name, "unit": occasion.unit.name, "key": occasion.pk}
    occasion.delete()
    record(journal.OCCASION_DROPPED, actor=actor, data=data)


@transaction.atomic
def use_standard(*, key: str, is_used: bool, actor: User) -> None:
    """Show a standard occasion to the whole company, or do without it.

    Refuses without `planning.keep_occasions` in the group; records `planning.occasion_used` or
    `planning.occasion_unused`, where anything changes.
    """
    group = Unit.objects.filter(kind=Unit.Kind.GROUP).order_by("pk").first()
    require(actor, Perm.OCCASIONS, group)
    if key not in BY_KEY:
        raise Invalid(say(_("There is no such occasion.")))
    hidden = HiddenOccasion.objects.filter(key=key)
    if hidden.exists() is not is_used:
        return
    if is_used:
        hidden.delete()
    else:
        HiddenOccasion.objects.create(key=key, hidden_by=actor)
    kind = journal.OCCASION_USED if is_used else journal.OCCASION_UNUSED
    record(kind, actor=actor, data={"occasion": key})


def plan_occasion(*, plan: Plan, key: str, on: date, actor: User) -> Item:
    """Make an occasion a draft item of a plan: its name, its stretch of days within the plan's period, its kind of promotion.

    Refuses what `add_item` refuses (right, state), an occasion that is not on that day, and one that the plan holds already
    with the same days; records what `add_item` records.
    """
    happening = happening_of(actor, key, on)
    start, end = max(happening.starts_on, plan.starts_on), min(happening.ends_on, plan.ends_on)
    if start > end:
        raise WrongState(
            say(_("{occasion} does not lie in the period of this plan."), occasion=happening.name)
        )
    with transaction.atomic():
        held = Item.objects.filter(subject=plan.subject, title=happening.name, start_on=start, end_on=end)
        if known := held.first():
            raise WrongState(say(_("The plan holds {item} already."), item=known.label))
        cells = {
            "title": happening.name,
            "kind": WORDS.get(happening.promotion, ""),
            "start_on": start.isoformat(),
            "end_on": end.isoformat(),
            "due_on": end.isoformat(),
        }
        return add_item(plan=plan, cells=cells, actor=actor)


def _check(name: str, rule: Rule, promotion: str, before: int, after: int) -> None:
    faults: dict[str, Text] = {}
    if not name.strip():
        faults["name"] = say(_("Give the occasion a name."))
    if promotion and promotion not in Promotion.values:
        faults["promotion"] = say(_("There is no such kind of promotion."))
    for field, days in (("before", before), ("after", after)):
        if not 0 <= days <= LONGEST:
            faults[field] = say(_("At most {count} days."), count=LONGEST)
    faults |= _rule_faults(rule)
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def _rule_faults(rule: Rule) -> dict[str, Text]:
    """What a rule lacks, by column."""
    month, day = rule.month or 0, rule.day or 0
    has_month, has_nth = 1 <= month <= 12, rule.nth in (1, 2, 3, 4, 5, -1) and rule.weekday in range(7)
    faults: dict[str, Text] = {}
    match rule.kind:
        case RuleKind.FIXED | RuleKind.LUNAR:
            if not has_month:
                faults["month"] = say(_("Give the month."))
            if not 1 <= day <= (30 if rule.kind == RuleKind.LUNAR else _length(month)):
                faults["day"] = say(_("Give a day that the month has."))
        case RuleKind.TERM:
            if rule.term not in SOLAR_TERMS:
                faults["term"] = say(_("Choose the solar term."))
        case RuleKind.WEEKDAY:
            if not has_month:
                faults["month"] = say(_("Give the month."))
            if not has_nth:
                faults["nth"] = say(_("Say which weekday it is."))
        case RuleKind.MONTHLY:
            if not has_nth and not 1 <= day <= 31:
                faults["day"] = say(_("Give the day of the month, or which weekday it is."))
        case RuleKind.DATES:
            if rule.start_on is None:
                faults["start_on"] = say(_("Give the first day."))
            elif rule.end_on and rule.end_on < rule.start_on:
                faults["end_on"] = say(_("The end lies before the start."))
        case _:
            faults["kind"] = say(_("Choose how the day is found."))
    return faults


def _length(month: int) -> int:
    """The most days a month can have."""
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _needed(rule: Rule) -> Rule:
    """The rule without what its kind does not need, so that a later change of kind starts clean."""
    fields: dict[str, tuple[str, ...]] = {
        RuleKind.FIXED: ("month", "day"),
        RuleKind.LUNAR: ("month", "day"),
        RuleKind.TERM: ("term",),
        RuleKind.WEEKDAY: ("month", "nth", "weekday"),
        RuleKind.MONTHLY: ("nth", "weekday") if rule.nth else ("day",),
        RuleKind.DATES: ("start_on", "end_on"),
    }
    kept: dict[str, Any] = {name: getattr(rule, name) for name in fields[rule.kind]}
    return Rule(rule.kind, **kept)
