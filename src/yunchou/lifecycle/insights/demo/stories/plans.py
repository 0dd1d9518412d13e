"""The plans of the year: the group's and a region's in force, another region's in approval, a targeted plan, a marketing plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.core.files.base import ContentFile

from yunchou.kernel.approvals.actions import approve
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.registry import workbook
from yunchou.lifecycle.planning import actions
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import PartText, Plan
from yunchou.lifecycle.planning.models.occasions import RuleKind
from yunchou.lifecycle.planning.occasions.actions import keep_occasion
from yunchou.lifecycle.planning.occasions.rules import Rule
from yunchou.lifecycle.planning.tables import WORKBOOK
from yunchou.lifecycle.supervision.actions import add_note, answer_note
from yunchou.lifecycle.supervision.models import GuidanceNote

from ..clockwork import Days, Story
from ..company import DemoCompany

ITEM = "code level title kind theme start_on end_on goal budget owner resources"
GOAL = "dimension metric is_additive comparator unit year_value q1 q2 q3 q4 source strategy owner due_on confirmed"
SMART = "具体\n可实现\n相关"


def plans(company: DemoCompany, days: Days) -> Story:
    """From the group's plan to the quarters of 华南."""
    lin, tang, zhang, ma = (company[name] for name in ("lin", "tang", "zhang", "ma"))
    year = days.day(0).year
    yield days.at(-214, "10:00")
    for code, title in (
        ("S1", "客户满意度行业领先"),
        ("S2", "老客户复购与转介绍"),
        ("S3", "品牌进入区域前三"),
    ):
        actions.add_strategic_goal(code=code, title=title, from_year=year, to_year=year + 2, actor=tang)
    yield days.at(-212, "09:30")
    group = _group_plan(company, year, lin)
    yield days.at(-208, "16:00")
    _send(group, "各区域计划可据此草案编制。")
    yield days.at(-207, "11:20")
    _agree(group, company["he"], "同意。请各区域于两周内上报。")
    yield days.at(-206, "15:05")
    _agree(group, company["xu"], "同意，费用预算从严执行。")
    yield days.at(-203, "10:15")
    south = _south(company, year, zhang, group)
    yield days.at(-202, "11:30")
    keep_occasion(
        name="云舟会员节", rule=Rule(RuleKind.FIXED, month=5, day=20), unit=company.group, before=7, after=3,
        note="会员双倍积分，区域同日承接。", actor=lin,
    )  # fmt: skip
    keep_occasion(
        name="华南高校迎新季", rule=Rule(RuleKind.FIXED, month=9, day=5), unit=company.regions["south"], before=10, after=10,
        note="5 所高校报到周，以校方通知为准。", actor=zhang,
    )  # fmt: skip
    yield days.at(-199, "17:10")
    _send(south, "已与三个项目的销售总体方案核对。")
    yield days.at(-198, "09:50")
    _agree(south, company["huang"], "同意上报。")
    yield days.at(-196, "14:40")
    _agree(south, company["he"], "同意。请十个工作日内分解到季度。")
    yield days.at(-193, "10:00")
    actions.break_down(plan=_again(south), actor=zhang)
    quarters = _complete(south, days, zhang)
    yield days.at(-192, "16:30")
    for quarter in quarters:
        _send(quarter, "已逐项补齐责任人与目标。")
    yield days.at(-191, "09:10")
    for quarter in quarters:
        _agree(quarter, company["gao"], "同意，季度内可调剂。")
    yield days.at(-191, "09:40")
    targeted = _targeted(company, year, lin, group)
    yield days.at(-191, "10:30")
    _send(targeted, "细化已批准的集团年度计划。")
    yield days.at(-190, "11:00")
    _agree(targeted, company["he"], "")
    yield days.at(-189, "16:20")
    _agree(targeted, company["xu"], "同意。")
    yield days.at(-60, "10:40")
    note = add_note(
        subject=south.subject,
        kind=GuidanceNote.Kind.GUIDANCE,
        text="下半年会员类活动偏少，请说明四季度如何补足会员招募目标。",
        actor=lin,
    )
    yield days.at(-58, "15:30")
    answer_note(note=note, text="四季度年终答谢会增设会员专场，预计新增会员 1,500 名。", actor=zhang)
    yield days.at(-20, "09:40")
    _marketing(company, year, tang)
    yield days.at(-4, "10:10")
    east = _east(company, year, ma, group)
    yield days.at(-3, "11:00")
    coming = _group_quarter(company, days, lin, group)
    yield days.at(-3, "15:30")
    _send(coming, "全国主视觉已定稿，费用按分配额控制。")
    yield days.at(-2, "16:45")
    _send(east, "较去年增加两场老客户活动，请审批。")


