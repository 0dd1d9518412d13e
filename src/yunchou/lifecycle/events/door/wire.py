"""What goes over the line between a device and the server, as JSON; whatever does not read as that is refused, not guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say

from ..models import Direction, Verdict

MOST: Final = 500
"""So many scans are taken at once; a device sends the rest with its next breath."""
LONGEST: Final = 512
SAID: Final = frozenset(Verdict.values) - {Verdict.SETTLED}
"""What a device may have answered by itself; that a doubt is settled is a person's word."""
FAR: Final = 4_102_444_800_000
"""The year 2100 in milliseconds: no clock that is to be put right says more, and none says less than 1970."""
MOST_DRIFT: Final = timedelta(seconds=2**31 - 1)
"""No scan keeps more than these seconds; a clock that was lost, and says 1970, is not as far off."""


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent."""
    try:
        told = json.loads(request.body)
    except (ValueError, RecursionError) as fault:
        raise _unreadable() from fault
    if not isinstance(told, dict):
        raise _unreadable()
    return told


def drift_of(told: Mapping[str, Any]) -> timedelta:
    """How far the device's clock is behind ours, by its own `sent_at`."""
    sent = moment_of(told.get("sent_at"))
    drift = clock.now() - sent if sent else timedelta()
    if abs(drift) > MOST_DRIFT:
        raise _unreadable()
    return drift


def moment_of(value: Any) -> datetime | None:
    """Milliseconds since 1970 as a moment."""
    if value is None:
        return None
    try:
        told = float(value)
    except (TypeError, ValueError, OverflowError) as fault:
        raise _unreadable() from fault
    if not 0 <= told < FAR:
        raise _unreadable()
    return datetime.fromtimestamp(told / 1000, UTC)


def scan_of(told: Any) -> dict[str, Any]:
    """The fields of a scan (`actions.door.Scan`)."""
    if not isinstance(told, Mapping):
        raise _unreadable()
    said = _text(told, "said")
    direction = _text(told, "direction") or Direction.IN
    if (said and said not in SAID) or direction not in Direction.values:
        raise _unreadable()
    return {
        "key": key_of(told),
        "session": _number(told, "session"),
        "code": _text(told, "code"),
        "guest": _number(told, "guest"),
        "direction": direction,
        "is_forced": told.get("forced") is True,
        "at": moment_of(told.get("at")),
        "said": said,
        "why": _text(told, "why")[:20],
        "note": _text(told, "note")[:200],
    }


def newcomer_of(told: Any) -> dict[str, Any]:
    """The fields of somebody without an invitation (`actions.walk_ins.Newcomer`)."""
    if not isinstance(told, Mapping):
        raise _unreadable()
    return {
        "key": key_of(told),
        "session": _number(told, "session") or 0,
        "name": _text(told, "name"),
        "phone": _text(told, "phone"),
        "organisation": _text(told, "organisation"),
        "agrees": told.get("agrees") is True,
        "note": _text(told, "note"),
        "at": moment_of(told.get("at")),
    }


def key_of(told: Mapping[str, Any]) -> UUID:
    """The device's own key of what it sends."""
    try:
        return UUID(str(told.get("key")))
    except ValueError as fault:
        raise _unreadable() from fault


def rows_of(told: Mapping[str, Any], name: str) -> list[Any]:
    """A list of the object; at most `MOST` of its rows are looked at."""
    rows = told.get(name) or []
    if not isinstance(rows, list):
        raise _unreadable()
    return rows[:MOST]


def _text(told: Mapping[str, Any], name: str) -> str:
    """A text. Half of a character, which a device leaves where it cuts a note off, is no reason to refuse the scan."""
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        raise _unreadable()
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(told: Mapping[str, Any], name: str) -> int | None:
    value = told.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 < value < 2**53:
        raise _unreadable()
    return value


def _unreadable() -> Invalid:
    return Invalid(say(_("The device sent something that cannot be read. Load the page anew.")))
