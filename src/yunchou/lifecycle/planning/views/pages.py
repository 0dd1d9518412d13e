"""One plan: its parts, goals, items, how it is carried out, its versions, its evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.ui.dialogs import dialog, typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.kernel.versions.models import Version

from .. import actions, journal
from ..approvals import plan_difference
from ..budgeting import steps_of
from ..coverage import cuts_of, items_coverage
from ..documents import Kind, PartSpec, Research
from ..facts import Missing, missing_from
from ..forms import EvaluationForm, LinkForm, NoteForm, PartForm, ResearchForm
from ..making import makes_of
from ..models import IN_FORCE, Change, Evaluation, Item, PartText, Plan, Review
from ..money import money_of_plan
from ..monitor import monitor_of
from ..occasions.kinds import KINDS
from ..permissions import Perm
from ..selectors import (
    REPORTED,
    breakdown_of,
    context_of,
    dossier_of,
    facts_of,
    last_evaluation,
    linkable,
    preceding,
    project_lines,
    quarters_told,
    research_of,
    to_cite,
)
from ..tables import TABLES, WORKBOOK, GoalRow
from .shared import open_plan, plan_at


@dataclass(frozen=True)
class ShownPart:
    """A part of the plan with its texts, and what it still lacks."""

    spec: PartSpec
    texts: tuple[PartText, ...]
    missing: tuple[Missing, ...]

    @property
    def is_whole(self) -> bool:
        return not self.missing


@require_safe
@login_required
def plan_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The plan as a document, with what is missing, what covers it, and how the last one turned out."""
    subject = open_plan(request, pk)
    context = page_context(request, subject, "plan_overview")
    plan: Plan = context["plan"]
    facts = facts_of(subject)
    missing = missing_from(facts) if plan.is_open else []
    before = preceding(plan)
    context |= {
        "steps": steps_of(plan, facts) if plan.document.is_budget else (),
        "analyses": to_cite(plan) if plan.document.is_budget else (),
        "quarters": quarters_told(facts) if plan.kind == Kind.TARGETED else (),
        "project_lines": project_lines(plan) if plan.kind == Kind.REGION else (),
        "silent_projects": facts.silent_projects,
        "money": money_of_plan(pk) if plan.kind in REPORTED else None,
        "parts": _parts(plan, missing),
        "missing": missing,
        "studies": _studies(plan),
        "cuts": cuts_of(plan),
        "items_coverage": items_coverage([plan])[plan.pk],
        "preceding": before,
        "last_evaluation": last_evaluation(plan),
        "children": plan.children.select_related("subject__unit").order_by("kind", "quarter", "pk"),
        "entries": [
            {"actor": one.actor, "verb": one.sentence, "at": one.at}
            for one in timeline(subject).exclude(kind__startswith="duties.")[:6]
        ],
    }
    return render(request, "planning/plan_detail.html", context)


def _parts(plan: Plan, missing: list[Missing]) -> list[ShownPart]:
    rows: dict[str, list[PartText]] = {}
    for row in PartText.objects.filter(subject=plan.pk).order_by("position"):
        rows.setdefault(row.part, []).append(row)
    for spec in plan.document.parts:
        known = {row.aspect for row in rows.get(spec.part, ())}
        lacking = [PartText(part=spec.part, aspect=one) for one in spec.aspects if one not in known]
        rows.setdefault(spec.part, []).extend(lacking)
    return [
        ShownPart(
            spec, tuple(rows.get(spec.part, ())), tuple(one for one in missing if one.part == spec.part)
        )
        for spec in plan.document.parts
    ]


