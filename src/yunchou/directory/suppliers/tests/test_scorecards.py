"""Scorecards: what counts, what it comes to and which grade it suggests; then their pages, list, export and who sees what."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers import actions, scoring
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.rules import Graded, grade_follows_the_score
from yunchou.directory.suppliers.scorecards import (
    Measure,
    Outcome,
    Period,
    Scorecard,
    Tally,
    card_of,
    judged,
    measures,
    periods,
    scale,
)
from yunchou.directory.suppliers.tables import SUPPLIERS
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.registry import Params, Rule
from yunchou.kernel.rules.registry import rules as declared
from yunchou.kernel.rules.verdicts import WARN
from yunchou.kernel.sheets.xlsx import read_workbook

from .factories import make_supplier

TODAY = date(2024, 8, 2)
GENERAL = Params(grade_follows_the_score.params)


def rule_of(rule_id: str, weight: int) -> Rule[Tally]:
    said = scale(weight=weight, fine=95, watch=80)
    return Rule(rule_id, "003", WARN, judged, params=said["params"])


def toy(key: str, weight: int = 30, found: Collection[Outcome] = ()) -> Measure:
    def read(suppliers: Collection[int], period: Period) -> Iterator[Outcome]:
        return (one for one in found if one.supplier in suppliers and one.on in period)

    return Measure(key, key, rule_of(f"K-TOY-{weight:02}", weight), weight, read)


def outcomes(good: int, bad: int, on: date = TODAY, supplier: int = 1, about: int = 0) -> list[Outcome]:
    made = [True] * good + [False] * bad
    return [Outcome(supplier, on, each, about, f"第{n}批", Say("")) for n, each in enumerate(made)]


def card(**found: list[Outcome]) -> Scorecard:
    """The card of measures that weigh 30 and 10, in this order."""
    asked = [toy(key, weight) for key, weight in zip(found, (30, 10), strict=False)]
    params = {one.rule.id: Params(one.rule.params) for one in asked}
    return card_of(found, asked, today=TODAY, general=GENERAL, params=params)


def test_the_periods_are_twelve_months_each_and_meet() -> None:
    now, before = periods(TODAY)
    assert now == Period(date(2023, 8, 3), TODAY)
    assert before == Period(date(2022, 8, 3), date(2023, 8, 2))
    assert TODAY in now
    assert date(2023, 8, 2) not in now
    assert date(2023, 8, 2) in before
    leap, past = periods(date(2024, 2, 29))
    assert (leap.since, past.since, past.until) == (date(2023, 3, 1), date(2022, 3, 1), date(2023, 2, 28))


def test_shares_levels_and_the_weighted_mean() -> None:
    """19 of 20 is fine, 8 of 10 is watched, 7 of 10 calls for action; two cases are counted and weigh nothing."""
    for good, bad, level in ((19, 1, "fine"), (8, 2, "watch"), (7, 3, "act"), (2, 0, "unknown")):
        [reading] = card(one=outcomes(good, bad)).readings
        assert reading.level == level, (good, bad)
        assert (reading.share is None) is (level == "unknown")
    both = card(one=outcomes(19, 1), two=outcomes(1, 2))
    assert both.score == 80, "(95 x 30 + 33.3 x 10) / 40 = 79.58"
    assert (both.suggestion, both.counted, both.level, both.idle) == ("B", 2, "fine", "")
    assert [one.share for one in both.readings] == [Decimal("95.0"), Decimal("33.3")]
    thin = card(one=outcomes(10, 0), two=outcomes(0, 2))
    assert (thin.score, thin.suggestion, thin.counted) == (100, "A", 1)
    none = card(one=outcomes(2, 0))
    assert (none.score, none.suggestion, none.level, none.is_far("A")) == (None, "", "unknown", False)
    idle = card(one=outcomes(3, 0), two=[])
    assert ([one.measure.key for one in idle.shown], idle.idle) == (["one"], "two")


def test_the_year_before_stands_beside_and_counts_for_nothing() -> None:
    one = card(one=outcomes(9, 1) + outcomes(2, 2, date(2023, 8, 2)) + outcomes(5, 5, date(2022, 8, 2)))
    [reading] = one.readings
    assert (one.score, reading.now, reading.before) == (90, Tally(10, 9), Tally(4, 2))
    assert reading.change == Decimal("40.0")
    assert card(one=outcomes(3, 0) + outcomes(1, 1, date(2023, 1, 1))).readings[0].change is None


def test_a_grade_far_from_the_suggestion_is_told() -> None:
    """K-SUP-01: one step is left to who grades, two are shown; without a score nothing is."""
    for score, grade, fails in (
        (95, "A", False), (95, "B", False), (95, "C", True), (75, "A", False), (60, "A", True), (59, "B", True),
        (None, "D", False), (95, "", False),
    ):  # fmt: skip
        [verdict] = grade_follows_the_score.check(Graded(score, grade))
        assert verdict.passed is not fails, (score, grade)
    poor = card(one=outcomes(1, 2))
    assert (poor.suggestion, poor.apart("A"), poor.is_far("A"), poor.is_far("C"), poor.level) == (
        "D", 3, True, False, "act",
    )  # fmt: skip
    strict = Params({**GENERAL, "steps": 0})
    assert not grade_follows_the_score.check(Graded(95, "B"), strict)[0].passed


def test_every_measure_has_a_rule_of_the_book_that_says_its_parameters() -> None:
    """Whatever rooms register: the rule is declared, its sentence names all three values, and its shares are in order."""
    ids = [one.rule.id for one in measures]
    assert len(set(ids)) == len(ids) >= 5
    for one in measures:
        assert declared[one.rule.id] is one.rule
        assert {word.param for word in one.rule.says() if word.param} == {"weight", "fine", "watch"}
        assert one.rule.ordered == (("watch", "fine"),)


# ---------------------------------------------------------------- pages


@pytest.fixture
def supplier(firm: Firm) -> Supplier:
    User.objects.update(language="en")
    return make_supplier(firm.east, firm.owner, name="AA图文")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, supplier: Supplier, firm: Firm) -> Measure:
    """In place of what rooms count: 6 of 10 as agreed, two of them about a supplier of another region."""
    foreign = make_supplier(firm.south, firm.outsider, name="西部会展")
    day = clock.today()
    found = outcomes(5, 3, day, supplier.pk, supplier.pk) + outcomes(1, 1, day, supplier.pk, foreign.pk)
    made = toy("toy.times", 30, found)
    monkeypatch.setattr(measures, "_items", {made.key: made})
    return made


def address(name: str, *args: object) -> str:
    return reverse(f"suppliers:{name}", args=args)


@pytest.mark.once
@pytest.mark.django_db
def test_the_page_tells_score_cases_and_a_grade_that_is_far_off(
    client: Client, firm: Firm, supplier: Supplier, counted: Measure
) -> None:
    client.force_login(firm.owner)
    shown = client.get(supplier.get_absolute_url())
    card = shown.context["card"]
    assert (card.score, card.suggestion, card.level) == (60, "C", "watch")
    behind = address("supplier_cases", supplier.pk, counted.key)
    assert behind in shown.content.decode()
    assert shown.context["grade_told"] is None
    dialog = client.get(address("supplier_grade", supplier.pk), headers={"HX-Request": "true"})
    assert "60" in dialog.content.decode()
    assert "suggests C" in dialog.content.decode()
    graded = {"grade": "A", "since": clock.today().isoformat(), "reason": ""}
    assert client.post(address("supplier_grade", supplier.pk), graded).status_code == 422
    assert (
        client.post(address("supplier_grade", supplier.pk), graded | {"reason": "加急必达"}).status_code
        == 302
    )
    told = client.get(supplier.get_absolute_url()).content.decode()
    assert "Graded A; its score of 60 points suggests C." in told

    cases = client.get(behind)
    content = cases.content.decode()
    assert (len(cases.context["cases"].lines), cases.context["cases"].hidden) == (8, 2)
    assert "西部会展" not in content
    assert "2 more cases" in content
    assert client.get(address("supplier_cases", supplier.pk, "nothing")).status_code == 404
    client.force_login(firm.outsider)
    assert client.get(behind).status_code == 404
    client.force_login(firm.approver)
    assert client.get(supplier.get_absolute_url()).context["card"].score == 60, "who sees it sees the score"


@pytest.mark.once
@pytest.mark.django_db
def test_few_cases_are_said_and_make_no_score(
    client: Client, firm: Firm, supplier: Supplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = toy("toy.few", 30, outcomes(2, 0, clock.today(), supplier.pk, supplier.pk))
    monkeypatch.setattr(measures, "_items", {made.key: made})
    client.force_login(firm.owner)
    content = client.get(supplier.get_absolute_url()).content.decode()
    assert "Too few cases" in content
    assert "100%" not in content
    assert "no score and no suggested grade" in content
    assert "Too few cases for a score" in client.get(address("supplier_grade", supplier.pk)).content.decode()


@pytest.mark.once
@pytest.mark.django_db
def test_the_list_asks_for_its_page_and_the_export_has_the_column(
    client: Client, firm: Firm, supplier: Supplier, counted: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    original = scoring.scorecards_of

    def counting(suppliers: Collection[int], **more: object) -> dict[int, Scorecard]:
        asked.append(len(suppliers))
        return original(suppliers)

    monkeypatch.setattr("yunchou.directory.suppliers.selectors.scorecards_of", counting)
    for _n in range(60):
        make_supplier(firm.east, firm.owner)
    client.force_login(firm.owner)
    shown = client.get(address("supplier_list"))
    assert asked == [len(shown.context["rows"])]
    assert asked[0] < 61
    row = next(row for row in shown.context["rows"] if row.supplier == supplier)
    assert row.card.score == 60

    sheet = read_workbook(BytesIO(actions.export_list(actor=firm.owner)).getvalue()).sheets[0]
    headings = next(line for line in sheet.lines.values() if "履约评分" in line.values())
    place = next(position for position, text in headings.items() if text == "履约评分")
    [line] = [line for line in sheet.lines.values() if "AA图文" in line.values()]
    assert Decimal(str(line[place])) == 60
    assert "score" not in SUPPLIERS.by_key, "a list that comes in says nothing of it"


@pytest.mark.django_db
def test_real_measures_cost_the_same_for_one_supplier_and_for_thirty(firm: Firm) -> None:
    made = [make_supplier(firm.east, firm.owner).pk for _n in range(30)]

    def cost(among: list[int]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert set(scoring.scorecards_of(among)) == set(among)
        return len(queries)

    assert cost(made[:1]) == cost(made) <= len(measures) + 3
    with CaptureQueriesContext(connection) as queries:
        assert scoring.scorecards_of([]) == {}
    assert len(queries) == 0
