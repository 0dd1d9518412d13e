"""The plan on paper, A4: cards for the tables, a plan by table for the kitchen, a list by name for reception."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import typst
from django.conf import settings
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import listed

from ..models import Shape
from .rooms import Furniture, Room, Sitter

TEMPLATE: Final = Path(__file__).parent.parent / "typst" / "plan.typ"
FAMILY, SYSTEM_FAMILY = "Noto Sans SC", "Noto Sans CJK SC"
KINDS: Final = ("cards", "kitchen", "names")


def plan_pdf(room: Room, kind: str) -> bytes:
    """One of `KINDS` as a PDF in the reader's language. What people wrote is data to the template and never markup."""
    data = told_of(room, kind)
    folder = Path(settings.FONT_DIR)
    has_fonts = any(folder.glob("NotoSansSC*")) if folder.is_dir() else False
    data["font"] = FAMILY if has_fonts else SYSTEM_FAMILY
    made: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        root=str(TEMPLATE.parent),
        font_paths=[str(folder)] if has_fonts else [],
        ignore_system_fonts=has_fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made


def told_of(room: Room, kind: str) -> dict[str, Any]:
    """What the template draws."""
    titles = {
        "cards": pgettext("seating", "Cards"), "kitchen": _("Seating by table"), "names": _("Seats by name"),
    }  # fmt: skip
    starts = clock.local(room.session.starts_at)
    told: dict[str, Any] = {
        "kind": kind, "lang": "zh" if (get_language() or "").startswith("zh") else "en",
        "event": room.session.subject.title, "session": room.session.name, "when": f"{starts:%Y-%m-%d %H:%M}",
        "summary": _summary(room), "tables": [], "people": [],
        "words": {
            "title": titles[kind], "name": pgettext("guest", "Name"), "organisation": pgettext("guest", "Organisation"),
            "seat": pgettext("seating", "Seat"),
        },
    }  # fmt: skip
    if kind == "names":
        people = sorted(room.people, key=lambda one: (one.guest.pinyin, one.guest.name, one.place))
        told["people"] = [_person(one) for one in people]
    elif kind == "cards":
        tables = [one for one in room.furniture if one.table.shape != Shape.ROW] or room.furniture
        told["tables"] = [
            {"label": one.label, "names": [_name(who) for who in _sitters(one)]} for one in tables
        ]
    else:
        told["tables"] = [_for_kitchen(one) for one in in_order(room.furniture)]
    return told


def in_order(furniture: Sequence[Furniture]) -> list[Furniture]:
    """As they are served; what has no order comes last, as it stands in the room."""
    return sorted(
        furniture,
        key=lambda one: (one.table.serving is None, one.table.serving or 0, one.table.y, one.table.x),
    )


def diets_of(people: Sequence[Sitter]) -> list[tuple[str, int]]:
    """How many people at a table do not eat what, most first."""
    counted = Counter(word for one in people for word in one.guest.diet_words)
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _sitters(one: Furniture) -> list[Sitter]:
    return [chair.sitter for chair in one.chairs if chair.sitter]


def _name(one: Sitter) -> str:
    return str(one.guest.name)


def _summary(room: Room) -> str:
    seated = ngettext("{n} person seated", "{n} people seated", room.seated).format(n=room.seated)
    rest = ngettext("{n} without a seat", "{n} without a seat", room.rest).format(n=room.rest)
    return " · ".join((seated, rest)) if room.rest else seated


def _for_kitchen(one: Furniture) -> dict[str, Any]:
    people = _sitters(one)
    counts = [f"{word} × {n}" for word, n in diets_of(people)]
    serving = one.table.serving
    return {
        "label": one.label,
        "vip": one.table.is_vip,
        "count": f"{one.taken}/{one.table.seats}",
        "serving": _("Serve {n}").format(n=serving) if serving else "",
        "diets": "   ".join(counts),
        "seats": [
            {
                "number": str(chair.number),
                "name": _name(chair.sitter),
                "diet": listed(chair.sitter.guest.diet_words),
            }
            for chair in one.chairs
            if chair.sitter
        ],
    }


def _person(one: Sitter) -> dict[str, Any]:
    return {
        "name": _name(one), "vip": one.guest.is_vip, "organisation": one.guest.organisation, "seat": one.seat or "—",
        "head": _("with {name}").format(name=one.head) if one.head else "",
    }  # fmt: skip
