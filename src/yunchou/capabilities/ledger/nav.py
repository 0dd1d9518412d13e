from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui import nav

from .permissions import Perm

nav.entry(
    key="money", label=_("Money"), icon="coins", url_name="ledger:account_list", order=45, perm=Perm.VIEW
)
