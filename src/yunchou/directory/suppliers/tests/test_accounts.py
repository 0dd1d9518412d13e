"""Bank accounts: four eyes before one is paid to, lists that reach no further than their reader, workbooks kept encrypted."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.directory.suppliers import actions
from yunchou.directory.suppliers.actions.register import Details
from yunchou.directory.suppliers.exchange import write_list
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.directory.suppliers.selectors import payable_account, supplier_stamp
from yunchou.directory.suppliers.tables import SupplierLine
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.journal.models import JournalEntry

from .factories import ACCOUNT, confirmed, make_code, make_supplier

pytestmark = pytest.mark.django_db
OTHER = "6228480000000000001"


def details_of(supplier: Supplier, **fields: object) -> Details:
    known = Details(
        name=supplier.name, kinds=supplier.supplies, credit_code=supplier.credit_code, bank_name=supplier.bank_name
    )  # fmt: skip
    return replace(known, **fields)


def test_an_account_is_paid_to_once_a_second_person_has_confirmed_it(firm: Firm) -> None:
    finance = firm.people[FINANCE]
    supplier = make_supplier(firm.east, firm.owner, account=ACCOUNT, bank_name="工行")
    known = payable_account(supplier)
    assert known is not None
    assert (known.label, known.by, known.entered_by) == (
        "工行 •••• 3445",
        firm.owner,
        frozenset([firm.owner.pk]),
    )
    assert "a second person has to" in str(known.obstacle)
    confirm = {"supplier": supplier, "account": "6222 0202 0011 2233 445"}
    for person in (firm.owner, firm.colleague):
        with pytest.raises(NotAllowed):
            actions.confirm_account(**confirm, actor=person)
    with pytest.raises(Invalid) as refused:
        actions.confirm_account(supplier=supplier, account=OTHER, actor=finance)
    assert set(refused.value.fields) == {"account"}
    supplier = actions.confirm_account(**confirm, actor=finance)
    known = payable_account(supplier)
    assert known is not None
    assert (known.obstacle, known.confirmed_by) == (None, finance)
    with pytest.raises(WrongState):
        actions.confirm_account(**confirm, actor=finance)
    told = JournalEntry.objects.get(kind="suppliers.bank_confirmed")
    assert ACCOUNT not in str(told.data)

    # What else is changed leaves it confirmed; another account has to be confirmed anew, by somebody else again.
    supplier = actions.change_supplier(
        supplier=supplier, details=details_of(supplier, note="加急"), actor=finance
    )
    assert supplier.is_account_confirmed
    supplier = actions.change_supplier(
        supplier=supplier, details=details_of(supplier, account=OTHER), actor=finance
    )
    assert not supplier.is_account_confirmed
    with pytest.raises(NotAllowed):
        actions.confirm_account(supplier=supplier, account=OTHER, actor=finance)
    twin = make_supplier(
        firm.east, firm.owner, name=supplier.name + "二店", credit_code="", kinds=[Supply.SPEAKERS]
    )
    actions.merge_suppliers(kept=twin, merged=supplier, reason="同一家", actor=finance)
    twin.refresh_from_db()
    assert (twin.account_by, twin.is_account_confirmed) == (finance, False)
    assert payable_account(confirmed(twin, firm.owner)).obstacle is None
    supplier = actions.change_supplier(
        supplier=twin, details=replace(details_of(twin), account=""), actor=finance
    )
    assert payable_account(supplier) is None


def test_the_page_asks_the_second_person_alone(firm: Firm, client: Client) -> None:
    supplier = make_supplier(firm.east, firm.owner, account=ACCOUNT)
    address = reverse("suppliers:account_confirm", args=[supplier.pk])
    client.force_login(firm.owner)
    page = client.get(supplier.get_absolute_url()).content.decode()
    assert firm.owner.name in page
    assert address not in page
    client.force_login(firm.people[FINANCE])
    assert address in client.get(supplier.get_absolute_url()).content.decode()
    wrong = client.post(address, {"account": OTHER})
    assert wrong.status_code == 422
    assert "field-error" in wrong.content.decode()
    assert client.post(address, {"account": ACCOUNT}).status_code == 302
    page = client.get(supplier.get_absolute_url()).content.decode()
    assert address not in page
    assert firm.people[FINANCE].name in page


def test_an_older_window_does_not_put_an_account_back(firm: Firm, client: Client) -> None:
    supplier = make_supplier(firm.east, firm.owner, account=ACCOUNT)
    client.force_login(firm.people[FINANCE])
    typed = {
        "name": supplier.name, "credit_code": supplier.credit_code, "kinds": ["print"], "keeper": supplier.keeper_id,
        "seen": supplier_stamp(supplier), "account": "",
    }  # fmt: skip
    address = reverse("suppliers:supplier_change", args=[supplier.pk])
    actions.change_supplier(supplier=supplier, details=details_of(supplier, account=OTHER), actor=firm.owner)
    assert client.post(address, typed | {"account": ACCOUNT}).status_code == 409
    supplier.refresh_from_db()
    assert supplier.account_tail == OTHER[-4:]
    fresh = {"seen": supplier_stamp(Supplier.objects.get(pk=supplier.pk))}
    assert client.post(address, typed | fresh).status_code == 302


def test_a_list_changes_what_its_reader_sees_alone(firm: Firm) -> None:
    supplier = make_supplier(firm.east, firm.owner, account=ACCOUNT)
    regional = staff("区财务", firm.south, FINANCE, username="southfin")
    assert not Supplier.objects.visible_to(regional).filter(pk=supplier.pk).exists()
    line = SupplierLine(
        name=supplier.name, credit_code=supplier.credit_code, kinds=(Supply.PRINT,), account=OTHER,
        unit=firm.south.name,
    )  # fmt: skip
    handed = actions.hand_in_list(upload=ContentFile(write_list([line]), name="a.xlsx"), actor=regional)
    with pytest.raises(WrongState, match="faults"):
        actions.apply_list(handed=handed, actor=regional)
    handed.refresh_from_db()
    assert handed.lines[0]["faults"][0][0] == "credit_code"
    with pytest.raises(NotAllowed):
        actions.change_supplier(
            supplier=supplier, details=details_of(supplier, account=OTHER), actor=regional
        )
    supplier.refresh_from_db()
    assert supplier.account_tail == ACCOUNT[-4:]


def test_workbooks_with_accounts_are_kept_encrypted(firm: Firm, media: Path) -> None:
    line = SupplierLine(
        name="甲图文", credit_code=make_code(), kinds=(Supply.PRINT,), account=OTHER, unit=firm.east.name
    )
    data = write_list([line])
    handed = actions.hand_in_list(upload=ContentFile(data, name="a.xlsx"), actor=firm.owner)
    actions.apply_list(handed=handed, actor=firm.owner)
    assert not StoredFile.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]
    handed.refresh_from_db()
    assert data not in bytes(handed.sealed)
    kept = actions.content_of(handed)
    assert kept == data
    with zipfile.ZipFile(io.BytesIO(kept)) as book:
        assert any(OTHER.encode() in book.read(name) for name in book.namelist())
    assert JournalEntry.objects.get(kind="suppliers.list_handed_in").data["sha256"] == handed.sha256
