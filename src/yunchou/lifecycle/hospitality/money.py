"""What vehicles, rooms and meals come to on a budget line, and when more than it has asks for a reason."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.subjects.models import Subject

from .models import Offer, RoomBlock, Vehicle
from .selectors.menus import people_of


def planned_on(line: BudgetLine, *, besides: Vehicle | RoomBlock) -> Decimal:
    """What the care of guests plans to spend from a budget line, without one vehicle or block of rooms."""
    vehicles = Vehicle.objects.filter(budget_line=line)
    blocks = RoomBlock.objects.filter(budget_line=line)
    if isinstance(besides, Vehicle):
        vehicles = vehicles.exclude(pk=besides.pk)
    else:
        blocks = blocks.exclude(pk=besides.pk)
    total = sum((one.cost for one in vehicles), Decimal(0)) + sum((one.total for one in blocks), Decimal(0))
    meals = Offer.objects.filter(menu__budget_line=line, chosen_at__isnull=False)
    for offer in meals.select_related("menu__session"):
        total += offer.price * (offer.menu.fixed_people or people_of(offer.menu.session))
    return total


def doubt_on_line(line: BudgetLine | None, amount: Decimal, *, besides: Vehicle | RoomBlock) -> Say | None:
    """Why this needs a reason: together with what else is planned it is more than the budget line has."""
    if line is None or line.amount is None or not amount:
        return None
    total = planned_on(line, besides=besides) + amount
    if total <= line.amount:
        return None
    return say(
        _("With this {total} are planned on “{line}”, which has {amount}. Change it, or say why."),
        total=f"¥{format_yuan(total)}", line=line.item, amount=f"¥{format_yuan(line.amount)}",
    )  # fmt: skip


def line_of(subject: Subject, line: BudgetLine | None) -> BudgetLine | None:
    """The line, if it belongs to the activity."""
    if line is not None and line.subject_id != subject.pk:
        raise at_field("budget_line", _("This budget line belongs to another activity."))
    return line
