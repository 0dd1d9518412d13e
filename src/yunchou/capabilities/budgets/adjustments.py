"""Reads of budget adjustments: what may be moved, what was asked for, what each changes, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import NOTHING, Money, money_of_many
from yunchou.directory.organisation.positions import GENERAL_MANAGER, MANAGEMENT, REGIONAL_LEADERSHIP
from yunchou.directory.organisation.selectors import HEADS
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core.money import yuan_in_words
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.subjects.models import Member, Role, Subject

from .committing import is_contingency
from .models import Adjustment, AdjustmentStatus, BudgetLine

MANAGERS = (REGIONAL_LEADERSHIP, GENERAL_MANAGER, MANAGEMENT)


@dataclass(frozen=True)
class Side:
    """An account before and after a move: what it was given altogether, in yuan, and what it can still use."""

    name: str
    before: Decimal
    after: Decimal
    left: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class AdjustmentView:
    """A request beside the money it moves. `left` is what the source has beside what is frozen for it, in yuan."""

    adjustment: Adjustment
    source: Money
    target: Money

    @property
    def in_words(self) -> str:
        """The amount as cheques write it 大写金额."""
        return yuan_in_words(self.adjustment.amount)

    @property
    def left(self) -> Decimal:
        return self.source.available

    @property
    def after(self) -> Decimal:
        """What the target would have, or has, available."""
        is_open = self.adjustment.status == AdjustmentStatus.IN_APPROVAL
        return self.target.available + (self.adjustment.amount if is_open else Decimal(0))

    @property
    def sides(self) -> tuple[Side, Side]:
        """The two lines before and after: as they were when it was decided, else as they are now (BUD-13)."""
        one, by = self.adjustment, self.adjustment.amount
        source = self.source.approved if one.source_before is None else one.source_before
        target = self.target.approved if one.target_before is None else one.target_before
        return (
            Side(one.source.name, source, source - by, self.left),
            Side(one.target.name, target, target + by, self.after),
        )


RELATED = ("subject__unit", "budget__unit", "source", "target", "requested_by", "accounted_by")


def view_of(pk: int) -> AdjustmentView | None:
    """One request with what its two accounts hold; three queries."""
    one = Adjustment.objects.select_related(*RELATED).filter(pk=pk).first()
    if one is None:
        return None
    found = money_of_many({one.source.key, one.target.key})
    own = money_of_many({one.source.key}, own=True)
    source = own.get(one.source.key) or found.get(one.source.key, NOTHING)
    return AdjustmentView(one, source, found.get(one.target.key, NOTHING))


def adjustments_of(budget: Subject) -> Sequence[Adjustment]:
    """The requests about a budget, newest first, each with who agreed to it as `approver`; two queries."""
    found = Adjustment.objects.filter(budget=budget).select_related("source", "target", "requested_by")
    return _with_approvers(list(found.order_by("-requested_at", "-pk")))


def grants_of(pools: Collection[int]) -> Sequence[Adjustment]:
    """What was asked for from these pools, newest first, each with who agreed to it as `approver`; two queries."""
    found = Adjustment.objects.filter(way=Adjustment.Way.POOL, source__in=pools).select_related(*RELATED)
    return _with_approvers(list(found.order_by("-requested_at", "-pk")))


def _with_approvers(found: list[Adjustment]) -> list[Adjustment]:
    decided = Task.objects.filter(step__case__subject__in=[one.pk for one in found], decided_at__isnull=False)
    decided = (
        decided.exclude(step__kind="file")
        .select_related("assignee", "step__case")
        .order_by("decided_at", "pk")
    )
    last = {task.step.case.subject_id: task.assignee for task in decided} if found else {}
    for one in found:
        one.approver = last.get(one.pk)  # type: ignore[attr-defined]
    return found


def movable_lines(budget: Subject) -> list[BudgetLine]:
    """The lines that have an account, in order; one query."""
    found = BudgetLine.objects.filter(subject=budget, account__isnull=False).select_related("account")
    return list(found.order_by("position", "pk"))


def contingencies_of(lines: Sequence[BudgetLine]) -> list[BudgetLine]:
    """The lines that were approved for contingencies."""
    return [line for line in lines if line.account is not None and is_contingency(line.account)]


def contingency_of(lines: Sequence[BudgetLine]) -> BudgetLine | None:
    """The line that a draw takes from: of several the one that has most left; None where there is none."""
    found = contingencies_of(lines)
    if len(found) < 2:
        return found[0] if found else None
    left = _left_of(found)
    return max(found, key=lambda line: left[line.pk])


def contingency_left(budget: Subject) -> Decimal | None:
    """What one draw can take of the contingency of an approved budget, in yuan; None where it has none; two queries."""
    found = contingencies_of(movable_lines(budget))
    return max(_left_of(found).values()) if found else None


def _left_of(lines: Sequence[BudgetLine]) -> dict[int, Decimal]:
    keys = {line.pk: line.account.key for line in lines if line.account}
    money = money_of_many(set(keys.values()))
    return {pk: money.get(key, NOTHING).available for pk, key in keys.items()}


def open_adjustments(budget: int) -> list[str]:
    """Requests about a budget that are being decided on, by title; one query."""
    waiting = Adjustment.objects.filter(budget=budget, status=AdjustmentStatus.IN_APPROVAL)
    return list(waiting.order_by("requested_at", "pk").values_list("subject__title", flat=True))


def concerned(one: Adjustment) -> set[User]:
    """Who is told of an adjustment: whoever asked and leads, the owners of both lines, their departments, management."""
    lines = BudgetLine.objects.filter(account__in=(one.source_id, one.target_id), owner__isnull=False)
    owners = {line.owner for line in lines.select_related("owner") if line.owner}
    members = Member.objects.filter(subject=one.budget, role__in=(Role.OWNER, Role.LEAD)).select_related(
        "user"
    )
    posts = Appointment.objects.valid().select_related("user")
    units = Appointment.objects.valid().filter(user__in=owners).values("unit")
    heads = posts.filter(unit__in=units, position__code__in=HEADS, is_deputy=False)
    managers = posts.filter(unit__in=one.budget.unit.ancestor_ids, position__code__in=MANAGERS)
    return {
        one.requested_by,
        *owners,
        *(member.user for member in members),
        *(post.user for post in (*heads, *managers)),
    }


# -- what was agreed to with the plan ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preapproval:
    """Money that the approved plan lets be drawn without asking again: how much of it is left, and where it is drawn."""

    name: str
    amount: Decimal
    left: Decimal
    address: str
    is_open: bool = True


_preapproving: list[Callable[[Subject], Sequence[Preapproval]]] = []


def preapproved_by(provider: Callable[[Subject], Sequence[Preapproval]]) -> None:
    """Let a room above say what the approved plan of a subject covers already (R-RSK-05)."""
    _preapproving[:] = [provider]


def preapprovals_of(budget: Subject) -> Sequence[Preapproval]:
    """What may be drawn without asking again."""
    return _preapproving[0](budget) if _preapproving else ()


def draws_by_cause(budget: Subject) -> dict[str, tuple[Adjustment, ...]]:
    """What was drawn because the plan said so, by what called for it, oldest first; one query."""
    drawn = Adjustment.objects.filter(budget=budget, status=AdjustmentStatus.APPROVED).exclude(cause_key="")
    found: dict[str, tuple[Adjustment, ...]] = {}
    for one in drawn.select_related("target").order_by("pk"):
        found[one.cause_key] = (*found.get(one.cause_key, ()), one)
    return found


# -- the emergency pool ------------------------------------------------------------------------------------------------


def pool_for(budget: Subject, year: int) -> Account | None:
    """The emergency pool of the nearest unit at or above the budget's; one query."""
    keys = [pool_key(unit, year) for unit in budget.unit.ancestor_ids]
    found = {account.key: account for account in Account.objects.filter(key__in=keys)}
    return next((found[key] for key in keys if key in found), None)


def pool_key(unit: int, year: int) -> str:
    """The key of a unit's emergency pool in a year."""
    return f"pool:{unit}:{year}"
