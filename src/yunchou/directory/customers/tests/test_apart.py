"""Important customers: their data stand in a store of their own, in one store alone, and open to whoever may (CUS-06)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from yunchou.directory.customers import apart
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.actions.exports import ask_export, decide_export
from yunchou.directory.customers.actions.grading import end_grades, grade_customer
from yunchou.directory.customers.actions.looking import reveal
from yunchou.directory.customers.actions.merging import merge_customers
from yunchou.directory.customers.actions.placing import mark_important, settle_all, unmark_important
from yunchou.directory.customers.actions.register import (
    PLAIN,
    Details,
    Sensitive,
    add_customer,
    card_of,
    change_customer,
    change_sensitive,
)
from yunchou.directory.customers.listings import lines_of
from yunchou.directory.customers.models import (
    ApartRecord,
    Channel,
    ContactCard,
    Customer,
    GradeEntry,
    LookGrant,
    Purpose,
)
from yunchou.directory.customers.selectors.contact import reach_of
from yunchou.directory.customers.selectors.find import alike, search_customers, twins_of
from yunchou.directory.customers.selectors.register import Filters
from yunchou.directory.organisation.positions import (
    CUSTOMER_SERVICE_MANAGER,
    MARKETING_DIRECTOR,
)
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, Refused
from yunchou.kernel.core.sealing import Unopened, digests_of, reseal
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.models import Parameter

from .factories import make_customer

pytestmark = [pytest.mark.django_db]
PHONE, MAIL = "+8613812346677", "li@example.com"
KNOWN: dict[str, Any] = {
    "phone": "13812346677", "email": MAIL, "wechat": "limingl", "address": "体育东路 1 号", "preferences": "喜欢靠窗",
    "gender": "m", "born_on": date(1970, 5, 20), "occupation": "董事长", "income": "A5", "interests": "帆船",
}  # fmt: skip
SAID = ("13812346677", "6677", MAIL, "limingl", "体育东路", "喜欢靠窗", "1970", "董事长", "帆船", "halal")


def page(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


def important(firm: Firm, number: str = "11010519491231002X", **more: Any) -> Customer:
    """A customer of whom much is known, graded high-end by the pages' own action."""
    made = make_customer(
        firm.east,
        firm.owner,
        consents=[Purpose.SENSITIVE, Purpose.MARKETING],
        **{**KNOWN, "name": "李明朗", **more},
    )
    sensitive = Sensitive(diet=["halal"], identity_number=number)
    change_sensitive(customer=made, sensitive=sensitive, actor=firm.owner)
    grade(made, firm)
    return Customer.objects.get(pk=made.pk)


def grade(customer: Customer, firm: Firm, given_: str = "high_end") -> None:
    until = None if given_ in ("", "regular") else clock.today() + timedelta(days=30)
    grade_customer(
        customer=customer, grade=given_, since=clock.today(), until=until, reason="年消费", departs=True, actor=firm.owner
    )  # fmt: skip


def rows_of(customer: Customer) -> dict[str, str]:
    """Everything that the tables of the general store hold of a customer, as it stands there."""
    found = {}
    with connection.cursor() as cursor:
        for table, key in (("customers_customer", "subject_id"), ("customers_contactcard", "customer_id")):
            cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s", [customer.pk])
            names = [column[0] for column in cursor.description]
            for name, value in zip(names, cursor.fetchone(), strict=True):
                found[name] = (
                    bytes(value).decode("latin-1") if isinstance(value, memoryview | bytes) else str(value)
                )
    return found


