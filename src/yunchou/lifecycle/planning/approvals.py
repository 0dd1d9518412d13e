"""How plans are approved (R-APR-01, 02, 11, 12): the facts that routes may ask about, and what the engine asks of this room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy, override
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.routes import ROUTES
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Change, Panel, declare
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.dossier import Change as Difference
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.formats import signed

from . import actions
from .coverage import items_coverage
from .documents import Kind
from .models import Change as PlanChange
from .models import Plan
from .rules import ALL
from .selectors import facts_of
from .sums import Coverage
from .tables import GOALS, TABLES, WORKBOOK
from .trees import walk

with override(None):
    _KINDS: Final = {str(kind): str(kind.label) for kind in Kind}

FACTS: Final = {
    "kind": Fact(_("Kind"), FactType.TEXT, _KINDS),
    "budget": Fact(_("Budget"), FactType.MONEY),
    "year": Fact(_("Year"), FactType.NUMBER),
    "is_change": Fact(_("Changes an approved plan"), FactType.FLAG),
}


def plan_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a plan."""
    plan = Plan.objects.get(pk=subject.pk)
    return {
        "kind": plan.kind,
        "budget": plan.budget or ZERO,
        "year": plan.year,
        "is_change": plan.approved_at is not None,
    }


def plan_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[Change]:
    """Every value of the plan that differs: which table, row and column, what it was and what it is."""

    @cache
    def name_of(pk: int) -> str:
        return User.objects.filter(pk=pk).values_list("name", flat=True).first() or ""

    old, new = ({"tables": content.get("tables", {})} for content in (before, after))
    was, now = Dossier.restore(old, TABLES), Dossier.restore(new, TABLES)
    ctx = Context(names=name_of)
    found = [_told(one, was, now, ctx) for one in workbook(WORKBOOK).difference(old, new, ctx)]
    if before.get("parent") != after.get("parent"):
        found.insert(0, Change(say(_("Plan above")), before.get("parent", ""), after.get("parent", "")))
    if before.get("research") != after.get("research"):
        was_there, is_there = (str(len(content.get("research", []))) for content in (before, after))
        found.append(Change(say(_("Research attached")), was_there, is_there))
    return found


def _told(one: Difference, was: Dossier, now: Dossier, ctx: Context) -> Change:
    place = say("{table} › {row}", table=_said(one.table.title), row=one.row_label or "—")
    if one.kind == "changed":
        place = say("{place} › {column}", place=place, column=_said(one.label))
        before, after = _number(one.before), _number(one.after)
        delta = signed(after - before) if before is not None and after is not None else ""
        return Change(place, str(one.before), str(one.after), delta, is_numeric=bool(delta))
    words = say({"added": _("added"), "removed": _("removed"), "moved": _("moved")}[one.kind])
    if one.kind == "removed":
        return Change(place, _row(one, was, ctx), "", note=words)
    if one.kind == "added":
        return Change(place, "", _row(one, now, ctx), note=words)
    return Change(place, str(one.before), str(one.after), note=words)


def _row(one: Difference, dossier: Dossier, ctx: Context) -> str:
    """Everything that a row says that came or went, in the order of its columns."""
    rows = (row for row in dossier.part(one.table.key).rows if one.table.label(row, ctx) == one.row_label)
    if (row := next(rows, None)) is None:
        return one.row_label
    values = (str(column.display(getattr(row, key), ctx)) for key, column in one.table.by_key.items())
    return " · ".join(value for value in values if value)


def _said(text: Any) -> Say | str:
    return text if isinstance(text, Say) else str(text)


def _number(text: Any) -> Decimal | None:
    try:
        found = Decimal(str(text).replace(",", "").removeprefix("¥"))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def plan_verdicts(subject: Subject) -> Iterable[Verdict]:
    """What the rules found when it was sent."""
    return [verdict for verdict in evaluate(ALL, facts_of(subject)) if not verdict.passed]


def summary_panel(case: Case, user: User) -> Panel | None:
    """The money of the plan, what covers it and what it leaves the plan above; its goals, its items, why it is changed."""
    plan = Plan.objects.select_related("subject__unit", "parent__subject").get(pk=case.subject_id)
    change = PlanChange.objects.filter(case=case).first()
    facts = facts_of(plan.subject)
    above = facts.above
    context = {
        "plan": plan,
        "items": items_coverage([plan])[plan.pk],
        "above": above and Coverage(above.budget, above.others + (facts.head.budget or ZERO), 0),
        "above_label": above
        and gettext("All plans below “%(plan)s” against its budget") % {"plan": above.name},
        "goals": [
            {
                "metric": goal.metric,
                "description": goal.description,
                "target": getattr(goal, facts.period.column),
                "unit": goal.unit,
                "strategy": GOALS.by_key["strategy"].write(goal.strategy),
                "due_on": goal.due_on,
            }
            for goal in facts.goals
        ],
        "nodes": list(walk(facts.tree)),
        "change": change,
    }
    return Panel(gettext_lazy("The plan in short"), "planning/parts/case_summary.html", context)


WAYS: Final = {
    "group_plan": gettext_lazy("Group year plan"),
    "regional_plan": gettext_lazy("Regional plan"),
    "marketing_plan": gettext_lazy("Marketing plan"),
    "period_budget": gettext_lazy("Period budget"),
}
for _key, _label in WAYS.items():
    declare(
        _key,
        label=_label,
        facts=FACTS,
        facts_of=plan_facts,
        rows=ROUTES[_key],
        on_approved=actions.plan_approved,
        on_returned=actions.plan_returned,
        on_rejected=actions.plan_rejected,
        on_withdrawn=actions.plan_withdrawn,
        difference=plan_difference,
        verdicts=plan_verdicts,
        panels=(summary_panel,),
    )
