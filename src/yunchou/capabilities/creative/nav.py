"""The menu entry of what plans rest on: channels, forms, profiles and analyses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="creative",
    label=_("Channels and studies"),
    url_name="creative:library",
    order=40,
    perm=Perm.VIEW,
    under="resources",
)
