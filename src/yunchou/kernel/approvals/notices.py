from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice(
    "approvals.waiting",
    _("An approval waits for me"),
    icon="rubber-stamp",
    channels=[IN_APP, EMAIL],
    is_mandatory=True,
)
notice("approvals.filed", _("Something was filed with me for the record"), icon="archive")
notice("approvals.approved", _("What I sent was approved"), icon="check")
notice("approvals.returned", _("What I sent was returned"), icon="arrow-back-up", channels=[IN_APP, EMAIL])
notice("approvals.rejected", _("What I sent was rejected"), icon="x", channels=[IN_APP, EMAIL])
notice("approvals.withdrawn", _("An approval was withdrawn"), icon="arrow-back-up")
notice("approvals.changed", _("Something I take part in was changed during approval"), icon="pencil")
notice("approvals.asked", _("Somebody asks me about an approval"), icon="help", channels=[IN_APP, EMAIL])
notice("approvals.answered", _("My question about an approval was answered"), icon="message")
notice(
    "approvals.urged",
    _("I am urged to decide"),
    icon="bell-ringing",
    channels=[IN_APP, EMAIL],
    is_mandatory=True,
    is_urgent=True,
)
notice("approvals.copied", _("An approval is shown to me"), icon="copy")
notice("approvals.seated", _("A decision passed to somebody else"), icon="switch-horizontal")
notice(
    "approvals.delegated",
    _("Somebody has delegated decisions to me"),
    icon="user-share",
    channels=[IN_APP, EMAIL],
)
notice(
    "approvals.vacant", _("Nobody can decide on a running approval"), icon="alert-triangle", is_mandatory=True
)
notice("approvals.remark", _("Somebody remarked on what I sent"), icon="message")
notice("approvals.no_route", _("No approval route applies"), icon="alert-triangle", is_mandatory=True)
