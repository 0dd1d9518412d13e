from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .selectors import waiting_numbers

nav.entry(
    key="approvals",
    label=_("Approvals"),
    icon="rubber-stamp",
    url_name="approvals:case_list",
    order=40,
    count=waiting_numbers,
    phone=20,
)
