"""Checks of one table against another. What a workbook says twice must be the same twice, or somebody says why not.

None of these corrects anything: each shows both sides, and a person confirms, fixes, or leaves it standing.
`comment` names the contradiction of the worked example (its YAML lists them) that the check was made to find.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.goals import is_lead_count, is_same_target, plain_name
from yunchou.capabilities.work.states import WORDS, State
from yunchou.capabilities.work.states import Phase as TaskPhase
from yunchou.kernel.core.money import ZERO, format_exact, format_yuan
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import WARN, Fix, Place, Verdict, failed
from yunchou.kernel.sheets.values import Person, decimal_text

from ..words import listed
from .likeness import Wording, in_place_deadlines, shared_words

if TYPE_CHECKING:
    from yunchou.capabilities.work.tables import TaskRow

    from ..facts import CampaignFacts

DONE = State.DONE
ARRIVED = ("全部到货", "全部到位", "全部入库")


def span(start: date | None, end: date | None) -> str:
    """`07-20 — 07-25`, with what is missing as a question mark."""
    return " — ".join(day.strftime("%m-%d") if day else "?" for day in (start, end))


@rule(
    "R-SCH-06",
    clause="004 二(二)、三",
    severity=WARN,
    title=_("Dates agree"),
    sentence=_(
        "Dates of the creative phases, the division of work, the schedule, contracts and venues agree; each "
        "conflict is confirmed one by one."
    ),
)
def dates_agree(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """Dates of phases, division of work, Gantt, contracts and venues agree; each conflict is confirmed one by one.

    Where they differ the Gantt leads (X-20), so the smallest change is to follow it.
    """
    yield from _phases_against_tasks(ctx)
    yield from _division_against_tasks(ctx)
    yield from _materials_in_place(ctx)
    yield from _states_against_tasks(ctx)
    yield from _creative_after_confirmation(ctx)
    yield from _outside_against_tasks(ctx)


def _phases_against_tasks(ctx: CampaignFacts) -> Iterator[Verdict]:
    """C1: a phase and the task that carries its name."""
    for phase in ctx.phases:
        stem = phase.name.removesuffix("期")
        for position, task in enumerate(ctx.tasks):
            if stem and stem in task.name and (task.start_on, task.end_on) != (phase.start_on, phase.end_on):
                late = (task.start_on - phase.start_on).days if task.start_on else 0
                yield failed(
                    say(
                        _(
                            "“{phase}” is {planned} in the creative plan, {scheduled} in the Gantt "
                            "({days} days later)."
                        ),
                        phase=phase.name,
                        planned=span(phase.start_on, phase.end_on),
                        scheduled=span(task.start_on, task.end_on),
                        days=late,
                    ),
                    at=[
                        Place("creative", ctx.content_plan_position, "content"),
                        Place("schedule", position, "start_on"),
                    ],
                    stored=span(phase.start_on, phase.end_on),
                    computed=span(task.start_on, task.end_on),
                    fix=Fix(say(_("Follow the Gantt: {dates}."), dates=span(task.start_on, task.end_on))),
                    comment="C1",
                )


def _division_against_tasks(ctx: CampaignFacts) -> Iterator[Verdict]:
    """C2 and C4: a row of the division of work against the tasks that speak of the same thing, taken together."""
    wording = _wording_of_tasks(ctx)
    for position, row in enumerate(ctx.assignments):
        found = wording.most_like(row.task) if row.start_on and row.end_on else None
        dated = [n for n in found.positions if _is_dated(ctx.tasks[n])] if found else []
        if not found or not dated:
            continue
        start = min(ctx.tasks[n].start_on for n in dated)  # type: ignore[type-var]
        end = max(ctx.tasks[n].end_on for n in dated)  # type: ignore[type-var]
        if row.start_on <= start and end <= row.end_on:  # type: ignore[operator]
            continue  # A row may span more than its tasks; only tasks that leave it are a conflict.
        is_apart = start > row.end_on or end < row.start_on  # type: ignore[operator]
        yield failed(
            say(
                _("{word}: {divided} in the division of work, {scheduled} in the Gantt ({phase})."),
                word=found.word,
                divided=span(row.start_on, row.end_on),
                scheduled=span(start, end),
                phase=_phase_of(ctx, start),
            ),
            at=[Place("division", position, "start_on"), *(Place("schedule", n, "start_on") for n in dated)],
            stored=span(row.start_on, row.end_on),
            computed=span(start, end),
            fix=Fix(
                say(_("Follow the Gantt: {dates}."), dates=span(start, end)),
                {Place("division", position, "start_on"): start, Place("division", position, "end_on"): end},
            ),
            comment="C2" if is_apart else "C4",
        )


def _wording_of_tasks(ctx: CampaignFacts) -> Wording:
    """The names of the Gantt's tasks, among the names of everything else in the campaign."""
    others = (
        *(row.task for row in ctx.assignments),
        *(line.item_name for line in ctx.lines),
        *(row.content for row in ctx.modules),
        *(risk.scenario for risk in ctx.risks),
    )
    return Wording([task.name for task in ctx.tasks], others)


