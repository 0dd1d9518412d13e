"""Content that changes: while a case is running, and after it was approved."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import take_version_after
from yunchou.kernel.versions.models import Version

from .. import journal
from ..conditions import STRICTNESS, Kind, Reason, distinct, stored
from ..models import Amendment, Case, Step, Task, stored_reasons
from ..routing import NoRoute, PlannedStep, Route, lay_out, plan_route
from .checks import already, demand, fact_changes, in_one_transaction, is_over, leads
from .nodes import Node
from .opening import History, Past, begin, changed_facts, judge, lay, lock_subject, node_of, send
from .progress import Progress
from .situation import bracketed


@in_one_transaction
def amend_case(*, case: Case, actor: User, note: str) -> Case:
    """Let a running case go on with the content as it is now; for its initiator and the owners of the subject.

    Takes a new version, computes the facts again, and voids only the decisions of steps that watch a changed fact. Steps
    that are newly demanded by the case's own definition are added, undecided ones that are no longer demanded dropped.
    Somebody always decides on the new content: where nothing else is left, the last who approved. Everybody is told of
    the difference. Refuses without a reason (`note`), when nothing differs, with `NoRoute` where no row applies, and
    whatever the room refuses (`on_amend`). Records `approvals.amended`.
    """
    progress = Progress.locked(case, actor)
    case = progress.case
    if case.initiator_id != actor.pk and not leads(case.subject, actor):
        words = say(_("Only {person} or an owner may hand in a change."), person=str(case.initiator))
        raise NotAllowed(words)
    if not case.is_running:
        raise WrongState(is_over(case))
    note = demand(note, "note", say(_("Say what was changed, and why.")))
    if progress.declared.on_amend:
        progress.declared.on_amend(case.subject, case, actor)
    before = Version.objects.filter(subject=case.subject_id).first()
    after = take_version_after(before, subject=case.subject, actor=actor)
    if after.digest == case.digest:
        raise WrongState(say(_("Nothing was changed since it was sent.")), code="unchanged")
    # The one who changed it does not decide on it either.
    progress.barred.setdefault(actor.pk, say(_("was the last to edit it")))
    route = _route_of_running(progress)
    changed = changed_facts(case.facts, stored(route.facts))
    was = case.version
    case.version, case.digest = after, after.digest
    case.facts, case.reasons = stored(route.facts), stored_reasons(route.reasons)
    case.verdicts = judge(case.subject, progress.declared, after.digest)
    case.save(update_fields=["version", "digest", "facts", "reasons", "verdicts"])
    effect = Effect(progress, route, set(changed))
    effect.apply()
    progress.reseat()
    amendment = Amendment(
        case=case, before=was, after=after, facts=changed, note=note, by=actor,
        voided=[node.step.pk for node in effect.voided], dropped=[node.step.pk for node in effect.dropped],
    )  # fmt: skip
    told = fact_changes(case, changed)
    progress.record(journal.AMENDED, version=str(after), facts=told, note=bracketed(note))
    _tell_of_change(progress, effect, told)
    progress.save()
    amendment.added = [node.step.pk for node in effect.added]
    amendment.save()
    return case


def _route_of_running(progress: Progress) -> Route:
    """What the case's own definition demands of the content as it is now."""
    case = progress.case
    facts = progress.declared.facts_of(case.subject)
    rows = [row.as_row() for row in case.definition.rows.all()]
    route = lay_out(case.definition, rows, facts, case.subject.unit, progress.barred, may_be_vacant=True)
    if route.obstacle is not None:
        raise NoRoute(route.obstacle)
    return route


