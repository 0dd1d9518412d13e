"""What this room makes that stands by itself: warnings, and recurring reports of departments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import Perm

WARNING = declare(
    SubjectKind("early_warning", _("Early warning"), Perm.VIEW, icon="alert-triangle", only_own_tabs=True)
)
DEPARTMENT_REPORT = declare(
    SubjectKind("department_report", _("Recurring report"), Perm.VIEW, icon="report", only_own_tabs=True)
)
