"""Claims as pages and rules read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from yunchou.capabilities.ledger.actions import unit_key
from yunchou.capabilities.ledger.models import Account, Ceiling
from yunchou.capabilities.ledger.moves import Move, Side
from yunchou.capabilities.ledger.selectors import NOTHING, Money, accounts_of, money_of_many
from yunchou.capabilities.ledger.selectors.limits import ceiling_names, overruns
from yunchou.capabilities.ledger.states import State
from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.access.selectors import reach
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.fields import YuanField
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import Judged, evaluate, with_rulings
from yunchou.kernel.subjects.models import Subject

from ..models import BINDING, UNDER_WAY, Booking, Claim, ClaimLine, Status, Voucher
from ..permissions import Perm
from ..rules import SENDING, ClaimFacts, LineFacts, VoucherFacts, beyond_budget_is_reviewed
from .duplicates import earlier_uses, likenesses
from .money import accounts_for

NEARBY: Final = timedelta(days=30)
"""Claims of so many days for one supplier count together."""
CLAIMED: tuple[Status, ...] = (Status.APPROVED, Status.PAID, Status.REVERSED)


def _sum_of(rows: QuerySet[Any], column: str = "amount") -> Subquery:
    """The sum of a column over the rows of a claim, as a column of the claim."""
    mine = rows.filter(claim=OuterRef("pk")).order_by().values("claim")
    return Subquery(mine.annotate(sum=Sum(column)).values("sum"), output_field=YuanField())


def with_sums(claims: ScopedQuerySet) -> ScopedQuerySet:
    """Claims with `claimed`, `proved` and `beyond` in yuan (None for nothing), and the people lists show."""
    named = claims.select_related("subject__unit", "activity", "claimant", "payee_person", "payee_supplier")
    found: ScopedQuerySet = named.annotate(
        claimed=_sum_of(ClaimLine.objects.all()),
        proved=_sum_of(Voucher.objects.all()),
        beyond=_sum_of(ClaimLine.objects.all(), "extra"),
    )
    return found


def claims_seen(user: User) -> ScopedQuerySet:
    """Claims that the person may see, with their sums."""
    return with_sums(Claim.objects.visible_to(user))


@dataclass(frozen=True)
class Difference:
    """What the vouchers come to beside what is claimed, in yuan."""

    claimed: Decimal
    proved: Decimal

    @property
    def amount(self) -> Decimal:
        return self.proved - self.claimed


def difference_of(facts: ClaimFacts) -> Difference:
    """The sums of a claim and how they differ."""
    return Difference(facts.total, facts.proved)


# ---------------------------------------------------------------- facts


def claim_facts(claim: Claim, reader: User | None = None) -> ClaimFacts:
    """What the rules judge of a claim as it stands; some ten queries. Earlier uses of vouchers are told as `reader` may see."""
    lines = list(lines_with_money(claim))
    vouchers = list(claim.vouchers.all())
    used = earlier_uses(
        [one.key for one in vouchers], reader or claim.claimant, besides=[one.pk for one in vouchers]
    )
    alike = likenesses(claim, vouchers, reader or claim.claimant)
    is_decided = claim.status in CLAIMED
    return ClaimFacts(
        texts={name: getattr(claim, name) for name in ("background", "purpose", "participants", "effect")},
        lines=tuple(_line_facts(claim, lines)),
        vouchers=tuple(
            VoucherFacts(
                one.number, one.amount, one.attachment_id is not None, used.get(one.key), alike.get(one.pk)
            )
            for one in vouchers
        ),
        payee=claim.payee,
        supplier=str(claim.payee_supplier or ""),
        unbound=_unbound(claim, lines) if claim.payee_supplier_id else ZERO,
        stated_total=claim.stated_total,
        is_paying=is_decided,
        is_reviewed=is_decided and any(line.extra for line in lines) and was_reviewed(claim),
    )


def _unbound(claim: Claim, lines: Sequence[ClaimLine]) -> Decimal:
    """What this claim and those sent in the last days come to that pay its supplier without a contract, in yuan; one query."""
    own = sum((line.amount for line in lines if line.commitment_id is None), ZERO)
    until = claim.sent_at or clock.now()
    near = ClaimLine.objects.filter(
        commitment=None, claim__payee_supplier=claim.payee_supplier_id, claim__status__in=BINDING,
        claim__sent_at__gt=until - NEARBY, claim__sent_at__lte=until,
    ).exclude(claim=claim)  # fmt: skip
    return own + (near.aggregate(sum=Sum("amount"))["sum"] or ZERO) if own else ZERO


def was_reviewed(claim: Claim) -> bool:
    """Whether the special review was a part of the case that approved the claim."""
    approved = Case.objects.filter(subject=claim.pk, state=Case.State.APPROVED).order_by("-pk").first()
    rules = {reason.rule for reason in approved.as_reasons()} if approved else set()
    return beyond_budget_is_reviewed.id in rules


def lines_with_money(claim: Claim) -> QuerySet[ClaimLine]:
    """The lines of a claim in their order, with the accounts and holds that their money is in."""
    found = claim.lines.select_related(
        "line__account", "account", "hold__account", "commitment__account", "commitment__opened_by"
    )
    return found.order_by("pk")


def _line_facts(claim: Claim, lines: Sequence[ClaimLine]) -> Iterable[LineFacts]:
    """Two lines on one account are judged one after the other: the second finds what the first takes."""
    accounts = accounts_for(claim, lines)
    moneys = _moneys(claim, {account.key for account in accounts.values()})
    passes = _passes(claim, lines, accounts)
    names = ceiling_names(
        Ceiling.objects.filter(pk__in={pk for one in passes for pk in one}).select_related("account")
    )
    own: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.hold is not None and line.commitment_id is None:
            own[line.hold.account_id] += line.hold.open
    taken: dict[int, Decimal] = defaultdict(lambda: ZERO)
    is_spent = claim.status in (Status.PAID, Status.REVERSED)
    for line, passed in zip(lines, passes, strict=True):
        account = accounts.get(line.pk)
        money = moneys.get(account.key, NOTHING) if account else NOTHING
        place = account.pk if account else 0
        worst = max(passed, key=lambda pk: passed[pk], default=None)
        yield LineFacts(
            name=line.name or str(line.item.label),
            amount=line.amount,
            budget=money.approved,
            used=money.used - own[place] + taken[place],
            is_bound=line.commitment_id is not None or is_spent,
            is_lost=claim.activity_id is not None and (account is None or account.is_closed),
            passed=ZERO if worst is None or is_spent else passed[worst],
            ceiling=None if worst is None else names.get(worst),
            key=account.key if account else "",
        )
        if line.commitment_id is None:
            taken[place] += line.amount


def _passes(
    claim: Claim, lines: Sequence[ClaimLine], accounts: Mapping[int, Account]
) -> list[Mapping[int, Decimal]]:
    """By how much each line passes which ceilings: as it was noted when the claim was sent, until then as it would now."""
    if not claim.is_editable:
        return [{int(pk): Decimal(amount) for pk, amount in line.passes.items()} for line in lines]
    known = [line for line in lines if line.pk in accounts]
    found = dict(zip((line.pk for line in known), passes_now(claim, known, accounts), strict=True))
    return [found.get(line.pk, {}) for line in lines]


def passes_now(
    claim: Claim, lines: Sequence[ClaimLine], accounts: Mapping[int, Account]
) -> list[dict[int, Decimal]]:
    """By how much each line would pass which ceilings if the claim were paid now; see `overruns`."""
    moves = []
    for line in lines:
        account, contract = accounts[line.pk], line.commitment
        source = (
            Side(account, State.AVAILABLE)
            if contract is None
            else Side(account, State.COMMITTED, contract.channel, contract.supplier_id, contract)
        )
        target = Side(account, State.SPENT, source.channel, claim.payee_supplier_id or source.supplier)
        moves.append(Move(line.amount, source, target))
    return overruns(moves, clock.today())


def granted_of(lines: Iterable[ClaimLine]) -> dict[int, Decimal]:
    """By how much lines may pass ceilings, by the id of the ceiling.

    The special review was asked for the whole line and these ceilings: what others use of them meanwhile takes nothing away.
    """
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        for pk in line.passes:
            found[int(pk)] += line.amount
    return dict(found)


def _moneys(claim: Claim, keys: set[str]) -> dict[str, Money]:
    """What the accounts hold: a line all of it, a cost centre what it has not given to plans."""
    return money_of_many(sorted(keys), own=claim.activity_id is None)


def beyond_by_line(claim: Claim, lines: Sequence[ClaimLine]) -> dict[int, Decimal]:
    """How much of each line lies beyond the budget now, or beyond the ceilings that are noted on it."""
    return {line.pk: facts.beyond for line, facts in zip(lines, _line_facts(claim, lines), strict=True)}


def findings_of(claim: Claim, reader: User | None = None) -> list[Judged]:
    """What the rules say of a claim that is being written or decided on, worst first."""
    verdicts = evaluate([*SENDING, beyond_budget_is_reviewed], claim_facts(claim, reader))
    return with_rulings((one for one in verdicts if not one.passed), claim.subject)


def claim_content(subject: Subject) -> dict[str, Any]:
    """What is decided on: texts, amounts with their lines as approved, vouchers, payee with the account that is paid.

    A line that moved to another purpose or a payee with another account is another content.
    """
    claim = Claim.objects.select_related("payee_person", "payee_supplier", "activity").get(pk=subject.pk)
    lines = list(lines_with_money(claim))
    accounts = accounts_for(claim, lines)
    return {
        "code": claim.code,
        "activity": claim.activity_id,
        "unit": subject.unit_id,
        "payee": claim.payee,
        "payee_key": claim.payee_supplier_id or claim.payee_person_id,
        "payee_account": claim.payee_supplier.account_digest if claim.payee_supplier else "",
        **{name: getattr(claim, name) for name in ("background", "purpose", "participants", "effect")},
        "lines": [
            {
                "line": line.line_id,
                "name": accounts[line.pk].name if line.line and line.pk in accounts else line.name,
                "category": accounts[line.pk].category if line.line and line.pk in accounts else "",
                "item": line.cost_item,
                "amount": str(line.amount),
                "contract": line.commitment_id,
                "note": line.note,
            }
            for line in lines
        ],
        "vouchers": [
            [one.kind, one.number, one.payee, str(one.amount), one.issued_on.isoformat(), one.attachment_id]
            for one in claim.vouchers.all()
        ],
    }


# ---------------------------------------------------------------- who may pay


def may_pay(claim: Claim, user: User) -> bool:
    """Whether this person has no other part in the claim: did not claim, is not paid, did not decide (R-APR-15)."""
    if user.pk in {claim.claimant_id, claim.payee_person_id, claim.subject.created_by_id}:
        return False
    return not _decided(user).filter(step__case__subject=claim.pk).exists()


def _decided(user: User) -> QuerySet[Task]:
    return Task.objects.filter(assignee=user, decided_at__isnull=False, step__isnull=False).exclude(
        state=Task.State.VOID
    )


def payable(user: User) -> ScopedQuerySet:
    """Approved claims that this person may pay."""
    approved = Claim.objects.filter(reach(user, Perm.PAY, path="subject__"), status=Status.APPROVED)
    own = Q(claimant=user) | Q(payee_person=user) | Q(subject__created_by=user)
    decided = _decided(user).order_by().values("step__case__subject")
    found: ScopedQuerySet = approved.exclude(own).exclude(pk__in=decided)
    return found


def payable_count(user: User) -> int:
    """How many claims wait for this person's payment."""
    return payable(user).count()


