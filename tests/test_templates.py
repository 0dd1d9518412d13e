"""Every template compiles, escapes what it shows, and asks nothing that the content policy forbids."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from tests.floors import SOURCE

TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
FORBIDDEN = {
    "unescaped output": re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off"),
    "script in an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
    "script or style without nonce": re.compile(
        r"<(?:script|style)(?![^>]*(?:\bsrc=|\bnonce=|type=.application/json))[^>]*>", re.IGNORECASE
    ),
    "badge in a tone that does not exist": re.compile(
        r"{%\s*badge\s+\S+\s+\"(?!neutral\b|accent\b|ok\b|warn\b|bad\b)"
    ),
    "file of another host": re.compile(
        r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.as_posix().split("/templates/", 1)[1])
def test_template_compiles(path: Path) -> None:
    name = path.as_posix().split("/templates/", 1)[1]
    assert Path(get_template(name).origin.name) == path, "hidden by a template of the same name"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    found = [
        str(path.relative_to(SOURCE)) for path in TEMPLATES if FORBIDDEN[what].search(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)
