"""What the campus campaign says in its phases and how its plan was confirmed; the imported draft goes over to an alternative."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from yunchou.capabilities.creative import actions
from yunchou.capabilities.creative.plans import modules_of
from yunchou.capabilities.work.models import GanttTask
from yunchou.kernel.core import clock
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.grid import find_table
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from .campus import BURST, CLOSING, END, NAME, WARM_UP

FAMILY: Final = "陈李张黄林梁吴罗郑谢"
DRAFT: Final = "开学季·青春焕新计划"
CONTENTS: Final = (
    ("预热期", "“福利预告”海报", "公众号", "开学东西多、预算紧，不知道哪里划算", "装备我们承包，先看清单", WARM_UP, -10, "李娜"),
    ("预热期", "倒计时与班群接龙", "学生社群", "怕错过限量名额", "焕新从报名那天开始", -10, -7, "李娜"),
    ("爆发期", "“现场体验vlog”", "抖音", "网上看不出好不好用", "学长学姐亲手试给你看", BURST, 0, "赵敏"),
    ("爆发期", "“限时秒杀”直播", "抖音", "价格不透明、比价费时", "新生专属价，限时兑现", 1, CLOSING - 1, "赵敏"),
    ("收尾期", "“中奖名单公布”", "公众号", "担心抽奖不公", "承诺兑现，名单公开", CLOSING, END, "吴芳"),
)  # fmt: skip


def creating(company: DemoCompany, days: Days) -> Story:
    """Contents are planned, the plan is confirmed; last year's plan loses a channel."""
    zhang, li = company["zhang"], company["li"]
    yield days.at(-25, "10:15")
    subject = _campus()
    kept = find_table(subject, "contents")
    assert kept is not None
    names = {user.name: user.pk for user in company.people.values()}
    for phase, content, channel, pain, tie, first, last, owner in CONTENTS:
        cells = {
            "phase": phase, "content": content, "channel": channel, "pain_point": pain, "theme_tie": tie,
            "start_on": days.text(first), "end_on": days.text(last), "owner": str(names.get(owner, owner)),
        }  # fmt: skip
        save_row(subject=subject, kept=kept, pk=None, cells=cells, actor=li)
    yield days.at(-24, "09:30")
    _rest_on_studies(subject, company, days)
    yield days.at(-20, "16:40")
    actions.confirm_plan(
        subject=subject,
        effect="曝光 500 万+，有效线索 2,000 条，线索转化率 15%。",
        evaluation="曝光取抖音后台，线索与转化取 CRM，每日对照进度；结束后 3 个工作日由赵敏出评估表，与 2023 年同期比较。",
        actor=zhang,
    )
    yield days.at(-4, "15:20")
    draft = Campaign.objects.select_related("subject__unit").get(name=DRAFT).subject
    row = next(one for one in modules_of(draft) if one.module == "渠道组合")
    task = GanttTask.objects.filter(subject=draft, name__contains="渠道素材").first()
    instead = actions.Instead(
        reason="目标高校食堂暑期检修，门口不能摆点。", switched_on=clock.today(),
        tasks=[task.pk] if task else (), days=1 if task else 0, changes_nothing=task is None,
    )  # fmt: skip
    assert row.pk is not None
    actions.switch_alternative(subject=draft, row=row.pk, instead=instead, actor=zhang)


def _campus() -> Subject:
    found: Subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    return found


def _rest_on_studies(subject: Subject, company: DemoCompany, days: Days) -> None:
    """The plan rests on a profile of freshmen and on what a competitor does."""
    zhang, south = company["zhang"], company.regions["south"]
    profile = actions.Studied(
        "profile", "华南高校新生", days.day(-60), "会员系统、2023 年秋季问卷 860 份",
        {"age": "18–20 岁", "preferences": "短视频、同学推荐、能晒的东西", "habits": "月支出约 1,500 元，八成线上"},
    )  # fmt: skip
    rival = actions.Studied(
        "competitor", "邻家优选", days.day(-40), "门店走访与公众号",
        {
            "offer": "新生礼包五折，需绑定三个月会员", "strengths": "校内门店多、当日可取", "weaknesses": "绑定期长、退订难",
            "answer": "不绑定、先体验，售后进校",
        },
    )  # fmt: skip
    for studied in (profile, rival):
        study = actions.keep_study(unit=south, studied=studied, actor=zhang)
        actions.link_study(study=study, subject=subject, actor=zhang)


