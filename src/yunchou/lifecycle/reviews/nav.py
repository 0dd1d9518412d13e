from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm
from .selectors import late_actions

tab(
    "review",
    _("Evaluation and retrospective"),
    order=100,
    url_name="reviews:review_detail",
    perm=Perm.VIEW,
    subject_kinds=frozenset({"campaign"}),
    count=late_actions,
)
