"""What changed between two versions: as the subject's room tells it, else by walking the two contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.ui.formats import signed, thousands
from yunchou.kernel.versions.models import Version

from .models import Case
from .registry import Change, Json

#: Lines that the generic walk shows at most.
MOST = 200


def base_of(case: Case) -> Case | None:
    """The last case before this one that was decided: what the approvers saw last."""
    decided = [Case.State.APPROVED, Case.State.RETURNED, Case.State.REJECTED]
    earlier = Case.objects.filter(subject=case.subject_id, pk__lt=case.pk, state__in=decided)
    return earlier.select_related("version").order_by("-pk").first()


def difference(case: Case, before: Version) -> list[Change]:
    """The changes from an earlier version to the one the case is about."""
    declared = case.definition.declared
    tell = declared.difference or walk
    return list(tell(before.content, case.version.content))


def walk(before: Json, after: Json) -> Sequence[Change]:
    """Every differing value with its path; lists are compared by place. At most `MOST` lines."""
    found = []
    for place, old, new in _walk((), before, after):
        found.append(_change(" › ".join(place), old, new))
        if len(found) == MOST:
            found.append(Change(say(_("… and more")), "", ""))
            break
    return found


def _walk(place: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _walk((*place, str(key)), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for number in range(max(len(old), len(new))):
            pair = [items[number] if number < len(items) else None for items in (old, new)]
            yield from _walk((*place, str(number + 1)), *pair)
    else:
        yield place, old, new


def _change(place: str, old: Any, new: Any) -> Change:
    was, now = _number(old), _number(new)
    if was is not None and now is not None:
        return Change(place, thousands(was), thousands(now), signed(now - was), is_numeric=True)
    return Change(place, _text(old), _text(new))


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or value is None or value == "":
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _text(value: Any) -> str:
    """A value in short: tables and lists as their own values joined."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(text for text in map(_text, value.values()) if text)
    if isinstance(value, list):
        return ", ".join(text for text in map(_text, value) if text)
    return str(value)
