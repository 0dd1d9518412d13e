from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.lifecycle.archive import actions
from yunchou.lifecycle.archive.models import Package
from yunchou.lifecycle.campaigns.actions import complete_evaluation
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.reviews.actions import submit_retrospective
from yunchou.lifecycle.reviews.tests.factories import closed_example, complete_retro, measure_all


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    with clock.at("2024-09-20T15:20"):
        yield


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def evaluated(firm: Firm) -> Campaign:
    """Evaluated, looked back on; nothing filed yet."""
    campaign = closed_example(firm)
    measure_all(campaign, firm)
    complete_retro(campaign, firm)
    submit_retrospective(subject=campaign.subject, actor=firm.owner)
    return complete_evaluation(campaign=campaign, actor=firm.owner)


@pytest.fixture
def ready(evaluated: Campaign, firm: Firm) -> Campaign:
    """Everything the checklist wants is there."""
    fill(evaluated, firm)
    return evaluated


@pytest.fixture
def package(ready: Campaign, firm: Firm) -> Package:
    return actions.archive_campaign(campaign=ready, actor=firm.owner)


def fill(campaign: Campaign, firm: Firm) -> None:
    common = {"subject": campaign.subject, "actor": firm.owner, "date": date(2024, 7, 18), "source": "市场部"}
    actions.file_item(
        **common, stage="preparation", title="场地协议", abstract="商场中庭场地使用协议",
        upload=SimpleUploadedFile("协议.txt", "场地使用协议".encode()),
    )  # fmt: skip
    actions.file_item(
        **common, stage="execution", title="快闪店照片", abstract="开幕当天12张", place="A-3-07"
    )
    actions.write_summary(
        subject=campaign.subject, actor=firm.owner,
        conclusion="五项指标全部达成,线下快闪店效果最好。", suggestions="提前制定社群转发激励方案。",
    )  # fmt: skip