def proofing(company: DemoCompany, days: Days) -> Story:
    """A text goes through two rounds and is approved; a second one still has a remark."""
    zhang, li, zhao = company["zhang"], company["li"], company["zhao"]
    yield days.at(-16, "10:20")
    subject = _campus()
    draft = actions.hand_in_draft(
        subject=subject, title="预热推文", actor=li,
        text="青春焕新计划来了！\n你的大学装备，我们承包。7 月 20 日起到快闪店扫码，前 500 名送帆布袋，全场八折。",
    )  # fmt: skip
    yield days.at(-15, "09:40")
    noted = actions.remark(
        version=draft.versions.get(), text="折扣与方案不一致，第一件才是半价；名额写清楚每校 100 名。", quote="全场八折",
        actor=zhang,
    )  # fmt: skip
    yield days.at(-15, "14:10")
    newer = actions.hand_in_version(
        draft=draft, seen=1, note="改折扣与名额", actor=li,
        text="青春焕新计划来了！\n你的大学装备，我们承包。7 月 20 日起到快闪店扫码，每校前 100 名送帆布袋，新生第一件半价。",
    )  # fmt: skip
    actions.resolve_remark(remark=noted, answer="改为新生第一件半价，每校 100 名", actor=li)
    yield days.at(-15, "16:00")
    actions.approve_draft(version=newer, actor=zhang)
    yield days.at(-1, "11:00")
    script = actions.hand_in_draft(
        subject=subject,
        title="直播口播稿",
        text="欢迎来到焕新直播间，今晚八点限时秒杀，数量有限，先到先得。",
        actor=zhao,
    )
    yield days.at(-1, "15:30")
    actions.remark(
        version=script.versions.get(),
        text="写明数量：平台要求限量商品公示库存。",
        quote="数量有限",
        actor=zhang,
    )


def rewarding(company: DemoCompany, days: Days) -> Story:
    """A limited-time offer in the live stream, and a lottery among those who left their data."""
    zhang = company["zhang"]
    yield days.at(-12, "10:00")
    subject = _campus()
    offer = actions.make_offer(
        subject=subject, kind="limited", stock=200, actor=zhang,
        terms=actions.Terms(
            "直播间限时秒杀", "直播期间下单，每人限一份，售完即止。", days.at(-6, "19:00"), days.at(4, "22:00")
        ),
    )  # fmt: skip
    prizes = [
        actions.Won("平板电脑", Decimal(2999), 1), actions.Won("蓝牙耳机", Decimal(399), 5),
        actions.Won("帆布袋", Decimal(39), 20),
    ]  # fmt: skip
    lottery = actions.open_lottery(
        subject=subject, prizes=prizes, actor=zhang,
        terms=actions.Terms(
            "预热期扫码抽奖", "扫码登记即可参与，每个手机号一次；结束当晚开奖并公布名单。", days.at(-10, "09:00"),
            days.at(-7, "20:00"),
        ),
    )  # fmt: skip
    actions.open_lottery(
        subject=subject, prizes=prizes[1:], actor=zhang,
        terms=actions.Terms("收尾期答谢抽奖", "完成反馈问卷即可参与。", days.at(4, "09:00"), days.at(8, "18:00")),
    )  # fmt: skip
    yield days.at(-8, "18:00")
    people = [(f"{FAMILY[n % len(FAMILY)]}同学", f"1390755{n * 37 % 10_000:04d}") for n in range(180)]
    actions.enter_lottery(lottery=lottery, people=people, actor=company["li"])
    yield days.at(-7, "20:05")
    actions.draw_lottery(lottery=lottery, actor=zhang)
    actions.publish_winners(lottery=lottery, actor=zhang)
    yield days.at(-2, "21:00")
    actions.grant(offer=offer, quantity=86, note="首场直播", actor=zhang)
