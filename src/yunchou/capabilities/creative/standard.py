"""Channels of audience groups and forms of activities as shipped (004 二(二), 003 一(二), 二(二)4); companies keep theirs."""

from __future__ import annotations

from typing import Any, Final

GROUPS: Final = (
    ("学生", ("学生", "校园", "高校", "大学", "新生"), ("抖音", "小红书", "校园社群")),
    ("职场人士", ("职场", "白领", "上班族", "企业", "商务"), ("公众号", "领英", "线下沙龙")),
)
"""Name, the words by which people call the group, its active channels."""
FORMS: Final = (
    ("直播", False), ("社群裂变", False), ("快闪店", False), ("体验活动", False), ("异业合作", False), ("广告宣传", False),
    ("社交互动", False), ("促销", False), ("体验式营销", False), ("讲座", True), ("分享会", True), ("交流会", True),
    ("实地参观", True),
)  # fmt: skip
"""Name, and whether it is one for high-end events."""
EVENTS: Final = ("商务宴请", "主题研讨会", "高端论坛", "私人俱乐部活动", "国内考察交流", "海外考察交流")
"""The forms of high-end client events that 003 一(二) names."""


def lay_down(group: Any, form: Any) -> None:
    """Write what is shipped into the tables, given their models; what is there stays."""
    for position, (name, words, channels) in enumerate(GROUPS, 1):
        group.objects.get_or_create(
            name=name, defaults={"position": position, "words": list(words), "channels": list(channels)}
        )
    for position, (name, is_high_end) in enumerate(FORMS, 1):
        form.objects.get_or_create(
            name=name, defaults={"position": position, "is_high_end": is_high_end, "is_standard": True}
        )
    for position, name in enumerate(EVENTS, len(FORMS) + 1):
        form.objects.get_or_create(
            name=name, defaults={"position": position, "is_high_end": True, "is_standard": True}
        )
