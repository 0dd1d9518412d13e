"""Schedule templates: the page that keeps them, planning from one, making one of a schedule."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions, forms
from ..counting import setting_of
from ..models import ScheduleTemplate, TemplateTask
from ..occasions import kind_choices, occasion_of
from ..permissions import Perm
from ..tables import SCHEDULE
from ..templating import drawn_from, matching, proposed, told
from .shared import dialog, here

LISTED = 200


# ---------------------------------------------------------------- planning from one


@require_http_methods(["GET", "POST"])
@login_required
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Plan from a template: what would come of it first, then it is done."""
    subject = open_subject(request, pk, Perm.EDIT)
    if request.method == "GET" and (reason := lock_on(subject, SCHEDULE.key)):
        raise WrongState(reason)
    setting, occasion = setting_of(subject), occasion_of(subject)
    templates = matching(ScheduleTemplate.objects.of(subject.unit), occasion.kind)
    is_asked = "template" in request.GET
    form = forms.PlanForm(
        typed(request) or (request.GET if is_asked else None),
        subject=subject,
        initial={
            "template": templates[0].pk if templates else None,
            "event_on": setting.event_on or occasion.start_on,
        },
    )
    form.fields["template"].choices = [  # type: ignore[attr-defined]
        (one.pk, f"{one.name} · {dict(kind_choices()).get(one.kind, _('All kinds'))}") for one in templates
    ]
    rows: tuple[Any, ...] = ()
    if form.is_bound and form.is_valid():
        rows = proposed(form.cleaned_data["template"], subject, form.cleaned_data["event_on"])

    def save() -> str:
        data = form.cleaned_data
        made = actions.plan_from_template(
            subject=subject, template=data["template"], event_on=data["event_on"], actor=request.user
        )
        toast(request, _("Tasks planned: %(count)s") % {"count": len(made)})
        return here(request, subject)

    more: dict[str, Any] = {"subject": subject, "rows": rows, "has_templates": bool(templates)}
    title, verb = _("Plan from a template"), pgettext("verb", "Plan")
    return dialog(request, form, title, verb, save, template="work/plan_form.html", **more)


@require_http_methods(["GET", "POST"])
@login_required
def template_from(request: SignedInRequest, pk: int) -> HttpResponse:
    """A template of this schedule."""
    subject = open_subject(request, pk, Perm.EDIT)
    require(request.user, Perm.TEMPLATES)
    setting, occasion = setting_of(subject), occasion_of(subject)
    form = forms.DrawForm(
        typed(request),
        user=request.user,
        initial={
            "name": subject.title,
            "kind": occasion.kind,
            "unit": subject.unit_id,
            "event_on": setting.event_on or occasion.start_on,
        },
    )

    def save() -> str:
        made = actions.make_template(
            head=form.as_head(), actor=request.user, source=subject, event_on=form.cleaned_data["event_on"]
        )
        toast(request, _("Template made: %(name)s") % {"name": made})
        return _page(made)

    event_on = setting.event_on or occasion.start_on
    more: dict[str, Any] = {
        "subject": subject,
        "undated": drawn_from(subject, event_on).undated if event_on else 0,
    }
    title, verb = _("Template of this schedule"), pgettext("verb", "Make")
    return dialog(request, form, title, verb, save, template="work/template_from_form.html", **more)


# ---------------------------------------------------------------- keeping them


@require_safe
@login_required
def template_list(request: SignedInRequest) -> HttpResponse:
    """Every template that the person may plan from or keeps."""
    kinds = dict(kind_choices())
    found = ScheduleTemplate.objects.visible_to(request.user).select_related("unit").prefetch_related("tasks")
    rows = [(one, kinds.get(one.kind, ""), _range(one)) for one in found[:LISTED]]
    context = {"rows": rows, "may_keep": holds(request.user, Perm.TEMPLATES)}
    return render(request, "work/template_list.html", context)


@require_safe
@login_required
def template_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One template with its tasks."""
    template = _template(request, pk)
    rows = [(task, told(task.start_offset), told(task.end_offset)) for task in template.tasks.all()]
    context = {
        "template": template,
        "kind": dict(kind_choices()).get(template.kind, ""),
        "rows": rows,
        "may_keep": holds(request.user, Perm.TEMPLATES, template.unit),
    }
    return render(request, "work/template_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def template_add(request: SignedInRequest) -> HttpResponse:
    """An empty template."""
    require(request.user, Perm.TEMPLATES)
    form = forms.TemplateForm(typed(request), user=request.user)

    def save() -> str:
        return _page(actions.make_template(head=form.as_head(), actor=request.user))

    return dialog(request, form, _("New template"), _("Save"), save)


@require_http_methods(["GET", "POST"])
@login_required
def template_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, kind and unit of a template."""
    template = _template(request, pk, is_kept=True)
    form = forms.TemplateForm(typed(request), user=request.user, template=template)

    def save() -> str:
        return _page(actions.edit_template(template=template, head=form.as_head(), actor=request.user))

    danger = {
        "url": reverse("work:template_delete", args=[pk]),
        "question": _("Delete this template? Schedules planned from it stay."),
        "verb": _("Delete"),
    }
    return dialog(request, form, str(template), _("Save"), save, danger=danger)


@require_POST
@login_required
def template_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a template; what was planned from it stays."""
    template = _template(request, pk, is_kept=True)
    actions.delete_template(template=template, actor=request.user)
    toast(request, _("Deleted: %(task)s") % {"task": template})
    return go(request, reverse("work:template_list"))


@require_http_methods(["GET", "POST"])
@login_required
def template_task_add(request: SignedInRequest, pk: int) -> HttpResponse:
    return _task_form(request, _template(request, pk, is_kept=True), None)


@require_http_methods(["GET", "POST"])
@login_required
def template_task_edit(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    template = _template(request, pk, is_kept=True)
    return _task_form(request, template, get_object_or_404(TemplateTask, template=template, pk=task))


@require_POST
@login_required
def template_task_delete(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    template = _template(request, pk, is_kept=True)
    found = get_object_or_404(TemplateTask.objects.select_related("template"), template=template, pk=task)
    actions.delete_template_task(task=found, actor=request.user)
    return go(request, _page(template))


def _task_form(
    request: SignedInRequest, template: ScheduleTemplate, task: TemplateTask | None
) -> HttpResponse:
    form = forms.TemplateTaskForm(typed(request), task=task)

    def save() -> str:
        actions.set_template_task(template=template, actor=request.user, fields=form.as_fields(), task=task)
        return _page(template)

    danger = task and {
        "url": reverse("work:template_task_delete", args=[template.pk, task.pk]),
        "question": _("Take this task out of the template?"),
        "verb": _("Delete"),
    }
    title = str(task) if task else _("New task")
    return dialog(request, form, title, _("Save"), save, danger=danger)


def _template(request: SignedInRequest, pk: int, *, is_kept: bool = False) -> ScheduleTemplate:
    """One that the person may plan from, else 404; 403 where it is to be changed and the person does not keep it."""
    found = get_object_or_404(ScheduleTemplate.objects.visible_to(request.user).select_related("unit"), pk=pk)
    if is_kept:
        require(request.user, Perm.TEMPLATES, found.unit)
    return found


def _range(template: ScheduleTemplate) -> str:
    """`T-30 … T+5`: from the first task to the last."""
    tasks = list(template.tasks.all())
    if not tasks:
        return ""
    return f"{told(min(one.start_offset for one in tasks))} … {told(max(one.end_offset for one in tasks))}"


def _page(template: ScheduleTemplate) -> str:
    return reverse("work:template_detail", args=[template.pk])
