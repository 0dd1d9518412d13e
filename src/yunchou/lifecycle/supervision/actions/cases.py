"""One audit from its opening to its close: the sample, what was examined, the report, the corrections (SUP-05)."""

from __future__ import annotations

from datetime import date
from secrets import token_hex

from django.db import transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject

from .. import journal, notices
from ..duties import AUDIT, DUE_HOUR
from ..flow import CLOSE, DEMAND, REPORT, START, flow
from ..models import AuditCase, AuditKind, AuditPlan, CaseStatus, Finding, FindingStatus, SampleItem
from ..permissions import Perm
from ..rules import findings_are_put_right
from ..sampling import Candidate, digest_of, draw
from ..selectors.audits import may_examine, rule_params, works_under
from ..selectors.populations import candidates_of
from ..subject import AUDIT_CASE
from ..terms import correction_due, term
from .shared import auditor_for, demand, refused, text_given


@transaction.atomic
def open_audit(
    *,
    title: str,
    kind: str,
    unit: Unit,
    focus: str,
    starts_on: date,
    ends_on: date,
    auditor: User,
    actor: User,
) -> AuditCase:
    """Open an audit besides those that recur, of a unit and all below it over a period that has begun.

    Refuses without `supervision.audit` in the unit; days in the wrong order or to come; an auditor without the right or who
    works in the unit. Records `supervision.audit_opened`.
    """
    require(actor, Perm.AUDIT, unit)
    if kind not in AuditKind.values:
        raise refused("kind", say(_("Choose what is audited.")))
    clean = text_given("title", title, say(_("Give the audit a name.")))
    scope = text_given("focus", focus, say(_("Say what the audit looks at.")))
    if ends_on < starts_on:
        raise refused("ends_on", say(_("The last day lies before the first.")))
    if ends_on > clock.today():
        raise refused("ends_on", say(_("This day is still to come.")))
    auditor_for(unit, auditor)
    return open_case(
        title=clean, kind=kind, unit=unit, focus=scope, period=(starts_on, ends_on), auditor=auditor, actor=actor
    )  # fmt: skip


def open_case(
    *,
    title: str,
    kind: str,
    unit: Unit,
    focus: str,
    period: tuple[date, date],
    auditor: User,
    plan: AuditPlan | None = None,
    actor: User | None,
) -> AuditCase:
    """Draw the sample, lay the case down and let its auditor owe it; in the caller's transaction, which asked for the right."""
    first, last = period
    share, seed = rule_params().share, token_hex(16)
    population = candidates_of(kind, unit, first, last)
    amounts = [one.amount for one in population if one.amount is not None]
    named = f"{title} {first:%Y-%m-%d} – {last:%Y-%m-%d}"[:160]
    subject = open_subject(kind=AUDIT_CASE.key, unit=unit, title=named, actor=actor)
    case: AuditCase = AuditCase.objects.create(
        subject=subject, plan=plan, kind=kind, focus=focus, starts_on=first, ends_on=last, auditor=auditor,
        due_on=term(findings_are_put_right, "report"), share=share, seed=seed,
        population=len(population), population_amount=sum(amounts, ZERO) if amounts else None,
        population_digest=digest_of(population),
    )  # fmt: skip
    subject.address, subject.code = case.get_absolute_url(), f"SJ-{subject.pk}"
    subject.save()
    drawn = draw(population, share, seed)
    items = [_item(case, number, one.candidate, one.is_largest) for number, one in enumerate(drawn, 1)]
    SampleItem.objects.bulk_create(items)
    data = {
        "title": named, "sample": len(items), "population": len(population), "share": str(share), "seed": seed,
        "digest": case.population_digest, "keys": [item.key for item in items],
    }  # fmt: skip
    record(journal.AUDIT_OPENED, actor=actor, subject=subject, data=data)
    owe(
        kind=AUDIT.key, subject=subject, owner=auditor, due_at=clock.moment(case.due_on, DUE_HOUR), key=case.key,
        params={"audit": named}, actor=actor,
    )  # fmt: skip
    notify(
        users={auditor} - {actor},
        kind=notices.AUDIT.key,
        say=say(_("“{title}” is yours to carry out"), title=named),
        subject=subject,
    )
    return case


def _item(case: AuditCase, number: int, one: Candidate, is_largest: bool) -> SampleItem:
    detail = one.detail.to_json() if isinstance(one.detail, Say) else one.detail
    stratum = SampleItem.Stratum.LARGEST if is_largest else SampleItem.Stratum.RANDOM
    return SampleItem(
        case=case, position=number, stratum=stratum, key=one.key, title=one.title[:200], what=one.what, detail=detail,
        on=one.on, amount=one.amount, person_id=one.person, concerned=list(one.concerned),
        document_id=one.document, address=one.address,
    )  # fmt: skip


@transaction.atomic
def start_audit(*, case: AuditCase, actor: User) -> AuditCase:
    """Begin to examine. Refuses as `START` says, and whoever works in the audited unit; records `audit_started`."""
    independent(case, actor)
    with START.apply(case, actor=actor) as locked:
        return locked


