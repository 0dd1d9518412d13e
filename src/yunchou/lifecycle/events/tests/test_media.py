"""Media-targeted activities: media with a cooperation in force are invited, and what they publish becomes figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.metrics.models import Series
from yunchou.directory.customers.actions.cooperations import cooperation_stamp, keep_cooperation
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.actions.merging import merge_customers
from yunchou.directory.customers.models import Cooperation, Identity
from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB, MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, RuleRefused, WrongState
from yunchou.kernel.files.tests.test_content import picture
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.campaigns.actions import add_audience
from yunchou.lifecycle.campaigns.actions.audiences import Meant
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind, Status
from yunchou.lifecycle.events.actions.guests import add_guest, add_guests, keep_guest
from yunchou.lifecycle.events.actions.media import (
    Reported,
    keep_media_report,
    report_stamp,
    take_media_report_back,
)
from yunchou.lifecycle.events.models import MediaReport, Role
from yunchou.lifecycle.events.selectors.media import publicity_of

from .factories import at, make_customer, make_event


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


def figures(pk: int) -> dict[str, str]:
    """What the activity reached, by indicator."""
    told = {one.indicator: one.figure("cumulative") for one in Series.objects.filter(subject=pk)}
    return {name: f"{figure.value:.0f}" for name, figure in told.items() if figure}


@pytest.mark.req("TYP-06", whole=True)
def test_media_we_cooperate_with_are_addressed_and_the_publicity_obtained_is_recorded(
    firm: Firm, client: Client
) -> None:
    keeper = firm.people[MARKETING_DIRECTOR]
    daily, weekly, radio = (
        make_customer(firm, name, identities=(Identity.MEDIA,)) for name in ("记者甲", "记者乙", "记者丙")
    )
    owner = make_customer(firm, "业主", identities=(Identity.OWNER,))
    # The cooperation is entered on the customer's page, with the day it begins and the day it ends.
    client.force_login(keeper)
    add = reverse("customers:cooperation_add", args=[daily.pk])
    assert add in client.get(daily.get_absolute_url()).content.decode()
    said = {"kind": "coverage", "since": "2024-01-01", "until": "2024-12-31", "agreed": "每月两篇社区报道"}
    assert client.post(add, {**said, "until": "2023-12-31"}).status_code == 422
    assert client.post(add, said).status_code == 302
    page = client.get(daily.get_absolute_url()).content.decode()
    assert "每月两篇社区报道" in page
    assert "常态报道" in page
    ended = keep_cooperation(
        customer=weekly, kind="event", since=date(2023, 1, 1), until=date(2024, 8, 31), actor=keeper
    )
    kept = Cooperation.objects.get(customer=daily)
    change = reverse("customers:cooperation_change", args=[daily.pk, kept.pk])
    assert client.post(change, {**said, "kind": "column", "seen": cooperation_stamp(kept)}).status_code == 302
    with pytest.raises(Stale):
        keep_cooperation(
            customer=daily, kind="paid", since=kept.since, cooperation=kept, seen=cooperation_stamp(kept), actor=keeper
        )  # fmt: skip
    assert client.get(reverse("customers:cooperation_change", args=[weekly.pk, kept.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        keep_cooperation(customer=daily, kind="paid", since=kept.since, actor=firm.nobody)
    assert JournalEntry.objects.filter(kind="customers.cooperation_kept", subject=daily.subject).count() == 2

    # On the day of the activity the one with the weekly has ended, and with the radio there is none.
    campaign = make_event(
        firm, "媒体见面会", kind=Kind.TARGETED, audience=Audience.MEDIA, start_on=date(2024, 9, 10), end_on=date(2024, 9, 10)
    )  # fmt: skip
    subject = campaign.subject
    added = add_guests(subject=subject, customers=[daily, weekly, radio, owner], sessions=[], actor=keeper)
    assert [guest.customer for guest in added.guests] == [daily]
    assert {one.customer.name: one.verdict.rule_id for one in added.refused} == {
        "记者乙": "K-TYP-06", "记者丙": "K-TYP-06", "业主": "K-TYP-02",
    }  # fmt: skip
    with pytest.raises(RuleRefused):
        add_guest(subject=subject, actor=keeper, name="没有档案的记者", role=Role.MEDIA)
    host = add_guest(subject=subject, actor=keeper, name="主持人", role=Role.STAFF)
    with pytest.raises(RuleRefused):
        keep_guest(guest=host, actor=keeper, values={"role": Role.MEDIA})
    keep_cooperation(customer=weekly, kind="event", since=ended.since, cooperation=ended, actor=keeper)
    assert len(add_guests(subject=subject, customers=[weekly], sessions=[], actor=keeper).guests) == 1

    # What they publish: medium, day, address or clipping, whom it reached, how it is meant.
    client.force_login(firm.owner)
    address = reverse("events:media_report_list", args=[subject.pk])
    assert address in client.get(f"/s/{subject.pk}/guests/").content.decode()
    assert "还没有媒体报道" in client.get(address).content.decode()
    new = reverse("events:media_report_add", args=[subject.pk])
    report = {
        "medium": "晚报", "title": "社区里的新生活", "published_on": "2024-08-01", "tone": "positive",
        "reach": "120000", "address": "https://news.example.cn/1", "contact": daily.pk,
    }  # fmt: skip
    assert client.post(new, {**report, "published_on": "2024-08-03"}).status_code == 422
    assert client.post(new, {**report, "address": ""}).status_code == 422
    assert client.post(new, {**report, "contact": owner.pk}).status_code == 422
    assert client.post(new, {**report, "tone": "loud"}).status_code == 422
    assert client.post(new, report).status_code == 302
    clipping = SimpleUploadedFile("剪报.png", picture(), content_type="image/png")
    second = {
        "medium": "电台",
        "title": "直播连线",
        "published_on": "2024-08-02",
        "tone": "neutral",
        "reach": "30000",
    }
    assert client.post(new, {**second, "clipping": clipping}).status_code == 302
    assert figures(subject.pk) == {"媒体报道数": "2", "媒体报道触达": "150000"}
    page = client.get(address).content.decode()
    for words in (
        "社区里的新生活",
        "晚报",
        "记者甲",
        "2024-08-01",
        "正面",
        "120,000",
        "https://news.example.cn/1",
        "150,000",
    ):
        assert words in page, words
    live = MediaReport.objects.get(medium="电台")
    assert live.clipping is not None
    assert live.clipping.get_absolute_url() in page
    edit = reverse("events:media_report_change", args=[subject.pk, live.pk])
    seen = report_stamp(live)
    assert client.post(edit, {**second, "reach": "40000", "seen": seen}).status_code == 302
    with pytest.raises(Stale):
        keep_media_report(
            subject=subject, reported=Reported("电台", "x", date(2024, 8, 2), "neutral"), report=live, seen=seen,
            actor=firm.owner,
        )  # fmt: skip
    assert figures(subject.pk)["媒体报道触达"] == "160000"
    drop = reverse("events:media_report_drop", args=[subject.pk, live.pk])
    assert client.post(drop).status_code == 302
    assert figures(subject.pk) == {"媒体报道数": "1", "媒体报道触达": "120000"}
    live.refresh_from_db()
    with pytest.raises(WrongState):
        take_media_report_back(report=live, actor=firm.owner)
    assert client.get(edit).status_code == 404
    assert JournalEntry.objects.filter(kind__startswith="events.media_report", subject=subject).count() == 4

    # Nobody else writes, and an activity that addresses no media has no such page.
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404
    with pytest.raises(NotAllowed):
        keep_media_report(
            subject=subject, reported=Reported("晚报", "x", date(2024, 8, 2), "neutral"), actor=firm.nobody
        )
    other = make_event(firm, "业主茶会")
    client.force_login(firm.owner)
    assert client.get(reverse("events:media_report_list", args=[other.pk])).status_code == 404
    with pytest.raises(WrongState):
        keep_media_report(
            subject=other.subject,
            reported=Reported("晚报", "x", date(2024, 8, 2), "neutral"),
            actor=firm.owner,
        )


@pytest.mark.req("TYP-06")
def test_a_cooperation_is_entered_for_whomever_a_category_addresses(firm: Firm, client: Client) -> None:
    """A category of the company may take anybody only with a cooperation, so that everybody's page asks for it."""
    keeper = firm.people[MARKETING_DIRECTOR]
    owner = make_customer(firm, "业主", identities=(Identity.OWNER,))
    category = add_audience(
        meant=Meant("共建业主", identities=[Identity.OWNER], needs_cooperation=True), actor=keeper
    )
    subject = make_event(firm, "共建会", audience=category.key).subject
    assert not add_guests(subject=subject, customers=[owner], sessions=[], actor=keeper).guests
    # Who may not keep customers sees the card only where there is something on it.
    client.force_login(firm.people[GROUP_CUSTOMER_CLUB])
    card = 'id="cooperations"'
    assert card not in client.get(owner.get_absolute_url()).content.decode()
    client.force_login(keeper)
    page = client.get(owner.get_absolute_url()).content.decode()
    assert card in page
    add = reverse("customers:cooperation_add", args=[owner.pk])
    assert add in page
    assert client.post(add, {"kind": "event", "since": "2024-01-01"}).status_code == 302
    client.force_login(firm.people[GROUP_CUSTOMER_CLUB])
    page = client.get(owner.get_absolute_url()).content.decode()
    assert card in page
    assert add not in page
    assert len(add_guests(subject=subject, customers=[owner], sessions=[], actor=keeper).guests) == 1


