"""What a new company starts with. Data, not law: an administrator may change all of it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yunchou.kernel.access.registry import Scope

from .models import DepartmentKind, WorkType
from .positions import MARKETING_MANAGER, MARKETING_SPECIALIST, SALES_REPRESENTATIVE, SYSTEM_ADMIN


@dataclass(frozen=True)
class DepartmentSpec:
    """A department as it is founded: what it is called, what it has to do and what it may decide."""

    kind: str
    name: str
    duties: str
    authority: str
    below: tuple[DepartmentSpec, ...] = ()


MARKETING: Final = DepartmentSpec(
    DepartmentKind.MARKETING,
    "市场部",
    "市场调研与分析；编制营销计划与活动方案；组织品牌推广和营销活动；汇总活动数据并提交评估报告。",
    "提出活动立项与预算；选择推广渠道和合作方建议；召集跨部门筹备会议。",
)
SALES: Final = DepartmentSpec(
    DepartmentKind.SALES,
    "销售部",
    "完成销售目标；跟进活动产生的线索；维护客户关系；反馈客户需求与竞争动态。",
    "分配线索；在授权范围内确定成交条件。",
)
CUSTOMER_SERVICE: Final = DepartmentSpec(
    DepartmentKind.CUSTOMER_SERVICE,
    "客户服务部",
    "受理咨询与投诉；回访参加活动的客户；开展满意度调查；维护客户档案。",
    "要求责任部门限期答复投诉；提出服务改进建议。",
)
CUSTOMER_CLUB: Final = DepartmentSpec(
    DepartmentKind.CUSTOMER_CLUB,
    "客户会",
    "策划、组织、协调和总结本区域会员与客户活动；登记社区服务网点。",
    "提出本区域客户活动计划；调用本区域活动资源。",
)

GROUP_DEPARTMENTS: Final = (
    DepartmentSpec(
        DepartmentKind.MARKETING_CENTRE,
        "营销中心",
        "统筹营销工作；汇总各部门进度与质量；评估重大决策风险；定期向公司管理层报告。",
        "调配营销中心资源；审核营销方案；对各部门工作提出考核意见。",
        below=(
            MARKETING,
            SALES,
            DepartmentSpec(
                DepartmentKind.PRODUCT,
                "产品部",
                "提供产品资料与卖点；培训销售和活动人员；收集产品反馈。",
                "审核对外产品信息的准确性。",
            ),
            CUSTOMER_SERVICE,
            DepartmentSpec(
                DepartmentKind.CHANNEL,
                "渠道拓展部",
                "开发和维护渠道合作伙伴；落实渠道推广；核对渠道数据。",
                "提出渠道政策与合作条件建议。",
            ),
            DepartmentSpec(
                DepartmentKind.DATA,
                "数据分析部",
                "采集和核对活动数据；发布数据日报；处理异常预警；支持效果评估。",
                "要求各模块按时提交数据；对异常数据提出核查。",
            ),
            DepartmentSpec(
                DepartmentKind.DESIGN,
                "设计部",
                "设计活动主视觉、物料和线上素材；审核素材规范。",
                "退回不符合品牌规范的素材。",
            ),
            DepartmentSpec(
                DepartmentKind.IT,
                "信息技术部",
                "维护系统与活动页面；保障现场网络和设备；管理账号与数据备份。",
                "在紧急情况下暂停存在安全风险的服务。",
            ),
            DepartmentSpec(
                DepartmentKind.PR,
                "公关部",
                "维护媒体关系；组织新闻发布；监测舆情并应对危机。",
                "统一对外口径；审核对外发布的内容。",
            ),
        ),
    ),
    DepartmentSpec(
        DepartmentKind.SERVICE_CENTRE,
        "集团客户服务中心",
        "审核区域年度计划与计划外活动；指导各区域客户服务工作。",
        "批准区域年度计划和计划外活动。",
        below=(
            DepartmentSpec(
                DepartmentKind.CUSTOMER_CLUB,
                "集团客户会",
                "起草集团年度客户活动计划；监督指导各区域活动并作记录；建设全国资源平台。",
                "查阅各区域计划与活动；审核大型活动和区域年度评价报告。",
            ),
        ),
    ),
    DepartmentSpec(
        DepartmentKind.ADMINISTRATION,
        "行政部",
        "采购和保管活动物资；安排车辆、场地与后勤；办理用印和会务。",
        "选择办公与后勤供应商。",
    ),
    DepartmentSpec(
        DepartmentKind.FINANCE,
        "财务部",
        "审核预算与费用；办理报销和付款；编制费用分析报告。",
        "拒绝不符合规定的报销；冻结超预算支出。",
    ),
    DepartmentSpec(
        DepartmentKind.RESEARCH,
        "研发部",
        "提供新品信息与技术支持；配合产品发布。",
        "确认技术资料能否公开。",
    ),
    DepartmentSpec(
        DepartmentKind.PRODUCTION,
        "生产部",
        "按活动需要安排产品和样品供应。",
        "确认供货时间和数量。",
    ),
    DepartmentSpec(
        DepartmentKind.LOGISTICS,
        "物流部",
        "运输、仓储和现场配送；盘点活动物资。",
        "选择运输方式和承运商。",
    ),
)

REGION_DEPARTMENTS: Final = (MARKETING, SALES, CUSTOMER_SERVICE, CUSTOMER_CLUB)

WORK_ROUTES: Final[Mapping[str, str]] = {
    WorkType.COMPLAINT: DepartmentKind.CUSTOMER_SERVICE,
    WorkType.ANOMALY: DepartmentKind.DATA,
    WorkType.ARTWORK: DepartmentKind.DESIGN,
    WorkType.UPKEEP: DepartmentKind.IT,
    WorkType.SUPPLIES: DepartmentKind.ADMINISTRATION,
}

# Head count by position in a small marketing centre (002 2.3(2)); other sizes are for a company to fill.
SMALL_CENTRE: Final[Mapping[str, int]] = {
    MARKETING_MANAGER: 1,
    MARKETING_SPECIALIST: 2,
    SALES_REPRESENTATIVE: 3,
}
SMALL_CENTRE_REASON: Final = "制度规定：002 2.3(2)"

# Rights of kernel rooms, which know no positions, by the positions that hold them from the start.
KERNEL_GRANTS: Final[Mapping[str, Mapping[str, Scope]]] = {
    "accounts.manage": {SYSTEM_ADMIN: Scope.ALL},
    "calendar.edit": {SYSTEM_ADMIN: Scope.ALL},
    "jobs.manage": {SYSTEM_ADMIN: Scope.ALL},
}
