"""The monitoring dashboard as a table, in the nine columns of its source (DSH-01)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.sheets.columns import Choice, Measure, Person, Text
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.sheets.values import Person as Someone

from .models import ShownState

RATES = ("率", "占比", "ROI")
LEADS = ("留资", "线索")
WHOLE = "整体"
"""The channel that stands for all of them."""


@dataclass(frozen=True, kw_only=True)
class SeriesRow(Row):
    """One indicator in one channel: today, all in all, target, and the state that the source itself shows."""

    channel: str = ""
    indicator: str = ""
    today: Figure | None = None
    cumulative: Figure | None = None
    target: Figure | None = None
    attainment: Figure | None = None
    shown_state: ShownState | None = None
    cause: str = ""
    owner: Someone | None = None

    @property
    def is_rate(self) -> bool:
        """A rate is recomputed from counts and never added up (DSH-02)."""
        in_percent = self.target is not None and self.target.unit == "%"
        return in_percent or any(word in self.indicator for word in RATES)

    @property
    def is_leads(self) -> bool:
        """Whether it counts captured leads, to which the lead rule of 004 四(二) applies."""
        return not self.is_rate and any(word in self.indicator for word in LEADS)

    @property
    def is_conversion(self) -> bool:
        return self.is_rate and "转化" in self.indicator


DASHBOARD = Table(
    key="dashboard",
    sheet="数据监控看板",
    title=_("Dashboard"),
    row=SeriesRow,
    identity=("channel", "indicator"),
    columns=(
        Text("channel", "渠道", _("Channel"), required=True, max_length=40),
        Text("indicator", "核心指标", _("Indicator"), required=True, max_length=60),
        Measure("today", "今日数据", _("Day's value")),
        Measure("cumulative", "累计数据", _("Cumulative")),
        Measure("target", "目标值", _("Target")),
        Measure("attainment", "达成率", _("Attainment")),
        Choice(
            "shown_state", "预警状态", _("State in the source"),
            words={"正常": ShownState.NORMAL, "预警": ShownState.ALERT},
        ),
        Text("cause", "异常原因", _("Cause"), multiline=True, width=28),
        Person("owner", "负责人", _("Owner")),
    ),
)  # fmt: skip
