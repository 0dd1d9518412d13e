"""Regular kinds of promotion as items of a plan by one click (PLN-14, 002 §6)."""

from __future__ import annotations

from typing import Final

from yunchou.kernel.identity.models import User

from ..actions import add_item
from ..models import Item, Plan, Promotion
from .actions import WORDS

KINDS: Final = dict(Promotion.choices)


def add_of_kind(*, plan: Plan, kind: str, actor: User) -> Item:
    """An item of a kind of promotion, named after it, of which day and money are to be told. Refuses as `add_item`."""
    word = WORDS[kind]
    return add_item(
        plan=plan, cells={"title": word, "kind": word, "due_on": plan.ends_on.isoformat()}, actor=actor
    )
