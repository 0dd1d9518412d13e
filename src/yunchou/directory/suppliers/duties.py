"""What papers that run out make people owe."""

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.duties.kinds import OWNER, SUPERVISOR, DutyKind, after, before, declare

DUE_HOUR = 18
"""A document is renewed by this hour of its last day."""

RENEWAL = declare(
    DutyKind(
        "suppliers.document",
        rule="",
        clause="003 四(三)2",
        sentence=_("Renew “{document}” of {supplier}"),
        verb=gettext_lazy("File the renewed document"),
        label=gettext_lazy("Documents of suppliers renewed in time"),
        ladder=(
            before(working_days=10),
            before(working_days=3),
            after(whom=OWNER),
            after(working_days=3, whom=SUPERVISOR),
        ),
    )
)
