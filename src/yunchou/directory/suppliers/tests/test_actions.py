"""The register: who sees and changes what, what is refused, what the journal keeps."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.directory.organisation.positions import FINANCE, MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers import actions, bank, references, selectors
from yunchou.directory.suppliers.actions.register import Details
from yunchou.directory.suppliers.exchange import Outcome
from yunchou.directory.suppliers.models import DocumentKind, Supplier, Supply
from yunchou.directory.suppliers.references import Reference, undeclared
from yunchou.directory.suppliers.tables import SUPPLIERS, SupplierLine
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.handovers import handovers
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.xlsx import read_workbook

from .factories import ACCOUNT, confirmed, make_code, make_supplier, paper

pytestmark = pytest.mark.django_db


def kinds_told(supplier: Supplier) -> list[str]:
    return [entry.kind for entry in JournalEntry.objects.filter(subject=supplier.subject).order_by("pk")]


def refused(field: str, words: str, **details: object) -> None:
    """Entering these details says `words` at `field`."""
    firm: Firm = details.pop("firm")
    given = {"name": "新供应商", "kinds": [Supply.PRINT], "credit_code": make_code(), **details}
    with pytest.raises(Invalid) as told:
        actions.add_supplier(unit=firm.east, details=Details(**given), actor=firm.owner)
    assert words in str(told.value.fields[field])


def test_a_group_supplier_is_seen_by_all_and_a_regional_one_by_its_region(firm: Firm) -> None:
    finance = firm.people[FINANCE]
    common = make_supplier(firm.group, finance, name="全国快印连锁")
    east = make_supplier(firm.east, firm.owner, name="杭州印务")

    def seen(person: User) -> set[str]:
        return set(Supplier.objects.visible_to(person).values_list("name", flat=True))

    assert seen(firm.colleague) == {"全国快印连锁", "杭州印务"}
    assert seen(firm.outsider) == {"全国快印连锁"}
    assert seen(finance) == {"全国快印连锁", "杭州印务"}
    assert seen(firm.nobody) == set()
    assert visible_subjects(firm.outsider).filter(pk=common.pk).exists(), "search and files reach it as well"
    for person, supplier in ((firm.owner, common), (firm.outsider, east), (firm.colleague, east)):
        with pytest.raises(NotAllowed):
            actions.block_supplier(supplier=supplier, reason="x", actor=person)
    moved = actions.move_supplier(supplier=east, unit=firm.group, actor=finance)
    assert seen(firm.outsider) == {"全国快印连锁", "杭州印务"}
    assert kinds_told(moved)[-1] == "suppliers.moved"
    with pytest.raises(Invalid):
        actions.move_supplier(supplier=moved, unit=firm.department("east"), actor=finance)


def test_faults_are_told_at_their_fields(firm: Firm) -> None:
    known = make_supplier(firm.east, firm.owner, name="广州市印象图文制作有限公司", account=ACCOUNT)
    hidden = make_supplier(firm.south, firm.outsider, name="深圳会展")
    refused("name", "Give the supplier's name", firm=firm, name="  ")
    refused("kinds", "Say what it supplies", firm=firm, kinds=["gold"])
    refused("credit_code", "Give the unified social credit code", firm=firm, credit_code="")
    refused("credit_code", "it would be “B”", firm=firm, credit_code="91330100799655058C")
    refused(
        "credit_code", "belongs to “广州市印象图文制作有限公司”", firm=firm, credit_code=known.credit_code
    )
    refused("credit_code", "in the register of 华南区域", firm=firm, credit_code=hidden.credit_code)
    refused("account", "8 to 32 figures", firm=firm, account="123")
    refused("tax_rate", "between 0 and 100", firm=firm, tax_rate=100)
    refused("is_other", "is registered already (the same name", firm=firm, name="广州印象图文制作")
    speaker = Details(name="王讲师", kinds=[Supply.SPEAKERS])
    assert actions.add_supplier(unit=firm.east, details=speaker, actor=firm.owner).credit_code == ""
    with pytest.raises(NotAllowed):
        actions.add_supplier(unit=firm.east, details=speaker, actor=firm.outsider)
    with pytest.raises(NotAllowed):
        actions.add_supplier(unit=firm.east, details=speaker, actor=firm.colleague)


@pytest.mark.req("SUP-06")
def test_accounts_are_sealed_and_every_look_is_told(firm: Firm) -> None:
    supplier = make_supplier(firm.east, firm.owner, account=f" {ACCOUNT} ", contact_phone="13812346677")
    other = make_supplier(firm.east, firm.owner, account=ACCOUNT)
    supplier.refresh_from_db()
    assert supplier.masked_account == "•••• 3445"
    assert ACCOUNT.encode() not in bytes(supplier.account_sealed)
    assert actions.show_bank_account(supplier=supplier, actor=firm.owner) == ACCOUNT
    assert selectors.same_account(supplier, firm.owner) == [other]
    with pytest.raises(NotAllowed):
        actions.show_bank_account(supplier=supplier, actor=firm.colleague)
    details = Details(name=supplier.name, kinds=supplier.supplies, credit_code=supplier.credit_code)
    actions.change_supplier(supplier=supplier, details=details, actor=firm.owner)
    assert actions.show_bank_account(supplier=supplier, actor=firm.owner) == ACCOUNT, "None leaves it"
    changed = Details(**{**vars(details), "account": "9558800011112222", "name": "另一个名字"})
    supplier = actions.change_supplier(supplier=supplier, details=changed, actor=firm.owner)
    assert supplier.subject.title == "另一个名字"
    gone = actions.change_supplier(
        supplier=supplier, details=Details(**{**vars(changed), "account": ""}), actor=firm.owner
    )
    with pytest.raises(WrongState):
        actions.show_bank_account(supplier=gone, actor=firm.owner)
    told = JournalEntry.objects.filter(subject=supplier.subject)
    shown = [entry.kind.removeprefix("suppliers.") for entry in told.order_by("pk")]
    assert shown == [
        "added",
        "bank_shown",
        "changed",
        "bank_shown",
        "changed",
        "bank_changed",
        "bank_changed",
    ]
    assert not [e for e in told if ACCOUNT in str(e.data) or "13812346677" in str(e.data)]


def test_papers_are_renewed_before_they_run_out(firm: Firm) -> None:
    supplier = confirmed(make_supplier(firm.east, firm.owner, account=ACCOUNT), firm.people[FINANCE])
    today = clock.today()
    far, near = today + timedelta(days=200), today + timedelta(days=12)
    licence = actions.add_document(
        supplier=supplier, kind=DocumentKind.LICENCE, upload=paper(), expires_on=far, actor=firm.owner
    )
    permit = actions.add_document(
        supplier=supplier,
        kind=DocumentKind.PERMIT,
        upload=paper("许可证.pdf"),
        expires_on=near,
        actor=firm.owner,
    )
    open_duties = Duty.objects.open().filter(subject=supplier.subject)
    assert [duty.key for duty in open_duties] == [permit.duty_key], "what is far away is not owed yet"
    assert [str(concern) for concern in selectors.concerns(supplier)] == [f"Trade permit runs out on {near}"]
    renewed = actions.add_document(
        supplier=supplier,
        kind=DocumentKind.PERMIT,
        upload=paper("许可证.pdf"),
        expires_on=far,
        replaces=permit,
        actor=firm.owner,
    )
    assert renewed.attachment.version == 2
    assert not open_duties.all().exists()
    with pytest.raises(WrongState):
        actions.remove_document(document=permit, actor=firm.owner)
    with pytest.raises(Invalid):
        actions.add_document(
            supplier=supplier,
            kind=DocumentKind.TAX,
            upload=paper(),
            expires_on=today - timedelta(days=1),
            actor=firm.owner,
        )
    with clock.at(far - timedelta(days=10)):
        assert actions.owe_renewals() == 2
        assert actions.owe_renewals() == 2, "again changes nothing"
        assert set(open_duties.values_list("key", flat=True)) == {licence.duty_key, renewed.duty_key}
        handovers["suppliers"].pass_on(firm.owner, firm.approver, firm.admin)
        assert set(open_duties.values_list("owner", flat=True)) == {firm.approver.pk}
        actions.remove_document(document=renewed, actor=firm.owner)
        assert open_duties.count() == 1
    with clock.at(far + timedelta(days=1)):
        assert "ran out" in str(selectors.why_not(supplier))
        assert not selectors.choosable(firm.owner).filter(pk=supplier.pk).exists()
    assert selectors.why_not(supplier) is None


def test_grades_and_blocks_decide_who_is_chosen(firm: Firm) -> None:
    supplier = make_supplier(firm.east, firm.owner)
    today = clock.today()
    actions.grade_supplier(
        supplier=supplier, grade="B", reason="按期交付", since=today - timedelta(days=30), actor=firm.owner
    )
    actions.grade_supplier(supplier=supplier, grade="D", reason="延期三天", actor=firm.owner)
    supplier.refresh_from_db()
    assert [entry.grade for entry in supplier.grades.all()] == ["D", "B"]
    assert "Graded D: 延期三天" in map(str, selectors.concerns(supplier))
    for wrong in ({"grade": "E"}, {"reason": " "}, {"since": today + timedelta(days=1)}):
        with pytest.raises(Invalid):
            actions.grade_supplier(
                **{"supplier": supplier, "grade": "A", "reason": "好", "actor": firm.owner, **wrong}
            )
    with pytest.raises(Invalid):
        actions.grade_supplier(
            supplier=supplier, grade="A", reason="好", since=today - timedelta(days=9), actor=firm.owner
        )
    assert list(selectors.choosable(firm.owner)) == [supplier], "a poor grade warns and does not refuse"
    actions.block_supplier(supplier=supplier, reason="虚开发票", actor=firm.owner)
    supplier.refresh_from_db()
    assert "虚开发票" in str(selectors.why_not(supplier))
    assert not selectors.choosable(firm.owner).exists()
    assert selectors.supplier_options("", firm.owner) == []
    with pytest.raises(WrongState):
        actions.block_supplier(supplier=supplier, reason="x", actor=firm.owner)
    actions.unblock_supplier(supplier=supplier, reason="已更正", actor=firm.owner)
    assert kinds_told(supplier)[1:] == [
        "suppliers.graded",
        "suppliers.graded",
        "suppliers.blocked",
        "suppliers.unblocked",
    ]


def test_merging_loses_nothing(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    director = firm.people[MARKETING_DIRECTOR]
    kept = make_supplier(firm.group, director, name="羊城图文", kinds=[Supply.PRINT])
    merged = make_supplier(
        firm.east, firm.owner, name="羊城快印", kinds=[Supply.SPEAKERS], credit_code="", account=ACCOUNT
    )
    near = clock.today() + timedelta(days=5)
    document = actions.add_document(
        supplier=merged, kind=DocumentKind.LICENCE, upload=paper(), expires_on=near, actor=firm.owner
    )
    actions.grade_supplier(supplier=merged, grade="A", reason="质量好", actor=firm.owner)
    moved: list[tuple[int, int]] = []
    reference = Reference(
        "tests.uses",
        "Uses",
        "suppliers.Supplier",
        "x",
        pass_on=lambda old, new, actor: moved.append((old.pk, new.pk)) or 3,
    )
    known = {**references.references._items, reference.key: reference}
    monkeypatch.setattr(references.references, "_items", known)
    with pytest.raises(NotAllowed):
        actions.merge_suppliers(kept=kept, merged=merged, reason="重复", actor=firm.owner)
    with pytest.raises(Invalid):
        actions.merge_suppliers(kept=kept, merged=kept, reason="重复", actor=director)
    actions.block_supplier(supplier=kept, reason="核查", actor=director)
    with pytest.raises(Invalid, match="is blocked"):
        actions.merge_suppliers(kept=kept, merged=merged, reason="重复", actor=director)
    actions.unblock_supplier(supplier=kept, reason="无误", actor=director)
    actions.merge_suppliers(kept=kept, merged=merged, reason="重复录入", actor=director)
    kept, merged = Supplier.objects.get(pk=kept.pk), Supplier.objects.get(pk=merged.pk)
    assert moved == [(merged.pk, kept.pk)]
    assert (merged.merged_into, kept.grade, set(kept.supplies)) == (
        kept,
        "A",
        {Supply.PRINT, Supply.SPEAKERS},
    )
    assert actions.show_bank_account(supplier=kept, actor=director) == ACCOUNT
    document.refresh_from_db()
    assert (document.supplier, document.attachment.subject) == (kept, kept.subject)
    assert Attachment.objects.visible_to(firm.outsider).filter(pk=document.attachment_id).exists()
    duty = Duty.objects.open().get(key=document.duty_key)
    assert (duty.subject, duty.owner) == (kept.subject, kept.keeper)
    assert selectors.same_as(kept) == {kept.pk, merged.pk}
    assert selectors.current(merged) == kept
    assert "choose that one" in str(selectors.why_not(merged))
    with pytest.raises(WrongState):
        actions.block_supplier(supplier=merged, reason="x", actor=director)
    third = make_supplier(firm.group, director, name="第三家")
    with pytest.raises(Invalid, match="two companies"):
        actions.merge_suppliers(kept=kept, merged=third, reason="重复", actor=director)
    monkeypatch.setattr(
        "yunchou.directory.suppliers.references.undeclared", lambda: ["quotes.Quote.supplier"]
    )
    with pytest.raises(ImproperlyConfigured, match=r"quotes\.Quote"):
        actions.merge_suppliers(kept=kept, merged=third, reason="重复", actor=director)


@pytest.mark.once
def test_every_foreign_key_to_suppliers_is_declared() -> None:
    """Whoever points to a supplier says in `supplier_references.py` what becomes of it in a merge."""
    assert undeclared() == []


def test_pickers_find_by_name_pinyin_and_code(firm: Firm) -> None:
    poor = make_supplier(firm.east, firm.owner, name="印象图文", kinds=[Supply.PRINT, Supply.SUPPLIES])
    good = make_supplier(firm.east, firm.owner, name="印捷快印")
    make_supplier(firm.south, firm.outsider, name="印度香料")
    actions.grade_supplier(supplier=poor, grade="C", reason="一般", actor=firm.owner)
    actions.grade_supplier(supplier=good, grade="A", reason="好", actor=firm.owner)

    def found(words: str, **how: object) -> list[str]:
        return [option.name for option in selectors.supplier_options(words, firm.owner, **how)]

    assert found("yin") == ["印捷快印", "印象图文"], "the better one first, those of others never"
    assert found("yxtw") == ["印象图文"]
    assert found("印xiang") == ["印象图文"]
    assert found(good.credit_code[:12].lower()) == ["印捷快印", "印象图文"]
    assert found("", kind=Supply.SUPPLIES) == ["印象图文"]


def test_a_list_goes_out_and_comes_back(firm: Firm) -> None:
    known = make_supplier(
        firm.east, firm.owner, name="杭州印务", account=ACCOUNT, contact_phone="13812346677", tax_rate=6
    )
    exported = actions.export_list(actor=firm.owner)
    again = actions.hand_in_list(upload=SimpleUploadedFile("名录.xlsx", exported), actor=firm.owner)
    assert [Outcome.from_json(line).result for line in again.lines] == ["same"]
    entry = JournalEntry.objects.filter(kind="suppliers.list_exported").get()
    assert entry.data == {"count": 1, "accounts": 1}
    sheet = read_workbook(exported).sheets[0]
    assert ACCOUNT in sheet.lines[2].values()

    from yunchou.directory.suppliers.exchange import write_list

    code = make_code()
    lines = [
        SupplierLine(
            name="杭州印务股份",
            credit_code=known.credit_code,
            account=bank.masked("3445"),
            tax_rate=Decimal(13),
        ),
        SupplierLine(name="宁波餐饮", credit_code=code, kinds=(Supply.CATERING,), unit="华东区域", grade="B"),
        SupplierLine(name="错误的", credit_code="91330100799655058C", kinds=(Supply.OTHER,), unit="华南区域"),
    ]
    handed = actions.hand_in_list(upload=SimpleUploadedFile("名录.xlsx", write_list(lines)), actor=firm.owner)
    outcomes = [Outcome.from_json(line) for line in handed.lines]
    assert [one.result for one in outcomes] == ["change", "new", "error"]
    assert "华东区域" in str(dict(outcomes[2].faults)["unit"])
    assert Supplier.objects.count() == 1, "looking writes nothing"
    with pytest.raises(WrongState):
        actions.apply_list(handed=handed, actor=firm.owner)
    assert Supplier.objects.count() == 1, "one fault, and nothing is written"
    handed = actions.hand_in_list(
        upload=SimpleUploadedFile("名录.xlsx", write_list(lines[:2])), actor=firm.owner
    )
    actions.apply_list(handed=handed, actor=firm.owner)
    known.refresh_from_db()
    assert (known.name, known.tax_rate, known.contact_phone) == ("杭州印务股份", 13, "13812346677")
    assert actions.show_bank_account(supplier=known, actor=firm.owner) == ACCOUNT, (
        "a masked account changes nothing"
    )
    assert Supplier.objects.get(credit_code=code).grade == "B"
    with pytest.raises(WrongState):
        actions.apply_list(handed=handed, actor=firm.owner)
    assert SUPPLIERS.is_sheet("供应商名录")
