"""What the actions of this room have in common."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

TABLE: Final = "promotions"
"""What `lock_on` is asked for."""
OWNER: Final = "promotions"
"""To whom the capture forms of promoters, streams and coupons belong."""
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
"""Days of this century; others would leave the calendar."""


def demand_days(starts_on: date, ends_on: date) -> None:
    """Refuse days out of order, and those of another century."""
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not FIRST_DAY <= day <= LAST_DAY:
            raise at_field(name, _("Give a day of this century."))
    if ends_on < starts_on:
        raise at_field("ends_on", _("The last day is not before the first."))


def opened(subject: Subject, actor: User | None, right: str) -> Subject:
    """The activity, locked; refuses without the right and while it is closed to changes."""
    return open_table(subject, TABLE, actor, right)