# ---------------------------------------------------------------- lists


MINE, TO_PAY, ALL = "mine", "to_pay", "all"


@dataclass(frozen=True)
class Filters:
    """What the list of claims is narrowed by; empty means not at all."""

    view: str = MINE
    words: str = ""
    status: str = ""
    unit: Unit | None = None
    activity: int | None = None
    since: date | None = None
    until: date | None = None

    def apply(self, user: User) -> ScopedQuerySet:
        """The claims of the view, narrowed."""
        if self.view == TO_PAY:
            found = with_sums(payable(user))
        else:
            found = claims_seen(user)
            if self.view == MINE:
                found = found.filter(claimant=user)
        if words := self.words.strip():
            voucher = Voucher.objects.filter(number__icontains=words).values("claim")
            found = found.filter(
                Q(code__icontains=words) | Q(subject__search__contains=words.lower())
                | Q(claimant__name__icontains=words) | Q(pk__in=voucher)
            )  # fmt: skip
        if self.status:
            found = found.filter(status=self.status)
        if self.unit:
            found = found.filter(subject__unit__path__startswith=self.unit.path)
        if self.activity:
            found = found.filter(activity=self.activity)
        if self.since:
            found = found.filter(created_at__date__gte=self.since)
        if self.until:
            found = found.filter(created_at__date__lte=self.until)
        return found


