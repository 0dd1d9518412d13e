"""How an action on a table of a subject begins."""

from __future__ import annotations

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .checks import require


def open_table(subject: Subject, table: str, actor: User | None, right: str = "") -> Subject:
    """The subject as it is now, locked until the transaction ends, its unit beside it.

    Raises `NotAllowed` without `right` on it, and `WrongState` with the reason while `table` is locked. Without an actor the
    product itself acts; without a right the caller has found that the person may; without a table only the right is asked.
    The lock lets one person at a time change what hangs together over rows, such as a loop of predecessors.
    """
    # Not against those who only point to it, or what others write of the subject would wait for its commit.
    locked = (
        Subject.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=subject.pk)
    )
    if right and actor:
        require(actor, right, locked)
    if table and (reason := lock_on(locked, table)):
        raise WrongState(reason)
    return locked
