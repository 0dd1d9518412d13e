"""What the suppliers of a comparison did before, as their scorecards have it."""

from __future__ import annotations

from collections.abc import Collection

from yunchou.directory.suppliers.scorecards import Scorecard
from yunchou.directory.suppliers.scoring import scores_for
from yunchou.kernel.identity.models import User

from ..models import Quote


def records_of(quotes: Collection[Quote], user: User) -> dict[int, Scorecard]:
    """The scorecards of those who offer, by the key of the offer; without suppliers that the person does not see."""
    cards = scores_for({quote.supplier_id for quote in quotes}, user) if quotes else {}
    return {quote.pk: cards[quote.supplier_id] for quote in quotes if quote.supplier_id in cards}
