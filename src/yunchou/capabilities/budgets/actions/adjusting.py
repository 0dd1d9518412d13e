"""Moving money of an approved budget: contingency draws, shifts between lines, the emergency pool (X-05)."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.permissions import Perm as LedgerPerm
from yunchou.capabilities.ledger.selectors import holds_of, money_of
from yunchou.capabilities.ledger.selectors.limits import own_slice
from yunchou.capabilities.ledger.states import Kind, State
from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import open_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import flow, journal
from ..adjustments import contingency_of, movable_lines, pool_for, pool_key
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
    budget = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=budget.pk)
    require(actor, Perm.EDIT, budget)
    ledger.exact_amount(amount)
    _demand_words(Way(way), reason, effect)
    if target.account is None or target.subject_id != budget.pk:
        raise WrongState(say(_("Money is moved once the budget is approved.")))
    giver = _giver(Way(way), budget, source)
    if giver.pk == target.account_id:
        words = say(_("Choose another line: the money lies there already."))
        raise Invalid(words, fields={"target": words})
    _demand_balance(Way(way), giver, amount)
    title = f"{Way(way).label}：{target.account.name}"[:160]
    subject = open_subject(kind="adjustment", unit=budget.unit, title=title, code=budget.code, actor=actor)
    one = Adjustment.objects.create(
        subject=subject, budget=budget, way=way, source=giver, target=target.account, amount=amount,
        reason=reason.strip(), effect=effect.strip(), requested_by=actor,
    )  # fmt: skip
    subject.address = one.get_absolute_url()
    subject.save(update_fields=["address"])
    for member in Member.objects.filter(subject=budget, role__in=(Role.OWNER, Role.LEAD)):
        Member.objects.get_or_create(subject=subject, user=member.user, role=member.role)
    ledger.reserve(account=giver, amount=amount, order=_order(one, actor))
    record(journal.ADJUSTMENT_REQUESTED, actor=actor, subject=budget, data=_told(one))
    open_case(subject=subject, definition=DEFINITIONS[Way(way)], actor=actor, note=reason.strip())
    return one


def _demand_words(way: Adjustment.Way, reason: str, effect: str) -> None:
    missing: dict[str, Say] = {}
    if not reason.strip():
        missing["reason"] = say(_("Say why the money is needed."))
    if way == Way.SHIFT and not effect.strip():
        missing["effect"] = say(_("Say what this means for the goals."))
    if missing:
        raise Invalid(next(iter(missing.values())), fields=missing)


def _giver(way: Adjustment.Way, budget: Subject, source: BudgetLine | None) -> Account:
    """The account that gives. A shift never takes from the contingency: that is a draw, with its own rule."""
    lines = movable_lines(budget)
    contingency = contingency_of(lines)
    if way == Way.DRAW:
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
    if contingency is not None and source.pk == contingency.pk:
        words = say(_("Money of the contingency is drawn, not shifted."))
        raise Invalid(words, fields={"source": words})
    return source.account


def _demand_balance(way: Adjustment.Way, giver: Account, amount: Decimal) -> None:
    rule = {Way.DRAW: draw_within_contingency, Way.POOL: draw_within_pool}.get(way)
    if rule is None:
        return  # the ledger's own rule speaks for a line
    held = money_of(giver, own_slice(giver)).available
    if failures := rule.failures(Draw(giver.name, held, amount)):
        reason = failures[0].reason
        raise RuleRefused(reason, fields={"amount": reason}, verdicts=failures)


@transaction.atomic
def fund_pool(*, unit: Unit, year: int, amount: Decimal, reason: str, actor: User) -> Account:
    """Put money into a unit's emergency pool (BUD-10). Refuses without `ledger.limit` and a reason.

    Records `budgets.pool_funded`.
    """
    require(actor, LedgerPerm.LIMIT, unit)
    if not reason.strip():
        words = say(_("Say where the money comes from."))
        raise Invalid(words, fields={"reason": words})
    above = ledger.open_unit(unit=unit, year=year)
    name = str(say(_("Emergency pool {unit} {year}"), unit=unit.name, year=str(year)))
    pool = ledger.open_account(kind=Account.Kind.POOL, parent=above, key=pool_key(unit.pk, year), name=name)
    order = ledger.Order(actor=actor, reason=reason.strip()[:300])
    ledger.fund(account=pool, amount=amount, into=State.AVAILABLE, order=order)
    told = {"amount": format_exact(amount), "pool": pool.name, "reason": reason.strip()}
    record(journal.POOL_FUNDED, actor=actor, data=told)
    return pool


# -- outcomes, called by the engine within its transaction -------------------------------------------------------------


def adjustment_approved(case: Case, actor: User) -> None:
    """Everybody agreed: what was frozen is given to the line, and those concerned are told (BUD-13)."""
    asked = Adjustment.objects.select_related("source", "target").get(pk=case.subject_id)
    with flow.APPROVE.apply(asked, actor=actor, data=_told(asked)) as one:
        one.decided_at = clock.now()
        one.save(update_fields=["decided_at"])
        gifts = [(hold, one.target) for hold in holds_of(one.subject)]
        ledger.hand_on(gifts=gifts, order=_order(one, actor), kind=KINDS[Way(one.way)])
    record(journal.ADJUSTED, actor=actor, subject=one.budget, data=_told(one))
    _tell(one, say(_("{amount} yuan were moved to “{target}” of “{title}”: {reason}"), **_words(one)))


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
            ledger.release(hold=hold, order=_order(one, actor))
    _tell(one, say(_("{amount} yuan for “{target}” of “{title}” were not moved: {reason}"), **_words(one)))


def _order(one: Adjustment, actor: User) -> ledger.Order:
    return ledger.Order(actor=actor, subject=one.budget, document=one.subject, reason=one.reason[:300])


def _words(one: Adjustment) -> dict[str, str]:
    return {
        "amount": format_exact(one.amount),
        "target": one.target.name,
        "title": one.budget.title,
        "reason": one.reason,
    }


def _told(one: Adjustment) -> dict[str, str]:
    return {
        "amount": format_exact(one.amount),
        "source": one.source.name,
        "target": one.target.name,
        "reason": one.reason,
    }


def _tell(one: Adjustment, words: Say) -> None:
    """Whoever asked, the people of the campaign who lead it, and the owners of both lines."""
    lines = BudgetLine.objects.filter(account__in=(one.source_id, one.target_id), owner__isnull=False)
    people = {line.owner for line in lines.select_related("owner") if line.owner}
    members = Member.objects.filter(subject=one.budget, role__in=(Role.OWNER, Role.LEAD)).select_related(
        "user"
    )
    users = {one.requested_by, *people, *(member.user for member in members)}
    notify(users=users, kind="budgets.adjusted", say=words, subject=one.budget)