@pytest.mark.req("CUS-06", whole=True)
@pytest.mark.rule("R-CUS-01", whole=True)
def test_an_important_customer_stands_apart_under_keys_of_its_own_and_is_masked_everywhere(
    client: Client, firm: Firm, settings: LazySettings
) -> None:
    settings.SEALING_KEYS, settings.APART_KEYS = ["general"], ["apart"]
    customer = important(firm)
    manager, director = firm.people[CUSTOMER_SERVICE_MANAGER], firm.people[MARKETING_DIRECTOR]
    # The general store holds nothing of it: no value, sealed or not, no digits, no digest that its keys make.
    general = rows_of(customer)
    for name in (
        "phone",
        "email",
        "wechat",
        "address",
        "identity_number",
        "diet_kept",
        "phone_tail",
        "gender",
    ):
        assert general[name] == "", name
    for name in ("occupation", "income", "interests", "preferences"):
        assert general[name] == "", name
    assert general["born_on"] == "None"
    assert general["phone_mask"] == general["email_mask"] == "••••"
    assert general["phone_digest"] not in digests_of(PHONE, "customers.phone")
    assert JournalEntry.objects.filter(kind="customers.placed_apart", subject=customer.pk).count() == 1
    record = ApartRecord.objects.get(pk=customer.pk)
    settings.APART_KEYS = ["general"]
    with pytest.raises(Unopened):
        record.phone.open()
    settings.APART_KEYS, settings.SEALING_KEYS = ["apart"], ["lost and replaced"]
    assert (record.phone.open(), record.told["interests"]) == (PHONE, "帆船")
    settings.SEALING_KEYS = ["general"]

    # Every page, list, search and file is masked, for those who may unmask too; what is known by heart still finds.
    plain = make_customer(firm.east, firm.owner, name="普通人", phone="13900001111")
    for person in (firm.owner, manager, firm.colleague):
        client.force_login(person)
        pages = [client.get(page("customer_list")), client.get(customer.get_absolute_url())]
        pages += [client.post(page("customer_search"), {"q": q}) for q in ("李明朗", "13812346677", MAIL)]
        if person != firm.colleague:
            pages.append(client.get(page("customer_change", customer.pk)))
            pages.append(client.get(page("customer_sensitive", customer.pk)))
        for answer in pages:
            body = answer.content.decode()
            assert answer.status_code == 200
            assert "李明朗" in body or "dialog" in body
            for hidden in SAID:
                if hidden not in (answer.wsgi_request.POST.get("q", "") or "-"):
                    assert hidden not in body.replace('value="halal"', ""), (person, hidden)
    assert list(search_customers(firm.owner, "6677")) == []
    assert [one.is_sure for one in alike(phone="13812346677")] == [True]
    asked = ask_export(actor=manager, filters=Filters(), reason="对账", is_clear=True)
    if asked.state == asked.State.WAITING:
        decide_export(request=asked, is_released=True, words="可以", actor=director)
    lines = {row[1]: row for row in lines_of(asked, manager).rows}
    assert "••••" in lines["李明朗"]
    assert not [cell for cell in lines["李明朗"] if "6677" in str(cell)]
    assert "+8613900001111" in lines[plain.name]
    # Machines that send reach them; and a twin among the others is seen, though its digest is under another key.
    assert reach_of([customer.pk, plain.pk], Channel.PHONE) == {
        customer.pk: PHONE,
        plain.pk: "+8613900001111",
    }
    twin = make_customer(firm.east, firm.owner, name="别的名字", phone="13812346677")
    assert [one.customer for one in twins_of(customer, manager)] == [twin]
    assert [one.customer for one in twins_of(twin, manager)] == [customer]

    # Unmasked one at a time, with a reason that stands in the journal, by whoever answers for it or keeps the relation.
    client.force_login(manager)
    profile = client.post(page("customer_reveal", customer.pk, "profile"), {"reason": "生日礼物"})
    assert "帆船" in profile.content.decode()
    assert reveal(customer=customer, field="diet_kept", reason="宴请", actor=manager) == "Halal"
    assert reveal(customer=customer, field="phone", reason="回访", actor=firm.owner) == "138 1234 6677"
    told = JournalEntry.objects.filter(kind="customers.revealed", subject=customer.pk)
    assert [entry.data["reason"] for entry in told.order_by("pk")] == ["生日礼物", "宴请", "回访"]
    Customer.objects.filter(pk=customer.pk).update(keeper=manager)
    customer = Customer.objects.get(pk=customer.pk)
    with pytest.raises(NotAllowed, match="kept apart"):
        reveal(customer=customer, field="phone", reason="回访", actor=firm.owner)
    client.force_login(firm.owner)
    refused = client.post(page("customer_reveal", customer.pk, "phone"), {"reason": "回访"})
    assert refused.status_code in (403, 422)
    assert "1234" not in refused.content.decode()
    assert (
        page("customer_reveal", customer.pk, "phone")
        not in client.get(customer.get_absolute_url()).content.decode()
    )

    # New keys of that ring: everything is written anew, digests on the card too.
    settings.APART_KEYS = ["newer", "apart"]
    assert reseal(ApartRecord) == 1
    settings.APART_KEYS = ["newer"]
    assert list(search_customers(firm.owner, "13812346677")) == [twin, customer]
    assert reseal(ContactCard) == 0


