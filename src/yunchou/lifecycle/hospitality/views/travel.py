"""Pick-ups: arrivals, vehicles, runs, and the page by which somebody fetches guests with a phone in the hand."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.views.shared import event_of, guest_of

from ..actions import runs, travel, vehicles
from ..forms.travel import DelayForm, RidersForm, RunForm, TravelForm, VehicleForm
from ..models import Ride, RideState, Run, RunState, Travel, Vehicle
from ..rules import run_meets_guest
from ..selectors.travel import (
    arrivals,
    coming_of,
    figures_of,
    may_look_after,
    narrowed,
    runs_of,
    vehicles_of,
)
from .shared import BOTH, dialog, done, part_context, unkept, url


@require_safe
@login_required
def run_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Runs by time with what is wrong, who comes when, and who is not yet picked up.

    Names and trains are read by who keeps the list or runs the door; everybody else sees how many, and the runs of their own.
    """
    subject = event_of(request, pk)
    lines = runs_of(subject)
    coming = coming_of(subject, request.user)
    figures = figures_of(coming)
    show = request.GET.get("show", "")
    show = show if show in ("open", "said", "all") else ""
    words = {
        "": (pgettext("arrivals", "Known"), figures["known"]),
        "open": (pgettext("arrivals", "Without a run"), figures["open"]),
        "said": (pgettext("arrivals", "Said in the reply"), figures["said"]),
        "all": (pgettext("arrivals", "All"), figures["all"]),
    }
    views = [
        {"label": label, "url": f"?show={key}" if key else "?", "active": key == show, "count": n}
        for key, (label, n) in words.items()
    ]
    context = part_context(request, subject, "runs", runs=lines, figures=figures, show=show, shows=views)
    if context["may_name"]:
        found = narrowed(coming, show).select_related("travel", "companion_of")
        page = paginate(found, request.GET, by="pk", total=words[show][1])
        context |= {"page": page, "lines": arrivals(page.rows)}
    context["mine"] = {
        one.run.pk for one in lines if request.user.pk in (one.run.person_id, one.run.vehicle.driver_id)
    }
    context["findings"] = [one for line in lines for one in line.findings]
    context["vehicles"] = list(vehicles_of(subject))
    context["may_add"] = context["over"] is None and holds(request.user, Perm.ADD, subject)
    context["may_export"] = holds(request.user, Perm.EXPORT, subject)
    context["list_query"] = f"subject={subject.pk}"
    context["rule"] = run_meets_guest
    return unkept(render(request, "hospitality/run_list.html", context))


