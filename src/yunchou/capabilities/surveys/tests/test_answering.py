"""Answering: one answer for each link, anonymity, the open address with its limits and flags, small samples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunchou.capabilities.surveys import actions
from yunchou.capabilities.surveys.actions import Notes
from yunchou.capabilities.surveys.actions.answering import MANY, MOST_AN_HOUR, TooMany
from yunchou.capabilities.surveys.audiences import Person
from yunchou.capabilities.surveys.models import Flag, Purpose, Recipient, Response, Survey
from yunchou.capabilities.surveys.selectors.results import result_of
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.models import Touch
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.subjects.models import Subject

from .factories import ask, at, make_survey, marks

CONDITIONAL = "请告诉我们哪里可以做得更好"


@pytest.fixture(autouse=True)
def forget_misses(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.req("EVA-06", whole=True)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5)), max_size=8))
def test_a_link_answers_once_however_often_it_is_used(
    firm: Firm, subject: Subject, sent: list[tuple[int, int]]
) -> None:
    survey = make_survey(subject, firm.owner, title=f"满意度{Survey.objects.count()}")
    people = ask(survey, firm.owner, "甲", "乙", "丙")
    actions.open_survey(survey=survey, actor=firm.owner)
    last: dict[int, int] = {}
    made: dict[int, int] = {}
    for who, mark in sent:
        response = actions.take_answer(recipient=people[who], answers=marks(survey, mark))
        assert made.setdefault(who, response.pk) == response.pk
        last[who] = mark
    result = result_of(survey)
    assert (result.answered, result.returned, result.invited) == (len(last), len(last), 3)
    voices = [20 * mark for mark in last.values()]
    assert (float(result.score.value) if result.score else None) == (
        pytest.approx(sum(voices) / len(voices), abs=0.06) if voices else None
    )


def test_an_answer_is_a_touch_of_the_client_and_an_anonymous_one_leads_to_nobody(
    firm: Firm, subject: Subject, survey: Survey
) -> None:
    client = make_customer(firm.east, firm.owner)
    [known] = actions.ask_people(survey=survey, people=[Person("", client.pk)], actor=firm.owner).recipients
    actions.open_survey(survey=survey, actor=firm.owner)
    for mark in (4, 5):
        actions.take_answer(recipient=known, answers=marks(survey, mark))
    [touch] = Touch.objects.filter(customer=client, kind="answered")
    assert touch.subject == subject
    known.refresh_from_db()
    assert known.answered_at
    assert known.response.changed_at

    secret = make_survey(subject, firm.owner, is_anonymous=True)
    [hidden] = actions.ask_people(survey=secret, people=[Person("", client.pk)], actor=firm.owner).recipients
    actions.open_survey(survey=secret, actor=firm.owner)
    actions.take_answer(recipient=hidden, answers=marks(secret, 1))
    [response] = secret.responses.all()
    assert (response.recipient, response.answered_at, response.changed_at, response.origin) == (
        None,
        None,
        None,
        "",
    )
    hidden.refresh_from_db()
    assert hidden.has_answered
    assert hidden.answered_at is None
    assert Touch.objects.filter(customer=client, kind="answered").count() == 1
    with pytest.raises(WrongState):
        actions.take_answer(recipient=hidden, answers=marks(secret, 5))
    # Four answers say the score and nothing else; the fifth opens the rest.
    others = ask(secret, firm.owner, "甲", "乙", "丙", "丁")
    for one in others[:3]:
        actions.take_answer(recipient=one, answers=marks(secret, 5))
    few = result_of(secret, whole=True)
    assert few.is_hidden
    assert few.score
    assert few.score.sample == 4
    assert not few.lines
    assert not few.sections
    actions.take_answer(recipient=others[3], answers=marks(secret, 5))
    assert len(result_of(secret, whole=True).lines) == secret.questions.count()


def test_what_an_erased_client_wrote_goes_and_the_marks_stay(
    firm: Firm, subject: Subject, survey: Survey
) -> None:
    client = make_customer(firm.east, firm.owner, name="林晓雯")
    [one] = actions.ask_people(survey=survey, people=[Person("", client.pk)], actor=firm.owner).recipients
    notes = Notes(clock.today(), firm.owner, "我家住江畔三号楼", customer=client)
    interview = actions.keep_interview(subject=subject, notes=notes, actor=firm.owner)
    actions.open_survey(survey=survey, actor=firm.owner)
    text = survey.questions.filter(kind="text", shown_if=None).get()
    actions.take_answer(recipient=one, answers={**marks(survey, 4), text.key: "我家住江畔三号楼"})
    eraser = firm.people["marketing_director"]
    erase_customer(customer=client, reason="本人要求", actor=eraser)
    one.refresh_from_db()
    interview.refresh_from_db()
    assert (one.name, interview.name, interview.text) == ("—", "—", "—")
    assert text.key not in one.response.answers
    assert str(result_of(survey).told).startswith("80.0")


@pytest.mark.req("SUP-07")
def test_the_open_address_limits_and_flags_and_drops_nothing_silently(firm: Firm, subject: Subject) -> None:
    survey = make_survey(subject, firm.owner, "feedback", purpose=Purpose.FEEDBACK)
    actions.set_open_link(survey=survey, is_on=True, actor=firm.owner)
    with pytest.raises(WrongState):
        actions.take_open_answer(survey=survey, answers={})
    survey = actions.open_survey(survey=survey, actor=firm.owner, closes_at=at(20))
    text = survey.questions.get(kind="text").key

    def send(device: str = "a", **more: Any) -> Response:
        return actions.take_open_answer(
            survey=survey, answers=more.pop("answers", marks(survey, 5)), device=device, **more
        )

    first = send()
    assert send(token=first.token, answers=marks(survey, 3)).pk == first.pk
    assert send(device="b", token="nonsense").pk != first.pk
    rest = [send() for _n in range(MANY)]
    assert [one.flags for one in rest] == [[]] * (MANY - 1) + [[Flag.MANY]]
    assert send(device="c", began_at=clock.now() - timedelta(seconds=2)).flags == [Flag.FAST]
    assert send(device="d", began_at=clock.now() - timedelta(seconds=60)).flags == []
    same = {text: "现场音响太小，后排听不清。"}
    assert [send(device="e", answers=same).flags, send(device="f", answers=same).flags] == [[], [Flag.SAME]]
    assert len({one.origin for one in survey.responses.all()}) == 6
    assert "a" not in {one.origin for one in survey.responses.all()}
    result = result_of(survey)
    assert (result.answered, result.flagged, result.by_link) == (
        survey.responses.count(),
        3,
        survey.responses.count(),
    )
    # Setting one aside needs a reason, is told, and can be taken back until the end.
    odd = rest[-1]
    with pytest.raises(Invalid):
        actions.set_aside(response=odd, reason=" ", actor=firm.owner)
    actions.set_aside(response=odd, reason="同一台设备连续提交", actor=firm.owner)
    assert (result_of(survey).aside, result_of(survey).answered) == (1, result.answered - 1)
    actions.count_again(response=odd, actor=firm.owner)
    assert result_of(survey).aside == 0
    Response.objects.bulk_create(
        Response(survey=survey, is_from_open_link=True, origin=first.origin, answered_at=clock.now())
        for _n in range(MOST_AN_HOUR)
    )
    with pytest.raises(TooMany):
        send()
    assert send(device="g")  # everybody else goes on
    actions.close_survey(survey=survey, actor=firm.owner)
    assert not survey.responses.exclude(origin="").exists()
    with pytest.raises(WrongState):
        actions.set_aside(response=odd, reason="太晚", actor=firm.owner)


def post(client: Client, path: str, survey: Survey, mark: int = 5, **more: Any) -> Any:
    """What a browser sends of the page as it stands: the questions on it, and a mark for each scale."""
    page = client.get(path + "?change=1")
    data = {f"q{key}": value for key, value in marks(survey, mark).items()}
    return client.post(path, {**data, "asked": page.context["asked"], "began": page.context["began"], **more})


@pytest.mark.req("EVA-06")
def test_a_guest_answers_without_scripts_account_or_cookies(
    client: Client, firm: Firm, survey: Survey
) -> None:
    [one] = ask(survey, firm.owner, "林晓雯")
    early = client.get(one.path)
    assert early.status_code == 200
    assert b"<form" not in early.content
    actions.open_survey(survey=survey, actor=firm.owner)
    page = client.get(one.path)
    body = page.content.decode()
    assert "林晓雯" in body
    assert "<script" not in body
    assert CONDITIONAL not in body
    headers = ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")
    assert [page[name] for name in headers] == ["private, no-store", "no-referrer", "noindex"]
    assert not client.cookies
    empty = client.post(one.path, {"asked": page.context["asked"]})
    assert empty.status_code == 422
    assert empty.context["errors"] == 3
    # A low mark opens one more question, before anything is kept.
    low = post(client, one.path, survey, 2)
    assert low.status_code == 200
    assert CONDITIONAL in low.content.decode()
    assert not Response.objects.exists()
    extra = survey.questions.get(text=CONDITIONAL)
    done = post(client, one.path, survey, 2, asked=low.context["asked"], **{f"q{extra.pk}": "停车不便"})
    assert "谢谢" in done.content.decode()
    again = client.get(one.path)
    assert b"<form" not in again.content
    assert b"change=1" in again.content
    assert "停车不便" in client.get(f"{one.path}?change=1").content.decode()
    assert post(client, one.path, survey, 5).status_code == 200
    [response] = Response.objects.all()
    assert response.answers[survey.questions.all()[0].key] == 5
    assert extra.key not in response.answers
    english = client.get(f"{one.path}?change=1&lang=en").content.decode()
    assert "How was it?" not in english
    assert "Dear" in english
    assert 'lang="en"' in english
    with clock.at(clock.now() + timedelta(days=7)):
        closed = client.get(one.path)
        assert b"<form" not in closed.content
        assert b"<form" not in client.post(one.path, {"asked": ""}).content


def test_the_open_page_knows_its_browser_and_wrong_links_are_slowed_down(
    client: Client, firm: Firm, survey: Survey
) -> None:
    survey = actions.set_open_link(survey=survey, is_on=True, actor=firm.owner)
    actions.open_survey(survey=survey, actor=firm.owner)
    assert post(client, survey.open_url, survey, 5).status_code == 200
    cookie = client.cookies[f"survey-{survey.pk}"]
    assert cookie["httponly"]
    assert cookie["path"] == survey.open_url
    assert b"<form" not in client.get(survey.open_url).content
    post(client, survey.open_url, survey, 4)
    assert survey.responses.count() == 1
    assert post(Client(), survey.open_url, survey, 4).status_code == 200
    assert survey.responses.count() == 2
    assert [one.flags for one in survey.responses.all()] == [[Flag.FAST]] * 2
    for n in range(20):
        wrong = client.get(f"/q/{'o/' if n % 2 else ''}nothing{n}/")
        assert wrong.status_code == 404
        assert b"<form" not in wrong.content
    slowed = client.get("/q/nothing/")
    assert slowed.status_code == 429
    assert slowed["Retry-After"] == "60"
    assert client.get(survey.open_url).status_code == 200, (
        "a hall has one address: right links open all the same"
    )
    cache.clear()
    assert client.get("/q/" + "x" * 200 + "/").status_code == 404
    assert Recipient.objects.count() == 0


def test_signs_that_no_database_keeps_are_a_wrong_link_or_no_cookie(
    client: Client, firm: Firm, survey: Survey
) -> None:
    survey = actions.set_open_link(survey=survey, is_on=True, actor=firm.owner)
    actions.open_survey(survey=survey, actor=firm.owner)
    for link in ("/q/%00/", "/q/o/a%00b/", "/q/%ED%A0%80/", f"{survey.open_url[:-1]}%00/"):
        assert client.get(link).status_code == 404, link
        assert client.post(link, {"asked": ""}).status_code == 404, link
    # A quoted cookie may hold any sign.
    client.cookies[f"survey-{survey.pk}"] = "a\0b"
    assert client.get(survey.open_url).status_code == 200
    assert post(client, survey.open_url, survey, 5).status_code == 200
    assert survey.responses.count() == 1