def test_the_grade_the_identity_and_a_mark_by_hand_decide_by_the_rulebook(client: Client, firm: Firm) -> None:
    """The rule's parameters say who is important; what changes moves by itself, in the same transaction or the night after."""
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    one = make_customer(firm.east, firm.owner, identities=["media"])
    key = make_customer(firm.east, firm.owner, grade="key")
    assert (one.is_apart, key.is_apart, ApartRecord.objects.count()) == (False, False, 0)

    def rule(name: str, value: str) -> int:
        Parameter.objects.update_or_create(
            rule="K-CUS-06", name=name, valid_from=clock.today(), defaults={"value": value}
        )
        return settle_all()

    assert rule("grade", "key") == 1
    assert rule("identity", "media") == 1
    entered = add_customer(
        actor=firm.owner, unit=firm.east, name="记者", phone="13700000001", identities=["media"]
    )
    assert ApartRecord.objects.filter(pk__in=[one.pk, key.pk, entered.pk]).count() == 3
    assert Customer.objects.get(pk=entered.pk).is_apart
    assert rule("identity", "none") == 2
    assert rule("grade", "none") == 1
    assert not ApartRecord.objects.exists()
    assert ContactCard.objects.get(pk=entered.pk).phone.open() == "+8613700000001"

    address = page("customer_mark", one.pk)
    client.force_login(firm.owner)
    assert client.post(address, {"reason": "市领导"}).status_code == 403
    client.force_login(manager)
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "重要媒体"}).status_code == 302
    shown = client.get(one.get_absolute_url()).content.decode()
    assert "重要媒体" in shown
    assert "Kept apart" in shown
    with pytest.raises(Refused, match="marked already"):
        mark_important(customer=one, reason="再次", actor=manager)
    assert client.post(address, {"reason": "已调离"}).status_code == 302
    with pytest.raises(Refused, match="not marked"):
        unmark_important(customer=one, reason="再次", actor=manager)
    assert not Customer.objects.get(pk=one.pk).is_apart
    kinds = JournalEntry.objects.filter(subject=one.pk).values_list("kind", flat=True)
    assert {
        "customers.marked",
        "customers.unmarked",
        "customers.placed_apart",
        "customers.placed_back",
    } <= set(kinds)


def test_a_grade_that_ran_out_moves_the_data_back_and_erasing_leaves_neither_store(firm: Firm) -> None:
    customer = important(firm)
    Customer.objects.filter(pk=customer.pk).update(grade_until=clock.today() - timedelta(days=1))
    assert (end_grades(), settle_all(), settle_all()) == (1, 1, 0)
    back = Customer.objects.get(pk=customer.pk)
    card = ContactCard.objects.get(pk=customer.pk)
    assert (card.phone.open(), card.phone_tail, card.phone_mask) == (PHONE, "6677", "138****6677")
    assert (card.identity_number.open(), back.diet, back.born_on) == (
        "11010519491231002X",
        ["halal"],
        KNOWN["born_on"],
    )
    assert list(search_customers(firm.owner, "6677")) == [back]
    mark_important(customer=back, reason="重点", actor=firm.people[CUSTOMER_SERVICE_MANAGER])
    erase_customer(customer=back, reason="本人要求", actor=firm.people[CUSTOMER_SERVICE_MANAGER])
    gone = Customer.objects.get(pk=customer.pk)
    assert not ApartRecord.objects.exists()
    assert not ContactCard.objects.exists()
    assert (gone.is_apart, gone.marked_why, gone.diet) == (False, "", [])


