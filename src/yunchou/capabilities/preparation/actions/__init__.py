"""Every write to preparations, venues, stock and research."""

from .going import go_ahead
from .publicity import (
    CHANNELS,
    note_reach,
    publicity_approved,
    publicity_returned,
    publicity_withdrawn,
    publish,
    send_publicity,
    take_publicity_back,
)
from .research import (
    Gathered,
    attach_research,
    change_research,
    detach_research,
    keep_research,
    research_stamp,
)
from .reviews import hand_in, receive_print, review_material, send_to_print
from .rows import (
    accept_supply,
    check_item,
    confirm_agreement,
    confirm_trip,
    order_supply,
    take_agreement_back,
    take_trip_back,
)
from .stock import add_item, change_item, item_stamp, move_stock
from .trainings import put_training, record_attendance, remove_training
from .venues import (
    Booked,
    VenueDetails,
    add_venue,
    block_venue,
    change_venue,
    close_venue,
    confirm_booking,
    expire_holds,
    hold_venue,
    prolong_hold,
    release_booking,
    reopen_time,
    unblock_venue,
)

__all__ = [
    "CHANNELS",
    "Booked", "Gathered", "VenueDetails", "accept_supply", "add_item", "add_venue", "attach_research", "block_venue",
    "change_item", "change_research", "change_venue", "check_item", "close_venue", "confirm_agreement", "confirm_booking",
    "confirm_trip", "detach_research", "expire_holds", "go_ahead", "hand_in", "hold_venue", "item_stamp", "keep_research",
    "move_stock", "note_reach", "order_supply", "prolong_hold", "publicity_approved", "publicity_returned",
    "publicity_withdrawn", "publish", "put_training", "receive_print",
    "record_attendance", "release_booking", "remove_training", "reopen_time", "research_stamp", "review_material",
    "send_publicity", "send_to_print", "take_agreement_back", "take_publicity_back", "take_trip_back", "unblock_venue",
]  # fmt: skip
