"""Filing, the checklist, sealing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.jobs.models import Job, State
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.lifecycle.archive import actions
from yunchou.lifecycle.archive.actions import sealing
from yunchou.lifecycle.archive.models import ArchiveItem, Package
from yunchou.lifecycle.archive.rules import ItemFacts, item_has_its_data
from yunchou.lifecycle.archive.selectors import checklist_of
from yunchou.lifecycle.campaigns.actions import archive_campaign as move_only
from yunchou.lifecycle.campaigns.actions import change_overview
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.reviews.actions import finish_action, record_actual
from yunchou.lifecycle.reviews.models import EvaluationLine
from yunchou.lifecycle.reviews.tests.factories import action_of, set_status

from .conftest import fill

GOOD = {
    "stage": "execution",
    "title": "照片",
    "date": date(2024, 7, 20),
    "source": "张晨",
    "abstract": "现场",
}


@pytest.mark.rule("R-ARC-01")
@pytest.mark.req("ARC-03", whole=True)
@pytest.mark.parametrize("missing", ["title", "date", "source", "abstract"])
def test_item_without_one_of_its_four_data_is_refused(evaluated: Campaign, firm: Firm, missing: str) -> None:
    given = {**GOOD, missing: None if missing == "date" else " "}
    with pytest.raises(RuleRefused) as refused:
        actions.file_item(subject=evaluated.subject, actor=firm.owner, **given)
    assert list(refused.value.fields) == [missing]
    assert not ArchiveItem.objects.exists()


@pytest.mark.rule("R-ARC-01")
def test_complete_item_passes() -> None:
    assert item_has_its_data.check(ItemFacts("a", date(2024, 1, 1), "b", "c")) == []


@pytest.mark.req("ARC-02", whole=True)
def test_item_is_filed_under_its_stage_with_its_file(evaluated: Campaign, firm: Firm) -> None:
    upload = SimpleUploadedFile("照片说明.txt", "开幕".encode())
    item = actions.file_item(subject=evaluated.subject, actor=firm.owner, **GOOD, upload=upload)
    assert (item.stage, item.attachment.stage, item.attachment.name) == (
        "execution",
        "execution",
        "照片说明.txt",
    )
    assert JournalEntry.objects.filter(kind="archive.filed", subject=evaluated.subject).count() == 1
    with pytest.raises(NotAllowed):
        actions.file_item(subject=evaluated.subject, actor=firm.outsider, **GOOD)


@pytest.mark.rule("R-ARC-02")
@pytest.mark.req("ARC-10")
@pytest.mark.req("ARC-01")
def test_incomplete_archive_is_refused_with_the_list(evaluated: Campaign, firm: Firm) -> None:
    with pytest.raises(RuleRefused) as refused:
        actions.archive_campaign(campaign=evaluated, actor=firm.owner)
    missing = [v.values["missing"] for v in refused.value.verdicts]
    assert missing == ["preparation_item", "execution_item", "summary"]
    with pytest.raises(WrongState):
        move_only(campaign=evaluated, actor=firm.owner)
    fill(evaluated, firm)
    assert all(entry.is_there for entry in checklist_of(evaluated.subject).entries)


@pytest.mark.rule("R-ARC-02")
@pytest.mark.req("RET-09")
def test_nothing_is_archived_without_a_retrospective(ready: Campaign, firm: Firm) -> None:
    ready.subject.retrospective.delete()
    with pytest.raises(RuleRefused) as refused:
        actions.archive_campaign(campaign=ready, actor=firm.owner)
    assert [v.values["missing"] for v in refused.value.verdicts] == ["retrospective"]


def test_nothing_is_archived_without_its_package(ready: Campaign, firm: Firm) -> None:
    with pytest.raises(WrongState, match="档案"):
        move_only(campaign=ready, actor=firm.owner)


def test_archive_refuses_other_states_and_people(ready: Campaign, firm: Firm) -> None:
    with pytest.raises(NotAllowed):
        actions.archive_campaign(campaign=ready, actor=firm.outsider)
    with pytest.raises(WrongState):
        actions.archive_campaign(campaign=set_status(ready, Status.CLOSED), actor=firm.owner)


@pytest.mark.req("ARC-06")
def test_archived_campaign_has_its_package_and_the_journal_its_hash(package: Package) -> None:
    assert package.subject.campaign.status == Status.ARCHIVED
    assert package.retention_until == date(2029, 9, 20)
    entry = JournalEntry.objects.get(kind="archive.packed", subject=package.subject)
    assert entry.data["sha256"] == package.file.sha256
    assert JournalEntry.objects.filter(kind="campaigns.archived", subject=package.subject).count() == 1


@pytest.mark.req("ARC-08")
def test_archived_campaign_is_read_only_everywhere(package: Package, firm: Firm) -> None:
    campaign = Campaign.objects.select_related("subject").get(pk=package.subject_id)
    assert all(lock_on(campaign.subject, table.key) is not None for table in workbook().tables)
    with pytest.raises(WrongState):
        change_overview(campaign=campaign, actor=firm.owner, changes={"scene": "别处"})
    with pytest.raises(WrongState):
        actions.file_item(subject=campaign.subject, actor=firm.owner, **GOOD)
    with pytest.raises(WrongState):
        actions.write_summary(subject=campaign.subject, actor=firm.owner, conclusion="a", suggestions="b")
    line = EvaluationLine.objects.filter(subject=campaign.subject)[0]
    with pytest.raises(WrongState):
        record_actual(line=line, actual=Figure(Decimal(1)), actor=firm.owner)


@pytest.mark.req("RET-05")
def test_improvement_actions_outlive_the_archive(package: Package, firm: Firm) -> None:
    campaign = Campaign.objects.get(pk=package.subject_id)
    assert Duty.objects.open().filter(kind="reviews.action", subject=package.subject).count() == 2
    assert finish_action(item=action_of(campaign), actor=firm.colleague, result="完成").state == "done"


def test_package_is_made_again_when_somebody_wrote_meanwhile(
    ready: Campaign, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, plain = [], sealing.pack

    def pack_slowly(campaign: Campaign, out: object, **more: object) -> object:
        result = plain(campaign, out, **more)
        if not packed:
            actions.write_summary(
                subject=campaign.subject, actor=firm.owner, conclusion="改", suggestions="改"
            )
        packed.append(result)
        return result

    monkeypatch.setattr(sealing, "pack", pack_slowly)
    package = actions.archive_campaign(campaign=ready, actor=firm.owner)
    assert len(packed) == 2
    assert package.manifest_sha256 == packed[-1].manifest_sha256


@pytest.mark.django_db(transaction=True)
def test_asking_again_for_a_stopped_package_goes_on_with_it(
    ready: Campaign, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LARGE_BYTES", 0)
    job = actions.request_archive(campaign=ready, actor=firm.owner)
    assert isinstance(job, Job)
    job.chunks.update(state=State.PARKED)
    Job.objects.filter(pk=job.pk).update(state=State.PARKED)
    again = actions.request_archive(campaign=ready, actor=firm.owner)
    assert isinstance(again, Job)
    assert (again.pk, again.state) == (job.pk, State.RUNNING)
    work_off()
    assert Package.objects.filter(subject=ready.subject).exists()


def test_large_campaign_is_archived_in_the_background(
    ready: Campaign, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LARGE_BYTES", 0)
    job = actions.request_archive(campaign=ready, actor=firm.owner)
    assert isinstance(job, Job)
    assert actions.request_archive(campaign=ready, actor=firm.owner).pk == job.pk
    work_off()
    job.refresh_from_db()
    package = Package.objects.get(subject=ready.subject)
    assert (job.state, job.result["address"]) == ("done", package.get_absolute_url())
