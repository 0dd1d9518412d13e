"""Pages: who gets in, what is masked, what is told at the field; a list costs the same for two rows and for forty."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.directory.customers.actions.exports import ask_export
from yunchou.directory.customers.actions.register import BY_STAFF
from yunchou.directory.customers.actions.verifying import owe_verifications
from yunchou.directory.customers.classes import DERIVED, FIELDS
from yunchou.directory.customers.models import (
    ConsentEntry,
    ContactCard,
    Customer,
    ExportRequest,
    Purpose,
    Source,
    Touch,
)
from yunchou.directory.customers.selectors.register import Filters
from yunchou.directory.organisation.positions import (
    CUSTOMER_SERVICE_MANAGER,
    MARKETING_DIRECTOR,
    SECURITY_ADMIN,
)
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification

from .factories import make_customer, make_customers

pytestmark = [pytest.mark.django_db]


def page(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


def typed(firm: Firm, **more: object) -> dict[str, object]:
    source, _made = Source.objects.get_or_create(name=BY_STAFF, defaults={"basis": "本人提供"})
    given = {
        "name": "李明朗",
        "nature": "person",
        "unit": firm.east.pk,
        "identities": ["member"],
        "source": source.pk,
    }
    return {**given, "language": "zh-hans", "keeper": firm.owner.pk, "phone": "13812346677", **more}


@pytest.mark.req("CUS-01", "CUS-03", "SEG-02", "SEG-06")
def test_a_customer_is_entered_looked_at_and_changed(client: Client, firm: Firm) -> None:
    make_customer(firm.east, firm.owner, name="李明浪", phone="13812346677")
    client.force_login(firm.owner)
    told = client.post(page("customer_add"), typed(firm))
    assert told.status_code == 422
    assert "the same phone number" in told.content.decode()
    wrong = client.post(
        page("customer_add"), typed(firm, phone="123", email="x", identities=[], born_on="2030-01-01")
    )
    body = wrong.content.decode()
    assert wrong.status_code == 422
    assert "no such phone number" in body
    done = client.post(
        page("customer_add"),
        typed(
            firm,
            is_other="on",
            stage="interested",
            purposes=["marketing"],
            basis="paper",
            proof="签到表",
            city="广州",
        ),
    )
    customer = Customer.objects.get(name="李明朗")
    assert done["Location"] == customer.get_absolute_url()
    assert ConsentEntry.objects.get(customer=customer).proof == "签到表"
    assert "李明浪" in client.post(page("customer_alike"), {"name": "李明浪"}).content.decode()

    detail = client.get(customer.get_absolute_url())
    assert "13812346677" not in detail.content.decode()
    assert "138****6677" in detail.content.decode()
    assert "no-store" in detail["Cache-Control"]
    form = client.get(page("customer_change", customer.pk), headers={"HX-Request": "true"}).content.decode()
    assert "13812346677" not in form
    new = typed(firm, phone="", email="li@example.com", stage="signed")
    assert client.post(page("customer_change", customer.pk), new).status_code == 302
    customer.refresh_from_db()
    card = ContactCard.objects.get(customer=customer)
    assert (customer.stage, card.phone_tail, card.email_mask) == ("signed", "6677", "l***@example.com")
    removed = {**new, "email": "", "removed": ["email"]}
    assert client.post(page("customer_change", customer.pk), removed).status_code == 302
    assert not ContactCard.objects.get(customer=customer).email
    bad = client.post(page("customer_change", customer.pk), {**new, "email": "nonsense"})
    assert bad.status_code == 422
    assert "not an e-mail address" in bad.content.decode()

    grade = {
        "grade": "high_end",
        "since": clock.today().isoformat(),
        "reason": "年消费 50 万元",
        "departs": "on",
    }
    assert "Say until when" in client.post(page("customer_grade", customer.pk), grade).content.decode()
    assert (
        client.post(page("customer_grade", customer.pk), {**grade, "until": "2099-01-01"}).status_code == 302
    )
    customer.refresh_from_db()
    assert customer.is_important
    touch = {"kind": "visit", "at": "2020-01-01T10:00", "note": "到访展厅"}
    assert client.post(page("touch_add", customer.pk), touch).status_code == 302
    assert Touch.objects.get(customer=customer).by == firm.owner
    assert client.post(page("touch_add", customer.pk), {**touch, "at": "2099-01-01T10:00"}).status_code == 422

    withdraw = page("consent_withdraw", customer.pk, "marketing")
    assert client.get(withdraw).status_code == 200
    assert client.post(withdraw, {"channel": "any"}).status_code == 302
    give = {"purpose": "survey", "channel": "sms", "basis": "spoken", "proof": ""}
    assert client.post(page("consent_give", customer.pk), give).status_code == 422
    assert client.post(page("consent_give", customer.pk), {**give, "proof": "客服电话"}).status_code == 302
    sensitive = {"diet": ["halal"], "diet_note": "", "identity_number": "", "proof": ""}
    refused = client.post(page("customer_sensitive", customer.pk), sensitive)
    assert refused.status_code == 422
    assert "has not agreed" in refused.content.decode()
    assert (
        client.post(page("customer_sensitive", customer.pk), {**sensitive, "proof": "授权书"}).status_code
        == 302
    )
    assert Customer.objects.get(pk=customer.pk).diet == ["halal"]
    assert "Halal" not in client.get(customer.get_absolute_url()).content.decode()
    for name in ("data_map", "source_list", "customer_list"):
        assert client.get(page(name)).status_code == 200


@pytest.mark.req("CUS-08")
@pytest.mark.rule("R-CUS-02")
def test_one_value_is_shown_with_a_reason_that_stands_in_the_journal(client: Client, firm: Firm) -> None:
    customer = make_customer(firm.east, firm.owner, phone="13812346677")
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    client.force_login(manager)
    address = page("customer_reveal", customer.pk, "phone")
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    repeated = client.post(address, {"reason": "号码 6677"})
    assert "must not repeat" in repeated.content.decode()
    assert JournalEntry.objects.filter(kind="customers.revealed").count() == 0
    shown = client.post(address, {"reason": "预约回访"}, headers={"HX-Request": "true"})
    assert "138 1234 6677" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = JournalEntry.objects.get(kind="customers.revealed")
    assert entry.subject_id == customer.pk
    assert "6677" not in str(entry.data)
    assert client.post(page("customer_reveal", customer.pk, "name"), {"reason": "x"}).status_code in (
        403,
        422,
    )
    client.force_login(firm.colleague)
    assert client.post(address, {"reason": "预约回访"}).status_code == 403


@pytest.mark.rule("R-CUS-02")
@pytest.mark.req("CUS-07")
def test_whoever_leafs_through_hundreds_is_stopped_and_told_of(client: Client, firm: Firm) -> None:
    customer = make_customer(firm.east, firm.owner)
    client.force_login(firm.owner)
    client.get(customer.get_absolute_url())
    key = f"customers.views:{firm.owner.pk}:{clock.now():%Y%m%d%H}"
    cache.set(key, 300)
    assert client.get(customer.get_absolute_url()).status_code == 422
    assert client.get(customer.get_absolute_url()).status_code == 422
    assert JournalEntry.objects.filter(kind="customers.many_seen").count() == 1
    assert Notification.objects.get(kind="customers.many_seen").user == firm.people[SECURITY_ADMIN]


@pytest.mark.req("CUS-07")
def test_others_see_less_or_nothing(client: Client, firm: Firm) -> None:
    customer = make_customer(firm.east, firm.owner, name="某某某", consents=[Purpose.MARKETING])
    addresses = [
        page("customer_detail", customer.pk),
        *(
            page(name, customer.pk)
            for name in ("customer_change", "customer_sensitive", "customer_grade", "merge_start")
        ),
        *(
            page(name, customer.pk)
            for name in ("customer_move", "touch_add", "consent_give", "customer_erase")
        ),
        page("consent_withdraw", customer.pk, "marketing"),
        page("customer_reveal", customer.pk, "phone"),
    ]
    client.force_login(firm.outsider)
    for address in addresses:
        assert client.get(address).status_code in (404, 403), address
        assert client.post(address, {"reason": "x"}).status_code in (404, 403, 405), address
    assert client.get(addresses[0]).status_code == 404
    assert client.post(page("customer_verify", customer.pk)).status_code == 404
    assert "某某某" not in client.get(page("customer_list")).content.decode()
    assert addresses[0] not in client.post(page("customer_search"), {"q": "某某某"}).content.decode()
    assert addresses[0] not in client.post(page("customer_alike"), {"name": "某某某"}).content.decode()
    # Somebody else's key in an authorised form is no choice (T9).
    refused = client.post(page("customer_add"), typed(firm, name="越区"))
    assert refused.status_code == 422
    assert not Customer.objects.filter(name="越区").exists()
    client.force_login(firm.nobody)
    for address in (page("customer_list"), page("data_map"), page("source_list"), page("export_list")):
        assert client.get(address).status_code == 403


@pytest.mark.req("CUS-03", "CUS-04")
def test_the_list_is_narrowed_searched_by_post_and_costs_the_same(client: Client, firm: Firm) -> None:
    one = make_customer(
        firm.east,
        firm.owner,
        name="周一凡",
        city="广州",
        identities=["media"],
        grade="key",
        phone="13900006677",
    )
    two = make_customer(firm.east, firm.owner, name="周二虎", phone="", email="", stage="negotiating")
    Customer.objects.filter(pk=one.pk).update(verified_at=clock.moment(clock.today().replace(year=2020)))
    client.force_login(firm.owner)
    for query, names in {
        "": {"周一凡", "周二虎"},
        "identity=media": {"周一凡"},
        "grade=key": {"周一凡"},
        "grade=none": {"周二虎"},
        "stage=negotiating": {"周二虎"},
        "city=广州": {"周一凡"},
        f"keeper={firm.owner.pk}": {"周一凡", "周二虎"},
        "state=incomplete": {"周二虎"},
        "state=outdated": {"周一凡"},
        "state=merged": set(),
        "identity=nonsense&unit=x&keeper=99999999999999999999": {"周一凡", "周二虎"},
    }.items():
        found = client.get(f"{page('customer_list')}?{query}").content.decode()
        assert {name for name in ("周一凡", "周二虎") if name in found} == names, query
    for words, names in {
        "zhouy": {"周一凡"},
        "zeh": {"周二虎"},
        "6677": {"周一凡"},
        "13900006677": {"周一凡"},
    }.items():
        found = client.post(page("customer_search"), {"q": words}).content.decode()
        assert {name for name in ("周一凡", "周二虎") if name in found} == names, words

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len([q for q in queries if "cache" not in q["sql"]])

    listed, filtered = page("customer_list"), f"{page('customer_list')}?identity=prospect&grade=none"
    cost(listed)
    few = (cost(listed), cost(filtered))
    assert max(few) <= 13  # nine of them are the shell's
    with CaptureQueriesContext(connection) as queries:
        client.get(listed)
    own = [q["sql"] for q in queries if '"customers_' in q["sql"]]
    assert len(own) <= 8
    assert not [sql for sql in own if "COUNT(" in sql or "OFFSET" in sql]
    make_customers(firm.east, 60)
    assert (cost(listed), cost(filtered)) == few
    first = client.get(listed)
    assert "after=" in first.content.decode()
    assert "周一凡" not in first.content.decode()
    assert "周" not in first.content.decode().split("after=")[1].split('"')[0]

    assert owe_verifications() == 1
    assert owe_verifications() == 1
    duty = Duty.objects.get(kind="customers.verification")
    assert (duty.subject_id, duty.owner) == (one.pk, firm.owner)
    assert "周一凡" not in str(duty.title)
    assert client.post(page("customer_verify", one.pk)).status_code == 302
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
    assert owe_verifications() == 0
    assert two.is_incomplete


@pytest.mark.req("CUS-02", whole=True)
def test_data_come_only_from_registered_open_sources(client: Client, firm: Firm) -> None:
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    client.force_login(manager)
    assert client.post(page("source_add"), {"name": "官网注册", "basis": "本人填写"}).status_code == 302
    assert client.post(page("source_add"), {"name": "官网注册", "basis": "本人填写"}).status_code == 422
    source = Source.objects.get(name="官网注册")
    given = typed(firm, source=source.pk, keeper=manager.pk)
    assert client.post(page("customer_add"), given).status_code == 302
    customer = Customer.objects.get(name="李明朗")
    assert (customer.source, customer.entered_by) == (source, manager)
    detail = client.get(customer.get_absolute_url()).content.decode()
    assert "官网注册" in detail
    assert manager.name in detail
    assert client.post(page("source_close", source.pk), {"reason": "网站关闭"}).status_code == 302
    assert (
        client.post(page("customer_add"), typed(firm, source=source.pk, name="新人", phone="")).status_code
        == 422
    )
    upload = SimpleUploadedFile("客户.csv", "姓名\n新人\n".encode())
    given = {"upload": upload, "unit": firm.east.pk, "source": source.pk}
    assert client.post(page("list_start"), given).status_code == 422
    # Only those who keep customers enter any.
    for person in (firm.nobody, firm.people[SECURITY_ADMIN]):
        client.force_login(person)
        assert client.post(page("customer_add"), typed(firm, name="外人")).status_code == 403
    assert not Customer.objects.filter(source=None).exists()
    notice = {"purpose": "marketing", "text": "我们用您的手机号发送活动邀请。"}
    director = firm.people[MARKETING_DIRECTOR]
    client.force_login(director)
    assert client.post(page("notice_publish"), notice).status_code == 302
    assert client.post(page("notice_publish"), notice).status_code == 422


@pytest.mark.req("CUS-08")
@pytest.mark.rule("R-CUS-02")
def test_a_large_file_leaves_only_with_a_second_person(client: Client, firm: Firm) -> None:
    manager, director = firm.people[CUSTOMER_SERVICE_MANAGER], firm.people[MARKETING_DIRECTOR]
    for n in range(3):
        make_customer(firm.east, firm.owner, name=f"=cmd{n}" if not n else f"客{n}", phone=f"1390000000{n}")
    client.force_login(manager)
    asked = {"reason": "寄送年历", "form": "csv", "purpose": "service"}
    small = client.post(page("export_ask"), asked)
    taken = client.post(f"{small['Location']}take/file/")
    text = b"".join(taken.streaming_content).decode()
    assert "'=cmd0" in text
    assert "139****0001" in text
    assert "13900000001" not in text
    assert manager.name in text
    make_customers(firm.east, 500)
    large = client.post(page("export_ask"), asked)
    request = ExportRequest.objects.latest("pk")
    assert request.state == ExportRequest.State.WAITING
    assert client.post(f"{large['Location']}take/file/").status_code == 409
    assert client.post(page("export_decide", request.pk, "release"), {"words": "可以"}).status_code == 403
    client.force_login(director)
    assert client.get(request.get_absolute_url()).status_code == 200
    assert client.post(page("export_decide", request.pk, "release"), {"words": "可以"}).status_code == 302
    assert client.post(f"{large['Location']}take/file/").status_code == 403
    client.force_login(manager)
    assert client.post(f"{large['Location']}take/file/").status_code == 200
    # With contacts in clear fifty are enough.
    clear = ask_export(actor=manager, filters=Filters(), reason="短信", is_clear=True)
    assert clear.state == ExportRequest.State.WAITING
    with pytest.raises(NotAllowed):
        ask_export(actor=firm.colleague, filters=Filters(), reason="x")
    client.force_login(firm.outsider)
    assert client.get(request.get_absolute_url()).status_code == 404
    kinds = JournalEntry.objects.filter(kind__startswith="customers.export").values_list("kind", flat=True)
    assert sorted(kinds) == [
        "customers.export_asked", "customers.export_asked", "customers.export_asked", "customers.export_decided",
        "customers.export_taken", "customers.export_taken",
    ]  # fmt: skip


@pytest.mark.req("CUS-05", whole=True)
def test_every_field_is_classed_and_the_class_is_what_the_page_does(client: Client, firm: Firm) -> None:
    for model, name in ((Customer, "customer"), (ContactCard, "card")):
        classed = {one.key for one in FIELDS if one.model == name}
        columns = {field.name for field in model._meta.concrete_fields}
        assert columns == classed | DERIVED[name], name
    customer = make_customer(
        firm.east, firm.owner, occupation="教师", wechat="wx-secret", address="体育东路 1 号"
    )
    client.force_login(firm.owner)
    body = client.get(customer.get_absolute_url()).content.decode()
    for hidden in ("wx-secret", "体育东路"):
        assert hidden not in body
    client.force_login(firm.colleague)
    assert "教师" not in client.get(customer.get_absolute_url()).content.decode()
