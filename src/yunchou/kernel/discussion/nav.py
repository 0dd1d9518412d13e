from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui.subject_pages import tab

tab("talk", _("Collaboration"), order=45, url_name="discussion:room")
