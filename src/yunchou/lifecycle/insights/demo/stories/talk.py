"""What the people of the concert say to each other: comments, a file in two versions, an announcement, a decision."""

from __future__ import annotations

from datetime import timedelta

from yunchou.capabilities.work.models import GanttTask
from yunchou.kernel.core import clock
from yunchou.kernel.discussion import actions
from yunchou.kernel.discussion.places import Place, place_at
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.models import Campaign

from ..clockwork import Days, Story
from ..company import DemoCompany
from ..writing import scan

CONCERT = "湖畔邻里音乐会"


def talk(company: DemoCompany, days: Days) -> Story:
    """A week of the concert's team."""
    xie, song, han, pei = (User.objects.get(pk=company[name].pk) for name in ("xie", "song", "han", "pei"))
    yield days.at(-6, "10:05")
    subject = Campaign.objects.select_related("subject__unit").get(name=CONCERT).subject
    place = Place(subject)
    first = actions.comment(
        place=place,
        text="社区物业要一份舞台平面图，@pr 今天能给吗？音响进场时间也一起标上。",
        actor=song,
    )
    yield days.at(-6, "15:40")
    answer = actions.comment(
        place=place,
        text="平面图见附件，音响 7:30 从北门进。",
        uploads=[scan("舞台平面图.pdf")],
        parent=first,
        actor=pei,
    )
    yield days.at(-5, "09:20")
    actions.comment(
        place=place, text="北门 8:00 才开，@裴然 麻烦改到东门，并写上消防通道。", parent=first, actor=xie
    )
    yield days.at(-5, "11:10")
    actions.replace_file(
        document=answer.files.get(), upload=scan("舞台平面图（东门进场）.pdf"), note="改东门进场，加消防通道",
        actor=pei,
    )  # fmt: skip
    yield days.at(-4, "17:30")
    actions.record_decision(
        subject=subject, text="音响、舞台一律 7:30 从东门进场；北门只走观众。", deciders=[xie, song],
        decided_on=clock.today(), source="周例会", comment=first, actor=xie,
    )  # fmt: skip
    yield days.at(-3, "09:10")
    task = GanttTask.objects.filter(subject=subject).order_by("position")[2]
    row = place_at(subject, "schedule", task.pk, xie)
    if row is not None:
        said = actions.comment(place=row, text="@hl 邀约名单里有 36 户没有电话，要不要换成入户？", actor=song)
        yield days.at(-3, "10:30")
        actions.comment(place=row, text="换。今晚起每天 12 户，三天走完。", parent=said, actor=han)
    yield days.at(-1, "16:00")
    asked = actions.announce(
        subject=subject, title="彩排改到前一天 18:00", read_by=days.day(1), readers=[song, han, pei], actor=xie,
        text="乐队航班提前，彩排改到活动前一天 18:00，东门集合。请各自通知外协人员，并带好证件。",
    )  # fmt: skip
    yield days.at(-1, "17:25")
    actions.read_announcement(announcement=asked, actor=song)
    actions.remind(
        subject=subject, whom=pei, text="向物业领取东门门禁卡", at=clock.now() + timedelta(days=3), actor=song
    )
