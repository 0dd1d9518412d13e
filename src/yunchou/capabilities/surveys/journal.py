"""Kinds of journal entries about questionnaires and interviews. Names of clients and who answered what are not told here."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

MADE = kind("surveys.made", _("drew up the questionnaire {title}"), icon="clipboard-list")
CHANGED = kind("surveys.changed", _("changed the questionnaire {title}"), icon="pencil", edits=True)
QUESTION_PUT = kind("surveys.question_put", _("asks in {title}: {question}"), icon="pencil", edits=True)
QUESTION_REMOVED = kind("surveys.question_removed", _("asks no longer in {title}: {question}"), icon="trash")
ORDERED = kind("surveys.ordered", _("put the questions of {title} in another order"), icon="arrows-sort")
REMOVED = kind("surveys.removed", _("removed the draft of the questionnaire {title}"), icon="trash")
OPENED = kind("surveys.opened", _("opened the questionnaire {title}"), icon="send")
CLOSED = kind("surveys.closed", _("closed the questionnaire {title}: {result}"), icon="lock")
PROLONGED = kind("surveys.closing_set", _("the questionnaire {title} closes {until}"), icon="clock")
ASKED = kind("surveys.asked", _("asks {count} more people by {title}"), icon="user-plus")
NOT_ASKED = kind("surveys.not_asked", _("asks {count} people no longer by {title}"), icon="user-minus")
OPEN_LINK = kind("surveys.open_link", _("gave {title} an address for everybody"), icon="link")
OPEN_LINK_OFF = kind(
    "surveys.open_link_off", _("took the address for everybody from {title}"), icon="link-off"
)
REMINDED = kind("surveys.reminded", _("reminded {count} people of {title}"), icon="bell")
SET_ASIDE = kind("surveys.set_aside", _("an answer to {title} does not count: {reason}"), icon="ban")
TAKEN_BACK = kind("surveys.taken_back", _("an answer to {title} counts again"), icon="arrow-back-up")
TOLD = kind(
    "surveys.told", _("{title}: {score} of 100 from {sample} answers is a reading"), icon="chart-line"
)

INTERVIEWED = kind("surveys.interviewed", _("noted an interview of {day}"), icon="messages")
INTERVIEW_CHANGED = kind(
    "surveys.interview_changed", _("changed the notes of the interview of {day}"), icon="pencil", edits=True
)
INTERVIEW_REMOVED = kind(
    "surveys.interview_removed", _("removed the notes of the interview of {day}"), icon="trash"
)
