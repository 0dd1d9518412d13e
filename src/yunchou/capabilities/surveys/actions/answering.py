"""Taking answers: once for each personal link, with limits and flags by the open one, and setting false ones aside (T12)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import TouchKind
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.refusing import wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate

from .. import journal
from ..hearing import Intention, tell_intention
from ..models import Flag, QuestionKind, Recipient, Response, Section, Survey
from ..rules import Possibility, is_business_intention
from .shared import open_questionnaire

MOST_AN_HOUR: Final = 120
"""New answers by the open link from one address and browser in an hour: a hall on one network stays below."""
MANY: Final = 5
"""From here on answers from one address and browser are flagged."""
FAST: Final = timedelta(seconds=5)
"""Who needs less than this has hardly read the questions."""
LONG_TEXT: Final = 12
"""The same words of at least so many signs in two answers are flagged."""


class TooMany(Refused):
    """Too many answers come from one device; later is fine."""

    status = 429
    code = "too_many"


@transaction.atomic
def take_answer(*, recipient: Recipient, answers: Mapping[str, Any], language: str = "") -> Response:
    """Keep what somebody answered by a personal link: the first time a new one, afterwards the same one changed.

    Two at the same moment are one. An anonymous questionnaire is answered once, and nothing leads from the person to
    the answer. Refuses one that is not open. Nothing is journalled: who answered what is nobody's business but the team's.
    """
    asked = recipient.survey
    if recipient.customer_id and asked.questions.filter(section=Section.INTENTION).exists():
        # The subject before the recipient, as where people are reminded: a lead may be taken in at the end.
        open_table(asked.subject, "", None)
    locked = (
        Recipient.objects.select_for_update(of=("self",))
        .select_related("survey__subject__unit", "customer__subject")
        .get(pk=recipient.pk)
    )
    survey = locked.survey
    _demand_open(survey)
    if survey.is_anonymous:
        return _take_anonymously(locked, answers, language)
    now = clock.now()
    response = Response.objects.filter(recipient=locked).first()
    if response is None:
        response = Response(survey=survey, recipient=locked, answered_at=now)
    else:
        response.changed_at = now
    response.answers, response.language = dict(answers), language
    response.save()
    if not locked.has_answered:
        locked.has_answered, locked.answered_at = True, now
        locked.save(update_fields=["has_answered", "answered_at"])
    if locked.customer_id:
        key = f"survey:{survey.pk}:{locked.customer_id}"
        row = TouchRow(
            customer_id=locked.customer_id, kind=TouchKind.ANSWERED, at=now, subject_id=survey.subject_id,
            note=survey.title[:200], key=key,
        )  # fmt: skip
        record_touches([row])
    _hear_intention(locked, response)
    return response


def _hear_intention(recipient: Recipient, response: Response) -> None:
    """Whoever says that working together is likely is told of to sales (EVA-07); the same link once."""
    survey = recipient.survey
    if recipient.customer is None:
        return
    asked = list(survey.questions.filter(section=Section.INTENTION))
    told = [
        (one, response.answers[one.key])
        for one in asked
        if response.answers.get(one.key) not in (None, "", [])
    ]
    marks = tuple((int(value), one.top or 1) for one, value in told if one.kind == QuestionKind.SCALE)
    if not marks or not evaluate([is_business_intention], Possibility(marks))[0].passed:
        return
    with override("zh-hans"):  # what becomes data of the company is kept in its language
        words = "；".join(f"{one.text}：{one.worded(value)}" for one, value in told)
    tell_intention(
        Intention(
            survey.subject, recipient.customer, survey.title, words[:500], f"survey:{survey.pk}:{recipient.pk}",
            is_keen=any(mark == top for mark, top in marks),
        )
    )  # fmt: skip


def _take_anonymously(recipient: Recipient, answers: Mapping[str, Any], language: str) -> Response:
    if recipient.has_answered:
        raise wrong(
            _("This link has been used. The answers are anonymous, so that they cannot be found again.")
        )
    recipient.has_answered = True
    recipient.save(update_fields=["has_answered"])
    return Response.objects.create(survey=recipient.survey, answers=dict(answers), language=language)


@transaction.atomic
def take_open_answer(
    *,
    survey: Survey,
    answers: Mapping[str, Any],
    language: str = "",
    device: str = "",
    token: str = "",
    began_at: datetime | None = None,
) -> Response:
    """Keep what somebody answered by the open link; with the `token` of an earlier answer that one is changed.

    `device` tells devices apart, and only its keyed digest is kept while the questionnaire is open. Many answers from one
    device, the same words twice and answers within seconds are flagged and count all the same; beyond a limit an hour the
    person is asked to come back later, and nothing is dropped silently.
    """
    locked = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    _demand_open(locked)
    now = clock.now()
    known = locked.responses.filter(token=token, is_from_open_link=True).first() if token else None
    if known is not None:
        known.answers, known.language = dict(answers), language
        known.changed_at = None if locked.is_anonymous else now
        known.save(update_fields=["answers", "language", "changed_at"])
        return known
    origin = _origin(locked, device)
    before = locked.responses.filter(origin=origin, is_from_open_link=True) if origin else None
    if before is not None and before.filter(answered_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise TooMany(say(_("Many answers came from here within an hour. Please send yours again later.")))
    flags = []
    if before is not None and before.count() >= MANY:
        flags.append(Flag.MANY)
    if began_at is not None and now - began_at < FAST:
        flags.append(Flag.FAST)
    if _says_the_same(locked, answers):
        flags.append(Flag.SAME)
    return Response.objects.create(
        survey=locked, answers=dict(answers), language=language, answered_at=now, is_from_open_link=True,
        origin=origin, flags=flags,
    )  # fmt: skip


@transaction.atomic
def set_aside(*, response: Response, reason: str, actor: User) -> Response:
    """Let an answer count no longer, with a reason; it stays to be read. Records `surveys.set_aside`.

    Refuses a closed questionnaire: its score has been told.
    """
    survey = open_questionnaire(response.survey, actor)
    if survey.closed_at is not None:
        raise wrong(_("The questionnaire is closed, and its score has been told."))
    locked = survey.responses.select_for_update(of=("self",)).get(pk=response.pk)
    why = wanted(reason, "reason", 200)
    locked.set_aside_at, locked.set_aside_by, locked.set_aside_why = clock.now(), actor, why
    locked.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_why"])
    data = {"title": survey.title, "response": locked.pk, "reason": why}
    record(journal.SET_ASIDE, actor=actor, subject=survey.subject, data=data)
    return locked


@transaction.atomic
def count_again(*, response: Response, actor: User) -> Response:
    """Let an answer count again; records `surveys.taken_back`."""
    survey = open_questionnaire(response.survey, actor)
    if survey.closed_at is not None:
        raise wrong(_("The questionnaire is closed, and its score has been told."))
    locked = survey.responses.select_for_update(of=("self",)).get(pk=response.pk)
    locked.set_aside_at, locked.set_aside_by, locked.set_aside_why = None, None, ""
    locked.save(update_fields=["set_aside_at", "set_aside_by", "set_aside_why"])
    data = {"title": survey.title, "response": locked.pk}
    record(journal.TAKEN_BACK, actor=actor, subject=survey.subject, data=data)
    return locked


def _demand_open(survey: Survey) -> None:
    if not survey.takes_answers:
        raise wrong(_("This questionnaire is not open. Thank you all the same."))


def _origin(survey: Survey, device: str) -> str:
    """A digest by which answers from one device are known among those of one questionnaire, and nowhere else."""
    if not device:
        return ""
    key = f"surveys.origin:{survey.pk}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, device.encode(), hashlib.sha256).hexdigest()


def _says_the_same(survey: Survey, answers: Mapping[str, Any]) -> bool:
    """Whether a free text of some length was written word for word before."""
    texts = survey.questions.filter(kind=QuestionKind.TEXT).values_list("pk", flat=True)
    written = [(str(pk), answers[str(pk)]) for pk in texts if len(str(answers.get(str(pk), ""))) >= LONG_TEXT]
    if not written:
        return False
    others = survey.responses.values_list("answers", flat=True)
    return any(other.get(key) == text for other in others for key, text in written)
