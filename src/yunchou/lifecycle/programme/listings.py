"""The run sheet of an event as a file: the plan with its cues, and how it went."""

from __future__ import annotations

from collections.abc import Mapping

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare
from yunchou.lifecycle.events.permissions import Perm

from .models import RunSheetItem
from .selectors.running import items_of

COLUMNS = (
    Column("title", pgettext_lazy("run sheet", "item"), width=28),
    Column("kind", pgettext_lazy("run sheet", "kind"), width=10),
    Column("session", pgettext_lazy("event", "session"), width=18),
    Column("starts_at", pgettext_lazy("run sheet", "planned start"), "moment", 18),
    Column("minutes", pgettext_lazy("run sheet", "minutes"), "number", 8, is_summed=True),
    Column("is_fixed", pgettext_lazy("run sheet", "begins at its time"), width=10),
    Column("owner", pgettext_lazy("run sheet", "responsible"), width=12),
    Column("speaker", pgettext_lazy("run sheet", "speaker"), width=14),
    Column("material", pgettext_lazy("run sheet", "material"), width=20),
    Column("cue_host", pgettext_lazy("run sheet", "cue for the host"), width=30),
    Column("cue_sound", pgettext_lazy("run sheet", "cue for sound"), width=24),
    Column("cue_light", pgettext_lazy("run sheet", "cue for light"), width=24),
    Column("topics", pgettext_lazy("run sheet", "topics"), width=24),
    Column("form", pgettext_lazy("run sheet", "form"), width=16),
    Column("participants", pgettext_lazy("run sheet", "participants"), "number", 8),
    Column("began_at", pgettext_lazy("run sheet", "began"), "moment", 18),
    Column("ended_at", pgettext_lazy("run sheet", "ended"), "moment", 18),
)


def open_run_sheet(user: User, query: Mapping[str, str]) -> Lines:
    """The items in the order of play, for who sees the event, as its printed form is."""
    asked = query.get("subject", "")
    found = visible_subjects(user).select_related("unit")
    subject = get_object_or_404(found, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    require(user, Perm.VIEW, subject)
    items = items_of(subject)
    title = f"{subject.title} {pgettext_lazy('tab', 'Run sheet')}"
    return Lines(title, len(items), (_line(item) for item in items))


def _line(item: RunSheetItem) -> Line:
    material = str(item.material) if item.material else item.material_note
    return [
        item.title, str(item.get_kind_display()), item.session.name if item.session else "", item.starts_at, item.minutes,
        str(_("Yes")) if item.is_fixed else "", item.owner.name if item.owner else "", item.shown_speaker, material,
        item.cue_host, item.cue_sound, item.cue_light, item.topics, item.form, item.participants, item.began_at, item.ended_at,
    ]  # fmt: skip


RUN_SHEET = declare(
    Listing("programme.run_sheet", pgettext_lazy("tab", "Run sheet"), COLUMNS, open_run_sheet)
)
