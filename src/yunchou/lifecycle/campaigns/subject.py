"""What rooms that serve any subject need to know of campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.metrics.goals import Wanted, declare_goals
from yunchou.capabilities.metrics.live import Liveness, Period
from yunchou.capabilities.metrics.live import declare as declare_liveness
from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Subject

from .permissions import Perm

if TYPE_CHECKING:
    from yunchou.kernel.rules.selectors import Judged

# This is found while the apps are still loading, so the selectors are asked for when they are needed.


def _content(subject: Subject) -> dict[str, Any]:
    from .selectors import proposal_content

    return proposal_content(subject)


def _findings(subject: Subject) -> list[Judged]:
    from .selectors import findings_of

    return findings_of(subject)


def _locked(subject: Subject, table: str) -> Say | None:
    from .selectors import lock_on

    return lock_on(subject, table)


def _header(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    from .header import header_context

    return header_context(request, subject)


CAMPAIGN = declare(
    SubjectKind(
        key="campaign",
        label=_("Campaign"),
        view_perm=Perm.VIEW,
        icon="speakerphone",
        content=_content,
        findings=_findings,
        locked=_locked,
        header=_header,
        header_template="campaigns/parts/header.html",
    )
)


def _is_live(subject: Subject) -> bool:
    from .models import Campaign, Status

    return Campaign.objects.filter(pk=subject.pk, status=Status.RUNNING).exists()


def _periods(ids: Sequence[int]) -> dict[int, Period]:
    from .brief import briefs_of

    return {pk: (brief.start_on, brief.end_on) for pk, brief in briefs_of(ids).items()}


def _as_of(subject: Subject) -> date | None:
    from .models import Campaign

    return Campaign.objects.values_list("history_until", flat=True).get(pk=subject.pk)


def _goals(subject: Subject) -> list[Wanted]:
    from .selectors import wanted_of

    return wanted_of(subject)


declare_goals("campaign", _goals)
# New figures raise alerts while a campaign runs; those of an imported table belong to the day they were taken.
declare_liveness(Liveness("campaign", is_live=_is_live, periods=_periods, as_of=_as_of))
