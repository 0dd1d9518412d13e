"""Invented content for the gallery of components (`/ui/gallery/`): one moment of the worked example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import pgettext, pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused

COLOURS = (
    "bg", "side", "card", "sunk", "hover", "line", "line2", "t1", "t2", "t3", "t4", "accent", "accent-soft", "ok",
    "ok-mark", "warn", "warn-mark", "bad", "bad-mark", "chart-1", "chart-2", "chart-3", "chart-4", "chart-5",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A rule finding as `finding` reads it."""

    severity: str
    reason: str
    rule_id: str
    clause: str
    fix_text: str = ""
    comment: str = ""


BLOCK = Sample(
    "block", "备用金 5,000 元占总额的 7.35%，低于 10%–15%", "R-BUD-03", "004 二(三)", "备用金 +2,000"
)
WARN = Sample(
    "warn",
    "华南区域 Q3 营销额度将用到 81.2%，超过 80% 提醒线",
    "R-BUD-05",
    "003 四(三)1",
    "减少 9,600 元，或继续提交",
)
GRANTED = Sample(
    "granted",
    "物料只有 2 家报价，要求 3 家。孙 07-24 同意例外",
    "R-BUD-09",
    "003 四(三)2",
    comment="同城仅两家可在 3 天内交付",
)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=pgettext_lazy("gallery", "Line"), initial="抖音同城投放")
    owner = forms.ChoiceField(
        label=pgettext_lazy("gallery", "Owner"), choices=[("zh", "张"), ("li", "李"), ("wang", "王")]
    )
    reserve = forms.DecimalField(label=pgettext_lazy("gallery", "Contingency"), min_value=7000)
    starts_on = forms.DateField(
        label=pgettext_lazy("gallery", "Begins on"),
        initial="2024-09-14",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=pgettext_lazy("gallery", "Reason"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("gallery", "Kind"),
        choices=[("a", "营销"), ("b", "客户"), ("c", "高端")],
        widget=forms.RadioSelect,
        initial="a",
    )
    is_major = forms.BooleanField(
        label=pgettext_lazy("gallery", "Register as a major issue"), required=False, initial=True
    )

    def clean_reserve(self) -> Any:
        value = self.cleaned_data["reserve"]
        if value < 7000:
            raise forms.ValidationError("至少 7,000 元。", code="R-BUD-03")
        return value


def _form() -> SampleForm:
    form = SampleForm(
        {
            "name": "抖音同城投放",
            "owner": "zh",
            "reserve": "5000",
            "starts_on": "2024-09-14",
            "kind": "a",
            "is_major": "on",
        }
    )
    form.fields["reserve"].validators.clear()
    form.fields["starts_on"].help_text = "农历八月十二，调休上班"
    form.is_valid()
    return form


def refusal() -> RuleRefused:
    """What a refused press of a button looks like."""
    return RuleRefused("预算不能提交：1 条规则未通过", verdicts=[BLOCK])


LINES = (
    ("人力成本", "B1", "内部团队加班费", "3 人 × 5 天 × 800", 12000, 0, 4800, 4800, 2400, "张"),
    ("人力成本", "B2", "外部讲师费用", "", 5000, 0, 5000, 0, 0, "李"),
    ("物料成本", "B3", "线下展架", "5 个 × 200", 1000, 0, 0, 980, 20, "王"),
    ("物料成本", "B4", "定制礼品", "1,000 份 × 15", 15000, 0, 4500, 10500, 0, "赵"),
    ("其他成本", "B8", "应急备用金", "预案 R3 追加投放", 5000, 5000, 0, 0, 0, "张"),
)


def lines() -> list[SimpleNamespace]:
    names = ("group", "code", "name", "formula", "planned", "reserved", "committed", "spent", "left", "owner")
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in LINES]


def line(request: HttpRequest) -> dict[str, Any]:
    """The row that the editable table's example edits."""
    return {"line": lines()[0], "form": _form(), "changed": request.method == "POST"}


