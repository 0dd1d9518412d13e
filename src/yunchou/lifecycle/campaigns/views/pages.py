"""One campaign: overview, proposal, timeline, and making a new one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from yunchou.capabilities.creative.views.board import final_card
from yunchou.capabilities.creative.views.shared import toolbar
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.identity.models import Appointment
from yunchou.kernel.journal.kinds import kinds
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.journal.selectors import timeline as entries_of
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import overview, planning
from ..actions import confirm_goal
from ..caring import caring_of
from ..completeness import checklist_of, completeness_of
from ..forms import NewCampaignForm, PrinciplesForm, SmartForm
from ..models import SMART_BOXES, Campaign, Goal, Kind
from ..permissions import Perm
from ..selectors import lock_on
from ..tables import OVERVIEW

# Groups of journal kinds by the room that records them, as the timeline offers them.
GROUPS = {
    "course": ("campaigns.",),
    "approval": ("approvals.", "rules."),
    "content": ("sheets.", "work.", "budgets."),
    "running": ("metrics.", "operations.", "duties."),
    "closing": ("reviews.", "archive.", "files."),
}


def open_campaign(request: SignedInRequest, pk: int, perm: str = "") -> Subject:
    """The subject of a campaign that the person may see: else 404, and 403 without `perm`."""
    subject = open_subject(request, pk, perm)
    if subject.kind != "campaign":
        raise Http404
    return subject


@require_safe
@login_required
def campaign_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Are we fine: signals, goals, phases, what comes next; the page then asks for `?part=checks`, what the rules say."""
    subject = open_campaign(request, pk)
    if request.htmx and request.GET.get("part") == "checks":
        checked = {"campaign": subject, "findings": overview.findings_of_page(request, subject)}
        return render(request, "campaigns/parts/checks.html", checked)
    context = page_context(request, subject, "overview")
    campaign = context["campaign"]
    dashboard = overview.dashboard_of(subject)
    return render(
        request,
        "campaigns/campaign_detail.html",
        context
        | {
            "now": clock.now(),
            "dashboard": dashboard,
            "goals": overview.goal_lines(campaign) if not dashboard.lines else [],
            "bar": overview.phase_bar(campaign),
            "duties": overview.next_duties(subject),
            "team": overview.team(subject),
            "entries": overview.latest_entries(subject),
        },
    )


@require_safe
@login_required
def proposal_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Overview, goals and creative plan, edited in place, with how much is there already."""
    subject = open_campaign(request, pk)
    context = page_context(request, subject, "proposal")
    if request.htmx and request.GET.get("part") == "completeness":
        context["sections"] = completeness_of(request, subject)
        return render(request, "campaigns/parts/completeness.html", context)
    return render(
        request,
        "campaigns/proposal_detail.html",
        context
        | {
            "sections": completeness_of(request, subject),
            "bar": overview.phase_bar(context["campaign"]),
            "version": subject.versions.first(),
            "checklist": checklist_of(subject),
            "caring": caring_of(context["campaign"]),
            **toolbar(subject),
            **final_card(request, subject),
            "principles": _principles(request, subject, context["campaign"]),
        },
    )


def _principles(request: SignedInRequest, subject: Subject, campaign: Campaign) -> PrinciplesForm | None:
    """The four principles as boxes, for kinds that confirm them; locked where the proposal is."""
    if campaign.kind != Kind.HIGH_END:
        return None
    form = PrinciplesForm(initial=dict.fromkeys(campaign.principles, True))
    if lock_on(subject, OVERVIEW.key) or not holds(request.user, Perm.EDIT, subject):
        for field in form.fields.values():
            field.disabled = True
    return form


@require_safe
@login_required
def finding_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything the rules say of the campaign, with what can be done about it."""
    subject = open_campaign(request, pk)
    return render(request, "campaigns/finding_list.html", page_context(request, subject, "findings"))


@require_POST
@login_required
def goal_confirm(request: SignedInRequest, pk: int, goal: int) -> HttpResponse:
    """Tick or clear the SMART boxes of a goal; with `box` only that one, whatever the others show in an older table."""
    subject = open_campaign(request, pk, Perm.EDIT)
    found = get_object_or_404(Goal, pk=goal, subject=subject)
    form = SmartForm(request.POST)
    form.full_clean()
    only = request.POST.get("box", "")
    ticked = {
        box: form.cleaned_data[box] if only in {"", box} else getattr(found, box) for box in SMART_BOXES
    }
    confirm_goal(goal=found, actor=request.user, boxes=[box for box in SMART_BOXES if ticked[box]])
    if not request.htmx:
        return redirect("campaigns:proposal_detail", pk)
    return trigger_client_event(HttpResponse(status=204), "sheets:fixed")


@require_safe
@login_required
def timeline(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything the journal tells of the campaign, newest first; `?group=` and `?kind=` narrow it."""
    subject = open_campaign(request, pk)
    group, kind = request.GET.get("group", ""), request.GET.get("kind", "")
    entries = entries_of(subject)
    if kind in kinds:
        entries = entries.filter(kind=kind)
    elif group in GROUPS:
        entries = entries.filter(
            kind__regex=rf"^({'|'.join(part.replace('.', '[.]') for part in GROUPS[group])})"
        )
    page = paginate(entries, request.GET, by="-pk")
    context = {"page": page, "days": _by_day(page.rows), "group": group, "groups": _groups(group)}
    return render(request, "campaigns/timeline.html", page_context(request, subject, "timeline", **context))


def _by_day(entries: Any) -> list[tuple[Any, list[JournalEntry]]]:
    """The entries under their days."""
    days: dict[Any, list[JournalEntry]] = {}
    for entry in entries:
        days.setdefault(clock.local(entry.at).date(), []).append(entry)
    return list(days.items())


def _groups(active: str) -> list[dict[str, Any]]:
    labels = {
        "": _("Everything"),
        "course": pgettext("timeline", "Course"),
        "approval": _("Approval"),
        "content": _("Content"),
        "running": pgettext("timeline", "Running"),
        "closing": _("Closing"),
    }
    return [
        {"label": label, "url": f"?group={key}" if key else "?", "active": key == active}
        for key, label in labels.items()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def campaign_create(request: SignedInRequest) -> HttpResponse:
    """A new draft."""
    require(request.user, Perm.CREATE)
    form = NewCampaignForm(
        request.POST if request.method == "POST" else None,
        initial=_beginning(request) | planning.beginning_of(request.user, request.GET.get("item", "")),
        items=planning.items_for(request.user),
    )
    if request.method == "POST" and form.is_valid():
        try:
            campaign = planning.create_from_plan(actor=request.user, **form.cleaned_data)
        except Invalid as refused:
            for name, text in refused.fields.items():
                form.add_error(name, str(text))
        else:
            toast(request, _("Draft %(code)s created") % {"code": campaign.code})
            return redirect(campaign)
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/campaign_create.html", {"form": form}, status=status)


def _beginning(request: SignedInRequest) -> dict[str, Any]:
    """The person's own unit and the person as the lead."""
    held = Appointment.objects.valid().filter(user=request.user).select_related("unit")
    unit = next((one.unit for one in held if holds(request.user, Perm.CREATE, one.unit)), None)
    return {"owner": request.user.pk, "unit": unit.pk if unit else None}
