"""What a target list's live count costs over many customers and what they did, next to the same question in SQL by hand.

    python bench/audiences.py [--small 10000] [--large 1000000] [--rounds 7] [--json]

On a throw-away PostgreSQL: so many customers, five touches each. Asked for are the customers of some cities and grades who came
at least twice in 180 days and were not contacted in 30, narrowly (five of forty cities, the two high grades) and broadly (all of
them). By hand it is asked in the two forms that databases do not choose between by themselves: for each customer, and for all at
once. Limit: with many at most 1.3 times what the better form takes, the product's choice of the form included. Exits with 1
where it misses.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pages import ROOT, options

LIMIT = 1.3
TOUCHES = 5
CITIES = tuple(f"城市{n:02}" for n in range(40))
QUESTIONS = {
    "narrow": (CITIES[:5], ("high_end", "key")),
    "broad": (CITIES, ("", "regular", "high_end", "key")),
}
FORMS = {
    "each": """
        SELECT count(*) FROM customers_customer c WHERE c.city = ANY(%(cities)s) AND c.grade = ANY(%(grades)s)
           AND (c.grade_until IS NULL OR c.grade_until >= now())
           AND (SELECT count(*) FROM customers_touch t
                 WHERE t.customer_id = c.subject_id AND t.kind = 'attended' AND t.at >= %(long)s) >= 2
           AND NOT EXISTS (SELECT 1 FROM customers_touch t
                 WHERE t.customer_id = c.subject_id AND t.kind IN ('invited', 'message', 'call', 'visit') AND t.at >= %(short)s)
    """,
    "all at once": """
        SELECT count(*) FROM customers_customer c
          JOIN (SELECT customer_id FROM customers_touch WHERE kind = 'attended' AND at >= %(long)s
                 GROUP BY customer_id HAVING count(*) >= 2) came ON came.customer_id = c.subject_id
         WHERE c.city = ANY(%(cities)s) AND c.grade = ANY(%(grades)s)
           AND (c.grade_until IS NULL OR c.grade_until >= now())
           AND NOT EXISTS (SELECT 1 FROM customers_touch t
                 WHERE t.customer_id = c.subject_id AND t.kind IN ('invited', 'message', 'call', 'visit') AND t.at >= %(short)s)
    """,
}


def main() -> int:
    """Measure, tell, and say whether everything keeps its limits."""
    chosen = options(__doc__ or "", small=10_000, large=1_000_000)
    if chosen.inside:
        print(json.dumps(_measure(chosen.small, chosen.large, min(chosen.rounds, 7))))
        return 0
    sys.path.insert(0, str(ROOT))
    from tools.machine import database_server

    with database_server() as url, tempfile.TemporaryDirectory(prefix="yunchou-bench-") as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "yunchou.config.settings",
            "YUNCHOU_DATA_DIR": folder,
            "YUNCHOU_DATABASE_URL": url,
            "YUNCHOU_DEBUG": "",
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}:{ROOT / 'bench'}",
        }
        sizes = ["--small", str(chosen.small), "--large", str(chosen.large), "--rounds", str(chosen.rounds)]
        done = subprocess.run(
            [sys.executable, __file__, "--inside", *sizes],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
        )
    rows = json.loads(done.stdout.splitlines()[-1])
    for row in rows:
        row["ratio"] = round(row["product"] / min(row[form] for form in FORMS), 2)
        row["ok"] = row["customers"] != chosen.large or row["ratio"] <= LIMIT
    print(json.dumps(rows, ensure_ascii=False) if chosen.json else _table(rows))
    return 0 if all(row["ok"] for row in rows) else 1


def _measure(small: int, large: int, rounds: int) -> list[dict[str, Any]]:
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    # The tables as the models say: the way there is not what is measured.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    rows, there = [], 0
    for count in (small, large):
        grow(there, count)
        there = count
        rows += [asked(count, name, rounds) for name in QUESTIONS]
    return rows


def grow(there: int, count: int) -> None:
    """Customers by the database alone until there are so many, each with five touches of the last year."""
    from django.db import connection

    from yunchou.directory.customers.tests.factories import make_customers
    from yunchou.kernel.identity.models import Unit

    if not there:
        unit = Unit.objects.create(name="会员部", code="club")
        make_customers(unit, 1)
        there = 1
    with connection.cursor() as cursor:
        first = _twins(cursor, "subjects_subject", "id", there, count, {})
        city = f"'城市' || lpad(floor(random() * {len(CITIES)})::int::text, 2, '0')"
        grade = "(ARRAY['', '', '', 'regular', 'regular', 'high_end', 'key'])[1 + floor(random() * 7)::int]"
        _twins(
            cursor, "customers_customer", "subject_id", there, count, {"city": city, "grade": grade}, first
        )
        kinds = "(ARRAY['invited', 'accepted', 'attended', 'message', 'ordered', 'missed', 'call'])[1 + floor(random() * 7)::int]"
        cursor.execute(
            "INSERT INTO customers_touch (customer_id, kind, at, channel, note) "
            f"SELECT %s + n, {kinds}, now() - random() * interval '365 days', '', '' "
            f"FROM generate_series({there + 1}, {count}) n, generate_series(1, {TOUCHES})",
            [first],
        )
        cursor.execute("VACUUM ANALYZE")


def _twins(
    cursor: Any,
    table: str,
    key: str,
    there: int,
    count: int,
    others: dict[str, str],
    first: int | None = None,
) -> int:
    """Rows like the first one; their keys follow each other from the number that is returned."""
    cursor.execute(
        f"SELECT min({key}) - 1 FROM {table} WHERE {key} IN (SELECT subject_id FROM customers_customer)"
    )
    base: int = cursor.fetchone()[0] if first is None else first
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> %s",
        [table, key],
    )
    names = [row[0] for row in cursor.fetchall()]
    values = ", ".join(others.get(name, f"one.{name}") for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({key}, {', '.join(names)}) SELECT {base} + n, {values} "
        f"FROM {table} one, generate_series({there + 1}, {count}) n WHERE one.{key} = {base} + 1"
    )
    return base


def asked(count: int, name: str, rounds: int) -> dict[str, Any]:
    """Milliseconds of the product's count and of the forms by hand, asked in turn."""
    from django.db import connection

    from yunchou.capabilities.audiences.compiling import matching
    from yunchou.capabilities.audiences.fields import FIELDS, NONE, Op
    from yunchou.capabilities.audiences.trees import Did, Group, Trait
    from yunchou.directory.customers.models import Customer
    from yunchou.kernel.core import clock

    cities, grades = QUESTIONS[name]
    tree = Group(
        "all",
        (
            Trait(FIELDS["city"], Op.IN, cities),
            Trait(FIELDS["grade"], Op.IN, tuple(grade or NONE for grade in grades)),
            Did("attended", 2, None, 180),
            Did("contact", 0, 0, 30),
        ),
    )
    today = clock.today()
    told = {
        "cities": list(cities),
        "grades": list(grades),
        "long": clock.moment(today - timedelta(days=179)),
        "short": clock.moment(today - timedelta(days=29)),
    }

    def by_hand(sql: str) -> Callable[[], int]:
        def ask() -> int:
            with connection.cursor() as cursor:
                cursor.execute(sql, told)
                found: int = cursor.fetchone()[0]
                return found

        return ask

    def product() -> int:
        return matching(Customer.objects.all(), tree).count()

    ways = {"product": product, **{form: by_hand(sql) for form, sql in FORMS.items()}}
    found = {way: ask() for way, ask in ways.items()}
    assert len(set(found.values())) == 1, found
    took: dict[str, list[float]] = {way: [] for way in ways}
    for _n in range(rounds):
        for way, ask in ways.items():
            begun = time.perf_counter()
            ask()
            took[way].append((time.perf_counter() - begun) * 1000)
    medians = {way: round(statistics.median(times), 1) for way, times in took.items()}
    return {"customers": count, "question": name, "found": found["product"], **medians}


def _table(rows: list[dict[str, Any]]) -> str:
    lines = [f"{'customers':>9}  {'question':9}{'found':>8}{'product':>10}{'each':>10}{'at once':>10}  ratio"]
    lines += [
        f"{row['customers']:9}  {row['question']:9}{row['found']:8}{row['product']:10}{row['each']:10}{row['all at once']:10}"
        f"  {row['ratio']}{'' if row['ok'] else '  misses'}"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
