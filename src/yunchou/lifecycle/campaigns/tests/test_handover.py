"""Campaigns, tasks and their duties pass from a leaver to a successor; a unit with open campaigns stays open."""

from __future__ import annotations

from datetime import date

import pytest

from yunchou.capabilities.work.actions import add_task, owe_task_duties
from yunchou.capabilities.work.actions.tasks import Fields
from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.organisation import closing
from yunchou.directory.organisation.actions import hand_over
from yunchou.directory.organisation.tests.factories import company
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.handovers import in_order
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Member, Role
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.campaigns.models import Campaign, Status

pytestmark = pytest.mark.django_db


@pytest.mark.req("ORG-08")
def test_everything_of_a_leaver_in_campaigns_passes_on_in_one_action() -> None:
    firm = company()
    leaver, heir = firm.owner, firm.colleague
    campaign = create_campaign(
        name="社区音乐会", kind="customer", unit=firm.department("east"), owner=leaver, actor=leaver
    )
    ended = create_campaign(
        name="去年年会", kind="customer", unit=firm.department("east"), owner=leaver, actor=leaver
    )
    Campaign.objects.filter(pk=ended.pk).update(status=Status.ARCHIVED)
    add_task(
        subject=campaign.subject,
        actor=leaver,
        fields=Fields("布置场地", leaver, date(2030, 8, 1), date(2030, 8, 2)),
    )
    owe_task_duties(subject=campaign.subject, actor=leaver)
    shown = {each.key: [str(item.title) for item in each.preview(leaver)] for each in in_order()}
    assert shown["campaigns"] == ["社区音乐会"]
    assert len(shown["work"]) == 1
    assert shown["duties"] == []  # the task's duty is not told twice

    moved = hand_over(person=leaver, to=heir, actor=firm.admin)
    assert (moved["campaigns"], moved["work"], moved["duties"]) == (1, 1, 0)
    campaign.refresh_from_db()
    ended.refresh_from_db()
    assert (campaign.owner, ended.owner) == (heir, leaver)
    assert Member.objects.filter(subject=campaign.subject, user=heir, role=Role.LEAD).exists()
    task = GanttTask.objects.get()
    assert (task.owner, task.owner_name) == (heir, heir.name)
    assert Duty.objects.open().get(kind="work.task").owner == heir
    kinds = set(JournalEntry.objects.filter(subject=campaign.subject).values_list("kind", flat=True))
    assert {"campaigns.handed_over", "work.handed_over"} <= kinds


def test_a_unit_with_open_campaigns_says_how_many_stand_against_closing_it() -> None:
    firm = company()
    unit = firm.department("east")
    assert closing.objection_to(unit) is None
    campaign = create_campaign(
        name="社区音乐会", kind="customer", unit=unit, owner=firm.owner, actor=firm.owner
    )
    said = closing.objection_to(unit)
    assert said is not None
    assert said.params["count"] == 1
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.CANCELLED)
    assert closing.objection_to(unit) is None
