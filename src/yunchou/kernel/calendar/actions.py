"""Every write to the working calendar. Each edit gives the calendar a new stamp, by which other processes
notice."""

from __future__ import annotations

from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from . import journal
from .models import CalendarSettings, DayOverride, new_stamp
from .permissions import Perm
from .selectors import calendar_changed


def set_day(*, day: date, is_working: bool, name: str = "", note: str = "", actor: User) -> DayOverride:
    """Lay down whether `day` is worked, instead of the official data; a second call for the day replaces the
    first.

    Refuses without `calendar.edit`; records `calendar.day_set`.
    """
    require(actor, Perm.EDIT)
    with transaction.atomic():
        _restamp()
        override, _made = DayOverride.objects.update_or_create(
            day=day, defaults={"is_working": is_working, "name": name.strip(), "note": note.strip()}
        )
        meaning = say(_("worked")) if is_working else say(_("day off"))
        record(
            journal.DAY_SET,
            actor=actor,
            data={"day": day.isoformat(), "meaning": meaning, "name": override.name, "note": override.note},
        )
    return override


def release_day(*, override: DayOverride, actor: User) -> None:
    """Let the official data speak for the day again. Refuses without `calendar.edit`; records
    `calendar.day_released`."""
    require(actor, Perm.EDIT)
    with transaction.atomic():
        _restamp()
        override.delete()
        record(
            journal.DAY_RELEASED,
            actor=actor,
            data={"day": override.day.isoformat(), "was_working": override.is_working},
        )


def change_calendar_settings(
    *, opens_at: time, closes_at: time, announced_until: int | None, actor: User
) -> CalendarSettings:
    """Set working hours and the last year whose notice is out (None: what the installed data know).

    Refuses without `calendar.edit` and hours that end before they begin; records `calendar.settings_changed`.
    """
    require(actor, Perm.EDIT)
    if closes_at <= opens_at:
        message = say(_("Work must end after it begins."))
        raise Invalid(message, fields={"closes_at": message})
    with transaction.atomic():
        settings = _restamp()
        settings.opens_at, settings.closes_at, settings.announced_until = opens_at, closes_at, announced_until
        settings.save(update_fields=["opens_at", "closes_at", "announced_until"])
        record(
            journal.SETTINGS_CHANGED,
            actor=actor,
            data={
                "opens_at": f"{opens_at:%H:%M}",
                "closes_at": f"{closes_at:%H:%M}",
                "announced_until": announced_until,
            },
        )
    return settings


def _restamp() -> CalendarSettings:
    """Lock the row of settings, which makes editors wait for each other, and mark a new edition."""
    CalendarSettings.objects.get_or_create(pk=CalendarSettings.ONLY)
    settings = CalendarSettings.objects.select_for_update().get(pk=CalendarSettings.ONLY)
    settings.stamp = new_stamp()
    settings.save(update_fields=["stamp"])
    calendar_changed()
    return settings
