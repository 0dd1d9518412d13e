"""The gifts of the campus campaign: three offers, a choice, a contract with an advance; and an inquiry that is still open."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.core.files.base import ContentFile

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors import holds_of
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Contract, Purchase
from yunchou.capabilities.purchasing.sealing import Offer
from yunchou.directory.suppliers.actions import add_supplier
from yunchou.directory.suppliers.actions.register import Details
from yunchou.directory.suppliers.codes import check_character
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.kernel.approvals.actions import approve
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from .suppliers import DOUYIN, GIFTS, PRINT, WECHAT

CAMPAIGN: Final = "青春焕新·校园行动"
RIVAL: Final = "佛山优礼汇商贸有限公司"
ADVANCE: Final = Decimal(4_275)
# Supplier, price of a gift with tax, days to delivery, value and why.
OFFERS: Final = (
    (GIFTS, "14.25", 7, 88, "样品通过，现货 600 份，可分批送货"),
    (PRINT, "15.00", 12, 80, "印刷质量好，礼品为外购"),
    (RIVAL, "14.00", 20, 55, "价格最低，但赶不上首场快闪"),
)


def purchases(company: DemoCompany, days: Days) -> Story:
    """From the request to the last payment; then an inquiry for more advertising."""
    zhang, zhou, sun = (company[name] for name in ("zhang", "zhou", "sun"))
    yield days.at(-17, "10:10")
    code = "91440606MA7K3T2P8"
    details = Details(name=RIVAL, kinds=[Supply.SUPPLIES], credit_code=code + check_character(code))
    add_supplier(unit=company.regions["south"], details=details, actor=zhang)
    campaign = Campaign.objects.select_related("subject__unit").get(name=CAMPAIGN)
    yield days.at(-16, "14:30")
    purchase = actions.create_purchase(
        title="校园快闪定制礼品", kind=Supply.SUPPLIES, activity=campaign.subject, actor=zhou,
        purpose="5 所高校快闪与直播抽奖，首场前到货 600 份。", needed_on=days.day(4),
    )  # fmt: skip
    actions.put_line(
        purchase=purchase, name="帆布袋与便携风扇套装", specification="帆布 12 安，双面单色；风扇三档", measure="份",
        quantity=Decimal(1000), estimate=Decimal(15_000), budget_line=_line(campaign, "定制礼品"), actor=zhou,
    )  # fmt: skip
    actions.submit_purchase(purchase=purchase, note="样品已到三款", actor=zhou)
    yield days.at(-15, "11:00")
    _agree(purchase.subject)
    for name, price, delivery, value, why in OFFERS:
        quote = actions.put_quote(
            purchase=purchase, supplier=_supplier(name), offer=_offer(purchase, price, delivery, days),
            upload=_scan(f"报价单-{name}.pdf"), actor=sun,
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
    _agree(contract.subject)
    yield days.at(-11, "15:00")
    actions.sign_contract(
        contract=contract, signed_on=days.day(-11), upload=_scan("礼品采购合同（双方盖章）.pdf"), actor=zhang
    )
    yield days.at(-10, "11:15")
    _pay(contract, ADVANCE, "FP-0723-06", company)
    yield days.at(-5, "17:40")
    _pay(contract, Decimal(9_975), "FP-0728-03", company)
    advance = contract.instalments.get(is_advance=True)
    actions.settle_advance(instalment=advance, note="首批 600 份到仓验收，抽检合格", actor=sun)
    actions.follow_payments()
    yield days.at(-2, "10:05")
    more = actions.create_purchase(
        title="爆发期同城投放代理", kind=Supply.MEDIA, activity=campaign.subject, actor=zhou,
        purpose="爆发期追加同城曝光，按日消耗结算。", needed_on=days.day(3),
    )  # fmt: skip
    actions.put_line(
        purchase=more, name="抖音本地推充值与代投", measure="项", quantity=Decimal(1), estimate=Decimal(5_000),
        budget_line=_line(campaign, "抖音"), actor=zhou,
    )  # fmt: skip
    actions.submit_purchase(purchase=more, actor=zhou)
    yield days.at(-1, "11:20")
    _agree(more.subject)
    for name, price in ((DOUYIN, "4800"), (WECHAT, "5000")):
        actions.put_quote(
            purchase=more, supplier=_supplier(name), offer=_offer(more, price, 1, days), actor=sun
        )


def _line(campaign: Campaign, item: str) -> BudgetLine:
    return BudgetLine.objects.get(subject=campaign.subject, item__startswith=item)


def _supplier(name: str) -> Supplier:
    found: Supplier = Supplier.objects.select_related("merged_into").get(name=name)
    return found


def _offer(purchase: Purchase, price: str, delivery: int, days: Days) -> Offer:
    return Offer(
        prices={line.pk: Decimal(price) for line in purchase.lines.all()},
        tax_rate=Decimal(13),
        delivery_days=delivery,
        valid_until=days.day(30),
    )


def _draft(purchase: Purchase, company: DemoCompany, days: Days) -> Contract:
    sun = company["sun"]
    contract = actions.draft_contract(
        purchase=purchase, supplier=_supplier(GIFTS), number="HT-SOUTH-2024-018", title="校园快闪定制礼品采购合同",
        terms="按封样交货，首批 600 份；预付 30%，余款验收后付清；抽检不合格率超过 2% 换货。",
        starts_on=days.day(-13), ends_on=days.day(12), actor=sun,
    )  # fmt: skip
    for name, amount, day, is_advance in (
        ("预付款 30%", ADVANCE, -9, True), ("验收后余款 70%", Decimal(9_975), -3, False),
    ):  # fmt: skip
        actions.put_instalment(
            contract=contract,
            name=name,
            amount=amount,
            due_on=days.day(day),
            is_advance=is_advance,
            actor=sun,
        )
    return contract


def _pay(contract: Contract, amount: Decimal, voucher: str, company: DemoCompany) -> None:
    """As finance pays it, out of what the contract has bound."""
    [hold] = holds_of(contract.subject)
    order = ledger.Order(
        actor=company["chen"], subject=contract.purchase.activity, document=contract.subject, evidence=voucher,
        reason=contract.title,
    )  # fmt: skip
    ledger.spend(hold=hold, amount=amount, order=order)


def _agree(subject: Subject) -> None:
    """Whoever is asked agrees, one after the other."""
    while task := (
        Task.objects.waiting()
        .filter(step__case__subject=subject)
        .select_related("step__case", "assignee")
        .order_by("pk")
        .first()
    ):
        approve(task=task, actor=task.assignee, opinion="同意。")


def _scan(name: str) -> ContentFile[bytes]:
    return ContentFile(f"%PDF-1.4\n% {name}\n%%EOF\n".encode(), name=name)
