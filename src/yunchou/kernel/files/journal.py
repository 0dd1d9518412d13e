from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

ATTACHED = kind("files.attached", _("attached “{name}”, version {version}"), icon="paperclip")
REMOVED = kind("files.removed", _("removed the file “{name}”, version {version}"), icon="trash")
RESTORED = kind("files.restored", _("restored the file “{name}”, version {version}"), icon="paperclip")
MOVED = kind("files.moved", _("took over {count} files of “{source}”"), icon="paperclip")
