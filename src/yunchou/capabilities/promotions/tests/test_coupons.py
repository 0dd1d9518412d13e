"""Coupons: limited, redeemed once, counted; the counter and the public pages (EXE-16)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.promotions import actions, codes
from yunchou.capabilities.promotions.models import Coupon, CouponSeries, SeriesKind
from yunchou.capabilities.promotions.rules import Presented, refusal
from yunchou.capabilities.promotions.selectors.coupons import used_in
from yunchou.capabilities.promotions.views.coupons import MOST_WRONG
from yunchou.capabilities.promotions.views.public import MOST, MOST_REFUSED
from yunchou.capabilities.promotions.views.public import MOST_WRONG as MOST_WRONG_OF_ONE_ADDRESS
from yunchou.capabilities.sales import actions as sales
from yunchou.capabilities.sales.actions import OrderFacts
from yunchou.capabilities.sales.models import Lead, Order
from yunchou.capabilities.sales.tests import toy
from yunchou.directory.customers.actions.merging import merge_customers
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, Refused
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .factories import FIRST, LAST, facts_of, make_series, make_task

NAME, PHONE = "金丝雀", "13912340987"


def url(name: str, subject: Subject, *keys: Any) -> str:
    return reverse(f"promotions:{name}", args=[subject.pk, *keys])


def order(amount: str = "680", number: str = "DD-9") -> OrderFacts:
    return OrderFacts(number, "shop", Decimal(amount), clock.now())


# ---------------------------------------------------------------- codes and reasons, pure


@given(st.integers(0, codes.RANDOM - 1), st.sampled_from(codes.SIGNS))
def test_one_wrong_sign_or_two_exchanged_are_noticed(place: int, sign: str) -> None:
    code = codes.new_code()
    assert codes.is_sound(code)
    assert codes.tidy(f" https://x.example/coupon/{codes.shown(code).lower()}/ ") == code
    wrong = code[:place] + sign + code[place + 1 :]
    assert codes.is_sound(wrong) == (wrong == code)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert codes.is_sound(swapped) == (swapped == code)


def test_the_reason_why_a_coupon_is_not_redeemed_is_said_in_plain_words() -> None:
    def said(**more: Any) -> str:
        return str(
            refusal(Presented(**{"today": date(2024, 8, 2), "starts_on": FIRST, "ends_on": LAST} | more))
            or ""
        )

    with override("en"):
        assert said() == said(today=FIRST) == said(today=LAST) == ""
        assert "good from 2024-07-26" in said(today=date(2024, 7, 25))
        assert "good until 2024-08-10" in said(today=date(2024, 8, 11))
        assert "redeemed already: 08-01 12:00" in said(redeemed="08-01 12:00", today=date(2024, 9, 1))
        assert "taken back" in said(is_void=True)


# ---------------------------------------------------------------- issued out of a limited stock


def test_the_stock_is_limited_and_one_person_gets_no_more_than_set(firm: Firm, subject: Subject) -> None:
    series = make_series(subject, firm.owner, stock=2)
    first, second, third = (make_customer(firm.east, firm.owner) for _n in range(3))
    made = actions.issue_coupon(series=series, customer=first, actor=firm.owner)
    assert (made.number, codes.is_sound(made.code), made.state) == (1, True, "open")
    with pytest.raises(Refused, match="has 1 of them already"):
        actions.issue_coupon(series=series, customer=first, actor=firm.owner)
    actions.issue_coupon(series=series, customer=second, actor=firm.owner)
    with pytest.raises(Refused, match="None of these coupons is left"):
        actions.issue_coupon(series=series, customer=third, actor=firm.owner)
    # What is taken back goes back to the stock, with a number of its own.
    actions.void_coupon(coupon=made, reason="重复", actor=firm.owner)
    again = actions.issue_coupon(series=series, customer=third, actor=firm.owner)
    assert again.number == 3
    assert CouponSeries.objects.get(pk=series.pk).left == 0
    with pytest.raises(NotAllowed):
        actions.issue_coupon(series=series, customer=third, actor=firm.outsider)
    told = " ".join(str(one.data) for one in JournalEntry.objects.filter(kind__startswith="promotions."))
    assert made.code not in told
    assert first.name not in told


def test_terms_that_people_hold_become_better_or_stay(firm: Firm, subject: Subject) -> None:
    series = make_series(subject, firm.owner, title="满减券")
    actions.issue_coupon(series=series, customer=make_customer(firm.east, firm.owner), actor=firm.owner)
    for change in (
        {"terms": "满 900 减 50"},
        {"value": Decimal(40)},
        {"ends_on": date(2024, 8, 5)},
        {"starts_on": date(2024, 7, 27)},
        {"stock": 0},
    ):
        with pytest.raises(Refused) as caught:
            actions.change_series(series=series, facts=facts_of(title="满减券", **change), actor=firm.owner)
        assert list(caught.value.fields) == list(change)
    better = facts_of(title="满减券", value=Decimal(60), ends_on=date(2024, 8, 20), stock=150,
                      starts_on=date(2024, 7, 20))  # fmt: skip
    changed = actions.change_series(series=series, facts=better, actor=firm.owner)
    assert (changed.value, changed.stock) == (Decimal(60), 150)
    actions.close_series(series=series, actor=firm.owner)
    with pytest.raises(Refused, match="No more of these"):
        actions.issue_coupon(series=series, customer=make_customer(firm.east, firm.owner), actor=firm.owner)


# ---------------------------------------------------------------- redeemed once, counted


@pytest.mark.req("EXE-16", whole=True)
def test_coupons_are_limited_redeemed_once_and_counted_for_conversion(firm: Firm, subject: Subject) -> None:
    series = make_series(subject, firm.owner, stock=4)
    prizes = make_series(subject, firm.owner, stock=1, kind=SeriesKind.PRIZE)
    people = [make_customer(firm.east, firm.owner) for _n in range(4)]
    held = [actions.issue_coupon(series=series, customer=one, actor=firm.owner) for one in people]
    won = actions.issue_coupon(series=prizes, customer=people[0], actor=firm.owner)
    done = actions.redeem_coupon(coupon=held[0], actor=firm.owner, place="一号店", order=order())
    assert done.order
    assert done.order.amount == Decimal(680)
    assert done.place == "一号店"
    with pytest.raises(Refused, match="redeemed already: 2024-08-02 15:20 · 一号店"):
        actions.redeem_coupon(coupon=held[0], actor=firm.owner)
    actions.redeem_coupon(coupon=held[1], actor=firm.owner)
    actions.redeem_coupon(coupon=won, actor=firm.owner)
    used = used_in(subject)
    # Of four coupons two are redeemed, one led to an order; the prize counts apart.
    assert (used.issued, used.redeemed, used.ordered, used.sales, used.rate) == (
        4,
        2,
        1,
        Decimal(680),
        Decimal(50),
    )
    later = toy.leave(subject, firm.owner, customer=people[1])
    bought = toy.buy(later, firm.owner, 0, "320")
    actions.link_order(coupon=held[1], order=bought, actor=firm.owner)
    with pytest.raises(Refused, match="no order of this person"):
        actions.link_order(coupon=held[1], order=done.order, actor=firm.owner)
    assert (used_in(subject).ordered, used_in(subject).sales) == (2, Decimal(1000))
    sales.cancel_order(order=bought, reason="退货", actor=firm.owner)
    assert (used_in(subject).ordered, used_in(subject).sales) == (1, Decimal(680))
    # The dashboard's indicator is told by itself, as leads and orders are.
    row = Series.objects.create(subject=subject, channel="整体", indicator="优惠核销率", position=9)
    sales.tell_stale()
    row.refresh_from_db()
    figure = row.figure("cumulative")
    assert figure
    assert figure.value == Decimal(50)
    assert row.latest_source == "computed"
    with clock.at("2024-08-11T10:00"), pytest.raises(Refused, match="good until 2024-08-10"):
        actions.redeem_coupon(coupon=held[2], actor=firm.owner)
    actions.void_coupon(coupon=held[3], reason="误发", actor=firm.owner)
    with pytest.raises(Refused, match="taken back"):
        actions.redeem_coupon(coupon=held[3], actor=firm.owner)


def test_two_people_merged_keep_their_coupons(firm: Firm, subject: Subject) -> None:
    series = make_series(subject, firm.owner)
    kept, gone = (make_customer(firm.east, firm.owner) for _n in range(2))
    coupon = actions.issue_coupon(series=series, customer=gone, actor=firm.owner)
    merge_customers(kept=kept, merged=gone, reason="同一人", actor=firm.people[MARKETING_DIRECTOR])
    assert Coupon.objects.get(pk=coupon.pk).customer == kept


def _at_once(*jobs: Callable[[], object]) -> list[object]:
    """Each in a thread and a connection of its own; what it answered, or the refusal."""
    barrier, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(n: int, job: Callable[[], object]) -> None:
        try:
            with clock.at("2024-08-02T15:20"), override("en"):
                barrier.wait(10)
                answers[n] = job()  # type: ignore[call-overload]
        except Refused as refused:
            answers[n] = refused  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[n, job]) for n, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(answers)


@pytest.mark.req("EXE-16")
@pytest.mark.django_db(transaction=True)
def test_of_two_counters_one_redeems_and_the_last_coupon_goes_to_one(firm: Firm, subject: Subject) -> None:
    series = make_series(subject, firm.owner, stock=3)
    people = [make_customer(firm.east, firm.owner) for _n in range(6)]
    answers = _at_once(
        *(
            lambda one=one: actions.issue_coupon(series=series, customer=one, actor=firm.owner)  # type: ignore[misc]
            for one in people
        )
    )
    made = [one for one in answers if isinstance(one, Coupon)]
    assert len(made) == 3
    assert sum(isinstance(one, Refused) for one in answers) == 3
    assert sorted(one.number for one in made) == [1, 2, 3]
    assert CouponSeries.objects.get(pk=series.pk).issued == Coupon.objects.filter(series=series).count() == 3
    answers = _at_once(*(lambda: actions.redeem_coupon(coupon=made[0], actor=firm.owner) for _n in range(4)))
    assert sum(isinstance(one, Coupon) for one in answers) == 1
    assert sum(isinstance(one, Refused) and "redeemed already" in str(one) for one in answers) == 3


# ---------------------------------------------------------------- the counter


def test_a_code_is_typed_or_scanned_and_redeemed_with_its_order(
    client: Client, firm: Firm, subject: Subject
) -> None:
    series = make_series(subject, firm.owner)
    coupon = actions.issue_coupon(
        series=series, customer=make_customer(firm.east, firm.owner), actor=firm.owner
    )
    counter = reverse("promotions:counter")
    assert client.get(counter).status_code == 302
    client.force_login(firm.owner)
    assert client.get(counter).status_code == 200
    page = client.post(counter, {"code": f"https://yunchou.example{coupon.path}"})
    assert page.status_code == 302
    assert page["Location"] == reverse("promotions:coupon_redeem", args=[coupon.code])
    # Whoever scans with the phone's camera and may redeem is led to the same page.
    assert client.get(coupon.path)["Location"] == page["Location"]
    shown = client.get(page["Location"])
    assert coupon.customer.name in shown.content.decode()
    assert shown["Referrer-Policy"] == "no-referrer"
    half = client.post(page["Location"], {"place": "一号店", "number": "DD-77"})
    assert half.status_code == 422
    assert not Coupon.objects.get(pk=coupon.pk).redeemed_at
    done = client.post(
        page["Location"], {"place": "一号店", "number": "DD-77", "amount": "980", "channel": "shop"}
    )
    assert done.status_code == 302
    assert "Hand it over now" in client.get(done["Location"]).content.decode()
    assert Order.objects.get(number="DD-77").coupons.get() == Coupon.objects.get(pk=coupon.pk)
    twice = client.post(page["Location"], {"place": "二号店"})
    assert twice.status_code == 409
    assert "redeemed already" in twice.content.decode()


def test_codes_are_not_found_by_trying(client: Client, firm: Firm, subject: Subject) -> None:
    series = make_series(subject, firm.owner)
    coupon = actions.issue_coupon(
        series=series, customer=make_customer(firm.east, firm.owner), actor=firm.owner
    )
    client.force_login(firm.owner)
    counter = reverse("promotions:counter")
    for n in range(MOST_WRONG):
        assert client.post(counter, {"code": codes.new_code() if n % 2 else "ABC"}).status_code == 422
    assert client.post(counter, {"code": coupon.code}).status_code == 429
    assert client.get(reverse("promotions:coupon_redeem", args=[coupon.code]))["Location"] == counter
    cache.clear()
    # A coupon of another region is as unknown as none.
    client.force_login(firm.outsider)
    assert client.get(reverse("promotions:coupon_redeem", args=[coupon.code])).status_code in (403, 404)
    client.logout()
    tries = [
        client.get(reverse("promotions:coupon", args=[codes.new_code()])).status_code
        for _n in range(MOST_WRONG_OF_ONE_ADDRESS + 5)
    ]
    assert (tries[0], tries[25]) == (404, 404), "a hall that mistypes has one address"
    assert tries[-1] == 429
    assert client.get(coupon.path).status_code == 429, "who guesses is not told that a guess was right"


# ---------------------------------------------------------------- pages


def test_the_pages_of_coupons_ask_rights_and_rows_add_no_queries(
    client: Client, firm: Firm, subject: Subject
) -> None:
    series = make_series(subject, firm.owner, is_public=True)
    pages = [url("board", subject), url("series_detail", subject, series.pk)]
    for page in pages:
        assert client.get(page).status_code == 302
    client.force_login(firm.outsider)
    for page in pages:
        assert client.get(page).status_code == 404
    client.force_login(firm.owner)
    seen = {}
    for size in (2, 8):
        for _n in range(size):
            one = make_series(subject, firm.owner)
            for which in (series, one):
                coupon = actions.issue_coupon(
                    series=which, customer=make_customer(firm.east, firm.owner), actor=firm.owner
                )
            actions.redeem_coupon(coupon=coupon, actor=firm.owner)
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as found:
                assert client.get(page).status_code == 200
            seen.setdefault(page, set()).add(len(found))
    assert all(len(counts) == 1 for counts in seen.values()), seen
    first = Coupon.objects.filter(series=series).select_related("customer")[0]
    for words in (first.customer.name, first.code):
        found_page = client.post(pages[1], {"words": words}).content.decode()
        assert first.customer.name in found_page


def test_coupons_are_set_issued_changed_and_taken_back_by_dialogs(
    client: Client, firm: Firm, subject: Subject
) -> None:
    client.force_login(firm.owner)
    told = {"title": "开学券", "kind": "coupon", "terms": "满 300 减 30", "value": "30", "stock": "10", "each": "1",
            "starts_on": "2024-08-01", "ends_on": "2024-08-10", "is_public": "on"}  # fmt: skip
    assert client.get(url("series_add", subject)).status_code == 200
    assert client.post(url("series_add", subject), told | {"ends_on": "2024-07-01"}).status_code == 422
    assert client.post(url("series_add", subject), told).status_code == 302
    series = CouponSeries.objects.get(title="开学券")
    who = make_customer(firm.east, firm.owner)
    offered = client.post(url("customer_options", subject), {"q": who.name}).json()["results"]
    assert [one["value"] for one in offered] == [who.pk]
    assert client.post(url("coupon_issue", subject, series.pk), {"customer": who.pk}).status_code == 302
    assert client.post(url("coupon_issue", subject, series.pk), {"customer": who.pk}).status_code == 422
    coupon = Coupon.objects.get(series=series)
    assert client.post(url("series_change", subject, series.pk), told | {"stock": "20"}).status_code == 302
    assert client.post(url("coupon_void", subject, coupon.pk), {"reason": "误发"}).status_code == 302
    assert client.post(url("coupon_void", subject, coupon.pk), {"reason": "误发"}).status_code == 409
    assert client.post(url("series_close", subject, series.pk)).status_code == 302
    assert client.get(series.path).status_code == 200
    assert "over" in client.get(f"{series.path}?lang=en").content.decode()


# ---------------------------------------------------------------- taken by people themselves


def test_people_take_a_coupon_on_their_phone_and_are_leads(
    client: Client, firm: Firm, subject: Subject
) -> None:
    series = make_series(subject, firm.owner, stock=2, is_public=True)
    path = f"{series.path}?lang=en"
    page = client.get(path).content.decode()
    assert "2 are left" in page
    assert "<script" not in page
    told = {"name": NAME, "phone": PHONE, "agrees": "on", "once": "abc", "lang": "en"}
    assert client.post(path, told | {"agrees": ""}).status_code == 422
    assert not Lead.objects.exists()
    sent = client.post(path, told)
    again = client.post(path, told)
    coupon = Coupon.objects.get()
    assert sent["Location"] == again["Location"]
    assert coupon.code in sent["Location"]
    lead = Lead.objects.get()
    assert (lead.customer.name, lead.owner, lead.form) == (NAME, firm.owner, series.form)
    shown = client.get(sent["Location"])
    assert coupon.shown_code in shown.content.decode()
    assert NAME not in shown.content.decode()
    assert NAME not in sent["Location"]
    assert PHONE not in sent["Location"]
    other = client.post(path, told | {"once": "def"})
    assert other.status_code == 422
    # Whose number was typed is not known: neither how many that person has nor their code is told.
    assert "If you have taken one already, use that one" in other.content.decode()
    assert "of them already" not in other.content.decode()
    assert coupon.code not in other.content.decode()
    assert coupon.shown_code not in other.content.decode()
    # Nor does the same open form show it to whoever types another number.
    wrong = client.post(path, told | {"phone": "5"})
    assert coupon.code not in wrong.content.decode()
    client.post(path, told | {"once": "abc", "phone": "13912340001", "name": "另一位"})
    assert Coupon.objects.exclude(pk=coupon.pk).get().customer.name == "另一位"
    gone = client.post(path, told | {"once": "jkl", "phone": "13912340002"})
    assert "None is left" in gone.content.decode()
    assert Coupon.objects.count() == 2


def test_the_public_page_is_slowed_whatever_the_browser_calls_itself(
    client: Client, firm: Firm, subject: Subject
) -> None:
    series = make_series(subject, firm.owner, stock=1000, is_public=True)
    answers = []
    for n in range(MOST * 10 + 2):
        # A form that lacks a good number costs nothing and is counted all the same.
        told = {"name": "某人", "phone": "13912340002", "agrees": "on", "once": f"k{n}", "lang": "en"}
        answers.append(client.post(series.path, told, headers={"user-agent": f"Browser {n}"}).status_code)
    assert answers[1] == 422
    assert answers[-1] == 429


def test_who_has_a_coupon_is_not_found_by_trying_numbers(
    client: Client, firm: Firm, subject: Subject
) -> None:
    """Every number that is refused is counted, and after a few the device is given nothing at all for a while."""
    series = make_series(subject, firm.owner, stock=1000, is_public=True)
    told = {"name": NAME, "agrees": "on", "lang": "en"}

    def take(number: int, device: str = "Phone") -> int:
        sent = told | {"phone": f"1391234{number:04}", "once": f"{device}{number}{clock.now():%f}"}
        return client.post(series.path, sent, headers={"user-agent": device}).status_code

    for number in range(MOST_REFUSED):
        assert take(number, "Counter") == 302
    other = lambda: [take(number, "Other") for number in range(MOST_REFUSED)]  # noqa: E731
    assert other() == [422] * MOST_REFUSED
    assert take(0, "Other") == take(77, "Other") == 429, "a number without a coupon is answered no better"
    assert not Coupon.objects.filter(number=MOST_REFUSED + 1).exists()
    assert take(78) == 302, "whoever else is here takes one"


def test_signs_that_no_database_keeps_are_a_miss_and_break_nothing(
    client: Client, firm: Firm, subject: Subject
) -> None:
    series = make_series(subject, firm.owner, is_public=True)
    told = {"name": NAME, "phone": PHONE, "agrees": "on", "once": "a\x00b", "lang": "en"}
    assert client.post(series.path, told).status_code == 302
    kept = Coupon.objects.get()
    assert kept.key
    assert "\x00" not in kept.key
    assert "\x00" not in client.post(series.path, told | {"name": ""}).content.decode()
    for _n in range(20):
        assert client.get(series.path[:-3] + "%00/").status_code == 404
    assert client.get(series.path[:-3] + "%00/").status_code == 429


def test_days_of_another_century_are_refused(client: Client, firm: Firm, subject: Subject) -> None:
    for days in ({"starts_on": date(1, 1, 1)}, {"ends_on": date(2100, 1, 1)}):
        with pytest.raises(Refused, match="of this century"):
            make_series(subject, firm.owner, **days)
        with pytest.raises(Refused, match="of this century"):
            make_task(subject, firm.owner, **days)
    client.force_login(firm.owner)
    told = {"title": "开学券", "kind": "coupon", "terms": "满 300 减 30", "value": "30", "stock": "10", "each": "1",
            "starts_on": "0001-01-01", "ends_on": "2024-08-10"}  # fmt: skip
    assert client.post(url("series_add", subject), told).status_code == 422


def test_an_older_window_does_not_write_over_changed_coupons(
    client: Client, firm: Firm, subject: Subject
) -> None:
    series = make_series(subject, firm.owner, title="满减券")
    client.force_login(firm.owner)
    page = url("series_change", subject, series.pk)
    shown = client.get(page).context["form"]
    told = {name: value for name, value in shown.initial.items() if value not in (None, False)}
    # What is issued meanwhile is no change of the coupons.
    actions.issue_coupon(series=series, customer=make_customer(firm.east, firm.owner), actor=firm.owner)
    assert client.post(page, told | {"stock": "90"}).status_code == 302
    late = client.post(page, told | {"stock": "80"})
    assert late.status_code == 409
    assert CouponSeries.objects.get().stock == 90
    again = told | {"stock": "80", "seen": late.context["form"].data["seen"]}
    assert client.post(page, again).status_code == 302
