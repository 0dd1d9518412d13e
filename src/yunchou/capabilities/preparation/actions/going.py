"""The overall lead's word to begin although something is red (R-PRE-03)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.refusing import wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import GoAhead
from ..permissions import Perm
from ..readiness import board_of, red_key


@transaction.atomic
def go_ahead(*, subject: Subject, reason: str, actor: User) -> GoAhead:
    """Let an activity begin although items are red, with a reason; holds for what is red now, not for what turns red later.

    Refuses without `preparation.override` on it, and where nothing is red; records `preparation.went_ahead` with every item.
    """
    locked = open_table(subject, "readiness", actor, Perm.OVERRIDE)
    words = wanted(reason, "reason")[:300]
    board = board_of(locked)
    if not board.reds:
        raise wrong(_("Nothing is red; there is nothing to override."))
    keys = [red_key(line, item) for line, item in board.reds]
    given = GoAhead.objects.create(subject=locked, reds=keys, reason=words, given_by=actor)
    data = {
        "count": len(keys),
        "reason": words,
        "items": [str(item.text.to_json()) for _line, item in board.reds],
    }
    record(journal.WENT_AHEAD, actor=actor, subject=locked, data=data)
    return given
