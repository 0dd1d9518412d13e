"""Where the tables of a plan live, and how pages edit them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.cells import cells_from_json, cells_to_json
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.registry import register
from yunchou.kernel.sheets.store import Access, ModelStore, as_json
from yunchou.kernel.subjects.models import Subject

from .models import Goal, Item, PartText, Plan, ProjectLine, Share
from .permissions import Perm
from .registry import carried
from .tables import GOALS, HEAD, ITEMS, PARTS, PROJECTS, SHARES, WORKBOOK, HeadRow, ItemRow


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
        budget=plan.budget,
    )


def save_head(subject: Subject, rows: Sequence[HeadRow], *, actor: Any) -> None:
    """Write name and budget; year and quarter are settled when the plan is made."""
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
items = ItemStore(Item, ITEMS, fields={"owner": person("owner"), "level": _text_or_none("level")})

PAGES: dict[str, Any] = {"view_perm": Perm.VIEW, "edit_perm": Perm.DRAFT, "workbook_name": WORKBOOK}
register(HEAD, load=load_head, save=save_head, order=10, fixed=("year", "quarter"), **PAGES)
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
    extend=lambda _request, _subject, grid: _tree_of(grid),
    **PAGES,
)


def _tree_of(grid: Any) -> dict[str, Any]:
    """Depth and money of each item, by its place."""
    from .trees import tree_of, walk

    nodes = tree_of([line.data for line in grid.rows])
    return {"nodes": {node.place + 1: node for node in walk(nodes)}}