@transaction.atomic
def examine_item(*, item: SampleItem, note: str = "", actor: User) -> SampleItem:
    """Find an item of the sample in order. What is not in order becomes a finding (`record_finding`).

    Refuses without `supervision.audit`, while the audit is not running, whoever works in the unit or had a part in the item,
    and an item with a finding that stands. Records `supervision.item_examined`.
    """
    locked, case = item_in_hand(item, actor)
    if locked.findings.exclude(status=FindingStatus.WITHDRAWN).exists():
        raise WrongState(say(_("There is a finding on this item; withdraw it first.")))
    mark_item(locked, SampleItem.Result.IN_ORDER, note.strip(), actor)
    with override(None):
        word = Say(str(SampleItem.Result.IN_ORDER.label))
    data = {"item": locked.title, "result": word, "note": locked.note}
    record(journal.ITEM_EXAMINED, actor=actor, subject=case.subject, data=data)
    return locked


@transaction.atomic
def report_audit(*, case: AuditCase, report: str, actor: User) -> AuditCase:
    """Report on the audit: its findings go to those who answer for them, who may answer before corrections are demanded.

    Refuses as `REPORT` says, and a report without a word; records `supervision.audit_reported`.
    """
    independent(case, actor)
    clean = text_given("report", report, say(_("Write the report.")))
    standing = _standing(case)
    # Written before the move, since a reported audit without a report cannot be stored.
    written = flow.locked(case)
    written.report, written.reported_at, written.reported_by = clean, clock.now(), actor
    written.save(update_fields=["report", "reported_at", "reported_by"])
    with REPORT.apply(written, actor=actor, data={"findings": len(standing)}) as locked:
        fulfil(actor=actor, key=locked.key)
        for finding in standing:
            notify(
                users={finding.owner} - {actor},
                kind=notices.FINDING.key,
                say=say(_("“{title}”: finding {finding}"), title=str(locked), finding=str(finding)),
                subject=finding.subject,
            )
    return locked


@transaction.atomic
def demand_corrections(*, case: AuditCase, actor: User) -> AuditCase:
    """Let the owners of the findings owe their corrections, each by its day (SUP-05).

    Refuses as `DEMAND` says, and while the day of a finding has passed; records `supervision.corrections_demanded`.
    """
    independent(case, actor)
    with DEMAND.apply(case, actor=actor) as locked:
        for finding in _standing(locked):
            if finding.due_on < clock.today():
                late = correction_due()
                message = say(
                    _("The day of {finding} has passed; give it a later one, for instance {day}."),
                    finding=str(finding),
                    day=late.isoformat(),
                )
                raise WrongState(message)
            demand(finding, actor)
    return locked


@transaction.atomic
def close_audit(*, case: AuditCase, actor: User) -> AuditCase:
    """Close an audit of which nothing is left to do. Refuses as `CLOSE` says; records `supervision.audit_closed`."""
    independent(case, actor)
    with CLOSE.apply(case, actor=actor) as locked:
        locked.closed_at = clock.now()
        locked.save(update_fields=["closed_at"])
    return locked


def independent(case: AuditCase, actor: User) -> None:
    """Refuse whoever has no right to audit, or works where it is audited."""
    require(actor, Perm.AUDIT, case.subject)
    if works_under(actor, case.subject.unit):
        raise NotAllowed(say(_("Nobody audits the unit that he works in.")), code="own_unit")


def item_in_hand(item: SampleItem, actor: User) -> tuple[SampleItem, AuditCase]:
    """The item and its running case under their locks, for somebody who may examine it."""
    case = flow.locked(item.case)
    independent(case, actor)
    if case.status != CaseStatus.RUNNING:
        raise WrongState(say(_("Only a running audit is examined.")))
    locked = SampleItem.objects.select_for_update().get(pk=item.pk, case=case)
    if not may_examine(locked, actor):
        message = say(_("Nobody audits what he had a part in: {item}."), item=locked.title)
        raise NotAllowed(message, code="own_work")
    return locked, case


def mark_item(item: SampleItem, result: str, note: str, actor: User) -> None:
    """Write what was found of an item."""
    if len(note) > 300:
        raise Invalid(say(_("The note is too long.")), fields={"note": say(_("The note is too long."))})
    item.result, item.note, item.examined_by, item.examined_at = result, note, actor, clock.now()
    item.save(update_fields=["result", "note", "examined_by", "examined_at"])


def _standing(case: AuditCase) -> list[Finding]:
    found = Finding.objects.filter(source=case.pk).exclude(status=FindingStatus.WITHDRAWN)
    return list(found.select_related("subject__unit", "source", "owner").order_by("pk"))


def pass_case(case: AuditCase, to: User, actor: User) -> AuditCase:
    """Hand an open audit over, without asking for the right: for hand-overs. Its duties pass with the object."""
    case.auditor = to
    case.save(update_fields=["auditor"])
    data = {"title": str(case), "person": to.name}
    record(journal.AUDITOR_CHANGED, actor=actor, subject=case.subject, data=data)
    return case
