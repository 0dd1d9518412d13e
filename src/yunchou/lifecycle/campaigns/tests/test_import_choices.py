"""Choices about the findings of a workbook: what each changes, what becomes of it, and what the campaign keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.work.tables import AssignmentRow, TaskRow
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.jobs.models import JobChunk
from yunchou.kernel.jobs.runner import run_chunk
from yunchou.kernel.journal.models import JournalEntry as Entry
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.verdicts import Place
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.campaigns import imports
from yunchou.lifecycle.campaigns.import_findings import Item, Keeping
from yunchou.lifecycle.campaigns.import_grid import DONE, Page
from yunchou.lifecycle.campaigns.import_models import ImportRun
from yunchou.lifecycle.campaigns.import_page_choices import KEEP, OPEN, Became, Choice, changed_cells
from yunchou.lifecycle.campaigns.import_page_options import FIX, applied
from yunchou.lifecycle.campaigns.import_page_spots import Spot
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.campaigns.selectors import dossier_of, findings_of
from yunchou.lifecycle.campaigns.tables import ModuleRow

from . import example_workbook as example
from .test_import import hand_in
from .test_import_views import example_with, post

BUDGET, DIVISION, SCHEDULE, CREATIVE = "预算明细表", "执行分工表", "执行甘特图", "方案创意表"


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    with clock.at("2024-08-02T15:20"):
        yield


@pytest.fixture
def run(firm: Firm) -> ImportRun:
    return hand_in(firm)


def found(run: ImportRun, comment: str, cell: str = "") -> Item:
    """The finding of a comment of the worked example, as it stands now."""
    items = [item for item in imports.items_found(run) if item.comment == comment]
    return next(item for item in items if not cell or cell in {spot.cell for spot in item.spots})


def choose(run: ImportRun, item: Item, choice: str, firm: Firm, reason: str = "") -> ImportRun:
    return imports.choose(run=run, finding=item.key, choice=choice, reason=reason, actor=firm.owner)


def page_of(run: ImportRun, sheet: int = 3) -> Page:
    raw = read_workbook(imports.content_of(run))
    return Page(raw, imports.items_found(run), wanted=sheet, choices=imports.choices_of(run))


def cells_that_differ(campaign: Campaign) -> dict[Spot, tuple[Any, Any]]:
    """The cells in which the campaign's workbook differs from the one handed in."""
    mine = {sheet.name: sheet.lines for sheet in read_workbook(imports.workbook_of(campaign)).sheets}
    given = {sheet.name: sheet.lines for sheet in read_workbook(example.PATH).sheets}
    assert mine.keys() == given.keys()
    return {
        Spot(name, f"{chr(64 + column)}{line}"): (before, after)
        for name in given
        for line in given[name].keys() | mine[name].keys()
        for column in given[name].get(line, {}).keys() | mine[name].get(line, {}).keys()
        if (before := given[name].get(line, {}).get(column))
        != (after := mine[name].get(line, {}).get(column))
    }


# ---------------------------------------------------------------- what is offered


@pytest.mark.django_db
def test_options_are_the_smallest_change_and_either_of_two_tables() -> None:
    items = example.items(example.read())
    assert tuple(Item.from_json(item.to_json()) for item in items) == items
    offered = {
        (item.comment, item.spots[0].cell): {
            (option.key, option.follows, edit.spot.cell, edit.before, edit.after)
            for option in item.options
            for edit in option.edits
        }
        for item in items
    }
    assert offered["A1", "C10"] == {(FIX, "", "C10", "77000", "68000")}
    assert offered["A2", "C9"] == {(FIX, "", "C9", "5000", "7000")}
    assert offered["C2", "G4"] == {
        (FIX, SCHEDULE, "G4", "7.25", "2024-08-06"), (FIX, SCHEDULE, "H4", "8.05", "2024-08-10"),
        ("division", DIVISION, "C9", "8.06", "2024-07-25"), ("division", DIVISION, "D9", "8.10", "2024-08-05"),
    }  # fmt: skip
    # The design's end is the same in both tables: only its start is changed.
    assert offered["C4", "G3"] == {(FIX, SCHEDULE, "G3", "7.22", "2024-07-20")}
    assert offered["A9", "F5"] == {
        (FIX, DIVISION, "F5", "赵", "周"), ("budget", BUDGET, "E6", "周", "赵"),
    }  # fmt: skip
    assert offered["C8", "I6"] == {
        ("division", DIVISION, "G5", "进行中", "已完成"), ("schedule", SCHEDULE, "I6", "已完成", "进行中"),
    }  # fmt: skip
    # A stand of several tables, text against a state, a sum against one number: only a person knows.
    assert not any(
        offered[key] for key in [("C3", "D4"), ("A8", "G2"), ("B3", "D3"), ("B4", "C2"), ("A5", "D4")]
    )
    keeping = {(item.code, item.keeping) for item in items if item.is_rule and item.weight == "act"}
    assert {("R-BUD-02", Keeping.NOT), ("R-BUD-03", Keeping.EXCEPT), ("R-SCH-02", Keeping.NOT)} <= keeping


