"""How an action on a questionnaire begins."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.identity.models import User

from ..models import Survey
from ..permissions import Perm

TABLE: Final = "surveys"
"""What `lock_on` is asked for."""


def open_questionnaire(survey: Survey, actor: User, right: str = Perm.EDIT) -> Survey:
    """The questionnaire as it is now, locked with its subject; refuses without the right and while the subject is locked."""
    subject = open_table(survey.subject, TABLE, actor, right)
    locked = Survey.objects.select_for_update(of=("self",)).select_related("keeper").get(pk=survey.pk)
    locked.subject = subject
    return locked


def open_draft(survey: Survey, actor: User) -> Survey:
    """As `open_questionnaire`, of one whose questions may still change."""
    locked = open_questionnaire(survey, actor)
    if not locked.is_draft:
        raise wrong(_("The questions are as they were when it was opened. Copy it to ask otherwise."))
    return locked
