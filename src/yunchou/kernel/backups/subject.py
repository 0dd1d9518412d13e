"""What rooms that serve any subject need to know of the installation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import Perm

INSTALLATION = declare(
    SubjectKind("installation", _("Data protection"), Perm.VIEW, icon="shield-check", only_own_tabs=True)
)
