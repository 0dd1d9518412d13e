"""Telling people once, in their language, by the channels they want, and by mail at most once."""

from __future__ import annotations

import smtplib

import pytest
from django.core import mail
from django.db import transaction
from django.utils import translation
from pytest_django import Settings

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import make_unit, make_user
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.notify.actions import choose_channels, mark_read, notify
from yunchou.kernel.notify.models import Delivery, Notification, Preference
from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice, notices
from yunchou.kernel.notify.selectors import choices_of, unread_count
from yunchou.kernel.notify.tasks import forget_read
from yunchou.kernel.subjects.actions import open_subject

pytestmark = pytest.mark.django_db
State = Delivery.State
if "tests.waiting" not in notices:
    notice("tests.waiting", "Waiting", channels=[IN_APP, EMAIL], is_urgent=True)
    notice("tests.alarm", "Alarm", is_mandatory=True)
WORDS = say("Saved. {name}", name="开学季")


@pytest.fixture
def reader(db: None) -> User:
    return make_user("李明朗", email="li@example.com")


@pytest.fixture
def smtp(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail"


@pytest.mark.req("GEN-03")
def test_people_are_told_once_by_key(reader: User) -> None:
    other = make_user()
    assert len(notify(users=[reader], kind="tests.waiting", say=WORDS, key="case:1")) == 1
    assert notify(users=[reader], kind="tests.waiting", say=WORDS, key="case:1") == []
    assert [n.user for n in notify(users=[reader, other], kind="tests.waiting", say=WORDS, key="case:1")] == [
        other
    ]
    notify(users=[reader], kind="tests.waiting", say=WORDS)
    assert unread_count(reader) == 2


def test_words_are_rendered_in_the_readers_language(reader: User) -> None:
    notify(users=[reader], kind="tests.waiting", say=say("Notifications"))
    found = Notification.objects.get()
    with translation.override("zh-hans"):
        assert str(found.say) == "通知"
    with translation.override("en"):
        assert str(found.say) == "Notifications"


def test_the_address_is_the_subjects(reader: User) -> None:
    subject = open_subject(kind=_a_kind(), unit=make_unit(), title="开学季", address="/c/1/", actor=reader)
    one, two = (
        notify(users=[reader], kind="tests.waiting", say=WORDS, subject=subject, address=address)[0]
        for address in ("", "/c/1/approval/")
    )
    assert (one.address, two.address) == ("/c/1/", "/c/1/approval/")


def _a_kind() -> str:
    from yunchou.kernel.subjects.kinds import SubjectKind, kinds

    if "notify_test" not in kinds:
        kinds.add("notify_test", SubjectKind("notify_test", "Test", "jobs.manage"))
    return "notify_test"


def test_nobody_is_told_of_what_is_rolled_back(reader: User, smtp: None) -> None:
    with transaction.atomic():
        notify(users=[reader], kind="tests.waiting", say=WORDS)
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    assert not Job.objects.exists()


def test_people_who_left_are_not_told(reader: User) -> None:
    reader.is_active = False
    assert notify(users=[reader], kind="tests.waiting", say=WORDS) == []


def test_number_of_queries_does_not_grow(django_assert_num_queries: object) -> None:
    few, many = [make_user() for _ in range(2)], [make_user() for _ in range(20)]
    for people in (few, many):
        with django_assert_num_queries(6):  # with the savepoint's two
            notify(users=people, kind="tests.waiting", say=WORDS)


def test_mark_read_by_key_and_all(reader: User) -> None:
    for key in ("a", "b", "c"):
        notify(users=[reader], kind="tests.waiting", say=WORDS, key=key)
    assert mark_read(user=reader, key="a") == 1
    assert mark_read(user=make_user()) == 0
    assert (unread_count(reader), mark_read(user=reader), unread_count(reader)) == (2, 2, 0)


@pytest.mark.req("GEN-03")
def test_people_choose_what_they_are_told_and_how(reader: User, smtp: None) -> None:
    choose_channels(user=reader, chosen=["tests.waiting:email"])
    notify(users=[reader], kind="tests.waiting", say=WORDS)
    assert unread_count(reader) == 0
    assert Delivery.objects.count() == 1
    choose_channels(user=reader, chosen=[])
    assert notify(users=[reader], kind="tests.waiting", say=WORDS) == []
    notify(users=[reader], kind="tests.alarm", say=WORDS)
    assert unread_count(reader) == 1, "a mandatory kind stays in the app"
    boxes = {box.name: (box.is_on, box.is_fixed) for _kind, row in choices_of(reader) for box in row}
    assert boxes["tests.waiting:in_app"] == (False, False)
    assert boxes["tests.alarm:in_app"] == (True, True)
    assert not Preference.objects.filter(kind="tests.alarm", channel=IN_APP).exists()


def test_mail_is_not_offered_without_a_server(reader: User) -> None:
    notify(users=[reader], kind="tests.waiting", say=WORDS)
    assert not Delivery.objects.exists()
    assert all(not box.name.endswith(EMAIL) for _kind, row in choices_of(reader) for box in row)


def test_mail_goes_out_once_in_the_readers_language(reader: User, smtp: None) -> None:
    nameless = make_user()
    english = make_user("Ann", email="ann@example.com", language="en")
    notify(users=[reader, nameless, english], kind="tests.waiting", say=say("Notifications"), address="/c/1/")
    assert mail.outbox == [], "only the worker sends"
    work_off()
    plain, chinese = sorted(mail.outbox, key=lambda sent: sent.to)
    assert [sent.to for sent in (plain, chinese)] == [["ann@example.com"], ["li@example.com"]]
    assert chinese.subject == "【运筹】通知"
    assert plain.subject == "[Yunchou] Notifications"
    assert "/c/1/" in plain.body
    assert {d.state for d in Delivery.objects.all()} == {State.SENT}
    JobChunk.objects.update(state="waiting")
    work_off()
    assert len(mail.outbox) == 2


def test_what_a_dead_worker_may_have_sent_is_not_sent_again(reader: User, smtp: None) -> None:
    notify(users=[reader], kind="tests.waiting", say=WORDS)
    Delivery.objects.update(state=State.SENDING)
    work_off()
    assert mail.outbox == []
    assert Delivery.objects.get().state == State.UNKNOWN
    assert Job.objects.get().result == {"sent": 0, "unknown": 1}


@pytest.mark.parametrize(
    ("error", "state", "is_tried_again"),
    [
        (smtplib.SMTPRecipientsRefused({}), State.FAILED, False),
        (ConnectionRefusedError(), State.PLANNED, True),
        (smtplib.SMTPServerDisconnected(), State.SENDING, True),
    ],
)
def test_a_server_that_refuses_or_is_away(
    reader: User,
    smtp: None,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    state: str,
    is_tried_again: bool,
) -> None:
    def fail(self: object) -> None:
        raise error

    notify(users=[reader], kind="tests.waiting", say=WORDS)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    work_off()
    assert Delivery.objects.get().state == state
    assert (JobChunk.objects.get().state == "waiting") == is_tried_again


def test_read_notifications_are_forgotten_after_half_a_year(reader: User) -> None:
    with clock.at("2024-01-02"):
        notify(users=[reader], kind="tests.waiting", say=WORDS, key="read")
        mark_read(user=reader)
        notify(users=[reader], kind="tests.waiting", say=WORDS, key="unread")
    with clock.at("2024-08-02"):
        forget_read(clock.now())
    assert [n.key for n in Notification.objects.all()] == ["unread"]
