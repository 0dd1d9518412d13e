"""What follows in the rooms below from the course of a campaign: who owes what from when, and what is dropped.

A campaign that was running when it was imported is history until somebody gives it other dates: its tasks and its past
goal deadlines are owed by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from yunchou.capabilities.budgets.selectors import (
    contingency_needed_by,
    headings_needed_by,
    outlook_from,
)
from yunchou.capabilities.operations.actions import cancel_report_duties, owe_report_duties
from yunchou.capabilities.operations.running import first_day_of, provider
from yunchou.capabilities.work.actions import cancel_task_duties, owe_task_duties
from yunchou.capabilities.work.models import Assignment
from yunchou.kernel.core import clock
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Member, Role, Subject

from . import journal
from .ahead import levels_ahead
from .brief import briefs_of
from .deadlines import goal_due_on
from .duties import DUE_HOUR, GOAL
from .models import Campaign, Goal, Kind, Status

# The module of the division of work whose people keep the figures (004 三(一)).
FIGURES = "数据"


def owe_tasks(campaign: Campaign, actor: User) -> None:
    """The owners of open tasks owe them by their ends (R-SCH-04)."""
    if campaign.history_until is None:
        owe_task_duties(subject=campaign.subject, actor=actor)


def owe_reports(campaign: Campaign, actor: User) -> None:
    """The progress and data reports of today are owed (R-RPT-01, R-RPT-02); later days are laid down day by day."""
    owe_report_duties(
        subject=campaign.subject,
        day=clock.today(),
        progress=progress_reporters([campaign])[campaign.pk],
        data=figure_keepers([campaign])[campaign.pk],
        actor=actor,
    )


@first_day_of("campaign")
def first_reported_day(subject: Subject) -> date | None:
    """Its first day, or the day on which its preparation began where that was earlier."""
    campaign = Campaign.objects.get(pk=subject.pk)
    begun = JournalEntry.objects.filter(
        subject=subject, kind__in=(journal.PREPARING.key, journal.STARTED.key)
    )
    at = begun.order_by("pk").values_list("at", flat=True).first()
    days = [day for day in (campaign.start_on, clock.local(at).date() if at else None) if day]
    return min(days, default=None)


def progress_reporters(campaigns: list[Campaign]) -> dict[int, list[User]]:
    """Who reports on the progress of each campaign: the overall lead, and each module's lead for the module; one query."""
    found = {campaign.pk: [campaign.owner] for campaign in campaigns}
    leads = Member.objects.filter(subject__in=found, role=Role.MODULE_LEAD)
    for member in leads.select_related("user").order_by("pk"):
        found[member.subject_id].append(member.user)
    return found


def figure_keepers(campaigns: list[Campaign]) -> dict[int, list[User]]:
    """Who reports the figures of each campaign: the people of its data module, else its overall lead; one query."""
    found: dict[int, list[User]] = {campaign.pk: [] for campaign in campaigns}
    rows = Assignment.objects.filter(subject__in=found, module__contains=FIGURES, owner__isnull=False)
    for row in rows.select_related("owner").order_by("position"):
        if row.owner and row.owner not in found[row.subject_id]:
            found[row.subject_id].append(row.owner)
    return {campaign.pk: found[campaign.pk] or [campaign.owner] for campaign in campaigns}


@provider("campaigns")
def running_campaigns(day: date) -> Iterator[tuple[Subject, list[User], list[User]]]:
    """Every campaign that is executed on a day, and who reports its progress and its figures (R-RPT-01, R-RPT-02)."""
    running = list(Campaign.objects.filter(status=Status.RUNNING).select_related("subject__unit", "owner"))
    reporters, keepers = progress_reporters(running), figure_keepers(running)
    for campaign in running:
        if campaign.start_on is None or campaign.start_on <= day:
            yield campaign.subject, reporters[campaign.pk], keepers[campaign.pk]


def drop_work(campaign: Campaign, actor: User) -> None:
    """Nobody owes tasks or reports of a campaign that does not run."""
    cancel_task_duties(subject=campaign.subject, actor=actor)
    cancel_report_duties(subject=campaign.subject, actor=actor)


def owe_goals(campaign: Campaign, actor: User) -> None:
    """Owners report the final figures of their goals; the overall lead where a goal has no known owner."""
    for goal in Goal.objects.filter(subject=campaign.subject).select_related("owner"):
        due = goal_due_on(goal, campaign.end_on)
        if due is None or (campaign.history_until and due <= campaign.history_until):
            continue
        duties.owe(
            kind=GOAL.key,
            subject=campaign.subject,
            owner=goal.owner or campaign.owner,
            due_at=clock.moment(due, DUE_HOUR),
            key=f"{GOAL.key}:{goal.pk}",
            params={"goal": goal.dimension},
            actor=actor,
        )


def settle_goals(campaign: Campaign, actor: User) -> None:
    """The evaluation holds the final figures, so that nobody owes them any longer."""
    duties.fulfil(actor=actor, kind=GOAL.key, subject=campaign.subject)


def need_contingency(campaign_ids: Sequence[int]) -> set[int]:
    """Which campaigns must hold a contingency: an assumption for marketing campaigns (R-BUD-03)."""
    return {pk for pk, brief in briefs_of(campaign_ids).items() if brief.kind == Kind.MARKETING}


contingency_needed_by(need_contingency)


def consider_headings(subject: Subject) -> bool:
    """Whether the budget considers the seven headings of an event: that of a high-end client event does (BUD-05)."""
    return Campaign.objects.filter(pk=subject.pk, kind=Kind.HIGH_END).exists()


headings_needed_by(consider_headings)

outlook_from(levels_ahead)
