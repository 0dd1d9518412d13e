"""Who may move a campaign from where to where: the only place that says so (TYP-10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from yunchou.capabilities.budgets.adjustments import open_adjustments
from yunchou.capabilities.expenses.selectors import open_claims
from yunchou.capabilities.operations.safety import safety_verdict
from yunchou.capabilities.operations.tables import is_on_site
from yunchou.capabilities.purchasing.selectors import open_purchases, unsigned_purchases
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.flow.machine import Flow

from . import journal
from .changing import change_of
from .models import Campaign, Kind, Status
from .permissions import Perm
from .rules.book import PROPOSAL
from .selectors import facts_of
from .words import listed

S = Status
LIVE = [S.PREPARING, S.RUNNING]

flow = Flow(Campaign, field="status", context=lambda campaign: facts_of(campaign.subject, campaign=campaign))

PLAN = flow.move(
    "plan", label=_("Start planning"), source=[S.DRAFT], target=S.PLANNING, needs=Perm.EDIT, kind=journal.PLANNING,
    icon="pencil",
)  # fmt: skip
SUBMIT = flow.move(
    "submit", label=_("Send for approval"), source=[S.DRAFT, S.PLANNING], target=S.IN_APPROVAL, needs=Perm.SUBMIT,
    kind=journal.SUBMITTED, rules=PROPOSAL, icon="send",
)  # fmt: skip
WITHDRAW = flow.move(
    "withdraw",
    label=_("Withdraw"),
    source=[S.IN_APPROVAL],
    target=S.PLANNING,
    needs="",
    kind=journal.WITHDRAWN,
)
RETURN = flow.move(
    "return", label=_("Return"), source=[S.IN_APPROVAL], target=S.PLANNING, needs="", kind=journal.RETURNED
)
REJECT = flow.move(
    "reject", label=_("Reject"), source=[S.IN_APPROVAL], target=S.PLANNING, needs="", kind=journal.REJECTED
)
APPROVE = flow.move(
    "approve", label=_("Approve"), source=[S.IN_APPROVAL], target=S.APPROVED, needs="", kind=journal.APPROVED
)
PREPARE = flow.move(
    "prepare", label=_("Start preparation"), source=[S.APPROVED], target=S.PREPARING, needs=Perm.RUN,
    kind=journal.PREPARING, icon="package",
)  # fmt: skip
START = flow.move(
    "start", label=_("Start execution"), source=[S.APPROVED, S.PREPARING], target=S.RUNNING, needs=Perm.RUN,
    kind=journal.STARTED, icon="player-play",
)  # fmt: skip
CLOSE = flow.move(
    "close", label=_("Close execution"), source=[S.RUNNING], target=S.CLOSED, needs=Perm.RUN, kind=journal.CLOSED,
    icon="flag",
)  # fmt: skip
EVALUATE = flow.move(
    "evaluate", label=_("Complete evaluation"), source=[S.CLOSED], target=S.EVALUATED, needs=Perm.RUN,
    kind=journal.EVALUATED, icon="chart-bar",
)  # fmt: skip
ARCHIVE = flow.move(
    "archive", label=_("Archive"), source=[S.EVALUATED], target=S.ARCHIVED, needs=Perm.RUN, kind=journal.ARCHIVED,
    icon="archive",
)  # fmt: skip
SUSPEND = flow.move(
    "suspend", label=_("Suspend"), source=[S.APPROVED, *LIVE], target=S.SUSPENDED, needs=Perm.RUN,
    kind=journal.SUSPENDED, icon="player-pause",
)  # fmt: skip
# A suspended campaign goes back to where it was; `actions.resume_campaign` puts that status in place of this one.
RESUME = flow.move(
    "resume", label=_("Resume"), source=[S.SUSPENDED], target=S.PREPARING, needs=Perm.RUN, kind=journal.RESUMED,
    icon="player-play",
)  # fmt: skip
CANCEL = flow.move(
    "cancel", label=_("Cancel the campaign"), source=[S.DRAFT, S.PLANNING, S.APPROVED, *LIVE, S.SUSPENDED],
    target=S.CANCELLED, needs=Perm.CANCEL, kind=journal.CANCELLED, icon="ban", dangerous=True,
)  # fmt: skip


@CLOSE.guard
@SUSPEND.guard
@CANCEL.guard
def _nothing_is_being_changed(campaign: Campaign) -> Say | None:
    """A change is decided on or dropped before the campaign takes another course."""
    change = change_of(campaign.subject)
    if change is None:
        return None
    words = gettext_noop("A change of the proposal is still open: send it, withdraw it or drop it first.")
    return say(words)


@START.guard
def _what_was_awarded_is_signed(campaign: Campaign) -> Say | None:
    """Nobody works for a campaign that runs on a contract that is not signed (003 四(二), TYP-10)."""
    awaited = unsigned_purchases(campaign.pk)
    if not awaited:
        return None
    return say(
        gettext_noop("These purchases have no signed contract yet: {purchases}."), purchases=listed(awaited)
    )


@START.guard
def _safety_is_planned(campaign: Campaign) -> Say | None:
    """An on-site high-end event has its safety emergency plan before it begins (R-RSK-06, 003 三(四))."""
    is_demanded = campaign.kind == Kind.HIGH_END and is_on_site(campaign.forms)
    verdict = safety_verdict(campaign.subject, is_demanded=is_demanded)
    return None if verdict.passed else verdict.reason


@CLOSE.guard
@EVALUATE.guard
@CANCEL.guard
def _no_money_is_asked_for(campaign: Campaign) -> Say | None:
    """What is frozen for a request is moved or free before the money goes."""
    if waiting := open_adjustments(campaign.pk):
        return say(
            gettext_noop("These budget adjustments are not decided yet: {things}."), things=listed(waiting)
        )
    return None


@CANCEL.guard
def _nothing_is_bought_or_claimed(campaign: Campaign) -> Say | None:
    """Money that others wait for is settled first; what is left then goes back to where it came from."""
    if waiting := [*open_purchases(campaign.pk), *open_claims(campaign.pk)]:
        return say(gettext_noop("Cancel, complete or pay these first: {things}."), things=listed(waiting))
    return None
