"""The person's own pages. Signing in itself is allauth's, with our templates and forms."""

from __future__ import annotations

from typing import Any

from allauth.account.views import password_reset as password_reset_by_mail
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.registry import rights
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.toasts import toast

from .actions import change_profile, create_token, end_sessions, revoke_token
from .forms import ProfileForm, TokenForm
from .models import ApiToken
from .requests import SignedInRequest, confirmed, login_required, require_confirmation
from .selectors import is_mail_configured, sessions_of, tokens_of


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    """Address, phone, language and theme; name and appointments to read."""
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "GET" or not form.is_valid():
        return _profile(request, form)
    if "email" in form.changed_data:
        # Whoever holds the address can reset the password.
        require_confirmation(request)
    change_profile(user=request.user, actor=request.user, **form.cleaned_data)
    toast(request, _("Saved."))
    return redirect("accounts:profile")


def _profile(request: SignedInRequest, form: ProfileForm) -> HttpResponse:
    held = request.user.appointments.valid().select_related("unit", "position")
    context = {"form": form, "appointments": held}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_GET
@login_required
def session_list(request: SignedInRequest) -> HttpResponse:
    """Where the person is signed in."""
    sessions = sessions_of(request.user, request.session.session_key)
    return render(request, "accounts/session_list.html", {"sessions": sessions})


@require_POST
@login_required
def session_end(request: SignedInRequest) -> HttpResponse:
    """End the session named by `session`, or without one all but this."""
    only = [int(pk) for pk in request.POST.getlist("session") if pk.isdigit()]
    count = end_sessions(
        user=request.user, actor=request.user, only=only or None, spare=request.session.session_key
    )
    if count:
        toast(request, _("Signed out there."))
    return redirect("accounts:session_list")


@require_GET
@login_required
def token_list(request: SignedInRequest) -> HttpResponse:
    """The person's API tokens, without their secrets."""
    return render(request, "accounts/token_list.html", {"tokens": _with_labels(tokens_of(request.user))})


def _with_labels(tokens: QuerySet[ApiToken]) -> list[tuple[ApiToken, list[str | Promise]]]:
    """Each token with the words for its rights; a right that no longer exists is shown by its key."""
    return [(t, [known.label if (known := rights.get(key)) else key for key in t.rights]) for t in tokens]


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@login_required
@confirmed
def token_create(request: SignedInRequest) -> HttpResponse:
    """Make a token and show its secret, this once."""
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return render(
            request, "accounts/token_create.html", {"form": form}, status=422 if form.errors else 200
        )
    token, secret = create_token(actor=request.user, **form.cleaned_data)
    return render(request, "accounts/token_created.html", {"token": token, "secret": secret})


@require_POST
@login_required
def token_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(tokens_of(request.user), pk=pk)
    revoke_token(token=token, actor=request.user)
    toast(request, _("Token revoked."))
    return redirect("accounts:token_list")


def password_reset(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """allauth's page that mails a link; without mail set up it says whom to ask instead."""
    if is_mail_configured():
        response: HttpResponse = password_reset_by_mail(request, **kwargs)
        return response
    return render(request, "account/password_reset_unavailable.html", {"login_url": reverse("account_login")})
