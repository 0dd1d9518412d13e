"""Rules: what they say, what they decided, who may change them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.approvals.conditions import FactType, Row
from yunchou.kernel.approvals.models import Definition
from yunchou.kernel.approvals.registry import Approvable, definitions
from yunchou.kernel.core import clock
from yunchou.kernel.core.clock import SHANGHAI
from yunchou.kernel.core.text import Text
from yunchou.kernel.identity.models import Position, User
from yunchou.kernel.rules.bounds import PERCENT, YUAN, Bound
from yunchou.kernel.rules.models import Parameter, Ruling, StoredVerdict
from yunchou.kernel.rules.registry import Params, Rule, Word, as_declared, rules
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Severity

from ..changes import current_rows
from ..models import Clause, Proposal
from ..permissions import Perm
from ..replay import BLOCKED, PASSED, REMINDED, ROUTED, WARNED
from .documents import clauses_in_force
from .positions import position_names

MONTHS = 12
LATEST = 5
#: What the rooms that declare rules are called in the rulebook, in the order of a campaign's life.
ROOMS: Mapping[str, Any] = {
    "campaigns": _("Classification, goals and proposal"),
    "budgets": _("Budget and cost"),
    "approvals": _("Approval routes"),
    "work": _("Team and schedule"),
    "operations": pgettext_lazy("rulebook", "Risks, reports and issues"),
    "metrics": _("Figures and alerts"),
    "reviews": pgettext_lazy("rulebook", "Evaluation and retrospective"),
    "archive": pgettext_lazy("rulebook", "Archive"),
    "": _("Further rules"),
}
EFFECTS: Mapping[str, Any] = {
    BLOCKED: pgettext_lazy("rulebook", "Blocked"),
    ROUTED: _("Needs approval"),
    WARNED: pgettext_lazy("rulebook", "Warned"),
    REMINDED: _("Reminded"),
    PASSED: pgettext_lazy("rulebook", "Passed"),
}
_REGULATION = re.compile(r"\b(0\d\d)\b")


@dataclass(frozen=True)
class RouteRef:
    """A routing row that carries a rule out: of which definition, and what it says."""

    key: str
    row: Row

    @property
    def sentence(self) -> str:
        return plain_sentence(self.key, self.row)


@dataclass(frozen=True)
class Entry:
    """One rule of the list. `rule` is None where it only stands in routing rows, or in a clause that nothing carries out yet."""

    id: str
    name: str
    clause: str
    room: str
    severity: str = ""
    rule: Rule[Any] | None = None
    routes: tuple[RouteRef, ...] = ()
    fired: int = 0
    words: tuple[Word, ...] = ()

    @property
    def url(self) -> str:
        return reverse("rulebook:rule_detail", args=[self.id])

    @property
    def regulations(self) -> frozenset[str]:
        """The numbers of the regulations that its clause names."""
        return frozenset(_REGULATION.findall(self.clause))

    @property
    def severity_label(self) -> Any:
        return Severity(self.severity).label if self.severity else ""

    def holds(self, words: str) -> bool:
        """Whether what somebody looks for stands in its number, name, clause or sentence."""
        sentence = "".join(str(word.text) for word in self.words)
        return words.casefold() in f"{self.id} {self.name} {self.clause} {sentence}".casefold()


@dataclass(frozen=True)
class Shelf:
    """The rules of one room."""

    key: str
    label: Any
    entries: tuple[Entry, ...]


def entries() -> list[Entry]:
    """Every rule that is declared or stands in a routing row in force, with how often it judged; three queries."""
    counted = dict(_since().values_list("rule").annotate(count=Count("pk")).order_by())
    values = params_on(rules)
    routed = _routed()
    found = [
        Entry(
            rule.id,
            rule.name,
            rule.clause,
            rule.room if rule.room in ROOMS else "",
            str(rule.severity),
            rule,
            tuple(routed.pop(rule.id, ())),
            counted.get(rule.id, 0),
            tuple(rule.says(values[rule.id])),
        )
        for rule in rules
        if not rule.id.startswith("K-TST")
    ]
    found += [_of_rows(rule_id, rows, counted.get(rule_id, 0)) for rule_id, rows in routed.items()]
    return sorted(
        found, key=lambda entry: (list(ROOMS).index(entry.room), entry.id.startswith("K-"), entry.id)
    )


def _of_rows(rule_id: str, rows: Sequence[RouteRef], fired: int) -> Entry:
    """A rule that is nothing but routing rows."""
    sentences = tuple(Word(one.sentence + ("\n" if one is not rows[-1] else "")) for one in rows)
    return Entry(
        rule_id,
        rows[0].sentence,
        rows[0].row.clause,
        "approvals",
        Severity.NEED_APPROVAL,
        None,
        tuple(rows),
        fired,
        sentences,
    )


def plain_sentence(key: str, row: Row) -> str:
    """What a row says without a case: facts stand by their names, amounts open."""
    facts = definitions[key].facts
    counted = {FactType.MONEY, FactType.NUMBER}
    named = {name: "…" if fact.type in counted else gettext(fact.label) for name, fact in facts.items()}
    try:
        return gettext(row.sentence).format_map(named)
    except (KeyError, ValueError, IndexError):
        return row.sentence


def _routed() -> dict[str, list[RouteRef]]:
    """Routing rows in force by the rule that they carry out."""
    found: dict[str, list[RouteRef]] = {}
    for key, rows in rows_in_force().items():
        for row in rows:
            found.setdefault(row.rule, []).append(RouteRef(key, row))
    return found


def rows_in_force() -> dict[str, tuple[Row, ...]]:
    """The rows of every definition in force today, those declared where none was laid down; two queries."""
    newest: dict[str, Definition] = {}
    found = (
        Definition.objects.filter(valid_from__lte=clock.today()).order_by("version").prefetch_related("rows")
    )
    for one in found:
        newest[one.key] = one
    shown = (declared for declared in definitions if is_shown(declared))
    return {
        declared.key: tuple(row.as_row() for row in newest[declared.key].rows.all())
        if declared.key in newest
        else declared.rows
        for declared in shown
    }


def is_shown(declared: Approvable) -> bool:
    """Definitions of tests are no routes of the company."""
    return ".tests." not in declared.facts_of.__module__


def shelves(found: Iterable[Entry]) -> list[Shelf]:
    """The entries by room."""
    by_room: dict[str, list[Entry]] = {}
    for entry in found:
        by_room.setdefault(entry.room, []).append(entry)
    return [Shelf(key, label, tuple(by_room[key])) for key, label in ROOMS.items() if key in by_room]


def _since() -> QuerySet[StoredVerdict]:
    """Verdicts of the last twelve months."""
    return StoredVerdict.objects.filter(at__gte=clock.moment(_first_month()))


def _first_month() -> date:
    today = clock.today()
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class Setting:
    """One value that a parameter had, has or will have."""

    value: Text
    since: date | None
    until: date | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ParameterView:
    """A parameter of a rule: what it is called, its value in force, its range, and the values before and after."""

    name: str
    bound: Bound
    value: Text
    typed: str
    since: date | None
    is_assumed: bool
    earlier: tuple[Setting, ...] = ()
    coming: tuple[Setting, ...] = ()
    origin: tuple[str, str] = ("", "")

    @property
    def label(self) -> str:
        return gettext(self.bound.label) or self.name

    @property
    def unit(self) -> str:
        """The unit that is not written with the value itself."""
        return "" if self.bound.unit in {"", PERCENT, YUAN} else gettext(self.bound.unit)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Every value with its days, the latest first."""
        ends = self.coming[0].since - timedelta(days=1) if self.coming and self.coming[0].since else None
        now = Setting(self.value, self.since, ends, *self.origin)
        return (*reversed(self.coming), now, *self.earlier)


