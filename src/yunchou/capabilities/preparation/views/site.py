"""Materials on site, issued and settled by item and person; and the reports after the event."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from ..actions.reports import plan_reports
from ..actions.site import issue_on_site, settle_on_site
from ..following import part_url
from ..forms.stock import IssueForm, SettleForm
from ..permissions import Perm
from ..selectors.site import site_lines
from .shared import dialog

BOTH = ["GET", "HEAD", "POST"]


@require_http_methods(BOTH)
@login_required
def site_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Something from the stock goes to a person on site."""
    subject = open_subject(request, pk, Perm.VIEW)
    form = IssueForm(typed(request), user=request.user)

    def save() -> str:
        move = issue_on_site(activity=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Entered as %(number)s") % {"number": move.number})
        return part_url(subject, "supplies")

    title = _("Issue on site")
    return dialog(
        request, form, title, pgettext("on site", "Issue"), save, back=part_url(subject, "supplies")
    )


@require_http_methods(BOTH)
@login_required
def site_settle(request: SignedInRequest, pk: int, item: int, person: int) -> HttpResponse:
    """What came back, was used up, lost or wasted of what one person had."""
    subject = open_subject(request, pk, Perm.VIEW)
    line = next((one for one in site_lines(subject) if (one.item.pk, one.person.pk) == (item, person)), None)
    if line is None:
        raise Http404
    form = SettleForm(typed(request), line=line)

    def save() -> str:
        settle_on_site(
            activity=subject, item=line.item, person=line.person, facts=form.facts, actor=request.user,
            worth=form.cleaned_data["worth"], reason=form.cleaned_data["reason"],
        )  # fmt: skip
        toast(request, _("Saved"))
        return part_url(subject, "supplies")

    told = {"person": line.person.name, "left": f"{line.left.normalize():f}", "measure": line.item.measure}
    hint = _("%(person)s has %(left)s %(measure)s of it.") % told
    return dialog(
        request, form, line.item.name, _("Save"), save, back=part_url(subject, "supplies"), hint=hint
    )


@require_POST
@login_required
def reports_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """The reports that follow the event, one for the website and one for social media, each with its day and owner."""
    subject = open_subject(request, pk, Perm.EDIT)
    made = plan_reports(subject=subject, actor=request.user)
    toast(request, _("%(n)s reports planned") % {"n": len(made)})
    return go(request, part_url(subject, "publicity"))
