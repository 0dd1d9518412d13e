"""How every action of this room begins: the subject locked, the right, and whether its tables may be written now."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Role, Subject

from ..tables import ISSUES

# What is done about risks goes on as long as issues may be reported; the plan of them is locked with the proposal.
LIVE = ISSUES.key


def open_subject(*, subject: Subject, table: str, actor: User | None, right: str = "") -> Subject:
    """The subject, locked until the transaction ends. Raises `NotAllowed`, or `WrongState` while `table` is locked.

    Without an actor the product itself acts; without a right the caller has found that the person may.
    """
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=subject.pk)
    if right and actor:
        require(actor, right, locked)
    if reason := lock_on(locked, table):
        raise WrongState(reason)
    return locked


def wanted(text: str, field: str, limit: int = 2000) -> str:
    """What was typed, without blanks around; raises `Invalid` on `field` where it is empty or too long."""
    text = text.strip()
    if not text:
        words = say(_("Please fill this in."))
        raise Invalid(words, fields={field: words})
    if len(text) > limit:
        words = say(_("At most {limit} characters; these are {length}."), limit=limit, length=len(text))
        raise Invalid(words, fields={field: words})
    return text


def lines_of(text: str | list[str] | tuple[str, ...]) -> list[str]:
    """The lines that are not blank."""
    lines = text.splitlines() if isinstance(text, str) else text
    return [line.strip() for line in lines if line.strip()]


def overall_lead(subject: Subject) -> User | None:
    """The overall lead of a subject, else its owner, else whoever made it."""
    ties = {
        member.role: member.user
        for member in subject.members.filter(role__in=[Role.LEAD, Role.OWNER])
        .select_related("user")
        .order_by("-pk")
    }
    return ties.get(Role.LEAD) or ties.get(Role.OWNER) or subject.created_by


def short(text: str) -> str:
    """The first line of a text, for the journal and for duties."""
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= 80 else f"{first[:79]}…"
