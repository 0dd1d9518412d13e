"""Every read asks who reads; what is sent is inert."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from yunchou.kernel.files import store
from yunchou.kernel.files.actions import attach_file, remove_attachment
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .test_content import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def poster(subject: Subject, member: User) -> Attachment:
    return attach_file(subject=subject, upload=SimpleUploadedFile("七夕 海报.png", picture()), actor=member)


def get(client: Client, name: str, attachment: Attachment, user: User | None):
    if user:
        client.force_login(user)
    return client.get(reverse(f"files:{name}", args=[attachment.pk]))


@pytest.mark.parametrize("name", ["file_download", "file_picture"])
def test_every_read_asks_who_reads(
    client: Client, name: str, poster: Attachment, member: User, outsider: User
) -> None:
    assert get(client, name, poster, None).status_code == 302
    assert get(client, name, poster, outsider).status_code == 404
    assert get(client, name, poster, member).status_code == 200
    assert client.post(reverse(f"files:{name}", args=[poster.pk])).status_code == 405
    remove_attachment(attachment=poster, actor=member)
    assert get(client, name, poster, member).status_code == 404


def test_download_is_an_inert_attachment_with_its_chinese_name(
    client: Client, poster: Attachment, member: User
) -> None:
    response = get(client, "file_download", poster, member)
    assert b"".join(response.streaming_content) == picture()
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E4%B8%83%E5%A4%95%20%E6%B5%B7%E6%8A%A5.png"
    )
    assert response["Content-Type"] == "image/png"
    assert response["Content-Length"] == str(poster.file.size)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in response["Cache-Control"]


def test_a_picture_is_drawn_anew(client: Client, poster: Attachment, member: User) -> None:
    response = get(client, "file_picture", poster, member)
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    with Image.open(io.BytesIO(response.content)) as found:
        assert found.size == (40, 30)


def test_a_picture_that_was_damaged_on_the_disk_is_a_404(
    client: Client, poster: Attachment, member: User, media: Path
) -> None:
    kept = media / store.name_of(poster.file.sha256)
    content = kept.read_bytes()
    kept.chmod(0o600)
    for broken in (content[: len(content) // 2], b"\x89PNG\r\n\x1a\n", b""):
        kept.write_bytes(broken)
        assert get(client, "file_picture", poster, member).status_code == 404


def test_only_pictures_are_shown(client: Client, subject: Subject, member: User) -> None:
    found = attach_file(subject=subject, upload=SimpleUploadedFile("a.pdf", b"%PDF-1.7"), actor=member)
    assert found.picture_url == ""
    assert get(client, "file_picture", found, member).status_code == 404


def test_missing_content_is_a_404(client: Client, poster: Attachment, member: User, media: Path) -> None:
    (media / store.name_of(poster.file.sha256)).unlink()
    assert get(client, "file_download", poster, member).status_code == 404
