"""How this product differs from allauth's defaults."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import User

from .actions import note_failed_sign_in, note_sessions_ended
from .devices import known_device
from .selectors import account_named

# One sentence for unknown, disabled and wrong, by user name as by e-mail.
MISMATCH = _("User name or password is not correct.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator, and a stranger learns nothing about them."""

    error_messages: ClassVar[dict[str, str | Promise]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "account_inactive": MISMATCH,
        "invalid_login": MISMATCH,
        "too_many_login_attempts": _("Too many attempts. Wait ten minutes and try again."),
        "rate_limited": _("Too many attempts. Wait a moment and try again."),
        "incorrect_password": _("The password is not correct."),
        "enter_current_password": _("The current password is not correct."),
        "incorrect_code": _("The code is not correct."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The active account with these credentials. allauth's own would pass on a disabled one, to tell it so."""
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        if isinstance(user, User):
            self._rollback_login_failed_rl_usage()
            return user
        self.authentication_failed(request, **credentials)
        return None

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What failures are counted by: the account, however it was named, and apart on a device it is known from.

        So a stranger's failures lock strangers out of an account and not its owner.
        """
        login = credentials.get("username") or credentials.get("email") or ""
        user = account_named(login)
        if user is None:
            return f"login:{login.strip().lower()}"
        return f"account:{user.pk}:{known_device(request, user)}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        login = credentials.get("username") or credentials.get("email") or ""
        note_failed_sign_in(login=login, ip=self.get_client_ip(request))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Only a passkey leads here: a disabled account is refused like any other passkey that opens nothing."""
        messages.error(request, _("This passkey cannot be used here."))
        return redirect("account_login")

    def is_safe_url(self, url: str) -> bool:
        """Only pages of the host that was asked."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Signing in and out show by themselves; everything else is said."""
        if message_template not in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            super().add_message(request, level, message_template, *args, **kwargs)


@cache
def _vault(secret: str) -> Fernet:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"yunchou.accounts.factors").derive(secret.encode())
    return Fernet(urlsafe_b64encode(key))


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are stored encrypted, and authenticator apps show the product's name."""

    error_messages: ClassVar[dict[str, str | Promise]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code is not correct."),
        "cannot_generate_recovery_codes": _("Recovery codes need an authenticator app or a passkey first."),
    }

    def get_totp_issuer(self) -> str:
        return gettext("Yunchou")

    def get_totp_label(self, user: User) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return _vault(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _vault(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """What a new passkey is called until its owner says otherwise."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": gettext("Yunchou")}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {
            **super().get_public_key_credential_user_entity(user),
            "display_name": str(user),
            "name": user.username,
        }


class SessionAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """Whoever ends sessions through allauth, the journal knows."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        ended = list(sessions)
        super().end_sessions(ended)
        if ended:
            note_sessions_ended(user=ended[0].user, count=len(ended), actor=context.request.user)
