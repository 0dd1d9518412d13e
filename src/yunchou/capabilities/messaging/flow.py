"""The life of a mailing. The right to move it is that of its use and is asked by the actions, on its subject."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import Mailing, State

flow = Flow(Mailing, field="state")

CHECK = flow.move(
    "check", label=pgettext_lazy("mailing", "Check"), source=[State.DRAFT, State.CHECKED], target=State.CHECKED,
    needs="", kind=journal.CHECKED,
)  # fmt: skip
CHANGE = flow.move(
    "change", label=pgettext_lazy("mailing", "Change"), source=[State.DRAFT, State.CHECKED], target=State.DRAFT,
    needs="", kind=journal.CHANGED,
)  # fmt: skip
SCHEDULE = flow.move(
    "schedule", label=pgettext_lazy("mailing", "Send at its time"), source=[State.CHECKED], target=State.SCHEDULED,
    needs="", kind=journal.SCHEDULED,
)  # fmt: skip
START = flow.move(
    "start", label=pgettext_lazy("mailing", "Send now"), source=[State.CHECKED, State.SCHEDULED],
    target=State.SENDING, needs="", kind=journal.STARTED,
)  # fmt: skip
FINISH = flow.move(
    "finish", label=pgettext_lazy("mailing", "End"), source=[State.SENDING], target=State.DONE, needs="",
    kind=journal.FINISHED,
)  # fmt: skip
REOPEN = flow.move(
    "reopen", label=pgettext_lazy("mailing", "Send one again"), source=[State.DONE, State.STOPPED],
    target=State.SENDING, needs="", kind=journal.AGAIN,
)  # fmt: skip
STOP = flow.move(
    "stop", label=pgettext_lazy("mailing", "Stop"), source=[State.SCHEDULED, State.SENDING], target=State.STOPPED,
    needs="", kind=journal.STOPPED, dangerous=True,
)  # fmt: skip
