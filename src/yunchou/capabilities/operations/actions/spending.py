"""Spending on a response what was approved for it with the plan (RSK-04, R-RSK-05)."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.actions import Cause, draw_preapproved
from yunchou.capabilities.budgets.adjustments import contingency_left
from yunchou.capabilities.budgets.models import Adjustment, BudgetLine
from yunchou.capabilities.budgets.permissions import Perm as BudgetPerm
from yunchou.capabilities.ledger.actions import exact_amount
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Risk
from ..rules import RiskSpending, response_spends_what_was_approved
from ..spending import key_of, spending_of
from .risks import log_response
from .shared import LIVE


def keep_preapproved(subject: Subject) -> None:
    """The plan was approved, or a change of it: what its measures name is what may be spent from now on; one statement."""
    Risk.objects.filter(subject=subject).update(preapproved=F("extra_amount"))


@transaction.atomic
def spend_on_risk(*, risk: Risk, target: BudgetLine, amount: Decimal, note: str, actor: User) -> Adjustment:
    """Draw money of the contingency for the response to a risk, without a new approval, and log it with the response.

    The responsible person may, and who may edit the budget. Refuses while no response is open, and more than was approved
    with the plan or than the contingency has (R-RSK-05): that takes an ordinary draw. The draw names the risk.
    """
    subject = open_table(subject=risk.subject, table=LIVE, actor=actor)
    risk = Risk.objects.select_related("subject", "owner").get(pk=risk.pk)
    if risk.owner_id != actor.pk:
        require(actor, BudgetPerm.EDIT, subject)
    note = wanted(note, "note", 300)
    amount = exact_amount(amount)
    if not risk.is_open:
        raise WrongState(
            say(_("Set “{risk}” off first: what was approved is for its response."), risk=risk.scenario)
        )
    if target.subject_id != subject.pk:
        words = say(_("Choose a line of this budget."))
        raise Invalid(words, fields={"target": words})
    _demand_approved(risk, subject, target, amount)
    one = draw_preapproved(
        target=target, amount=amount, reason=note, cause=Cause(key_of(risk), risk.scenario), actor=actor
    )
    told = say(
        _("{amount} yuan of the contingency for “{line}”: {note}"),
        amount=format_exact(amount),
        line=one.target.name,
        note=note,
    )
    log_response(risk=risk, action=str(told), actor=actor)
    return one


def _demand_approved(risk: Risk, subject: Subject, target: BudgetLine, amount: Decimal) -> None:
    spending = spending_of(subject, [risk])[risk.pk]
    facts = RiskSpending(
        risk.scenario,
        spending.preapproved or ZERO,
        spending.drawn,
        contingency_left(subject) or ZERO,
        amount,
        target.pk,
    )
    if failures := response_spends_what_was_approved.failures(facts):
        reason = failures[0].reason
        raise RuleRefused(reason, fields={"amount": reason}, verdicts=failures[:1])
