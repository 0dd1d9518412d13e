from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice(
    "operations.issue",
    _("An issue waits for my solution"),
    icon="alert-circle",
    channels=[IN_APP, EMAIL],
    is_mandatory=True,
    is_urgent=True,
)
notice("operations.decided", _("My issue was decided or closed"), icon="gavel")
notice(
    "operations.risk",
    _("A risk of mine came true"),
    icon="urgent",
    channels=[IN_APP, EMAIL],
    is_mandatory=True,
    is_urgent=True,
)
notice("operations.response", _("A risk of my team was dealt with"), icon="circle-check")

notice("operations.feedback", _("A problem of my team was solved"), icon="circle-check")
notice("operations.weekly", _("A weekly report came to me"), icon="report", channels=[IN_APP, EMAIL])
notice(
    "operations.request",
    _("A department is asked for resources, or answers"),
    icon="help",
    channels=[IN_APP, EMAIL],
)
notice(
    "operations.department", _("A report of a department came to me"), icon="report", channels=[IN_APP, EMAIL]
)
notice(
    "operations.warning", _("An early warning concerns me"), icon="alert-triangle", channels=[IN_APP, EMAIL]
)