def _is_dated(task: TaskRow) -> bool:
    return task.start_on is not None and task.end_on is not None


def _phase_of(ctx: CampaignFacts, day: date | None) -> str:
    """The phase of the creative plan in which a day lies."""
    return next((f.name for f in ctx.phases if day and f.start_on <= day <= f.end_on), "—")


def _materials_in_place(ctx: CampaignFacts) -> Iterator[Verdict]:
    """C3: by when the same goods must be in place, said in several tables."""
    said: dict[str, list[tuple[date, Place, str]]] = {}
    texts = [
        *(
            (row.standard, Place("division", n, "standard"), "执行分工表")
            for n, row in enumerate(ctx.assignments)
        ),
        *((task.note, Place("schedule", n, "note"), "执行甘特图") for n, task in enumerate(ctx.tasks)),
        *((risk.trigger, Place("risks", n, "trigger"), "风险预案表") for n, risk in enumerate(ctx.risks)),
    ]
    for text, place, table in texts:
        for thing, day in in_place_deadlines(text, ctx.ctx):
            said.setdefault(thing or "物料", []).append((day, place, table))
    for thing, places in said.items():
        if len({day for day, _place, _table in places}) < 2:
            continue
        leading = next(
            (day for day, _place, table in places if table == "执行甘特图"), max(d for d, _p, _t in places)
        )
        days = [f"{table} {day:%m-%d}" for day, _place, table in places]
        yield failed(
            say(_("{thing} must be in place on different days: {days}."), thing=thing, days=listed(days)),
            at=[place for _day, place, _table in places],
            stored="\n".join(days),
            computed=leading.isoformat(),
            fix=Fix(say(_("Follow the Gantt: {dates}."), dates=f"{leading:%m-%d}")),
            comment="C3",
        )


def _states_against_tasks(ctx: CampaignFacts) -> Iterator[Verdict]:
    """C4 and C8: something is done in one table while a part of it goes on in another."""
    wording = _wording_of_tasks(ctx)
    for position, row in enumerate(ctx.assignments):
        told = f"{row.task}\n{row.description}\n{row.standard}"
        for number in wording.near(told) if row.state == DONE else ():
            task = ctx.tasks[number]
            words = shared_words(told, task.name)
            is_later = bool(row.end_on and task.start_on and task.start_on > row.end_on)
            if task.state in (None, DONE) or not words or is_later:
                continue
            same_days = (row.start_on, row.end_on) == (task.start_on, task.end_on)
            yield failed(
                say(
                    _(
                        "“{row}” is done in the division of work, while “{task}” ({word}) is not done in "
                        "the Gantt."
                    ),
                    row=row.task,
                    task=task.name,
                    word=words[0],
                ),
                at=[Place("division", position, "state"), Place("schedule", number, "state")],
                stored=f"{span(row.start_on, row.end_on)} {_state_word(row.state)}",
                computed=f"{span(task.start_on, task.end_on)} {_state_word(task.state)}",
                fix=Fix(say(_("Set both to the true state."))),
                comment="C8" if same_days else "C4",
            )
    yield from _reported_arrivals(ctx, wording)


def _reported_arrivals(ctx: CampaignFacts, wording: Wording) -> Iterator[Verdict]:
    """C8: a report says that all goods arrived while the task that brings them goes on."""
    for position, report in enumerate(ctx.reports):
        for line in (line for line in report.done if any(word in line for word in ARRIVED)):
            for number in wording.near(line):
                task = ctx.tasks[number]
                if task.state in (None, DONE) or not shared_words(line, task.name):
                    continue
                yield failed(
                    say(
                        _("The report of {day} says “{line}”, while “{task}” is not done in the Gantt."),
                        day=report.day.isoformat() if report.day else "?",
                        line=line,
                        task=task.name,
                    ),
                    at=[Place("reports", position, "done"), Place("schedule", number, "state")],
                    stored=line,
                    computed=_state_word(task.state),
                    fix=Fix(say(_("Set the task to done, or correct the report by another."))),
                    comment="C8",
                )


