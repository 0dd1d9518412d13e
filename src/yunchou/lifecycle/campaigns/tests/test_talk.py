"""The collaboration area of a campaign: tasks, comments, files, reminders, announcements and decisions in one place (GEN-02)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.tables import TaskRow
from yunchou.directory.organisation.tests.factories import company
from yunchou.kernel.core import clock
from yunchou.kernel.discussion import actions
from yunchou.kernel.discussion.places import Place, place_at
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.tests.factories import make_user
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.actions import add_member
from yunchou.lifecycle.campaigns.tests.factories import make_proposal, save_rows

pytestmark = pytest.mark.django_db


@pytest.mark.req("GEN-02", whole=True)
@pytest.mark.once
def test_a_campaign_has_one_place_where_its_people_work_together(client: Client) -> None:
    firm = company()
    campaign = make_proposal(firm)
    subject, owner = campaign.subject, firm.owner
    member, outsider = make_user("赵一鸣"), make_user("外人")
    add_member(subject=subject, user=member)
    today = clock.today()
    rows = [
        TaskRow(name="舞台搭建", start_on=today - timedelta(days=3), end_on=today - timedelta(days=1)),
        TaskRow(name="现场签到", start_on=today, end_on=today + timedelta(days=1)),
    ]
    save_rows(campaign, "schedule", rows, actor=owner)
    task = GanttTask.objects.get(subject=subject, name="舞台搭建")
    room = f"/s/{subject.pk}/talk/"

    client.force_login(outsider)
    assert client.get(room).status_code == 404
    client.force_login(member)
    empty = client.get(room).content.decode()
    for card in ("tasks", "talk", "files", "reminders", "announcements", "decisions"):
        assert f'id="{card}"' in empty
    assert "舞台搭建" in empty

    # A comment on one task of the schedule, which calls somebody, with a file; then everything else there is.
    place = place_at(subject, "schedule", task.pk, owner)
    assert place is not None
    assert "舞台搭建" in place.title
    plan = SimpleUploadedFile("平面图.pdf", b"%PDF-1.7\n1")
    said = actions.comment(place=place, text="@zym 几点进场？", uploads=[plan], actor=owner)
    note = Notification.objects.get(user=member, kind="discussion.mentioned")
    assert client.get(note.address).status_code == 200
    drawer = client.get(f"{room}row/schedule/{task.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "几点进场" in drawer
    actions.comment(place=place, text="七点", parent=said, actor=member)
    actions.replace_file(
        document=said.files.get(), upload=SimpleUploadedFile("平面图.pdf", b"%PDF-1.7\n12"), actor=member
    )
    announced = actions.announce(
        subject=subject,
        title="周五踩点",
        text="9:00 东门",
        readers=[member],
        read_by=today + timedelta(days=1),
        actor=owner,
    )
    decided = actions.record_decision(
        subject=subject, text="东门进场", deciders=[owner], decided_on=today, source="周会", actor=owner
    )
    actions.remind(
        subject=subject, whom=member, text="带门禁卡", at=clock.now() + timedelta(days=1), actor=owner
    )
    actions.comment(place=Place(subject), text="以上照办", actor=member)
    full = client.get(room).content.decode()
    for piece in (
        "2 条评论",
        "平面图.pdf",
        "周五踩点",
        "D-1",
        "东门进场",
        "带门禁卡",
        "以上照办",
        "第 2 版",
    ):
        assert piece in full, piece
    assert set(Duty.objects.open().filter(owner=member).values_list("kind", flat=True)) >= {
        "discussion.read", "discussion.reminder",
    }  # fmt: skip
    client.post(f"{announced.get_absolute_url()}read/")
    assert "9:00" not in client.get(room).content.decode()
    # The journal quotes the decision, and tells of the talk without its words.
    told = {entry.kind: entry.sentence for entry in JournalEntry.objects.filter(subject=subject)}
    assert decided.code in told["discussion.decided"]
    assert "东门进场" in told["discussion.decided"]
    assert "七点" not in "".join(told.values())
