"""Reads of budgets: sums, the contingency and its range, and the money signal of many subjects at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.selectors import Level as MoneyLevel
from yunchou.kernel.core.money import ZERO, format_percent, format_yuan, ratio
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level, Signal

from .chart import HEADINGS
from .models import Budget, BudgetLine, NoCost
from .rules import (
    BudgetFacts,
    allowed_contingency,
    amount_is_product,
    contingency_in_range,
    total_is_sum,
    variance_has_a_note,
)
from .stores import LINES, load_totals
from .tables import CATEGORIES, LineRow

WATCH_AT = Decimal(80)
"""Percent of the budget from which spending is watched (look.md section 4, R-BUD-05's assumed warning)."""
ACTUALS: Final = "actuals"
"""What `lock_on` is asked for when costs are booked: an approved plan is locked, its costs are not."""
RULES = (amount_is_product, total_is_sum, contingency_in_range, variance_has_a_note)

JUDGED = ("category", "item", "amount", "actual", "variance_note")
"""What sums and rules need of a line; who answers for it and how it was written they do not."""

NOT_SUBMITTED = Signal(Level.UNKNOWN, say(_("Not submitted")))

_needing: list[Callable[[Sequence[int]], Collection[int]]] = []
_considering: list[Callable[[Subject], bool]] = []
_looking_ahead: list[Callable[[Subject], Sequence[MoneyLevel]]] = []


def contingency_needed_by(provider: Callable[[Sequence[int]], Collection[int]]) -> None:
    """Let a room above say which of some subjects must hold a contingency; otherwise none must."""
    _needing[:] = [provider]


def headings_needed_by(provider: Callable[[Subject], bool]) -> None:
    """Let a room above say whether a subject considers the seven headings of an event; otherwise none does (BUD-05)."""
    _considering[:] = [provider]


def outlook_from(provider: Callable[[Subject], Sequence[MoneyLevel]]) -> None:
    """Let a room above say what a budget that is still asked for would leave where its money comes from."""
    _looking_ahead[:] = [provider]


def levels_ahead(subject: Subject) -> Sequence[MoneyLevel]:
    """What the money that a budget asks for would leave on each level; empty where it asks for none."""
    return _looking_ahead[0](subject) if _looking_ahead else ()


@dataclass(frozen=True)
class Sums:
    """What some lines may cost and did cost, in yuan."""

    name: str
    amount: Decimal
    actual: Decimal
    variance: Decimal | None

    @property
    def left(self) -> Decimal:
        return self.amount - self.actual

    @property
    def share(self) -> Decimal | None:
        """Actual in percent of the budget."""
        return ratio(self.actual, self.amount)

    @property
    def reserved(self) -> Decimal:
        """What is left, never below zero, for the bar."""
        return max(ZERO, self.left)


def sums_of(name: str, lines: Iterable[LineRow]) -> Sums:
    """The sums of lines; the variance is that of the lines on which something was booked."""
    lines = tuple(lines)
    booked = [line.variance for line in lines if line.variance is not None]
    return Sums(
        name,
        sum((line.amount for line in lines if line.amount is not None), ZERO),
        sum((line.actual for line in lines if line.actual is not None), ZERO),
        sum(booked, ZERO) if booked else None,
    )


@dataclass(frozen=True)
class Summary:
    """A subject's budget in figures: the whole, its categories in order, and the total that is stated for it."""

    whole: Sums
    categories: tuple[Sums, ...]
    count: int
    stated: Decimal | None

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.whole.amount


@dataclass(frozen=True)
class Gauge:
    """The contingency against its range; shares in percent of the total, places in percent of the scale's width.

    `base` is the total that contains it, `least` and `most` what it may be beside the other lines, in yuan.
    """

    held: Decimal
    share: Decimal
    low: Decimal
    high: Decimal
    position: int
    base: Decimal
    least: Decimal
    most: Decimal
    is_needed: bool = True

    @property
    def top(self) -> Decimal:
        """Where the scale ends: a third beyond the range, further if more is held."""
        return max(self.high * 4 / 3, self.share * Decimal("1.1"))

    @property
    def is_inside(self) -> bool:
        return self.least <= self.held <= self.most

    @property
    def nearest(self) -> Decimal:
        """The end of the range that the smallest change leads to."""
        return self.low if self.share < self.low else self.high

    @property
    def style(self) -> str:
        """The places as custom properties: needle, range, and the arrow of the smallest change."""
        start, end = sorted((self.share, self.nearest))
        places = {"at": self.share, "lo": self.low, "hi": self.high, "from": start, "to": end}
        return ";".join(f"--{name}:{value * 100 / self.top:.2f}%" for name, value in places.items())


def lines_of(subject: Subject) -> tuple[LineRow, ...]:
    """The lines in order; one query."""
    return LINES.load(subject)


def facts_of(subject: Subject, *, needs_contingency: bool = False) -> BudgetFacts:
    """What the rules of this room judge, of a saved budget; two queries."""
    footer = load_totals(subject)
    return BudgetFacts(lines_of(subject), footer.amount if footer else None, needs_contingency)


def summary(subject: Subject) -> Summary:
    """The budget of a subject in figures; two queries."""
    return summary_of(facts_of(subject))


def summary_of(facts: BudgetFacts) -> Summary:
    """The same of facts that are at hand."""
    by_category: dict[str, list[LineRow]] = defaultdict(list)
    for line in facts.lines:
        by_category[line.group].append(line)
    return Summary(
        sums_of("", facts.lines),
        tuple(sums_of(name, by_category[name]) for name in CATEGORIES if name in by_category),
        len(facts.lines),
        facts.stated_total,
    )


def needs_contingency(subject: Subject) -> bool:
    """Whether the subject must hold a contingency, as the room above says."""
    return subject.pk in (_needing[0]([subject.pk]) if _needing else ())


def gauge_of(facts: BudgetFacts) -> Gauge | None:
    """The contingency against the range that R-BUD-03 allows today; None without a contingency or a total."""
    share, position = ratio(facts.contingency, facts.total), facts.contingency_position
    if share is None or position is None:
        return None
    params = params_on([contingency_in_range])[contingency_in_range.id]
    least, most = allowed_contingency(facts.total - facts.contingency, params.lo, params.hi)
    return Gauge(
        facts.contingency, share, params.lo, params.hi, position + 1, base=facts.total, least=least, most=most,
        is_needed=facts.needs_contingency,
    )  # fmt: skip


@dataclass(frozen=True)
class Considered:
    """One heading of an event: what lines plan under it in yuan (None where none does), or who said there is none."""

    key: str
    label: str
    planned: Decimal | None
    word: NoCost | None

    @property
    def is_open(self) -> bool:
        return self.planned is None and self.word is None


def headings_of(subject: Subject, facts: BudgetFacts) -> list[Considered]:
    """The seven headings of an event in their order; nothing for subjects that are none; one query."""
    if not (_considering and _considering[0](subject)):
        return []
    words = {one.heading: one for one in NoCost.objects.filter(subject=subject).select_related("said_by")}
    return [
        Considered(one.value, str(one.label), facts.headings.get(one), words.get(one.value))
        for one in HEADINGS
    ]


def headings_without(subject: Subject) -> frozenset[str]:
    """The headings under which somebody said that nothing is spent; one query."""
    return frozenset(NoCost.objects.filter(subject=subject).values_list("heading", flat=True))


# ---------------------------------------------------------------- signals


def signals(subject_ids: Sequence[int], now: datetime) -> dict[int, Signal]:
    """The money signal of each subject (look.md section 4); five queries, however many subjects.

    Fine below 80 % spent, watched from 80 % on or while a finding of the budget's rules is open, act over 100 %.
    """
    ids = list(subject_ids)
    facts = _facts_of_many(ids)
    params = params_on(RULES)
    ruled = set(Ruling.objects.filter(subject__in=ids).values_list("subject_id", "rule", "fingerprint"))
    return {pk: _signal(pk, facts[pk], params, ruled) if pk in facts else NOT_SUBMITTED for pk in ids}


def _facts_of_many(ids: Sequence[int]) -> dict[int, BudgetFacts]:
    lines: dict[int, list[LineRow]] = defaultdict(list)
    kept = BudgetLine.objects.filter(subject__in=ids).order_by("position", "pk")
    for subject, *judged in kept.values_list("subject_id", *JUDGED):
        lines[subject].append(LineRow(**dict(zip(JUDGED, judged, strict=True))))
    stated = dict(Budget.objects.filter(pk__in=ids).values_list("pk", "stated_total"))
    needing = set(_needing[0](ids)) if _needing else set()
    return {pk: BudgetFacts(tuple(found), stated.get(pk), pk in needing) for pk, found in lines.items()}


def _signal(
    pk: int, facts: BudgetFacts, params: Mapping[str, Params], ruled: Collection[tuple[int, str, str]]
) -> Signal:
    whole = summary_of(facts)
    share = whole.whole.share
    if share is None:
        return NOT_SUBMITTED
    found = _open_finding(pk, facts, params, ruled)
    level = Level.FINE
    if share > 100:
        level = Level.ACT
    elif share >= WATCH_AT or found is not None:
        level = Level.WATCH
    worst = max(whole.categories, key=lambda sums: sums.share or ZERO)
    spent = say(
        _("{actual} of {total} yuan spent"),
        actual=format_yuan(whole.whole.actual),
        total=format_yuan(whole.whole.amount),
    )
    return Signal(
        level,
        value=say("{share}", share=format_percent(share, 1)),
        part=say("{name} {share}", name=worst.name, share=format_percent(worst.share or ZERO, 1)),
        reason=found.reason if found is not None and share <= 100 else spent,
        base=say(_("actual ÷ budget")),
        fraction=float(share / 100),
    )


def _open_finding(
    pk: int, facts: BudgetFacts, params: Mapping[str, Params], ruled: Collection[tuple[int, str, str]]
) -> Verdict | None:
    """The worst finding that nobody has ruled on, or None."""
    failures = (verdict for rule in RULES for verdict in rule.failures(facts, params[rule.id]))
    still_open = [v for v in failures if (pk, v.rule_id, v.fingerprint) not in ruled]
    return min(still_open, key=lambda verdict: not verdict.blocks, default=None)
