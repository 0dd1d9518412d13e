from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

notice("budgets.adjusted", _("A budget was adjusted, or an adjustment was refused"), icon="adjustments")