def gantt() -> dict[str, Any]:
    """The worked example's schedule, as `gantt.js` reads it."""
    groups = {100: ("筹备", "2024-07-15", "2024-08-02", 1), 200: ("执行", "2024-07-26", "2024-08-10", 0.4)}
    rows = [
        (
            1,
            100,
            "T1",
            "方案最终确认",
            "张",
            "07-15",
            "07-20",
            1,
            "critical",
            "已完成",
            0,
            "07-15",
            "07-20",
            "",
        ),
        (
            2,
            100,
            "T2",
            "物料设计启动",
            "李",
            "07-20",
            "07-25",
            1,
            "critical",
            "已完成",
            0,
            "07-20",
            "07-25",
            "",
        ),
        (
            3,
            100,
            "T3",
            "物料设计定稿",
            "李",
            "07-25",
            "07-28",
            1,
            "critical",
            "已完成",
            0,
            "07-25",
            "07-28",
            "",
        ),
        (
            4,
            100,
            "T4",
            "物料印刷 / 采购",
            "周",
            "07-28",
            "08-02",
            1,
            "critical",
            "晚 1 天",
            1,
            "07-28",
            "08-01",
            "8月1日前全部到位",
        ),
        (5, 100, "T5", "高校场地对接", "王", "07-22", "07-26", 1, "", "已完成", 0, "07-22", "07-26", ""),
        (
            6,
            200,
            "T6",
            "线上渠道素材准备",
            "张",
            "07-26",
            "08-02",
            0.8,
            "",
            "晚 3 天",
            3,
            "07-26",
            "07-30",
            "抖音、公众号素材",
        ),
        (
            7,
            200,
            "T7",
            "活动预热启动",
            "全",
            "07-31",
            "08-05",
            0.4,
            "",
            "进行中",
            0,
            "07-31",
            "08-05",
            "社群转发、广告投放",
        ),
        (
            8,
            200,
            "T8",
            "线下快闪执行",
            "王",
            "08-06",
            "08-10",
            0,
            "critical",
            "未开始",
            0,
            "08-06",
            "08-10",
            "高校现场活动 · 5 校",
        ),
    ]
    tasks: list[dict[str, Any]] = [
        {
            "id": key,
            "text": text,
            "type": "group",
            "start": start,
            "end": end,
            "progress": done,
            "parent": None,
        }
        for key, (text, start, end, done) in groups.items()
    ]
    for (
        key,
        parent,
        code,
        text,
        owner,
        start,
        end,
        done,
        critical,
        label,
        late,
        base_start,
        base_end,
        note,
    ) in rows:
        tasks.append(
            {
                "id": key, "parent": parent, "code": code, "text": text, "owner": owner, "type": "task",
                "start": f"2024-{start}", "end": f"2024-{end}", "progress": done, "critical": bool(critical),
                "statusLabel": label, "lateDays": late, "note": note,
                "baselineStart": f"2024-{base_start}", "baselineEnd": f"2024-{base_end}",
            }
        )  # fmt: skip
    tasks.append(
        {
            "id": 300,
            "text": "核算与归档",
            "type": "group",
            "start": "2024-08-10",
            "end": "2024-09-15",
            "parent": None,
        }
    )
    tasks += [
        {
            "id": 9,
            "text": "转化窗口 30 天",
            "owner": "系",
            "type": "wait",
            "end": "2024-09-09",
            "note": "转化率终值 09-09",
        },
        {
            "id": 10,
            "text": "线索核算",
            "owner": "李",
            "type": "milestone",
            "start": "2024-08-12",
            "note": "线索 08-12",
        },
        {
            "id": 11,
            "text": "归档材料整理",
            "owner": "孙",
            "start": "2024-08-26",
            "end": "2024-09-15",
            "note": "16 个工作日",
        },
    ]
    tasks[-3:] = [{"start": "2024-08-10", "type": "task", "parent": 300, **row} for row in tasks[-3:]]
    links = [(1, 2), (2, 3), (3, 4), (1, 5), (2, 6), (6, 7), (4, 8), (8, 10)]
    days = [{"date": "2024-09-14", "kind": "makeup", "label": ""}]
    days += [{"date": f"2024-09-{n}", "kind": "holiday", "label": "中秋节"} for n in (15, 16, 17)]
    return {
        "tasks": tasks,
        "links": [{"source": a, "target": b} for a, b in links],
        "days": days,
        "today": "2024-08-02",
        "labels": {},
    }


