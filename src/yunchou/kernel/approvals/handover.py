"""Open approvals of a leaver pass to the successor.

Before the duties, which they carry with them; after all that makes the successor an owner, who does not decide on it.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from yunchou.kernel.duties.handover import goes_with_object
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User

from .actions.seating import hand_over, handed_over
from .duties import KINDS

goes_with_object(*KINDS)


def _preview(user: User) -> list[Item]:
    tasks = handed_over(user).select_related("step__case__subject", "step__position").order_by("due_at", "pk")
    return [
        Item(task.step.case.subject.title, task.step.case.get_absolute_url(), task.step.name)
        for task in tasks
    ]


def _pass_on(user: User, to: User, actor: User) -> int:
    return len(hand_over(user=user, to=to, actor=actor).done)


declare(
    Handover("approvals", gettext_lazy("Open approvals"), _preview, _pass_on, icon="rubber-stamp", order=80)
)
