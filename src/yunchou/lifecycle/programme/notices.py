"""What people hear of on the day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

EMERGENCY = notice(
    "programme.emergency",
    _("An emergency plan was set off at an event of mine"),
    icon="urgent",
    channels=[IN_APP, EMAIL],
    is_mandatory=True,
    is_urgent=True,
)
DRILL = notice(
    "programme.drill",
    _("A drill of an emergency plan begins at an event of mine"),
    icon="urgent",
    channels=[IN_APP, EMAIL],
)
HAZARD = notice(
    "programme.hazard",
    _("A patrol found a hazard at an event of mine"),
    icon="alert-triangle",
    channels=[IN_APP, EMAIL],
    is_urgent=True,
)
PULLED = notice("programme.pulled", _("A published picture was taken back"), icon="photo-off")
