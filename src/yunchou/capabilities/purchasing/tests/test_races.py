"""Two people at the same instant, with real threads and connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.ledger.verification import balances_are_their_entries, holds_are_what_was_not_used
from yunchou.capabilities.purchasing import actions
from yunchou.capabilities.purchasing.models import Method, Purchase, Quote, Tender
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import company
from yunchou.kernel.approvals.tests.races import together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, WrongState

from .factories import Shop, approved, everything, make_purchase, make_shop, offer, quoted

Scaled = Callable[[int, int], int]


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return make_shop(company())


def test_two_awards_at_once_choose_once_and_two_contracts_one_number(shop: Shop, scaled: Scaled) -> None:
    for _round in range(scaled(3, 50)):
        purchase = approved(shop, make_purchase(shop))
        first, second = quoted(shop, purchase)[:2]

        def choose(purchase: Purchase, quote: Quote) -> Callable[[], object]:
            return lambda: actions.award_purchase(
                purchase=purchase, choice=everything(purchase, quote), reason="择优", actor=shop.chooser
            )

        results = together(choose(purchase, first), choose(purchase, first), choose(purchase, first))
        assert sum(isinstance(result, WrongState) for result in results) == 2
        gifts = shop.line("定制礼品").account
        assert money_of(gifts).reserved == 15_000

        def draft(number: str, purchase: Purchase = purchase) -> object:
            return actions.draft_contract(
                purchase=purchase, supplier=shop.suppliers[0], number=number, actor=shop.buyer
            )

        results = together(lambda n=purchase.pk: draft(f"HT-{n}"), lambda n=purchase.pk: draft(f"ht-{n}"))
        assert sum(isinstance(result, Refused) for result in results) == 1
        contract = purchase.contracts.get()
        actions.give_up_contract(contract=contract, note="竞态", actor=shop.buyer)
        actions.cancel_purchase(purchase=purchase, note="竞态", actor=shop.requester)
        assert second.pk
    assert not [*balances_are_their_entries(), *holds_are_what_was_not_used()]


def test_openers_at_once_open_once_and_never_before_the_time(shop: Shop, scaled: Scaled) -> None:
    people = (shop.firm.owner, shop.firm.people[FINANCE], shop.firm.approver)
    for _round in range(scaled(3, 50)):
        purchase = approved(shop, make_purchase(shop, method=Method.TENDER))
        now = clock.now()
        tender = actions.announce_tender(
            purchase=purchase, suppliers=shop.suppliers, terms="…", closes_at=now + timedelta(days=1),
            opens_at=now + timedelta(days=1), actor=shop.buyer,
        )  # fmt: skip
        for supplier in shop.suppliers:
            actions.receive_bid(
                tender=tender, supplier=supplier, offer=offer(purchase, (14, 190)), actor=shop.buyer
            )
        acts = [lambda one=person, t=tender: actions.sign_opening(tender=t, actor=one) for person in people]
        assert all(isinstance(result, WrongState) for result in together(*acts))
        assert not Quote.objects.filter(purchase=purchase).exists()
        Tender.objects.filter(pk=tender.pk).update(closes_at=now, opens_at=now)
        results = together(*acts)
        assert sum(isinstance(result, WrongState) for result in results) == 1
        assert tender.openings.count() == 2
        assert Quote.objects.filter(purchase=purchase).count() == 3
        actions.cancel_purchase(purchase=purchase, note="竞态", actor=shop.requester)
