"""What other rooms call: entering, finding, touching, asking for consent, reaching."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.directory.customers import phones
from yunchou.directory.customers.actions.consents import Agreed, give_consent, withdraw_consent
from yunchou.directory.customers.actions.register import Sensitive, add_customer, change_sensitive
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import (
    Basis,
    Channel,
    Consent,
    ContactCard,
    Customer,
    Nature,
    Purpose,
    Touch,
)
from yunchou.directory.customers.selectors.consents import allowed, may_contact
from yunchou.directory.customers.selectors.contact import reach_of
from yunchou.directory.customers.selectors.find import alike, search_customers
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused

from .factories import make_customer


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("138 1234 5678", "+8613812345678", "138****5678"),
        ("１３８－１２３４－５６７８", "+8613812345678", "138****5678"),
        ("0086 13812345678", "+8613812345678", "138****5678"),
        ("020-8888 6666", "+862088886666", "020****6666"),
        ("+44 20 7946 0958", "+442079460958", "+44****0958"),
        ("", "", ""),
    ],
)
def test_numbers_are_stored_in_one_form(typed: str, stored: str, shown: str) -> None:
    assert phones.tidy(typed) == stored
    assert phones.mask(stored) == shown


@pytest.mark.parametrize("typed", ["1381234567", "abc", "+86 138", "13812345678 转 5", "9" * 60])
def test_what_is_no_number_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(phones.Unusable) as refused:
        phones.tidy(typed)
    assert typed not in str(refused.value.message)


def test_a_customer_is_entered_once_and_found_by_all_that_people_know(firm: Firm) -> None:
    made = add_customer(
        actor=firm.owner,
        unit=firm.department(),
        name="曾小贤",
        phone="138 1234 5678",
        email="Zeng@Example.com",
        nature=Nature.PERSON,
        organisation="远山电台",
        title="主持人",
    )
    assert made.subject.unit == firm.east
    assert made.source is not None
    card = ContactCard.objects.get(customer=made)
    assert (card.phone.open(), str(card.phone), card.phone_mask) == ("+8613812345678", "••••", "138****5678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, email FROM customers_contactcard")
        assert b"13812345678" not in b"".join(map(bytes, cursor.fetchone()))

    def found(words: str) -> list[Customer]:
        return list(search_customers(firm.owner, words))

    for words in (
        "曾小贤",
        "小贤",
        "zengx",
        "cengx",
        "zxx",
        "曾x",
        "5678",
        "13812345678",
        "zeng@example.com",
        "远山",
    ):
        expected = [] if words == "cengx" else [made]
        assert found(words) == expected, words
    for words in ("5679", "1381234", "cengx", "eng@example.com", "贤曾"):
        assert found(words) == [], words
    assert list(search_customers(firm.outsider, "曾小贤")) == []
    assert [one.is_sure for one in alike(phone="13812345678")] == [True]
    assert [str(one.why) for one in alike(name="增小闲")] == ["a name that sounds the same"]
    assert alike(name="曾小贤", user=firm.outsider) == []
    with pytest.raises(Invalid, match="in the directory already"):
        add_customer(
            actor=firm.owner, unit=firm.east, name="小曾", phone="+86 138-1234-5678", nature="person"
        )
    with pytest.raises(Invalid) as refused:
        add_customer(actor=firm.owner, unit=firm.east, name=" ", phone="1", email="x", nature="person")
    assert set(refused.value.fields) == {"name", "phone", "email"}
    with pytest.raises(NotAllowed):
        add_customer(actor=firm.outsider, unit=firm.east, name="外人", nature="person")
    assert add_customer(actor=None, unit=firm.east, name="自填", nature="person").is_incomplete


@pytest.mark.rule("R-CUS-01")
def test_sensitive_data_need_a_consent_and_go_with_it(firm: Firm) -> None:
    customer = make_customer(firm.east, firm.owner)
    halal = Sensitive(diet=["halal"], diet_note="不吃香菜", identity_number="11010519491231002X")
    with pytest.raises(RuleRefused, match="not agreed"):
        change_sensitive(customer=customer, sensitive=halal, actor=firm.owner)
    with pytest.raises(RuleRefused):
        add_customer(actor=firm.owner, unit=firm.east, name="某人", nature="person", diet=["halal"])
    assert not Customer.objects.filter(name="某人").exists()
    give_consent(customer=customer, purpose=Purpose.SENSITIVE, basis=Basis.FORM)
    change_sensitive(customer=customer, sensitive=halal, actor=firm.owner)
    customer.refresh_from_db()
    assert (customer.diet, customer.diet_note) == (["halal"], "不吃香菜")
    with connection.cursor() as cursor:
        cursor.execute("SELECT diet_kept FROM customers_customer WHERE subject_id = %s", [customer.pk])
        assert b"halal" not in bytes(cursor.fetchone()[0])
    withdraw_consent(customer=customer, purpose=Purpose.SENSITIVE, basis=Basis.LINK)
    customer.refresh_from_db()
    card = ContactCard.objects.get(customer=customer)
    assert (customer.diet, bool(card.identity_number), card.identity_digest) == ([], False, "")
    agreed = [Agreed(Purpose.SENSITIVE)]
    made = add_customer(
        actor=None, unit=firm.east, name="素", nature="person", diet=["vegetarian"], consents=agreed
    )
    assert Customer.objects.get(pk=made.pk).diet == ["vegetarian"]
    with pytest.raises(Invalid, match="check digit"):
        change_sensitive(
            customer=made, sensitive=Sensitive(identity_number="110105194912310021"), actor=firm.owner
        )


@pytest.mark.req("CUS-10")
def test_the_newest_word_on_a_channel_or_on_all_holds(firm: Firm) -> None:
    """Every order of three words on one channel, another one and all of them."""
    words = list(product((Channel.ANY, Channel.SMS, Channel.EMAIL), (True, False)))
    customer = make_customer(firm.east, firm.owner)
    for said in product(words, repeat=3):
        Consent.objects.all().delete()
        newest: dict[str, bool] = {}
        for channel, is_given in said:
            act = give_consent if is_given else withdraw_consent
            act(customer=customer, purpose=Purpose.MARKETING, channel=channel, basis=Basis.FORM)
            newest = {} if channel == Channel.ANY else newest
            newest[channel] = is_given
        for channel in (Channel.SMS, Channel.EMAIL, Channel.WECHAT):
            expected = newest.get(channel, newest.get(Channel.ANY, False))
            assert bool(may_contact([customer.pk], Purpose.MARKETING, channel)) == expected, said
        assert not may_contact([customer.pk], Purpose.SURVEY, Channel.SMS)
    assert not Customer.objects.filter(allowed(Purpose.PROFILING)).exists()
    with pytest.raises(Invalid, match="fill this in"):
        give_consent(customer=customer, purpose=Purpose.SURVEY, basis=Basis.PAPER, actor=firm.owner)
    with pytest.raises(NotAllowed):
        give_consent(
            customer=customer, purpose=Purpose.SURVEY, basis=Basis.PAPER, actor=firm.outsider, proof="签到表"
        )


def test_touches_are_written_by_one_statement_and_twice_is_once(firm: Firm) -> None:
    customers = [make_customer(firm.east, firm.owner) for _n in range(3)]
    rows = [TouchRow(one.pk, "invited", key=f"invited:{one.pk}") for one in customers]
    with CaptureQueriesContext(connection) as queries:
        record_touches([*rows, *rows])
    assert len(queries) == 1
    record_touches(rows)
    assert Touch.objects.count() == 3
    assert reach_of([one.pk for one in customers], Channel.EMAIL) == {
        one.pk: ContactCard.objects.get(customer=one).email.open() for one in customers
    }
    assert reach_of([customers[0].pk], Channel.WECHAT) == {}
