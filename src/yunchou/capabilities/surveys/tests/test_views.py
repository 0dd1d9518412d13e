"""The pages of those who ask: who may see and do what, errors beside their field, queries that rows do not add to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from yunchou.capabilities.surveys import actions
from yunchou.capabilities.surveys.actions import Notes
from yunchou.capabilities.surveys.models import Interview, Question, Survey
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.sheets.listings import listings
from yunchou.kernel.subjects.models import Member, Role, Subject

from .factories import CAME, ask, at, make_survey, marks

pytestmark = pytest.mark.once
PARTS = ("questions", "people", "results")


def url(name: str, subject: Subject, *args: Any) -> str:
    return reverse(f"surveys:{name}", args=[subject.pk, *args])


def fill(subject: Subject, firm: Firm, count: int) -> Survey:
    """So many questionnaires, people, answers and interviews."""
    for n in range(count):
        survey = make_survey(subject, firm.owner)
        actions.keep_interview(
            subject=subject, notes=Notes(at(1).date(), firm.owner, "很好", name=f"甲{n}"), actor=firm.owner
        )
    people = ask(survey, firm.owner, *(f"客{n}" for n in range(count * 3)))
    survey = actions.set_open_link(survey=survey, is_on=True, actor=firm.owner)
    survey = actions.open_survey(survey=survey, actor=firm.owner)
    for one in people[: count * 2]:
        actions.take_answer(
            recipient=one,
            answers={**marks(survey, 2), survey.questions.get(text__startswith="请告诉").key: "音响"},
        )
    for n in range(count):
        actions.take_open_answer(survey=survey, answers=marks(survey, 4), device=str(n), began_at=at(2, 10))
    return survey


def test_pages_are_shown_to_who_may_see_them_with_as_many_queries_for_more_rows(
    client: Client, firm: Firm, subject: Subject, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert client.get(url("board", subject)).status_code == 302
    client.force_login(firm.outsider)
    assert client.get(url("board", subject)).status_code == 404
    client.force_login(firm.owner)
    assert client.get(url("board", subject)).status_code == 200
    counts: dict[str, int] = {}
    for size in (2, 5):
        survey = fill(subject, firm, size)
        for part in ("board", *PARTS):
            address = (
                url("board", subject)
                if part == "board"
                else url("survey_detail", subject, survey.pk) + f"?view={part}"
            )
            client.get(address)
            with django_assert_max_num_queries(counts.get(part, 80)) as asked:
                assert client.get(address).status_code == 200
            counts[part] = len(asked)
    # A member sees results without names, and not who has not answered.
    Member.objects.create(subject=subject, user=firm.colleague, role=Role.MEMBER)
    client.force_login(firm.colleague)
    base = url("survey_detail", subject, survey.pk)
    people, results = (
        client.get(f"{base}?view=people").content.decode(),
        client.get(f"{base}?view=results").content.decode(),
    )
    assert "客0" not in people
    assert "/q/" not in people.replace(survey.open_url, "")
    assert "客0" not in results
    assert "音响" in results
    assert client.get(url("survey_change", subject, survey.pk)).status_code == 403
    assert client.post(url("survey_close", subject, survey.pk)).status_code == 403
    client.force_login(firm.owner)
    assert "客0" in client.get(f"{base}?view=results").content.decode()
    for key in ("surveys.links", "surveys.answers"):
        lines = listings[key].open(firm.owner, {"survey": str(survey.pk)})
        assert lines.count == len(list(lines.rows)) > 5


@pytest.mark.req("EVA-06")
def test_a_questionnaire_is_built_previewed_sent_and_read_on_its_pages(
    client: Client, firm: Firm, subject: Subject
) -> None:
    client.force_login(firm.owner)
    owner = str(firm.owner.pk)
    assert "很不满意" not in client.get(url("survey_add", subject)).content.decode()
    assert (
        client.post(url("survey_add", subject), {"source": "", "keeper": owner}).status_code == 422
    )  # no title, no template
    client.post(url("survey_add", subject), {"source": "client_event", "keeper": owner})
    survey = Survey.objects.get(subject=subject)
    assert survey.title == "活动满意度与合作意向"
    assert survey.questions.count() == 12
    client.post(url("survey_add", subject), {"source": f"copy:{survey.pk}", "title": "复制", "keeper": owner})
    assert Survey.objects.get(title="复制").questions.count() == 12

    add = url("question_add", subject, survey.pk, "one")
    bad = client.post(add, {"text": "喜欢哪一段？", "section": "other", "options": "音乐"})
    assert bad.status_code == 422
    assert "喜欢哪一段" in bad.content.decode()
    first = survey.questions.all()[0]
    several = {
        "text": "喜欢哪一段？",
        "section": "other",
        "options": "音乐 | Music\n晚宴｜Dinner",
        "shown_if": [f"{first.pk}:1", f"{first.pk}:2"],
    }
    assert client.post(add, several).status_code == 302
    asked = Question.objects.get(text="喜欢哪一段？")
    assert asked.options[1] == {"key": "a2", "zh": "晚宴", "en": "Dinner"}
    assert asked.shown_if_values == [
        "1",
        "2",
    ]
    mixed = {**several, "shown_if": [f"{first.pk}:1", f"{survey.questions.all()[1].pk}:2"]}
    assert client.post(url("question_change", subject, survey.pk, asked.pk), mixed).status_code == 422
    assert (
        "晚宴 | Dinner" in client.get(url("question_change", subject, survey.pk, asked.pk)).content.decode()
    )
    assert client.get(url("question_add", subject, survey.pk, "poem")).status_code == 404
    client.post(url("question_move", subject, survey.pk, first.pk), {"way": "down"})
    order = [str(pk) for pk in survey.questions.values_list("pk", flat=True)]
    assert order[1] == str(first.pk)
    drag = client.post(url("question_order", subject, survey.pk), {"order": [order[1], order[0], *order[2:]]})
    assert drag.status_code == 204
    assert survey.questions.all()[0] == first
    assert client.post(url("question_order", subject, survey.pk), {"order": order[:2]}).status_code == 409
    client.post(url("question_remove", subject, survey.pk, asked.pk))
    preview = client.get(url("survey_preview", subject, survey.pk) + "?lang=en").content.decode()
    assert "How was the event?" in preview
    assert "<button" not in preview

    details = {
        "title": "晚宴满意度",
        "purpose": "event",
        "keeper": owner,
        "opens_by_itself": "on",
        "opens_at": "2024-08-09T10:00",
    }
    wrong = client.post(
        url("survey_change", subject, survey.pk), {**details, "closes_at": "2024-08-09T09:00"}
    )
    assert wrong.status_code == 422
    assert "closes_at" in wrong.context["form"].errors
    assert client.post(url("survey_change", subject, survey.pk), details).status_code == 302

    guest = make_customer(firm.east, firm.owner, name="林晓雯")
    found = client.post(url("customer_options", subject), {"q": "林晓"}).json()["results"]
    assert [one["value"] for one in found] == [guest.pk]
    CAME[subject.pk] = []
    nobody = client.post(url("people_ask", subject, survey.pk), {"names": ""})
    assert nobody.status_code == 422
    client.post(url("people_ask", subject, survey.pk), {"customers": [guest.pk], "names": "许安\n\n郑立"})
    assert survey.recipients.count() == 3
    client.post(url("people_remove", subject, survey.pk, survey.recipients.get(name="郑立").pk))
    client.post(url("open_link_set", subject, survey.pk), {"on": "1"})
    client.post(url("survey_open", subject, survey.pk))
    survey.refresh_from_db()
    assert survey.is_open
    assert survey.open_token
    late = client.post(url("closing_set", subject, survey.pk), {"closes_at": "2024-09-30T10:00"})
    assert late.status_code == 422
    assert "R-EVA-03" in late.content.decode()
    assert (
        client.post(url("closing_set", subject, survey.pk), {"closes_at": "2024-08-08T10:00"}).status_code
        == 302
    )
    client.post(url("people_remind", subject, survey.pk))
    assert survey.recipients.exclude(reminded_at=None).count() == 2
    answer = actions.take_open_answer(survey=survey, answers=marks(survey, 5), device="x", began_at=at(2, 10))
    results = client.get(survey.get_absolute_url() + "?view=results").content.decode()
    assert f"#{answer.pk}" in results
    assert (
        client.post(url("response_aside", subject, survey.pk, answer.pk), {"reason": ""}).status_code == 422
    )
    client.post(url("response_aside", subject, survey.pk, answer.pk), {"reason": "试填"})
    client.post(url("response_count", subject, survey.pk, answer.pk))
    client.post(url("survey_close", subject, survey.pk))
    survey.refresh_from_db()
    assert survey.closed_at
    client.post(url("survey_remove", subject, Survey.objects.get(title="复制").pk))
    assert Survey.objects.count() == 1

    page = url("interview_add", subject)
    assert (
        client.post(page, {"held_on": "2024-08-01", "interviewer": owner, "text": "满意"}).status_code == 422
    )
    client.post(page, {"customer": guest.pk, "held_on": "2024-08-01", "interviewer": owner, "text": "满意"})
    kept = Interview.objects.get()
    change = url("interview_change", subject, kept.pk)
    assert "林晓雯" in client.get(change).content.decode()
    client.post(
        change, {"customer": guest.pk, "held_on": "2024-08-01", "interviewer": owner, "text": "很满意"}
    )
    assert "很满意" in client.get(url("board", subject)).content.decode()
    client.post(url("interview_remove", subject, kept.pk))
    assert not Interview.objects.exists()


def test_the_guest_page_is_light_and_says_nothing_that_an_old_browser_does_not_know(
    client: Client, firm: Firm, subject: Subject
) -> None:
    survey = make_survey(subject, firm.owner, "client_event")
    [one] = ask(survey, firm.owner, "林晓雯")
    actions.open_survey(survey=survey, actor=firm.owner)
    page = client.get(one.path).content
    path = finders.find("surveys/public.css")
    assert isinstance(path, str)
    style = Path(path).read_bytes()
    assert len(page) + len(style) < 60_000
    assert page.count(b"<link") == 2
    assert b"<script" not in page
    assert b" style=" not in page
    modern = (
        ":has(",
        "oklch",
        "color-mix",
        "light-dark",
        "@layer",
        "inset:",
        "aspect-ratio",
        "gap:",
        ":is(",
        ":where(",
        "clamp(",
        "&",
        ":focus-visible",
    )
    assert not [word for word in modern if word in style.decode()]