def test_changing_an_important_customer_keeps_what_is_not_typed(client: Client, firm: Firm) -> None:
    customer = important(firm)
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    client.force_login(manager)
    address = page("customer_change", customer.pk)
    form = client.get(address, headers={"HX-Request": "true"}).content.decode()
    seen = form.split('name="seen" value="')[1].split('"')[0]
    typed = {
        "name": customer.name, "nature": "person", "identities": ["prospect"], "source": customer.source_id,
        "keeper": firm.owner.pk, "language": "zh-hans", "city": "广州", "seen": seen,
    }  # fmt: skip
    saved = client.post(address, {**typed, "interests": "高尔夫", "removed": ["wechat", "income"]})
    assert saved.status_code == 302
    record = ApartRecord.objects.get(pk=customer.pk)
    profile = record.told
    assert (record.phone.open(), bool(record.wechat), profile["interests"]) == (PHONE, False, "高尔夫")
    assert (profile["occupation"], "income" in profile, profile["born_on"]) == (
        "董事长",
        False,
        KNOWN["born_on"],
    )
    # Somebody who may not unmask changes the city and takes nothing away.
    client.force_login(firm.owner)
    Customer.objects.filter(pk=customer.pk).update(keeper=manager)
    form = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "高尔夫" not in form
    seen = form.split('name="seen" value="')[1].split('"')[0]
    assert client.post(address, {**typed, "city": "佛山", "seen": seen}).status_code == 302
    assert ApartRecord.objects.get(pk=customer.pk).told["interests"] == "高尔夫"
    assert Customer.objects.get(pk=customer.pk).city == "佛山"


@pytest.mark.req("CUS-07")
@pytest.mark.rule("R-CUS-02")
def test_a_grant_opens_for_a_purpose_until_its_day_and_every_refusal_is_written_down(
    client: Client, firm: Firm
) -> None:
    customer, manager = important(firm), firm.people[CUSTOMER_SERVICE_MANAGER]
    Customer.objects.filter(pk=customer.pk).update(keeper=manager)
    look, refusals = (
        page("customer_reveal", customer.pk, "phone"),
        JournalEntry.objects.filter(kind="customers.refused"),
    )
    client.force_login(firm.owner)
    assert client.post(look, {"reason": "回访"}).status_code == 403
    assert [(one.actor, one.subject_id, one.data["what"]) for one in refusals] == [
        (firm.owner, customer.pk, "customer_reveal phone")
    ]
    assert client.get(page("grant_list")).status_code == 403
    assert client.post(page("grant_add"), {}).status_code == 403
    client.force_login(manager)
    given_ = {
        "user": firm.owner.pk,
        "unit": firm.east.pk,
        "purpose": "年度答谢回访",
        "until": clock.today().isoformat(),
    }
    far = (clock.today() + timedelta(days=91)).isoformat()
    for wrong in (
        {"purpose": ""}, {"until": far}, {"until": (clock.today() - timedelta(days=1)).isoformat()},
        {"user": firm.outsider.pk}, {"unit": firm.south.pk},
    ):  # fmt: skip
        assert client.post(page("grant_add"), {**given_, **wrong}).status_code == 422, wrong
    assert client.post(page("grant_add"), {**given_, "user": manager.pk}).status_code in (403, 422)
    assert client.post(page("grant_add"), given_).status_code == 302
    grant = LookGrant.objects.get()
    assert "年度答谢回访" in client.get(page("grant_list")).content.decode()
    shown = reveal(
        customer=Customer.objects.get(pk=customer.pk), field="phone", reason="回访", actor=firm.owner
    )
    assert shown == "138 1234 6677"
    client.force_login(firm.owner)
    answer = client.post(look, {"reason": "回访"}, headers={"HX-Request": "true"})
    assert "no-store" in answer["Cache-Control"]
    assert "screen-only" in answer.content.decode(), "it is not printed"
    LookGrant.objects.update(since=clock.today() - timedelta(days=9), until=clock.today() - timedelta(days=1))
    assert client.post(look, {"reason": "回访"}).status_code == 403
    LookGrant.objects.update(until=clock.today())
    client.force_login(manager)
    assert client.post(page("grant_end", grant.pk)).status_code == 302
    assert client.post(page("grant_end", grant.pk)).status_code == 409
    client.force_login(firm.owner)
    assert client.post(look, {"reason": "回访"}).status_code == 403
    # Of another region not even that it is there is told; that somebody tried is written down.
    client.force_login(firm.outsider)
    assert client.get(customer.get_absolute_url()).status_code == 404
    last = refusals.order_by("-pk").first()
    assert last is not None
    # Four values, the two pages of grants, each written down.
    assert (refusals.all().count(), last.actor, last.subject_id) == (6, firm.outsider, customer.pk)


