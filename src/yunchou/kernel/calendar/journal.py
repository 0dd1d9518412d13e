from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

DAY_SET = kind(
    "calendar.day_set", _("laid down {day} in the working calendar: {meaning} {name}"), icon="calendar"
)
DAY_RELEASED = kind("calendar.day_released", _("returned {day} to the official calendar"), icon="calendar")
SETTINGS_CHANGED = kind(
    "calendar.settings_changed",
    _("changed working hours to {opens_at}–{closes_at}, announced until {announced_until}"),
    icon="calendar",
)
