"""Hosts, what they read, reception, and every page through HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.directory.customers.actions.placing import mark_important
from yunchou.directory.customers.models import Customer, Grade
from yunchou.directory.organisation.positions import CUSTOMER_SERVICE_MANAGER, MARKETING_DIRECTOR, RECEPTION
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.events.actions.guests import add_guests
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Guest, Place, Reply
from yunchou.lifecycle.events.tests.factories import at, make_customer, make_event, make_guest, make_session
from yunchou.lifecycle.hospitality.actions.care import brief, drop_task, finish_task, name_hosts, put_task
from yunchou.lifecycle.hospitality.models import Briefing, Gift, Menu, ReceptionTask, Substitute

from .factories import caterer, come, dish, make_line, make_menu


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


@pytest.mark.req("EXE-04", whole=True)
def test_reception_tasks_are_given_to_persons_with_a_time_and_stand_among_their_duties(
    firm: Firm, client: Client
) -> None:
    """What is shown of the seat at check-in is proved at the door (`test_an_evening_at_the_door`)."""
    subject = make_event(firm).subject
    other = make_event(firm, "另一场").subject
    desk = firm.people[RECEPTION]
    put = {"starts_at": at(10, 17), "ends_at": at(10, 18), "actor": firm.owner}
    greet = put_task(subject=subject, kind="greet", person=desk, place="大堂", **put)
    for kind, person in (("guide", firm.colleague), ("seat", firm.owner)):
        put_task(subject=subject, kind=kind, person=person, **put)
    with pytest.raises(NotAllowed):
        put_task(subject=subject, kind="greet", person=desk, **{**put, "actor": firm.outsider})
    with pytest.raises(Invalid):
        put_task(subject=subject, kind="greet", person=desk, **{**put, "ends_at": at(10, 17)})
    # Nobody stands at two places at once, be it at another event; right after is well.
    with pytest.raises(Invalid, match=desk.name):
        put_task(
            subject=other,
            kind="refresh",
            person=desk,
            **{**put, "starts_at": at(10, 17, 55), "ends_at": at(10, 19)},
        )
    tea = put_task(
        subject=subject,
        kind="refresh",
        person=desk,
        **{**put, "starts_at": at(10, 18), "ends_at": at(10, 19)},
    )
    assert set(ReceptionTask.objects.filter(subject=subject).values_list("kind", flat=True)) == {
        "greet", "guide", "seat", "refresh"
    }  # fmt: skip
    duty = Duty.objects.get(key=greet.duty_key)
    assert (duty.owner, duty.due_at, duty.is_open) == (desk, at(10, 17), True)
    assert "大堂" in str(duty.sentence)
    assert "17:00" in str(duty.sentence)
    # Given to somebody else it is theirs, dropped it is nobody's, and each says when it is done.
    put_task(subject=subject, kind="greet", person=firm.people[MARKETING_DIRECTOR], task=greet, **put)
    assert Duty.objects.get(key=greet.duty_key).owner == firm.people[MARKETING_DIRECTOR]
    with pytest.raises(NotAllowed):
        finish_task(task=tea, actor=firm.outsider)
    client.force_login(desk)
    assert "大堂" not in client.get("/duties/").content.decode()
    assert "茶歇" in client.get("/duties/").content.decode()
    page = client.get(f"/s/{subject.pk}/hospitality/reception/").content.decode()
    assert page.count("/done/") == 1
    assert client.post(f"/s/{subject.pk}/hospitality/reception/{tea.pk}/done/").status_code == 302
    assert not Duty.objects.get(key=tea.duty_key).is_open
    with pytest.raises(WrongState):
        put_task(
            subject=subject,
            kind="refresh",
            person=desk,
            task=tea,
            **{**put, "starts_at": at(10, 18), "ends_at": at(10, 19)},
        )
    drop_task(task=ReceptionTask.objects.get(pk=greet.pk), actor=firm.owner)
    assert not Duty.objects.get(key=greet.duty_key).is_open


@pytest.mark.req("EXE-05")
def test_a_vip_has_a_host_who_reads_what_to_know_and_nobody_else_does(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    lin = make_customer(
        firm, "林晓雯", grade=Grade.HIGH_END, phone="13800138001", preferences="喜静，爱喝龙井"
    )
    [guest] = add_guests(subject=subject, customers=[lin], sessions=[dinner], actor=firm.owner).guests
    reply(
        guest=guest,
        answer=Reply.ACCEPTED,
        sessions=[dinner],
        diet=["vegetarian"],
        companions=[Companion("林母")],
    )
    Place.objects.filter(guest=guest).update(seat="1 桌 · 2")
    wang = make_guest(subject, firm, "王可心", dinner, is_vip=True)
    make_guest(subject, firm, "普通客人", dinner)
    base = f"/s/{subject.pk}/hospitality/"

    client.force_login(firm.owner)
    page = client.get(base).content.decode()
    assert page.count("未指定") >= 2
    assert "普通客人" not in page
    assert "1 桌 · 2" in page
    assert "王可心" in client.get(f"{base}?host=none").content.decode()
    # A host sees the guests of the event; both get one in one go, and the host is told.
    with pytest.raises(Invalid):
        name_hosts(subject=subject, guests=[guest], host=firm.outsider, actor=firm.owner)
    with pytest.raises(NotAllowed):
        name_hosts(subject=subject, guests=[guest], host=firm.colleague, actor=firm.outsider)
    answer = client.post(f"{base}hosts/", {"host": firm.colleague.pk, "guests": [guest.pk, wang.pk]})
    assert answer.status_code == 302
    assert {one.host for one in Guest.objects.filter(pk__in=[guest.pk, wang.pk])} == {firm.colleague}
    [told] = Notification.objects.filter(kind="hospitality.host")
    assert told.user == firm.colleague
    assert "王可心" not in client.get(f"{base}?host=none").content.decode()

    guest.refresh_from_db()
    guest.subject = subject
    desk = firm.people[RECEPTION]
    with pytest.raises(NotAllowed):
        brief(guest=guest, words="不该写", actor=desk)
    assert (
        "喜静，爱喝龙井" in client.get(f"{base}guests/{guest.pk}/brief/").content.decode()
    )  # begun from the profile
    words = "先生刚动过手术，少站"
    assert client.post(f"{base}guests/{guest.pk}/brief/", {"words": words}).status_code == 302
    assert words.encode() not in bytes(Briefing.objects.values_list("words_kept", flat=True).get() and _raw())
    client.force_login(firm.colleague)
    card = client.get(f"{base}guests/{guest.pk}/")
    assert "no-store" in card["Cache-Control"]
    text = card.content.decode()
    for shown in (words, "素食", "1 桌 · 2", "林母", "高端"):
        assert shown in text, shown
    # Reception sees the seat and the diet, but neither the words for the host nor the profile.
    client.force_login(desk)
    text = client.get(f"{base}guests/{guest.pk}/").content.decode()
    assert "素食" in text
    for hidden in (words, "龙井", "13800138001", "138****8001"):
        assert hidden not in text, hidden
    assert client.get(f"{base}guests/{guest.pk}/brief/").status_code == 403
    client.force_login(firm.outsider)
    for address in ("", "reception/", "menu/", "gifts/", f"guests/{guest.pk}/"):
        assert client.get(f"{base}{address}").status_code in {403, 404}
    assert words not in str([entry.data for entry in JournalEntry.objects.all()])


def _raw() -> bytes:
    """The briefing as the database keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT words_kept FROM hospitality_briefing")
        return bytes(cursor.fetchone()[0])


