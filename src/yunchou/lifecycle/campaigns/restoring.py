"""Putting the tables of a proposal back to a version, without losing what people have recorded in them meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sized
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.core.serializers import deserialize, serialize
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import CASCADE, Model
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.registry import Kept
from yunchou.kernel.sheets.values import Context, Person
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from .models import SMART_BOXES, Campaign, Goal
from .selectors import context_of
from .settled import LIVING_COLUMNS, proposal_tables, rows_in
from .succession import agreed_to_heirs, succeed_rows
from .tables import GOALS, OVERVIEW

Remembered = Mapping[str, list[dict[str, Any]]]


def remember(subject: Subject, version: Version) -> dict[str, list[dict[str, Any]]]:
    """The rows of the proposal as they stand: the place of each in `version`, its key, what lives in it and its ticks.

    Each is also kept whole (`kept`): what no column shows, as progress and baseline of a task, would go with a row that is
    deleted. Refuses where the tables have other rows than the version, for then nobody could tell which is which.
    """
    rows = {
        kept.table.key: [
            {"at": at, "pk": row.pk, **_living(kept, row)} for at, row in enumerate(kept.load(subject))
        ]
        for kept in proposal_tables()
    }
    for table, places in rows.items():
        _demand_same_number(version, places, rows_in(version, table))
    _keep_whole(subject, rows)
    ticked = {goal.pk: goal.ticked for goal in Goal.objects.filter(subject=subject)}
    for place in rows[GOALS.key]:
        place["ticked"] = ticked[place["pk"]]
    for place in rows[OVERVIEW.key]:
        place["principles"] = Campaign.objects.values_list("principles", flat=True).get(pk=subject.pk)
    return rows


def _demand_same_number(version: Version, places: Sized, rows: Sized) -> None:
    if len(places) != len(rows):
        words = _("The tables have other rows than {version}, so that they cannot be put back to it.")
        raise WrongState(say(words, version=str(version)))


def restore(*, subject: Subject, version: Version, rows: Remembered, actor: User) -> None:
    """Make the proposal what `version` says. A row that is still there keeps what was recorded in it since.

    A row that was deleted comes back, under its own key, with all that it held when `rows` were remembered; what was handed
    over meanwhile stays with the successor, and ticks are as they were. Refuses where `rows` are not those of the version.
    """
    ctx = context_of(Campaign.objects.whole(subject.pk))
    for kept in proposal_tables():
        key, data = kept.table.key, version.content["tables"].get(kept.table.key, {})
        _reinstate(kept, subject, rows.get(key, ()))
        present = {row.pk: row for row in kept.load(subject)}
        places = {place["at"]: place for place in rows.get(key, ())}
        before = rows_in(version, key)
        _demand_same_number(version, places, before)
        now_with = agreed_to_heirs(subject, key)
        made = [
            _row(kept, present.get(place["pk"]), now_with(place["pk"], old), place, ctx)
            for at, old in enumerate(before)
            if (place := places[at])
        ]
        kept.save(subject, made, actor=actor)
        if gone := {place["pk"]: at for at, place in places.items() if place["pk"] not in present}:
            again = kept.load(subject)
            succeed_rows(subject, key, {pk: again[at].pk for pk, at in gone.items()})
        if kept.save_footer:
            footer = kept.table.row_from_json(data["footer"]) if "footer" in data else None
            kept.save_footer(subject, footer, actor=actor)
    _tick_again(subject, rows)


def _keep_whole(subject: Subject, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put beside each place the record of its row, and of whatever would be deleted with it."""
    for kept in proposal_tables():
        model = getattr(kept.store, "model", None)
        if model is None or not (places := {place["pk"]: place for place in rows[kept.table.key]}):
            continue
        for row in model.objects.filter(subject=subject, pk__in=places):
            places[row.pk]["kept"] = _records([row])
        _keep_below(model, places)


def _keep_below(model: type[Model], places: Mapping[int, dict[str, Any]]) -> None:
    """Put the records of what would be deleted with rows to the places of these, level by level."""
    for link in model._meta.related_objects:
        if link.on_delete is not CASCADE:
            continue
        below = {}
        for each in link.related_model._base_manager.filter(**{f"{link.field.name}__in": places}):
            below[each.pk] = places[getattr(each, link.field.attname)]
            below[each.pk]["kept"] += _records([each])
        if below:
            _keep_below(link.related_model, below)


def _reinstate(kept: Kept[Any], subject: Subject, places: Iterable[Mapping[str, Any]]) -> None:
    """Bring rows back that are gone, each with what stood below it, rows first: a link needs both of its tasks."""
    there = {row.pk for row in kept.load(subject)}
    gone = [place["kept"] for place in places if place["pk"] not in there and "kept" in place]
    below = {(record["model"], record["pk"]): record for records in gone for record in records[1:]}
    for found in deserialize("python", [*(records[0] for records in gone), *below.values()]):
        found.save()


def _records(objects: Iterable[Any]) -> list[dict[str, Any]]:
    """Rows of the database as JSON."""
    found: list[dict[str, Any]] = json.loads(serialize("json", objects, cls=_ToTheMicrosecond))
    return found


class _ToTheMicrosecond(DjangoJSONEncoder):
    """Times as they are; the usual encoder cuts them at milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _tick_again(subject: Subject, rows: Remembered) -> None:
    """SMART boxes and principles as they were; people tick them of what is written, which is given up."""
    goals = Goal.objects.filter(subject=subject).order_by("position", "pk")
    for goal, place in zip(goals, rows.get(GOALS.key, ()), strict=True):
        Goal.objects.filter(pk=goal.pk).update(**{box: box in place["ticked"] for box in SMART_BOXES})
    for place in rows.get(OVERVIEW.key, ()):
        Campaign.objects.filter(pk=subject.pk).update(principles=place["principles"])


def _living(kept: Kept[Any], row: Any) -> dict[str, Any]:
    data = kept.table.row_to_json(row)
    return {key: data[key] for key in LIVING_COLUMNS.get(kept.table.key, ()) if key in data}


def _row(kept: Kept[Any], now: Any, old: Mapping[str, Any], place: Mapping[str, Any], ctx: Context) -> Any:
    """One row as the version has it: in the place of the one that is there, else anew."""
    living = LIVING_COLUMNS.get(kept.table.key, frozenset())
    if now is None:
        return _with_names(kept.table.row_from_json({**place, **old}), ctx)
    was = _with_names(kept.table.row_from_json(old), ctx)
    changed = {
        key: value
        for key in kept.table.by_key
        if key not in living and (value := getattr(was, key)) != getattr(now, key)
    }
    given = {key: cell for key, cell in now.given.items() if key not in changed}
    return replace(now, given=given, extra=was.extra, **changed)


def _with_names(row: Any, ctx: Context) -> Any:
    """People that a version knows by their keys, with their names again."""
    return replace(
        row,
        **{
            field.name: _named(value, ctx)
            for field in fields(row)
            if isinstance(value := getattr(row, field.name), Person | tuple)
        },
    )


def _named(value: Any, ctx: Context) -> Any:
    if isinstance(value, tuple):
        return tuple(_named(each, ctx) for each in value)
    return ctx.named(value) if isinstance(value, Person) else value
