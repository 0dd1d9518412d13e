"""The question every action begins with."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User

from .registry import rights
from .selectors import holds


def require(user: User, right: str, obj: object | None = None) -> None:
    """Raise `NotAllowed` unless the person holds the right on `obj` (a unit, a subject, or what has one)."""
    if not holds(user, right, obj):
        raise NotAllowed(
            say(_("You may not do this: it needs the right “{right}”."), right=str(rights[right].label))
        )
