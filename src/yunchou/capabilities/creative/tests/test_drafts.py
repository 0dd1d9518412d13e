"""Drafts: versions with a visible difference, remarks pinned to a place and resolved one by one, one version approved."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from yunchou.capabilities.creative import actions
from yunchou.capabilities.creative.differing import Piece, differences
from yunchou.capabilities.creative.models import Draft, Remark
from yunchou.capabilities.creative.selectors.drafts import drafts_of, proof_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.subjects.models import Subject

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def picture(colour: str) -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, "PNG")
    return SimpleUploadedFile(f"{colour}.png", content.getvalue(), "image/png")


def test_differences_read_by_words_and_by_characters() -> None:
    assert differences("全场八折起", "全场七折起，限三天") == [
        Piece("same", "全场"), Piece("out", "八"), Piece("in", "七"), Piece("same", "折起"), Piece("in", "，限三天"),
    ]  # fmt: skip
    assert differences("first 500 guests", "first 800 guests") == [
        Piece("same", "first "), Piece("out", "500"), Piece("in", "800"), Piece("same", " guests"),
    ]  # fmt: skip
    assert differences("同", "同") == [Piece("same", "同")]


def test_a_text_is_proofed_until_it_is_approved(firm: Firm, subject: Subject, client: Client) -> None:
    client.force_login(firm.owner)
    add = reverse("creative:draft_add", args=[subject.pk])
    assert client.post(add, {"title": "推文", "text": ""}).status_code == 422
    assert client.post(add, {"title": "推文", "text": "开学焕新，全场八折起"}).status_code == 302
    draft = Draft.objects.get(subject=subject)
    page = draft.get_absolute_url()
    # Anybody who sees it remarks on words of it; who works on it resolves that, with an answer.
    first = draft.versions.get()
    noted = actions.remark(version=first, text="折扣与优惠表不符", quote="八折", actor=firm.colleague)
    with pytest.raises(Invalid):
        actions.remark(version=first, text="错", quote="九折", actor=firm.colleague)
    with pytest.raises(NotAllowed):
        actions.remark(version=first, text="错", actor=firm.outsider)
    with pytest.raises(WrongState):
        actions.approve_draft(version=first, actor=firm.owner)
    version = reverse("creative:draft_version", args=[subject.pk, draft.pk])
    assert client.post(version, {"seen": 1, "text": "开学焕新，全场八折起"}).status_code == 422
    assert (
        client.post(version, {"seen": 1, "text": "开学焕新，全场七折起", "note": "改折扣"}).status_code == 302
    )
    assert client.post(version, {"seen": 1, "text": "开学焕新，全场六折起"}).status_code == 409
    shown = client.get(page).content.decode()
    assert "全场<del>八</del><ins>七</ins>折起" in shown
    assert "折扣与优惠表不符" in shown
    resolve = reverse("creative:remark_resolve", args=[subject.pk, noted.pk])
    assert client.post(resolve, {"answer": ""}).status_code == 422
    assert client.post(resolve, {"answer": "已改七折"}).status_code == 302
    with pytest.raises(WrongState):
        actions.resolve_remark(remark=noted, answer="再改", actor=firm.owner)
    approve = reverse("creative:draft_approve", args=[subject.pk, draft.pk])
    assert client.post(f"{approve}?version=1").status_code == 409
    assert client.post(f"{approve}?version=2").status_code == 302
    draft.refresh_from_db()
    assert (draft.approved.number, draft.approved_by) == (2, firm.owner)
    with pytest.raises(NotAllowed):
        actions.approve_draft(version=draft.versions.first(), actor=firm.colleague)
    # A newer one is in work; the approved one stays marked until another is approved.
    third = actions.hand_in_version(draft=draft, seen=2, text="开学焕新，七折起", actor=firm.owner)
    [line] = drafts_of(subject)
    assert (line.newest.pk, line.is_approved, line.draft.approved.number) == (third.pk, False, 2)
    assert client.get(reverse("creative:board", args=[subject.pk, "drafts"])).status_code == 200


def test_a_picture_is_remarked_on_at_a_point_and_compared(
    firm: Firm, subject: Subject, client: Client
) -> None:
    client.force_login(firm.owner)
    draft = actions.hand_in_draft(subject=subject, title="海报", upload=picture("red"), actor=firm.owner)
    address = reverse("creative:draft_remark", args=[subject.pk, draft.pk])
    assert 'value="12.50"' in client.get(f"{address}?x=12.50&y=80").content.decode()
    assert client.post(address, {"x": "12.50", "y": "80", "text": "标志太小"}).status_code == 302
    assert client.post(address, {"x": "120", "y": "80", "text": "标志太小"}).status_code == 422
    pin = Remark.objects.get()
    assert (pin.x, pin.y) == (Decimal("12.50"), Decimal(80))
    assert 'data-x="12.50"' in client.get(draft.get_absolute_url()).content.decode()
    with pytest.raises(Invalid):
        actions.hand_in_version(draft=draft, seen=1, upload=picture("red"), actor=firm.owner)
    actions.hand_in_version(draft=draft, seen=1, upload=picture("blue"), actor=firm.owner)
    proof = proof_of(draft)
    assert (proof.shown.number, proof.against.number, proof.open) == (2, 1, 1)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert page.count(proof.against.file.picture_url) == 2  # beside it, and laid over it
    client.force_login(firm.outsider)
    assert client.get(draft.get_absolute_url()).status_code == 404
