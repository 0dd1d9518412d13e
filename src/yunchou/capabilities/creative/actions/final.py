"""Confirming the final plan (CRE-08)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale
from yunchou.kernel.versions.actions import freeze_version, present_digest, take_version

from .. import journal
from ..models import FinalPlan
from ..permissions import Perm
from ..selectors.final import what_stops


@transaction.atomic
def confirm_plan(*, subject: Subject, effect: str, evaluation: str, actor: User, seen: str = "") -> FinalPlan:
    """Confirm the plan as it stands: freezes a version, with what it is to bring about and how that will be told.

    `seen` is the digest of the content that the form showed. Refuses without `creative.approve`, without either text, what
    stops a creative plan (R-CRE-01, K-CRE-06), and a plan that is as it was confirmed. Records `creative.confirmed`.
    """
    locked = open_table(subject, "", actor, Perm.APPROVE)
    refuse_stale(seen, present_digest(locked))
    effect, evaluation = wanted(effect, "effect"), wanted(evaluation, "evaluation")
    if verdicts := what_stops(locked):
        words = say(_("The plan cannot be confirmed yet: {reason}"), reason=verdicts[0].reason)
        raise RuleRefused(words, verdicts=verdicts)
    version = freeze_version(version=take_version(subject=locked, actor=actor))
    last = FinalPlan.objects.filter(subject=locked).select_related("version").first()
    made = FinalPlan(
        subject=locked, effect=effect, evaluation=evaluation, version=version, confirmed_by=actor
    )
    made.digest = made.told
    if last is not None and last.digest == made.digest:
        raise wrong(_("This is what was confirmed already."))
    made.save(force_insert=True)
    told = {"version": str(version), "digest": made.digest, "effect": effect, "evaluation": evaluation}
    record(journal.CONFIRMED, actor=actor, subject=locked, data=told)
    return made
