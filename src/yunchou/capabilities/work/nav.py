from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm

tab("work", _("Team and schedule"), order=40, url_name="work:schedule_detail")

nav.entry(
    key="portfolio",
    label=_("Portfolio"),
    icon="chart-arrows",
    url_name="work:portfolio",
    order=630,
)

nav.entry(
    key="schedule_templates",
    label=_("Schedule templates"),
    icon="template",
    url_name="work:template_list",
    order=640,
    perm=Perm.TEMPLATES,
)

nav.entry(
    key="team_standards",
    label=_("Team standards"),
    icon="users-group",
    url_name="work:standard_list",
    order=645,
    perm=Perm.STANDARDS,
)

nav.entry(
    key="my_work",
    label=_("My work today"),
    icon="checklist",
    url_name="work:my_tasks",
    order=14,
    group="person",
)
