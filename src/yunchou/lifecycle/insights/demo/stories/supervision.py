"""Supervision of 华中: a team that checks, a finding on its way, last month's report, the code of conduct, a report."""

from __future__ import annotations

from datetime import timedelta

from yunchou.capabilities.rulebook.models import Edition, Regulation
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.supervision import actions
from yunchou.lifecycle.supervision.actions.findings import Found
from yunchou.lifecycle.supervision.checklists import points_for
from yunchou.lifecycle.supervision.models import ConductRound, Field, SupervisionReport

from ..clockwork import Days, Story
from ..company import DemoCompany

CONCERT = "湖畔邻里音乐会"
PLAN = {
    Field.EXECUTION: ("方案与现场是否一致、节点是否按期", "现场跟进每场活动，筹备期抽查一次"),
    Field.TEAMWORK: ("分工是否明确、信息是否按时传达", "旁听周例会，抽查协作记录"),
    Field.FEEDBACK: ("客户意见是否收集、答复是否及时", "现场访谈 10 户，核对满意度问卷"),
    Field.INCENTIVE: ("考核与激励是否兑现", "核对绩效记录与发放"),
}


def supervision(company: DemoCompany, days: Days) -> Story:
    """From the appointment of the team to a report that somebody made without a name."""
    boss, deng = _again(company["gao"]), _again(company["deng"])
    head, member, owner = (_again(company[name]) for name in ("lin", "pei", "xie"))
    yield days.at(-75, "09:20")
    campaign = Campaign.objects.select_related("subject__unit").filter(name=CONCERT)
    team = actions.appoint_team(
        name="华中活动监督小组", unit=company.regions["central"], head=head, members=[deng],
        starts_on=days.day(-75), actor=boss,
    )  # fmt: skip
    actions.write_plan(
        team=team, lines={field.value: texts for field, texts in PLAN.items()}, actor=_again(head)
    )
    yield days.at(-8, "15:10")
    head = _again(head)
    about = campaign.get().subject
    kind = campaign.get().kind
    given = {point.key: ("yes", "") for point in points_for(kind)} | {
        "claims": ("no", "海报写“华中最大的邻里音乐会”，没有依据"),
    }
    check = actions.record_check(
        about=about,
        mode="legality",
        on=clock.today(),
        text="资料齐全；一处宣传用语须改。",
        answers=given,
        actor=head,
    )
    found = Found(
        kind="legality", severity="major", text="海报使用“最大”等绝对化用语。", measure="改稿、收回已张贴的海报并留照片。",
        owner=owner, due_on=days.day(2),
    )  # fmt: skip
    actions.record_finding(source=check.subject, found=found, actor=head)
    yield days.at(-5, "16:40")
    actions.record_check(
        about=about, mode="inspection", field=Field.TEAMWORK, on=clock.today(),
        text="旁听周例会：进场路线当场定下，决定已记录；外协联系人仍缺一位。", actor=head,
    )  # fmt: skip
    yield days.at(-3, "09:00")
    actions.draft_reports(today=clock.today().replace(day=1))
    report = SupervisionReport.objects.filter(team=team).order_by("first").first()
    if report is not None:
        actions.send_report(report=report, text=report.text, actor=_again(head))
    if not ConductRound.objects.exists():
        code, _made = Regulation.objects.get_or_create(number="002", defaults={"name": "营销中心管理制度"})
        Edition.objects.get_or_create(
            regulation=code, state=Edition.State.PUBLISHED,
            defaults={"number": 1, "effective_from": days.day(-300)},
        )  # fmt: skip
        turn = actions.open_round(
            regulation=code, year=clock.today().year, due_on=clock.today() + timedelta(days=20),
            actor=_again(company["shen"]),
        )  # fmt: skip
        for name in ("zheng", "gao", "lin", "xie", "deng", "song"):
            actions.acknowledge(turn=turn, actor=company[name])
    yield days.at(-2, "20:15")
    actions.report_misconduct(
        kind="misleading", is_anonymous=True, actor=member, about=about,
        text="门店海报上仍有“最大”字样，周六下午还在张贴。",
    )  # fmt: skip


def _again(person: User) -> User:
    """The person without the rights that were read before."""
    found: User = User.objects.get(pk=person.pk)
    return found
