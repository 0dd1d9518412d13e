"""Entering what media published about an activity; together it becomes readings of it (TYP-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions import READINGS, Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.catalogue import BY_KEY
from yunchou.capabilities.metrics.models import ReadingKind, Series, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.capabilities.operations.models import Tone
from yunchou.directory.customers.models import Customer
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..kinds import has_media
from ..models import MediaReport
from ..permissions import Perm
from ..selectors.media import media_contacts

STAGE = "execution"
REPORTS, REACH = BY_KEY["media_reports"], BY_KEY["media_reach"]


@dataclass(frozen=True)
class Reported:
    """What was published, as people type it."""

    medium: str
    title: str
    published_on: date
    tone: str
    address: str = ""
    reach: int | None = None
    contact: Customer | None = None


def report_stamp(report: MediaReport) -> str:
    """How a report stood when a form showed it."""
    return stamp(
        report.medium, report.title, report.published_on, report.tone, report.address, report.reach,
        report.contact_id, report.clipping_id,
    )  # fmt: skip


@transaction.atomic
def keep_media_report(
    *,
    subject: Subject,
    reported: Reported,
    actor: User,
    clipping: Upload | None = None,
    report: MediaReport | None = None,
    seen: str = "",
) -> MediaReport:
    """Enter a report of a medium about an activity, or change one; how many there are and whom they reached become readings.

    Refuses without `events.edit`, an activity that addresses no media, a day to come, a contact who is no media contact among
    its guests, what has neither address nor clipping, and what was changed meanwhile. Records `events.media_report_kept`.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    if not has_media(locked):
        raise wrong(_("This activity addresses no media."))
    kept = MediaReport(subject=locked, entered_by=actor)
    if report is not None:
        kept = MediaReport.objects.select_for_update(of=("self",)).get(pk=report.pk, subject=locked)
        if kept.taken_back_at:
            raise wrong(_("This report was taken back."))
        refuse_stale(seen, report_stamp(kept))
    kept.medium, kept.title = wanted(reported.medium, "medium", 80), wanted(reported.title, "title", 160)
    if reported.published_on > clock.today():
        raise at_field("published_on", _("This day has not come yet."))
    contact = reported.contact
    if contact and contact.pk != kept.contact_id and not media_contacts(locked, actor).filter(pk=contact.pk):
        raise at_field("contact", _("Choose a media contact on the guest list."))
    kept.published_on, kept.tone = reported.published_on, Tone(reported.tone)
    kept.address, kept.reach, kept.contact = reported.address.strip(), reported.reach, contact
    if clipping is not None:
        kept.clipping = attach_file(
            subject=locked, upload=clipping, actor=actor, stage=STAGE, note=kept.title, needs=Perm.EDIT
        )
    if not kept.address and kept.clipping is None:
        raise at_field("address", _("Give the address, or the clipping as a file."))
    kept.save()
    data = {"medium": kept.medium, "title": kept.title, "tone": kept.tone}
    record(journal.MEDIA_REPORT, actor=actor, subject=locked, data=data)
    tell_publicity(locked)
    return kept


@transaction.atomic
def take_media_report_back(*, report: MediaReport, actor: User) -> MediaReport:
    """Take a report back that was entered by mistake; records `events.media_report_taken_back`."""
    locked = open_table(report.subject, "", actor, Perm.EDIT)
    kept = MediaReport.objects.select_for_update(of=("self",)).get(pk=report.pk, subject=locked)
    if kept.taken_back_at:
        raise wrong(_("This report was taken back."))
    kept.taken_back_at = clock.now()
    kept.save(update_fields=["taken_back_at"])
    data = {"medium": kept.medium, "title": kept.title}
    record(journal.MEDIA_REPORT_BACK, actor=actor, subject=locked, data=data)
    tell_publicity(locked)
    return kept


def tell_publicity(subject: Subject) -> None:
    """How many reports there are and whom they reached are figures of the activity; what a person entered stays theirs.

    Nothing is told of what no report says, nor once the evaluation is complete.
    """
    if lock_on(subject, READINGS):
        return
    valid = MediaReport.objects.filter(subject=subject, taken_back_at=None)
    told = valid.aggregate(count=Count("pk"), reach=Sum("reach"))
    known = set(Series.objects.filter(subject=subject, channel=WHOLE).values_list("indicator", flat=True))
    points = []
    for indicator, value in ((REPORTS, told["count"]), (REACH, told["reach"])):
        if value is None and indicator.name not in known:
            continue
        series = open_watched(subject=subject, channel=WHOLE, indicator=indicator.name, owner=None)
        figure = series.figure("cumulative")
        is_entered = figure is not None and series.latest_source != Source.COMPUTED
        same = (figure.value if figure else None) == value
        if is_entered or same or (value is None and figure is None):
            continue
        points.append(
            Point(
                channel=series.channel, indicator=series.indicator, day=clock.today(), value=Decimal(value or 0),
                kind=ReadingKind.CUMULATIVE, unit=series.unit or indicator.unit,
            )
        )  # fmt: skip
    if points:
        record_readings(
            subject=subject, points=points, actor=None, source=Source.COMPUTED, key=f"events.media:{uuid4()}"
        )
