from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .selectors import owed_by

nav.entry(
    key="duties",
    label=_("My duties"),
    icon="inbox",
    url_name="duties:duty_list",
    order=12,
    group="person",
    count=owed_by,
    phone=10,
    phone_label=_("Duties"),
    alert=True,
)
