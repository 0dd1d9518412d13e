from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

MANY_SEEN = notice(
    "customers.many_seen",
    _("Somebody opened very many customers"),
    icon="alert-triangle",
    channels=[IN_APP, EMAIL],
    is_mandatory=True,
)
EXPORT = notice(
    "customers.export", _("An export of customers waits for my release or was decided"), icon="file-export"
)
