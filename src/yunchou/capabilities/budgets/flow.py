"""What becomes of a request to move money. The approval engine decides; nobody is offered these moves."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import Adjustment, AdjustmentStatus

flow = Flow(Adjustment, field="status")

APPROVE = flow.move(
    "approve",
    label=pgettext_lazy("adjustment", "Approve"),
    source=[AdjustmentStatus.IN_APPROVAL],
    target=AdjustmentStatus.APPROVED,
    needs="",
    kind=journal.ADJUSTED,
)
RETURN = flow.move(
    "return",
    label=pgettext_lazy("adjustment", "Return"),
    source=[AdjustmentStatus.IN_APPROVAL],
    target=AdjustmentStatus.RETURNED,
    needs="",
    kind=journal.ADJUSTMENT_RETURNED,
)
REJECT = flow.move(
    "reject",
    label=pgettext_lazy("adjustment", "Reject"),
    source=[AdjustmentStatus.IN_APPROVAL],
    target=AdjustmentStatus.REJECTED,
    needs="",
    kind=journal.ADJUSTMENT_REJECTED,
)
WITHDRAW = flow.move(
    "withdraw",
    label=pgettext_lazy("adjustment", "Withdraw"),
    source=[AdjustmentStatus.IN_APPROVAL],
    target=AdjustmentStatus.WITHDRAWN,
    needs="",
    kind=journal.ADJUSTMENT_WITHDRAWN,
)
RESEND = flow.move(
    "resend",
    label=pgettext_lazy("adjustment", "Send again"),
    source=[AdjustmentStatus.RETURNED, AdjustmentStatus.WITHDRAWN],
    target=AdjustmentStatus.IN_APPROVAL,
    needs="",
    kind=journal.ADJUSTMENT_RESENT,
)
