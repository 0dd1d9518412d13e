"""The tab 档案 and the list of archives."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.files import store
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.archive.models import ArchiveItem, Package
from yunchou.lifecycle.archive.packing.proof import verify_package
from yunchou.lifecycle.campaigns.models import Campaign, Status


def url(name: str, pk: int) -> str:
    return reverse(f"archive:{name}", args=[pk])


@pytest.fixture
def owner(client: Client, firm: Firm) -> Client:
    client.force_login(firm.owner)
    return client


def test_strangers_and_outsiders(client: Client, package: Package, firm: Firm) -> None:
    pk = package.subject_id
    assert client.get(url("archive_detail", pk)).status_code == 302
    assert client.get(reverse("archive:package_list")).status_code == 302
    client.force_login(firm.outsider)
    for name in ("archive_detail", "package_download"):
        assert client.get(url(name, pk)).status_code == 404
    for name in ("item_file", "summary_write", "campaign_archive", "package_verify"):
        assert client.post(url(name, pk)).status_code == 404
    assert "开学季" not in client.get(reverse("archive:package_list")).content.decode()


def test_member_of_the_region_reads_but_takes_nothing(client: Client, package: Package, firm: Firm) -> None:
    client.force_login(firm.colleague)
    assert client.get(url("archive_detail", package.subject_id)).status_code == 200
    assert client.get(url("package_download", package.subject_id)).status_code == 403
    assert client.post(url("package_verify", package.subject_id)).status_code == 403


@pytest.mark.rule("R-ARC-01")
def test_item_form_shows_what_the_rule_wants(owner: Client, evaluated: Campaign) -> None:
    given = {"stage": "execution", "title": "照片", "source": "", "abstract": "现场", "date": "2024-07-20"}
    answer = owner.post(url("item_file", evaluated.pk), given)
    assert answer.status_code == 422
    assert "来源" in answer.content.decode()
    upload = SimpleUploadedFile("说明.txt", b"x")
    assert (
        owner.post(url("item_file", evaluated.pk), {**given, "source": "张晨", "upload": upload}).status_code
        == 302
    )
    assert ArchiveItem.objects.get().attachment.name == "说明.txt"


def test_summary_is_written_and_kept(owner: Client, evaluated: Campaign) -> None:
    assert owner.post(url("summary_write", evaluated.pk), {"conclusion": "好"}).status_code == 422
    words = {"conclusion": "全部达成", "suggestions": "提前准备"}
    assert owner.post(url("summary_write", evaluated.pk), words).status_code == 302
    assert "全部达成" in owner.get(url("archive_detail", evaluated.pk)).content.decode()


@pytest.mark.rule("R-ARC-02")
def test_archiving_is_refused_with_the_list_then_done(owner: Client, ready: Campaign) -> None:
    summary = ready.subject.summary
    summary.delete()
    answer = owner.post(url("campaign_archive", ready.pk), headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert "总结" in answer.content.decode()
    summary.save()
    assert owner.post(url("campaign_archive", ready.pk)).status_code == 302
    ready.refresh_from_db()
    assert ready.status == Status.ARCHIVED
    page = owner.get(url("archive_detail", ready.pk)).content.decode()
    assert Package.objects.get().file.sha256 in page
    assert 'name="title"' not in page


@pytest.mark.req("ARC-08")
def test_download_is_whole_and_recorded(owner: Client, package: Package) -> None:
    answer = owner.get(url("package_download", package.subject_id))
    content = b"".join(answer.streaming_content)
    assert verify_package(content) == []
    assert answer["Content-Length"] == str(len(content))
    assert "attachment" in answer["Content-Disposition"]
    assert JournalEntry.objects.filter(kind="archive.taken", subject=package.subject).count() == 1


def test_verify_button_tells_whole_from_broken(owner: Client, package: Package) -> None:
    assert owner.post(url("package_verify", package.subject_id)).status_code == 302
    path = Path(default_storage.path(store.name_of(package.file.sha256)))
    path.write_bytes(path.read_bytes()[:-3] + b"abc")
    page = owner.post(url("package_verify", package.subject_id)).content.decode()
    assert 'id="problems"' in page
    package.refresh_from_db()
    assert not package.is_intact


def test_list_is_searched_by_pinyin(owner: Client, package: Package) -> None:
    address = reverse("archive:package_list")
    assert "开学季" in owner.get(address).content.decode()
    assert "开学季" in owner.get(address, {"q": "kxj"}).content.decode()
    assert "开学季" not in owner.get(address, {"q": "zzz"}).content.decode()
