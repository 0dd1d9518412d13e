"""Where the tables of a plan live, and how pages edit them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.cells import cells_from_json, cells_to_json
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.registry import register
from yunchou.kernel.sheets.store import Access, ModelStore, as_json
from yunchou.kernel.subjects.models import Subject

from .models import IN_FORCE, Allocation, Effect, Goal, Item, PartText, Plan, ProjectLine, Risk, Share
from .permissions import Perm
from .registry import carried
from .tables import (
    ALLOCATION,
    EFFECTS,
    GOALS,
    HEAD,
    ITEMS,
    PARTS,
    PROJECTS,
    RISKS,
    SHARES,
    WORKBOOK,
    HeadRow,
    ItemRow,
    RiskRow,
)


def load_head(subject: Subject) -> tuple[HeadRow, ...]:
    """The one row of the head."""
    return (head_row(Plan.objects.get(pk=subject.pk)),)


def head_row(plan: Plan) -> HeadRow:
    return HeadRow(
        pk=plan.pk,
        given=cells_from_json(plan.given),
        extra=cells_from_json(plan.extra),
        name=plan.name,
        year=Decimal(plan.year),
        quarter=None if plan.quarter is None else Decimal(plan.quarter),
        month=None if plan.month is None else Decimal(plan.month),
        budget=plan.budget,
    )


def save_head(subject: Subject, rows: Sequence[HeadRow], *, actor: Any) -> None:
    """Write name and budget; year, quarter and month are settled when the plan is made."""
    if not rows:
        return
    row, plan = rows[0], Plan.objects.get(pk=subject.pk)
    if not row.name.strip():
        words = say(_("Give the plan a name."))
        raise Invalid(words, fields={"name": words})
    plan.name, plan.budget = row.name.strip(), None if row.budget is None else yuan(row.budget)
    plan.given, plan.extra = cells_to_json(row.given), cells_to_json(row.extra)
    plan.save(update_fields=["name", "budget", "given", "extra"])
    if subject.title != plan.name:
        subject.title = plan.name
        subject.save(update_fields=["title", "search"])


class ItemStore(ModelStore[Item, ItemRow]):
    """Items; what has begun is not taken away, and nothing ends before it begins."""

    def save_row(self, subject: Subject, row: ItemRow, *, actor: Any = None) -> Item:
        check_item(row)
        return super().save_row(subject, row, actor=actor)

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> ItemRow:
        refuse_begun(Item.objects.get(subject=subject, pk=pk))
        return super().delete_row(subject, pk, actor=actor)


class RiskStore(ModelStore[Risk, RiskRow]):
    """The register of risks: what was reviewed is not taken away, its review says that it is over."""

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> RiskRow:
        risk = Risk.objects.get(subject=subject, pk=pk)
        if risk.reviewed_on:
            raise WrongState(
                say(_("The risk {risk} was reviewed: say in a review that it is over."), risk=risk.title)
            )
        return super().delete_row(subject, pk, actor=actor)


def _whole_number(name: str) -> Access:
    """A number that is kept as a whole one."""

    def write(row: Any, value: Decimal | None) -> None:
        setattr(row, name, None if value is None else int(value))

    def read(row: Any) -> Decimal | None:
        value = getattr(row, name)
        return None if value is None else Decimal(value)

    return Access(read, write)


def check_item(row: ItemRow) -> None:
    """Refuse a period that ends before it begins."""
    if row.start_on and row.end_on and row.end_on < row.start_on:
        words = say(_("The end lies before the start."))
        raise Invalid(words, fields={"end_on": words})


def refuse_begun(item: Item) -> None:
    """Refuse to take away what campaigns carry out or what is reported on."""
    if item.started_on or item.done_on or item.cancelled_on or carried([item.pk]):
        raise WrongState(
            say(_("The item {item} has begun: cancel it instead of deleting it."), item=item.label)
        )


def _text_or_none(name: str) -> Access:
    """A word of a list that is kept as an empty text where none was chosen."""
    return Access(lambda row: getattr(row, name) or None, lambda row, value: setattr(row, name, value or ""))


parts = ModelStore(PartText, PARTS)
goals = ModelStore(
    Goal,
    GOALS,
    fields={
        "owner": person("owner"),
        "comparator": _text_or_none("comparator"),
        "confirmed": as_json(GOALS, "confirmed"),
    },
)
shares = ModelStore(Share, SHARES, fields={"owner": person("owner")})
projects = ModelStore(ProjectLine, PROJECTS)
items = ItemStore(
    Item,
    ITEMS,
    fields={
        "owner": person("owner"),
        "level": _text_or_none("level"),
        "likelihood": _whole_number("likelihood"),
        "dedicated": _text_or_none("dedicated"),
    },
)
allocation = ModelStore(Allocation, ALLOCATION, fields={"item": _text_or_none("item")})
effects = ModelStore(Effect, EFFECTS)
risks = RiskStore(
    Risk,
    RISKS,
    fields={
        "owner": person("owner"),
        "kind": _text_or_none("kind"),
        "likelihood": _whole_number("likelihood"),
    },
)

PAGES: dict[str, Any] = {"view_perm": Perm.VIEW, "edit_perm": Perm.DRAFT, "workbook_name": WORKBOOK}
register(HEAD, load=load_head, save=save_head, order=10, fixed=("year", "quarter", "month"), **PAGES)
# Parts are written part by part on the page of the plan, not row by row.
register(
    PARTS,
    load=parts.load,
    save=parts.save,
    order=20,
    store=parts,
    view_perm=Perm.VIEW,
    workbook_name=WORKBOOK,
)
register(
    GOALS,
    load=goals.load,
    save=goals.save,
    order=30,
    store=goals,
    template="planning/parts/goals_table.html",
    width=11,
    **PAGES,
)
register(SHARES, load=shares.load, save=shares.save, order=40, store=shares, **PAGES)
register(PROJECTS, load=projects.load, save=projects.save, order=50, store=projects, **PAGES)
register(
    ITEMS,
    load=items.load,
    save=items.save,
    order=60,
    store=items,
    template="planning/parts/items_table.html",
    width=9,
    begin=lambda subject: ItemRow(code=_next_code(subject)),
    extend=lambda request, subject, grid: _tree_of(grid) | {"makes": _makes(request, subject)},
    **PAGES,
)

register(ALLOCATION, load=allocation.load, save=allocation.save, order=70, store=allocation, **PAGES)
register(EFFECTS, load=effects.load, save=effects.save, order=80, store=effects, **PAGES)


_followers: list[Callable[[Plan, Any], None]] = []


def follow_risks(follower: Callable[[Plan, Any], None]) -> None:
    """Let an action, which this file may not know, follow every change of the register of risks."""
    _followers.append(follower)


def _tell_followers(subject: Subject, actor: Any) -> None:
    plan = Plan.objects.whole(subject.pk)
    for follower in _followers:
        follower(plan, actor)


register(
    RISKS,
    load=risks.load,
    save=risks.save,
    order=90,
    store=risks,
    template="planning/parts/risks_table.html",
    width=8,
    after_save=_tell_followers,
    extend=lambda request, subject, grid: _standing_of(request, subject, grid),
    **PAGES,
)


def _standing_of(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """What was said of each risk at its last review, by its place, what they may cost altogether, and who may review."""
    found = Risk.objects.select_related("reviewed_by").in_bulk([line.pk for line in grid.rows if line.pk])
    losses = [loss for risk in found.values() if risk.is_live and (loss := risk.expected_loss) is not None]
    return {
        "standing": {line.place: found[line.pk] for line in grid.rows if line.pk in found},
        "expected_loss": sum(losses, Decimal(0)),
        "may_review": Plan.objects.filter(pk=subject.pk, status__in=IN_FORCE).exists()
        and holds(request.user, Perm.RUN, subject),
    }


def _next_code(subject: Subject) -> str:
    """The next number of the topmost items, proposed for a new one."""
    from .selectors import next_code

    return next_code(subject.pk)


def _makes(request: Any, subject: Subject) -> dict[int, str]:
    """Where campaigns are made from the items, by item."""
    from .making import makes_of
    from .selectors import plan_of

    return makes_of(plan_of(subject.pk), request.user)


def _tree_of(grid: Any) -> dict[str, Any]:
    """Depth and money of each item, by its place."""
    from .trees import tree_of, walk

    nodes = tree_of([line.data for line in grid.rows])
    return {"nodes": {node.place + 1: node for node in walk(nodes)}}
