"""Figures that are counted together."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.core.counting import counted
from yunchou.kernel.identity.models import Unit, User


def test_many_figures_take_one_statement_and_what_is_known_takes_none(db: None) -> None:
    for name in ("lin", "he", "zhou"):
        User.objects.create(username=name, name="林 %s", is_active=name != "he")
    Unit.objects.create(name="会员部", code="club")
    active = User.objects.filter(is_active=True).select_related().order_by("name")
    with CaptureQueriesContext(connection) as asked:
        figures = counted(
            {
                "active": active,
                "names": User.objects.filter(name="林 %s").values("name").distinct(),
                "both": (active, Unit.objects.all()),
                "first": active[:1],
                "nobody": User.objects.none(),
                "no one of none": User.objects.filter(pk__in=[]),
                "said": "3/7",
                "known": 5,
                "unknown": None,
            }
        )
    assert len(asked) == 1
    assert figures == {
        "active": 2, "names": 1, "both": 3, "first": 1, "nobody": 0, "no one of none": 0, "said": "3/7", "known": 5,
        "unknown": None,
    }  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        assert counted({"known": 5, "nobody": User.objects.none()}) == {"known": 5, "nobody": 0}
    assert not asked.captured_queries
