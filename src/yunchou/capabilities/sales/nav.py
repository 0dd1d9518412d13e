"""The tab 线索与订单 of activities, and the menu entry of all orders."""

from django.utils.translation import pgettext_lazy

from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab

from .activities import kinds
from .permissions import Perm

tab(
    "sales", pgettext_lazy("tab", "Leads and orders"), order=72, url_name="sales:board", perm=Perm.VIEW, under="data",
    shown_for=lambda subject: subject.kind in kinds,
)  # fmt: skip
nav.entry(
    key="orders", label=pgettext_lazy("sales", "Orders"), icon="receipt", url_name="sales:order_list", order=615,
    perm=Perm.VIEW,
)  # fmt: skip
