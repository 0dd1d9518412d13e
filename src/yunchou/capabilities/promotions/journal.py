"""Kinds of journal entries about coupons, forwarding and live streams. Codes and names of customers stand in none of them."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

SERIES_MADE = kind("promotions.series_made", _("made the coupons “{series}”: {stock} of them"), icon="ticket")
SERIES_CHANGED = kind(
    "promotions.series_changed", _("changed the coupons “{series}”: {what}"), icon="pencil", edits=True
)
SERIES_CLOSED = kind("promotions.series_closed", _("stopped issuing the coupons “{series}”"), icon="lock")
ISSUED = kind("promotions.issued", _("issued coupon no. {number} of “{series}”"), icon="ticket")
REDEEMED = kind(
    "promotions.redeemed", _("redeemed coupon no. {number} of “{series}” at {place}"), icon="checks"
)
LINKED = kind(
    "promotions.linked", _("linked order {order} to coupon no. {number} of “{series}”"), icon="receipt"
)
VOIDED = kind("promotions.voided", _("took back coupon no. {number} of “{series}”: {reason}"), icon="ban")
TASK_MADE = kind("promotions.task_made", _("set the forwarding task “{task}”: {quota} each"), icon="share")
TASK_CLOSED = kind("promotions.task_closed", _("closed the forwarding task “{task}”"), icon="lock")
PROMOTERS_ADDED = kind(
    "promotions.promoters_added", _("gave the forwarding task “{task}” to {count} more people"), icon="users"
)
PROMOTER_REMOVED = kind(
    "promotions.promoter_removed", _("took somebody off the forwarding task “{task}”"), icon="user-minus"
)
FORWARDED = kind("promotions.forwarded", _("noted {count} forwards for “{task}”"), icon="share")
REWARDED = kind("promotions.rewarded", _("gave the reward {reward} of “{task}”"), icon="gift")
STREAM_PLANNED = kind("promotions.stream_planned", _("planned the live stream “{stream}”"), icon="broadcast")
STREAM_CHANGED = kind(
    "promotions.stream_changed", _("changed the live stream “{stream}”"), icon="pencil", edits=True
)
STREAM_TOLD = kind(
    "promotions.stream_told", _("entered what the live stream “{stream}” came to: {viewers} viewers"), icon="chart-bar"
)  # fmt: skip
STREAM_REMOVED = kind("promotions.stream_removed", _("removed the live stream “{stream}”"), icon="trash")
STREAMS_IMPORTED = kind(
    "promotions.streams_imported", _("imported live streams: {new} new, {known} there already"), icon="file-import"
)  # fmt: skip
