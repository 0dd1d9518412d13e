"""Opening, reminding and closing: by hand, with the activity, and by the clock (R-EVA-03)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, RuleRefused
from yunchou.kernel.core.refusing import at_field, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of

from .. import flow, journal, notices
from ..addresses import board_url
from ..audiences import audiences_for
from ..duties import DUE_HOUR, REMIND, SEND
from ..models import Purpose, Status, Survey
from ..rules import Term, questionnaire_closes_in_time
from ..selectors.results import result_of
from .asking import add_recipients, remind_all, send_links
from .shared import open_questionnaire
from .telling import tell_score

log = logging.getLogger(__name__)


def term_params(day: datetime | None = None) -> Params:
    """The days of R-EVA-03 as they are in force."""
    at = clock.local(day).date() if day else None
    return params_on([questionnaire_closes_in_time], at)[questionnaire_closes_in_time.id]


def open_survey(*, survey: Survey, actor: User | None, closes_at: datetime | None = None) -> Survey:
    """Open a questionnaire: its questions never change again, and links go out. Records `surveys.opened`.

    `closes_at` replaces its end; where it has none it closes after the days of R-EVA-03. Refuses one without questions,
    an end that has passed, and of an activity's questionnaire an end later than R-EVA-03 allows.
    """
    with flow.OPEN.apply(survey, actor=actor) as locked:
        now = clock.now()
        locked.opened_at = locked.term_from = now
        locked.closes_at = closes_at or locked.closes_at or now + timedelta(days=term_params().days)
        if locked.closes_at <= now:
            raise at_field("closes_at", _("The end of the questionnaire has passed."))
        _demand_term(locked, locked.closes_at)
        if locked.opens_at is None or locked.opens_at > now:
            locked.opens_at = now
        locked.save(update_fields=["opened_at", "term_from", "closes_at", "opens_at"])
        waiting = list(locked.recipients.filter(sent_at=None).select_related("customer"))
        if waiting:
            send_links(locked, waiting, actor)
            duties.fulfil(actor=actor, kind=SEND.key, subject=locked.subject)
    return locked


@transaction.atomic
def set_closing(*, survey: Survey, closes_at: datetime, actor: User) -> Survey:
    """Let an open questionnaire close at another time; records `surveys.closing_set`.

    Refuses a time that has passed, and one later than R-EVA-03 allows for a questionnaire of an activity.
    """
    locked = open_questionnaire(survey, actor)
    if not locked.is_open:
        raise wrong(_("The questionnaire is not open."))
    if closes_at <= clock.now():
        raise at_field("closes_at", _("This time has passed."))
    _demand_term(locked, closes_at)
    locked.closes_at = closes_at
    locked.save(update_fields=["closes_at"])
    until = clock.local(closes_at).strftime("%Y-%m-%d %H:%M")
    data = {"title": locked.title, "until": until}
    record(journal.PROLONGED, actor=actor, subject=locked.subject, data=data)
    return locked


def close_survey(*, survey: Survey, actor: User | None) -> Survey:
    """Close a questionnaire: nobody answers any longer, and its score is a reading of the activity (R-EVA-05).

    Nothing that told devices apart is kept. Records `surveys.closed` with the result.
    """
    data: dict[str, object] = {}
    with flow.CLOSE.apply(survey, actor=actor, data=data) as locked:
        locked.closed_at = clock.now()
        locked.save(update_fields=["closed_at"])
        locked.responses.exclude(origin="").update(origin="")
        for number in (1, 2):
            duties.cancel(actor=actor, key=locked.reminder_key(number))
        result = result_of(locked)
        data["result"] = result.told
        tell_score(locked, result, actor)
        if actor is None:
            words = say(_("{title} was closed: {result}"), title=locked.title, result=result.told)
            notify(
                users=[locked.keeper], kind=notices.CLOSED.key, say=words, subject=locked.subject,
                address=locked.get_absolute_url(), key=f"survey:{locked.pk}:closed",
            )  # fmt: skip
    return locked


@transaction.atomic
def activity_began(*, subject: Subject, actor: User | None) -> list[Survey]:
    """An activity has begun: the feedback that was prepared opens, and stays open until after its end (SUP-07)."""
    waiting = Survey.objects.filter(
        subject=subject,
        status=Status.DRAFT,
        purpose=Purpose.FEEDBACK,
        opens_by_itself=True,
        questions__isnull=False,
    ).distinct()
    opened = []
    for survey in waiting:
        until = survey.closes_at if survey.closes_at and survey.closes_at > clock.now() else _far()
        opened.append(open_survey(survey=survey, actor=None, closes_at=until))
        _tell_keeper(opened[-1])
    return opened


@transaction.atomic
def activity_ended(*, subject: Subject, actor: User | None, is_owed: bool = False) -> list[Survey]:
    """An activity has ended: its prepared questionnaires open at once and close after the days of R-EVA-03 (EVA-04).

    They ask those whom another room knows to have come, besides who is on the list. What is open already closes on the
    same day. Where `is_owed` and nothing was prepared, or nobody can be asked, the overall lead owes the sending.
    """
    now = clock.now()
    end = now + timedelta(days=term_params().days)
    of_it = Survey.objects.filter(subject=subject).exclude(purpose=Purpose.NEEDS)
    already = list(of_it.filter(status=Status.OPEN, purpose=Purpose.EVENT))
    of_it.filter(status=Status.OPEN).update(closes_at=end, term_from=now)
    drafts = of_it.filter(status=Status.DRAFT, opens_by_itself=True, questions__isnull=False)
    prepared = drafts.distinct().order_by("pk")
    opened = []
    for survey in prepared:
        for audience in audiences_for(subject):
            people = list(audience.people(subject)) if audience.is_default else []
            if people:
                add_recipients(survey, people, None)
        opened.append(open_survey(survey=survey, actor=None, closes_at=end))
        _tell_keeper(opened[-1])
    asking = [survey for survey in (*already, *opened) if survey.purpose == Purpose.EVENT]
    if is_owed and not any(survey.open_token or survey.recipients.exists() for survey in asking):
        _owe_sending(subject, actor)
    return opened


def follow_surveys() -> None:
    """What the clock does: opens what was to open now, reminds, closes what has come to its end. Each in its own
    transaction, so that one that cannot go on stops no other."""
    now = clock.now()
    due = Survey.objects.filter(status=Status.DRAFT, opens_at__lte=now, questions__isnull=False).distinct()
    for survey in due.exclude(closes_at__lte=now):
        _by_itself(survey, partial(open_survey, survey=survey, actor=None))
    for survey in Survey.objects.filter(status=Status.OPEN, closes_at__lte=now):
        _by_itself(survey, partial(close_survey, survey=survey, actor=None))
    for survey in Survey.objects.filter(status=Status.OPEN, reminders__lt=2, purpose=Purpose.EVENT):
        _by_itself(survey, partial(_remind_in_time, survey, now))


def _by_itself(survey: Survey, act: Callable[[], object]) -> None:
    """One step of one questionnaire; what is refused stays as it is, for its keeper to mend."""
    try:
        act()
    except Refused as refused:
        log.warning("questionnaire %s does not go on by itself: %s", survey.pk, refused.code)


@transaction.atomic
def _remind_in_time(survey: Survey, now: datetime) -> None:
    """On day 3 and 6 messages go out where a way sends them; where not, the keeper owes the reminding (R-EVA-03)."""
    locked = (
        Survey.objects.select_for_update(of=("self",)).select_related("subject", "keeper").get(pk=survey.pk)
    )
    if not locked.is_open or locked.term_from is None or locked.reminders >= 2:
        return
    params = term_params(locked.term_from)
    days = (params.first, params.second)
    if now < locked.term_from + timedelta(days=days[locked.reminders]):
        return
    reached = sum(now >= locked.term_from + timedelta(days=day) for day in days)
    locked.reminders = reached
    locked.save(update_fields=["reminders"])
    waiting = locked.recipients.filter(has_answered=False).count()
    left = waiting - remind_all(locked, None, only_sent=True) if waiting else 0
    if left:
        duties.owe(
            kind=REMIND.key, subject=locked.subject, owner=locked.keeper, key=locked.reminder_key(reached),
            due_at=clock.moment(clock.local(now).date(), DUE_HOUR), params={"count": left, "title": locked.title},
            address=f"{locked.get_absolute_url()}?view=people", actor=None,
        )  # fmt: skip


def _demand_term(survey: Survey, closes_at: datetime) -> None:
    """An activity's questionnaire closes as R-EVA-03 wants."""
    if survey.purpose != Purpose.EVENT:
        return
    [verdict] = questionnaire_closes_in_time.check(Term(survey.term_from, closes_at))
    if not verdict.passed:
        raise RuleRefused(verdict.reason, verdicts=[verdict], fields={"closes_at": verdict.reason})


def _owe_sending(subject: Subject, actor: User | None) -> None:
    lead = lead_of(subject)
    if lead is not None:
        day = clock.today() + timedelta(days=1)
        duties.owe(
            kind=SEND.key, subject=subject, owner=lead, due_at=clock.moment(day, DUE_HOUR),
            address=board_url(subject), actor=actor,
        )  # fmt: skip


def _tell_keeper(survey: Survey) -> None:
    notify(
        users=[survey.keeper], kind=notices.OPENED.key, subject=survey.subject,
        say=say(_("{title} is open until {until}."), title=survey.title, until=_shown(survey.closes_at)),
        address=survey.get_absolute_url(), key=f"survey:{survey.pk}:opened",
    )  # fmt: skip


def _shown(at: datetime | None) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M") if at else "—"


def _far() -> datetime:
    """As long as an activity may run; its end brings the real closing."""
    return clock.now() + timedelta(days=366)