@require_http_methods(BOTH)
@login_required
def travel_keep(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """How one guest comes and goes; begun from what the reply says."""
    subject = event_of(request, pk, Perm.ADD)
    whom = guest_of(request, subject, guest)
    form = TravelForm(typed(request), guest=whom, travel=Travel.objects.filter(guest=whom).first())

    def save() -> str:
        travel.keep_travel(guest=whom, facts=form.facts, actor=request.user, seen=form.cleaned_data["seen"])
        toast(request, _("Saved"))
        return url("run_list", subject)

    hint = _("In the reply: {words}").format(words=whom.transport) if whom.transport else ""
    back = url("run_list", subject)
    return unkept(dialog(request, form, whom.name, _("Save"), save, back=back, hint=hint))


@require_http_methods(BOTH)
@login_required
def travel_delay(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """A guest comes at another time than planned; from the list, or from the run on the phone."""
    subject = event_of(request, pk)
    whom = guest_of(request, subject, guest)
    travel.demand_may_delay(guest=whom, actor=request.user)
    known = Travel.objects.filter(guest=whom).first()
    now = known.comes_at if known else None
    form = DelayForm(
        typed(request), initial={"expected_at": f"{clock.local(now):%Y-%m-%dT%H:%M}"} if now else None
    )
    run = request.GET.get("run", "")
    back = url("run_list", subject)
    if run.isdecimal() and len(run) < 19 and Run.objects.filter(subject=subject, pk=int(run)).exists():
        back = url("run_detail", subject, int(run))

    def save() -> str:
        travel.note_delay(guest=whom, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    hint = _("Who looks after the run hears of it at once.")
    title = _("{name} comes at another time").format(name=whom.name)
    return unkept(dialog(request, form, title, _("Save"), save, back=back, hint=hint))


# ---------------------------------------------------------------- vehicles


def _vehicle(subject: Subject, pk: int) -> Vehicle:
    found: Vehicle = get_object_or_404(
        Vehicle.objects.select_related("subject", "driver", "supplier"), subject=subject, pk=pk
    )
    return found


@require_http_methods(BOTH)
@login_required
def vehicle_keep(request: SignedInRequest, pk: int, vehicle: int = 0) -> HttpResponse:
    """A vehicle with its driver."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _vehicle(subject, vehicle) if vehicle else None
    form = VehicleForm(typed(request), user=request.user, subject=subject, vehicle=kept)

    def save() -> str:
        read = form.cleaned_data
        vehicles.keep_vehicle(
            subject=subject, facts=form.facts, vehicle=kept, actor=request.user, reason=read["reason"], seen=read["seen"]
        )  # fmt: skip
        toast(request, _("Saved"))
        return url("run_list", subject)

    title = kept.name if kept else _("New vehicle")
    return unkept(dialog(request, form, title, _("Save"), save, back=url("run_list", subject)))


@require_POST
@login_required
def vehicle_drop(request: SignedInRequest, pk: int, vehicle: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.EDIT)
    vehicles.drop_vehicle(vehicle=_vehicle(subject, vehicle), actor=request.user)
    return done(request, _("Vehicle taken out"), url("run_list", subject))


@require_POST
@login_required
def driver_show(request: SignedInRequest, pk: int, vehicle: int) -> HttpResponse:
    """The driver's number, for this once."""
    subject = event_of(request, pk)
    kept = _vehicle(subject, vehicle)
    number = vehicles.show_driver(vehicle=kept, actor=request.user)
    return unkept(render(request, "hospitality/parts/driver.html", {"vehicle": kept, "number": number}))


# ---------------------------------------------------------------- runs


def _run(subject: Subject, pk: int) -> Run:
    found: Run = get_object_or_404(
        Run.objects.select_related("subject__unit", "vehicle__driver", "person"), subject=subject, pk=pk
    )
    return found


@require_safe
@login_required
def run_detail(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """One run, to be worked off on a phone: who is waiting, on board, has arrived."""
    subject = event_of(request, pk)
    kept = _run(subject, run)
    _demand_reader(request, kept)
    [line] = runs_of(subject, [kept.pk])
    context = part_context(request, subject, "runs", line=line, run=line.run)
    context["may_say"] = may_look_after(request.user, kept)
    said = runs.ENDED if line.run.state == RunState.DONE else RideState
    context["states"] = [(one.value, one.label) for one in said]
    return unkept(render(request, "hospitality/run_detail.html", context))


def _demand_reader(request: SignedInRequest, run: Run) -> None:
    """Who rides when is read by who looks after the run, runs the door, or keeps the list."""
    if not may_look_after(request.user, run) and not holds(request.user, Perm.EDIT, run.subject):
        raise NotAllowed(say("Only who looks after the run or runs the door sees this."))


@require_safe
@login_required
def run_print(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """The list of one run on paper, to be ticked off."""
    subject = event_of(request, pk)
    kept = _run(subject, run)
    _demand_reader(request, kept)
    [line] = runs_of(subject, [kept.pk])
    return unkept(
        render(request, "hospitality/run_print.html", {"subject": subject, "line": line, "run": line.run})
    )


@require_http_methods(BOTH)
@login_required
def run_keep(request: SignedInRequest, pk: int, run: int = 0) -> HttpResponse:
    """A run: vehicle, place, time and who looks after it."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _run(subject, run) if run else None
    form = RunForm(typed(request), subject=subject, user=request.user, run=kept)

    def save() -> str:
        made = runs.keep_run(
            subject=subject, facts=form.facts, run=kept, actor=request.user, seen=form.cleaned_data["seen"]
        )
        toast(request, _("Saved"))
        return url("run_detail", subject, made.pk)

    title = str(kept) if kept else _("New run")
    back = url("run_detail", subject, kept.pk) if kept else url("run_list", subject)
    return dialog(request, form, title, _("Save"), save, back=back)


@require_POST
@login_required
def run_drop(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.EDIT)
    runs.drop_run(run=_run(subject, run), actor=request.user)
    return done(request, _("Run dropped"), url("run_list", subject))


@require_http_methods(BOTH)
@login_required
def riders_put(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """Put guests into a run; those who wish for it come first."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _run(subject, run)
    form = RidersForm(typed(request), run=kept)

    def save() -> str:
        made = runs.put_riders(run=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("{n} guests put into the run").format(n=len(made)))
        return url("run_detail", subject, kept.pk)

    left = runs_of(subject, [kept.pk])[0].left
    hint = _("{n} seats are free.").format(n=left)
    back = url("run_detail", subject, kept.pk)
    return unkept(dialog(request, form, str(kept), _("Put them in"), save, back=back, hint=hint))


def _ride(subject: Subject, run: int, pk: int) -> Ride:
    found: Ride = get_object_or_404(
        Ride.objects.select_related("run__subject__unit", "run__vehicle"),
        run__subject=subject,
        run=run,
        pk=pk,
    )
    return found


@require_POST
@login_required
def rider_drop(request: SignedInRequest, pk: int, run: int, ride: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.EDIT)
    runs.drop_rider(ride=_ride(subject, run, ride), actor=request.user)
    return done(request, _("Taken out of the run"), url("run_detail", subject, run))


@require_POST
@login_required
def ride_set(request: SignedInRequest, pk: int, run: int, ride: int) -> HttpResponse:
    """One tap: where the guest is now."""
    subject = event_of(request, pk)
    state = request.POST.get("state", "")
    kept = _ride(subject, run, ride)
    if state in RideState.values:
        kept = runs.set_ride(ride=kept, state=state, actor=request.user)
    return done(request, str(kept.get_state_display()), url("run_detail", subject, run))


@require_POST
@login_required
def run_start(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    subject = event_of(request, pk)
    runs.start_run(run=_run(subject, run), actor=request.user)
    return done(request, pgettext("run", "Under way"), url("run_detail", subject, run))


@require_POST
@login_required
def run_finish(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    subject = event_of(request, pk)
    runs.finish_run(run=_run(subject, run), actor=request.user)
    return done(request, pgettext("run", "Done"), url("run_detail", subject, run))
