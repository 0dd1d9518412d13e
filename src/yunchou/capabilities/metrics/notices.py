from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice(
    "metrics.alert",
    _("A figure of mine raises an alert"),
    icon="alert-triangle",
    channels=[IN_APP, EMAIL],
    is_urgent=True,
)
