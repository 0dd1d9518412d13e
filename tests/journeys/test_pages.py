"""Every page of the demo company at a desk and on a phone: it fits, its console is silent, and everybody can use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page

from tools.browser import settle
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.import_models import ImportRun
from yunchou.lifecycle.campaigns.models import Campaign, Status

from .conftest import DESKTOP, PHONE

NOW = "2024-08-02T15:20"
SERIOUS = {"serious", "critical"}
SHELL = ".side, .tabs, .card-head h2:not(#data-charts h2), .page-head .actions, thead th"
"""What is always ours to say; the rest of a page may be people's own Chinese words."""
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def demo(transactional_db: None) -> Iterator[None]:
    """The demo company on the afternoon that the pictures of the design show."""
    with clock.shifted(NOW):
        call_command("seed", verbosity=0)
        yield


def addresses() -> dict[str, list[str]]:
    """The pages by whom they are looked at."""
    running = Campaign.objects.get(status=Status.RUNNING, kind="marketing").pk
    archived = Campaign.objects.select_related("owner").get(status=Status.ARCHIVED)
    run = ImportRun.objects.select_related("actor").first()
    case = Case.objects.order_by("-pk").first()
    assert run is not None
    assert case is not None
    rooms = ("budget/", "schedule/", "schedule/?view=tasks", "data/", "reports/", "reports/new/", "risks/")
    return {
        "zhang": [
            "/",
            "/campaigns/",
            "/campaigns/?as=board",
            "/campaigns/?as=calendar",
            *(f"/campaigns/{running}/{part}" for part in ("", "proposal/", "timeline/")),
            *(f"/s/{running}/{room}" for room in rooms),
        ],
        archived.owner.username: [f"/s/{archived.pk}/review/", f"/s/{archived.pk}/archive/", "/archive/"],
        run.actor.username: [run.get_absolute_url(), "/campaigns/import/"],
        "xu": ["/approvals/", case.get_absolute_url()],
    }


def faults(page: Page, address: str) -> list[str]:
    """What is wrong with a page as it stands in its window."""
    answer = page.goto(address)
    settle(page)
    where = f"{address} at {page.viewport_size['width']}" if page.viewport_size else address
    found = []
    if answer is None or answer.status != 200:
        found.append(f"{where}: status {answer and answer.status}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        found.append(f"{where}: {wide} px too wide")
    for violation in Axe().run(page).response["violations"]:
        if violation["impact"] in SERIOUS:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            found.append(f"{where}: {violation['id']} ({violation['impact']}) {nodes}")
    return found


@pytest.mark.usefixtures("demo")
def test_pages_fit_and_are_accessible_and_english_is_complete(sign_in: Callable[..., Page]) -> None:
    found = []
    for username, pages in addresses().items():
        for size in (DESKTOP, PHONE):
            page = sign_in(username, size=size)
            for address in pages:
                found += faults(page, address)
            page.context.close()
    User.objects.filter(username="zhang").update(language="en")
    page = sign_in("zhang")
    for address in addresses()["zhang"]:
        page.goto(address)
        for words in page.locator(SHELL).all_inner_texts():
            if HAN.search(words.replace("张", "")):
                found.append(f"{address} in English: {words.strip()[:80]}")
    assert not found, "\n".join(found)
