"""Kinds of journal entries about the day. Guests go by their number: a journal outlives the right to know a name."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

DAY = kind("programme.day_kept", _("named host and photographer of the day: {people}"), icon="user-star")
ITEM = kind(
    "programme.item_kept", _("kept the item “{item}” of the run sheet: {when}, {minutes} min"), icon="list"
)
ITEM_PUT = kind(
    "programme.item_put", _("moved the item “{item}” of the run sheet to place {place}"), icon="list"
)
ITEM_REMOVED = kind("programme.item_removed", _("removed the item “{item}” from the run sheet"), icon="trash")
LAID = kind(
    "programme.template_laid", _("laid out the run sheet “{template}”: {count} items"), icon="template"
)
TAKEN = kind(
    "programme.items_taken",
    _("took a table into the run sheet: {new} new items, {known} changed"),
    icon="table-import",
)
BEGAN = kind("programme.item_began", _("began the item “{item}”, {late} min after plan"), icon="player-play")
ENDED = kind("programme.item_ended", _("ended the item “{item}”, {late} min after plan"), icon="player-stop")
SKIPPED = kind("programme.item_skipped", _("left out the item “{item}”"), icon="player-skip-forward")
BACK = kind("programme.item_back", _("took the item “{item}” back in"), icon="arrow-back-up")
LENGTHENED = kind(
    "programme.item_lengthened",
    _("gave the item “{item}” {minutes} min more than planned"),
    icon="clock-plus",
)
TOOK_PART = kind("programme.took_part", _("noted {count} participants of “{item}”"), icon="users")
EXCHANGE = kind("programme.exchange_noted", _("noted a business contact at “{item}”"), icon="heart-handshake")
CHECKS = kind("programme.checks_put", _("put {count} items of “{theme}” on the checklist"), icon="checklist")
EQUIPMENT = kind(
    "programme.equipment_kept", _("put {count} pieces of equipment on the list of tests"), icon="plug"
)
EQUIPMENT_REMOVED = kind(
    "programme.equipment_removed", _("took “{name}” off the list of tests"), icon="trash"
)
TESTED = kind("programme.equipment_tested", _("tested “{name}”: {result}{note}"), icon="plug")
JUDGED = kind(
    "programme.equipment_judged",
    _("the look at the equipment before “{session}”: {count} not in order, {risks} risks set off"),
    icon="alert-triangle",
)
WATCHED = kind(
    "programme.equipment_watched", _("let the tests of the equipment set off the risk “{risk}”"), icon="eye"
)
ROUNDS = kind("programme.rounds_planned", _("planned {count} rounds of patrols"), icon="shield")
ROUND_REMOVED = kind("programme.round_removed", _("removed the round {round}"), icon="trash")
WALKED = kind("programme.round_walked", _("walked the round {round}: {finding}"), icon="shield-check")
HAZARD_CLOSED = kind(
    "programme.hazard_closed", _("the hazard of the round {round} is gone: {action}"), icon="check"
)
STARTED = kind(
    "programme.emergency_started",
    _("set off the emergency plan “{emergency}”: {told} people told"),
    icon="urgent",
)
DRILLED = kind(
    "programme.drill_started",
    _("began a drill of the emergency plan “{emergency}”: {told} people told"),
    icon="urgent",
)
STEP = kind("programme.emergency_step", _("“{emergency}”: {step}"), icon="check")
STEP_BACK = kind("programme.emergency_step_back", _("“{emergency}”: not yet: {step}"), icon="arrow-back-up")
CLOSED = kind(
    "programme.emergency_closed", _("closed the emergency “{emergency}”: {summary}"), icon="circle-check"
)
SHOT = kind("programme.shot_kept", _("put “{shot}” on the shot list"), icon="camera")
SHOT_REMOVED = kind("programme.shot_removed", _("took “{shot}” off the shot list"), icon="trash")
SHOT_DONE = kind("programme.shot_done", _("took the picture “{shot}”"), icon="camera-check")
SHOT_OPEN = kind("programme.shot_open", _("put the picture “{shot}” back on the list"), icon="camera")
UPLOADED = kind("programme.pictures_uploaded", _("brought {count} pictures"), icon="photo-up")
SORTED = kind("programme.pictures_sorted", _("sorted {count} pictures: {state}"), icon="photo-check")
MARKED = kind(
    "programme.picture_marked", _("said who is in picture no. {picture}: {count} guests"), icon="photo"
)
EDITED = kind(
    "programme.picture_edited", _("brought the finished version of picture no. {picture}"), icon="photo-edit"
)
PUBLISHED = kind("programme.pictures_published", _("published {count} pictures"), icon="world-up")
PULLED = kind(
    "programme.pictures_pulled", _("took {count} pictures back from publication: {reason}"), icon="photo-off"
)
ALBUM_MADE = kind(
    "programme.album_made", _("released the album “{album}” by a link that works until {until}"), icon="link"
)
ALBUM_REVOKED = kind(
    "programme.album_revoked",
    _("took back the link to the album “{album}”, opened {count} times"),
    icon="link-off",
)
