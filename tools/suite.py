"""`./test`: every check, and one line at the end that counts them. Standard library only.

Two cores are kept busy: both databases are made beside the checks; the journeys, which wait for their browser, walk beside the
tests, which share two workers. Whoever needs a migrated SQLite database copies one file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tools import machine
from tools.environment import ROOT, ensure

SHOWN = 200  # lines of a check that failed
# Neighbours stay on one worker, which share what a module has set up, until the other has nothing left to do.
WORKERS = ("-n", "2", "--dist", "worksteal")
# Checks and tests give way to the journeys, where a person would not wait either.
GIVING_WAY = ["nice"] if shutil.which("nice") else []
PRODUCTION = {
    "YUNCHOU_BASE_URL": "https://yunchou.example",
    "YUNCHOU_SECRET": "a-secret-of-this-check-only-" + "x9Qm3" * 10,
}


@dataclass
class Suite:
    """One run: what to do it with, and what came out."""

    python: Path
    scratch: Path
    word: str
    stress: bool
    passed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)
    said: list[str] | None = None
    """What a run beside another one will say when that has finished."""

    def environment(self, **more: str) -> dict[str, str]:
        """The caller's environment without its own configuration of the product."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("YUNCHOU_")}
        if browser := os.environ.get("YUNCHOU_CHROMIUM"):
            kept["YUNCHOU_CHROMIUM"] = browser
        kept |= {
            "DJANGO_SETTINGS_MODULE": "yunchou.config.settings",
            "YUNCHOU_DATA_DIR": str(self.scratch / "var"),
            "YUNCHOU_FONT_DIR": str(ROOT / "var" / "fonts"),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PATH": os.pathsep.join([str(self.python.parent), os.environ.get("PATH", os.defpath)]),
        }
        if self.stress:
            kept["YUNCHOU_STRESS"] = "1"
        return kept | more

    def check(self, name: str, program: str, *arguments: str, **environment: str) -> None:
        """Run a program of `.venv`; it passes when it ends with 0, and its output is shown when not."""
        started = time.monotonic()
        done = subprocess.run(
            [*GIVING_WAY, str(self.python.parent / program), *arguments],
            cwd=ROOT,
            env=self.environment(**environment),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        verdict = "failed" if done.returncode else "ok"
        self.say(f"{name:<42} {verdict:<7} {time.monotonic() - started:5.1f} s")
        if done.returncode:
            lines = done.stdout.splitlines()
            more = f"... {len(lines) - SHOWN} more lines" if len(lines) > SHOWN else ""
            self.say("\n".join([*lines[:SHOWN], more]))
            self.failures.append(name)
        else:
            self.passed += 1

    def tests(self, name: str, *arguments: str, **environment: str) -> None:
        """Run pytest, shown as it goes unless it runs beside something else, and add up what it counted."""
        self.say(f"\n{name}")
        report = self.scratch / "report.xml"
        report.unlink(missing_ok=True)
        narrowed = ["-k", self.word] if self.word else []
        giving_way = GIVING_WAY if self.said is None else []
        command = [
            *giving_way,
            str(self.python),
            "-m",
            "pytest",
            "-q",
            f"--junitxml={report}",
            *arguments,
            *narrowed,
        ]
        environment = {"DJANGO_SETTINGS_MODULE": "yunchou.config.testing", **environment}
        later: dict[str, int] = (
            {} if self.said is None else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        )
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(**environment), text=True, check=False, **later
        )
        if done.stdout:
            self.say(done.stdout.rstrip())
        code = done.returncode
        counts = _counts(report)
        self.passed += counts["tests"] - counts["failures"] - counts["errors"] - counts["skipped"]
        self.skipped += counts["skipped"]
        wrong = counts["failures"] + counts["errors"]
        found_nothing = code == 5 and self.word
        self.failures += [name] * (wrong or (1 if code and not found_nothing else 0))

    def attempt(self, name: str, step: Callable[[], None]) -> None:
        """A step that needs something of the machine: where that is missing it is skipped aloud, but never in CI."""
        try:
            step()
        except machine.NotHere as missing:
            self.say(f"{name:<42} {'failed' if _in_ci() else 'skipped'}: {missing}")
            if _in_ci():
                self.failures.append(name)
            else:
                self.skipped += 1

    @contextmanager
    def beside(self, step: Callable[[Suite], None]) -> Iterator[None]:
        """Do `step` while the block runs; it is told of, and counted, at the end of the block."""
        scratch = Path(tempfile.mkdtemp(prefix="beside-", dir=self.scratch))
        other = Suite(self.python, scratch, self.word, self.stress, said=[])
        with ThreadPoolExecutor(1) as thread:
            going = thread.submit(step, other)
            yield
            going.result()
        self.say("\n".join(other.said or ()))
        self.passed += other.passed
        self.skipped += other.skipped
        self.failures += other.failures

    def say(self, words: str) -> None:
        """Print it, or keep it for later."""
        if self.said is None:
            print(words, flush=True)
        else:
            self.said.append(words)


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for; returns 0 when nothing failed."""
    options = _parser().parse_args(arguments)
    python = ensure(development=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="yunchou-suite-") as scratch, ExitStack() as ends:
        suite = Suite(python, Path(scratch), options.k, options.stress)
        template = {"YUNCHOU_TEST_TEMPLATE": str(suite.scratch / "migrated.sqlite3")}
        servers: list[str] = []

        def sqlite(beside: Suite) -> None:
            _migrate(beside, "SQLite", f"sqlite:///{template['YUNCHOU_TEST_TEMPLATE']}")

        def postgres(beside: Suite) -> None:
            if not options.quick:
                beside.attempt("Tests on PostgreSQL", lambda: servers.append(_postgres(beside, ends)))

        with suite.beside(postgres), suite.beside(sqlite):
            if not options.k:
                _checks(suite)
        tests = (*WORKERS, "-m", "not journey")
        with nullcontext() if options.quick else suite.beside(partial(_journeys, template)):
            suite.tests("Tests on SQLite", *tests, **template)
            for url in servers:
                suite.tests("Tests on PostgreSQL", *tests, YUNCHOU_DATABASE_URL=url)
    if suite.failures:
        print("\nFailed: " + ", ".join(dict.fromkeys(suite.failures)))
    print(f"\n{time.monotonic() - started:.0f} s")
    skipped = f", {suite.skipped} skipped" if suite.skipped else ""
    print(f"{suite.passed} passed, {len(suite.failures)} failed{skipped}", flush=True)
    return 1 if suite.failures else 0


def _parser() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(prog="./test", description="Run every check and test of Yunchou.")
    told.add_argument(
        "--quick",
        action="store_true",
        help="less than half of the time: without PostgreSQL and without the browser",
    )
    told.add_argument(
        "-k",
        metavar="WORD",
        default="",
        help="only the tests that the word names (as pytest's -k), no other checks",
    )
    told.add_argument(
        "--stress",
        action="store_true",
        help="full counts of races, kills and generated cases (under an hour)",
    )
    return told


def _checks(suite: Suite) -> None:
    """Everything that reads the code without running the product."""
    suite.check("Format (ruff)", "ruff", "format", "--check", "--output-format", "concise", ".")
    suite.check("Lint (ruff)", "ruff", "check", "--output-format", "concise", ".")
    templates = sorted(
        str(path.relative_to(ROOT)) for path in ROOT.glob("src/yunchou/**/templates/**/*.html")
    )
    if templates:
        suite.check("Templates (djade)", "djade", "--target-version", "5.2", "--check", *templates)
    suite.check("Layers (import-linter)", "lint-imports", "--no-cache", "--no-logo")
    suite.check("Types (mypy)", "mypy")
    suite.check("Migrations are complete", "python", "-m", "django", "makemigrations", "--check", "--dry-run")
    suite.check(
        "Fit to deploy",
        "python",
        "-m",
        "django",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        **PRODUCTION,
    )
    suite.check("Coverage page is true", "python", "-m", "tools.coverage_page", "--check")
    suite.attempt("Translations are complete", lambda: _translations(suite))


def _translations(suite: Suite) -> None:
    machine.gettext()
    suite.check("Translations are complete", "python", "-m", "tools.translations")


def _migrate(suite: Suite, name: str, url: str) -> None:
    """All migrations, once for all workers."""
    command = ("python", "-m", "django", "migrate", "--verbosity", "0")
    suite.check(f"Migrations run on {name}", *command, YUNCHOU_DATABASE_URL=url)


def _postgres(suite: Suite, ends: ExitStack) -> str:
    """The URL of a server, whose every new database comes migrated, since `template1` is."""
    url = ends.enter_context(machine.database_server())
    _migrate(suite, "PostgreSQL", url.replace("/postgres?", "/template1?"))
    return url


def _journeys(template: dict[str, str], suite: Suite) -> None:
    suite.attempt("Journeys in Chromium", lambda: _walk(template, suite))


def _walk(template: dict[str, str], suite: Suite) -> None:
    browser = machine.chromium()
    suite.check("Fonts of the PDF pages", "python", "-m", "yunchou", "pdf-fonts")
    more = {"YUNCHOU_CHROMIUM": browser, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    suite.tests("Journeys in Chromium", "-m", "journey", **more, **template)


def _counts(report: Path) -> dict[str, int]:
    names = ("tests", "failures", "errors", "skipped")
    if not report.exists():
        return dict.fromkeys(names, 0)
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    totals = dict.fromkeys(names, 0)
    for suite in suites:
        for name in names:
            totals[name] += int(suite.get(name, 0))
    return totals


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}
