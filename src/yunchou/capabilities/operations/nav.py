from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm


def _open(subject: Subject) -> int | None:
    from .selectors import open_count  # models are not ready while tabs are declared

    return open_count(subject) or None


tab("reports", _("Reports"), order=80, url_name="operations:report_list", perm=Perm.VIEW)
tab("risks", _("Risks and issues"), order=90, url_name="operations:risk_list", perm=Perm.VIEW, count=_open)