def rows_of(claims: ScopedQuerySet) -> ScopedQuerySet:
    """With how many vouchers each has, for lists."""
    counted = Voucher.objects.filter(claim=OuterRef("pk")).order_by().values("claim").annotate(n=Count("pk"))
    found: ScopedQuerySet = claims.annotate(voucher_count=Subquery(counted.values("n")))
    return found


def bookings_of(claim: Claim) -> QuerySet[Booking]:
    """What was booked for a claim, newest first."""
    found = Booking.objects.filter(line__claim=claim).select_related("posting__actor", "line", "reverses")
    return found.order_by("-pk")


@dataclass(frozen=True)
class ActivityTotals:
    """An activity's money as its tab shows it, and its claims by state, in yuan."""

    money: Money
    account: Account | None
    hidden: int


def totals_of_activity(activity: Subject, user: User) -> ActivityTotals:
    """What of an activity's budget is used, and how many of its claims the person may not see; three queries."""
    key = f"campaign:{activity.pk}"
    money = money_of_many([key]).get(key, NOTHING)
    every = Claim.objects.filter(activity=activity).exclude(status=Status.DISCARDED)
    hidden = every.count() - every.filter(reach(user, Perm.VIEW, path="subject__")).count()
    return ActivityTotals(money, accounts_of([key]).get(key), hidden)


def cost_centre_key(claim: Claim, year: int) -> str:
    """The key of the account of a claim's cost centre."""
    return unit_key(claim.subject.unit_id, year)


def open_claims(activity: int) -> list[str]:
    """The codes of an activity's claims whose money is held and not paid; one query."""
    found = Claim.objects.filter(activity=activity, status__in=UNDER_WAY)
    return list(found.order_by("pk").values_list("code", flat=True))
