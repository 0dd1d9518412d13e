"""What rooms that serve any subject need to know of plans and of the deadlines of a planning round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Subject

from .permissions import DEADLINE_KIND, PLAN_KIND, Perm

if TYPE_CHECKING:
    from yunchou.kernel.rules.selectors import Judged

# This is found while the apps are still loading, so the selectors are asked for when they are needed.


def _content(subject: Subject) -> dict[str, Any]:
    from .selectors import content_of

    return content_of(subject)


def _findings(subject: Subject) -> list[Judged]:
    from .selectors import findings_of

    return findings_of(subject)


def _locked(subject: Subject, table: str) -> Say | None:
    from .selectors import lock_on

    return lock_on(subject, table)


def _header(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    from .header import header_context

    return header_context(request, subject)


PLAN = declare(
    SubjectKind(
        key=PLAN_KIND,
        label=_("Plan"),
        view_perm=Perm.VIEW,
        icon="calendar-stats",
        content=_content,
        findings=_findings,
        locked=_locked,
        header=_header,
        header_template="planning/parts/header.html",
        only_own_tabs=True,
    )
)
DEADLINE = declare(
    SubjectKind(key=DEADLINE_KIND, label=_("Planning deadline"), view_perm=Perm.VIEW, icon="alarm")
)
