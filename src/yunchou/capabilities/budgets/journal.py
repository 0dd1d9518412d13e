"""Kinds of journal entries about budgets."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

ACTUAL_BOOKED = kind(
    "budgets.actual_booked",
    _("booked {amount} yuan as actual cost of “{line}”, budget {budget}, variance {variance}"),
    icon="receipt",
)
ADJUSTMENT_REQUESTED = kind(
    "budgets.adjustment_requested",
    _("asked to move {amount} yuan from “{source}” to “{target}”: {reason}"),
    icon="adjustments",
)
ADJUSTED = kind(
    "budgets.adjusted", _("moved {amount} yuan from “{source}” to “{target}”: {reason}"), icon="adjustments"
)
ADJUSTMENT_RETURNED = kind(
    "budgets.adjustment_returned", _("returned a budget adjustment"), icon="arrow-back-up"
)
ADJUSTMENT_REJECTED = kind("budgets.adjustment_rejected", _("rejected a budget adjustment"), icon="x")
ADJUSTMENT_WITHDRAWN = kind(
    "budgets.adjustment_withdrawn", _("withdrew a budget adjustment"), icon="arrow-back"
)
POOL_FUNDED = kind(
    "budgets.pool_funded", _("put {amount} yuan into the emergency pool “{pool}”: {reason}"), icon="coins"
)
DRAWN = kind(
    "budgets.drawn",
    _("moved {amount} yuan from “{source}” to “{target}”, as approved with the plan for “{cause}”: {reason}"),
    icon="adjustments",
)
ADJUSTMENT_RESENT = kind("budgets.adjustment_resent", _("asked for a budget adjustment again"), icon="send")
ACCOUNTED = kind(
    "budgets.accounted",
    _("wrote off {used} of {amount} yuan for “{target}”; {returned} yuan went back to “{source}”"),
    icon="receipt-refund",
)
NO_COST_SAID = kind(
    "budgets.no_cost_said", _("said that nothing is spent on {heading}: {reason}"), icon="circle-minus"
)
NO_COST_TAKEN_BACK = kind(
    "budgets.no_cost_taken_back", _("took back that nothing is spent on {heading}"), icon="arrow-back"
)
