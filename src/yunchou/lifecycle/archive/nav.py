from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.ui import nav
from yunchou.kernel.ui.subject_pages import tab
from yunchou.lifecycle.campaigns.header import page_for_move

from .permissions import Perm

tab(
    "archive",
    pgettext_lazy("tab", "Archive"),
    order=110,
    url_name="archive:archive_detail",
    perm=Perm.VIEW,
    subject_kinds=frozenset({"campaign"}),
)
nav.entry(
    key="archive",
    label=_("Archives"),
    icon="archive",
    url_name="archive:package_list",
    order=80,
    perm=Perm.VIEW,
)
page_for_move("archive", "archive:archive_detail")
