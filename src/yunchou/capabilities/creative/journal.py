"""Kinds of journal entries about creative plans."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

SWITCHED = kind(
    "creative.switched",
    _("switched “{module}” to its alternative on {day}: {reason} ({effect})"),
    icon="arrows-exchange",
)
CONFIRMED = kind("creative.confirmed", _("confirmed the final plan as {version}"), icon="lock")
DRAFT_HANDED_IN = kind("creative.draft_handed_in", _("handed in {draft} {version}{note}"), icon="file-text")
REMARKED = kind("creative.remarked", _("remarked on {draft} {version}: {text}"), icon="message")
RESOLVED = kind("creative.remark_resolved", _("resolved remark {number} on {draft}: {answer}"), icon="check")
DRAFT_APPROVED = kind("creative.draft_approved", _("approved {draft} {version}"), icon="circle-check")
GROUP_KEPT = kind("creative.group_kept", _("keeps the channels of {group}: {channels}"), icon="users")
GROUP_DROPPED = kind("creative.group_dropped", _("took {group} out of the table of channels"), icon="trash")
FORM_KEPT = kind("creative.form_kept", _("keeps the form {form}"), icon="category")
FORM_DROPPED = kind("creative.form_dropped", _("took the form {form} off the list"), icon="trash")
FORMS_CHOSEN = kind("creative.forms_chosen", _("combined the forms {forms}"), icon="category")
CHANNELS_TAKEN = kind(
    "creative.channels_taken",
    _("took {channels} into the channel mix, as suggested for {group}"),
    icon="broadcast",
)
STUDY_KEPT = kind("creative.study_kept", _("filed {kind}: {name}"), icon="file-analytics")
STUDY_CHANGED = kind("creative.study_changed", _("changed {kind}: {name}"), icon="pencil", edits=True)
STUDY_LINKED = kind("creative.study_linked", _("the plan rests on {kind}: {name}"), icon="link")
STUDY_UNLINKED = kind(
    "creative.study_unlinked", _("the plan no longer rests on {kind}: {name}"), icon="unlink"
)
OFFER_MADE = kind("creative.offer_made", _("set the offer {offer}: {stock} pieces, {times}"), icon="gift")
GRANTED = kind("creative.granted", _("gave {quantity} of {offer}, {left} left"), icon="gift")
LOTTERY_OPENED = kind(
    "creative.lottery_opened", _("set the lottery {lottery}, {times}; commitment {commitment}"), icon="ticket"
)
ENTERED = kind("creative.entered", _("entered {count} people in the lottery {lottery}"), icon="users-plus")
DRAWN = kind(
    "creative.drawn", _("drew the lottery {lottery}: {count} of {entries} win; seed {seed}"), icon="ticket"
)
WINNERS_PUBLISHED = kind(
    "creative.winners_published", _("published the winners of {lottery} at {at}"), icon="speakerphone"
)
