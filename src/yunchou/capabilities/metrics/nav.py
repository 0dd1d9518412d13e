from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm
from .selectors import open_alerts

tab("data", _("Data"), order=70, url_name="metrics:dashboard", perm=Perm.VIEW, count=open_alerts)
