"""How long a change of a rule takes to be tried on many campaigns.

    python bench/replay.py [--campaigns 10000] [--json]

Makes the demo company with that many campaigns in an empty SQLite database, and plays two changes through as the job does, part
by part: one that takes campaigns another route (R-TYP-01) and one that blocks fewer of them (R-BUD-03). The limit is 30
seconds for 10,000 campaigns. Exits with 1 where a change takes longer.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 30.0


def main() -> int:
    """Measure in a process with a data folder of its own, tell, and say whether the limit is kept."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--campaigns", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(_measure(options.campaigns)))
        return 0
    with tempfile.TemporaryDirectory(prefix="yunchou-bench-") as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "yunchou.config.settings",
            "YUNCHOU_DATA_DIR": folder,
            "PYTHONPATH": str(ROOT / "src"),
            "YUNCHOU_DEMO": "1",
        }
        environment.pop("YUNCHOU_DATABASE_URL", None)
        command = [sys.executable, __file__, "--inside", "--campaigns", str(options.campaigns)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    told: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(told) if options.json else "\n".join(_line(one) for one in told))
    return 0 if all(one["seconds"] <= LIMIT for one in told) else 1


def _line(one: dict[str, Any]) -> str:
    return (
        f"{one['change']:10} {one['tried']:6} tried  {one['changed']:6} changed  {one['seconds']:6.1f} s  "
        f"{one['processor']:6.1f} s of the processor  {one['queries']} queries a part"
    )


def _measure(count: int) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.core.management import call_command

    from yunchou.kernel.approvals.actions import install_definitions
    from yunchou.lifecycle.insights.demo.company import make_company
    from yunchou.lifecycle.insights.demo.scale import make_many

    call_command("migrate", verbosity=0)
    company = make_company()
    install_definitions(actor=company["admin"])
    make_many(count)
    from yunchou.capabilities.rulebook.replay import Change

    large = Change(rule="R-TYP-01", values={"people": 200, "cost": Decimal("30000.00")})
    contingency = Change(rule="R-BUD-03", values={"lo": Decimal("12.5")})
    return [_try(change, company["tang"]) for change in (large, contingency)]


def _try(change: Any, director: Any) -> dict[str, Any]:
    """One change over everything, in the parts in which the job does it."""
    from datetime import date

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from yunchou.capabilities.rulebook.actions import start_trial, try_part
    from yunchou.capabilities.rulebook.models import Trial
    from yunchou.kernel.jobs.runner import work_off

    began, worked = time.perf_counter(), time.process_time()
    trial = start_trial(change=change, since=date(2000, 1, 1), until=date(2100, 1, 1), actor=director)
    work_off()
    seconds, processor = time.perf_counter() - began, time.process_time() - worked
    trial = Trial.objects.get(pk=trial.pk)
    assert trial.is_finished, "the trial has not come to its end"
    with CaptureQueriesContext(connection) as queries:
        try_part(trial=trial, ids=trial.job.chunks.all()[0].payload["ids"] if trial.job else [])
    return {
        "change": change.rule,
        "tried": trial.tried,
        "changed": trial.changed,
        "seconds": round(seconds, 1),
        "processor": round(processor, 1),
        "queries": len(queries),
    }


if __name__ == "__main__":
    sys.exit(main())
