"""A customer-targeted activity gives gifts, grants members a discount and falls on an occasion of customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.promotions import actions as promotions
from yunchou.capabilities.promotions.models import Coupon, CouponSeries
from yunchou.directory.customers.models import Identity
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.lifecycle.campaigns.caring import caring_of
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind
from yunchou.lifecycle.events.actions.guests import add_guests
from yunchou.lifecycle.events.tests.factories import make_customer, make_event
from yunchou.lifecycle.hospitality.actions.gifts import hand_over, keep_line, reserve_gift

from .factories import make_stock


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Thursday 12 September 2024, 10:00, some days before Mid-Autumn."""
    with clock.at("2024-09-12T10:00"):
        yield


@pytest.mark.req("TYP-03", whole=True)
def test_customer_targeted_activities_give_gifts_member_discounts_and_promote_on_occasions(
    firm: Firm, client: Client
) -> None:
    """All three are planned from the proposal's page, given to customers, and told there."""
    campaign = make_event(
        firm, "中秋老客户礼遇", kind=Kind.TARGETED, audience=Audience.CUSTOMER, start_on=date(2024, 9, 10),
        end_on=date(2024, 9, 20),
    )  # fmt: skip
    subject = campaign.subject
    member = make_customer(firm, "会员", identities=(Identity.MEMBER,))
    owner = make_customer(firm, "业主", identities=(Identity.OWNER,))
    client.force_login(firm.owner)
    proposal = f"/campaigns/{campaign.pk}/proposal/"
    page = client.get(proposal).content.decode()
    gifts, discounts = (
        reverse(name, args=[campaign.pk]) for name in ("hospitality:gift_list", "promotions:board")
    )
    assert 'id="caring"' in page
    assert gifts in page
    assert discounts in page
    assert [piece.names for piece in caring_of(campaign)] == [(), (), ()]

    # A major holiday of customers is its occasion, chosen out of the calendar.
    edit = reverse("campaigns:purpose_edit", args=[campaign.pk])
    said = {"purposes": ["老客复购"], "scene": "occasion:mid_autumn@2024-09-17"}
    assert client.post(edit, said).status_code == 302
    # Gifts out of the stock, for customers on the list.
    item = make_stock(firm.east, firm.owner, "月饼礼盒")
    line = keep_line(subject=subject, item=item, value=Decimal(88), actor=firm.owner)
    [guest, _other] = add_guests(
        subject=subject, customers=[member, owner], sessions=[], actor=firm.owner
    ).guests
    assert hand_over(gift=reserve_gift(line=line, guest=guest, actor=firm.owner), actor=firm.owner).given_at
    item.refresh_from_db()
    assert item.quantity == 19
    # A discount that members have, and nobody else.
    series = {
        "title": "会员中秋九折", "kind": "member", "terms": "会员消费满 200 元九折", "value": "20", "stock": "10", "each": "1",
        "starts_on": "2024-09-10", "ends_on": "2024-09-20",
    }  # fmt: skip
    add = reverse("promotions:series_add", args=[campaign.pk])
    assert client.post(add, {**series, "is_public": "on"}).status_code == 422
    assert client.post(add, series).status_code == 302
    made = CouponSeries.objects.get()
    issue = reverse("promotions:coupon_issue", args=[campaign.pk, made.pk])
    assert client.post(issue, {"customer": owner.pk}).status_code == 422
    assert client.post(issue, {"customer": member.pk}).status_code == 302
    with pytest.raises(Invalid):
        promotions.issue_coupon(series=made, customer=owner, actor=firm.owner)
    [coupon] = Coupon.objects.all()
    assert promotions.redeem_coupon(coupon=coupon, actor=firm.owner, place="门店").redeemed_at
    made.refresh_from_db()
    assert made.issued == 1

    campaign = Campaign.objects.select_related("subject").get(pk=campaign.pk)
    told = {piece.label: piece.names for piece in caring_of(campaign)}
    assert list(told.values())[:2] == [("月饼礼盒",), ("会员中秋九折",)]
    page = client.get(proposal).content.decode()
    for words in ("月饼礼盒", "会员中秋九折", "中秋"):
        assert words in page[page.index('id="caring"') :], words
    # Others have no such part.
    other = make_event(firm, "员工生日会", kind=Kind.TARGETED, audience=Audience.EMPLOYEE)
    assert caring_of(other) == []
    assert 'id="caring"' not in client.get(f"/campaigns/{other.pk}/proposal/").content.decode()
