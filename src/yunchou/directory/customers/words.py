"""Words of choices as the journal keeps them: English, translated when they are read."""

from __future__ import annotations

from django.utils.translation import override

from yunchou.kernel.core.text import Say, Text


def plain(label: Text) -> str:
    """The msgid of a word."""
    with override(None):
        return str(label)


def word(label: Text, context: str = "") -> Say:
    """A word as a sentence of its own; `context` as it was declared."""
    return Say(plain(label), context=context)
