"""The sheet that the kitchen and the waiters work by."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from yunchou.kernel.core import clock
from yunchou.lifecycle.events.models import Place

from ..models import Menu
from .menus import page_of

TEMPLATE: Final = Path(__file__).parent.parent / "typst" / "kitchen.typ"
FAMILY, SYSTEM_FAMILY = "Noto Sans SC", "Noto Sans CJK SC"


def kitchen_sheet(menu: Menu) -> dict[str, Any]:
    """Portions of each dish in the order of serving, and which seat gets something else.

    Where a seat is known the name is not said, and a restriction never: who cooks needs to know what, and not why.
    """
    page = page_of(menu)
    session = menu.session
    start, end = clock.local(session.starts_at), clock.local(session.ends_at)
    seats = dict(Place.objects.filter(session=session).exclude(seat="").values_list("guest_id", "seat"))
    rows = sorted(
        (
            {
                "where": seats.get(row.guest_id) or row.guest.name,
                "dish": row.dish.name,
                "instead": row.instead.name,
            }
            for one in page.guests
            for row in one.substitutes
        ),
        key=lambda row: (row["where"], row["dish"]),
    )
    return {
        "title": _("Kitchen sheet"),
        "event": menu.subject.title,
        "session": f"{session.name} · {start:%Y-%m-%d %H:%M}—{end:%H:%M}",
        "place": session.place,
        "caterer": str(page.chosen.offer.supplier) if page.chosen else "",
        "people": ngettext("%(n)d person", "%(n)d people", page.people) % {"n": page.people},
        "state": _("Fixed on {at}").format(at=f"{clock.local(menu.fixed_at):%Y-%m-%d %H:%M}")
        if menu.fixed_at
        else _("Not fixed yet"),
        "note": menu.note,
        "heads": {
            "order": pgettext("kitchen sheet", "No."),
            "dish": pgettext("menu", "Dish"),
            "contains": pgettext("menu", "Contains"),
            "portions": pgettext("menu", "Portions"),
            "extras": _("In place of other dishes"),
            "seats": _("Something else, by seat"),
            "where": pgettext("menu", "Seat"),
            "instead": pgettext("menu", "Gets instead"),
            "not": pgettext("menu", "Does not get"),
        },
        "courses": [
            {
                "name": course.label,
                "dishes": [
                    {
                        "name": line.dish.name,
                        "contains": line.dish.contents_listed,
                        "portions": line.portions,
                    }
                    for line in course.lines
                ],
            }
            for course in page.courses
        ],
        "extras": [
            {"name": line.dish.name, "contains": line.dish.contents_listed, "portions": line.portions}
            for line in page.extras
            if line.portions
        ],
        "substitutes": rows,
    }


def kitchen_pdf(menu: Menu, *, at: datetime) -> bytes:
    """The sheet on paper. What people wrote is data and never markup."""
    data = kitchen_sheet(menu)
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
        timestamp=int(at.timestamp()),
    )
    return made
