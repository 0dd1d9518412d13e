"""The rules on single guests and the conditions on whole target lists mean the same people."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from itertools import product
from operator import or_

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.audiences import actions as audiences
from yunchou.capabilities.audiences import trees
from yunchou.capabilities.creative.models import ActivityForm, AudienceGroup
from yunchou.capabilities.creative.standard import EVENTS, lay_down
from yunchou.directory.customers.models import (
    Cooperation,
    Customer,
    CustomerIdentity,
    Grade,
    Identity,
    Purpose,
    Stage,
)
from yunchou.directory.customers.tests.factories import make_customer, make_customers
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.rules.actions import set_parameter
from yunchou.lifecycle.campaigns.actions import add_audience
from yunchou.lifecycle.campaigns.actions.audiences import Meant
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind
from yunchou.lifecycle.campaigns.tests.factories import make_campaign
from yunchou.lifecycle.events.actions.guests import sift
from yunchou.lifecycle.events.audience_limits import limits_of_guests
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.rules import CLIENTS


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
    for n, one in enumerate(made[::2]):
        since, until = date(2020, 1, 1), (None, date(2021, 1, 1))[n % 2]
        Cooperation.objects.create(
            customer=one, kind="coverage", since=since, until=until, kept_by=firm.owner
        )
    return made


@pytest.mark.rule("R-TYP-03")
@pytest.mark.req("TYP-04")
@pytest.mark.req("TYP-07")
def test_a_target_list_leaves_out_whom_the_guest_list_would_refuse(firm: Firm) -> None:
    director = firm.people[p.MARKETING_DIRECTOR]
    everybody = mixture(firm)
    ids = [one.pk for one in everybody]
    nameless = next(one for one in everybody if one.stage and not one.identities.exists())
    Cooperation.objects.filter(customer=nameless).delete()
    Cooperation.objects.create(customer=nameless, kind="coverage", since=date(2020, 1, 1), kept_by=firm.owner)
    campaign = make_campaign(firm)
    seen = set()
    lay_down(AudienceGroup, ActivityForm)
    ActivityForm.objects.filter(name="私人俱乐部活动").update(lowest_grade=Grade.HIGH_END)
    own = [
        add_audience(meant=meant, actor=director).key
        for meant in (
            Meant("洽谈中的潜在业主", identities=["to_own"], stages=["negotiating", "interested"]),
            Meant("签约客户", stages=["signed"]),
            Meant("合作供应商", identities=["supplier"], needs_cooperation=True),
            Meant("洽谈中的合作方", stages=[stage for stage in Stage if stage], needs_cooperation=True),
        )
    ]
    cases = [
        (Kind.CUSTOMER, ""),
        (Kind.HIGH_END, ""),
        (Kind.HIGH_END, Audience.OWNER),
        (Kind.CUSTOMER, Audience.DEAL),
    ]
    for kind, audience in [*cases, *((Kind.TARGETED, a) for a in (*Audience, *own))]:
        Campaign.objects.filter(pk=campaign.pk).update(kind=kind, audience=audience)
        campaign.refresh_from_db()
        fresh, _already, refused = sift(campaign, ids, director)
        assert len(fresh) + len(refused) == len(ids)
        if audience == own[-1]:
            assert nameless in fresh
        left_out = Customer.objects.filter(pk__in=ids)
        limits = limits_of_guests(campaign.subject)
        left_out = (
            left_out.filter(reduce(or_, (one.refused for one in limits))) if limits else left_out.none()
        )
        assert {one.customer.pk for one in refused} == set(left_out.values_list("pk", flat=True)), (
            kind,
            audience,
        )
        assert {one.verdict.rule_id for one in refused} <= {limit.rule_id for limit in limits}
        seen |= {limit.rule_id for limit in limits}
    assert seen == {"K-TYP-07", "R-TYP-03", "K-TYP-02", "K-TYP-06"}


@pytest.mark.req("TYP-07", whole=True)
def test_high_end_events_have_forms_that_are_added_to_and_a_client_grade_decides(
    firm: Firm, client: Client
) -> None:
    """Where the rulebook admits key clients, an event of a form of one's own may still be for high-end ones."""
    director = firm.people[p.MARKETING_DIRECTOR]
    lay_down(AudienceGroup, ActivityForm)
    assert [one.name for one in ActivityForm.objects.filter(name__in=EVENTS, is_high_end=True)] == [
        "商务宴请", "主题研讨会", "高端论坛", "私人俱乐部活动", "国内考察交流", "海外考察交流",
    ]  # fmt: skip
    client.force_login(director)
    add = reverse("creative:form_add")
    own = {"name": "企业家沙龙", "is_high_end": "on", "lowest_grade": Grade.HIGH_END}
    assert client.post(add, {"name": "露营", "lowest_grade": Grade.KEY}).status_code == 422
    assert client.post(add, own).status_code == 302
    assert "企业家沙龙" in client.get(reverse("creative:library")).content.decode()
    tomorrow = clock.today() + timedelta(days=1)
    set_parameter(rule="K-TYP-07", name="grade", value=str(Grade.KEY), valid_from=tomorrow, actor=firm.admin)
    ids = [one.pk for one in mixture(firm)]
    campaign = make_campaign(firm, kind=Kind.HIGH_END)
    choose = reverse("creative:forms_choose", args=[campaign.pk])
    assert all(f'value="{name}"' in client.get(choose).content.decode() for name in (*EVENTS, "企业家沙龙"))
    admitted = {}
    with clock.at(f"{tomorrow}T10:00"):
        client.force_login(director)
        for forms in ([], ["商务宴请"], ["商务宴请", "企业家沙龙"]):
            assert client.post(choose, {"forms": forms}).status_code == 302
            campaign.refresh_from_db()
            assert campaign.forms == forms
            fresh, _already, refused = sift(campaign, ids, director)
            [limit] = limits_of_guests(campaign.subject)
            left_out = Customer.objects.filter(limit.refused, pk__in=ids).values_list("pk", flat=True)
            assert {one.customer.pk for one in refused} == set(left_out)
            clients = Customer.objects.filter(
                pk__in=[one.pk for one in fresh], identities__identity__in=CLIENTS
            )
            admitted[tuple(forms)] = set(clients.values_list("grade", flat=True))
    both = {Grade.KEY, Grade.HIGH_END}
    assert admitted == {
        (): both, ("商务宴请",): both, ("商务宴请", "企业家沙龙"): {Grade.HIGH_END},
    }  # fmt: skip


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
