"""Who may move a claim or a report from where to where. Decisions come from the approval engine, so nobody is offered them."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import EDITABLE, Claim, ExpenseReport, ReportStatus, Status
from .permissions import Perm
from .rules import SENDING, beyond_budget_is_reviewed, month_is_reported, report_is_complete
from .selectors import claim_facts, report_facts

S, R = Status, ReportStatus

flow = Flow(Claim, field="status", context=claim_facts)

SUBMIT = flow.move(
    "submit", label=pgettext_lazy("claim", "Send for approval"), source=EDITABLE, target=S.IN_APPROVAL,
    needs=Perm.CLAIM, kind=journal.SUBMITTED, rules=SENDING, icon="send",
)  # fmt: skip
APPROVE = flow.move(
    "approve", label=pgettext_lazy("claim", "Approve"), source=[S.IN_APPROVAL], target=S.APPROVED, needs="",
    kind=journal.APPROVED,
)  # fmt: skip
RETURN = flow.move(
    "return", label=pgettext_lazy("claim", "Return"), source=[S.IN_APPROVAL], target=S.RETURNED, needs="",
    kind=journal.RETURNED,
)  # fmt: skip
REJECT = flow.move(
    "reject", label=pgettext_lazy("claim", "Reject"), source=[S.IN_APPROVAL], target=S.REJECTED, needs="",
    kind=journal.REJECTED,
)  # fmt: skip
WITHDRAW = flow.move(
    "withdraw", label=pgettext_lazy("claim", "Withdraw"), source=[S.IN_APPROVAL], target=S.WITHDRAWN, needs="",
    kind=journal.WITHDRAWN,
)  # fmt: skip
DISCARD = flow.move(
    "discard", label=pgettext_lazy("claim", "Discard"), source=EDITABLE, target=S.DISCARDED, needs=Perm.CLAIM,
    kind=journal.DISCARDED, icon="ban", dangerous=True,
)  # fmt: skip
PAY = flow.move(
    "pay", label=pgettext_lazy("claim", "Pay"), source=[S.APPROVED], target=S.PAID, needs=Perm.PAY, kind=journal.PAID,
    rules=[beyond_budget_is_reviewed], icon="cash",
)  # fmt: skip
REVOKE = flow.move(
    "revoke", label=pgettext_lazy("claim", "Take the approval back"), source=[S.APPROVED], target=S.RETURNED,
    needs=Perm.PAY, kind=journal.REVOKED, icon="arrow-back-up", dangerous=True,
)  # fmt: skip
REVERSE = flow.move(
    "reverse", label=pgettext_lazy("claim", "Reverse"), source=[S.PAID], target=S.REVERSED, needs=Perm.PAY,
    kind=journal.REVERSED, icon="arrow-back-up", dangerous=True,
)  # fmt: skip

report_flow = Flow(ExpenseReport, field="status", context=report_facts)

SEND_REPORT = report_flow.move(
    "send", label=pgettext_lazy("expense report", "Send to management"), source=[R.DRAFT, R.RETURNED],
    target=R.IN_APPROVAL, needs=Perm.REPORT, kind=journal.REPORT_SENT, rules=[report_is_complete], icon="send",
)  # fmt: skip
APPROVE_REPORT = report_flow.move(
    "approve", label=pgettext_lazy("expense report", "Approve"), source=[R.IN_APPROVAL], target=R.APPROVED, needs="",
    kind=journal.REPORT_APPROVED,
)  # fmt: skip
RETURN_REPORT = report_flow.move(
    "return", label=pgettext_lazy("expense report", "Return"), source=[R.IN_APPROVAL], target=R.RETURNED, needs="",
    kind=journal.REPORT_RETURNED,
)  # fmt: skip
CLOSE_MONTH = report_flow.move(
    "close", label=pgettext_lazy("expense report", "Close the month"), source=[R.DRAFT, R.IN_APPROVAL, R.RETURNED, R.APPROVED],
    target=R.CLOSED, needs=Perm.REPORT, kind=journal.MONTH_CLOSED, rules=[month_is_reported], icon="lock",
)  # fmt: skip
REOPEN_MONTH = report_flow.move(
    "reopen", label=pgettext_lazy("expense report", "Open the month again"), source=[R.CLOSED], target=R.RETURNED,
    needs="", kind=journal.MONTH_REOPENED, icon="lock-open", dangerous=True,
)  # fmt: skip
