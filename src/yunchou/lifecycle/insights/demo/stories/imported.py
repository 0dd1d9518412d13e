"""The worked example as somebody brings it from last year's workbook: a draft with every contradiction it holds."""

from __future__ import annotations

from importlib.resources import files

from django.core.files.base import ContentFile

from yunchou.lifecycle.campaigns.imports import create_from_workbook, hand_in_workbook

from ..clockwork import Days, Story
from ..company import DemoCompany

WORKBOOK = "example-campaign.xlsx"


def imported(company: DemoCompany, days: Days) -> Story:
    """李娜 hands the workbook in, looks at what was found, and makes the draft; its dates stay those of 2024."""
    li = company["li"]
    yield days.at(-6, "14:20")
    content = files("yunchou.lifecycle.insights.demo").joinpath("data", WORKBOOK).read_bytes()
    upload = ContentFile(content, "开学季活动管理表.xlsx")
    run = hand_in_workbook(upload=upload, unit=li.appointments.get().unit, actor=li)
    yield days.at(-6, "14:31")
    create_from_workbook(run=run, actor=li)
