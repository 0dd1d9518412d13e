"""Reads that span models: a campaign's dossier, its facts, its findings, what versions keep of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.selectors import headings_without
from yunchou.capabilities.metrics.goals import Wanted
from yunchou.capabilities.work.counting import axis_of
from yunchou.capabilities.work.selectors import leads_of
from yunchou.capabilities.work.stores import links_between
from yunchou.capabilities.work.tables import TaskRow
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import last_case, missing_steps, predict
from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once, reading
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import (
    Judged,
    evaluate,
    parameters_on,
    params_on,
    rulings_of,
    with_rulings,
)
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.persons import PeopleNearby
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.subjects.models import Subject

from . import changing
from .ahead import blocking_limits
from .aims import own_event_purposes
from .brief import campaign_of
from .dated import dated_of
from .facts import CampaignFacts
from .models import Campaign, CreativeModule, Goal, Status
from .neighbours import neighbourhood_of, regions
from .rules.book import ALL, PROPOSAL
from .rules.consistency import dates_agree
from .rules.execution import Approval
from .rules.proposal import is_large
from .settled import PROPOSAL_TABLES, settled
from .stored import dossier_as_stored, only
from .stores import goals as goal_store
from .stores import overview_row
from .succession import Heirs, as_agreed, heirs_of
from .tables import CONTENT_PLAN, Phase, phases_in


def context_of(campaign: Campaign) -> Context:
    """How cells of this campaign are read and shown: its year, its period, its people."""
    nearby = PeopleNearby(campaign.subject.unit)
    year = campaign.start_on.year if campaign.start_on else clock.today().year
    return Context(
        year=year, start=campaign.start_on, end=campaign.end_on, people=nearby.find, names=nearby.name_of
    )


def phases_of(campaign: Campaign) -> tuple[Phase, ...]:
    """The phases that the content plan names, read once per campaign object (that is, once per page)."""
    kept: tuple[Phase, ...] | None = campaign.__dict__.get("_phases")
    if kept is None:
        plan = CreativeModule.objects.filter(subject=campaign.subject, module=CONTENT_PLAN).first()
        kept = campaign.__dict__["_phases"] = phases_in(plan.content, context_of(campaign)) if plan else ()
    return kept


def dossier_of(campaign: Campaign) -> Dossier:
    """All tables of the campaign as they stand, laid out like the workbook they came from."""
    return workbook().load(campaign.subject, campaign.frame)


_held: ContextVar[dict[int, CampaignFacts] | None] = ContextVar("facts_held", default=None)


@contextmanager
def facts_held() -> Iterator[None]:
    """Within the block the facts of a campaign are read once, and what all campaigns are judged by.

    For actions that judge a proposal from several sides and write nothing that is judged.
    """
    token = _held.set({})
    try:
        with reading(parameters_on, rulings_of, regions):
            yield
    finally:
        _held.reset(token)


def facts_of(subject: Subject, day: date | None = None, *, campaign: Campaign | None = None) -> CampaignFacts:
    """What the rules judge, for today or another day: the tables, and what people have said beside them.

    `campaign` is given by whoever holds its row, with its subject and unit, under a lock.
    """
    held = _held.get()
    if held is None or day is not None:
        return _read_facts(subject, day, campaign)
    if subject.pk not in held:
        held[subject.pk] = _read_facts(subject, None, campaign)
    return held[subject.pk]


def _read_facts(subject: Subject, day: date | None, campaign: Campaign | None) -> CampaignFacts:
    campaign, goals = campaign or campaign_of(subject.pk), tuple(goals_of(subject))
    dossier = dossier_as_stored(
        subject,
        overview=lambda: [overview_row(campaign)],
        goals=lambda: [goal_store.row(goal) for goal in goals],
    )
    return CampaignFacts(
        dossier,
        context_of(campaign),
        day or clock.today(),
        links=links_between(dossier.rows(TaskRow)),
        axis=axis_of(subject),
        leads=leads_of(subject),
        unconfirmed=tuple(goal.unconfirmed for goal in goals),
        principles=tuple(campaign.principles),
        no_costs=partial(headings_without, subject),
        around=partial(neighbourhood_of, campaign),
        funds=partial(blocking_limits, campaign.pk),
        sent=partial(changing.sent_at, subject),
        outside=partial(dated_of, subject),
        event_purposes=own_event_purposes,
    )


def goals_of(subject: Subject) -> QuerySet[Goal]:
    """The goals in the order of their table."""
    return Goal.objects.filter(subject=subject).select_related("owner").order_by("position", "pk")


def wanted_of(subject: Subject) -> list[Wanted]:
    """What the goals want to be reached, indicator by indicator, as dashboard and evaluation take it over (GOA-09)."""
    return [
        Wanted(name, target, goal.dimension, goal.owner_id, goal.owner_name)
        for goal in goals_of(subject)
        for name, target in goal_store.row(goal).indicators
    ]


def findings_of(subject: Subject) -> list[Judged]:
    """What every rule says of the campaign now, failed ones first, with what people have ruled about them.

    By the parameters by which it was decided on, where it was sent (GEN-04).
    """
    facts = facts_of(subject)
    return with_rulings(evaluate(ALL, facts, day=facts.rules_day), subject)


def proposal_content(subject: Subject) -> dict[str, Any]:
    """The proposal as versions keep it: its tables without what changes while the campaign runs.

    What was handed over since it was sent is still that of the person to whom the approvers agreed.
    """
    dossier = proposal_of(subject)
    tables, heirs = dossier.snapshot()["tables"], heirs_of(subject.pk)
    return {
        "tables": {
            key: _settled(dossier.part(key), tables[key], heirs) for key in PROPOSAL_TABLES if key in tables
        }
    }


@read_once
def proposal_of(subject: Subject) -> Dossier:
    """The tables that approvers decide on, as they stand: those of the facts that are held, else read when looked at."""
    held = (_held.get() or {}).get(subject.pk)
    return only(held.dossier if held else dossier_as_stored(subject), PROPOSAL_TABLES)


def _settled(part: Part[Any], table: Mapping[str, Any], heirs: Heirs) -> dict[str, Any]:
    key = part.table.key
    rows = zip(part.rows, table.get("rows", ()), strict=True)
    return {
        "rows": [settled(key, as_agreed(heirs, key, row.pk, data)) for row, data in rows],
        **({"footer": table["footer"]} if "footer" in table else {}),
    }


# What waits for the approval: money and the tasks of the execution phase.
COMMITTING = ("actuals", "execution")
UNAPPROVED = frozenset({Status.DRAFT, Status.PLANNING, Status.IN_APPROVAL})

# Tables of the proposal are settled once it was sent; what people record while it runs stays open until the end.
_S = Status
_LIVE = frozenset({_S.DRAFT, _S.PLANNING, _S.APPROVED, _S.PREPARING, _S.RUNNING, _S.CLOSED})
OPEN_WHILE: dict[str, frozenset[str]] = {
    **dict.fromkeys(PROPOSAL_TABLES, frozenset({_S.DRAFT, _S.PLANNING})),
    **dict.fromkeys(("evaluation", "roi"), frozenset({_S.DRAFT, _S.PLANNING, _S.RUNNING, _S.CLOSED})),
    **dict.fromkeys(COMMITTING, frozenset({_S.APPROVED, _S.PREPARING, _S.RUNNING, _S.CLOSED})),
    # People look back on the evaluation once it is complete.
    "retrospective": frozenset({_S.DRAFT, _S.PLANNING, _S.RUNNING, _S.CLOSED, _S.EVALUATED}),
}


def lock_on(subject: Subject, table: str) -> Say | None:
    """Why a table may not be changed now, or None. What is no table of the proposal is recorded while work goes on.

    `execution` and `actuals` stand for starting a task of the execution phase and for committing money, which both wait
    for every required approval (R-APR-07, R-APR-08); `schedule/12` and `budget/12` for doing so on one row.
    """
    of, _slash, pk = table.partition("/")
    if pk:
        return changing.not_in_force(subject, of, int(pk))
    campaign = Campaign.objects.only("status", "subject").get(pk=subject.pk)
    if campaign.status in OPEN_WHILE.get(table, _LIVE):
        return changing.hold_on(subject) if table in COMMITTING else None
    if table in PROPOSAL_TABLES and changing.written_change(subject):
        return None
    if table in COMMITTING and campaign.status in UNAPPROVED:
        return say(_("Not approved yet: neither money is committed nor execution started (R-APR-07)."))
    return say(
        _("This table is read-only: the campaign is “{state}”."), state=str(campaign.get_status_display())
    )


def approval_of(campaign: Campaign, actor: User) -> Approval:
    """Whether the proposal is approved, and which steps are missing: of the running case, else of the route it would take."""
    if campaign.status not in UNAPPROVED and (in_force := changing.approval_in_force(campaign.subject)):
        return in_force
    case = last_case(campaign.subject)
    if case is not None and case.state == Case.State.APPROVED:
        return Approval(True)
    if case is not None and case.is_running:
        return Approval(
            False, tuple(str(step.position) for step in missing_steps(campaign.subject)), is_sent=True
        )
    route = predict(campaign.subject, "campaign", actor)
    return Approval(False, tuple(step.name for step in route.steps if step.blocks and step.skip is None))


def proposal_findings(subject: Subject) -> list[Judged]:
    """What the rules that judge a proposal say of it now: what stops it is to be mended or excepted before it is sent."""
    facts = facts_of(subject)
    failed = [verdict for verdict in evaluate(PROPOSAL, facts, day=facts.rules_day) if not verdict.passed]
    return with_rulings(failed, subject)


def conflicts_of(subject: Subject) -> list[Judged]:
    """The dates that disagree and that nobody has confirmed (R-SCH-06); judged as of the day the proposal was sent."""
    facts = facts_of(subject)
    failed = [
        verdict for verdict in evaluate([dates_agree], facts, day=facts.rules_day) if not verdict.passed
    ]
    return [one for one in with_rulings(failed, subject) if one.is_open]


def classification(subject: Subject) -> Verdict:
    """Whether the campaign is large, by R-TYP-01 of the day it was sent: the verdict fails where it is, and names why."""
    facts = facts_of(subject)
    [verdict] = is_large.check(facts, params_on([is_large], facts.rules_day)[is_large.id])
    return verdict


def proposal_total(subject: Subject) -> Decimal:
    """What the budget will be once the proposal is approved: the sum of its lines, in yuan."""
    return facts_of(subject).cost
