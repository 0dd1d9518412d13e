"""Kinds of journal entries about budgets."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

ACTUAL_BOOKED = kind(
    "budgets.actual_booked",
    _("booked {amount} yuan as actual cost of “{line}”, budget {budget}, variance {variance}"),
    icon="receipt",
)