@pytest.mark.django_db
def test_phase_in_words_is_moved_within_its_cell() -> None:
    reading = example.read()
    [item] = [item for item in example.items(reading) if item.comment == "C1"]
    dates, words = item.options
    assert [(edit.spot.cell, edit.after) for edit in dates.edits] == [
        ("C8", "2024-07-20"),
        ("D8", "2024-07-25"),
    ]
    before = reading.dossier.rows(ModuleRow)[3].content
    after = applied(reading.dossier, words.edits, reading.context).rows(ModuleRow)[3].content
    assert after == before.replace("预热期(7.20-7.25)", "预热期(7.31-8.5)")
    for option in item.options:
        changed = applied(reading.dossier, option.edits, reading.context)
        assert "C1" not in {v.comment for v in example.failures(example.facts_of(changed, reading))}


@pytest.mark.django_db
def test_changed_cell_is_a_normal_value_and_all_else_stays() -> None:
    dossier = example.read().dossier
    places = {Place("budget", None, "amount"): Decimal(1), Place("division", 2, "start_on"): date(2024, 8, 6)}
    changed = dossier.with_values(places)
    assert [changed.value_at(place) for place in places] == list(places.values())
    assert all(place.column not in changed.row_at(place).given for place in places)
    row = dossier.row_at(Place("division", 2))
    assert changed.row_at(Place("division", 2)).given == {
        k: v for k, v in row.given.items() if k != "start_on"
    }
    back = {place: dossier.value_at(place) for place in places}
    assert changed.with_values(back) == dossier


# ---------------------------------------------------------------- choosing


def test_smallest_change_is_judged_at_once_shown_and_undone(run: ImportRun, firm: Firm) -> None:
    first = page_of(run)
    total = found(run, "A1")
    run = choose(run, total, FIX, firm)
    assert total.key not in {item.key for item in imports.items_found(run)}
    page = page_of(run)
    # The list keeps its length and its order; badges, counts and tabs follow.
    assert [item.key for item in page.told] == [item.key for item in first.told]
    assert (page.dealt_with, len(page.left)) == (1, len(first.told) - 1)
    assert (page.act, first.act) == (1, 2)
    assert page.tabs[3].count == first.tabs[3].count - 1
    [cell] = [cell for line in page.lines for cell in line.cells if cell.name == "C10"]
    assert (cell.was, cell.text, cell.weight) == ("77000", "68000", DONE)
    run = choose(run, total, OPEN, firm)
    assert found(run, "A1").key == total.key
    assert page_of(run).told == first.told
    assert not imports.choices_of(run)
    assert not Campaign.objects.exists()


def test_of_two_choices_at_one_cell_the_later_wins_and_the_former_is_told(run: ImportRun, firm: Firm) -> None:
    first = found(run, "A1")
    run = choose(run, first, FIX, firm)
    run = choose(run, found(run, "A2"), FIX, firm)
    # With 2,000 more the total of 68,000 is wrong again: another finding, with another change of the same cell.
    second = found(run, "A1")
    assert (second.stored, second.computed) == ("68,000.00", "70,000.00")
    run = choose(run, second, FIX, firm)
    became = imports.decisions(run)
    assert (became[first.key].became, became[second.key].became) == (Became.OVERRULED, Became.CHANGED)
    by = became[first.key].by
    assert by is not None
    assert by.item.key == second.key
    assert became[first.key].spot == Spot(BUDGET, "C10")
    assert changed_cells(imports.choices_of(run))[Spot(BUDGET, "C10")] == "70000"
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert cells_that_differ(campaign) == {
        Spot(BUDGET, "C9"): (5000, 7000), Spot(BUDGET, "C10"): (77000, 70000),
    }  # fmt: skip
    told = Entry.objects.filter(kind="campaigns.import_chosen").order_by("pk")
    assert [entry.data["cells"] for entry in told] == [
        [[BUDGET, "C9", "预算金额", "5000", "7000"]], [[BUDGET, "C10", "预算金额", "77000", "70000"]],
    ]  # fmt: skip


