"""Answers kept for the length of one read."""

from __future__ import annotations

from yunchou.kernel.core.reading import read_once, reading

asked: list[tuple[int, int]] = []


@read_once
def doubled(number: int, *, times: int = 2) -> int:
    """Multiplies, and notes that it was asked."""
    asked.append((number, times))
    return number * times


def test_outside_a_read_every_question_is_asked() -> None:
    asked.clear()
    assert [doubled(2), doubled(2)] == [4, 4]
    assert asked == [(2, 2), (2, 2)]


def test_within_a_read_each_question_is_asked_once() -> None:
    asked.clear()
    with reading():
        answers = [doubled(2), doubled(2), doubled(3), doubled(2, times=5)]
        with reading():
            answers.append(doubled(2))
        answers.append(doubled(3))
    assert answers == [4, 4, 6, 10, 4, 6]
    assert asked == [(2, 2), (3, 2), (2, 5)]


def test_the_next_read_asks_again() -> None:
    asked.clear()
    for _page in range(2):
        with reading():
            doubled(7)
    assert asked == [(7, 2), (7, 2)]


@read_once
def written(number: int) -> int:
    """Says what an action writes meanwhile."""
    asked.append((number, 0))
    return len(asked)


def test_an_action_keeps_only_the_answers_that_it_names() -> None:
    asked.clear()
    with reading(doubled):
        assert [doubled(2), doubled(2)] == [4, 4]
        assert written(1) != written(1)
        with reading():  # while it only checks, it keeps everything
            assert written(1) == written(1)
            assert doubled(2) == 4
        with reading(doubled):
            assert [doubled(2), doubled(3)] == [4, 6]
        assert doubled(3) == 6
    assert asked == [(2, 2), (1, 0), (1, 0), (1, 0), (3, 2)]
