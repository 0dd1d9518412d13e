"""Takes the pictures in `docs/screenshots/`: `python -m tools.screenshots [FOLDER]`.

Loads the demo company into a throw-away folder with the clock at the moment of the design's pictures, signs in as the lead
of the campus campaign and looks at its pages and those of an evening with guests, at a desk and on a phone; the list of
campaigns is the director's. Needs the development environment and Chromium.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TypeAlias
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools.browser import still
from tools.machine import chromium

Colour: TypeAlias = tuple[int, int, int]

ROOT = Path(__file__).resolve().parent.parent
MOMENT = "2024-08-02T15:20"
PERSON, CAMPAIGN = "zhang", "青春焕新·校园行动"
DIRECTOR = "tang"
"""Sees the campaigns of all regions."""
TABS = {
    "budget": "budget/", "gantt": "schedule/", "dashboard": "data/", "preparation": "preparation/", "risks": "risks/",
}  # fmt: skip
EVENT = "岁月同舟邻里晚会"
EVENT_TABS = {"guests": "guests/", "seats": "seats/", "run-sheet": "run/", "wall": "wall/office/"}
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
COMMON, RARE = 160, 96
PATIENCE = 60
"""Seconds that the server may take to start."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for size in SIZES:
            _walk(browser, address, size, folder)
        browser.close()


@contextmanager
def demo() -> Iterator[str]:
    """The demo company behind a server of its own; yields its address."""
    with tempfile.TemporaryDirectory(prefix="yunchou-pictures-") as data:
        environment = {
            **os.environ,
            "YUNCHOU_DATA_DIR": data,
            "YUNCHOU_DATABASE_URL": f"sqlite:///{data}/demo.sqlite3",
            "YUNCHOU_CLOCK": MOMENT,
            "YUNCHOU_DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "yunchou.config.settings",
        }
        for words in (["migrate", "-v0"], ["seed"]):
            subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, check=True)
        port = _free_port()
        command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as server:
            try:
                _wait_for(f"http://127.0.0.1:{port}/healthz")
                yield f"http://127.0.0.1:{port}"
            finally:
                server.terminate()


def _walk(browser: Browser, address: str, size: str, folder: Path) -> None:
    """One window through the pages."""
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=address,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": height},
        is_mobile=size == "phone",
        has_touch=size == "phone",
        reduced_motion="reduce",
    )
    page = context.new_page()
    _sign_in(page, PERSON)
    _keep(page, folder / f"home-{size}.png")
    for campaign, tabs in ((CAMPAIGN, {"campaign": "", **TABS}), (EVENT, EVENT_TABS)):
        page.goto("/campaigns/")
        page.get_by_role("link", name=campaign).first.click()
        page.wait_for_url("**/campaigns/*/")
        subject = page.url.replace("/campaigns/", "/s/")
        for name, tab in tabs.items():
            if tab:
                page.goto(f"{subject}{tab}")
            _keep(page, folder / f"{name}-{size}.png")
    context.clear_cookies()
    _sign_in(page, DIRECTOR)
    page.goto("/campaigns/?view=all")
    _keep(page, folder / f"campaigns-{size}.png")
    context.close()


def _sign_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(_password())
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: address.endswith("/") and "login" not in address)


def _keep(page: Page, path: Path) -> None:
    """Writes a picture in few colours, which shows the same and weighs a third."""
    still(page)
    picture = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    _with_few_colours(picture).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1024} kB")


def _with_few_colours(picture: Image.Image) -> Image.Image:
    """The commonest colours exactly, so that surfaces stay apart, and a few that cover the rare ones, such as warnings."""
    counted: dict[Colour, int] = Counter(picture.get_flattened_data())
    rare = picture.quantize(RARE, Image.Quantize.MAXCOVERAGE).convert("RGB").get_flattened_data()
    palette = list(dict.fromkeys([*sorted(counted, key=counted.__getitem__, reverse=True)[:COMMON], *rare]))
    nearest = {
        colour: min(range(len(palette)), key=lambda n: _apart(palette[n], colour)) for colour in counted
    }
    drawn = Image.new("P", picture.size)
    drawn.putpalette([part for colour in palette for part in colour])
    drawn.putdata([nearest[colour] for colour in picture.get_flattened_data()])
    return drawn


def _apart(one: Colour, other: Colour) -> int:
    """How different two colours are."""
    return sum((left - right) ** 2 for left, right in zip(one, other, strict=True))


def _password() -> str:
    sys.path.insert(0, str(ROOT / "src"))
    from yunchou.lifecycle.insights.demo.roster import PASSWORD

    return PASSWORD


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urlopen(address):
                return
        except (URLError, OSError):
            time.sleep(0.3)
    raise TimeoutError(f"nobody answers at {address}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots")
