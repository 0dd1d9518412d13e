"""Whom the company buys from: the trades of the worked example, papers that run out, a grade that fell, one that is blocked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from yunchou.directory.suppliers import actions
from yunchou.directory.suppliers.actions.register import Details
from yunchou.directory.suppliers.models import DocumentKind, Supplier, Supply
from yunchou.kernel.identity.models import Unit

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import scan

ENTERED, GRADED, BLOCKED, FELL, REMINDED = -118, -60, -25, -12, -11


@dataclass(frozen=True)
class Vendor:
    """A supplier of the demo: the company whose register it is in ("" is the group) and who entered it."""

    name: str
    code: str
    kinds: Sequence[str]
    company: str
    keeper: str
    contact: str
    phone: str
    bank: str
    account: str
    tax: str
    address: str = ""
    note: str = ""
    licence: int | None = 900
    grade: str = "B"
    reason: str = "按期交付，质量符合约定"


PRINT, GIFTS, DOUYIN, WECHAT, VENUE = (
    "羊城印艺图文制作有限公司",
    "广州礼遇文创用品有限公司",
    "星推数字传媒（广州）有限公司",
    "粤校青年文化传播有限公司",
    "岭南高校后勤服务有限公司",
)
REGISTER: Final = (
    Vendor(
        PRINT, "91440101MA5CXA1B2K", (Supply.PRINT,), "south", "zhang", "何师傅", "13800130001",
        "中国工商银行广州天河支行", "6222023602011110001", "13", "广州市天河区印务园 3 栋",
        "展架、海报、宣传册；备用供应商，可 24 小时加急。", grade="A", reason="三次加急均按时到货，色差合格",
    ),
    Vendor(
        GIFTS, "91440106MA59QK7P30", (Supply.SUPPLIES,), "south", "zhang", "邓小姐", "13800130002",
        "招商银行广州体育东支行", "6214852003330002", "13", "广州市番禺区礼品城 A12", "定制礼品，起订 300 份。", licence=18,
    ),
    Vendor(
        DOUYIN, "91440104MA5AW2T88M", (Supply.MEDIA,), "", "tang", "谭经理", "13800130003",
        "中国建设银行广州越秀支行", "6227003321000003", "6", note="抖音本地推代理，按充值结算。",
        grade="A", reason="返点透明，投放数据可核验",
    ),
    Vendor(
        WECHAT, "91440111MA9UDR4G6M", (Supply.MEDIA, Supply.RESEARCH), "south", "zhang", "卢同学", "13800130004",
        "中国农业银行广州五山支行", "6228480084400004", "3", note="高校公众号联盟，推文按篇计价。",
        reason="阅读量达标，排期偶有调整",
    ),
    Vendor(
        VENUE, "9144010176DY305518", (Supply.VENUE, Supply.CATERING), "south", "zhang", "冯主任", "13800130005",
        "中国银行广州大学城支行", "6216617000500005", "9", "广州大学城", "食堂门口摊位与备用室内场地，每校每天 1,000 元。",
        licence=None, reason="场地配合好，协议齐全",
    ),
    Vendor(
        "沪上会展服务有限公司", "91310115MA1K4LQ728", (Supply.VENUE, Supply.LOGISTICS), "east", "ma", "施经理", "13800130006",
        "交通银行上海张江支行", "6222600110060006", "6", "上海市浦东新区", grade="C", reason="撤场延误一次",
    ),
    Vendor(
        "江城味道餐饮管理有限公司", "91420106MA4KX3N51T", (Supply.CATERING,), "central", "xie", "严经理", "13800130007",
        "中信银行武汉分行", "6217710300070007", "6", "武汉市武昌区", reason="菜品稳定，可按忌口备餐",
    ),
    Vendor(
        "远景市场研究有限公司", "91310000MA1FL5H299", (Supply.RESEARCH,), "", "chen", "秦女士", "13800130008",
        "上海浦东发展银行总行营业部", "6225220100080008", "6", note="满意度与品牌指数调查。",
        grade="A", reason="报告按期，样本可追溯",
    ),
    Vendor("顾老师（外聘讲师）", "", (Supply.SPEAKERS,), "south", "zhang", "顾老师", "13800130009", "", "", "", licence=None),
)  # fmt: skip


def suppliers(company: DemoCompany, days: Days) -> Story:
    """The register is filled, suppliers are graded after the first campaigns, one falls, one is blocked."""
    yield days.at(ENTERED, "10:30")
    made = {vendor.name: _enter(vendor, company) for vendor in REGISTER}
    yield days.at(ENTERED, "11:40")
    for vendor in REGISTER:
        if vendor.account:
            # A second person types the account from its proof: the cashier's colleague answers for the whole register.
            checker = company["tang" if vendor.keeper == "chen" else "chen"]
            actions.confirm_account(supplier=made[vendor.name], account=vendor.account, actor=checker)
    yield days.at(ENTERED, "14:00")
    for vendor in REGISTER:
        _file_papers(vendor, made[vendor.name], company, days)
    yield days.at(GRADED, "16:00")
    for vendor in REGISTER:
        if vendor.code:
            actions.grade_supplier(
                supplier=made[vendor.name],
                grade=vendor.grade,
                reason=vendor.reason,
                actor=company[vendor.keeper],
            )
    yield days.at(BLOCKED, "11:20")
    actions.block_supplier(
        supplier=made["沪上会展服务有限公司"],
        reason="撤场延误未整改，暂停合作至下季度复核",
        actor=company["ma"],
    )
    yield days.at(FELL, "15:10")
    actions.grade_supplier(
        supplier=made[GIFTS],
        grade="C",
        reason="礼品首批抽检不合格 3%，已换货",
        actor=company["zhang"],
    )
    yield days.at(REMINDED, "00:20")
    actions.owe_renewals()


def _enter(vendor: Vendor, company: DemoCompany) -> Supplier:
    details = Details(
        name=vendor.name,
        kinds=vendor.kinds,
        credit_code=vendor.code,
        contact_name=vendor.contact,
        contact_phone=vendor.phone,
        address=vendor.address,
        bank_name=vendor.bank,
        account=vendor.account,
        tax_rate=Decimal(vendor.tax) if vendor.tax else None,
        note=vendor.note,
    )
    unit: Unit = company.regions[vendor.company] if vendor.company else company.group
    return actions.add_supplier(unit=unit, details=details, actor=company[vendor.keeper])


def _file_papers(vendor: Vendor, supplier: Supplier, company: DemoCompany, days: Days) -> None:
    if not vendor.code:
        return
    expires_on = days.day(vendor.licence) if vendor.licence else None
    actions.add_document(
        supplier=supplier,
        kind=DocumentKind.LICENCE,
        upload=scan(f"营业执照-{vendor.code}.pdf"),
        expires_on=expires_on,
        actor=company[vendor.keeper],
    )
    if Supply.CATERING in vendor.kinds:
        actions.add_document(
            supplier=supplier,
            kind=DocumentKind.PERMIT,
            upload=scan(f"食品经营许可证-{vendor.code}.pdf"),
            expires_on=days.day(24),
            actor=company[vendor.keeper],
        )
