"""The month: its figures by every view, its five steps, its approval, its end; and what departments report."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yunchou.capabilities.expenses import actions, chart
from yunchou.capabilities.expenses.chart import View, suggested
from yunchou.capabilities.expenses.models import ExpenseReport, Measure, ReportStatus
from yunchou.capabilities.expenses.selectors import (
    analyses_seen,
    citable,
    dues_seen,
    measures_of,
    periods_owed,
    report_facts,
    steps_of,
    summary_of,
    year_at_a_glance,
)
from yunchou.capabilities.expenses.selectors.reports import report_summary
from yunchou.capabilities.expenses.vouchers import key_of, normal
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors import account_of, money_of
from yunchou.capabilities.ledger.states import Dimension, Slice
from yunchou.directory.organisation.positions import FINANCE, MANAGEMENT, MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import staff
from yunchou.kernel.approvals.actions import approve, return_case
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.actions import open_subject

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
@pytest.mark.req("BUD-19")
@pytest.mark.rule("R-BUD-13", whole=True)
def test_a_closed_month_is_opened_again_by_another_and_reported_anew(stage: Stage) -> None:
    """Analysis and report are due at the end of each month, management approves before it is closed, and so again after it
    was opened again."""
    stage.paid((POSTERS, "print", 980))
    unit, manager = stage.firm.east, stage.firm.people[MANAGEMENT]
    with clock.at(SEPTEMBER):
        actions.owe_reports(day=date(2026, 9, 1))
        report = ExpenseReport.objects.get(unit=unit)
        duty = Duty.objects.open().get(subject=report.pk)
        assert (duty.rule, clock.local(duty.due_at).date()) == ("R-BUD-13", date(2026, 9, 7))

        def close() -> ExpenseReport:
            for one in report_summary(report).variances:
                actions.write_note(report=report, account=one.key, text="批量价", actor=stage.finance)
            actions.write_report(report=report, analysis="集中", improvements="比价", actor=stage.finance)
            actions.verify_month(report=report, actor=stage.finance)
            sent = actions.send_report(report=report, actor=stage.finance)
            with pytest.raises(RuleRefused) as early:
                actions.close_month(report=sent, actor=stage.finance)
            assert early.value.verdicts[0].rule_id == "R-BUD-13"
            return actions.close_month(report=_decide(sent, stage), actor=stage.finance)

        report = close()
        [row] = [row for row in year_at_a_glance(stage.finance, 2026) if row.unit == unit]
        assert [cell.sign for cell in row.cells[6:9]] == ["missing", "closed", "later"]
        with pytest.raises(WrongState):
            actions.write_report(report=report, analysis="x", improvements="y", actor=stage.finance)
        for actor, reason in ((stage.finance, "补记"), (stage.claimant, "补记")):
            with pytest.raises(NotAllowed):
                actions.reopen_month(report=report, reason=reason, actor=actor)
        with pytest.raises(Invalid):
            actions.reopen_month(report=report, reason=" ", actor=manager)
        report = actions.reopen_month(report=report, reason="补记八月发票", actor=manager)
        assert (report.status, report.figures, report.closed_by) == (ReportStatus.RETURNED, None, None)
        assert Duty.objects.open().filter(kind="expenses.report", subject=report.pk).count() == 1
        told = JournalEntry.objects.get(kind="expenses.month_reopened", subject=report.pk)
        assert told.data["note"] == "补记八月发票"
        [row] = [row for row in year_at_a_glance(stage.finance, 2026) if row.unit == unit]
        assert (row.cells[7].sign, row.cells[7].reopened.by) == ("reopened", manager)
        account = account_of(f"line:{stage.line(POSTERS).pk}")
        assert account is not None
        order = ledger.Order(actor=stage.finance, on=date(2026, 8, 31), evidence="FP-0005")
        ledger.spend(account=account, amount=Decimal(5), order=order)
        assert close().status == ReportStatus.CLOSED
        assert not Duty.objects.open().filter(kind="expenses.report", subject=report.pk).exists()
        with pytest.raises(WrongState):
            ledger.spend(account=account, amount=Decimal(5), order=order)


@pytest.mark.django_db
@pytest.mark.req("BUD-23", whole=True)
def test_cost_is_analysed_at_intervals_and_measures_are_owed_until_they_are_carried_out(stage: Stage) -> None:
    """Line, activity, department and period each show actual, bound, left and variance; the rest of BUD-23 its neighbours."""
    stage.paid((POSTERS, "print", 980))
    stage.approved((ADVERTS, "advertising", 400))
    for key in (
        f"line:{stage.line(POSTERS).pk}",
        f"campaign:{stage.activity.pk}",
        f"unit:{stage.firm.east.pk}:2026",
    ):
        account = account_of(key)
        assert account is not None
        money = money_of(account)
        assert (money.spent, money.variance) == (980, 980 - money.approved)
        assert money.available == money.approved - money.used
    unit = account_of(f"unit:{stage.firm.east.pk}:2026")
    assert unit is not None
    august = money_of(unit, Slice(Dimension.MONTH, "2026-08"))
    assert (august.spent, august.reserved) == (980, 400)

    report = actions.open_report(unit=stage.firm.east, month="2026-08", actor=stage.finance)
    day = date(2026, 9, 10)
    given = {"holder": report, "text": "礼品三家比价", "owner": stage.firm.owner, "due_on": day}
    for wrong, field in (
        ({"text": " "}, "text"), ({"due_on": None}, "due_on"), ({"due_on": date(2026, 8, 1)}, "due_on"),
        ({"owner": stage.firm.outsider}, "owner"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.set_measure(**{**given, **wrong}, actor=stage.finance)
        assert set(refused.value.fields) == {field}
    with pytest.raises(NotAllowed):
        actions.set_measure(**given, actor=stage.claimant)
    measure = actions.set_measure(**given, actor=stage.finance)
    dropped = actions.set_measure(**{**given, "text": "停投"}, actor=stage.finance)
    duty = Duty.objects.open().get(key=measure.duty_key)
    assert (duty.owner, duty.clause, clock.local(duty.due_at).date()) == (
        stage.firm.owner,
        "003 四(三)4",
        day,
    )
    with clock.at("2026-09-12T10:00"):
        assert measure.is_late
        with pytest.raises(NotAllowed):
            actions.finish_measure(measure=measure, result="省 3%", actor=stage.claimant)
        with pytest.raises(Invalid):
            actions.finish_measure(measure=measure, result=" ", actor=stage.firm.owner)
        measure = actions.finish_measure(measure=measure, result="单价下降 3%", actor=stage.firm.owner)
        assert (measure.state, measure.ended_by) == (Measure.State.DONE, stage.firm.owner)
        with pytest.raises(WrongState):
            actions.drop_measure(measure=measure, reason="x", actor=stage.finance)
        with pytest.raises(NotAllowed):
            actions.drop_measure(measure=dropped, reason="不再投放", actor=stage.firm.owner)
        actions.drop_measure(measure=dropped, reason="不再投放", actor=stage.finance)
        assert not Duty.objects.open().filter(kind="expenses.measure").exists()
        assert Duty.objects.get(key=measure.duty_key).is_late


@pytest.mark.django_db
@pytest.mark.req("BUD-24")
def test_regions_and_departments_with_money_owe_the_analysis_of_each_quarter(stage: Stage) -> None:
    with clock.at("2026-10-01T01:00"):
        assert actions.owe_analyses(day=date(2026, 10, 1)) == actions.owe_analyses(day=date(2026, 10, 1))
        dues = dues_seen(stage.firm.people[MARKETING_DIRECTOR], "2026Q3")
        due = next(one for one in dues if one.unit == stage.firm.east)
        assert {one.unit.kind for one in dues} <= {"region", "department"}
        assert periods_owed() == ["2026Q3"]
        duty = Duty.objects.open().get(subject=due.pk)
        assert (duty.owner, f"unit={due.unit_id}&period=2026Q3" in duty.address) == (due.owner, True)
        assert dues_seen(stage.firm.outsider, "2026Q3") == []
    with clock.at("2026-10-30T10:00"):
        assert due.is_late
        made = actions.report_execution(
            unit=due.unit, period="2026Q3", analysis="过半", lessons="提前", actor=duty.owner
        )
        due.refresh_from_db()
        assert (due.analysis, due.is_late, due.was_late) == (made, False, True)
        assert not Duty.objects.open().filter(subject=due.pk).exists()
        actions.set_measure(
            holder=made, text="提前下单", owner=duty.owner, due_on=date(2026, 11, 5), actor=duty.owner
        )
        assert measures_of(made).count() == 1


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
@pytest.mark.req("BUD-24", whole=True)
def test_an_analysis_is_reported_stored_and_cited_by_the_next_budget(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 980))
    made = actions.report_execution(
        unit=stage.firm.east,
        period="2026Q3",
        analysis="执行过半",
        lessons="礼品提前下单",
        actor=stage.firm.owner,
    )
    # A quarter has its own quarter of the money where nothing is planned by month.
    assert (made.approved, made.spent, made.rate) == (25_000, 980, Decimal("3.92"))
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
    with clock.at("2026-11-02T10:00"):
        plan = open_subject(
            kind="campaign",
            unit=stage.firm.department(),
            title="下期预算",
            address="/",
            actor=stage.firm.owner,
        )
        assert list(citable(made, stage.firm.owner)) == [plan]
        assert actions.cite_analysis(analysis=made, budget=plan, actor=stage.firm.owner).budget == plan
        assert not citable(made, stage.firm.owner).exists()
        with pytest.raises(WrongState):
            actions.cite_analysis(analysis=made, budget=plan, actor=stage.firm.owner)
    assert not analyses_seen(stage.firm.outsider).exists()
    assert not citable(made, stage.firm.owner).exists()
    with pytest.raises(NotAllowed):
        actions.cite_analysis(analysis=made, budget=stage.activity, actor=stage.firm.owner)


@pytest.mark.django_db
@pytest.mark.req("BUD-19")
def test_a_report_counts_to_the_end_of_its_month_and_is_owed_by_the_finance_next_to_it(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 980))
    own = staff("华东财务", stage.firm.east, FINANCE, username="eastmoney")
    with clock.at("2026-09-10T10:00"):
        stage.paid((ADVERTS, "advertising", 600))
        august, september = (summary_of(stage.firm.east, f"2026-{month:02d}") for month in (8, 9))
        assert (august.total, august.money.spent) == (980, 980)
        assert (september.total, september.money.spent) == (600, 1_580)
        assert august.money.approved == september.money.approved
        given = {row.key: row.money for row in august.by_view[View.CATEGORY]}
        assert given["渠道成本"].spent == 0
        assert [row.money.spent for row in august.campaigns if row.money] == [980]
        assert actions.owe_reports(day=date(2026, 9, 1)) == 2
        owners = {duty.subject.unit: duty.owner for duty in Duty.objects.filter(kind="expenses.report")}
        assert owners[stage.firm.east] == own
        assert owners[stage.firm.group] != own
