"""How the duties grow: the scheduler's minute, a person's list and the figures of a company, with few open and with many.

    python bench/duties.py [--small 1000] [--large 100000] [--rounds 5] [--json] [--no-postgres]

Lays open duties of the demo company's people on its subjects, and measures: a minute in which nothing is due, a minute in
which 500 duties climb a rung, a person's list, and the page that says how well rules are kept. Queries must be equal; with
many, a minute stays under 2 s and a page under 100 ms at the median.
Runs on SQLite, and on a throw-away PostgreSQL where one is at hand. Exits with 1 where something misses.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

from approvals import _timed
from pages import ROOT, _page, databases, in_process, options, seeded, table

DUE = 500
LIMITS_MS = {"nothing due": 2_000.0, "500 due": 2_000.0, "my duties": 100.0, "kept in time": 100.0}
BATCH = 5_000


def main() -> int:
    """Measure every database at hand, tell, and say whether everything keeps its limits."""
    chosen = options(__doc__ or "", small=1_000, large=100_000)
    if chosen.inside:
        print(json.dumps(_measure(chosen.small, chosen.large, min(chosen.rounds, 5))))
        return 0
    told = {name: _told(in_process(__file__, url, chosen)) for name, url in databases(chosen.postgres)}
    print(json.dumps(told, ensure_ascii=False) if chosen.json else table(told))
    return 0 if all(row["ok"] for rows in told.values() for row in rows) else 1


def _measure(small: int, large: int, rounds: int) -> list[dict[str, Any]]:
    seeded()
    duties = Duties()
    duties.grow(small)
    before = duties.measured(rounds)
    duties.grow(large)
    after = duties.measured(rounds)
    return [{"what": what, "small": before[what], "large": after[what]} for what in before]


class Duties:
    """Open duties of the demo company."""

    def __init__(self) -> None:
        from yunchou.kernel.duties.models import Duty
        from yunchou.kernel.identity.models import User
        from yunchou.kernel.subjects.models import Subject

        self.people = list(User.objects.filter(is_active=True, appointments__isnull=False).distinct())
        self.subjects = list(Subject.objects.order_by("pk")[:200])
        self.like = Duty.objects.filter(rule="R-RPT-01").first() or Duty.objects.first()
        self.count = 0

    def grow(self, wanted: int) -> None:
        """Add duties, half of them late for long, half due in the weeks to come."""
        from django.db import connection

        from yunchou.kernel.core import clock
        from yunchou.kernel.duties.models import Duty

        now = clock.now()
        Duty.objects.bulk_create(
            (
                Duty(
                    subject=self.subjects[n % len(self.subjects)],
                    owner=self.people[n % len(self.people)],
                    kind=self.like.kind,
                    rule=self.like.rule,
                    clause=self.like.clause,
                    title=self.like.title,
                    key=f"bench:{n}",
                    due_at=now + timedelta(minutes=n % 40_000 - 20_000),
                    next_rung_at=now + timedelta(days=30) if n % 2 else None,
                    rung=9,
                )
                for n in range(self.count, wanted)
            ),
            batch_size=BATCH,
        )
        self.count = wanted
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def measured(self, rounds: int) -> dict[str, dict[str, float]]:
        from yunchou.kernel.duties.climbing import escalate_due

        escalate_due()
        found = {"nothing due": _timed(escalate_due, rounds)}
        found["500 due"] = self._climbing(rounds)
        found["my duties"] = _page("my duties", "tang", "/duties/", rounds)
        found["kept in time"] = _page("kept in time", "tang", "/duties/kept/?days=30", rounds)
        return found

    def _climbing(self, rounds: int) -> dict[str, float]:
        """The next 500 duties come to a rung; each round takes its own."""
        from yunchou.kernel.core import clock
        from yunchou.kernel.duties.climbing import escalate_due
        from yunchou.kernel.duties.models import Duty

        def climb() -> None:
            assert escalate_due() == DUE

        def due() -> None:
            picked = Duty.objects.filter(key__startswith="bench:", state="open").order_by("?")[:DUE]
            Duty.objects.filter(pk__in=list(picked.values_list("pk", flat=True))).update(
                rung=0, next_rung_at=clock.now() - timedelta(minutes=1), due_at=clock.now() - timedelta(minutes=2),
                ladder=[{"whom": "supervisor", "minutes": 1, "working_days": 0}],
            )  # fmt: skip

        return _timed(climb, rounds, before=due)


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The measurements with their ratio, and whether the limits are kept."""
    for row in rows:
        small, large = row["small"], row["large"]
        row["ratio"] = round(large["ms"] / small["ms"], 2)
        row["ok"] = large["queries"] == small["queries"] and large["ms"] < LIMITS_MS[row["what"]]
    return rows


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
