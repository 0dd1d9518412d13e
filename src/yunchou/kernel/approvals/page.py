"""What the decision page shows besides the route: the difference that matters to this reader, and which verbs are offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import content_of
from yunchou.kernel.subjects.models import Member, Role
from yunchou.kernel.versions.models import Version, digest_of

from .course import between
from .difference import base_of, walk
from .models import Case, Remark, Step, Task
from .registry import Change
from .selectors import CaseView


@dataclass(frozen=True)
class Compared:
    """What the content is compared with: a version, what became of it and when, and the lines that differ."""

    version: Version
    what: Text
    at: datetime | None
    changes: Sequence[Change]


def compared(case: Case, user: User, steps: Sequence[Step]) -> Compared | None:
    """The difference to what was last decided: by this reader in this case, else before it was changed, else the last case.

    None for what is sent for the first time.
    """
    own = _own_decision(case, user, steps)
    if own and (seen := version_of(case, own.digest)):
        return Compared(seen, say(_("your decision")), own.decided_at, between(case, seen, case.version))
    if amendment := case.amendments.select_related("before").first():
        before = amendment.before
        return Compared(before, say(_("as it was sent")), case.opened_at, between(case, before, case.version))
    if base := base_of(case):
        state = str(base.get_state_display())
        return Compared(base.version, state, base.closed_at, between(case, base.version, case.version))
    return None


def _own_decision(case: Case, user: User, steps: Sequence[Step]) -> Task | None:
    """The reader's latest decision on other content of this case."""
    mine = [
        task
        for step in steps
        for task in step.tasks.all()
        if task.assignee_id == user.pk and task.decided_at and task.digest not in ("", case.digest)
    ]
    return max(mine, key=lambda task: task.decided_at or case.opened_at, default=None)


def version_of(case: Case, digest: str) -> Version | None:
    """The newest version of the case's subject with this content."""
    if not digest:
        return None
    return Version.objects.filter(subject=case.subject_id, digest=digest).first()


def changed_meanwhile(case: Case) -> list[Change]:
    """What differs now from the content that is decided on; nothing where it is the same, or the case is over."""
    if not case.is_running:
        return []
    content = content_of(case.subject)
    if digest_of(content) == case.digest:
        return []
    tell = case.definition.declared.difference or walk
    return list(tell(case.version.content, content))


@dataclass(frozen=True)
class Offers:
    """The verbs that the page offers this reader; every action checks again."""

    decide: bool
    return_only: bool
    add: bool
    transfer: bool
    ask: bool
    urge: bool
    copy: bool
    amend: bool

    @property
    def any_more(self) -> bool:
        """Whether there is something for the menu in the head of the page."""
        return self.ask or self.urge or self.copy


def offers(case: Case, view: CaseView, user: User, *, differs: bool) -> Offers:
    """What the reader may do now."""
    task = view.task
    decides = task is not None and not task.is_vacant
    running = case.is_running
    waits_for_others = any(
        other.state == Task.State.WAITING and other.assignee_id != user.pk and step.blocks
        for step in view.steps
        for other in step.tasks.all()
    )
    return Offers(
        decide=decides,
        return_only=task is None and queued_task(view.steps, user) is not None and running,
        add=decides,
        transfer=task is not None,
        ask=running and view.may_remark,
        urge=running and view.may_remark and waits_for_others and task is None,
        copy=running and view.may_remark,
        amend=differs and running and _may_amend(case, user),
    )


def queued_task(steps: Sequence[Step], user: User) -> Task | None:
    """The reader's own task that waits for signers whom he or she added before it: it can be returned or rejected."""
    asked = {step.added_for_id for step in steps if step.is_unfinished and step.added_by_id == user.pk}
    return next(
        (
            task
            for step in steps
            if step.pk in asked
            for task in step.tasks.all()
            if task.assignee_id == user.pk and task.state == Task.State.QUEUED
        ),
        None,
    )


def _may_amend(case: Case, user: User) -> bool:
    if user.pk == case.initiator_id:
        return True
    return Member.objects.filter(
        subject=case.subject_id, user=user, role__in=[Role.OWNER, Role.LEAD]
    ).exists()


def open_questions(case: Case, user: User) -> list[Remark]:
    """Questions that wait for this person's answer."""
    asked = case.remarks.filter(kind=Remark.Kind.QUESTION, to=user, answered_by__isnull=True)
    return list(asked.select_related("author"))
