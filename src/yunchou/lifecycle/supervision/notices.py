from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.notify.registry import notice

APPOINTED = notice("supervision.appointed", _("You belong to a supervision team"), icon="eye-check")
NOTED = notice("supervision.noted", _("Guidance on your plans and activities"), icon="message")
ANSWERED = notice(
    "supervision.answered", _("A note of mine on plans and activities was answered"), icon="message-2"
)
FINDING = notice("supervision.finding", _("An audit found something that concerns me"), icon="alert-triangle")
CORRECTION = notice("supervision.corrected", _("A finding of mine was answered or corrected"), icon="tool")
JUDGED = notice(
    "supervision.judged", _("A correction of mine was verified or sent back"), icon="circle-check"
)
AUDIT = notice("supervision.audit_opened", _("An audit of mine was opened"), icon="zoom-check")
CHECKED = notice("supervision.checked", _("Supervision checked an activity of mine"), icon="checklist")
REPORTED = notice("supervision.reported", _("A monthly report of supervision"), icon="report")
TIP = notice(
    "supervision.tip",
    _("A report of misconduct came in"),
    icon="message-report",
    is_mandatory=True,
    is_personal=True,
)
TIP_RESULT = notice(
    "supervision.tip_result", _("What came of a report of mine"), icon="message-report", is_personal=True
)
CONDUCT = notice("supervision.conduct", _("The code of conduct is to be acknowledged"), icon="writing-sign")
BREACH = notice(
    "supervision.breach",
    _("A breach of the code of conduct concerns me"),
    icon="gavel",
    is_mandatory=True,
    is_personal=True,
)
