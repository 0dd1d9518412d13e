"""How the directory of customers grows: its pages with many customers, lists that come in, and lists that go out.

    python bench/customers.py [--small 1000] [--large 1000000] [--rounds 30] [--json] [--no-postgres]

Brings a list of 100,000 lines in as CSV, by one worker and by two, and one of 20,000 as a workbook; beside it, on PostgreSQL,
COPY of the same lines into a bare table with an upsert into another one, and COPY of what the import wrote into tables with the
columns and indexes of the product's own. Then takes 20,000 customers out as CSV and as a workbook, beside the csv module and
openpyxl with the same lines. Then asks the list, its filters, its last page, a search and one customer through Django, signed
in, with few customers and with many (on PostgreSQL as many more as `--large` says, written by SQL). The number of queries must
be equal and at most 8 for the list, the median at most 1.3 times as long, the import at least a third of the rate of COPY and
upsert, its memory growth below 300 MB. Exits with 1 where something misses.
"""

from __future__ import annotations

import csv
import io
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pages import databases, in_process, options, seeded, table

RATIO, LIMIT_QUERIES, COPY_SHARE, MEMORY_MB = 1.3, 8, 1 / 3, 300
LINES, BOOK_LINES, OUT_LINES = 100_000, 20_000, 20_000
TABLES = ("subjects_subject", "customers_customer", "customers_contactcard", "customers_customeridentity")
DIGESTS = ("phone_digest", "email_digest")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀兰霞平刚桂英华玉萍红玲芬燕彬辉建国文海波志宇欣怡诗涵子轩梓浩然"
CITIES = ("广州", "佛山", "深圳", "上海", "杭州", "武汉")
IDENTITIES = ("会员", "业主", "潜在客户", "媒体", "客户")


def main() -> int:
    """Measure every database at hand, tell, and say whether everything keeps its limits."""
    chosen = options(__doc__ or "", small=1_000, large=1_000_000)
    if chosen.inside:
        print(json.dumps(_measure(chosen.small, chosen.large, chosen.rounds)))
        return 0
    told = {name: _told(in_process(__file__, url, chosen)) for name, url in databases(chosen.postgres)}
    print(json.dumps(told, ensure_ascii=False) if chosen.json else table(told))
    return 0 if all(row["ok"] for rows in told.values() for row in rows) else 1


def _measure(small: int, large: int, rounds: int) -> list[dict[str, Any]]:
    from django.db import connection

    seeded()
    directory = Directory()
    directory.grow(small)
    before = directory.measured(rounds)
    is_postgres = connection.vendor == "postgresql"
    lines = LINES if is_postgres else BOOK_LINES
    told = [
        directory.bring("CSV", directory.text(lines).encode(), lines, 1),
        directory.bring("workbook", directory.book(BOOK_LINES), BOOK_LINES, 1),
    ]
    if is_postgres:
        told.append(directory.bring("CSV, two workers", directory.text(lines).encode(), lines, 2))
        told += directory.bare(lines)
    told += directory.take_out()
    if is_postgres:
        directory.fill(large)
    directory.settle()
    after = directory.measured(rounds)
    pages = [{"what": what, "small": before[what], "large": after[what]} for what in before]
    return [*pages, *told]


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pages = [row for row in rows if "small" in row]
    for row in pages:
        small, large = row["small"], row["large"]
        row["ratio"] = round(large["ms"] / small["ms"], 2)
        row["ok"] = row["ratio"] <= RATIO and small["queries"] == large["queries"]
        row["ok"] = row["ok"] and (large["queries"] <= LIMIT_QUERIES or not row["what"].startswith("list"))
    floor = next((row["rate"] for row in rows if row["what"] == "COPY and upsert"), 0)
    for row in rows:
        if "rate" not in row:
            continue
        told = f"{row['what']}: {row['lines']} lines in {row['wall']} s, {row['rate']} a second, processor {row['cpu']} s"
        if "memory" in row:
            told += f", {row['memory']} MB more"
            share = row["rate"] / floor if floor else 1
            if row["memory"] > MEMORY_MB or share < COPY_SHARE:
                row["ok"] = False
                told += f" misses ({share:.2f} of COPY and upsert)"
        print(told, file=sys.stderr)
        row.setdefault("ok", True)
        row["small"] = row["large"] = {"queries": 0, "ms": round(row["wall"] * 1000)}
        row["ratio"] = 1.0
    return rows


def _resident() -> int:
    """Megabytes of memory of this process."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024


class Watch:
    """Seconds by the clock and of this process's processor time."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def told(self, what: str, lines: int, **more: Any) -> dict[str, Any]:
        wall = time.perf_counter() - self._wall
        cpu = time.process_time() - self._cpu
        return {
            "what": what, "lines": lines, "wall": round(wall, 2), "cpu": round(cpu, 2), "rate": round(lines / wall), **more
        }  # fmt: skip


