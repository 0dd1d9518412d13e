"""Lists of questionnaires that leave as files: personal links, and what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.listings import Column, Line, Lines, Listing, declare

from .models import Survey
from .permissions import Perm
from .selectors.people import recipients_for
from .selectors.results import result_of


def _survey(user: User, query: Mapping[str, str], right: str) -> Survey:
    """The questionnaire that the address names, if the person holds the right on its activity."""
    key = query.get("survey", "")
    found = Survey.objects.select_related("subject__unit").filter(
        pk=int(key) if key.isdecimal() and len(key) < 19 else 0
    )
    survey = found.first()
    if survey is None:
        raise Invalid(say(_("There is no such questionnaire.")))
    require(user, right, survey.subject)
    return survey


def open_links(user: User, query: Mapping[str, str]) -> Lines:
    """Everybody who is asked, with their link, to be sent by hand."""
    survey = _survey(user, query, Perm.EDIT)
    people = recipients_for(survey, user)
    rows = (
        [
            one.name, one.customer.organisation if one.customer else "", f"{settings.BASE_URL}{one.path}",
            None if survey.is_anonymous else one.answered_at,
        ]
        for one in people.iterator(chunk_size=500)
    )  # fmt: skip
    return Lines(survey.title, people.count(), rows)


def open_answers(user: User, query: Mapping[str, str]) -> Lines:
    """Every answer to every question, a line each; names only for who asks, and none where it is anonymous.

    Nothing where so few answered anonymously that they could be told apart.
    """
    survey = _survey(user, query, Perm.EDIT)
    result = result_of(survey)
    rows = [] if result.is_hidden else list(_answers(survey))
    return Lines(survey.title, len(rows), rows)


def _answers(survey: Survey) -> Iterator[Line]:
    questions = list(survey.questions.all())
    for number, one in enumerate(survey.responses.select_related("recipient"), 1):
        name = one.recipient.name if one.recipient else ""
        for question in questions:
            if question.key in one.answers:
                words = question.worded(one.answers[question.key])
                yield [number, one.answered_on, name, question.text, words, one.set_aside_why]


declare(
    Listing(
        "surveys.links",
        pgettext_lazy("survey", "Personal links"),
        (
            Column("name", pgettext_lazy("survey", "Name"), width=18),
            Column("organisation", pgettext_lazy("survey", "Organisation"), width=28),
            Column("link", pgettext_lazy("survey", "Personal link"), width=60),
            Column("answered_at", pgettext_lazy("survey", "Answered"), "moment", 18),
        ),
        open_links,
    )
)
declare(
    Listing(
        "surveys.answers",
        pgettext_lazy("survey", "Answers"),
        (
            Column("number", pgettext_lazy("survey", "Number"), "number", 8),
            Column("day", pgettext_lazy("survey", "Day"), "day", 12),
            Column("name", pgettext_lazy("survey", "Name"), width=16),
            Column("question", pgettext_lazy("survey", "Question"), width=40),
            Column("answer", pgettext_lazy("survey", "Answer"), width=50),
            Column("aside", pgettext_lazy("survey", "Why it does not count"), width=30),
        ),
        open_answers,
    )
)