@pytest.mark.req("CUS-07")
def test_whoever_a_page_turns_away_is_written_down_once_an_hour(client: Client, firm: Firm) -> None:
    customer = make_customer(firm.east, firm.owner)
    refusals = JournalEntry.objects.filter(kind="customers.refused")
    client.force_login(firm.nobody)
    for _again in range(3):
        assert client.get(page("customer_list")).status_code == 403
        assert client.post(page("customer_search"), {"q": "李"}).status_code == 403
        assert client.get(page("customer_detail", customer.pk)).status_code == 403
    assert [(one.actor, one.data["what"]) for one in refusals.order_by("pk")] == [
        (firm.nobody, "customer_list"),
        (firm.nobody, "customer_search"),
        (firm.nobody, "customer_detail"),
    ]
    client.logout()
    assert client.get(page("customer_list")).status_code == 302, "strangers sign in first"
    assert refusals.count() == 3


@pytest.mark.req("CUS-07")
def test_what_is_shown_in_clear_tells_who_looks_and_leaves_by_itself(client: Client, firm: Firm) -> None:
    customer = make_customer(firm.east, firm.owner, phone=PHONE)
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    client.force_login(manager)
    look = page("customer_reveal", customer.pk, "phone")
    masked = [client.get(look), client.get(customer.get_absolute_url()), client.get(page("customer_list"))]
    for answer in masked:
        assert 'data-testid="watermark"' not in answer.content.decode()
        assert "Refresh" not in answer
    at = clock.now()
    alone = client.post(look, {"reason": "回访"})
    mark = alone.content.decode().split('data-testid="watermark"')[1].split("</svg>")[0]
    assert manager.name in mark
    assert f"{timezone.localtime(at):%Y-%m-%d}" in mark
    assert "style=" not in mark, "the policy lets no styles stand in a page"
    assert alone["Refresh"] == f"60; url={customer.get_absolute_url()}"
    assert "no-store" in alone["Cache-Control"]
    in_dialog = client.post(look, {"reason": "回访"}, headers={"HX-Request": "true"})
    assert 'data-testid="watermark"' in in_dialog.content.decode()
    assert "load delay:60s" in in_dialog.content.decode()
    assert "Refresh" not in in_dialog


