"""A region with an approved budget, people who claim, decide and pay, and short ways to do so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from yunchou.capabilities.budgets.actions import settle_budget
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tests.toys import make_budget
from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Claim, Voucher
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.states import State
from yunchou.directory.organisation.positions import FINANCE, MANAGEMENT
from yunchou.directory.organisation.tests.factories import Firm, company, staff
from yunchou.kernel.approvals.actions import approve, install_definitions
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

NOW = "2026-08-20T10:00"
TODAY = date(2026, 8, 20)
POSTERS, GIFTS, ADVERTS = "线下展架", "定制礼品", "抖音同城投放"
_numbers = count(1)


@dataclass
class Stage:
    """Everything a claim needs. `finance` reviews, `cashier` pays."""

    firm: Firm
    activity: Subject
    plan: Account
    finance: User
    cashier: User

    @property
    def claimant(self) -> User:
        return self.firm.colleague

    def line(self, name: str) -> BudgetLine:
        return BudgetLine.objects.get(subject=self.activity, item__startswith=name)

    def money(self, name: str) -> Any:
        """What of a budget line is in which state."""
        account = account_of(f"line:{self.line(name).pk}")
        assert account is not None
        return money_of(account)

    def claim(
        self, *amounts: tuple[str, str, int | str], number: str = "", actor: User | None = None
    ) -> Claim:
        """A complete claim that is not sent yet, one line and one voucher per (line, cost item, amount)."""
        actor = actor or self.claimant
        claim = actions.start_claim(actor=actor, activity=self.activity)
        write(claim)
        for n, (name, item, amount) in enumerate(amounts or ((POSTERS, "print", 400),)):
            put(self, claim, name, item, amount)
            voucher(claim, amount, number=number if number and not n else "")
        return claim

    def sent(self, *amounts: tuple[str, str, int | str], **more: Any) -> Claim:
        claim = self.claim(*amounts, **more)
        return actions.submit_claim(claim=claim, actor=claim.claimant)

    def approved(self, *amounts: tuple[str, str, int | str], **more: Any) -> Claim:
        """Sent, and agreed to by everybody whose turn it is."""
        return self.decided(self.sent(*amounts, **more))

    def decided(self, claim: Claim) -> Claim:
        while task := waiting(claim):
            approve(task=task, actor=task.assignee)
        return Claim.objects.get(pk=claim.pk)

    def paid(self, *amounts: tuple[str, str, int | str], **more: Any) -> Claim:
        return actions.pay_claim(claim=self.approved(*amounts, **more), actor=self.cashier)


def waiting(claim: Claim) -> Task | None:
    """The task that is open now."""
    return (
        Task.objects.waiting()
        .filter(step__case__subject=claim.pk, step__state="open")
        .select_related("step__case", "assignee")
        .first()
    )


def write(claim: Claim) -> Claim:
    return actions.write_texts(
        claim=claim,
        actor=claim.claimant,
        texts=actions.Texts("开学季高校推广", "现场搭建", "张晨、李明朗及兼职3人", "到场500人,新增会员200人"),
    )


def put(stage: Stage, claim: Claim, name: str, item: str, amount: int | str | Decimal, **more: Any) -> Any:
    return actions.put_line(
        claim=claim, budget_line=stage.line(name), cost_item=item, amount=Decimal(str(amount)), actor=claim.claimant,
        **more,
    )  # fmt: skip


def voucher(
    claim: Claim, amount: int | str | Decimal, *, number: str = "", payee: str = "广州图文快印", **more: Any
) -> Voucher:
    given = {"kind": "invoice", "issued_on": TODAY, **more}
    paper = actions.Paper(
        number=number or f"FP-{next(_numbers):05d}", payee=payee, amount=Decimal(str(amount)), **given
    )
    return actions.put_voucher(claim=claim, paper=paper, actor=claim.claimant)


def make_stage() -> Stage:
    """The company, with the campaign of the budget tests approved out of a plan of 100,000 yuan."""
    firm = company()
    install_definitions()
    plan_unit = ledger.open_unit(unit=firm.east, year=2026)
    plan = ledger.open_account(kind=Account.Kind.PLAN, parent=plan_unit, key="plan:1", name="华东年度计划")
    ledger.fund(
        account=plan, amount=Decimal(100_000), into=State.AVAILABLE, order=ledger.Order(actor=firm.owner)
    )
    activity = make_budget(firm.department(), firm.owner)
    settle_budget(subject=activity, source=plan, year=2026, actor=firm.people[MANAGEMENT])
    cashier = staff("秦岚", firm.group, FINANCE, username="cashier")
    return Stage(firm, activity, plan, firm.people[FINANCE], cashier)
