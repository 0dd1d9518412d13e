"""Parameters in words: reading what somebody typed, and setting it from a day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.identity.tests.factories import make_user
from yunchou.kernel.rules.actions import set_parameter
from yunchou.kernel.rules.bounds import PERCENT, YUAN, Bound, OutOfBounds
from yunchou.kernel.rules.registry import Rule, as_declared, as_stored
from yunchou.kernel.rules.selectors import Timeline
from yunchou.kernel.rules.verdicts import WARN

from .test_registry import LIMIT

SHARE, MONEY = Bound("share", unit=PERCENT, at_least=0, at_most=100), Bound("money", unit=YUAN, at_least=1)


@pytest.mark.parametrize(
    ("bound", "default", "text", "value", "words"),
    [
        (SHARE, Decimal("10"), "8.5%", Decimal("8.5"), "8.5%"),
        (SHARE, Decimal("10"), " 12 ", Decimal("12"), "12%"),
        (MONEY, Decimal("1.00"), "¥100,000", Decimal("100000.00"), "¥100,000"),
        (Bound("n"), 3, "1,200", 1200, "1,200"),
        (Bound("t"), "17:00", "09:30", "09:30", "09:30"),
        (Bound("l"), ["a"], "甲、乙,丙", ["甲", "乙", "丙"], "甲、乙、丙"),
        (Bound("f", choices={"yes": "on", "no": "off"}), False, "yes", True, "on"),
        (Bound("c", choices={"any": "any one"}), "any", "any", "any", "any one"),
    ],
)
@pytest.mark.req("GEN-04")
def test_what_is_typed_is_read_in_the_type_of_the_parameter(
    bound: Bound, default: Any, text: str, value: Any, words: str
) -> None:
    read = bound.read(text, default)
    assert (read, type(read)) == (value, type(value))
    shown = bound.words(read)
    assert getattr(shown, "msgid", shown) == words
    assert bound.read(bound.typed(read), default) == read
    assert as_declared(default, as_stored(read)) == read


@pytest.mark.parametrize(
    ("bound", "default", "text"),
    [
        (SHARE, Decimal("10"), "101"),
        (SHARE, Decimal("10"), "-1"),
        (SHARE, Decimal("10"), "1.005"),
        (SHARE, Decimal("10"), "NaN"),
        (MONEY, Decimal("1.00"), "1e30"),
        (Bound("n"), 3, "2.5"),
        (Bound("n"), 3, ""),
        (Bound("t"), "17:00", "24:00"),
        (Bound("l"), ["a"], " 、"),
        (Bound("f"), False, "maybe"),
        (Bound("c", choices={"any": "any one"}), "any", "none"),
        (Bound("x", is_fixed=True), 5, "5"),
    ],
)
def test_what_a_parameter_cannot_be_is_refused_in_words(bound: Bound, default: Any, text: str) -> None:
    with pytest.raises(OutOfBounds) as refused:
        bound.read(text, default)
    assert refused.value.say.msgid


def test_a_sentence_is_its_words_and_the_values_in_them() -> None:
    rule = Rule(
        "K-A1",
        "0",
        WARN,
        lambda _c, _p: [],
        {"lo": Decimal("10")},
        sentence="At least {lo}.",
        bounds={"lo": SHARE},
    )
    assert [(str(w.text), w.param) for w in rule.says({"lo": Decimal("8")})] == [
        ("At least ", ""),
        ("8%", "lo"),
        (".", ""),
    ]


@pytest.mark.req("GEN-04")
def test_a_parameter_is_set_for_days_to_come_and_every_day_keeps_its_own(db: None) -> None:
    person = make_user()
    with clock.at("2024-08-02T10:00"):
        for day in (date(2024, 8, 2), date(2024, 7, 1)):
            with pytest.raises(Invalid) as refused:
                set_parameter(rule="K-TST-01", name="limit", value=Decimal(20), valid_from=day, actor=person)
            assert "valid_from" in refused.value.fields
        for day, value in ((date(2024, 8, 3), 20), (date(2024, 9, 1), 30)):
            set_parameter(rule="K-TST-01", name="limit", value=Decimal(value), valid_from=day, actor=person)
    days = [date(2024, 8, 2), date(2024, 8, 31), date(2024, 9, 1)]
    assert [Timeline().on(LIMIT, day).limit for day in days] == [Decimal(10), Decimal(20), Decimal(30)]
    tried = Timeline({"K-TST-01": {"limit": Decimal(5)}})
    assert {tried.on(LIMIT, day).limit for day in days} == {Decimal(5)}
