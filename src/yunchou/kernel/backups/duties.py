"""What a backup that is late, or a test that failed, makes somebody owe."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, DutyKind, after, declare

CLAUSE = "002 5.1"

BACKUP = declare(
    DutyKind(
        "backups.backup",
        rule="K-BAK-01",
        clause=CLAUSE,
        sentence=_("See to it that data is backed up: {reason}"),
        verb=gettext_lazy("See why"),
        label=gettext_lazy("Data backed up in time"),
        ladder=(after(whom=OWNER), after(working_days=1)),
    )
)
TEST = declare(
    DutyKind(
        "backups.test",
        rule="K-BAK-02",
        clause=CLAUSE,
        sentence=_("See to it that backups can be restored: {reason}"),
        verb=gettext_lazy("See why"),
        label=gettext_lazy("Restoring tested in time"),
        ladder=(after(whom=OWNER), after(working_days=1)),
    )
)
