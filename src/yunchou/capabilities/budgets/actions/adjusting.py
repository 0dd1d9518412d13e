"""Moving money of an approved budget: contingency draws, shifts between lines, the emergency pool (X-05)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import NOTHING, holds_of, money_of, money_of_many
from yunchou.capabilities.ledger.selectors.limits import own_slice
from yunchou.capabilities.ledger.states import Kind
from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import open_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import flow, journal
from ..adjustments import concerned, contingency_of, movable_lines, pool_for
from ..committing import is_contingency, lock_on_money
from ..duties import POOL_USE
from ..models import Adjustment, BudgetLine
from ..permissions import Perm
from ..rules import Draw, draw_within_contingency, draw_within_pool
from .funding import campaign_key

Way = Adjustment.Way
KINDS = {Way.DRAW: Kind.DRAW, Way.SHIFT: Kind.ADJUST, Way.POOL: Kind.POOL}
DEFINITIONS = {Way.DRAW: "adjustment", Way.SHIFT: "adjustment", Way.POOL: "emergency_pool"}


@transaction.atomic
def request_adjustment(
    *,
    budget: Subject,
    way: str,
    target: BudgetLine,
    amount: Decimal,
    reason: str,
    effect: str = "",
    source: BudgetLine | None = None,
    actor: User,
) -> Adjustment:
    """Ask for money to be moved to a line: from the contingency, from another line (`source`), or from the pool.

    The money is frozen at once, so that it is there when people agree. Refuses without `budgets.edit` on the budget, before
    the budget is approved, without a reason (and, between lines, without the effect on the goals), and more than there is
    (R-BUD-04, R-BUD-05, R-BUD-15). Records `budgets.adjustment_requested` and what the engine records.
    """
    budget = lock_budget(budget)
    require(actor, Perm.EDIT, budget)
    giver = _judged(budget, Way(way), source, target, amount, reason, effect)
    one = open_adjustment(
        budget=budget, way=Way(way), source=giver, target=account_of_line(target), amount=amount, reason=reason,
        effect=effect, actor=actor,
    )  # fmt: skip
    _send(one, actor)
    return one


@transaction.atomic
def resend_adjustment(
    *,
    adjustment: Adjustment,
    way: str,
    target: BudgetLine,
    amount: Decimal,
    reason: str,
    effect: str = "",
    source: BudgetLine | None = None,
    actor: User,
) -> Adjustment:
    """Ask again for what was returned or taken back, as it is worded now; refuses what `request_adjustment` refuses.

    Who decided before a return that comes straight back is not asked again about what is as it was.
    """
    budget = lock_budget(adjustment.budget)
    require(actor, Perm.EDIT, budget)
    with flow.RESEND.apply(adjustment, actor=actor, note=reason.strip()) as one:
        giver = _judged(budget, Way(way), source, target, amount, reason, effect)
        one.way, one.source, one.target = way, giver, account_of_line(target)
        one.amount, one.reason, one.effect, one.decided_at = amount, reason.strip(), effect.strip(), None
        one.save(update_fields=["way", "source", "target", "amount", "reason", "effect", "decided_at"])
        Subject.objects.filter(pk=one.pk).update(title=_title(Way(way), one.target))
    _send(one, actor)
    return one


def lock_budget(budget: Subject) -> Subject:
    """The subject of a budget with its unit, locked until the transaction ends."""
    return Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=budget.pk)


def account_of_line(line: BudgetLine) -> Account:
    """Where the line's money is. Refuses before the budget is approved, and while its money waits (R-APR-08)."""
    if line.account is None:
        raise WrongState(say(_("Money is moved once the budget is approved.")))
    if reason := lock_on_money(line.subject, [line.pk]):
        raise WrongState(reason)
    return line.account


