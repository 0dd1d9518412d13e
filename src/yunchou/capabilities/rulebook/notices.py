from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

notice("rulebook.changed", _("A regulation or rule is going to change"), icon="book-2")
