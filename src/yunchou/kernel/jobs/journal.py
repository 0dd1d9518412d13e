from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

RETRIED = kind(
    "jobs.retried", _("restarted {count} stopped parts of background job {job} ({kind})"), icon="refresh"
)
