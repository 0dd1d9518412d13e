"""The run sheet on paper: A4 across, with every cue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import typst
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

from .running import day_of, items_of

TEMPLATE: Final = Path(__file__).parent.parent / "typst" / "run_sheet.typ"
FAMILY, SYSTEM_FAMILY = "Noto Sans SC", "Noto Sans CJK SC"


def run_sheet_pdf(subject: Subject) -> bytes:
    """The plan with people, materials and cues, in the reader's language. What people wrote is data and never markup."""
    folder = Path(settings.FONT_DIR)
    has_fonts = any(folder.glob("NotoSansSC*")) if folder.is_dir() else False
    data = {**_told(subject), "font": FAMILY if has_fonts else SYSTEM_FAMILY}
    made: bytes = typst.compile(
        str(TEMPLATE),
        format="pdf",
        root=str(TEMPLATE.parent),
        font_paths=[str(folder)] if has_fonts else [],
        ignore_system_fonts=has_fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made


def _told(subject: Subject) -> dict[str, object]:
    day = day_of(subject)
    people = [
        (pgettext("programme", "Host"), str(day.host or "")),
        (pgettext("programme", "Photographer"), str(day.shown_photographer or "")),
    ]
    return {
        "title": subject.title,
        "kind": pgettext("tab", "Run sheet"),
        "people": "　".join(f"{label}: {name}" for label, name in people if name),
        "printed": _("As of {time}").format(time=f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"),
        "heads": [
            pgettext("run sheet", "Time"),
            pgettext("run sheet", "Min."),
            pgettext("run sheet", "Item"),
            pgettext("run sheet", "People and material"),
            pgettext("run sheet", "Host"),
            pgettext("equipment", "Sound"),
            pgettext("equipment", "Light"),
        ],
        "rows": _rows(subject),
    }


def _rows(subject: Subject) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    day = None
    for item in items_of(subject):
        begins = clock.local(item.starts_at)
        if begins.date() != day:
            day = begins.date()
            rows.append({"day": f"{day:%Y-%m-%d}"})
        detail = [item.get_kind_display()]
        if item.is_interaction:
            detail += [part for part in (item.topics, item.form) if part]
        who = [
            item.owner.name if item.owner else "",
            item.shown_speaker,
            item.material.name if item.material else "",
            item.material_note,
        ]
        rows.append(
            {
                "time": f"{begins:%H:%M}–{clock.local(item.ends_at):%H:%M}",
                "fixed": item.is_fixed,
                "minutes": str(item.minutes),
                "title": item.title,
                "detail": " · ".join(detail),
                "who": [part for part in who if part],
                "cues": [item.cue_host, item.cue_sound, item.cue_light],
            }
        )
    return rows
