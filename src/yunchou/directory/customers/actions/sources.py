"""The register of lawful sources: from nowhere else do data of customers come (CUS-02)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import Source
from ..permissions import Perm


@transaction.atomic
def add_source(*, name: str, basis: str, actor: User) -> Source:
    """Register a channel with the ground on which it is lawful. Refuses without `customers.import` and a known name."""
    require(actor, Perm.IMPORT)
    name, basis = wanted(name, "name", 60), wanted(basis, "basis", 200)
    if Source.objects.filter(name=name).exists():
        raise at_field("name", _("A source of this name is registered."))
    made = Source.objects.create(name=name, basis=basis)
    record(journal.SOURCE_ADDED, actor=actor, data={"source": name, "basis": basis})
    return made


@transaction.atomic
def close_source(*, source: Source, reason: str, actor: User) -> Source:
    """Let nothing more come from a source; what came stays. Refuses without `customers.import` and a closed one."""
    require(actor, Perm.IMPORT)
    locked = Source.objects.select_for_update().get(pk=source.pk)
    if locked.closed_at:
        raise wrong(_("This source is closed already."))
    reason = wanted(reason, "reason", 200)
    locked.closed_at = clock.now()
    locked.save(update_fields=["closed_at"])
    record(journal.SOURCE_CLOSED, actor=actor, data={"source": locked.name, "reason": reason})
    return locked