def _state_word(state: State | None) -> str:
    """A state in the words of the tables."""
    return next((word for word, each in WORDS.items() if each == state), "")


def _creative_after_confirmation(ctx: CampaignFacts) -> Iterator[Verdict]:
    """C5: a part of the plan is due after the plan has been confirmed."""
    confirmed = [
        (n, t) for n, t in enumerate(ctx.tasks) if "方案" in t.name and "确认" in t.name and t.end_on
    ]
    for number, task in confirmed:
        for position, row in enumerate(ctx.modules):
            if row.due_on and task.end_on and row.due_on > task.end_on:
                yield failed(
                    say(
                        _("“{module}” is due {due}, after the plan is confirmed ({task}, {confirmed})."),
                        module=row.module,
                        due=row.due_on.isoformat(),
                        task=task.name,
                        confirmed=task.end_on.isoformat(),
                    ),
                    at=[Place("creative", position, "due_on"), Place("schedule", number, "end_on")],
                    stored=row.due_on.isoformat(),
                    computed=task.end_on.isoformat(),
                    fix=Fix(
                        say(_("Make it due by {day}."), day=task.end_on.isoformat()),
                        {Place("creative", position, "due_on"): task.end_on},
                    ),
                    comment="C5",
                )


ON_SITE = ("线下", "现场", "快闪", "搭建", "布展", "彩排", "撤场", "落地", "场地")
OUTSIDE = {
    "contract": _("The contract “{title}” runs {planned}, “{tasks}” {scheduled} in the Gantt."),
    "venue": _("The venue “{title}” is booked {planned}, “{tasks}” is {scheduled} in the Gantt."),
    "": _("“{title}” is dated {planned}, “{tasks}” is {scheduled} in the Gantt."),
}
"""What is said of each kind of date beside the tables."""


def _outside_against_tasks(ctx: CampaignFacts) -> Iterator[Verdict]:
    """A contract on a venue, its booking, or invitations, that do not cover the tasks of the Gantt they are for."""
    if not ctx.dated:
        return
    wording = _wording_of_tasks(ctx)
    for one in ctx.dated:
        positions = _tasks_for(ctx, wording, one.title)
        if not positions:
            continue
        start = min(ctx.tasks[n].start_on for n in positions)  # type: ignore[type-var]
        end = max(ctx.tasks[n].end_on for n in positions)  # type: ignore[type-var]
        if one.start_on <= start and end <= one.end_on:  # type: ignore[operator]
            continue
        yield failed(
            say(
                OUTSIDE.get(one.kind, OUTSIDE[""]),
                title=one.title,
                planned=span(one.start_on, one.end_on),
                tasks="、".join(ctx.tasks[n].name for n in positions),
                scheduled=span(start, end),
            ),
            at=[Place("schedule", n, "start_on") for n in positions],
            stored=span(one.start_on, one.end_on),
            computed=span(start, end),
            fix=Fix(say(_("Follow the Gantt: {dates}."), dates=span(start, end))),
        )


def _tasks_for(ctx: CampaignFacts, wording: Wording, title: str) -> list[int]:
    """The dated tasks that something outside is for: those of its name, else what is done on site, else the execution."""
    found = wording.most_like(title)
    named = [n for n in found.positions if _is_dated(ctx.tasks[n])] if found else []
    running = [
        n for n, task in enumerate(ctx.tasks) if _is_dated(task) and task.known_phase == TaskPhase.EXECUTION
    ]
    on_site = [n for n in running if any(word in ctx.tasks[n].name for word in ON_SITE)]
    return [n for n in named if n in running] or on_site or running


