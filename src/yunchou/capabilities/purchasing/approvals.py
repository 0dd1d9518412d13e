"""How purchases and contracts are approved: the facts that routes may ask about, and what the engine asks of this room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.directory.organisation.routes import ROUTES
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Change, Panel, declare
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.formats import signed

from . import actions
from .matrix import Matrix
from .models import PurchaseLine
from .permissions import CONTRACT_KIND, PURCHASE_KIND
from .rules import AWARDING, SENDING
from .selectors import (
    accounts_by_line,
    facts_of,
    has_exception,
    lines_of,
    look_ahead,
    matrix_of,
    money_of_contract,
    quotes_of,
    records_of,
    whole_contract,
    whole_purchase,
)

with override(None):
    _KINDS: Final = {str(kind): str(kind.label) for kind in Supply}

PURCHASE_FACTS: Final = {
    "amount": Fact(_("Amount"), FactType.MONEY),
    "kind": Fact(_("Kind of supply"), FactType.TEXT, _KINDS),
    "is_tender": Fact(_("Tender"), FactType.FLAG),
    "is_regional": Fact(_("Belongs to a region"), FactType.FLAG),
}
CONTRACT_FACTS: Final = PURCHASE_FACTS | {
    "has_exception": Fact(_("Fewer quotes than demanded"), FactType.FLAG),
    "is_change": Fact(_("Changes a contract in force"), FactType.FLAG),
    "increase": Fact(_("Increase"), FactType.MONEY),
}


def purchase_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a purchase."""
    purchase = whole_purchase(subject.pk)
    return {
        "amount": matrix_of(purchase).estimate,
        "kind": purchase.kind,
        "is_tender": purchase.is_tender,
        "is_regional": _is_regional(subject),
    }


