"""The standards of teams as shipped: what the source says of them, and where it says how many (TEA-06, TEA-07).

A company changes its own copies; where the source names a part without a number, one person is assumed.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LEAD, MODULE, EXECUTOR = "lead", "module_lead", "member"


class PartSpec(NamedTuple):
    """A part as shipped."""

    name: str
    tier: str
    department: str
    duties: str
    people: int = 1


class StandardSpec(NamedTuple):
    """A standard as shipped: the kind of campaign, the clause, and its parts."""

    name: str
    kind: str
    clause: str
    description: str
    parts: tuple[PartSpec, ...]


SHIPPED: Final = (
    StandardSpec(
        "高端活动筹备小组",
        "high_end",
        "003 二(三)1",
        "市场部负责人任组长，销售、客服、行政、财务部门派员参加。",
        (
            PartSpec("组长", LEAD, "marketing", "统筹筹备，对进度、资源与风险作决定"),
            PartSpec("销售", MODULE, "sales", "策划：客户邀约、名单与现场洽谈", 2),
            PartSpec("客户服务", MODULE, "customer_service", "执行：客户接待、现场服务与回访", 2),
            PartSpec("行政", MODULE, "administration", "后勤：场地、物资、车辆与安保"),
            PartSpec("财务", EXECUTOR, "finance", "预算审核、费用结算与票据"),
        ),
    ),
    StandardSpec(
        "公关活动小组",
        "pr",
        "002 8.2(1)",
        "策划、执行、媒体对接三类角色，职责明确到人。",
        (
            PartSpec("负责人", LEAD, "marketing", "统筹公关活动，审定口径"),
            PartSpec("策划", MODULE, "pr", "策划：主题、流程与新闻稿"),
            PartSpec("执行", MODULE, "marketing", "执行：场地、物料与现场流程"),
            PartSpec("媒体对接", MODULE, "pr", "数据：媒体邀约、接待、发稿与监测"),
        ),
    ),
    StandardSpec(
        "营销活动执行小组",
        "marketing",
        "000 §3.2、§4",
        "按活动规模配备运营、设计、销售、客服与后勤人员。",
        (
            PartSpec("总负责人", LEAD, "marketing", "统筹进度、资源与风险决策"),
            PartSpec("运营", MODULE, "marketing", "策划：方案、渠道与数据日报", 2),
            PartSpec("设计", MODULE, "design", "设计：线上线下物料"),
            PartSpec("销售", EXECUTOR, "sales", "现场讲解、线索跟进与转化", 2),
            PartSpec("客户服务", EXECUTOR, "customer_service", "咨询答复、投诉处理与回访"),
            PartSpec("后勤", MODULE, "administration", "后勤：礼品、物料运输与库存"),
        ),
    ),
)
