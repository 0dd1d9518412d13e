"""What happened to a case, oldest first, and whom it waits for: the vertical line at the side of the decision page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.formats import span_text
from yunchou.kernel.versions.models import Version

from .conditions import Fact, Kind
from .difference import walk
from .models import Amendment, Case, Remark, Step, Task
from .registry import Change

#: Changed lines that one entry of the course shows; the page of the case shows all.
SHOWN = 6


@dataclass(frozen=True)
class Entry:
    """One line: who, in which post, did what, when, how long it took, with which words.

    `is_void` is a decision that lost its force; `question` one that waits for the reader's answer; `changes` and `effects`
    tell of an amendment.
    """

    actor: User | None
    verb: Text
    at: datetime | None
    post: Text = ""
    took: str = ""
    text: str = ""
    note: Text = ""
    is_pending: bool = False
    is_void: bool = False
    question: Remark | None = None
    changes: Sequence[Change] = ()
    effects: Sequence[Say] = field(default=())


def course_of(case: Case, steps: Sequence[Step], user: User) -> list[Entry]:
    """The whole course in three queries; `steps` come with their tasks."""
    every = [task for step in steps for task in step.tasks.all()]
    entries = [Entry(case.initiator, _opening(case), case.opened_at, text=case.note)]
    entries += [_decision(task) for task in every if task.decided_at]
    entries += _remarks(case, user)
    entries += _amendments(case, steps)
    if case.state == Case.State.WITHDRAWN:
        entries.append(Entry(case.initiator, say(_("withdrew it")), case.closed_at))
    entries.sort(key=lambda entry: entry.at or case.opened_at)
    if case.is_running:
        entries += [_waiting(task) for task in every if _is_asked(task)]
    return entries


def _opening(case: Case) -> Say:
    if case.reopens_id:
        return say(_("sent the changed content for approval"))
    return say(_("sent it for approval again")) if case.continues_id else say(_("sent it for approval"))


# -- decisions ---------------------------------------------------------------------------------------------------------

_VERBS = {
    Task.Decision.APPROVED: _("approved"),
    Task.Decision.RETURNED: _("returned it"),
    Task.Decision.REJECTED: _("rejected it"),
    Task.Decision.ACKNOWLEDGED: _("took it on record"),
}


def _decision(task: Task) -> Entry:
    decision = Task.Decision(task.decision)
    verb = _VERBS[decision]
    if task.step.kind == Kind.REVIEW and decision == Task.Decision.APPROVED:
        verb = _("agreed in review")
    took = span_text(task.took) if task.took is not None and task.took >= timedelta(minutes=1) else ""
    return Entry(
        task.assignee,
        say(verb),
        task.decided_at,
        post=post_of(task.step),
        took=took,
        text=task.opinion,
        note=_stands_in(task),
        is_void=task.state == Task.State.VOID,
    )


def _is_asked(task: Task) -> bool:
    return task.state == Task.State.WAITING and task.step.state == Step.State.OPEN and task.step.blocks


def _waiting(task: Task) -> Entry:
    verb = say(_("reviews next")) if task.step.kind == Kind.REVIEW else say(_("decides next"))
    if task.is_vacant:
        verb = say(_("has to fill the seat"))
    waited = (
        str(say(_("waiting for {span}"), span=span_text(clock.now() - task.opened_at)))
        if task.opened_at
        else ""
    )
    return Entry(
        task.assignee,
        verb,
        None,
        post=post_of(task.step),
        took=waited,
        note=_stands_in(task),
        is_pending=True,
    )


def post_of(step: Step) -> Text:
    """The position that decides; for an added signer, who added him or her."""
    if step.added_by_id and step.added_by:
        return say(_("asked by {person}"), person=str(step.added_by))
    return str(step.position or "")


def _stands_in(task: Task) -> Text:
    return say(_("for {person}"), person=str(task.instead_of)) if task.instead_of else ""


# -- what was said -----------------------------------------------------------------------------------------------------

_SAID = {
    Remark.Kind.REMARK: _("remarked"),
    Remark.Kind.QUESTION: _("asked"),
    Remark.Kind.ANSWER: _("answered"),
    Remark.Kind.URGE: _("reminded"),
    Remark.Kind.HANDED: _("handed it on"),
    Remark.Kind.ADDED: _("added a signer"),
    Remark.Kind.SEATED: _("the seat changed"),
}


def _remarks(case: Case, user: User) -> list[Entry]:
    remarks = list(case.remarks.select_related("author", "to"))
    answered = {remark.answers_id for remark in remarks if remark.answers_id}
    return [_remark(remark, user, is_answered=remark.pk in answered) for remark in remarks]


def _remark(remark: Remark, user: User, *, is_answered: bool) -> Entry:
    waits = remark.kind == Remark.Kind.QUESTION and remark.to_id == user.pk and not is_answered
    return Entry(
        remark.author,
        say(_SAID[Remark.Kind(remark.kind)]),
        remark.at,
        text=remark.text,
        note=say(_("to {person}"), person=str(remark.to)) if remark.to else "",
        question=remark if waits else None,
    )


# -- amendments --------------------------------------------------------------------------------------------------------


def _amendments(case: Case, steps: Iterable[Step]) -> list[Entry]:
    by_pk = {step.pk: step for step in steps}
    found = case.amendments.select_related("before", "after", "by")
    return [_amendment(case, amendment, by_pk) for amendment in found]


def _amendment(case: Case, amendment: Amendment, steps: dict[int, Step]) -> Entry:
    changes = between(case, amendment.before, amendment.after)
    return Entry(
        amendment.by,
        say(_("changed the content")),
        amendment.at,
        text=amendment.note,
        note=f"{amendment.before} → {amendment.after}",
        changes=changes[:SHOWN],
        effects=effects_of(case, amendment, steps),
    )


def between(case: Case, before: Version, after: Version) -> list[Change]:
    """What changed from one version of the subject to another, as its room tells it."""
    tell = case.definition.declared.difference or walk
    return list(tell(before.content, after.content))


def effects_of(case: Case, amendment: Amendment, steps: dict[int, Step]) -> list[Say]:
    """What the change did to the route, and why: the facts that moved, then the steps by what became of them."""
    declared = case.definition.declared.facts
    told = [
        _moved(declared[name], *pair)
        for name, pair in amendment.facts.items()
        if name in declared and len(pair) == 2
    ]
    for msgid, pks in (
        (_("Decision void, because that changed: {steps}"), amendment.voided),
        (_("Newly needed: {steps}"), amendment.added),
        (_("No longer needed: {steps}"), amendment.dropped),
    ):
        if names := ", ".join(str(steps[pk]) for pk in pks if pk in steps):
            told.append(say(msgid, steps=names))
    return told


def _moved(fact: Fact, before: object, after: object) -> Say:
    return say(
        _("{fact}: {before} → {after}"),
        fact=say(fact.label),
        before=fact.words(before),
        after=fact.words(after),
    )
