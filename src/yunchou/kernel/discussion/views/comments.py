"""The talk about a subject and about rows of its tables."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget, trigger_client_event

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.files.selectors import documents_of
from yunchou.kernel.ui.dialogs import mark
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..actions.comments import see_place
from ..actions.files import STAGE
from ..forms import CommentForm
from ..marks import unheard
from ..models import Comment, room_address
from ..panels import panels_of
from ..permissions import Perm
from ..places import Place, place_key
from ..selectors.comments import rows_talked_about, said_count, typed
from .shared import place_or_404

GLANCE = 5
FILES = 12


@require_safe
@login_required
def room(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where the people of a subject work together: tasks, comments, files, reminders, announcements, decisions (GEN-02)."""
    subject = open_subject(request, pk)
    user = request.user
    documents = documents_of(subject, user)
    context = talk_context(request, Place(subject)) | page_context(
        request,
        subject,
        "talk",
        unread=selectors.unread_of(subject, user),
        announcements=selectors.announcements_of(subject)[:GLANCE],
        decisions=selectors.decisions_of(subject)[:GLANCE],
        reminders=selectors.reminders_of(subject, user),
        documents=documents[:FILES],
        document_count=len(documents),
        talked=rows_talked_about(subject),
        panels=panels_of(subject, user),
        may_lead=holds(user, Perm.LEAD, subject),
        at=request.GET.get("at", ""),
        said=said_count(subject),
        stage=STAGE,
    )
    return render(request, "discussion/room.html", context)


@require_safe
@login_required
@never_cache
def row_talk(request: SignedInRequest, pk: int, table: str, row: int) -> HttpResponse:
    """The talk about one row, as a drawer over the page that shows the table; as a page of its own without htmx."""
    place = place_or_404(request, pk, table, row)
    context = talk_context(request, place) | {"subject": place.subject}
    if request.htmx:
        return render(request, "discussion/parts/drawer.html", context)
    page = page_context(request, place.subject, "talk")
    return render(request, "discussion/row.html", context | page)


