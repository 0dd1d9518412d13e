"""What guests said: a questionnaire with its score, feedback on the campus campaign, one prepared for the gala, interviews."""

from __future__ import annotations

from typing import Any, Final

from yunchou.capabilities.surveys import actions
from yunchou.capabilities.surveys.actions import Details, Notes
from yunchou.capabilities.surveys.audiences import Person
from yunchou.capabilities.surveys.library import BY_KEY
from yunchou.capabilities.surveys.models import QuestionKind, Survey
from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from .campus import END as CAMPUS_END
from .campus import START as CAMPUS_START
from .gala import NAME as GALA
from .past import SPORTS_DAY

CAMPUS: Final = "青春焕新·校园行动"
CONCERT: Final = "湖畔邻里音乐会"
FAMILIES: Final = tuple(
    f"{name}一家"
    for name in "许安 郑立 林晓雯 邵可 汤敏 程远 顾南 苏禾 白露 方圆 崔宁 谷雨 宋嘉 袁朗 霍然 倪妮 孔明轩 毕晓".split()  # noqa: SIM905
)
SAID: Final = {
    2: "接力赛很热闹，孩子问下次什么时候。",
    5: "签到排队久了一点，其他都好。",
    9: "志愿者很耐心，急救点位置明显。",
    13: "停车位不够，建议提前公布停车方案。",
}
HEARD: Final = (
    (5, ("a1",), "满减叠加新生券很划算，希望延续到开学后。"),
    (4, ("a2",), "食堂门口的快闪店排队有点长，可以分时段发券。"),
    (5, (), ""),
    (4, ("a4",), "推文里的领券入口不好找，最好固定在菜单栏。"),
    (3, ("a2", "a3"), "中午只有两个人接待，问问题要等很久。"),
    (5, ("a1",), ""),
    (5, (), "街舞快闪太好看了！"),
    (4, ("a1",), "希望增加自习用品类的优惠。"),
    (2, ("a2",), "下雨那天搭的棚子漏水，地面很滑。"),
    (5, (), ""),
    (4, ("a3",), "校园大使很热情，讲得也清楚。"),
    (5, ("a1",), ""),
)
"""Marks, what it is about, and words of students at the stands."""
COPIED: Final = "活动很好活动很好活动很好活动很好"


def what_families_said(company: DemoCompany, days: Days) -> Story:
    """The sports day: families are asked when it ends, and most answer within two days."""
    lead, last = company[SPORTS_DAY.lead], SPORTS_DAY.end
    yield days.at(last, "12:10")
    subject = _subject(SPORTS_DAY.name)
    survey = _draw_up(subject, "satisfaction", "运动日满意度", lead)
    people = [Person(name) for name in FAMILIES]
    asked = actions.ask_people(survey=survey, people=people, actor=lead).recipients
    yield days.at(last + 1, "12:30")
    survey.refresh_from_db()
    if not survey.is_open:
        survey = actions.open_survey(survey=survey, actor=lead)
    for number, one in enumerate(asked[:14]):
        actions.take_answer(
            recipient=one, answers=_answers(survey, 4 if number % 3 == 1 else 5, SAID.get(number, ""))
        )
    yield days.at(last + 1, "19:05")
    notes = Notes(
        clock.today(), lead, "孩子们很喜欢接力项目，希望秋季再办一次；午餐种类可以再多一些。", name="翠湖社区居委会 葛主任",
        wishes="秋季计划中加入亲子接力，餐饮增加两种主食",
    )  # fmt: skip
    actions.keep_interview(subject=subject, notes=notes, actor=lead)
    yield days.at(last + 2, "18:20")
    actions.close_survey(survey=survey, actor=lead)


def what_guests_say(company: DemoCompany, days: Days) -> Story:
    """Feedback at the stands of the campus campaign, a questionnaire that waits for the gala's end, interviews."""
    zhang, li, wang, xie, song = (company[name] for name in ("zhang", "li", "wang", "xie", "song"))
    yield days.at(CAMPUS_START, "09:20")
    campus = _subject(CAMPUS)
    channel = _draw_up(campus, "feedback", "校园行动意见反馈", zhang)
    channel = actions.set_open_link(survey=channel, is_on=True, actor=zhang)
    channel = actions.open_survey(survey=channel, actor=zhang, closes_at=days.at(CAMPUS_END + 7, "18:00"))
    for number, (mark, about, words) in enumerate(HEARD):
        yield days.at(CAMPUS_START + 2 + number, "12:40")
        _hear(channel, mark, about, words, f"phone{number}")
    yield days.at(-1, "21:15")
    for _copy in range(2):
        _hear(channel, 5, (), COPIED, "robot")
    yield days.at(-6, "15:30")
    concert = _subject(CONCERT)
    for name, held, words in (
        ("水岸社区业主 曹先生", "喜欢老歌环节，希望留出合唱时间，座椅别太靠近音箱。", "节目单增加十分钟合唱"),
        ("翠湖社区业主 卢女士", "带老人来，最关心返程接驳和洗手间。", "接驳末班延至 21:30"),
    ):
        notes = Notes(clock.today(), song, held, name=name, wishes=words)
        actions.keep_interview(subject=concert, notes=notes, actor=xie)
    yield days.at(-2, "10:40")
    gala = _subject(GALA)
    survey = _draw_up(gala, "client_event", "邻里晚会满意度与合作意向", li)
    guests = Customer.objects.living().filter(subject__unit=campus.unit, grade__gt="").order_by("pk")
    people = [Person(guest.name, guest.pk) for guest in guests]
    if people:
        actions.ask_people(survey=survey, people=people, actor=wang)
    _draw_up(gala, "needs", "邻里晚会需求调研", li)


def _subject(name: str) -> Subject:
    campaign: Campaign = Campaign.objects.select_related("subject__unit").get(name=name)
    return campaign.subject


def _draw_up(subject: Subject, template: str, title: str, keeper: User) -> Survey:
    shipped = BY_KEY[template]
    details = Details(
        title, keeper, shipped.purpose, shipped.title[1], *shipped.intro, is_anonymous=shipped.is_anonymous
    )
    return actions.add_survey(subject=subject, details=details, template=template, actor=keeper)


def _answers(survey: Survey, mark: int, words: str, about: tuple[str, ...] = ()) -> dict[str, Any]:
    """The same mark to every scale, the words as the last free text."""
    given: dict[str, Any] = {}
    for question in survey.questions.all():
        if question.kind == QuestionKind.SCALE:
            given[question.key] = mark
        elif question.kind == QuestionKind.SEVERAL and about:
            given[question.key] = list(about)
        elif question.kind == QuestionKind.ONE:
            given[question.key] = "a1"
        elif question.kind == QuestionKind.TEXT and words and question.shown_if_id is None:
            given[question.key] = words
    return given


def _hear(channel: Survey, mark: int, about: tuple[str, ...], words: str, device: str) -> None:
    """An answer by the address on the poster."""
    actions.take_open_answer(survey=channel, answers=_answers(channel, mark, words, about), device=device)
