"""The shot list; pictures from the camera to publication, and back when somebody no longer agrees."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.capabilities.preparation.actions import send_publicity
from yunchou.capabilities.preparation.materials import why_not as material_speaks_against
from yunchou.capabilities.preparation.models import Publicity
from yunchou.directory.customers.actions.consents import give_consent, withdraw_consent
from yunchou.directory.customers.models import Basis, Purpose
from yunchou.directory.organisation.positions import MARKETING_SPECIALIST
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.approvals.actions import install_definition
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.files.tests.test_content import picture as png
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Member, Role
from yunchou.lifecycle.archive.selectors import attachments_of
from yunchou.lifecycle.events.actions.replies import reply
from yunchou.lifecycle.events.models import Guest, Reply
from yunchou.lifecycle.events.tests.factories import make_customer
from yunchou.lifecycle.programme.actions import pictures as actions
from yunchou.lifecycle.programme.actions.running import keep_day
from yunchou.lifecycle.programme.models import Picture, PictureState
from yunchou.lifecycle.programme.selectors.pictures import pictures_of, states_of

from .factories import EVENING, at, make_evening, make_sheet

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64


def upload(name: str = "现场.png", colour: int = 40) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png(size=(colour, 30)))


@pytest.mark.req("EXE-11", whole=True)
def test_pictures_are_taken_by_a_list_sorted_finished_and_published_with_consent_alone(firm: Firm) -> None:
    subject = make_evening(firm, guests=3)
    sheet = make_sheet(subject, firm)
    lens = staff("文景", firm.department(), MARKETING_SPECIALIST, username="lens")
    keep_day(subject=subject, actor=firm.owner, photographer=lens)
    shot = actions.keep_shot(
        subject=subject, what="开场全景", actor=firm.owner, item=sheet[0], people="总经理"
    )
    with clock.at(at(18, 31)):
        assert actions.tick_shot(shot=shot, actor=lens).done_at == at(18, 31)
    files = [upload("1.png"), upload("2.png", 41), SimpleUploadedFile("花絮.mp4", MP4)]
    with clock.at(at(20)):
        made = actions.bring_pictures(
            subject=subject, uploads=files, actor=lens, item=sheet[0], tags="开场，全景 开场"
        )
    assert [one.tags for one in made] == ["开场 全景"] * 3
    assert states_of(subject) == {"raw": 3, "chosen": 0, "edited": 0, "published": 0}
    first, second, film = made
    keys = [first.pk, second.pk]
    assert actions.sort_pictures(subject=subject, pictures=keys, state="chosen", actor=lens) == 2
    finished = actions.bring_edited(picture=first, upload=upload("1-finished.png", 42), actor=lens)
    assert (finished.state, finished.attachment.version, finished.tags) == ("edited", 2, "开场 全景")

    lin, zhou, he = Guest.objects.order_by("pk")
    customer = make_customer(firm, "周明远")
    zhou.customer = customer
    zhou.save(update_fields=["customer"])
    with pytest.raises(RuleRefused):
        actions.publish_pictures(subject=subject, pictures=keys, actor=firm.owner)
    actions.mark_picture(picture=finished, guests=[lin, zhou], actor=lens, tags="合影", item=sheet[0])
    actions.mark_picture(picture=second, guests=[], actor=lens)
    Guest.objects.filter(pk=lin.pk).update(allows_pictures=True)
    with pytest.raises(RuleRefused) as refused:
        actions.publish_pictures(subject=subject, pictures=keys, actor=firm.owner)
    assert refused.value.code == "K-EXE-11"
    assert "周明远" in str(refused.value.verdicts[0].reason)
    assert "林晓雯" not in str(refused.value.verdicts[0].reason)
    assert states_of(subject)["published"] == 0, "all of them or none"
    give_consent(
        customer=customer, purpose=Purpose.IMAGE, actor=firm.owner, basis=Basis.PAPER, proof="现场签署"
    )
    assert actions.publish_pictures(subject=subject, pictures=keys, actor=firm.owner) == 2
    with pytest.raises(NotAllowed):
        actions.publish_pictures(subject=subject, pictures=[film.pk], actor=lens)

    # The directory of customers notes a withdrawal: taken back in the same moment, and those who published hear of it.
    withdraw_consent(
        customer=customer, purpose=Purpose.IMAGE, actor=firm.owner, basis=Basis.SPOKEN, proof="电话"
    )
    taken = Picture.objects.get(pk=finished.pk)
    assert (taken.state, taken.pulled_at is not None) == (PictureState.EDITED, True)
    assert Picture.objects.get(pk=second.pk).state == PictureState.PUBLISHED, "nobody is in it"
    assert Notification.objects.filter(kind="programme.pulled", user=firm.owner).count() == 1

    # So does the guest's own page, and somebody found in a picture afterwards.
    session = subject.sessions.get()
    with clock.at(EVENING):
        reply(guest=he, answer=Reply.ACCEPTED, sessions=[session], allows_pictures=True)
    actions.mark_picture(picture=second, guests=[he], actor=lens)
    assert Picture.objects.get(pk=second.pk).state == PictureState.PUBLISHED
    with clock.at(EVENING):
        reply(guest=he, answer=Reply.ACCEPTED, sessions=[session], allows_pictures=False)
    assert Picture.objects.get(pk=second.pk).state == PictureState.EDITED
    Guest.objects.filter(pk=he.pk).update(allows_pictures=True)
    actions.publish_pictures(subject=subject, pictures=[second.pk], actor=firm.owner)
    actions.mark_picture(picture=second, guests=[he, zhou], actor=lens)
    assert Picture.objects.get(pk=second.pk).state == PictureState.EDITED
    assert {one.attachment_id for one in pictures_of(subject)} <= {
        one.pk for one in attachments_of(subject)
    }, "they go into the archive"
    journal = str(list(JournalEntry.objects.filter(subject=subject).values_list("data", flat=True)))
    for name in ("周明远", "林晓雯", "何嘉欣"):
        assert name not in journal


def test_what_is_no_picture_and_who_may_not_bring_one_is_refused(firm: Firm) -> None:
    subject = make_evening(firm, guests=1)
    member = staff("队员", firm.department(), MARKETING_SPECIALIST, username="member")
    Member.objects.create(subject=subject, user=member, role=Role.MEMBER)
    text = SimpleUploadedFile("说明.txt", "并非图片".encode())
    with pytest.raises(Invalid):
        actions.bring_pictures(subject=subject, uploads=[upload(), text], actor=firm.owner)
    assert not Picture.objects.filter(subject=subject).exists(), "all of them or none"
    for uploads in ([], [upload()] * 61):
        with pytest.raises(Invalid):
            actions.bring_pictures(subject=subject, uploads=uploads, actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.bring_pictures(subject=subject, uploads=[upload()], actor=firm.approver)
    (one,) = actions.bring_pictures(subject=subject, uploads=[upload()], actor=member)
    stranger = Guest.objects.create(subject=make_evening(firm, guests=0), name="别场客人")
    with pytest.raises(Invalid):
        actions.mark_picture(picture=one, guests=[stranger], actor=member)
    with pytest.raises(Invalid):
        actions.sort_pictures(subject=subject, pictures=[one.pk], state="published", actor=member)
    with pytest.raises(Invalid):
        actions.keep_shot(subject=subject, what=" ", actor=firm.owner)
    shot = actions.keep_shot(subject=subject, what="全景", actor=firm.owner)
    actions.tick_shot(shot=shot, actor=member)
    assert actions.tick_shot(shot=shot, actor=member, is_done=False).done_at is None
    actions.remove_shot(shot=shot, actor=firm.owner)
    with pytest.raises(WrongState):
        actions.tick_shot(shot=shot, actor=member)
    head = Guest.objects.get(subject=subject)
    companion = Guest.objects.create(subject=subject, name="林太太", companion_of=head)
    actions.mark_picture(picture=one, guests=[companion], actor=member)
    with pytest.raises(RuleRefused):
        actions.publish_pictures(subject=subject, pictures=[one.pk], actor=firm.owner)
    Guest.objects.filter(pk=head.pk).update(allows_pictures=True)
    assert actions.publish_pictures(subject=subject, pictures=[one.pk], actor=firm.owner) == 1
    head = Guest.objects.get(pk=head.pk)
    head.allows_pictures = False
    head.save(update_fields=["allows_pictures"])
    assert Picture.objects.get(pk=one.pk).pulled_at, "a companion is shown by the word of whoever brings them"


@pytest.mark.req("EXE-12", whole=True)
def test_a_report_shows_no_picture_without_consent(firm: Firm) -> None:
    """The last missing part of the row: plan, duty, link, day and reach are proved where publicity is (`test_site`)."""
    subject = make_evening(firm, guests=1)
    [lin] = Guest.objects.order_by("pk")
    [one] = actions.bring_pictures(subject=subject, uploads=[upload("合影.png")], actor=firm.owner)
    report = Publicity.objects.create(
        subject=subject, channel="website", content="活动报道", is_report=True, due_on=at(12).date(), owner=firm.owner,
        position=1,
    )  # fmt: skip
    # The very file, however it is handed in; nobody has looked who is in it, then somebody in it has not agreed.
    with pytest.raises(Invalid):
        send_publicity(row=report, upload=upload("随便起的名字.png"), actor=firm.owner)
    actions.mark_picture(picture=one, guests=[lin], actor=firm.owner)
    with pytest.raises(Invalid, match="林晓雯"):
        send_publicity(row=report, upload=upload("合影.png"), actor=firm.owner)
    assert Publicity.objects.get().review != "asked"
    Guest.objects.filter(pk=lin.pk).update(allows_pictures=True)
    install_definition(key="publicity")
    send_publicity(row=report, upload=upload("合影.png"), actor=firm.owner)
    # Approved meanwhile, and then she takes her word back: it is not published.
    Publicity.objects.filter(pk=report.pk).update(review="passed")
    Guest.objects.filter(pk=lin.pk).update(allows_pictures=False)
    assert material_speaks_against(subject, Publicity.objects.get().material.file.sha256)  # type: ignore[union-attr]
