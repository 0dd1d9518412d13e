"""The columns in which the table of lines can be shown, and which of them a person sees (BUD-06, BUD-23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import User

from .models import ColumnChoice


@dataclass(frozen=True)
class Head:
    """A column beside the item: amounts stand to the right."""

    key: str
    label: str | Promise
    is_amount: bool = True

    @property
    def css(self) -> str:
        return "num" if self.is_amount else ""


HEADS: Final[Mapping[str, Head]] = {
    head.key: head
    for head in (
        Head("planned", _("Budget")),
        Head("approved", pgettext_lazy("ledger", "Approved")),
        Head("reserved", pgettext_lazy("ledger", "Reserved")),
        Head("committed", pgettext_lazy("ledger", "Committed")),
        Head("actual", _("Actual")),
        Head("forecast", _("Forecast")),
        Head("left", _("Left")),
        Head("variance", _("Variance")),
        Head("share", _("Variance %")),
        Head("note", _("Variance note"), is_amount=False),
        Head("owner", _("Owner"), is_amount=False),
        Head("approver", _("Approver"), is_amount=False),
    )
}
LEDGER, VARIANCE, OFFERS = "ledger", "variance", "offers"
DEFAULT: Final = (
    "planned", "approved", "reserved", "committed", "actual", "forecast", "left", "variance", "owner",
)  # fmt: skip
EXPLAINING: Final = ("planned", "actual", "variance", "share", "note", "owner", "approver")
"""The columns of the view of variances: with category and item the seven of the source."""


def heads_for(user: User, view: str = LEDGER) -> list[Head]:
    """The columns of a view; those of the ledger as the person chose them; at most one query."""
    if view == VARIANCE:
        return [HEADS[key] for key in EXPLAINING]
    chosen = ColumnChoice.objects.filter(user=user).first()
    keys = known(chosen.columns) if chosen else DEFAULT
    return [HEADS[key] for key in keys]


def known(keys: Iterable[str]) -> list[str]:
    """Of some keys those that are columns, in the order of the columns; all of the usual ones where none is."""
    wanted = set(keys)
    return [key for key in HEADS if key in wanted] or list(DEFAULT)
