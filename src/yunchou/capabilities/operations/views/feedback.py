"""User feedback: opinions with their tone, the share of each day, and requests to departments."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject, page_context

from .. import actions
from ..models import Feedback, ResourceRequest, Tone
from ..opinions import tones_between, tones_by_day
from ..permissions import Perm
from ..report_forms import AnswerForm, FeedbackForm
from ..selectors import channels_of
from ..tables import REPORTS
from .shared import RULES, dialog, may, said, views_of

SHOWN = timedelta(days=27)
MOST_CHANNELS = 12


def shown_opinions(request: SignedInRequest, subject: Subject) -> HttpResponse:
    """What people said, the newest first; `?tone=` shows one tone. Beside it the share of each day of four weeks."""
    until = clock.today()
    found = Feedback.objects.filter(subject=subject).select_related("noted_by")
    tone = request.GET.get("tone", "")
    if tone in Tone.values:
        found = found.filter(tone=tone)
    context = {
        "page": paginate(found, request.GET, by="-day"),
        "days": tones_by_day(subject, until - SHOWN, until),
        "week": tones_between(subject, until - timedelta(days=6), until),
        "tone": tone,
        "tones": [{"label": _("All"), "url": "?view=opinions", "active": not tone}]
        + [
            {"label": one.label, "url": f"?view=opinions&tone={one.value}", "active": tone == one.value}
            for one in Tone
        ],
        "views": views_of("opinions"),
        "view": "opinions",
        "rules": RULES,
        "can_note": may(request, Perm.REPORT, subject, REPORTS.key),
    }
    return render(request, "operations/opinions.html", page_context(request, subject, "reports", **context))


@require_http_methods(["GET", "POST"])
@login_required
def feedback_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Note an opinion, in a dialog."""
    subject = open_subject(request, pk, Perm.REPORT)
    form = FeedbackForm(typed(request), initial={"day": clock.today(), "tone": Tone.NEUTRAL, "count": 1})

    def save() -> str:
        actions.note_feedback(subject=subject, actor=request.user, **form.cleaned_data)
        return said(request, _("Opinion noted"), f"{_at(subject)}?view=opinions")

    known = Feedback.objects.filter(subject=subject).order_by().values_list("channel", flat=True).distinct()
    channels = list(dict.fromkeys([*known[:MOST_CHANNELS], *channels_of(subject)]))
    return dialog(
        request,
        form,
        save,
        title=_("Note an opinion"),
        note=_("As it was said, without names or numbers of persons."),
        verb=pgettext("feedback", "Note"),
        options=channels,
    )


@require_http_methods(["GET", "POST"])
@login_required
def request_answer(request: SignedInRequest, pk: int, asked: int) -> HttpResponse:
    """Answer what is needed of a department, in a dialog."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(
        ResourceRequest.objects.select_related("unit", "asked_by"), subject=subject, pk=asked
    )
    form = AnswerForm(typed(request))

    def save() -> str:
        actions.answer_request(request=found, actor=request.user, **form.cleaned_data)
        return said(request, _("Answered"), _at(subject))

    return dialog(
        request,
        form,
        save,
        title=_("Answer for %(unit)s") % {"unit": found.unit.name},
        told=[f"{found.asked_by.name}：{found.need}"],
        verb=_("Answer"),
    )


def _at(subject: Subject) -> str:
    return reverse("operations:report_list", args=[subject.pk])
