"""The safety emergency plan (RSK-06)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Emergency, Scenario
from ..permissions import Perm
from .shared import LIVE, lines_of


@transaction.atomic
def plan_emergency(
    *,
    subject: Subject,
    scenario: str,
    actor: User,
    owner: User | None = None,
    deputy: User | None = None,
    steps: str | Sequence[str] = (),
    help_at: str = "",
    name: str = "",
    emergency: Emergency | None = None,
) -> Emergency:
    """Say who does what in an emergency; records `operations.emergency_planned`. It is written on while the work goes on.

    Refuses an emergency without a name of its own where it is none of the known ones. What is missing stops the start of
    an on-site high-end event, not the writing (R-RSK-06).
    """
    subject = open_table(subject=subject, table=LIVE, actor=actor, right=Perm.EDIT)
    if scenario not in Scenario.values:
        raise Invalid(say(_("There is no such emergency.")), fields={"scenario": say(_("Choose one."))})
    if scenario == Scenario.OTHER and not name.strip():
        words = say(_("Please fill this in."))
        raise Invalid(words, fields={"name": words})
    kept = emergency
    if kept is None and scenario != Scenario.OTHER:
        kept = Emergency.objects.filter(subject=subject, scenario=scenario).first()
    kept = kept or Emergency(subject=subject)
    kept.scenario, kept.name, kept.owner, kept.deputy = scenario, name.strip()[:60], owner, deputy
    kept.steps = lines_of(steps if isinstance(steps, str) else list(steps))
    kept.help_at, kept.changed_by, kept.changed_at = help_at.strip()[:200], actor, clock.now()
    kept.save()
    told = {"emergency": kept.name or say(SCENARIO_WORDS[scenario])}
    record(journal.EMERGENCY_PLANNED, actor=actor, subject=subject, data=told)
    return kept


@transaction.atomic
def drop_emergency(*, emergency: Emergency, actor: User) -> None:
    """Take an emergency out of the plan; records `operations.emergency_dropped`."""
    subject = open_table(subject=emergency.subject, table=LIVE, actor=actor, right=Perm.EDIT)
    told = {"emergency": emergency.name or say(SCENARIO_WORDS[emergency.scenario])}
    emergency.delete()
    record(journal.EMERGENCY_DROPPED, actor=actor, subject=subject, data=told)


SCENARIO_WORDS = {
    Scenario.FIRE.value: _("Fire"),
    Scenario.EARTHQUAKE.value: _("Earthquake"),
    Scenario.ILLNESS.value: _("Sudden illness"),
    Scenario.CROWD.value: _("Crowding"),
    Scenario.OTHER.value: _("Other emergency"),
}
"""The labels as sentences that are stored."""
