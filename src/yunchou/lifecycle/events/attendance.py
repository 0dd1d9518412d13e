"""How many came of those who were invited: pure, no database (R-EVA-04)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from yunchou.kernel.core.money import ratio


@dataclass(frozen=True)
class Attendance:
    """Guests without those they bring, but for `people`: everybody who came, companions and walk-ins too.

    `invited` are those whose invitation went out, `came` those of them who came, `came_accepted` those who had said so.
    """

    invited: int = 0
    accepted: int = 0
    came: int = 0
    came_accepted: int = 0
    people: int = 0

    @property
    def rate(self) -> Decimal | None:
        """Participation rate: who came of those invited, in percent; None where nobody was."""
        return ratio(self.came, self.invited)

    @property
    def of_accepted(self) -> Decimal | None:
        """Who came of those who had accepted, in percent."""
        return ratio(self.came_accepted, self.accepted)

    @property
    def no_shows(self) -> int:
        """Who had accepted and did not come."""
        return self.accepted - self.came_accepted
