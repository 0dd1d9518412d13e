"""The budget of a subject: kept, booked, summed up, drawn, judged for many at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets import selectors
from yunchou.capabilities.budgets.actions import record_actual
from yunchou.capabilities.budgets.models import Budget, BudgetLine
from yunchou.capabilities.budgets.selectors import facts_of, gauge_of, signals, summary
from yunchou.capabilities.budgets.stores import LINES, load_totals, save_totals
from yunchou.capabilities.budgets.tables import BUDGET, LineRow
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.core.text import Say
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.dossier import Dossier, read_dossier, write_sheets
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.grid import find_table
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.persons import context_for
from yunchou.kernel.subjects.kinds import findings_of
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level

from .toys import locks, make_budget

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def toy(firm: Firm) -> Subject:
    return make_budget(firm.department(), firm.owner)


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    locks.clear()
    selectors._needing.clear()


def line(subject: Subject, item: str = "线下展架") -> BudgetLine:
    return BudgetLine.objects.get(subject=subject, item__startswith=item)


# ---------------------------------------------------------------- kept


@pytest.mark.req("BUD-04")
@pytest.mark.req("BUD-06")
def test_lines_and_stated_totals_come_back_as_they_went_to_the_workbook(toy):
    ctx = context_for(toy)
    part = Part(BUDGET, LINES.load(toy), load_totals(toy))
    again = read_dossier(write_sheets(Dossier((part,)), ctx), [BUDGET], ctx)
    assert again.dossier.rows(LineRow) == part.rows
    assert again.dossier.footer(LineRow) == part.footer
    assert len(part.rows) == 8


def test_stated_totals_are_taken_back(toy, firm):
    save_totals(toy, None, actor=firm.owner)
    assert not Budget.objects.exists()
    assert load_totals(toy) is None


def test_amounts_below_zero_are_refused_by_the_database(toy):
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.filter(subject=toy).update(amount=-1)


# ---------------------------------------------------------------- booked


@pytest.mark.req("BUD-23")
def test_record_actual_books_and_tells_the_variance(toy, firm):
    record_actual(line=line(toy), amount=Decimal(980), note="批量价", actor=firm.owner)
    row = LINES.row(line(toy))
    assert (row.actual, row.variance, row.left) == (Decimal("980.00"), Decimal("-20.00"), Decimal("20.00"))
    entry = JournalEntry.objects.latest("pk")
    assert entry.kind == "budgets.actual_booked"
    assert (entry.data["variance"], entry.data["note"], entry.data["before"]) == ("-20.00", "批量价", None)


@pytest.mark.rule("R-BUD-11")
def test_record_actual_refuses_a_difference_without_note(toy, firm):
    with pytest.raises(RuleRefused) as refused:
        record_actual(line=line(toy), amount=Decimal(980), note="  ", actor=firm.owner)
    assert refused.value.verdicts[0].rule_id == "R-BUD-11"
    assert line(toy).actual is None
    record_actual(line=line(toy), amount=Decimal(1000), note="", actor=firm.owner)
    assert line(toy).actual == Decimal("1000.00")


def test_record_actual_goes_on_while_the_plan_is_locked(toy, firm):
    locks["budget"] = Say("Approved.")
    record_actual(line=line(toy), amount=Decimal(1000), note="", actor=firm.owner)
    locks["*"] = Say("Archived.")
    with pytest.raises(WrongState, match="Archived"):
        record_actual(line=line(toy), amount=Decimal(1000), note="", actor=firm.owner)


def test_record_actual_needs_its_right_and_a_sensible_amount(toy, firm):
    with pytest.raises(NotAllowed):
        record_actual(line=line(toy), amount=Decimal(1), note="x", actor=firm.colleague)
    with pytest.raises(Invalid):
        record_actual(line=line(toy), amount=Decimal(-1), note="x", actor=firm.owner)
    record_actual(line=line(toy), amount=Decimal(1), note="x", actor=firm.people[p.FINANCE])


def test_row_form_cannot_book(toy, firm):
    kept = find_table(toy, "budget")
    save_row(
        subject=toy, kept=kept, pk=line(toy).pk, cells={"actual": "5", "amount": "900"}, actor=firm.owner
    )
    assert (line(toy).actual, line(toy).amount) == (None, Decimal("900.00"))


# ---------------------------------------------------------------- summed up


def test_summary_adds_up_by_category(toy):
    found = summary(toy)
    assert [(each.name, each.amount) for each in found.categories] == [
        ("人力成本", Decimal(17000)), ("物料成本", Decimal(16000)), ("渠道成本", Decimal(28000)), ("其他成本", Decimal(7000)),
    ]  # fmt: skip
    assert (found.whole.amount, found.stated, found.differs) == (Decimal(68000), Decimal(77000), True)


def test_gauge_points_to_the_nearest_end(toy):
    gauge = gauge_of(facts_of(toy))
    assert (gauge.share, gauge.nearest, gauge.is_inside, gauge.position) == (
        Decimal("7.35"), Decimal(10), False, 8,
    )  # fmt: skip
    assert "--at:36.75%" in gauge.style


# ---------------------------------------------------------------- signals


def _spend(subject: Subject, share: str) -> None:
    LINES.save(
        subject,
        [replace(row, actual=row.amount * Decimal(share), variance_note="x") for row in LINES.load(subject)],
    )


def test_signal_levels(toy, firm):
    save_totals(toy, None, actor=firm.owner)
    empty = make_budget(firm.department(), firm.owner)
    LINES.save(empty, [])

    def level() -> Any:
        return signals([toy.pk], clock.now())[toy.pk].level

    assert signals([empty.pk], clock.now())[empty.pk].level == Level.UNKNOWN
    _spend(toy, "0.5")
    assert level() == Level.FINE
    assert str(signals([toy.pk], clock.now())[toy.pk].value) == "50.0%"
    _spend(toy, "0.8")
    assert level() == Level.WATCH
    _spend(toy, "1.01")
    assert level() == Level.ACT


def test_open_findings_are_watched_until_ruled_on(toy):
    assert signals([toy.pk], clock.now())[toy.pk].level == Level.WATCH
    assert "77,000" in str(signals([toy.pk], clock.now())[toy.pk].reason)
    Budget.objects.all().delete()
    assert signals([toy.pk], clock.now())[toy.pk].level == Level.FINE
    selectors.contingency_needed_by(lambda ids: set(ids))
    assert signals([toy.pk], clock.now())[toy.pk].level == Level.WATCH


def test_signals_ask_the_same_for_one_and_for_many(toy, firm, django_assert_num_queries):
    many = [toy.pk, *(make_budget(firm.department()).pk for _n in range(6))]
    with django_assert_num_queries(4):
        signals([toy.pk], clock.now())
    with django_assert_num_queries(4):
        assert len(signals(many, clock.now())) == 7


# ---------------------------------------------------------------- pages


def detail(subject: Subject) -> str:
    return reverse("budgets:budget_detail", args=[subject.pk])


def booking(subject: Subject) -> str:
    return reverse("budgets:actual_book", args=[subject.pk, line(subject).pk])


def test_pages_are_guarded(toy, firm, client: Client):
    for address in (detail(toy), booking(toy)):
        client.logout()
        assert client.get(address).status_code == 302
        client.force_login(firm.outsider)
        assert client.get(address).status_code == 404
        client.force_login(firm.owner)
        assert client.get(address).status_code == 200
    client.force_login(firm.colleague)
    assert client.get(detail(toy)).status_code == 200
    assert client.get(booking(toy)).status_code == 403


def test_budget_shows_both_totals_and_where_rules_speak(toy, firm, client: Client):
    client.force_login(firm.owner)
    page = client.get(detail(toy)).content.decode()
    for text in ("68,000", "77,000", "7.35%", "R-BUD-03", "R-BUD-02", "3人×5天×800元/天", "/apply/"):
        assert text in page
    assert 'data-level="act"' in page


def test_readers_get_no_buttons(toy, firm, client: Client):
    client.force_login(firm.colleague)
    page = client.get(detail(toy)).content.decode()
    assert "/apply/" not in page
    assert "/actual/" not in page
    assert "/rows/" not in page


def test_smallest_change_is_one_click(toy, firm, client: Client):
    client.force_login(firm.owner)
    found = next(j.verdict for j in findings_of(toy) if j.verdict.rule_id == "R-BUD-03")
    assert (
        client.post(reverse("sheets:fix_apply", args=[toy.pk, found.fingerprint]), **HTMX).status_code == 204
    )
    assert line(toy, "应急").amount == Decimal("7000.00")
    assert "10.00%" in client.get(detail(toy)).content.decode()


def test_booking_dialog(toy, firm, client: Client):
    client.force_login(firm.owner)
    answer = client.post(booking(toy), {"amount": "980", "note": ""}, **HTMX)
    assert answer.status_code == 422
    assert "R-BUD-11" in answer.content.decode()
    assert client.post(booking(toy), {"amount": "x", "note": ""}, **HTMX).status_code == 422
    answer = client.post(booking(toy), {"amount": "980", "note": "批量价"}, **HTMX)
    assert answer.status_code == 204
    assert "sheets:fixed" in answer["HX-Trigger"]
    locks["*"] = Say("Archived.")
    assert client.post(booking(toy), {"amount": "980", "note": "批量价"}, **HTMX).status_code == 409


def test_page_asks_no_more_for_more_lines(toy, firm, client: Client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(firm.owner)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(detail(toy))
        return len(queries)

    asked()
    few = asked()
    LINES.save(toy, [replace(row, pk=None) for row in LINES.load(toy) * 5])
    assert asked() == few
