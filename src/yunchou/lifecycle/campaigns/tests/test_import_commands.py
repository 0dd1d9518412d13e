"""The two commands: a workbook in, a workbook out."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.campaigns.import_models import ImportRun
from yunchou.lifecycle.campaigns.models import Campaign

from . import example_workbook as example


def run(firm: Firm, *args: str) -> str:
    out = StringIO()
    call_command(
        "import_campaign",
        str(example.PATH),
        "--unit",
        firm.department().code,
        "--user",
        "owner",
        *args,
        stdout=out,
    )
    return out.getvalue()


@pytest.mark.req("GEN-08")
def test_import_campaign_tells_every_finding_and_makes_the_draft(firm: Firm, tmp_path: Path) -> None:
    told = json.loads(run(firm, "--json"))
    campaign = Campaign.objects.get(code=told["campaign"])
    [total] = [finding for finding in told["findings"] if finding["comment"] == "A1"]
    assert (total["stored"], total["computed"], total["cells"]) == (
        "77,000.00",
        "68,000.00",
        ["预算明细表!C10"],
    )
    target = tmp_path / "out.xlsx"
    call_command("export_campaign", campaign.code, str(target), stdout=StringIO())
    assert read_workbook(target) == read_workbook(example.PATH)
    with pytest.raises(CommandError):
        call_command("export_campaign", campaign.code, str(target), stdout=StringIO())


def test_import_campaign_only_checks_when_told_so(firm: Firm) -> None:
    assert "R-BUD-02" in run(firm, "--check")
    assert [model for model in (ImportRun, Campaign) if model.objects.exists()] == []


def test_import_campaign_refuses_in_words(firm: Firm, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"text")
    with pytest.raises(CommandError):
        call_command(
            "import_campaign",
            str(broken),
            "--unit",
            firm.department().code,
            "--user",
            "owner",
            stdout=StringIO(),
        )
    with pytest.raises(CommandError):
        call_command(
            "import_campaign", str(broken), "--unit", "nowhere", "--user", "owner", stdout=StringIO()
        )
    assert not ImportRun.objects.exists()