class Effect:
    """What changed facts do to the steps of a running case."""

    def __init__(self, progress: Progress, route: Route, changed: set[str]) -> None:
        self.progress, self.route, self.changed = progress, route, changed
        self.voided: list[Node] = []
        self.added: list[Node] = []
        self.dropped: list[Node] = []
        # The route has read the seats of all positions that are demanded now; steps that are kept may ask for others.
        demanded = {planned.position.pk for planned in route.steps}
        if route.seats is not None and all(
            node.step.position_id in demanded for node in progress.nodes if node.step.position_id
        ):
            progress.seats = route.seats
        else:
            progress.__dict__.pop("seats", None)

    def apply(self) -> None:
        demanded = {planned.position.pk: planned for planned in self.route.steps}
        known: dict[int, Node] = {}
        for node in list(self.progress.nodes):
            if node.step.position_id is None:
                self._follow_facts(node)
            elif planned := demanded.get(node.step.position_id):
                known[node.step.position_id] = node
                self._meet(node, planned)
            elif node.step.is_unfinished or node.step.state == Step.State.SKIPPED:
                self._let_go(node)
            else:
                # What was decided and is not demanded any more stays on record; no change concerns it now.
                node.step.watches = []
        for planned in self.route.steps:
            if planned.position.pk not in known:
                known[planned.position.pk] = self._add(planned)
        self._cover(known)
        if not self.progress.unfinished and (last := self.progress.ask_the_last()):
            self.voided.append(last)

    @cached_property
    def _responsible(self) -> int | None:
        """The position of the responsible approver, where approved content was changed; it is asked in any case."""
        reopened = self.progress.case.reopens
        responsible = _responsible(Past(reopened)) if reopened else None
        return responsible.position_id if responsible else None

    def _has_lost_force(self, node: Node, watched: set[str]) -> bool:
        """Whether a decision does not stand: about facts that changed, or by somebody who has a share now (R-APR-15)."""
        return bool(self.changed & watched or self.progress.agreed_by(node) & self.progress.barred.keys())

    def _follow_facts(self, node: Node) -> None:
        """An added signer decides anew where the facts of the step changed to which he was added."""
        if node.step.state == Step.State.DONE and self._has_lost_force(node, set(node.step.watches)):
            self._void(node)

    def _meet(self, node: Node, planned: PlannedStep) -> None:
        """A step that is demanded still: perhaps of a stricter kind, or with facts that changed."""
        step, watched = node.step, set(node.step.watches) | planned.watches
        is_stricter = STRICTNESS.index(Kind(planned.kind)) > STRICTNESS.index(Kind(step.kind))
        step.watches = sorted(watched)
        step.reasons = stored_reasons(distinct([*planned.reasons, *_kept(step)]))
        if step.state == Step.State.VOID:
            step.state = Step.State.DONE if node.in_state(Task.State.DONE) else step.state
        if step.state != Step.State.DONE:
            step.kind, step.ratio = planned.kind, planned.ratio
        if step.state == Step.State.VOID:
            self._revive(node, planned)
        elif (
            step.state == Step.State.DONE
            and step.blocks
            and (is_stricter or self._has_lost_force(node, watched))
        ):
            if is_stricter:
                step.kind, step.ratio = planned.kind, planned.ratio
            self._void(node)
        elif node.is_carried_on and (is_stricter or self._has_lost_force(node, watched)):
            self._void(node)
        elif step.state == Step.State.SKIPPED and planned.skip is None and not step.carried_from_id:
            # The step that covered it, or the decision that made it unnecessary, may be gone.
            self._void(node)

    def _revive(self, node: Node, planned: PlannedStep) -> None:
        """A step that an earlier change had dropped is demanded again."""
        self.progress.void(node)
        for turn, seat in enumerate(planned.seats):
            if all(task.assignee_id != seat.user.pk for task in node.live):
                self.progress.foresee(node, seat.user, instead_of=seat.instead_of, turn=turn)
        self.added.append(node)

    def _void(self, node: Node) -> None:
        self.progress.void(node)
        self.voided.append(node)

    def _let_go(self, node: Node) -> None:
        """A step that is no longer demanded is dropped; but who approved it before answers for the change (R-APR-17)."""
        if node.step.position_id != self._responsible:
            self._drop(node)
        elif node.covered_by is not None:
            self._void(node)

    def _drop(self, node: Node) -> None:
        self.progress.drop(node)
        self.dropped.append(node)
        for other in self.progress.nodes:
            if other.step.added_for_id == node.step.pk and other.step.is_unfinished:
                self._drop(other)

    def _add(self, planned: PlannedStep) -> Node:
        """A step that is newly demanded, before those of higher levels."""
        nodes = self.progress.nodes
        above = [node.step.order for node in nodes if node.step.level > planned.level]
        order = min(above, default=max((node.step.order for node in nodes), default=0) + 1)
        for node in nodes:
            if node.step.order >= order:
                node.step.order += 1
        added = node_of(self.progress, planned, order)
        nodes.append(added)
        self.added.append(added)
        return added

    def _cover(self, known: dict[int, Node]) -> None:
        """Skip undecided steps of people who decide again in a later one, as the new route says."""
        places = [known[planned.position.pk] for planned in self.route.steps]
        for node, planned in zip(places, self.route.steps, strict=True):
            if planned.skip is None or planned.covered_by is None or node.step.state != Step.State.WAITING:
                continue
            cover = places[planned.covered_by]
            if cover.step.is_unfinished:
                self.progress.skip(node, Reason("R-APR-14", "", planned.skip))
                node.covered_by = cover


