"""What people say of an activity (RPT-06)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Feedback, Place, Tone
from ..permissions import Perm
from ..tables import REPORTS
from .shared import short

MOST = 100_000


@transaction.atomic
def note_feedback(
    *,
    subject: Subject,
    day: date,
    channel: str,
    tone: str,
    text: str,
    actor: User,
    place: str = Place.SOCIAL,
    count: int = 1,
) -> Feedback:
    """Write down an opinion with its channel and tone, and how many said so; records `operations.feedback_noted`.

    It stays as it is; a wrong one is followed by a right one. Refuses a day to come and no or too many voices.
    """
    subject = open_table(subject=subject, table=REPORTS.key, actor=actor, right=Perm.REPORT)
    if day > clock.today():
        words = say(_("This day has not come yet."))
        raise Invalid(words, fields={"day": words})
    if tone not in Tone.values or place not in Place.values:
        words = say(_("Choose one."))
        raise Invalid(words, fields={"tone" if tone not in Tone.values else "place": words})
    if not 1 <= count <= MOST:
        words = say(_("From 1 to {most} voices."), most=MOST)
        raise Invalid(words, fields={"count": words})
    noted = Feedback.objects.create(
        subject=subject, day=day, place=place, channel=wanted(channel, "channel", 40), tone=tone,
        text=wanted(text, "text", 400), count=count, noted_by=actor,
    )  # fmt: skip
    told = {"channel": noted.channel, "text": short(noted.text)}
    record(journal.FEEDBACK_NOTED, actor=actor, subject=subject, data=told)
    return noted
