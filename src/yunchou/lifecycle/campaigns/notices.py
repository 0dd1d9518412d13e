from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice(
    "campaigns.split",
    _("A campaign together with one of mine passes a limit"),
    icon="arrows-split-2",
    channels=[IN_APP, EMAIL],
    is_mandatory=True,
)
notice("campaigns.change", _("A change of a campaign of mine was decided"), icon="versions")