def _charts() -> dict[str, Any]:
    return {
        "pace": {
            "kind": "pace",
            "labels": [f"07-{n}" for n in range(26, 32)] + [f"08-{n:02}" for n in range(1, 11)],
            "series": [{"name": "累计", "values": [110, 226, 355, 490, 630, 779, 945, 1130]}],
            "expected": {
                "name": "应达",
                "values": [
                    210,
                    385,
                    560,
                    735,
                    910,
                    1070,
                    1230,
                    1395,
                    1560,
                    1720,
                    1880,
                    2000,
                    2125,
                    2250,
                    2375,
                    2500,
                ],
            },
            "today": {"index": 7, "label": "1,130"},
        },
        "bars": {
            "kind": "bars",
            "stacked": True,
            "labels": ["07-26", "27", "28", "29", "30", "31", "08-01", "02"],
            "series": [
                {"name": "抖音", "values": [88, 92, 100, 105, 108, 112, 125, 120]},
                {"name": "快闪店", "values": [22, 24, 29, 30, 32, 38, 41, 65]},
            ],
        },
        "line": {
            "kind": "line",
            "unit": "%",
            "min": 6,
            "max": 18,
            "labels": ["07-26", "27", "28", "29", "30", "31", "08-01", "02"],
            "series": [{"name": "线索转化率", "values": [13.8, 13.4, 13.1, 12.9, 12.6, 12.8, 12, 11]}],
            "target": {"value": 15, "label": "目标 15%"},
            "threshold": {"value": 10, "label": "预警 10%"},
            "today": {"index": 7, "label": "今日 11%"},
        },
    }


def page(request: HttpRequest) -> dict[str, Any]:
    """Everything that `ui/gallery.html` shows."""
    now = clock.now()
    statuses = [
        ("draft", "草稿"), ("planning", "策划"), ("in_approval", "审批中"), ("approved", "已批准"), ("preparing", "筹备"),
        ("running", "执行"), ("closed", "已结束"), ("evaluated", "已评估"), ("archived", "已归档"), ("suspended", "暂停"),
        ("returned", "退回"), ("cancelled", "取消"),
    ]  # fmt: skip
    return {
        "colours": COLOURS,
        "statuses": statuses,
        "stop": BLOCK,
        "warn": WARN,
        "granted": GRANTED,
        "form": _form(),
        "lines": lines(),
        "charts": _charts(),
        "tabs": [
            {"label": "概览", "url": "#", "active": True},
            {"label": "方案", "url": "#", "note": "v3"},
            {"label": "预算", "url": "#", "count": 3},
            {"label": "需处理", "url": "#", "count": 4, "level": "act"},
            {"label": "日报", "url": "#"},
        ],
        "views": [
            {"label": "表格", "url": "#", "icon": "table", "active": True},
            {"label": "看板", "url": "#", "icon": "layout-kanban"},
            {"label": "日历", "url": "#", "icon": "calendar"},
        ],
        "chips": [
            {"label": "状态", "value": "未归档", "remove_url": "#"},
            {"label": "结束于", "value": "2024-06 至 2024-10", "remove_url": "#"},
        ],
        "route": [
            {"person": "孙", "name": "营销部", "caption": "审核", "state": "done"},
            {"person": "陈", "name": "财务部", "caption": "审核", "state": "done"},
            {"person": request.user, "name": "总经理", "caption": "审批", "state": "now"},
            {"person": "客", "name": "集团客户会", "caption": "备案", "state": "todo"},
        ],
        "entries": [
            {
                "actor": "张",
                "verb": "提交",
                "at": now - timedelta(hours=1),
                "text": "直播加场与追加投放都要用备用金，现余额不足。",
            },
            {
                "actor": "孙",
                "verb": "审核通过",
                "at": now - timedelta(minutes=40),
                "elapsed": "16 分",
                "note": "代 刘",
                "text": "金额与两份日报一致。",
            },
            {"actor": request.user, "verb": "等你审批", "elapsed": "已等 9 分", "pending": True},
        ],
        "job": {"label": "生成归档包", "percent": 62, "is_done": False},
        "dues": [now - timedelta(minutes=12), now + timedelta(minutes=98), now + timedelta(days=3)],
        "segments": ("watch", "unknown", "unknown", "unknown"),
        "zooms": (
            ("day", pgettext("gallery", "Day")),
            ("week", pgettext("gallery", "Week")),
            ("month", pgettext("gallery", "Month")),
        ),
        "steps": [
            pgettext("gallery", "Upload"),
            pgettext("gallery", "Recognise"),
            pgettext("gallery", "Check"),
            pgettext("gallery", "Create"),
        ],
        "listing": SimpleNamespace(rows=[1], first=1, last=50, total=812, previous="", next="x"),
    }
