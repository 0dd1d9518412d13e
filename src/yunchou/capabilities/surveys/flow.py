"""The states of a questionnaire: written, open, closed."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.flow.machine import Flow

from . import journal
from .models import Status, Survey
from .permissions import Perm

flow = Flow(Survey, field="status")

OPEN = flow.move(
    "open", label=pgettext_lazy("survey", "Open"), source=[Status.DRAFT], target=Status.OPEN, needs=Perm.EDIT,
    kind=journal.OPENED, icon="send",
)  # fmt: skip
CLOSE = flow.move(
    "close", label=pgettext_lazy("survey", "Close"), source=[Status.OPEN], target=Status.CLOSED, needs=Perm.EDIT,
    kind=journal.CLOSED, icon="lock",
)  # fmt: skip


@OPEN.guard
def it_asks_something(survey: Survey) -> Say | None:
    """A questionnaire without questions is not sent."""
    return None if survey.questions.exists() else say(_("Write at least one question first."))
