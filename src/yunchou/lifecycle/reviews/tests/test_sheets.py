"""The three sheets come back as they were given."""

from __future__ import annotations

import pytest

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.campaigns.tests.example_workbook import PATH
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.reviews.models import RetroItem, RetroKind, Roi
from yunchou.lifecycle.reviews.tables import EvaluationRow, RetroRow, RoiRow

SHEETS = ("效果评估表", "ROI分析", "复盘报告")


@pytest.mark.req("GEN-08")
def test_import_then_export_gives_the_same_cells(firm: Firm) -> None:
    campaign = make_campaign(firm)
    reading = workbook().read(PATH)
    workbook().save(campaign.subject, reading.dossier, actor=firm.owner)
    kept = workbook().load(campaign.subject, reading.dossier.frame())
    for row_type in (EvaluationRow, RoiRow, RetroRow):
        assert kept.rows(row_type) == reading.dossier.rows(row_type)
    given = {sheet.name: sheet.lines for sheet in read_workbook(PATH).sheets}
    again = {
        sheet.name: sheet.lines for sheet in read_workbook(workbook().export(kept, reading.context)).sheets
    }
    for name in SHEETS:
        assert again[name] == given[name]


def test_lines_know_their_part_by_their_module(firm: Firm) -> None:
    campaign = make_campaign(firm)
    workbook().save(campaign.subject, workbook().read(PATH).dossier, actor=firm.owner)
    kinds = list(
        RetroItem.objects.filter(subject=campaign.subject).order_by("position").values_list("kind", flat=True)
    )
    assert kinds == [
        RetroKind.OTHER, RetroKind.OTHER, RetroKind.SUCCESS, RetroKind.PROBLEM, RetroKind.ACTION, RetroKind.ACTION,
        RetroKind.OTHER,
    ]  # fmt: skip
    assert Roi.objects.filter(subject=campaign.subject).count() == 1
