"""Entering with whom the company cooperates, how, and from when until when (TYP-06)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import Cooperation, CooperationKind, Customer
from ..permissions import Perm
from ..words import plain
from .register import lock


def cooperation_stamp(one: Cooperation) -> str:
    """How a cooperation stood when a form showed it."""
    return stamp(one.kind, one.since, one.until, one.agreed)


@transaction.atomic
def keep_cooperation(
    *,
    customer: Customer,
    kind: str,
    since: date,
    actor: User,
    until: date | None = None,
    agreed: str = "",
    cooperation: Cooperation | None = None,
    seen: str = "",
) -> Cooperation:
    """Enter a cooperation with a customer, or change one: an end, other words. Records `customers.cooperation_kept`.

    Refuses without `customers.manage`, one that would end before it begins, and what was changed meanwhile.
    """
    locked = lock(customer, actor, Perm.MANAGE)
    kept = Cooperation(customer=locked)
    if cooperation is not None:
        kept = Cooperation.objects.select_for_update(of=("self",)).get(pk=cooperation.pk, customer=locked)
        refuse_stale(seen, cooperation_stamp(kept))
    if until is not None and until < since:
        raise at_field("until", _("It would end before it begins."))
    kept.kind, kept.since, kept.until = CooperationKind(kind), since, until
    kept.agreed, kept.kept_by, kept.kept_at = agreed.strip()[:200], actor, clock.now()
    kept.save()
    word = Say(plain(CooperationKind(kind).label), context="cooperation")
    data = {"kind": word, "since": since.isoformat(), "until": until.isoformat() if until else "—"}
    record(journal.COOPERATION_KEPT, actor=actor, subject=locked.subject, data=data)
    return kept
