"""Audits and corrections that a leaver has in hand pass to the successor, with what is owed of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import reassign
from yunchou.kernel.duties.handover import goes_with_object
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .actions.cases import pass_case
from .actions.findings import hand_finding
from .duties import AUDIT, CORRECTION, OUTSIDE_REPORT, TIP, VERIFICATION
from .models import (
    SETTLED,
    AuditCase,
    AuditPlan,
    CaseStatus,
    Finding,
    OutsideEvaluation,
    OutsideStatus,
    Tip,
    TipStatus,
)
from .selectors.conduct import is_impartial


def _cases(user: User) -> QuerySet[AuditCase]:
    found: QuerySet[AuditCase] = AuditCase.objects.filter(auditor=user).exclude(status=CaseStatus.CLOSED)
    return found.select_related("subject__unit").order_by("pk")


def _plans(user: User) -> QuerySet[AuditPlan]:
    found: QuerySet[AuditPlan] = AuditPlan.objects.filter(auditor=user, ended_at=None)
    return found.select_related("subject__unit").order_by("pk")


def _findings(user: User) -> QuerySet[Finding]:
    found: QuerySet[Finding] = Finding.objects.filter(owner=user).exclude(status__in=SETTLED)
    return found.select_related("subject__unit", "owner").order_by("pk")


def _commissions(user: User) -> QuerySet[OutsideEvaluation]:
    found: QuerySet[OutsideEvaluation] = OutsideEvaluation.objects.filter(
        commissioned_by=user, status=OutsideStatus.COMMISSIONED
    )
    return found.select_related("subject__unit").order_by("pk")


def _tips(user: User) -> QuerySet[Tip]:
    found: QuerySet[Tip] = Tip.objects.filter(handler=user, status=TipStatus.EXAMINED)
    return found.select_related("subject__unit").order_by("pk")


def _preview(user: User) -> list[Item]:
    return [
        *(Item(str(one), one.get_absolute_url(), say(_("auditor"))) for one in _cases(user)),
        *(Item(str(one), one.get_absolute_url(), say(_("auditor of those to come"))) for one in _plans(user)),
        *(
            Item(
                f"{one} {one.subject.title}", one.get_absolute_url(), say(_("responsible for the correction"))
            )
            for one in _findings(user)
        ),
        *(Item(str(one), one.get_absolute_url(), say(_("awaits the report"))) for one in _commissions(user)),
        *(Item(str(one), one.get_absolute_url(), say(_("deals with it"))) for one in _tips(user)),
    ]


def _pass_on(user: User, to: User, actor: User) -> int:
    """In order of the locks: subjects first, by number."""
    cases, plans = list(_cases(user)), list(_plans(user))
    findings, asked = list(_findings(user)), list(_commissions(user))
    # Whom a report touches does not take it over; it stays for the other office.
    tips = [one for one in _tips(user) if is_impartial(one, to)]
    pks = sorted(
        [
            *(one.pk for one in cases),
            *(one.pk for one in plans),
            *(one.pk for one in findings),
            *(one.pk for one in asked),
            *(one.pk for one in tips),
        ]
    )
    list(Subject.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk"))
    for case in cases:
        pass_case(case, to, actor)
    for plan in plans:
        plan.auditor = to
        plan.save(update_fields=["auditor"])
    for finding in findings:
        hand_finding(finding, to)
        finding.save(update_fields=["owner"])
    for evaluation in asked:
        evaluation.commissioned_by = to
        evaluation.save(update_fields=["commissioned_by"])
    for tip in tips:
        tip.handler = to
        tip.save(update_fields=["handler"])
    _pass_duties(user, to, actor)
    return len(pks)


KINDS = (AUDIT.key, CORRECTION.key, VERIFICATION.key, OUTSIDE_REPORT.key, TIP.key)


def _pass_duties(user: User, to: User, actor: User) -> None:
    stays = Tip.objects.filter(handler=user).values("pk")
    owed: Iterable[Duty] = list(
        Duty.objects.open().filter(owner=user, kind__in=KINDS).exclude(kind=TIP.key, subject__in=stays)
    )
    for duty in owed:
        reassign(duty=duty, to=to, actor=actor)


goes_with_object(*KINDS)
declare(
    Handover(
        "audits", gettext_lazy("Audits and corrections"), _preview, _pass_on, icon="zoom-check", order=48
    )
)
