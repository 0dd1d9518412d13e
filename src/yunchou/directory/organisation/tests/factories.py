"""A small company for the tests of all rooms above: real units, positions and default rights, and a cast of people.

firm = company()
client.force_login(firm.owner)          # plans campaigns in the marketing department of 华东区域
firm.approver                           # the leadership of 华东区域
firm.outsider                           # does the owner's work in 华南区域, and must not see 华东
firm.people[VP_MARKETING]               # any approval role or administrator by its position code
appoint(make_user("李明朗"), firm.south, FINANCE)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yunchou.directory.organisation.actions import install_defaults
from yunchou.directory.organisation.models import DepartmentKind, DepartmentProfile
from yunchou.directory.organisation.positions import (
    APPROVAL_ROLES,
    ARCHIVIST,
    AUDITOR,
    CUSTOMER_SERVICE_MANAGER,
    DEPT_HEAD,
    MARKETING_DIRECTOR,
    MARKETING_MANAGER,
    MARKETING_SPECIALIST,
    RECEPTION,
    REGIONAL_LEADERSHIP,
    SALES_MANAGER,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
)
from yunchou.kernel.core.tests.made_once import made_once
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.identity.tests import factories as kernel

make_user = kernel.make_user
forget_reach = kernel.forget_reach

REGIONS = {"east": "华东区域", "south": "华南区域", "central": "华中区域"}
DEPARTMENTS = {
    DepartmentKind.MARKETING: "市场部",
    DepartmentKind.SALES: "销售部",
    DepartmentKind.CUSTOMER_SERVICE: "客户服务部",
}
GROUP_ONLY = {
    DepartmentKind.DATA: "数据分析部",
    DepartmentKind.DESIGN: "设计部",
    DepartmentKind.IT: "信息技术部",
    DepartmentKind.FINANCE: "财务部",
    DepartmentKind.ADMINISTRATION: "行政部",
}
NAMES = {
    "regional_leadership": "陈国栋",
    "group_service_centre": "周文静",
    "group_customer_club": "孙晓梅",
    "vp_marketing": "吴建平",
    "general_manager": "郑海峰",
    "management": "王德明",
    "finance": "冯雅琴",
    SYSTEM_ADMIN: "褚卫东",
    SECURITY_ADMIN: "蒋安民",
    AUDITOR: "沈慎之",
    ARCHIVIST: "韩存义",
    RECEPTION: "杨迎春",
    MARKETING_DIRECTOR: "朱启航",
}


@dataclass(frozen=True)
class Firm:
    """One group, three regions, their departments, and people by what they are for."""

    group: Unit
    east: Unit
    south: Unit
    central: Unit
    departments: dict[tuple[str, str], Unit]
    people: dict[str, User]
    owner: User
    colleague: User
    approver: User
    outsider: User
    nobody: User

    @property
    def admin(self) -> User:
        return self.people[SYSTEM_ADMIN]

    def department(self, region: str = "east", kind: str = DepartmentKind.MARKETING) -> Unit:
        """A department by region ("group", "east", "south", "central") and kind."""
        return self.departments[region, kind]


@made_once
def company() -> Firm:
    """The company above, with `install_defaults` done."""
    install_defaults()
    group = make_unit("远山集团", code="group")
    regions = {
        key: make_unit(name, parent=group, kind=Unit.Kind.REGION, code=key) for key, name in REGIONS.items()
    }
    places = {"group": group, **regions}
    departments = {
        (key, str(kind)): make_department(place, kind, name)
        for key, place in places.items()
        for kind, name in ({**DEPARTMENTS, **GROUP_ONLY} if key == "group" else DEPARTMENTS).items()
    }
    people = {
        code: _cast(code, group)
        for code in (*_group_roles(), SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR, ARCHIVIST)
    }
    people[MARKETING_DIRECTOR] = _cast(MARKETING_DIRECTOR, departments["group", DepartmentKind.MARKETING])
    people[REGIONAL_LEADERSHIP] = _cast(REGIONAL_LEADERSHIP, regions["east"])
    people[RECEPTION] = _cast(RECEPTION, regions["east"])
    marketing = departments["east", DepartmentKind.MARKETING]
    people[DEPT_HEAD] = staff("赵立群", marketing, DEPT_HEAD, username="head")
    people[SALES_MANAGER] = staff(
        "钱小满", departments["east", DepartmentKind.SALES], SALES_MANAGER, username="sales"
    )
    people[CUSTOMER_SERVICE_MANAGER] = staff(
        "许静怡",
        departments["east", DepartmentKind.CUSTOMER_SERVICE],
        CUSTOMER_SERVICE_MANAGER,
        username="service",
    )
    return Firm(
        group=group,
        departments=departments,
        people=people,
        owner=staff("张晨", marketing, MARKETING_MANAGER, username="owner"),
        colleague=staff("李明朗", marketing, MARKETING_SPECIALIST, username="colleague"),
        approver=people[REGIONAL_LEADERSHIP],
        outsider=staff(
            "林远", departments["south", DepartmentKind.MARKETING], MARKETING_MANAGER, username="outsider"
        ),
        nobody=make_user("何无职", username="nobody"),
        **regions,
    )


def make_unit(name: str = "", *, parent: Unit | None = None, kind: str = "", code: str = "") -> Unit:
    """A unit: a group without a parent, a department below one, unless `kind` says otherwise."""
    return kernel.make_unit(name, parent=parent, kind=kind, code=code)


def make_department(parent: Unit, kind: str = DepartmentKind.OTHER, name: str = "") -> Unit:
    """A department of a kind, with the code `<parent>-<kind>`."""
    unit = make_unit(name, parent=parent, code=f"{parent.code}-{kind}".replace("_", "-") if name else "")
    unit.department = DepartmentProfile.objects.create(unit=unit, kind=kind)
    return unit


def appoint(
    user: User,
    unit: Unit,
    position: str,
    *,
    is_deputy: bool = False,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Appointment:
    """`user` holds the position with this code in `unit`; no rights asked, no journal entry."""
    return kernel.make_appointment(
        user, unit, position, is_deputy=is_deputy, valid_from=valid_from, valid_to=valid_to
    )


def staff(name: str, unit: Unit, position: str, *, username: str = "", **fields: object) -> User:
    """A new person who holds one position."""
    user = make_user(name, username=username, **fields)
    appoint(user, unit, position)
    return user


def _group_roles() -> list[str]:
    return [spec.code for spec in APPROVAL_ROLES if spec.code not in (REGIONAL_LEADERSHIP, DEPT_HEAD)]


def _cast(code: str, unit: Unit) -> User:
    return staff(NAMES[code], unit, code, username=code)
