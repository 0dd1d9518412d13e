"""Reads that span models: a plan's facts, its findings, what versions keep of it, what hangs together with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.expenses.models import Citation, ExecutionAnalysis
from yunchou.capabilities.ledger.selectors.balances import money_of_many
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
from .facts import Above, Breakdown, PlanFacts
from .models import IN_FORCE, WAITING, Change, Evaluation, Item, Plan, ProjectLine, Status
from .periods import QUARTERS, Period, quarter_of
from .rules import ALL
from .tables import RISKS, WORKBOOK, ItemRow
from .trees import leaves, tree_of

RESEARCH_STAGE: Final = "research:"
SALES_PLAN_STAGE: Final = "sales_plan:"
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
    plan = Plan.objects.select_related("subject__unit", "parent").get(pk=subject.pk)
    return PlanFacts(
        kind=Kind(plan.kind),
        period=plan.period,
        dossier=dossier_of(subject),
        today=clock.today(),
        is_linked=plan.parent_id is not None,
        research=_studies(subject),
        wanted_projects=[unit.name for unit in projects_of(plan)] if plan.kind == Kind.REGION else (),
        uncited=[str(one.analysis) for one in to_cite(plan) if not one.is_cited]
        if plan.document.is_budget
        else (),
        in_use=_in_use(plan) if plan.approved_at else {},
        above=_above(plan),
    )


def _in_use(plan: Plan) -> dict[int, Decimal]:
    """What of the money of each item is held or spent; two queries."""
    keys = {f"item:{pk}": pk for pk in Item.objects.filter(subject=plan.pk).values_list("pk", flat=True)}
    books = money_of_many(keys) if keys else {}
    return {keys[key]: money.reserved + money.committed + money.spent for key, money in books.items()}


def _above(plan: Plan) -> Above | None:
    """The plan out of whose money this one takes its own, with what others of the same kind and length ask for."""
    parent = plan.parent
    if parent is None or parent.budget is None or not plan.document.carries_money:
        return None
    if plan.kind not in parent.document.children:
        return None
    alike = parent.children.filter(kind=plan.kind, quarter__isnull=plan.quarter is None)
    alike = alike.filter(month__isnull=plan.month is None).exclude(status=Status.CANCELLED)
    asked = alike.exclude(pk=plan.pk).aggregate(sum=Sum("budget"))["sum"]
    return Above(parent.name, parent.budget, asked or Decimal("0.00"))


@dataclass(frozen=True)
class Citable:
    """An analysis of execution that a budget has to cite, and whether it does."""

    analysis: ExecutionAnalysis
    is_cited: bool


def to_cite(plan: Plan) -> list[Citable]:
    """The last analyses of execution that this budget cites, or has yet to: of its unit and of each department below it,
    for a period before its own and not longer ago than the year before; two queries.
    """
    found = ExecutionAnalysis.objects.filter(unit__path__startswith=plan.subject.unit.path)
    years = [f"{plan.year - 1}", f"{plan.year}"]
    recent = found.filter(Q(period__startswith=years[0]) | Q(period__startswith=years[1]))
    cited = set(Citation.objects.filter(budget=plan.pk).values_list("analysis", flat=True))
    newest: dict[int, ExecutionAnalysis] = {}
    for one in recent.select_related("unit", "subject").order_by("reported_at", "pk"):
        if first_of(one.period) < plan.starts_on:
            newest[one.unit_id] = one
    return [Citable(one, one.pk in cited) for one in newest.values()]


def first_of(period: str) -> date:
    """The first day of `2026Q3` or `2026-08`."""
    year, part = int(period[:4]), int(period[5:])
    return Period(year, part).first if period[4] == "Q" else Period(year, (part + 2) // 3, part).first


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
        **({"principles": plan.principles} if plan.principles else {}),
    }


def lock_on(subject: Subject, table: str) -> Say | None:
    """Why a table may not be changed now, or None: plans are written before they are sent, and in a change.

    The register of risks lives on while a plan is in force, but not while somebody decides on it.
    """
    plan = Plan.objects.only("status", "subject").get(pk=subject.pk)
    if plan.is_open or (table == RISKS.key and plan.is_in_force and plan.status not in WAITING):
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
        kind=plan.kind,
        subject__unit=plan.subject.unit_id,
        year=before.year,
        quarter=before.quarter,
        month=before.month,
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
    return parents_for(plan.kind, plan.subject.unit, plan.period).exclude(pk=plan.pk)


def parents_for(kind: str, unit: Unit, period: Period) -> QuerySet[Plan]:
    """`linkable` for a plan that does not exist yet. A budget details one of a longer period: a month that of its quarter
    or year, a quarter that of the year.

    A region links its plan to that of the group whether it sees other plans of the group or not; whoever writes the plan
    below may read the one above from then on.
    """
    fitting = Plan.objects.filter(
        kind__in=DOCUMENTS[Kind(kind)].parents, year=period.year, subject__unit__in=unit.ancestor_ids
    )
    longer = Q(quarter=None) | Q(quarter=period.quarter, month=None) if period.month else Q(quarter=None)
    if period.quarter is None:
        longer &= ~Q(kind=Kind.BUDGET, subject__unit=unit)
    fitting = fitting.filter(~Q(kind=Kind.BUDGET) | longer)
    return (
        fitting.exclude(status__in=[Status.CANCELLED, Status.CLOSED])
        .select_related("subject__unit")
        .order_by("-subject__unit__path", "-pk")
    )


def next_code(plan: int) -> str:
    """The next number of the topmost items of a plan."""
    codes = Item.objects.filter(subject=plan).values_list("code", flat=True)
    tops = [int(head) for code in codes if (head := code.split(".")[0].strip()).isdecimal()]
    return str(max(tops, default=0) + 1)


def projects_of(plan: Plan) -> list[Unit]:
    """The projects of the region for which the plan is broken down."""
    below = Unit.objects.filter(
        path__startswith=plan.subject.unit.path, kind=Unit.Kind.PROJECT, is_active=True
    )
    return list(below.order_by("path"))


def breakdown_of(plan: Plan) -> Breakdown:
    """How far a regional plan is broken down (R-PLN-05); four queries."""
    children = list(
        plan.children.exclude(status=Status.CANCELLED)
        .select_related("subject")
        .filter(kind__in=_BROKEN_INTO)
        .order_by("kind", "quarter", "pk")
    )
    rows = _item_rows([plan.pk, *(child.pk for child in children)])
    quarters = {child.quarter for child in children if child.kind == Kind.QUARTER}
    units = {child.subject.unit_id for child in children if child.kind == Kind.PROJECT}
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
        empty=[child.name for child in children if not rows.get(child.pk)],
        unplaced=[
            f"{node.row.code} {node.row.title}"
            for node in leaves(tree_of(rows.get(plan.pk, ())))
            if node.row.start_on is None or node.row.start_on.year != plan.year
        ],
    )


_BROKEN_INTO: Final = (Kind.QUARTER, Kind.PROJECT)


def _item_rows(plans: list[int]) -> Mapping[int, list[Any]]:
    """The items of several plans as rows, in one query."""
    from .sheets import items

    found: dict[int, list[Any]] = {}
    for item in Item.objects.filter(subject__in=plans).order_by("position", "pk"):
        found.setdefault(item.subject_id, []).append(items.row(item))
    return found


def why_not_carried(item: Item) -> Say:
    """In words for whoever meets `may_carry` refusing: what has to happen first."""
    plan = Plan.objects.get(pk=item.subject_id)
    if plan.is_in_force or plan.status in (Status.CLOSED, Status.CANCELLED):
        return say(_("This item is not open: its plan is not in force, or the item is closed."))
    if plan.kind in REPORTED:
        words = _("“{plan}” awaits the approval of top management: nothing of it is spent before (R-APR-12).")
        return say(words, plan=plan.name)
    return say(_("“{plan}” is not approved yet: nothing of it is spent before."), plan=plan.name)


REPORTED: Final = (Kind.BUDGET, Kind.QUARTER)
"""Plans that are reported to top management before anything of them is spent (R-APR-12)."""


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


@dataclass(frozen=True)
class ProjectShown:
    """One project of a regional plan: what the plan tells of it, its sales plan as a file, and its own plan with its progress."""

    line: ProjectLine
    sales_plan: Attachment | None
    plan: Plan | None


def project_lines(plan: Plan) -> list[ProjectShown]:
    """The projects that a regional plan speaks of (PLN-02); three queries."""
    lines = list(ProjectLine.objects.filter(subject=plan.pk).order_by("position", "pk"))
    attached = Attachment.objects.current().filter(subject=plan.pk, stage__startswith=SALES_PLAN_STAGE)
    files = {one.stage.removeprefix(SALES_PLAN_STAGE): one for one in attached.select_related("file")}
    below = plan.children.filter(kind=Kind.PROJECT).exclude(status=Status.CANCELLED)
    plans = {one.subject.unit.name: one for one in below.select_related("subject__unit")}
    return [ProjectShown(line, files.get(str(line.pk)), plans.get(line.project.strip())) for line in lines]


@dataclass(frozen=True)
class QuarterTold:
    """What a targeted plan gives for one quarter (000 §4)."""

    quarter: int
    rows: tuple[ItemRow, ...]

    @property
    def kinds(self) -> str:
        return "、".join(dict.fromkeys(row.kind for row in self.rows if row.kind))

    @property
    def budget(self) -> Decimal:
        return sum((row.budget for row in self.rows if row.budget is not None), Decimal(0))

    @property
    def is_whole(self) -> bool:
        return any(row.kind and row.goal and row.budget is not None for row in self.rows)


def quarters_told(facts: PlanFacts) -> list[QuarterTold]:
    """The items of a plan by the quarter in which they begin."""
    return [
        QuarterTold(
            quarter,
            tuple(
                node.row
                for node in facts.leaves
                if (day := node.row.start_on or node.row.end_on) and quarter_of(day) == quarter
            ),
        )
        for quarter in QUARTERS
    ]


# -- a planning round --------------------------------------------------------------------------------------------------


def expected_from(kind: Kind) -> list[Unit]:
    """The units that owe a plan of this kind every year: each region its own, the group all others (a)."""
    level = Unit.Kind.REGION if kind == Kind.REGION else Unit.Kind.GROUP
    return list(Unit.objects.filter(kind=level, is_active=True).order_by("path"))
