"""Attaching: one content once, versions in a row, nothing half written."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from yunchou.kernel.core.errors import Invalid, NotAllowed, OutOfSpace, WrongState
from yunchou.kernel.files import store
from yunchou.kernel.files.actions import (
    NAME_LENGTH,
    add_version,
    attach_file,
    clean_name,
    remove_attachment,
    restore_attachment,
    store_file,
)
from yunchou.kernel.files.models import Attachment, StoredFile
from yunchou.kernel.files.selectors import (
    attachments_of,
    documents_like,
    documents_of,
    orphans,
    verify_files,
    versions_of,
)
from yunchou.kernel.files.tasks import clear_away
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .conftest import EDIT

pytestmark = pytest.mark.django_db


def pdf(name: str = "方案.pdf", body: bytes = b"one") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + body, "text/html")


def left_behind(media: Path) -> list[Path]:
    return list((media / store.TEMPORARY).glob("*"))


def test_attach_file_keeps_content_under_its_hash(subject: Subject, member: User, media: Path) -> None:
    found = attach_file(subject=subject, upload=pdf(), actor=member, stage="planning", note="初稿")
    assert (found.name, found.version, found.file.content_type) == ("方案.pdf", 1, "application/pdf")
    sha256 = found.file.sha256
    assert (media / "files" / sha256[:2] / sha256).read_bytes() == b"%PDF-1.7\none"
    assert left_behind(media) == []
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.data["sha256"], entry.subject) == ("files.attached", sha256, subject)


def test_the_same_content_twice_is_one_file(subject: Subject, member: User) -> None:
    one = attach_file(subject=subject, upload=pdf("a.pdf"), actor=member)
    two = attach_file(subject=subject, upload=pdf("b.pdf"), actor=member)
    assert one.file == two.file
    assert StoredFile.objects.count() == 1


def test_versions_follow_each_other(subject: Subject, member: User) -> None:
    one = attach_file(subject=subject, upload=pdf(body=b"1"), actor=member, stage="planning")
    two = attach_file(subject=subject, upload=pdf(body=b"2"), actor=member, replaces=one)
    assert (two.version, two.stage) == (2, "planning")
    assert list(attachments_of(subject, member)) == [two]
    assert versions_of(two, member) == [two, one]
    with transaction.atomic(), pytest.raises(WrongState):
        attach_file(subject=subject, upload=pdf(body=b"3"), actor=member, replaces=one)
    assert Attachment.objects.count() == 2


def test_removing_the_newest_version_brings_the_one_before_back(subject: Subject, member: User) -> None:
    one = attach_file(subject=subject, upload=pdf(body=b"1"), actor=member)
    two = attach_file(subject=subject, upload=pdf(body=b"2"), actor=member, replaces=one)
    remove_attachment(attachment=two, actor=member)
    assert list(attachments_of(subject, member)) == [one]
    with pytest.raises(WrongState):
        remove_attachment(attachment=two, actor=member)
    restore_attachment(attachment=two, actor=member)
    assert list(attachments_of(subject, member)) == [two]
    assert [e.kind for e in JournalEntry.objects.order_by("pk")][-2:] == ["files.removed", "files.restored"]


def test_attach_file_refuses_who_may_not_see_the_subject(
    subject: Subject, outsider: User, member: User
) -> None:
    with pytest.raises(NotAllowed):
        attach_file(subject=subject, upload=pdf(), actor=outsider)
    with pytest.raises(NotAllowed):
        attach_file(subject=subject, upload=pdf(), actor=outsider, needs=EDIT)
    assert not StoredFile.objects.exists()
    assert attach_file(subject=subject, upload=pdf(), actor=member, needs=EDIT)


@pytest.mark.parametrize("data", [b"", b"<html></html>"])
def test_refused_content_leaves_nothing(subject: Subject, member: User, media: Path, data: bytes) -> None:
    with pytest.raises(Invalid):
        attach_file(subject=subject, upload=SimpleUploadedFile("x.txt", data), actor=member)
    assert not StoredFile.objects.exists()
    assert left_behind(media) == []
    assert verify_files().orphans == []


def test_a_file_larger_than_allowed_is_refused(
    subject: Subject, member: User, media: Path, settings: Settings
) -> None:
    settings.UPLOAD_MAX_MB = 1
    with pytest.raises(Invalid, match="1 MB"):
        attach_file(subject=subject, upload=pdf(body=b"x" * 1024 * 1024), actor=member)
    assert left_behind(media) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_is_refused_and_heals(
    subject: Subject, member: User, media: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(f"yunchou.kernel.files.store.os.{step}", full)
        with pytest.raises(OutOfSpace) as refused:
            attach_file(subject=subject, upload=pdf(), actor=member)
    assert refused.value.status == 507
    assert not StoredFile.objects.exists()
    assert left_behind(media) == []
    assert attach_file(subject=subject, upload=pdf(), actor=member)


def test_verify_finds_missing_damaged_and_orphaned(subject: Subject, member: User, media: Path) -> None:
    fine = attach_file(subject=subject, upload=pdf(body=b"fine"), actor=member).file
    gone = attach_file(subject=subject, upload=pdf(body=b"gone"), actor=member).file
    changed = attach_file(subject=subject, upload=pdf(body=b"changed"), actor=member).file
    (media / store.name_of(gone.sha256)).unlink()
    path = media / store.name_of(changed.sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with transaction.atomic():
        lost = store_file(upload=pdf(body=b"lost"))
        transaction.set_rollback(True)
    report = verify_files()
    assert (report.checked, report.missing, report.damaged) == (3, [gone.sha256], [changed.sha256])
    assert report.orphans == [lost.sha256]
    assert not report.is_well
    assert fine.sha256 not in report.missing + report.damaged


def test_clear_away_waits_a_day(media: Path) -> None:
    with transaction.atomic():
        lost = store_file(upload=pdf())
        transaction.set_rollback(True)
    kept = store_file(upload=pdf(body=b"kept"))
    stale = media / store.TEMPORARY / "stale"
    stale.write_bytes(b"x")
    clear_away(None)
    assert store.has_content(lost.sha256)
    two_days_ago = os.stat(stale).st_mtime - 2 * 86400
    for path in (media / store.name_of(lost.sha256), media / store.name_of(kept.sha256), stale):
        os.utime(path, (two_days_ago, two_days_ago))
    clear_away(None)
    assert not store.has_content(lost.sha256)
    assert store.has_content(kept.sha256)
    assert not stale.exists()
    assert list(orphans(timedelta(0))) == []


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("方案.pdf", "方案.pdf"),
        ("C:\\Users\\张\\方案.pdf", "方案.pdf"),
        ("../../etc/passwd", "passwd"),
        ("方\u202e案\n.pdf", "方案.pdf"),
        (" . ", "File"),
        ("", "File"),
    ],
)
def test_clean_name(given_name: str, expected: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert clean_name(given_name) == expected


@given(st.text(max_size=400))
def test_a_clean_name_is_short_and_has_no_path(name: str) -> None:
    found = clean_name(name)
    assert found
    assert len(found) <= NAME_LENGTH + 1
    assert not set(found) & set("/\\\n\r\0")


def test_a_name_without_ending_gets_one(subject: Subject, member: User) -> None:
    assert attach_file(subject=subject, upload=pdf("方案"), actor=member).name == "方案.pdf"


def test_a_document_keeps_its_versions_and_says_what_changed(subject: Subject, member: User) -> None:
    one = attach_file(subject=subject, upload=pdf(body=b"1"), actor=member, stage="creative")
    with pytest.raises(Invalid, match="1"):
        add_version(document=one, upload=pdf(body=b"1"), actor=member)
    two = add_version(document=one, upload=pdf("定稿.pdf", b"12345"), actor=member, note="按意见修改")
    three = add_version(document=two, upload=pdf(body=b"12"), actor=member)
    other = attach_file(subject=subject, upload=pdf("清单.pdf"), actor=member)
    document = documents_of(subject, member, stage="creative")[0]
    assert [(v.attachment, v.change) for v in document.versions] == [(three, -3), (two, 4), (one, None)]
    assert (document.current, document.first, document.versions[0].change_text[0]) == (three, one, "−")
    assert [each.current for each in documents_of(subject, member)] == [other, three]
    assert documents_like([two])[two.pk].current == three
    with transaction.atomic(), pytest.raises(WrongState):
        add_version(document=one, upload=pdf(body=b"late"), actor=member)
    # A version taken away gives its place to another, but never its number.
    remove_attachment(attachment=three, actor=member)
    four = add_version(document=two, upload=pdf(body=b"1234"), actor=member)
    assert (four.version, versions_of(four, member)) == (4, [four, two, one])
    with transaction.atomic(), pytest.raises(WrongState):
        restore_attachment(attachment=three, actor=member)
    remove_attachment(attachment=two, actor=member)
    assert versions_of(four, member) == [four, one]


def test_documents_are_only_for_who_sees_the_subject(subject: Subject, member: User, outsider: User) -> None:
    one = attach_file(subject=subject, upload=pdf(), actor=member)
    assert documents_of(subject, outsider) == []
    assert versions_of(one, outsider) == []
    with pytest.raises(NotAllowed):
        add_version(document=one, upload=pdf(body=b"2"), actor=outsider)
