"""Kinds of journal entries of the door. Scans name guests by number: a journal outlives the right to know a name."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

DOOR_PUT = kind("events.door_put", _("set up the door {door}"), icon="door")
DEVICE_MADE = kind(
    "events.device_made", _("set up {device} at {door}, until {until}"), icon="device-mobile-plus"
)
DEVICE_REVOKED = kind("events.device_revoked", _("switched {device} off"), icon="device-mobile-off")
SCANNED = kind("events.scanned", _("guest {guest} of activity {event} at {door}: {verdict}"), icon="scan")
UPLOADED = kind(
    "events.scans_uploaded", _("{device} sent {count} scans made without a network"), icon="cloud-upload"
)
WALK_IN = kind("events.walked_in", _("entered guest no. {name}, who came without an invitation"), icon="walk")
SETTLED = kind("events.doubt_settled", _("settled a doubtful scan of {name}: {decision}"), icon="gavel")