@rule(
    "K-A5",
    clause="004 二(三)、三(三)、四(三)",
    severity=WARN,
    title=_("Extra spending is covered"),
    sentence=_("What risks and issues may spend beyond the plan fits into the contingency."),
)
def extra_spending_is_covered(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """What risks and issues may spend beyond the plan fits into the contingency (R-BUD-04, R-RSK-05)."""
    at: list[Place] = []
    extra = ZERO
    for position, risk in enumerate(ctx.risks):
        if amount := risk.extra_amount:
            extra += amount
            at.append(Place("risks", position, "responses"))
    for position, issue in enumerate(ctx.issues):
        if issue.extra_cost:
            extra += issue.extra_cost
            at.append(Place("issues", position, "extra_cost"))
    held = sum((line.amount or ZERO for line in ctx.lines if line.is_contingency), ZERO)
    if at and extra > held:
        short = extra - held
        at += [Place("budget", n, "amount") for n, line in enumerate(ctx.lines) if line.is_contingency]
        yield failed(
            say(
                _(
                    "Measures of risks and issues may spend ¥{extra}, the contingency is ¥{held}: "
                    "¥{short} short."
                ),
                extra=format_yuan(extra),
                held=format_yuan(held),
                short=format_yuan(short),
            ),
            at=at,
            stored=format_exact(held),
            computed=format_exact(extra),
            fix=Fix(
                say(_("Raise the contingency by ¥{short}, or drop a measure."), short=format_yuan(short))
            ),
            comment="A5",
        )


@rule(
    "K-A8",
    clause="002 9.2 五",
    severity=WARN,
    title=_("Approvers do not carry out"),
    sentence=_(
        "Who approves a budget line takes no part in the work it pays for, and judges none of its results."
    ),
)
def approvers_do_not_carry_out(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """Who approves a budget line takes no part in the work it pays for, and judges none of its results (R-APR-15)."""
    approvers = {line.approver for line in ctx.lines if line.approver and line.approver.name}
    for approver in sorted(approvers, key=lambda person: person.name):
        roles = _roles_of(ctx, approver)
        if roles:
            lines = [n for n, line in enumerate(ctx.lines) if line.approver == approver]
            yield failed(
                say(
                    _("{person} approves {count} budget lines and also takes part: {roles}."),
                    person=approver.name,
                    count=len(lines),
                    roles=_listed([words for words, _place in roles]),
                ),
                at=[*(Place("budget", n, "approver") for n in lines), *(place for _words, place in roles)],
                stored=approver.name,
                computed="\n".join(dict.fromkeys(str(words.params["table"]) for words, _place in roles)),
                fix=Fix(
                    say(
                        _("Name another approver or a deputy; the route leaves {person} out."),
                        person=approver.name,
                    )
                ),
                comment="A8",
            )


def _roles_of(ctx: CampaignFacts, person: Person) -> list[tuple[Say, Place]]:
    """What else a person does in the campaign, in whatever table names people."""
    found: list[tuple[Say, Place]] = []
    for part in ctx.dossier.parts:
        columns = [key for key, column in part.table.by_key.items() if column.widget in ("person", "people")]
        for n, row in enumerate(part.rows if part.table.key != "budget" else ()):
            for key in columns:
                value = getattr(row, key)
                if person == value or (isinstance(value, tuple) and person in value):
                    what = part.table.label(row, ctx.ctx)
                    where = say(_("{table} “{what}”"), table=part.table.sheet, what=what)
                    found.append((where, Place(part.table.key, n, key)))
    return found


def _listed(parts: list[Say]) -> Say:
    joined = parts[0]
    for part in parts[1:]:
        joined = say(_("{first}; {second}"), first=joined, second=part)
    return joined


@rule(
    "K-A9",
    clause="004 三(一)",
    severity=WARN,
    title=_("The buyer owns the line"),
    sentence=_("Who owns a budget line also carries out the task that it pays for."),
)
def buyer_owns_the_line(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """The same thing has one owner: who owns a budget line also carries out the task that it pays for (R-TEA-01)."""
    wording = Wording([row.task for row in ctx.assignments], [line.item_name for line in ctx.lines])
    for position, line in enumerate(ctx.lines):
        found = wording.most_like(line.item_name)
        # A run that is a small part of the name (高校 of 高校公众号推文合作) does not say what is bought.
        if not found or line.owner is None or len(found.word) * 3 < len(line.item_name):
            continue
        rows = [(n, ctx.assignments[n]) for n in found.positions]
        if any(
            row.owner is None or row.owner == line.owner or line.owner in row.assistants for _n, row in rows
        ):
            continue
        for number, row in rows:
            assert row.owner is not None
            yield failed(
                say(
                    _("The budget of “{item}” is {owner}'s, the work “{task}” is {other}'s ({word})."),
                    item=line.item_name,
                    owner=line.owner.name,
                    task=row.task,
                    other=row.owner.name,
                    word=found.word,
                ),
                at=[Place("budget", position, "owner"), Place("division", number, "owner")],
                stored=line.owner.name,
                computed=row.owner.name,
                fix=Fix(
                    say(_("Give both to {person}."), person=row.owner.name),
                    {Place("budget", position, "owner"): row.owner},
                ),
                comment="A9",
            )


@rule(
    "R-DSH-06",
    clause="004 四(二)",
    severity=WARN,
    title=_("Channel targets add up"),
    sentence=_("The targets of the channels for one indicator add up to the goal for it."),
)
def channel_targets_add_up(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """The targets of the channels for one indicator add up to the goal for it."""
    for number, goal in enumerate(ctx.goals):
        for name, target in goal.indicators:
            rows = [
                (n, s)
                for n, s in enumerate(ctx.series)
                if s.target
                and s.target.value is not None
                and s.target.unit != "%"
                and _same_indicator(name, s.indicator)
            ]
            total = sum((s.target.value for _n, s in rows if s.target and s.target.value), Decimal(0))
            if target.value is None or len(rows) < 2 or total == target.value:
                continue
            over = total - target.value
            parts = " + ".join(decimal_text(s.target.value) for _n, s in rows if s.target and s.target.value)
            yield failed(
                say(
                    _(
                        "“{goal}” is {target}, the channels add up to {total} ({parts}), a difference of "
                        "{over}."
                    ),
                    goal=name,
                    target=decimal_text(target.value),
                    total=decimal_text(total),
                    parts=parts,
                    over=decimal_text(over),
                ),
                at=[Place("goals", number, "targets"), *(Place("dashboard", n, "target") for n, _s in rows)],
                stored=decimal_text(target.value),
                computed=decimal_text(total),
                fix=Fix(say(_("Split {target} between the channels."), target=decimal_text(target.value))),
                comment="B3",
            )


def _same_indicator(one: str, other: str) -> bool:
    """Whether two names mean one count: the same words, or both a count of captured leads."""
    return one == other or (is_lead_count(one) and is_lead_count(other))


@rule(
    "K-B4",
    clause="004 二(一)、四(二)",
    severity=WARN,
    title=_("One indicator for one goal"),
    sentence=_("A goal is measured by the indicator it names, not by another one with the same target."),
)
def one_indicator_for_one_goal(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """A goal is measured by the indicator it names, not by another one with the same target, and against its own target
    (GOA-09)."""
    yield from _targets_of_goals(ctx)
    names = {series.indicator for series in ctx.series}
    for number, goal in enumerate(ctx.goals):
        for name, target in goal.indicators:
            if name in names or target.value is None:
                continue
            for position, series in enumerate(ctx.series):
                same_target = series.target is not None and series.target.value == target.value
                if same_target and not _same_indicator(name, series.indicator):
                    used = _other_names(ctx, series.indicator)
                    yield failed(
                        say(
                            _(
                                "The goal is “{goal}” {target}, the dashboard measures “{indicator}” "
                                "against it. {used}"
                            ),
                            goal=name,
                            target=decimal_text(target.value),
                            indicator=series.indicator,
                            used=used,
                        ),
                        at=[Place("goals", number, "metrics"), Place("dashboard", position, "indicator")],
                        stored=name,
                        computed=series.indicator,
                        fix=Fix(
                            say(
                                _("Measure “{goal}”, or set the goal on “{indicator}”."),
                                goal=name,
                                indicator=series.indicator,
                            )
                        ),
                        comment="B4",
                    )


def _targets_of_goals(ctx: CampaignFacts) -> Iterator[Verdict]:
    """A row that alone measures a goal wants what the goal wants; channels that share it are added up (R-DSH-06)."""
    for number, goal in enumerate(ctx.goals):
        for name, target in goal.indicators:
            called = plain_name(name)
            rows = [(n, s) for n, s in enumerate(ctx.series) if plain_name(s.indicator) == called]
            if target.value is None or len(rows) != 1 or is_same_target(rows[0][1].target, target):
                continue
            [(position, series)] = rows
            stated = series.target.number if series.target else "—"
            yield failed(
                say(
                    _("The goal “{goal}” is {target}, the dashboard measures it against {stated}."),
                    goal=name,
                    target=target.number,
                    stated=stated,
                ),
                at=[Place("dashboard", position, "target"), Place("goals", number, "targets")],
                stored=stated,
                computed=target.number,
                fix=Fix(
                    say(_("Measure it against the goal: {target}."), target=target.number),
                    {Place("dashboard", position, "target"): replace(target, label="")},
                ),
                comment="B4",
            )


def _other_names(ctx: CampaignFacts, indicator: str) -> Say:
    """Where risks and reports speak of the same thing by yet another name."""
    triggers = [risk.trigger for risk in ctx.risks if indicator in risk.trigger]
    plays = [line for report in ctx.reports for line in report.done if "播放量" in line]
    if triggers and plays:
        return say(
            _("The risk trigger says “{trigger}”, a report says “{line}”."),
            trigger=triggers[0],
            line=plays[0],
        )
    return say("")