def _group_plan(company: DemoCompany, year: int, lin: User) -> Plan:
    plan = actions.create_plan(
        kind=Kind.GROUP,
        name=f"云舟集团{year}年度客户活动计划",
        unit=company.group,
        year=year,
        owner=lin,
        budget=Decimal(3_600_000),
        actor=lin,
    )
    _write(
        plan,
        {
            "recruit_target": "全年新增会员 30,000 名：华南 12,000、华东 11,000、华中 7,000；只计验证手机并同意章程者。",
            "recruit_ways": "售楼处与交付现场、社区服务网点、老会员推荐三条渠道；推荐有礼按季结算。",
            "member_care": "会员按活跃度分四级，季度更新；生日与入会周年关怀全覆盖。",
            "member_publicity": "每月一期会员通讯，重大权益变更提前 15 天告知。",
            "year_theme": "“邻里同行”:一季一主题，春踏青、夏亲子、秋敬老、冬团圆。",
            "year_schedule": "集团统一主视觉与两场全国性活动，其余由区域结合项目节点安排。",
            "merchant_target": "签约商家 120 家，会员到店核销率不低于 18%。",
            "merchant_care": "商家分级管理，季度考核；投诉三日内答复，两次不合格退出。",
            "online_platform": "会员小程序为主阵地，公众号与视频号配合；每周至少两次更新。",
            "online_service": "线上咨询 5 分钟内响应，活动报名全流程线上完成。",
            "cost_basis": "以上年决算 331 万元为基础，扣除一次性支出后增加 8%。",
            "cost_control": "区域预算不得超过分配额；追加须走计划变更。",
        },
        actor=lin,
    )
    _fill(
        plan,
        "plan_goals",
        GOAL,
        [
            ("忠诚度", "新增会员", "是", "≥", "人", "30000", "6000", "8000", "8000", "8000", "会员系统", "S2", lin,
             f"{year}-12-31", SMART),
            ("用户满意", "客户满意度", "否", "≥", "分", "92", "90", "91", "92", "92", "第三方调查", "S1", lin,
             f"{year}-12-31", SMART),
            ("销售", "活动促成销售额", "是", "≥", "万元", "12000", "2000", "3000", "3500", "3500", "销售系统", "S2",
             company["tang"], f"{year}-12-31", SMART),
        ],
        actor=lin,
    )  # fmt: skip
    _fill(
        plan,
        "plan_items",
        ITEM,
        [
            ("1", "季度", "春季:邻里踏青", "客户活动", "春踏青", f"{year}-03-01", f"{year}-05-31", "到访 6,000 人",
             "600000", lin, ""),
            ("2", "季度", "夏季:亲子运动会", "客户活动", "夏亲子", f"{year}-06-01", f"{year}-08-31", "到访 9,000 人",
             "1100000", lin, "体育场地"),
            ("3", "季度", "秋季:中秋敬老", "会员活动", "秋敬老", f"{year}-09-01", f"{year}-10-31", "覆盖 5,000 户",
             "800000", lin, "月饼礼盒"),
            ("4", "季度", "冬季:年终答谢", "会员活动", "冬团圆", f"{year}-11-01", f"{year}-12-31", "到访 8,000 人",
             "1100000", lin, "演出资源"),
        ],
        actor=lin,
    )  # fmt: skip
    return plan


