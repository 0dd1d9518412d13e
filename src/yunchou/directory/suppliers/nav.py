from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="suppliers",
    label=_("Suppliers"),
    icon="building-store",
    url_name="suppliers:supplier_list",
    order=620,
    perm=Perm.VIEW,
)
