from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab

from .permissions import NOTED_KINDS, Perm


def _noted(subject: Subject) -> int | None:
    from .selectors import note_count  # models are not ready while tabs are declared

    return note_count(subject) or None


tab(
    "guidance",
    _("Guidance"),
    order=120,
    url_name="supervision:note_list",
    perm=Perm.VIEW,
    subject_kinds=NOTED_KINDS,
    count=_noted,
)
nav.entry(
    key="supervision",
    label=_("Supervision"),
    icon="eye-check",
    url_name="supervision:team_list",
    order=880,
    perm=Perm.VIEW,
    group="lower",
)
