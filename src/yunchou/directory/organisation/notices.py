from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice("organisation.invited", _("I am invited to a meeting"), icon="calendar-event")
notice("organisation.minutes", _("Minutes of a meeting of mine were written"), icon="notes")
notice(
    "organisation.report",
    _("A marketing centre reported to top management"),
    icon="report",
    channels=[IN_APP, EMAIL],
)
notice(
    "organisation.handed_over",
    _("Work of a leaver was handed to me"),
    icon="switch-horizontal",
    channels=[IN_APP, EMAIL],
)
