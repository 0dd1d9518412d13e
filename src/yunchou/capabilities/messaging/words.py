"""Texts with placeholders. A template is a text, never code (P13): `{name}` of a short list is replaced, once, and nothing else
means anything. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.signs import clean
from yunchou.kernel.core.text import Say, say

PLACEHOLDER: Final = re.compile(r"\{([a-z_]{1,30})\}")
_CODE: Final = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|#\}"  # templates of the web
    r"|\$\{|#\{|<%|%>"  # templates of other languages
    r"|%\([^)\n]*\)|%[sdr](?![\w%])"  # formats of old
    r"|\{[^{}\n]*\}"  # whatever else stands in braces
    r"|[{}]"
)


@dataclass(frozen=True)
class Fault:
    """Something in a text that may not stand there, with its place counted from 1."""

    line: int
    column: int
    text: str
    reason: Say

    @property
    def say(self) -> Say:
        return say(
            _("Line {line}, character {column}: “{text}”. {reason}"),
            line=self.line,
            column=self.column,
            text=self.text,
            reason=self.reason,
        )


def faults_in(text: str, allowed: Collection[str]) -> Iterator[Fault]:
    """Everything in a template that is no plain text and none of the placeholders allowed, in its order."""
    done = 0
    while found := _CODE.search(text, done):
        done = found.end()
        name = PLACEHOLDER.fullmatch(found[0])
        if name and name[1] in allowed:
            continue
        if name:
            names = "、".join(f"{{{one}}}" for one in allowed)
            reason = say(_("There is no such placeholder here. There are: {names}."), names=names)
        else:
            reason = say(_("This looks like code; only the placeholders of the list are replaced."))
        before = text[: found.start()]
        line = before.count("\n") + 1
        yield Fault(line, found.start() - (before.rfind("\n") + 1) + 1, found[0][:40], reason)


def names_in(text: str) -> set[str]:
    """The placeholders that a text uses."""
    return set(PLACEHOLDER.findall(text))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced in one pass: what a value holds is never looked at again."""
    return PLACEHOLDER.sub(lambda found: clean(values.get(found[1], "")), text)
