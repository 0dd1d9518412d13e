"""Kinds of journal entries about preparing."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

VENUE_ADDED = kind("preparation.venue_added", _("registered the venue {venue}"), icon="building")
VENUE_CHANGED = kind("preparation.venue_changed", _("changed the venue {venue}"), icon="pencil", edits=True)
VENUE_BLOCKED = kind("preparation.venue_blocked", _("blocked the venue {venue}: {reason}"), icon="ban")
VENUE_UNBLOCKED = kind(
    "preparation.venue_unblocked", _("opened the venue {venue} again"), icon="circle-check"
)
VENUE_CLOSED = kind(
    "preparation.venue_closed", _("{venue} is not to be had {times}: {reason}"), icon="calendar-off"
)
HELD = kind("preparation.held", _("holds {venue} {times} until {until}"), icon="calendar-plus")
PROLONGED = kind("preparation.prolonged", _("holds {venue} {times} until {until} instead"), icon="clock-plus")
CONFIRMED = kind("preparation.confirmed", _("confirmed {venue} {times}: {proof}"), icon="calendar-check")
RELEASED = kind("preparation.released", _("released {venue} {times}: {reason}"), icon="calendar-x")
EXPIRED = kind("preparation.expired", _("the hold on {venue} {times} ran out"), icon="clock-x")

AGREED = kind("preparation.agreed", _("confirmed {party} in writing: {proof}"), icon="writing-sign")
AGREEMENT_BACK = kind(
    "preparation.agreement_taken_back", _("{party} is no longer confirmed: {reason}"), icon="arrow-back-up"
)
ORDERED = kind("preparation.ordered", _("{name} is bought by {order}"), icon="shopping-cart")
ACCEPTED = kind(
    "preparation.accepted", _("accepted {quantity} {measure} of {name}: {note}"), icon="circle-check"
)
REFUSED = kind("preparation.refused", _("refused {name}: {note}"), icon="circle-x")
REVIEW_ASKED = kind("preparation.review_asked", _("handed in {file} for {name}"), icon="eye")
REVIEW_PASSED = kind("preparation.review_passed", _("passed {file} for {name}{note}"), icon="circle-check")
REVIEW_RETURNED = kind(
    "preparation.review_returned", _("sent {file} for {name} back: {note}"), icon="arrow-back-up"
)
PRINT_ORDERED = kind(
    "preparation.print_ordered", _("sent {name} to print, promised for {day}"), icon="printer"
)
PRINT_ARRIVED = kind("preparation.print_arrived", _("{name} arrived on {day}{late}"), icon="package")
PUBLISHED = kind("preparation.published", _("published on {channel}: {name}"), icon="broadcast")
REACHED = kind("preparation.reached", _("{name} reached {reach} people"), icon="users")
TRIP_CONFIRMED = kind("preparation.trip_confirmed", _("confirmed {name}: {note}"), icon="circle-check")
TRIP_BACK = kind(
    "preparation.trip_taken_back", _("{name} is no longer confirmed: {reason}"), icon="arrow-back-up"
)
CHECKED = kind("preparation.checked", _("checked {name}: {state}{note}"), icon="clipboard-check")

TRAINING_PUT = kind("preparation.training_put", _("planned the training {name} on {day}"), icon="school")
ATTENDED = kind(
    "preparation.attended", _("{present} of {count} attended the training {name}"), icon="user-check"
)
TRAINING_REMOVED = kind("preparation.training_removed", _("removed the training {name}"), icon="trash")

STOCK_ADDED = kind("preparation.stock_added", _("entered {name} into the stock"), icon="package")
STOCK_CHANGED = kind("preparation.stock_changed", _("changed {name} in the stock"), icon="pencil", edits=True)
STOCK_MOVED = kind(
    "preparation.stock_moved", _("{kind}: {amount} {measure} of {name} ({number})"), icon="package-export"
)

RESEARCH_KEPT = kind("preparation.research_kept", _("filed the needs research {title}"), icon="messages")
RESEARCH_CHANGED = kind(
    "preparation.research_changed", _("changed the needs research {title}"), icon="pencil", edits=True
)
RESEARCH_ATTACHED = kind(
    "preparation.research_attached", _("attached the needs research {title} to the plan"), icon="paperclip"
)
RESEARCH_DETACHED = kind(
    "preparation.research_detached", _("took the needs research {title} off the plan"), icon="trash"
)
WENT_AHEAD = kind(
    "preparation.went_ahead",
    _("lets it begin although {count} items are red: {reason}"),
    icon="alert-triangle",
)
HANDED_OVER = kind(
    "preparation.handed_over",
    _("passed {count} things to prepare from {username} to {successor}"),
    icon="switch-horizontal",
)
SITE_ISSUED = kind(
    "preparation.site_issued",
    _("issued {amount} {measure} of {name} on site ({number})"),
    icon="package-export",
)
SITE_SETTLED = kind(
    "preparation.site_settled",
    _(
        "settled {name} on site: {returned} {measure} came back, {used} used up, {lost} lost, {wasted} wasted, costs"
        " {cost}{reason}"
    ),
    icon="package-import",
)
REPORTS_PLANNED = kind(
    "preparation.reports_planned", _("planned {count} reports after the event"), icon="news"
)
