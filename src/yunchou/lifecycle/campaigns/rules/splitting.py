"""Splitting 拆分: campaigns that together pass a limit which each of them keeps below.

What makes two campaigns belong together is a `Likeness`; a room adds its own (the same supplier) by declaring one:

    declare(Likeness("supplier", _("same supplier"), traits=suppliers_of, alike=lambda one, other, p: bool(one & other)))

A limit is a `Limit` with the comparator of its own rule: R-TYP-01 wants strictly more, a tender begins at its amount.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import ZERO, format_exact, yuan
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import PERCENT, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import NEED_APPROVAL, WARN, Fix, Place, Verdict, failed, passed

from ..words import listed, quoted

NAMED = 3
"""How many campaigns a sentence names before it only counts them."""


@dataclass(frozen=True)
class Outline:
    """What is compared of a campaign. `cost` is in yuan with tax; `sent_at` is None while nobody decides on it.

    `home` is the region, or the group, that it belongs to; `suppliers` are those chosen for it, by their keys.
    """

    pk: int
    name: str
    start_on: date
    cost: Decimal
    unit: int = 0
    home: int = 0
    kind: str = ""
    audience: str = ""
    purposes: tuple[str, ...] = ()
    sent_at: datetime | None = None
    suppliers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Likeness:
    """One reason to take campaigns together: what of each is looked at (for many at once), and when two are alike."""

    key: str
    label: str
    traits: Callable[[Sequence[Outline]], Mapping[int, Any]]
    alike: Callable[[Any, Any, Params], bool]


likenesses: Registry[Likeness] = Registry("likeness")


def declare(likeness: Likeness) -> Likeness:
    """Make a kind of likeness known; called once at import."""
    return likenesses.add(likeness.key, likeness)


@dataclass(frozen=True)
class Limit:
    """An amount in yuan from which another route is taken, as its rule compares it: `gt` or `ge`."""

    rule: str
    amount: Decimal
    op: str = "gt"
    kinds: frozenset[str] = frozenset()

    def concerns(self, outline: Outline) -> bool:
        return not self.kinds or outline.kind in self.kinds

    def passed_by(self, amount: Decimal) -> bool:
        return amount > self.amount or (self.op == "ge" and amount == self.amount)


@dataclass(frozen=True)
class Cluster:
    """A campaign with those like it within one window, the window chosen so that the sum is the largest."""

    own: Outline
    others: tuple[Outline, ...] = ()
    likeness: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """What all of them cost together, in yuan with tax."""
        return self.own.cost + sum((other.cost for other in self.others), ZERO)

    def crossed(self, limits: Sequence[Limit]) -> tuple[Limit, ...]:
        """The limits that the sum passes and the campaign alone does not."""
        return tuple(
            limit
            for limit in limits
            if limit.concerns(self.own) and limit.passed_by(self.total) and not limit.passed_by(self.own.cost)
        )

    @property
    def later(self) -> tuple[Outline, ...]:
        """Those that were sent after this one: it was decided on, or is, without them."""
        sent = self.own.sent_at
        return tuple(other for other in self.others if sent and other.sent_at and other.sent_at > sent)


@dataclass(frozen=True)
class Neighbourhood:
    """A campaign, those that were sent around it, and the limits of the day."""

    own: Outline
    others: tuple[Outline, ...] = ()
    limits: tuple[Limit, ...] = ()


def cluster_of(around: Neighbourhood, p: Params) -> Cluster:
    """The campaign together with those like it that begin within `p.days` of one another."""
    own, reach = around.own, timedelta(days=p.days)
    near = [one for one in around.others if abs(one.start_on - own.start_on) <= reach]
    like = dict(_alike(own, near, p))
    family = [one for one in near if one.pk in like]
    windows = sorted({own.start_on, *(one.start_on for one in family if one.start_on <= own.start_on)})
    best = max(
        (tuple(one for one in family if begin <= one.start_on <= begin + reach) for begin in windows),
        key=lambda found: (sum((one.cost for one in found), ZERO), len(found)),
    )
    return Cluster(own, best, {one.pk: like[one.pk] for one in best})


def _alike(own: Outline, others: Sequence[Outline], p: Params) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each of the others that is like the campaign, with the reasons."""
    traits = {kind.key: kind.traits([own, *others]) for kind in likenesses} if others else {}
    for other in others:
        found = tuple(
            kind.key
            for kind in likenesses
            if (mine := traits[kind.key].get(own.pk)) is not None
            and (theirs := traits[kind.key].get(other.pk)) is not None
            and kind.alike(mine, theirs, p)
        )
        if found:
            yield other.pk, found


# -- what is alike -----------------------------------------------------------------------------------------------------

declare(
    Likeness(
        "unit",
        _("same unit"),
        traits=lambda outlines: {one.pk: one.unit for one in outlines},
        alike=lambda one, other, _params: bool(one == other),
    )
)


@dataclass(frozen=True)
class Purpose:
    """What a campaign is for, as far as words tell, and where."""

    home: int
    kind: str
    name: frozenset[str]
    audience: frozenset[str]
    purposes: frozenset[str]


# Counting words tell nothing: 第二场, （上）, 2期, A班, Ⅱ.
_COUNTERS = r"(?:期|场|季|批|次|届|弹|轮|站|版|部分|阶段|号)"
_COUNTED = re.compile(
    rf"第?\d+{_COUNTERS}?|第[一二三四五六七八九十]+{_COUNTERS}?|[一二三四五六七八九十]{_COUNTERS}"
    r"|[(\[【][上中下一二三a-z][)\]】]|[上下]半?场"
)
_SILENT = re.compile(r"活动|方案|系列|专场|项目|[\W_]+")


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of characters of a text without spelling, numbering and words that every campaign has."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _SILENT.sub("", _COUNTED.sub("", plain)) or _SILENT.sub("", plain)
    return frozenset(plain[n : n + 2] for n in range(len(plain) - 1)) or frozenset({plain} - {""})


