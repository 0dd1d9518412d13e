"""What rooms that serve any subject need to know of a budget adjustment."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Subject

from .permissions import Perm


def _content(subject: Subject) -> dict[str, Any]:
    from .models import Adjustment

    one = Adjustment.objects.select_related("source", "target").get(pk=subject.pk)
    return {
        "way": one.way,
        "source": one.source.key,
        "target": one.target.key,
        "amount": str(one.amount),
        "reason": one.reason,
        "effect": one.effect,
    }


declare(
    SubjectKind(
        key="adjustment",
        label=_("Budget adjustment"),
        view_perm=Perm.VIEW,
        icon="adjustments",
        content=_content,
    )
)
