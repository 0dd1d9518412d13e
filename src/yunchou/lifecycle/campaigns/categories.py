"""The audience categories that campaigns may name, standard ones and those of the company (TYP-02, TYP-08)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.translation import get_language

from yunchou.directory.customers.models import Identity, Stage
from yunchou.directory.customers.models.people import IN_PROCESS
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.sheets.grammar import fold

from .audience_models import AudienceCategory
from .models import Audience


@dataclass(frozen=True)
class Belonging:
    """Who belongs to a category: one of the identities and at one of the stages, each where any are named."""

    identities: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    needs_cooperation: bool = False

    def holds(self, identities: frozenset[str], stage: str) -> bool:
        """Whether somebody who is these, at this stage of the sale, belongs to it."""
        return (not self.identities or bool(identities & self.identities)) and (
            not self.stages or stage in self.stages
        )


@dataclass(frozen=True)
class Category:
    """One line of the register. `word` is how workbooks write it; `name` and `__str__` are how a page says it."""

    key: str
    word: str
    name_en: str
    belonging: Belonging
    is_used: bool = True
    is_standard: bool = False
    clause: str = ""

    @property
    def name(self) -> str:
        if self.is_standard:
            return str(Audience(self.key).label)
        return (self.name_en if (get_language() or "").startswith("en") else "") or self.word

    def __str__(self) -> str:
        return self.name

    @property
    def who(self) -> str:
        """Who belongs to it, in words."""
        parts = [
            "、".join(
                str(Identity(one).label) for one in Identity.values if one in self.belonging.identities
            ),
            "、".join(str(Stage(one).label) for one in Stage.values if one in self.belonging.stages),
        ]
        return " · ".join(part for part in parts if part)


# 客户, 成交, 员工 and 媒体定向 are the four of 000 2.1-2.4; whom customer events address besides is told by 001 §3.
STANDARD: Final[tuple[tuple[str, str, Belonging, str], ...]] = (
    (
        Audience.CUSTOMER, "客户定向",
        Belonging(frozenset({Identity.CUSTOMER, Identity.MEMBER, Identity.OWNER})), "000 2.1",
    ),
    (Audience.DEAL, "成交定向", Belonging(stages=frozenset(IN_PROCESS)), "000 2.2"),
    (Audience.EMPLOYEE, "员工定向", Belonging(frozenset({Identity.EMPLOYEE})), "000 2.3"),
    (
        Audience.MEDIA, "媒体定向",
        Belonging(frozenset({Identity.MEDIA, Identity.PARTNER}), needs_cooperation=True), "000 2.4",
    ),
    (Audience.OWNER, "业主", Belonging(frozenset({Identity.OWNER})), "001 §3"),
    (Audience.PROSPECTIVE, "潜在业主", Belonging(frozenset({Identity.PROSPECTIVE_OWNER})), "001 §3"),
    (Audience.SUPPLIER, "供应商", Belonging(frozenset({Identity.SUPPLIER})), "001 §3"),
)  # fmt: skip
WORDS: Final = frozenset(word for _key, word, _who, _clause in STANDARD)


@read_once
def categories() -> Mapping[str, Category]:
    """Every category by its key, the standard ones first; one query."""
    kept = {one.key: one for one in AudienceCategory.objects.all()}
    found = {}
    for key, word, belonging, clause in STANDARD:
        own = kept.pop(key, None)
        is_used = own is None or own.is_used
        found[str(key)] = Category(str(key), word, "", belonging, is_used, is_standard=True, clause=clause)
    for key, one in kept.items():
        who = Belonging(frozenset(one.identities), frozenset(one.stages), one.needs_cooperation)
        found[key] = Category(key, one.name, one.name_en, who, one.is_used)
    return MappingProxyType(found)


def category_of(key: str) -> Category | None:
    """The category of a campaign; nothing is asked where it names none."""
    return categories().get(key) if key else None


def name_of(key: str) -> str:
    """How a page says it; standard ones are known without asking."""
    if key in Audience.values:
        return str(Audience(key).label)
    found = category_of(key)
    return found.name if found else key


def word_of(key: str) -> str:
    """How workbooks write it; a key that the register does not know is written as it is."""
    standard = next((word for known, word, _who, _clause in STANDARD if known == key), "")
    if standard or not key:
        return standard
    found = category_of(key)
    return found.word if found else key


def key_of(text: str) -> str:
    """The category that a cell means, by its words in either language; nothing where it is none. Standard words are known
    without asking."""
    wanted = fold(text).casefold()
    for key, word, _who, _clause in STANDARD:
        if wanted in {fold(word).casefold(), fold(str(Audience(key).label)).casefold()}:
            return str(key)
    for key, one in categories().items():
        if wanted in {fold(word).casefold() for word in (one.word, one.name, one.name_en, key) if word}:
            return key
    return ""


def belonging_to(key: str) -> Belonging | None:
    """Who belongs to the category of a campaign; None where it names none. Standard ones are known without asking."""
    standard = next((who for known, _word, who, _clause in STANDARD if known == key), None)
    if standard is not None or not key:
        return standard
    found = category_of(key)
    return found.belonging if found else None
