from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.ui import nav

from .permissions import Perm

# The head of everything about money; the rooms above put their pages under it.
nav.entry(key="money", label=_("Money"), icon="coins", order=45)
nav.entry(
    key="accounts",
    label=pgettext_lazy("menu", "Accounts"),
    url_name="ledger:account_list",
    order=10,
    perm=Perm.VIEW,
    under="money",
)
