"""Drafts and their proofs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, go, sent, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import AnswerForm, DraftForm, RemarkForm, VersionForm
from ..models import Draft, Remark
from ..permissions import Perm
from ..selectors.drafts import Proof, proof_of
from .shared import DRAFTS, page_of, part_url


def _proof(request: SignedInRequest, pk: int, draft: int, right: str = Perm.VIEW) -> tuple[Subject, Proof]:
    """The draft as the person asked to see it: `?version=` beside `?against=`."""
    subject = open_subject(request, pk, right)
    found = get_object_or_404(
        Draft.objects.select_related("approved", "approved_by"), pk=draft, subject=subject
    )
    found.subject = subject
    asked = [request.GET.get(name, "") for name in ("version", "against")]
    number, against = (int(one) if one.isdecimal() and len(one) < 5 else None for one in asked)
    return subject, proof_of(found, number, against)


@require_safe
@login_required
def draft_detail(request: SignedInRequest, pk: int, draft: int) -> HttpResponse:
    """A version with its remarks, and what differs from another version."""
    subject, proof = _proof(request, pk, draft)
    context = page_of(
        request,
        subject,
        DRAFTS,
        proof=proof,
        draft=proof.draft,
        back=part_url(subject, DRAFTS),
        may_edit=holds(request.user, Perm.EDIT, subject),
        may_approve=holds(request.user, Perm.APPROVE, subject),
    )
    return render(request, "creative/draft_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = DraftForm(typed(request), sent(request))

    def save() -> str:
        given = form.cleaned_data
        made = actions.hand_in_draft(
            subject=subject,
            title=given["title"],
            text=given["text"],
            upload=given["file"],
            actor=request.user,
        )
        return made.get_absolute_url()

    return dialog(
        request,
        form,
        _("Hand in a draft"),
        pgettext("draft", "Hand in"),
        save,
        back=part_url(subject, DRAFTS),
        wide=("title", "file"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft_version(request: SignedInRequest, pk: int, draft: int) -> HttpResponse:
    """A newer version; what differs is shown afterwards."""
    _subject, proof = _proof(request, pk, draft, Perm.EDIT)
    form = VersionForm(typed(request), sent(request), newest=proof.versions[0])

    def save() -> str:
        given = form.cleaned_data
        actions.hand_in_version(
            draft=proof.draft, seen=given["seen"], text=given.get("text", ""), upload=given.get("file"),
            note=given["note"], actor=request.user,
        )  # fmt: skip
        return proof.draft.get_absolute_url()

    title = _("New version of “%(draft)s”") % {"draft": proof.draft.title}
    return dialog(
        request,
        form,
        title,
        pgettext("draft", "Hand in"),
        save,
        back=proof.draft.get_absolute_url(),
        wide=("file", "note"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def draft_remark(request: SignedInRequest, pk: int, draft: int) -> HttpResponse:
    """Pin a remark to the newest version; `?x=&y=` is the point that was clicked."""
    _subject, proof = _proof(request, pk, draft)
    newest = proof.versions[0]
    point = {name: request.GET.get(name) for name in ("x", "y") if request.GET.get(name)}
    form = RemarkForm(typed(request), version=newest, initial=point)

    def save() -> str:
        given = form.cleaned_data
        x, y = given.get("x"), given.get("y")
        actions.remark(
            version=newest, text=given["text"], at=(x, y) if x is not None and y is not None else None,
            page=given.get("page") or 1, quote=given.get("quote", ""), actor=request.user,
        )  # fmt: skip
        return proof.draft.get_absolute_url()

    title = _("Remark on %(version)s of “%(draft)s”") % {"version": newest, "draft": proof.draft.title}
    return dialog(
        request,
        form,
        title,
        pgettext("draft", "Remark"),
        save,
        back=proof.draft.get_absolute_url(),
        wide=("quote",),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remark_resolve(request: SignedInRequest, pk: int, remark: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(
        Remark.objects.select_related("version__draft__subject"), pk=remark, version__draft__subject=subject
    )
    form = AnswerForm(typed(request))
    draft = found.version.draft

    def save() -> str:
        actions.resolve_remark(remark=found, answer=form.cleaned_data["answer"], actor=request.user)
        return draft.get_absolute_url()

    title = _("Resolve remark %(number)s") % {"number": found.number}
    return dialog(
        request, form, title, pgettext("draft", "Resolve"), save, back=draft.get_absolute_url(), hint=found.text,
        wide=("answer",),
    )  # fmt: skip


@require_POST
@login_required
def draft_approve(request: SignedInRequest, pk: int, draft: int) -> HttpResponse:
    """Mark the newest version as the approved one."""
    _subject, proof = _proof(request, pk, draft, Perm.APPROVE)
    actions.approve_draft(version=proof.shown, actor=request.user)
    toast(request, _("%(version)s is approved.") % {"version": proof.shown})
    return go(request, proof.draft.get_absolute_url())
