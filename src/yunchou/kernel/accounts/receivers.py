"""Other people's signals: what allauth and Django do for a person goes into the journal."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User

from . import journal
from .actions import FACTORS, note, note_failed_sign_in, note_signed_in
from .devices import remember_device
from .selectors import browser_name


def _method(request: HttpRequest, user: User) -> Say:
    """How the person proved who they are, from what allauth noted on the way."""
    steps = get_authentication_records(request, user)
    factor = next((s["type"] for s in steps if s["method"] == "mfa"), None)
    if any(s.get("passwordless") for s in steps):
        return say(_("a passkey"))
    return say(_("password and {factor}"), factor=say(FACTORS[factor])) if factor else say(_("a password"))


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, response: HttpResponse | None = None, **kwargs: Any) -> None:
    adapter = get_adapter()
    note_signed_in(
        user=user,
        method=_method(request, user),
        ip=adapter.get_client_ip(request),
        browser=browser_name(adapter.get_http_user_agent(request)),
    )
    if response is not None:
        remember_device(request, response, user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        note(journal.SIGNED_OUT, user=user)


@receiver([password_changed, password_set])
def password_was_changed(user: User, **kwargs: Any) -> None:
    note(journal.PASSWORD_CHANGED, user=user)


@receiver(password_reset)
def password_was_reset(user: User, **kwargs: Any) -> None:
    note(journal.PASSWORD_RESET, user=user)


@receiver(authenticator_added)
def factor_added(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    note(journal.FACTOR_ADDED, user=user, factor=say(FACTORS[authenticator.type]))


@receiver(authenticator_removed)
def factor_removed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    note(journal.FACTOR_REMOVED, user=user, factor=say(FACTORS[authenticator.type]))


@receiver(authenticator_reset)
def factor_renewed(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    note(journal.FACTOR_RENEWED, user=user, factor=say(FACTORS[authenticator.type]))


@receiver(authentication_failed)
def factor_failed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    ip = get_adapter().get_client_ip(request)
    note_failed_sign_in(login=user.username, ip=ip, reason=say(_("second factor")))
