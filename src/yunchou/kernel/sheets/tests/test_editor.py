"""Tables edited in place: rights, locks, what cannot be read, what somebody else changed, fixes and rulings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.registry import rules
from yunchou.kernel.rules.selectors import Judged, with_rulings
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict
from yunchou.kernel.subjects.models import Subject

from .. import editor
from ..columns import Choices, Number
from ..editor import Stale, Whole, apply_fix, delete_row, move_row, rule_on_finding, save_footer, save_row
from ..forms import RowForm, YuanField
from ..table import Row, Table
from ..typed import digest, with_cells
from ..values import Context as Reading
from ..values import Person
from .toys import COSTS, CostRow, make_toy, memory, shelf

KEPT: Any = None


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(editor, "BOOK", "toys")
    global KEPT
    KEPT = editor.book().find("costs")
    shelf.clear()
    yield
    shelf.clear()


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


@pytest.fixture
def toy(firm: Firm) -> Subject:
    return make_toy(firm.department(), firm.owner, firm.colleague)


def first(subject: Subject) -> CostRow:
    return memory.load(subject)[0]


def entry() -> JournalEntry:
    return JournalEntry.objects.latest("pk")


def verdict(**more: Any) -> Verdict:
    place = Place("costs", 0, "amount")
    given = {
        "passed": False,
        "reason": Say("Too little."),
        "at": (place,),
        "fix": Fix(Say("Set it to 9,000."), {place: Decimal("9000.00")}),
        "rule_id": next(iter(rules)).id,
        "severity": BLOCK,
    }
    return Verdict(**{**given, **more})


def told(subject: Subject, *verdicts: Verdict) -> None:
    class Fresh(list):
        """Rulings are looked up anew each time, as a real kind does."""

        def __iter__(self) -> Iterator[Judged]:
            return iter(with_rulings(verdicts, subject))

    shelf.findings[subject.pk] = Fresh()


# ---------------------------------------------------------------- rows


def test_save_row_writes_and_tells_before_and_after(toy, firm):
    save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"amount": "1.5万"}, actor=firm.owner)
    assert first(toy).amount == Decimal("15000.00")
    said = entry()
    assert said.kind == "sheets.row_changed"
    assert said.data["cells"] == {"amount": ["12,000", "15,000"]}
    assert said.data["changes"] == "金额 12,000 → 15,000"
    assert shelf.told == [toy.pk]


def test_typed_numbers_become_numbers_in_the_workbook(toy, firm):
    save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"amount": "13,500"}, actor=firm.owner)
    assert "amount" not in first(toy).given


def test_untouched_cells_keep_what_was_given(toy, firm):
    second = memory.load(toy)[1]
    save_row(
        subject=toy, kept=KEPT, pk=second.pk, cells={"item": "展架 A", "amount": "1千"}, actor=firm.owner
    )
    assert memory.load(toy)[1].given == {"amount": "1千"}


def test_nothing_changed_is_not_journalled(toy, firm):
    before = JournalEntry.objects.count()
    save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"amount": "12000"}, actor=firm.owner)
    assert JournalEntry.objects.count() == before


def test_new_row_needs_its_required_cells(toy, firm):
    with pytest.raises(Invalid) as refused:
        save_row(subject=toy, kept=KEPT, pk=None, cells={"group": "人力", "amount": "lots"}, actor=firm.owner)
    assert set(refused.value.fields) == {"item", "amount"}
    assert len(memory.load(toy)) == 2


def test_new_row_is_the_last(toy, firm):
    save_row(subject=toy, kept=KEPT, pk=None, cells={"item": "礼品", "amount": "500"}, actor=firm.owner)
    assert memory.load(toy)[-1].item == "礼品"
    assert entry().kind == "sheets.row_added"


def test_people_are_picked_by_id_or_typed_by_name(toy, firm):
    cells = {"owner": str(firm.colleague.pk), "helpers": f"{firm.owner.name}、{firm.colleague.pk}"}
    save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells=cells, actor=firm.owner)
    row = first(toy)
    assert (row.owner.id, row.owner.name) == (firm.colleague.pk, firm.colleague.name)
    assert [person.id for person in row.helpers] == [firm.owner.pk, firm.colleague.pk]


def test_who_stays_is_still_called_as_the_row_called_them(toy, firm):
    save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"owner": str(firm.owner.pk)}, actor=firm.owner)
    assert first(toy).owner.name == "张"


def test_whole_team_and_nobody(toy, firm):
    save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"owner": "全团队"}, actor=firm.owner)
    assert first(toy).owner.is_team
    save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"owner": ""}, actor=firm.owner)
    assert first(toy).owner is None
    with pytest.raises(Invalid):
        save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"owner": "无此人"}, actor=firm.owner)


def test_without_right_or_while_locked_nothing_is_written(toy, firm):
    row = first(toy)
    with pytest.raises(NotAllowed):
        save_row(subject=toy, kept=KEPT, pk=row.pk, cells={"amount": "1"}, actor=firm.colleague)
    shelf.locks[toy.pk] = Say("In approval.")
    with pytest.raises(WrongState, match="In approval"):
        save_row(subject=toy, kept=KEPT, pk=row.pk, cells={"amount": "1"}, actor=firm.owner)
    assert first(toy) == row


def test_changed_meanwhile_is_stale(toy, firm):
    seen = digest(COSTS, first(toy))
    pk = first(toy).pk
    save_row(subject=toy, kept=KEPT, pk=pk, cells={"amount": "1"}, actor=firm.owner, seen=seen)
    with pytest.raises(Stale) as stale:
        save_row(subject=toy, kept=KEPT, pk=pk, cells={"amount": "2"}, actor=firm.owner, seen=seen)
    assert stale.value.row.amount == Decimal("1.00")
    with pytest.raises(Stale):
        delete_row(subject=toy, kept=KEPT, pk=pk, actor=firm.owner, seen=seen)
    assert first(toy).amount == Decimal("1.00")


def test_delete_and_move_are_journalled(toy, firm):
    one, two = memory.load(toy)
    move_row(subject=toy, kept=KEPT, pk=two.pk, position=1, actor=firm.owner)
    assert [row.pk for row in memory.load(toy)] == [two.pk, one.pk]
    assert (entry().kind, entry().data["place"]) == ("sheets.row_moved", 1)
    delete_row(subject=toy, kept=KEPT, pk=one.pk, actor=firm.owner)
    assert [row.pk for row in memory.load(toy)] == [two.pk]
    assert entry().data["cells"]["amount"] == ["12,000", ""]


def test_footer_is_stated_and_taken_back(toy, firm):
    save_footer(subject=toy, kept=KEPT, cells={"amount": "77000"}, actor=firm.owner)
    assert shelf.footers[toy.pk].amount == Decimal("77000.00")
    save_footer(subject=toy, kept=KEPT, cells={"amount": ""}, actor=firm.owner)
    assert shelf.footers[toy.pk] is None
    assert entry().kind == "sheets.footer_changed"


def test_table_without_row_store_is_saved_as_a_whole(toy, firm):
    whole = Whole(KEPT)
    whole.move(toy, memory.load(toy)[1].pk, 1, actor=firm.owner)
    assert first(toy).item == "展架"
    whole.save_row(toy, CostRow(item="新", amount=Decimal(1)), actor=firm.owner)
    whole.delete_row(toy, first(toy).pk, actor=firm.owner)
    assert [row.item for row in memory.load(toy)] == ["加班费", "新"]


# ---------------------------------------------------------------- findings


def test_apply_fix_writes_its_values_and_totals(toy, firm):
    total = Place("costs", None, "amount")
    found = verdict(fix=Fix(Say("Both."), {Place("costs", 1, "amount"): Decimal(3), total: Decimal(15003)}))
    apply_fix(subject=toy, verdict=found, actor=firm.owner)
    assert memory.load(toy)[1].amount == Decimal("3.00")
    assert shelf.footers[toy.pk].amount == Decimal("15003.00")
    assert entry().kind == "sheets.fix_applied"
    assert "1,000 → 3" in entry().sentence


def test_apply_fix_refuses_words_without_values_and_people_without_right(toy, firm):
    with pytest.raises(WrongState):
        apply_fix(subject=toy, verdict=verdict(fix=Fix(Say("Think."))), actor=firm.owner)
    with pytest.raises(NotAllowed):
        apply_fix(subject=toy, verdict=verdict(), actor=firm.colleague)


def test_ruling_needs_the_right_and_knows_exceptions(toy, firm):
    with pytest.raises(NotAllowed):
        rule_on_finding(subject=toy, verdict=verdict(severity=WARN), reason="ok", actor=firm.colleague)
    with pytest.raises(WrongState):
        rule_on_finding(subject=toy, verdict=verdict(), reason="please", actor=firm.owner)
    allowed = verdict(exception_allowed=True)
    assert (
        rule_on_finding(subject=toy, verdict=allowed, reason="x", actor=firm.owner).kind
        == Ruling.Kind.EXCEPTION
    )
    shelf.locks[toy.pk] = Say("In approval.")
    with pytest.raises(WrongState):
        rule_on_finding(subject=toy, verdict=allowed, reason="x", actor=firm.owner)


# ---------------------------------------------------------------- pages

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(name: str, *args: Any) -> str:
    return reverse(f"sheets:{name}", args=args)


def test_pages_are_guarded(toy, firm, client: Client):
    pk = first(toy).pk
    for name, args in {"table": (), "row_add": (), "row_edit": (pk,), "footer_edit": ()}.items():
        address = url(name, toy.pk, "costs", *args)
        client.logout()
        assert client.get(address).status_code == 302
        client.force_login(firm.outsider)
        assert client.get(address).status_code == 404
        client.force_login(firm.colleague)
        assert client.get(address).status_code == (200 if name == "table" else 403)
        client.force_login(firm.owner)
        assert client.get(address).status_code == 200
    assert client.get(url("table", toy.pk, "nothing")).status_code == 404
    for name in ("row_delete", "row_move"):
        assert client.get(url(name, toy.pk, "costs", pk)).status_code == 405
        client.force_login(firm.colleague)
        assert client.post(url(name, toy.pk, "costs", pk), {"place": "1"}, **HTMX).status_code == 403
        client.force_login(firm.owner)


def test_saved_row_answers_with_the_table(toy, firm, client: Client):
    client.force_login(firm.owner)
    row = first(toy)
    data = {
        "item": "加班费",
        "group": "人力",
        "amount": "13000",
        "owner": str(firm.owner.pk),
        "seen": digest(COSTS, row),
    }
    answer = client.post(url("row_edit", toy.pk, "costs", row.pk), data, **HTMX)
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#sheet-costs"
    assert "sheets:changed" in json.loads(answer["HX-Trigger"])
    assert "13,000" in answer.content.decode()


def test_unreadable_cell_is_422_and_keeps_what_was_typed(toy, firm, client: Client):
    client.force_login(firm.owner)
    data = {"item": "新项目", "amount": "很多"}
    answer = client.post(url("row_add", toy.pk, "costs"), data, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "新项目" in page
    assert "很多" in page
    assert "field-error" in page


def test_stale_row_is_409_with_both_texts(toy, firm, client: Client):
    client.force_login(firm.owner)
    row = first(toy)
    save_row(subject=toy, kept=KEPT, pk=row.pk, cells={"amount": "777"}, actor=firm.owner)
    data = {
        "item": "加班费",
        "group": "人力",
        "amount": "888",
        "owner": str(firm.owner.pk),
        "seen": digest(COSTS, row),
    }
    answer = client.post(url("row_edit", toy.pk, "costs", row.pk), data, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "888" in page
    assert "777" in page
    assert digest(COSTS, first(toy)) in page
    assert first(toy).amount == Decimal("777.00")


def test_what_is_typed_is_refused_where_a_file_is_rounded(toy, firm, client: Client):
    assert COSTS.by_key["amount"].parse("1.234").value == Decimal("1.23")
    for given, said in (
        ("1.234", "最多两位小数"),
        ("-4", "小于零"),
        ("", "此项必填"),
    ):
        with pytest.raises(Invalid) as refused:
            save_row(subject=toy, kept=KEPT, pk=first(toy).pk, cells={"amount": given}, actor=firm.owner)
        assert said in str(refused.value.fields["amount"]), given
    client.force_login(firm.owner)
    answer = client.post(
        url("row_add", toy.pk, "costs"), {"item": "伴手礼", "amount": "1.234", "notes": "三行"}, **HTMX
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("伴手礼", "1.234", "三行", "最多两位小数", "请先改正标出的内容"):
        assert kept in page, kept
    # A form of no table reads amounts by the same words.
    field = YuanField(required=False)
    assert (field.clean("1,000,000"), field.clean("12万"), field.clean(" ")) == (1_000_000, 120_000, None)
    for given in ("1.234", "-4", "USD 100"):
        with pytest.raises(ValidationError):
            field.clean(given)
    number = Number("share", "占比", "Share", places=2)
    assert [finding.code for finding in number.parse("12.345").findings] == ["too_fine"]
    assert number.parse("12.34").value == Decimal("12.34")


def test_several_words_are_ticked_and_a_new_row_may_begin_with_something(toy, firm, client, monkeypatch):
    column = Choices("kinds", "类别", "Kinds", words={"人力": "people", "物料": "goods", "渠道": "media"})

    @dataclass(frozen=True, kw_only=True)
    class KindRow(Row):
        kinds: tuple[str, ...] = ()

    table = Table(key="kinds", sheet="类别", title="Kinds", row=KindRow, columns=(column,))
    form = RowForm(table, KindRow(kinds=("people", "media")), toy, Reading())
    assert form["kinds"].value() == ["人力", "渠道"]
    assert str(form["kinds"]).count('type="checkbox"') == 3
    typed = RowForm(table, KindRow(), toy, Reading(), QueryDict("kinds=人力&kinds=渠道"))
    found = with_cells(table, KindRow(), typed.cells, Reading())
    assert (found.row.kinds, found.row.given) == (("people", "media"), {})
    begun = replace(KEPT, begin=lambda subject: CostRow(group=f"第{subject.pk}组"))
    monkeypatch.setattr("yunchou.kernel.sheets.views.find_table", lambda *_args: begun)
    client.force_login(firm.owner)
    assert f"第{toy.pk}组" in client.get(url("row_add", toy.pk, "costs"), **HTMX).content.decode()


def test_a_locked_table_offers_no_change(toy, firm, client: Client):
    client.force_login(firm.owner)
    told(toy, found := verdict(exception_allowed=True))
    for lock, is_offered in ((None, True), (Say("In approval."), False)):
        shelf.locks.clear()
        if lock:
            shelf.locks[toy.pk] = lock
        card = client.get(url("findings", toy.pk), {"tables": "costs"}).content.decode()
        assert "Too little." in card
        assert (url("fix_apply", toy.pk, found.fingerprint) in card) is is_offered
        assert (url("finding_rule", toy.pk, found.fingerprint) in card) is is_offered


def test_locked_table_is_409(toy, firm, client: Client):
    shelf.locks[toy.pk] = Say("In approval.")
    client.force_login(firm.owner)
    assert (
        client.post(url("row_add", toy.pk, "costs"), {"item": "x", "amount": "1"}, **HTMX).status_code == 409
    )
    page = client.get(url("table", toy.pk, "costs")).content.decode()
    assert "In approval." in page
    assert "row_add" not in page
    assert "/add/" not in page


def test_finding_is_shown_at_its_cell_applied_and_ruled_on(toy, firm, client: Client):
    client.force_login(firm.owner)
    told(toy, found := verdict(exception_allowed=True), verdict(severity=WARN, reason=Say("Look."), fix=None))
    page = client.get(url("table", toy.pk, "costs")).content.decode()
    assert page.count('data-level="act"') >= 1
    assert "Too little." in page
    card = client.get(url("findings", toy.pk), {"tables": "costs"}).content.decode()
    assert url("fix_apply", toy.pk, found.fingerprint) in card
    assert client.post(url("fix_apply", toy.pk, found.fingerprint), **HTMX).status_code == 204
    assert first(toy).amount == Decimal("9000.00")
    rule = url("finding_rule", toy.pk, found.fingerprint)
    assert client.get(rule, **HTMX).status_code == 200
    assert client.post(rule, {"reason": ""}, **HTMX).status_code == 422
    answer = client.post(rule, {"reason": "季末库存"}, **HTMX)
    assert answer.status_code == 204
    # The dialog goes last: events rise from the form that closing it takes away.
    assert list(json.loads(answer["HX-Trigger"])) == ["toast", "sheets:fixed", "dialog:close"]
    assert "季末库存" in client.get(url("findings", toy.pk), {"tables": "costs"}).content.decode()
    assert client.post(rule, {"reason": "again"}, **HTMX).status_code == 409


def test_readers_see_findings_without_buttons(toy, firm, client: Client):
    client.force_login(firm.colleague)
    told(toy, verdict())
    card = client.get(url("findings", toy.pk), {"tables": "costs"}).content.decode()
    assert "Too little." in card
    assert "hx-post" not in card
    assert "Too little." not in client.get(url("findings", toy.pk), {"tables": "goals"}).content.decode()


def test_tags_draw_table_and_card(toy, firm):
    request = RequestFactory().get("/")
    request.user = firm.owner
    told(toy, verdict())
    source = '{% load sheets %}{% table_editor "costs" toy group_by="group" %}{% findings_card toy tables="costs" %}'
    page = Template(source).render(Context({"request": request, "toy": toy}))
    assert page.count('<tr class="group">') == 2
    assert "group_by=group" in page
    assert 'id="findings-costs"' in page
    assert "13,000" in page


def test_empty_table_invites(toy, firm, client: Client):
    shelf.rows[toy.pk] = []
    client.force_login(firm.owner)
    assert "empty-row" in client.get(url("table", toy.pk, "costs")).content.decode()


def test_table_asks_no_more_queries_for_more_rows(toy, firm, client: Client, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(firm.owner)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(url("table", toy.pk, "costs"))
        return len(queries)

    asked()
    few = asked()
    memory.save(
        toy,
        [CostRow(item=f"{n}", amount=Decimal(n), owner=Person("", firm.owner.pk)) for n in range(20)],
        actor=None,
    )
    assert asked() <= few + 1
