"""Comments with mentions, announcements with receipts, decisions, reminders: who may, who hears, what stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.discussion import actions, selectors
from yunchou.kernel.discussion.actions.comments import see_place
from yunchou.kernel.discussion.marks import cleaned, shown
from yunchou.kernel.discussion.models import Comment, Mention
from yunchou.kernel.discussion.places import Place, places_from
from yunchou.kernel.discussion.selectors.comments import counts_of, people_in, typed
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.selectors import documents_of
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import forget_reach, make_user
from yunchou.kernel.journal import crypto
from yunchou.kernel.journal.actions import forget_person
from yunchou.kernel.journal.models import JournalEntry, PersonalValue, PersonKey
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.actions import add_member

from .conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.req("GEN-02")]


def told(user: User) -> list[str]:
    found = Notification.objects.filter(user=user, read_at=None).order_by("pk")
    return [each.kind.removeprefix("discussion.") for each in found]


def pdf(body: bytes = b"one", name: str = "方案.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + body)


def test_a_mention_calls_by_name_pinyin_initials_and_user_name(cast: Cast) -> None:
    for word in (
        "@李明朗请看",
        "@limilang",
        "@liminglang 请看",
        "@lml，请看",
        f"@{cast.member.username} 请看",
    ):
        said = actions.comment(place=cast.place, text=word, actor=cast.lead)
        hit = list(said.mentions.values_list("user", flat=True)) == [cast.member.pk]
        assert hit is (word != "@limilang"), word
    assert told(cast.member) == ["mentioned"] * 4
    assert typed(said) == "@李明朗 请看"
    assert told(cast.lead) == []  # nobody hears of what he says himself
    # An address of mail calls nobody; a stranger would meet a closed door; two of one name are told apart.
    assert not actions.comment(place=cast.place, text="写信到 a@lml.cn", actor=cast.lead).mentions.exists()
    with pytest.raises(Invalid, match="外人") as refused:
        actions.comment(place=cast.place, text="@外人 你好", actor=cast.lead)
    assert "text" in refused.value.fields
    twin = make_user("李明朗")
    add_member(subject=cast.subject, user=twin)
    with pytest.raises(Invalid, match=twin.username):
        actions.comment(place=cast.place, text="@李明朗 请看", actor=cast.lead)
    said = actions.comment(place=cast.place, text=f"@李明朗({twin.username}) 请看", actor=cast.lead)
    assert [one.user for one in said.mentions.all()] == [twin]
    offered = selectors.suggestions(cast.place, "lml", cast.lead)
    assert set(offered) == {cast.member, twin}
    assert selectors.suggestions(cast.place, "外", cast.lead) == []
    assert selectors.suggestions(cast.place, "读", cast.lead) == [cast.reader]


def test_who_follows_hears_once_until_it_was_read(cast: Cast) -> None:
    actions.comment(place=cast.place, text="第一句", actor=cast.member)
    actions.comment(place=cast.place, text="第二句", actor=cast.member)
    assert told(cast.lead) == ["commented"]
    assert told(cast.other) == []
    assert see_place(subject=cast.subject, user=cast.lead) == 1
    answered = actions.comment(
        place=cast.place, text="答复", actor=cast.other, parent=Comment.objects.first()
    )
    assert told(cast.lead) == told(cast.member) == ["commented"]
    below = actions.comment(place=cast.place, text="再答", actor=cast.lead, parent=answered)
    assert below.parent == Comment.objects.first()  # one level deep
    lines = selectors.comments_at(cast.place, cast.lead)
    assert [len(line.answers) for line in lines] == [2, 0]


def test_readers_do_not_write_until_they_are_called(cast: Cast) -> None:
    for person, refusal in ((cast.reader, NotAllowed), (cast.stranger, NotAllowed)):
        with pytest.raises(refusal):
            actions.comment(place=cast.place, text="我也说", actor=person)
    actions.comment(place=cast.place, text="@读者 怎么看？", actor=cast.lead)
    assert actions.comment(place=cast.place, text="可以", actor=cast.reader)
    with pytest.raises(NotAllowed):
        actions.announce(
            subject=cast.subject,
            title="通知",
            text="x",
            readers=[cast.lead],
            read_by=clock.today(),
            actor=cast.member,
        )


def test_a_comment_is_changed_within_minutes_and_taken_away_with_a_trace(cast: Cast) -> None:
    said = actions.comment(place=cast.place, text="定在周五 @王蕾", uploads=[pdf()], actor=cast.member)
    with pytest.raises(NotAllowed):
        actions.edit_comment(comment=said, text="改", place=cast.place, actor=cast.lead)
    said = actions.edit_comment(comment=said, text="定在周六 @周敏", place=cast.place, actor=cast.member)
    assert [one.text for one in said.wordings.all()] == ["定在周五 @王蕾"]
    assert told(cast.lead) == ["commented", "mentioned"]
    assert set(people_in(said)) == {cast.lead.pk}
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(WrongState):
        actions.edit_comment(comment=said, text="改", place=cast.place, actor=cast.member)
    with pytest.raises(NotAllowed):
        actions.remove_comment(comment=said, actor=cast.other)
    actions.remove_comment(comment=said, actor=cast.lead)
    said.refresh_from_db()
    assert (said.text, said.removed_by, said.wordings.count(), said.mentions.count()) == ("", cast.lead, 0, 0)
    assert documents_of(cast.subject, cast.lead) == []
    assert selectors.comments_at(cast.place, cast.other)[0].comment.is_removed
    assert not Notification.objects.filter(text__icontains="周六").exists()
    with pytest.raises(WrongState):
        actions.remove_comment(comment=said, actor=cast.member)
    entry = JournalEntry.objects.get(kind="discussion.removed")
    assert "周六" not in str(entry.data)
    sealed = PersonalValue.objects.get(entry=entry, user=cast.member).sealed
    key = crypto.unwrap(bytes(PersonKey.objects.get(user=cast.member).wrapped))
    assert "定在周六 @周敏" in crypto.decrypt(key, bytes(sealed))
    forget_person(person=cast.member, actor=cast.lead)
    assert not PersonKey.objects.filter(user=cast.member).exists()


def test_text_is_text(cast: Cast) -> None:
    evil = '<script>alert(1)</script> https://a.cn/?a=1&b="><img src=x onerror=1> javascript:alert(1) \ue0001\ue001'
    said = actions.comment(place=cast.place, text=evil + "\n@王蕾 见 http://b.cn/路.", actor=cast.lead)
    html = str(shown(said.text, people_in(said), cast.other))
    assert html.count("<") == html.count("<a ") * 2 + html.count("<span") * 2 + html.count("<br>")
    assert html.count("<a ") == 2
    assert 'href="https://a.cn/?a=1&amp;b="' in html
    assert 'href="http://b.cn/路"' in html
    assert '<span class="mention" data-me>@王蕾</span>' in html
    assert Mention.objects.count() == 1
    assert cleaned("a\x00\r\nb\ue000") == "a\nb"
    cast.other.name = "王新名"
    cast.other.save()
    assert "@王新名" in str(shown(said.text, people_in(Comment.objects.get(pk=said.pk))))
    for text in ("", "  \n", "字" * 4001):
        with transaction.atomic(), pytest.raises(Invalid):
            actions.comment(place=cast.place, text=text, actor=cast.lead)


def test_rows_have_a_talk_of_their_own(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from yunchou.kernel.discussion import places

    monkeypatch.setattr(places, "_finds", [])
    row = Place(cast.subject, "schedule", 7, "T7 舞台搭建", "甘特图", (cast.other,))
    places_from(lambda subject, table, pk: row if (table, pk) == ("schedule", 7) else None)
    assert places.place_at(cast.subject, "schedule", 8, cast.lead) is None
    said = actions.comment(place=row, text="周五进场", actor=cast.member)
    assert (said.place, told(cast.other), told(cast.lead)) == ("T7 舞台搭建", ["commented"], ["commented"])
    assert counts_of(cast.subject, "schedule") == {7: 1}
    assert selectors.comments_at(cast.place, cast.lead) == []
    with pytest.raises(WrongState):
        actions.comment(place=cast.place, text="答", actor=cast.lead, parent=said)


def test_files_are_shared_in_versions(cast: Cast) -> None:
    said = actions.comment(place=cast.place, text="", uploads=[pdf()], actor=cast.member)
    before = selectors.stamp_of(cast.place)
    newer = actions.replace_file(
        document=said.files.get(), upload=pdf(b"longer"), note="按意见修改", actor=cast.other
    )
    assert newer.version == 2
    assert selectors.stamp_of(cast.place) != before
    document = selectors.comments_at(cast.place, cast.lead)[0].documents[0]
    assert [(v.attachment.uploaded_by, v.change) for v in document.versions] == [
        (cast.other, 3),
        (cast.member, None),
    ]
    with pytest.raises(NotAllowed):
        actions.share_file(place=cast.place, upload=pdf(), actor=cast.reader)
    with transaction.atomic(), pytest.raises(Invalid):
        actions.comment(place=cast.place, text="看", uploads=[pdf()] * 6, actor=cast.member)


def test_an_announcement_is_owed_read(cast: Cast) -> None:
    ask = {"subject": cast.subject, "title": "周五踩点", "text": "9:00 集合", "actor": cast.lead}
    day = clock.today() + timedelta(days=1)
    for readers, read_by, field in (
        ([], day, "readers"),
        ([cast.stranger], day, "readers"),
        ([cast.member], clock.today() - timedelta(days=1), "read_by"),
        ([cast.member], date.max, "read_by"),
    ):
        with transaction.atomic(), pytest.raises(Invalid) as refused:
            actions.announce(**ask, readers=readers, read_by=read_by)
        assert field in refused.value.fields
    made = actions.announce(**ask, readers=[cast.member, cast.other, cast.lead], read_by=day)
    assert Duty.objects.open().filter(kind="discussion.read").count() == 2
    assert selectors.unread_of(cast.subject, cast.member) == [made]
    with pytest.raises(NotAllowed):
        actions.read_announcement(announcement=made, actor=cast.reader)
    for _twice in range(2):
        actions.read_announcement(announcement=made, actor=cast.member)
    assert JournalEntry.objects.filter(kind="discussion.read").count() == 1
    counted = selectors.announcements_of(cast.subject).get()
    assert (counted.have_read, counted.asked) == (1, 2)
    assert [duty.owner for duty in Duty.objects.open()] == [cast.other]
    assert actions.ask_again(announcement=made, actor=cast.lead) == 1
    assert told(cast.other) == ["announced", "announced"]
    actions.retract(announcement=made, reason="改期", actor=cast.lead)
    assert not Duty.objects.open().exists()
    assert selectors.unread_of(cast.subject, cast.other) == []
    with pytest.raises(WrongState):
        actions.retract(announcement=made, reason="改期", actor=cast.lead)


def test_decisions_are_numbered_quoted_and_replaced(cast: Cast) -> None:
    said = actions.comment(place=cast.place, text="改用 A 场地", actor=cast.member)
    ask = {"subject": cast.subject, "deciders": [cast.lead], "source": "周会", "actor": cast.lead}
    first = actions.record_decision(**ask, text="用 A 场地", decided_on=clock.today(), comment=said)
    second = actions.record_decision(**ask, text="用 B 场地", decided_on=clock.today(), replaces=first)
    assert [(one.code, one.is_in_force) for one in selectors.decisions_of(cast.subject)] == [
        ("D-2", True), ("D-1", False),
    ]  # fmt: skip
    assert str(selectors.quote(second)).startswith("D-2")
    assert JournalEntry.objects.filter(kind="discussion.decided").count() == 2
    assert told(cast.member) == ["decided", "decided"]
    with transaction.atomic(), pytest.raises(WrongState):
        actions.record_decision(**ask, text="x", decided_on=clock.today(), replaces=first)
    for wrong, field in (
        ({"deciders": []}, "deciders"),
        ({"decided_on": clock.today() + timedelta(days=1)}, "decided_on"),
        ({"source": " "}, "source"),
        ({"text": ""}, "text"),
    ):
        with transaction.atomic(), pytest.raises(Invalid) as refused:
            actions.record_decision(**{**ask, "text": "x", "decided_on": clock.today(), **wrong})
        assert field in refused.value.fields
    with pytest.raises(NotAllowed):
        actions.record_decision(**{**ask, "actor": cast.member}, text="x", decided_on=clock.today())


def test_a_reminder_is_a_duty(cast: Cast) -> None:
    at = clock.now() + timedelta(hours=3)
    duty = actions.remind(subject=cast.subject, whom=cast.other, text="带上门禁卡", at=at, actor=cast.member)
    assert (str(duty.sentence), duty.owner, told(cast.other)) == ("带上门禁卡", cast.other, ["reminded"])
    assert selectors.reminders_of(cast.subject, cast.lead) == [duty]
    for whom, moment, field in ((cast.other, clock.now(), "at"), (cast.stranger, at, "whom")):
        with transaction.atomic(), pytest.raises(Invalid) as refused:
            actions.remind(subject=cast.subject, whom=whom, text="x", at=moment, actor=cast.member)
        assert field in refused.value.fields
    with pytest.raises(NotAllowed):
        actions.finish_reminder(duty=duty, actor=cast.member)
    actions.finish_reminder(duty=duty, actor=cast.other)
    with pytest.raises(WrongState):
        actions.finish_reminder(duty=duty, actor=cast.other)
    forget_reach(cast.other)
