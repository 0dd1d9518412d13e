"""Who may move a proposal from where to where. Decisions come from the approval engine, so nobody is offered them."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import Proposal, Status
from .permissions import Perm

flow = Flow(Proposal, field="status")

RESUBMIT = flow.move(
    "resubmit",
    label=pgettext_lazy("proposal", "Send again"),
    source=[Status.RETURNED],
    target=Status.IN_APPROVAL,
    needs=Perm.PROPOSE,
    kind=journal.RESUBMITTED,
    icon="send",
)
DROP = flow.move(
    "drop",
    label=pgettext_lazy("proposal", "Drop"),
    source=[Status.RETURNED],
    target=Status.WITHDRAWN,
    needs=Perm.PROPOSE,
    kind=journal.WITHDRAWN,
    icon="ban",
    dangerous=True,
)
APPROVE = flow.move(
    "approve",
    label=pgettext_lazy("proposal", "Approve"),
    source=[Status.IN_APPROVAL],
    target=Status.APPROVED,
    needs="",
    kind=journal.APPROVED,
)
RETURN = flow.move(
    "return",
    label=pgettext_lazy("proposal", "Return"),
    source=[Status.IN_APPROVAL],
    target=Status.RETURNED,
    needs="",
    kind=journal.RETURNED,
)
REJECT = flow.move(
    "reject",
    label=pgettext_lazy("proposal", "Reject"),
    source=[Status.IN_APPROVAL],
    target=Status.REJECTED,
    needs="",
    kind=journal.REJECTED,
)
WITHDRAW = flow.move(
    "withdraw",
    label=pgettext_lazy("proposal", "Withdraw"),
    source=[Status.IN_APPROVAL],
    target=Status.WITHDRAWN,
    needs="",
    kind=journal.WITHDRAWN,
)
