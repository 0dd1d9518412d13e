"""What a company does besides campaigns: staffing, a monthly meeting, trainings, a deputy to come, a report."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

from yunchou.directory.organisation import actions as organisation
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.models import (
    CentreSize,
    FollowUp,
    Meeting,
    Result,
    Rhythm,
    RiskLevel,
    Series,
    TrainingKind,
)
from yunchou.kernel.identity.models import Appointment, Unit, User

from ..clockwork import Days, Story
from ..company import DemoCompany

STAFFED = -120
FIRST_MEETING = -66
ENLARGED = -60
TAUGHT = -38
POLISHED = -12
ASSESSED = -20
AWAY = (6, 17)


def office(company: DemoCompany, days: Days) -> Story:
    """One centre after another is measured against the standard; people meet, learn, and report."""
    director, boss, admin = company["tang"], company["zheng"], company["admin"]
    yield days.at(STAFFED, "10:00")
    for region in company.regions.values():
        organisation.set_centre(unit=region, size=CentreSize.SMALL, actor=boss)
    centre = Unit.objects.get(code=f"{company.group.code}-marketing-centre")

    yield days.at(FIRST_MEETING, "9:00")
    series = organisation.open_series(
        unit=centre,
        name="营销中心月度例会",
        rhythm=Rhythm.MONTHLY,
        first_on=days.day(FIRST_MEETING),
        starts_at=time(9, 30),
        place="集团 12 楼会议室",
        chair=director,
        people=[company[name] for name in ("zhang", "ma", "xie", "liu")],
        actor=director,
    )
    yield days.at(FIRST_MEETING, "17:00")
    _write(series, "通报上半年营销进度；布置下半年重点活动。", [company["ma"], company["xie"]], director)
    first = Meeting.objects.get(series=series, number=1)
    done = _agree(first, "提交华中区域媒体资源清单", company["xie"], 10)
    _agree(first, "完善华东区域供应商名录，补充备选供应商", company["ma"], 70)

    yield days.at(ENLARGED, "11:00")
    organisation.change_standard(
        size=CentreSize.SMALL,
        people={p.MARKETING_MANAGER: 1, p.MARKETING_SPECIALIST: 2, p.SALES_REPRESENTATIVE: 4},
        reason="区域门店增加，销售代表编制调增 1 人",
        actor=director,
    )
    yield days.at(ENLARGED + 1, "15:00")
    organisation.close_follow_up(item=done, outcome="清单已提交并入库", actor=company["xie"])

    yield days.at(TAUGHT, "17:00")
    south = company.regions["south"]
    taught = organisation.keep_training(
        unit=south,
        title="活动数据采集与日报填报",
        kind=TrainingKind.INTERNAL,
        trainer="赵敏",
        held_on=days.day(TAUGHT),
        hours=Decimal(3),
        content="数据口径、填报时限、异常处理流程。",
        people=[company[name] for name in ("wang", "sun", "wu")],
        actor=company["huang"],
    )
    scores = {"wang": "91", "sun": "86"}
    organisation.record_results(
        training=taught,
        outcomes={
            trainee.pk: organisation.Outcome(Result.PASSED, Decimal(scores[trainee.user.username]))
            if trainee.user.username in scores
            else organisation.Outcome(Result.ABSENT, note="请假，另行补训")
            for trainee in taught.trainees.select_related("user")
        },
        actor=company["huang"],
    )

    yield days.at(_days_to_next(series, days), "16:00")
    _write(series, "上次议定事项：供应商名录延期；开学季活动按计划推进。", [company["ma"]], director)

    yield days.at(ASSESSED, "10:00")
    organisation.note_risk(
        company=company.group,
        decision="开学季线上投放预算集中于两个渠道",
        level=RiskLevel.MEDIUM,
        assessment="渠道集中，单一渠道规则变化会影响线索量。",
        measures="预留 15% 机动投放；每周复核渠道转化率。",
        actor=director,
    )
    yield days.at(POLISHED, "18:00")
    organisation.keep_training(
        unit=south,
        title="高端客户接待礼仪",
        kind=TrainingKind.EXPERT,
        trainer="顾问讲师（外聘）",
        held_on=days.day(POLISHED),
        hours=Decimal("2.5"),
        people=[company[name] for name in ("luo", "liu")],
        actor=company["huang"],
    )
    if (number := _days_to_next(series, days)) < -1:
        yield days.at(number, "16:00")
        _write(series, "供应商名录仍未补齐，月底前完成；复核各渠道投放。", [company["ma"]], director)
    yield days.at(-1, "17:00")
    end = days.day(0).replace(day=1) - timedelta(days=1)
    organisation.issue_report(
        company=company.group,
        title=f"营销中心 {end.year} 年 {end.month} 月工作报告",
        start_on=end.replace(day=1),
        end_on=end,
        text="各区域活动总体按计划推进。\n华东区域供应商名录尚未完成，已要求限期补齐。",
        actor=director,
    )
    held = Appointment.objects.get(user=company["huang"], position__code=p.REGIONAL_LEADERSHIP)
    organisation.set_deputy(
        appointment=held,
        deputy=company["liu"],
        valid_from=days.day(AWAY[0]),
        valid_to=days.day(AWAY[1]),
        actor=admin,
    )


def _planned(series: Series) -> Meeting:
    return series.meetings.get(is_held=False)


def _days_to_next(series: Series, days: Days) -> int:
    return (_planned(series).held_on - days.day(0)).days


def _write(series: Series, minutes: str, present: list[User], actor: User) -> None:
    organisation.write_minutes(
        meeting=_planned(series), minutes=minutes, present=[actor, *present], actor=actor
    )


def _agree(meeting: Meeting, text: str, owner: User, in_days: int) -> FollowUp:
    due = meeting.held_on + timedelta(days=in_days)
    return organisation.add_follow_up(
        meeting=meeting, text=text, owner=owner, due_on=due, actor=meeting.series.chair
    )
