from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab

tab("work", _("Team and schedule"), order=40, url_name="work:schedule_detail")

nav.entry(
    key="my_work",
    label=_("My work today"),
    icon="checklist",
    url_name="work:my_tasks",
    order=14,
    group="person",
)
