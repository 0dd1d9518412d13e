"""Moving a whole campaign to another start."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.work.actions import shift_all
from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..changing import written_change
from ..models import Campaign
from ..permissions import Perm
from ..redating import shifted_tables
from ..selectors import lock_on
from .drafting import classify


@transaction.atomic
def redate_campaign(*, campaign: Campaign, start_on: date, actor: User) -> Campaign:
    """Move the campaign to a new start: every planned date goes along by the same number of days.

    Overview, goals with a date, phases and due dates of the creative plan, division of work and schedule move; what was
    recorded (reports, readings, issues) stays. An imported campaign is no longer history then. Records
    `campaigns.redated`; refuses while the proposal is locked or written again, and without a start to count from.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=campaign.pk)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, "overview"):
        raise WrongState(reason)
    if written_change(subject):
        raise WrongState(
            say(_("Send or drop what is written of the proposal before the campaign gets other dates."))
        )
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if campaign.start_on is None:
        words = say(_("Set a start date first: the others are counted from it."))
        raise Invalid(words, fields={"start_on": words})
    days = (start_on - campaign.start_on).days
    if days:
        shifted = shifted_tables(subject, days)
        for kept in workbook().kept:
            if kept.table.key in shifted:
                kept.save(subject, shifted[kept.table.key], actor=actor)
        shift_all(subject=subject, days=days, actor=actor)
        record(journal.REDATED, actor=actor, subject=subject, data={"days": days, "start": start_on})
    Campaign.objects.filter(pk=campaign.pk).update(history_until=None)
    return classify(campaign=Campaign.objects.whole(campaign.pk))
