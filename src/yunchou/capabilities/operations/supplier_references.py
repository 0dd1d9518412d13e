"""Where suppliers stand ready for a risk: a merge takes these along. They are for the team, so nothing is told of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.directory.suppliers.references import Reference, declare

declare(
    Reference(
        "operations.resources",
        label=_("prepared resource"),
        model="operations.PreparedResource",
        field="supplier",
    )
)
