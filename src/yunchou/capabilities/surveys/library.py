"""Questionnaires to begin with (EVA-06), in both languages. Companies change their own copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from .models import Purpose, QuestionKind, Section

SCALE, ONE, SEVERAL, TEXT = QuestionKind.SCALE, QuestionKind.ONE, QuestionKind.SEVERAL, QuestionKind.TEXT
Words = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True)
class Draft:
    """A question of a template; `after` is the place (from 1) of the question it follows with one of `values`."""

    kind: str
    section: str
    text: Words
    options: tuple[Words, ...] = ()
    top: int = 5
    low: Words = ("很不满意", "Very dissatisfied")
    high: Words = ("非常满意", "Very satisfied")
    is_required: bool = False
    after: int = 0
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    """A questionnaire as the product ships it."""

    key: str
    label: str | Promise
    purpose: str
    title: Words
    intro: Words
    questions: tuple[Draft, ...]
    is_anonymous: bool = False


SATISFACTION: Final = "满意度"
"""What goals and indicators call it, whatever stands before."""
LIKELY: Final[tuple[Words, Words]] = (("不太可能", "Not likely"), ("非常可能", "Very likely"))
LOW_MARKS: Final = ("1", "2", "3")
LIBRARY: Final = (
    Template(
        "client_event",
        pgettext_lazy(
            "survey template", "High-end client event: content, organisation, service, business intention"
        ),
        Purpose.EVENT,
        ("活动满意度与合作意向", "How was the event?"),
        (
            "感谢您莅临本次活动。填写约需两分钟，您的意见会直接用于改进下一次活动。",
            "Thank you for having been with us. This takes about two minutes and helps us to make the next event better.",
        ),
        (
            Draft(
                SCALE,
                Section.CONTENT,
                ("活动内容与主题是否符合您的期待？", "Did content and theme meet your expectations?"),
                is_required=True,
            ),
            Draft(
                SCALE, Section.CONTENT, ("嘉宾分享与环节设置的质量", "Quality of the talks and the programme")
            ),
            Draft(
                SCALE,
                Section.ORGANISATION,
                ("邀请、签到与现场组织是否顺畅？", "Were invitation, arrival and organisation smooth?"),
                is_required=True,
            ),
            Draft(SCALE, Section.ORGANISATION, ("时间、地点与场地的安排", "Time, place and venue")),
            Draft(
                SCALE, Section.SERVICE, ("接待与服务人员的表现", "Reception and service"), is_required=True
            ),
            Draft(SCALE, Section.SERVICE, ("餐饮、交通与礼品的安排", "Food, transport and gifts")),
            Draft(
                SCALE,
                Section.OVERALL,
                ("总体而言，您对本次活动的满意度", "Overall, how satisfied are you?"),
                top=10,
                is_required=True,
            ),
            Draft(
                TEXT,
                Section.OVERALL,
                ("哪里让您不够满意？", "What did not satisfy you?"),
                after=7,
                values=tuple(map(str, range(1, 8))),
            ),
            Draft(
                SCALE,
                Section.INTENTION,
                (
                    "未来一年内，您与我们（进一步）合作的可能性",
                    "How likely are you to work with us (further) within a year?",
                ),
                low=LIKELY[0],
                high=LIKELY[1],
            ),
            Draft(
                SEVERAL,
                Section.INTENTION,
                ("您对哪些方向的合作感兴趣？", "Which directions interest you?"),
                options=(
                    ("购置或改善居所", "Buying or improving a home"),
                    ("商业与产业空间", "Commercial space"),
                    ("会员与社区服务", "Membership and community services"),
                    ("联合活动与品牌合作", "Joint events and brand partnerships"),
                    ("暂无", "None for now"),
                ),
            ),
            Draft(
                ONE,
                Section.INTENTION,
                ("是否希望客户经理与您联系？", "May an account manager call you?"),
                options=(
                    ("一周内", "Within a week"),
                    ("一个月内", "Within a month"),
                    ("暂不需要", "Not now"),
                ),
            ),
            Draft(TEXT, Section.OTHER, ("您对下一次活动的建议", "What would you like next time?")),
        ),
    ),
    Template(
        "satisfaction",
        pgettext_lazy("survey template", "Satisfaction, short"),
        Purpose.EVENT,
        ("活动满意度", "How was it?"),
        ("只需一分钟，谢谢您。", "It takes one minute. Thank you."),
        (
            Draft(SCALE, Section.CONTENT, ("活动内容", "Content"), is_required=True),
            Draft(SCALE, Section.ORGANISATION, ("现场组织", "Organisation"), is_required=True),
            Draft(SCALE, Section.SERVICE, ("服务", "Service"), is_required=True),
            Draft(
                TEXT,
                Section.OVERALL,
                ("请告诉我们哪里可以做得更好", "Tell us what to do better"),
                after=3,
                values=LOW_MARKS,
            ),
            Draft(
                ONE,
                Section.OTHER,
                ("是否愿意推荐给亲友？", "Would you recommend it?"),
                options=(("愿意", "Yes"), ("不确定", "Not sure"), ("不愿意", "No")),
            ),
            Draft(TEXT, Section.OTHER, ("其他想说的话", "Anything else")),
        ),
    ),
    Template(
        "feedback",
        pgettext_lazy("survey template", "Open feedback, anonymous"),
        Purpose.FEEDBACK,
        ("活动意见反馈", "Your feedback"),
        ("活动进行中和结束后都可以填写，不记名。", "Open during and after the activity; no names."),
        (
            Draft(
                SCALE, Section.OVERALL, ("您对本次活动的满意度", "How satisfied are you?"), is_required=True
            ),
            Draft(
                SEVERAL,
                Section.OTHER,
                ("您想反馈哪些方面？", "What is it about?"),
                options=(
                    ("内容与优惠", "Content and offers"),
                    ("现场组织与秩序", "Organisation on site"),
                    ("服务态度", "Service"),
                    ("信息与宣传", "Information"),
                    ("其他", "Other"),
                ),
            ),
            Draft(TEXT, Section.OTHER, ("请具体说说", "Please tell us more")),
        ),
        is_anonymous=True,
    ),
    Template(
        "needs",
        pgettext_lazy("survey template", "Needs before an event"),
        Purpose.NEEDS,
        ("活动需求调研", "What would you like?"),
        (
            "我们正在策划下一次活动，想先听听您的想法。",
            "We are planning our next event and would like to hear from you first.",
        ),
        (
            Draft(
                SEVERAL,
                Section.OTHER,
                ("您近期关注的话题", "Topics that interest you"),
                options=(
                    ("宏观与财富管理", "Economy and wealth"),
                    ("健康与康养", "Health"),
                    ("子女教育", "Education"),
                    ("文化与艺术", "Culture and art"),
                    ("科技与产业", "Technology and industry"),
                ),
            ),
            Draft(
                ONE,
                Section.OTHER,
                ("您偏好的活动形式", "The form you prefer"),
                options=(
                    ("小型沙龙", "Small salon"),
                    ("论坛讲座", "Forum"),
                    ("晚宴", "Dinner"),
                    ("家庭活动", "Family event"),
                    ("参访考察", "Visit"),
                ),
            ),
            Draft(
                ONE,
                Section.OTHER,
                ("合适的时间", "A good time"),
                options=(("工作日晚间", "Weekday evening"), ("周六白天", "Saturday"), ("周日白天", "Sunday")),
            ),
            Draft(TEXT, Section.OTHER, ("您期待的内容与地点", "Content and place you wish for")),
        ),
    ),
)
BY_KEY: Final = {template.key: template for template in LIBRARY}
