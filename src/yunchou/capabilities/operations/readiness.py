"""What the readiness check asks of safety (R-RSK-06); its colours and its page are of the room that prepares."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.events import Event
from yunchou.capabilities.preparation.readiness import Item, Light, ready_check
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject

from .safety import safety_of

KEY = "safety_plan"


@ready_check(KEY, pgettext_lazy("readiness", "Safety emergency plan"), order=60, clause="003 三(四)1")
def safety_plan(subject: Subject, event: Event) -> Sequence[Item]:
    """Somebody is responsible and there are steps for fire, earthquake and sudden illness; other emergencies as planned."""
    lines = safety_of(subject)
    is_demanded = KEY in event.required
    if not is_demanded and not any(line.emergency for line in lines):
        return []
    address = f"{reverse('operations:risk_list', args=[subject.pk])}?view=safety"
    return [
        Item(
            Light.GREEN if line.is_whole else Light.RED if is_demanded and line.is_demanded else Light.AMBER,
            say(_("{emergency}: planned") if line.is_whole else _("{emergency}: persons or steps are missing"),
                emergency=str(line.emergency or line.scenario.label)),
            address,
            (line.emergency.owner if line.emergency else None) or event.lead,
            key=line.scenario.value,
        )
        for line in lines
    ]  # fmt: skip
