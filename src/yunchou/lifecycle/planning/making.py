"""From which items of a plan a person may make a campaign now, and where (PLN-09)."""

from __future__ import annotations

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.identity.models import User

from .models import Item, Plan
from .monitor import monitor_of
from .registry import State, address_to_create
from .selectors import change_of


def makes_of(plan: Plan, user: User) -> dict[int, str]:
    """The address on which a campaign is made, by item: of what the plan is carried out by, and is not over.

    What a change has added to the plan is not in force yet.
    """
    if not plan.is_in_force or not holds(user, "campaigns.create"):
        return {}
    change = change_of(plan)
    known = {row["pk"] for row in change.rows["rows"].get(Item.__name__, ())} if change else None
    return {
        one.item.pk: address_to_create(one.item.pk)
        for one in monitor_of(plan).items
        if one.state in (State.OPEN, State.STARTED)
        and (known is None or one.item.pk in known or one.item.subject_id != plan.pk)
    }
