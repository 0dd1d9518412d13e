from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="customers",
    label=_("Customers"),
    icon="address-book",
    url_name="customers:customer_list",
    order=610,
    perm=Perm.VIEW,
)
