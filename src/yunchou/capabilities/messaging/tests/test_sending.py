"""Mailings through a real SMTP server and into a file: each at most once, whatever happens, and none to who wants none."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from yunchou.capabilities.messaging import actions, sending
from yunchou.capabilities.messaging.actions import Wording
from yunchou.capabilities.messaging.gateways import Away, Later, Lost, Rejected, gateways
from yunchou.capabilities.messaging.judging import judge
from yunchou.capabilities.messaging.letters import Letter
from yunchou.capabilities.messaging.models import (
    Channel,
    Mailing,
    Message,
    MessageState,
    Sender,
    State,
    Suppression,
    Why,
)
from yunchou.capabilities.messaging.rules import Contacts, nobody_is_written_to_too_often, not_again_within
from yunchou.capabilities.messaging.selectors.mailings import counts_of, outlook_of, preview_of
from yunchou.capabilities.messaging.sending import adopt, mark_and_claim
from yunchou.capabilities.messaging.tasks import minutes_round
from yunchou.capabilities.messaging.uses import Reader
from yunchou.directory.customers.actions.consents import withdraw_consent
from yunchou.directory.customers.models import Basis, Consent, Customer, Purpose, Touch, TouchKind
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.core.restoring import after_restore
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.tests.factories import make_user
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from . import kinds
from .conftest import Box
from .factories import BODY, TITLE, make_mailing, make_readers, make_subject

pytestmark = pytest.mark.django_db
S = MessageState


def states(mailing: Mailing) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in mailing.messages.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def round_at(moment: object = None) -> None:
    """The minute's round, and the jobs it starts."""
    with clock.at(moment or clock.now()):  # type: ignore[arg-type]
        minutes_round(clock.now())
        work_off()


@pytest.mark.req("PRE-05")
def test_a_mailing_reaches_everybody_once_with_one_row_each(
    box: Box, unit: Unit, subject: Subject, writer: User
) -> None:
    readers = make_readers(unit, 7)
    mailing = make_mailing(subject, writer)
    assert (mailing.state, outlook_of(mailing).to) == (State.CHECKED, 7)
    shown = preview_of(mailing, readers[0].pk)
    assert shown is not None
    assert shown.letter.title.endswith("客户甲0，七夕邻里音乐会诚邀您出席")
    assert (shown.mask[1:5], shown.why) == ("***@", None)
    assert preview_of(mailing, 99) is None
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    mailing.refresh_from_db()
    assert (mailing.state, states(mailing)) == (State.DONE, {"sent": 7})
    assert len(box.mails) == 7
    mail = box.mails[0]
    assert mail["To"] == "reader1@example.com" or mail["To"].endswith("@example.com")
    assert "云舟文旅集团有限公司" in str(mail["From"])
    assert mail["List-Unsubscribe"].startswith("<http")
    assert "客户甲" in mail.get_body(("plain",)).get_content()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert len({one.get_boundary() for one in box.mails}) == 7
    assert sorted(one["To"] for one in box.mails) == sorted({one["To"] for one in box.mails})
    assert kinds.told == [(subject.pk, sorted(one.pk for one in readers))]
    assert Touch.objects.filter(kind=TouchKind.INVITED, subject=subject).count() == 7
    # Nothing of this goes out a second time: not by the round, not by a second mailing to the same people.
    round_at()
    second = actions.draft_mailing(
        subject=subject, use=kinds.INVITE, channel=Channel.EMAIL, wording=Wording(TITLE, BODY), actor=writer
    )
    assert dict(outlook_of(second).reasons) == {Why.ALREADY: 7}
    with pytest.raises(RuleRefused, match="没有可以接收"):
        actions.check_mailing(mailing=second, actor=writer)
    assert len(box.mails) == 7
    # A person may, with a reason.
    message = mailing.messages.order_by("pk")[0]
    actions.send_again(message=message, reason="客人说没有收到", actor=writer)
    work_off()
    mailing.refresh_from_db()
    assert (len(box.mails), mailing.state) == (8, State.DONE)
    assert Touch.objects.count() == 7


