"""A supervision team as other rooms see it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import TEAM_KIND, Perm

TEAM = declare(SubjectKind(TEAM_KIND, _("Supervision team"), Perm.VIEW, icon="eye-check"))
