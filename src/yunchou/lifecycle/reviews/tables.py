"""Evaluation, return on investment and retrospective as tables, in the columns of 004 五."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.metrics.goals import plain_name
from yunchou.kernel.sheets.columns import DateText, Lines, Measure, Person, Text
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.sheets.values import Person as Someone

_SAMPLE = re.compile(r"抽样\s*(\d+)")


@dataclass(frozen=True, kw_only=True)
class EvaluationRow(Row):
    """Target against actual of one indicator (EVA-01)."""

    dimension: str = ""
    indicator: str = ""
    target: Figure | None = None
    actual: Figure | None = None
    attainment: Figure | None = None
    explanation: str = ""
    owner: Someone | None = None

    @property
    def is_roi(self) -> bool:
        return "ROI" in self.indicator.upper()

    @property
    def indicator_name(self) -> str:
        """The indicator without what stands in brackets behind it."""
        return plain_name(self.indicator)

    @property
    def sample(self) -> int | None:
        """How many people were asked: 活动满意度(抽样100人)."""
        match = _SAMPLE.search(self.indicator)
        return int(match[1]) if match else None


EVALUATION = Table(
    key="evaluation",
    sheet="效果评估表",
    title=_("Evaluation"),
    row=EvaluationRow,
    identity=("dimension", "indicator"),
    columns=(
        Text("dimension", "评估维度", pgettext_lazy("evaluation", "Dimension"), required=True, max_length=60),
        Text("indicator", "核心指标", _("Indicator"), required=True, width=24, max_length=80),
        Measure("target", "目标值", _("Target")),
        Measure("actual", "实际值", pgettext_lazy("indicator", "Actual")),
        Measure("attainment", "达成率", _("Attainment")),
        Text("explanation", "分析说明", _("Explanation"), multiline=True, width=34),
        Person("owner", "负责人", _("Owner")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class RoiRow(Row):
    """The return on investment as its source states it. Money in yuan, the result in percent."""

    formula: str = ""
    cost: Figure | None = None
    gain: Figure | None = None
    result: Figure | None = None

    @property
    def cost_yuan(self) -> Decimal | None:
        return self.cost.value if self.cost else None

    @property
    def gain_yuan(self) -> Decimal | None:
        return self.gain.value if self.gain else None


ROI = Table(
    key="roi",
    sheet="ROI分析",
    title=_("ROI as stated"),
    row=RoiRow,
    layout="pairs",
    columns=(
        Text("formula", "公式", _("Formula"), width=46),
        Measure("cost", "活动成本", pgettext_lazy("roi", "Cost")),
        Measure("gain", "增量销售额", _("Incremental gain")),
        Measure("result", "结果", _("Result")),
    ),
)

WHOLE_CHANNELS = ("整体", "全部", "合计")
"""How people call the row of the dashboard that speaks for all channels."""
SUCCESSES, PROBLEMS, ACTIONS = "成功经验", "问题与不足", "改进行动项"
MODULES = ("活动概述", "目标达成情况", SUCCESSES, PROBLEMS, ACTIONS, "经验沉淀")


@dataclass(frozen=True, kw_only=True)
class RetroRow(Row):
    """A line of the retrospective; its module says whether it is a success, a problem or an action (RET-03)."""

    module: str = ""
    points: tuple[str, ...] = ()
    example: str = ""
    owner: Someone | None = None
    due_on: date | None = None
    effect: str = ""


RETROSPECTIVE = Table(
    key="retrospective",
    sheet="复盘报告",
    title=_("Retrospective"),
    row=RetroRow,
    identity=("module", "points"),
    columns=(
        Text(
            "module",
            "模块",
            pgettext_lazy("retrospective", "Module"),
            required=True,
            max_length=30,
            suggestions=MODULES,
        ),
        Lines("points", "内容要点", _("Points"), width=44),
        Text("example", "示例", _("Example or scope"), multiline=True, width=30),
        Person("owner", "负责人", _("Owner")),
        DateText("due_on", "完成时间", pgettext_lazy("retrospective", "Due")),
        Text("effect", "预期效果", _("Expected effect"), multiline=True, width=28),
    ),
)
