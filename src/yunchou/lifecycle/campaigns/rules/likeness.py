"""Knowing the same thing again under other words: 高校快闪店落地 and 线下快闪执行 speak of one pop-up."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from yunchou.kernel.sheets.values import Context

# Words of the trade that say nothing about what is meant.
COMMON = (
    "活动",
    "执行",
    "线下",
    "线上",
    "整体",
    "方案",
    "启动",
    "准备",
    "对接",
    "最终",
    "确认",
    "进度",
    "跟踪",
    "渠道",
)
EVERYWHERE = 40
"""Two characters that stand in more texts than this say nothing; it also keeps large tables near-linear."""
_DEADLINE = re.compile(
    r"(?P<thing>[一-龥]{2}?)?(?:未在)?(?P<month>\d{1,2})[.月/](?P<day>\d{1,2})日?前?(?:全部)?到位"
)


def shared_words(one: str, other: str, *, least: int = 2) -> tuple[str, ...]:
    """The longest common runs of at least `least` characters that are not common words, longest first."""
    found = set(_runs(one, other, least))
    telling = [run for run in found if not any(run in word or word in run for word in COMMON)]
    longest = [run for run in telling if not any(run != bigger and run in bigger for bigger in telling)]
    return tuple(sorted(longest, key=lambda run: (-len(run), run)))


def _runs(one: str, other: str, least: int) -> Iterator[str]:
    """Every run of letters and digits that stands in both."""
    for start in range(len(one) - least + 1):
        for end in range(start + least, len(one) + 1):
            run = one[start:end]
            if run not in other:
                break
            if run.isalnum():
                yield run


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1) if text[n : n + 2].isalnum()}


@dataclass(frozen=True)
class Like:
    """What shares the run `word` with the words that were looked up: positions in the texts, in order."""

    word: str
    positions: tuple[int, ...]


class Wording:
    """Texts, found again by what they share with other words. `around` are further texts that say how rare a run is."""

    def __init__(self, texts: Sequence[str], around: Iterable[str] = ()) -> None:
        self._texts = texts
        self._around = around

    @cached_property
    def _by_pair(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for position, text in enumerate(self._texts):
            for pair in _pairs(text):
                index[pair].append(position)
        return {pair: places for pair, places in index.items() if len(places) <= EVERYWHERE}

    @cached_property
    def _counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for text in (*self._texts, *self._around):
            counts.update(_pairs(text))
        return counts

    def rarity(self, run: str) -> int:
        """In how many texts a run can stand at most; fewer is more telling."""
        return min(self._counts[run[n : n + 2]] for n in range(len(run) - 1))

    def near(self, words: str) -> tuple[int, ...]:
        """Positions of the texts that share two characters with `words`, ascending."""
        return tuple(sorted({place for pair in _pairs(words) for place in self._by_pair.get(pair, ())}))

    def most_like(self, words: str) -> Like | None:
        """The most telling run that `words` share with a text, and all texts that have it.

        The longer run tells more; of equally long ones the rarer.
        """
        runs = {run for place in self.near(words) for run in shared_words(words, self._texts[place])}
        if not runs:
            return None
        best = min(runs, key=lambda run: (-len(run), self.rarity(run), run))
        return Like(best, tuple(place for place in self.near(best) if best in self._texts[place]))


def in_place_deadlines(text: str, ctx: Context) -> list[tuple[str, date]]:
    """Deadlines of the shape 物料7.30前到位 or 物料未在8月1日前到位: the thing ("" where not named) and the day."""
    found = (
        (match, ctx.date_of(int(match["month"]), int(match["day"]))) for match in _DEADLINE.finditer(text)
    )
    return [((match["thing"] or "").rstrip("未在于"), day) for match, day in found if day]
