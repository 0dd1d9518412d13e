"""What the actions of this room have in common."""

from __future__ import annotations

from typing import Final

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

TABLE: Final = "promotions"
"""What `lock_on` is asked for."""
OWNER: Final = "promotions"
"""To whom the capture forms of promoters, streams and coupons belong."""


def opened(subject: Subject, actor: User | None, right: str) -> Subject:
    """The activity, locked; refuses without the right and while it is closed to changes."""
    return open_table(subject, TABLE, actor, right)
