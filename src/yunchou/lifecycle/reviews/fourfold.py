"""The four indicators that a high-end event is evaluated on, their parts, and how they are scored: pure (EVA-03, 003 五(一))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.metrics.pace import attainment
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns.models import Kind

from .tables import EvaluationRow

HUNDRED: Final = Decimal(100)
ONE_PLACE: Final = Decimal("0.1")


class Four(StrEnum):
    """The indicators, by the names that parameters of their weights have."""

    SATISFACTION = "satisfaction"
    PARTICIPATION = "participation"
    INTENTION = "intention"
    BRAND = "brand"


@dataclass(frozen=True)
class Part:
    """One thing that is evaluated: `name` is what its line in the evaluation is called, `label` how pages say it."""

    key: str
    of: Four
    name: str
    unit: str
    label: str | Promise


NAMES: Final[dict[Four, str]] = {
    Four.SATISFACTION: "客户满意度",
    Four.PARTICIPATION: "参与度",
    Four.INTENTION: "业务合作意向",
    Four.BRAND: "品牌影响力",
}
"""As the evaluation calls them in its first column."""
LABELS: Final[dict[Four, str | Promise]] = {
    Four.SATISFACTION: pgettext_lazy("four indicators", "Customer satisfaction"),
    Four.PARTICIPATION: pgettext_lazy("four indicators", "Participation"),
    Four.INTENTION: pgettext_lazy("four indicators", "Business intention"),
    Four.BRAND: pgettext_lazy("four indicators", "Brand effect"),
}
PARTS: Final = (
    Part("content", Four.SATISFACTION, "内容满意度", "分", pgettext_lazy("four indicators", "Content")),
    Part("organisation", Four.SATISFACTION, "组织满意度", "分", pgettext_lazy("four indicators", "Organisation")),
    Part("service", Four.SATISFACTION, "服务满意度", "分", pgettext_lazy("four indicators", "Service")),
    Part("people", Four.PARTICIPATION, "参与人数", "人", pgettext_lazy("four indicators", "Number of people")),
    Part("rate", Four.PARTICIPATION, "到场率", "%", pgettext_lazy("four indicators", "Participation rate")),
    Part("possibility", Four.INTENTION, "合作可能性", "分", pgettext_lazy("four indicators", "Possibility")),
    Part("direction", Four.INTENTION, "合作方向明确率", "%", pgettext_lazy("four indicators", "Direction")),
    Part("exposure", Four.BRAND, "报道曝光量", "次", pgettext_lazy("four indicators", "Exposure of reports")),
    Part("attention", Four.BRAND, "社会关注度", "次", pgettext_lazy("four indicators", "Social attention")),
)  # fmt: skip
BY_NAME: Final = {part.name: part for part in PARTS}


def is_evaluated_on_four(kind: str | None) -> bool:
    """Whether the regulation wants the four indicators of an activity of this kind (003 五(一))."""
    return kind == Kind.HIGH_END


def part_of(row: EvaluationRow) -> Part | None:
    """The part that a line of the evaluation stands for, by its name."""
    return BY_NAME.get(row.indicator_name)


@dataclass(frozen=True)
class Scored:
    """A part as it stands: its line where there is one, and its points on 100; None while they cannot be told."""

    part: Part
    row: EvaluationRow | None

    @property
    def target(self) -> Figure | None:
        return self.row.target if self.row else None

    @property
    def actual(self) -> Figure | None:
        return self.row.actual if self.row else None

    @property
    def has_target(self) -> bool:
        return bool(self.target and self.target.value)

    @property
    def has_actual(self) -> bool:
        return bool(self.actual and self.actual.value is not None)

    @property
    def is_settled(self) -> bool:
        """It has an actual, or somebody has said why there is none."""
        return self.has_actual or bool(self.row and self.row.explanation.strip())

    @property
    def is_awaited(self) -> bool:
        """It has no points, and nobody has said that there will be none."""
        return self.points is None and (self.has_actual or not self.is_settled)

    @property
    def points(self) -> Decimal | None:
        """Attainment of the target, of which nothing beyond 100 counts."""
        value = attainment(
            self.actual.value if self.actual else None, self.target.value if self.target else None
        )
        return None if value is None else min(value, HUNDRED)


@dataclass(frozen=True)
class Indicator:
    """One of the four with its parts. Its score is the mean of the points of its parts, as far as they are known."""

    of: Four
    parts: tuple[Scored, ...]
    weight: Decimal = Decimal(0)

    @property
    def label(self) -> str | Promise:
        return LABELS[self.of]

    @property
    def score(self) -> Decimal | None:
        known = [part.points for part in self.parts if part.points is not None]
        return _rounded(sum(known, Decimal(0)) / len(known)) if known else None

    @property
    def open_parts(self) -> tuple[Scored, ...]:
        return tuple(part for part in self.parts if part.points is None)

    @property
    def level(self) -> str:
        return level_of(self.score)

    @property
    def fraction(self) -> float:
        return float((self.score or Decimal(0)) / HUNDRED)


@dataclass(frozen=True)
class Fourfold:
    """The four indicators of one event; `is_open` while a questionnaire on it still takes answers."""

    indicators: tuple[Indicator, ...]
    is_open: bool = False

    @property
    def parts(self) -> tuple[Scored, ...]:
        return tuple(part for one in self.indicators for part in one.parts)

    @property
    def score(self) -> Decimal | None:
        """The mean of the indicators by their weights; of those that are known, where some are not."""
        known = [(one.score, one.weight) for one in self.indicators if one.score is not None]
        whole = sum((weight for _score, weight in known), Decimal(0))
        return (
            _rounded(sum((score * weight for score, weight in known), Decimal(0)) / whole) if whole else None
        )

    @property
    def is_provisional(self) -> bool:
        """Something has no points yet and nobody said why, or guests still answer: the score may still move."""
        return self.is_open or any(part.is_awaited for part in self.parts)

    @property
    def level(self) -> str:
        return level_of(self.score)

    @property
    def unsettled(self) -> tuple[Scored, ...]:
        """Parts without an actual, for which nobody has said why."""
        return tuple(part for part in self.parts if not part.is_settled)


FINE, WATCH = Decimal(85), Decimal(60)
"""How a score is coloured; what it must reach is a parameter of K-EVA-02."""


def level_of(score: Decimal | None) -> str:
    """`fine`, `watch` or `act`; nothing where there is no score."""
    return "" if score is None else "fine" if score >= FINE else "watch" if score >= WATCH else "act"


def fourfold_of(
    rows: Iterable[EvaluationRow], weights: Mapping[str, Decimal | int] | None = None
) -> Fourfold:
    """The four indicators as the lines of an evaluation tell them; without `weights` each counts as much."""
    lines: dict[str, EvaluationRow] = {}
    for row in rows:
        if part := part_of(row):
            lines.setdefault(part.key, row)
    weigh = weights or {}
    return Fourfold(
        tuple(
            Indicator(
                of,
                tuple(Scored(part, lines.get(part.key)) for part in PARTS if part.of == of),
                Decimal(weigh.get(of.value, 1)),
            )
            for of in Four
        )
    )


def missing_parts(rows: Sequence[EvaluationRow]) -> tuple[Part, ...]:
    """Parts that have no line yet."""
    there = {part.key for row in rows if (part := part_of(row))}
    return tuple(part for part in PARTS if part.key not in there)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(ONE_PLACE, ROUND_HALF_UP)
