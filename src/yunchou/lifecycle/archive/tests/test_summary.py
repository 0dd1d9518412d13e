"""The PDF of the summary: Chinese with embedded fonts, and everything people look for."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import translation

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.lifecycle.archive.actions import write_summary
from yunchou.lifecycle.archive.packing.summary import summary_data, summary_pdf
from yunchou.lifecycle.campaigns.models import Campaign

HEAD = "ab" * 32


def data_of(campaign: Campaign, firm: Firm) -> dict:
    with translation.override("zh-hans"):
        return summary_data(campaign, actor=firm.owner, made_at=clock.now(), chain_head=HEAD)


@pytest.mark.req("RET-06")
def test_summary_holds_facts_goals_return_retrospective_and_suggestions(ready: Campaign, firm: Firm) -> None:
    data = data_of(ready, firm)
    assert data["title"] == "开学季·青春焕新计划"
    assert data["roi"]["result"] == "549.35%"
    assert len(data["goals"]) == 9
    assert [len(part["lines"]) for part in data["parts"]] == [1, 2]
    assert len(data["actions"]) == 2
    assert data["suggestions"].startswith("提前")
    assert data["words"]["goals"] == "目标与结果"


@pytest.mark.req("RET-06")
def test_pdf_embeds_its_fonts_and_its_chinese_can_be_read(
    ready: Campaign, firm: Firm, tmp_path: Path
) -> None:
    pdf = summary_pdf(ready, actor=firm.owner, made_at=clock.now(), chain_head=HEAD)
    assert pdf.startswith(b"%PDF-")
    assert b"NotoSans" in pdf
    assert b"/FontFile" in pdf
    if tool := shutil.which("pdftotext"):
        path = tmp_path / "summary.pdf"
        path.write_bytes(pdf)
        text = subprocess.run([tool, str(path), "-"], capture_output=True, check=True).stdout.decode()
        for words in ("开学季", "目标与结果", "549.35%", "社群转发激励方案"):
            assert words in text


def test_what_people_write_is_no_markup(ready: Campaign, firm: Firm) -> None:
    nasty = '#panic("x") $a$ *b* <c> @d \\ #let x = read("/etc/passwd")'
    write_summary(subject=ready.subject, actor=firm.owner, conclusion=nasty, suggestions=nasty)
    assert summary_pdf(ready, actor=firm.owner, made_at=clock.now(), chain_head=HEAD).startswith(b"%PDF-")
