"""The worked example as its workbook says it, read by the tables themselves: nothing here needs a database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from yunchou.capabilities.budgets.tables import BUDGET
from yunchou.capabilities.metrics.tables import DASHBOARD
from yunchou.capabilities.operations.tables import ISSUES, REPORTS, RISKS
from yunchou.capabilities.work.tables import DIVISION, SCHEDULE
from yunchou.kernel import sheets
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.dossier import Dossier, Reading, read_dossier
from yunchou.kernel.sheets.raw import RawWorkbook
from yunchou.kernel.sheets.table import Table
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.campaigns.facts import CampaignFacts
from yunchou.lifecycle.campaigns.import_findings import Item, items_of
from yunchou.lifecycle.campaigns.rules.book import ALL
from yunchou.lifecycle.campaigns.tables import CREATIVE, GOALS, OVERVIEW
from yunchou.lifecycle.reviews.tables import EVALUATION, RETROSPECTIVE, ROI

PATH = Path(sheets.__file__).parent / "tests" / "data" / "example-campaign.xlsx"
TODAY = date(2024, 8, 2)
TABLES: tuple[Table[Any], ...] = (
    OVERVIEW, GOALS, CREATIVE, BUDGET, DIVISION, SCHEDULE, RISKS, REPORTS, DASHBOARD, ISSUES, EVALUATION, ROI,
    RETROSPECTIVE,
)  # fmt: skip


def read(source: Path | bytes | RawWorkbook = PATH) -> Reading:
    """The example, or another workbook of the same tables."""
    return read_dossier(source if isinstance(source, RawWorkbook) else read_workbook(source), TABLES)


def facts_of(dossier: Dossier, reading: Reading) -> CampaignFacts:
    return CampaignFacts(dossier, reading.context, TODAY)


def failures(facts: CampaignFacts, rules: Sequence[Rule[Any]] | None = None) -> list[Verdict]:
    """What the rules say against it, with their parameters as declared."""
    return [verdict for rule in rules or ALL for verdict in rule.failures(facts)]


def items(reading: Reading) -> tuple[Item, ...]:
    """Everything found in a workbook, as the import shows it."""
    return items_of(reading, failures(facts_of(reading.dossier, reading)))
