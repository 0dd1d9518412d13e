"""Bearer tokens for django-ninja, `NinjaAPI(auth=TokenAuth())`, and what every delivery has in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer
from pydantic import field_validator

from yunchou.kernel.access.selectors import limit_rights
from yunchou.kernel.identity.models import User

from .actions import touch_token
from .selectors import token_with


class Delivery(Schema):
    """What another system sends. PostgreSQL keeps no text with the sign NUL, so such a text is refused at its field."""

    @field_validator("*")
    @classmethod
    def has_no_nul(cls, value: Any) -> Any:
        """Refuse a text that cannot be kept."""
        if isinstance(value, str) and "\0" in value:
            raise ValueError("The sign NUL (U+0000) is not allowed.")
        return value


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
