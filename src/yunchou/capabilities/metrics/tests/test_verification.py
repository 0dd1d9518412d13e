"""A newest value that its readings do not give is found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from yunchou.capabilities.metrics.actions import record_readings
from yunchou.capabilities.metrics.actions.readings import Point
from yunchou.capabilities.metrics.models import Series, Source
from yunchou.capabilities.metrics.verification import newest_values_add_up
from yunchou.kernel.core import clock


@pytest.mark.req("DSH-02")
def test_an_altered_newest_value_is_found(firm: Any, subject: Any, series: dict[str, Series]) -> None:
    point = Point("抖音", "线索留资量", clock.today(), Decimal(7))
    record_readings(
        subject=subject, points=[point], actor=firm.owner, source=Source.API, key="a", history=True
    )
    assert list(newest_values_add_up()) == []
    one = Series.objects.get(subject=subject, channel="抖音", indicator="线索留资量")
    Series.objects.filter(pk=one.pk).update(today={"value": "8"})
    (problem,) = newest_values_add_up()
    assert (problem.code, problem.details["series"], problem.details["kept"]) == ("differs", one.pk, "8")
