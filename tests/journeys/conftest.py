"""A browser for the journeys: Chinese, in Shanghai, strict about the console.

`sign_in("wang.lei")` gives a page of that person; `page_factory()` one of a stranger; `snap(page, "home")` keeps a picture.
To let the product stand at a moment, use `core.clock.shifted("2024-08-02T15:20")` around the walk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tools.browser import PATIENCE, still
from tools.machine import chromium

# Playwright's own event loop runs in this thread, which Django would take for an asynchronous program.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).parent
PICTURES = HERE.parent.parent / "test-results"
DESKTOP, PHONE = (1440, 900), (390, 844)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Refusals are answers, not faults, though the browser writes them to its console.
REFUSALS = ("status of 403", "status of 409", "status of 422")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
            # What migrations put into the database comes back after each journey has emptied it.
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys; every page has a context of its own."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page_factory(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Makes pages: `page_factory(size=PHONE, dark=True)`. An error on the console of any of them fails the test."""
    faults: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(status in message.text for status in REFUSALS):
            faults.append(f"{message.text} ({message.location.get('url', '')})")

    def make(*, size: tuple[int, int] = DESKTOP, dark: bool = False, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": size[0], "height": size[1]},
            is_mobile=size == PHONE,
            has_touch=size == PHONE,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(2 * PATIENCE)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == [], "errors on the browser's console"


@pytest.fixture
def sign_in(page_factory: Callable[..., Page], live_server: LiveServer) -> Callable[..., Page]:
    """A page of somebody who is signed in: `sign_in("wang.lei", size=PHONE)`. The form itself has its own journey."""

    def enter(username: str, **options: Any) -> Page:
        user = get_user_model()._default_manager.get_by_natural_key(username)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        page = page_factory(**options)
        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": str(session.session_key),
            "url": live_server.url,
        }
        page.context.add_cookies([cookie])
        return page

    return enter


@pytest.fixture
def snap() -> Callable[..., Path]:
    """`snap(page, "home")` writes test-results/home.png and returns its path."""

    def keep(page: Page, name: str, *, whole: bool = False) -> Path:
        PICTURES.mkdir(exist_ok=True)
        still(page)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole, animations="disabled")
        return PICTURES / f"{name}.png"

    return keep
