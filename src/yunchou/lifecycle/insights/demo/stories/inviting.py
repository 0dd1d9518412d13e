"""The gala's second wave is invited: texts and a sender are kept, one wave is out, a reminder waits for its time."""

from __future__ import annotations

from typing import Final

from yunchou.capabilities.messaging import actions, sending
from yunchou.capabilities.messaging.actions import Wording
from yunchou.capabilities.messaging.models import Channel, Mailing, Message
from yunchou.directory.customers.models import Customer
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.actions.guests import add_guests
from yunchou.lifecycle.events.actions.sessions import SessionFacts, keep_page, keep_session, keep_wave
from yunchou.lifecycle.events.messaging import INVITATION, REMINDER, THANKS
from yunchou.lifecycle.events.models import Guest, Page, Session, Wave

from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import EVENT, NAME

MAIL: Final = Wording(
    "{event}，诚邀{name}莅临",
    "尊敬的{name}{title}：\n\n{inviter}诚挚邀请您于 {day} {time} 到{place}参加“{event}”。\n\n"
    "请点开您的专属邀请函查看详情并回复：\n{link}\n\n{requirements}\n回复请于 {reply_until} 前。恭候光临！",
)
SMS: Final = Wording("", "{name}您好，{event}定于 {day} {time} 在{place}举行，诚邀您出席。详情与回复：{link}")
REMIND: Final = Wording("", "{name}您好，{event}的席位还为您保留着，请于 {reply_until} 前回复：{link}")
THANK: Final = Wording(
    "感谢莅临{event}",
    "尊敬的{name}{title}：\n\n感谢您莅临{event}。活动照片与回顾已放在您的专属页面：\n{link}\n\n期待再次相聚！",
)
TEXTS: Final = (
    (INVITATION, Channel.EMAIL, "客户活动邀请函", MAIL),
    (INVITATION, Channel.SMS, "客户活动邀请短信", SMS),
    (REMINDER, Channel.SMS, "未回复提醒", REMIND),
    (THANKS, Channel.EMAIL, "活动答谢", THANK),
)
GUESTS: Final = 9


def inviting(company: DemoCompany, days: Days) -> Story:
    """Texts, a sender, a wave by text message that is out, a reminder that waits for its time."""
    zhang, li = company["zhang"], company["li"]
    yield days.at(-6, "16:00")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    actions.keep_sender(
        unit=company.regions["south"], name="云舟城市发展集团华南公司", address="广州市滨湖路 66 号云舟大厦",
        phone="400-820-6600", sign="云舟会员中心", actor=zhang,
    )  # fmt: skip
    for use, channel, name, wording in TEXTS:
        actions.keep_text(
            unit=company.regions["south"], use=use, channel=channel, name=name, wording=wording, actor=zhang
        )
    yield days.at(-3, "16:10")
    wave, guests = _listed(subject, company, days)
    if not guests:
        return
    mailing = actions.draft_mailing(
        subject=subject, use=INVITATION, channel=Channel.SMS, wording=SMS, actor=li, part=str(wave.pk),
        part_name=wave.name,
    )  # fmt: skip
    actions.check_mailing(mailing=mailing, actor=li)
    mailing = actions.start_mailing(mailing=mailing, actor=li)
    actions.begin(mailing=mailing)
    _as_if_sent(mailing)
    yield days.at(-1, "10:30")
    later = actions.draft_mailing(
        subject=subject, use=REMINDER, channel=Channel.SMS, wording=REMIND, actor=li, part=str(wave.pk),
        part_name=wave.name, days_before=10,
    )  # fmt: skip
    actions.check_mailing(mailing=later, actor=li)
    actions.schedule_mailing(mailing=later, actor=li)


def _listed(subject: Subject, company: DemoCompany, days: Days) -> tuple[Wave, list[Guest]]:
    """The second wave with customers of the region who are not on the list yet; the pages of the guests are open."""
    li = company["li"]
    session = Session.objects.filter(subject=subject, removed_at=None).first() or keep_session(
        subject=subject,
        facts=SessionFacts(
            name="晚会", starts_at=days.at(EVENT, "19:00"), ends_at=days.at(EVENT, "21:30"), capacity=420,
            reply_until=days.at(EVENT - 3, "18:00"), companions=1,
        ),
        actor=li,
    )  # fmt: skip
    if not Page.objects.filter(subject=subject, is_open=True).exists():
        values = {
            "host_name": "云舟会员中心",
            "place": "湖畔社区文化中心剧场",
            "requirements": "请着正装，18:30 前入场。",
        }
        keep_page(subject=subject, values=values | {"is_open": True}, actor=li)
    wave = keep_wave(subject=subject, name="第二批：会员", actor=li, days_before=EVENT + 3)
    there = Guest.objects.live().filter(subject=subject, customer__isnull=False).values("customer")
    free = Customer.objects.living().exclude(pk__in=there).visible_to(li).order_by("pk")[:GUESTS]
    added = add_guests(subject=subject, customers=free, sessions=[session], actor=li, wave=wave)
    return wave, list(added.guests)


def _as_if_sent(mailing: Mailing) -> None:
    """The demo sends nothing: rows are claimed and marked as the sender does, and the last one is left to be confirmed."""
    waiting = list(Message.objects.filter(mailing=mailing, state="planned").order_by("pk"))
    sending.adopt([one.pk for one in waiting], "demo")
    done: Message | None = None
    for message in waiting:
        sending.mark_and_claim(done, message, "demo", "")
        done = message
    if len(waiting) > 1:
        sending.adopt([waiting[-1].pk], "over")
    elif done is not None:
        sending.mark_and_claim(done, None, "demo", "")
    actions.tell(mailing=mailing)
    actions.finish(mailing=mailing)
