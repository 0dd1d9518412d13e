"""The campaigns around one that is sent, as splitting compares them: read for one campaign in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.purchasing.selectors import suppliers_of
from yunchou.directory.organisation import routes
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.rules.selectors import params_on

from .change_models import Change
from .facts import CampaignFacts
from .models import Campaign, Kind, Status
from .rules.proposal import is_large
from .rules.splitting import WITHOUT_TAX, Limit, Neighbourhood, Outline, nothing_is_split, with_tax

COUNTED = frozenset(Status.values) - {Status.DRAFT, Status.PLANNING, Status.CANCELLED}
"""What has been sent counts, approved or not yet; what was rejected, withdrawn or given up does not."""
LIVE = Q(state__in=[Change.State.OPEN, Change.State.SENT])
_COLUMNS = (
    "pk",
    "name",
    "kind",
    "audience_note",
    "purposes",
    "start_on",
    "created_at",
    "sent_at",
    "is_changed",
    "subject__unit",
    "subject__unit__path",
)


def limits_on(day: date | None) -> tuple[Limit, ...]:
    """The amounts from which another route is taken on a day (default today), with the comparator of each rule."""
    large = params_on([is_large], day)[is_large.id]
    return (
        Limit(is_large.id, large.cost),
        Limit("R-APR-13", routes.MAJOR, kinds=frozenset({Kind.MARKETING.value})),
    )


@read_once
def regions() -> frozenset[int]:
    """Every region, by its key."""
    return frozenset(Unit.objects.filter(kind=Unit.Kind.REGION).values_list("pk", flat=True))


def neighbourhood_of(campaign: Campaign, facts: CampaignFacts) -> Neighbourhood | None:
    """The campaign with those that were sent around it; None where it passes every limit by itself."""
    start = facts.start_on
    assert start is not None
    limits, unit = limits_on(facts.rules_day), campaign.subject.unit
    home = home_of(unit.path, regions())
    own = Outline(
        campaign.pk,
        facts.overview.name or campaign.name,
        start,
        facts.taxed_cost,
        unit.pk,
        home,
        str(facts.overview.kind or campaign.kind),
        facts.overview.audience,
        facts.overview.purposes,
        facts.sent_at[-1] if facts.sent_at else None,
    )
    if all(limit.passed_by(own.cost) for limit in limits if limit.concerns(own)):
        return None
    return _with_suppliers(Neighbourhood(own, tuple(_others(own, facts.rules_day)), limits))


def _with_suppliers(around: Neighbourhood) -> Neighbourhood:
    """The same with the suppliers chosen for each; one query, none where nobody is near."""
    if not around.others:
        return around
    chosen = suppliers_of([around.own.pk, *(one.pk for one in around.others)])
    own, *others = (
        replace(one, suppliers=chosen.get(one.pk, frozenset())) for one in (around.own, *around.others)
    )
    return Neighbourhood(own, tuple(others), around.limits)


def home_of(path: str, regions: Collection[int]) -> int:
    """The region that a unit belongs to, or the group where it belongs to none."""
    above = [int(part) for part in path.strip("/").split("/")]
    return next((pk for pk in reversed(above) if pk in regions), above[0])


def _standing() -> Any:
    """Cases that are decided on or were approved, newest first."""
    return Case.objects.filter(state__in=[Case.State.RUNNING, Case.State.APPROVED]).order_by("-pk")


def _others(own: Outline, day: date | None) -> Iterable[Outline]:
    """Every campaign of the same home that was sent and begins near it, with its cost."""
    reach = timedelta(days=params_on([nothing_is_split], day)[nothing_is_split.id].days)
    near = Q(start_on__range=(own.start_on - reach, own.start_on + reach))
    near |= Q(
        start_on=None,
        created_at__gte=clock.moment(own.start_on - reach),
        created_at__lt=clock.moment(own.start_on + reach + timedelta(days=1)),
    )
    found = Campaign.objects.filter(near, status__in=COUNTED).exclude(pk=own.pk)
    known = regions()
    if own.home in known:
        found = found.filter(subject__unit__path__contains=f"/{own.home}/")
    sent = Subquery(_standing().filter(subject=OuterRef("pk")).values("opened_at")[:1])
    is_changed = Exists(Change.objects.filter(LIVE, campaign=OuterRef("pk")))
    rows = [
        row
        for row in found.annotate(sent_at=sent, is_changed=is_changed).order_by("pk").values(*_COLUMNS)
        if home_of(row["subject__unit__path"], known) == own.home
    ]
    costs = costs_of([row["pk"] for row in rows], [row["pk"] for row in rows if row["is_changed"]])
    return (
        Outline(
            row["pk"],
            row["name"],
            row["start_on"] or clock.local(row["created_at"]).date(),
            costs.get(row["pk"], ZERO),
            row["subject__unit"],
            own.home,
            row["kind"],
            row["audience_note"],
            tuple(row["purposes"]),
            row["sent_at"],
        )
        for row in rows
    )


def costs_of(campaign_ids: Collection[int], changed: Collection[int]) -> dict[int, Decimal]:
    """What each campaign costs with tax, in yuan; those being written again (`changed`) at least what approvers saw.

    As a rule one query: lines without tax and campaigns that are changed are few.
    """
    if not campaign_ids:
        return {}
    is_untaxed = Q(item__iregex=WITHOUT_TAX.pattern.replace("(?:", "("))
    lines = BudgetLine.objects.filter(subject__in=campaign_ids, amount__isnull=False).order_by()
    totals = lines.values_list("subject").annotate(
        total=Sum("amount"), untaxed=Count("pk", filter=is_untaxed)
    )
    costs = defaultdict(lambda: ZERO)
    untaxed = []
    for pk, total, count in totals:
        costs[pk] = total
        if count:
            untaxed.append(pk)
    if untaxed:
        without = lines.filter(is_untaxed, subject__in=untaxed)
        for pk, item, amount in without.values_list("subject", "item", "amount"):
            costs[pk] += with_tax(item, amount or ZERO) - (amount or ZERO)
    if changed:
        for change in Change.objects.filter(LIVE, campaign__in=changed).select_related("base"):
            costs[change.campaign_id] = max(costs[change.campaign_id], cost_in(change.base.content))
    return dict(costs)


def cost_in(content: Mapping[str, Any]) -> Decimal:
    """What the budget of a version comes to with tax, in yuan."""
    rows = content.get("tables", {}).get("budget", {}).get("rows", ())
    return sum(
        (with_tax(row.get("item", ""), Decimal(str(row["amount"]))) for row in rows if "amount" in row), ZERO
    )
