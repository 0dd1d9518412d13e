"""Series of meetings, one meeting with minutes and follow-up items, and what is left from earlier ones (ORG-11)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import FollowUpForm, MinutesForm, NewSeriesForm, OutcomeForm, PlanForm, SeriesForm
from ..models import FollowUp, Meeting, Series
from ..permissions import Perm
from .shared import dialog, own_unit, tabs


def _series(request: SignedInRequest, pk: int) -> Series:
    found = Series.objects.visible_to(request.user).select_related("subject__unit__parent", "chair")
    series: Series = get_object_or_404(found, pk=pk)
    return series


def _meeting(request: SignedInRequest, pk: int) -> Meeting:
    seen = Series.objects.visible_to(request.user)
    found = Meeting.objects.filter(series__in=seen).select_related("series__subject__unit", "series__chair")
    return get_object_or_404(found, pk=pk)


def _item(request: SignedInRequest, pk: int) -> FollowUp:
    """An item of a meeting that the person sees, or owns."""
    found = FollowUp.objects.select_related("meeting__series__subject__unit", "owner")
    item = get_object_or_404(found, pk=pk)
    if item.owner_id != request.user.pk:
        _series(request, item.meeting.series_id)
    return item


@require_GET
@needs(Perm.SEE_MEETINGS)
def series_list(request: SignedInRequest) -> HttpResponse:
    """The series in reach with their next meeting, and what the person has to do from meetings."""
    found = selectors.series_seen(request.user)
    context = {
        "page": paginate(found, request.GET, by="-pk", total=found.count()),
        "mine": selectors.own_items(request.user),
        "may_call": holds(request.user, Perm.KEEP_MEETINGS),
        "tabs": tabs(request, "meetings"),
    }
    return render(request, "organisation/series_list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.KEEP_MEETINGS)
def series_add(request: SignedInRequest) -> HttpResponse:
    home = own_unit(request.user)
    form = NewSeriesForm(
        request.POST or None, initial={"unit": home.pk if home else None, "chair": request.user.pk}
    )

    def save() -> str:
        series = actions.open_series(actor=request.user, **form.cleaned_data)
        toast(request, _("%(meeting)s is called") % {"meeting": series.name})
        return series.get_absolute_url()

    back = reverse("organisation:series_list")
    return dialog(request, form, _("Call a recurring meeting"), _("Call"), save, back=back)


@require_GET
@needs(Perm.VIEW)
def series_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The meetings of a series, newest first, and all its open items."""
    series = _series(request, pk)
    meetings = selectors.meetings_of(series)
    context = {
        "series": series,
        "page": paginate(meetings, request.GET, by="-number", total=meetings.count()),
        "items": FollowUp.objects.filter(meeting__series=series, closed_at=None).select_related(
            "owner", "meeting"
        ),
        "people": _invited(series),
        "may_keep": holds(request.user, Perm.KEEP_MEETINGS, series.subject),
        "tabs": tabs(request, "meetings"),
    }
    return render(request, "organisation/series_detail.html", context)


def _invited(series: Series) -> list[User]:
    people = User.objects.filter(memberships__subject=series.subject_id).distinct().order_by("name_pinyin")
    return list(people)


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def series_change(request: SignedInRequest, pk: int) -> HttpResponse:
    series = _series(request, pk)
    fields = ("name", "rhythm", "first_on", "starts_at", "place")
    initial = {name: getattr(series, name) for name in fields}
    initial |= {"chair": series.chair_id, "people": [person.pk for person in _invited(series)]}
    form = SeriesForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.change_series(series=series, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return series.get_absolute_url()

    return dialog(request, form, series.name, _("Save"), save, back=series.get_absolute_url())


@require_POST
@needs(Perm.VIEW)
def series_end(request: SignedInRequest, pk: int) -> HttpResponse:
    series = actions.end_series(series=_series(request, pk), actor=request.user)
    toast(request, _("The series has ended"))
    return go(request, series.get_absolute_url())


@require_GET
@needs(Perm.VIEW)
def meeting_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Agenda, open items of earlier meetings, minutes, and what was agreed."""
    meeting = _meeting(request, pk)
    context = {
        "meeting": meeting,
        "series": meeting.series,
        "carried": selectors.carried_items(meeting),
        "items": selectors.items_of(meeting),
        "present": meeting.present.order_by("name_pinyin"),
        "may_keep": holds(request.user, Perm.KEEP_MEETINGS, meeting.series.subject),
        "tabs": tabs(request, "meetings"),
    }
    return render(request, "organisation/meeting_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def meeting_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    form = PlanForm(request.POST or None, initial={"held_on": meeting.held_on, "agenda": meeting.agenda})

    def save() -> str:
        actions.plan_meeting(meeting=meeting, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return meeting.get_absolute_url()

    return dialog(request, form, _("Day and agenda"), _("Save"), save, back=meeting.get_absolute_url())


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def meeting_minutes(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    there = list(meeting.present.all()) or _invited(meeting.series)
    initial = {"minutes": meeting.minutes, "present": [person.pk for person in there]}
    form = MinutesForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.write_minutes(meeting=meeting, actor=request.user, **form.cleaned_data)
        toast(request, _("The minutes are kept"))
        return meeting.get_absolute_url()

    title = _("Minutes of %(day)s") % {"day": f"{meeting.held_on:%Y-%m-%d}"}
    return dialog(request, form, title, _("Save"), save, back=meeting.get_absolute_url())


# Follow-up items


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def follow_up_add(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    form = FollowUpForm(request.POST or None)

    def save() -> str:
        actions.add_follow_up(meeting=meeting, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return meeting.get_absolute_url()

    return dialog(request, form, _("Add a follow-up item"), _("Add"), save, back=meeting.get_absolute_url())


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def follow_up_change(request: SignedInRequest, pk: int) -> HttpResponse:
    item = _item(request, pk)
    initial = {"text": item.text, "owner": item.owner_id, "due_on": item.due_on}
    form = FollowUpForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.change_follow_up(item=item, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return item.meeting.get_absolute_url()

    back = item.meeting.get_absolute_url()
    return dialog(request, form, _("Change the follow-up item"), _("Save"), save, back=back)


@require_http_methods(["GET", "POST"])
@needs(Perm.VIEW)
def follow_up_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what came of it; `?meeting=` is the later meeting in which this was said."""
    item = _item(request, pk)
    wanted = request.GET.get("meeting", "")
    later = Meeting.objects.filter(series=item.meeting.series_id, number__gt=item.meeting.number)
    meeting = later.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    form = OutcomeForm(request.POST or None)
    back = (meeting or item.meeting).get_absolute_url()

    def save() -> str:
        actions.close_follow_up(item=item, meeting=meeting, actor=request.user, **form.cleaned_data)
        undo = reverse("organisation:follow_up_reopen", args=[item.pk])
        toast(request, _("The item is closed"), undo=undo)
        return back

    return dialog(request, form, item.text, _("Close item"), save, back=back)


@require_POST
@needs(Perm.VIEW)
def follow_up_reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    item = actions.reopen_follow_up(item=_item(request, pk), actor=request.user)
    toast(request, _("The item is open again"))
    return go(request, item.meeting.get_absolute_url())