def overlap(one: frozenset[str], other: frozenset[str]) -> Decimal:
    """How much of the shorter text stands in the other, 0 to 100 percent."""
    least = min(len(one), len(other))
    return Decimal(100 * len(one & other)) / least if least else Decimal(0)


def _purposes(outlines: Sequence[Outline]) -> dict[int, Purpose]:
    return {
        one.pk: Purpose(
            one.home, one.kind, pairs_of(one.name), pairs_of(one.audience), frozenset(map(str.strip, one.purposes))
        )
        for one in outlines
    }  # fmt: skip


def _same_purpose(one: Purpose, other: Purpose, p: Params) -> bool:
    """Named alike; or under other names the same kind for the same purposes and audience."""
    if one.home != other.home:
        return False
    if overlap(one.name, other.name) >= p.likeness:
        return True
    is_same_work = one.kind == other.kind and bool(one.purposes) and one.purposes == other.purposes
    return is_same_work and overlap(one.audience, other.audience) >= p.audience


declare(Likeness("purpose", _("same purpose"), traits=_purposes, alike=_same_purpose))
declare(
    Likeness(
        "supplier",
        _("same supplier"),
        traits=lambda outlines: {one.pk: one.suppliers for one in outlines if one.suppliers},
        alike=lambda one, other, _params: bool(one & other),
    )
)

# -- the rule ----------------------------------------------------------------------------------------------------------


@rule(
    "K-SPL-01",
    clause="001 §3.2; 002 9.3(1)",
    severity=NEED_APPROVAL,
    params={"days": 30, "likeness": 50, "audience": 60},
    assumed=("days", "likeness", "audience"),
    title=_("Nothing is split"),
    sentence=_(
        "Campaigns of one unit or one purpose that begin within {days} of one another are routed as their sum, those in"
        " approval and amendments counted, with tax. One purpose is a name of which {likeness} stands in the other, or the"
        " same kind and purposes for an audience that agrees by {audience}."
    ),
    bounds={
        "days": Bound(_("Days between the starts"), unit=_("days"), at_least=1, at_most=366),
        "likeness": Bound(_("Likeness of names"), unit=PERCENT, at_least=20, at_most=100),
        "audience": Bound(_("Likeness of audiences"), unit=PERCENT, at_least=20, at_most=100),
    },
)
def nothing_is_split(ctx: Neighbourhood | None, p: Params) -> Verdict:
    """Campaigns of one unit or purpose that begin within 30 days of one another are routed as their sum.

    Those in approval and amendments count, with tax. `likeness` is how many percent of the shorter name must stand in the
    other; `audience` the same of two audiences, where kind and purposes agree.
    """
    cluster = cluster_of(ctx, p) if ctx else None
    if ctx is None or cluster is None or not cluster.others:
        return passed()
    if not (crossed := cluster.crossed(ctx.limits)):
        return passed(say(_("Alone or together below the limits.")), total=str(cluster.total))
    words: dict[str, Any] = {
        "others": named(cluster.others),
        "why": _why(cluster),
        "sum": format_exact(cluster.total),
        "limit": format_exact(min(limit.amount for limit in crossed)),
        "days": p.days,
    }
    values: dict[str, Any] = {
        "total": str(cluster.total),
        "rules": ",".join(dict.fromkeys(limit.rule for limit in crossed)),
        "others": ",".join(str(one.pk) for one in cluster.others),
    }
    at = Place("budget")
    if cluster.later:
        return failed(say(_SENT_LATER, **words), at=at, severity=WARN, fix=Fix(say(_LOOK)), **values)
    return failed(say(_ROUTED, **words), at=at, fix=Fix(say(_JOIN)), **values)


_ROUTED = _("Together with {others} ({why}, within {days} days) ¥{sum}, over ¥{limit}: routed as the sum.")
_SENT_LATER = _(
    "Together with {others} ({why}, within {days} days) ¥{sum}, over ¥{limit}: those sent later take the route of the sum."
)
_LOOK = _("See whether they are one campaign, and confirm with a reason if they are not.")
_JOIN = _("Send it as it is, or join the campaigns into one.")


def named(outlines: Collection[Outline]) -> Say:
    """`“A”, “B”, “C” and 8 more`."""
    first = [one.name for one in outlines][:NAMED]
    names = listed(map(quoted, first))
    more = len(outlines) - len(first)
    return say(_("{names} and {more} more"), names=names, more=more) if more else names


def _why(cluster: Cluster) -> Say:
    """The kinds of likeness at work."""
    keys = [
        key
        for kind in likenesses
        if (key := kind.key) in {k for found in cluster.likeness.values() for k in found}
    ]
    return listed(say(likenesses[key].label) for key in keys)


# -- tax ---------------------------------------------------------------------------------------------------------------

WITHOUT_TAX: Final = re.compile(r"不含税|未税|税前|tax excluded|excl(?:uding)?\.? tax", re.IGNORECASE)
_RATE = re.compile(r"(\d{1,2}(?:\.\d+)?)\s*[%％]")
USUAL_TAX: Final = Decimal(13)
"""The rate in percent where a line without tax does not name one: the standard rate of value added tax."""


def with_tax(item: str, amount: Decimal) -> Decimal:
    """What a line really costs, in yuan: an amount that is marked as without tax has it added, at the rate it names."""
    if not WITHOUT_TAX.search(item):
        return amount
    rate = Decimal(found[1]) if (found := _RATE.search(item)) else USUAL_TAX
    return yuan(amount * (100 + rate) / 100)
