"""What all stories do: type rows into tables as people do on pages, put a team together, decide what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.core.files.base import ContentFile

from yunchou.capabilities.budgets.actions import record_actual, request_adjustment
from yunchou.capabilities.budgets.adjustments import contingency_of, movable_lines
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.permissions import Perm
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.work.actions import (
    accept_delivery,
    add_assignment,
    add_task,
    hand_in,
    set_task_state,
)
from yunchou.capabilities.work.actions.division import Assigned
from yunchou.capabilities.work.actions.tasks import Fields
from yunchou.capabilities.work.models import GanttTask
from yunchou.capabilities.work.states import State
from yunchou.directory.organisation.positions import FINANCE
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.approvals.actions import acknowledge, approve
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Role, Subject
from yunchou.lifecycle.campaigns.actions import confirm_goal, submit_campaign
from yunchou.lifecycle.campaigns.models import Campaign, Goal
from yunchou.lifecycle.campaigns.selectors import conflicts_of

from .clockwork import Days


def again(campaign: Campaign) -> Campaign:
    """The campaign as it stands now."""
    found: Campaign = Campaign.objects.select_related("subject__unit", "owner").get(pk=campaign.pk)
    return found


def fill(
    campaign: Campaign, table: str, keys: str, rows: Iterable[Sequence[str | User]], *, actor: User
) -> None:
    """Type rows into a table: `keys` names the columns of each row's cells; people from elsewhere are picked, not typed."""
    kept = workbook().find(table)
    assert kept is not None, table
    for cells in rows:
        texts = (str(cell.pk) if isinstance(cell, User) else cell for cell in cells)
        typed = dict(zip(keys.split(), texts, strict=True))
        save_row(subject=campaign.subject, kept=kept, pk=None, cells=typed, actor=actor)


def plan(
    campaign: Campaign, rows: Iterable[tuple[str, User, int, int, str, str]], days: Days, *, actor: User
) -> None:
    """Lay out the schedule: name, owner, first and last day, codes of predecessors (`1 4`), key-point note."""
    made: list[GanttTask] = []
    for name, owner, first, last, after, note in rows:
        predecessors = [made[int(code) - 1].pk for code in after.split()]
        fields = Fields(name, owner, days.day(first), days.day(last), note, predecessors=predecessors)
        made.append(add_task(subject=campaign.subject, actor=actor, fields=fields))


def divide(
    campaign: Campaign,
    rows: Iterable[tuple[str, str, str, str, User, Sequence[User], int, int]],
    days: Days,
    *,
    actor: User,
) -> None:
    """Divide the work: module, task, description, delivery standard, owner, assistants, first and last day."""
    for module, task, description, standard, owner, assistants, first, last in rows:
        fields = Assigned(
            module,
            task,
            description,
            standard,
            owner,
            assistants,
            start_on=days.day(first),
            end_on=days.day(last),
        )
        add_assignment(subject=campaign.subject, actor=actor, fields=fields)


def gather(campaign: Campaign, *people: tuple[User, str]) -> None:
    """Put the team together: each person with what they do in it."""
    for person, duty in people:
        add_member(subject=campaign.subject, user=person, role=Role.MEMBER, duty=duty)


def send(campaign: Campaign, note: str, *, actor: User) -> None:
    """Confirm that every goal is SMART and each conflict of dates, and send the proposal to its approvers."""
    for goal in Goal.objects.filter(subject=campaign.subject):
        confirm_goal(goal=goal, actor=actor)
    reason = "分工与合同按整段工作安排，以甘特图为准"
    confirmed = {one.verdict.fingerprint: reason for one in conflicts_of(campaign.subject)}
    submit_campaign(campaign=again(campaign), actor=actor, note=note, confirmed=confirmed)


def agree(campaign: Campaign, person: User, opinion: str = "") -> None:
    """Let a person decide what waits for him or her: agree, or take on record what only came for that."""
    task = (
        Task.objects.filter(step__case__subject=campaign.subject, assignee=person, state=Task.State.WAITING)
        .select_related("step__case")
        .get()
    )
    verb = acknowledge if task.step.kind == "file" else approve
    verb(task=task, actor=person, opinion=opinion)


def agree_all(subject: Subject, opinion: str = "同意。") -> None:
    """Whoever is asked about something agrees, one after the other."""
    waiting = Task.objects.waiting().filter(step__case__subject=subject, step__case__state=Case.State.RUNNING)
    while task := waiting.select_related("step__case", "assignee").order_by("pk").first():
        approve(task=task, actor=task.assignee, opinion=opinion)


def scan(name: str) -> ContentFile[bytes]:
    """A scan, as far as the demo needs one: a small PDF of its own."""
    return ContentFile(f"%PDF-1.4\n% {name}\n%%EOF\n".encode(), name=name)


def case_of(campaign: Campaign) -> Case:
    """The newest approval of the campaign."""
    return Case.objects.filter(subject=campaign.subject).latest("pk")


def task_of(campaign: Campaign, code: int) -> GanttTask:
    """The task `T<code>`."""
    return GanttTask.objects.select_related("subject", "owner").get(subject=campaign.subject, position=code)


def work_on(
    campaign: Campaign, code: int, state: str, *, actor: User | None = None, reason: str = ""
) -> None:
    """Say that a task has begun, or hand it in and have it accepted; its owner does unless somebody else is named."""
    task = task_of(campaign, code)
    doer = actor or task.owner
    assert doer is not None
    if state == State.DONE:
        delivery = hand_in(work=task, actor=doer, note="已完成")
        accept_delivery(delivery=delivery, actor=again(campaign).owner)
        return
    set_task_state(task=task, actor=doer, state=state, reason=reason)


def spend(campaign: Campaign, position: int, amount: str, note: str, *, actor: User) -> None:
    """Book what the budget line at that place, counted from 1, did cost; what goes beyond it is drawn or shifted first.

    Finance books it by its voucher once there are books, else whoever is named.
    """
    line = BudgetLine.objects.select_related("account").get(subject=campaign.subject, position=position)
    if line.account is not None:
        money = money_of(line.account)
        more = Decimal(amount) - money.spent - money.available
        if more > 0:
            cover(campaign, line, more, note)
        finance = User.objects.filter(appointments__position__code=FINANCE).order_by("pk")
        actor = next(one for one in finance if holds(one, Perm.SETTLE, campaign.subject))
    voucher, words = f"JZ-{campaign.pk}-{position:02d}", note or "按合同结算"
    record_actual(line=line, amount=Decimal(amount), note=words, actor=actor, voucher=voucher)


def cover(campaign: Campaign, line: BudgetLine, amount: Decimal, reason: str) -> None:
    """Have the money a line lacks drawn from the contingency, or shifted from the line that has most left."""
    lines = [one for one in movable_lines(campaign.subject) if one.pk != line.pk]
    left = {one.pk: money_of(one.account).available for one in lines if one.account}
    reserve, richest = contingency_of(lines), max(lines, key=lambda one: left[one.pk])
    is_draw = reserve is not None and left[reserve.pk] >= amount
    asked = request_adjustment(
        budget=campaign.subject, way="draw" if is_draw else "shift", source=None if is_draw else richest, target=line,
        amount=amount, reason=reason, effect="" if is_draw else "不影响目标", actor=campaign.owner,
    )  # fmt: skip
    agree_all(asked.subject, "同意")
