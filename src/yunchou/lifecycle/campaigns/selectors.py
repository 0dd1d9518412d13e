"""Reads that span models: a campaign's dossier, its facts, its findings, what versions keep of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.work.selectors import leads_of
from yunchou.capabilities.work.stores import links_between
from yunchou.capabilities.work.tables import TaskRow
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import last_case, missing_steps, predict
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import Judged, evaluate, with_rulings
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.persons import PeopleNearby
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.subjects.models import Subject

from .facts import CampaignFacts
from .models import Campaign, CreativeModule, Goal, Status
from .rules.book import ALL, PROPOSAL
from .rules.execution import Approval
from .tables import CONTENT_PLAN, Phase, phases_in

# What an approval decides on, and the columns of it that go on changing while the campaign runs.
PROPOSAL_TABLES = ("overview", "goals", "creative", "budget", "division", "schedule", "risks")
LIVING_COLUMNS = {
    "division": {"state"},
    "schedule": {"state"},
    "budget": {"actual", "variance_note"},
}


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


def facts_of(subject: Subject, day: date | None = None) -> CampaignFacts:
    """What the rules judge, for today or another day: the tables, and what people have said beside them."""
    campaign = Campaign.objects.select_related("subject__unit").get(pk=subject.pk)
    dossier = dossier_of(campaign)
    return CampaignFacts(
        dossier,
        context_of(campaign),
        day or clock.today(),
        links=links_between(dossier.rows(TaskRow)),
        leads=leads_of(subject),
        unconfirmed=tuple(goal.unconfirmed for goal in goals_of(subject)),
    )


def goals_of(subject: Subject) -> QuerySet[Goal]:
    """The goals in the order of their table."""
    return Goal.objects.filter(subject=subject).select_related("owner").order_by("position", "pk")


def findings_of(subject: Subject) -> list[Judged]:
    """What every rule says of the campaign now, failed ones first, with what people have ruled about them."""
    return with_rulings(evaluate(ALL, facts_of(subject)), subject)


def proposal_content(subject: Subject) -> dict[str, Any]:
    """The proposal as versions keep it: its tables without what changes while the campaign runs."""
    tables = dossier_of(Campaign.objects.get(pk=subject.pk)).snapshot()["tables"]
    return {"tables": {key: _settled(key, tables[key]) for key in PROPOSAL_TABLES if key in tables}}


def _settled(key: str, table: Mapping[str, Any]) -> dict[str, Any]:
    living = LIVING_COLUMNS.get(key, set())
    return {
        "rows": [{k: v for k, v in row.items() if k not in living} for row in table.get("rows", ())],
        **({"footer": table["footer"]} if "footer" in table else {}),
    }


# Tables of the proposal are settled once it was sent; what people record while it runs stays open until the end.
_S = Status
_LIVE = frozenset({_S.DRAFT, _S.PLANNING, _S.APPROVED, _S.PREPARING, _S.RUNNING, _S.CLOSED})
OPEN_WHILE: dict[str, frozenset[str]] = {
    **dict.fromkeys(PROPOSAL_TABLES, frozenset({_S.DRAFT, _S.PLANNING})),
    **dict.fromkeys(("evaluation", "roi"), frozenset({_S.DRAFT, _S.PLANNING, _S.RUNNING, _S.CLOSED})),
    # People look back on the evaluation once it is complete.
    "retrospective": frozenset({_S.DRAFT, _S.PLANNING, _S.RUNNING, _S.CLOSED, _S.EVALUATED}),
}


def lock_on(subject: Subject, table: str) -> Say | None:
    """Why a table may not be changed now, or None. What is no table of the proposal is recorded while work goes on."""
    campaign = Campaign.objects.only("status").get(pk=subject.pk)
    if campaign.status in OPEN_WHILE.get(table, _LIVE):
        return None
    return say(
        _("This table is read-only: the campaign is “{state}”."), state=str(campaign.get_status_display())
    )


def approval_of(campaign: Campaign, actor: User) -> Approval:
    """Whether the proposal is approved, and which steps are missing: of the running case, else of the route it would take."""
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
    failed = [verdict for verdict in evaluate(PROPOSAL, facts_of(subject)) if not verdict.passed]
    return with_rulings(failed, subject)


def proposal_total(subject: Subject) -> Decimal:
    """What the budget will be once the proposal is approved: the sum of its lines, in yuan."""
    return facts_of(subject).cost
