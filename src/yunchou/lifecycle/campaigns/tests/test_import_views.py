"""The pages of an import, through HTTP: refusals write nothing, findings stand at their cells, one click makes a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.jobs.models import JobChunk
from yunchou.kernel.jobs.runner import run_chunk
from yunchou.kernel.sheets.raw import RawSheet, RawWorkbook
from yunchou.kernel.sheets.tests.test_xlsx import package, rows
from yunchou.kernel.sheets.write import write_raw
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.campaigns import imports
from yunchou.lifecycle.campaigns.import_models import ImportRun
from yunchou.lifecycle.campaigns.models import Campaign

from . import example_workbook as example
from .test_import import hand_in, upload

START = "campaigns:import_start"


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    with clock.at("2024-08-02T15:20"):
        yield


@pytest.fixture
def owner(firm: Firm, client: Client) -> Client:
    client.force_login(firm.owner)
    return client


def post(client: Client, firm: Firm, data: bytes, name: str = "活动.xlsx") -> Any:
    return client.post(reverse(START), {"workbook": upload(data, name), "unit": firm.department().pk})


def example_with(change: Callable[[dict[str, dict[int, dict[int, Any]]]], None]) -> bytes:
    """The example with cells changed: `change` gets sheets by name, lines by number, cells by column."""
    raw = read_workbook(example.PATH)
    cells = {sheet.name: {n: dict(line) for n, line in sheet} for sheet in raw.sheets}
    change(cells)
    return write_raw(RawWorkbook(tuple(RawSheet(name, lines) for name, lines in cells.items())))


REFUSED = {
    "not a workbook": (b"this is text", "不是"),
    "over 20 MB": (b"PK" + bytes(20 * 2**20), "20 MB"),
    "zip bomb": (package(parts={"xl/worksheets/sheet1.xml": bytes(30 * 2**20)}), "解压"),
    "a million columns": (
        package(rows('<row r="1"><c r="AAAAA1"><v>1</v></c></row>')), "列",
    ),
    "external links": (package(parts={"xl/externalLinks/externalLink1.xml": "<x/>"}), "链接"),
    "empty": (b"", "空"),
}  # fmt: skip


@pytest.mark.req("GEN-08")
@pytest.mark.parametrize("what", REFUSED)
def test_file_that_is_not_taken_in_is_refused_in_words_with_nothing_written(
    what: str, owner: Client, firm: Firm
) -> None:
    data, word = REFUSED[what]
    response = post(owner, firm, data)
    assert response.status_code == 422
    assert word in response.content.decode()
    assert [model for model in (ImportRun, StoredFile, Campaign) if model.objects.exists()] == []


@pytest.mark.req("GEN-08")
def test_wrong_declared_range_loses_no_row(owner: Client, firm: Firm) -> None:
    lines = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 41))
    data = package(f'<dimension ref="A1:A2"/>{rows(lines)}')
    response = post(owner, firm, data)
    assert response.status_code == 302
    page = owner.get(response.url + "?list=all").content.decode()
    assert 'id="A40"' in page
    assert "wrong_range" in {item.code for item in imports.items_found(ImportRun.objects.get())}


@pytest.mark.req("GEN-08")
def test_formula_is_a_finding_and_never_evaluated(owner: Client, firm: Firm) -> None:
    data = package(rows('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'))
    post(owner, firm, data)
    [item] = [item for item in imports.items_found(ImportRun.objects.get()) if item.code == "formula"]
    assert (item.stored, item.spots[0].cell) == ("=1+1", "A1")


def test_review_shows_each_contradiction_at_its_cell(owner: Client, firm: Firm) -> None:
    response = post(owner, firm, example.PATH.read_bytes())
    page = owner.get(response.url)
    assert page.context["page"].sheet.name == "预算明细表"
    html = page.content.decode()
    assert '<td id="C10" data-level="act" class="num"' in html
    assert "R-BUD-02 · 004 二(三)" in html
    assert "77,000.00" in html
    assert "68,000.00" in html
    assert len(page.context["page"].across) >= 15
    everything = owner.get(response.url + "?sheet=5&list=all")
    assert everything.context["page"].sheet.name == "执行甘特图"
    assert len(everything.context["rows"]) == len(everything.context["page"].told)


def test_one_click_makes_the_draft(owner: Client, firm: Firm) -> None:
    run = hand_in(firm)
    response = owner.post(reverse("campaigns:import_make", args=[run.pk]))
    campaign = Campaign.objects.get()
    assert (response.status_code, response.url) == (302, campaign.get_absolute_url())
    again = owner.post(reverse("campaigns:import_make", args=[run.pk]))
    assert again.status_code in (302, 409)
    assert Campaign.objects.count() == 1
    assert owner.get(run.get_absolute_url()).status_code == 200


@pytest.mark.req("GEN-08")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda cells: cells.pop("活动概况"), "missing_sheet"),
        (lambda cells: cells["预算明细表"][1].pop(3), "missing_column"),
        (lambda cells: cells["执行甘特图"][3].pop(1), "missing"),
        (lambda cells: cells["活动概况"][10].update({2: "哪一天"}), "not_date"),
    ],
)
def test_row_that_cannot_be_used_comes_back_marked_and_makes_nothing(
    change: Any, code: str, owner: Client, firm: Firm
) -> None:
    response = post(owner, firm, example_with(change))
    run = ImportRun.objects.get()
    stopping = [item for item in imports.items_found(run) if item.stops]
    assert stopping
    assert owner.post(reverse("campaigns:import_make", args=[run.pk])).status_code in (302, 422)
    assert not Campaign.objects.exists()
    marked = owner.get(reverse("campaigns:import_marked", args=[run.pk]))
    sheets = {sheet.name: sheet for sheet in read_workbook(marked.content).sheets}
    told = [cell for _n, line in sheets["导入问题"] for cell in line.values()]
    assert str(stopping[0].message) in told
    assert owner.get(response.url).status_code == 200


def test_cells_that_cannot_be_read_stay_as_their_own_text(owner: Client, firm: Firm) -> None:
    def spoil(cells: Any) -> None:
        cells["预算明细表"][3][3] = "待定"
        cells["执行甘特图"][4][4] = "7.32"
        cells["执行甘特图"][4][9] = "额外"
        cells["备忘"] = {1: {1: "没有表认识这张"}}

    data = example_with(spoil)
    post(owner, firm, data)
    run = ImportRun.objects.get()
    levels = {(item.code, item.spots[0].cell): item.weight for item in imports.items_found(run)}
    assert any(cell == "C3" and weight == "act" for (_code, cell), weight in levels.items())
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    assert read_workbook(imports.workbook_of(campaign)) == read_workbook(data)


def test_large_workbook_is_checked_and_made_in_the_background(owner: Client, firm: Firm) -> None:
    def grow(cells: Any) -> None:
        task = cells["执行甘特图"][2]
        cells["执行甘特图"] |= {n: {**task, 1: f"筹备事项{n}"} for n in range(10, 620)}

    response = post(owner, firm, example_with(grow))
    run = ImportRun.objects.get()
    waiting = owner.get(response.url)
    assert "campaigns/import_progress.html" in {template.name for template in waiting.templates}
    assert run_chunk(JobChunk.objects.get(job=run.job).pk)
    assert owner.get(response.url).context["page"].told
    owner.post(reverse("campaigns:import_make", args=[run.pk]))
    run.refresh_from_db()
    assert run.job is not None
    assert run_chunk(JobChunk.objects.get(job=run.job).pk)
    run.job.refresh_from_db()
    campaign = Campaign.objects.get()
    assert run.job.result["address"] == campaign.get_absolute_url()


def test_person_is_chosen_on_the_page(owner: Client, firm: Firm) -> None:
    run = hand_in(firm)
    address = reverse("campaigns:import_people", args=[run.pk])
    response = owner.post(address, {"name": "周", "person": firm.colleague.pk, "sheet": "3"})
    assert response.url.endswith("?sheet=3")
    run.refresh_from_db()
    assert imports.chosen_people(run) == {"周": firm.colleague.pk}
    assert owner.post(address, {"name": "周", "person": "x"}).status_code == 404


def test_template_and_export_are_workbooks(owner: Client, firm: Firm) -> None:
    template = read_workbook(owner.get(reverse("campaigns:template")).content)
    assert [sheet.name for sheet in template.sheets][:13] == [table.sheet for table in example.TABLES]
    campaign = imports.create_from_workbook(run=hand_in(firm), actor=firm.owner)
    response = owner.get(reverse("campaigns:export", args=[campaign.pk]))
    assert "attachment" in response["Content-Disposition"]
    assert read_workbook(response.content) == read_workbook(example.PATH)


def test_strangers_see_nothing(client: Client, firm: Firm) -> None:
    run = hand_in(firm)
    campaign = imports.create_from_workbook(run=run, actor=firm.owner)
    pages = [
        reverse("campaigns:import_review", args=[run.pk]), reverse("campaigns:import_marked", args=[run.pk]),
        reverse("campaigns:import_original", args=[run.pk]), reverse("campaigns:export", args=[campaign.pk]),
    ]  # fmt: skip
    assert {client.get(page).status_code for page in pages} == {302}
    client.force_login(firm.outsider)
    assert {client.get(page).status_code for page in pages} == {404}
    assert client.post(reverse("campaigns:import_make", args=[run.pk])).status_code == 404
    client.force_login(firm.nobody)
    assert client.get(reverse(START), headers={"Accept": "text/html"}).status_code == 403
