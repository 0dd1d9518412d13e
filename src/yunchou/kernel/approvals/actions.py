"""Every write of an approval: laying down routes, opening a case, deciding, withdrawing, remarking.

Locks are taken in the order subject, case. An outcome callback of an upper room runs inside the deciding transaction
and may lock that room's rows after them; a room that locks its own row first and then opens or withdraws a case has to
lock the subject before (`Subject.objects.select_for_update()`), or two people meet in a deadlock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.duties.kinds import OWNER, after, working_days_after
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind as JournalKind
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.actions import keep_verdicts
from yunchou.kernel.rules.registry import rules
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Role, Subject
from yunchou.kernel.versions.actions import freeze_version, present_digest, take_version

from . import journal
from .conditions import Kind, stored
from .duties import DECIDE, REVIEW
from .models import Case, Copy, Definition, Remark, RouteRow, Step, Task, stored_reasons
from .permissions import Perm
from .registry import definitions
from .routing import NoRoute, Route, barred_people, plan_route, staff
from .rules import Conflict, nobody_decides_on_his_own, steps_do_not_wait_for_ever

#: From when the first version of a definition holds, so that a clock set back finds one.
SINCE_EVER = date(2000, 1, 1)

# -- routes ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def install_definition(*, key: str, actor: User | None = None) -> Definition:
    """Lay down the declared rows as the newest version, where the newest differs and was not made by the company."""
    declared = definitions[key]
    newest = Definition.objects.select_for_update().filter(key=key).order_by("-version").first()
    if newest and (
        not newest.is_shipped or tuple(row.as_row() for row in newest.rows.all()) == _plain(declared.rows)
    ):
        return newest
    made = Definition.objects.create(
        key=key,
        version=newest.version + 1 if newest else 1,
        valid_from=clock.today() if newest else SINCE_EVER,
    )
    RouteRow.objects.bulk_create(
        RouteRow(
            definition=made,
            order=number,
            rule=row.rule,
            clause=row.clause,
            sentence=row.sentence,
            conditions=[condition.to_json() for condition in row.conditions],
            steps=[step.to_json() for step in row.steps],
        )
        for number, row in enumerate(declared.rows, 1)
    )
    record(journal.INSTALLED, actor=actor, data={"definition": str(declared.label), "version": made.version})
    return made


def install_definitions(*, actor: User | None = None) -> list[Definition]:
    """`install_definition` for everything declared; part of setting up and of every migration of the product."""
    return [install_definition(key=declared.key, actor=actor) for declared in definitions]


def _plain(rows: Iterable[Any]) -> tuple[Any, ...]:
    """Declared rows as they come back from the database."""
    return tuple(
        RouteRow(
            rule=row.rule,
            clause=row.clause,
            sentence=row.sentence,
            conditions=[condition.to_json() for condition in row.conditions],
            steps=[step.to_json() for step in row.steps],
        ).as_row()
        for row in rows
    )


def check_route(*, subject: Subject, definition: str, actor: User) -> Route:
    """The route, or `NoRoute` after telling the administrators. Call it before the transaction that opens the case:

    what is written inside that one is rolled back with the refusal.
    """
    route = plan_route(subject, definition, actor)
    if route.obstacle is not None:
        _tell_administrators(subject, route.obstacle, actor)
        raise NoRoute(route.obstacle)
    return route


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


# -- opening -----------------------------------------------------------------------------------------------------------


def open_case(
    *, subject: Subject, definition: str, actor: User, note: str = "", copies: Iterable[User] = ()
) -> Case:
    """Send the subject's present content for approval: takes a version, computes the route, opens the first step.

    Refuses with `WrongState` while a case is running and with `NoRoute` where no row applies or nobody can decide.
    Records `approvals.opened`; everybody whose turn it is gets a duty (R-APR-16) and is told. Callers check the right.
    """
    try:
        with transaction.atomic():
            return _open_case(subject, definition, actor, note.strip(), list(copies))
    except IntegrityError as error:
        if "case_running_once" in str(error) or "approvals_case" in str(error):
            raise WrongState(_already(subject)) from None
        raise


def _open_case(subject: Subject, definition: str, actor: User, note: str, copies: list[User]) -> Case:
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=subject.pk)
    if Case.objects.filter(subject=subject, state=Case.State.RUNNING).exists():
        raise WrongState(_already(subject))
    route = plan_route(subject, definition, actor)
    if route.obstacle is not None:
        raise NoRoute(route.obstacle)
    version = take_version(subject=subject, actor=actor)
    declared = definitions[definition]
    verdicts = list(declared.verdicts(subject)) if declared.verdicts else []
    previous = Case.objects.filter(subject=subject, state=Case.State.RETURNED).order_by("-pk").first()
    case = Case.objects.create(
        subject=subject,
        definition=route.definition,
        version=version,
        initiator=actor,
        note=note,
        facts=stored(route.facts),
        reasons=stored_reasons(route.reasons),
        verdicts=[verdict.to_json() for verdict in verdicts],
        continues=previous,
    )
    keep_verdicts(
        subject=subject,
        occasion=f"approvals.{definition}",
        verdicts=[verdict for verdict in verdicts if verdict.rule_id in rules],
        content_digest=version.digest,
    )
    _lay_steps(case, route)
    Copy.objects.bulk_create([Copy(case=case, user=user, sent_by=actor) for user in dict.fromkeys(copies)])
    record(
        journal.OPENED,
        actor=actor,
        subject=subject,
        data={"title": subject.title, "version": str(version), "note": _bracketed(note), "case": case.pk},
    )
    _advance(case, actor)
    return case


def _lay_steps(case: Case, route: Route) -> None:
    """The steps of the route, with the people foreseen for each."""
    steps = Step.objects.bulk_create(
        Step(
            case=case,
            order=number,
            kind=planned.kind,
            position=planned.position,
            unit=planned.unit,
            level=planned.level,
            ratio=planned.ratio,
            state=Step.State.WAITING if planned.skip is None else Step.State.SKIPPED,
            reasons=stored_reasons(planned.reasons)
            + ([{"rule": "R-APR-14", "clause": "", "text": planned.skip.to_json()}] if planned.skip else []),
        )
        for number, planned in enumerate(route.steps, 1)
    )
    Task.objects.bulk_create(
        Task(
            step=step,
            assignee=seat.user,
            instead_of=seat.instead_of,
            turn=turn,
            state=Task.State.QUEUED if planned.skip is None else Task.State.SKIPPED,
        )
        for step, planned in zip(steps, route.steps, strict=True)
        for turn, seat in enumerate(planned.seats)
    )


# -- deciding ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, task: Task, actor: User, opinion: str = "") -> Case:
    """Agree: closes the task, the step where nothing more is needed, and with the last step the case.

    Refuses whoever is not the assignee or has a share in the matter (R-APR-15), a task that is no longer open, and
    content that was changed since it was sent. Records `approvals.reviewed` or `approvals.approved`.
    """
    task, case = _for_decision(task, actor)
    _close(task, Task.Decision.APPROVED, opinion, actor)
    kind = journal.REVIEWED if task.step.kind == Kind.REVIEW else journal.APPROVED
    _tell_journal(kind, case, actor, opinion=_bracketed(opinion), step=task.step_id)
    if _is_carried(task.step):
        _close_step(task.step, Step.State.DONE, actor)
        _advance(case, actor)
    elif task.step.kind == Kind.IN_TURN:
        _open_tasks(case, task.step, task.step.tasks.filter(state=Task.State.QUEUED)[:1], actor)
    return case


@transaction.atomic
def return_case(*, task: Task, actor: User, opinion: str) -> Case:
    """Send the case back to its initiator with an opinion, which is mandatory. Refuses as `approve` does."""
    return _end_by(task, actor, opinion, Task.Decision.RETURNED)


@transaction.atomic
def reject(*, task: Task, actor: User, opinion: str) -> Case:
    """Reject with an opinion, which is mandatory; a step by ratio goes on while it can still be carried."""
    return _end_by(task, actor, opinion, Task.Decision.REJECTED)


def _end_by(task: Task, actor: User, opinion: str, decision: Task.Decision) -> Case:
    task, case = _for_decision(task, actor)
    _demand_opinion(opinion)
    _close(task, decision, opinion, actor)
    returned = decision == Task.Decision.RETURNED
    _tell_journal(
        journal.RETURNED if returned else journal.REJECTED,
        case,
        actor,
        opinion=_bracketed(opinion),
        step=task.step_id,
    )
    if not returned and task.step.kind == Kind.RATIO and _can_still_carry(task.step):
        return case
    _close_step(task.step, Step.State.DONE, actor)
    case.returned_from = task.step if returned else None
    _finish(case, Case.State.RETURNED if returned else Case.State.REJECTED, actor, opinion)
    return case


@transaction.atomic
def withdraw(*, case: Case, actor: User) -> Case:
    """Take a running case back; only its initiator may. Records `approvals.withdrawn`; open tasks become void."""
    case = _locked(case)
    if case.initiator_id != actor.pk:
        raise NotAllowed(say(_("Only {person} may withdraw this."), person=str(case.initiator)))
    if not case.is_running:
        raise WrongState(_is_over(case))
    _tell_journal(journal.WITHDRAWN, case, actor)
    _finish(case, Case.State.WITHDRAWN, actor)
    return case


@transaction.atomic
def acknowledge(*, task: Task, actor: User, opinion: str = "") -> Case:
    """Take a case on record (备案), with a remark if there is one; holds nothing up and works after the case is closed."""
    case = _locked(task.step.case)
    task = Task.objects.select_related("step").get(pk=task.pk)
    if task.assignee_id != actor.pk:
        raise NotAllowed(say(_("This was not sent to you.")))
    if task.step.kind != Kind.FILE or task.state != Task.State.WAITING:
        raise WrongState(say(_("This is no longer open.")))
    _close(task, Task.Decision.ACKNOWLEDGED, opinion, actor)
    task.step.case = case
    _close_step(task.step, Step.State.DONE, actor)
    _tell_journal(journal.ACKNOWLEDGED, case, actor, opinion=_bracketed(opinion), step=task.step_id)
    return case


@transaction.atomic
def remark(*, case: Case, actor: User, text: str) -> Remark:
    """Say something on a case without deciding; for those who take part in it or got a copy. The initiator is told."""
    takes_part = (
        actor.pk == case.initiator_id
        or Task.objects.filter(step__case=case, assignee=actor).exists()
        or Copy.objects.filter(case=case, user=actor).exists()
    )
    if not takes_part:
        raise NotAllowed(say(_("Only those who take part may remark.")))
    if not text.strip():
        raise Invalid(say(_("Write a remark.")), fields={"text": say(_("Write a remark."))})
    made = Remark.objects.create(case=case, author=actor, text=text.strip())
    _tell_journal(journal.REMARKED, case, actor, text=made.text)
    if actor.pk != case.initiator_id:
        _notify(
            [case.initiator],
            "approvals.remark",
            say(_("{person} remarked on “{title}”"), person=str(actor), title=case.subject.title),
            case,
            f"remark:{made.pk}",
        )
    return made


def mark_read(*, case: Case, actor: User) -> None:
    """Note that a copy was opened; nothing is journalled."""
    Copy.objects.filter(case=case, user=actor, read_at=None).update(read_at=clock.now())


def _locked(case: Case) -> Case:
    """The case, read again under the locks of its subject and itself."""
    Subject.objects.select_for_update().get(pk=case.subject_id)
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("subject__unit", "definition", "version", "initiator")
        .get(pk=case.pk)
    )


def _for_decision(task: Task, actor: User) -> tuple[Task, Case]:
    """The task under lock, after every check that a decision needs: person, share, state, content, in this order."""
    case = _locked(task.step.case)
    task = Task.objects.select_related("step__position", "step__unit", "assignee").get(pk=task.pk)
    task.step.case = case
    if task.assignee_id != actor.pk:
        raise NotAllowed(say(_("This decision is not yours to make.")))
    barred = barred_people(case.subject, case.definition.declared, case.initiator)
    if actor.pk in barred:
        [verdict] = nobody_decides_on_his_own.check(Conflict(str(actor), barred[actor.pk]))
        raise NotAllowed(verdict.reason, code="own_case", verdicts=[verdict])
    if not case.is_running:
        raise WrongState(_is_over(case))
    if task.state != Task.State.WAITING or task.step.state != Step.State.OPEN:
        raise WrongState(say(_("This step has been decided already.")))
    if present_digest(case.subject) != case.version.digest:
        raise WrongState(
            say(_("The content was changed after it was sent. It has to be withdrawn and sent again.")),
            code="content_changed",
        )
    return task, case


def _demand_opinion(opinion: str) -> None:
    if not opinion.strip():
        words = say(_("Write an opinion: what has to be different?"))
        raise Invalid(words, fields={"opinion": words})


def _close(task: Task, decision: Task.Decision, opinion: str, actor: User) -> None:
    task.state, task.decision, task.opinion = Task.State.DONE, decision, opinion.strip()
    task.decided_at, task.digest = clock.now(), task.step.case.version.digest
    task.save(update_fields=["state", "decision", "opinion", "decided_at", "digest"])
    if task.step.kind != Kind.FILE:
        fulfil(key=task.duty_key, actor=actor)


def _is_carried(step: Step) -> bool:
    """Whether what has been decided is enough for the step."""
    if step.is_single or step.kind == Kind.ANY:
        return True
    tasks = list(step.tasks.exclude(state__in=[Task.State.VOID, Task.State.SKIPPED]))
    agreed = sum(task.decision == Task.Decision.APPROVED for task in tasks)
    return agreed >= _needed(step, len(tasks))


def _can_still_carry(step: Step) -> bool:
    tasks = list(step.tasks.exclude(state__in=[Task.State.VOID, Task.State.SKIPPED]))
    against = sum(task.decision == Task.Decision.REJECTED for task in tasks)
    return len(tasks) - against >= _needed(step, len(tasks))


def _needed(step: Step, people: int) -> int:
    """How many of a step's people have to agree: all, or the ratio rounded up."""
    return people if step.kind != Kind.RATIO else -(-people * (step.ratio or 100) // 100)


def _close_step(step: Step, state: Step.State, actor: User) -> None:
    step.state, step.closed_at = state, clock.now()
    step.save(update_fields=["state", "closed_at"])
    left = list(step.tasks.filter(state__in=[Task.State.WAITING, Task.State.QUEUED]))
    for task in left:
        if task.state == Task.State.WAITING:
            cancel(key=task.duty_key, actor=actor)
    step.tasks.filter(pk__in=[task.pk for task in left]).update(state=Task.State.SKIPPED)


def _advance(case: Case, actor: User) -> None:
    """Open what comes next: filings on the way, then the next deciding step; without one the case is approved."""
    steps = list(case.steps.select_related("position", "unit"))
    for step in steps:
        step.case = case
    waiting = [step for step in steps if step.state == Step.State.WAITING]
    while not any(step.state == Step.State.OPEN and step.blocks for step in steps):
        if not waiting:
            return _finish(case, Case.State.APPROVED, actor)
        here = [step for step in waiting if step.order == waiting[0].order]
        for step in here:
            _open_step(case, step, actor)
        waiting = waiting[len(here) :]
    return None


def _open_step(case: Case, step: Step, actor: User) -> None:
    """Open a step for those who hold its position now; people foreseen earlier may have left or changed since."""
    declared = case.definition.declared
    assert step.position is not None
    barred = barred_people(case.subject, declared, case.initiator)
    seats, reasons = staff(step.position, step.kind, step.unit, barred, declared.key)
    step.state, step.opened_at = Step.State.OPEN, clock.now()
    step.reasons += [told for reason in reasons if (told := reason.to_json()) not in step.reasons]
    step.save(update_fields=["state", "opened_at", "reasons"])
    foreseen = {task.assignee_id: task for task in step.tasks.filter(state=Task.State.QUEUED)}
    now_holding = {seat.user.pk for seat in seats}
    step.tasks.filter(pk__in=[t.pk for pk, t in foreseen.items() if pk not in now_holding]).update(
        state=Task.State.VOID
    )
    tasks = []
    for turn, seat in enumerate(seats):
        task = foreseen.get(seat.user.pk) or Task.objects.create(
            step=step, assignee=seat.user, instead_of=seat.instead_of, turn=turn
        )
        tasks.append(task)
    _open_tasks(case, step, tasks[:1] if step.kind == Kind.IN_TURN else tasks, actor)


def _open_tasks(case: Case, step: Step, tasks: Iterable[Task], actor: User) -> None:
    """Let people act: task, right to see the subject, duty with its ladder, message."""
    params = params_on([steps_do_not_wait_for_ever])[steps_do_not_wait_for_ever.id]
    now = clock.now()
    for task in tasks:
        task.state, task.opened_at = Task.State.WAITING, now
        if step.blocks:
            task.due_at = working_days_after(now, params.remind)
        task.save(update_fields=["state", "opened_at", "due_at"])
        add_member(subject=case.subject, user=task.assignee, role=Role.APPROVER)
        if step.blocks:
            kind = REVIEW if step.kind == Kind.REVIEW else DECIDE
            assert task.due_at is not None
            owe(
                kind=kind.key,
                subject=case.subject,
                owner=task.assignee,
                due_at=task.due_at,
                key=task.duty_key,
                params={"title": case.subject.title},
                address=case.get_absolute_url(),
                ladder=(after(whom=OWNER), after(working_days=params.escalate - params.remind)),
                actor=actor,
            )
        words = _("{person} asks for your decision: {title}") if step.blocks else _("For the record: {title}")
        _notify(
            [task.assignee],
            "approvals.waiting" if step.blocks else "approvals.filed",
            say(words, person=str(case.initiator), title=case.subject.title),
            case,
            f"task:{task.pk}",
        )


def _finish(case: Case, state: Case.State, actor: User, opinion: str = "") -> None:
    """Close the case, void what is left, freeze an approved version, tell the room and the people."""
    case.state, case.closed_at = state, clock.now()
    case.save(update_fields=["state", "closed_at", "returned_from"])
    if state == Case.State.APPROVED:
        freeze_version(version=case.version)
    else:
        _void_rest(case, actor)
    if outcome := case.definition.declared.outcomes.get(state):
        outcome(case, actor)
    _tell_outcome(case, actor, opinion)


def _void_rest(case: Case, actor: User) -> None:
    waiting = Task.objects.filter(step__case=case, state=Task.State.WAITING)
    for task in waiting:
        cancel(key=task.duty_key, actor=actor)
    unfinished = [Task.State.WAITING, Task.State.QUEUED]
    Task.objects.filter(step__case=case, state__in=unfinished).update(state=Task.State.VOID)
    open_steps = Step.objects.filter(case=case, state__in=[Step.State.WAITING, Step.State.OPEN])
    open_steps.update(state=Step.State.VOID, closed_at=case.closed_at)


_OUTCOMES = {
    Case.State.APPROVED: _("Approved: {title}"),
    Case.State.RETURNED: _("Returned: {title} {opinion}"),
    Case.State.REJECTED: _("Rejected: {title} {opinion}"),
    Case.State.WITHDRAWN: _("Withdrawn: {title}"),
}


def _tell_outcome(case: Case, actor: User, opinion: str) -> None:
    words = say(_OUTCOMES[Case.State(case.state)], title=case.subject.title, opinion=_bracketed(opinion))
    people = [case.initiator, *(copy.user for copy in case.copies.select_related("user"))]
    people = [person for person in dict.fromkeys(people) if person.pk != actor.pk]
    _notify(people, f"approvals.{case.state}", words, case, f"case:{case.pk}:{case.state}")


def _notify(people: list[User], kind: str, words: Say, case: Case, key: str) -> None:
    if people:
        notify(
            users=people,
            kind=kind,
            say=words,
            subject=case.subject,
            address=case.get_absolute_url(),
            key=f"approvals.{key}",
        )


def _tell_journal(kind: JournalKind, case: Case, actor: User, **data: Any) -> None:
    told = {"title": case.subject.title, "case": case.pk, "digest": case.version.digest, **data}
    record(kind, actor=actor, subject=case.subject, data=told)


def _bracketed(words: str) -> str:
    return f"({words.strip()})" if words.strip() else ""


def _already(subject: Subject) -> Say:
    return say(_("“{title}” is being approved already."), title=subject.title)


def _is_over(case: Case) -> Say:
    return say(_STATES[Case.State(case.state)])


_STATES = {
    Case.State.RUNNING: _("This approval is running."),
    Case.State.APPROVED: _("This has been approved already."),
    Case.State.RETURNED: _("This has been returned already."),
    Case.State.REJECTED: _("This has been rejected already."),
    Case.State.WITHDRAWN: _("This has been withdrawn."),
}
