"""The journal of everything, for the auditor: narrowed, opened, exported, and every look at personal values told in it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.permissions import Perm
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core import clock
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.ui.paging import paginate

from ..actions.audit import export_journal, show_personal
from ..forms.rights import AuditForm
from ..selectors import audit
from .shared import tabs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@needs(Perm.AUDIT)
def journal_list(request: SignedInRequest) -> HttpResponse:
    """Entries over everything, newest first."""
    form = AuditForm(request.GET or None)
    filters = form.filters()
    context = {
        "form": form,
        "page": paginate(filters.apply(), request.GET),
        "is_narrowed": filters != audit.AuditFilter(),
        "tabs": tabs(request, "audit"),
        "query": request.GET.urlencode(),
    }
    part = "organisation/parts/rights_journal.html" if request.htmx else "organisation/rights_journal.html"
    return render(request, part, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(Perm.AUDIT)
def journal_entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """One entry with before and after; a POST deciphers its personal values, which the journal tells."""
    entry = get_object_or_404(JournalEntry.objects.select_related("actor", "subject__unit"), pk=pk)
    context = {
        "entry": entry,
        "details": audit.details_of(entry.data),
        "seal": audit.seal_of(entry),
        "has_personal": entry.personal.exists(),
        "personal": show_personal(entry=entry, actor=request.user) if request.method == "POST" else None,
    }
    return render(request, "organisation/rights_journal_entry.html", context)


@require_POST
@needs(Perm.AUDIT)
def journal_export(request: SignedInRequest) -> HttpResponse:
    """The entries of the filter as a workbook; the export itself becomes an entry."""
    form = AuditForm(request.POST)
    data = export_journal(filters=form.filters(), actor=request.user)
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="journal-{clock.today():%Y-%m-%d}.xlsx"'
    return response
