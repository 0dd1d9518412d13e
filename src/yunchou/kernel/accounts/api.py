"""Bearer tokens for django-ninja: `NinjaAPI(auth=TokenAuth())`."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from yunchou.kernel.access.selectors import limit_rights
from yunchou.kernel.identity.models import User

from .actions import touch_token
from .selectors import token_with


class TokenAuth(HttpBearer):
    """Acts for the token's person, with the token's rights only; anything unusable is a plain 401."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Set `request.user`; None for unknown, revoked, expired tokens and for disabled people."""
        found = token_with(token)
        if found is None:
            return None
        touch_token(token=found)
        limit_rights(found.user, found.rights)
        request.user = found.user
        return found.user
