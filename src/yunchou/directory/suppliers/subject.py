"""A supplier as other rooms see it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import Perm

SUPPLIER = declare(SubjectKind("supplier", _("Supplier"), Perm.VIEW, icon="building-store"))
