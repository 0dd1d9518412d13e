"""Kinds of journal entries about messages. None of them holds an address, a name or a telephone number of a customer."""

from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.words import word
from yunchou.kernel.core.text import Say
from yunchou.kernel.journal.kinds import kind

from .models import Channel

TEXT_KEPT = kind("messaging.text_kept", _("keeps the message text “{name}”"), icon="file-text")
TEXT_CLOSED = kind("messaging.text_closed", _("closed the message text “{name}”"), icon="file-text")
SENDER_KEPT = kind("messaging.sender_kept", _("{name} is named as the sender of messages"), icon="id")
DRAFTED = kind("messaging.drafted", _("drafted the mailing {title}"), icon="mail")
CHANGED = kind("messaging.changed", _("changed the mailing {title}"), icon="pencil")
DROPPED = kind("messaging.dropped", _("dropped the draft of the mailing {title}"), icon="trash")
CHECKED = kind(
    "messaging.checked", _("checked the mailing {title}: {to} get it, {left_out} do not"), icon="check"
)
SCHEDULED = kind("messaging.scheduled", _("released the mailing {title} for {when}"), icon="clock")
STARTED = kind("messaging.started", _("started the mailing {title}"), icon="send")
BEGUN = kind(
    "messaging.begun", _("addresses of {count} customers are used for the mailing {title}"), icon="address-book",
    looks=True,
)  # fmt: skip
FINISHED = kind(
    "messaging.finished",
    _(
        "the mailing {title} has ended: {sent} sent, {failed} failed, {unknown} to be confirmed, {skipped} left out"
    ),
    icon="mail-check",
)
STOPPED = kind(
    "messaging.stopped", _("stopped the mailing {title}; {count} messages do not go out"), icon="ban"
)
TESTED = kind("messaging.tested", _("sent the mailing {title} to themselves as a test"), icon="test-pipe")
CONFIRMED = kind("messaging.confirmed", _("says that message {message} of {title} went out"), icon="check")
AGAIN = kind("messaging.again", _("had message {message} of {title} sent again: {reason}"), icon="refresh")
HANDED = kind("messaging.handed", _("took over message {message} as {channel}, to hand it over"), icon="link")
OPTED_OUT = kind(
    "messaging.opted_out", _("the customer wants no more of these messages ({channel}); {count} waiting ones are left out"),
    icon="bell-off",
)  # fmt: skip
BOUNCES = kind(
    "messaging.bounces",
    _("handed in reports of bounces: {stopped} addresses stopped, {passed} passed over"),
    icon="mail-off",
)
ADDRESS_STOPPED = kind(
    "messaging.address_stopped", _("the address of a customer does not take {channel}"), icon="mail-off"
)
FREED = kind("messaging.freed", _("freed an address ({channel}) again: {reason}"), icon="mail")


def channel_word(channel: str) -> Say:
    """A channel as the reader of the journal calls it."""
    return word(Channel(channel).label, "message channel")