@dataclass(frozen=True)
class Firing:
    """How often a rule judged in twelve months, and how."""

    months: tuple[tuple[date, int], ...] = ()
    judged: int = 0
    passed: int = 0
    blocked: int = 0
    other: int = 0
    exceptions: int = 0

    @property
    def share(self) -> float:
        return self.passed / self.judged if self.judged else 0.0

    @property
    def bars(self) -> list[dict[str, Any]]:
        """The months as columns of a small chart, heights in percent of the highest."""
        most = max((count for _month, count in self.months), default=0) or 1
        return [
            {"month": month, "count": count, "height": round(100 * count / most)}
            for month, count in self.months
        ]


@dataclass(frozen=True)
class Fired:
    """A verdict with the thing it was given on."""

    pk: int
    level: str
    title: str
    at: Any
    reason: Text


@dataclass(frozen=True)
class RuleView:
    """Everything the page of a rule shows."""

    entry: Entry
    words: tuple[Word, ...]
    parameters: tuple[ParameterView, ...]
    clauses: tuple[Clause, ...]
    firing: Firing
    latest: tuple[Fired, ...]
    open: Proposal | None
    proposals: tuple[Proposal, ...] = ()
    drafters: tuple[str, ...] = ()
    deciders: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule[Any] | None:
        return self.entry.rule

    @property
    def changeable(self) -> bool:
        """Whether a proposal may change any of its parameters."""
        return any(not parameter.bound.is_fixed for parameter in self.parameters)

    @property
    def version(self) -> int:
        """How many states of its parameters there have been."""
        days = {
            setting.since
            for p in self.parameters
            for setting in (*p.earlier, Setting("", p.since))
            if setting.since
        }
        return len(days) + 1