def test_rules_text_and_right_stand_before_every_mailing(
    box: Box, unit: Unit, subject: Subject, writer: User
) -> None:
    make_readers(unit, 2)
    with pytest.raises(Invalid, match="第 1 行第 3 字") as refused:
        make_mailing(subject, writer, wording=Wording(TITLE, "您好{{name}}"))
    assert list(refused.value.fields) == ["body"]
    with pytest.raises(RuleRefused, match="缺少必需的占位符"):
        make_mailing(subject, writer, wording=Wording(TITLE, "您好"))
    with pytest.raises(NotAllowed):
        make_mailing(subject, make_user())
    mailing = make_mailing(subject, writer)
    with pytest.raises(NotAllowed):
        actions.start_mailing(mailing=mailing, actor=make_user())
    kinds.obstacle.append(say("The activity is not approved."))
    with pytest.raises(WrongState, match="not approved"):
        actions.start_mailing(mailing=mailing, actor=writer)
    kinds.obstacle.clear()
    changed = actions.change_mailing(mailing=mailing, wording=Wording("七夕 {name}", BODY), actor=writer)
    assert changed.state == State.DRAFT
    with pytest.raises(WrongState):
        actions.start_mailing(mailing=changed, actor=writer)
    nobody = make_subject(unit)
    type(nobody).objects.filter(pk=nobody.pk).update(unit=Unit.objects.create(name="西南区域", code="sw"))
    with pytest.raises((RuleRefused, NotAllowed)):
        make_mailing(type(nobody).objects.get(pk=nobody.pk), writer)
    actions.drop_mailing(mailing=changed, actor=writer)
    assert not Mailing.objects.filter(pk=changed.pk).exists()


@pytest.mark.req("CUS-10")
def test_use_beyond_consent_address_and_caps_is_refused_with_the_reason(
    folder: Path, unit: Unit, subject: Subject, writer: User
) -> None:
    """Use beyond the purpose is refused: who has not agreed, opted out, bounced or had enough gets nothing, and it is listed."""
    fine, no_word, sms_only, no_phone, often, fresh, gone = make_readers(unit, 7)
    Consent.objects.filter(customer=no_word).delete()
    Consent.objects.filter(customer=sms_only).update(channel="email")
    Customer.objects.get(pk=no_phone.pk).card.__class__.objects.filter(pk=no_phone.pk).update(
        phone=b"", phone_mask=""
    )
    for back in (3, 4, 5, 6):
        Touch.objects.create(customer=often, kind=TouchKind.CALL, at=clock.now() - timedelta(days=back))
    Touch.objects.create(customer=fresh, kind=TouchKind.MESSAGE, at=clock.now() - timedelta(hours=3))
    Suppression.objects.create(
        channel=Channel.SMS, digest=gone.card.phone_digest, reason=Suppression.Reason.BOUNCED
    )
    mailing = make_mailing(subject, writer, channel=Channel.SMS)
    expected = {
        no_word.pk: Why.NO_CONSENT, sms_only.pk: Why.NO_CONSENT, no_phone.pk: Why.NO_ADDRESS, often.pk: Why.CAPPED,
        fresh.pk: Why.TOO_SOON, gone.pk: Why.BOUNCED,
    }  # fmt: skip
    assert (outlook_of(mailing).to, outlook_of(mailing).left_out) == (1, 6)
    # What waits to go out counts as well, of whatever activity it is.
    other = make_mailing(make_subject(unit), writer)
    waits = Message.objects.create(mailing=other, ref=fine.pk, customer=fine, channel=Channel.EMAIL)
    assert (outlook_of(mailing).to, dict(outlook_of(mailing).reasons)[Why.TOO_SOON]) == (0, 2)
    waits.delete()
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    rows = dict(mailing.messages.filter(state=S.SKIPPED).values_list("ref", "why"))
    assert rows == expected
    lines = kinds.written(folder)
    assert [line["to"] for line in lines] == [fine.card.phone.open()]
    assert lines[0]["text"].startswith("【云舟文旅】")
    # What was agreed is no marketing: nobody is bothered by caps, but the address stays dead and the purpose its own.
    Consent.objects.create(
        customer=fine, purpose=Purpose.SERVICE, channel="sms", is_given=False, at=clock.now()
    )
    thanks = make_mailing(subject, writer, use=kinds.THANKS, channel=Channel.SMS)
    assert outlook_of(thanks).reasons == ((Why.NO_ADDRESS, 1), (Why.NO_CONSENT, 1), (Why.BOUNCED, 1))


