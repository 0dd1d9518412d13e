"""Kinds of journal entries: each knows its sentence and which of its values are personal."""

from __future__ import annotations

from dataclasses import dataclass

from yunchou.kernel.core.registry import Registry


@dataclass(frozen=True)
class Kind:
    """`sentence` is an English msgid with `{named}` values of the entry's data; the actor is shown before it."""

    key: str
    sentence: str
    icon: str = "point"
    # Whether such an entry tells that somebody changed the content of its subject.
    edits: bool = False
    # Whether such an entry tells that somebody looked at personal data of others (SUP-06).
    looks: bool = False

    def __str__(self) -> str:
        return self.key


kinds: Registry[Kind] = Registry("journal kind")


def kind(key: str, sentence: str, *, icon: str = "point", edits: bool = False, looks: bool = False) -> Kind:
    """Declare a kind, past tense: `kind("campaigns.submitted", _("sent {title} for approval"))`.

    `edits` marks changes of the subject's content: whoever made the last one does not decide on it (R-APR-15). `looks` marks
    looks at personal data, of which audits draw samples (SUP-05).
    """
    return kinds.add(key, Kind(key, sentence, icon, edits, looks))
