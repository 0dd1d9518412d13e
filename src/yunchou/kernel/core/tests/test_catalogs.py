"""Translations are looked for in one place."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import trans_real


def _catalogs(language: str) -> Any:
    found: Any = trans_real.translation(language)
    return found._catalog


def test_the_words_of_all_rooms_are_in_one_dictionary() -> None:
    # Beside ours those of Django where it forms plurals in another way; no room adds one of its own.
    assert len(_catalogs("zh-hans")._catalogs) <= 2
    assert len(_catalogs("en")._catalogs) <= 3


def test_merged_catalogues_say_what_they_said_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def apart(catalog: Any, other: Any) -> None:
        catalog._catalogs.insert(0, other._catalog.copy())
        catalog._plurals.insert(0, other.plural)

    merged = _catalogs("zh-hans")
    monkeypatch.setattr(trans_real.TranslationCatalog, "update", apart)
    found: Any = trans_real.DjangoTranslation("zh-hans")
    assert len(found._catalog._catalogs) > 40
    keys = set(found._catalog.keys())
    assert keys == set(merged.keys())
    assert [key for key in keys if merged[key] != found._catalog[key]] == []
    assert found.ngettext("%(count)d day", "%(count)d days", 3) == trans_real.translation("zh-hans").ngettext(
        "%(count)d day", "%(count)d days", 3
    )
