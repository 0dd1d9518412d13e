from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.counting import Countable
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab

from .permissions import NOTED_KINDS, Perm


def _noted(subject: Subject) -> Countable:
    from .selectors import notes_on  # models are not ready while tabs are declared

    return notes_on(subject)


tab(
    "guidance",
    _("Guidance"),
    order=120,
    url_name="supervision:note_list",
    perm=Perm.VIEW,
    subject_kinds=NOTED_KINDS,
    count=_noted,
    under="review",
)
# No count: it would be asked for on every page of every activity.
tab(
    "outside",
    _("Outside evaluation"),
    order=105,
    url_name="supervision:outside_detail",
    perm=Perm.VIEW,
    subject_kinds=NOTED_KINDS,
    under="review",
)
nav.entry(key="supervision", label=_("Supervision"), icon="eye-check", order=880, group="lower")
nav.entry(
    key="supervision_teams",
    label=_("Teams and notes"),
    url_name="supervision:team_list",
    order=10,
    perm=Perm.VIEW,
    under="supervision",
)
nav.entry(
    key="audits",
    label=_("Audits"),
    url_name="supervision:audit_list",
    order=20,
    perm=Perm.SEE_AUDITS,
    under="supervision",
)
nav.entry(
    key="findings",
    label=pgettext_lazy("audit", "Findings"),
    url_name="supervision:finding_list",
    order=30,
    perm=Perm.SEE_AUDITS,
    under="supervision",
)
nav.entry(
    key="audit_plans",
    label=_("Audit plans"),
    url_name="supervision:audit_plan_list",
    order=40,
    perm=Perm.SEE_AUDITS,
    under="supervision",
)
nav.entry(
    key="outside_evaluations",
    label=_("Outside evaluations"),
    url_name="supervision:outside_list",
    order=50,
    perm=Perm.SEE_AUDITS,
    under="supervision",
)
nav.entry(
    key="supervision_checks",
    label=_("Checks"),
    url_name="supervision:check_list",
    order=12,
    perm=Perm.VIEW,
    under="supervision",
)
nav.entry(
    key="supervision_reports",
    label=pgettext_lazy("supervision", "Monthly reports"),
    url_name="supervision:report_list",
    order=14,
    perm=Perm.VIEW,
    under="supervision",
)
nav.entry(
    key="misconduct",
    label=_("Reports of misconduct"),
    url_name="supervision:tip_list",
    order=60,
    perm=Perm.HANDLE_TIPS,
    under="supervision",
)
nav.entry(
    key="tell", label=_("Report misconduct"), url_name="supervision:tell", order=70, under="supervision"
)
nav.entry(
    key="conduct", label=_("Code of conduct"), url_name="supervision:conduct", order=65, under="supervision"
)
