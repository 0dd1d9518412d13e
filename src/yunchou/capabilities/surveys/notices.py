from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

OPENED = notice("surveys.opened", _("A questionnaire I keep opened by itself"), icon="send")
CLOSED = notice("surveys.closed", _("A questionnaire I keep was closed"), icon="lock")
