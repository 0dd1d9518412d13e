"""Every address of the product: who may call it is told, and the product behaves as told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from yunchou.config.routes import Route, all_routes
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.insights.demo.company import DemoCompany, make_company

PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>[^)]*\)")
OF_CAMPAIGN = re.compile(r"/(s|campaigns)/<int:pk>/")
# One person for every kind of work; what they may do comes from their positions alone.
ROLES = (
    "zheng",
    "xu",
    "he",
    "lin",
    "chen",
    "tang",
    "feng",
    "shen",
    "admin",
    "security",
    "zhang",
    "li",
    "huang",
    "luo",
)
# Answers that say "not you" or "not there"; a person without the right gets one of these.
KEPT_OUT = {403, 404}
PARTS = 4
"""The addresses are gone through in so many tests, for several workers."""


@pytest.fixture
def company(db: None) -> DemoCompany:
    return make_company()


@pytest.fixture
def subject(company: DemoCompany) -> Subject:
    """A campaign of another region than the outsider's, so that nothing of it is theirs."""
    campaign = create_campaign(
        name="路线检查",
        kind="marketing",
        unit=company.regions["south"],
        owner=company["zhang"],
        actor=company["zhang"],
    )
    return campaign.subject


def address(route: Route, subject: Subject) -> str:
    """The address with the campaign where a subject is meant, and numbers of nothing elsewhere."""

    def fill(match: re.Match[str]) -> str:
        name, kind = match["name"] or match["group"], match["kind"]
        if name == "pk" and (route.path.startswith(("/s/", "/campaigns/"))):
            return str(subject.pk)
        if name == "code":
            return subject.code if "subjects" in route.path else "south"
        if name == "table":
            return "goals"
        return {"int": "999999", "day": "2024-08-01"}.get(kind or "", "nothing")

    return PLACE.sub(fill, route.path)


def ask(client: Client, route: Route, url: str) -> int:
    """The answer to a harmless call: a look where looking is allowed, else a form without content."""
    call: Any = client.get if "GET" in route.methods else client.post
    # A refused form goes back to its page with a message; a machine is told the plain status.
    status: int = call(url, headers={"Accept": "application/json"}).status_code
    return status


def test_every_address_is_told_about() -> None:
    out = StringIO()
    call_command("routes", json=True, stdout=out)
    routes = json.loads(out.getvalue())
    assert len(routes) == len(all_routes())
    assert all(
        route["right"] or route["scope"] or route["why"] or route["access"] == "signed-in" for route in routes
    )


@pytest.mark.once
def test_strangers_are_sent_to_sign_in(client: Client, subject: Subject) -> None:
    let_in = []
    for route in all_routes():
        status = ask(client, route, address(route, subject))
        if route.access.public:
            assert status < 500, (route, status)
        elif status not in {302, 401, 403, 404}:
            let_in.append((route.path, status))
    assert not let_in


@pytest.mark.once
def test_what_a_stranger_is_redirected_to_is_the_sign_in_page(client: Client, subject: Subject) -> None:
    for route in all_routes():
        if route.access.public:
            continue
        call: Any = client.get if "GET" in route.methods else client.post
        answer = call(address(route, subject))
        if answer.status_code == 302:
            assert "/accounts/login/" in answer["Location"], route.path


@pytest.mark.once
def test_an_outsider_finds_nothing_of_a_campaign(
    client: Client, subject: Subject, company: DemoCompany
) -> None:
    outsider = User.objects.create(username="outsider", name="外人")
    let_in = []
    for person in (outsider, company["ma"]):
        client.force_login(person)
        for route in all_routes():
            if not route.path.startswith("/s/") and route.name != "campaigns:campaign_detail":
                continue
            status = ask(client, route, address(route, subject))
            if status not in KEPT_OUT:
                let_in.append((person.username, route.path, status))
    assert not let_in


def shut_out(route: Route, person: User, subject: Subject) -> bool:
    """Whether the rights of a person do not reach this address."""
    right, scope = route.access.right, route.access.scope
    if not right:
        return False
    if scope == "subject" and OF_CAMPAIGN.match(route.path):
        return not holds(person, right, subject)
    return scope == "any" and not holds(person, right)


@pytest.mark.once
@pytest.mark.parametrize("part", range(PARTS))
def test_each_role_meets_what_its_rights_say(
    subject: Subject, company: DemoCompany, part: int, scaled: Callable[[int, int], int]
) -> None:
    """All who are shut out of an address try it; of those let in, one in turn, and all under `./test --stress`."""
    clients = {username: Client() for username in ROLES}
    for username, client in clients.items():
        client.force_login(company[username])
    wrong = []
    tried = scaled(1, len(ROLES))
    for number, route in enumerate(all_routes()[part::PARTS]):
        if route.name == "account_logout":
            continue
        out = {username for username in ROLES if shut_out(route, company[username], subject)}
        let_in = [username for username in ROLES if username not in out]
        turn = number % len(let_in) if let_in and tried == 1 else 0
        for username in (*out, *let_in[turn:][:tried]):
            with transaction.atomic():  # what one of them does is not there for the next
                status = ask(clients[username], route, address(route, subject))
                transaction.set_rollback(True)
            if status >= 500:
                wrong.append((route.path, username, status, "broken"))
            elif username in out and status not in KEPT_OUT:
                wrong.append((route.path, username, status, f"let in without {route.access.right}"))
    assert not wrong