def test_caps_are_pure() -> None:
    now = clock.now()
    days = [now - timedelta(days=n) for n in (40, 29, 20, 10, 2)]
    often, again = nobody_is_written_to_too_often, not_again_within
    assert often.failures(Contacts(now, tuple(days)))
    assert not often.failures(Contacts(now, tuple(days[:4])))
    assert not again.failures(Contacts(now, tuple(days)))
    assert again.failures(Contacts(now, (now - timedelta(hours=23),)))
    assert not again.failures(Contacts(now))


@pytest.mark.vector("P8")
@pytest.mark.req("CUS-10")
def test_whoever_opts_out_while_the_message_waits_gets_none(
    folder: Path, unit: Unit, subject: Subject, writer: User, client: Client
) -> None:
    """Two clicks, no account, at once: messages that wait anywhere are left out; the address stays left alone (PIPL 15)."""
    first, second, third = make_readers(unit, 3)
    other = make_subject(unit)
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    waiting = make_mailing(other, writer)
    actions.start_mailing(mailing=waiting, actor=writer)
    actions.begin(mailing=waiting)
    # Listed at the same moment as the other, so that neither saw the other's messages among those that wait.
    Message.objects.filter(mailing=waiting).update(state=S.SKIPPED)
    actions.begin(mailing=mailing)
    Message.objects.filter(mailing=waiting).update(state=S.PLANNED)
    link = f"/u/{mailing.messages.get(ref=first.pk).token}/"
    page = client.get(link)
    assert page.status_code == 200
    assert "云舟文旅集团有限公司" in page.content.decode()
    assert first.name not in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert states(mailing) == {"planned": 3}, "a look changes nothing: programs look at links"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert strict.post(link).status_code == 200, "the same again is harmless"
    assert Suppression.objects.count() == 1
    # Another one told a colleague, whose word reaches the queue within seconds.
    withdraw_consent(customer=second, purpose=Purpose.MARKETING, actor=None, basis=Basis.SPOKEN, proof="电话")
    work_off()
    for one in (mailing, waiting):
        assert dict(one.messages.values_list("ref", "state")) == {
            first.pk: S.SKIPPED, second.pk: S.SKIPPED, third.pk: S.SENT,
        }  # fmt: skip
    assert {line["to"] for line in kinds.written(folder)} == {third.card.email.open()}
    # The same address under another record is left alone as well.
    twin = make_readers(unit, 1)[0]
    type(twin.card).objects.filter(pk=twin.pk).update(
        email=first.card.email, email_digest=first.card.email_digest, email_mask=first.card.email_mask
    )
    third_event = Mailing(subject=make_subject(unit), use=kinds.INVITE, channel=Channel.EMAIL)
    assert judge(third_event, [Reader(twin.pk, twin.pk)]) == {twin.pk: Why.OPTED_OUT}
    entry = JournalEntry.objects.get(kind="messaging.opted_out")
    assert entry.subject_id == first.pk
    wrong = ("nonsense", "x" * 300, "a%00b", "%ED%A0%80")
    assert [client.get(f"/u/{one}/").status_code for one in wrong] == [404] * 4
    assert [client.post(f"/u/{one}/").status_code for one in wrong] == [404] * 4
    for _n in range(20):
        client.get("/u/wrong/")
    assert client.get("/u/wrong/").status_code == 429
    assert client.get(link).status_code == 200, "whoever guesses does not keep others from ending messages"


@pytest.mark.once
def test_wrong_links_are_slowed_down(client: Client, settings: Settings, db: None) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    codes = [client.get(f"/u/wrong{n}/", REMOTE_ADDR="203.0.113.9").status_code for n in range(22)]
    assert codes[:20] == [404] * 20
    assert 429 in codes[20:]
    assert client.get("/u/wrong/", REMOTE_ADDR="203.0.113.10").status_code == 404


