"""The three tables of the worked example in the database and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from yunchou.capabilities.operations import actions
from yunchou.capabilities.operations.models import DailyReport, Issue, Risk
from yunchou.capabilities.operations.sheets import issues, reports, risks
from yunchou.capabilities.operations.tables import ISSUES, REPORTS, RISKS
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel import sheets
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.sheets.findings import has_errors
from yunchou.kernel.sheets.layout import Part, read_part
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.kernel.subjects.models import Subject

pytestmark = pytest.mark.django_db

EXAMPLE = Path(sheets.__file__).parent / "tests" / "data" / "example-campaign.xlsx"
CONTEXT = Context(year=2024, start=date(2024, 7, 15), end=date(2024, 8, 10))
STORES = {RISKS.key: (RISKS, risks), REPORTS.key: (REPORTS, reports), ISSUES.key: (ISSUES, issues)}

ROWS = {RISKS.key: 4, REPORTS.key: 3, ISSUES.key: 1}


@cache
def part(key: str) -> Part[Any]:
    """A table as the example workbook has it."""
    table, _store = STORES[key]
    (sheet,) = [each for each in read_workbook(EXAMPLE).sheets if each.name == table.sheet]
    found, findings = read_part(table, sheet, CONTEXT)
    assert not has_errors(findings)
    return found


@pytest.mark.parametrize("key", STORES)
def test_rows_come_back_as_they_were(subject: Subject, key: str) -> None:
    table, store = STORES[key]
    rows = part(key).rows
    assert len(rows) == ROWS[key]
    store.save(subject, rows)
    kept = store.load(subject)
    assert list(kept) == list(rows)
    assert [table.row_to_json(row) for row in kept] == [table.row_to_json(row) for row in rows]
    assert [row.given for row in kept] == [row.given for row in rows]


@pytest.mark.req("RSK-01")
def test_risks_know_score_and_what_they_may_spend(subject: Subject) -> None:
    risks.save(subject, part("risks").rows)
    found = Risk.objects.filter(subject=subject).order_by("position")
    assert [risk.score for risk in found] == [6, 3, 4, 3]
    assert [risk.extra_amount for risk in found] == [0, 0, 5000, 0]


def test_imported_issue_was_decided_elsewhere_and_runs_no_time(subject: Subject) -> None:
    issues.save(subject, part("issues").rows)
    issue = Issue.objects.get()
    assert (issue.size, issue.state, issue.due_at) == (Issue.Size.LARGE, Issue.State.ADJUSTING, None)
    assert str(issue.target_figure) == "5000人"


@pytest.mark.req("RPT-07")
def test_import_does_not_touch_what_was_handed_in(firm: Firm, subject: Subject) -> None:
    reports.save(subject, part("reports").rows)
    own = actions.hand_in_report(
        subject=subject, day=date(2024, 8, 2), owner=firm.owner, done="a", tomorrow="b", actor=firm.owner
    )
    rows = list(reports.load(subject))
    assert len(rows) == 4
    reports.save(subject, rows)
    with pytest.raises(WrongState):
        reports.save(subject, rows[:3])
    with pytest.raises(WrongState):
        reports.save(subject, [replace(row, problems="无") if row.pk == own.pk else row for row in rows])
    correction = actions.correct_report(report=own, done="c", tomorrow="d", actor=firm.owner)
    assert [row.pk for row in reports.load(subject)][3] == correction.pk
    assert DailyReport.objects.count() == 5
