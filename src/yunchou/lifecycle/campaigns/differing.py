"""What differs between two versions of a proposal, in the words of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.registry import Change
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.dossier import Change as Difference
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.ui.formats import signed

_WORDS = {"added": _("added"), "removed": _("removed"), "moved": _("moved")}


def proposal_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[Change]:
    """Every value of the proposal that differs: which table, row and column, what it was and what it is."""

    @cache
    def name_of(pk: int) -> str:
        return User.objects.filter(pk=pk).values_list("name", flat=True).first() or ""

    ctx = Context(names=name_of)
    old, new = ({"tables": content.get("tables", {})} for content in (before, after))
    tables = workbook().tables
    was, now = Dossier.restore(old, tables), Dossier.restore(new, tables)
    return [_told(one, was, now, ctx) for one in workbook().difference(old, new, ctx)]


def _told(one: Difference, was: Dossier, now: Dossier, ctx: Context) -> Change:
    place = say("{table} › {row}", table=_said(one.table.title), row=one.row_label or "—")
    if one.kind == "changed":
        place = say("{place} › {column}", place=place, column=_said(one.label))
        before, after = _number(one.before), _number(one.after)
        delta = signed(after - before) if before is not None and after is not None else ""
        return Change(place, str(one.before), str(one.after), delta, is_numeric=bool(delta))
    words = say(_WORDS[one.kind])
    if one.kind == "removed":
        return Change(place, _whole_row(one, was, ctx), "", note=words)
    if one.kind == "added":
        return Change(place, "", _whole_row(one, now, ctx), note=words)
    return Change(place, str(one.before), str(one.after), note=words)


def _whole_row(one: Difference, dossier: Dossier, ctx: Context) -> str:
    """Everything that a row says that came or went, in the order of its columns."""
    rows = (row for row in dossier.part(one.table.key).rows if one.table.label(row, ctx) == one.row_label)
    row = next(rows, None)
    if row is None:
        return one.row_label
    values = (str(column.display(getattr(row, key), ctx)) for key, column in one.table.by_key.items())
    return " · ".join(value for value in values if value)


def _said(text: Any) -> Say | str:
    """A lazy title as something a sentence may hold."""
    return text if isinstance(text, Say) else str(text)


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text).replace(",", "").removeprefix("¥"))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