@require_safe
@login_required
@never_cache
def stream(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was said at a place; nothing (204) while nothing is newer than what was `seen`."""
    place = _asked(request, pk, request.GET)
    if request.GET.get("seen") == selectors.stamp_of(place):
        return HttpResponse(status=204)
    return _stream(request, place)


@require_POST
@login_required
def comment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say something; answers with an empty place to write the next, and lets the stream look again."""
    place = _asked(request, pk, request.POST)
    form = CommentForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        parent = _of(place, data["reply"]) if data["reply"] else None

        def save() -> str:
            said = actions.comment(
                place=place, text=data["text"], uploads=data["uploads"], parent=parent, actor=request.user
            )
            _warn_of_nobody(request, said)
            return said.get_absolute_url()

        try:
            address = once(request, save)
        except Invalid as refused:
            mark(form, refused)
        else:
            if not request.htmx:
                return redirect(address)
            answer = render(
                request, "discussion/parts/composer.html", _composer(request, place, CommentForm())
            )
            return trigger_client_event(answer, f"said:{place_key(place)}", {})
    context = _composer(request, place, form)
    if request.htmx:
        return render(request, "discussion/parts/composer.html", context, status=422)
    page = talk_context(request, place, form) | page_context(request, place.subject, "talk")
    return render(request, "discussion/row.html", page, status=422)


@require_http_methods(["GET", "POST"])
@login_required
def comment_edit(request: SignedInRequest, pk: int, comment: int) -> HttpResponse:
    """Change an own comment in its place."""
    found, place = _seen(request, pk, comment)
    form = CommentForm(request.POST or None, initial={"text": typed(found)})
    if request.method == "POST" and form.is_valid():
        try:
            edited = actions.edit_comment(
                comment=found, text=form.cleaned_data["text"], place=place, actor=request.user
            )
            _warn_of_nobody(request, edited)
        except Invalid as refused:
            mark(form, refused)
        else:
            return _stream(request, place) if request.htmx else redirect(found.get_absolute_url())
    context = {
        "form": form,
        "comment": found,
        "subject": place.subject,
        "place": place,
        "key": place_key(place),
    }
    if not request.htmx:
        page = context | page_context(request, place.subject, "talk")
        return render(request, "discussion/edit.html", page, status=422 if form.errors else 200)
    answer = render(request, "discussion/parts/edit.html", context, status=422 if form.errors else 200)
    return reswap(retarget(answer, f"#said-{found.pk}"), "innerHTML") if form.errors else answer


@require_POST
@login_required
def comment_remove(request: SignedInRequest, pk: int, comment: int) -> HttpResponse:
    found, place = _seen(request, pk, comment)
    actions.remove_comment(comment=found, actor=request.user)
    toast(request, _("Taken away; that something was said stays"))
    return _stream(request, place) if request.htmx else redirect(room_address(pk))


@require_GET
@login_required
def people(request: SignedInRequest, pk: int) -> JsonResponse:
    """Whom `@words` may mean: people who may see the place, those of the subject first."""
    place = _asked(request, pk, request.GET)
    found = selectors.suggestions(place, request.GET.get("q", "")[:40], request.user)
    names = [person.name for person in found]
    results = [
        {
            "name": person.name,
            "note": person.username,
            "insert": f"@{person.name}({person.username})"
            if names.count(person.name) > 1
            else f"@{person.name}",
        }
        for person in found
    ]
    return JsonResponse({"results": results})


@require_POST
@login_required
def seen(request: SignedInRequest, pk: int) -> HttpResponse:
    """The person is here: what told of the talk is read."""
    subject = open_subject(request, pk)
    count = see_place(subject=subject, user=request.user)
    answer = HttpResponse(status=204)
    return trigger_client_event(answer, "notify:changed", {}) if count else answer


def _warn_of_nobody(request: SignedInRequest, comment: Comment) -> None:
    """Tell whoever calls somebody that there is nobody of this name: the words stay, but nobody was told."""
    if missed := unheard(comment.text):
        words = _("Nobody here is called %(names)s, so nobody was told. Choose a name from the list after @.")
        messages.warning(request, words % {"names": pgettext("names", ", ").join(missed)})


def talk_context(request: SignedInRequest, place: Place, form: CommentForm | None = None) -> dict[str, Any]:
    """What a place's talk shows: what was said, and where to write."""
    return _stream_context(request, place) | _composer(request, place, form or CommentForm())


def _stream_context(request: SignedInRequest, place: Place) -> dict[str, Any]:
    return {
        "place": place,
        "key": place_key(place),
        "lines": selectors.comments_at(place, request.user),
        "seen": selectors.stamp_of(place),
        "may_write": selectors.may_answer(request.user, place),
        "subject": place.subject,
    }


def _composer(request: SignedInRequest, place: Place, form: CommentForm) -> dict[str, Any]:
    return {
        "form": form,
        "place": place,
        "key": place_key(place),
        "subject": place.subject,
        "may_write": selectors.may_answer(request.user, place),
    }


def _stream(request: SignedInRequest, place: Place) -> HttpResponse:
    return render(request, "discussion/parts/stream.html", _stream_context(request, place))


def _asked(request: SignedInRequest, pk: int, given: Any) -> Place:
    """The place that a form or an address names."""
    row = given.get("row", "")
    return place_or_404(request, pk, given.get("table", "")[:40], int(row) if row.isdecimal() else None)


def _of(place: Place, pk: int) -> Comment:
    return get_object_or_404(Comment, pk=pk, subject=place.subject, table=place.table, row=place.row)


def _seen(request: SignedInRequest, pk: int, comment: int) -> tuple[Comment, Place]:
    """A comment with its place, for somebody who sees both."""
    rows = Comment.objects.select_related("author").prefetch_related("mentions__user")
    found = get_object_or_404(rows, pk=comment, subject=pk)
    place = place_or_404(request, pk, found.table, found.row)
    if found.is_removed:
        raise Http404
    return found, place