def test_the_diet_of_an_important_customer_stays_until_somebody_takes_it_away(
    client: Client, firm: Firm
) -> None:
    """What the form does not show it does not take away: blank leaves, a tick removes, of codes and words each."""
    customer = important(firm)
    client.force_login(firm.owner)
    address = page("customer_sensitive", customer.pk)

    def kept() -> tuple[list[str], str, str]:
        fresh = Customer.objects.get(pk=customer.pk)
        return fresh.diet, fresh.diet_note, apart.value_of(fresh, card_of(fresh), "identity_number")

    number = "11010519491231002X"
    assert client.post(address, {"diet_note": "不吃香菜"}).status_code == 302
    assert kept() == (["halal"], "不吃香菜", number)
    assert client.post(address, {"identity_number": number}).status_code == 302
    assert kept() == (["halal"], "不吃香菜", number)
    assert client.post(address, {"diet": ["no_nuts"]}).status_code == 302
    assert kept()[:2] == (["no_nuts"], "不吃香菜")
    shown = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "不吃香菜" not in shown
    assert "checked" not in shown
    assert client.post(address, {"removed": ["diet"]}).status_code == 302
    assert kept()[:2] == ([], "不吃香菜")
    assert client.post(address, {"removed": ["diet_note", "identity_number"]}).status_code == 302
    assert kept() == ([], "", "")
    # Codes alone, without words, go too.
    assert client.post(address, {"diet": ["halal"]}).status_code == 302
    assert kept() == (["halal"], "", "")
    assert client.post(address, {"removed": ["diet"]}).status_code == 302
    assert kept() == ([], "", "")
    # Somebody who sees the diet, of somebody who is not important, takes it away by taking it out.
    plain = make_customer(firm.east, firm.owner, consents=[Purpose.SENSITIVE])
    address = page("customer_sensitive", plain.pk)
    assert client.post(address, {"diet": ["halal"], "diet_note": "少盐"}).status_code == 302
    form = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "少盐" in form
    assert client.post(address, {"diet": [], "diet_note": "少盐"}).status_code == 302
    now = Customer.objects.get(pk=plain.pk)
    assert (now.diet, now.diet_note) == ([], "少盐")


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("profile", "他喜欢帆船，送船票"),
        ("profile", "喜欢靠窗的座位"),
        ("profile", "A5 收入客户"),
        ("profile", "5月20日生日礼物"),
        ("profile", "生日 1970-05-20"),
        ("profile", "生日 19700520"),
        ("diet_kept", "halal 餐"),
        ("phone", "回访 6677"),
        ("wechat", "加 limingl 微信"),
    ],
)
def test_the_reason_of_a_look_repeats_nothing_of_what_is_hidden(firm: Firm, field: str, reason: str) -> None:
    """Each value counts by itself, and each part of a list: what stands in the journal is read by others."""
    customer, manager = important(firm), firm.people[CUSTOMER_SERVICE_MANAGER]
    with pytest.raises(Refused, match="must not repeat"):
        reveal(customer=customer, field=field, reason=reason, actor=manager)
    assert not JournalEntry.objects.filter(kind="customers.revealed").exists()
    assert reveal(customer=customer, field=field, reason="2026年5月回访", actor=manager)


def test_resealing_locks_cards_before_what_is_kept_apart_as_everybody_does(
    firm: Firm, settings: LazySettings
) -> None:
    settings.APART_KEYS = ["older"]
    customer = important(firm)
    settings.APART_KEYS = ["newer", "older"]

    def locked(act: Callable[[], object]) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            act()
        own = [one["sql"] for one in queries.captured_queries]
        deleted = [sql for sql in own if sql.startswith("DELETE")]
        if connection.vendor == "postgresql":
            own = [sql for sql in own if "FOR UPDATE" in sql]
        own = deleted or [sql for sql in own if "profile" in sql or "contactcard" in sql]
        tables = [
            name for sql in own for name in ("contactcard", "apartrecord") if f'"customers_{name}"' in sql
        ]
        return list(dict.fromkeys(tables))

    assert locked(lambda: reseal(ApartRecord)) == ["contactcard", "apartrecord"]
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    gone = locked(lambda: erase_customer(customer=customer, reason="本人要求", actor=manager))
    assert gone == ["contactcard", "apartrecord"]


def test_a_start_says_that_no_key_opens_important_customers(firm: Firm, settings: LazySettings) -> None:
    from yunchou.config.checks import apart_records_open

    settings.APART_KEYS = ["older"]
    important(firm)
    settings.APART_KEYS = ["newer", "older"]
    assert apart_records_open(None, databases=["default"]) == []
    settings.APART_KEYS = ["newer"]
    assert apart_records_open(None) == []
    [warning] = apart_records_open(None, databases=["default"])
    assert "1 important customers" in warning.msg


