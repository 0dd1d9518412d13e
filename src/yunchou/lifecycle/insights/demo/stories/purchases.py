"""The gifts of the campus campaign: three offers, a choice, a contract with an advance; and an inquiry that is still open."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Contract, Purchase
from yunchou.directory.suppliers.models import Supply
from yunchou.lifecycle.campaigns.models import Campaign

from ..buying import Bill, claim, line_of, new_supplier, offer_of, pay, supplier_named
from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import agree_all, scan
from .campus import NAME
from .suppliers import DOUYIN, GIFTS, PRINT, WECHAT

RIVAL: Final = "佛山优礼汇商贸有限公司"
# Supplier, price of a gift with tax, days to delivery, value and why.
OFFERS: Final = (
    (GIFTS, "14.25", 7, 88, "样品通过，现货 600 份，可分批送货"),
    (PRINT, "15.00", 12, 80, "印刷质量好，礼品为外购"),
    (RIVAL, "14.00", 20, 55, "价格最低，但赶不上首场快闪"),
)
ADVANCE: Final = Bill("定制礼品", "gifts", "4275", "24417000000061830641", GIFTS)
REST: Final = Bill("定制礼品", "gifts", "9975", "24417000000061832210", GIFTS)
PEOPLE: Final = "策划李娜，后勤周涛，客服吴芳"


def purchases(company: DemoCompany, days: Days) -> Story:
    """From the request to the last payment; then an inquiry for more advertising."""
    zhang, zhou, sun, qin = (company[name] for name in ("zhang", "zhou", "sun", "qin"))
    yield days.at(-17, "10:10")
    new_supplier(RIVAL, Supply.SUPPLIES, "91440606MA7K3T2P8", unit=company.regions["south"], actor=zhang)
    campaign = Campaign.objects.select_related("subject__unit").get(name=NAME)
    yield days.at(-16, "14:30")
    purchase = actions.create_purchase(
        title="校园快闪定制礼品", kind=Supply.SUPPLIES, activity=campaign.subject, actor=zhou,
        purpose="5 所高校快闪与直播抽奖，首场前到货 600 份。", needed_on=days.day(4),
    )  # fmt: skip
    actions.put_line(
        purchase=purchase, name="帆布袋与便携风扇套装", specification="帆布 12 安，双面单色；风扇三档", measure="份",
        quantity=Decimal(1000), estimate=Decimal(15_000), budget_line=line_of(campaign.subject, "定制礼品"), actor=zhou,
    )  # fmt: skip
    actions.submit_purchase(purchase=purchase, note="样品已到三款", actor=zhou)
    yield days.at(-15, "11:00")
    agree_all(purchase.subject)
    for name, price, delivery, value, why in OFFERS:
        quote = actions.put_quote(
            purchase=purchase, supplier=supplier_named(name), offer=offer_of(purchase, price, delivery, days),
            upload=scan(f"报价单-{name}.pdf"), actor=sun,
        )  # fmt: skip
        actions.value_quote(quote=quote, points=Decimal(value), note=why, actor=sun)
    yield days.at(-14, "16:20")
    best = purchase.quotes.get(supplier__name=GIFTS)
    actions.award_purchase(
        purchase=purchase, choice={line.pk: best.pk for line in purchase.lines.all()}, actor=zhang,
        reason="综合得分最高：比最低价高 250 元，交期早 13 天，可保首场快闪到货。",
    )  # fmt: skip
    yield days.at(-13, "09:40")
    contract = _draft(purchase, company, days)
    actions.submit_contract(contract=contract, actor=sun)
    yield days.at(-12, "10:30")
    agree_all(contract.subject)
    yield days.at(-11, "15:00")
    actions.sign_contract(
        contract=contract,
        signed_on=days.day(-11),
        upload=scan("礼品采购合同（双方盖章）.pdf"),
        actor=company["huang"],
    )
    told = ("校园行动定制礼品采购合同", "支付合同约定的 30% 预付款", PEOPLE, "首批 600 份 7 日内到货")
    advance = claim(campaign.subject, ADVANCE, told, actor=sun, contract=contract)
    yield days.at(-10, "09:50")
    agree_all(advance.subject)
    yield days.at(-10, "11:15")
    pay(advance, actor=qin)
    yield days.at(-6, "15:20")
    told = ("校园行动定制礼品采购合同", "支付验收后的余款", PEOPLE, "1,000 份全部到仓，抽检合格")
    rest = claim(campaign.subject, REST, told, actor=sun, contract=contract)
    yield days.at(-5, "10:30")
    agree_all(rest.subject)
    yield days.at(-5, "17:40")
    pay(rest, actor=qin, note="网银回单 0728-113")
    due = contract.instalments.get(is_advance=True)
    actions.settle_advance(instalment=due, note="首批 600 份到仓验收，抽检合格", actor=sun)
    actions.follow_payments()
    yield from _inquiry(campaign, company, days)


def _inquiry(campaign: Campaign, company: DemoCompany, days: Days) -> Story:
    """More advertising is asked for; two offers have come."""
    zhou, sun = company["zhou"], company["sun"]
    yield days.at(-2, "10:05")
    more = actions.create_purchase(
        title="爆发期同城投放代理", kind=Supply.MEDIA, activity=campaign.subject, actor=zhou,
        purpose="爆发期追加同城曝光，按日消耗结算。", needed_on=days.day(3),
    )  # fmt: skip
    actions.put_line(
        purchase=more, name="抖音本地推充值与代投", measure="项", quantity=Decimal(1), estimate=Decimal(5_000),
        budget_line=line_of(campaign.subject, "抖音"), actor=zhou,
    )  # fmt: skip
    actions.submit_purchase(purchase=more, actor=zhou)
    yield days.at(-1, "11:20")
    agree_all(more.subject)
    for name, price in ((DOUYIN, "4800"), (WECHAT, "5000")):
        actions.put_quote(
            purchase=more, supplier=supplier_named(name), offer=offer_of(more, price, 1, days), actor=sun
        )


def _draft(purchase: Purchase, company: DemoCompany, days: Days) -> Contract:
    sun = company["sun"]
    contract = actions.draft_contract(
        purchase=purchase, supplier=supplier_named(GIFTS), number=f"HT-SOUTH-{days.day(-13).year}-018",
        title="校园快闪定制礼品采购合同",
        terms="按封样交货，首批 600 份；预付 30%，余款验收后付清；抽检不合格率超过 2% 换货。",
        starts_on=days.day(-13), ends_on=days.day(12), actor=sun,
    )  # fmt: skip
    for name, amount, day, is_advance in (
        ("预付款 30%", ADVANCE.amount, -9, True), ("验收后余款 70%", REST.amount, -3, False),
    ):  # fmt: skip
        actions.put_instalment(
            contract=contract, name=name, amount=Decimal(amount), due_on=days.day(day), is_advance=is_advance, actor=sun,
        )  # fmt: skip
    return contract
