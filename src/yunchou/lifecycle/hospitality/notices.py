"""What people hear of the care of guests."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

MENU = notice(
    "hospitality.menu", _("A menu of mine does not suit a guest who replied"), icon="tools-kitchen-2"
)
HOST = notice("hospitality.host", _("I am host of a guest"), icon="star")
RUN = notice("hospitality.run", _("A run that I look after: somebody comes later or not at all"), icon="bus")
ROOMS = notice("hospitality.rooms", _("Rooms that I keep become free"), icon="bed")
