"""How the directory of customers grows: its pages with many customers, and lists that come in.

    python bench/customers.py [--small 1000] [--large 100000] [--rounds 30] [--json] [--no-postgres]

Fills the directory through the import itself (so it measures that too, beside COPY of the same lines into a bare stage table
where the database is PostgreSQL) and asks the list, its filters, its last page, a search and one customer through Django,
signed in, with few customers and with many. The number of queries must be equal and at most 8 for the list, the median at
most 1.3 times as long, the last page at most 1.2 times the first, and the import at least a third of the rate of COPY.
Exits with 1 where something misses.
"""

from __future__ import annotations

import io
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from pages import databases, in_process, options, seeded, table

RATIO, LIMIT_QUERIES, COPY_SHARE = 1.3, 8, 1 / 3
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀兰霞平刚桂英华玉萍红玲芬燕彬辉建国文海波志宇欣怡诗涵子轩梓浩然"
CITIES = ("广州", "佛山", "深圳", "上海", "杭州", "武汉")
IDENTITIES = ("会员", "业主", "潜在客户", "媒体", "客户")


def main() -> int:
    """Measure every database at hand, tell, and say whether everything keeps its limits."""
    chosen = options(__doc__ or "", small=1_000, large=100_000)
    if chosen.inside:
        print(json.dumps(_measure(chosen.small, chosen.large, chosen.rounds)))
        return 0
    told = {name: _told(in_process(__file__, url, chosen)) for name, url in databases(chosen.postgres)}
    print(json.dumps(told, ensure_ascii=False) if chosen.json else table(told))
    return 0 if all(row["ok"] for rows in told.values() for row in rows) else 1


def _measure(small: int, large: int, rounds: int) -> list[dict[str, Any]]:
    seeded()
    directory = Directory()
    directory.grow(small)
    before = directory.measured(rounds)
    copied, rate = directory.grow(large - small)
    after = directory.measured(rounds)
    rows = [{"what": what, "small": before[what], "large": after[what]} for what in before]
    return [*rows, {"what": "import", "lines": large - small, "rate": rate, "copy": copied}]


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = []
    for row in rows:
        if row["what"] == "import":
            ratio = row["rate"] / row["copy"] if row["copy"] else 1.0
            small, large = ({"queries": 0, "ms": round(row[key])} for key in ("copy", "rate"))
            what, ok = "lines/s COPY/import", ratio >= COPY_SHARE
        else:
            what, small, large = row["what"], row["small"], row["large"]
            ratio = large["ms"] / small["ms"]
            ok = ratio <= RATIO and small["queries"] == large["queries"]
            ok = ok and (large["queries"] <= LIMIT_QUERIES or not what.startswith("list"))
        told.append({"what": what, "small": small, "large": large, "ratio": round(ratio, 2), "ok": ok})
    return told


class Directory:
    """The customers of one region, kept by its marketing manager."""

    def __init__(self, user: Any = None, unit: Any = None) -> None:
        from django.test import Client

        from yunchou.kernel.identity.models import Unit, User

        self.user = user or User.objects.get(username="zhang")
        self.unit = unit or Unit.objects.get(code="south")
        self.client, self.made, self.chance = Client(), 0, random.Random(7)
        self.client.force_login(self.user)

    def grow(self, count: int) -> tuple[float, float]:
        """So many more customers; the lines a second of COPY into a stage table, and of the import."""
        from django.core.files.base import ContentFile

        from yunchou.directory.customers.actions import lists
        from yunchou.directory.customers.actions.register import staff_source
        from yunchou.kernel.jobs.runner import work_off

        data = self._text(count).encode()
        copied = self._copied(data, count)
        start = time.perf_counter()
        handed = lists.hand_in(
            upload=ContentFile(data, name="customers.csv"),
            unit=self.unit,
            source=staff_source(),
            actor=self.user,
        )
        handed = lists.map_list(handed=handed, mapping=handed.mapping, actor=self.user)
        work_off()
        handed.refresh_from_db()
        lists.take_list(handed=handed, actor=self.user)
        work_off()
        taken = count / (time.perf_counter() - start)
        handed.refresh_from_db()
        assert handed.counts["new"] == count, handed.counts
        self._settle()
        return copied, taken

    def _text(self, count: int) -> str:
        pick = self.chance.choice
        lines = ["姓名,手机,邮箱,城市,客户身份"]
        for _n in range(count):
            self.made += 1
            name = pick(SURNAMES) + "".join(pick(GIVEN) for _i in range(self.chance.randint(1, 2)))
            line = f"{name},13{self.made:09},c{self.made}@example.com,{pick(CITIES)},{pick(IDENTITIES)}"
            lines.append(line)
        return "\n".join(lines) + "\n"

    def _copied(self, data: bytes, count: int) -> float:
        """The floor: the same lines into a table of texts, then into another one by one statement."""
        from django.db import connection

        if connection.vendor != "postgresql":
            return 0.0
        columns = "a text, b text, c text, d text, e text"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE stage ({columns})")
            cursor.execute(f"CREATE TEMP TABLE target ({columns}, UNIQUE (b))")
            start = time.perf_counter()
            with cursor.cursor.copy("COPY stage FROM STDIN WITH (FORMAT csv, HEADER)") as copy:
                source = io.BytesIO(data)
                while block := source.read(2**20):
                    copy.write(block)
            cursor.execute(
                "INSERT INTO target SELECT * FROM stage ON CONFLICT (b) DO UPDATE SET a = excluded.a"
            )
            took = time.perf_counter() - start
            cursor.execute("DROP TABLE stage, target")
        return count / took

    def _settle(self) -> None:
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
        took = []
        for _n in range(rounds):
            start = time.perf_counter()
            ask()
            took.append((time.perf_counter() - start) * 1000)
        return {"ms": round(statistics.median(took), 1), "queries": len(queries)}


if __name__ == "__main__":
    sys.exit(main())