def test_the_pages_of_a_dinner_from_the_first_offer_to_the_last_gift(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner, talk = make_session(subject, firm), make_session(subject, firm, "论坛")
    client.force_login(firm.owner)
    base = f"/s/{subject.pk}/hospitality/"
    assert "开始拟定" in client.get(f"{base}menu/").content.decode()
    menu_url = f"{base}menu/{dinner.pk}/"
    assert client.get(menu_url).status_code == 404
    assert client.post(f"{menu_url}keep/", {"keeper": firm.colleague.pk, "note": ""}).status_code == 302
    supplier = caterer(firm)
    offer = {"supplier": supplier.pk, "price": "168", "at_most": 60, "note": ""}
    assert client.post(f"{menu_url}offers/add/", {**offer, "price": "0"}).status_code == 422
    assert client.post(f"{menu_url}offers/add/", offer).status_code == 302
    menu = Menu.objects.get(session=dinner)
    chosen = menu.offers.get()
    assert client.post(f"{menu_url}offers/{chosen.pk}/choose/", {"reason": ""}).status_code == 302
    for name, contains in (("红烧肉", ["pork"]), ("白灼菜心", [])):
        row = {"course": "hot", "name": name, "contains": contains}
        assert client.post(f"{menu_url}dishes/add/", row).status_code == 302
    assert client.post(f"{menu_url}dishes/add/", {"course": "hot", "name": "红烧肉"}).status_code == 422
    assert (
        client.post(
            f"{menu_url}dishes/add/", {"course": "hot", "name": "罗汉斋", "is_extra": "on"}
        ).status_code
        == 302
    )
    assert client.post(f"{menu_url}dishes/{dish(menu, '白灼菜心').pk}/up/").status_code == 302
    lin = come(dinner, firm, "林晓雯", "vegetarian")
    assert client.post(f"{menu_url}fix/", {}).status_code == 302
    text = client.get(menu_url).content.decode()
    for shown in ("林晓雯", "红烧肉", "已确定", "R-EXE-02", "168"):
        assert shown in text, shown
    assert client.post(f"{menu_url}dishes/{dish(menu, '红烧肉').pk}/remove/").status_code == 409
    swap = f"{menu_url}dishes/{dish(menu, '红烧肉').pk}/guests/{lin.pk}/"
    assert "罗汉斋" in client.get(swap).content.decode()
    assert client.post(swap, {"instead": dish(menu, "罗汉斋").pk}).status_code == 302
    pdf = client.get(f"{menu_url}kitchen.pdf")
    assert (pdf["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    # Who sees the event and does not run it sees how many, and not who.
    from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB

    drop = f"{menu_url}substitutes/{Substitute.objects.get().pk}/drop/"
    assert client.post(drop).status_code == 302
    client.force_login(firm.people[GROUP_CUSTOMER_CLUB])
    text = client.get(menu_url).content.decode()
    assert "林晓雯" not in text
    assert client.get(f"{menu_url}kitchen.pdf").status_code == 403
    assert client.post(f"{menu_url}fix/", {}).status_code == 403
    client.force_login(firm.owner)
    assert client.post(f"{menu_url}reopen/", {"reason": "换厨师"}).status_code == 302
    assert "换厨师" in client.get(menu_url).content.decode()

    # Gifts: a line, a plan in one go with somebody beyond the limit, one handed over with a tap.
    line = make_line(dinner, firm, value="400")
    mayor = make_customer(firm, "卢处长")
    Customer.objects.filter(pk=mayor.pk).update(is_official=True)
    [official] = add_guests(subject=subject, customers=[mayor], sessions=[dinner], actor=firm.owner).guests
    reply(guest=official, answer=Reply.ACCEPTED, sessions=[dinner])
    gifts_url = f"{base}gifts/"
    assert client.post(f"{gifts_url}lines/{line.pk}/plan/", {"who": "all", "quantity": 1}).status_code == 302
    text = client.get(gifts_url).content.decode()
    assert "卢处长" in text
    assert "卢处长" not in client.get(gifts_url).content.decode()  # said once
    beyond = {"line": line.pk, "quantity": 1}
    assert client.post(f"{base}guests/{official.pk}/gift/", beyond).status_code == 422
    gift = Gift.objects.get()
    assert client.post(f"{gifts_url}{gift.pk}/give/?card=1").status_code == 302
    assert "CK-2024-" in client.get(f"{gifts_url}?state=given").content.decode()
    assert client.post(f"{gifts_url}{gift.pk}/release/", {"reason": "误"}).status_code == 409
    assert talk.pk


@pytest.mark.once
def test_pages_ask_as_often_for_many_guests_as_for_few(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm, seats=100)
    make_session(subject, firm, "论坛")
    make_menu(dinner, firm)
    line = make_line(dinner, firm, pieces=100)
    client.force_login(firm.owner)
    addresses = [f"/s/{subject.pk}/hospitality/{part}" for part in ("", f"menu/{dinner.pk}/", "gifts/")]

    def add(number: int) -> None:
        for n in range(number):
            guest = come(
                dinner, firm, f"客人{number}{n}", "vegetarian", companions=[Companion("伴", ("halal",))]
            )
            Guest.objects.filter(pk=guest.pk).update(is_vip=True, host=firm.colleague)
            Gift.objects.create(line=line, subject=subject, guest=guest, worth=280, reserved_by=firm.owner)

    def asked() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    add(2)
    asked()
    few = asked()
    add(9)
    assert asked() == few


def test_whoever_may_unmask_an_important_guest_calls_them_from_the_card(firm: Firm, client: Client) -> None:
    """The profile of a customer who is kept apart stands on no page; the button that shows the number does."""
    subject = make_event(firm).subject
    lin = make_customer(firm, "林晓雯", phone="13800138001", preferences="爱喝龙井")
    Customer.objects.filter(pk=lin.pk).update(keeper=firm.owner)
    mark_important(customer=lin, reason="重点", actor=firm.people[CUSTOMER_SERVICE_MANAGER])
    [guest] = add_guests(subject=subject, customers=[lin], sessions=[], actor=firm.owner).guests
    client.force_login(firm.owner)
    page = client.get(f"/s/{subject.pk}/hospitality/guests/{guest.pk}/").content.decode()
    assert reverse("customers:customer_reveal", args=[lin.pk, "phone"]) in page
    assert "龙井" not in page
    Customer.objects.filter(pk=lin.pk).update(keeper=firm.colleague)
    page = client.get(f"/s/{subject.pk}/hospitality/guests/{guest.pk}/").content.decode()
    assert reverse("customers:customer_reveal", args=[lin.pk, "phone"]) not in page
