"""Tabs of a subject: one row, and a second one for the pages that hang together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.ui import subject_pages
from yunchou.kernel.ui.subject_pages import Tab, shown_tabs

pytestmark = pytest.mark.once
NOBODY: Any = SimpleNamespace(user=None)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Four tabs, two of them under the budget; returns the keys that the person may not see."""
    found: Registry[Tab] = Registry("tab")
    for order, key, under in (
        (10, "overview", ""),
        (35, "purchases", "budget"),
        (30, "budget", ""),
        (36, "claims", "budget"),
    ):
        found.add(key, Tab(key, key, order, "", under=under, count=lambda subject: 3))
    hidden: set[str] = set()
    monkeypatch.setattr(subject_pages, "tabs", found)
    monkeypatch.setattr(
        subject_pages, "_address", lambda request, subject, tab: "" if tab.key in hidden else f"/{tab.key}/"
    )
    return hidden


def keys(row: list[subject_pages.ShownTab]) -> list[str]:
    return [f"{tab.key}*" if tab.is_active else tab.key for tab in row]


@pytest.mark.parametrize(
    ("active", "row", "below"),
    [
        ("overview", ["overview*", "budget"], []),
        ("budget", ["overview", "budget*"], ["budget*", "purchases", "claims"]),
        ("claims", ["overview", "budget*"], ["budget", "purchases", "claims*"]),
    ],
)
def test_a_family_has_one_tab_and_a_row_of_its_own(
    rooms: set[str], active: str, row: list[str], below: list[str]
) -> None:
    shown = shown_tabs(NOBODY, NOBODY, active)
    assert keys(shown.row) == row
    assert keys(shown.below) == below


def test_without_its_head_the_next_of_a_family_stands_for_it(rooms: set[str]) -> None:
    rooms.add("budget")
    shown = shown_tabs(NOBODY, NOBODY, "claims")
    assert keys(shown.row) == ["overview", "purchases*"]
    assert keys(shown.below) == ["purchases", "claims*"]
    rooms.add("purchases")
    assert keys(shown_tabs(NOBODY, NOBODY, "claims").row) == ["overview", "claims*"]
    assert shown_tabs(NOBODY, NOBODY, "claims").below == []
