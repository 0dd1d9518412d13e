"""Meetings that a leaver chairs, and what he or she promised in meetings, pass to the successor."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import reassign
from yunchou.kernel.duties.handover import goes_with_object
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Member, Role, Subject

from . import journal
from .duties import FOLLOW_UP
from .models import FollowUp, Series
from .selectors import own_items


def _chaired(user: User) -> QuerySet[Series]:
    return Series.objects.filter(chair=user, is_active=True).select_related("subject").order_by("pk")


def _preview(user: User) -> list[Item]:
    chaired = [Item(s.name, s.get_absolute_url(), say(_("chairs the meeting"))) for s in _chaired(user)]
    promised = [
        Item(item.text, item.meeting.get_absolute_url(), say(_("due {due}"), due=item.due_on.isoformat()))
        for item in own_items(user)
    ]
    return chaired + promised


def _pass_on(user: User, to: User, actor: User) -> int:
    chaired, promised = list(_chaired(user)), list(own_items(user))
    ids = {series.pk for series in chaired} | {item.meeting.series_id for item in promised}
    subjects = {s.pk: s for s in Subject.objects.select_for_update(of=("self",)).filter(pk__in=sorted(ids))}
    for series in chaired:
        series.chair = to
        series.save(update_fields=["chair"])
        Member.objects.filter(subject=series.subject, user__in=[user, to]).delete()
        add_member(subject=series.subject, user=to, role=Role.OWNER)
        data = {"title": series.name}
        record(journal.SERIES_CHANGED, actor=actor, subject=subjects[series.pk], data=data)
    for item in promised:
        _pass_item(item, to, actor, subjects[item.meeting.series_id])
    return len(chaired) + len(promised)


def _pass_item(item: FollowUp, to: User, actor: User, subject: Subject) -> None:
    item.owner = to
    item.save(update_fields=["owner"])
    add_member(subject=subject, user=to)
    for duty in Duty.objects.open().filter(key__startswith=f"{item.key}:"):
        reassign(duty=duty, to=to, actor=actor)
    data = {"text": item.text, "username": to.username, "day": item.due_on.isoformat(), "item": item.pk}
    record(journal.FOLLOW_UP_CHANGED, actor=actor, subject=subject, data=data)


goes_with_object(FOLLOW_UP.key)
declare(
    Handover(
        "organisation",
        gettext_lazy("Meetings and follow-up items"),
        _preview,
        _pass_on,
        icon="calendar-event",
        order=40,
    )
)
