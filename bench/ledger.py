"""How the ledger grows: postings, balances, the look ahead and the group's page, with few entries and with many.

    python bench/ledger.py [--small 10000] [--large 1000000] [--rounds 30] [--json] [--no-postgres]

Fills the books of one year with a hundred entries per campaign of five lines in four regions, balances included (proved
against the entries at the small size), and measures: an expense on a line, its balance, what would be left at every level,
the group's page, and its entries. Queries must be equal; with many entries a posting stays under 15 ms at the median, a
balance under 20 ms, the page under 200 ms, and a posting costs at most 1.5 times what it did with few.
Runs on SQLite, and on a throw-away PostgreSQL where one is at hand. Exits with 1 where something misses.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

from approvals import _timed
from pages import ROOT, databases, in_process, options, seeded, table

YEAR = 2026
LINES = (
    ("物料成本", "douyin"),
    ("渠道成本", "douyin"),
    ("渠道成本", "wechat"),
    ("人力成本", ""),
    ("其他成本", ""),
)
PER_LINE = 20
PER_CAMPAIGN = PER_LINE * len(LINES)
GIVEN, EACH = Decimal(20_000), Decimal("37.50")
LIMITS_MS = {
    "posting": 15.0,
    "balance": 20.0,
    "outlook": 50.0,
    "group's page": 200.0,
    "entries of a line": 200.0,
}
FLAT, RATIO = {"posting"}, 1.5
BATCH = 20_000


def main() -> int:
    """Measure every database at hand, tell, and say whether everything keeps its limits."""
    chosen = options(__doc__ or "", small=10_000, large=1_000_000)
    if chosen.inside:
        print(json.dumps(_measure(chosen.small, chosen.large, chosen.rounds)))
        return 0
    told = {name: _told(in_process(__file__, url, chosen)) for name, url in databases(chosen.postgres)}
    print(json.dumps(told, ensure_ascii=False) if chosen.json else table(told))
    return 0 if all(row["ok"] for rows in told.values() for row in rows) else 1


def _measure(small: int, large: int, rounds: int) -> list[dict[str, Any]]:
    seeded()
    books = Books()
    books.grow(small)
    books.prove()
    before = books.measured(rounds)
    books.grow(large)
    after = books.measured(rounds)
    return [{"what": what, "small": before[what], "large": after[what]} for what in before]


class Books:
    """The books of a year of the demo company."""

    def __init__(self) -> None:
        from yunchou.capabilities.ledger.actions import open_unit
        from yunchou.directory.organisation.positions import FINANCE
        from yunchou.kernel.identity.models import Appointment, Unit

        regions = list(Unit.objects.filter(kind=Unit.Kind.REGION).order_by("pk"))
        self.units = [open_unit(unit=region, year=YEAR) for region in regions]
        group = Unit.objects.get(parent=None)
        self.top = open_unit(unit=group, year=YEAR)
        self.person = Appointment.objects.filter(position__code=FINANCE, unit__path__startswith=group.path)[
            0
        ].user
        self.campaigns = 0

    def grow(self, entries: int) -> None:
        """Add campaigns until there are so many entries; balances are summed by the code that posts."""
        while self.campaigns * PER_CAMPAIGN < entries:
            wanted = min(entries // PER_CAMPAIGN - self.campaigns, 500)
            self._add(wanted)
            self.campaigns += wanted
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _add(self, count: int) -> None:
        from django.db import transaction

        from yunchou.capabilities.ledger.models import Account, Entry, Posting
        from yunchou.capabilities.ledger.moves import Move, Side
        from yunchou.capabilities.ledger.states import Kind, State

        with transaction.atomic():
            tops = [
                self._account("campaign", self.units[n % len(self.units)], f"{self.campaigns + n}")
                for n in range(count)
            ]
            Account.objects.bulk_create(tops)
            _paths(tops)
            lines = [
                (self._account("line", top, f"{top.key}.{n}", category), channel)
                for top in tops
                for n, (category, channel) in enumerate(LINES)
            ]
            Account.objects.bulk_create([line for line, _channel in lines])
            _paths([line for line, _channel in lines])
            postings, entries, moves = [], [], []
            for line, channel in lines:
                moves.append((Move(GIVEN, None, Side(line, State.AVAILABLE)), date(YEAR, 1, 5)))
                postings.append(
                    Posting(kind=Kind.FUND, actor=self.person, on=date(YEAR, 1, 5), reason="下达")
                )
                entries.append(
                    Entry(posting=postings[-1], amount=GIVEN, target=line, target_state=State.AVAILABLE)
                )
                for number in range(PER_LINE - 1):
                    day = date(YEAR, number % 12 + 1, 10)
                    postings.append(Posting(kind=Kind.SPEND, actor=self.person, on=day, reason="投放"))
                    entries.append(
                        Entry(posting=postings[-1], amount=EACH, source=line, source_state=State.AVAILABLE,
                              target=line, target_state=State.SPENT, channel=channel)
                    )  # fmt: skip
                for month in range(1, 13):
                    times = len([n for n in range(PER_LINE - 1) if n % 12 + 1 == month])
                    sides = Side(line, State.AVAILABLE), Side(line, State.SPENT, channel)
                    moves.append((Move(EACH * times, *sides), date(YEAR, month, 10)))
            Posting.objects.bulk_create(postings, batch_size=BATCH)
            Entry.objects.bulk_create(entries, batch_size=BATCH)
            _add_balances(moves)

    def _account(self, kind: str, parent: Any, key: str, category: str = "") -> Any:
        from yunchou.capabilities.ledger.models import Account

        return Account(
            kind=kind, parent=parent, key=f"bench:{kind}:{key}", name=f"活动 {key}", unit=parent.unit, year=YEAR,
            category=category,
        )  # fmt: skip

    def prove(self) -> None:
        """What was filled in bulk must be what posting would have made of it."""
        from yunchou.capabilities.ledger.verification import balances_are_their_entries

        problems = list(balances_are_their_entries())
        assert not problems, problems[:3]

    def measured(self, rounds: int) -> dict[str, dict[str, float]]:
        from django.test import Client

        from yunchou.capabilities.ledger import actions as ledger
        from yunchou.capabilities.ledger.models import Account
        from yunchou.capabilities.ledger.selectors import money_of, outlook
        from yunchou.capabilities.ledger.states import Stage

        lines = list(
            Account.objects.filter(kind="line", key__startswith="bench:").order_by("-pk")[: rounds * 2]
        )
        turns = iter(product(range(rounds + 20), lines))
        client = Client()
        client.force_login(self.person)

        def spend() -> None:
            _number, line = next(turns)
            order = ledger.Order(actor=self.person, on=date(YEAR, 11, 20), reason="投放", evidence="DY-1120")
            ledger.spend(account=line, amount=Decimal("1.25"), order=order, channel="douyin")

        def get(address: str) -> None:
            answer = client.get(address)
            assert answer.status_code == 200, answer.status_code

        return {
            "posting": _timed(spend, rounds),
            "balance": _timed(lambda: money_of(self.top), rounds),
            "outlook": _timed(lambda: outlook(lines[0], Decimal(100), Stage.SPEND), rounds),
            "group's page": _timed(lambda: get(f"/money/{self.top.pk}/"), rounds),
            "entries of a line": _timed(lambda: get(f"/money/{lines[0].pk}/"), rounds),
        }


def _paths(accounts: list[Any]) -> None:
    """The way from the top, which `save` would keep."""
    from yunchou.capabilities.ledger.models import Account

    for account in accounts:
        account.path = f"{account.parent.path}{account.pk}/"
    Account.objects.bulk_update(accounts, ["path"], batch_size=500)


def _add_balances(moves: list[tuple[Any, date]]) -> None:
    """Add up what the moves change, as posting does, and write it at once."""
    from yunchou.capabilities.ledger.models import Balance
    from yunchou.capabilities.ledger.moves import Place, deltas_of

    total: dict[Any, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for move, day in moves:
        for place, delta in deltas_of([move], day).items():
            for state, by in delta.items():
                total[place][state.value] += by
    known = {
        Place(row.account_id, row.slice): row
        for row in Balance.objects.filter(account__kind="unit").select_related("account")
    }
    new = []
    for place, changes in total.items():
        row = known.get(place)
        if row is None:
            row = Balance(account_id=place.account, dimension=place.slice.dimension, value=place.slice.value)
            new.append(row)
        for state, by in changes.items():
            setattr(row, state, getattr(row, state) + by)
    Balance.objects.bulk_update(
        list(known.values()), ["planned", "available", "reserved", "committed", "spent"]
    )
    Balance.objects.bulk_create(new, batch_size=BATCH)


def _told(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The measurements with their ratio, and whether the limits are kept."""
    for row in rows:
        small, large = row["small"], row["large"]
        row["ratio"] = round(large["ms"] / small["ms"], 2)
        is_flat = row["what"] not in FLAT or row["ratio"] <= RATIO
        row["ok"] = large["queries"] == small["queries"] and is_flat and large["ms"] < LIMITS_MS[row["what"]]
    return rows


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
