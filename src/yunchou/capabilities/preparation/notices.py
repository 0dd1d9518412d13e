from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

HOLD = notice("preparation.hold", _("A hold of mine on a venue ran out"), icon="calendar-x")
REVIEW = notice("preparation.review", _("Something I handed in was reviewed"), icon="eye")
STOCK = notice("preparation.stock", _("Stock I keep is low"), icon="package")
