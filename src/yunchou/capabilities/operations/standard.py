"""The standard scenarios of 004 三(三), with which the risk library begins (RSK-08)."""

from __future__ import annotations

from typing import Any, Final

from .models import LibraryRisk

#: Scenario, category, likelihood, impact, measures, trigger in words, and the trigger as the system tests it.
STANDARD: Final[tuple[tuple[str, str, int, int, list[str], str, dict[str, Any]], ...]] = (
    ("户外遇雨", "weather", 2, 3, ["启用备用场地，提前1天确认", "提前半天通知到场客户", "备好雨具与防滑垫"],
     "天气预报降雨概率≥60%",
     {"watch": "reading", "indicator": "降雨概率", "comparator": ">=", "value": 60, "ahead_days": 1}),
    ("物料延迟到位", "materials", 2, 3, ["启用备用供应商加急制作", "改用现成物料"], "计划到位日物料仍未到位",
     {"watch": "task", "wish": "done", "task_words": "物料"}),
    ("线上流量不足", "traffic", 2, 2, ["追加5000元抖音投放预算", "联系达人增加转发"], "预热期首日曝光量<50万",
     {"watch": "reading", "indicator": "曝光量", "comparator": "<", "value": 500000}),
    ("现场设备故障", "equipment", 2, 3, ["技术人员30分钟内到场", "启用备用设备"], "活动开始前1小时设备测试未通过",
     {"watch": "task", "wish": "done", "task_words": "设备", "ahead_minutes": 60, "limit_minutes": 30}),
    ("市场环境变化", "market", 1, 3, ["重新评估目标与节奏", "报请调整方案"], "政策、舆情或需求出现重大变化", {}),
    ("竞品同期活动", "competitor", 2, 2, ["突出差异化卖点", "调整投放时段与渠道"], "竞品同期推出同类活动", {}),
)  # fmt: skip


def fill_library(**_kwargs: Any) -> None:
    """Put the standard scenarios into a library that never had anything; called after every migration."""
    if LibraryRisk.objects.exists():
        return
    LibraryRisk.objects.bulk_create(
        LibraryRisk(
            scenario=scenario, category=category, likelihood=likelihood, impact=impact, responses=responses,
            trigger=trigger, **terms,
        )
        for scenario, category, likelihood, impact, responses, trigger, terms in STANDARD
    )  # fmt: skip
