"""What becomes of coupons and forwarding tasks when customers are merged."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.directory.customers.references import Reference, declare

# Codes and dates only: nothing of the person is copied, so erasing leaves them as figures.
declare(Reference("promotions.Coupon", "customer", label=_("Coupons")))
declare(Reference("promotions.Promoter", "customer", label=_("Forwarding tasks")))
