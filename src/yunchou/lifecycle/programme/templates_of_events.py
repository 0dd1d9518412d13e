"""The usual run sheets by kind of event, and the usual items of set-up, safety and equipment.

What they lay down is content of the company, like the standard risks: entered once in its language and edited from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yunchou.lifecycle.campaigns.models import Kind

from .models import Equipment, ItemKind

K = ItemKind


@dataclass(frozen=True)
class Usual:
    """A usual item: minutes, kind, and the cues that go with it."""

    title: str
    minutes: int
    kind: str = K.OTHER
    is_fixed: bool = False
    host: str = ""
    sound: str = ""
    light: str = ""
    topics: str = ""
    form: str = ""


@dataclass(frozen=True)
class Template:
    """A usual run sheet, and the kinds of events that it is offered for first."""

    name: str
    lines: tuple[Usual, ...]
    kinds: frozenset[str] = frozenset()


TEMPLATES: Final[dict[str, Template]] = {
    "dinner": Template(
        "高端客户晚宴",
        (
            Usual("嘉宾签到与迎宾", 30, K.OTHER, sound="背景音乐，音量三成", light="迎宾区全亮"),
            Usual("开场致辞", 10, K.CEREMONY, True, host="请嘉宾入座，介绍致辞人",
                  sound="话筒1开，音乐渐收", light="全场压暗，追光主讲台"),
            Usual("主题分享", 25, K.TALK, host="介绍主讲人及主题", sound="翻页器、话筒1", light="舞台面光，观众席三成"),
            Usual("互动交流", 20, K.INTERACTION, host="抛出两个问题，请嘉宾发言", sound="手持话筒2、3", light="观众席七成",
                  topics="客户关心的三个问题", form="圆桌提问"),
            Usual("晚宴", 60, K.MEAL, True, host="祝酒", sound="弦乐四重奏", light="暖光五成"),
            Usual("礼品赠送与合影", 15, K.CEREMONY, host="按名单请嘉宾上台", sound="颁奖音乐", light="舞台全亮"),
            Usual("送宾", 15, K.OTHER, sound="背景音乐", light="全场亮"),
        ),
        frozenset({Kind.HIGH_END}),
    ),
    "forum": Template(
        "论坛与分享会",
        (
            Usual("签到", 30, K.OTHER, sound="背景音乐"),
            Usual("主持人开场", 5, K.CEREMONY, True, host="介绍议程与安全须知", sound="话筒1开", light="舞台面光"),
            Usual("主旨演讲", 30, K.TALK, host="介绍主讲人", sound="翻页器、话筒1", light="舞台面光，观众席三成"),
            Usual("茶歇", 15, K.BREAK, host="请大家十五分钟后回座", sound="背景音乐", light="全场亮"),
            Usual("圆桌讨论", 40, K.TALK, host="介绍圆桌嘉宾", sound="台上话筒四支"),
            Usual("提问与交流", 20, K.INTERACTION, host="收集问题，控制每问两分钟", sound="手持话筒2、3", light="观众席七成",
                  topics="行业趋势与合作机会", form="现场提问"),
            Usual("总结与合影", 10, K.CEREMONY, sound="音乐起", light="舞台全亮"),
        ),
        frozenset({Kind.PR}),
    ),
    "gathering": Template(
        "客户联谊活动",
        (
            Usual("签到与领取资料", 30, K.OTHER, sound="背景音乐"),
            Usual("开场", 10, K.CEREMONY, True, host="欢迎词、安全须知", sound="话筒1开", light="舞台全亮"),
            Usual("节目表演", 25, K.SHOW, host="报幕", sound="伴奏带", light="舞台灯光程序1"),
            Usual("互动游戏", 25, K.INTERACTION, host="讲规则，分组", sound="手持话筒2、3", light="全场亮",
                  topics="邻里生活", form="分组游戏"),
            Usual("抽奖", 15, K.INTERACTION, host="公布规则与奖项", sound="鼓点", light="追光",
                  topics="到场嘉宾", form="抽奖"),
            Usual("自由交流与茶点", 30, K.BREAK, sound="背景音乐", light="全场亮"),
        ),
        frozenset({Kind.CUSTOMER}),
    ),
    "visit": Template(
        "实地考察",
        (
            Usual("集合与乘车", 30, K.OTHER, True, host="清点人数，发放资料"),
            Usual("现场讲解", 45, K.VISIT, host="分两组，安全帽佩戴检查"),
            Usual("交流座谈", 40, K.INTERACTION, host="请嘉宾提问",
                  topics="产品与服务", form="座谈"),
            Usual("用餐", 60, K.MEAL, True),
            Usual("返程", 30, K.OTHER, host="清点人数"),
        ),
        frozenset({Kind.TARGETED}),
    ),
}  # fmt: skip

SETUP: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "check_in": (
        "签到台",
        ("签到桌椅与背景板到位", "签到设备与胸牌按序摆放", "签到台指引牌清晰可见", "VIP 通道单独设置"),
    ),
    "consultation": ("咨询台", ("咨询台位置与人员到位", "宣传资料与登记表备齐", "客户咨询记录设备可用")),
    "rest": ("休息区", ("休息座椅与茶水到位", "充电与无线网络可用", "母婴、无障碍设施指引到位")),
    "placement": (
        "资料礼品摆放",
        ("资料按座位摆放，一人一份", "礼品按名单分装并贴名签", "展架与物料朝向主通道"),
    ),
    "stage": ("舞台与座位", ("舞台背景与讲台到位", "座位图与桌卡一致", "走线固定，无绊倒风险")),
}
"""Themes of the set-up and their items (EXE-01)."""

SAFETY: Final[tuple[str, tuple[str, ...]]] = (
    "安全",
    (
        "安全出口指示灯亮", "消防通道畅通，无堆放", "安全出口门可由内打开", "灭火器在有效期内且可取用",
        "疏散路线图张贴在入口", "急救箱与 AED 位置明示", "用电线路无过载、无裸露",
    ),
)  # fmt: skip
"""Safety signs and fire exits (EXE-08)."""

EQUIPMENT: Final[tuple[tuple[str, str], ...]] = (
    (Equipment.SOUND, "主扩音响"), (Equipment.SOUND, "无线话筒"), (Equipment.LIGHT, "舞台灯光"),
    (Equipment.LIGHT, "应急照明"), (Equipment.PROJECTION, "投影与大屏"), (Equipment.PROJECTION, "翻页与视频播放"),
)  # fmt: skip
"""What is tried out before every event (EXE-02)."""
EQUIPMENT_INDICATOR: Final = "设备测试未通过项"
"""How many pieces of equipment are not in order, as risks watch it among the recorded values."""
