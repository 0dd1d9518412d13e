"""Kinds of journal entries about the care of guests. Guests go by their number, and what they do not eat stands nowhere."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

MENU = kind("hospitality.menu_kept", _("kept the menu of “{session}”"), icon="tools-kitchen-2")
OFFER = kind("hospitality.caterer_kept", _("noted an offer of the caterer “{supplier}”"), icon="receipt")
CATERER = kind(
    "hospitality.caterer_chosen",
    _("chose the caterer “{supplier}” for “{session}”: {price} a head for {people} people{reason}"),
    icon="circle-check",
)
DISH = kind("hospitality.dish_kept", _("kept the dish “{dish}” of “{session}”"), icon="pencil")
DISH_REMOVED = kind("hospitality.dish_removed", _("took “{dish}” off the menu of “{session}”"), icon="trash")
FIXED = kind(
    "hospitality.menu_fixed",
    _("fixed the menu of “{session}” for {people} people; {conflicts} conflicts are open"),
    icon="lock",
)
REOPENED = kind(
    "hospitality.menu_reopened", _("opened the menu of “{session}” again: {reason}"), icon="lock-open"
)
SUBSTITUTE = kind(
    "hospitality.substitute", _("guest no. {guest}: “{instead}” instead of “{dish}”"), icon="refresh"
)
SUBSTITUTE_REMOVED = kind(
    "hospitality.substitute_removed", _("guest no. {guest} gets “{dish}” again"), icon="arrow-back-up"
)
GIFT_LINE = kind("hospitality.gift_line", _("gives “{item}”, worth {value} each"), icon="gift")
GIFTS_RESERVED = kind(
    "hospitality.gifts_reserved",
    _("set “{item}” aside for {count} guests; {refused} were refused"),
    icon="gift",
)
GIFT_RELEASED = kind(
    "hospitality.gift_released", _("released “{item}” of guest no. {guest}{reason}"), icon="arrow-back-up"
)
GIFT_GIVEN = kind(
    "hospitality.gift_given",
    _("handed “{item}” over to guest no. {guest}, slip {number}"),
    icon="circle-check",
)
HOSTS = kind("hospitality.hosts", _("named {host} host of {count} guests"), icon="users")
BRIEFED = kind(
    "hospitality.briefed", _("wrote down what the host of guest no. {guest} has to know"), icon="pencil"
)
RECEPTION = kind("hospitality.reception", _("{task}: {person}, {when}"), icon="users")
RECEPTION_REMOVED = kind("hospitality.reception_removed", _("dropped {task}: {person}, {when}"), icon="trash")
RECEPTION_DONE = kind("hospitality.reception_done", _("did {task}, {when}"), icon="circle-check")
TRAVEL = kind(
    "hospitality.travel", _("wrote down how guest no. {guest} comes and goes"), icon="plane-arrival"
)
DELAYED = kind(
    "hospitality.delayed", _("guest no. {guest} comes later: {when}; run {run}"), icon="clock-exclamation"
)
VEHICLE = kind(
    "hospitality.vehicle", _("kept the vehicle “{vehicle}” for {seats} guests{reason}"), icon="car"
)
VEHICLE_REMOVED = kind("hospitality.vehicle_removed", _("took the vehicle “{vehicle}” out"), icon="trash")
DRIVER_CALLED = kind(
    "hospitality.driver_shown", _("saw the number of the driver of “{vehicle}”"), icon="phone"
)
RUN = kind("hospitality.run", _("{leg}: {run}, {when}, “{vehicle}”"), icon="bus")
RUN_REMOVED = kind("hospitality.run_removed", _("dropped {leg}: {run}, {when}"), icon="trash")
RIDERS = kind("hospitality.riders", _("put {count} guests into the run {run}, {when}"), icon="users")
RIDER_REMOVED = kind(
    "hospitality.rider_removed", _("took guest no. {guest} out of the run {run}"), icon="user-minus"
)
RIDE = kind("hospitality.ride", _("guest no. {guest}, run {run}: {state}"), icon="user-check")
RUN_MOVED = kind("hospitality.run_moved", _("run {run}: {state}"), icon="steering-wheel")
BLOCK = kind(
    "hospitality.rooms",
    _("holds {rooms} × {kind} in “{hotel}”, {nights} nights from {first}{reason}"),
    icon="bed",
)
BLOCK_REMOVED = kind("hospitality.rooms_removed", _("gave {kind} in “{hotel}” back"), icon="trash")
BLOCK_SETTLED = kind(
    "hospitality.rooms_settled",
    _("told “{hotel}” the final number: {rooms} × {kind}, before {before}"),
    icon="check",
)
STAY = kind("hospitality.stay", _("guest no. {guest} stays {nights} nights from {first}"), icon="bed")
STAY_REMOVED = kind("hospitality.stay_removed", _("guest no. {guest} stays no night"), icon="trash")
ROOMED = kind("hospitality.roomed", _("guest no. {guest} sleeps in {room}, “{hotel}”"), icon="key")
UNROOMED = kind("hospitality.unroomed", _("guest no. {guest} has no room any more"), icon="key-off")
ROOM_NUMBER = kind("hospitality.room_number", _("room {position} of “{hotel}” is {number}"), icon="hash")
KEY = kind("hospitality.key", _("gave guest no. {guest} the key of {room}"), icon="key")
