"""Menu entries. Those of `calendar` and `jobs` stand here too: these rooms lie below `ui` and cannot declare any."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui.nav import entry

from .selectors import unread_of

entry(
    key="notifications",
    label=_("Notifications"),
    icon="bell",
    url_name="notify:notification_list",
    order=40,
    group="person",
    count=unread_of,
)
entry(
    key="notify_preferences",
    label=_("What I am told"),
    icon="bell-cog",
    url_name="notify:preference_list",
    order=45,
    group="person",
)
entry(
    key="jobs",
    label=_("Background jobs"),
    icon="progress",
    url_name="jobs:job_list",
    order=50,
    group="person",
)
entry(
    key="calendar",
    label=_("Working calendar"),
    icon="calendar-event",
    url_name="calendar:calendar_detail",
    order=60,
    group="person",
)
