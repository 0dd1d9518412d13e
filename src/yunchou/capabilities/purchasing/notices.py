from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

OUTCOME = notice(
    "purchasing.outcome", _("A purchase or contract of mine was decided on"), icon="shopping-cart"
)
