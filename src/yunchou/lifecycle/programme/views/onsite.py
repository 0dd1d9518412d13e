"""The tab 现场: who is on duty, what is set up and tested, who walks the rounds, emergencies and pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.operations.models import Risk
from yunchou.capabilities.operations.permissions import Perm as OperationsPerm
from yunchou.capabilities.operations.safety import safety_of
from yunchou.capabilities.preparation.permissions import Perm as PreparationPerm
from yunchou.capabilities.preparation.selectors.people import posts_of
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import sent, typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.kinds import is_over
from yunchou.lifecycle.events.permissions import Perm

from ..actions import safety, setup
from ..actions.safety import part_url
from ..forms.onsite import EquipmentForm, HazardForm, RoundsForm, TestForm, ThemeForm, WalkForm
from ..models import EquipmentTest, PatrolLog, PictureState, Result
from ..selectors.albums import albums_of
from ..selectors.onsite import equipment_of, is_safety, roster_of, themes_of
from ..selectors.pictures import names_by_picture, pictures_of, shots_of, states_of
from ..selectors.running import day_of, lines_of, running_in
from ..selectors.safety import alarms, patrols_of, runs_of
from .shared import BOTH, dialog, done, event_of

PARTS: Final = ("today", "setup", "patrols", "emergency", "pictures")
TEMPLATES: Final = {"emergency": "emergency_plan"}
MOST_PICTURES: Final = 120


def _views(subject: Subject, part: str) -> list[dict[str, Any]]:
    words = {
        "today": pgettext("day", "Now"),
        "setup": pgettext("day", "Set-up and tests"),
        "patrols": pgettext("day", "Patrols"),
        "emergency": pgettext("day", "Emergency plan"),
        "pictures": pgettext("day", "Pictures"),
    }
    first = reverse("programme:day", args=[subject.pk])
    return [
        {
            "label": words[key],
            "url": first if key == PARTS[0] else part_url(subject, key),
            "active": key == part,
        }
        for key in PARTS
    ]


@require_safe
@login_required
def day(request: SignedInRequest, pk: int) -> HttpResponse:
    """One part of the day; who is on duty and what is open, unless another is asked for."""
    subject = event_of(request, pk)
    asked = request.GET.get("view", "")
    part = asked if asked in PARTS else PARTS[0]
    over = is_over(subject)
    context = page_context(
        request,
        subject,
        "day",
        part=part,
        template=f"programme/parts/{TEMPLATES.get(part, part)}.html",
        views=_views(subject, part),
        over=over,
        may_edit=over is None and holds(request.user, Perm.EDIT, subject),
        may_act=over is None,
        now=clock.now(),
        open_alarms=[one for one in alarms(subject) if one.is_open],
        **CONTEXTS[part](request, subject),
    )
    return render(request, "programme/day.html", context)


def _today(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    now, equipment = clock.now(), equipment_of(subject)
    lines = lines_of(subject)
    patrols = patrols_of(subject)
    return {
        "roster": roster_of(subject),
        "has_posts": bool(posts_of(subject)),
        "state": running_in(lines),
        "has_items": bool(lines),
        "day": day_of(subject),
        "equipment": equipment,
        "faults": [one for one in equipment.tests if one.result != Result.FINE],
        "overdue": [one for one in patrols if one.is_overdue(now)],
        "hazards": [one for one in patrols if one.is_open_hazard],
        "walked": sum(one.walked_at is not None for one in patrols),
        "patrols": patrols,
        "themes": themes_of(subject),
    }


def _setup(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    themes = themes_of(subject)
    return {
        "themes": themes,
        "done": sum(theme.done for theme in themes),
        "total": sum(len(theme.lines) for theme in themes),
        "may_prepare": holds(request.user, PreparationPerm.EDIT, subject),
        "equipment": equipment_of(subject),
        "may_risk": holds(request.user, OperationsPerm.EDIT, subject),
    }


def _patrols(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    patrols, now = patrols_of(subject), clock.now()
    return {
        "patrols": [(one, one.is_overdue(now)) for one in patrols],
        "walked": sum(one.walked_at is not None for one in patrols),
        "hazards": [one for one in patrols if one.is_open_hazard],
        "themes": [theme for theme in themes_of(subject) if is_safety(theme)],
        "may_prepare": holds(request.user, PreparationPerm.EDIT, subject),
        "safety": safety_of(subject),
    }


def _emergency(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {
        "safety": safety_of(subject),
        "runs": runs_of(subject),
        "people": safety.safety_people(subject),
        "plan_url": f"{reverse('operations:risk_list', args=[subject.pk])}?view=safety",
    }


def _pictures(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    asked = request.GET.get("state", "")
    state = asked if asked in PictureState.values else ""
    found = list(pictures_of(subject, state)[:MOST_PICTURES])
    names, counts = names_by_picture(found), states_of(subject)
    base = part_url(subject, "pictures")
    chips = [
        {"label": pgettext("picture", "All"), "url": base, "active": not state, "count": sum(counts.values())}
    ]
    chips += [
        {"label": label, "url": f"{base}&state={key}", "active": key == state, "count": counts[key]}
        for key, label in PictureState.choices
    ]
    kept = day_of(subject)
    return {
        "day": kept,
        "shots": shots_of(subject),
        "pictures": [(one, names.get(one.pk, [])) for one in found],
        "states": chips,
        "albums": [(one, one.works_at(clock.now())) for one in albums_of(subject)],
        "may_bring": kept.photographer_id == request.user.pk or holds(request.user, Perm.DOOR, subject),
        "may_publish": holds(request.user, Perm.EDIT, subject),
    }


CONTEXTS: Final[dict[str, Callable[[SignedInRequest, Subject], dict[str, Any]]]] = {
    "today": _today,
    "setup": _setup,
    "patrols": _patrols,
    "emergency": _emergency,
    "pictures": _pictures,
}


# ------------------------------------------------------------------------------------------------ set-up and tests


@require_http_methods(BOTH)
@login_required
def checks_put(request: SignedInRequest, pk: int) -> HttpResponse:
    """The usual items of a theme, by one click."""
    subject = event_of(request, pk)
    form = ThemeForm(typed(request), initial={"theme": request.GET.get("theme", "check_in")})
    back = part_url(subject, "patrols" if request.GET.get("theme") == "safety" else "setup")

    def save() -> str:
        count = setup.put_checks(subject=subject, actor=request.user, **form.cleaned_data)
        words = ngettext("{count} item put on the checklist", "{count} items put on the checklist", count)
        toast(request, words.format(count=count))
        return back

    return dialog(request, form, _("Put on the checklist"), pgettext("set-up", "Put on"), save, back=back)


@require_POST
@login_required
def equipment_usual(request: SignedInRequest, pk: int) -> HttpResponse:
    """The usual equipment, by one click."""
    subject = event_of(request, pk, Perm.EDIT)
    count = setup.put_equipment(subject=subject, actor=request.user)
    words = ngettext("{count} piece of equipment listed", "{count} pieces of equipment listed", count)
    return done(request, words.format(count=count), part_url(subject, "setup"))


def _test(subject: Subject, pk: int) -> EquipmentTest:
    found: EquipmentTest = get_object_or_404(
        EquipmentTest.objects.select_related("subject__unit", "tester"), subject=subject, pk=pk
    )
    return found


@require_http_methods(BOTH)
@login_required
def equipment_keep(request: SignedInRequest, pk: int, test: int = 0) -> HttpResponse:
    """Something more to be tested, or another tester."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _test(subject, test) if test else None
    form = EquipmentForm.of(kept, typed(request))

    def save() -> str:
        setup.keep_equipment(subject=subject, actor=request.user, test=kept, **form.cleaned_data)
        toast(request, _("Saved"))
        return part_url(subject, "setup")

    title = kept.name if kept else _("Something to be tested")
    return dialog(request, form, title, _("Save"), save, back=part_url(subject, "setup"))


