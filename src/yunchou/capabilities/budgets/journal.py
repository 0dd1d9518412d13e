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
