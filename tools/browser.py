"""What journeys and pictures need of a page in Chromium."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLong

PATIENCE: Final = 15_000
"""Milliseconds until a walk gives up on a page, on a machine that has other things to do."""
QUIET_WITHIN: Final = 3_000
# What a page asks for after it came has come, and is in its place.
SETTLED: Final = "document.fonts.status === 'loaded' && !document.querySelector('.htmx-request')"


def settle(page: Page) -> None:
    """Wait until the page is complete; asked from here, since its policy lets no string become a script."""
    for _look in range(PATIENCE // 25):
        if page.evaluate(SETTLED):
            return
        page.wait_for_timeout(25)


def still(page: Page) -> None:
    """Wait until a picture shows everything: charts ask for their data as well. A wall asks for ever; it is taken as it is."""
    page.wait_for_load_state("load")
    with suppress(TooLong):
        page.wait_for_load_state("networkidle", timeout=QUIET_WITHIN)
    settle(page)
