"""Reads of the safety emergency plan, and what R-RSK-06 says of it; rooms above guard the start of an event with it."""

from __future__ import annotations

from dataclasses import dataclass

from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from .models import Emergency, Scenario
from .rules import DEMANDED, EmergencyFacts, SafetyFacts, safety_is_planned


@dataclass(frozen=True)
class PlannedFor:
    """One emergency on the page: what is planned for it, if anything, and whether it is demanded."""

    scenario: Scenario
    emergency: Emergency | None
    is_demanded: bool

    @property
    def is_whole(self) -> bool:
        """Somebody is responsible, and there are steps."""
        return bool(self.emergency and self.emergency.owner_id and self.emergency.steps)

    @property
    def level(self) -> str:
        if self.is_whole:
            return "fine"
        return "act" if self.is_demanded else "unknown"


def safety_of(subject: Subject) -> list[PlannedFor]:
    """The demanded emergencies first, whether planned or not, then the others that are planned; one query."""
    kept = list(Emergency.objects.filter(subject=subject).select_related("owner", "deputy").order_by("pk"))
    known = {one.scenario: one for one in kept if one.scenario != Scenario.OTHER}
    lines = [PlannedFor(Scenario(key), known.get(key), is_demanded=True) for key in DEMANDED]
    others = [one for one in kept if one.scenario not in DEMANDED]
    return [*lines, *(PlannedFor(Scenario(one.scenario), one, is_demanded=False) for one in others)]


def safety_verdict(subject: Subject, *, is_demanded: bool = True) -> Verdict:
    """What R-RSK-06 says of the plan of a subject; one query. For guards, and for the page of readiness."""
    kept = Emergency.objects.filter(subject=subject)
    facts = SafetyFacts(
        tuple(EmergencyFacts(one.scenario, one.owner_id is not None, bool(one.steps)) for one in kept),
        is_demanded,
    )
    return evaluate([safety_is_planned], facts)[0]
