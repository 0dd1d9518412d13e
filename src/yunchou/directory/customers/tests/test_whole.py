"""What the catalogue asks of the directory as a whole: records, histories, traits, grades, verification, purposes of files."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.customers.actions.consents import give_consent, withdraw_consent
from yunchou.directory.customers.actions.exports import ask_export, decide_export, open_export
from yunchou.directory.customers.actions.merging import merge_customers
from yunchou.directory.customers.actions.register import Sensitive, change_sensitive
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.actions.verifying import owe_verifications
from yunchou.directory.customers.ages import age_of
from yunchou.directory.customers.listings import lines_of
from yunchou.directory.customers.models import (
    Basis,
    Channel,
    Consent,
    Customer,
    ExportRequest,
    Purpose,
    TouchKind,
)
from yunchou.directory.customers.rules import (
    Confirmed,
    History,
    confirmed_regularly,
    score,
    scored_from_history,
)
from yunchou.directory.customers.selectors.history import grade_by_criteria, purchases_of, traits_of
from yunchou.directory.customers.selectors.register import Filters, outdated_before
from yunchou.directory.organisation.positions import CUSTOMER_SERVICE_MANAGER, MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.selectors import evaluate, params_on

from .factories import make_customer, make_customers

pytestmark = [pytest.mark.django_db]
NOW = clock.now


def page(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


def bought(customer: Customer, days: int, yuan: int, subject: int | None = None) -> TouchRow:
    return TouchRow(
        customer.pk, TouchKind.ORDERED, NOW() - timedelta(days=days), "", subject, amount=yuan * 100
    )


@pytest.mark.req("CUS-01", whole=True)
def test_a_record_holds_name_contact_address_purchases_preferences_identities_and_owner(
    client: Client, firm: Firm
) -> None:
    customer = make_customer(
        firm.east, firm.owner, name="李明朗", phone="13812346677", address="体育东路 1 号", preferences="喜欢靠窗",
        identities=["member", "owner", "media"],
    )  # fmt: skip
    older = make_customer(firm.east, firm.owner, name="李明浪")
    record_touches([bought(customer, 10, 300), bought(customer, 500, 120), bought(older, 20, 80)])
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    merge_customers(kept=customer, merged=older, reason="同一人", actor=manager)
    found = purchases_of([customer.pk])
    assert (found.count, found.amount, found.in_a_year) == (3, Decimal(500), Decimal(380))
    client.force_login(manager)
    body = client.get(customer.get_absolute_url()).content.decode()
    for told in (
        "李明朗",
        "138****6677",
        "••••",
        "500.00",
        "380.00",
        "3 times",
        "喜欢靠窗",
        firm.owner.name,
    ):
        assert told in body, told
    for identity in ("Club member", "Property owner", "Media contact"):
        assert identity in body
    assert "体育东路" not in body
    for every in ("customer", "member", "owner", "to_own", "supplier", "partner", "media"):
        assert f'value="{every}"' in client.get(page("customer_add")).content.decode()


@pytest.mark.req("CUS-03", whole=True)
def test_an_identity_number_stands_once_and_what_is_incomplete_is_listed(client: Client, firm: Firm) -> None:
    one, two = (make_customer(firm.east, firm.owner, consents=[Purpose.SENSITIVE]) for _n in range(2))
    bare = make_customer(firm.east, firm.owner, name="只有名字", phone="", email="")
    number = Sensitive(identity_number="11010519491231002X")
    change_sensitive(customer=one, sensitive=number, actor=firm.owner)
    change_sensitive(customer=one, sensitive=number, actor=firm.owner)
    with pytest.raises(Invalid, match="Another record has this number") as refused:
        change_sensitive(customer=two, sensitive=number, actor=firm.owner)
    assert "identity_number" in refused.value.fields
    client.force_login(firm.owner)
    listed = client.get(f"{page('customer_list')}?state=incomplete").content.decode()
    assert bare.name in listed
    assert one.name not in listed
    missing = client.get(bare.get_absolute_url()).content.decode()
    assert "a phone number or a mail address" in missing


@pytest.mark.req("CUS-04", whole=True)
@pytest.mark.rule("R-CUS-04", whole=True)
def test_a_record_unconfirmed_for_twelve_months_is_owed_a_look_by_its_keeper_or_the_head(
    client: Client, firm: Firm
) -> None:
    assert [evaluate([confirmed_regularly], Confirmed(n))[0].passed for n in (11, 12, 13)] == [
        True,
        False,
        False,
    ]
    edge = outdated_before()
    fresh, old, orphan = (make_customer(firm.east, firm.owner) for _n in range(3))
    for customer, moment in (
        (fresh, edge),
        (old, edge - timedelta(seconds=1)),
        (orphan, edge - timedelta(days=1)),
    ):
        Customer.objects.filter(pk=customer.pk).update(verified_at=moment)
    Customer.objects.filter(pk=orphan.pk).update(keeper=None)
    assert owe_verifications() == 2
    owed = dict(Duty.objects.filter(kind="customers.verification").values_list("subject", "owner"))
    assert owed == {old.pk: firm.owner.pk, orphan.pk: firm.people[CUSTOMER_SERVICE_MANAGER].pk}
    client.force_login(firm.owner)
    outdated = client.get(f"{page('customer_list')}?state=outdated").content.decode()
    assert old.name in outdated
    assert fresh.name not in outdated
    body = client.get(old.get_absolute_url()).content.decode()
    assert page("customer_verify", old.pk) in body
    assert client.post(page("customer_verify", old.pk)).status_code == 302
    # Correcting it is confirming it, and stands in the journal.
    given = {
        "name": orphan.name, "nature": "person", "identities": ["prospect"], "city": "广州", "language": "zh-hans",
        "keeper": firm.owner.pk, "source": orphan.source_id,
    }  # fmt: skip
    assert client.post(page("customer_change", orphan.pk), given).status_code == 302
    assert JournalEntry.objects.filter(kind="customers.changed", subject=orphan.pk).exists()
    assert set(Duty.objects.values_list("state", flat=True)) == {Duty.State.DONE}
    assert owe_verifications() == 0


@pytest.mark.req("CUS-13", whole=True)
def test_everything_with_a_customer_stands_in_one_line_of_time(client: Client, firm: Firm) -> None:
    customer, other = make_customer(firm.east, firm.owner), make_customer(firm.east, firm.owner)
    kinds = [*TouchKind, *TouchKind, *TouchKind, *TouchKind]
    channels = (Channel.PHONE, Channel.EMAIL, Channel.WECHAT, Channel.SMS)
    record_touches(
        TouchRow(customer.pk, kind, NOW() - timedelta(hours=n), channels[n % 4], note=f"第{n:03}件")
        for n, kind in enumerate(kinds)
    )
    record_touches([TouchRow(other.pk, TouchKind.GIFT, NOW() - timedelta(days=99), note="并入的赠礼")])
    merge_customers(kept=customer, merged=other, reason="同一人", actor=firm.people[CUSTOMER_SERVICE_MANAGER])
    client.force_login(firm.owner)
    body = client.get(customer.get_absolute_url()).content.decode()
    for kind in TouchKind:
        assert str(kind.label) in body
    order = [body.index(f"第{n:03}件") for n in range(40)]
    assert order == sorted(order)
    assert "第040件" not in body
    older = body.split(f"{page('touch_list', customer.pk)}?before=")[1].split('"')[0]
    further = client.get(f"{page('touch_list', customer.pk)}?before={older}").content.decode()
    assert "第040件" in further
    assert "第039件" not in further
    assert "并入的赠礼" in further
    client.force_login(firm.outsider)
    assert client.get(page("touch_list", customer.pk)).status_code == 404


@pytest.mark.req("SEG-02", whole=True)
def test_a_profile_has_age_gender_income_occupation_and_interests_for_whoever_may_see_them(
    client: Client, firm: Firm
) -> None:
    today = clock.today()
    born = today.replace(year=today.year - 40, month=1, day=1)
    known = {
        "gender": "f",
        "income": "50 万以上",
        "occupation": "建筑师",
        "interests": "越野跑",
        "preferences": "素雅",
    }
    customer = make_customer(firm.east, firm.owner, born_on=born, **known)
    assert age_of(born) == 40
    assert age_of(born, born.replace(year=born.year + 39, month=12, day=31)) == 39
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    body = client.get(customer.get_absolute_url()).content.decode()
    for told in ("Age", "<dd>40</dd>", "Female", "50 万以上", "建筑师", "越野跑", "素雅"):
        assert told in body, told
    client.force_login(firm.colleague)
    masked = client.get(customer.get_absolute_url()).content.decode()
    for hidden in ("<dd>40</dd>", "50 万以上", "建筑师", "越野跑"):
        assert hidden not in masked


@pytest.mark.req("SEG-03", whole=True)
def test_traits_are_scored_from_history_with_consent_and_by_the_rulebook(client: Client, firm: Firm) -> None:
    p = params_on([scored_from_history])[scored_from_history.id]
    assert score(History(), p).loyalty is None
    full = score(History(orders=20, months=12, at_activities=5, invited=4, reacted=3), p)
    assert (full.loyalty, full.price, full.promotion) == (100, 25, 75)
    few = score(History(orders=2, months=2, at_activities=2, invited=2, reacted=2), p)
    assert (few.loyalty, few.price, few.promotion) == (17, None, None)
    customer = make_customer(firm.east, firm.owner, consents=[Purpose.PROFILING])
    silent = make_customer(firm.east, firm.owner)
    for one in (customer, silent):
        subjects = [made.subject_id for made in make_customers(firm.east, 4)]
        record_touches([bought(one, days, 100) for days in (5, 40, 75)])
        record_touches([bought(one, 100, 100, subjects[0]), bought(one, 900, 100)])
        record_touches(
            TouchRow(one.pk, kind, NOW() - timedelta(days=9), subject_id=subject)
            for subject, kind in [(s, "invited") for s in subjects] + [(subjects[0], "attended")]
        )
    found = traits_of([customer.pk, silent.pk])
    assert set(found) == {customer.pk}
    assert (found[customer.pk].loyalty, found[customer.pk].price, found[customer.pk].promotion) == (
        33,
        25,
        25,
    )
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    body = client.get(customer.get_absolute_url()).content.decode()
    assert "Brand loyalty" in body
    assert "K-SEG-03" in body
    assert "Brand loyalty" not in client.get(silent.get_absolute_url()).content.decode()
    client.force_login(firm.colleague)
    assert "Brand loyalty" not in client.get(customer.get_absolute_url()).content.decode()
    Customer.objects.filter(pk=customer.pk).update(no_profiling=True)
    assert traits_of([customer.pk]) == {}


@pytest.mark.req("SEG-08", whole=True)
def test_high_grades_rest_on_criteria_and_end(client: Client, firm: Firm) -> None:
    customer = make_customer(firm.east, firm.owner)
    given = {
        "grade": "high_end",
        "since": clock.today().isoformat(),
        "until": "2099-01-01",
        "reason": "年消费",
    }
    client.force_login(firm.owner)
    address = page("customer_grade", customer.pk)
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert "500000 yuan" in refused.content.decode()
    record_touches([bought(customer, 30, 499_999), bought(customer, 400, 900_000)])
    assert client.post(address, given).status_code == 422
    assert grade_by_criteria([customer.pk]) == "key"
    assert "By the criteria: Key" in client.get(address, headers={"HX-Request": "true"}).content.decode()
    record_touches([bought(customer, 20, 1)])
    assert grade_by_criteria([customer.pk]) == "high_end"
    assert client.post(address, {**given, "until": ""}).status_code == 422
    assert client.post(address, given).status_code == 302
    other = make_customer(firm.east, firm.owner)
    departs = {**given, "departs": "on", "reason": "集团董事，按例外"}
    assert client.post(page("customer_grade", other.pk), departs).status_code == 302
    assert "按例外" in client.get(other.get_absolute_url()).content.decode()
    Customer.objects.filter(pk=customer.pk).update(grade_until=clock.today() - timedelta(days=1))
    from yunchou.directory.customers.actions.grading import end_grades

    assert end_grades() == 1
    customer.refresh_from_db()
    assert not customer.grade


@pytest.mark.req("CUS-08", whole=True)
@pytest.mark.rule("R-CUS-02", whole=True)
def test_several_small_files_count_together_and_rows_stay_within_every_right(firm: Firm) -> None:
    manager, director = firm.people[CUSTOMER_SERVICE_MANAGER], firm.people[MARKETING_DIRECTOR]
    make_customers(firm.east, 300)
    first = ask_export(actor=manager, filters=Filters(), reason="年历")
    assert first.state == ExportRequest.State.RELEASED
    second = ask_export(actor=manager, filters=Filters(), reason="台历")
    assert second.state == ExportRequest.State.WAITING
    decide_export(request=second, is_released=True, words="可以", actor=director)
    ExportRequest.objects.filter(pk=first.pk).update(created_at=NOW() - timedelta(days=8))
    third = ask_export(actor=manager, filters=Filters(), reason="挂历")
    assert third.state == ExportRequest.State.RELEASED
    mark = str(next(iter(lines_of(third, manager).rows))[-1])
    assert manager.name in mark
    assert "挂历" in mark
    open_export(request=third, actor=manager)
    taken = JournalEntry.objects.get(kind="customers.export_taken")
    assert taken.data["count"] == 300
    # A file in clear holds only those whom the person may unmask: nobody of another region.
    stranger = make_customer(firm.south, firm.outsider, name="外区")
    rows = lines_of(ExportRequest(pk=9, actor=manager, is_clear=True, count=1, reason="x"), manager).rows
    assert stranger.pk not in {row[0] for row in rows}


@pytest.mark.req("CUS-10")
def test_a_file_for_a_purpose_holds_only_those_who_agreed_to_it(firm: Firm) -> None:
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    agreed = make_customer(firm.east, firm.owner, consents=[Purpose.MARKETING])
    gone = make_customer(firm.east, firm.owner, consents=[Purpose.MARKETING])
    silent = make_customer(firm.east, firm.owner)
    refused = make_customer(firm.east, firm.owner)
    withdraw_consent(customer=gone, purpose=Purpose.MARKETING, basis=Basis.LINK)
    withdraw_consent(customer=refused, purpose=Purpose.SERVICE, basis=Basis.LINK)
    asked = ask_export(actor=manager, filters=Filters(), reason="邀请", purpose=Purpose.MARKETING)
    assert {row[0] for row in lines_of(asked, manager).rows} == {agreed.pk}
    service = ask_export(actor=manager, filters=Filters(), reason="通知")
    assert {row[0] for row in lines_of(service, manager).rows} == {agreed.pk, gone.pk, silent.pk}
    withdraw_consent(customer=agreed, purpose=Purpose.MARKETING, basis=Basis.LINK)
    assert list(lines_of(asked, manager).rows) == []


def test_merging_tells_other_rooms_of_the_narrower_consents(firm: Firm) -> None:
    from django.db.models.signals import post_save

    kept, merged = (make_customer(firm.east, firm.owner) for _n in range(2))
    give_consent(customer=kept, purpose=Purpose.IMAGE, basis=Basis.FORM)
    heard: list[tuple[str, bool]] = []

    def listen(instance: Consent, **_more: object) -> None:
        heard.append((instance.purpose, instance.is_given))

    post_save.connect(listen, sender=Consent)
    try:
        withdraw_consent(customer=merged, purpose=Purpose.IMAGE, basis=Basis.LINK)
        heard.clear()
        manager = firm.people[CUSTOMER_SERVICE_MANAGER]
        merge_customers(kept=kept, merged=merged, reason="同一人", actor=manager)
    finally:
        post_save.disconnect(listen, sender=Consent)
    assert ("image", False) in heard
