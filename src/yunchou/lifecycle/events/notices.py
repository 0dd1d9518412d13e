"""What people hear of guests and the door."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

VIP = notice(
    "events.vip", _("An important guest of mine has arrived"), icon="star", is_mandatory=True, is_urgent=True
)
MISSES = notice("events.misses", _("Somebody tries codes out at a door of mine"), icon="shield-exclamation")
