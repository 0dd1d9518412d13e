"""Sentences that are stored in one language and read in another.

A verdict or a journal line is written once and read by people in their own language, so what is kept is the
English sentence with its parameters; `str()` renders it in the language of whoever reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Say:
    """A translatable sentence with `{named}` parameters: strings, whole numbers or further sentences.

    `context` is that of `pgettext`, for words that mean something else in another room.
    """

    msgid: str
    params: Mapping[str, str | int | Say] = field(default_factory=dict)
    context: str = ""

    def __str__(self) -> str:
        words = pgettext(self.context, self.msgid) if self.context else gettext(self.msgid)
        return words.format_map({name: str(value) for name, value in self.params.items()})

    def to_json(self) -> Json:
        """The sentence as kept in the database."""
        params = {k: v.to_json() if isinstance(v, Say) else v for k, v in self.params.items()}
        about = {"with": params} if params else {}
        return {"say": self.msgid, **about, **({"context": self.context} if self.context else {})}

    @classmethod
    def from_json(cls, data: Json | str) -> Say:
        """The sentence from `to_json`; a bare string is a sentence without parameters."""
        if isinstance(data, str):
            return cls(data)
        params = {k: cls.from_json(v) if isinstance(v, dict) else v for k, v in data.get("with", {}).items()}
        return cls(data["say"], params, data.get("context", ""))


def say(msgid: str, **params: str | int | Say) -> Say:
    """A sentence to be translated when it is read; mark `msgid` with `gettext_noop as _`."""
    return Say(msgid, params)


Text: TypeAlias = str | Promise | Say


def labels_of(kinds: type[models.TextChoices]) -> dict[str, str]:
    """What values are called in the reader's language, for whoever writes thousands of them.

    `get_<field>_display` translates every choice anew each time.
    """
    return {str(value): str(label) for value, label in kinds.choices}


def listed(words: Iterable[Text]) -> str:
    """Words one after the other as the reader's language lists them: `a、b` or `a, b`."""
    said = [str(word) for word in words]
    return pgettext("between listed words", ", ").join(said) if len(said) > 1 else "".join(said)