class Directory:
    """The customers of one region, kept by its marketing manager."""

    def __init__(self, user: Any = None, unit: Any = None) -> None:
        from django.test import Client

        from yunchou.kernel.identity.models import Unit, User

        self.user = user or User.objects.get(username="zhang")
        self.unit = unit or Unit.objects.get(code="south")
        self.client, self.made, self.chance = Client(), 0, random.Random(7)
        self.client.force_login(self.user)

    def grow(self, count: int) -> None:
        """So many more customers."""
        self.bring("first", self.text(count).encode(), count, 1)
        self.settle()

    def bring(self, what: str, data: bytes, count: int, workers: int) -> dict[str, Any]:
        """Hand a list in, look at every line, take it over."""
        from django.core.files.base import ContentFile
        from django.db import connections

        from yunchou.directory.customers.actions import lists
        from yunchou.directory.customers.actions.register import staff_source
        from yunchou.kernel.jobs.models import JobChunk
        from yunchou.kernel.jobs.runner import run_chunk, work_off

        def one(pk: int) -> None:
            run_chunk(pk)
            if workers > 1:
                connections.close_all()

        held, watch = _resident(), Watch()
        name = "customers.xlsx" if data.startswith(b"PK") else "customers.csv"
        given = {"upload": ContentFile(data, name=name), "unit": self.unit, "source": staff_source()}
        handed = lists.hand_in(actor=self.user, **given)
        handed = lists.map_list(handed=handed, mapping=handed.mapping, actor=self.user)
        work_off()
        handed.refresh_from_db()
        handed = lists.take_list(handed=handed, actor=self.user)
        if workers > 1:
            chunks = JobChunk.objects.filter(job=handed.job).order_by("pk").values_list("pk", flat=True)
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(one, list(chunks)))
        else:
            work_off()
        told = watch.told(f"import, {what}", count, memory=max(0, _resident() - held))
        handed.refresh_from_db()
        assert handed.counts["new"] == count, handed.counts
        return told

    def rows(self, count: int) -> list[list[str]]:
        pick, rows = self.chance.choice, [["姓名", "手机", "邮箱", "城市", "客户身份"]]
        for _n in range(count):
            self.made += 1
            name = pick(SURNAMES) + "".join(pick(GIVEN) for _i in range(self.chance.randint(1, 2)))
            mail = f"c{self.made}@example.com"
            rows.append([name, f"13{self.made:09}", mail, pick(CITIES), pick(IDENTITIES)])
        return rows

    def text(self, count: int) -> str:
        return "".join(f"{','.join(row)}\n" for row in self.rows(count))

    def book(self, count: int) -> bytes:
        import xlsxwriter

        file = io.BytesIO()
        book = xlsxwriter.Workbook(file)
        sheet = book.add_worksheet()
        for n, row in enumerate(self.rows(count)):
            sheet.write_row(n, 0, row)
        book.close()
        return file.getvalue()

    def bare(self, count: int) -> list[dict[str, Any]]:
        """What the database alone takes: the lines into a table of texts and from there into another one by one statement; and
        the newest rows of the product's own tables into others of the same columns and indexes."""
        from django.db import connection

        data, columns = self.text(count).encode(), "a text, b text, c text, d text, e text"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE stage ({columns})")
            cursor.execute(f"CREATE TEMP TABLE target ({columns}, UNIQUE (b))")
            watch = Watch()
            with cursor.cursor.copy("COPY stage FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
                copy.write(data)
            cursor.execute(
                "INSERT INTO target SELECT * FROM stage ON CONFLICT (b) DO UPDATE SET a = excluded.a"
            )
            upsert = watch.told("COPY and upsert", count)
            cursor.execute("DROP TABLE stage, target")
            cursor.execute(
                "SELECT min(id) FROM (SELECT id FROM subjects_subject ORDER BY id DESC LIMIT %s) newest",
                [count],
            )
            first = cursor.fetchone()[0]
            kept = {}
            for name, key in zip(TABLES, ("id", "subject_id", "customer_id", "customer_id"), strict=True):
                with cursor.cursor.copy(
                    f"COPY (SELECT * FROM {name} WHERE {key} >= {first}) TO STDOUT"
                ) as copy:
                    kept[name] = b"".join(bytes(block) for block in copy)
            for name in TABLES:
                cursor.execute(f"CREATE TEMP TABLE bare_{name} (LIKE {name} INCLUDING ALL)")
            watch = Watch()
            for name in TABLES:
                with cursor.cursor.copy(f"COPY bare_{name} FROM STDIN") as copy:
                    copy.write(kept[name])
        return [upsert, watch.told("COPY into tables like the product's", count)]

    def take_out(self) -> list[dict[str, Any]]:
        """So many customers as files, and the same lines by other hands."""
        import openpyxl

        from yunchou.directory.customers.listings import CUSTOMERS, lines_of
        from yunchou.directory.customers.models import Customer, ExportRequest
        from yunchou.kernel.sheets.listings import Format, Lines, write_listing

        asked = ExportRequest(pk=1, actor=self.user, query={}, reason="bench", count=OUT_LINES, is_clear=True)
        first = Customer.objects.order_by("-pk")[OUT_LINES - 1].pk
        told = []
        for form in Format:
            lines = lines_of(asked, self.user)
            some = (row for row, _n in zip(lines.rows, range(OUT_LINES), strict=False))
            watch = Watch()
            write_listing(CUSTOMERS, Lines(lines.title, OUT_LINES, some), form).close()
            told.append(watch.told(f"export, {form}", OUT_LINES))
        assert first
        rows = [row for row, _n in zip(lines_of(asked, self.user).rows, range(OUT_LINES), strict=False)]
        watch = Watch()
        csv.writer(io.StringIO()).writerows(rows)
        told.append(watch.told("the same lines by csv", OUT_LINES))
        watch = Watch()
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        book.save(io.BytesIO())
        told.append(watch.told("the same lines by openpyxl", OUT_LINES))
        return told

    def fill(self, wanted: int) -> None:
        """Customers by SQL alone until there are so many; the older half of those that are there, again and again."""
        from django.db import connection

        from yunchou.directory.customers.models import Customer

        with connection.cursor() as cursor:
            while (missing := wanted - Customer.objects.count()) > 0:
                count = min(missing, 200_000)
                cursor.execute("SELECT max(id) FROM subjects_subject")
                last = cursor.fetchone()[0]
                for name, key in zip(TABLES, ("id", "subject_id", "customer_id", "customer_id"), strict=True):
                    cursor.execute(
                        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
                        [name],
                    )
                    names = [row[0] for row in cursor.fetchall() if row[0] != key]
                    asked = ", ".join([key, *names])
                    # A copy has a number and an address of its own, or a search would find as many people as there are copies.
                    given = [
                        f"md5({one} || {last}) || md5({last} || {one})" if one in DIGESTS else one
                        for one in names
                    ]
                    taken = ", ".join([f"{last} + row_number() OVER (ORDER BY {key})", *given])
                    joined = (
                        ""
                        if name == TABLES[0]
                        else f"WHERE {key} IN (SELECT subject_id FROM customers_customer)"
                    )
                    if name == TABLES[0]:
                        joined = "WHERE id IN (SELECT subject_id FROM customers_customer)"
                    if name == TABLES[3]:
                        joined += f" AND id IN (SELECT min(id) FROM {name} GROUP BY customer_id)"
                    cursor.execute(
                        f"INSERT INTO {name} ({asked}) SELECT {taken} FROM (SELECT * FROM {name} {joined}"
                        f" ORDER BY {key} LIMIT {count}) one"
                    )
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence('subjects_subject', 'id'), (SELECT max(id) FROM subjects_subject))"
                )

    def settle(self) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def measured(self, rounds: int) -> dict[str, dict[str, float]]:
        from django.urls import reverse

        from yunchou.directory.customers.models import Customer
        from yunchou.kernel.ui.paging import _write

        pages = reverse("customers:customer_list")
        oldest = Customer.objects.order_by("pk")[60]
        last = f"{pages}?after={_write('pk', oldest, 1)}"
        newest = Customer.objects.order_by("-pk")[0]
        search = reverse("customers:customer_search")

        def get(address: str) -> Callable[[], Any]:
            return lambda: self.client.get(address)

        asked = {
            "list": get(pages),
            "list, last page": get(last),
            "list by identity and city": get(f"{pages}?identity=media&city=广州"),
            "list of a stage nobody is in": get(f"{pages}?stage=signed"),
            "search by last four": lambda: self.client.post(search, {"q": "0042"}),
            "search by a number": lambda: self.client.post(search, {"q": "13000000042"}),
            "search by pinyin": lambda: self.client.post(search, {"q": "wangweim"}),
            "one customer": get(newest.get_absolute_url()),
        }
        return {what: self._timed(ask, rounds) for what, ask in asked.items()}

    def _timed(self, ask: Callable[[], Any], rounds: int) -> dict[str, float]:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        ask()
        with CaptureQueriesContext(connection) as queries:
            assert ask().status_code == 200
        count = len(queries)  # later requests begin the log anew
        took = []
        for _n in range(rounds):
            start = time.perf_counter()
            ask()
            took.append((time.perf_counter() - start) * 1000)
        return {"ms": round(statistics.median(took), 1), "queries": count}


if __name__ == "__main__":
    sys.exit(main())
