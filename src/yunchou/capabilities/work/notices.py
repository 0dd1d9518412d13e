"""What this room tells people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

notice(
    "work.returned", _("Work that I handed in was sent back"), icon="arrow-back-up", channels=[IN_APP, EMAIL]
)
notice("work.accepted", _("Work that I handed in was accepted"), icon="check")
notice("work.joined", _("I was put into a team"), icon="users")
