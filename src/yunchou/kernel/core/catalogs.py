"""The translations of all rooms as one dictionary for each language.

Django means to merge the catalogues of apps that form plurals alike, but compares a function with its code, so that each
room's stays apart and every word of a page is looked for in some fifty dictionaries (Django 5.2; a test tells when that ends).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation.trans_real import TranslationCatalog


def merge() -> None:
    """Have catalogues that form plurals alike merged from now on; for once, before anything is translated."""
    TranslationCatalog.update = _update  # type: ignore[method-assign,assignment]


def _update(catalog: Any, other: Any) -> None:
    """What an app says goes before what was there, as ever."""
    if other.plural.__code__ == catalog._plurals[0].__code__:
        catalog._catalogs[0].update(other._catalog)
    else:
        catalog._catalogs.insert(0, other._catalog.copy())
        catalog._plurals.insert(0, other.plural)
