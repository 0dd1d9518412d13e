"""Pages: who gets in, what is masked, what is told at the field; a list costs the same for two rows and for twenty."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers import actions
from yunchou.directory.suppliers.forms import SupplierField
from yunchou.directory.suppliers.models import DocumentKind, Supplier, SupplierDocument, Supply
from yunchou.kernel.journal.models import JournalEntry

from .factories import ACCOUNT, make_code, make_supplier, paper

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def page(name: str, *args: object) -> str:
    return reverse(f"suppliers:{name}", args=args)


def test_a_supplier_is_entered_looked_at_and_changed(client: Client, firm: Firm) -> None:
    make_supplier(firm.east, firm.owner, name="广州印象图文有限公司")
    client.force_login(firm.owner)
    typed = {
        "name": "广州市印象图文",
        "unit": firm.east.pk,
        "credit_code": make_code(),
        "kinds": ["print"],
        "contact_phone": "13812346677",
        "account": ACCOUNT,
    }
    told = client.post(page("supplier_add"), typed)
    assert told.status_code == 422
    assert "广州印象图文有限公司" in told.content.decode()
    wrong = client.post(page("supplier_add"), {**typed, "credit_code": "91330100799655058C"})
    assert "“B”" in wrong.content.decode()
    assert "广州印象图文有限公司" in client.get(page("supplier_alike"), {"name": "印象图文"}).content.decode()
    done = client.post(page("supplier_add"), {**typed, "is_other": "on"})
    supplier = Supplier.objects.get(name="广州市印象图文")
    assert done["Location"] == supplier.get_absolute_url()

    detail = client.get(supplier.get_absolute_url()).content.decode()
    assert ACCOUNT not in detail
    assert "•••• 3445" in detail
    assert "13812346677" in detail
    shown = client.post(page("account_show", supplier.pk))
    assert "6222 0202 0011 2233 445" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert JournalEntry.objects.filter(kind="suppliers.bank_shown").count() == 1
    form = client.get(page("supplier_change", supplier.pk), headers={"HX-Request": "true"}).content.decode()
    assert ACCOUNT not in form
    new = {**typed, "name": "广州市印象图文二店", "account": "", "keeper": firm.approver.pk}
    assert client.post(page("supplier_change", supplier.pk), new).status_code == 302
    supplier.refresh_from_db()
    assert (supplier.name, supplier.keeper, supplier.account_tail) == (
        "广州市印象图文二店",
        firm.approver,
        "3445",
    )

    for name, data in {
        "supplier_grade": {"grade": "A", "since": "2024-01-01", "reason": "好"},
        "supplier_block": {"reason": "核查"},
        "supplier_unblock": {"reason": "无误"},
    }.items():
        assert client.get(page(name, supplier.pk)).status_code == 200
        assert client.post(page(name, supplier.pk), {"reason": ""}).status_code == 422
        assert client.post(page(name, supplier.pk), data).status_code == 302

    upload = SimpleUploadedFile("执照.pdf", paper().read())
    filed = {"kind": "licence", "expires_on": "2030-01-01"}
    assert client.post(page("document_add", supplier.pk), {**filed, "upload": upload}).status_code == 302
    document = SupplierDocument.objects.get()
    renewed = {"expires_on": "2035-01-01", "upload": SimpleUploadedFile("执照.pdf", paper().read())}
    assert client.post(page("document_renew", document.pk), renewed).status_code == 302
    second = SupplierDocument.objects.get(removed_at=None)
    assert (second.kind, second.attachment.version) == (DocumentKind.LICENCE, 2)
    assert client.post(page("document_remove", second.pk)).status_code == 302
    assert client.post(page("document_remove", second.pk)).status_code == 404


def test_others_see_less_or_nothing(client: Client, firm: Firm) -> None:
    supplier = make_supplier(firm.east, firm.owner, account=ACCOUNT, contact_phone="13812346677")
    client.force_login(firm.approver)
    detail = client.get(supplier.get_absolute_url()).content.decode()
    assert "138••••6677" in detail
    assert "13812346677" not in detail
    assert page("account_show", supplier.pk) not in detail
    for name in ("supplier_change", "supplier_block", "supplier_merge", "document_add"):
        assert client.get(page(name, supplier.pk)).status_code == 403
    assert client.post(page("account_show", supplier.pk)).status_code == 403
    every = f"{page('supplier_options')}?every=1"
    assert len(client.post(every, {"q": supplier.name}).json()["results"]) == 1
    client.force_login(firm.outsider)
    for name in ("supplier_detail", "supplier_change", "supplier_block"):
        assert client.get(page(name, supplier.pk)).status_code == 404
    assert supplier.name not in client.get(page("supplier_list")).content.decode()
    assert client.post(page("supplier_options"), {"q": supplier.name}).json() == {"results": []}
    client.force_login(firm.nobody)
    assert client.get(page("supplier_list")).status_code == 403
    client.logout()
    assert client.get(page("supplier_list")).status_code == 302


def test_a_list_costs_the_same_for_two_rows_and_for_twenty(client: Client, firm: Firm) -> None:
    client.force_login(firm.owner)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(page("supplier_list")).status_code == 200
        return len(queries)

    for _n in range(2):
        make_supplier(firm.east, firm.owner)
    cost()
    few = cost()
    for _n in range(18):
        supplier = make_supplier(firm.east, firm.owner, kinds=[Supply.PRINT, Supply.VENUE])
    actions.add_document(supplier=supplier, kind=DocumentKind.LICENCE, upload=paper(), actor=firm.owner)
    assert cost() == few


def test_the_list_is_narrowed(client: Client, firm: Firm) -> None:
    one = make_supplier(firm.east, firm.owner, name="甲图文", kinds=[Supply.PRINT])
    two = make_supplier(firm.group, firm.people[MARKETING_DIRECTOR], name="乙会展", kinds=[Supply.VENUE])
    actions.block_supplier(supplier=one, reason="核查", actor=firm.owner)
    client.force_login(firm.owner)
    for query, names in {
        "": {"甲图文", "乙会展"},
        "kind=venue": {"乙会展"},
        "state=blocked": {"甲图文"},
        "state=expiring": set(),
        "grade=none&q=jia": {"甲图文"},
        f"unit={firm.group.pk}": {"甲图文", "乙会展"},
        f"unit={firm.east.pk}": {"甲图文"},
        "kind=nonsense&unit=x": {"甲图文", "乙会展"},
    }.items():
        found = client.get(f"{page('supplier_list')}?{query}").content.decode()
        assert {name for name in ("甲图文", "乙会展") if name in found} == names, query
    field = SupplierField(user=firm.owner)
    assert field.clean(two.pk) == two
    with pytest.raises(Exception, match="核查"):
        field.clean(one.pk)


def test_a_list_is_handed_in_on_the_page(client: Client, firm: Firm) -> None:
    make_supplier(firm.east, firm.owner, name="甲图文")
    client.force_login(firm.owner)
    exported = client.post(page("list_export"))
    assert exported.status_code == 200
    assert client.get(page("list_template")).status_code == 200
    bad = client.post(page("list_start"), {"workbook": SimpleUploadedFile("x.xlsx", b"no workbook")})
    assert bad.status_code == 422
    upload = SimpleUploadedFile("名录.xlsx", exported.content)
    handed = client.post(page("list_start"), {"workbook": upload})
    assert handed.status_code == 302
    assert "名录.xlsx" in client.get(handed["Location"]).content.decode()
    assert client.get(f"{handed['Location']}marked/").status_code == 200
