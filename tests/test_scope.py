"""Nothing of another region reaches a person of this one: no list, search, picker, total, file or export (trust T1)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yunchou.config.routes import Route, all_routes
from yunchou.kernel.files.actions import attach_file
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns import journal as campaigns
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.insights.demo.company import DemoCompany, make_company
from yunchou.lifecycle.supervision.actions import add_note, appoint_team

SECRET = "绝密南风计划"
PINYIN = "juemi"
NUMBER = re.compile(r"<int:\w+>")
WORD = re.compile(r"<[^>]*>")
# What differs from one answer to the next without saying anything: form tokens, nonces, popover numbers.
NOISE = re.compile(
    r'(csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken[^}]*|nonce="[^"]*"|clause-\d+|name="once" value="[^"]*"|DTSTAMP[^\r\n]*'
    r'|"csrf[^"]*":\s*"[^"]*")'
)
# Words that a search is asked for, and where a number of a thing stands in the query.
QUESTIONS: tuple[dict[str, str], ...] = ({}, {"q": SECRET}, {"q": PINYIN, "sort": "-name", "tab": "done"})
# Pages that show nothing of the business: signing in, the gallery of components.
SEARCHING = ("_list", "_options", "options", "search", "home", "pick", "who_may")
NOT_OURS = ("account_", "mfa_", "ui:", "accounts:")


@pytest.fixture
def company(db: None) -> DemoCompany:
    return make_company()


def secrets_of(company: DemoCompany) -> dict[str, int]:
    """Things of the south, each with the secret in its name; returns the number to try by beginning of an address."""
    zhang, south = company["zhang"], company.regions["south"]
    campaign = create_campaign(name=SECRET, kind="marketing", unit=south, owner=zhang, actor=zhang)
    subject: Subject = campaign.subject
    upload = SimpleUploadedFile(f"{SECRET}.txt", SECRET.encode(), "text/plain")
    attachment = attach_file(subject=subject, upload=upload, actor=zhang)
    team = appoint_team(
        name=SECRET,
        unit=south,
        head=company["li"],
        members=[],
        starts_on=subject.created_at.date(),
        actor=company["huang"],
    )
    add_note(subject=subject, kind="guidance", text=SECRET, actor=company["lin"])
    record(campaigns.CREATED, actor=zhang, subject=subject, data={"title": SECRET})
    return {"/files/": attachment.pk, "/supervision/": team.pk, "/": subject.pk}


def looks(routes: list[Route]) -> list[Route]:
    return [
        route
        for route in routes
        if "GET" in route.methods
        and not route.access.public
        and "(?P" not in route.path
        and not route.name.startswith(NOT_OURS)
    ]


def told(client: Client, url: str, query: dict[str, str]) -> str:
    answer: Any = client.get(url, query)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code < 500, url
    # What was typed comes back in the search field.
    text = body.decode("utf-8", "replace").replace(SECRET, "", 2 if SECRET in query.values() else 0)
    return NOISE.sub("", text)


def everything(client: Client) -> dict[tuple[str, str], str]:
    """Every page, list and picker that needs no number; those that search are asked with several words."""
    return {
        (route.path, str(query)): told(client, route.path, query)
        for route in looks(all_routes())
        if "<" not in route.path
        for query in (QUESTIONS if route.name.endswith(SEARCHING) else QUESTIONS[:1])
    }


def numbered(numbers: dict[str, int]) -> list[str]:
    """Every address with the number of a thing in it, tried with the number of a thing of that kind."""
    found = []
    for route in looks(all_routes()):
        if "<int:" in route.path:
            number = next(pk for start, pk in numbers.items() if route.path.startswith(start))
            found.append(WORD.sub("goals", NUMBER.sub(str(number), route.path)))
    return found


@pytest.mark.once
@pytest.mark.req("ORG-12")
def test_lists_searches_pickers_totals_and_files_tell_other_regions_nothing(
    company: DemoCompany, settings: Any, tmp_path: Any
) -> None:
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    east, south = Client(), Client()
    east.force_login(company["ma"])
    south.force_login(company["zhang"])
    east.get("/")  # the first visit leaves traces of its own
    before = everything(east)
    numbers = secrets_of(company)
    after = everything(east)
    assert not {path for path, query in before if before[path, query] != after[path, query]}
    assert not [url for url in numbered(numbers) if SECRET in told(east, url, {})]
    # The walk would notice: who stands in the south finds the secret by the same questions.
    for path in (
        "/campaigns/",
        "/supervision/",
        f"/s/{numbers['/']}/budget/",
        f"/files/{numbers['/files/']}/",
    ):
        assert SECRET in told(south, path, {}), path
