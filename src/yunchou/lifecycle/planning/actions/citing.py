"""Citing in a budget what departments reported on the execution of the last one (BUD-24)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.expenses.actions.analyses import cite_analysis
from yunchou.capabilities.expenses.models import ExecutionAnalysis
from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Plan
from ..permissions import Perm
from ..selectors import to_cite


@transaction.atomic
def cite_last_execution(*, plan: Plan, analysis: int, actor: User) -> ExecutionAnalysis:
    """Cite one of the last analyses of execution in a budget that is being written; records `expenses.cited` at both.

    Refuses without `planning.draft`, a plan that is not being written, and an analysis that is not one of the last.
    """
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)
    require(actor, Perm.DRAFT, subject)
    locked = Plan.objects.whole(plan.pk)
    if not locked.is_open:
        raise WrongState(say(_("The plan is not being written.")))
    found = next((one.analysis for one in to_cite(locked) if one.analysis.pk == analysis), None)
    if found is None:
        raise Invalid(say(_("This is none of the last analyses of this unit.")))
    cite_analysis(analysis=found, budget=subject, actor=actor)
    return found
