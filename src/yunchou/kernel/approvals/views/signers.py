"""More people on a case: signers, somebody else in one's stead, copies."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest, login_required

from .. import actions
from ..forms import CopyForm, SignersForm, TransferForm
from .dialogs import Wording, dialog, find_case, open_task, typed

SIGNERS = Wording(
    title=_("Add signers"),
    verb=pgettext_lazy("decision", "Add"),
    done=_("Signers were added"),
    text=_("They get the case with your question; what they write stands in its course."),
)
TRANSFER = Wording(
    title=_("Transfer"),
    verb=pgettext_lazy("decision", "Transfer"),
    done=_("Transferred"),
    text=_("The person you choose decides instead of you, within the same time limit; you get a copy."),
)
COPY = Wording(
    title=_("Send a copy"),
    verb=pgettext_lazy("decision", "Send"),
    done=_("Copies were sent"),
    text=_("They can read the case and remark on it; nothing waits for them."),
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_signers(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add signers before, after or beside oneself (加签)."""
    case = find_case(request, pk)
    task = open_task(request, case)
    form = SignersForm(typed(request))
    return dialog(
        request,
        case,
        form,
        lambda said: actions.add_signers(
            task=task,
            actor=request.user,
            people=list(said["people"]),
            where=said["where"],
            kind=said["kind"],
            note=said["note"],
        ),
        SIGNERS,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_transfer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody else decide this one case (转交)."""
    case = find_case(request, pk)
    task = open_task(request, case)
    form = TransferForm(typed(request))
    return dialog(
        request,
        case,
        form,
        lambda said: actions.transfer(task=task, actor=request.user, to=said["to"], note=said["note"]),
        TRANSFER,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the case to people who need not decide on it (抄送)."""
    case = find_case(request, pk)
    return dialog(
        request,
        case,
        CopyForm(typed(request)),
        lambda said: actions.copy_to(case=case, actor=request.user, people=list(said["people"])),
        COPY,
    )
