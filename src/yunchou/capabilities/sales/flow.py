"""The stages of a lead: new, contacted, interested, negotiating, won or lost; and the way back."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import Lead, Stage
from .models.leads import OPEN_STAGES
from .permissions import Perm

flow = Flow(Lead, field="stage")

CONTACT = flow.move(
    "contact", label=pgettext_lazy("lead", "Contacted"), source=[Stage.NEW], target=Stage.CONTACTED, needs="",
    kind=journal.MOVED,
)  # fmt: skip
INTEREST = flow.move(
    "interest", label=pgettext_lazy("lead", "Is interested"), source=[Stage.CONTACTED], target=Stage.INTERESTED,
    needs=Perm.CAPTURE, kind=journal.MOVED, icon="star",
)  # fmt: skip
NEGOTIATE = flow.move(
    "negotiate", label=pgettext_lazy("lead", "Negotiate"), source=[Stage.CONTACTED, Stage.INTERESTED],
    target=Stage.NEGOTIATING, needs=Perm.CAPTURE, kind=journal.MOVED, icon="messages",
)  # fmt: skip
WIN = flow.move(
    "win", label=pgettext_lazy("lead", "Won"), source=OPEN_STAGES, target=Stage.WON, needs="", kind=journal.MOVED,
)  # fmt: skip
LOSE = flow.move(
    "lose", label=pgettext_lazy("lead", "Lost"), source=OPEN_STAGES, target=Stage.LOST, needs=Perm.CAPTURE,
    kind=journal.MOVED, icon="ban", dangerous=True,
)  # fmt: skip
RESUME = flow.move(
    "resume", label=pgettext_lazy("lead", "Take up again"), source=[Stage.LOST, Stage.WON], target=Stage.CONTACTED,
    needs=Perm.CAPTURE, kind=journal.MOVED, icon="refresh",
)  # fmt: skip
RESTART = flow.move(
    "restart", label=pgettext_lazy("lead", "Take up again"), source=[Stage.LOST, Stage.WON], target=Stage.NEW,
    needs=Perm.CAPTURE, kind=journal.MOVED, icon="refresh",
)  # fmt: skip


@WIN.guard
def something_was_ordered(lead: Lead) -> Say | None:
    """Won is who ordered, and nobody else."""
    if lead.orders.filter(cancelled_at=None).exists():
        return None
    return say(_("A lead is won by its order: enter that."))


@RESUME.guard
@RESTART.guard
def nothing_is_ordered(lead: Lead) -> Say | None:
    """Who ordered is won, until the order is cancelled."""
    if lead.orders.filter(cancelled_at=None).exists():
        return say(_("There is an order of this lead; it stays won."))
    return None


@RESUME.guard
def it_was_contacted(lead: Lead) -> Say | None:
    return None if lead.contacted_at else say(_("Nobody has turned to this person yet."))


@RESTART.guard
def it_was_not_contacted(lead: Lead) -> Say | None:
    return say(_("Somebody has turned to this person already.")) if lead.contacted_at else None
