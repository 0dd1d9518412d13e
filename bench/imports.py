"""How long a workbook takes from the file to the saved campaign: the worked example, and one with 5,000 task rows.

    python bench/imports.py [--tasks 5000] [--runs 5]

Works in a database and a data folder of its own, which are thrown away.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "src/yunchou/kernel/sheets/tests/data/example-campaign.xlsx"
LIMITS = {"example": 1.0, "large": 15.0}


def prepare(folder: str) -> None:
    """The product with an empty database in `folder`."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "yunchou.config.settings",
        "YUNCHOU_DATA_DIR": folder,
        "YUNCHOU_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def grown(tasks: int) -> bytes:
    """The example with so many rows in its Gantt chart, eight-task chains one after the other."""
    from yunchou.kernel.sheets.raw import RawSheet, RawWorkbook
    from yunchou.kernel.sheets.write import write_raw
    from yunchou.kernel.sheets.xlsx import read_workbook

    sheets = []
    for sheet in read_workbook(EXAMPLE).sheets:
        lines: dict[int, Any] = {n: dict(line) for n, line in sheet}
        if sheet.name == "执行甘特图":
            given = [lines[n] for n in range(2, 10)]
            for n in range(tasks):
                line = dict(given[n % 8])
                line[1] = f"{line[1]}{n // 8 + 1}"
                if n % 8:
                    line[6] = f"{given[n % 8 - 1][1]}{n // 8 + 1}"
                lines[n + 2] = line
        sheets.append(RawSheet(sheet.name, lines))
    return write_raw(RawWorkbook(tuple(sheets)))


def measure(data: bytes, firm: Any, runs: int) -> dict[str, float]:
    """Median seconds from the bytes to the findings, from there to the saved campaign, and of the processor for both."""
    from django.core.files.base import ContentFile

    from yunchou.lifecycle.campaigns import imports

    checked, made, worked = [], [], []
    for _run in range(runs):
        begun, clocked = perf_counter(), process_time()
        run = imports.hand_in_workbook(
            upload=ContentFile(data, "campaign.xlsx"),
            unit=firm.department(),
            actor=firm.owner,
            in_background=False,
        )
        seen = perf_counter()
        imports.create_from_workbook(run=run, actor=firm.owner)
        checked.append(seen - begun)
        made.append(perf_counter() - seen)
        worked.append(process_time() - clocked)
    return {
        name: statistics.median(each) for name, each in (("check", checked), ("make", made), ("cpu", worked))
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from yunchou.directory.organisation.tests.factories import company

        firm = company()
        measure(EXAMPLE.read_bytes(), firm, 1)  # what is loaded once is not measured
        cases = {"example": (EXAMPLE.read_bytes(), options.runs), "large": (grown(options.tasks), 1)}
        is_well = True
        for name, (data, runs) in cases.items():
            found = measure(data, firm, runs)
            total, limit = found["check"] + found["make"], LIMITS[name]
            is_well &= total < limit
            print(
                f"{name:<8} {len(data) / 1024:7.0f} KB   found {found['check']:6.2f} s   made {found['make']:6.2f} s   "
                f"total {total:6.2f} s = {total / limit:.2f} of the limit of {limit:g} s   (processor {found['cpu']:.2f} s)"
            )
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
