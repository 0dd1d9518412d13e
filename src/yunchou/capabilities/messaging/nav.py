"""The menu entry of texts and of addresses left alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="messages",
    label=_("Texts of messages"),
    url_name="messaging:text_list",
    order=50,
    perm=Perm.VIEW,
    under="resources",
)