def test_one_record_that_no_key_opens_stops_neither_pages_nor_counts_nor_the_night(
    client: Client, firm: Firm, settings: LazySettings
) -> None:
    settings.APART_KEYS = ["lost"]
    lost = important(firm)
    settings.APART_KEYS = ["held"]
    held = important(firm, phone="13812340002", name="另一位", number="")
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    client.force_login(manager)
    for address in (
        lost.get_absolute_url(),
        page("customer_list"),
        page("customer_change", lost.pk),
        page("customer_sensitive", lost.pk),
    ):
        assert client.get(address).status_code in (200, 302, 409, 422), address
    assert "••••" in client.get(lost.get_absolute_url()).content.decode()
    for field in ("phone", "profile", "diet_kept"):
        assert client.post(page("customer_reveal", lost.pk, field), {"reason": "回访"}).status_code == 422
    assert (
        Customer.objects.filter(apart.told_by_profile(lambda one: one["interests"] == "帆船")).get() == held
    )
    assert [pk for pk, _day in apart.birthdays_of(Customer.objects.all())] == [held.pk]
    assert reach_of([lost.pk, held.pk], Channel.PHONE) == {held.pk: "+8613812340002"}
    Customer.objects.update(grade="")
    assert settle_all() == 1
    assert list(ApartRecord.objects.values_list("pk", flat=True)) == [lost.pk]
    settings.APART_KEYS = ["held", "lost"]
    assert settle_all() == 1


def test_what_was_merged_follows_its_heir_when_an_identity_or_a_parameter_moves_it(firm: Firm) -> None:
    one, two = (make_customer(firm.east, firm.owner, consents=[Purpose.SENSITIVE]) for _n in range(2))
    merge_customers(kept=one, merged=two, reason="同一人", actor=firm.people[CUSTOMER_SERVICE_MANAGER])
    _rule("identity", "media")
    _change(Customer.objects.get(pk=one.pk), firm, identities=["media"])
    assert sorted(ApartRecord.objects.values_list("pk", flat=True)) == sorted([one.pk, two.pk])
    _rule("identity", "none")
    change_sensitive(customer=one, sensitive=Sensitive(diet=["halal"]), actor=firm.owner)
    assert not ApartRecord.objects.exists()
    # What an older version left behind is found by night.
    _rule("identity", "media")
    apart.move(Customer.objects.get(pk=one.pk), is_apart=True)
    assert settle_all() == 1
    assert sorted(ApartRecord.objects.values_list("pk", flat=True)) == sorted([one.pk, two.pk])


STEPS = (
    "grade", "ungrade", "mark", "unmark", "phone", "diet", "merge", "identity", "plain", "night", "strict", "loose", "late",
    "by identity",
)  # fmt: skip


@hypothesis_settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2)), min_size=1, max_size=9))
def test_whatever_happens_the_data_are_in_exactly_one_store_and_open(steps: list[tuple[str, int]]) -> None:
    """Grades, marks, changes, merges and new parameters in any order: after each the data of every living customer, and of
    what was merged into it, stand where the rule says, once, and are what was written last."""
    from django.db import transaction

    with transaction.atomic():
        _play(steps)
        transaction.set_rollback(True)


def _play(steps: list[tuple[str, int]]) -> None:
    firm = _company()
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    people = [
        make_customer(firm.east, firm.owner, consents=[Purpose.SENSITIVE], interests=f"爱好{n}")
        for n in range(3)
    ]
    phones = [reach_of([one.pk], Channel.PHONE)[one.pk] for one in people]
    living = [0, 1, 2]
    # Whether the parameters changed and the night has not come yet.
    is_late = False
    for number, (step, n) in enumerate(steps):
        n = living[n % len(living)]
        customer = Customer.objects.get(pk=people[n].pk)
        if step in ("grade", "ungrade"):
            grade(customer, firm, "high_end" if step == "grade" else "key")
        elif step == "mark" and not customer.marked_at:
            mark_important(customer=customer, reason="重点", actor=manager)
        elif step == "unmark" and customer.marked_at:
            unmark_important(customer=customer, reason="不再", actor=manager)
        elif step == "phone":
            phones[n] = f"+86136{number:04}{n:04}"
            _change(customer, firm, phone=phones[n][3:])
        elif step == "diet":
            change_sensitive(customer=customer, sensitive=Sensitive(diet=["halal"]), actor=firm.owner)
        elif step == "merge" and len(living) > 1:
            other = next(one for one in living if one != n)
            merge_customers(
                kept=customer,
                merged=Customer.objects.get(pk=people[other].pk),
                reason="同一人",
                actor=manager,
            )
            living.remove(other)
        elif step in ("identity", "plain"):
            _change(customer, firm, identities=["media"] if step == "identity" else ["prospect"])
        elif step == "by identity":
            _rule("identity", "media")
            is_late = True
        elif step in ("strict", "loose", "late"):
            _rule("grade", "high_end" if step == "loose" else "key")
            is_late = step == "late"
            if not is_late:
                settle_all()
        elif step == "night":
            moved = settle_all()
            assert is_late or moved == 0
            is_late = False
        _demand_one_store(people, phones, living, is_late=is_late)