@require_http_methods(BOTH)
@login_required
def equipment_test(request: SignedInRequest, pk: int, test: int) -> HttpResponse:
    """How a test went."""
    subject = event_of(request, pk)
    kept = _test(subject, test)
    form = TestForm(typed(request))

    def save() -> str:
        setup.note_test(test=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return part_url(subject, "setup")

    return dialog(request, form, kept.name, _("Save"), save, back=part_url(subject, "setup"))


@require_POST
@login_required
def equipment_remove(request: SignedInRequest, pk: int, test: int) -> HttpResponse:
    """Take something off the list of tests."""
    subject = event_of(request, pk, Perm.EDIT)
    setup.remove_equipment(test=_test(subject, test), actor=request.user)
    return done(request, pgettext("equipment test", "Taken off the list"), part_url(subject, "setup"))


@require_POST
@login_required
def equipment_watch(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Let the tests set a risk off by the recorded value."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = get_object_or_404(Risk.objects.select_related("subject__unit"), subject=subject, pk=risk)
    setup.watch_equipment(risk=kept, actor=request.user)
    return done(request, _("The tests set this risk off from now on"), part_url(subject, "setup"))


# ------------------------------------------------------------------------------------------------ patrols


@require_http_methods(BOTH)
@login_required
def rounds_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Rounds for the whole evening at once."""
    subject = event_of(request, pk, Perm.EDIT)
    form = RoundsForm(typed(request), subject=subject)

    def save() -> str:
        made = safety.plan_rounds(subject=subject, rounds=form.rounds, actor=request.user)
        words = ngettext("{count} round planned", "{count} rounds planned", len(made))
        toast(request, words.format(count=len(made)))
        return part_url(subject, "patrols")

    return dialog(request, form, _("Plan rounds"), _("Plan"), save, back=part_url(subject, "patrols"))


def _round(subject: Subject, pk: int) -> PatrolLog:
    found = PatrolLog.objects.select_related("subject__unit", "person")
    kept: PatrolLog = get_object_or_404(found, subject=subject, pk=pk)
    return kept


@require_http_methods(BOTH)
@login_required
def round_walk(request: SignedInRequest, pk: int, patrol: int) -> HttpResponse:
    """What a round found."""
    subject = event_of(request, pk)
    kept = _round(subject, patrol)
    form = WalkForm(typed(request), sent(request))

    def save() -> str:
        safety.walk_round(patrol=kept, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("patrol", "Round noted"))
        return part_url(subject, "patrols")

    return dialog(request, form, str(kept), _("Save"), save, back=part_url(subject, "patrols"))


@require_POST
@login_required
def round_remove(request: SignedInRequest, pk: int, patrol: int) -> HttpResponse:
    """Take a round off the plan."""
    subject = event_of(request, pk, Perm.EDIT)
    safety.remove_round(patrol=_round(subject, patrol), actor=request.user)
    return done(request, pgettext("patrol", "Round removed"), part_url(subject, "patrols"))


@require_http_methods(BOTH)
@login_required
def hazard_close(request: SignedInRequest, pk: int, patrol: int) -> HttpResponse:
    """Say that a hazard is gone."""
    subject = event_of(request, pk)
    kept = _round(subject, patrol)
    form = HazardForm(typed(request))

    def save() -> str:
        safety.close_hazard(patrol=kept, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("patrol", "Hazard closed"))
        return part_url(subject, "patrols")

    return dialog(
        request,
        form,
        _("Close the hazard"),
        _("Close the hazard"),
        save,
        back=part_url(subject, "patrols"),
        hint=f"{kept}: {kept.hazard}",
    )
