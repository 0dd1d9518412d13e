"""Invitations of an event through its pages: waves, preview, sending, what became of each, links and cards (PRE-05)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from yunchou.capabilities.messaging.actions import Wording, keep_sender, keep_text
from yunchou.capabilities.messaging.models import (
    Channel,
    Mailing,
    Message,
    MessageState,
    State,
    Template,
    Why,
)
from yunchou.capabilities.messaging.tests.kinds import written
from yunchou.directory.customers.actions.consents import give_consent
from yunchou.directory.customers.models import Basis, Purpose, Touch, TouchKind
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.identity.tests.factories import forget_reach
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events.actions.guests import add_guests
from yunchou.lifecycle.events.actions.invitations import take_link
from yunchou.lifecycle.events.actions.replies import reply
from yunchou.lifecycle.events.actions.sessions import keep_wave
from yunchou.lifecycle.events.messaging import INVITATION, REMINDER
from yunchou.lifecycle.events.models import Guest, Reply, Wave
from yunchou.lifecycle.events.selectors.guests import counts_of
from yunchou.lifecycle.events.selectors.invitations import day_of, obstacle_to, values_of

from .factories import at, make_customer, make_event, make_guest, make_session, open_page

pytestmark = pytest.mark.django_db
NOW = "2024-07-20T10:00"
BODY = "尊敬的{name}：\n\n{inviter}邀请您 {day} {time} 到{place}参加{event}。\n请点开 {link} 回复。"


class Event:
    """An approved event with a dinner, a wave of five customers and somebody known by name alone."""

    def __init__(self, firm: Firm, size: int = 5) -> None:
        self.firm = firm
        self.campaign = make_event(firm)
        self.subject: Subject = self.campaign.subject
        self.session = make_session(self.subject, firm, companions=1)
        open_page(self.subject, firm)
        Campaign.objects.filter(pk=self.campaign.pk).update(status=Status.APPROVED)
        self.wave: Wave = keep_wave(subject=self.subject, name="首批", actor=firm.owner, days_before=14)
        self.customers = [
            make_customer(firm, f"客人{n}", phone=f"1390013{n:04}", email=f"canary{n}@example.com")
            for n in range(size)
        ]
        for one in self.customers:
            give_consent(customer=one, purpose=Purpose.MARKETING, basis=Basis.FORM)
        added = add_guests(
            subject=self.subject,
            customers=self.customers,
            sessions=[self.session],
            actor=firm.owner,
            wave=self.wave,
        )
        self.guests = list(added.guests)
        self.named = make_guest(self.subject, firm, "无名录客人", self.session)

    def text(self, channel: str = Channel.EMAIL, use: str = INVITATION) -> Template:
        unit, actor = self.firm.group, self.firm.admin
        return Template.objects.create(
            unit=unit, use=use, channel=channel, name=f"邀请函{channel}{use[-4:]}", title="{name}，邀请您", body=BODY,
            kept_by=actor,
        )  # fmt: skip

    def url(self, name: str, *args: object) -> str:
        return reverse(f"events:{name}", args=[self.subject.pk, *args])


@pytest.fixture
def event(firm: Firm, settings: Settings, tmp_path: Path) -> Event:
    settings.VAR = tmp_path
    settings.MESSAGE_GATEWAYS = {"email": "file", "sms": "file"}
    from yunchou.capabilities.messaging.models import Sender

    Sender.objects.create(
        unit=firm.group, name="云舟文旅集团", address="滨湖路 66 号", phone="400-820-0000", sign="云舟"
    )
    with clock.at(NOW):
        return Event(firm)


@pytest.mark.req("PRE-05", whole=True)
def test_a_wave_is_invited_through_its_pages(event: Event, client: Client, tmp_path: Path) -> None:
    """Drafted, looked at with a real guest, checked, sent; sent, read, accepted and declined stand beside each guest."""
    client.force_login(event.firm.owner)
    with clock.at(NOW):
        text = event.text()
        empty = client.get(event.url("invitation_list"))
        assert "首批" in empty.content.decode()
        added = client.post(
            event.url("mailing_add"),
            {"text": text.pk, "wave": event.wave.pk, "days_before": "", "scheduled_at": ""},
        )
        mailing = Mailing.objects.get()
        assert added["Location"] == event.url("mailing_detail", mailing.pk)
        page = client.get(added["Location"], {"guest": event.guests[1].pk}).content.decode()
        assert "【广告】客人1，邀请您" in page
        assert "c***@example.com" in page
        assert "canary1@" not in page
        assert event.guests[1].token not in page, "who may look may not reply for the guest"
        assert "2024-08-10" in page
        assert "云栖花园" in page
        refused = client.post(event.url("mailing_move", mailing.pk, "send"))
        assert refused.status_code == 409, "what was not checked does not go out"
        client.post(event.url("mailing_move", mailing.pk, "check"))
        client.post(event.url("mailing_move", mailing.pk, "send"))
        assert client.post(event.url("mailing_move", mailing.pk, "nonsense")).status_code == 404
        work_off()
    lines = written(tmp_path)
    assert sorted(line["to"] for line in lines) == [f"canary{n}@example.com" for n in range(5)]
    assert all(guest.token in line["text"] for guest, line in zip(event.guests, lines, strict=True))
    assert {guest.reply for guest in Guest.objects.filter(wave=event.wave)} == {Reply.INVITED}
    assert counts_of(event.subject).invited == 5
    assert Touch.objects.filter(kind=TouchKind.INVITED).count() == 5
    with clock.at("2024-07-21T10:00"):
        one, two, three = event.guests[:3]
        client.get(reverse("events:guest_page", args=[one.token]))
        reply(
            guest=Guest.objects.get(pk=one.pk),
            answer=Reply.ACCEPTED,
            sessions=[event.session],
            companions=[],
            diet=[],
        )
        reply(guest=Guest.objects.get(pk=two.pk), answer=Reply.DECLINED, sessions=[], companions=[], diet=[])
        page = client.get(event.url("invitation_list")).content.decode()
        assert page.count("已发送") >= 5
        assert str(Reply.ACCEPTED.label) in page
        # Whoever has not replied is reminded, and nobody else; paper and chats go by hand, once, with who took them.
        reminder = event.text(use=REMINDER)
        client.post(
            event.url("mailing_add"), {"text": reminder.pk, "wave": "", "days_before": "", "scheduled_at": ""}
        )
        second = Mailing.objects.get(use=REMINDER)
    with clock.at("2024-07-22T10:30"):
        for move in ("check", "send"):
            client.post(event.url("mailing_move", second.pk, move))
        work_off()
        assert set(second.messages.values_list("ref", flat=True)) == {guest.pk for guest in event.guests[2:]}
        link = client.post(event.url("guest_link", event.named.pk))
        assert event.named.token in link.content.decode()
        assert link["Cache-Control"] == "private, no-store"
        card = client.post(event.url("guest_card", three.pk))
        assert (card["Content-Type"], card.content[:4]) == ("image/png", b"\x89PNG")
    assert Message.objects.filter(channel=Channel.LINK).get().by == event.firm.owner
    assert Guest.objects.get(pk=event.named.pk).reply == Reply.INVITED
    journal = json.dumps(
        list(JournalEntry.objects.filter(kind__startswith="messaging").values_list("data", flat=True)),
        ensure_ascii=False,
    )
    assert "canary" not in journal
    assert "客人" not in journal


def test_a_letter_speaks_its_own_language_whoever_looks_at_it(event: Event, client: Client) -> None:
    firm = event.firm
    client.force_login(firm.owner)
    with clock.at(NOW):
        open_page(event.subject, firm, title="七夕之夜", title_en="A Night of Strings")
        text = event.text()
        Template.objects.filter(pk=text.pk).update(language="en", body="{name}: {event}, {day} {link}")
        client.post(event.url("mailing_add"), {"text": text.pk, "wave": event.wave.pk})
        mailing = Mailing.objects.get()
        english = client.get(event.url("mailing_detail", mailing.pk)).content.decode()
        assert "A Night of Strings, 2024-08-10 (Saturday)" in english
        Mailing.objects.update(language="zh-hans")
        type(firm.owner).objects.filter(pk=firm.owner.pk).update(language="en")
        chinese = client.get(event.url("mailing_detail", mailing.pk)).content.decode()
        assert "七夕之夜, 2024-08-10（周六）" in chinese


def test_only_an_approved_open_event_invites_and_only_who_may(event: Event, client: Client) -> None:
    """Drafts, planning, suspended and cancelled activities invite nobody, nor does one whose pages are closed."""
    may = {Status.APPROVED, Status.PREPARING, Status.RUNNING, Status.CLOSED}
    for status in Status:
        Campaign.objects.filter(pk=event.campaign.pk).update(status=status)
        assert (obstacle_to(event.subject) is None) == (status in may), status
    Campaign.objects.filter(pk=event.campaign.pk).update(status=Status.PREPARING)
    with pytest.raises(NotAllowed):
        take_link(guest=event.guests[0], channel=Channel.LINK, actor=event.firm.nobody)
    open_page(event.subject, event.firm, is_open=False)
    with pytest.raises(WrongState, match="链接"):
        take_link(guest=event.guests[0], channel=Channel.LINK, actor=event.firm.owner)
    client.force_login(event.firm.nobody)
    forget_reach(event.firm.nobody)
    assert client.get(event.url("invitation_list")).status_code == 404
    client.force_login(event.firm.owner)
    with clock.at(NOW):
        assert client.get(event.url("invitation_list")).status_code == 200
        other = make_event(event.firm, "另一场活动")
        mailing = Mailing.objects.create(subject=other.subject, use=INVITATION, channel=Channel.EMAIL)
    assert client.get(event.url("mailing_detail", mailing.pk)).status_code == 404
    assert day_of(event.subject) == at(10).date()
    assert values_of(event.subject, [event.named.pk])[event.named.pk]["reply_until"] == "2024-08-07 18:00"


def test_what_is_to_be_confirmed_is_decided_by_a_person(event: Event, client: Client) -> None:
    client.force_login(event.firm.owner)
    with clock.at(NOW):
        mailing = Mailing.objects.create(
            subject=event.subject, use=INVITATION, channel=Channel.EMAIL, state=State.DONE, title="{name}", body=BODY,
            is_listed=True, started_by=event.firm.owner,
        )  # fmt: skip
        one, two, three = (
            Message.objects.create(
                mailing=mailing,
                ref=guest.pk,
                customer=guest.customer,
                channel=Channel.EMAIL,
                state=MessageState.UNKNOWN,
            )
            for guest in event.guests[:3]
        )
        assert client.get(event.url("invitation_list")).content.decode().count("message/") == 6
        client.post(event.url("message_went", one.pk))
        dialog = client.get(event.url("message_again", two.pk), HTTP_HX_REQUEST="true").content.decode()
        assert "收到两次" in dialog
        assert client.post(event.url("message_again", two.pk), {"reason": ""}).status_code == 422
        client.post(event.url("message_again", two.pk), {"reason": "客人说没有收到"})
        work_off()
    assert dict(mailing.messages.values_list("pk", "state")) == {
        one.pk: MessageState.SENT, two.pk: MessageState.SENT, three.pk: MessageState.UNKNOWN,
    }  # fmt: skip
    assert [Guest.objects.get(pk=guest.pk).reply for guest in event.guests[:3]] == [
        Reply.INVITED, Reply.INVITED, Reply.LISTED,
    ]  # fmt: skip


def test_a_guest_without_an_address_is_listed_with_the_reason(event: Event, client: Client) -> None:
    client.force_login(event.firm.owner)
    with clock.at(NOW):
        text = event.text(Channel.SMS)
        client.post(
            event.url("mailing_add"), {"text": text.pk, "wave": "", "days_before": 14, "scheduled_at": ""}
        )
        mailing = Mailing.objects.get()
        client.post(event.url("mailing_move", mailing.pk, "check"))
        client.post(event.url("mailing_move", mailing.pk, "schedule"))
        mailing.refresh_from_db()
        assert mailing.state == State.SCHEDULED
        client.post(event.url("mailing_stop", mailing.pk))
        mailing.refresh_from_db()
        assert mailing.state == State.STOPPED
        client.post(
            event.url("mailing_add"), {"text": text.pk, "wave": "", "days_before": "", "scheduled_at": ""}
        )
        again = Mailing.objects.get(state=State.DRAFT)
        for move in ("check", "send"):
            client.post(event.url("mailing_move", again.pk, move))
        work_off()
        row = again.messages.get(ref=event.named.pk)
        assert (row.state, row.why) == (MessageState.SKIPPED, Why.NO_ADDRESS)
        assert "没有联系地址" in client.get(event.url("mailing_detail", again.pk)).content.decode()


@pytest.mark.once
def test_pages_ask_as_often_whatever_the_number_of_guests(event: Event, client: Client) -> None:
    client.force_login(event.firm.owner)

    def statements() -> int:
        with clock.at(NOW), CaptureQueriesContext(connection) as found:
            assert client.get(event.url("invitation_list")).status_code == 200
        return len(found)

    few = statements()
    with clock.at(NOW):
        for n in range(6):
            guest = make_guest(event.subject, event.firm, f"新客人{n}", event.session)
            take_link(guest=guest, channel=Channel.LINK, actor=event.firm.owner)
    assert statements() <= few + 1


@pytest.mark.once
def test_texts_and_senders_are_kept_through_their_pages(event: Event, client: Client) -> None:
    client.force_login(event.firm.admin)
    keeper = event.firm.owner
    with pytest.raises(NotAllowed):
        keep_sender(
            unit=event.firm.group, name="a", address="b", phone="c", sign="d", actor=event.firm.nobody
        )
    with pytest.raises(NotAllowed):
        keep_text(
            unit=event.firm.group, use=INVITATION, channel=Channel.SMS, name="x", wording=Wording("", "{link}"),
            actor=event.firm.nobody,
        )  # fmt: skip
    assert keeper.pk