def test_what_a_person_entered_stays_and_records_are_merged_and_erased(firm: Firm) -> None:
    keeper = firm.people[MARKETING_DIRECTOR]
    one, other = (make_customer(firm, f"记者{n}", identities=(Identity.MEDIA,)) for n in "甲乙")
    for customer, agreed in ((one, "专栏"), (other, "专版")):
        keep_cooperation(
            customer=customer, kind="column", since=date(2024, 1, 1), agreed=agreed, actor=keeper
        )
    subject = make_event(firm, "媒体见面会", kind=Kind.PR).subject
    add_guests(subject=subject, customers=[other], sessions=[], actor=keeper)
    told = Reported(
        "晚报", "见面会", date(2024, 8, 1), "positive", address="https://news.example.cn/2", contact=other
    )
    report = keep_media_report(subject=subject, reported=told, actor=firm.owner)
    assert figures(subject.pk) == {"媒体报道数": "1"}
    assert not Series.objects.filter(
        subject=subject, indicator="媒体报道触达"
    ).exists()  # no report says whom it reached
    merge_customers(kept=one, merged=other, reason="同一人", actor=keeper)
    report.refresh_from_db()
    assert report.contact_id == one.pk
    assert Cooperation.objects.filter(customer=one).count() == 2
    erase_customer(customer=one, reason="本人要求", actor=keeper)
    assert set(Cooperation.objects.values_list("agreed", flat=True)) == {""}
    assert [found.medium for found in publicity_of(subject).reports] == ["晚报"]


def test_after_the_evaluation_reports_are_kept_and_no_figure_is_opened(firm: Firm) -> None:
    campaign = make_event(firm, "媒体见面会", kind=Kind.PR)
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.EVALUATED)
    told = Reported(
        "晚报", "见面会", date(2024, 8, 1), "positive", address="https://news.example.cn/2", reach=500
    )
    keep_media_report(subject=campaign.subject, reported=told, actor=firm.owner)
    assert publicity_of(campaign.subject).reach == 500
    assert not Series.objects.filter(subject=campaign.pk).exists()
