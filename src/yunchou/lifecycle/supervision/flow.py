"""The life of an audit (planned, running, reported, corrections, closed) and of a report of misconduct."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.flow.machine import Flow
from yunchou.lifecycle.campaigns import flow as campaign_moves
from yunchou.lifecycle.campaigns.models import Campaign

from . import journal
from .models import SETTLED, AuditCase, CaseStatus, FindingStatus, SampleItem, Tip, TipStatus
from .models.findings import barring
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


# -- reports of misconduct ---------------------------------------------------------------------------------------------

T = TipStatus
tip_flow = Flow(Tip, field="status")

TAKE = tip_flow.move(
    "take", label=pgettext_lazy("tip", "Examine it"), source=[T.RECEIVED], target=T.EXAMINED, needs=Perm.HANDLE_TIPS,
    kind=journal.TIP_TAKEN, icon="zoom-check",
)  # fmt: skip
UPHOLD = tip_flow.move(
    "uphold", label=pgettext_lazy("tip", "Confirm"), source=[T.EXAMINED], target=T.UPHELD, needs=Perm.HANDLE_TIPS,
    kind=journal.TIP_UPHELD, icon="circle-check",
)  # fmt: skip
DISMISS = tip_flow.move(
    "dismiss", label=pgettext_lazy("tip", "Not confirmed"), source=[T.EXAMINED], target=T.UNFOUNDED,
    needs=Perm.HANDLE_TIPS, kind=journal.TIP_DISMISSED, icon="circle-x",
)  # fmt: skip


# -- what is unlawful or untrue does not go on -------------------------------------------------------------------------


@campaign_moves.START.guard
@campaign_moves.RESUME.guard
def nothing_unlawful_stands(campaign: Campaign) -> Say | None:
    """Fraud, misleading or untrue publicity is barred until it is put right and verified (002 1.3)."""
    left = barring(campaign.subject).count()
    if not left:
        return None
    return say(
        _("{count} critical findings on legality and honesty are not corrected and verified yet."), count=left
    )