def _kept(step: Step) -> list[Reason]:
    """Reasons that came up on the way, such as substitutions; those of the rows are told anew."""
    return [reason for reason in step.as_reasons() if reason.level != "fine"]


def _tell_of_change(progress: Progress, effect: Effect, told: Any) -> None:
    """Who decided hears whether the decision still stands; who decides now or later, what is different."""
    title, stamp = progress.case.subject.title, progress.case.digest[:12]
    again: list[User] = []
    others: list[User] = []
    for node in progress.nodes:
        for task in node.tasks:
            if task.decided_at and node.step.blocks and not task.is_vacant:
                (again if node in effect.voided else others).append(task.assignee)
            elif task.state == Task.State.WAITING and not task.is_vacant:
                others.append(task.assignee)
    words = say(_("“{title}” was changed: {facts}. You decide again."), title=title, facts=told)
    progress.tell(again, "approvals.changed", words, f"change:{progress.case.pk}:{stamp}")
    rest = [one for one in (progress.case.initiator, *others, *progress.copied) if one not in again]
    words = say(_("“{title}” was changed during approval: {facts}"), title=title, facts=told)
    progress.tell(rest, "approvals.changed", words, f"change:{progress.case.pk}:{stamp}")


@transaction.atomic
def reopen_case(*, subject: Subject, definition: str, actor: User, note: str) -> Case | None:
    """Approved content was changed (R-APR-08, R-APR-17): ask only for what that newly needs, and the responsible approver.

    Opens a case whose other steps count as decided; the responsible approver is the last who approved. None where the
    content equals the approved version. Refuses while a case is running and where none was approved. Callers check the
    right. Records `approvals.reopened`.
    """
    subject = lock_subject(subject)
    history = History.of(subject)
    if history.is_running:
        raise WrongState(already(subject))
    approved = (
        Case.objects.filter(subject=subject, state=Case.State.APPROVED, definition__key=definition)
        .order_by("-pk")
        .first()
    )
    if approved is None:
        raise WrongState(say(_("“{title}” was not approved before."), title=subject.title))
    route = plan_route(subject, definition, actor, with_waits=False)
    newest = take_version_after(history.newest, subject=subject, actor=actor)
    if newest.digest == approved.digest:
        return None
    if route.obstacle is not None:
        raise NoRoute(route.obstacle)
    begun = begin(subject, route, newest, actor, note=note, reopens=approved)
    past = Past(approved)
    responsible = _responsible(past)
    lay(begun, route.steps, _still_decided(past, route, responsible))
    if responsible and responsible.position_id not in {step.position.pk for step in route.steps}:
        _ask_responsible(begun, responsible)
    return send(begun, journal.REOPENED, note)


def _responsible(past: Past) -> Step | None:
    """The last step of a position in which the approved case was approved: reviews only where there is nothing else."""
    agreed = [step for step in past.steps if step.position_id and past.agreed_by(step)]
    approving = [step for step in agreed if step.kind != Kind.REVIEW] or agreed
    return max(approving, key=lambda step: (step.level, step.order), default=None)


def _still_decided(past: Past, route: Route, responsible: Step | None) -> dict[int, Step]:
    """Steps of the route that need not be decided again, by their place."""
    stays: dict[int, Step] = {}
    for number, planned in enumerate(route.steps):
        step = past.at(planned)
        if step is None or step == responsible:
            continue
        standing = past.standing(planned, route.barred) if planned.blocks else None if step.blocks else step
        if standing is not None:
            stays[number] = standing
    return stays


def _ask_responsible(progress: Progress, responsible: Step) -> None:
    """The responsible approver decides, though the route alone would no longer ask for it."""
    assert responsible.position is not None
    words = say(_("Approved it before, and so is responsible for the change."))
    planned = PlannedStep(
        responsible.kind, responsible.position, responsible.unit, responsible.level, responsible.ratio, (),
        (Reason("R-APR-17", "000 §3.2", words),), watches=frozenset(responsible.watches),
    )  # fmt: skip
    progress.__dict__.pop("seats", None)
    progress.nodes.append(node_of(progress, planned, max(n.step.order for n in progress.nodes) + 1))
