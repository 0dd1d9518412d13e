from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

OUTCOME = notice("planning.outcome", _("A plan of mine was decided on"), icon="calendar-stats")
