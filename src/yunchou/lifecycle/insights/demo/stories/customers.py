"""Whom the company knows: members, owners, prospects, media and partners of two regions, with what they agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yunchou.directory.customers.actions.consents import Agreed, publish_notice, withdraw_consent
from yunchou.directory.customers.actions.cooperations import keep_cooperation
from yunchou.directory.customers.actions.grading import grade_customer
from yunchou.directory.customers.actions.register import add_customer
from yunchou.directory.customers.actions.sources import add_source
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import (
    Basis,
    Channel,
    CooperationKind,
    Customer,
    Grade,
    Identity,
    Nature,
    Purpose,
    Source,
    Stage,
    TouchKind,
)

from ..clockwork import Days, Story
from ..company import DemoCompany

REGISTERED, ENTERED, GRADED, WITHDRAWN = -112, -110, -58, -9
SIGNUP, HALL, PARTNERS = "会员中心注册", "展厅来访登记", "合作单位名录"
SOURCES: Final = {
    SIGNUP: "客户在会员中心自行填写并勾选同意，告知书第 1 版",
    HALL: "客户到访展厅时由客服当面登记，纸质授权书存档",
    PARTNERS: "合作协议所附联系人，仅用于履行协议",
}
NOTICES: Final = {
    Purpose.MARKETING: (
        "我们使用您的手机号与邮箱向您发送活动邀请与优惠信息。"
        "您可随时回复“退订”或致电客服撤回，撤回不影响您已享有的服务。"
    ),
    Purpose.SENSITIVE: (
        "为安排餐饮与接待，我们需要了解您的饮食禁忌。"
        "该信息可能反映您的健康状况或宗教信仰，仅接待人员可见，您撤回同意后立即销毁。"
    ),
    Purpose.IMAGE: "活动现场会拍照、摄像，您的影像可能用于本公司的宣传资料。您可以不同意，现场会为您发放提示标识。",
}
ALL: Final = (Purpose.SERVICE, Purpose.MARKETING, Purpose.SURVEY, Purpose.IMAGE)
MAIL: Final = (Purpose.SERVICE, Purpose.MARKETING)


@dataclass(frozen=True)
class Known:
    """A customer of the demo: who, whose, how reached, what to the company."""

    name: str
    phone: str
    organisation: str = ""
    title: str = ""
    identities: tuple[str, ...] = (Identity.MEMBER,)
    city: str = "广州"
    email: str = ""
    stage: str = Stage.NONE
    grade: str = ""
    criteria: str = ""
    source: str = SIGNUP
    purposes: tuple[str, ...] = MAIL
    diet: tuple[str, ...] = ()
    interests: str = ""
    region: str = "south"
    nature: str = Nature.PERSON
    is_official: bool = False
    language: str = "zh-hans"


VIP, OPEN = (Identity.MEMBER, Identity.OWNER), (Identity.PROSPECT,)
PEOPLE: Final = (
    Known("黎耀辉", "13602880011", "岭海实业集团", "董事长", VIP, email="liyh@linghai.example.com", grade=Grade.HIGH_END,
          criteria="近 12 个月消费 86 万元，老带新 5 组", purposes=ALL, diet=("no_seafood",), interests="高尔夫、粤剧"),
    Known("梁慧仪", "13922330022", "南粤文化基金会", "理事长", VIP, email="lianghy@nanyue.example.com", grade=Grade.HIGH_END,
          criteria="名下房产 3 套，近 12 个月消费 61 万元", purposes=ALL, diet=("vegetarian",), interests="古琴、茶道"),
    Known("马德全", "13711220033", "西北商会广东分会", "会长", VIP, grade=Grade.HIGH_END, criteria="商会团购签约 1,200 万元",
          source=HALL, purposes=ALL, diet=("halal",), interests="书法"),
    Known("何咏诗", "13802440044", "诗语设计工作室", "创始人", VIP, grade=Grade.KEY,
          criteria="近 12 个月到访 9 次，推荐成交 2 组",
          purposes=ALL, diet=("no_nuts",), interests="设计、马拉松"),
    Known("欧阳子健", "13533550055", "珠江数码科技有限公司", "技术总监", grade=Grade.KEY, criteria="年消费 12 万元",
          email="ouyang@zj.example.com"),
    Known("陈晓彤", "15918260066", "华南理工大学", "学生会主席", OPEN, purposes=ALL, interests="街舞、摄影"),
    Known("区文浩", "15820370077", "中山大学", "社团联合会副主席", OPEN, purposes=ALL),
    Known("曾诗琪", "13660480088", "暨南大学", "校园大使", OPEN, purposes=ALL, diet=("no_chilli",)),
    Known("单明哲", "13570590099", "", "", OPEN, stage=Stage.CONTACTED, source=HALL),
    Known("解语桐", "13316600101", "天河区某中学", "教师", OPEN, stage=Stage.INTERESTED, source=HALL, interests="亲子活动"),
    Known("冯嘉豪", "13825710112", "", "", (Identity.PROSPECTIVE_OWNER,), stage=Stage.NEGOTIATING, source=HALL, purposes=ALL),
    Known("钟丽华", "13710820123", "广州市某设计院", "高级工程师", (Identity.PROSPECTIVE_OWNER,),
          stage=Stage.NEGOTIATING, source=HALL),
    Known("林国强", "13640930134", "", "", (Identity.PROSPECT,), stage=Stage.LOST, source=HALL, purposes=()),
    Known("邝美娟", "13822040145", "", "", VIP, stage=Stage.SIGNED, diet=("low_sugar",)),
    Known("苏子墨", "13926150156", "南方生活周刊", "记者", (Identity.MEDIA,), email="suzm@media.example.com", source=PARTNERS),
    Known("罗可欣", "13560260167", "羊城都市频道", "编导", (Identity.MEDIA,), email="luokx@media.example.com", source=PARTNERS),
    Known("温伟杰", "13719370178", "岭南高校后勤服务有限公司", "客户经理", (Identity.SUPPLIER,), source=PARTNERS,
          purposes=(Purpose.SERVICE,)),
    Known("朴英姬", "13650480189", "韩广文化交流协会", "秘书长", (Identity.PARTNER,), source=PARTNERS,
          diet=("no_beef",), purposes=ALL),
    Known("蔡建国", "13802590190", "天河区文化局", "科长", (Identity.PARTNER,), source=PARTNERS,
          purposes=(Purpose.SERVICE,), is_official=True),
    Known("粤海酒店管理有限公司", "02038880201", "", "", (Identity.PARTNER,), nature=Nature.COMPANY, source=PARTNERS),
    Known("叶婉婷", "", "", "", (Identity.MEMBER,), city="佛山"),
    Known("叶宛婷", "13828310223", "", "", (Identity.MEMBER,), city="佛山"),
    Known("谭振宇", "13710420234", "佛山陶艺协会", "副会长", (Identity.MEMBER, Identity.PARTNER), "佛山", grade=Grade.REGULAR,
          criteria="年消费 3 万元"),
    Known("Emily Carter", "+44 20 7946 0958", "British Design Council", "Director", (Identity.PARTNER,), "London",
          email="emily@design.example.com", source=PARTNERS, diet=("no_gluten",), purposes=ALL,
          language="en"),
    Known("沈嘉怡", "13918530245", "申城金融控股", "副总裁", VIP, "上海", grade=Grade.HIGH_END, criteria="近 12 个月消费 73 万元",
          region="east", purposes=ALL, diet=("no_dairy",)),
    Known("顾一鸣", "13816640256", "苏河湾艺术中心", "馆长", (Identity.PARTNER,), "上海", region="east", source=PARTNERS),
    Known("陆思源", "13701750267", "", "", (Identity.MEMBER,), "杭州", region="east", purposes=ALL),
    Known("翟晓雯", "13564860278", "东方财讯", "记者", (Identity.MEDIA,), "上海", region="east", source=PARTNERS),
    Known("戴维", "13482970289", "", "", OPEN, "上海", region="east", stage=Stage.INTERESTED, source=HALL),
    Known("石语嫣", "13761080290", "", "", (Identity.MEMBER,), "苏州", region="east", grade=Grade.REGULAR,
          criteria="年消费 2 万元"),
)  # fmt: skip
COOPERATIONS: Final = (
    ("苏子墨", CooperationKind.COLUMN, -200, 165, "社区生活专栏，每月两篇"),
    ("罗可欣", CooperationKind.EVENT, -120, 245, "大型活动现场报道与短视频"),
    ("翟晓雯", CooperationKind.COVERAGE, -420, -55, "产业人居选题，到期待续"),
)
KEEPERS: Final = {"south": "wu", "east": "guo"}
TOUCHES: Final = (
    ("黎耀辉", TouchKind.VISIT, -90, "到访展厅，关注学区配套"), ("黎耀辉", TouchKind.GIFT, -40, "端午礼盒"),
    ("黎耀辉", TouchKind.ATTENDED, -33, "会员品鉴会"), ("黎耀辉", TouchKind.CALL, -6, "邀约秋季私享会，有意向"),
    ("梁慧仪", TouchKind.ATTENDED, -33, "会员品鉴会"), ("梁慧仪", TouchKind.CALL, -12, "询问素食安排"),
    ("马德全", TouchKind.VISIT, -70, "携商会成员到访"), ("何咏诗", TouchKind.COMPLAINT, -50, "停车等候过久，已致歉"),
    ("何咏诗", TouchKind.CALL, -49, "回访，表示满意"), ("冯嘉豪", TouchKind.VISIT, -20, "第二次看房"),
    ("冯嘉豪", TouchKind.CALL, -4, "确认周末复看"), ("陈晓彤", TouchKind.CALL, -15, "校园行动招募沟通"),
    ("沈嘉怡", TouchKind.ORDERED, -28, "续订年度会籍"), ("林国强", TouchKind.CALL, -45, "已购他处"),
)  # fmt: skip


def customers(company: DemoCompany, days: Days) -> Story:
    """Sources and notices first, then the people, their grades and what happened with them; one of them withdraws."""
    yield days.at(REGISTERED, "10:00")
    sources = {
        name: add_source(name=name, basis=basis, actor=company["zhang"]) for name, basis in SOURCES.items()
    }
    for purpose, text in NOTICES.items():
        publish_notice(purpose=purpose, text=text, actor=company["tang"])
    yield days.at(ENTERED, "10:20")
    made = {known.name: _enter(known, company, sources) for known in PEOPLE}
    yield days.at(GRADED, "15:00")
    for known in PEOPLE:
        if known.grade:
            until = days.day(307) if known.grade != Grade.REGULAR else None
            grade_customer(
                customer=made[known.name],
                grade=known.grade,
                since=days.day(GRADED),
                until=until,
                reason=known.criteria,
                departs=True,  # the demo's year has no purchases before it
                actor=company[KEEPERS[known.region]],
            )
    for name, way, begins, ends, agreed in COOPERATIONS:
        keep_cooperation(
            customer=made[name],
            kind=way,
            since=days.day(begins),
            until=days.day(ends),
            agreed=agreed,
            actor=company[KEEPERS["east" if name == "翟晓雯" else "south"]],
        )
    yield days.at(-4, "17:30")
    record_touches(
        TouchRow(made[name].pk, kind, days.at(day, "15:10"), note=note, by_id=made[name].entered_by_id)
        for name, kind, day, note in TOUCHES
    )
    yield days.at(WITHDRAWN + 6, "11:05")
    withdraw_consent(
        customer=made["解语桐"],
        purpose=Purpose.MARKETING,
        channel=Channel.SMS,
        basis=Basis.SPOKEN,
        proof="来电要求不再发送短信",
        actor=company["wu"],
    )


def _enter(known: Known, company: DemoCompany, sources: Mapping[str, Source]) -> Customer:
    basis, proof = (Basis.FORM, "") if known.source == SIGNUP else (Basis.PAPER, "授权书存客服部档案柜")
    purposes = (*known.purposes, *((Purpose.SENSITIVE,) if known.diet else ()))
    return add_customer(
        actor=company[KEEPERS[known.region]],
        unit=company.regions[known.region],
        name=known.name,
        phone=known.phone,
        email=known.email,
        nature=known.nature,
        language=known.language,
        organisation=known.organisation,
        title=known.title,
        identities=known.identities,
        source=sources[known.source],
        consents=[Agreed(purpose, basis=basis, proof=proof) for purpose in purposes],
        diet=known.diet,
        stage=known.stage,
        city=known.city,
        interests=known.interests,
        is_official=known.is_official,
        is_other=True,
    )
