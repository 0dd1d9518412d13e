from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

APPOINTED = notice("supervision.appointed", _("You belong to a supervision team"), icon="eye-check")
NOTED = notice("supervision.noted", _("Guidance on your plans and activities"), icon="message")
ANSWERED = notice(
    "supervision.answered", _("A note of mine on plans and activities was answered"), icon="message-2"
)
