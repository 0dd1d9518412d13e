"""Who works in the demo company. Names are invented; in 华南 every surname of the worked example occurs once."""

from __future__ import annotations

from dataclasses import dataclass

from yunchou.directory.organisation import positions as p

GROUP = "云舟集团"
REGIONS = {"south": "华南区域", "east": "华东区域", "central": "华中区域"}
PASSWORD = "yunchou-demo"  # noqa: S105 - shown on the sign-in page of the demo


@dataclass(frozen=True)
class Member:
    """A person: user name, name, company ("" is the group, else a region), position, and the deputy held, if any.

    `department` is the suffix of the unit's code ("" is the company itself).
    """

    username: str
    name: str
    company: str
    position: str
    department: str = ""
    role: str = ""
    role_en: str = ""


CENTRE, MARKETING, SALES, SERVICE = "marketing-centre", "marketing", "sales", "customer-service"

PEOPLE = (
    # The group
    Member("zheng", "郑国栋", "", p.GENERAL_MANAGER, role="总经理", role_en="General manager"),
    Member("xu", "徐静", "", p.VP_MARKETING, role="营销副总裁", role_en="VP in charge of marketing"),
    Member("gao", "高明", "", p.MANAGEMENT, role="公司管理层", role_en="Company management"),
    Member(
        "he",
        "何雅",
        "",
        p.GROUP_SERVICE_CENTRE,
        role="集团客服中心总经理",
        role_en="GM of the service centre",
    ),
    Member("lin", "林悦", "", p.GROUP_CUSTOMER_CLUB, role="集团客户会", role_en="Group customer club"),
    # Who reviews does not pay: the second of finance pays out what the first has looked at (002 9.3(2)).
    Member("chen", "陈思远", "", p.FINANCE, role="财务", role_en="Finance"),
    Member("qin", "秦岚", "", p.FINANCE, role="出纳", role_en="Cashier"),
    Member("tang", "唐宁", "", p.MARKETING_DIRECTOR, CENTRE, role="营销总监", role_en="Marketing director"),
    Member("feng", "冯勤", "", p.ARCHIVIST, role="档案管理员", role_en="Archivist"),
    Member("shen", "沈鉴", "", p.AUDITOR, role="审计", role_en="Auditor"),
    Member("admin", "潘维", "", p.SYSTEM_ADMIN, role="系统管理员", role_en="System administrator"),
    Member("security", "袁安", "", p.SECURITY_ADMIN, role="安全管理员", role_en="Security administrator"),
    # South: the people of the worked example
    Member(
        "zhang",
        "张伟",
        "south",
        p.MARKETING_MANAGER,
        MARKETING,
        role="总负责人(华南)",
        role_en="Overall lead, South",
    ),
    Member("li", "李娜", "south", p.MARKET_PLANNER, MARKETING, role="策划(华南)", role_en="Planner, South"),
    Member(
        "wang",
        "王强",
        "south",
        p.MARKETING_SPECIALIST,
        MARKETING,
        role="执行人(华南)",
        role_en="Executor, South",
    ),
    Member("zhao", "赵敏", "south", p.MARKET_RESEARCHER, MARKETING),
    Member("zhou", "周涛", "south", p.PRODUCT_SPECIALIST, MARKETING),
    Member("wu", "吴芳", "south", p.CUSTOMER_SERVICE_SPECIALIST, SERVICE),
    Member("sun", "孙磊", "south", p.MARKETING_SPECIALIST, MARKETING),
    Member("liu", "刘洋", "south", p.SALES_MANAGER, SALES),
    Member(
        "huang",
        "黄志成",
        "south",
        p.REGIONAL_LEADERSHIP,
        role="区域领导(华南)",
        role_en="Regional leadership, South",
    ),
    Member("luo", "罗斌", "south", p.RECEPTION),
    # East
    Member("qian", "钱文博", "east", p.REGIONAL_LEADERSHIP),
    Member(
        "ma",
        "马晓琳",
        "east",
        p.MARKETING_MANAGER,
        MARKETING,
        role="市场经理(华东)",
        role_en="Marketing manager, East",
    ),
    Member("zhu", "朱颖", "east", p.MARKET_PLANNER, MARKETING),
    Member("hu", "胡军", "east", p.SALES_REPRESENTATIVE, SALES),
    Member("guo", "郭婷", "east", p.CUSTOMER_SERVICE_MANAGER, SERVICE),
    Member("cao", "曹宇", "east", p.RECEPTION),
    Member("shi", "石磊", "east", p.FINANCE, role="财务(华东)", role_en="Finance, East"),
    Member("fan", "范蓉", "east", p.FINANCE),
    # Central
    Member("deng", "邓卫东", "central", p.REGIONAL_LEADERSHIP),
    Member("xie", "谢琳", "central", p.MARKETING_MANAGER, MARKETING),
    Member(
        "song", "宋佳", "central", p.MARKET_PLANNER, MARKETING, role="策划(华中)", role_en="Planner, Central"
    ),
    Member("han", "韩磊", "central", p.SALES_DIRECTOR, SALES),
    Member("pei", "裴然", "central", p.MARKETING_SPECIALIST, MARKETING),
)
