from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui.nav import entry

from .permissions import Perm

entry(
    key="data_protection",
    label=_("Data protection"),
    icon="shield-check",
    url_name="backups:protection_detail",
    order=950,
    perm=Perm.VIEW,
    group="lower",
)
