from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="organisation",
    label=_("Organisation"),
    icon="settings",
    url_name="organisation:unit_list",
    order=900,
    perm=Perm.VIEW,
    group="lower",
)
nav.entry(
    key="my_rights",
    label=_("My rights"),
    icon="key",
    url_name="organisation:my_rights",
    order=25,
    group="person",
)