def test_a_consent_withdrawn_in_the_middle_of_a_chunk_counts(
    folder: Path, unit: Unit, subject: Subject, writer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = make_readers(unit, 4)
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    actions.begin(mailing=mailing)
    monkeypatch.setattr(sending, "FRESH", -1.0)
    claim = mark_and_claim

    def then_withdraw(*told: object) -> set[int]:
        Consent.objects.filter(customer__in=readers[2:]).update(is_given=False)
        return claim(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "mark_and_claim", then_withdraw)
    work_off()
    assert states(mailing) == {"sent": 2, "skipped": 2}


@pytest.mark.vector("F10")
def test_what_a_mail_server_may_answer(box: Box, unit: Unit, subject: Subject, writer: User) -> None:
    """5xx stops the address, 4xx waits and is given up in the end, a connection that breaks leaves one to be confirmed."""
    bad, busy, policy, fine = make_readers(unit, 4)
    address = {one.pk: one.card.email.open() for one in (bad, busy, policy, fine)}
    box.answers = {
        address[bad.pk]: "550 5.1.1 no such user", address[busy.pk]: "450 4.2.1 try later",
        address[policy.pk]: "550 5.7.1 not wanted",
    }  # fmt: skip
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    rows = {row.ref: row for row in mailing.messages.all()}
    assert (rows[bad.pk].state, rows[bad.pk].why) == (S.FAILED, Why.BOUNCED)
    assert (rows[policy.pk].state, rows[policy.pk].why) == (S.FAILED, Why.REFUSED)
    assert (rows[busy.pk].state, rows[busy.pk].attempts) == (S.PLANNED, 1)
    assert rows[fine.pk].state == S.SENT
    stop = Suppression.objects.get()
    assert (stop.digest, stop.detail, stop.mask[1:5]) == (bad.card.email_digest, "550", "***@")
    for n in range(1, 8):
        round_at(clock.now() + timedelta(hours=3 * n))
    busy_row = mailing.messages.get(ref=busy.pk)
    assert (busy_row.state, busy_row.why) == (S.FAILED, Why.GAVE_UP)
    mailing.refresh_from_db()
    assert mailing.state == State.DONE
    # A server that breaks off after it took the mail: nobody knows, and nothing goes again by itself.
    later = make_subject(unit)
    box.answers.clear()
    box.drops = {address[fine.pk]}
    Touch.objects.all().delete()
    again = make_mailing(later, writer)
    actions.start_mailing(mailing=again, actor=writer)
    work_off()
    sent = len(box.mails)
    unknown = again.messages.get(state=S.UNKNOWN)
    assert unknown.ref == fine.pk
    for n in range(1, 5):
        round_at(clock.now() + timedelta(hours=n))
    assert again.messages.get(pk=unknown.pk).state == S.UNKNOWN
    assert [mail["To"] for mail in box.mails[sent:]].count(address[fine.pk]) == 0
    with pytest.raises(NotAllowed):
        actions.confirm_sent(message=unknown, actor=make_user())
    actions.confirm_sent(message=unknown, actor=writer)
    with pytest.raises(WrongState):
        actions.confirm_sent(message=unknown, actor=writer)
    assert kinds.told[-1] == (later.pk, [fine.pk])


def test_a_server_that_is_away_is_waited_for(
    settings: Settings, box: Box, unit: Unit, subject: Subject, writer: User
) -> None:
    make_readers(unit, 3)
    mailing = make_mailing(subject, writer)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    assert states(mailing) == {"planned": 3}
    for n in range(1, 9):
        round_at(clock.now() + timedelta(hours=n))
    assert states(mailing) == {"planned": 3}
    assert not Job.objects.filter(state="parked").exists()
    settings.EMAIL_PORT = port
    round_at(clock.now() + timedelta(hours=12))
    assert (states(mailing), len(box.mails)) == ({"sent": 3}, 3)


def test_bounces_stop_addresses_of_ours_alone(box: Box, unit: Unit, subject: Subject, writer: User) -> None:
    from .test_words import REPORT

    one = make_readers(unit, 1)[0]
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    address = one.card.email.open()
    report = REPORT.replace(b"Reader1@Example.com", address.upper().encode())
    from yunchou.capabilities.messaging.bounces import bounces_in

    assert actions.take_bounces(bounces=bounces_in(report), actor=writer) == (1, 2)
    assert actions.take_bounces(bounces=bounces_in(report), actor=writer) == (0, 3)
    row = mailing.messages.get()
    assert (row.state, row.why) == (S.FAILED, Why.BOUNCED)
    assert dict(
        outlook_of(Mailing(subject=make_subject(unit), use=kinds.INVITE, channel=Channel.EMAIL)).reasons
    ) == {Why.BOUNCED: 1}
    actions.free_address(stop=Suppression.objects.get(), reason="客户已换新邮箱服务器", actor=writer)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("token", ["", "guessed", "of another", "its own"])
def test_a_report_that_no_person_hands_in_brings_its_message_back(
    box: Box, unit: Unit, subject: Subject, writer: User, tmp_path: Path, token: str
) -> None:
    """Anybody can write a report: by the pipe it stops an address only with what was sent there."""
    from .test_words import REPORT

    make_readers(unit, 2)
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    mine, other = mailing.messages.order_by("pk").select_related("customer__card")
    told = {"of another": other.token, "its own": mine.token}.get(token, token)
    assert {mail["X-Yunchou-Message"] for mail in box.mails} == {mine.token, other.token}
    address = mine.customer.card.email.open().encode()
    path = tmp_path / "report.eml"
    path.write_bytes(REPORT.replace(b"Reader1@Example.com", address).replace(b"came-back", told.encode()))
    said = StringIO()
    call_command("bounce", str(path), stdout=said)
    is_stopped = token == "its own"
    assert said.getvalue().startswith(f"stopped {int(is_stopped)}, ")
    assert Suppression.objects.exists() is is_stopped
    mine.refresh_from_db()
    assert (mine.state == S.FAILED) is is_stopped


def test_it_waits_for_its_time_and_moves_with_the_event(
    folder: Path, unit: Unit, subject: Subject, writer: User
) -> None:
    make_readers(unit, 2)
    with clock.at("2024-08-01T09:00"):
        kinds.day.append(clock.today() + timedelta(days=10))
        mailing = make_mailing(subject, writer, days_before=7)
        assert clock.local(mailing.due_at or clock.now()).isoformat()[:16] == "2024-08-04T10:00"
        actions.schedule_mailing(mailing=mailing, actor=writer)
    kinds.day[0] += timedelta(days=2)
    round_at("2024-08-04T10:01")
    assert not kinds.written(folder), "the event moved, and with it the mailing"
    round_at("2024-08-06T10:00")
    assert len(kinds.written(folder)) == 2
    late = make_subject(unit)
    with clock.at("2024-08-09T09:00"):
        past = make_mailing(late, writer, scheduled_at=clock.moment(clock.today(), 8))
        with pytest.raises(WrongState, match="发送时间已过"):
            actions.schedule_mailing(mailing=past, actor=writer)
        actions.change_mailing(
            mailing=past,
            wording=Wording(TITLE, BODY),
            actor=writer,
            scheduled_at=clock.moment(clock.today(), 12),
        )
        actions.check_mailing(mailing=past, actor=writer)
        actions.schedule_mailing(mailing=past, actor=writer)
        kinds.obstacle.append(say("The activity was cancelled."))
    round_at("2024-08-09T12:00")
    past.refresh_from_db()
    assert past.state == State.STOPPED, "what may not go out any more is stopped, not kept for ever"
    assert len(kinds.written(folder)) == 2


def test_what_is_stopped_does_not_go_out(folder: Path, unit: Unit, subject: Subject, writer: User) -> None:
    make_readers(unit, 3)
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    actions.begin(mailing=mailing)
    actions.stop_mailing(mailing=mailing, actor=writer)
    work_off()
    assert states(mailing) == {"skipped": 3}
    assert not kinds.written(folder)
    # Another mailing may take them up.
    second = make_mailing(subject, writer)
    assert outlook_of(second).to == 3


def test_what_was_on_its_way_when_a_backup_was_made_does_not_go_out_again_after_restoring(
    folder: Path, unit: Unit, subject: Subject, writer: User
) -> None:
    """F13: nobody hears the same twice because older data came back."""
    make_readers(unit, 3)
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    actions.begin(mailing=mailing)
    after_restore["messaging.mailings"](clock.now())
    work_off()
    assert states(mailing) == {"skipped": 3}
    assert not kinds.written(folder)


@pytest.mark.vector("F2")
def test_a_worker_that_dies_between_claim_and_mark_leaves_one_to_be_confirmed(
    folder: Path, unit: Unit, subject: Subject, writer: User
) -> None:
    make_readers(unit, 3)
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    actions.begin(mailing=mailing)
    one, two, three = mailing.messages.order_by("pk")
    ids = [one.pk, two.pk, three.pk]
    adopt(ids, "dead")
    assert mark_and_claim(None, one, "dead", "d1") == {one.pk}
    assert mark_and_claim(one, two, "dead", "d2") == {one.pk, two.pk}
    work_off()
    assert states(mailing) == {"sent": 2, "unknown": 1}
    assert mailing.messages.get(state=S.UNKNOWN) == two
    # The one believed dead comes back: what it knows of its own message is true, what others took is not its own.
    assert mark_and_claim(two, three, "dead", "") == {two.pk}
    assert states(mailing) == {"sent": 3}
    assert len(kinds.written(folder)) == 1
    mailing.messages.filter(pk=three.pk).update(state=S.SENDING, lease="gone")
    mailing.messages.filter(pk=two.pk).update(state=S.LEASED, lease="gone")
    minutes_round(clock.now())
    assert (mailing.messages.get(pk=three.pk).state, mailing.messages.get(pk=two.pk).state) != (
        S.SENDING,
        S.LEASED,
    )


def test_links_and_cards_are_handed_over_once_and_say_by_whom(
    folder: Path, unit: Unit, subject: Subject, writer: User
) -> None:
    one = make_readers(unit, 1)[0]
    reader = Reader(one.pk, one.pk)
    first = actions.hand_over(
        subject=subject, use=kinds.INVITE, reader=reader, channel=Channel.LINK, actor=writer
    )
    again = actions.hand_over(
        subject=subject, use=kinds.INVITE, reader=reader, channel=Channel.LINK, actor=writer
    )
    assert first == again
    assert (first.by, first.state) == (writer, S.SENT)
    assert kinds.told == [(subject.pk, [one.pk])]
    with pytest.raises(NotAllowed):
        actions.hand_over(
            subject=subject, use=kinds.INVITE, reader=reader, channel=Channel.CARD, actor=make_user()
        )


def test_a_test_goes_to_oneself_alone(box: Box, unit: Unit, subject: Subject, writer: User) -> None:
    readers = make_readers(unit, 2)
    mailing = make_mailing(subject, writer)
    actions.test_mailing(mailing=mailing, ref=readers[1].pk, actor=writer)
    work_off()
    assert [mail["To"] for mail in box.mails] == ["xu@company.example"]
    assert f"{readers[1].pk:022}" not in box.mails[0].as_string(), (
        "whoever tries it may not reply for the guest"
    )
    assert not Message.objects.exists()
    by_sms = make_mailing(subject, writer, channel=Channel.SMS)
    with pytest.raises(WrongState):
        actions.test_mailing(mailing=by_sms, ref=readers[1].pk, actor=writer)


@pytest.mark.vector("T18")
def test_no_name_phone_or_mail_in_jobs_logs_journal_or_addresses(
    box: Box, unit: Unit, subject: Subject, writer: User, caplog: pytest.LogCaptureFixture
) -> None:
    """Canaries: what identifies people stands neither in job arguments nor in logs, the journal or links."""
    caplog.set_level(logging.DEBUG)
    readers = make_readers(unit, 3)
    Customer.objects.filter(pk=readers[0].pk).update(name="金丝雀甲乙")
    canaries = [
        "金丝雀",
        *(value for one in readers for value in (one.card.email.open(), one.card.phone.open()[3:])),
    ]
    box.answers = {readers[1].card.email.open(): f"550 <{readers[1].card.email.open()}> unknown 金丝雀"}
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    actions.opt_out(message=mailing.messages.get(ref=readers[2].pk))
    actions.send_again(message=mailing.messages.get(ref=readers[0].pk), reason="再发一次", actor=writer)
    work_off()
    places = {
        "jobs": json.dumps(
            [
                *JobChunk.objects.values_list("payload", flat=True),
                *Job.objects.values_list("result", flat=True),
            ]
        ),
        "journal": json.dumps(list(JournalEntry.objects.values_list("data", flat=True)), ensure_ascii=False),
        "log": " ".join(
            one.getMessage() for one in caplog.records if one.name != "mail.log"
        ),  # that is the server's
        "links": " ".join(mail["List-Unsubscribe"] for mail in box.mails),
        "rows": repr(list(Message.objects.values()))
        + repr(list(Suppression.objects.values("detail", "digest"))),
    }
    for place, text in places.items():
        assert not [one for one in canaries if one in text], place


class Talkative:
    """A gateway whose provider names in every answer whom the message was for."""

    label = "Talkative"
    is_outside = True
    fault: Exception | None = None
    at_opening = False

    def is_ready(self) -> bool:
        return True

    @contextmanager
    def open(self, sender_name: str) -> Iterator[Talkative]:
        if self.fault and self.at_opening:
            raise self.fault
        yield self

    def send(self, letter: Letter) -> None:
        if self.fault:
            raise self.fault


@pytest.mark.vector("T18")
def test_what_a_gateway_says_of_people_is_kept_nowhere(
    settings: Settings,
    unit: Unit,
    subject: Subject,
    writer: User,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway = Talkative()
    monkeypatch.setitem(gateways._items, "tests.talkative", gateway)
    settings.MESSAGE_GATEWAYS = {"email": "tests.talkative", "sms": "tests.talkative"}
    canary = "canary@example.org 13877776655 卡纳里雀"
    faults = [
        (Rejected(canary, stops=True), False), (Later(canary), False), (Away(canary), False), (Away(canary), True),
        (Lost(canary), False), (RuntimeError(canary), False), (Away("13877776655"), True),
    ]  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        for gateway.fault, gateway.at_opening in faults:
            make_readers(unit, 1)
            mailing = make_mailing(make_subject(unit), writer)
            actions.start_mailing(mailing=mailing, actor=writer)
            work_off()
    assert Suppression.objects.get().detail == "Rejected"
    kept = [
        *Suppression.objects.values("detail", "mask"), *Message.objects.values(), *Job.objects.values("result"),
        *JobChunk.objects.values("payload", "error"), *JournalEntry.objects.values("data"),
    ]  # fmt: skip
    told = f"{kept} {' '.join(one.getMessage() for one in caplog.records)}"
    assert "gateway of email is away: Away" in told
    assert not [part for part in canary.split() if part in told]


def test_the_name_of_a_sender_is_one_line_of_the_head(
    box: Box, unit: Unit, subject: Subject, writer: User
) -> None:
    make_readers(unit, 1)
    Sender.objects.update(name="云舟文旅\r\nBcc: all@example.com")
    mailing = make_mailing(subject, writer)
    actions.start_mailing(mailing=mailing, actor=writer)
    work_off()
    [mail] = box.mails
    assert mail["Bcc"] is None
    assert "云舟文旅 Bcc: all@example.com" in str(mail["From"])


def test_a_letter_costs_one_statement(folder: Path, unit: Unit, subject: Subject, writer: User) -> None:
    """Statements of a chunk beyond those of an empty one are as many as there are messages."""

    def statements(number: int) -> int:
        about = make_subject(unit)
        Customer.objects.all().update(erased_at=None)
        mailing = make_mailing(about, writer)
        actions.start_mailing(mailing=mailing, actor=writer)
        actions.begin(mailing=mailing)
        Message.objects.filter(
            mailing=mailing, pk__in=[m.pk for m in mailing.messages.all()[number:]]
        ).delete()
        ids = list(mailing.messages.values_list("pk", flat=True))
        with CaptureQueriesContext(
            connection,
        ) as found:
            sending.send_messages(
                Mailing.objects.select_related("subject__unit").get(pk=mailing.pk), ids, "mine"
            )
        Touch.objects.all().delete()
        Message.objects.update(is_told=True)
        return len(found)

    make_readers(unit, 30)
    assert statements(30) - statements(10) == 20
    assert counts_of([Mailing.objects.latest("pk").pk])[Mailing.objects.latest("pk").pk].sent == 10
