"""Reports after the event, on website and social media: planned with day and owner, so that they are owed (EXE-12)."""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.catalogue import BY_KEY
from yunchou.capabilities.metrics.models import ReadingKind, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, WrongState
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..events import event
from ..following import follow
from ..models import Publicity, PublicityChannel
from ..permissions import Perm
from ..rules import reports_follow_the_event

log = logging.getLogger(__name__)
CHANNELS: Final = (PublicityChannel.WEBSITE, PublicityChannel.SOCIAL)
LATELY: Final = 60
"""What was to be published in so many days before is looked at."""
REACH: Final = BY_KEY["report_reach"]


@transaction.atomic
def plan_reports(*, subject: Subject, actor: User | None) -> list[Publicity]:
    """Plan one report for the website and one for social media, where there is none; whoever leads the event owes them.

    They are due within the days of K-PRE-02 after the event. Refuses an event without a day or a lead. Records
    `preparation.reports_planned`.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    known = event(locked)
    if known.ends_on is None:
        raise wrong(_("Enter first on which day the event ends."))
    if known.lead is None:
        raise wrong(_("Name first who leads the event."))
    params = params_on([reports_follow_the_event])[reports_follow_the_event.id]
    rows = Publicity.objects.filter(subject=locked)
    have = set(rows.filter(is_report=True).values_list("channel", flat=True))
    last = rows.aggregate(last=Max("position"))["last"] or 0
    made = []
    with override("zh-hans"):
        words = gettext("Report on “{event}”").format(event=locked.title)
    for channel in CHANNELS:
        if channel in have:
            continue
        last += 1
        row = Publicity(
            subject=locked, position=last, channel=channel, content=words, is_report=True, owner=known.lead,
            owner_name=known.lead.name, due_on=known.ends_on + timedelta(days=int(params.days)),
        )  # fmt: skip
        row.save()
        made.append(row)
    if made:
        record(journal.REPORTS_PLANNED, actor=actor, subject=locked, data={"count": len(made)})
        follow("publicity", locked, actor)
    return made


def plan_ended() -> int:
    """Plan the reports of what was made known lately and ended within a week, where nobody has; says of how many activities."""
    today = clock.today()
    lately = Publicity.objects.filter(due_on__gte=today - timedelta(days=LATELY), is_report=False)
    without = Subject.objects.filter(pk__in=lately.values("subject")).exclude(
        pk__in=Publicity.objects.filter(is_report=True).values("subject")
    )
    count = 0
    for subject in without.order_by("pk"):
        ends = event(subject).ends_on
        if ends is None or not ends < today <= ends + timedelta(days=7):
            continue
        try:
            count += bool(plan_reports(subject=subject, actor=None))
        except Refused as refused:  # one activity must not keep the others from being planned
            log.warning("the reports of subject %s were not planned: %s", subject.pk, refused)
    return count


def tell_reach(subject: Subject) -> None:
    """Whom the reports reached together is a figure of the activity; what a person entered stays theirs."""
    reports = Publicity.objects.filter(subject=subject, is_report=True, reach__isnull=False)
    total = reports.aggregate(n=Sum("reach"))["n"]
    if total is None:
        return
    series = open_watched(subject=subject, channel=WHOLE, indicator=REACH.name, owner=None)
    figure = series.figure("cumulative")
    if figure is not None and (series.latest_source != Source.COMPUTED or figure.value == total):
        return
    point = Point(
        channel=series.channel, indicator=series.indicator, day=clock.today(), value=Decimal(total),
        kind=ReadingKind.CUMULATIVE, unit=series.unit or REACH.unit,
    )  # fmt: skip
    try:
        record_readings(
            subject=subject, points=[point], actor=None, source=Source.COMPUTED,
            key=f"preparation.reach:{subject.pk}:{uuid4()}",
        )  # fmt: skip
    except WrongState:  # the evaluation is complete
        return
