"""Writing a purchase request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import add_member, add_members, open_subject
from yunchou.kernel.subjects.models import Role, Subject

from .. import flow, journal
from ..models import EDITABLE, Bid, Method, Purchase, PurchaseLine
from ..permissions import PURCHASE_KIND, Perm
from ..selectors import whole_purchase
from .holding import release_all
from .shared import amount_at, lock, locked_purchase, required

LARGEST_QUANTITY = Decimal(1_000_000_000)


@transaction.atomic
def create_purchase(
    *,
    title: str,
    kind: str,
    actor: User,
    activity: Subject | None = None,
    unit: Unit | None = None,
    method: str = Method.QUOTES,
    purpose: str = "",
    needed_on: date | None = None,
    price_weight: int = 60,
) -> Purchase:
    """A new draft, for an activity or for a unit as cost centre; records `purchasing.started`.

    Refuses without `purchasing.request` there, without a title, an unknown kind, a day that has passed, and a weight
    outside 1 to 100.
    """
    home = activity.unit if activity else unit
    if home is None:
        raise at_field("activity", _("Choose the activity, or the unit that bears the cost."))
    require(actor, Perm.REQUEST, activity or home)
    _check(title=title, kind=kind, method=method, needed_on=needed_on, price_weight=price_weight)
    subject = open_subject(kind=PURCHASE_KIND, unit=home, title=title.strip(), actor=actor)
    purchase: Purchase = Purchase.objects.create(
        subject=subject,
        activity=activity,
        title=title.strip(),
        kind=kind,
        method=method,
        purpose=purpose.strip(),
        needed_on=needed_on,
        price_weight=price_weight,
        requester=actor,
    )
    subject.code, subject.address = f"CG-{clock.today().year}-{subject.pk}", purchase.get_absolute_url()
    subject.save(update_fields=["code", "address", "search"])
    add_member(subject=subject, user=actor, role=Role.OWNER)
    if activity is not None:
        leads = User.objects.filter(
            memberships__subject=activity, memberships__role__in=[Role.OWNER, Role.LEAD]
        )
        add_members(subject=subject, users=leads.distinct())
    record(journal.STARTED, actor=actor, subject=subject, data={"title": purchase.title})
    return purchase


def _check(**values: Any) -> None:
    faults: dict[str, Text] = {}
    if not values["title"].strip():
        faults["title"] = say(_("Say what is bought."))
    if values["kind"] not in Supply.values:
        faults["kind"] = say(_("Choose what kind of supply it is."))
    if values["method"] not in Method.values:
        faults["method"] = say(_("Choose how the supplier is found."))
    if values["needed_on"] and values["needed_on"] < clock.today():
        faults["needed_on"] = say(_("Choose a day to come."))
    if not 1 <= values["price_weight"] <= 100:
        faults["price_weight"] = say(_("Give a share from 1 to 100 percent."))
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)


@transaction.atomic
def change_purchase(*, purchase: Purchase, values: Mapping[str, Any], actor: User) -> Purchase:
    """Change title, kind, method, purpose, day or weight of a draft; records `purchasing.changed`.

    Refuses without `purchasing.request`, a purchase that is not being written, and what `create_purchase` refuses.
    """
    locked = locked_purchase(purchase, EDITABLE)
    require(actor, Perm.REQUEST, locked)
    known = ("title", "kind", "method", "purpose", "needed_on", "price_weight")
    new = {name: values.get(name, getattr(locked, name)) for name in known}
    if any(new[name] != getattr(locked, name) for name in ("kind", "method", "price_weight")):
        _as_tendered(locked)
    unchanged = new["needed_on"] == locked.needed_on
    _check(**{**new, "needed_on": None if unchanged else new["needed_on"]})
    for name, value in new.items():
        setattr(locked, name, value.strip() if isinstance(value, str) else value)
    locked.save(update_fields=[*new])
    locked.subject.title = locked.title
    locked.subject.save(update_fields=["title", "search"])
    record(journal.CHANGED, actor=actor, subject=locked.subject, data={"title": locked.title})
    return locked


@transaction.atomic
def put_line(
    *,
    purchase: Purchase,
    name: str,
    quantity: Decimal,
    estimate: Decimal,
    actor: User,
    budget_line: BudgetLine | None = None,
    specification: str = "",
    measure: str = "",
    line: PurchaseLine | None = None,
) -> PurchaseLine:
    """Enter what is bought, or change a `line` of it: how many, on which budget line, for how much at most, with tax.

    Refuses as `change_purchase`; a budget line of another activity (R-BUD-08), none where the purchase is for an
    activity, and amounts and quantities that are none. Records `purchasing.line_put`.
    """
    locked = locked_purchase(purchase, EDITABLE)
    require(actor, Perm.REQUEST, locked)
    required(name=name)
    amount_at("estimate", estimate)
    _check_quantity(quantity)
    if locked.activity_id is not None and (
        budget_line is None or budget_line.subject_id != locked.activity_id
    ):
        raise at_field("budget_line", _("Choose a line of the budget of this activity."))
    if line is None:
        last = PurchaseLine.objects.filter(purchase=locked).aggregate(last=Max("position"))["last"] or 0
        line = PurchaseLine(purchase=locked, position=last + 1)
        _as_tendered(locked)
    elif line.purchase_id != locked.pk:
        raise at_field("line", _("This line belongs to another purchase."))
    elif (line.name, line.specification, line.measure, line.quantity) != (
        name.strip(), specification.strip(), measure.strip(), quantity,
    ):  # fmt: skip
        _as_tendered(locked)
    line.name, line.specification, line.measure = name.strip(), specification.strip(), measure.strip()
    line.line = budget_line if locked.activity_id is not None else None
    line.quantity, line.estimate = quantity, estimate
    line.save()
    data = {"line": line.name, "amount": format_exact(estimate)}
    record(journal.LINE_PUT, actor=actor, subject=locked.subject, data=data)
    return line


def _check_quantity(quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity <= 0 or quantity >= LARGEST_QUANTITY:
        raise at_field("quantity", _("Give a quantity above zero, below a billion."))
    if quantity != quantity.quantize(Decimal("0.01")):
        raise at_field("quantity", _("Give at most two decimals."))


@transaction.atomic
def remove_line(*, line: PurchaseLine, actor: User) -> Purchase:
    """Take a line out of a draft, with its prices; records `purchasing.line_removed`."""
    locked = locked_purchase(line.purchase, EDITABLE)
    require(actor, Perm.REQUEST, locked)
    _as_tendered(locked)
    record(journal.LINE_REMOVED, actor=actor, subject=locked.subject, data={"line": line.name})
    line.delete()
    return locked


@transaction.atomic
def reopen_purchase(*, purchase: Purchase, note: str, actor: User) -> Purchase:
    """Take an approved request back to change it, to ask for more for instance; what is reserved is free until it is sent.

    The offers stay. Refuses as `flow.REOPEN` says, and without a reason; records `purchasing.reopened`.
    """
    required(note=note)
    lock(purchase.pk)
    with flow.REOPEN.apply(purchase, actor=actor, note=note.strip()):
        release_all(purchase=whole_purchase(purchase.pk), actor=actor)
    return whole_purchase(purchase.pk)


def _as_tendered(purchase: Purchase) -> None:
    """Refuse to change what suppliers have bid for; only what it may cost at most is asked for anew."""
    if Bid.objects.filter(tender=purchase.pk).exists():
        raise WrongState(
            say(_("Suppliers have bid for it: only what it may cost at most can still be changed."))
        )


@transaction.atomic
def cancel_purchase(*, purchase: Purchase, note: str, actor: User) -> Purchase:
    """Give a purchase up; what was reserved for it is free again. Refuses as `flow.CANCEL`, and without a reason."""
    required(note=note)
    lock(purchase.pk)
    with flow.CANCEL.apply(purchase, actor=actor, note=note.strip()):
        release_all(purchase=whole_purchase(purchase.pk), actor=actor)
    return whole_purchase(purchase.pk)
