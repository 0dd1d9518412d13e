"""Lets Django's `user.has_perm` ask our rights."""

from __future__ import annotations

from yunchou.kernel.identity.models import User

from .selectors import holds


class AccessBackend:
    """Answers questions about rights; signing in is another backend's business."""

    def authenticate(self, request: object, **credentials: object) -> None:
        return None

    def has_perm(self, user: User, perm: str, obj: object | None = None) -> bool:
        return holds(user, perm, obj)
