"""How sending, deciding and the inbox grow with the number of open cases.

    python bench/approvals.py [--small 50] [--large 5000] [--rounds 30] [--json] [--no-postgres]

Opens cases of the tests' toy kind, most of them for one approver, and measures with few open cases and with many: sending a
case, deciding on it, the inbox of the approver who has them all, and of one who has a few of them. Beside them, in the demo
company with twice as many campaigns as open cases: sending a real campaign (its rules, its neighbours, its route, its
version) and the last decision on it. The number of queries must be equal, the median of the time at most 1.5 times as long
(the inbox of all may take longer) and below 100 ms.
Runs on SQLite, and on a throw-away PostgreSQL where one is at hand. Exits with 1 where something misses.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from pages import ROOT, WARM_UP, databases, grow_demo, in_process, options, seeded, table

RATIO, LIMIT_MS = 1.5, 100.0
#: Sorting all of one's own cases by due time takes longer the more there are.
GROWING = "inbox of all"


def main() -> int:
    """Measure every database at hand, tell, and say whether everything keeps its limits."""
    chosen = options(__doc__ or "", small=50, large=5_000)
    if chosen.inside:
        print(json.dumps(_measure(chosen.small, chosen.large, chosen.rounds)))
        return 0
    told = {name: _told(in_process(__file__, url, chosen)) for name, url in databases(chosen.postgres)}
    print(json.dumps(told, ensure_ascii=False) if chosen.json else table(told))
    return 0 if all(row["ok"] for rows in told.values() for row in rows) else 1


def _measure(small: int, large: int, rounds: int) -> list[dict[str, Any]]:
    seeded()
    office, region = Office(), Region()
    office.grow(small)
    region.grow(2 * small)
    before = office.measured(rounds) | region.measured(rounds)
    office.grow(large)
    region.grow(2 * large)
    after = office.measured(rounds) | region.measured(rounds)
    return [{"what": what, "small": before[what], "large": after[what]} for what in before]


class Office:
    """A company of the tests, with one busy approver and one who has little to do."""

    def __init__(self) -> None:
        from yunchou.kernel.approvals.actions import install_definition
        from yunchou.kernel.approvals.tests import toys
        from yunchou.kernel.duties.tests.factories import company
        from yunchou.kernel.identity.models import Unit

        self.firm = company()
        self.quiet = Unit.objects.create(
            kind=Unit.Kind.REGION, code="quiet", name="Quiet", parent=self.firm.group
        )
        self.firm.hire("other", toys.LEADER, self.quiet)
        install_definition(key="paper")
        self.count = 0

    def send(self) -> Any:
        """One more case; every 25th in the quiet region."""
        from yunchou.kernel.approvals.actions import open_case

        self.count += 1
        subject = self.firm.paper(f"Plan {self.count}")
        if self.count % 25 == 0:
            subject.unit = self.quiet
            subject.save()
        return open_case(subject=subject, definition="paper", actor=self.firm.owner)

    def grow(self, wanted: int) -> None:
        """Open cases until there are so many, and let the database look at them once."""
        from django.db import connection, transaction

        with transaction.atomic():
            while self.count < wanted:
                self.send()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def measured(self, rounds: int) -> dict[str, dict[str, float]]:
        from yunchou.kernel.approvals.actions import approve, open_case
        from yunchou.kernel.approvals.models import Case, Task
        from yunchou.kernel.approvals.selectors import inbox, listed, tab_counts

        subjects = [self.firm.paper(f"Measured {number}") for number in range(rounds + 2 * WARM_UP)]
        sent: list[Case] = []

        def send() -> None:
            sent.append(open_case(subject=subjects.pop(), definition="paper", actor=self.firm.owner))

        def task() -> Task:
            tasks = Task.objects.select_related("step__case")
            return tasks.get(step__case=sent.pop(), assignee=self.firm.approver)

        def page_of(user: Any) -> Callable[[], None]:
            def look() -> None:
                tab_counts(user)
                list(listed(inbox(user).todo.order_by("due_at", "pk"))[:50])

            return look

        found = {"sending": _timed(send, rounds)}
        tasks = [task() for _number in range(len(sent))]
        found["deciding"] = _timed(lambda: approve(task=tasks.pop(), actor=self.firm.approver), rounds)
        found[GROWING] = _timed(page_of(self.firm.approver), rounds)
        found["inbox of some"] = _timed(page_of(self.firm.other), rounds)
        return found


class Region:
    """A region of the demo company, whose marketing department sends campaigns that its leadership decides on."""

    def __init__(self) -> None:
        from yunchou.kernel.identity.models import Appointment, User

        self.owner = User.objects.get(username="zhang")
        self.colleague = User.objects.get(username="li")
        self.unit = Appointment.objects.valid().filter(user=self.owner).select_related("unit")[0].unit
        self.day = date(2031, 1, 6)

    def department(self) -> Any:
        return self.unit

    def grow(self, wanted: int) -> None:
        """Add campaigns until there are so many."""
        grow_demo(wanted)

    def make(self) -> Any:
        """A proposal of an ordinary size that could be sent; far from the one before, so that no sum passes a limit."""
        from yunchou.capabilities.budgets.tables import LineRow
        from yunchou.capabilities.work.tables import TaskRow
        from yunchou.kernel.sheets.values import Person
        from yunchou.lifecycle.campaigns.tests.factories import again, make_proposal, save_rows

        self.day += timedelta(days=40)
        somebody = Person(self.colleague.name, self.colleague.pk)
        dates = {"start_on": self.day, "end_on": self.day + timedelta(days=9)}
        campaign = make_proposal(cast(Any, self), "客户沙龙", **dates)
        lines = [
            LineRow(category="物料成本", item=f"物料 {n}", amount=Decimal(900), owner=somebody)
            for n in range(15)
        ]
        tasks = [TaskRow(name=f"任务 {n}", owner=somebody, **dates) for n in range(15)]
        save_rows(campaign, "budget", lines, actor=self.owner)
        save_rows(campaign, "schedule", tasks, actor=self.owner)
        return again(campaign)

    def measured(self, rounds: int) -> dict[str, dict[str, float]]:
        from django.db import transaction

        from yunchou.kernel.approvals.actions import approve
        from yunchou.kernel.approvals.models import Task
        from yunchou.kernel.identity.models import User
        from yunchou.lifecycle.campaigns.actions import submit_campaign

        with transaction.atomic():
            ready = [self.make() for _number in range(rounds + 2 * WARM_UP)]
        sent: list[int] = []

        def send() -> None:
            campaign = ready.pop()
            submit_campaign(campaign=campaign, actor=User.objects.get(pk=self.owner.pk))
            sent.append(campaign.pk)

        def task(campaign: int) -> Task:
            """The open task of the last who decides, everybody before having agreed."""
            while True:
                asked = Task.objects.filter(step__case__subject=campaign, state=Task.State.WAITING)
                found = asked.exclude(step__kind="file").select_related("step__case", "assignee").get()
                waiting = Task.objects.filter(step__case__subject=campaign, step__state="waiting")
                if not waiting.exclude(step__kind="file").exists():
                    return found
                approve(task=found, actor=found.assignee)

        def decide() -> None:
            last = tasks.pop()
            approve(task=last, actor=last.assignee)

        found = {"a campaign sent": _timed(send, rounds)}
        tasks = [task(pk) for pk in sent]
        found["a campaign decided"] = _timed(decide, rounds)
        return found


def _timed(
    act: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None
) -> dict[str, float]:
    """Queries of one act, and the median of its milliseconds; `before` prepares each and is not counted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _round in range(WARM_UP):
        before()
        act()
    times = []
    for _round in range(rounds):
        before()
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    counted = []
    for _round in range(WARM_UP):
        before()
        with CaptureQueriesContext(connection) as queries:
            act()
        counted.append(len(queries))
    return {"queries": min(counted), "ms": round(statistics.median(times), 1)}


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The measurements with their ratio, and whether the limits are kept."""
    for row in rows:
        small, large = row["small"], row["large"]
        row["ratio"] = round(large["ms"] / small["ms"], 2)
        is_steady = row["what"] == GROWING or row["ratio"] <= RATIO
        row["ok"] = large["queries"] == small["queries"] and is_steady and large["ms"] < LIMIT_MS
    return rows


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
