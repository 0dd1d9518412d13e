from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice("expenses.decided", _("A claim of mine was decided on"), icon="receipt")
notice("expenses.paid", _("A claim of mine was paid"), icon="cash", channels=[IN_APP, EMAIL])
notice("expenses.analysed", _("A department reported on its budget"), icon="chart-bar")
