"""What rooms that serve any subject need to know of a proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Subject

from .permissions import Perm

if TYPE_CHECKING:
    from .models import Clause


def _content(subject: Subject) -> dict[str, Any]:
    from .models import Proposal

    proposal = Proposal.objects.get(pk=subject.pk)
    return {
        "key": proposal.key,
        "before": proposal.before,
        "after": proposal.after,
        "reason": proposal.reason,
        "effective_on": proposal.effective_on.isoformat(),
        "trial": proposal.trial_id,
        **(
            {"clauses": _clauses(proposal.after["edition"])}
            if proposal.target == Proposal.Target.EDITION
            else {}
        ),
    }


def _clauses(edition: int) -> list[list[Any]]:
    from .models import Clause

    found = Clause.objects.filter(edition=edition).order_by("order")
    return [[one.ref, one.title, one.text, one.rules, *_rendering(one)] for one in found]


def _rendering(clause: Clause) -> list[str]:
    """What is decided on with the words, where there is one; without it the content is as it was before there were any."""
    return [clause.title_en, clause.text_en] if clause.title_en or clause.text_en else []


declare(
    SubjectKind(
        key="rule_change",
        label=_("Change of a rule"),
        view_perm=Perm.VIEW,
        icon="book-2",
        content=_content,
    )
)
