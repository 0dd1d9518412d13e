"""Letting somebody look at important customers, for a purpose and until a day (CUS-07, K-CUS-07)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate

from .. import journal
from ..models import LookGrant
from ..permissions import Perm
from ..rules import Granted, granted_for_a_time


@transaction.atomic
def grant_look(*, user: User, unit: Unit, purpose: str, until: date, actor: User) -> LookGrant:
    """Let a person unmask data of the important customers of a company from today until a day.

    Refuses without `customers.apart` in the unit, for oneself, people who may not unmask anything there (a grant adds to the
    right, it does not replace it), without a purpose, days that are over and more days than the rulebook allows; records
    `customers.look_granted`.
    """
    require(actor, Perm.APART, unit)
    if user.pk == actor.pk:
        raise NotAllowed(
            say(_("Nobody grants a look to themselves; ask another one who answers for important customers."))
        )
    purpose = wanted(purpose, "purpose", 200)
    if not user.is_active or not holds(user, Perm.REVEAL, unit):
        raise at_field(
            "user",
            _("This person does not unmask customers of this company by position, so a grant opens nothing."),
        )
    days = (until - clock.today()).days
    if days < 0:
        raise at_field("until", _("This day is over."))
    verdicts = [one for one in evaluate([granted_for_a_time], Granted(days)) if not one.passed]
    if verdicts:
        raise RuleRefused(verdicts[0].reason, fields={"until": verdicts[0].reason}, verdicts=verdicts)
    made = LookGrant.objects.create(user=user, unit=unit, purpose=purpose, until=until, given_by=actor)
    told = {"person": user.pk, "unit": unit.name, "day": until.isoformat(), "purpose": purpose}
    record(journal.LOOK_GRANTED, actor=actor, data=told)
    return made


@transaction.atomic
def end_grant(*, grant: LookGrant, actor: User) -> LookGrant:
    """End a grant at once. Refuses without `customers.apart` in its company and one that has ended.

    Records `customers.look_ended`.
    """
    require(actor, Perm.APART, grant.unit)
    locked = LookGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if not locked.is_valid:
        raise wrong(_("This grant has ended already."))
    locked.ended_by, locked.ended_at = actor, clock.now()
    locked.save(update_fields=["ended_by", "ended_at"])
    record(journal.LOOK_ENDED, actor=actor, data={"person": locked.user_id, "unit": grant.unit.name})
    return locked
