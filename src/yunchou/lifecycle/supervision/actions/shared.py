"""What the actions of this room have in common."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import owe
from yunchou.kernel.identity.models import Unit, User

from ..duties import CORRECTION, DUE_HOUR
from ..models import Finding, FindingStatus
from ..permissions import Perm
from ..selectors.audits import works_under


def refused(field: str, message: Text) -> Invalid:
    """A refusal that stands beside its field."""
    return Invalid(message, fields={field: message})


def text_given(field: str, text: str, message: Text) -> str:
    """The text without blanks around it; refused where nothing is left."""
    clean = text.strip()
    if not clean:
        raise refused(field, message)
    return clean


def auditor_for(unit: Unit, auditor: User, *, known: User | None = None) -> None:
    """Refuse whoever may not audit a unit: without the right there, or working there himself. Who is `known` may stay."""
    if auditor == known:
        return
    if not auditor.is_active or not holds(auditor, Perm.AUDIT, unit):
        message = say(
            _("{person} does not hold the right to audit “{unit}”."), person=auditor.name, unit=unit.name
        )
        raise refused("auditor", message)
    if works_under(auditor, unit):
        message = say(
            _("{person} works in “{unit}”, and nobody audits his own work."),
            person=auditor.name,
            unit=unit.name,
        )
        raise refused("auditor", message)


def demand(finding: Finding, actor: User | None) -> Finding:
    """Let the owner of a finding owe its correction by its day; in the caller's transaction."""
    finding.status = FindingStatus.OPEN
    finding.save(update_fields=["status", "due_on"])
    owe_correction(finding, actor)
    return finding


def owe_correction(finding: Finding, actor: User | None) -> None:
    """The duty to correct: a new one after each correction that was sent back."""
    owe(
        kind=CORRECTION.key, subject=finding.subject, owner=finding.owner,
        due_at=clock.moment(finding.due_on, DUE_HOUR), key=correction_key(finding),
        params={"finding": str(finding), "source": finding.source.title}, actor=actor,
    )  # fmt: skip


def correction_key(finding: Finding) -> str:
    """The key of the duty to correct a finding, of the attempt at hand."""
    return f"supervision.correction:{finding.pk}:{finding.corrections.exclude(verdict='').count()}"
