"""The month: its figures by every view, its five steps, its approval, its end; and what departments report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yunchou.capabilities.expenses import actions, chart
from yunchou.capabilities.expenses.chart import View, suggested
from yunchou.capabilities.expenses.models import ExpenseReport, ReportStatus
from yunchou.capabilities.expenses.selectors import analyses_seen, citable, report_facts, steps_of, summary_of
from yunchou.capabilities.expenses.selectors.reports import report_summary
from yunchou.capabilities.expenses.vouchers import key_of, normal
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors import account_of
from yunchou.directory.organisation.positions import MANAGEMENT, MARKETING_DIRECTOR
from yunchou.kernel.approvals.actions import approve, return_case
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.notify.models import Notification

from .stage import ADVERTS, GIFTS, POSTERS, Stage

SEPTEMBER = "2026-09-03T10:00"


@pytest.mark.vector("X-19")
def test_every_item_stands_once_in_every_view() -> None:
    counts = {view: {item.place(view) for item in chart.ITEMS} for view in View}
    assert counts[View.CATEGORY] == set(chart.Category.values)
    assert counts[View.HEADING] - {"none"} == set(chart.Heading.values) - {"none"}
    assert (len(chart.Category), len(chart.Heading) - 1, len(chart.Group), len(chart.Kind)) == (4, 7, 5, 3)
    assert counts[View.GROUP] == set(chart.Group.values)
    assert counts[View.KIND] == set(chart.Kind.values)
    assert len(chart.BY_CODE) == len(chart.ITEMS)
    for line, category, code in (
        ("内部团队加班费(3人×5天×800元/天)", "人力成本", "overtime"),
        ("线下展架", "物料成本", "print"),
        ("抖音同城投放", "渠道成本", "advertising"),
        ("应急备用金", "其他成本", "contingency"),
    ):
        found = suggested(line, category)
        assert found is not None
        assert found.code == code
    assert suggested("没有听说过") is None


def test_two_spellings_of_a_voucher_are_one() -> None:
    assert normal(" ＡＢ－０１\u200b 2 ") == "AB-012"
    assert key_of("ab—1", "某 公司", Decimal("1.5")) == key_of("ＡＢ-1", "某公司", Decimal("1.50"))
    assert key_of("1", "23", Decimal(1)) != key_of("12", "3", Decimal(1))


def _decide(report: ExpenseReport, stage: Stage, how: object = approve, **said: object) -> ExpenseReport:
    task = Task.objects.waiting().get(step__case__subject=report.pk)
    assert task.assignee == stage.firm.people[MANAGEMENT]
    how(task=task, actor=task.assignee, **said)  # type: ignore[operator]
    return ExpenseReport.objects.select_related("subject", "unit").get(pk=report.pk)


@pytest.mark.django_db
@pytest.mark.req("BUD-18", whole=True)
@pytest.mark.req("BUD-19", whole=True)
@pytest.mark.req("BUD-23")
@pytest.mark.rule("R-BUD-13")
def test_a_month_is_collected_posted_verified_analysed_approved_and_closed(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 980), (ADVERTS, "advertising", 9600))
    stage.paid((GIFTS, "gifts", 10500))
    late = stage.approved((ADVERTS, "posts", 400))
    unit = stage.firm.east
    with clock.at(SEPTEMBER):
        assert actions.owe_reports(day=date(2026, 9, 1)) == actions.owe_reports(day=date(2026, 9, 1)) == 2
        report = ExpenseReport.objects.get(unit=unit)
        assert Duty.objects.open().get(subject=report.pk).owner in (stage.finance, stage.cashier)
        summary = summary_of(unit, "2026-08")
        assert (summary.total, summary.before) == (21_080, 0)
        sums = {
            view: {row.key: row.amount for row in rows if row.amount}
            for view, rows in summary.by_view.items()
        }
        assert sums[View.CATEGORY] == {"物料成本": 11_480, "渠道成本": 9600}
        assert sums[View.GROUP] == {"promotion": 10_580, "entertainment": 10_500}
        assert sums[View.HEADING] == {"supplies": 11_480, "publicity": 9600}
        assert sums[View.KIND] == {"activities": 11_480, "advertising": 9600}
        assert [(row.amount, row.money.approved) for row in summary.campaigns if row.money] == [
            (21_080, 68_000)
        ]

        with pytest.raises(RuleRefused) as early:
            actions.close_month(report=report, actor=stage.finance)
        assert early.value.verdicts[0].rule_id == "R-BUD-13"
        with pytest.raises(RuleRefused) as refused:
            actions.send_report(report=report, actor=stage.finance)
        assert {"verified", "analysis", "improvements"} <= {
            one.values["part"] for one in refused.value.verdicts
        }
        assert [step.is_done for step in steps_of(report, report_facts(report))] == [
            True,
            False,
            False,
            False,
            False,
        ]
        actions.pay_claim(claim=late, actor=stage.cashier, on=date(2026, 8, 31))

        report = actions.verify_month(report=report, actor=stage.finance)
        for one in report_summary(report).variances:
            actions.write_note(report=report, account=one.key, text="批量采购,单价下降", actor=stage.finance)
        report = actions.write_report(
            report=report, analysis="投放集中在首周", improvements="九月起比价", actor=stage.finance
        )
        report = actions.send_report(report=report, actor=stage.finance)
        assert not Duty.objects.open().filter(kind="expenses.report", subject=report.pk).exists()
        with pytest.raises(WrongState):
            actions.write_report(report=report, analysis="x", improvements="y", actor=stage.finance)
        report = _decide(report, stage, return_case, opinion="补充措施")
        assert (report.status, report.verified_at, report.figures) == (ReportStatus.RETURNED, None, None)
        actions.verify_month(report=report, actor=stage.finance)
        report = _decide(actions.send_report(report=report, actor=stage.finance), stage)
        assert all(step.is_done for step in steps_of(report, report_facts(report)))

        account = account_of(f"line:{stage.line(POSTERS).pk}")
        assert account is not None
        slip = ledger.spend(
            account=account, amount=Decimal(5), order=ledger.Order(actor=stage.finance, on=date(2026, 8, 31))
        )
        with pytest.raises(WrongState, match=r"5\.00"):
            actions.close_month(report=report, actor=stage.finance)
        ledger.refund(posting=slip.posting, order=ledger.Order(actor=stage.finance, on=date(2026, 8, 31)))
        report = actions.close_month(report=report, actor=stage.finance)
        assert report.status == ReportStatus.CLOSED
        with pytest.raises(WrongState):
            ledger.spend(
                account=account,
                amount=Decimal(5),
                order=ledger.Order(actor=stage.finance, on=date(2026, 8, 31)),
            )
    with pytest.raises(NotAllowed):
        actions.open_report(unit=unit, month="2026-08", actor=stage.claimant)


@pytest.mark.django_db
def test_a_month_that_is_not_over_or_has_unexplained_variances_is_not_sent(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 980))
    report = actions.open_report(unit=stage.firm.east, month="2026-08", actor=stage.finance)
    with pytest.raises(RuleRefused) as refused:
        actions.send_report(report=report, actor=stage.finance)
    told = {one.values["part"] for one in refused.value.verdicts}
    assert {"over", f"line:{stage.line(POSTERS).pk}"} <= told
    with pytest.raises(Invalid):
        actions.write_note(report=report, account="plan:none", text="x", actor=stage.finance)
    assert actions.open_report(unit=stage.firm.east, month="2026-08", actor=stage.finance) == report


@pytest.mark.django_db
@pytest.mark.req("BUD-24")
def test_an_analysis_is_reported_stored_and_cited_by_the_next_budget(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 980))
    made = actions.report_execution(
        unit=stage.firm.east,
        period="2026Q3",
        analysis="执行过半",
        lessons="礼品提前下单",
        actor=stage.firm.owner,
    )
    assert (made.approved, made.spent, made.rate) == (100_000, 980, Decimal("0.98"))
    assert Notification.objects.filter(
        user=stage.firm.people[MARKETING_DIRECTOR], kind="expenses.analysed"
    ).exists()
    for fields, field in (
        ({"period": "2026Q5"}, "period"), ({"lessons": " "}, "lessons"), ({}, "period"),
    ):  # fmt: skip
        asked = {"period": "2026Q3", "analysis": "a", "lessons": "b", **fields}
        with pytest.raises(Invalid) as refused:
            actions.report_execution(unit=stage.firm.east, actor=stage.firm.owner, **asked)
        assert set(refused.value.fields) == {field}
    assert list(analyses_seen(stage.firm.approver)) == [made]
    assert not analyses_seen(stage.firm.outsider).exists()
    assert not citable(made, stage.firm.owner).exists()
    with pytest.raises(NotAllowed):
        actions.cite_analysis(analysis=made, budget=stage.activity, actor=stage.firm.owner)
