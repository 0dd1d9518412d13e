"""What rooms that serve any subject need to know of meetings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.kinds import SubjectKind, declare

from .permissions import Perm

SERIES = declare(
    SubjectKind(
        key="meeting_series",
        label=_("Meeting series"),
        view_perm=Perm.SEE_MEETINGS,
        icon="calendar-event",
    )
)
CENTRE = declare(
    SubjectKind(
        key="marketing_centre",
        label=_("Marketing centre"),
        view_perm=Perm.OVERSEE_CENTRE,
        icon="building-store",
    )
)
