from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice

MENTIONED = notice(
    "discussion.mentioned", _("Somebody mentioned me in a comment"), icon="at", channels=(IN_APP, EMAIL)
)
COMMENTED = notice("discussion.commented", _("New comments where I take part"), icon="message")
ANNOUNCED = notice(
    "discussion.announced", _("An announcement to my team"), icon="speakerphone", channels=(IN_APP, EMAIL)
)
DECIDED = notice("discussion.decided", _("A decision in what I belong to"), icon="gavel")
REMINDED = notice("discussion.reminded", _("Somebody reminds me of something"), icon="bell-ringing")