def find_entry(rule_id: str) -> Entry | None:
    """The rule by its number, also one that so far only stands in a clause."""
    found = next((entry for entry in entries() if entry.id == rule_id), None)
    if found is not None:
        return found
    clause = next((c for c in clauses_in_force() if rule_id in c.rules), None)
    return Entry(rule_id, clause.heading, clause.ref, "", words=(Word(clause.wording),)) if clause else None


def rule_view(entry: Entry, reader: User) -> RuleView:
    """The page of a rule, as one person may see it."""
    rule = entry.rule
    own = Proposal.objects.filter(key=entry.id, target=Proposal.Target.PARAMETERS)
    found = tuple(own.select_related("subject", "proposed_by")[:LATEST])
    return RuleView(
        entry,
        entry.words,
        parameter_views(rule) if rule else (),
        tuple(c for c in clauses_in_force() if entry.id in c.rules or c.ref == entry.clause),
        firing_of(entry.id),
        latest_of(entry.id, reader),
        next((proposal for proposal in found if proposal.is_open), None),
        found,
        *who_changes(),
    )


def parameter_views(rule: Rule[Any]) -> tuple[ParameterView, ...]:
    """The parameters of a rule with their history; two queries."""
    today, now = clock.today(), params_on([rule])[rule.id]
    rows = list(Parameter.objects.filter(rule=rule.id).select_related("set_by").order_by("valid_from", "pk"))
    return tuple(
        _parameter(rule, name, now, [row for row in rows if row.name == name], today) for name in rule.params
    )


def _parameter(
    rule: Rule[Any], name: str, now: Params, rows: Sequence[Parameter], today: date
) -> ParameterView:
    bound, default = rule.bound(name), rule.params[name]
    settings = [Setting(bound.words(default), None)] + [
        Setting(
            bound.words(as_declared(default, row.value)),
            row.valid_from,
            None,
            str(row.set_by or ""),
            row.reason,
        )
        for row in rows
    ]
    ends = [setting.since - timedelta(days=1) if setting.since else None for setting in settings[1:]]
    dated = [
        Setting(s.value, s.since, until, s.by, s.reason)
        for s, until in zip(settings, [*ends, None], strict=True)
    ]
    past = [setting for setting in dated if setting.since is None or setting.since <= today]
    return ParameterView(
        name,
        bound,
        bound.words(now[name]),
        bound.typed(now[name]),
        past[-1].since,
        name in rule.assumed,
        tuple(reversed(past[:-1])),
        tuple(dated[len(past) :]),
        (past[-1].by, past[-1].reason),
    )


def firing_of(rule_id: str) -> Firing:
    """How a rule judged in twelve months, month by month; two queries."""
    found = _since().filter(rule=rule_id)
    by_month = Counter[date]()
    passed = blocked = judged = 0
    rows = found.annotate(month=TruncMonth("at", tzinfo=SHANGHAI)).order_by()
    for month, severity, is_passed, count in rows.values_list(
        "month", "verdict__severity", "passed"
    ).annotate(count=Count("pk")):
        by_month[month.date()] += count
        judged += count
        passed += count if is_passed else 0
        blocked += count if not is_passed and severity == Severity.BLOCK else 0
    first = _first_month()
    months = [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1)
        for n in range(MONTHS)
    ]
    since = clock.moment(first)
    excepted = Ruling.objects.filter(rule=rule_id, kind=Ruling.Kind.EXCEPTION, made_at__gte=since).count()
    return Firing(
        tuple((month, by_month[month]) for month in months),
        judged,
        passed,
        blocked,
        judged - passed - blocked,
        excepted,
    )


def latest_of(rule_id: str, reader: User) -> tuple[Fired, ...]:
    """The latest verdicts of a rule on what the person may see."""
    found = (
        StoredVerdict.objects.filter(
            rule=rule_id, subject__in=visible_subjects(reader).order_by().values("pk")
        )
        .select_related("subject")
        .order_by("-pk")[:LATEST]
    )
    return tuple(
        Fired(one.pk, level_of(one), one.subject.title, one.at, one.as_verdict().reason) for one in found
    )


def level_of(stored: StoredVerdict) -> str:
    if stored.passed:
        return "fine"
    return "act" if stored.verdict["severity"] == Severity.BLOCK else "watch"


def who_changes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Positions that may draft a change, and those that decide on it (R-APR-19)."""
    drafters = Position.objects.filter(grants__right=Perm.PROPOSE).order_by("order")
    codes = [step.position for row in current_rows("rule_change") for step in row.steps]
    names = position_names(codes)
    return tuple(str(one) for one in drafters), tuple(dict.fromkeys(names.get(code, code) for code in codes))
