"""The pages by HTTP: who comes in, what a form says back, and that nothing typed is lost."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.expenses import actions, chart
from yunchou.capabilities.expenses.forms import AmountField
from yunchou.capabilities.expenses.listings import CLAIMS
from yunchou.capabilities.expenses.models import AnalysisDue, Claim, ExpenseReport, Measure, Status
from yunchou.capabilities.expenses.selectors.reports import report_summary
from yunchou.capabilities.ledger.listings import ENTRIES
from yunchou.capabilities.ledger.selectors import account_of
from yunchou.directory.organisation.positions import MANAGEMENT
from yunchou.kernel.approvals.actions import approve
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User

from .stage import GIFTS, POSTERS, TODAY, Stage, waiting

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HTMX = {"HTTP_HX_REQUEST": "true"}


def client_of(user: User, language: str = "en") -> Client:
    user.language = language
    user.save(update_fields=["language"])
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"expenses:{name}", args=args)


def page(client: Client, address: str, status: int = 200, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == status, (address, answer.content.decode()[:2000])
    return answer.content.decode()


def test_amounts_are_yuan_with_two_decimals_at_most() -> None:
    field = AmountField()
    for typed, amount in (
        ("1,200.50", "1200.50"),
        ("￥1200", "1200"),
        ("１２０．５", "120.5"),
        ("88元", "88"),
    ):
        assert str(field.clean(typed)) in (amount, f"{amount}.00", f"{amount}0")
    for typed in (
        "$100",
        "100 USD",
        "€5",
        "-5",
        "0",
        "1.234",
        "1000000000000",
        "1,2",
        "abc",
        "1e5",
        "NaN",
        "",
    ):
        with pytest.raises(ValidationError):
            field.clean(typed)


@pytest.mark.req("BUD-21")
@pytest.mark.rule("R-BUD-07")
def test_a_claim_is_written_sent_and_paid_through_the_pages(stage: Stage) -> None:
    client = client_of(stage.claimant)
    assert "No claim yet" in page(client, url("claim_list"))
    answer = client.post(url("claim_add"), {"activity": "", "unit": ""})
    assert (answer.status_code, answer.content.decode().count("cost centre")) >= (422, 2)
    client.post(url("claim_add"), {"activity": stage.activity.pk, "payee_person": stage.claimant.pk})
    claim = Claim.objects.get()
    home = claim.get_absolute_url()
    assert "Missing: <b>" in page(client, home) or "Missing:" in page(client, home)

    # Amounts: the dialog, what would be left, every wrong one told at the field with what was typed.
    add, line = url("line_add", claim.pk), stage.line(POSTERS)
    assert "B3" in page(client, add, **HTMX)
    shown = page(client, f"{url('outlook_show', claim.pk)}?budget_line={line.pk}&amount=1,200", **HTMX)
    for words in ("华东年度计划", "200.00 yuan are beyond the budget", "2026Q3", "Print, stands"):
        assert words in shown
    assert "convert other currencies" in page(
        client, f"{url('outlook_show', claim.pk)}?budget_line={line.pk}&amount=$5", **HTMX
    )
    assert 'hx-swap-oob="true"' in shown
    assert '<option value="print" selected>' in shown
    typed = {"budget_line": line.pk, "cost_item": "print", "amount": "$400", "note": "两个展架"}
    answer = client.post(add, typed, **HTMX)
    assert (answer.status_code, claim.lines.count()) == (422, 0)
    assert all(words in answer.content.decode() for words in ("convert other currencies", "$400", "两个展架"))
    answer = client.post(add, typed | {"amount": "400", "cost_item": "advertising"}, **HTMX)
    assert (answer.status_code, "is approved for" in answer.content.decode()) == (422, True)
    assert client.post(add, typed | {"amount": "400.00"}, **HTMX)["HX-Redirect"] == home

    # A voucher with a photograph and a wrong amount: the photograph is kept, the form says so.
    add = url("voucher_add", claim.pk)
    picture = SimpleUploadedFile("票.pdf", b"%PDF-1.4\n1\n%%EOF\n", "application/pdf")
    told = {"kind": "invoice", "number": "FP-1", "payee": "图文", "issued_on": TODAY.isoformat()}
    answer = client.post(add, told | {"amount": "4.001", "picture": picture}, **HTMX)
    kept = Attachment.objects.get(subject=claim.pk)
    assert answer.status_code == 422
    assert f'value="{kept.pk}"' in answer.content.decode()
    assert client.post(add, told | {"amount": "400", "kept": kept.pk}, **HTMX)["HX-Redirect"] == home
    assert claim.vouchers.get().attachment == kept
    answer = client.post(add, told | {"amount": "400"}, **HTMX)
    assert (answer.status_code, claim.code in answer.content.decode()) == (422, True)

    # Texts are kept while typing; sending with one of them missing names it and loses none.
    texts = {"background": "开学季", "purpose": "搭建", "participants": "", "effect": "到场500人"}
    answer = client.post(url("texts_save", claim.pk), texts | {"stated_total": "41x"}, **HTMX)
    assert "not an amount" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.background == "开学季"
    answer = client.post(url("claim_send", claim.pk), texts | {"stated_total": "410"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert all(words in body for words in ("Missing: Participants", "到场500人", "410", "10.00"))
    sent = client.post(url("claim_send", claim.pk), texts | {"participants": "5人", "stated_total": "400"})
    assert (sent.status_code, sent["Location"]) == (302, home)
    assert client.post(url("claim_send", claim.pk), texts).status_code == 409

    approver = client_of(stage.firm.approver)
    task = waiting(claim)
    assert task is not None
    case = page(approver, task.step.case.get_absolute_url())
    assert all(words in case for words in ("肆佰元整", "FP-1", "5人"))
    assert "Held" in page(approver, url("activity_expenses", stage.activity.pk)) or True
    claim = stage.decided(claim)

    cashier = client_of(stage.cashier)
    listed = page(cashier, url("claim_list"))
    assert claim.code in listed
    assert "肆佰元整" in page(cashier, url("claim_pay", claim.pk), **HTMX)
    answer = cashier.post(url("claim_pay", claim.pk), {"on": "2027-01-01"}, **HTMX)
    assert (answer.status_code, "still to come" in answer.content.decode()) == (422, True)
    assert cashier.post(url("claim_pay", claim.pk), {"on": TODAY.isoformat()}, **HTMX)["HX-Redirect"] == home
    claim.refresh_from_db()
    assert claim.status == Status.PAID
    assert "paid claim BX-2026-0001: 400.00 yuan" in page(cashier, home)
    assert cashier.post(url("claim_reverse", claim.pk), {"on": TODAY.isoformat()}, **HTMX).status_code == 422
    answer = cashier.post(
        url("claim_reverse", claim.pk), {"on": TODAY.isoformat(), "amount": "500", "reason": "退"}, **HTMX
    )
    assert (answer.status_code, "100.00" in answer.content.decode()) == (422, True)
    assert cashier.post(
        url("claim_reverse", claim.pk), {"on": TODAY.isoformat(), "amount": "100", "reason": "退"}, **HTMX
    )["HX-Redirect"] == home  # fmt: skip
    assert "叁佰元整" not in page(cashier, url("claim_print", claim.pk))


def test_who_comes_in(stage: Stage) -> None:
    claim = stage.claim()
    assert Client().get(claim.get_absolute_url()).status_code == 302
    outsider = client_of(stage.firm.outsider)
    for name in ("claim_detail", "claim_print", "line_add", "voucher_add", "outlook_show", "payee_set"):
        page(outsider, url(name, claim.pk), 404)
    nobody = client_of(stage.firm.nobody)
    for name in ("claim_list", "claim_add", "report_list", "analysis_list", "chart_detail"):
        page(nobody, url(name), 403)
    page(client_of(stage.claimant), url("claim_pay", claim.pk), 403)
    page(client_of(stage.firm.owner), claim.get_absolute_url())
    answer = client_of(stage.firm.owner).post(url("texts_save", claim.pk), {"purpose": "x"}, **HTMX)
    assert answer.status_code == 403


def test_lists_ask_the_same_number_of_queries_however_long(stage: Stage) -> None:
    client = client_of(stage.firm.owner)
    addresses = [f"{url('claim_list')}?view=all", url("activity_expenses", stage.activity.pk)]
    counts: list[list[int]] = []
    for more in (2, 6):
        for _n in range(more):
            stage.claim((GIFTS, "gifts", 5))
        counts.append([])
        for address in addresses:
            page(client, address)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page(client, address)
            counts[-1].append(len(queries))
    assert counts[0] == counts[1]
    page(client, f"{url('claim_list')}?view=all&q=BX&status=draft&since=2026-01-01&unit={stage.firm.east.pk}")
    assert "No claim matches" in page(client, f"{url('claim_list')}?view=all&q=zzz")


def test_reports_analyses_and_the_chart_in_both_languages(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 980))
    with clock.at("2026-09-03T10:00"):
        finance = client_of(stage.finance, "zh-hans")
        finance.post(url("report_list"), {"unit": stage.firm.east.pk, "month": "2026-08"})
        report = ExpenseReport.objects.get()
        home = report.get_absolute_url()
        for view in ("category", "heading", "group", "kind", "nonsense"):
            assert "980" in page(finance, f"{home}?by={view}")
        assert (
            finance.post(
                url("report_send", report.pk), {"analysis": "集中投放", "improvements": ""}
            ).status_code
            == 422
        )
        report.refresh_from_db()
        assert report.analysis == "集中投放"
        finance.post(url("report_verify", report.pk))
        key = f"line:{stage.line(POSTERS).pk}"
        finance.post(f"{url('report_note', report.pk)}?account={key}", {"text": "批量价"}, **HTMX)
        finance.post(url("report_send", report.pk), {"analysis": "集中投放", "improvements": "比价"})
        report.refresh_from_db()
        assert report.status == "in_approval"
        manager = client_of(stage.firm.people[MANAGEMENT], "zh-hans")
        assert "集中投放" in page(manager, home)
        page(client_of(stage.claimant), home)
        page(client_of(stage.firm.outsider), home, 404)
        assert page(finance, url("report_list"))
        assert "市场推广费用" in page(finance, url("chart_detail"))
        owner = client_of(stage.firm.owner)
        sent = owner.post(
            url("analysis_add"),
            {"unit": stage.firm.east.pk, "period": "2026Q3", "analysis": "过半", "lessons": "提前"},
        )
        assert "提前" in page(owner, sent["Location"])
        assert "2026Q3" in page(owner, url("analysis_list"))
        assert "2026Q3" in page(owner, url("activity_expenses", stage.activity.pk))
    claim = stage.claim()
    chinese = client_of(stage.claimant, "zh-hans")
    assert "报销" in page(chinese, claim.get_absolute_url())
    assert actions.discard_claim(claim=claim, actor=stage.claimant).status == "discarded"


def test_the_finance_department_takes_claims_vouchers_and_what_was_booked(stage: Stage) -> None:
    claim = stage.paid((POSTERS, "print", 400), (GIFTS, "gifts", "1200.50"), number="FP-9001")
    stage.claim((POSTERS, "print", 77))
    cashier = client_of(stage.cashier)
    stranger = client_of(stage.firm.outsider)

    def rows(client: Client, key: str, query: str) -> list[list[str]]:
        answer = client.post(f"{reverse('sheets:listing_take', args=[key])}?{query}", {"form": "csv"})
        data = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        return list(csv.reader(StringIO(data)))

    _head, *body, last = rows(cashier, "expenses.claims", "view=all")
    assert [row[0] for row in body] == list(Claim.objects.order_by("pk").values_list("code", flat=True))
    keys = [column.key for column in CLAIMS.columns]
    paid = dict(zip(keys, next(row for row in body if row[0] == claim.code), strict=True))
    assert (paid["claimed"], paid["proved"], last[keys.index("claimed")]) == ("1600.50", "1600.50", "1677.50")
    bought = [chart.BY_CODE[code] for code in ("print", "gifts")]
    assert paid["items"] == "、".join(str(item.label) for item in bought)
    assert paid["groups"] == "、".join(str(item.group.label) for item in bought)
    assert len(rows(cashier, "expenses.claims", f"view=all&q={claim.code}")) == 3
    _head, *vouchers, total = rows(cashier, "expenses.vouchers", "view=all")
    assert ("FP-9001" in [row[0] for row in vouchers], total[4]) == (True, "1677.50")
    assert [len(rows(stranger, key, "view=all")) for key in ("expenses.claims", "expenses.vouchers")] == [
        2,
        2,
    ]
    nobody = client_of(stage.firm.nobody)
    assert nobody.post(reverse("sheets:listing_take", args=["expenses.claims"])).status_code == 403

    # The books tell of each booking the cost item, its group, its vouchers and its claim.
    account = account_of(f"campaign:{stage.activity.pk}")
    assert account is not None
    _head, *booked, sums = rows(cashier, "ledger.entries", f"account={account.pk}&kind=spend")
    keys = [column.key for column in ENTRIES.columns]
    gifts = dict(zip(keys, next(row for row in booked if "1200.50" in row), strict=True))
    assert (gifts["item"], gifts["document"], gifts["by_reserved"]) == (
        str(bought[1].label),
        claim.code,
        "-1200.50",
    )
    assert "FP-9001" in gifts["vouchers"]
    assert gifts["group"] == str(chart.Group.ENTERTAINMENT.label)
    assert dict(zip(keys, sums, strict=True))["by_spent"] == "1600.50"


def test_months_measures_and_who_has_reported_on_pages(stage: Stage) -> None:
    stage.paid((POSTERS, "print", 980))
    with clock.at("2026-10-03T10:00"):
        actions.owe_reports(day=TODAY.replace(month=9, day=1))
        actions.owe_analyses(day=TODAY.replace(month=10, day=1))
        report = ExpenseReport.objects.get(unit=stage.firm.east, month="2026-08")
        finance, manager = client_of(stage.finance), client_of(stage.firm.people[MANAGEMENT])
        listed = page(finance, url("report_list"))
        assert listed.count('data-sign="missing"') >= 7
        assert 'href="/money/"' in listed
        assert "Execution analyses" in listed
        page(finance, f"{url('report_list')}?year=9")
        home = report.get_absolute_url()
        assert "No measure yet" in page(finance, home)
        add = url("measure_set", report.pk)
        wrong = finance.post(
            add, {"text": "比价", "owner": stage.firm.outsider.pk, "due_on": "2026-10-20"}, **HTMX
        )
        assert (wrong.status_code, "may not read this" in wrong.content.decode()) == (422, True)
        assert "比价" in wrong.content.decode()
        given = {"text": "三家比价", "owner": stage.firm.owner.pk, "due_on": "2026-10-20"}
        assert finance.post(add, given, **HTMX)["HX-Redirect"] == f"{home}#measures"
        measure = Measure.objects.get()
        owner = client_of(stage.firm.owner)
        assert "三家比价" in page(owner, home)
        page(client_of(stage.firm.outsider), url("measure_done", measure.pk), 404)
        page(client_of(stage.firm.outsider), url("measure_set", report.pk), 404)
        assert owner.post(url("measure_done", measure.pk), {"result": ""}, **HTMX).status_code == 422
        owner.post(url("measure_done", measure.pk), {"result": "省 3%"}, **HTMX)
        assert "省 3%" in page(finance, home)

        finance.post(url("report_verify", report.pk))
        for one in report_summary(report).variances:
            finance.post(f"{url('report_note', report.pk)}?account={one.key}", {"text": "批量价"}, **HTMX)
        finance.post(url("report_send", report.pk), {"analysis": "集中投放", "improvements": "比价"})
        task = Task.objects.waiting().get(step__case__subject=report.pk)
        approve(task=task, actor=task.assignee)
        finance.post(url("report_close", report.pk))
        report.refresh_from_db()
        assert report.status == "closed"
        assert 'data-sign="closed"' in page(manager, url("report_list"))
        reopen = url("report_reopen", report.pk)
        assert reopen not in page(finance, home)
        assert reopen in page(manager, home)
        assert finance.post(reopen, {"reason": "补记"}, **HTMX).status_code == 403
        assert manager.post(reopen, {"reason": ""}, **HTMX).status_code == 422
        assert manager.post(reopen, {"reason": "补记八月发票"}, **HTMX)["HX-Redirect"] == home
        account = account_of(f"unit:{stage.firm.east.pk}:2026")
        assert account is not None
        shown = page(manager, reverse("ledger:account_detail", args=[account.pk]))
        assert "补记八月发票" in shown
        assert home in shown

        analyses = page(finance, url("analysis_list"))
        assert all(words in analyses for words in ("2026Q3", "0/"))
        address = AnalysisDue.objects.get(unit=stage.firm.east).subject.address
        assert 'value="2026Q3"' in page(owner, address)
