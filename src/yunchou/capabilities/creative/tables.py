"""The table of contents by phase, in the words of 004 二(二)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.sheets.columns import DateText, Person, Text
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.values import Person as Someone

PHASES: Final = ("预热期", "爆发期", "收尾期")
PHASE_SUFFIX: Final = "期"
"""What names of phases end in; the task of a phase carries the name without it."""


@dataclass(frozen=True, kw_only=True)
class ContentRow(Row):
    """One thing that is said or done in a phase: for which pain of the customer, and how it is tied to the theme."""

    phase: str = ""
    content: str = ""
    channel: str = ""
    pain_point: str = ""
    theme_tie: str = ""
    start_on: date | None = None
    end_on: date | None = None
    owner: Someone | None = None


CONTENTS: Final = Table(
    key="contents",
    sheet="内容排期",
    title=_("Contents by phase"),
    row=ContentRow,
    identity=("phase", "content"),
    columns=(
        Text(
            "phase", "阶段", pgettext_lazy("creative", "Phase"), required=True, max_length=40, suggestions=PHASES
        ),
        Text("content", "内容", pgettext_lazy("creative", "Content"), required=True, multiline=True, max_length=300),
        Text("channel", "渠道", pgettext_lazy("creative", "Channel"), max_length=60),
        Text(
            "pain_point", "用户痛点", _("Pain point of the customer"), required=True, multiline=True, max_length=300
        ),
        Text("theme_tie", "主题关联", _("Tie to the theme"), required=True, multiline=True, max_length=300),
        DateText("start_on", "开始", pgettext_lazy("creative", "Start"), required=True),
        DateText("end_on", "结束", pgettext_lazy("creative", "End"), required=True),
        Person("owner", "负责人", pgettext_lazy("creative", "Owner")),
    ),
)  # fmt: skip
