"""Sending something for approval: the route, the version, the first step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind as JournalKind
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.actions import keep_verdicts
from yunchou.kernel.rules.registry import rules
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import take_version_after
from yunchou.kernel.versions.models import Version

from .. import journal
from ..conditions import STRICTNESS, Kind, Reason, stored
from ..models import Case, Copy, Step, stored_reasons
from ..permissions import Perm
from ..registry import Approvable, definitions
from ..routing import NoRoute, PlannedStep, Route, plan_route, said
from .checks import already
from .nodes import Node, agreed_in
from .progress import Progress
from .situation import bracketed


@contextmanager
def missing_route_told(subject: Subject, actor: User) -> Iterator[None]:
    """Where no route is found within, the administrators are told before the refusal goes on.

    It goes around the transaction that opens the case: what is written inside that one is rolled back with the refusal.
    """
    try:
        yield
    except NoRoute as missing:
        _tell_administrators(subject, said(missing), actor)
        raise


@transaction.atomic
def _tell_administrators(subject: Subject, reason: Say, actor: User) -> None:
    record(journal.NO_ROUTE, actor=actor, subject=subject, data={"title": subject.title, "reason": reason})
    notify(
        users=list(holders_of(Perm.CONFIGURE, subject.unit)),
        kind="approvals.no_route",
        say=say(_("“{title}” cannot be sent for approval: {reason}"), title=subject.title, reason=reason),
        subject=subject,
        key=f"approvals.no_route:{subject.pk}:{clock.today()}",
    )


@transaction.atomic
def open_case(
    *, subject: Subject, definition: str, actor: User, note: str = "", copies: Iterable[User] = ()
) -> Case:
    """Send the subject's present content for approval: takes a version, computes the route, opens the first step.

    After a return that comes straight back, steps before the returner that watch no changed fact stay decided. Refuses
    with `WrongState` while a case is running and with `NoRoute` where no row applies or nobody can decide. Records
    `approvals.opened`; everybody whose turn it is gets a duty (R-APR-16) and is told. Callers check the right.
    """
    subject = lock_subject(subject)
    history = History.of(subject)
    if history.is_running:
        raise WrongState(already(subject))
    route = plan_route(subject, definition, actor, with_waits=False)
    if route.obstacle is not None:
        raise NoRoute(route.obstacle)
    previous = Case.objects.get(pk=history.returned) if history.returned else None
    carried = decided_before_return(previous, route) if previous and previous.comes_back else {}
    begun = begin(subject, route, history.newest, actor, note=note, continues=previous)
    lay(begun, route.steps, carried)
    return send(begun, journal.OPENED, note, copies)


def lock_subject(subject: Subject) -> Subject:
    """The subject, read again under its lock."""
    return Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=subject.pk)


@dataclass(frozen=True)
class History:
    """What happened to a subject before: its newest version, and whether the last case is running or was returned."""

    newest: Version | None = None
    is_running: bool = False
    returned: int | None = None

    @classmethod
    def of(cls, subject: Subject) -> History:
        """In one query: without a version there was no case either."""
        cases = Case.objects.filter(subject=OuterRef("subject"))
        last = cases.order_by("-pk")
        newest = (
            Version.objects.filter(subject=subject)
            .defer("content")
            .annotate(case=Subquery(last.values("pk")[:1]), ended=Subquery(last.values("state")[:1]))
            .first()
        )
        if newest is None:
            return cls()
        # What was withdrawn or rejected after a return is over, and nothing of it is continued.
        returned = newest.case if newest.ended == Case.State.RETURNED else None
        return cls(newest, newest.ended == Case.State.RUNNING, returned)


def begin(
    subject: Subject,
    route: Route,
    newest: Version | None,
    actor: User,
    *,
    note: str,
    continues: Case | None = None,
    reopens: Case | None = None,
) -> Progress:
    """A new case on the subject's present content, without steps so far."""
    version = take_version_after(newest, subject=subject, actor=actor)
    case = Case.objects.create(
        subject=subject,
        definition=route.definition,
        version=version,
        digest=version.digest,
        initiator=actor,
        note=note.strip(),
        facts=stored(route.facts),
        reasons=stored_reasons(route.reasons),
        verdicts=judge(subject, definitions[route.definition.key], version.digest),
        continues=continues,
        reopens=reopens,
    )
    return Progress(case, [], actor, route)


def judge(subject: Subject, declared: Approvable, digest: str) -> list[dict[str, Any]]:
    """What the rules of the room say of the content, as the case keeps it; known rules go into the register as well."""
    verdicts = list(declared.verdicts(subject)) if declared.verdicts else []
    if known := [verdict for verdict in verdicts if verdict.rule_id in rules]:
        occasion = f"approvals.{declared.key}"
        context = declared.judged(subject) if declared.judged else None
        keep_verdicts(
            subject=subject, occasion=occasion, verdicts=known, content_digest=digest, context=context
        )
    return [verdict.to_json() for verdict in verdicts]


