"""Answers that hold for the length of one read: within `reading()` a `@read_once` function is asked once per argument.

A page puts together what many rooms know, and several of them ask the same: the parameters of today, the people of a
campaign, its period. Requests that only read run within `reading()`. Actions do not, so that they never see what was
true before their own write; but they may while they only check, or name the functions whose answers they do not touch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class _Answers:
    """What was answered, by function and arguments; with `only`, of nothing but these functions."""

    only: frozenset[Any] = frozenset()
    kept: dict[Any, Any] = field(default_factory=dict)

    def keeps(self, function: Any) -> bool:
        return not self.only or function in self.only


_answers: ContextVar[_Answers | None] = ContextVar("answers_of_this_read", default=None)


@contextmanager
def reading(*only: Callable[..., Any]) -> Iterator[None]:
    """Keep the answers of `@read_once` functions until the end of the block; an inner block goes on with the outer.

    With `only` no others are kept, so that an action may write what they say. An inner block that keeps more begins with
    what the outer one knows, and takes what it learns with it.
    """
    outer = _answers.get()
    if outer is not None and (not outer.only or set(only) == outer.only):
        yield
        return
    known = dict(outer.kept) if outer else {}
    token = _answers.set(_Answers(frozenset(only) | (outer.only if outer and only else frozenset()), known))
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
        if answers is None or not answers.keeps(answer):
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in answers.kept:
            answers.kept[key] = function(*args, **kwargs)
        kept: T = answers.kept[key]
        return kept

    return answer
