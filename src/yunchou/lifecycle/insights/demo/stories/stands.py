"""The stands of the campus campaign: two offers where three are demanded, with the exception and its further approver."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from yunchou.capabilities.purchasing import actions
from yunchou.directory.suppliers.models import Supply
from yunchou.lifecycle.campaigns.models import Campaign

from ..buying import Bill, claim, line_of, new_supplier, offer_of, pay, supplier_named
from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import agree_all, scan
from .campus import NAME
from .suppliers import PRINT

OTHER: Final = "广州美途展示器材有限公司"
BILL: Final = Bill("线下展架", "print", "990", "24417000000061831507", PRINT)


def stands(company: DemoCompany, days: Days) -> Story:
    """Asked for, compared with one offer only, allowed by the vice president, delivered and paid."""
    zhang, zhou, sun = (company[name] for name in ("zhang", "zhou", "sun"))
    yield days.at(-17, "11:05")
    new_supplier(OTHER, Supply.PRINT, "91440113MA5D6L7N1", unit=company.regions["south"], actor=zhang)
    campaign = Campaign.objects.select_related("subject__unit").get(name=NAME)
    yield days.at(-17, "15:40")
    purchase = actions.create_purchase(
        title="快闪点位线下展架", kind=Supply.PRINT, activity=campaign.subject, actor=zhou,
        purpose="5 所高校各 1 个，防风底座，可拆卸运输。", needed_on=days.day(-7),
    )  # fmt: skip
    actions.put_line(
        purchase=purchase, name="户外防风展架", specification="80×180 cm，写真画面", measure="个", quantity=Decimal(5),
        estimate=Decimal(1_000), budget_line=line_of(campaign.subject, "线下展架"), actor=zhou,
    )  # fmt: skip
    actions.submit_purchase(purchase=purchase, actor=zhou)
    yield days.at(-16, "10:20")
    agree_all(purchase.subject)
    for name, price, delivery in ((PRINT, "198", 3), (OTHER, "200", 5)):
        actions.put_quote(
            purchase=purchase,
            supplier=supplier_named(name),
            offer=offer_of(purchase, price, delivery, days),
            actor=sun,
        )
    yield days.at(-15, "15:10")
    actions.ask_exception(
        purchase=purchase, actor=sun,
        reason="第三家须 10 个工作日交货，赶不上首场；总价不足 1,000 元，两家报价相差 1%。",
    )  # fmt: skip
    yield days.at(-15, "17:00")
    best = purchase.quotes.get(supplier__name=PRINT)
    actions.award_purchase(
        purchase=purchase, choice={line.pk: best.pk for line in purchase.lines.all()}, actor=zhang,
        reason="价格低、交期短，前三次加急均按时到货。",
    )  # fmt: skip
    yield days.at(-14, "10:00")
    contract = actions.draft_contract(
        purchase=purchase, supplier=supplier_named(PRINT), number=f"HT-SOUTH-{days.day(-14).year}-017",
        title="快闪点位展架制作合同", terms="三日内交货，画面色差超出样稿的重做。", starts_on=days.day(-14),
        ends_on=days.day(16), actor=sun,
    )  # fmt: skip
    actions.put_instalment(
        contract=contract,
        name="到货验收后一次付清",
        amount=Decimal(BILL.amount),
        due_on=days.day(-6),
        actor=sun,
    )
    actions.submit_contract(contract=contract, actor=sun)
    yield days.at(-13, "16:40")
    agree_all(contract.subject, "例外理由成立，下不为例。")
    yield days.at(-12, "09:15")
    actions.sign_contract(
        contract=contract,
        signed_on=days.day(-12),
        upload=scan("展架制作合同（双方盖章）.pdf"),
        actor=company["huang"],
    )
    yield days.at(-9, "14:10")
    told = ("快闪点位展架制作合同", "支付展架制作款", "后勤周涛，市场部孙磊", "5 个点位首场前布置到位")
    made = claim(campaign.subject, BILL, told, actor=sun, contract=contract)
    yield days.at(-8, "10:25")
    agree_all(made.subject)
    yield days.at(-8, "16:00")
    pay(made, actor=company["qin"])
    actions.follow_payments()
