"""Kinds of journal entries about leads, orders, offers and benefits. Names, numbers and needs of people stand in none of them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

CAPTURED = kind("sales.captured", _("took in a lead: {channel}, {place}"), icon="user-plus")
REPEATED = kind("sales.repeated", _("took in a lead that was there already: {channel}, {place}"), icon="copy")
IMPORTED = kind("sales.imported", _("imported leads: {new} new, {known} there already"), icon="file-import")
CHANGED = kind("sales.changed", _("changed a lead: {what}"), icon="pencil", edits=True)
ASSIGNED = kind("sales.assigned", _("handed a lead to {person}"), icon="user-share")
CONTACTED = kind("sales.contacted", _("contacted a lead: {outcome}"), icon="phone")
MOVED = kind("sales.moved", _("moved a lead from {from} to {to}"), icon="arrow-right")
GIFT = kind("sales.gift", _("handed {gift} to a lead"), icon="gift")
FORM_MADE = kind("sales.form_made", _("opened the capture form “{place}”"), icon="qrcode")
FORM_CLOSED = kind("sales.form_closed", _("closed the capture form “{place}”"), icon="lock")

ORDERED = kind("sales.ordered", _("entered order {number}: {amount} yuan"), icon="receipt")
ORDERS_IMPORTED = kind(
    "sales.orders_imported", _("imported orders: {new} new, {known} there already"), icon="file-import"
)
ORDER_CANCELLED = kind("sales.order_cancelled", _("cancelled order {number}: {reason}"), icon="ban")
TAKEN_OVER = kind(
    "sales.taken_over", _("{series} is computed from leads and orders from now on"), icon="refresh"
)

OFFERED = kind("sales.offered", _("drew up the offer {title}: {price} yuan"), icon="tag")
OFFER_CHANGED = kind("sales.offer_changed", _("changed the offer {title}"), icon="pencil", edits=True)
PROSPECTS_ADDED = kind("sales.prospects_added", _("offers {title} to {count} more prospects"), icon="users")
ANSWERED = kind("sales.answered", _("noted an answer to the offer {title}: {answer}"), icon="message-circle")

BENEFITS_DRAWN = kind(
    "sales.benefits_drawn", _("took {count} birthdays from the register of employees"), icon="cake"
)
BENEFIT_ADDED = kind(
    "sales.benefit_added", _("added benefits for {count} people: {kind}, {day}"), icon="gift"
)
BENEFIT_GIVEN = kind("sales.benefit_given", _("gave a benefit: {kind}, {day}"), icon="circle-check")
BENEFIT_REMOVED = kind("sales.benefit_removed", _("removed a benefit: {kind}, {day}"), icon="trash")
