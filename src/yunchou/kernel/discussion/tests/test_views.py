"""The pages of the talk: who opens them, what htmx gets, what a refused form keeps, how many questions a page asks."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.core import clock
from yunchou.kernel.discussion import actions
from yunchou.kernel.discussion.models import Announcement, Comment, Decision
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.models import Attachment

from .conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.req("GEN-02"), pytest.mark.once]
HTMX = {"HX-Request": "true"}


def pdf(body: bytes = b"one") -> SimpleUploadedFile:
    return SimpleUploadedFile("方案.pdf", b"%PDF-1.7\n" + body)


def test_the_room_from_an_empty_page_to_a_full_one(client: Client, cast: Cast) -> None:
    room = f"/s/{cast.subject.pk}/talk/"
    client.force_login(cast.stranger)
    assert client.get(room).status_code == 404
    client.force_login(cast.reader)
    html = client.get(room).content.decode()
    assert "composer-all" in html
    assert "<textarea" not in html
    assert (
        client.post(room + "add/", {"text": "x"}, headers={"Accept": "application/json"}).status_code == 403
    )
    client.force_login(cast.member)
    assert "<textarea" in client.get(room).content.decode()

    refused = client.post(room + "add/", {"text": "@外人 <b>看</b>"}, headers=HTMX)
    assert refused.status_code == 422
    assert "@外人 &lt;b&gt;看&lt;/b&gt;" in refused.content.decode()  # nothing typed is lost
    said = client.post(room + "add/", {"text": "周五踩点 @周敏", "uploads": [pdf()]}, headers=HTMX)
    assert said.status_code == 200
    assert "said:all" in said["HX-Trigger"]
    comment = Comment.objects.get()
    assert comment.files.count() == 1
    assert "toast" not in json.loads(said["HX-Trigger"])
    nobody = client.post(room + "add/", {"text": "@查无此人 看 @周敏 @2x a@b.cn"}, headers=HTMX)
    [warned] = json.loads(nobody["HX-Trigger"])["toast"]
    assert ("@查无此人" in warned["text"], "2x" in warned["text"], warned["is_error"]) == (True, False, True)
    Comment.objects.exclude(pk=comment.pk).delete()
    stream = client.get(room + "stream/").content.decode()
    assert 'class="mention">@周敏' in stream
    seen = stream.split("seen=")[1].split('"')[0]
    assert client.get(f"{room}stream/?seen={seen}").status_code == 204
    assert client.get(f"{room}people/?q=zm").json()["results"][0]["insert"] == "@周敏"

    edit = f"{room}comment/{comment.pk}/edit/"
    assert "周五踩点 @周敏" in client.get(edit, headers=HTMX).content.decode()
    assert client.get(edit).status_code == 200
    assert client.post(edit, {"text": ""}, headers=HTMX)["HX-Retarget"] == f"#said-{comment.pk}"
    assert "周六踩点" in client.post(edit, {"text": "周六踩点 @周敏"}, headers=HTMX).content.decode()
    assert "周五踩点" in client.get(room).content.decode()  # its history

    file = Attachment.objects.get()
    assert client.get(f"{room}files/{file.pk}/replace/", headers=HTMX).status_code == 200
    same = client.post(f"{room}files/{file.pk}/replace/", {"upload": pdf()}, headers=HTMX)
    assert same.status_code == 422
    client.post(f"{room}files/{file.pk}/replace/", {"upload": pdf(b"longer"), "note": "改"}, headers=HTMX)
    client.post(room + "files/add/", {"upload": SimpleUploadedFile("清单.csv", b"a,b\n1,2\n")}, headers=HTMX)
    assert Attachment.objects.count() == 3

    client.post(
        room + "reminders/add/",
        {"text": "带证件", "whom": cast.other.pk, "day": "2099-01-02", "hour": "9"}, headers=HTMX,
    )  # fmt: skip
    past = {"text": "带证件", "whom": cast.other.pk, "day": "2020-01-02", "hour": "9"}
    late = client.post(room + "reminders/add/", past, headers=HTMX)
    assert late.status_code == 422
    assert client.get(room + "announcements/add/").status_code == 403
    assert client.get(room + "decisions/add/").status_code == 403

    client.force_login(cast.lead)
    day = str(clock.today())
    form = {"title": "集合", "text": "9:00 东门 https://a.cn", "readers": [cast.other.pk], "read_by": day}
    assert client.post(room + "announcements/add/", {**form, "title": ""}, headers=HTMX).status_code == 422
    client.post(room + "announcements/add/", form, headers=HTMX)
    announced = Announcement.objects.get()
    page = announced.get_absolute_url()
    assert client.get(page).status_code == 200
    assert client.post(page + "again/").status_code == 302
    assert "周六踩点" in client.get(f"{room}decisions/add/?from={comment.pk}", headers=HTMX).content.decode()
    decided = {"text": "定周六", "deciders": [cast.lead.pk], "decided_on": day, "source": "评论"}
    client.post(f"{room}decisions/add/?from={comment.pk}", decided, headers=HTMX)
    assert Decision.objects.get().comment == comment
    assert client.get(room + "decisions/").status_code == 200

    client.force_login(cast.other)
    html = client.get(room).content.decode()
    for piece in ("集合", "D-1", "带证件", "清单.csv", "announcements/"):
        assert piece in html
    client.post(page + "read/")
    duty = Duty.objects.open().get(kind="discussion.reminder")
    client.post(f"{room}reminders/{duty.pk}/done/")
    assert not Duty.objects.open().exists()
    assert client.post(room + "seen/").status_code == 204

    client.force_login(cast.lead)
    assert client.post(page + "retract/", {"reason": "改期"}, headers=HTMX).status_code == 200
    client.post(f"{room}comment/{comment.pk}/remove/", headers=HTMX)
    assert client.get(edit, headers=HTMX).status_code == 404
    assert "周六踩点" not in client.get(room + "stream/").content.decode()


def test_a_form_sent_twice_speaks_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    for _twice in range(2):
        client.post(f"/s/{cast.subject.pk}/talk/add/", {"text": "一次", "once": "a" * 24})
    assert Comment.objects.count() == 1


def test_a_long_talk_asks_no_more_than_a_short_one(client: Client, cast: Cast) -> None:
    client.force_login(cast.other)
    client.get(f"/s/{cast.subject.pk}/talk/")
    counts = []
    for more in (2, 20):
        for number in range(more):
            said = actions.comment(
                place=cast.place, text=f"第{number}句 @周敏", uploads=[pdf()], actor=cast.member
            )
            actions.comment(place=cast.place, text="答", actor=cast.lead, parent=said)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/s/{cast.subject.pk}/talk/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] < 60
