"""The verbs of a decision: approve, return, reject, take on record, withdraw, amend; and several at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..amounts import amount_of
from ..conditions import Kind
from ..forms import DecisionForm, NoteForm, OpinionForm, ReturnForm
from ..models import Case, Step, Task
from ..page import changed_meanwhile, version_of
from ..selectors import case_view, returnable_steps
from .cases import asks_of, draw_case
from .dialogs import Wording, dialog, find_case, open_task, show_refusal, typed

#: Refusals after which the page shows what is different now.
CONTENT_MOVED = frozenset({"stale", "content_changed"})

VERBS: dict[str, Callable[..., Case]] = {
    "approve": actions.approve,
    "return": actions.return_case,
    "reject": actions.reject,
}

RETURN = Wording(
    title=gettext_lazy("Return"),
    verb=pgettext_lazy("decision", "Return"),
    done=pgettext_lazy("approval", "Returned"),
)
AMEND = Wording(
    title=gettext_lazy("Send the change on"),
    verb=gettext_lazy("Send the change on"),
    done=gettext_lazy("The change was sent on"),
    text=gettext_lazy(
        "Only decisions on what has changed become void; everybody who takes part sees the difference."
    ),
)


@require_POST
@login_required
def case_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve, return to the sender or reject, by the buttons of the bar.

    Without a mandatory opinion the page comes back with what was typed (422); so it does when the content is no longer
    what the page showed (409), with what has changed.
    """
    case = find_case(request, pk)
    form = DecisionForm(request.POST, asks=asks_of(case))
    if not form.is_valid():
        return draw_case(request, case, form=form, status=422)
    said = form.cleaned_data
    task = get_object_or_404(Task.objects.select_related("step__case"), pk=said["task"], step__case=case)
    try:
        case = VERBS[said["verb"]](task=task, actor=request.user, opinion=form.said, seen=said["seen"])
    except Invalid as refused:
        show_refusal(form, refused)
        return draw_case(request, case, form=form, status=422)
    except WrongState as refused:
        if request.htmx or refused.code not in CONTENT_MOVED:
            raise
        return _on_stale_content(request, case, form, refused)
    words = {
        "approve": pgettext("approval", "Agreed"),
        "return": pgettext("approval", "Returned"),
        "reject": pgettext("approval", "Rejected"),
    }
    done = {"done": words[said["verb"]], "title": case.subject.title}
    toast(request, pgettext("approval", "%(done)s: %(title)s") % done)
    return redirect(case)


def _on_stale_content(
    request: SignedInRequest, case: Case, form: DecisionForm, refused: WrongState
) -> HttpResponse:
    """The page as it is now, with the opinion that was typed and what is different from what was read."""
    case = find_case(request, case.pk)
    seen = version_of(case, form.cleaned_data["seen"])
    again = DecisionForm(
        initial={**form.cleaned_data, "seen": case.digest}, asks=asks_of(case)
    )  # whoever decides now has seen the difference
    stale = seen if seen and seen.digest != case.digest else None
    return draw_case(request, case, status=refused.status, stale=stale, form=again, refused_text=str(refused))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return to the sender or to a step really passed, to run again from there or to come straight back (退回)."""
    case = find_case(request, pk)
    task = open_task(request, case, may_be_queued=True)
    steps = list(returnable_steps(case))
    initial = {"task": task.pk, "seen": case.digest, "opinion": request.GET.get("opinion", "")}
    form = ReturnForm(typed(request), initiator=case.initiator, steps=steps, initial=initial)
    return dialog(request, case, form, lambda _said: _return(task, request, form, steps), RETURN)


def _return(task: Task, request: SignedInRequest, form: ReturnForm, steps: list[Step]) -> Case:
    said = form.cleaned_data
    return actions.return_case(
        task=task,
        actor=request.user,
        opinion=said["opinion"],
        to=next((step for step in steps if str(step.pk) == said["to"]), None),
        straight_back=form.comes_straight_back,
        seen=said["seen"],
    )


@require_POST
@login_required
def case_acknowledge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the case on record."""
    case = find_case(request, pk)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return draw_case(request, case, form=form, status=422)
    filing = case_view(case, request.user).filing
    if filing is None:
        raise WrongState(say(gettext_noop("This is no longer open.")))
    actions.acknowledge(task=filing, actor=request.user, opinion=form.cleaned_data["opinion"])
    toast(request, pgettext("approval", "On record"))
    return redirect(case)


