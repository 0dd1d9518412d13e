"""Lists limited to what a person may see. The one place where lists are scoped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from .registry import rights
from .selectors import reach

if TYPE_CHECKING:
    from yunchou.kernel.identity.models import User


class ScopedQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """For models with a `subject` and a `view_perm`."""

    def visible_to(self, user: User) -> Self:
        """Rows whose subject the person may see by position or by belonging to its team."""
        perm = self.model.view_perm
        assert perm in rights, f"{self.model.__name__}.view_perm is not a declared right"
        return self.filter(reach(user, perm, path="subject__", is_list=True))
