"""Who is let in: one table, read from above, the first line that fits speaks. The browser reads the same table.

`facts_of` looks at a guest as the door's list has them, a session and a scan; `decide` walks the table. `table()` is the table
as it goes to devices, in the reader's language; `static/events/door/decide.js` is the twin of both functions, and
`vectors.json` is run by both (R-EXE-03: whoever is inside is not counted again).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from ..models import PlaceState, Reply, Verdict

EARLY: Final = 3 * 3600 * 1000
"""Milliseconds before a session's start from which its doors let in."""
LATE: Final = 3600 * 1000
"""Milliseconds after its end for which they do."""

Facts = dict[str, str | bool]


class Tone(StrEnum):
    """The colour of the whole screen, with its own sign and sound."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Line:
    """One line of the table: it speaks where every fact in `when` is one of those named.

    `forced` says whether staff may let in all the same.
    """

    why: str
    verdict: Verdict
    tone: Tone
    title: Promise
    words: Promise
    when: Mapping[str, tuple[str | bool, ...]]
    forced: bool = False


def _line(
    why: str,
    verdict: Verdict,
    tone: Tone,
    title: Promise,
    words: Promise,
    *,
    forced: bool = False,
    **when: str | bool | tuple[str | bool, ...],
) -> Line:
    wanted = {fact: value if isinstance(value, tuple) else (value,) for fact, value in when.items()}
    return Line(why, verdict, tone, title, words, wanted, forced)


IN, OUT, AGAIN, ASK, NO = Verdict.LET_IN, Verdict.LET_OUT, Verdict.AGAIN, Verdict.ASK, Verdict.REFUSED
GREEN, AMBER, RED = Tone.GREEN, Tone.AMBER, Tone.RED

TABLE: Final = (
    _line(
        "unreadable", NO, RED,
        pgettext_lazy("door", "Not a ticket"),
        pgettext_lazy("door", "Scan the code of the invitation, or look for the name."),
        code="unreadable",
    ),
    _line(
        "foreign", NO, RED,
        pgettext_lazy("door", "Ticket of another event"),
        pgettext_lazy("door", "Ask for the ticket of today, or look for the name."),
        code="foreign",
    ),
    _line(
        "forged", NO, RED,
        pgettext_lazy("door", "Not a genuine ticket"),
        pgettext_lazy("door", "Do not let in on this code. Look for the name on the list."),
        code="forged",
    ),
    _line(
        "not_listed", NO, RED,
        pgettext_lazy("door", "Not on the list"),
        pgettext_lazy("door", "Take to reception, where they may be entered as a walk-in."),
        guest="unknown", online=True,
    ),
    _line(
        "not_here_yet", ASK, AMBER,
        pgettext_lazy("door", "Not in this device's list"),
        pgettext_lazy("door", "The ticket is genuine. Compare the name on the invitation, then let in."),
        guest="unknown", forced=True,
    ),
    _line(
        "cancelled", NO, RED,
        pgettext_lazy("door", "The invitation was cancelled"),
        pgettext_lazy("door", "Take to reception. Do not discuss it at the door."),
        guest="cancelled",
    ),
    _line(
        "replaced", NO, RED,
        pgettext_lazy("door", "This ticket was replaced"),
        pgettext_lazy("door", "Ask for the newer ticket, or look for the name."),
        ticket="replaced",
    ),
    _line(
        "not_inside", AGAIN, AMBER,
        pgettext_lazy("door", "Was not scanned in"),
        pgettext_lazy("door", "Nothing is counted. Let out."),
        direction="out", inside=False,
    ),
    _line(
        "left", OUT, GREEN,
        pgettext_lazy("door", "Goodbye"),
        pgettext_lazy("door", "Scan again when they come back."),
        direction="out",
    ),
    _line(
        "inside", AGAIN, RED,
        pgettext_lazy("door", "This ticket has been used"),
        pgettext_lazy("door", "Check the identity, then let in."),
        inside=True, forced=True,
    ),
    _line(
        "early", ASK, AMBER,
        pgettext_lazy("door", "Not open yet"),
        pgettext_lazy("door", "Ask to wait in the foyer, or call the lead."),
        time="early", forced=True,
    ),
    _line(
        "over", ASK, AMBER,
        pgettext_lazy("door", "This session is over"),
        pgettext_lazy("door", "Choose the session that runs now, or call the lead."),
        time="over", forced=True,
    ),
    _line(
        "not_invited", ASK, AMBER,
        pgettext_lazy("door", "Not invited to this session"),
        pgettext_lazy("door", "Show the way to their own session, or call the lead."),
        place="none", forced=True,
    ),
    _line(
        "declined", ASK, AMBER,
        pgettext_lazy("door", "Had declined"),
        pgettext_lazy("door", "Welcome them. Let in if there is a seat, else call the lead."),
        place="given_up", forced=True,
    ),
    _line(
        "waiting", ASK, AMBER,
        pgettext_lazy("door", "On the waiting list"),
        pgettext_lazy("door", "Ask to wait a moment; the lead decides."),
        place="waiting", forced=True,
    ),
    _line(
        "full", ASK, AMBER,
        pgettext_lazy("door", "All seats are taken"),
        pgettext_lazy("door", "Had not replied. Call the lead."),
        place="offered", room=False, forced=True,
    ),
    _line(
        "vip", IN, AMBER,
        pgettext_lazy("door", "VIP: please accompany"),
        pgettext_lazy("door", "The host has been called."),
        vip=True,
    ),
    _line(
        "no_reply", IN, GREEN,
        pgettext_lazy("door", "Welcome"),
        pgettext_lazy("door", "Had not replied; there is a seat."),
        place="offered",
    ),
    _line(
        "welcome", IN, GREEN,
        pgettext_lazy("door", "Checked in"),
        pgettext_lazy("door", "Welcome."),
    ),
)  # fmt: skip
LINES: Final = {line.why: line for line in TABLE}


def facts_of(
    guest: Mapping[str, Any] | None, session: Mapping[str, Any], scan: Mapping[str, Any], *, online: bool
) -> Facts:
    """What the table asks for.

    `guest`: `{reply, vip, places: {session: {state, inside}}}`, None for somebody the list does not know. `session`:
    `{id, starts, ends, room}`. `scan`: `{code, ticket, direction, at}` where `code` is `hand` (found by name), `genuine`,
    `forged`, `foreign` or `unreadable` and `ticket` is `current` or `replaced`. Moments are milliseconds since 1970.
    """
    place = (guest or {}).get("places", {}).get(str(session["id"]))
    state = place["state"] if place else "none"
    reply = guest["reply"] if guest else ""
    if state in (PlaceState.OFFERED, PlaceState.HELD) and reply == Reply.DECLINED:
        state = PlaceState.GIVEN_UP.value
    return {
        "code": scan["code"],
        "guest": "unknown" if guest is None else "cancelled" if reply == Reply.CANCELLED else "known",
        "ticket": scan["ticket"],
        "direction": scan["direction"],
        "inside": bool(place and place["inside"]),
        "place": str(state),
        "time": _time(session, scan["at"]),
        "room": bool(session["room"]),
        "vip": bool(guest and guest["vip"]),
        "online": online,
    }


def _time(session: Mapping[str, Any], at: float) -> str:
    if at < session["starts"] - EARLY:
        return "early"
    return "over" if at > session["ends"] + LATE else "open"


def decide(facts: Facts) -> Line:
    """The first line of the table that fits."""
    return next(line for line in TABLE if all(facts[fact] in wanted for fact, wanted in line.when.items()))


def table() -> dict[str, Any]:
    """The table for devices, its words in the language of the request."""
    lines = [
        {
            "why": line.why,
            "verdict": line.verdict.value,
            "tone": line.tone.value,
            "title": str(line.title),
            "words": str(line.words),
            "forced": line.forced,
            "when": {fact: list(wanted) for fact, wanted in line.when.items()},
        }
        for line in TABLE
    ]
    return {"lines": lines, "early": EARLY, "late": LATE}
