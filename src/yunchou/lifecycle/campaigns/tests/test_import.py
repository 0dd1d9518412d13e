"""From a workbook to a campaign and back, in the database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.directory.organisation.positions import MARKETING_SPECIALIST
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry as Entry
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.kernel.subjects.models import Member, Role
from yunchou.lifecycle.campaigns import imports
from yunchou.lifecycle.campaigns.import_models import ImportRun
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.selectors import dossier_of

from . import example_workbook as example

NAMES = {
    "张": "张伟",
    "李": "李娜",
    "王": "王芳",
    "赵": "赵敏",
    "周": "周全",
    "吴": "吴越",
    "孙": "孙莉",
    "刘": "刘强",
}


@pytest.fixture(autouse=True)
def moment() -> Any:
    with clock.at("2024-08-02T15:20"):
        yield


def upload(data: bytes | None = None, name: str = "开学季活动工作簿.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, example.PATH.read_bytes() if data is None else data)


def hand_in(firm: Firm, data: bytes | None = None) -> ImportRun:
    return imports.hand_in_workbook(upload=upload(data), unit=firm.department(), actor=firm.owner)


def make(firm: Firm) -> Campaign:
    return imports.create_from_workbook(run=hand_in(firm), actor=firm.owner)


@pytest.fixture
def people(firm: Firm) -> dict[str, User]:
    """The eight people of the example; 张 and 李 are also the owner's and a colleague's surnames."""
    return {
        surname: staff(name, firm.department(), MARKETING_SPECIALIST, username=f"p{n}")
        for n, (surname, name) in enumerate(NAMES.items())
    }


def test_handing_in_keeps_the_findings_and_makes_nothing(firm: Firm) -> None:
    run = hand_in(firm)
    items = imports.items_found(run)
    assert (run.sheets, run.rows, run.campaign) == (13, 55, None)
    assert {item.comment for item in items if item.comment} >= {"A1", "B9", "C8"}
    assert not Campaign.objects.exists()
    assert Entry.objects.filter(kind="campaigns.workbook_handed_in").count() == 1


@pytest.mark.req("GEN-08")
def test_import_then_export_gives_an_equal_workbook(firm: Firm, people: dict[str, User]) -> None:
    campaign = make(firm)
    exported = read_workbook(imports.workbook_of(campaign))
    assert exported == read_workbook(example.PATH)
    types = [[[type(cell) for cell in line.values()] for _n, line in sheet] for sheet in exported.sheets]
    original = read_workbook(example.PATH).sheets
    assert types == [[[type(cell) for cell in line.values()] for _n, line in sheet] for sheet in original]


@pytest.mark.req("GEN-08")
def test_export_then_import_gives_an_equal_campaign(firm: Firm, people: dict[str, User]) -> None:
    first = make(firm)
    second = imports.create_from_workbook(run=hand_in(firm, imports.workbook_of(first)), actor=firm.owner)
    assert dossier_of(second).snapshot() == dossier_of(first).snapshot()
    assert second.frame == first.frame


def test_campaign_is_a_draft_with_team_file_and_history(firm: Firm, people: dict[str, User]) -> None:
    run = hand_in(firm)
    chosen = {"张": people["张"].pk, "李": people["李"].pk}
    run = imports.choose_people(run=run, people=chosen, actor=firm.owner)
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert (campaign.status, campaign.history_until) == (Status.DRAFT, date(2024, 8, 2))
    assert (campaign.name, campaign.owner) == ("开学季·青春焕新计划", people["张"])
    roles = {(m.user, m.role) for m in Member.objects.filter(subject=campaign.subject)}
    assert (people["张"], Role.LEAD) in roles
    assert (people["周"], Role.MODULE_LEAD) in roles
    assert (people["孙"], Role.MEMBER) in roles
    [attachment] = Attachment.objects.filter(subject=campaign.subject)
    assert attachment.file.sha256 == run.file.sha256
    assert not Duty.objects.filter(subject=campaign.subject).exists()
    entry = Entry.objects.get(kind="campaigns.imported")
    assert (entry.data["tables"], entry.data["rows"]) == (13, 55)


def test_person_who_only_approves_is_not_on_the_team(firm: Firm) -> None:
    only = staff("刘强", firm.department(), MARKETING_SPECIALIST, username="liu")
    campaign = make(firm)
    # 刘 approves every line, and also assists: that makes a member of the team.
    assert Member.objects.filter(subject=campaign.subject, user=only, role=Role.MEMBER).exists()


def test_unknown_people_keep_their_names_and_ambiguous_ones_are_asked_for(
    firm: Firm, people: dict[str, User]
) -> None:
    run = hand_in(firm)
    asked = {item.person: item.code for item in imports.items_found(run) if item.person}
    assert asked["张"] == "ambiguous_person"
    assert "周" not in asked
    run = imports.choose_people(run=run, people={"张": people["张"].pk, "李": None}, actor=firm.owner)
    assert not {"张", "李"} & {item.person for item in imports.items_found(run)}
    with pytest.raises(Invalid):
        imports.choose_people(run=run, people={"张": firm.outsider.pk}, actor=firm.owner)


def test_workbook_makes_one_campaign_only(firm: Firm) -> None:
    run = hand_in(firm)
    imports.create_from_workbook(run=run, actor=firm.owner)
    with pytest.raises(WrongState):
        imports.create_from_workbook(run=run, actor=firm.owner)
    assert Campaign.objects.count() == 1


def test_import_needs_the_right_to_create_there(firm: Firm) -> None:
    with pytest.raises(NotAllowed):
        imports.hand_in_workbook(upload=upload(), unit=firm.department("south"), actor=firm.owner)
    assert not ImportRun.objects.exists()
