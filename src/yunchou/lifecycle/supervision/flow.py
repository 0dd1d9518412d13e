"""The life of an audit: planned, running, reported, corrections, closed."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import SETTLED, AuditCase, CaseStatus, FindingStatus, SampleItem
from .permissions import Perm

S = CaseStatus

flow = Flow(AuditCase, field="status")

START = flow.move(
    "start", label=pgettext_lazy("audit", "Begin the audit"), source=[S.PLANNED], target=S.RUNNING, needs=Perm.AUDIT,
    kind=journal.AUDIT_STARTED, icon="player-play",
)  # fmt: skip
REPORT = flow.move(
    "report", label=pgettext_lazy("audit", "Report"), source=[S.RUNNING], target=S.REPORTED, needs=Perm.AUDIT,
    kind=journal.AUDIT_REPORTED, icon="send",
)  # fmt: skip
DEMAND = flow.move(
    "demand", label=pgettext_lazy("audit", "Demand the corrections"), source=[S.REPORTED], target=S.CORRECTING,
    needs=Perm.AUDIT, kind=journal.CORRECTIONS_DEMANDED, icon="list-check",
)  # fmt: skip
CLOSE = flow.move(
    "close", label=pgettext_lazy("audit", "Close the audit"), source=[S.REPORTED, S.CORRECTING], target=S.CLOSED,
    needs=Perm.AUDIT, kind=journal.AUDIT_CLOSED, icon="circle-check",
)  # fmt: skip


@REPORT.guard
@CLOSE.guard
def sample_is_examined(case: AuditCase) -> Say | None:
    """Nothing of the sample is left out."""
    left = case.items.filter(result=SampleItem.Result.OPEN).count()
    if not left:
        return None
    return say(_("{count} items of the sample are still to be examined."), count=left)


@DEMAND.guard
def something_was_found(case: AuditCase) -> Say | None:
    """Corrections are demanded of findings that stand."""
    if case.subject.findings.exclude(status=FindingStatus.WITHDRAWN).exists():
        return None
    return say(_("Nothing was found, so there is nothing to correct: close the audit."))


@CLOSE.guard
def findings_are_settled(case: AuditCase) -> Say | None:
    """An audit is closed when every finding is corrected and verified by somebody else, or was withdrawn."""
    left = case.subject.findings.exclude(status__in=SETTLED).count()
    if not left:
        return None
    return say(_("{count} findings are not corrected and verified yet."), count=left)
