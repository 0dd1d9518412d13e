"""Findings: recorded, answered by those concerned, corrected with evidence, verified by somebody else (BUD-25, SUP-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.actions import exact_amount
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import journal, notices
from ..duties import DUE_HOUR, VERIFICATION
from ..flow import flow
from ..models import (
    UNREPORTED,
    AuditCase,
    CaseStatus,
    Correction,
    Finding,
    FindingKind,
    FindingStatus,
    OutsideStatus,
    Reply,
    SampleItem,
    Severity,
    Tip,
    TipStatus,
)
from ..permissions import CASE_KIND, CHECK_KIND, TIP_KIND, Perm
from ..rules import findings_are_put_right
from ..selectors.findings import keeper_of, verifying_right
from ..subject import FINDING
from ..terms import term
from .cases import independent, item_in_hand, mark_item
from .shared import correction_key, demand, owe_correction, refused, text_given

STAGE = "evidence"


@dataclass(frozen=True)
class Found:
    """What is written about a finding: class, severity, text, measure, who corrects it by when, yuan concerned if any."""

    kind: str
    severity: str
    text: str
    measure: str
    owner: User
    due_on: date
    amount: Decimal | None = None


@transaction.atomic
def record_finding(
    *, source: Subject, found: Found, item: SampleItem | None = None, unit: Unit | None = None, actor: User
) -> Finding:
    """Record what is not in order: on an item of the sample, or on the whole of the source.

    Of a running audit, or of what an outside institution has reported on; those of the latter are owed at once. Refuses
    without the right to verify it, texts that are missing, a day that has passed, and an owner who had no post in the unit
    concerned or checks it himself. Records `supervision.finding_recorded`.
    """
    if item is not None:
        locked, case = item_in_hand(item, actor)
        if locked.case_id != source.pk:
            raise WrongState(say(_("This item belongs to another audit.")))
        mark_item(locked, SampleItem.Result.FINDING, locked.note, actor)
        source = case.subject
    else:
        locked = None
        source = _open_source(source, actor)
    amount = _check(found, actor, source)
    concerned = unit or _unit_concerned(found.owner, source)
    number = Finding.objects.filter(source=source).count() + 1
    # Neutral, since a title is found by search before those concerned are told of the finding.
    subject = open_subject(
        kind=FINDING.key, unit=concerned, title=f"{source.title[:150]} · {number:02d}", actor=actor
    )
    finding: Finding = Finding.objects.create(
        subject=subject, source=source, item=locked, kind=found.kind, severity=found.severity,
        text=found.text.strip(), amount=amount, measure=found.measure.strip(), owner=found.owner, due_on=found.due_on,
        recorded_by=actor,
    )  # fmt: skip
    subject.address, subject.code = finding.get_absolute_url(), f"{source.code}-{number:02d}"
    subject.save()
    add_member(subject=subject, user=found.owner, role=Role.OWNER)
    if source.kind == CHECK_KIND:
        for tie in Member.objects.filter(subject=source).select_related("user"):
            add_member(subject=subject, user=tie.user, role=tie.role)
    data = {
        "finding": subject.code,
        "text": finding.text[:200],
        "severity": found.severity,
        "owner": found.owner.username,
    }
    record(journal.FINDING_RECORDED, actor=actor, subject=source, data=data)
    if source.kind != CASE_KIND:
        demand(finding, actor)
        if source.kind in (CHECK_KIND, TIP_KIND):
            told = say(_("{finding}: {text}"), finding=subject.code, text=finding.text[:80])
            notify(users={found.owner} - {actor}, kind=notices.FINDING.key, say=told, subject=subject)
    return finding


@transaction.atomic
def change_finding(*, finding: Finding, found: Found, actor: User) -> Finding:
    """Change a finding that is not demanded yet, for instance after the answer to it. Refuses as `record_finding`; records
    `supervision.finding_changed` with before and after.
    """
    locked = _locked(finding)
    _require_checker(locked.source, actor)
    if locked.status != FindingStatus.RECORDED:
        raise WrongState(say(_("Its correction has been demanded; it is changed no more.")))
    amount = _check(found, actor, locked.source)
    before = _told(locked)
    locked.kind, locked.severity, locked.text = found.kind, found.severity, found.text.strip()
    locked.measure, locked.due_on, locked.amount = found.measure.strip(), found.due_on, amount
    if locked.owner_id != found.owner.pk:
        hand_finding(locked, found.owner)
    locked.save()
    after = _told(locked)
    if after != before:
        changes = {name: [before[name], after[name]] for name in after if after[name] != before[name]}
        data = {"finding": str(locked), "changes": changes}
        record(journal.FINDING_CHANGED, actor=actor, subject=locked.source, data=data)
    return locked


@transaction.atomic
def withdraw_finding(*, finding: Finding, reason: str, actor: User) -> Finding:
    """Take back a finding that did not hold, before its correction is demanded; its item is then in order.

    Refuses without a reason; records `supervision.finding_withdrawn`.
    """
    locked = _locked(finding)
    _require_checker(locked.source, actor)
    clean = text_given("reason", reason, say(_("Say why the finding does not hold.")))
    if locked.status != FindingStatus.RECORDED:
        raise WrongState(say(_("Its correction has been demanded; it is changed no more.")))
    locked.status, locked.settled_at = FindingStatus.WITHDRAWN, clock.now()
    locked.save(update_fields=["status", "settled_at"])
    if locked.item and not locked.item.findings.exclude(status=FindingStatus.WITHDRAWN).exists():
        mark_item(locked.item, SampleItem.Result.IN_ORDER, clean[:300], actor)
    data = {"finding": str(locked), "reason": clean}
    record(journal.FINDING_WITHDRAWN, actor=actor, subject=locked.source, data=data)
    return locked


@transaction.atomic
def answer_finding(*, finding: Finding, text: str, actor: User) -> Reply:
    """Say what those concerned make of a finding, from its report on until it is settled.

    Refuses without `supervision.correct`, whoever recorded it, and an answer without a word; records
    `supervision.finding_answered` and tells whoever keeps the source.
    """
    locked = _locked(finding)
    require(actor, Perm.CORRECT, locked.subject)
    if actor.pk == locked.recorded_by_id:
        raise NotAllowed(say(_("A finding is answered by somebody else than its author.")))
    if locked.is_settled or not _is_told(locked):
        raise WrongState(say(_("This finding is not open for answers.")))
    clean = text_given("text", text, say(_("Write the answer.")))
    reply = Reply.objects.create(finding=locked, text=clean, author=actor)
    data = {"finding": str(locked), "text": clean}
    record(journal.FINDING_ANSWERED, actor=actor, subject=locked.subject, data=data)
    _tell_keeper(locked, actor, say(_("{person} answered {finding}"), person=actor.name, finding=str(locked)))
    return reply


@transaction.atomic
def correct_finding(*, finding: Finding, text: str, evidence: Upload | None, actor: User) -> Correction:
    """Hand in a correction with its evidence; whoever keeps the source then owes its verification.

    Refuses without `supervision.correct`, without a word or a file, and a finding that is not owed a correction. Records
    `supervision.finding_corrected`.
    """
    locked = _locked(finding)
    require(actor, Perm.CORRECT, locked.subject)
    if locked.status != FindingStatus.OPEN:
        raise WrongState(say(_("This finding is not owed a correction now.")))
    clean = text_given("text", text, say(_("Say what was done.")))
    if evidence is None:
        raise refused("evidence", say(_("A correction needs its evidence: attach a file.")))
    attachment = attach_file(
        subject=locked.subject, upload=evidence, actor=actor, stage=STAGE, needs=Perm.CORRECT
    )
    key = correction_key(locked)
    try:
        with transaction.atomic():
            correction = Correction.objects.create(
                finding=locked, text=clean, evidence=attachment, author=actor
            )
    except IntegrityError as error:
        raise WrongState(say(_("A correction of it is being verified."))) from error
    locked.status = FindingStatus.CORRECTED
    locked.save(update_fields=["status"])
    data = {"finding": str(locked), "text": clean, "evidence": attachment.name}
    record(journal.FINDING_CORRECTED, actor=actor, subject=locked.subject, data=data)
    fulfil(actor=actor, key=key)
    owe(
        kind=VERIFICATION.key, subject=locked.subject, owner=keeper_of(locked.source), key=correction.key,
        due_at=clock.moment(term(findings_are_put_right, "verification"), DUE_HOUR),
        params={"finding": str(locked), "person": actor.name}, actor=actor,
    )  # fmt: skip
    _tell_keeper(
        locked, actor, say(_("{person} corrected {finding}"), person=actor.name, finding=str(locked))
    )
    return correction


@transaction.atomic
def verify_correction(
    *, correction: Correction, is_accepted: bool, note: str = "", due_on: date | None = None, actor: User
) -> Correction:
    """Find that a correction holds, or send it back with a reason and perhaps a later day.

    Refuses without the right to check the source; whoever corrected it, owns the finding or works in the audited unit
    (nobody verifies his own); a correction that is judged already; sending back without a reason or to a day that has
    passed. Records `supervision.correction_verified` or `correction_sent_back`.
    """
    finding = _locked(correction.finding)
    _require_checker(finding.source, actor)
    locked = Correction.objects.select_for_update(of=("self",)).select_related("author").get(pk=correction.pk)
    if actor.pk in {locked.author_id, finding.owner_id}:
        raise NotAllowed(
            say(_("A correction is verified by somebody else than who made it.")), code="own_work"
        )
    if locked.verdict:
        raise WrongState(say(_("This correction is judged already.")))
    clean = note.strip() if is_accepted else text_given("note", note, say(_("Say what is still missing.")))
    locked.verdict = Correction.Verdict.ACCEPTED if is_accepted else Correction.Verdict.SENT_BACK
    locked.note, locked.judged_by, locked.judged_at = clean[:500], actor, clock.now()
    locked.save(update_fields=["verdict", "note", "judged_by", "judged_at"])
    data = {"finding": str(finding), "person": locked.author.name, "note": clean}
    fulfil(actor=actor, key=locked.key)
    if is_accepted:
        finding.status, finding.settled_at = FindingStatus.VERIFIED, clock.now()
        finding.save(update_fields=["status", "settled_at"])
        record(journal.CORRECTION_VERIFIED, actor=actor, subject=finding.subject, data=data)
        said = say(_("Your correction of {finding} was verified"), finding=str(finding))
    else:
        _reopen(finding, due_on, actor)
        record(journal.CORRECTION_SENT_BACK, actor=actor, subject=finding.subject, data=data)
        said = say(_("Your correction of {finding} was sent back"), finding=str(finding))
    notify(users=[locked.author], kind=notices.JUDGED.key, say=said, subject=finding.subject)
    return locked


def _reopen(finding: Finding, due_on: date | None, actor: User) -> None:
    if due_on is not None and due_on < clock.today():
        raise refused("due_on", say(_("This day has passed.")))
    later = max(finding.due_on, term(findings_are_put_right, "verification"))
    finding.due_on, finding.status = due_on or later, FindingStatus.OPEN
    finding.save(update_fields=["due_on", "status"])
    owe_correction(finding, actor)


# ---------------------------------------------------------------- what they have in common


def hand_finding(finding: Finding, to: User) -> None:
    """Make somebody else responsible for a finding; the caller saves it."""
    Member.objects.filter(subject=finding.pk, role=Role.OWNER).delete()
    add_member(subject=finding.subject, user=to, role=Role.OWNER)
    finding.owner = to


def _locked(finding: Finding) -> Finding:
    """The finding with its source, under their locks: the source first, since its state decides what may happen."""
    Subject.objects.select_for_update(of=("self",)).get(pk=finding.source_id)
    found: Finding = (
        Finding.objects.select_for_update(of=("subject", "self"))
        .select_related("subject__unit", "source__unit", "owner", "item__case")
        .get(pk=finding.pk)
    )
    return found


def _require_checker(source: Subject, actor: User) -> None:
    """Who checks the source, and not at home."""
    if source.kind == CASE_KIND:
        independent(AuditCase.objects.select_related("subject__unit").get(pk=source.pk), actor)
    else:
        require(actor, verifying_right(source), source)


def _open_source(source: Subject, actor: User) -> Subject:
    """The source under its lock, as long as findings of it are recorded."""
    if source.kind == CASE_KIND:
        case = flow.locked(AuditCase(pk=source.pk))
        independent(case, actor)
        if case.status != CaseStatus.RUNNING:
            raise WrongState(say(_("Findings are recorded while the audit is running.")))
        return case.subject
    require(actor, verifying_right(source), source)
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=source.pk)
    if source.kind == CHECK_KIND:
        return locked
    if source.kind == TIP_KIND:
        if Tip.objects.get(pk=locked.pk).status not in (TipStatus.EXAMINED, TipStatus.UPHELD):
            raise WrongState(say(_("Findings follow from the examination; begin it first.")))
        return locked
    if locked.outside_evaluation.status != OutsideStatus.REPORTED:
        raise WrongState(say(_("Measures follow from the report; file it first.")))
    return locked


def _is_told(finding: Finding) -> bool:
    """Whether those concerned know of it: from the report of its audit on."""
    if finding.source.kind != CASE_KIND:
        return True
    return finding.source.audit_case.status not in UNREPORTED


def _check(found: Found, actor: User, source: Subject) -> Decimal | None:
    """Every fault at its field; returns the amount as the books would keep it."""
    faults: dict[str, Text] = {}
    if found.kind not in FindingKind.values:
        faults["kind"] = say(_("Choose the class of the finding."))
    if found.severity not in Severity.values:
        faults["severity"] = say(_("Choose how severe it is."))
    if not found.text.strip():
        faults["text"] = say(_("Write what was found."))
    if not found.measure.strip():
        faults["measure"] = say(_("Say what is to be done about it."))
    if found.due_on < clock.today():
        faults["due_on"] = say(_("This day has passed."))
    if not found.owner.is_active:
        faults["owner"] = say(_("{person} is no longer here."), person=found.owner.name)
    elif found.owner.pk in {actor.pk, keeper_of(source).pk}:
        faults["owner"] = say(_("Whoever checks does not correct: choose somebody else."))
    amount = found.amount
    if amount is not None:
        try:
            amount = exact_amount(amount)
        except Invalid as wrong:
            faults["amount"] = wrong.message
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return amount


def _unit_concerned(owner: User, source: Subject) -> Unit:
    """Where the owner works below the audited unit, so that the region sees what it is to mend; else the unit itself."""
    post = owner.appointments.valid().filter(unit__path__startswith=source.unit.path).select_related("unit")
    first = post.order_by("-is_main", "is_deputy", "pk").first()
    return first.unit if first else source.unit


def _tell_keeper(finding: Finding, actor: User, said: Text) -> None:
    keeper = keeper_of(finding.source)
    if keeper != actor:
        notify(users=[keeper], kind=notices.CORRECTION.key, say=said, subject=finding.subject)  # type: ignore[arg-type]


def _told(finding: Finding) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "severity": finding.severity,
        "text": finding.text,
        "measure": finding.measure,
        "owner": finding.owner.username,
        "due_on": finding.due_on.isoformat(),
        "amount": None if finding.amount is None else str(finding.amount),
    }
