"""The rehearsal of the thank-you evening: six minutes late, a hazard at the lake door, a screen without signal, a fire drill."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from yunchou.capabilities.preparation.tables import PostRow
from yunchou.kernel.core import clock
from yunchou.kernel.sheets.registry import BESIDE, workbook
from yunchou.kernel.sheets.values import Person as Someone
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.models import Guest, Session
from yunchou.lifecycle.programme.actions import pictures, running, safety, setup
from yunchou.lifecycle.programme.actions.albums import make_album
from yunchou.lifecycle.programme.actions.running import ItemFacts
from yunchou.lifecycle.programme.models import EquipmentTest, ItemKind, PatrolLog, Result, RunSheetItem

from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import EVENT, NAME

K = ItemKind
#: Title, planned start, minutes, kind, speaker, and the cues for host, sound and light.
REHEARSAL: Final = (
    ("集合与签到测试", "14:00", 20, K.OTHER, "", "清点到场人员", "背景音乐", "迎宾区全亮"),
    ("灯光音响联调", "14:20", 25, K.OTHER, "", "", "话筒 1—4 逐支试音", "逐个场景走一遍"),
    ("主持走位与串词", "14:45", 20, K.CEREMONY, "", "上台口在左侧", "话筒 1", "追光跟随"),
    (
        "大提琴独奏彩排",
        "15:05",
        20,
        K.SHOW,
        "卢婉仪",
        "报幕后从右侧下台",
        "琴前话筒，混响二成",
        "全场压暗，顶光",
    ),
    ("邻里故事互动", "15:25", 25, K.INTERACTION, "方启明", "抛出第一个问题", "手持话筒 2、3", "观众席七成"),
    ("疏散路线走一遍", "15:50", 15, K.OTHER, "", "东西两侧各带一队", "广播试播", "应急照明"),
    ("总结与待办", "16:05", 20, K.OTHER, "", "", "", "全场亮"),
)
BEGAN: Final = ("14:00", "14:22", "14:50", "15:11")
SHOTS: Final = (
    ("签到与名牌", 0, "签到台同事"), ("全场布置全景", 1, ""), ("主持人舞台近景", 2, "黎静"), ("大提琴独奏", 3, "卢婉仪"),
)  # fmt: skip


def programme(company: DemoCompany, days: Days) -> Story:
    """Laid out the day before; walked this afternoon, and still going on."""
    li, wang = company["li"], company["wang"]
    yield days.at(-1, "16:40")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    sessions = {one.name: one for one in Session.objects.filter(subject=subject, removed_at=None)}
    running.lay_template(
        subject=subject, template="gathering", starts_at=days.at(EVENT, "18:00"), actor=li,
        session=sessions["感恩晚宴"],
    )  # fmt: skip
    items = [
        running.keep_item(
            subject=subject, actor=li,
            facts=ItemFacts(
                title, days.at(0, start), minutes, kind, session=sessions["签到与彩排"], owner=li if n % 2 else wang,
                speaker_name=speaker, cue_host=host, cue_sound=sound, cue_light=light,
                topics="二十年邻里里最难忘的一件事" if kind == K.INTERACTION else "",
                form="现场讲述" if kind == K.INTERACTION else "",
            ),
        )
        for n, (title, start, minutes, kind, speaker, host, sound, light) in enumerate(REHEARSAL)
    ]  # fmt: skip
    running.keep_day(subject=subject, actor=li, host=li, photographer_name="潘志强工作室")
    for theme in ("check_in", "placement", "safety"):
        setup.put_checks(subject=subject, theme=theme, actor=li)
    setup.put_equipment(subject=subject, actor=li)
    rounds = safety.Rounds(wang, ["湖门与停车场", "一层宴会厅"], days.at(0, "14:00"), days.at(0, "16:30"), 30)
    safety.plan_rounds(subject=subject, rounds=rounds, actor=li)
    shots = [
        pictures.keep_shot(subject=subject, what=what, actor=li, item=items[n], people=people)
        for what, n, people in SHOTS
    ]
    roster = workbook(BESIDE).find("posts")
    assert roster is not None
    for post, who in (("签到测试", company["wu"]), ("舞台与灯光", wang), ("疏散引导", company["zhou"])):
        row = PostRow(post=post, person=Someone(who.name, who.pk), on=days.day(0), note="彩排")
        roster.store.save_row(subject, row, actor=li)  # type: ignore[union-attr]
    walks = list(PatrolLog.objects.filter(subject=subject).select_related("subject", "person"))
    tests = list(EquipmentTest.objects.filter(subject=subject).select_related("subject"))
    yield days.at(0, BEGAN[0])
    running.begin_item(item=items[0], actor=li)
    yield days.at(0, "14:03")
    safety.walk_round(patrol=walks[0], actor=wang)
    safety.walk_round(
        patrol=walks[1], actor=wang, hazard="西侧走线未固定", action="已用线槽压住", is_mended=True
    )
    pictures.tick_shot(shot=shots[0], actor=li)
    yield days.at(0, BEGAN[1])
    running.begin_item(item=items[1], actor=li)
    for test in tests[:-2]:
        setup.note_test(test=test, result=Result.FINE, actor=wang)
    setup.note_test(test=tests[-2], result=Result.FAULT, actor=wang, note="主屏无信号，换线后再试")
    yield days.at(0, "14:32")
    safety.walk_round(patrol=walks[2], actor=wang, hazard="湖门消防通道停有一辆货车")
    safety.walk_round(patrol=walks[3], actor=wang)
    yield days.at(0, "14:36")
    drill = safety.start_emergency(
        subject=subject, scenario="fire", actor=li, is_drill=True, place="舞台左侧"
    )
    for step, minute in zip(drill.steps.select_related("run__subject"), ("37", "39", "43"), strict=False):
        yield days.at(0, f"14:{minute}")
        safety.take_step(step=step, actor=wang if minute == "39" else li)
    yield days.at(0, "14:45")
    safety.close_emergency(
        run=drill,
        actor=li,
        summary="七分钟清场完毕；西侧出口引导牌被展架挡住，已移开。湖门广播听不清，请工程调高音量。",
    )
    yield days.at(0, BEGAN[2])
    running.begin_item(item=items[2], actor=li)
    pictures.tick_shot(shot=shots[1], actor=li)
    yield days.at(0, "15:04")
    safety.walk_round(patrol=walks[4], actor=wang)
    _pictures(company, items)
    yield days.at(0, BEGAN[3])
    running.begin_item(item=items[3], actor=li)


def _pictures(company: DemoCompany, items: list[RunSheetItem]) -> None:
    """A few from the camera: two published and released to the guests, one chosen, one as it came."""
    li = company["li"]
    subject = items[0].subject
    files = [
        SimpleUploadedFile(f"彩排-{n:02}.jpg", _gradient(top, bottom))
        for n, (top, bottom) in enumerate(
            (((24, 46, 92), (236, 186, 120)), ((60, 30, 70), (240, 220, 190)), ((18, 70, 70), (200, 230, 210)),
             ((90, 40, 30), (250, 210, 160))), 1,
        )
    ]  # fmt: skip
    made = pictures.bring_pictures(subject=subject, uploads=files, actor=li, item=items[1], tags="彩排 舞台")
    people = {one.name: one for one in Guest.objects.filter(subject=subject)}
    pictures.mark_picture(picture=made[0], guests=[], actor=li, tags="彩排 全景", item=items[1])
    pictures.mark_picture(
        picture=made[1],
        guests=[people["黎耀辉"], people["方启明"]],
        actor=li,
        tags="彩排 嘉宾",
        item=items[2],
    )
    pictures.mark_picture(picture=made[3], guests=[], actor=li, tags="彩排 全景", item=items[1])
    pictures.publish_pictures(subject=subject, pictures=[made[0].pk, made[3].pk], actor=li)
    make_album(
        subject=subject, title="彩排花絮", words="感谢各位到场试音。更多照片将在晚会之后放出。", actor=li,
        expires_at=clock.now() + timedelta(days=60),
    )  # fmt: skip
    pictures.sort_pictures(subject=subject, pictures=[made[1].pk], state="chosen", actor=li)


def _gradient(top: tuple[int, int, int], bottom: tuple[int, int, int]) -> bytes:
    """A small picture from one colour to another, as a hall at dusk."""
    strip = Image.new("RGB", (1, 2))
    strip.putdata([top, bottom])
    kept = io.BytesIO()
    strip.resize((480, 320), Image.Resampling.BILINEAR).save(kept, "JPEG", quality=70)
    return kept.getvalue()