def _judged(
    budget: Subject,
    way: Adjustment.Way,
    source: BudgetLine | None,
    target: BudgetLine,
    amount: Decimal,
    reason: str,
    effect: str,
) -> Account:
    """The account that gives, if nothing speaks against the request."""
    ledger.exact_amount(amount)
    _demand_words(way, reason, effect)
    if target.subject_id != budget.pk:
        raise WrongState(say(_("Money is moved once the budget is approved.")))
    taker, giver = account_of_line(target), giver_of(way, budget, source)
    if giver.pk == taker.pk:
        words = say(_("Choose another line: the money lies there already."))
        raise Invalid(words, fields={"target": words})
    demand_balance(way, giver, amount)
    return giver


def open_adjustment(
    *, budget: Subject, way: Adjustment.Way, source: Account, target: Account, amount: Decimal, reason: str,
    actor: User, effect: str = "", **more: Any,
) -> Adjustment:  # fmt: skip
    """The object behind a move of money, which whoever leads the budget's subject leads, too."""
    subject = open_subject(
        kind="adjustment", unit=budget.unit, title=_title(way, target), code=budget.code, actor=actor
    )
    one = Adjustment.objects.create(
        subject=subject, budget=budget, way=way, source=source, target=target, amount=amount, reason=reason.strip(),
        effect=effect.strip(), requested_by=actor, **more,
    )  # fmt: skip
    subject.address = one.get_absolute_url()
    subject.save(update_fields=["address"])
    for member in Member.objects.filter(subject=budget, role__in=(Role.OWNER, Role.LEAD)):
        Member.objects.get_or_create(subject=subject, user=member.user, role=member.role)
    return one


def _title(way: Adjustment.Way, target: Account) -> str:
    return f"{way.label}：{target.name}"[:160]


def _send(one: Adjustment, actor: User) -> None:
    """Freeze the money, lay the route, and tell those concerned what is asked for (BUD-13)."""
    ledger.reserve(account=one.source, amount=one.amount, order=order_of(one, actor))
    record(journal.ADJUSTMENT_REQUESTED, actor=actor, subject=one.budget, data=told_of(one))
    open_case(subject=one.subject, definition=DEFINITIONS[Way(one.way)], actor=actor, note=one.reason)
    words = _("{amount} yuan are asked for “{target}” of “{title}”: {reason}")
    tell(one, say(words, **words_of(one)), but=actor)


def _demand_words(way: Adjustment.Way, reason: str, effect: str) -> None:
    missing: dict[str, Say] = {}
    if not reason.strip():
        missing["reason"] = say(_("Say why the money is needed."))
    if way == Way.SHIFT and not effect.strip():
        missing["effect"] = say(_("Say what this means for the goals."))
    if missing:
        raise Invalid(next(iter(missing.values())), fields=missing)


def giver_of(way: Adjustment.Way, budget: Subject, source: BudgetLine | None) -> Account:
    """The account that gives. A shift never takes from the contingency: that is a draw, with its own rule."""
    if way == Way.DRAW:
        contingency = contingency_of(movable_lines(budget))
        if contingency is None or contingency.account is None:
            raise WrongState(say(_("This budget holds no contingency.")))
        return contingency.account
    if way == Way.POOL:
        account = Account.objects.filter(key=campaign_key(budget)).first()
        pool = pool_for(budget, account.year) if account else None
        if pool is None:
            raise WrongState(say(_("There is no emergency pool of this year.")))
        return pool
    if source is None or source.subject_id != budget.pk or source.account is None:
        words = say(_("Choose the line that gives."))
        raise Invalid(words, fields={"source": words})
    if is_contingency(source.account):
        words = say(_("Money of the contingency is drawn, not shifted."))
        raise Invalid(words, fields={"source": words})
    return account_of_line(source)


def demand_balance(way: Adjustment.Way, giver: Account, amount: Decimal) -> None:
    rule = {Way.DRAW: draw_within_contingency, Way.POOL: draw_within_pool}.get(way)
    if rule is None:
        return  # the ledger's own rule speaks for a line
    held = money_of(giver, own_slice(giver)).available
    if failures := rule.failures(Draw(giver.name, held, amount)):
        reason = failures[0].reason
        raise RuleRefused(reason, fields={"amount": reason}, verdicts=failures)


