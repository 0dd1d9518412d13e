"""Proposals of change, trials, and decisions of the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.approvals.conditions import Kind, Row, StepSpec
from yunchou.kernel.approvals.registry import definitions
from yunchou.kernel.approvals.selectors import last_case
from yunchou.kernel.core.text import Say, Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.selectors import Progress, progress
from yunchou.kernel.rules.models import StoredVerdict
from yunchou.kernel.rules.registry import Rule, Word, as_declared, rules
from yunchou.kernel.rules.selectors import params_on

from ..models import Edition, Proposal, Trial, TrialRow
from ..replay import LEVEL_OF, Outcome, row_from_json
from .documents import ClauseChange, compare_editions
from .positions import position_names
from .rules import EFFECTS


@dataclass(frozen=True)
class Line:
    """One thing that changes: what, from which value, to which."""

    label: Text
    before: str
    after: str
    note: str = ""


def lines_between(key: str, before: Any, after: Any) -> list[Line]:
    """The difference of the two sides of a proposal, in words."""
    if isinstance(after, list):
        return _row_lines(key, [row_from_json(row) for row in before], [row_from_json(row) for row in after])
    if "edition" in after:
        return [Line(_("Edition"), f"v{before.get('number', 0)}", f"v{after['number']}")]
    rule = rules[key]
    return [
        Line(
            Say(rule.bound(name).label),
            str(_words(rule, name, before.get(name))),
            str(_words(rule, name, value)),
            gettext(rule.bound(name).unit) if rule.bound(name).unit not in {"", "%", "yuan"} else "",
        )
        for name, value in after.items()
    ]


def _words(rule: Rule[Any], name: str, stored: Any) -> Text:
    return "" if stored is None else rule.bound(name).words(as_declared(rule.params[name], stored))


def _row_lines(key: str, before: Sequence[Row], after: Sequence[Row]) -> list[Line]:
    """Rows that came, went or were changed, each in one line; rows are known by their place among equal ones."""
    names = position_names()
    old, new = [row_words(key, row, names) for row in before], [row_words(key, row, names) for row in after]
    lines = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for place in range(max(j - i, m - k)):
            number = (k if m > k else i) + place + 1
            was = old[i + place] if i + place < j else ""
            now = new[k + place] if k + place < m else ""
            lines.append(Line(gettext("Row %(number)s") % {"number": number}, was, now))
    return lines


def row_words(key: str, row: Row, names: Mapping[str, str]) -> str:
    """`In plan = yes, Large = no → Approve (regional leadership) → …`."""
    facts = definitions[key].facts
    conditions = ", ".join(
        str(condition.words(facts)) for condition in row.conditions if condition.fact in facts
    )
    steps = " → ".join(
        f"{label} ({names.get(step.position, step.position)})" for step, label in step_labels(row)
    )
    return f"{row.rule} · {conditions or gettext('always')} → {steps}"


def step_labels(row: Row) -> list[tuple[StepSpec, str]]:
    """The steps of a row with what they do, lower levels first."""
    return [(step, str(Kind(step.kind).label)) for step in sorted(row.steps, key=lambda step: step.level)]


@dataclass(frozen=True)
class ProposalView:
    """What the page of a proposal shows."""

    proposal: Proposal
    lines: tuple[Line, ...]
    words: tuple[Word, ...]
    trial: TrialView | None
    case: Any = None
    edition: Edition | None = None
    changes: tuple[ClauseChange, ...] = ()


def proposal_view(proposal: Proposal, reader: User) -> ProposalView:
    """A proposal with its two sides in words and what the trial attached to it showed."""
    rule = rules.get(proposal.key) if proposal.target == Proposal.Target.PARAMETERS else None
    words: tuple[Word, ...] = ()
    if rule is not None:
        tried = {name: as_declared(rule.params[name], value) for name, value in proposal.after.items()}
        words = tuple(rule.says({**params_on([rule], proposal.effective_on)[rule.id], **tried}))
    edition: Edition | None = None
    changes: tuple[ClauseChange, ...] = ()
    if proposal.target == Proposal.Target.EDITION:
        edition, changes = _edition_of(proposal)
    return ProposalView(
        proposal,
        tuple(lines_between(proposal.key, proposal.before, proposal.after)),
        words,
        trial_view(proposal.trial, reader) if proposal.trial else None,
        last_case(proposal.subject),
        edition,
        changes,
    )


def _edition_of(proposal: Proposal) -> tuple[Edition | None, tuple[ClauseChange, ...]]:
    found = Edition.objects.select_related("regulation").in_bulk(
        [pk for pk in (proposal.before["edition"], proposal.after["edition"]) if pk]
    )
    new, old = found.get(proposal.after["edition"]), found.get(proposal.before["edition"] or 0)
    return new, tuple(compare_editions(old, new)) if old and new else ()


@dataclass(frozen=True)
class TrialLine:
    """A campaign that would have gone otherwise."""

    row: TrialRow
    before: Outcome
    after: Outcome
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def was(self) -> dict[str, Any]:
        return self._shown(self.before)

    @property
    def now(self) -> dict[str, Any]:
        return self._shown(self.after)

    def _shown(self, outcome: Outcome) -> dict[str, Any]:
        steps = [
            self.names.get(position, position) for kind, position in outcome.steps or () if kind != "file"
        ]
        label = EFFECTS[outcome.effect]
        return {
            "level": LEVEL_OF[outcome.effect],
            "label": label,
            "reason": outcome.reason or "",
            "steps": " → ".join(steps),
        }


@dataclass(frozen=True)
class TrialView:
    """A trial as one person may see it: counts of all, lines of what the person sees."""

    trial: Trial
    name: str
    tried: tuple[tuple[Text, str], ...]
    rows: QuerySet[TrialRow]

    @cached_property
    def names(self) -> dict[str, str]:
        return position_names()

    @cached_property
    def count(self) -> int:
        return self.rows.count()

    @cached_property
    def lines(self) -> list[TrialLine]:
        return self.lines_of(self.rows[:20])

    def lines_of(self, rows: Iterable[TrialRow]) -> list[TrialLine]:
        return [
            TrialLine(row, Outcome.from_json(row.before), Outcome.from_json(row.after), self.names)
            for row in rows
        ]

    @property
    def progress(self) -> Progress | None:
        """How far the job is that tries it."""
        return progress(self.trial.job) if self.trial.job else None

    @property
    def hidden(self) -> int:
        return self.trial.changed - self.count

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


def trial_view(trial: Trial, reader: User) -> TrialView:
    """A trial with the campaigns that the reader may see."""
    rule = rules.get(trial.change.get("rule", ""))
    tried: tuple[tuple[Text, str], ...] = ()
    if rule is not None:
        tried = tuple(
            (Say(rule.bound(name).label), str(_words(rule, name, value)))
            for name, value in trial.change["values"].items()
        )
    seen = visible_subjects(reader).order_by().values("pk")
    rows = (
        TrialRow.objects.filter(trial=trial, subject__in=seen)
        .select_related("subject")
        .order_by("-money", "pk")
    )
    name = rule.name if rule else str(definitions[trial.change["definition"]].label)
    return TrialView(trial, name, tried, rows)


def trial_address(trial: Trial) -> str:
    """The page that shows a trial."""
    return reverse("rulebook:trial_detail", args=[trial.pk])


def latest_trial(rule_id: str, user: User) -> Trial | None:
    """The last trial that a person made of a rule."""
    return Trial.objects.filter(made_by=user, change__rule=rule_id).order_by("-pk").first()


@dataclass(frozen=True)
class ParamThen:
    """A parameter as a decision used it, beside its value in force."""

    label: Text
    then: Text
    now: Text

    @property
    def has_changed(self) -> bool:
        return str(self.then) != str(self.now)


def params_then(stored: StoredVerdict) -> list[ParamThen]:
    """The parameters that a stored verdict used."""
    rule = rules.get(stored.rule)
    if rule is None:
        return [ParamThen(name, str(value), "") for name, value in stored.params.items()]
    now = params_on([rule])[rule.id]
    return [
        ParamThen(
            Say(rule.bound(name).label),
            rule.bound(name).words(as_declared(default, stored.params.get(name, default))),
            rule.bound(name).words(now[name]),
        )
        for name, default in rule.params.items()
    ]


def words_then(stored: StoredVerdict) -> tuple[Word, ...]:
    """The sentence of the rule as it stood when it was applied."""
    rule = rules.get(stored.rule)
    if rule is None:
        return ()
    return tuple(rule.says({n: as_declared(d, stored.params.get(n, d)) for n, d in rule.params.items()}))
