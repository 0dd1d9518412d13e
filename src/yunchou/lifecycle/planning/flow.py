"""Who may move a plan from where to where: the only place that says so."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import Evaluation, Plan, Status
from .permissions import Perm
from .rules import SENDING
from .selectors import facts_of

S = Status

flow = Flow(Plan, field="status", context=lambda plan: facts_of(plan.subject))

SUBMIT = flow.move(
    "submit", label=_("Send for approval"), source=[S.DRAFT, S.RETURNED], target=S.IN_APPROVAL, needs=Perm.SUBMIT,
    kind=journal.SUBMITTED, rules=SENDING, icon="send",
)  # fmt: skip
WITHDRAW = flow.move(
    "withdraw", label=_("Withdraw"), source=[S.IN_APPROVAL], target=S.DRAFT, needs="", kind=journal.WITHDRAWN
)
RETURN = flow.move(
    "return", label=_("Return"), source=[S.IN_APPROVAL], target=S.RETURNED, needs="", kind=journal.RETURNED
)
REJECT = flow.move(
    "reject", label=_("Reject"), source=[S.IN_APPROVAL], target=S.RETURNED, needs="", kind=journal.REJECTED
)
APPROVE = flow.move(
    "approve", label=_("Approve"), source=[S.IN_APPROVAL], target=S.APPROVED, needs="", kind=journal.APPROVED
)
CHANGE = flow.move(
    "change", label=_("Change the plan"), source=[S.APPROVED], target=S.CHANGING, needs=Perm.SUBMIT,
    kind=journal.CHANGE_OPENED, icon="versions",
)  # fmt: skip
SEND_CHANGE = flow.move(
    "send_change", label=_("Send the change"), source=[S.CHANGING], target=S.CHANGE_SENT, needs=Perm.SUBMIT,
    kind=journal.CHANGE_SENT, rules=SENDING, icon="send",
)  # fmt: skip
RETURN_CHANGE = flow.move(
    "return_change", label=_("Return"), source=[S.CHANGE_SENT], target=S.CHANGING, needs="",
    kind=journal.CHANGE_RETURNED,
)  # fmt: skip
SUPERSEDE = flow.move(
    "supersede", label=_("Put into force"), source=[S.CHANGE_SENT], target=S.APPROVED, needs="",
    kind=journal.CHANGE_IN_FORCE,
)  # fmt: skip
DROP_CHANGE = flow.move(
    "drop_change", label=_("Drop the change"), source=[S.CHANGING], target=S.APPROVED, needs=Perm.SUBMIT,
    kind=journal.CHANGE_DROPPED, icon="x", dangerous=True,
)  # fmt: skip
REJECT_CHANGE = flow.move(
    "reject_change",
    label=_("Reject"),
    source=[S.CHANGE_SENT],
    target=S.APPROVED,
    needs="",
    kind=journal.CHANGE_DROPPED,
)
CLOSE = flow.move(
    "close", label=_("Close the plan"), source=[S.APPROVED], target=S.CLOSED, needs=Perm.RUN, kind=journal.CLOSED,
    icon="flag",
)  # fmt: skip
CANCEL = flow.move(
    "cancel", label=_("Cancel the plan"), source=[S.DRAFT, S.RETURNED, S.APPROVED], target=S.CANCELLED,
    needs=Perm.CANCEL, kind=journal.CANCELLED, icon="ban", dangerous=True,
)  # fmt: skip


@CLOSE.guard
def _it_was_evaluated(plan: Plan) -> Say | None:
    """A plan is looked back on before it is put away (PLN-13)."""
    if Evaluation.objects.filter(plan=plan.pk).exists():
        return None
    return say(gettext_noop("Evaluate the plan first: results, diagnosis, change of strategy and lessons."))


@CANCEL.guard
def _nothing_hangs_on_it(plan: Plan) -> Say | None:
    """What other plans in force break down, or what campaigns carry out, is not taken away under them."""
    from .registry import carried

    if plan.children.filter(status__in=[S.APPROVED, S.CHANGING, S.CHANGE_SENT, S.IN_APPROVAL]).exists():
        return say(
            gettext_noop("Plans that break this one down are in force or in approval: cancel them first.")
        )
    from .models import Item

    if carried(Item.objects.filter(subject=plan.pk).values_list("pk", flat=True)):
        return say(gettext_noop("Campaigns were made from items of this plan; close it instead."))
    return None
