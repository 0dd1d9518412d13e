"""Who wants to hear the score of a questionnaire, told by the rooms above in the transaction that closes it.

@hears_score("reviews")
def take_score(survey: Survey, series: Series) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from yunchou.capabilities.metrics.models import Series
from yunchou.kernel.core.registry import Registry

from .models import Survey

Hear: TypeAlias = Callable[[Survey, Series], None]
hearers: Registry[Hear] = Registry("hearer of scores")


def hears_score(key: str) -> Callable[[Hear], Hear]:
    """Declare somebody who is called once the score is a reading of `series`."""

    def declare(hear: Hear) -> Hear:
        return hearers.add(key, hear)

    return declare
