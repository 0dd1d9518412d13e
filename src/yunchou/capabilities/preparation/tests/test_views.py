"""The pages: who sees and may do what, errors beside their field, one form sent twice, queries that rows do not add to."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.models import Agreement, Booking, Layout, Print, StockMove, Training
from yunchou.capabilities.preparation.views.board import PARTS
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.sheets.listings import listings
from yunchou.kernel.subjects.models import Subject

from .factories import at, join, make_item, make_venue, put, signed


def page(client: Client, subject: Subject, part: str = "readiness") -> Any:
    return client.get(reverse("preparation:board", args=[subject.pk]), {"view": part})


def fill(subject: Subject, firm: Firm, count: int) -> None:
    """So many rows in every table, and so many holds."""
    venue = make_venue(firm, f"厅{Booking.objects.count()}")
    person = str(firm.colleague.pk)
    for n in range(count):
        put(
            subject, "agreements", firm.owner, party=f"甲{n}", need="需", needed_on="2024-08-09", owner=person
        )
        put(subject, "supplies", firm.owner, kind="礼品", name=f"礼{n}", quantity="3", owner=person)
        put(subject, "prints", firm.owner, name=f"印{n}", owner=person)
        put(subject, "publicity", firm.owner, channel="官网", content=f"文{n}", owner=person)
        put(subject, "speakers", firm.owner, kind="公司高管", name=f"讲{n}", topic="题", owner=person)
        put(subject, "trips", firm.owner, on="2024-08-09", kind="交通", what=f"车{n}", owner=person)
        put(subject, "posts", firm.owner, post=f"岗{n}", person=person)
        put(subject, "checks", firm.owner, name=f"查{n}", owner=person, due_on="2024-08-08")
        actions.hold_venue(
            venue=venue, subject=subject, layout=Layout.BANQUET, starts_at=at(9 + n, 9), ends_at=at(9 + n, 10),
            purpose="会", actor=firm.owner,
        )  # fmt: skip
        training = actions.put_training(
            subject=subject, title=f"训{n}", topics=["flow"], held_on=at(2).date(), trainer="周",
            people=[firm.colleague, firm.owner], actor=firm.owner,
        )  # fmt: skip
        actions.record_attendance(training=training, present=[firm.owner.pk], actor=firm.owner)


@pytest.mark.once
def test_parts_are_shown_to_who_may_see_them_with_as_many_queries_for_more_rows(
    client: Client, firm: Firm, subject: Subject, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert client.get(reverse("preparation:board", args=[subject.pk])).status_code == 302
    client.force_login(firm.outsider)
    assert page(client, subject).status_code == 404
    client.force_login(firm.owner)
    for part in PARTS:
        assert page(client, subject, part).status_code == 200
    fill(subject, firm, 2)
    counts = {}
    for part in PARTS:
        page(client, subject, part)
        with django_assert_max_num_queries(80) as few:
            assert page(client, subject, part).status_code == 200
        counts[part] = len(few)
    fill(subject, firm, 6)
    for part in PARTS:
        with django_assert_max_num_queries(counts[part]):
            assert page(client, subject, part).status_code == 200
    for url in ("venue_list", "stock_list", "research_list"):
        assert client.get(reverse(f"preparation:{url}"), {"q": "厅", "people": "20"}).status_code == 200


@pytest.mark.once
def test_a_venue_is_held_confirmed_and_released_in_dialogs(
    client: Client, firm: Firm, subject: Subject
) -> None:
    venue = make_venue(firm)
    member = join(subject, firm.colleague, "member")
    add = reverse("preparation:booking_add", args=[subject.pk])
    client.force_login(member)
    assert client.get(add).status_code == 403
    client.force_login(firm.owner)
    told = {
        "venue": venue.pk,
        "layout": "banquet",
        "starts_at": "2024-08-09T09:10",
        "ends_at": "2024-08-09T12:00",
        "purpose": "晚宴",
    }
    wrong = client.post(add, told)
    assert wrong.status_code == 422
    assert "2024-08-09T09:10" in wrong.text
    token = "a" * 24
    good = told | {"starts_at": "2024-08-09T09:00", "once": token}
    assert client.post(add, good).status_code == 302
    assert client.post(add, good).status_code == 302
    [booking] = Booking.objects.all()
    shown = page(client, subject, "venues").text
    assert "R-PRE-02" in shown
    assert client.post(add, told | {"starts_at": "2024-08-09T10:00"}).status_code == 409
    confirm = reverse("preparation:booking_confirm", args=[subject.pk, booking.pk])
    refused = client.post(confirm, {}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "口头承诺" in refused.text
    assert client.post(confirm, {"agreement": signed()}).status_code == 302
    for name in ("booking_prolong", "booking_release"):
        assert client.get(reverse(f"preparation:{name}", args=[subject.pk, booking.pk])).status_code == 200
    assert (
        client.post(
            reverse("preparation:booking_release", args=[subject.pk, booking.pk]), {"reason": ""}
        ).status_code
        == 422
    )
    assert (
        client.post(
            reverse("preparation:booking_release", args=[subject.pk, booking.pk]), {"reason": "改期"}
        ).status_code
        == 302
    )
    detail = client.get(venue.get_absolute_url())
    assert detail.status_code == 200
    form = {
        "name": "江畔厅", "address": "滨江路 8 号", "surroundings": "both", "seats_banquet": "90", "equipment": "音响\n投影",
    }  # fmt: skip
    change = reverse("preparation:venue_change", args=[venue.pk])
    assert client.post(change, form | {"seats_banquet": ""}).status_code == 422
    assert client.post(change, form).status_code == 302
    assert client.post(change, form | {"seen": "stale"}).status_code == 409
    added = client.post(reverse("preparation:venue_add"), form | {"name": "新厅", "unit": firm.east.pk})
    assert added.status_code == 302
    assert (
        client.post(
            reverse("preparation:venue_file", args=[venue.pk]), {"file": signed("平面图.pdf")}
        ).status_code
        == 302
    )
    assert "平面图" in client.get(venue.get_absolute_url()).text
    client.force_login(firm.outsider)
    assert client.get(venue.get_absolute_url()).status_code == 404


@pytest.mark.once
def test_steps_of_rows_stock_slips_trainings_and_exports(
    client: Client, firm: Firm, subject: Subject
) -> None:
    client.force_login(firm.owner)
    fill(subject, firm, 1)
    agreement, print_ = Agreement.objects.get(), Print.objects.get()

    def step(table: str, row: Any, key: str) -> str:
        return reverse("preparation:row_step", args=[subject.pk, table, row.pk, key])

    assert client.get(step("agreements", agreement, "confirm")).status_code == 200
    assert client.post(step("agreements", agreement, "confirm"), {}).status_code == 422
    assert client.post(step("agreements", agreement, "confirm"), {"agreement": signed()}).status_code == 302
    assert client.get(step("agreements", agreement, "nothing")).status_code == 404
    assert client.post(step("prints", print_, "hand-in"), {}).status_code == 422
    # The owner of a row does what is to be done with it, without any right on the preparation.
    join(subject, firm.colleague, "member")
    client.force_login(firm.colleague)
    assert client.post(step("prints", print_, "hand-in"), {"file": signed("稿.pdf")}).status_code == 302
    assert client.get(step("prints", print_, "review")).status_code == 403
    assert client.get(reverse("preparation:go_ahead", args=[subject.pk])).status_code == 403
    client.force_login(firm.owner)
    assert client.post(step("prints", print_, "review"), {"passes": "no", "note": ""}).status_code == 422
    assert client.post(step("prints", print_, "review"), {"passes": "yes", "note": ""}).status_code == 302

    item = make_item(firm)
    move = reverse("preparation:stock_move", args=[item.pk])
    assert client.post(move, {"kind": "hand_out", "quantity": "3"}).status_code == 422
    assert client.post(move, {"kind": "issue", "quantity": "3"}).status_code == 422
    assert client.post(move, {"kind": "receipt", "quantity": "3", "activity": subject.pk}).status_code == 302
    slip = StockMove.objects.get()
    assert "RK-2024-00001" in client.get(slip.get_absolute_url()).text
    assert client.get(item.get_absolute_url()).status_code == 200
    training = Training.objects.get()
    for name in ("training_change", "training_attend"):
        assert client.get(reverse(f"preparation:{name}", args=[subject.pk, training.pk])).status_code == 200
    assert client.get(reverse("preparation:go_ahead", args=[subject.pk])).status_code == 200

    for key in ("agreements", "supplies", "prints", "publicity", "speakers", "trips", "checks", "moves"):
        lines = listings[f"preparation.{key}"].open(firm.owner, {"subject": str(subject.pk)})
        rows = list(lines.rows)
        assert len(rows) == lines.count == 1
        assert all(len(row) == len(listings[f"preparation.{key}"].columns) for row in rows)
    for key in ("stock", "venues"):
        lines = listings[f"preparation.{key}"].open(firm.owner, {})
        assert len(list(lines.rows)) == lines.count >= 1


@pytest.mark.once
def test_research_is_filed_for_an_activity_followed_and_taken_off(
    client: Client, firm: Firm, subject: Subject
) -> None:
    client.force_login(firm.owner)
    form = {
        "title": "需求调研", "unit": firm.east.pk, "audience": "会员", "people": "30", "sources": ["crm", "survey"],
        "from_on": "2024-07-01", "until_on": "2024-07-20", "every_months": "6", "interests": "子女教育",
    }  # fmt: skip
    add = reverse("preparation:research_add")
    assert client.post(add, form | {"until_on": "2024-12-01"}).status_code == 422
    assert client.post(f"{add}?for={subject.pk}", form).status_code == 302
    shown = page(client, subject, "research").text
    assert "子女教育" in shown
    from yunchou.capabilities.preparation.models import Research

    research = Research.objects.get()
    assert client.get(research.get_absolute_url()).status_code == 200
    assert client.get(f"{add}?after={research.pk}").status_code == 200
    assert client.post(f"{add}?after={research.pk}", form | {"title": "第二轮"}).status_code == 302
    assert client.get(research.get_absolute_url()).status_code == 200
    change = reverse("preparation:research_change", args=[research.pk])
    assert client.post(change, form | {"title": "改名"}).status_code == 302
    assert client.post(change, form | {"seen": "stale"}).status_code == 409
    assert client.get(reverse("preparation:research_attach", args=[subject.pk])).status_code == 200
    off = reverse("preparation:research_detach", args=[subject.pk, research.pk])
    assert client.post(off).status_code == 302
    client.force_login(firm.outsider)
    assert client.get(research.get_absolute_url()).status_code == 404


@pytest.mark.once
def test_a_free_day_of_the_calendar_is_held_for_the_activity_it_was_opened_for(
    client: Client, firm: Firm, subject: Subject
) -> None:
    venue = make_venue(firm)
    actions.hold_venue(
        venue=venue, subject=subject, layout=Layout.BANQUET, starts_at=at(5, 9), ends_at=at(5, 12), purpose="会",
        actor=firm.owner,
    )  # fmt: skip
    client.force_login(firm.owner)
    listed = reverse("preparation:venue_list")
    add = reverse("preparation:booking_add", args=[subject.pk])
    plain, chosen = (client.get(f"{listed}{query}").content.decode() for query in ("", f"?for={subject.pk}"))
    assert f"{add}?" not in plain
    assert chosen.count(f"{add}?venue={venue.pk}&amp;day=") == 13, "fourteen days, one of them held"
    assert "day=2024-08-05" not in chosen
    form = client.get(f"{add}?venue={venue.pk}&day=2024-08-07").content.decode()
    assert 'value="2024-08-07T09:00"' in form
    assert f'value="{venue.pk}" selected' in form
    # Whoever may not book for it, and nonsense in the address, get the calendar alone.
    for query in (f"?for={venue.pk}", "?for=x", "?for=99999999", "?from=never"):
        assert f"{add}?" not in client.get(f"{listed}{query}").content.decode()
    client.force_login(firm.outsider)
    assert f"{add}?" not in client.get(f"{listed}?for={subject.pk}").content.decode()


@pytest.mark.once
def test_nonsense_in_addresses_and_forms_is_refused_and_breaks_nothing(
    client: Client, firm: Firm, subject: Subject
) -> None:
    """Keys that no database holds, days before the calendar and after it."""
    venue, item = make_venue(firm), make_item(firm)
    client.force_login(firm.owner)
    huge = "9" * 25
    for path in ("/venues/", "/stock/", "/research/", "/suppliers/", f"/s/{subject.pk}/preparation/booking/"):
        tail = "free/" if "booking" in path else ""
        assert client.get(f"{path}{huge}/{tail}").status_code == 404, path
    listed = reverse("preparation:venue_list")
    for query in ("from=0001-01-01", "from=9999-12-31", f"people={huge}", f"for={huge}", "for=²"):
        assert client.get(f"{listed}?{query}").status_code == 200, query
    for day in ("0001-01-01", "9999-12-31"):
        times = {"starts_at": f"{day}T00:00", "ends_at": f"{day}T00:30"}
        answers = (
            client.post(reverse("preparation:venue_close", args=[venue.pk]), {**times, "reason": "x"}),
            client.post(
                reverse("preparation:booking_add", args=[subject.pk]),
                {**times, "venue": venue.pk, "layout": "banquet", "purpose": "会"},
            ),
        )
        assert [answer.status_code for answer in answers] == [422, 422], day
    move = {"kind": "receipt", "quantity": huge, "person": huge, "activity": huge}
    assert client.post(reverse("preparation:stock_move", args=[item.pk]), move).status_code == 422
    assert not StockMove.objects.exists()
    assert not Booking.objects.exists()
    # A stale menu of a booking that was released opens no form to fill in for nothing.
    gone = actions.hold_venue(
        venue=venue, subject=subject, layout=Layout.BANQUET, starts_at=at(9, 9), ends_at=at(9, 10), purpose="会",
        actor=firm.owner,
    ).booking  # fmt: skip
    actions.release_booking(booking=gone, reason="改期", actor=firm.owner)
    for name in ("booking_confirm", "booking_prolong", "booking_release"):
        form = client.get(
            reverse(f"preparation:{name}", args=[subject.pk, gone.pk]), headers={"HX-Request": "true"}
        )
        assert form.status_code == 409, name
