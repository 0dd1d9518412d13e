"""Schedule templates: the page that keeps them, planning from one, making one of a schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions, forms
from ..counting import setting_of
from ..models import ScheduleTemplate, TemplateTask
from ..occasions import kind_choices, occasion_of
from ..permissions import Perm
from ..tables import SCHEDULE
from ..templating import drawn_from, matching, proposed, told
from .tab import done

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
        request.POST or (request.GET if is_asked else None),
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
        template, event_on = form.cleaned_data["template"], form.cleaned_data["event_on"]
        rows = proposed(template, subject, event_on)
        if request.method == "POST":
            made = _try(
                form,
                lambda: actions.plan_from_template(
                    subject=subject, template=template, event_on=event_on, actor=request.user
                ),
                "event_on",
            )
            if made is not None:
                return done(request, subject, _("Tasks planned: %(count)s") % {"count": len(made)})
    context = {"subject": subject, "form": form, "rows": rows, "has_templates": bool(templates)}
    return render(request, "work/plan_form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@login_required
def template_from(request: SignedInRequest, pk: int) -> HttpResponse:
    """A template of this schedule."""
    subject = open_subject(request, pk, Perm.EDIT)
    require(request.user, Perm.TEMPLATES)
    setting, occasion = setting_of(subject), occasion_of(subject)
    form = forms.DrawForm(
        request.POST or None,
        user=request.user,
        initial={
            "name": subject.title,
            "kind": occasion.kind,
            "unit": subject.unit_id,
            "event_on": setting.event_on or occasion.start_on,
        },
    )
    if request.method == "POST" and form.is_valid():
        made = _try(
            form,
            lambda: actions.make_template(
                head=form.as_head(),
                actor=request.user,
                source=subject,
                event_on=form.cleaned_data["event_on"],
            ),
            "event_on",
        )
        if made is not None:
            toast(request, _("Template made: %(name)s") % {"name": made})
            return _go(request, made)
    event_on = setting.event_on or occasion.start_on
    undated = drawn_from(subject, event_on).undated if event_on else 0
    context = {"subject": subject, "form": form, "undated": undated}
    status = 422 if request.method == "POST" else 200
    return render(request, "work/template_from_form.html", context, status=status)


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
    form = forms.TemplateForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = _try(form, lambda: actions.make_template(head=form.as_head(), actor=request.user), "name")
        if made is not None:
            return _go(request, made)
    return _head(request, form)


@require_http_methods(["GET", "POST"])
@login_required
def template_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, kind and unit of a template."""
    template = _template(request, pk, is_kept=True)
    form = forms.TemplateForm(request.POST or None, user=request.user, template=template)
    if request.method == "POST" and form.is_valid():
        saved = _try(
            form,
            lambda: actions.edit_template(template=template, head=form.as_head(), actor=request.user),
            "name",
        )
        if saved is not None:
            return _go(request, saved)
    return _head(request, form, template)


@require_POST
@login_required
def template_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Delete a template; what was planned from it stays."""
    template = _template(request, pk, is_kept=True)
    actions.delete_template(template=template, actor=request.user)
    toast(request, _("Deleted: %(task)s") % {"task": template})
    address = reverse("work:template_list")
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


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
    return _go(request, template)


def _task_form(
    request: SignedInRequest, template: ScheduleTemplate, task: TemplateTask | None
) -> HttpResponse:
    form = forms.TemplateTaskForm(request.POST or None, task=task)
    if request.method == "POST" and form.is_valid():
        saved = _try(
            form,
            lambda: actions.set_template_task(
                template=template, actor=request.user, fields=form.as_fields(), task=task
            ),
            "name",
        )
        if saved is not None:
            return _go(request, template)
    context = {"template": template, "task": task, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "work/template_task_form.html", context, status=status)


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


def _try(form: Any, act: Callable[[], Any], field: str) -> Any:
    """Do it; what is refused is shown beside its field."""
    try:
        return act()
    except (Invalid, RuleRefused) as refused:
        own = {name: text for name, text in refused.fields.items() if name in form.fields}
        for name, text in (own or {field: str(refused)}).items():
            form.add_error(name, str(text))
        return None


def _head(request: SignedInRequest, form: Any, template: ScheduleTemplate | None = None) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "template": template}
    return render(request, "work/template_form.html", context, status=status)


def _go(request: SignedInRequest, template: ScheduleTemplate) -> HttpResponse:
    address = reverse("work:template_detail", args=[template.pk])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