def contract_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a contract; its amount is what it comes to with the change that waits."""
    contract = whole_contract(subject.pk)
    purchase = whole_purchase(contract.purchase_id)
    waiting = contract.amendments.filter(state="sent").first()
    increase = waiting.change if waiting else ZERO
    return {
        "amount": money_of_contract(contract).amount + increase,
        "kind": purchase.kind,
        "is_tender": purchase.is_tender,
        "is_regional": _is_regional(subject),
        "has_exception": has_exception(purchase),
        "is_change": waiting is not None,
        "increase": increase,
    }


def _is_regional(subject: Subject) -> bool:
    return Unit.objects.filter(pk__in=subject.unit.ancestor_ids, kind=Unit.Kind.REGION).exists()


def interested_in_contract(subject: Subject) -> Mapping[int, Say]:
    """Who may not decide: whoever asked for it, brought the offers in, chose, or keeps the contract (002 9.3(2))."""
    contract = whole_contract(subject.pk)
    purchase = whole_purchase(contract.purchase_id)
    why: dict[int, Say] = {purchase.requester_id: say(_("asked for the purchase"))}
    if purchase.awarded_by_id:
        why.setdefault(purchase.awarded_by_id, say(_("chose the supplier")))
    for one in PurchaseLine.objects.filter(purchase=purchase.pk, winner__isnull=False).select_related(
        "winner"
    ):
        if one.winner is not None:
            why.setdefault(one.winner.entered_by_id, say(_("brought the offer in")))
    why.setdefault(contract.keeper_id, say(_("is in charge of the contract")))
    return {**_owners(purchase.pk), **why}


def interested_in_purchase(subject: Subject) -> Mapping[int, Say]:
    """Who may not decide on a request: whoever owns a budget line that it is charged to (R-APR-15)."""
    return _owners(subject.pk)


def _owners(purchase: int) -> dict[int, Say]:
    """The owners of the budget lines of a purchase, with why they do not decide; one query."""
    owned = PurchaseLine.objects.filter(purchase=purchase, line__owner__isnull=False).order_by("-pk")
    return {
        owner: say(_("owns the budget line “{what}”"), what=name)
        for owner, name in owned.values_list("line__owner", "line__item")
    }


def purchase_verdicts(subject: Subject) -> Iterable[Verdict]:
    """What the rules found when it was sent."""
    return evaluate(SENDING, facts_of(whole_purchase(subject.pk)))


def contract_verdicts(subject: Subject) -> Iterable[Verdict]:
    """What the rules say of the choice that it rests on."""
    return evaluate(AWARDING, facts_of(whole_contract(subject.pk).purchase))


# -- what has changed --------------------------------------------------------------------------------------------------

_LABELS: Final[Mapping[str, Any]] = {
    "title": _("Title"),
    "number": _("Number of the contract"),
    "purpose": _("What it is needed for"),
    "needed_on": _("Needed by"),
    "method": _("Way of finding the supplier"),
    "kind": _("Kind of supply"),
    "terms": _("What was agreed"),
    "starts_on": _("In force from"),
    "ends_on": _("In force until"),
    "supplier": _("Supplier"),
}


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[Change]:
    """Every value that differs: texts, lines by their name, instalments, and the change of the amount that is asked for."""
    found = [
        Change(say(label), str(before.get(key, "")), str(after.get(key, "")))
        for key, label in _LABELS.items()
        if before.get(key, "") != after.get(key, "")
    ]
    found += _rows(before, after, "lines", "estimate" if "title" in after and "method" in after else "amount")
    found += _rows(before, after, "instalments", "amount")
    if (change := after.get("change")) and change != before.get("change"):
        by = Decimal(change["by"])
        found.append(
            Change(change["line"], "", signed(by), signed(by), note=change["reason"], is_numeric=True)
        )
    return found


def _rows(before: Mapping[str, Any], after: Mapping[str, Any], part: str, amount: str) -> Iterable[Change]:
    old = {row["name"]: row for row in before.get(part, ())}
    new = {row["name"]: row for row in after.get(part, ())}
    for name in [*old, *(name for name in new if name not in old)]:
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if was is None or now is None:
            words = say(_("added")) if was is None else say(_("removed"))
            yield Change(name, was[amount] if was else "", now[amount] if now else "", note=words)
        elif was[amount] != now[amount]:
            by = signed(Decimal(now[amount]) - Decimal(was[amount]))
            yield Change(name, was[amount], now[amount], by, is_numeric=True)
        else:
            yield Change(name, _plain(was), _plain(now))


def _plain(row: Mapping[str, Any]) -> str:
    return " · ".join(str(value) for value in row.values() if value not in ("", False))


# -- what the decision page shows --------------------------------------------------------------------------------------


def request_panel(case: Case, user: User) -> Panel | None:
    """What is asked for, the offers so far, and what the lines would have left."""
    purchase = whole_purchase(case.subject_id)
    lines = lines_of(purchase)
    accounts = accounts_by_line(purchase, lines)
    first = next(iter(accounts.values()), None)
    quotes = quotes_of(purchase)
    matrix: Matrix = matrix_of(purchase, lines, quotes)
    levels = veiled(look_ahead(first, ZERO), user) if first else []
    context = {"purchase": purchase, "lines": lines, "matrix": matrix, "levels": levels}
    context["records"] = records_of(quotes, user)
    return Panel(pgettext_lazy("panel", "What is bought"), "purchasing/parts/request_panel.html", context)


def contract_panel(case: Case, user: User) -> Panel | None:
    """The comparison, the choice with its reason, and when it is paid."""
    contract = whole_contract(case.subject_id)
    purchase = whole_purchase(contract.purchase_id)
    quotes = quotes_of(purchase)
    context = {
        "contract": contract,
        "purchase": purchase,
        "matrix": matrix_of(purchase, quotes=quotes),
        "records": records_of(quotes, user),
        "money": money_of_contract(contract),
        "change": contract.amendments.filter(state="sent").select_related("line").first(),
    }
    return Panel(gettext_lazy("Choice and payment"), "purchasing/parts/contract_panel.html", context)


declare(
    PURCHASE_KIND,
    label=gettext_lazy("Purchase request"),
    facts=PURCHASE_FACTS,
    facts_of=purchase_facts,
    rows=ROUTES[PURCHASE_KIND],
    on_approved=actions.purchase_approved,
    on_returned=actions.purchase_returned,
    on_rejected=actions.purchase_rejected,
    on_withdrawn=actions.purchase_withdrawn,
    interested=interested_in_purchase,
    difference=difference,
    verdicts=purchase_verdicts,
    panels=(request_panel,),
)
declare(
    CONTRACT_KIND,
    label=gettext_lazy("Contract"),
    facts=CONTRACT_FACTS,
    facts_of=contract_facts,
    rows=ROUTES[CONTRACT_KIND],
    on_approved=actions.contract_approved,
    on_returned=actions.contract_returned,
    on_rejected=actions.contract_rejected,
    on_withdrawn=actions.contract_withdrawn,
    interested=interested_in_contract,
    difference=difference,
    verdicts=contract_verdicts,
    panels=(contract_panel,),
)
