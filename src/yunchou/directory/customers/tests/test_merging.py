"""Merging never widens what was agreed to; erasing leaves nothing; and nothing personal stands where it must not."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from yunchou.directory.customers.actions.consents import give_consent, withdraw_consent
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.actions.grading import end_grades
from yunchou.directory.customers.actions.merging import Said, lost, merge_customers, narrower
from yunchou.directory.customers.actions.register import Sensitive, change_sensitive
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import (
    Basis,
    Channel,
    ConsentEntry,
    ContactCard,
    Customer,
    GradeEntry,
    Purpose,
    Touch,
)
from yunchou.directory.customers.selectors.consents import may_contact
from yunchou.directory.organisation.positions import CUSTOMER_SERVICE_MANAGER
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .factories import make_customer

words = st.dictionaries(
    st.tuples(st.sampled_from(Purpose.values), st.sampled_from(Channel.values)), st.booleans()
)


@pytest.mark.req("CUS-10")
@given(one=words, other=words)
def test_merging_never_widens_a_consent(
    one: dict[tuple[str, str], bool], other: dict[tuple[str, str], bool]
) -> None:
    mine, theirs = Said(one), Said(other)
    after = narrower(mine, theirs)
    gone = set(lost(mine, theirs))
    for purpose in Purpose.values:
        for channel in Channel.values:
            both = mine.allows(purpose, channel) and theirs.allows(purpose, channel)
            assert after.allows(purpose, channel) == both
            either = mine.allows(purpose, channel) or theirs.allows(purpose, channel)
            assert ((purpose, channel) in gone) == (either and not both)
    assert narrower(mine, theirs) == narrower(theirs, mine)
    assert narrower(after, after) == after


@pytest.mark.django_db
@pytest.mark.req("CUS-13", "SEG-08")
def test_two_records_become_one_and_nothing_is_lost(client: Client, firm: Firm) -> None:
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    kept = make_customer(
        firm.east, firm.owner, name="李明朗", email="", organisation="", identities=["member"]
    )
    merged = make_customer(
        firm.east, firm.owner, name="李明浪", grade="high_end", organisation="远山电台", identities=["media"]
    )
    for one, purposes in ((kept, ("marketing", "survey", "sensitive")), (merged, ("marketing",))):
        for purpose in purposes:
            give_consent(customer=one, purpose=purpose, basis=Basis.FORM)
    withdraw_consent(customer=merged, purpose="marketing", channel=Channel.SMS, basis=Basis.LINK)
    change_sensitive(customer=kept, sensitive=Sensitive(diet=["halal"]), actor=firm.owner)
    record_touches([TouchRow(merged.pk, "attended", key="a"), TouchRow(kept.pk, "invited", key="b")])
    client.force_login(manager)
    address = reverse("customers:customer_merge", args=[kept.pk, merged.pk])
    start = reverse("customers:merge_start", args=[kept.pk])
    assert "李明浪" in client.get(start).content.decode()
    assert "李明浪" in client.post(start, {"q": "李明浪"}).content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    with pytest.raises(NotAllowed):
        merge_customers(kept=kept, merged=merged, reason="同一人", actor=firm.owner)
    assert client.post(address, {"reason": "同一人"}).status_code == 302
    kept, merged = Customer.objects.get(pk=kept.pk), Customer.objects.get(pk=merged.pk)
    assert (merged.merged_into_id, kept.grade, kept.organisation) == (kept.pk, "high_end", "远山电台")
    assert (
        ContactCard.objects.get(customer=kept).email.open()
        == ContactCard.objects.get(customer=merged).email.open()
    )
    assert set(kept.identities.values_list("identity", flat=True)) == {"member", "media"}
    assert Touch.objects.filter(customer=kept).count() == 2
    assert GradeEntry.objects.get().customer_id == kept.pk
    for purpose, channel, expected in (
        ("marketing", Channel.EMAIL, True),
        ("marketing", Channel.SMS, False),
        ("survey", Channel.EMAIL, False),
        ("sensitive", Channel.ANY, False),
    ):
        assert bool(may_contact([kept.pk], purpose, channel)) == expected, purpose
    assert kept.diet == []
    assert ConsentEntry.objects.filter(customer=kept, basis=Basis.MERGED, is_given=False).exists()
    assert JournalEntry.objects.filter(kind="customers.merged").count() == 2
    assert client.get(merged.get_absolute_url()).status_code == 200
    assert may_contact([merged.pk], "marketing") == set()
    with pytest.raises(WrongState):
        merge_customers(kept=kept, merged=merged, reason="再来", actor=manager)
    Customer.objects.filter(pk=kept.pk).update(grade_until="2020-01-01")
    assert end_grades() == 1
    two = [make_customer(firm.east, firm.owner) for _n in range(2)]
    for one, number in zip(two, ("11010519491231002X", "E12345678"), strict=True):
        give_consent(customer=one, purpose=Purpose.SENSITIVE, basis=Basis.FORM)
        change_sensitive(customer=one, sensitive=Sensitive(identity_number=number), actor=firm.owner)
    with pytest.raises(Invalid, match="two people"):
        merge_customers(kept=two[0], merged=two[1], reason="同名", actor=manager)


@pytest.mark.django_db
@pytest.mark.req("CUS-11")
def test_erasing_leaves_a_number_and_the_figures(client: Client, firm: Firm) -> None:
    customer = make_customer(
        firm.east, firm.owner, name="金丝雀", organisation="鸟笼公司", consents=["marketing"]
    )
    record_touches([TouchRow(customer.pk, "visit", note="金丝雀喜欢唱歌")])
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    erase_customer(customer=customer, reason="本人申请", actor=manager)
    left = Customer.objects.get(pk=customer.pk)
    assert (left.name, left.organisation, left.name_key) == (f"#{customer.pk}", "", "")
    assert not ContactCard.objects.filter(customer=customer).exists()
    assert Touch.objects.get().note == ""
    assert ConsentEntry.objects.get().proof == ""
    assert "金丝雀" not in Subject.objects.get(pk=customer.pk).search
    assert may_contact([customer.pk], "marketing") == set()
    assert JournalEntry.objects.filter(kind="customers.erased", subject=customer.pk).count() == 1
    client.force_login(manager)
    assert client.get(customer.get_absolute_url()).status_code == 200
    with pytest.raises(WrongState):
        erase_customer(customer=customer, reason="再来", actor=manager)


@pytest.mark.django_db
@pytest.mark.req("CUS-09")
def test_no_canary_sings_in_logs_addresses_or_the_journal(
    client: Client, firm: Firm, caplog: pytest.LogCaptureFixture
) -> None:
    """T18: names, numbers and addresses stand in the register alone, whatever is done with them."""
    canaries = ("金丝雀", "13877776655", "canary@example.com", "wx-canary", "鸟笼街", "6655")
    caplog.set_level(logging.DEBUG)
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    customer = make_customer(
        firm.east,
        manager,
        name="金丝雀",
        phone="13877776655",
        email="canary@example.com",
        wechat="wx-canary",
        address="鸟笼街 1 号",
        consents=[Purpose.MARKETING],
    )
    client.force_login(manager)
    visited = [
        client.post(f"{customer.get_absolute_url()}reveal/{name}/", {"reason": "回访"})
        for name in ("phone", "email")
    ]
    visited.append(client.post(reverse("customers:customer_search"), {"q": "13877776655"}))
    visited.append(client.post(reverse("customers:customer_search"), {"q": "金丝雀"}))
    visited.append(
        client.post(reverse("customers:customer_alike"), {"name": "金丝雀", "phone": "13877776655"})
    )
    visited.append(client.post(reverse("customers:export_ask"), {"reason": "年历", "form": "csv"}))
    visited.append(
        client.post(
            f"{customer.get_absolute_url()}grade/",
            {"grade": "regular", "reason": "老客户", "since": "2024-01-01"},
        )
    )
    visited.append(client.get(reverse("customers:customer_list")))
    assert all(answer.status_code < 500 for answer in visited)
    places = [str(entry.data) for entry in JournalEntry.objects.all()]
    places += [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    places += [
        answer.get("Location", "") + answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
        for answer in visited
    ]
    for canary in canaries:
        assert not [place for place in places if canary in place], canary
