"""The page where people answer: no account, no scripts, a small style of its own, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.misses import device_of, is_secret, is_slowed, note_miss
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Say

from .. import actions
from ..models import Question, Recipient, Response, Survey
from ..models.surveys import TOKEN_LENGTH
from ..reading import Filled, field_name, read, shown_with

COOKIE_AGE: Final = 30 * 24 * 3600
SALT: Final = "surveys.began"
CHINESE, ENGLISH = "zh-hans", "en"


@dataclass(frozen=True)
class Field:
    """A question as it stands on the page: with what was answered, what is wrong, and whether it is new there."""

    question: Question
    value: Any
    error: Say | None = None
    is_new: bool = False

    @property
    def name(self) -> str:
        return field_name(self.question)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Keys and words of the answers, and whether each is chosen."""
        chosen = {str(one) for one in (self.value if isinstance(self.value, list) else [self.value])}
        return [(key, words, key in chosen) for key, words in self.question.choices]


def languages_of(survey: Survey) -> list[str]:
    """The languages in which it can be read: Chinese, and English where it was written in it."""
    has_english = bool(survey.title_en) or any(question.text_en for question in survey.questions.all())
    return [CHINESE, ENGLISH] if has_english else [CHINESE]


def _language(request: HttpRequest, survey: Survey) -> str:
    """The language asked for, else the browser's, among those the questionnaire has."""
    known = languages_of(survey)
    asked = request.POST.get("lang") or request.GET.get("lang") or (translation.get_language() or "")
    return next((one for one in known if one == asked), CHINESE)


def page_of(
    request: HttpRequest,
    survey: Survey,
    answers: Mapping[str, Any],
    errors: Mapping[str, Say],
    *,
    language: str,
    new: Sequence[Question] = (),
    shows_all: bool = False,
    is_preview: bool = False,
    recipient: Recipient | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """The questionnaire with what was answered so far."""
    questions = list(survey.questions.all())
    shown = questions if shows_all else shown_with(questions, answers)
    added = {question.pk for question in new}
    fields = [
        Field(question, answers.get(question.key), errors.get(question.key), question.pk in added)
        for question in shown
    ]
    others = [one for one in languages_of(survey) if one != language]
    context = {
        "survey": survey, "fields": fields, "language": language, "other": others[0] if others else "",
        "is_preview": is_preview, "recipient": recipient, "notice": notice, "new": len(new), "errors": len(errors),
        "asked": ",".join(question.key for question in shown),
        "began": request.POST.get("began") or signing.dumps(clock.now().timestamp(), salt=SALT),
    }  # fmt: skip
    return _secret(render(request, "surveys/public/answer.html", context, status=status))


def _told(request: HttpRequest, state: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """A page of one sentence: thanks, closed, unknown, slowed."""
    response = _secret(render(request, "surveys/public/told.html", {"state": state, **more}, status=status))
    if status == 429:
        response["Retry-After"] = "60"
    return response


def _secret(response: HttpResponse) -> HttpResponse:
    """The address is the secret: nobody stores the page, and no other site hears of it."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@csrf_exempt  # the secret in the address is the right to answer; browsers inside chats often keep no cookies
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer by a personal link, and change the answer until the end."""
    people = Recipient.objects.select_related("survey__subject")
    found = people.filter(token=token).first() if is_secret(token, TOKEN_LENGTH) else None
    if found is None:
        return _unknown(request)
    survey = found.survey
    language = _language(request, survey)
    with translation.override(language):
        if not survey.takes_answers:
            return _not_open(request, survey, language)
        kept = Response.objects.filter(recipient=found).first()
        if request.method == "POST":
            filled = read(list(survey.questions.all()), request.POST)
            if not filled.is_complete:
                return _again(request, survey, filled, language, recipient=found)
            try:
                actions.take_answer(recipient=found, answers=filled.answers, language=language)
            except Refused as refused:
                return _again(request, survey, filled, language, recipient=found, refused=refused)
            return _thanks(request, survey, language, found.path)
        wants_change = request.GET.get("change") == "1" and kept is not None
        if found.has_answered and not wants_change:
            return _thanks(request, survey, language, found.path)
        return page_of(request, survey, kept.answers if kept else {}, {}, language=language, recipient=found)


@csrf_exempt  # as above; whoever has the address may answer
@require_http_methods(["GET", "HEAD", "POST"])
def open_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer by the address for everybody; the same browser changes its answer."""
    surveys = Survey.objects.select_related("subject")
    survey = surveys.filter(open_token=token).first() if is_secret(token, TOKEN_LENGTH) else None
    if survey is None:
        return _unknown(request)
    language = _language(request, survey)
    cookie = f"survey-{survey.pk}"
    with translation.override(language):
        if not survey.takes_answers:
            return _not_open(request, survey, language)
        kept_mark = request.COOKIES.get(cookie, "")
        own = kept_mark if is_secret(kept_mark, TOKEN_LENGTH) else ""
        kept = survey.responses.filter(token=own, is_from_open_link=True).first() if own else None
        if request.method != "POST":
            if kept is not None and request.GET.get("change") != "1":
                return _thanks(request, survey, language, survey.open_url)
            return page_of(request, survey, kept.answers if kept else {}, {}, language=language)
        filled = read(list(survey.questions.all()), request.POST)
        if not filled.is_complete:
            return _again(request, survey, filled, language)
        try:
            response = actions.take_open_answer(
                survey=survey, answers=filled.answers, language=language, device=device_of(request), token=own,
                began_at=_began(request),
            )  # fmt: skip
        except Refused as refused:
            return _again(request, survey, filled, language, refused=refused)
        page = _thanks(request, survey, language, survey.open_url)
        page.set_cookie(
            cookie, response.token, max_age=COOKIE_AGE, path=reverse("surveys:open_answer", args=[token]),
            httponly=True, samesite="Lax", secure=request.is_secure(),
        )  # fmt: skip
        return page


def _unknown(request: HttpRequest) -> HttpResponse:
    """A link that leads nowhere, slowly to who tries many. Right links open all the same: a hall has one address."""
    if is_slowed(request):
        return _told(request, "slow", status=429)
    note_miss(request)
    return _told(request, "unknown", status=404)


def _not_open(request: HttpRequest, survey: Survey, language: str) -> HttpResponse:
    """It has not been opened yet, or is over."""
    state = "early" if survey.is_draft else "over"
    return _told(request, state, survey=survey, language=language)


def _thanks(request: HttpRequest, survey: Survey, language: str, path: str) -> HttpResponse:
    may_change = not (survey.is_anonymous and path != survey.open_url)
    back = f"{path}?change=1&lang={language}" if may_change else ""
    return _told(request, "thanks", survey=survey, language=language, back=back)


def _again(
    request: HttpRequest,
    survey: Survey,
    filled: Filled,
    language: str,
    *,
    recipient: Recipient | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """The page with what was typed, and what is still to be answered."""
    status = refused.status if refused else 422 if filled.errors else 200
    notice = str(refused.message) if refused else ""
    return page_of(
        request, survey, filled.answers, filled.errors, language=language, new=filled.new, recipient=recipient,
        notice=notice, status=status,
    )  # fmt: skip


def _began(request: HttpRequest) -> datetime | None:
    """When the page was shown, as it says itself; nothing where that is not our own word."""
    try:
        at = float(signing.loads(request.POST.get("began", ""), salt=SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return datetime.fromtimestamp(at, tz=clock.now().tzinfo)
