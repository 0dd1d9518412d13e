"""A customer as other rooms see it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import CUSTOMER_KIND, Perm

CUSTOMER = declare(
    SubjectKind(CUSTOMER_KIND, _("Customer"), Perm.VIEW, icon="address-book", only_own_tabs=True)
)
