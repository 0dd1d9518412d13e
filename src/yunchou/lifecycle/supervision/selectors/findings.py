"""Reading findings, whatever check they come from."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..models import (
    SETTLED,
    UNREPORTED,
    AuditCase,
    Check,
    Correction,
    Finding,
    FindingStatus,
    OutsideEvaluation,
    Tip,
)
from ..permissions import CASE_KIND, CHECK_KIND, TIP_KIND, Perm
from .audits import works_under
from .teams import people_of

OPEN, MINE, LATE, ALL = "open", "mine", "late", "all"


def keeper_of(source: Subject) -> User:
    """Who answers for what a finding comes from, and verifies its corrections."""
    if source.kind == CASE_KIND:
        keeper: User = AuditCase.objects.select_related("auditor").get(pk=source.pk).auditor
    elif source.kind == CHECK_KIND:
        keeper = _keeper_of_check(Check.objects.select_related("checker", "team").get(pk=source.pk))
    elif source.kind == TIP_KIND:
        handled = Tip.objects.select_related("handler").get(pk=source.pk)
        assert handled.handler is not None, "findings of a report of misconduct begin with its examination"
        keeper = handled.handler
    else:
        asked = OutsideEvaluation.objects.select_related("commissioned_by")
        keeper = asked.get(pk=source.pk).commissioned_by
    return keeper


def _keeper_of_check(check: Check) -> User:
    """Whoever checked; the head of the team once that person has left."""
    checker: User = check.checker
    if checker.is_active or check.team is None:
        return checker
    return people_of(check.team).head or checker


def verifying_right(source: Subject) -> str:
    """The right that whoever records findings of a source and verifies their corrections needs on it."""
    return CHECKING.get(source.kind, Perm.COMMISSION)


CHECKING = {CASE_KIND: Perm.AUDIT, CHECK_KIND: Perm.VERIFY, TIP_KIND: Perm.HANDLE_TIPS}


def findings_for(user: User) -> ScopedQuerySet:
    """The findings a person may see. Those of an audit that is not reported yet only whoever audits."""
    seen = Finding.objects.visible_to(user)
    if not holds(user, Perm.AUDIT):
        unreported = AuditCase.objects.filter(status__in=UNREPORTED).order_by().values("pk")
        seen = seen.exclude(source__in=unreported)
    found: ScopedQuerySet = seen.select_related("subject__unit", "source__unit", "owner", "recorded_by")
    return found


@dataclass(frozen=True)
class FindingFilters:
    """What the list of findings is narrowed by; empty means not at all."""

    view: str = OPEN
    severity: str = ""
    kind: str = ""
    unit: Unit | None = None
    words: str = ""

    def apply(self, user: User) -> ScopedQuerySet:
        found = findings_for(user)
        if self.view == MINE:
            found = found.filter(owner=user)
        elif self.view == LATE:
            found = found.filter(status=FindingStatus.OPEN, due_on__lt=clock.today())
        if self.view in (OPEN, LATE):
            found = found.exclude(status__in=SETTLED)
        if self.severity:
            found = found.filter(severity=self.severity)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.unit:
            found = found.filter(subject__unit__path__startswith=self.unit.path)
        if words := self.words.strip():
            found = found.filter(Q(subject__search__contains=words.lower()) | Q(owner__name__icontains=words))
        return found


def findings_of(source: Subject, user: User) -> QuerySet[Finding]:
    """The findings of one source that the person may see, in their order."""
    found: QuerySet[Finding] = findings_for(user).filter(source=source).order_by("pk")
    return found


@dataclass(frozen=True)
class Doable:
    """What a person may do with a finding now."""

    answer: bool = False
    correct: bool = False
    change: bool = False
    verify: Correction | None = None
    own: bool = False


def doable(finding: Finding, user: User) -> Doable:
    """What the actions on a finding would let the person do; `own` where only the separation of work forbids verifying."""
    source = finding.source
    checks = holds(user, verifying_right(source), source)
    if checks and source.kind == CASE_KIND:
        checks = not works_under(user, source.unit)
    corrects = holds(user, Perm.CORRECT, finding.subject)
    waiting = next((one for one in finding.corrections.all() if not one.verdict), None)
    own = waiting is not None and user.pk in {waiting.author_id, finding.owner_id}
    told = source.kind != CASE_KIND or source.audit_case.status not in UNREPORTED
    return Doable(
        answer=corrects and told and not finding.is_settled and user.pk != finding.recorded_by_id,
        correct=corrects and finding.status == FindingStatus.OPEN,
        change=checks and finding.status == FindingStatus.RECORDED,
        verify=waiting if checks and not own else None,
        own=checks and own,
    )
