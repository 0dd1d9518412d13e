"""The shot list, and pictures: brought, sorted, marked, finished, published."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.capabilities.preparation.forms.shared import FileForm
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import sent, typed
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.permissions import Perm

from ..actions import pictures as actions
from ..actions.safety import part_url
from ..forms.onsite import MarkForm, ShotForm, UploadForm
from ..models import Picture, PictureState, Shot
from .shared import BOTH, dialog, done, event_of


def _shot(subject: Subject, pk: int) -> Shot:
    found: Shot = get_object_or_404(Shot.objects.select_related("subject__unit"), subject=subject, pk=pk)
    return found


@require_http_methods(BOTH)
@login_required
def shot_keep(request: SignedInRequest, pk: int, shot: int = 0) -> HttpResponse:
    """A picture that must be taken."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _shot(subject, shot) if shot else None
    form = ShotForm(typed(request), subject=subject, shot=kept)

    def save() -> str:
        actions.keep_shot(subject=subject, actor=request.user, shot=kept, **form.cleaned_data)
        toast(request, _("Saved"))
        return part_url(subject, "pictures")

    title = kept.what if kept else _("Add to the shot list")
    return dialog(request, form, title, _("Save"), save, back=part_url(subject, "pictures"))


@require_POST
@login_required
def shot_tick(request: SignedInRequest, pk: int, shot: int) -> HttpResponse:
    """Taken, or not after all."""
    subject = event_of(request, pk)
    is_done = request.POST.get("done") != "0"
    actions.tick_shot(shot=_shot(subject, shot), actor=request.user, is_done=is_done)
    words = pgettext("shot", "Taken") if is_done else pgettext("shot", "Back on the list")
    return done(request, words, part_url(subject, "pictures"))


@require_POST
@login_required
def shot_remove(request: SignedInRequest, pk: int, shot: int) -> HttpResponse:
    """Off the shot list."""
    subject = event_of(request, pk, Perm.EDIT)
    actions.remove_shot(shot=_shot(subject, shot), actor=request.user)
    return done(request, pgettext("shot", "Removed"), part_url(subject, "pictures"))


@require_http_methods(BOTH)
@login_required
def picture_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Many pictures and films at once."""
    subject = event_of(request, pk)
    form = UploadForm(typed(request), sent(request), subject=subject)

    def save() -> str:
        told = form.cleaned_data
        made = actions.bring_pictures(
            subject=subject,
            uploads=told["pictures"],
            actor=request.user,
            item=told["item"],
            tags=told["tags"],
        )
        words = ngettext("{count} picture filed", "{count} pictures filed", len(made))
        toast(request, words.format(count=len(made)))
        return part_url(subject, "pictures")

    title = pgettext("picture", "Bring pictures")
    return dialog(request, form, title, pgettext("picture", "File"), save, back=part_url(subject, "pictures"))


@require_POST
@login_required
def pictures_sort(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say of the chosen pictures how far they are, or publish them."""
    subject = event_of(request, pk)
    chosen = [int(key) for key in request.POST.getlist("picture") if key.isdecimal() and len(key) < 19]
    state = request.POST.get("state", "")
    if state == PictureState.PUBLISHED:
        count = actions.publish_pictures(subject=subject, pictures=chosen, actor=request.user)
        words = ngettext("{count} picture published", "{count} pictures published", count)
    else:
        count = actions.sort_pictures(subject=subject, pictures=chosen, state=state, actor=request.user)
        words = ngettext("{count} picture sorted", "{count} pictures sorted", count)
    return done(request, words.format(count=count), part_url(subject, "pictures"))


def _picture(subject: Subject, pk: int) -> Picture:
    found = Picture.objects.select_related("subject__unit", "attachment__file")
    kept: Picture = get_object_or_404(found, subject=subject, pk=pk, attachment__removed_at=None)
    return kept


@require_http_methods(BOTH)
@login_required
def picture_mark(request: SignedInRequest, pk: int, picture: int) -> HttpResponse:
    """Who is in a picture."""
    subject = event_of(request, pk)
    kept = _picture(subject, picture)
    form = MarkForm(typed(request), picture=kept)

    def save() -> str:
        actions.mark_picture(picture=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return part_url(subject, "pictures")

    return dialog(request, form, str(kept), _("Save"), save, back=part_url(subject, "pictures"))


@require_http_methods(BOTH)
@login_required
def picture_edited(request: SignedInRequest, pk: int, picture: int) -> HttpResponse:
    """The finished version of a picture."""
    subject = event_of(request, pk)
    kept = _picture(subject, picture)
    form = FileForm(typed(request), sent(request))

    def save() -> str:
        actions.bring_edited(picture=kept, upload=form.cleaned_data["file"], actor=request.user)
        toast(request, _("Saved"))
        return part_url(subject, "pictures")

    return dialog(
        request,
        form,
        pgettext("picture", "Finished version"),
        _("Save"),
        save,
        back=part_url(subject, "pictures"),
        hint=str(kept),
    )