def test_undoing_the_later_choice_gives_the_former_back(run: ImportRun, firm: Firm) -> None:
    first = found(run, "C5", "F4")
    run = choose(run, first, "creative", firm)
    second = found(run, "C5", "F5")
    run = choose(run, second, "creative", firm)  # T1's end again, five days later still
    assert imports.decisions(run)[first.key].became is Became.OVERRULED
    run = choose(run, second, OPEN, firm)
    assert imports.decisions(run)[first.key].became is Became.CHANGED
    assert changed_cells(imports.choices_of(run))[Spot(SCHEDULE, "D2")] == "2024-07-25"


def test_kept_finding_that_another_choice_solves_is_told(run: ImportRun, firm: Firm) -> None:
    kept, changed = found(run, "C4", "I3"), found(run, "C8", "I6")
    run = choose(run, kept, KEEP, firm, "印刷由供应商另行交付。")
    assert imports.decisions(run)[kept.key].became is Became.KEPT
    before = imports.decisions(run)
    run = choose(run, changed, "division", firm)  # T4 is done, which both findings were about
    after = imports.decisions(run)
    assert after[kept.key].became is Became.SOLVED
    assert [one.choice.item.key for one in imports.lost(before, after)] == [kept.key]
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert not Ruling.objects.filter(subject=campaign.subject).exists()


def test_kept_finding_with_other_values_is_to_be_said_again(run: ImportRun, firm: Firm) -> None:
    kept = found(run, "C5", "F5")
    run = choose(run, kept, KEEP, firm, "内容规划随后确认。")
    run = choose(run, found(run, "C5", "F4"), "creative", firm)
    assert imports.decisions(run)[kept.key].became is Became.ALTERED
    assert found(run, "C5", "F5").key != kept.key


def test_refusals_change_nothing(run: ImportRun, firm: Firm) -> None:
    total, contingency = found(run, "A1"), found(run, "A2")
    refused: list[tuple[Item, str, str]] = [
        (contingency, KEEP, "  "), (total, KEEP, "有理由"), (total, "schedule", ""), (found(run, "C3"), FIX, ""),
    ]  # fmt: skip
    for item, choice, reason in refused:
        with pytest.raises(Invalid):
            choose(run, item, choice, firm, reason)
    with pytest.raises(WrongState):
        imports.choose(run=run, finding="0" * 16, choice=FIX, actor=firm.owner)
    run.refresh_from_db()
    assert run.choices == {}


def test_cell_that_could_not_be_read_is_replaced_with_its_finding(firm: Firm) -> None:
    run = hand_in(firm, example_with(lambda cells: cells[DIVISION][4].update({7: "七月底"})))
    assert any(item.spots == (Spot(DIVISION, "G4"),) for item in imports.items_found(run) if not item.is_rule)
    reading = imports._read(imports.content_of(run), run.unit, {}, lambda _share: None)
    task = found(run, "C5", "F4")
    changed = imports.with_choices(reading, [Choice(task, FIX)])
    assert {(f.sheet, f.cell) for f in reading.findings} - {(f.sheet, f.cell) for f in changed.findings} == {
        (CREATIVE, "F4")
    }


# ---------------------------------------------------------------- the campaign


