"""The tab 推广 of activities that have leads, and the counter where coupons are redeemed."""

from django.utils.translation import pgettext_lazy

from yunchou.capabilities.sales.activities import kinds
from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm

tab(
    "promotions", pgettext_lazy("tab", "Promotions"), order=73, url_name="promotions:board", perm=Perm.VIEW,
    under="data", shown_for=lambda subject: subject.kind in kinds,
)  # fmt: skip
nav.entry(
    key="coupons", label=pgettext_lazy("promotions", "Redeem coupons"), icon="ticket", url_name="promotions:counter",
    order=617, perm=Perm.REDEEM,
)  # fmt: skip