def _rule(name: str, value: str) -> None:
    Parameter.objects.update_or_create(
        rule="K-CUS-06", name=name, valid_from=clock.today(), defaults={"value": value}
    )


def _demand_one_store(
    people: list[Customer], phones: list[str], living: list[int], *, is_late: bool = False
) -> None:
    for n, one in enumerate(people):
        customer = Customer.objects.select_related("apart").get(pk=one.pk)
        heir = customer
        while heir.merged_into_id:
            heir = Customer.objects.get(pk=heir.merged_into_id)
        card, record = ContactCard.objects.get(pk=one.pk), ApartRecord.objects.filter(pk=one.pk).first()
        assert customer.is_apart == (record is not None) == heir.is_apart
        assert is_late or heir.is_apart == apart.belongs_apart(heir)
        assert bool(card.phone) != customer.is_apart
        assert bool(customer.interests) != customer.is_apart
        assert not (customer.is_apart and (card.phone_tail or customer.diet_kept or card.email))
        assert apart.value_of(customer, card, "phone") == phones[n]
        assert (record.told["interests"] if record else customer.interests) == f"爱好{n}"
        if n in living:
            assert [hit.customer.pk for hit in alike(phone=phones[n])] == [one.pk]


def _change(customer: Customer, firm: Firm, **more: Any) -> None:
    card = card_of(customer)
    apart.gather(customer, card)
    given_ = {name: getattr(customer, name) for name in PLAIN}
    more.setdefault("identities", list(customer.identities.values_list("identity", flat=True)))
    fresh = Customer.objects.get(pk=customer.pk)
    change_customer(customer=fresh, details=Details(**given_, **more), actor=firm.owner)


def _company() -> Firm:
    from yunchou.directory.organisation.tests.factories import company

    return company()


@pytest.mark.django_db(transaction=True)
def test_a_grade_and_a_change_at_once_lose_nothing() -> None:
    """One moves the record while another writes a number into it: afterwards it stands once, with both."""
    firm = _company()
    customer = make_customer(firm.east, firm.owner, phone="13812340000")
    for turn in range(6):
        wanted = "high_end" if turn % 2 == 0 else "key"
        phone = f"1381234100{turn}"
        fresh = Customer.objects.get(pk=customer.pk)
        acts: list[Callable[[], None]] = [
            lambda one=fresh, word=wanted: grade(one, firm, word),
            lambda one=fresh, number=phone: _change_now(one.pk, firm, number),
        ]
        faults: list[BaseException] = []
        threads = [threading.Thread(target=_safely, args=(act, faults)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        now = Customer.objects.get(pk=customer.pk)
        assert (now.grade, now.is_apart) == (wanted, wanted == "high_end")
        assert ApartRecord.objects.filter(pk=now.pk).exists() == now.is_apart
        assert apart.value_of(now, card_of(now), "phone") == f"+86{phone}"
    assert GradeEntry.objects.count() == 6


def _change_now(pk: int, firm: Firm, phone: str) -> None:
    customer = Customer.objects.get(pk=pk)
    held = list(customer.identities.values_list("identity", flat=True))
    given_ = {name: getattr(customer, name) for name in PLAIN}
    change_customer(
        customer=customer, details=Details(**given_, identities=held, phone=phone), actor=firm.owner
    )


def _safely(act: Callable[[], None], faults: list[BaseException]) -> None:
    try:
        act()
    except BaseException as fault:
        faults.append(fault)
    finally:
        connection.close()
