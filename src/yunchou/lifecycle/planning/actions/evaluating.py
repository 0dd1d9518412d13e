"""Looking back on a plan after its period (PLN-13)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import fulfil
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..duties import EVALUATION
from ..models import IN_FORCE, Evaluation, Plan
from ..monitor import monitor_of
from ..permissions import Perm

TEXTS = ("results", "diagnosis", "strategy", "lessons")


@transaction.atomic
def evaluate_plan(
    *, plan: Plan, results: str, diagnosis: str, strategy: str, lessons: str, actor: User
) -> Evaluation:
    """Write, or write anew, how a plan turned out; the figures of its monitor are kept with it.

    Refuses without `planning.run`, one of the four texts empty, a plan that is not in force, and one whose period is not
    over. Records `planning.evaluated`.
    """
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan.pk)
    require(actor, Perm.RUN, subject)
    plan = Plan.objects.whole(plan.pk)
    if plan.status not in IN_FORCE:
        raise WrongState(say(_("Only a plan in force is evaluated.")))
    if plan.ends_on > clock.today():
        raise WrongState(
            say(_("The period of the plan is not over yet: it ends on {day}."), day=plan.ends_on.isoformat())
        )
    texts = dict(zip(TEXTS, (t.strip() for t in (results, diagnosis, strategy, lessons)), strict=True))
    empty: dict[str, Text] = {
        name: say(_("This must be filled in.")) for name, text in texts.items() if not text
    }
    if empty:
        raise Invalid(say(_("An evaluation says all four things.")), fields=empty)
    values = {**texts, "figures": monitor_of(plan).figures, "author": actor, "at": clock.now()}
    evaluation, _made = Evaluation.objects.update_or_create(plan=plan, defaults=values)
    record(journal.EVALUATED, actor=actor, subject=subject, data=texts)
    fulfil(actor=actor, key=f"{EVALUATION.key}:{plan.pk}")
    return evaluation
