"""Forms that are sent twice, and forms that show what is no longer there."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.expenses import actions
from yunchou.capabilities.expenses.models import Booking, Claim, ClaimLine
from yunchou.capabilities.expenses.rules import vouchers_look_alike
from yunchou.capabilities.expenses.selectors import claim_facts
from yunchou.capabilities.expenses.selectors.stamps import line_stamp, texts_stamp

from .stage import ADVERTS, POSTERS, Stage, voucher

pytestmark = pytest.mark.django_db


def token(page: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_claim_that_is_begun_twice_is_one(stage: Stage, client: Client) -> None:
    client.force_login(stage.claimant)
    address = reverse("expenses:claim_add")
    given = {"activity": stage.activity.pk, "payee_person": stage.claimant.pk}
    form = {**given, "once": token(client.get(address).content.decode())}
    answers = {client.post(address, form).headers["Location"] for _ in range(2)}
    claim = Claim.objects.get()
    assert answers == {claim.get_absolute_url()}
    again = {**given, "once": token(client.get(address).content.decode())}
    assert client.post(address, again).headers["Location"] != claim.get_absolute_url()


def test_one_bearer_and_not_two(stage: Stage, client: Client) -> None:
    client.force_login(stage.claimant)
    both = {
        "activity": stage.activity.pk,
        "unit": stage.firm.department().pk,
        "payee_person": stage.claimant.pk,
    }
    answer = client.post(reverse("expenses:claim_add"), both)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"unit"})
    assert not Claim.objects.exists()


def test_a_part_is_taken_back_once_however_often_it_is_sent(stage: Stage, client: Client) -> None:
    claim = stage.paid((ADVERTS, "advertising", 1000))
    address = reverse("expenses:claim_reverse", args=[claim.pk])
    client.force_login(stage.cashier)
    form = {
        "amount": "400",
        "on": "2026-08-20",
        "reason": "多付",
        "once": token(client.get(address).content.decode()),
    }
    for _ in range(2):
        assert client.post(address, form).status_code == 302
    assert stage.money(ADVERTS).spent == 600
    assert Booking.objects.exclude(reverses=None).count() == 1


def test_an_older_window_does_not_write_over_a_newer_one(stage: Stage, client: Client) -> None:
    claim = stage.claim((POSTERS, "print", 400))
    claim.refresh_from_db()
    client.force_login(stage.claimant)
    page = client.get(claim.get_absolute_url()).content.decode()
    assert texts_stamp(claim) in page
    old = {
        "background": "旧",
        "purpose": "旧标签页",
        "participants": "旧",
        "effect": "旧",
        "seen": texts_stamp(claim),
    }
    actions.write_texts(claim=claim, texts=actions.Texts(purpose="新"), actor=stage.claimant)
    assert client.post(reverse("expenses:texts_save", args=[claim.pk]), old).status_code == 409
    refused = client.post(reverse("expenses:claim_send", args=[claim.pk]), old)
    assert refused.status_code == 409
    body = refused.content.decode()
    claim.refresh_from_db()
    assert "旧标签页" in body
    assert texts_stamp(claim) in body
    assert (claim.purpose, claim.status) == ("新", "draft")
    # Whoever has compared the two saves again; the answer to what is kept while typing brings the new stamp along.
    kept = client.post(
        reverse("expenses:texts_save", args=[claim.pk]), {**old, "seen": texts_stamp(claim)}
    ).content.decode()
    claim.refresh_from_db()
    assert claim.purpose == "旧标签页"
    assert texts_stamp(claim) in kept


def test_a_line_a_voucher_and_a_payee_that_changed_meanwhile_are_compared_first(
    stage: Stage, client: Client
) -> None:
    claim = stage.claim((POSTERS, "print", 400))
    line, paper = claim.lines.get(), claim.vouchers.get()
    client.force_login(stage.claimant)
    addresses = {
        "line": reverse("expenses:line_change", args=[claim.pk, line.pk]),
        "voucher": reverse("expenses:voucher_change", args=[claim.pk, paper.pk]),
        "payee": reverse("expenses:payee_set", args=[claim.pk]),
    }
    forms = {}
    for name, address in addresses.items():
        shown = client.get(address)
        assert 'name="seen"' in shown.content.decode()
        forms[name] = {key: value for key, value in shown.context["form"].initial.items() if value}
    ClaimLine.objects.filter(pk=line.pk).update(amount=Decimal(300))
    claim.vouchers.update(payee="另一家")
    actions.set_payee(claim=claim, actor=stage.claimant, person=stage.firm.owner)
    for name, address in addresses.items():
        answer = client.post(address, forms[name])
        assert answer.status_code == 409, (name, answer.context["form"].errors)
    line.refresh_from_db()
    assert line.amount == 300
    anew = client.post(addresses["line"], {**forms["line"], "seen": line_stamp(line)})
    assert anew.status_code == 302
    line.refresh_from_db()
    assert line.amount == 400


@pytest.mark.parametrize("asked", ["?budget_line=²", "?commitment=²", "?budget_line=" + "9" * 30])
def test_what_is_no_key_is_no_error(stage: Stage, client: Client, asked: str) -> None:
    claim = stage.claim()
    client.force_login(stage.claimant)
    assert client.get(reverse("expenses:outlook_show", args=[claim.pk]) + asked).status_code == 200
    assert client.get(reverse("expenses:claim_add") + "?line=²").status_code == 200


@pytest.mark.rule("R-BUD-12")
def test_vouchers_that_may_be_one_paper_are_told_to_whoever_decides(stage: Stage) -> None:
    first = stage.claim((POSTERS, "print", 400), number="00012345678")
    mine = stage.claim((POSTERS, "print", 400), number="No.12345678")
    [alike] = vouchers_look_alike.failures(claim_facts(mine))
    assert not alike.blocks
    assert first.code in str(alike.reason)
    assert "800.00" in str(alike.reason)
    cut = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    for amount in (300, 99):
        voucher(cut, amount, number="00098765432", payee="深圳图文快印有限公司")
    assert len(list(vouchers_look_alike.failures(claim_facts(cut)))) == 2
    assert "399.00" in str(vouchers_look_alike.failures(claim_facts(cut))[0].reason)
    # Neither the payee nor the amount is the same: two companies may count alike.
    other = actions.start_claim(actor=stage.claimant, activity=stage.activity)
    voucher(other, 77, number="12345678", payee="上海宣传品")
    assert not vouchers_look_alike.failures(claim_facts(other))
    assert actions.submit_claim(claim=mine, actor=stage.claimant).status == "in_approval"
