from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm

tab("budget", _("Budget"), order=30, url_name="budgets:budget_detail", perm=Perm.VIEW)
