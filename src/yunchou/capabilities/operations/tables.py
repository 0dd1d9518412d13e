"""Risks, progress reports and issues as tables, in the columns of 004 三(三), 四(一) and 四(三)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.money import ZERO
from yunchou.kernel.sheets.columns import Choice, DateText, Lines, Measure, Money, Person, Text
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.sheets.values import Person as Someone

GRADES = {"高": 3, "中": 2, "低": 1}
_EXTRA = re.compile(r"(?:追加|增加|投放)\s*(\d[\d,]*(?:\.\d+)?)\s*(万)?元")


def extra_amounts(text: str) -> Decimal:
    """The yuan that measures add to the plan: 追加5000元抖音投放预算, 投放1000元DOU+; 0 where none is named."""
    found = _EXTRA.findall(text)
    return sum(
        (Decimal(n.replace(",", "")) * (10_000 if ten_thousand else 1) for n, ten_thousand in found), ZERO
    )


OBSERVED = "现场观察"
"""The channel of values that are recorded for a trigger alone."""

_WITHIN = re.compile(r"(\d+(?:\.\d+)?)\s*(分钟|小时)(?:之?内|以内)")
_AHEAD = re.compile(r"(?:提前|前)\s*(\d+)\s*(?:个)?(?:天|日)|活动?前\s*(\d+)\s*(?:天|日)")


@dataclass(frozen=True)
class Limit:
    """Until when a measure is done: so many minutes after it began, or so many days ahead of the event."""

    minutes: int | None = None
    ahead_days: int | None = None


def limit_of(text: str) -> Limit:
    """The time limit that a measure names itself: 技术人员30分钟内到场, 备用场地提前1天确认 (RSK-05)."""
    within, ahead = _WITHIN.search(text), _AHEAD.search(text)
    minutes = int(Decimal(within[1]) * (60 if within[2] == "小时" else 1)) if within else None
    return Limit(minutes, int(ahead[1] or ahead[2]) if ahead else None)


def is_on_site(forms: Iterable[str]) -> bool:
    """Whether people come together, 线下: unless every form of an activity is online alone."""
    told = list(forms)
    return not told or not all("线上" in form and "线下" not in form for form in told)


_CONDITION = re.compile(
    r"(?P<label>[^,,;;]*?)\s*(?P<sign>≥|≤|>=|<=|>|<)\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<wan>万)?"
)
_SIGNS = {"≥": ">=", "≤": "<="}


def proposed_trigger(text: str) -> tuple[str, str, Decimal] | None:
    """Indicator, comparison and value that a trigger in words names: 预热期首日曝光量<50万; None where it names none."""
    match = _CONDITION.search(text)
    if match is None or not match["label"].strip():
        return None
    value = Decimal(match["number"].replace(",", "")) * (10_000 if match["wan"] else 1)
    return match["label"].strip(), _SIGNS.get(match["sign"], match["sign"]), value


@dataclass(frozen=True, kw_only=True)
class RiskRow(Row):
    """A risk with its response, its person and what starts the response (RSK-01)."""

    scenario: str = ""
    likelihood: int | None = None
    impact: int | None = None
    responses: tuple[str, ...] = ()
    owner: Someone | None = None
    trigger: str = ""

    @property
    def score(self) -> int | None:
        """Likelihood times impact, 1 to 9 (R-RSK-01); None where either is not assessed."""
        return None if self.likelihood is None or self.impact is None else self.likelihood * self.impact

    @property
    def extra_amount(self) -> Decimal:
        """What the measures may spend beyond the plan, in yuan."""
        return extra_amounts("\n".join(self.responses))


RISKS = Table(
    key="risks",
    sheet="风险预案表",
    title=_("Risks"),
    row=RiskRow,
    identity=("scenario",),
    columns=(
        Text("scenario", "风险场景", _("Scenario"), required=True, width=20, max_length=80),
        Choice("likelihood", "可能性", _("Likelihood"), words=GRADES, width=10),
        Choice("impact", "影响程度", _("Impact"), words=GRADES, width=10),
        Lines("responses", "应对措施", _("Response"), width=40),
        Person("owner", "责任人", _("Responsible")),
        Text("trigger", "启动条件", _("Trigger"), multiline=True, width=30, max_length=200),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ReportRow(Row):
    """The progress report of one day: done, planned, problems, resources needed (RPT-01)."""

    day: date | None = None
    done: tuple[str, ...] = ()
    tomorrow: tuple[str, ...] = ()
    problems: str = ""
    resources: str = ""
    owner: Someone | None = None


REPORTS = Table(
    key="reports",
    sheet="进度日报",
    title=_("Progress reports"),
    row=ReportRow,
    identity=("day", "owner"),
    columns=(
        DateText("day", "日期", _("Date"), required=True),
        Lines("done", "今日完成事项", _("Done today"), width=36),
        Lines("tomorrow", "明日计划", _("Planned for tomorrow"), width=32),
        Text("problems", "存在问题", _("Problems met"), multiline=True, width=30),
        Text("resources", "需协调资源", _("Resources needed"), multiline=True, width=32),
        Person("owner", "负责人", _("Owner")),
    ),
)


@dataclass(frozen=True, kw_only=True)
class IssueRow(Row):
    """A problem with its closed loop: target and actual, causes, adjustments, what they cost (ISS-04)."""

    problem: str = ""
    target: Figure | None = None
    actual: Figure | None = None
    causes: tuple[str, ...] = ()
    adjustments: tuple[str, ...] = ()
    extra_cost: Decimal | None = None


ISSUES = Table(
    key="issues",
    sheet="问题响应",
    title=_("Issues"),
    row=IssueRow,
    identity=("problem",),
    columns=(
        Text("problem", "问题", _("Problem"), required=True, multiline=True, width=30),
        Measure("target", "目标", _("Target")),
        Measure("actual", "实际", pgettext_lazy("indicator", "Actual")),
        Lines("causes", "分析", _("Causes"), width=32),
        Lines("adjustments", "调整", pgettext_lazy("issue", "Adjustments"), width=40),
        Money("extra_cost", "追加费用", _("Extra cost")),
    ),
)
