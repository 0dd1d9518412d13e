"""Answers that hold for the length of one read: within `reading()` a `@read_once` function is asked once per argument.

A page puts together what many rooms know, and several of them ask the same: the parameters of today, the people of a
campaign, its period. Requests that only read run within `reading()`; actions do not, so that they never see what was
true before their own write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers_of_this_read", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Keep the answers of `@read_once` functions until the end of the block; an inner block goes on with the outer."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def read_once(function: Callable[P, T]) -> Callable[P, T]:
    """Within `reading()`, call `function` once per set of arguments (which must be hashable) and keep what it says.

    The answer is shared: give back what nobody changes, tuples and frozen things.
    """

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        answers = _answers.get()
        if answers is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in answers:
            answers[key] = function(*args, **kwargs)
        kept: T = answers[key]
        return kept

    return answer