def lay(progress: Progress, steps: Sequence[PlannedStep], carried: Mapping[int, Step]) -> None:
    """The steps of a route with the people foreseen for each; `carried` holds those that count as decided, by place.

    A step in which somebody decides for another one as well is asked again where that other one is not decided.
    """
    covering = {step.covered_by for number, step in enumerate(steps) if step.skip and number not in carried}
    for number, planned in enumerate(steps, 1):
        progress.nodes.append(node_of(progress, planned, number))
    for number, (node, planned) in enumerate(zip(progress.nodes, steps, strict=True)):
        if number in carried and number not in covering:
            carry(progress, node, carried[number])
        elif planned.skip is not None and planned.covered_by is not None:
            node.covered_by = progress.nodes[planned.covered_by]
            progress.skip(node, Reason("R-APR-14", "", planned.skip))


def node_of(progress: Progress, planned: PlannedStep, order: int) -> Node:
    """A planned step, to be decided in its turn."""
    step = Step(
        case=progress.case,
        order=order,
        kind=planned.kind,
        position=planned.position,
        unit=planned.unit,
        level=planned.level,
        ratio=planned.ratio,
        reasons=stored_reasons(planned.reasons),
        watches=sorted(planned.watches),
    )
    node = Node(step)
    for turn, seat in enumerate(planned.seats):
        progress.foresee(node, seat.user, instead_of=seat.instead_of, turn=turn)
    if not planned.seats:
        progress.foresee(node, progress.administrators[0], is_vacant=True)
    return node


def carry(progress: Progress, node: Node, decided: Step) -> None:
    """A step that was decided in an earlier case and counts in this one."""
    node.step.carried_from = decided.carried_from or decided
    words = say(_("Decided already in {case}."), case=node.step.carried_from.case.code)
    progress.skip(node, Reason("", "", words))


def send(progress: Progress, kind: JournalKind, note: str, copies: Iterable[User] = ()) -> Case:
    """Open the first step, write everything, and show copies."""
    case = progress.case
    progress.record(kind, version=str(case.version), note=bracketed(note))
    people = [user for user in dict.fromkeys(copies) if user.is_active]
    Copy.objects.bulk_create(Copy(case=case, user=user, sent_by=progress.actor) for user in people)
    words = say(_("{person} shows you “{title}”"), person=str(progress.actor), title=case.subject.title)
    progress.tell(people, "approvals.copied", words, f"copy:{case.pk}")
    progress.advance()
    return progress.save()


class Past:
    """The steps of a closed case, and who agreed to them, in it or in the case they were carried on from; two queries."""

    def __init__(self, case: Case) -> None:
        self.steps = list(case.steps.select_related("case", "carried_from__case", "position", "unit"))
        self._agreed = agreed_in([step.carried_from_id or step.pk for step in self.steps])
        self._steps = {step.pk: step for step in self.steps}
        self._seats = {step.position_id: step for step in self.steps if step.position_id}

    def at(self, planned: PlannedStep) -> Step | None:
        """The step of the same position."""
        return self._seats.get(planned.position.pk)

    def agreed_by(self, step: Step) -> Collection[int]:
        """Who agreed to a step: nobody where it was skipped for another reason, or has lost its force."""
        if not step.blocks:
            return ()
        if step.state == Step.State.SKIPPED:
            return self._agreed.get(step.carried_from_id or 0, ())
        return self._agreed.get(step.pk, ()) if step.state == Step.State.DONE else ()

    def standing(self, planned: PlannedStep, barred: Collection[int]) -> Step | None:
        """The step by which what is asked now was decided already.

        Its own, or the later one in which the same person decided. It asked no less strictly, and nobody who agreed to it
        has a share in the matter as it is now (R-APR-15).
        """
        if (step := self.at(planned)) is None:
            return None
        if step.state == Step.State.SKIPPED and step.covered_by_id in self._steps:
            step = self._steps[step.covered_by_id]
        agreed = set(self.agreed_by(step))
        return step if agreed and not agreed & set(barred) and is_as_strict(step, planned) else None


def decided_before_return(previous: Case, route: Route) -> dict[int, Step]:
    """Which steps of the new route stay decided after a return that comes straight back, by their place.

    Those before the returner's that were approved and still stand, and watch no fact that changed.
    """
    places = [step.position.pk for step in route.steps]
    returner = previous.returned_from
    while returner is not None and returner.position_id is None:
        returner = returner.added_for
    if returner is None or returner.position_id not in places:
        return {}
    past, changed = Past(previous), changed_facts(previous.facts, stored(route.facts))
    stays: dict[int, Step] = {}
    for number, planned in enumerate(route.steps[: places.index(returner.position_id)]):
        step = past.standing(planned, route.barred) if planned.blocks else None
        if step and not changed.keys() & planned.watches:
            stays[number] = step
    return stays


def is_as_strict(step: Step, planned: PlannedStep) -> bool:
    """Whether what was asked then is at least what is asked now."""
    then, now = STRICTNESS.index(Kind(step.kind)), STRICTNESS.index(Kind(planned.kind))
    return then >= now and (step.ratio or 0) >= (planned.ratio or 0)


def changed_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Each fact that differs, with both values."""
    names = [*after, *(name for name in before if name not in after)]
    return {
        name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)
    }
