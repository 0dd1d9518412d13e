from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.core import clock
from yunchou.kernel.duties.actions import fulfil
from yunchou.kernel.duties.compliance import compliance
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.duties.selectors import (
    grouped,
    inbox,
    next_duty,
    open_count,
    overdue_below,
    overdue_count,
    supervisors_of,
)

from .factories import Company
from .test_actions import FRIDAY, _kinds, heard, lay_down  # noqa: F401


def test_inbox_sorts_by_time(firm: Company) -> None:
    for name, shift in (("late", -1), ("soon", 2), ("tonight", 8), ("monday", 70)):
        lay_down(firm, key=name, due_at=FRIDAY + timedelta(hours=shift))
    lay_down(firm, key="other", owner=firm.vp)
    box = inbox(firm.owner, FRIDAY)
    found = [[d.key for d in part] for part in (box.overdue, box.today, box.later)]
    assert found == [["late"], ["soon", "tonight"], ["monday"]]
    assert (box.total, box.late, open_count(firm.owner), overdue_count(firm.owner, FRIDAY)) == (4, 1, 4, 1)
    assert inbox(firm.owner, FRIDAY, without={"tests.report"}).total == 0
    assert [group.size for group in grouped(box)] == [1, 2, 1]
    assert [str(group.label) for group in grouped(box, "rule")] == ["R-RPT-01 · 004 四(一)"]
    assert len(grouped(box, "subject")) == 4


def test_next_duty_takes_one_query(firm: Company, django_assert_num_queries: object) -> None:
    first = lay_down(firm, key="a", due_at=FRIDAY + timedelta(hours=5))
    lay_down(firm, key="b", subject=first.subject, due_at=FRIDAY + timedelta(hours=9))
    second = lay_down(firm, key="c")
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = next_duty([first.subject_id, second.subject_id, 10**6])
    assert found == {first.subject_id: first, second.subject_id: second}


def test_compliance_counts_what_fell_due(firm: Company) -> None:
    for name, shift in (("timely", 0), ("late", 1), ("open", None)):
        duty = lay_down(firm, key=name)
        if shift is not None:
            fulfil(actor=firm.owner, key=name, at=duty.due_at + timedelta(minutes=shift))
    lay_down(firm, key="future", due_at=FRIDAY + timedelta(days=9))
    Duty.objects.filter(pk=lay_down(firm, key="history").pk).update(is_history=True)
    since, now = FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=1)
    [figure] = compliance(firm.owner, since, now)
    assert (figure.on_time, figure.total) == (1, 3)
    assert figure.share == pytest.approx(1 / 3)
    assert [f.total for f in compliance(firm.group, since, now)] == [3]
    assert compliance(firm.vp, since, now) == []


def test_supervisors_are_the_next_above(firm: Company) -> None:
    assert [u.name for u in supervisors_of(firm.owner)] == ["Approver"]
    assert [u.name for u in supervisors_of(firm.approver)] == ["Vp"]
    assert supervisors_of(firm.vp) == []
    assert supervisors_of(firm.outsider) == []


@pytest.mark.usefixtures("heard")
def test_overdue_below_is_for_those_who_answer(firm: Company) -> None:
    duty = lay_down(firm)
    with clock.at(FRIDAY + timedelta(hours=3)):
        assert list(overdue_below(firm.approver)) == [duty]
        assert list(overdue_below(firm.vp)) == [duty]
        assert not overdue_below(firm.owner).exists()
        assert not overdue_below(firm.club).exists()
        assert not overdue_below(firm.outsider).exists()


def test_inbox_asks_two_queries_however_long(firm: Company) -> None:
    counts = []
    for size in (2, 20):
        for number in range(size):
            lay_down(firm, key=f"{size}-{number}")
        with CaptureQueriesContext(connection) as queries:
            [d.subject.title for d in inbox(firm.owner, FRIDAY).duties]
        counts.append(len(queries))
    assert counts == [2, 2]
