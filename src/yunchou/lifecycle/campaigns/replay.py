"""Campaigns as the past on which changes of rules are tried, and what a decision on one was told.

Reading is by the many: a table is one query for all campaigns of a part, whatever their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any, Final, cast

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import Budget, BudgetLine
from yunchou.capabilities.budgets.stores import totals_row
from yunchou.capabilities.rulebook.replay import Item, Later, ParamsOf, ReplaySource, register
from yunchou.capabilities.work.counting import axes_of, axis_for
from yunchou.capabilities.work.models import Dependency, GanttTask
from yunchou.capabilities.work.schedule import CALENDAR_DAYS, Kind
from yunchou.capabilities.work.states import DayCount
from yunchou.capabilities.work.stores import LINK
from yunchou.capabilities.work.tables import NamedLink
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO, format_yuan
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.witnesses import Witness, witness
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.registry import Kept, workbook
from yunchou.kernel.sheets.store import ModelStore
from yunchou.kernel.sheets.values import Context, Person
from yunchou.kernel.subjects.models import Member, Role, Subject

from .aim_models import EVENT_PURPOSES
from .aims import own_event_purposes
from .approvals import route_facts
from .dated import Dated, dated_of_many
from .facts import CampaignFacts
from .models import SMART_BOXES, Campaign, Goal, Status
from .money import amounts_of
from .rules.book import ALL
from .rules.proposal import is_large
from .rules.splitting import Limit, Neighbourhood, Outline, nothing_is_split
from .settled import LIVING_COLUMNS, PROPOSAL_TABLES
from .stored import looked_at
from .stores import overview_row
from .succession import OWNER, PASSED_ON
from .tables import OVERVIEW, OverviewRow

Json = dict[str, Any]


# ---------------------------------------------------------------- many at once


def chosen(user: User, since: date, until: date) -> list[int]:
    """The campaigns of a period that the person may see, by the day on which they begin."""
    found = Campaign.objects.visible_to(user).filter(start_on__range=(since, until))
    return list(found.order_by("start_on", "pk").values_list("pk", flat=True))


def load(ids: Sequence[int]) -> list[Item]:
    """The campaigns with everything that rules judge and routes ask, in the order of `ids`."""
    campaigns = Campaign.objects.select_related("subject__unit").in_bulk(list(ids))
    past = _Past(campaigns)
    return [past.item(campaigns[pk]) for pk in ids if pk in campaigns]


class _Past:
    """Everything about some campaigns, read table by table."""

    def __init__(self, campaigns: Mapping[int, Campaign]) -> None:
        self.ids = list(campaigns)
        self.kept = workbook().kept
        self.names = dict(User.objects.values_list("pk", "name"))
        self.regions = set(Unit.objects.filter(kind=Unit.Kind.REGION).values_list("pk", flat=True))
        self._tables: dict[str, Mapping[int, list[Any]]] = {}
        self.totals = {kept.pk: totals_row(kept) for kept in Budget.objects.filter(pk__in=self.ids)}
        self.amounts = amounts_of(self.ids)
        self.links = self._links()
        self.axes = axes_of(self.ids)
        self.leads = self._leads()
        self.unconfirmed = self._unconfirmed()
        self.dated = dated_of_many(self.ids)
        ruled = Ruling.objects.filter(subject__in=self.ids, kind=Ruling.Kind.EXCEPTION)
        self.excepted = set(ruled.values_list("subject", flat=True))
        self.cases = {
            case.subject_id: case for case in Case.objects.filter(subject__in=self.ids).order_by("pk")
        }

    def rows(self, kept: Kept[Any], campaign: int) -> tuple[Any, ...]:
        """The rows of one table of a campaign, as its store makes them. A table is read once for all, when it is asked for."""
        store = getattr(kept.load, "__self__", None)
        if not isinstance(store, ModelStore):
            return tuple(kept.load(Subject.objects.get(pk=campaign)))
        if kept.table.key not in self._tables:
            found: dict[int, list[Any]] = defaultdict(list)
            instances = store.model._default_manager.filter(subject__in=self.ids).order_by("position", "pk")
            instances = among(instances) if (among := getattr(store, "among", None)) else instances
            if store.select_related:
                instances = instances.select_related(*store.select_related)
            for instance in instances:
                found[instance.subject_id].append(instance)
            self._tables[kept.table.key] = found
        return tuple(map(store.row, self._tables[kept.table.key].get(campaign, ())))

    def _links(self) -> Mapping[int, tuple[NamedLink, ...]]:
        """The saved links as positions in the table, as `work.stores.links_between` gives them for one campaign."""
        places: dict[int, int] = {}
        last: dict[int, int] = defaultdict(int)
        tasks = GanttTask.objects.filter(subject__in=self.ids).order_by("position", "pk")
        for subject, pk in tasks.values_list("subject", "pk"):
            places[pk] = last[subject]
            last[subject] += 1
        found: dict[int, list[NamedLink]] = defaultdict(list)
        rows = Dependency.objects.filter(task__subject__in=self.ids).order_by("pk")
        for subject, task, before, given, kind, lag in rows.values_list("task__subject", *LINK):
            if before in places:
                found[subject].append(NamedLink(places[before], places[task], given, Kind(kind), lag))
        return {subject: tuple(links) for subject, links in found.items()}

    def _leads(self) -> Mapping[int, int]:
        """Overall leads; where there are none, owners stand for them (as `work.selectors.team_of` counts)."""
        who: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        held = Member.objects.filter(subject__in=self.ids, role__in=[Role.LEAD, Role.OWNER])
        for subject, role, user in held.values_list("subject", "role", "user"):
            who[subject][role].add(user)
        return {subject: len(roles[Role.LEAD] or roles[Role.OWNER]) for subject, roles in who.items()}

    def _unconfirmed(self) -> Mapping[int, list[tuple[str, ...]]]:
        found: dict[int, list[tuple[str, ...]]] = defaultdict(list)
        goals = Goal.objects.filter(subject__in=self.ids).order_by("position", "pk")
        for subject, *ticked in goals.values_list("subject", *SMART_BOXES):
            boxes = zip(SMART_BOXES, ticked, strict=True)
            found[subject].append(tuple(box for box, is_ticked in boxes if not is_ticked))
        return found

    def item(self, campaign: Campaign) -> Item:
        """One campaign as the rules judge it."""
        facts = self._facts(campaign)
        route = partial(
            _route,
            facts,
            is_regional=bool(self.regions & set(campaign.subject.unit.ancestor_ids)),
            unit_level=str(campaign.subject.unit.kind),
            has_exception=campaign.pk in self.excepted,
        )
        return Item(campaign.pk, self._day(campaign), self.amounts.get(campaign.pk, ZERO), facts, route)

    @cached_property
    def event_purposes(self) -> frozenset[str]:
        return own_event_purposes()

    def _facts(self, campaign: Campaign) -> CampaignFacts:
        dossier = Dossier(tuple(cast(Part[Any], _PastPart(self, kept, campaign)) for kept in self.kept))
        return CampaignFacts(
            dossier,
            _context(campaign.start_on, campaign.end_on, self.names),
            self._day(campaign),
            links=self.links.get(campaign.pk, ()),
            axis=self.axes.get(campaign.pk, CALENDAR_DAYS),
            leads=self.leads.get(campaign.pk, 0),
            unconfirmed=tuple(self.unconfirmed.get(campaign.pk, ())),
            principles=tuple(campaign.principles),
            around=self._around(campaign),
            outside=lambda: self.dated.get(campaign.pk, ()),
            event_purposes=lambda: self.event_purposes,
        )

    def _around(self, campaign: Campaign) -> Any:
        """The campaigns with which it was decided on, as one sum: those that its approvers saw."""
        case = self.cases.get(campaign.pk)
        joint = Decimal(str(case.facts.get("joint_cost", "0"))) if case else ZERO
        return partial(_together, joint=joint) if joint else None

    def _day(self, campaign: Campaign) -> date:
        """The day whose rules held for it: when it was sent, else when it began or, if that is to come, today."""
        if case := self.cases.get(campaign.pk):
            return clock.local(case.opened_at).date()
        return min(campaign.start_on or clock.today(), clock.today())


class _PastPart:
    """A part of a dossier whose rows are made when a rule looks at them: most rules look at one table of thirteen."""

    frame: Final = None

    def __init__(self, past: _Past, kept: Kept[Any], campaign: Campaign) -> None:
        self.table = kept.table
        self._past, self._kept, self._campaign = past, kept, campaign

    @cached_property
    def rows(self) -> tuple[Any, ...]:
        if self.table is OVERVIEW:
            return (overview_row(self._campaign),)
        rows = self._past.rows(self._kept, self._campaign.pk)
        return tuple(row for row in rows if not self.table.is_blank(row))

    @property
    def footer(self) -> Any:
        return self._past.totals.get(self._campaign.pk) if self.table.footer else None


def _route(facts: CampaignFacts, params: ParamsOf, **known: Any) -> Mapping[str, Any]:
    return route_facts(facts, params=params(is_large), **known)


def _together(facts: CampaignFacts, *, joint: Decimal) -> Neighbourhood | None:
    """A neighbourhood that comes to the sum that was decided on."""
    if joint <= facts.taxed_cost or facts.start_on is None:
        return None
    own = Outline(-1, facts.overview.name, facts.start_on, facts.taxed_cost, unit=1)
    other = replace(own, pk=-2, cost=joint - own.cost)
    return Neighbourhood(own, (other,))


def _context(start: date | None, end: date | None, names: Mapping[int, str]) -> Context:
    """How the cells of a campaign were read: its year and period."""
    year = start.year if start else clock.today().year
    return Context(year=year, start=start, end=end, names=lambda pk: names.get(pk, ""))


def later(ids: Sequence[int]) -> dict[int, Later]:
    """What became of campaigns: money over or left, returns, an end before the time."""
    spent = {
        row["subject"]: (row["planned"] or ZERO, row["actual"])
        for row in BudgetLine.objects.filter(subject__in=ids)
        .order_by()
        .values("subject")
        .annotate(planned=Sum("amount"), actual=Sum("actual"))
    }
    returned = dict(
        Case.objects.filter(subject__in=ids, state=Case.State.RETURNED)
        .order_by()
        .values_list("subject")
        .annotate(count=Count("pk"))
    )
    status = dict(Campaign.objects.filter(pk__in=ids).values_list("pk", "status"))
    return {pk: _became(*spent.get(pk, (ZERO, None)), returned.get(pk, 0), status.get(pk, "")) for pk in ids}


def _became(planned: Decimal, actual: Decimal | None, returned: int, status: str) -> Later:
    told, level = _money(planned, actual)
    if returned:
        back = say(_("returned {count} times"), count=returned)
        told, level = (
            say(_("{first}; {second}"), first=told, second=back),
            max(level, "watch", key=_WORSE.index),
        )
    if status == Status.CANCELLED:
        told = say(_("{first}; {second}"), first=told, second=say(_("cancelled")))
    return Later(told, level)


_WORSE = ("unknown", "fine", "watch", "act")


def _money(planned: Decimal, actual: Decimal | None) -> tuple[Say, str]:
    if actual is None:
        return say(_("not settled yet")), "unknown"
    left = planned - actual
    if left < 0:
        return say(_("{amount} over budget"), amount=format_yuan(-left)), "act"
    return (say(_("{amount} left"), amount=format_yuan(left)) if left else say(_("used up"))), "fine"


def judging() -> Iterable[Rule[CampaignFacts]]:
    """The rules that judge a campaign as a whole, its classification among them."""
    return [is_large, *ALL]


CAMPAIGNS = register(
    ReplaySource(
        "campaign",
        gettext_lazy("Campaigns"),
        definition="campaign",
        rules=judging,
        routing=frozenset({is_large.id}),
        chosen=chosen,
        load=load,
        later=later,
        # Which campaigns are alike is asked around each of them; a trial takes the sum that was decided on.
        untried=frozenset({nothing_is_split.id}),
    )
)


# ---------------------------------------------------------------- one decision again


#: The columns of which a version does not say what rules saw: those that go on changing, and owners who took over.
_LEFT_OUT: Final = {
    key: LIVING_COLUMNS.get(key, frozenset()) | ({OWNER} if key in PASSED_ON else set())
    for key in (*LIVING_COLUMNS, *(key for key in PASSED_ON if key not in LIVING_COLUMNS))
}


def keep(facts: CampaignFacts) -> Json:
    """What the rules were told besides the proposal that a version keeps: of the other tables those that they asked for."""
    tables: Json = looked_at(facts.dossier).snapshot()["tables"]
    beside = {key: table for key, table in tables.items() if key not in PROPOSAL_TABLES}
    living = {
        key: [{name: row[name] for name in names if name in row} for row in tables[key].get("rows", ())]
        for key, names in _LEFT_OUT.items()
        if key in tables
    }
    return {
        "today": facts.today.isoformat(),
        "links": None if facts.links is None else [link.as_json() for link in facts.links],
        **({} if facts.axis is CALENDAR_DAYS else {"working_days": True}),
        "leads": facts.leads,
        "unconfirmed": None if facts.unconfirmed is None else [list(boxes) for boxes in facts.unconfirmed],
        "principles": None if facts.principles is None else list(facts.principles),
        "no_costs": None if facts.without is None else sorted(facts.without),
        **({"event_purposes": sorted(own)} if (own := facts.named_for_events - set(EVENT_PURPOSES)) else {}),
        "around": _outlined(facts.neighbourhood),
        "outside": [one.as_json() for one in facts.dated],
        "beside": beside,
        "living": living,
    }


def recall(subject: Subject, content: Mapping[str, Any], kept: Mapping[str, Any]) -> CampaignFacts:
    """The facts as they were: the frozen proposal, and what was kept beside it."""
    tables = {key: dict(table) for key, table in content["tables"].items()}
    for key, rows in kept["living"].items():
        if key in tables and "rows" in tables[key]:
            tables[key]["rows"] = [row | more for row, more in zip(tables[key]["rows"], rows, strict=True)]
    dossier = Dossier.restore({"tables": {**kept["beside"], **tables}}, workbook().tables)
    names = dict(User.objects.values_list("pk", "name"))
    for part in dossier.parts:
        dossier = dossier.with_part(replace(part, rows=tuple(_named(row, names) for row in part.rows)))
    overview = next(iter(dossier.rows(OverviewRow)), OverviewRow())
    links, unconfirmed, principles = kept["links"], kept["unconfirmed"], kept["principles"]
    no_costs = kept.get("no_costs")
    around = _neighbourhood(kept["around"])
    # Kept since dates outside the tables are compared.
    event_purposes = frozenset(kept.get("event_purposes", ()))
    dated = tuple(map(Dated.from_json, kept.get("outside", ())))
    return CampaignFacts(
        dossier,
        _context(overview.start_on, overview.end_on, names),
        date.fromisoformat(kept["today"]),
        links=None if links is None else tuple(map(NamedLink.from_json, links)),
        axis=axis_for(DayCount.WORKING) if kept.get("working_days") else CALENDAR_DAYS,
        leads=kept["leads"],
        unconfirmed=None if unconfirmed is None else tuple(tuple(boxes) for boxes in unconfirmed),
        principles=None if principles is None else tuple(principles),
        no_costs=None if no_costs is None else partial(frozenset, no_costs),
        around=(lambda _facts: around) if around else None,
        outside=lambda: dated,
        event_purposes=lambda: event_purposes,
    )


def _named(row: Any, names: Mapping[int, str]) -> Any:
    """A row whose people are called by their names again; a version keeps only who they are."""
    changes: dict[str, Any] = {}
    for each in fields(row):
        value = getattr(row, each.name)
        if isinstance(value, Person):
            changes[each.name] = _called(value, names)
        elif isinstance(value, tuple) and value and isinstance(value[0], Person):
            changes[each.name] = tuple(_called(person, names) for person in value)
    return replace(row, **changes) if changes else row


def _called(person: Person, names: Mapping[int, str]) -> Person:
    return person if person.id is None or person.name else Person(names.get(person.id, ""), person.id)


def _outlined(around: Neighbourhood | None) -> Json | None:
    """A neighbourhood as JSON."""
    if around is None:
        return None
    limits = [
        {**asdict(limit), "amount": str(limit.amount), "kinds": sorted(limit.kinds)}
        for limit in around.limits
    ]
    return {"own": _outline(around.own), "others": [_outline(one) for one in around.others], "limits": limits}


def _outline(one: Outline) -> Json:
    return {
        **asdict(one),
        "start_on": one.start_on.isoformat(),
        "cost": str(one.cost),
        "sent_at": one.sent_at.isoformat() if one.sent_at else None,
        "suppliers": sorted(one.suppliers),
    }


def _neighbourhood(data: Mapping[str, Any] | None) -> Neighbourhood | None:
    """The neighbourhood that `_outlined` wrote."""
    if data is None:
        return None
    limits = tuple(
        Limit(**{**limit, "amount": Decimal(limit["amount"]), "kinds": frozenset(limit["kinds"])})
        for limit in data["limits"]
    )
    return Neighbourhood(_read(data["own"]), tuple(map(_read, data["others"])), limits)


def _read(data: Mapping[str, Any]) -> Outline:
    sent = data["sent_at"]
    return Outline(
        **{
            **data,
            "start_on": date.fromisoformat(data["start_on"]),
            "cost": Decimal(data["cost"]),
            "purposes": tuple(data["purposes"]),
            "sent_at": datetime.fromisoformat(sent) if sent else None,
            # Kept since suppliers are compared.
            "suppliers": frozenset(data.get("suppliers", ())),
        }
    )


witness(Witness("campaign", keep, recall, day=lambda facts: cast(CampaignFacts, facts).rules_day))
