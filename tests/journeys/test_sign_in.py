"""The door: the page that a stranger meets, and the probes."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_a_stranger_is_asked_to_sign_in(page_factory: Callable[..., Page]) -> None:
    page = page_factory()
    page.goto("/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    expect(page.locator("input[name=login]")).to_be_visible()
