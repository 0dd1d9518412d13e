"""The auditor at work: audits that recur, one with an answered and an open finding; two evaluations from outside."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.supervision import actions
from yunchou.lifecycle.supervision.actions.findings import Found
from yunchou.lifecycle.supervision.actions.outside import Commission, Outcome
from yunchou.lifecycle.supervision.models import AuditCase, AuditKind, Finding, OutsideEvaluation
from yunchou.lifecycle.supervision.rules import months_after

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import scan
from .past import PROMOTION, SPORTS_DAY

PLANNED = -120
OPENED = -4
"""The night on which the quarter of the first audits is over."""
EXPENSES = "票据真实完整、专款专用、审批与付款分离；对照 002 9.2 二、9.3(2)(5)。"
ACCOUNTING = "入账科目、期间与金额准确，冲销与调整有批准依据；对照 002 9.2 三、四。"
LOOKS = "查阅个人信息是否因工作所需；对照 002 5.1。"
INSTITUTE = "武汉江城市场研究院"


def audits(company: DemoCompany, days: Days) -> Story:
    """Plans of three audits; the quarter's expenses reported on with two findings, the accounting being examined."""
    shen, ma, guo = (company[name] for name in ("shen", "ma", "guo"))
    yield days.at(PLANNED, "09:30")
    first = months_after(days.day(OPENED), -3)
    for title, kind, focus, begin in (
        ("集团营销费用季度审计", AuditKind.EXPENSES, EXPENSES, first),
        ("营销核算季度检查", AuditKind.ACCOUNTING, ACCOUNTING, first),
        ("客户与人员信息查阅审计", AuditKind.CUSTOMER_DATA, LOOKS, first + timedelta(days=45)),
    ):  # fmt: skip
        actions.plan_audit(
            title=title,
            kind=kind,
            unit=company.group,
            focus=focus,
            months=3,
            starts_on=begin,
            auditor=shen,
            actor=shen,
        )
    yield days.at(OPENED, "00:30")
    actions.open_due_audits(today=clock.today())
    yield days.at(OPENED, "09:20")
    expenses = AuditCase.objects.select_related("subject__unit").get(kind=AuditKind.EXPENSES)
    actions.start_audit(case=expenses, actor=shen)
    drawn = list(expenses.items.order_by("position"))
    for other in drawn[1:]:
        actions.examine_item(item=other, note="票据齐全，与审批、付款一致", actor=shen)
    returned = actions.record_finding(
        source=expenses.subject, item=next(iter(drawn), None), found=_returned(guo, days), actor=shen
    )
    actions.record_finding(source=expenses.subject, found=_effect(ma, days), actor=shen)
    yield days.at(OPENED + 1, "16:10")
    actions.report_audit(
        case=expenses, actor=shen,
        report="本期已付报销全部列入总体，按比例抽样并含金额最大者。票据真实、付款与审批分离；礼券退回手续和效果佐证各有一项不足。",
    )  # fmt: skip
    yield days.at(OPENED + 2, "10:30")
    actions.answer_finding(
        finding=returned,
        text="属实。33 份退券已由门店封存，退回单当时未随报销附上，即补。",
        actor=_again(guo),
    )
    yield days.at(OPENED + 2, "15:00")
    actions.demand_corrections(case=expenses, actor=shen)
    yield days.at(OPENED + 3, "11:40")
    actions.correct_finding(
        finding=Finding.objects.get(pk=returned.pk), text="已补六家门店的退回单，并与核销台账逐张核对。",
        evidence=scan("礼券退回单（六家门店）.pdf"), actor=_again(guo),
    )  # fmt: skip
    yield days.at(OPENED + 3, "14:20")
    accounting = AuditCase.objects.select_related("subject__unit").get(kind=AuditKind.ACCOUNTING)
    actions.start_audit(case=accounting, actor=shen)
    for entry in accounting.items.order_by("position")[:2]:
        actions.examine_item(item=entry, note="科目与期间无误，附件齐全", actor=shen)


def outside(company: DemoCompany, days: Days) -> Story:
    """The sports day was evaluated from outside before it was archived; the promotion is about to be."""
    gao, xie = company["gao"], company["xie"]
    yield days.at(SPORTS_DAY.end + 4, "10:00")
    sports = Campaign.objects.select_related("subject__unit").get(name=SPORTS_DAY.name)
    commission = Commission(
        institution=INSTITUTE, scope="到场规模、满意度与费用的真实性；对社区口碑的影响。", fee=Decimal(18_000),
        due_on=days.day(SPORTS_DAY.end + 20),
    )  # fmt: skip
    made = actions.commission_evaluation(about=sports.subject, commission=commission, actor=gao)
    yield days.at(SPORTS_DAY.end + 18, "15:30")
    outcome = Outcome(
        reported_on=days.day(SPORTS_DAY.end + 17), rating="good",
        conclusion="到场与满意度数据属实，单户费用低于同类活动 12%；雨天预案与签到分流不足，影响首日体验。",
    )  # fmt: skip
    actions.file_report(
        evaluation=made, outcome=outcome, report=scan("社区家庭运动日第三方评估报告.pdf"), actor=gao
    )
    yield days.at(SPORTS_DAY.end + 19, "09:40")
    measure = actions.record_finding(
        source=OutsideEvaluation.objects.select_related("subject__unit").get(pk=made.pk).subject,
        found=Found(
            kind="effect", severity="minor", text="签到集中在一处，首日排队超过 20 分钟。",
            measure="同类活动按楼栋分台签到，写入活动手册。", owner=xie, due_on=days.day(SPORTS_DAY.end + 30),
        ),
        actor=gao,
    )  # fmt: skip
    yield days.at(SPORTS_DAY.end + 22, "10:20")
    correction = actions.correct_finding(
        finding=measure,
        text="活动手册 2.1 版已写明分台签到。",
        evidence=scan("活动手册2.1（签到一节）.pdf"),
        actor=_again(xie),
    )
    yield days.at(SPORTS_DAY.end + 23, "16:00")
    actions.verify_correction(correction=correction, is_accepted=True, note="已抽查手册与培训记录", actor=gao)
    yield days.at(-2, "10:15")
    promotion = Campaign.objects.select_related("subject__unit").get(name=PROMOTION.name)
    later = Commission(
        institution="上海信衡咨询有限公司", scope="会员增量与复购的归因是否可信。", due_on=days.day(24)
    )
    actions.commission_evaluation(about=promotion.subject, commission=later, actor=gao)


def _returned(owner: User, days: Days) -> Found:
    return Found(
        kind="voucher", severity="major", text="礼券退回 33 份，报销未附退回单，数量无法核对。",
        measure="补齐各门店退回单并与核销台账核对。", owner=owner, due_on=days.day(6), amount=Decimal(495),
    )  # fmt: skip


def _effect(owner: User, days: Days) -> Found:
    return Found(
        kind="control", severity="minor", text="报销所写预期效果未与评估数据对照。",
        measure="报销审核时附评估表对应行，并写入市场部报销须知。", owner=owner, due_on=days.day(9),
    )  # fmt: skip


def _again(person: User) -> User:
    """The person with the relations as they are now."""
    return User.objects.get(pk=person.pk)
