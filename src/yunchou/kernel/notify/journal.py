from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

ROBOT_ADDED = kind("notify.robot_added", _("let a group hear of {unit}: {name} ({service})"), icon="robot")
ROBOT_CHANGED = kind("notify.robot_changed", _("changed what a group hears of {unit}: {name}"), icon="robot")
ROBOT_REMOVED = kind("notify.robot_removed", _("a group no longer hears of {unit}: {name}"), icon="robot")