def _studies(plan: Plan) -> list[tuple[Research, list[Attachment]]]:
    if not plan.document.research:
        return []
    attached = list(research_of(plan.subject))
    return [
        (study, [one for one in attached if one.stage.endswith(f":{study}")])
        for study in plan.document.research
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def part_edit(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """The texts of one part as a dialog."""
    open_plan(request, pk, Perm.DRAFT)
    plan = plan_at(pk)
    spec = next((one for one in plan.document.parts if one.part == part), None)
    if spec is None:
        raise Http404
    rows = PartText.objects.filter(subject=pk, part=part)
    form = PartForm(spec, typed(request), initial={row.aspect: row.text for row in rows})
    back = f"{plan.get_absolute_url()}#part-{part}"

    def save() -> str:
        actions.write_part(plan=plan, part=part, texts=form.cleaned_data, actor=request.user)
        toast(request, _("Saved"))
        return back

    return dialog(request, form, str(spec.part.label), _("Save"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_link(request: SignedInRequest, pk: int) -> HttpResponse:
    """The plan above, chosen in a dialog."""
    open_plan(request, pk, Perm.DRAFT)
    plan = plan_at(pk)
    form = LinkForm(typed(request), initial={"parent": plan.parent_id}, parents=linkable(plan))

    def save() -> str:
        actions.link_plan(plan=plan, parent=form.cleaned_data["parent"], actor=request.user)
        toast(request, _("Saved"))
        return plan.get_absolute_url()

    return dialog(request, form, _("Plan above"), _("Save"), save, back=plan.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def research_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Attach a study (PLN-06)."""
    open_plan(request, pk, Perm.DRAFT)
    plan = plan_at(pk)
    study = request.GET.get("study", "")
    form = ResearchForm(typed(request), request.FILES or None, initial={"study": study})
    if request.method == "POST" and form.is_valid():
        try:
            actions.attach_research(plan=plan, actor=request.user, **form.cleaned_data)
        except Invalid as refused:
            form.add_error("upload", str(refused.message))
        else:
            toast(request, _("Attached"))
            return redirect(f"{plan.get_absolute_url()}#research")
    context = page_context(request, plan.subject, "plan_overview", form=form)
    return render(request, "planning/research_add.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def research_remove(request: SignedInRequest, pk: int, attachment: int) -> HttpResponse:
    """Take a study away again."""
    subject = open_plan(request, pk, Perm.DRAFT)
    found = get_object_or_404(research_of(subject), pk=attachment)
    actions.remove_research(attachment=found, actor=request.user)
    toast(request, _("Removed"))
    return redirect(f"{subject.get_absolute_url()}#research")


@require_safe
@login_required
def plan_goals(request: SignedInRequest, pk: int) -> HttpResponse:
    """Goals by year, quarter and month, their shares, and how the plans below cover them."""
    subject = open_plan(request, pk)
    context = page_context(request, subject, "plan_goals")
    cuts = cuts_of(context["plan"])
    rows = dossier_of(subject).rows(GoalRow)
    context |= {"cuts": cuts, "has_goals": bool(rows), "unlinked": [row for row in rows if not row.strategy]}
    return render(request, "planning/plan_goals.html", context)


@require_safe
@login_required
def plan_items(request: SignedInRequest, pk: int) -> HttpResponse:
    """The items as a tree, written in place."""
    subject = open_plan(request, pk)
    context = page_context(request, subject, "plan_items")
    plan: Plan = context["plan"]
    context |= {
        "coverage": items_coverage([plan])[pk],
        "hidden": "" if plan.document.is_budget else "effect,likelihood,participants",
        "promotions": KINDS,
        "quarters": plan.children.filter(kind=Kind.QUARTER, status__in=IN_FORCE).order_by("quarter", "pk")
        if plan.is_in_force
        else (),
    }
    return render(request, "planning/plan_items.html", context)


@require_safe
@login_required
def plan_monitor(request: SignedInRequest, pk: int) -> HttpResponse:
    """How the plan is carried out (PLN-10): every item with its campaigns, its money and its figures."""
    subject = open_plan(request, pk)
    context = page_context(request, subject, "plan_monitor")
    plan: Plan = context["plan"]
    monitor, money = context["header"].monitor, money_of_plan(pk)
    context |= {
        "monitor": monitor,
        "last_review": Review.objects.filter(plan=pk).select_related("author").first(),
        "money": money,
        "in_books": any((money.planned, money.available, money.reserved, money.committed, money.spent)),
        "shown": _shown(request, monitor.items),
        "makes": makes_of(plan, request.user),
        "filter": request.GET.get("state", ""),
        "segments": _segments(request, monitor),
    }
    return render(request, "planning/plan_monitor.html", context)


def _segments(request: SignedInRequest, monitor: Any) -> list[dict[str, Any]]:
    asked = request.GET.get("state", "")
    counts = (
        ("", _("All"), monitor.total),
        ("due", pgettext("plan item", "Due by now"), monitor.due),
        ("late", pgettext("plan item", "Late"), monitor.late),
        ("started", pgettext("plan item", "Started"), monitor.started),
        ("done", pgettext("plan item", "Done"), monitor.done),
        ("cancelled", pgettext("plan item", "Cancelled"), monitor.cancelled),
    )
    return [
        {"label": label, "count": count, "url": f"?state={key}" if key else "?", "active": key == asked}
        for key, label, count in counts
    ]


def _shown(request: SignedInRequest, items: Any) -> list[Any]:
    match request.GET.get("state", ""):
        case "due":
            return [one for one in items if one.is_due]
        case "late":
            return [one for one in items if one.is_late]
        case "started" | "done" | "cancelled" as state:
            return [one for one in items if one.state == state]
        case _:
            return list(items)


@require_safe
@login_required
def plan_breakdown(request: SignedInRequest, pk: int) -> HttpResponse:
    """What of the breakdown into quarters and projects is there, and what is still owed (R-PLN-05)."""
    subject = open_plan(request, pk)
    context = page_context(request, subject, "plan_breakdown")
    plan: Plan = context["plan"]
    if plan.kind != Kind.REGION:
        raise Http404
    context |= {"breakdown": breakdown_of(plan), "cuts": cuts_of(plan)}
    return render(request, "planning/plan_breakdown.html", context)


@require_safe
@login_required
def plan_versions(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every version with what it changed and why, the approvals beside it (PLN-12)."""
    subject = open_plan(request, pk)
    changes = {
        change.base_id: change
        for change in Change.objects.filter(plan=pk).select_related("base", "opened_by")
    }
    cases = list(Case.objects.filter(subject=subject).select_related("version", "initiator").order_by("-pk"))
    in_force = next((case.version_id for case in cases if case.state == Case.State.APPROVED), None)
    versions = [
        {
            "version": version,
            "cases": [case for case in cases if case.version_id == version.pk],
            "in_force": version.pk == in_force,
            "superseded": version.frozen_at is not None and version.pk != in_force,
            "change": changes.get(version.pk),
        }
        for version in subject.versions.select_related("made_by")
    ]
    context = page_context(
        request,
        subject,
        "plan_versions",
        versions=versions,
        all_changes=Change.objects.filter(plan=pk).select_related("base", "opened_by", "case"),
    )
    return render(request, "planning/plan_versions.html", context)


@require_safe
@login_required
def version_detail(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A version as it was, and how it differs from the one before it."""
    subject = open_plan(request, pk)
    version = get_object_or_404(Version, subject=subject, number=number)
    before = Version.objects.filter(subject=subject, number__lt=number).order_by("-number").first()
    dossier = Dossier.restore({"tables": version.content["tables"]}, TABLES)
    ctx = context_of(plan_at(pk))
    tables = [
        {
            "table": part.table,
            "columns": list(part.table.columns),
            "rows": [
                [column.display(getattr(row, column.key), ctx) for column in part.table.columns]
                for row in part.rows
            ],
        }
        for part in dossier.parts
        if part.rows
    ]
    changes = plan_difference(before.content, version.content) if before else []
    context = page_context(
        request, subject, "plan_versions", version=version, before=before, tables=tables, changes=changes
    )
    return render(request, "planning/version_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_evaluation(request: SignedInRequest, pk: int) -> HttpResponse:
    """How the plan turned out, written once its period is over (PLN-13)."""
    subject = open_plan(request, pk)
    plan = plan_at(pk)
    evaluation = Evaluation.objects.filter(plan=plan).select_related("author").first()
    may_write = plan.is_in_force and plan.is_over and holds(request.user, Perm.RUN, subject)
    initial = {name: getattr(evaluation, name) for name in EvaluationForm.base_fields} if evaluation else {}
    form = EvaluationForm(typed(request), initial=initial)
    if request.method == "POST":
        require(request.user, Perm.RUN, subject)
        if form.is_valid():
            actions.evaluate_plan(plan=plan, actor=request.user, **form.cleaned_data)
            toast(request, _("Evaluated"))
            return redirect("planning:plan_evaluation", pk)
    context = page_context(
        request,
        subject,
        "plan_evaluation",
        evaluation=evaluation,
        form=form if may_write else None,
        monitor=monitor_of(plan),
        last_evaluation=last_evaluation(plan),
    )
    return render(request, "planning/plan_evaluation.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def plan_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tables of the plan as a workbook."""
    subject = open_plan(request, pk)
    plan = plan_at(pk)
    content = workbook(WORKBOOK).export(dossier_of(subject), context_of(plan))
    record(journal.EXPORTED, actor=request.user, subject=subject)
    name = f"{subject.code} {plan.name}.xlsx"
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def item_state(request: SignedInRequest, pk: int, item: int, verb: str) -> HttpResponse:
    """Start, finish, cancel or reopen an item, as a dialog."""
    open_plan(request, pk)
    found = get_object_or_404(Item.objects.filter(subject=pk), pk=item)
    verbs = {
        "start": (_("Start the item"), actions.start_item, None),
        "finish": (_("Report as done"), actions.finish_item, False),
        "cancel": (_("Cancel the item"), actions.cancel_item, True),
        "reopen": (_("Take up again"), actions.reopen_item, None),
    }
    if verb not in verbs:
        raise Http404
    title, act, needs_note = verbs[verb]
    form = NoteForm(
        typed(request), is_needed=bool(needs_note), label="" if needs_note else _("What came of it")
    )
    if needs_note is None:
        del form.fields["note"]
    back = reverse("planning:plan_monitor", args=[pk])

    def save() -> str:
        act(item=found, actor=request.user, **form.cleaned_data)  # type: ignore[operator]
        toast(request, _("%(move)s: done") % {"move": title})
        return back

    return dialog(request, form, f"{title}: {found.label}", title, save, back=back)
