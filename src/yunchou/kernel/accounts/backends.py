"""Checking a password, at the same cost for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from yunchou.kernel.identity.models import User

from .selectors import account_named


class PasswordBackend(BaseBackend):
    """Finds an account by user name or e-mail and spends one hash on every attempt.

    allauth's own backend hashes twice for a known e-mail address and tells a disabled account from an unknown one
    once the password is right; both would answer questions that a stranger should not be able to ask.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        password = credentials.get("password")
        login = credentials.get("username") or credentials.get("email")
        if not password or not login:
            return None
        user = account_named(login)
        if user is None or not user.has_usable_password():
            make_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None once the account is disabled, which ends access on the next request."""
        return User.objects.active().filter(pk=user_id).first()
