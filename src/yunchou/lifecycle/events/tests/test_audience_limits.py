"""The rules on single guests and the conditions on whole target lists mean the same people."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.audiences import actions as audiences
from yunchou.capabilities.audiences import trees
from yunchou.directory.customers.models import Customer, CustomerIdentity, Grade, Identity, Purpose, Stage
from yunchou.directory.customers.tests.factories import make_customer, make_customers
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.events.actions.guests import sift
from yunchou.lifecycle.events.audience_limits import limits_of_guests
from yunchou.lifecycle.events.models import Guest


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


def mixture(firm: Firm) -> list[Customer]:
    """Customers of every stage, grade (valid, run out) and identity."""
    identities = [(), *((identity,) for identity in Identity.values), (Identity.MEDIA, Identity.OWNER)]
    cases = list(product(Stage.values, ("", Grade.REGULAR, Grade.KEY, Grade.HIGH_END)))
    made = make_customers(firm.east, len(cases) * 3)
    for n, one in enumerate(made):
        one.stage, one.grade = cases[n % len(cases)]
        one.grade_until = (None, clock.today(), clock.today() - timedelta(days=1))[n // len(cases)]
    Customer.objects.bulk_update(made, ["stage", "grade", "grade_until"])
    CustomerIdentity.objects.bulk_create(
        CustomerIdentity(customer=one, identity=what)
        for n, one in enumerate(made)
        for what in identities[n * 7 % len(identities)]
    )
    return made


@pytest.mark.rule("R-TYP-03")
@pytest.mark.req("TYP-04")
@pytest.mark.req("TYP-07")
def test_a_target_list_leaves_out_whom_the_guest_list_would_refuse(firm: Firm) -> None:
    director = firm.people[p.MARKETING_DIRECTOR]
    ids = [one.pk for one in mixture(firm)]
    campaign = make_campaign(firm)
    seen = set()
    for kind, audience in [(Kind.CUSTOMER, ""), (Kind.HIGH_END, ""), *((Kind.TARGETED, a) for a in Audience)]:
        Campaign.objects.filter(pk=campaign.pk).update(kind=kind, audience=audience)
        campaign.refresh_from_db()
        fresh, _already, refused = sift(campaign, ids, director)
        assert len(fresh) + len(refused) == len(ids)
        left_out = Customer.objects.filter(pk__in=ids)
        limits = limits_of_guests(campaign.subject)
        left_out = left_out.filter(limits[0].refused) if limits else left_out.none()
        assert {one.customer.pk for one in refused} == set(left_out.values_list("pk", flat=True)), (
            kind,
            audience,
        )
        assert {one.verdict.rule_id for one in refused} <= {limit.rule_id for limit in limits}
        seen |= {limit.rule_id for limit in limits}
    assert seen == {"K-TYP-07", "R-TYP-03", "K-TYP-02"}


@pytest.mark.req("SEG-07")
def test_a_frozen_list_is_put_on_the_guest_list_by_one_dialog(firm: Firm, client: Client) -> None:
    """Whoever withdrew nothing is listed; a second time everybody is on it already."""
    director = firm.people[p.MARKETING_DIRECTOR]
    people = [make_customer(firm.east, director, consents=[Purpose.MARKETING]) for _n in range(3)]
    subject = make_campaign(firm).subject
    everybody = trees.read({"field": "nature", "op": "in", "value": ["person"]})
    target = audiences.freeze_list(
        target=audiences.add_list(subject=subject, plan=audiences.Plan("首批", everybody), actor=director),
        actor=director,
    )
    address = reverse("events:guests_from_list", args=[subject.pk])
    client.force_login(firm.people[p.FINANCE])
    assert client.get(address).status_code in (403, 404)
    client.force_login(director)
    assert "首批" in client.get(address).content.decode()
    for _time in range(2):
        assert client.post(address, {"target": target.pk}).status_code == 302
        listed = Guest.objects.filter(subject=subject).values_list("customer", flat=True)
        assert sorted(listed) == sorted(one.pk for one in people)
