"""Reads that span models: a plan's facts, its findings, what versions keep of it, what hangs together with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import Judged, evaluate, with_rulings
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.layout import Part
from yunchou.kernel.sheets.persons import PeopleNearby
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version

from .documents import DOCUMENTS, Kind, Research
from .facts import Breakdown, PlanFacts
from .models import IN_FORCE, Change, Evaluation, Item, Plan, Status
from .periods import QUARTERS
from .rules import ALL
from .tables import WORKBOOK
from .trees import leaves, tree_of

RESEARCH_STAGE: Final = "research:"
LIVE_CHANGES: Final = (Change.State.OPEN, Change.State.SENT)


@read_once
def plan_of(pk: int) -> Plan:
    """The plan with its subject, unit, owner and the plan above it; read once a page."""
    return Plan.objects.whole(pk)


def dossier_of(subject: Subject) -> Dossier:
    """All tables of the plan as they stand."""
    kept = workbook(WORKBOOK).kept
    return Dossier(tuple(Part(each.table, tuple(each.load(subject))) for each in kept))


def context_of(plan: Plan) -> Context:
    """How cells of this plan are read and shown: its year, its period, its people."""
    nearby = PeopleNearby(plan.subject.unit)
    return Context(
        year=plan.year, start=plan.starts_on, end=plan.ends_on, people=nearby.find, names=nearby.name_of
    )


def facts_of(subject: Subject) -> PlanFacts:
    """What the rules judge, as it stands today."""
    plan = Plan.objects.get(pk=subject.pk)
    return PlanFacts(
        kind=Kind(plan.kind),
        period=plan.period,
        dossier=dossier_of(subject),
        today=clock.today(),
        is_linked=plan.parent_id is not None,
        research=_studies(subject),
    )


def _studies(subject: Subject) -> dict[str, int]:
    stages = Counter(research_of(subject).values_list("stage", flat=True))
    return {study: stages[f"{RESEARCH_STAGE}{study}"] for study in Research}


def research_of(subject: Subject) -> QuerySet[Attachment]:
    """The studies attached to a plan."""
    found = Attachment.objects.current().filter(subject=subject, stage__startswith=RESEARCH_STAGE)
    return found.select_related("file", "uploaded_by")


def findings_of(subject: Subject) -> list[Judged]:
    """What the rules say of the plan now, failed ones first, with what people have ruled about them."""
    return with_rulings(evaluate(ALL, facts_of(subject)), subject)


def content_of(subject: Subject) -> dict[str, Any]:
    """The plan as versions keep it: its tables, the plan above it, the studies it rests on. Not its state."""
    plan = Plan.objects.select_related("parent__subject").get(pk=subject.pk)
    studies = research_of(subject).order_by("stage", "pk").values_list("stage", "file__sha256")
    return {
        "kind": plan.kind,
        "parent": plan.parent.subject.code if plan.parent else "",
        "tables": dossier_of(subject).snapshot()["tables"],
        "research": [list(study) for study in studies],
    }


def lock_on(subject: Subject, table: str) -> Say | None:
    """Why a table may not be changed now, or None: plans are written before they are sent, and in a change."""
    plan = Plan.objects.only("status", "subject").get(pk=subject.pk)
    if plan.is_open:
        return None
    return say(_("This table is read-only: the plan is “{state}”."), state=str(plan.get_status_display()))


# -- versions and changes ----------------------------------------------------------------------------------------------


def change_of(plan: Plan) -> Change | None:
    """The change that is written or decided on."""
    live = plan.changes.filter(state__in=LIVE_CHANGES)
    return live.select_related("base", "opened_by").first()


def version_in_force(subject: Subject) -> Version | None:
    """What was approved last."""
    approved = Case.objects.filter(subject=subject, state=Case.State.APPROVED)
    case = approved.select_related("version").order_by("-pk").first()
    return case.version if case else None


# -- plans that hang together ------------------------------------------------------------------------------------------


def preceding(plan: Plan) -> Plan | None:
    """The same plan of the period before, of which the evaluation is shown while this one is drafted (PLN-13)."""
    before = plan.period.before
    same = Plan.objects.filter(
        kind=plan.kind, subject__unit=plan.subject.unit_id, year=before.year, quarter=before.quarter
    )
    return same.exclude(status=Status.CANCELLED).select_related("subject__unit").order_by("-pk").first()


def last_evaluation(plan: Plan) -> Evaluation | None:
    """The newest evaluation of a plan of the same kind and unit before this one."""
    earlier = Evaluation.objects.filter(
        plan__kind=plan.kind, plan__subject__unit=plan.subject.unit_id, plan__year__lte=plan.year
    ).exclude(plan=plan.pk)
    found = earlier.select_related("plan__subject", "author").order_by("-plan__year", "-plan__quarter", "-pk")
    return next((one for one in found[:8] if one.plan.ends_on < plan.starts_on), None)


def linkable(plan: Plan) -> QuerySet[Plan]:
    """The plans above that it may be linked to: of its unit or one above, of the year, draft or approved."""
    return parents_for(plan.kind, plan.subject.unit, plan.year).exclude(pk=plan.pk)


def parents_for(kind: str, unit: Unit, year: int) -> QuerySet[Plan]:
    """`linkable` for a plan that does not exist yet.

    A region links its plan to that of the group whether it sees other plans of the group or not; whoever writes the plan
    below may read the one above from then on.
    """
    fitting = Plan.objects.filter(
        kind__in=DOCUMENTS[Kind(kind)].parents, year=year, subject__unit__in=unit.ancestor_ids
    )
    return (
        fitting.exclude(status__in=[Status.CANCELLED, Status.CLOSED])
        .select_related("subject__unit")
        .order_by("-subject__unit__path", "-pk")
    )


def projects_of(plan: Plan) -> list[Unit]:
    """The projects of the region for which the plan is broken down."""
    below = Unit.objects.filter(
        path__startswith=plan.subject.unit.path, kind=Unit.Kind.PROJECT, is_active=True
    )
    return list(below.order_by("path"))


def breakdown_of(plan: Plan) -> Breakdown:
    """How far a regional plan is broken down (R-PLN-05); four queries."""
    children = list(
        plan.children.exclude(status=Status.CANCELLED).select_related("subject").filter(kind__in=_BROKEN_INTO)
    )
    rows = _item_rows([child.pk for child in children])
    planned = {child.pk for child in children if rows.get(child.pk)}
    quarters = {child.quarter for child in children if child.kind == Kind.QUARTER and child.pk in planned}
    units = {
        child.subject.unit_id for child in children if child.kind == Kind.PROJECT and child.pk in planned
    }
    incomplete = [
        f"{child.name} {node.row.code}"
        for child in children
        for node in leaves(tree_of(rows.get(child.pk, ())))
        if node.row.missing
    ]
    return Breakdown(
        quarters=[quarter for quarter in QUARTERS if quarter not in quarters],
        projects=[unit.name for unit in projects_of(plan) if unit.pk not in units],
        incomplete=incomplete,
    )


_BROKEN_INTO: Final = (Kind.QUARTER, Kind.PROJECT)


def _item_rows(plans: list[int]) -> Mapping[int, list[Any]]:
    """The items of several plans as rows, in one query."""
    from .sheets import items

    found: dict[int, list[Any]] = {}
    for item in Item.objects.filter(subject__in=plans).order_by("position", "pk"):
        found.setdefault(item.subject_id, []).append(items.row(item))
    return found


def items_to_carry_out(user: User, day: date | None = None) -> QuerySet[Item]:
    """Items of plans in force that the person sees and that nobody has closed, for choosing one."""
    day = day or clock.today()
    plans = Plan.objects.visible_to(user).filter(status__in=IN_FORCE, year__gte=day.year - 1)
    open_items = Item.objects.filter(subject__in=plans.values("pk"), done_on=None, cancelled_on=None)
    return open_items.order_by("subject", "position")


def may_carry(item: Item) -> bool:
    """Whether something may be made from an item: its plan is in force, it is open, and no change has yet to bring it in."""
    plan = Plan.objects.filter(pk=item.subject_id, status__in=IN_FORCE).first()
    if plan is None or item.done_on or item.cancelled_on:
        return False
    change = change_of(plan)
    return change is None or any(row["pk"] == item.pk for row in change.rows["rows"].get(Item.__name__, ()))


# -- a planning round --------------------------------------------------------------------------------------------------


def expected_from(kind: Kind) -> list[Unit]:
    """The units that owe a plan of this kind every year: the group, each region, the group for the targeted plan (a)."""
    level = Unit.Kind.REGION if kind == Kind.REGION else Unit.Kind.GROUP
    return list(Unit.objects.filter(kind=level, is_active=True).order_by("path"))
