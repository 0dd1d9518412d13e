"""Where the choices of a person field come from, when the room that knows people offers a search."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

_search: list[str] = []


def people_from(url_name: str) -> None:
    """Let person fields search at this address (posting `q`, answering `{results: [{value, text, note}]}`)."""
    _search[:] = [url_name]


def people_url() -> str:
    """The address of the search, or nothing where no room offers one."""
    try:
        return reverse(_search[0]) if _search else ""
    except NoReverseMatch:
        return ""
