"""Having a project evaluated by an outside institution: commission, report and conclusion (BUD-26, 002 9.3(3)).

All of it is kept with the project: its journal tells of it, its files hold the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.capabilities.ledger.actions import exact_amount
from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.money import format_exact
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..duties import DUE_HOUR, OUTSIDE_REPORT
from ..models import OutsideEvaluation, OutsideStatus, Rating
from ..permissions import NOTED_KINDS, Perm
from ..selectors.outside import is_over, took_part
from ..subject import OUTSIDE
from .shared import text_given

STAGE = "evaluation"


@dataclass(frozen=True)
class Commission:
    """What an institution is asked to do: a supplier, or a name; the fee in yuan where there is one."""

    institution: str
    scope: str
    due_on: date
    supplier: Supplier | None = None
    fee: Decimal | None = None


@dataclass(frozen=True)
class Outcome:
    """What an institution reported."""

    reported_on: date
    rating: str
    conclusion: str


@transaction.atomic
def commission_evaluation(*, about: Subject, commission: Commission, actor: User) -> OutsideEvaluation:
    """Commission an outside institution to evaluate a campaign or plan; its report is then owed by the day.

    Refuses without `supervision.commission`, whoever took part in the project, what is missing, a day that has passed, and an
    institution that is asked already. Records `supervision.evaluation_commissioned` with the project.
    """
    require(actor, Perm.COMMISSION, about)
    if about.kind not in NOTED_KINDS:
        raise WrongState(say(_("Only activities and plans are evaluated from outside.")))
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=about.pk)
    if took_part(actor, locked):
        raise NotAllowed(say(_("Whoever took part commissions nobody to judge it.")), code="own_work")
    name = (commission.supplier.name if commission.supplier else " ".join(commission.institution.split()))[
        :120
    ]
    fee = _check(commission, name)
    open_now = OutsideEvaluation.objects.filter(about=locked, status=OutsideStatus.COMMISSIONED)
    if open_now.filter(institution=name).exists():
        message = say(
            _("{institution} is commissioned already; its report is not filed yet."), institution=name
        )
        raise Invalid(message, fields={"institution": message})
    subject = open_subject(
        kind=OUTSIDE.key, unit=locked.unit, title=f"{locked.title} · {name}"[:160], actor=actor
    )
    made: OutsideEvaluation = OutsideEvaluation.objects.create(
        subject=subject, about=locked, institution=name, supplier=commission.supplier, scope=commission.scope.strip(),
        fee=fee, due_on=commission.due_on, commissioned_by=actor,
    )  # fmt: skip
    subject.address, subject.code = made.get_absolute_url(), f"WP-{subject.pk}"
    subject.save()
    data = {
        "institution": name, "title": locked.title, "scope": made.scope, "due_on": made.due_on.isoformat(),
        "fee": None if fee is None else format_exact(fee),
    }  # fmt: skip
    record(journal.COMMISSIONED, actor=actor, subject=locked, data=data)
    owe(
        kind=OUTSIDE_REPORT.key, subject=subject, owner=actor, key=made.key,
        due_at=clock.moment(made.due_on, DUE_HOUR), params={"institution": name, "title": locked.title}, actor=actor,
    )  # fmt: skip
    return made


@transaction.atomic
def cancel_commission(*, evaluation: OutsideEvaluation, reason: str, actor: User) -> OutsideEvaluation:
    """Withdraw a commission. Refuses without a reason, and when the report is filed; records `commission_cancelled`."""
    locked = _locked(evaluation, actor)
    clean = text_given("reason", reason, say(_("Say why the commission is withdrawn.")))
    locked.status, locked.reason = OutsideStatus.CANCELLED, clean[:300]
    locked.save(update_fields=["status", "reason"])
    cancel(actor=actor, key=locked.key, reason=clean[:100])
    data = {"institution": locked.institution, "reason": clean}
    record(journal.COMMISSION_CANCELLED, actor=actor, subject=locked.about, data=data)
    return locked


@transaction.atomic
def file_report(
    *, evaluation: OutsideEvaluation, outcome: Outcome, report: Upload | None, actor: User
) -> OutsideEvaluation:
    """File what the institution reported, with its conclusion and rating; measures follow as findings.

    Refuses before the project is over, since it is evaluated afterwards; without the report itself, without conclusion or
    rating, a day to come; and a second report. Records `supervision.outside_evaluated` with the project.
    """
    locked = _locked(evaluation, actor)
    if not is_over(locked.about):
        raise WrongState(
            say(_("“{title}” is not over yet; it is evaluated afterwards."), title=locked.about.title)
        )
    _check_outcome(outcome, report)
    assert report is not None  # what is missing was refused
    attachment = attach_file(subject=locked.about, upload=report, actor=actor, stage=STAGE)
    locked.report, locked.reported_on = attachment, outcome.reported_on
    locked.rating, locked.conclusion = outcome.rating, outcome.conclusion.strip()
    locked.filed_by, locked.filed_at, locked.status = actor, clock.now(), OutsideStatus.REPORTED
    locked.save()
    fulfil(actor=actor, key=locked.key)
    with override(None):
        rating = Say(str(Rating(outcome.rating).label))
    data = {
        "institution": locked.institution, "rating": rating, "conclusion": locked.conclusion,
        "report": attachment.name, "sha256": attachment.file.sha256,
    }  # fmt: skip
    record(journal.EVALUATED, actor=actor, subject=locked.about, data=data)
    return locked


def _locked(evaluation: OutsideEvaluation, actor: User) -> OutsideEvaluation:
    locked: OutsideEvaluation = (
        OutsideEvaluation.objects.select_for_update(of=("subject", "self"))
        .select_related("subject__unit", "about__unit")
        .get(pk=evaluation.pk)
    )
    require(actor, Perm.COMMISSION, locked.about)
    if took_part(actor, locked.about):
        raise NotAllowed(say(_("Whoever took part commissions nobody to judge it.")), code="own_work")
    if locked.status != OutsideStatus.COMMISSIONED:
        raise WrongState(say(_("This commission is not open any more.")))
    return locked


def _check(commission: Commission, name: str) -> Decimal | None:
    faults: dict[str, Text] = {}
    if not name:
        faults["institution"] = say(_("Name the institution, or choose a supplier."))
    if not commission.scope.strip():
        faults["scope"] = say(_("Say what is to be evaluated."))
    if commission.due_on < clock.today():
        faults["due_on"] = say(_("This day has passed."))
    fee = commission.fee
    if fee is not None:
        try:
            fee = exact_amount(fee)
        except Invalid as wrong:
            faults["fee"] = wrong.message
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return fee


def _check_outcome(outcome: Outcome, report: Upload | None) -> None:
    faults: dict[str, Text] = {}
    if report is None:
        faults["report"] = say(_("Attach the report of the institution."))
    if not outcome.conclusion.strip():
        faults["conclusion"] = say(_("Write the conclusion."))
    if outcome.rating not in Rating.values:
        faults["rating"] = say(_("Choose the rating."))
    if outcome.reported_on > clock.today():
        faults["reported_on"] = say(_("This day is still to come."))
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
