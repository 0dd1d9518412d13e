"""Which names mean the same company: 广州印象图文 and 广州市印象图文有限公司 do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.search import full_pinyin
from yunchou.kernel.core.text import Say, say

#: Legal forms and what companies add to their names; the longer ones first.
FORMS: Final = (
    "股份有限公司", "有限责任公司", "有限合伙企业", "有限合伙", "分公司", "有限公司", "集团公司", "总公司", "公司", "集团",
    "工作室", "事务所", "经营部", "商行", "中心",
    "co.,ltd.", "co., ltd.", "co.,ltd", "co. ltd", "limited", "ltd.", "ltd", "inc.", "inc", "llc", "gmbh",
)  # fmt: skip
ALIKE: Final = 0.78
_SIGNS = re.compile(r"[\s()（）·•.,，。、/\\\-_&]+")
_PLACE = re.compile(r"(省|市|区|县)")


@dataclass(frozen=True)
class Named:
    """A supplier as far as its name is compared."""

    pk: int
    name: str


@dataclass(frozen=True)
class Likeness:
    """How much two names are alike, from 0 to 1, and why."""

    pk: int
    share: float
    why: Say


def core(name: str) -> str:
    """What is left of a name without legal form, punctuation, and the words for province and city."""
    text = name.lower().strip()
    for form in FORMS:
        text = text.replace(form, "")
    return _PLACE.sub("", _SIGNS.sub("", text))


def alike(name: str, others: Iterable[Named], *, at_most: int = 5) -> list[Likeness]:
    """Those of `others` that may be the same company, most alike first."""
    sought = core(name)
    if not sought:
        return []
    spoken, matcher = full_pinyin(sought), SequenceMatcher(autojunk=False)
    matcher.set_seq2(sought)
    found = [one for other in others if (one := _compare(sought, spoken, other, matcher))]
    return sorted(found, key=lambda one: (-one.share, one.pk))[:at_most]


def _compare(sought: str, spoken: str, other: Named, matcher: SequenceMatcher[str]) -> Likeness | None:
    theirs = core(other.name)
    if not theirs:
        return None
    if theirs == sought:
        return Likeness(other.pk, 1.0, say(_("the same name apart from legal form and place")))
    if min(len(theirs), len(sought)) >= 4 and (theirs in sought or sought in theirs):
        return Likeness(other.pk, 0.9, say(_("one name contains the other")))
    if len(theirs) == len(sought) and full_pinyin(theirs) == spoken:
        return Likeness(other.pk, 0.95, say(_("sounds the same")))
    matcher.set_seq1(theirs)
    if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
        return Likeness(other.pk, matcher.ratio(), say(_("nearly the same characters")))
    return None
