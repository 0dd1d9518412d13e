"""What a note on a plan or activity makes its owner owe (PLN-11), and what audits and their findings do (SUP-05)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import MANAGEMENT
from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare, position

DUE_HOUR = 18

ANSWER = declare(
    DutyKind(
        "supervision.answer",
        rule="K-SPV-05",
        clause="001 §5 ¶5",
        sentence=_("Answer the note of {person}"),
        verb=gettext_lazy("Answer"),
        label=gettext_lazy("Notes on plans and activities answered in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=1, whom=SUPERVISOR)),
    )
)


AUDIT = declare(
    DutyKind(
        "supervision.audit",
        rule="R-BUD-14",
        clause="002 9.2 五, 9.3(3)",
        sentence=_("Carry out and report the audit “{audit}”"),
        verb=gettext_lazy("Open the audit"),
        label=gettext_lazy("Audits reported in time"),
        ladder=(before(working_days=5), after(whom=OWNER), after(working_days=3, whom=SUPERVISOR)),
    )
)
CORRECTION = declare(
    DutyKind(
        "supervision.correction",
        rule="K-SPV-01",
        clause="002 9.2 五",
        sentence=_("Correct the finding {finding} of “{source}”"),
        verb=gettext_lazy("Correct"),
        label=gettext_lazy("Findings corrected in time"),
        ladder=(
            before(working_days=3),
            before(working_days=1),
            after(whom=OWNER),
            after(working_days=1, whom=SUPERVISOR),
            after(working_days=3, whom=position(MANAGEMENT)),
        ),
    )
)
VERIFICATION = declare(
    DutyKind(
        "supervision.verification",
        rule="K-SPV-01",
        clause="002 9.2 五",
        sentence=_("Verify the correction of {finding} by {person}"),
        verb=gettext_lazy("Verify"),
        label=gettext_lazy("Corrections verified in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=2, whom=SUPERVISOR)),
    )
)
OUTSIDE_REPORT = declare(
    DutyKind(
        "supervision.outside",
        rule="",
        clause="002 9.3(3)",
        sentence=_("File report and conclusion of {institution} on “{title}”"),
        verb=gettext_lazy("File the report"),
        label=gettext_lazy("Outside evaluations in time"),
        ladder=(before(working_days=5), after(whom=OWNER), after(working_days=5, whom=SUPERVISOR)),
    )
)


MONTHLY = declare(
    DutyKind(
        "supervision.report",
        rule="K-SPV-06",
        clause="002 3.3(3)",
        sentence=_("Send the supervision report of {team} for {month}"),
        verb=pgettext_lazy("supervision", "Write the report"),
        label=gettext_lazy("Supervision reports in time"),
        ladder=(before(working_days=2), after(whom=OWNER), after(working_days=2, whom=SUPERVISOR)),
    )
)
LEGALITY = declare(
    DutyKind(
        "supervision.legality",
        rule="K-SPV-04",
        clause="002 1.3",
        sentence=_("Check “{title}” for legality and honesty"),
        verb=gettext_lazy("Check"),
        label=gettext_lazy("Activities checked for legality in time"),
        ladder=(before(working_days=1), after(whom=OWNER), after(working_days=1, whom=SUPERVISOR)),
    )
)
TIP = declare(
    DutyKind(
        "supervision.tip",
        rule="K-SPV-02",
        clause="002 1.3",
        sentence=_("Deal with the report of misconduct {code}"),
        verb=gettext_lazy("Examine"),
        label=gettext_lazy("Reports of misconduct dealt with in time"),
        ladder=(before(working_days=5), before(working_days=1), after(whom=OWNER)),
    )
)
CONDUCT = declare(
    DutyKind(
        "supervision.conduct",
        rule="K-SPV-03",
        clause="002 1.2",
        sentence=_("Acknowledge the code of conduct of {year}"),
        verb=gettext_lazy("Acknowledge"),
        label=gettext_lazy("Code of conduct acknowledged in time"),
        ladder=(before(working_days=3), after(whom=OWNER), after(working_days=2, whom=SUPERVISOR)),
    )
)
