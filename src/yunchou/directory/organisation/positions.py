"""The positions the product ships with: jobs (ORG-06), approval roles (ORG-08) and posts that keep it running.

Other rooms name positions by these constants in their `permissions.py`; a company may add positions of its own,
but never loses these, since routes and default rights name them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Jobs of the marketing centre and its departments (ORG-06).
MARKETING_DIRECTOR: Final[str] = "marketing_director"
MARKETING_MANAGER: Final[str] = "marketing_manager"
MARKET_RESEARCHER: Final[str] = "market_researcher"
MARKET_PLANNER: Final[str] = "market_planner"
MARKETING_SPECIALIST: Final[str] = "marketing_specialist"
SALES_DIRECTOR: Final[str] = "sales_director"
SALES_MANAGER: Final[str] = "sales_manager"
SALES_REPRESENTATIVE: Final[str] = "sales_representative"
CUSTOMER_SERVICE_MANAGER: Final[str] = "customer_service_manager"
CUSTOMER_SERVICE_SPECIALIST: Final[str] = "customer_service_specialist"
PRODUCT_SPECIALIST: Final[str] = "product_specialist"

# Roles that approve (ORG-08): routes name these, never persons.
REGIONAL_LEADERSHIP: Final[str] = "regional_leadership"
GROUP_SERVICE_CENTRE: Final[str] = "group_service_centre"
GROUP_CUSTOMER_CLUB: Final[str] = "group_customer_club"
VP_MARKETING: Final[str] = "vp_marketing"
GENERAL_MANAGER: Final[str] = "general_manager"
MANAGEMENT: Final[str] = "management"
FINANCE: Final[str] = "finance"
DEPT_HEAD: Final[str] = "dept_head"

# Posts that keep records, receive guests and run the system.
ARCHIVIST: Final[str] = "archivist"
AUDITOR: Final[str] = "auditor"
RECEPTION: Final[str] = "reception"
SYSTEM_ADMIN: Final[str] = "system_admin"
SECURITY_ADMIN: Final[str] = "security_admin"


@dataclass(frozen=True)
class PositionSpec:
    """A shipped position with its Chinese and its English name."""

    code: str
    name: str
    name_en: str


JOBS: Final = (
    PositionSpec(MARKETING_DIRECTOR, "营销总监", "Marketing director"),
    PositionSpec(MARKETING_MANAGER, "市场经理", "Marketing manager"),
    PositionSpec(MARKET_RESEARCHER, "市场调研员", "Market researcher"),
    PositionSpec(MARKET_PLANNER, "市场策划员", "Market planner"),
    PositionSpec(MARKETING_SPECIALIST, "市场专员", "Marketing specialist"),
    PositionSpec(SALES_DIRECTOR, "销售总监", "Sales director"),
    PositionSpec(SALES_MANAGER, "销售经理", "Sales manager"),
    PositionSpec(SALES_REPRESENTATIVE, "销售代表", "Sales representative"),
    PositionSpec(CUSTOMER_SERVICE_MANAGER, "客户服务经理", "Customer service manager"),
    PositionSpec(CUSTOMER_SERVICE_SPECIALIST, "客户服务专员", "Customer service specialist"),
    PositionSpec(PRODUCT_SPECIALIST, "产品专员", "Product specialist"),
)
APPROVAL_ROLES: Final = (
    PositionSpec(REGIONAL_LEADERSHIP, "区域公司领导层", "Regional leadership"),
    PositionSpec(GROUP_SERVICE_CENTRE, "集团客户服务中心总经理", "GM of the group customer service centre"),
    PositionSpec(GROUP_CUSTOMER_CLUB, "集团客户会", "Group customer club"),
    PositionSpec(VP_MARKETING, "营销主管副总裁", "VP in charge of marketing"),
    PositionSpec(GENERAL_MANAGER, "总经理", "General manager"),
    PositionSpec(MANAGEMENT, "公司管理层", "Company management"),
    PositionSpec(FINANCE, "财务", "Finance"),
    PositionSpec(DEPT_HEAD, "部门负责人", "Head of department"),
)
SUPPORT: Final = (
    PositionSpec(ARCHIVIST, "档案管理员", "Archivist"),
    PositionSpec(AUDITOR, "审计管理员", "Auditor"),
    PositionSpec(RECEPTION, "接待人员", "Reception"),
    PositionSpec(SYSTEM_ADMIN, "系统管理员", "System administrator"),
    PositionSpec(SECURITY_ADMIN, "安全管理员", "Security administrator"),
)
POSITIONS: Final = (*JOBS, *APPROVAL_ROLES, *SUPPORT)

ALL_CODES: Final = tuple(spec.code for spec in POSITIONS)

# 等保 2.0 三级 8.1.4: these never meet in one person.
SEPARATED: Final = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR})

# Without one of each nobody could undo a mistake.
NEVER_VACANT: Final = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN})

# Approval roles that decide for a whole company: held in a group, region or project, where routes look upwards for them.
COMPANY_ROLES: Final = frozenset(spec.code for spec in APPROVAL_ROLES) - {DEPT_HEAD}

# At any time one person, deputies aside (ORG-07).
SINGLE: Final = frozenset({MARKETING_DIRECTOR})