@require_POST
@login_required
def case_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the case back."""
    case = actions.withdraw(case=find_case(request, pk), actor=request.user)
    toast(request, pgettext("approval", "Withdrawn"))
    return redirect(case)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_amend(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the running case go on with the content as it is now."""
    case = find_case(request, pk)
    return dialog(
        request,
        case,
        NoteForm(typed(request)),
        lambda said: actions.amend_case(case=case, actor=request.user, note=said["note"]),
        AMEND,
        more={"changes": changed_meanwhile(case)},
    )


# -- several at once ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BatchRow:
    """One case that could be approved together with others."""

    case: Case
    task: Task
    amount: Decimal | None
    is_chosen: bool


@dataclass(frozen=True)
class BatchResult:
    """What became of them."""

    done: list[Case]
    refused: list[tuple[Case, Any]]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_batch(request: SignedInRequest) -> HttpResponse:
    """Approve several low-risk cases: first what would be approved, then what was and what was refused, and why."""
    chosen = _chosen(request.POST or request.GET)
    tasks = _own_tasks(request)
    if request.method == "POST" and chosen:
        return _approve_many(request, [task for task in tasks if task.pk in chosen], chosen)
    rows = [
        BatchRow(task.step.case, task, amount_of(task.step.case), not chosen or task.pk in chosen)
        for task in tasks
        if is_low_risk(task.step.case)
    ]
    nothing = request.method == "POST"
    context = {"rows": rows, "nothing_chosen": nothing}
    return _batch_page(request, context, status=422 if nothing else 200)


def _chosen(data: QueryDict) -> dict[int, str]:
    """The chosen tasks, each with the digest that the page showed: `task=12:9f…`; the list names them without."""
    pairs = (value.partition(":") for value in data.getlist("task"))
    return {int(pk): seen for pk, _colon, seen in pairs if pk.isdecimal()}


def _approve_many(request: SignedInRequest, tasks: list[Task], chosen: dict[int, str]) -> HttpResponse:
    if not all(chosen.values()):
        raise WrongState(say(gettext_noop("Look at the list again before you decide.")), code="stale")
    if not tasks:
        raise WrongState(say(gettext_noop("None of these waits for you any more.")))
    batch = actions.approve_many(
        tasks=tasks, actor=request.user, opinion=request.POST.get("opinion", "").strip(), seen=chosen
    )
    found = Case.objects.select_related("subject").in_bulk([task.step.case_id for task in batch.done])
    done = [found[task.step.case_id] for task in batch.done]
    refused: list[tuple[Case, Any]] = [(task.step.case, why) for task, why in batch.refused]
    if gone := len(chosen) - len(tasks):
        toast(request, _("%(n)s of them waited for you no longer") % {"n": gone})
    return _batch_page(request, {"result": BatchResult(done, refused)})


def _own_tasks(request: SignedInRequest) -> list[Task]:
    """Everything that waits for this person's decision, soonest due first."""
    waiting = Task.objects.waiting().filter(
        assignee=request.user, step__state=Step.State.OPEN, step__case__state=Case.State.RUNNING
    )
    related = ("step__case__subject__unit", "step__case__definition", "step__case__initiator")
    return list(waiting.exclude(step__kind=Kind.FILE).select_related(*related).order_by("due_at", "pk"))


def is_low_risk(case: Case) -> bool:
    """Whether its room lets the case be approved together with others."""
    judge = case.definition.declared.low_risk
    return judge is not None and judge(case)


def _batch_page(request: SignedInRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    template = "approvals/batch.html" if request.htmx else "approvals/batch_page.html"
    return render(request, template, context, status=status)
