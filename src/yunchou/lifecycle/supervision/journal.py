from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

APPOINTED = kind("supervision.team_appointed", _("appointed the supervision team {team}"), icon="eye-check")
CHANGED = kind("supervision.team_changed", _("changed the supervision team {team}"), icon="users")
PLANNED = kind("supervision.planned", _("wrote the supervision plan of {team}"), icon="list-check")
NOTED = kind("supervision.noted", _("noted ({kind}): {text}"), icon="message")
ANSWERED = kind("supervision.answered", _("answered the note of {person}: {text}"), icon="message-2")