@pytest.mark.req("GEN-08")
def test_campaign_has_what_was_chosen_and_nothing_else(run: ImportRun, firm: Firm) -> None:
    run = choose(run, found(run, "A1"), FIX, firm)
    run = choose(run, found(run, "C2"), FIX, firm)
    run = choose(run, found(run, "A9"), "budget", firm)
    run = choose(run, found(run, "C7", "F4"), FIX, firm)
    run = choose(run, found(run, "A2"), KEEP, firm, " 礼品已比价。 ")
    run = choose(run, found(run, "C5", "F4"), KEEP, firm, "渠道组合随方案逐步确认。")
    data = imports.content_of(run)
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert cells_that_differ(campaign) == {
        Spot(BUDGET, "C10"): (77000, 68000),
        Spot(DIVISION, "G4"): ("7.25", "2024-08-06"),
        Spot(DIVISION, "H4"): ("8.05", "2024-08-10"),
        Spot(DIVISION, "E6"): ("周", "赵立群"),  # the one colleague of that surname
        Spot(SCHEDULE, "F4"): ("物料设计", "物料设计启动"),
    }
    dossier = dossier_of(campaign)
    total = dossier.footer(LineRow)
    assert total is not None
    assert total.amount == Decimal(68000)
    row = dossier.rows(AssignmentRow)[2]
    assert (row.start_on, row.given.keys() & {"start_on", "end_on"}) == (date(2024, 8, 6), set())
    assert dossier.rows(AssignmentRow)[4].owner == dossier.rows(LineRow)[3].owner
    assert dossier.rows(TaskRow)[2].predecessors == ("物料设计启动",)
    # The file is the one that was handed in.
    [attachment] = Attachment.objects.filter(subject=campaign.subject)
    assert attachment.file.sha256 == run.file.sha256
    assert imports.content_of(run) == data == example.PATH.read_bytes()
    # Each change with before and after, each reason as a ruling that holds on the campaign's pages.
    entries = Entry.objects.filter(subject=campaign.subject, kind="campaigns.import_chosen").order_by("pk")
    assert [entry.data["rule"] for entry in entries] == ["R-BUD-02", "R-SCH-06", "K-A9", "R-SCH-02"]
    changes = str(Say.from_json(entries[1].data["changes"]))
    assert changes == f"{DIVISION} G4 7.25 → 2024-08-06、{DIVISION} H4 8.05 → 2024-08-10"
    assert all(entry.actor == firm.owner for entry in entries)
    rulings = {ruling.rule: ruling for ruling in Ruling.objects.filter(subject=campaign.subject)}
    assert {(r.rule, r.kind, r.reason) for r in rulings.values()} == {
        ("R-BUD-03", Ruling.Kind.EXCEPTION, "礼品已比价。"),
        ("R-SCH-06", Ruling.Kind.CONFIRMED, "渠道组合随方案逐步确认。"),
    }
    held = {judged.ruling for judged in findings_of(campaign.subject) if judged.ruling}
    assert held == set(rulings.values())
    open_ones = {judged.verdict.comment for judged in findings_of(campaign.subject) if judged.is_open}
    assert "A1" not in open_ones
    assert {"C1", "C7", "B6"} <= open_ones
    imported = Entry.objects.get(kind="campaigns.imported")
    assert imported.data["choices"] == 6
    with pytest.raises(WrongState):
        choose(run, found(run, "C1"), "creative", firm)


def test_reason_outlives_a_finding_that_history_no_longer_has(run: ImportRun, firm: Firm) -> None:
    [late] = [i for i in imports.items_found(run) if i.code == "R-DSH-02" and "C" not in i.comment][:1]
    run = choose(run, late, KEEP, firm, "按日追赶。")
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert Ruling.objects.get(subject=campaign.subject).reason == "按日追赶。"


def test_campaign_without_choices_is_the_workbook(run: ImportRun, firm: Firm) -> None:
    run = choose(run, found(run, "A1"), FIX, firm)
    run = choose(run, found(run, "A2"), FIX, firm)
    for choice in imports.choices_of(run):
        run = choose(run, choice.item, OPEN, firm)
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert cells_that_differ(campaign) == {}
    assert not Entry.objects.filter(kind="campaigns.import_chosen").exists()


def test_name_that_is_resolved_later_is_the_person_in_changed_cells_too(run: ImportRun, firm: Firm) -> None:
    run = choose(run, found(run, "A9"), FIX, firm)  # 礼品归周
    run = imports.choose_people(run=run, people={"周": firm.colleague.pk}, actor=firm.owner)
    assert "A9" not in {item.comment for item in imports.items_found(run)}
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert dossier_of(campaign).rows(LineRow)[3].owner == Person("周", firm.colleague.pk)
    with pytest.raises(WrongState):
        imports.forget_person(run=run, name="周", actor=firm.owner)


# ---------------------------------------------------------------- pages


@pytest.fixture
def owner(firm: Firm, client: Client) -> Client:
    client.force_login(firm.owner)
    return client


