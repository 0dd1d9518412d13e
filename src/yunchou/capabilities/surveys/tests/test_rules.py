"""Marks, scores, questions that hang on answers, and what the rules say of them: no database."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.surveys.library import LIBRARY
from yunchou.capabilities.surveys.models import Question, QuestionKind, Section
from yunchou.capabilities.surveys.reading import field_name, read, shown_with
from yunchou.capabilities.surveys.rules import (
    Rating,
    Term,
    questionnaire_closes_in_time,
    score_says_how_many_answered,
)
from yunchou.capabilities.surveys.scoring import Score, bars_of, score_of, section_scores, share_of
from yunchou.kernel.core import clock


@dataclass(frozen=True)
class Scale:
    key: str
    top: int = 5
    section: str = Section.SERVICE
    counts: bool = True


FIVE, TEN, INTENTION = (
    Scale("1"),
    Scale("2", 10, Section.CONTENT),
    Scale("3", 5, Section.INTENTION, counts=False),
)
FILLED = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "1": st.integers(-2, 7),
            "2": st.integers(-2, 12) | st.text(max_size=2),
            "3": st.integers(1, 5),
        },
    ),
    max_size=30,
)


@pytest.mark.rule("R-EVA-05")
@pytest.mark.once
@given(filled=FILLED, seed=st.integers(0, 99))
def test_a_score_lies_between_its_lowest_and_highest_mark_and_does_not_know_the_order(
    filled: list[dict[str, Any]], seed: int
) -> None:
    score = score_of([FIVE, TEN, INTENTION], filled)
    valid = [one for one in filled if 1 <= one.get("1", 0) <= 5 or _is_mark(one.get("2"))]
    assert (score.sample if score else 0) == len(valid)
    if score:
        assert 10 <= score.value <= 100
    mixed = filled.copy()
    random.Random(seed).shuffle(mixed)
    assert score_of([INTENTION, TEN, FIVE], mixed) == score
    for _section, part in section_scores([FIVE, TEN, INTENTION], filled):
        assert 10 <= part.value <= 100
        assert score is not None
        assert part.sample <= score.sample


def _is_mark(value: Any) -> bool:
    return isinstance(value, int) and 1 <= value <= 10


@pytest.mark.rule("R-EVA-05", whole=True)
@pytest.mark.once
def test_the_score_is_the_mean_on_a_hundred_with_sample_and_response_rate() -> None:
    assert score_of([FIVE], [{"1": 5}, {"1": 4}, {"1": 3}, {}]) == Score(Decimal("80.0"), 3)
    # Everybody has one voice, whoever answered more scales; intention does not count, nor a mark beyond the scale.
    assert score_of([FIVE, TEN, INTENTION], [{"1": 5, "2": 10, "3": 1}, {"1": 1}]) == Score(
        Decimal("60.0"), 2
    )
    assert score_of([FIVE], [{"1": 9}, {"1": True}, {"1": "5"}]) is None
    assert section_scores([FIVE, TEN], [{"1": 4, "2": 9}]) == [
        (Section.SERVICE, Score(Decimal("80.0"), 1)),
        (Section.CONTENT, Score(Decimal("90.0"), 1)),
    ]
    assert share_of(1, 3) == Decimal("33.3")
    assert share_of(1, 0) == 0
    bars, answered = bars_of(["a", "b"], [["a", "b"], ["a"], "b"])
    assert ([bar.count for bar in bars], answered) == ([2, 2], 3)

    def told(score: Score | None, invited: int) -> list[tuple[bool, str]]:
        return [
            (one.passed, str(one.reason))
            for one in score_says_how_many_answered.check(Rating(score, invited))
        ]

    [(fine, words)] = told(Score(Decimal("92.0"), 100), 125)
    assert fine
    assert "92.0" in words
    assert "100" in words
    assert "80.0%" in words
    assert [passed for passed, _words in told(Score(Decimal("84.9"), 100), 0)] == [False]
    assert [passed for passed, _words in told(Score(Decimal("84.9"), 99), 99)] == [False, False]
    assert [passed for passed, _words in told(None, 10)] == [False]


@pytest.mark.rule("R-EVA-03")
@pytest.mark.once
def test_a_questionnaire_closes_within_seven_days_of_the_end() -> None:
    end = clock.now()
    for days, passes in ((7, True), (6.9, True), (7.01, False)):
        [verdict] = questionnaire_closes_in_time.check(Term(end, end + timedelta(days=days)))
        assert verdict.passed is passes
    [verdict] = questionnaire_closes_in_time.check(Term(None, end))
    assert verdict.passed


def question(pk: int, kind: str, **fields: Any) -> Question:
    options = [{"key": key, "zh": key, "en": ""} for key in "abc"] if kind in ("one", "several") else []
    top = 5 if kind == "scale" else None
    return Question(pk=pk, kind=kind, text=f"问{pk}", options=options, top=top, **fields)


def form(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


@pytest.mark.req("EVA-06")
@pytest.mark.once
def test_answers_are_read_without_scripts_and_open_the_questions_that_hang_on_them() -> None:
    first = question(1, "scale", is_required=True)
    why = question(2, "text", is_required=True, shown_if_id=1, shown_if_values=["1", "2"])
    which = question(3, "several")
    after = question(4, "one", shown_if_id=3, shown_if_values=["b"])
    every = [first, why, which, after]
    assert shown_with(every, {}) == [first, which]
    assert shown_with(every, {"1": 2, "3": ["a", "b"]}) == every
    # Hidden with what it hangs on, even where its own condition was met once.
    chain = [
        first,
        question(5, "one", shown_if_id=1, shown_if_values=["1"]),
        question(6, "text", shown_if_id=5, shown_if_values=["a"]),
    ]
    assert shown_with(chain, {"1": 3, "5": "a"}) == chain[:1]

    bad = read(every, form(asked="1,3", q1="2", q3=["a", "b", "zzz"]))
    assert (bad.errors, bad.new, bad.is_complete) == ({}, (why, after), False)
    assert bad.answers == {"1": 2, "3": ["a", "b"]}
    on_the_page = read(every, form(asked="1,2,3,4", q1="2", q2=" ", q3=["b"], q4="c"))
    assert set(on_the_page.errors) == {"2"}
    assert not on_the_page.new
    full = read(every, form(asked="1,2,3,4", q1="2", q2="太吵 ", q3=["b"], q4="c"))
    assert full.is_complete
    assert full.answers == {"1": 2, "2": "太吵", "3": ["b"], "4": "c"}
    # What is asked no longer is not kept, odd values are no answers.
    assert read(every, form(asked="1,2,3", q1="5", q2="太吵", q4="c")).answers == {"1": 5}
    assert set(read(every, form(q1="９", q3=["\x00"])).errors) == {"1"}
    assert set(read([question(7, "text")], form(q7="长" * 2001)).errors) == {"7"}
    assert field_name(first) == "q1"


@pytest.mark.req("EVA-06")
@pytest.mark.once
@given(
    st.lists(
        st.tuples(st.sampled_from(["q1", "q2", "q3", "q4", "asked", "x"]), st.text(max_size=5)), max_size=12
    )
)
def test_whatever_is_posted_is_read(pairs: list[tuple[str, str]]) -> None:
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    questions = [question(n, kind) for n, kind in enumerate(QuestionKind.values, 1)]
    read(questions, data)


@pytest.mark.req("EVA-03")
@pytest.mark.once
def test_the_shipped_questionnaires_are_whole_in_both_languages() -> None:
    client_event = next(one for one in LIBRARY if one.key == "client_event")
    sections = {one.section for one in client_event.questions}
    assert {Section.CONTENT, Section.ORGANISATION, Section.SERVICE, Section.INTENTION} <= sections
    asked = [one for one in client_event.questions if one.section == Section.INTENTION]
    assert [one.kind for one in asked][:2] == [
        QuestionKind.SCALE,
        QuestionKind.SEVERAL,
    ]  # possibility, direction
    for template in LIBRARY:
        for number, one in enumerate(template.questions, 1):
            assert all(one.text)
            assert all(all(option) for option in one.options)
            assert one.after < number
