"""What a report needs of a department, whose head must answer (RPT-05)."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.selectors import head_of
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.duties.kinds import working_days_after
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Role, Subject

from .. import journal
from ..duties import REQUEST
from ..models import DailyReport, ResourceRequest
from ..permissions import Perm
from ..tables import REPORTS
from .shared import LONG, short

State = ResourceRequest.State
WORDS = {
    State.GRANTED.value: _("Granted as asked"),
    State.PARTLY.value: _("Granted in part"),
    State.REFUSED.value: _("Refused"),
}


@transaction.atomic
def ask_department(
    *, subject: Subject, unit: Unit, need: str, actor: User, report: DailyReport | None = None
) -> ResourceRequest:
    """Ask a department for what is needed; records `operations.resource_asked`.

    Its head owes an answer by the same time of the next working day, and may see the subject. Refuses a department without
    a head: then nobody would answer.
    """
    subject = open_table(subject=subject, table=REPORTS.key, actor=actor, right=Perm.REPORT)
    head = head_of(unit)
    if head is None:
        words = say(_("“{unit}” has no head who could answer."), unit=unit.name)
        raise Invalid(words, fields={"unit": words})
    now = clock.now()
    request = ResourceRequest.objects.create(
        subject=subject, report=report, unit=unit, need=wanted(need, "resources", LONG), asked_by=actor, asked_at=now,
        owner=head, due_at=working_days_after(now, 1),
    )  # fmt: skip
    if not head.memberships.filter(subject=subject).exists():
        add_member(subject=subject, user=head, role=Role.APPROVER)
    told = {"unit": unit.name, "need": short(request.need), "request": request.pk}
    record(journal.RESOURCE_ASKED, actor=actor, subject=subject, data=told)
    owe(
        kind=REQUEST.key,
        subject=subject,
        owner=head,
        due_at=request.due_at,
        key=_key(request),
        params={"need": short(request.need)},
        address=address_of(request),
        actor=actor,
    )
    if head != actor:
        notify(
            users=[head],
            kind="operations.request",
            say=say(_("{person} asks for: {need}"), person=actor.name, need=short(request.need)),
            subject=subject,
            address=address_of(request),
            key=f"request:{request.pk}",
        )
    return request


@transaction.atomic
def answer_request(*, request: ResourceRequest, state: str, answer: str, actor: User) -> ResourceRequest:
    """Answer what was asked of a department; records `operations.resource_answered` and tells who asked.

    Its head may, and whoever decides for the subject. An answer stands (409).
    """
    right = "" if request.owner_id == actor.pk else Perm.DECIDE
    subject = (
        Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=request.subject_id)
    )
    if right:
        require(actor, right, subject)
    found = ResourceRequest.objects.select_related("asked_by", "unit").get(pk=request.pk)
    if not found.is_open:
        raise WrongState(say(_("This was answered already.")))
    if state not in WORDS:
        words = say(_("Choose one."))
        raise Invalid(words, fields={"state": words})
    found.state, found.answer = state, wanted(answer, "answer", LONG)
    found.answered_by, found.answered_at = actor, clock.now()
    found.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    told = {"unit": found.unit.name, "answer": say(WORDS[state]), "need": short(found.need)}
    record(journal.RESOURCE_ANSWERED, actor=actor, subject=subject, data=told)
    fulfil(actor=actor, key=_key(found))
    if found.asked_by != actor:
        notify(
            users=[found.asked_by],
            kind="operations.request",
            say=say(
                _("{unit}: {answer}. {words}"),
                unit=found.unit.name,
                answer=say(WORDS[state]),
                words=short(found.answer),
            ),
            subject=subject,
            address=address_of(found),
            key=f"request:{found.pk}:answered",
        )
    return found


def address_of(request: ResourceRequest) -> str:
    """The page of the reports, at the request."""
    return f"{reverse('operations:report_list', args=[request.subject_id])}#request-{request.pk}"


def _key(request: ResourceRequest) -> str:
    return f"{REQUEST.key}:{request.pk}"