def _south(company: DemoCompany, year: int, zhang: User, group: Plan) -> Plan:
    li, wu, liu = (company[name] for name in ("li", "wu", "liu"))
    plan = _regional(company, "south", year, zhang, group, Decimal(1_400_000))
    _fill(
        plan,
        "plan_goals",
        GOAL,
        [
            ("忠诚度", "新增会员", "是", "≥", "人", "12000", "2400", "3200", "3200", "3200", "会员系统", "S2", wu,
             f"{year}-12-31", SMART),
            ("销售", "活动促成销售额", "是", "≥", "万元", "5200", "900", "1300", "1500", "1500", "销售系统", "S2", liu,
             f"{year}-12-31", SMART),
            ("品牌认知", "品牌提及率", "否", "≥", "%", "35", "30", "32", "34", "35", "季度调研", "S3", li,
             f"{year}-12-31", SMART),
        ],
        actor=zhang,
    )  # fmt: skip
    _fill(
        plan,
        "plan_shares",
        "metric team owner value q1 q2 q3 q4",
        [
            ("活动促成销售额", "销售部", "", "5200", "900", "1300", "1500", "1500"),
            ("活动促成销售额", "销售部", liu, "5200", "900", "1300", "1500", "1500"),
        ],
        actor=zhang,
    )
    rows = (
        ("1", 2, 3, "新春灯会", "会员活动", "元宵灯会与猜谜", 180_000, wu),
        ("2", 3, 3, "植树踏青", "客户活动", "亲子植树", 90_000, li),
        ("3", 5, 6, "六一亲子运动会", "客户活动", "夏亲子", 210_000, li),
        ("4", 6, 6, "业主开放日", "营销活动", "工地开放与样板体验", 120_000, zhang),
        ("5", 7, 8, "开学季·青春焕新", "营销活动", "校园联动", 240_000, zhang),
        ("6", 9, 9, "中秋敬老", "会员活动", "秋敬老", 160_000, wu),
        ("7", 10, 11, "重阳健步走", "客户活动", "健康", 120_000, li),
        ("8", 12, 12, "年终答谢会", "会员活动", "冬团圆", 280_000, wu),
    )
    _fill(
        plan,
        "plan_items",
        ITEM,
        [
            (code, "事项", title, kind, theme, date(year, first, 6).isoformat(), date(year, last, 26).isoformat(),
             "见目标分解", str(amount), owner, "社区服务网点")
            for code, first, last, title, kind, theme, amount, owner in rows
        ],
        actor=zhang,
    )  # fmt: skip
    return plan


def _complete(south: Plan, days: Days, zhang: User) -> list[Plan]:
    """The quarter plans that were laid out, up to the present quarter, with what each is about."""
    last = (days.day(0).month - 1) // 3 + 1
    plans = [
        _again(plan)
        for plan in south.children.filter(kind=Kind.QUARTER, quarter__lte=last).order_by("quarter")
    ]
    for plan in plans:
        _write(plan, {"period_focus": FOCUS[(plan.quarter or 1) - 1]}, actor=zhang)
    return plans


FOCUS = (
    "新春灯会与植树踏青带动会员活跃，节后完成会员分级更新。",
    "六一亲子运动会与业主开放日并行，交付项目满意度专项同步。",
    "开学季校园行动拉新，中秋敬老维系老业主；重点看线索转化与新增会员。",
    "重阳健步走与年终答谢会收官，补足会员招募目标，控制单场成本。",
)


