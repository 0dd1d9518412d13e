"""A closed campaign with the tables of the worked example, and what its evaluation and retrospective still lack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Figure, Person
from yunchou.kernel.versions.actions import freeze_version, take_version
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.tests.example_workbook import PATH
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.reviews.actions import open_evaluation, record_actual
from yunchou.lifecycle.reviews.models import EvaluationLine, RetroItem
from yunchou.lifecycle.reviews.sheets import retrospective
from yunchou.lifecycle.reviews.tables import ACTIONS, PROBLEMS, RetroRow

ACTUALS = {"品牌搜索指数": Figure(Decimal(31), "%"), "线索留资量": Figure(Decimal(2550)), "有效线索率": Figure(Decimal(60), "%"),
           "活动期销售额": Figure(Decimal(500000), "元")}  # fmt: skip


def closed_example(firm: Firm, **fields: Any) -> Campaign:
    """The worked example, its execution closed; its proposal is frozen as if approved."""
    campaign = make_campaign(firm, "开学季·青春焕新计划", **{"kind": Kind.MARKETING} | fields)
    dossier = workbook().read(PATH).dossier
    workbook().save(campaign.subject, dossier, actor=firm.owner)
    freeze_version(version=take_version(subject=campaign.subject, actor=firm.owner))
    return set_status(campaign, Status.CLOSED)


def set_status(campaign: Campaign, status: Status) -> Campaign:
    Campaign.objects.filter(pk=campaign.pk).update(status=status)
    return Campaign.objects.select_related("subject__unit", "owner").get(pk=campaign.pk)


def measure_all(campaign: Campaign, firm: Firm) -> None:
    """Every goal has a line with an actual value."""
    open_evaluation(subject=campaign.subject, actor=firm.owner)
    for line in EvaluationLine.objects.filter(subject=campaign.subject):
        if line.indicator in ACTUALS:
            record_actual(line=line, actual=ACTUALS[line.indicator], actor=firm.owner)


def complete_retro(campaign: Campaign, firm: Firm) -> None:
    """Owners, dates, effects, and a root cause for what fell short."""
    rows = []
    for row in retrospective.load(campaign.subject):
        if row.module == ACTIONS:
            person = Person(firm.colleague.name, firm.colleague.pk)
            row = replace(
                row, owner=person, due_on=date(2024, 10, 10), effect="下次活动转发量提升20%", given={}
            )
        rows.append(row)
    rows.append(RetroRow(module=PROBLEMS, points=("有效线索量未拆解到渠道",), example="根因:口径不统一"))
    retrospective.save(campaign.subject, rows, actor=firm.owner)


def action_of(campaign: Campaign) -> RetroItem:
    return RetroItem.objects.actions().filter(subject=campaign.subject).order_by("position")[0]