# -- outcomes, called by the engine within its transaction -------------------------------------------------------------


def adjustment_approved(case: Case, actor: User) -> None:
    """Everybody agreed: what was frozen is given to the line, and those concerned are told (BUD-13)."""
    asked = Adjustment.objects.select_related("source", "target").get(pk=case.subject_id)
    with flow.APPROVE.apply(asked, actor=actor, data=told_of(asked)) as one:
        note_before(one)
        one.decided_at = clock.now()
        one.save(update_fields=["decided_at", "source_before", "target_before"])
        gifts = [(hold, one.target) for hold in holds_of(one.subject)]
        ledger.hand_on(gifts=gifts, amount=one.amount, order=order_of(one, actor), kind=KINDS[Way(one.way)])
    record(journal.ADJUSTED, actor=actor, subject=one.budget, data=told_of(one))
    if one.way == Way.POOL:
        owe_report(one, actor)
    tell(one, say(_("{amount} yuan were moved to “{target}” of “{title}”: {reason}"), **words_of(one)))


def adjustment_returned(case: Case, actor: User) -> None:
    """Back to whoever asked, who may ask again otherwise; the money is free again."""
    _end(flow.RETURN, case, actor)


def adjustment_rejected(case: Case, actor: User) -> None:
    """Refused: the money is free again."""
    _end(flow.REJECT, case, actor)


def adjustment_withdrawn(case: Case, actor: User) -> None:
    """Taken back by whoever asked: the money is free again."""
    _end(flow.WITHDRAW, case, actor)


def _end(move: object, case: Case, actor: User) -> None:
    with move.apply(Adjustment(pk=case.subject_id), actor=actor) as one:  # type: ignore[attr-defined]
        one.decided_at = clock.now()
        one.save(update_fields=["decided_at"])
        for hold in holds_of(one.subject):
            ledger.release(hold=hold, order=order_of(one, actor))
    tell(one, say(_("{amount} yuan for “{target}” of “{title}” were not moved: {reason}"), **words_of(one)))


def order_of(one: Adjustment, actor: User) -> ledger.Order:
    return ledger.Order(actor=actor, subject=one.budget, document=one.subject, reason=one.reason[:300])


def words_of(one: Adjustment) -> dict[str, str]:
    return {
        "amount": format_exact(one.amount),
        "target": one.target.name,
        "title": one.budget.title,
        "reason": one.reason,
    }


def told_of(one: Adjustment) -> dict[str, str]:
    """What the journal keeps of it."""
    return {
        "amount": format_exact(one.amount),
        "source": one.source.name,
        "target": one.target.name,
        "reason": one.reason,
    }


def note_before(one: Adjustment) -> None:
    """Keep what both accounts were given until now, with nobody posting in between."""
    ledger.take_turn([one.source, one.target])
    money = money_of_many({one.source.key, one.target.key})
    one.source_before = money.get(one.source.key, NOTHING).approved
    one.target_before = money.get(one.target.key, NOTHING).approved


def owe_report(one: Adjustment, actor: User) -> None:
    """Whoever asked for money of the pool reports what became of it (R-BUD-15)."""
    days = params_on([draw_within_pool])[draw_within_pool.id].report_days
    owe(
        kind=POOL_USE.key, subject=one.subject, owner=one.requested_by, due_at=clock.now() + timedelta(days=days),
        params={"amount": format_exact(one.amount), "title": one.budget.title}, actor=actor,
    )  # fmt: skip


def tell(one: Adjustment, words: Say, *, but: User | None = None) -> None:
    """Whoever asked, who leads the campaign, the owners of both lines, their departments and management (BUD-13)."""
    people = concerned(one) - {but}
    notify(
        users=people, kind="budgets.adjusted", say=words, subject=one.budget, address=one.get_absolute_url()
    )
