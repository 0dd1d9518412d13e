"""The list inside: who may be put on it, how it is found and counted, and what other rooms learn from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.preparation.events import event
from yunchou.directory.customers.actions.cooperations import keep_cooperation
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.actions.merging import merge_customers
from yunchou.directory.customers.actions.placing import mark_important
from yunchou.directory.customers.models import Grade, Identity, Stage
from yunchou.directory.organisation.positions import CUSTOMER_SERVICE_MANAGER, MARKETING_DIRECTOR, RECEPTION
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, RuleRefused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns.dated import dated_of
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind
from yunchou.lifecycle.events.actions.guests import (
    add_guest,
    add_guests,
    keep_guest,
    note_sent,
    renew_ticket,
    take_off,
)
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.actions.sessions import keep_wave
from yunchou.lifecycle.events.checks import guests as guests_ready
from yunchou.lifecycle.events.models import Guest, Happening, Reply, Role, Tally
from yunchou.lifecycle.events.selectors.guests import Filters, counts_of, diets_of, find

from .factories import at, make_customer, make_event, make_guest, make_session


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


@pytest.mark.req("PRE-04", whole=True)
def test_sales_and_service_build_the_list_from_customers_and_others_with_inviter_grade_and_duplicate_check(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    wave = keep_wave(subject=subject, name="首批", days_before=14, actor=firm.owner)
    lin = make_customer(firm, "林晓雯", phone="13800138001", grade=Grade.HIGH_END)
    su = make_customer(firm, "苏景行")
    added = add_guests(
        subject=subject,
        customers=[lin, su, lin],
        sessions=[dinner],
        actor=firm.owner,
        wave=wave,
        host=firm.colleague,
    )
    assert [(g.name, g.inviter, g.grade, g.wave, g.is_vip, g.phone_tail) for g in added.guests] == [
        ("林晓雯", firm.owner, Grade.HIGH_END, wave, True, "8001"), ("苏景行", firm.owner, "", wave, False, ""),
    ]  # fmt: skip
    again = add_guests(subject=subject, customers=[lin, su], sessions=[dinner], actor=firm.owner)
    assert (again.guests, again.already) == ((), (lin, su))
    take_off(guest=added.guests[1], reason="重复邀请", actor=firm.owner)
    assert len(add_guests(subject=subject, customers=[su], sessions=[], actor=firm.owner).guests) == 1
    other = add_guest(subject=subject, actor=firm.owner, name="方启明", role=Role.SPEAKER, sessions=[dinner])
    assert (
        keep_guest(guest=other, actor=firm.owner, values={"host": firm.owner, "note": "需接站"}).host
        == firm.owner
    )
    with pytest.raises(NotAllowed):
        add_guests(subject=subject, customers=[lin], sessions=[], actor=firm.outsider)
    with pytest.raises(WrongState):
        add_guests(
            subject=subject,
            customers=[lin],
            sessions=[make_session(make_event(firm, "另").subject, firm)],
            actor=firm.owner,
        )
    entry = JournalEntry.objects.filter(kind="events.guests_listed").order_by("pk").first()
    assert entry is not None
    assert entry.data == {"count": 2, "already": 0, "refused": 0}

    # On the page: found by what is typed (sent, not in the address), with who is on the list.
    client.force_login(firm.owner)
    wang = make_customer(firm, "王可心")
    address = f"/s/{subject.pk}/guests/pick/"
    page = client.post(address, {"words": "wang"}).content.decode()
    assert f'value="{wang.pk}"' in page
    page = client.post(address, {"words": "林晓"}).content.decode()
    assert "已在名单" in page
    assert f'value="{lin.pk}"' not in page
    data = {
        "do": "add",
        "customer": [wang.pk, lin.pk],
        "sessions": [dinner.pk],
        "wave": wave.pk,
        "inviter": firm.owner.pk,
    }
    # Nobody ticked, or something wrong beside: the page stays with what was typed and ticked.
    for wrong, words in (({"customer": []}, "请勾选"), ({"inviter": "x"}, "checked>王可心")):
        refused = client.post(address, data | {"words": "wang"} | wrong)
        assert refused.status_code in {409, 422}
        assert words in refused.content.decode()
        assert f'value="{wang.pk}"' in refused.content.decode()
    assert client.post(address, data).status_code == 302
    assert (
        Guest.objects.filter(subject=subject, customer=wang, wave=wave, places__session=dinner).count() == 1
    )
    assert (
        client.post(
            f"/s/{subject.pk}/guests/add/", {"name": "", "role": "guest", "language": "en"}
        ).status_code
        == 422
    )
    client.force_login(firm.outsider)
    assert client.get(address).status_code in {403, 404}
    assert client.get(f"/s/{subject.pk}/guests/").status_code in {403, 404}


@pytest.mark.req("TYP-07")
@pytest.mark.req("TYP-02")
@pytest.mark.rule("R-TYP-03", whole=True)
def test_grade_stage_and_audience_decide_who_may_be_invited(firm: Firm, client: Client) -> None:
    high_end = make_event(firm, "高端论坛", kind=Kind.HIGH_END).subject
    best = make_customer(firm, "高端客户", grade=Grade.HIGH_END)
    key = make_customer(firm, "重点客户", grade=Grade.KEY)
    expired = make_customer(firm, "过期客户", grade=Grade.HIGH_END)
    type(expired).objects.filter(pk=expired.pk).update(grade_until=date(2024, 8, 1))
    press = make_customer(firm, "记者", identities=(Identity.MEDIA,))
    added = add_guests(subject=high_end, customers=[best, key, expired, press], sessions=[], actor=firm.owner)
    assert {guest.name for guest in added.guests} == {"高端客户", "记者"}
    assert {(one.customer.name, one.verdict.rule_id) for one in added.refused} == {
        ("重点客户", "K-TYP-07"), ("过期客户", "K-TYP-07"),
    }  # fmt: skip
    with pytest.raises(RuleRefused):
        add_guest(subject=high_end, actor=firm.owner, name="没有档案的人")
    assert add_guest(subject=high_end, actor=firm.owner, name="主讲人", role=Role.SPEAKER).pk

    stages = {stage: make_customer(firm, f"客户{n}", stage=stage) for n, stage in enumerate(Stage.values)}
    deal = make_event(firm, "成交定向", kind=Kind.TARGETED)
    type(deal).objects.filter(pk=deal.pk).update(audience=Audience.DEAL)
    added = add_guests(subject=deal.subject, customers=stages.values(), sessions=[], actor=firm.owner)
    assert {guest.customer for guest in added.guests} == {
        stages[stage] for stage in (Stage.CONTACTED, Stage.INTERESTED, Stage.NEGOTIATING)
    }  # fmt: skip
    assert {one.verdict.rule_id for one in added.refused} == {"R-TYP-03"}
    signed = next(one for one in added.refused if one.customer == stages[Stage.SIGNED])
    assert "已签约" in str(signed.verdict.reason)
    client.force_login(firm.owner)
    page = client.post(f"/s/{deal.pk}/guests/pick/", {"words": "客户"}).content.decode()
    assert "尚未进入销售流程" in page

    staff = make_customer(firm, "员工", identities=(Identity.EMPLOYEE,))
    keep_cooperation(
        customer=press, kind="coverage", since=date(2024, 1, 1), actor=firm.people[MARKETING_DIRECTOR]
    )
    for audience, who in ((Audience.EMPLOYEE, staff), (Audience.MEDIA, press), (Audience.CUSTOMER, best)):
        campaign = make_event(firm, f"定向{audience}", kind=Kind.TARGETED)
        type(campaign).objects.filter(pk=campaign.pk).update(audience=audience)
        added = add_guests(
            subject=campaign.subject, customers=[staff, press, best], sessions=[], actor=firm.owner
        )
        assert [guest.customer for guest in added.guests] == [who]
        assert {one.verdict.rule_id for one in added.refused} == {"K-TYP-02"}


@pytest.mark.req("TYP-08")
def test_customer_events_have_guests_and_promotions_have_none(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    kinds = {kind: make_event(firm, f"活动{kind}", kind=kind).pk for kind in Kind.values}
    shown = {
        kind
        for kind, pk in kinds.items()
        if f"/s/{pk}/guests/" in client.get(f"/campaigns/{pk}/", follow=True).content.decode()
    }
    opened = {kind for kind, pk in kinds.items() if client.get(f"/s/{pk}/guests/").status_code == 200}
    assert opened == {Kind.CUSTOMER, Kind.HIGH_END, Kind.PR, Kind.TARGETED}
    assert shown in (opened, set())
    subject = make_event(firm, "招商推介").subject
    for identity in (Identity.OWNER, Identity.PROSPECTIVE_OWNER, Identity.SUPPLIER):
        make_customer(firm, f"客户{identity}", identities=(identity,))
        page = client.get(f"/s/{subject.pk}/guests/pick/?identity={identity}").content.decode()
        assert f"客户{identity}" in page
        assert page.count('name="customer"') == 1


@pytest.mark.req("TYP-08", whole=True)
def test_customer_events_address_owners_prospective_owners_or_suppliers_and_state_a_purpose(
    firm: Firm, client: Client
) -> None:
    """Without what it is for it is not sent; whom it addresses, its guest list takes."""
    people = {
        identity: make_customer(firm, f"客户{identity}", identities=(identity,))
        for identity in (Identity.OWNER, Identity.PROSPECTIVE_OWNER, Identity.SUPPLIER, Identity.EMPLOYEE)
    }
    client.force_login(firm.owner)
    new = reverse("campaigns:campaign_create")
    page = client.get(new).content.decode()
    for audience, identity in (
        (Audience.OWNER, Identity.OWNER),
        (Audience.PROSPECTIVE, Identity.PROSPECTIVE_OWNER),
        (Audience.SUPPLIER, Identity.SUPPLIER),
    ):
        assert f'value="{audience}"' in page
        facts = {
            "name": f"客户活动{audience}", "kind": Kind.CUSTOMER, "audience": audience, "unit": firm.department().pk,
            "owner": firm.owner.pk, "start_on": "2024-09-01", "end_on": "2024-09-02", "plan_item": "3.2",
        }  # fmt: skip
        assert client.post(new, facts).status_code == 302
        campaign = Campaign.objects.get(audience=audience)
        added = add_guests(subject=campaign.subject, customers=people.values(), sessions=[], actor=firm.owner)
        assert [guest.customer for guest in added.guests] == [people[identity]]
        assert {one.verdict.rule_id for one in added.refused} == {"K-TYP-02"}
    findings = f"/campaigns/{campaign.pk}/findings/"
    lacks = "客户活动的目的"
    assert lacks in client.get(findings).content.decode()
    edit = reverse("campaigns:purpose_edit", args=[campaign.pk])
    dialog = client.get(edit).content.decode()
    assert client.post(edit, {"purposes": ["品牌渗透"], "scene": "stage:复购"}).status_code == 302
    assert lacks in client.get(findings).content.decode()
    for purpose in ("促进销售", "促进招商", "提升项目品牌", "提升企业品牌"):
        assert f'value="{purpose}"' in dialog
        assert client.post(edit, {"purposes": [purpose], "scene": "stage:复购"}).status_code == 302
        assert lacks not in client.get(findings).content.decode()
        assert purpose in client.get(f"/campaigns/{campaign.pk}/proposal/").content.decode()


@pytest.mark.req("PRE-05")
@pytest.mark.rule("R-PRE-02")
@pytest.mark.req("SCH-09")
def test_accepted_numbers_and_dates_reach_the_rooms_that_need_them(firm: Firm) -> None:
    campaign = make_event(firm, expected_people=2)
    subject = campaign.subject
    dinner = make_session(subject, firm, seats=400)
    assert [(one.kind, one.start_on, one.end_on) for one in dated_of(subject)] == [
        ("invitation", date(2024, 8, 10), date(2024, 8, 10))
    ]
    guests = [make_guest(subject, firm, f"客人{n}", dinner) for n in range(3)]
    assert event(subject).accepted == 0
    note_sent(guests=guests, how="纸质", actor=firm.owner)
    assert counts_of(subject).invited == 3
    for guest in guests:
        reply(
            guest=guest, answer=Reply.ACCEPTED, sessions=[dinner], companions=[Companion("同行", ("halal",))]
        )
    assert event(subject).accepted == 6
    lines, noted = diets_of(subject)
    assert [(line.label, line.count) for line in lines] == [("清真", 3)]
    assert noted == []

    def item(key: str) -> list[str]:
        return [str(one.light) for one in guests_ready(subject, event(subject)) if one.key == key]

    assert (item("replies"), item("large")) == (["fine"], [])
    Tally.objects.filter(subject=subject, reply=Reply.ACCEPTED).update(guests=301, companions=0)
    assert item("large") == ["act"]  # 301 come where two were expected: that is another event


def test_the_list_is_found_by_name_and_digits_and_costs_the_same_for_many(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm, seats=400)
    lin = make_guest(subject, firm, "林晓雯", dinner, phone_tail="5678", host=firm.colleague)
    reply(guest=lin, answer=Reply.ACCEPTED, sessions=[dinner], companions=[Companion("曾小贤")])
    su = make_guest(subject, firm, "苏景行", dinner, role=Role.MEDIA, is_vip=True)

    def found(words: str = "", **query: str) -> set[str]:
        return {guest.name for guest in find(subject, firm.owner, Filters.read(query, words))}

    for words in ("林", "林晓雯", "linxiao", "lxw", "林xw", "5678", "曾小", "zengxiao", "zxx"):
        assert found(words) == {"林晓雯"}, words
    for words in ("晓雯", "linsu", "0000", "?", "%", "林 OR 1"):
        assert found(words) == set(), words
    assert found(role="media") == found(vip="1") == {"苏景行"}
    assert found(reply="accepted") == {"林晓雯"}
    assert found(session="9" * 40, wave="x", role="?") == {"林晓雯", "苏景行"}
    assert found(session=str(dinner.pk)) == {"林晓雯", "苏景行"}

    client.force_login(firm.owner)
    address = f"/s/{subject.pk}/guests/"

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        return sum('"events_' in query["sql"] for query in caught.captured_queries)

    client.get(address)
    few = cost(address)
    for n in range(60):
        add_guest(subject=subject, actor=firm.owner, name=f"客人{n}", sessions=[dinner])
    assert cost(address) == few <= 8
    assert client.get(address + "?after=nonsense").status_code == 200
    assert "林晓雯" in client.post(address, {"words": "lxw"}).content.decode()
    old = su.ticket
    renew_ticket(guest=su, actor=firm.owner)
    su.refresh_from_db()
    assert su.ticket != old
    assert su.entries.filter(what=Happening.TICKET).count() == 1
    with clock.at(clock.now() + timedelta(minutes=1)):
        for path in (
            "",
            f"{lin.pk}/",
            "?view=sessions",
            "?view=invitation",
            "?view=questions",
            "?view=diet",
            "pick/",
        ):
            assert client.get(address + path).status_code == 200, path
    for path in ("add/", "sent/", "sessions/add/", "waves/add/", "page/", "page/preview/", "questions/add/"):
        assert client.get(address + path).status_code == 200, path
    for path in ("change/", "reply/", "off/"):
        assert client.get(f"{address}{su.pk}/{path}").status_code == 200, path
    data = {"answer": "accepted", "sessions": [dinner.pk], "companions": "苏妻\n苏子", "diet": ["vegetarian"]}
    assert client.post(f"{address}{su.pk}/reply/", data).status_code == 302
    su.refresh_from_db()
    assert (su.reply, [one.name for one in su.companions.order_by("pk")]) == (
        Reply.ACCEPTED,
        ["苏妻", "苏子"],
    )
    taken = client.post(
        f"{reverse('sheets:listing_take', args=['events.guests'])}?subject={subject.pk}", {"form": "csv"}
    )
    lines = b"".join(taken.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1 + 62 + 1
    assert "苏妻、苏子" in next(line for line in lines if line.startswith("苏景行"))


@pytest.mark.req("CUS-11")
def test_erasing_a_customer_leaves_a_number_on_the_guest_list(firm: Firm) -> None:
    """Name, diet, words and the link go, of the companion too; that somebody came stays."""
    director = firm.people[MARKETING_DIRECTOR]
    subject = make_event(firm).subject
    customer = make_customer(firm, "林晓雯")
    [guest] = add_guests(subject=subject, customers=[customer], sessions=[], actor=firm.owner).guests
    beside = Guest.objects.create(subject=subject, name="周明远", companion_of=guest, diet_note="花生过敏")
    Guest.objects.filter(pk=guest.pk).update(arrived_at=clock.now())
    erase_customer(customer=customer, reason="本人要求", actor=director)
    for one in (guest, beside):
        token = one.token
        one.refresh_from_db()
        assert one.name == f"#{one.pk}"
        assert one.token != token
    assert beside.diet_note == ""
    assert guest.arrived_at


def test_who_does_not_enter_replies_reads_numbers_of_diets_and_no_names(client: Client, firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    guest = make_guest(subject, firm, "林晓雯", dinner)
    told = {"diet": ["halal"], "diet_note": "不吃香菜"}
    reply(
        guest=guest,
        answer=Reply.ACCEPTED,
        sessions=[dinner],
        companions=[Companion("林母", ("halal",))],
        **told,
    )  # type: ignore[arg-type]
    desk = staff("前台", firm.department(), RECEPTION, username="desk")
    diets, own = f"/s/{subject.pk}/guests/?view=diet", f"/s/{subject.pk}/guests/{guest.pk}/"
    client.force_login(firm.owner)
    assert "林晓雯" in client.get(diets).text
    assert "不吃香菜" in client.get(own).text
    client.force_login(desk)
    page = client.get(diets).text
    assert "清真" in page
    assert "林晓雯" not in page
    for said in ("不吃香菜", "清真"):
        assert said not in client.get(own).text
    Guest.objects.filter(pk=guest.pk).update(host=desk)
    assert "不吃香菜" in client.get(own).text, "the personal host knows what to order"


def test_the_last_digits_go_from_guest_lists_when_somebody_becomes_important(firm: Firm) -> None:
    """Also from those of what is merged into an important customer later (CUS-06)."""
    subject, other = make_event(firm).subject, make_event(firm, "另一场").subject
    lin, su = (
        make_customer(firm, "林晓雯", phone="13800138001"),
        make_customer(firm, "苏景行", phone="13800138002"),
    )
    add_guests(subject=subject, customers=[lin], sessions=[], actor=firm.owner)
    add_guests(subject=other, customers=[su], sessions=[], actor=firm.owner)
    assert set(Guest.objects.values_list("phone_tail", flat=True)) == {"8001", "8002"}
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    mark_important(customer=lin, reason="重点", actor=manager)
    assert set(Guest.objects.values_list("phone_tail", flat=True)) == {"", "8002"}
    merge_customers(kept=lin, merged=su, reason="同一人", actor=manager)
    assert set(Guest.objects.values_list("phone_tail", flat=True)) == {""}
