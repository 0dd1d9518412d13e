"""What those see first who answer for several parts of the group: how each of them stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.ui.scope import units_of
from yunchou.lifecycle.campaigns.models import UNARCHIVED, Campaign, Status

BUSINESS = (Unit.Kind.GROUP, Unit.Kind.REGION)
UNDER_WAY = (Status.APPROVED, Status.PREPARING, Status.RUNNING)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Area:
    """The group's own or a region's campaigns that are not over: counts, late duties, yuan planned and spent."""

    unit: Unit
    under_way: int
    in_approval: int
    drafts: int
    late: int
    planned: Decimal
    spent: Decimal

    @property
    def is_group(self) -> bool:
        return self.unit.kind == Unit.Kind.GROUP

    @property
    def share(self) -> Decimal | None:
        """Spent of planned; None without a plan."""
        return self.spent / self.planned if self.planned else None


def overseen_by(user: User) -> list[Unit]:
    """The group and the regions that a person oversees; nothing for whoever has one of them only."""
    units = [unit for unit in units_of(user) if unit.kind in BUSINESS]
    return units if len(units) > 1 else []


def areas_of(user: User, now: datetime) -> list[Area]:
    """How each of the units that a person oversees stands, in six queries over all campaigns that are not over."""
    units = overseen_by(user)
    if not units:
        return []
    home = _homes(units)
    alive = Campaign.objects.visible_to(user).filter(UNARCHIVED).order_by()
    statuses: Counter[tuple[int, str]] = Counter()
    for unit, status, found in alive.values_list("subject__unit", "status").annotate(n=Count("pk")):
        statuses[home.get(unit, 0), status] += found
    late: Counter[int] = Counter()
    overdue = Duty.objects.overdue(now).visible_to(user).order_by()
    for unit, found in overdue.values_list("subject__unit").annotate(n=Count("pk", distinct=True)):
        late[home.get(unit, 0)] += found
    planned, spent = dict.fromkeys(home.values(), ZERO), dict.fromkeys(home.values(), ZERO)
    lines = BudgetLine.objects.filter(subject__in=alive.values("pk")).order_by()
    for unit, amount, actual in lines.values_list("subject__unit").annotate(a=Sum("amount"), b=Sum("actual")):
        if area := home.get(unit):
            planned[area] += amount or ZERO
            spent[area] += actual or ZERO
    return [
        Area(
            unit,
            under_way=sum(statuses[unit.pk, status] for status in UNDER_WAY),
            in_approval=statuses[unit.pk, Status.IN_APPROVAL],
            drafts=statuses[unit.pk, Status.DRAFT] + statuses[unit.pk, Status.PLANNING],
            late=late[unit.pk],
            planned=planned.get(unit.pk, ZERO),
            spent=spent.get(unit.pk, ZERO),
        )
        for unit in units
    ]


def _homes(areas: Sequence[Unit]) -> dict[int, int]:
    """For each unit of the tree the nearest of the areas above it, or itself."""
    known = {area.pk for area in areas}
    return {
        pk: area
        for pk, path in Unit.objects.values_list("pk", "path")
        if (area := _nearest(reversed(path.strip("/").split("/")), known))
    }


def _nearest(ids: Iterable[str], known: set[int]) -> int | None:
    return next((int(one) for one in ids if int(one) in known), None)
