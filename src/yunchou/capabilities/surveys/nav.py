"""The tab 问卷 of activities."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm

tab("surveys", pgettext_lazy("tab", "Questionnaires"), order=95, url_name="surveys:board", perm=Perm.VIEW)
