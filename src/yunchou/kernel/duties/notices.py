from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice("duties.reminder", _("A duty of mine is due"), icon="bell", channels=[IN_APP])
notice("duties.escalation", _("Somebody I answer for is late"), icon="arrow-big-up", channels=[IN_APP, EMAIL])
notice("duties.reassigned", _("A duty was handed to me"), icon="switch-horizontal", channels=[IN_APP, EMAIL])
