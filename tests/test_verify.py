"""`manage.py verify` proves what can be proved, and names what does not hold."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from yunchou.kernel.core.verification import checks
from yunchou.kernel.journal.actions import seal_all
from yunchou.kernel.journal.models import JournalEntry, Seal
from yunchou.lifecycle.insights.demo.company import make_company

pytestmark = pytest.mark.django_db


def verify(*names: str) -> dict[str, Any]:
    out = StringIO()
    code = 0
    try:
        call_command("verify", *names, json=True, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    report: dict[str, Any] = json.loads(out.getvalue())
    assert code == (0 if report["ok"] else 1)
    return report


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: Any) -> None:
    """A folder of its own: what other tests stored and rolled back would be orphans here."""
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.fixture
def company() -> None:
    make_company()
    seal_all()


@pytest.mark.req("SUP-06")
def test_an_untouched_company_holds(company: None) -> None:
    report = verify()
    assert report["ok"]
    assert (
        set(report["problems"])
        == set(checks.keys())
        >= {"journal", "versions", "files", "balances", "archives"}
    )
    assert report["notes"]["journal"]["unsealed"]["count"] == 0
    assert report["notes"]["journal"]["links"] == JournalEntry.objects.count() == Seal.objects.count()


@pytest.mark.req("SUP-06")
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (
            "UPDATE journal_journalentry SET actor_id = NULL WHERE id = (SELECT MAX(id) FROM journal_journalentry)",
            "altered",
        ),
        (
            "UPDATE journal_journalentry SET kind = 'x' WHERE id = (SELECT MIN(id) FROM journal_journalentry)",
            "altered",
        ),
        ("DELETE FROM journal_seal WHERE number = 2", "missing_link"),
    ],
)
def test_a_changed_entry_is_named_and_the_command_fails(company: None, statement: str, code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    report = verify("journal")
    assert not report["ok"]
    assert code in {problem["code"] for problem in report["problems"]["journal"]}


def test_entries_that_no_link_covers_are_named(company: None) -> None:
    entry = JournalEntry.objects.create(kind="tests.unsealed")
    tail = verify("journal")["notes"]["journal"]["unsealed"]
    assert tail == {"count": 1, "first": entry.pk, "last": entry.pk}
