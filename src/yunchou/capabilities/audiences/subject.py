"""A segment as other rooms see it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import SEGMENT_KIND, Perm

SEGMENT = declare(SubjectKind(SEGMENT_KIND, _("Segment"), Perm.VIEW, icon="users-group", only_own_tabs=True))