def _group_quarter(company: DemoCompany, days: Days, lin: User, group: Plan) -> Plan:
    """The group's own quarter to come, or the present one where the year has no further."""
    today = days.day(0)
    quarter = min((today.month - 1) // 3 + 2, 4)
    first, last = date(today.year, quarter * 3 - 2, 8), date(today.year, quarter * 3, 20)
    plan = actions.create_plan(
        kind=Kind.QUARTER,
        name=f"云舟集团{today.year}年{'一二三四'[quarter - 1]}季度活动计划",
        unit=company.group,
        year=today.year,
        quarter=quarter,
        owner=lin,
        parent=_again(group),
        budget=Decimal(560_000),
        actor=lin,
    )
    _write(plan, {"period_focus": "全国会员日与年度主题收官活动统一主视觉，区域按名额承接。"}, actor=lin)
    rows = (
        ("1", "事项", "全国会员日", "会员活动", "邻里同行", first.isoformat(), last.isoformat(), "新增会员 3,000 名", "320000",
         lin, "会员小程序"),
        ("2", "事项", "商家联盟周", "会员活动", "邻里同行", first.isoformat(), last.isoformat(), "到店核销率 18%", "240000",
         lin, "签约商家 120 家"),
    )  # fmt: skip
    _fill(plan, "plan_items", ITEM, rows, actor=lin)
    return plan


def _east(company: DemoCompany, year: int, ma: User, group: Plan) -> Plan:
    zhu, guo = company["zhu"], company["guo"]
    plan = _regional(company, "east", year, ma, group, Decimal(1_250_000))
    _fill(
        plan,
        "plan_goals",
        GOAL,
        [
            ("忠诚度", "新增会员", "是", "≥", "人", "11000", "2000", "3000", "3000", "2800", "会员系统", "S2", guo,
             f"{year}-12-31", SMART),
            ("用户满意", "客户满意度", "否", "≥", "分", "92", "90", "91", "92", "92", "第三方调查", "", guo,
             f"{year}-12-31", SMART),
        ],
        actor=ma,
    )  # fmt: skip
    rows = (
        ("1", "季度", "一季度", "", "", "", "", "", "250000", "", ""),
        ("1.1", "事项", "迎春会员日", "会员活动", "新春", f"{year}-02-10", f"{year}-02-20", "新增会员 2,000 名", "250000",
         guo, ""),
        ("2", "季度", "二、三季度", "", "", "", "", "", "600000", "", ""),
        ("2.1", "事项", "滨江音乐会", "客户活动", "夏夜", f"{year}-06-10", f"{year}-06-12", "到访 3,000 人", "380000", zhu,
         "滨江公园"),
        ("2.2", "事项", "老客户感恩礼遇", "定向活动", "感恩", f"{year}-07-20", f"{year}-08-11", "覆盖 1,200 户", "200000",
         ma, "礼盒"),
        ("3", "事项", "年终答谢会", "会员活动", "冬团圆", f"{year}-12-05", f"{year}-12-20", "到访 2,500 人", "400000", guo,
         ""),
    )  # fmt: skip
    _fill(plan, "plan_items", ITEM, rows, actor=ma)
    return plan


def _regional(company: DemoCompany, code: str, year: int, owner: User, group: Plan, budget: Decimal) -> Plan:
    unit = company.regions[code]
    plan = actions.create_plan(
        kind=Kind.REGION,
        name=f"{unit.name}{year}年度客户活动计划",
        unit=unit,
        year=year,
        owner=owner,
        parent=_again(group),
        budget=budget,
        actor=owner,
    )
    _write(
        plan,
        {
            "region_state": "在售与在管项目运营平稳，会员活跃度 41%，低于集团平均 3 个百分点。",
            "region_goals": "承接集团会员与销售目标，活跃度提高到 46%。",
            "project_needs": "两个项目年内交付，交付前一个季度需要业主开放日与满意度专项。",
            "year_schedule": "每季至少两场，重点活动避开高考与汛期；集团主题活动同步举办。",
            "cost_basis": "按上年单场平均成本与本年场次编制，含 10% 物价上浮。",
            "cost_control": "单场超过 10 万元须三家比价；季度末核对，结余不跨季度自动结转。",
        },
        actor=owner,
    )
    _fill(
        plan,
        "plan_projects",
        "project sales_plan progress note",
        [
            ("云谷", f"云谷项目{year}年销售总体方案 V2", "主体封顶，四季度交付", "交付前安排业主开放日"),
            ("江湾里", f"江湾里项目{year}年销售总体方案 V1", "已入住两年", "以会员维系活动为主"),
        ],
        actor=owner,
    )
    return plan


def _targeted(company: DemoCompany, year: int, lin: User, group: Plan) -> Plan:
    plan = actions.create_plan(
        kind=Kind.TARGETED,
        name=f"云舟集团{year}年度定向活动计划",
        unit=company.group,
        year=year,
        owner=lin,
        parent=_again(group),
        budget=Decimal(420_000),
        actor=lin,
    )
    _write(
        plan,
        {
            "audience_who": "入住满三年的存量客户、签约前的意向客户、员工、合作媒体四类。",
            "audience_how": "客户经理一对一邀约，员工内部平台报名，媒体由公关部定向邀请。",
            "year_schedule": "一季度员工关怀，二季度意向客户体验，三季度存量客户感恩，四季度媒体沟通。",
        },
        actor=lin,
    )
    rows = (
        (
            "1",
            "季度",
            "员工迎春关怀",
            "定向活动",
            "员工",
            f"{year}-01-20",
            f"{year}-03-31",
            "参与率 80%",
            "80000",
        ),
        (
            "2",
            "季度",
            "意向客户体验日",
            "定向活动",
            "成交",
            f"{year}-04-10",
            f"{year}-06-30",
            "转化 120 组",
            "140000",
        ),
        (
            "3",
            "季度",
            "存量客户感恩",
            "定向活动",
            "客户",
            f"{year}-07-10",
            f"{year}-09-30",
            "覆盖 3,000 户",
            "130000",
        ),
        (
            "4",
            "季度",
            "媒体年度沟通会",
            "定向活动",
            "媒体",
            f"{year}-10-10",
            f"{year}-12-20",
            "到场媒体 40 家",
            "70000",
        ),
    )
    _fill(plan, "plan_items", ITEM, [(*row, lin, "") for row in rows], actor=lin)
    return plan


def _marketing(company: DemoCompany, year: int, tang: User) -> Plan:
    """A draft that cannot be sent yet: risks are not written, and one study is missing."""
    plan = actions.create_plan(
        kind=Kind.MARKETING,
        name=f"{year + 1}年度营销计划",
        unit=tang.appointments.get().unit,
        year=year + 1,
        owner=tang,
        budget=Decimal(2_400_000),
        actor=tang,
    )
    _write(
        plan,
        {
            "trend": "改善型需求占比升至 58%，线上看房成为首选入口。",
            "competitors": "两家主要对手增加社群投放，均价下调 3%。",
            "customers": "28-45 岁改善家庭为主，关注教育与社区服务。",
            "goal_reason": "以去年成交与品牌调研为基线，增幅与行业预测一致。",
            "product": "主推三居改善户型，交付标准升级。",
            "price": "稳价，老客户推荐优惠 1%。",
            "channel": "自有渠道占比提高到 55%，严控分销费率。",
            "promotion": "节点集中在 618、中秋与年末三个窗口。",
            "phases": "1-2 月筹备，3-6 月蓄客，7-10 月转化，11-12 月收官。",
            "split": "品牌 35%，渠道 40%，活动 20%，调研 5%。",
            "people": "营销中心 24 人，区域联动 36 人。",
            "key_tasks": "会员小程序改版(3 月)、618 联动(6 月)、年末收官(12 月)。",
        },
        actor=tang,
    )
    row = (
        "销售",
        "签约额",
        "是",
        "≥",
        "万元",
        "86000",
        "15000",
        "21000",
        "25000",
        "24500",
        "销售系统",
        "S2",
        tang,
    )
    _fill(plan, "plan_goals", GOAL, [(*row, f"{year + 1}-12-31", SMART)], actor=tang)
    studies = (
        ("trend", "市场趋势分析.txt", "2-3 季度调研"),
        ("competitor", "竞品监测季报.txt", "第三方监测"),
    )
    for study, name, note in studies:
        content = ContentFile(f"{note}\n样本、方法与结论见正文。".encode(), name=name)
        actions.attach_research(plan=plan, study=study, upload=content, note=note, actor=tang)
    return plan


# -- what people do on the pages ---------------------------------------------------------------------------------------


def _again(plan: Plan) -> Plan:
    return Plan.objects.whole(plan.pk)


def _write(plan: Plan, texts: Mapping[str, str], *, actor: User) -> None:
    """Write the parts of a plan, each with its aspects."""
    parts: dict[str, dict[str, str]] = {}
    for row in PartText.objects.filter(subject=plan.subject):
        if row.aspect in texts:
            parts.setdefault(row.part, {})[row.aspect] = texts[row.aspect]
    for part, told in parts.items():
        actions.write_part(plan=plan, part=part, texts=told, actor=actor)


def _fill(plan: Plan, table: str, keys: str, rows: Iterable[Sequence[str | User]], *, actor: User) -> None:
    """Type rows into a table: `keys` names the columns of each row's cells; people are picked."""
    kept = workbook(WORKBOOK).find(table)
    assert kept is not None, table
    for cells in rows:
        texts = (str(cell.pk) if isinstance(cell, User) else cell for cell in cells)
        typed = dict(zip(keys.split(), texts, strict=True))
        save_row(subject=plan.subject, kept=kept, pk=None, cells=typed, actor=actor)


def _send(plan: Plan, note: str) -> None:
    actions.submit_plan(plan=_again(plan), actor=plan.owner, note=note)


def _agree(plan: Plan, person: User, opinion: str) -> None:
    waiting = Task.objects.filter(step__case__subject=plan.subject, assignee=person, state=Task.State.WAITING)
    approve(task=waiting.select_related("step__case").get(), actor=person, opinion=opinion)
