"""What the rooms that sell tell of a customer: how far the sale is, and touches that did not happen after all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import Customer, Stage, Touch

ORDER: Final = (Stage.NONE, Stage.LOST, Stage.CONTACTED, Stage.INTERESTED, Stage.NEGOTIATING, Stage.SIGNED)


@transaction.atomic
def advance_stage(*, customer: Customer, stage: str, actor: User | None) -> bool:
    """Bring a customer forward in the sales process (SEG-06), never back; says whether that was a change.

    For rooms above, which have asked for the right to what brings it forward. Records `customers.changed`.
    """
    locked = Customer.objects.select_for_update(of=("self",)).select_related("subject").get(pk=customer.pk)
    if (
        locked.merged_into_id
        or locked.erased_at
        or ORDER.index(Stage(stage)) <= ORDER.index(Stage(locked.stage))
    ):
        return False
    locked.stage = stage
    locked.save(update_fields=["stage"])
    record(journal.CHANGED, actor=actor, subject=locked.subject, data={"what": say(_("sales stage"))})
    return True


def take_back_touches(keys: Collection[str]) -> None:
    """Take touches away of what was cancelled, by the keys under which they were written."""
    Touch.objects.filter(key__in=keys).delete()