def test_page_takes_choices_with_and_without_scripts(run: ImportRun, owner: Client, firm: Firm) -> None:
    address = reverse("campaigns:import_choose", args=[run.pk])
    total, contingency = found(run, "A1"), found(run, "A2")
    plain = owner.post(address, {"finding": total.key, "choice": FIX, "sheet": "3"})
    assert plain.status_code == 302
    assert plain.url.startswith(f"{run.get_absolute_url()}?sheet=3#f")
    html = owner.get(plain.url).content.decode()
    assert "<del>77000</del> <ins>68000</ins>" in html
    assert '<td id="C10" data-level="done" class="num"' in html
    script = {"HX-Request": "true"}
    empty = owner.post(address, {"finding": contingency.key, "choice": KEEP, "sheet": "3"}, headers=script)
    assert empty.status_code == 422
    assert empty.context["wrong"]
    kept = owner.post(
        address,
        {"finding": contingency.key, "choice": KEEP, "reason": "已比价。", "sheet": "3"},
        headers=script,
    )
    assert kept.status_code == 200
    assert kept.context["opened"] == contingency.key
    assert (kept.context["dealt_with"], kept.context["told"]) == (2, len(kept.context["page"].told))
    assert f'<progress max="{kept.context["told"]}" value="2"' in kept.content.decode()
    run.refresh_from_db()
    across = owner.post(
        address, {"finding": found(run, "A9").key, "choice": "budget", "sheet": "3"}, headers=script
    )
    assert f'<option value="budget" selected>{BUDGET}</option>' in across.content.decode()
    # People count as well, and can be taken back.
    people = reverse("campaigns:import_people", args=[run.pk])
    owner.post(people, {"name": "周", "person": firm.colleague.pk})
    assert owner.get(run.get_absolute_url()).context["dealt_with"] == 4
    owner.post(people, {"name": "周", "undo": "1"})
    assert owner.get(run.get_absolute_url()).context["dealt_with"] == 3
    assert owner.post(address, {"finding": total.key}).status_code == 404
    assert owner.post(address, {"finding": "x", "choice": FIX}, headers=script).status_code == 409


def test_page_tells_what_a_choice_takes_the_place_of(run: ImportRun, owner: Client, firm: Firm) -> None:
    address = reverse("campaigns:import_choose", args=[run.pk])
    for cell in ("F4", "F5"):
        run.refresh_from_db()
        data = {"finding": found(run, "C5", cell).key, "choice": "creative", "sheet": "2"}
        response = owner.post(address, data, headers={"HX-Request": "true"})
        assert ("D2" in response.headers.get("HX-Trigger", "")) is (cell == "F5")
    [told] = [
        row["each"] for row in response.context["rows"] if row["each"].decided and row["each"].decided.by
    ]
    assert told.weight == DONE
    assert "R-SCH-06" in response.content.decode()


def test_choices_are_the_owners_and_end_with_the_campaign(run: ImportRun, owner: Client, firm: Firm) -> None:
    address, data = (
        reverse("campaigns:import_choose", args=[run.pk]),
        {"finding": found(run, "A1").key, "choice": FIX},
    )
    stranger = Client()
    stranger.force_login(firm.colleague)
    assert stranger.post(address, data).status_code == 404
    imports.create_from_workbook(run=run, actor=firm.owner)
    assert owner.post(address, data, headers={"HX-Request": "true"}).status_code == 409
    assert "import-choices" not in owner.get(run.get_absolute_url()).content.decode()


def test_a_workbook_is_gone_on_with_by_its_own_person_once_it_is_checked(run: ImportRun, firm: Firm) -> None:
    with pytest.raises(NotAllowed):
        imports.choose_people(run=run, people={}, actor=firm.colleague)
    ImportRun.objects.filter(pk=run.pk).update(checked_at=None)
    with pytest.raises(WrongState):
        imports.choose_people(run=run, people={}, actor=firm.owner)
    with pytest.raises(WrongState):
        imports.forget_person(run=run, name="张", actor=firm.owner)


def test_large_workbook_follows_the_same_choices(owner: Client, firm: Firm) -> None:
    def grow(cells: Any) -> None:
        task = cells[SCHEDULE][2]
        cells[SCHEDULE] |= {n: {**task, 1: f"筹备事项{n}"} for n in range(10, 520)}

    post(owner, firm, example_with(grow))
    run = ImportRun.objects.get()
    assert run_chunk(JobChunk.objects.get(job=run.job).pk)
    run.refresh_from_db()
    total = found(run, "A1")
    address = reverse("campaigns:import_choose", args=[run.pk])
    data = {"finding": total.key, "choice": FIX}
    assert (
        owner.post(address, data, headers={"HX-Request": "true"}).headers["HX-Redirect"]
        == run.get_absolute_url()
    )
    assert owner.post(address, data, headers={"HX-Request": "true"}).status_code == 409
    run.refresh_from_db()
    assert run_chunk(JobChunk.objects.get(job=run.job).pk)
    run.refresh_from_db()
    assert imports.decisions(run)[total.key].became is Became.CHANGED
    owner.post(reverse("campaigns:import_make", args=[run.pk]))
    run.refresh_from_db()
    assert run_chunk(JobChunk.objects.get(job=run.job).pk)
    stated = dossier_of(Campaign.objects.get()).footer(LineRow)
    assert stated is not None
    assert stated.amount == Decimal(68000)
    assert Entry.objects.filter(kind="campaigns.import_chosen").count() == 1
