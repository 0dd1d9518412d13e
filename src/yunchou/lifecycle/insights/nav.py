from django.utils.translation import gettext_lazy as _

from yunchou.kernel.duties.selectors import owed_by
from yunchou.kernel.ui import nav

nav.entry(key="home", label=_("Home"), icon="home", url_name="home", order=10, count=owed_by)
