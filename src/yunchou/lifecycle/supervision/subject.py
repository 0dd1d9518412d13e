"""Supervision teams, audits, findings and evaluations from outside, as other rooms see them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import CASE_KIND, FINDING_KIND, OUTSIDE_KIND, PLAN_KIND, TEAM_KIND, Perm

TEAM = declare(SubjectKind(TEAM_KIND, _("Supervision team"), Perm.VIEW, icon="eye-check"))
AUDIT_PLAN = declare(SubjectKind(PLAN_KIND, _("Audit plan"), Perm.SEE_AUDITS, icon="calendar-repeat"))
AUDIT_CASE = declare(SubjectKind(CASE_KIND, _("Audit"), Perm.SEE_AUDITS, icon="zoom-check"))
FINDING = declare(
    SubjectKind(FINDING_KIND, pgettext_lazy("sample", "Finding"), Perm.SEE_AUDITS, icon="alert-triangle")
)
OUTSIDE = declare(SubjectKind(OUTSIDE_KIND, _("Outside evaluation"), Perm.SEE_AUDITS, icon="world-search"))
