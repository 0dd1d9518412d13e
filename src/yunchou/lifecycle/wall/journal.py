"""Kinds of journal entries of the wall. Guests are named by number: a journal outlives the right to know a name."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

SCREEN_MADE = kind(
    "wall.screen_made", _("made a link for the screen {screen}, until {until}"), icon="device-tv"
)
SCREEN_REVOKED = kind("wall.screen_revoked", _("switched the screen {screen} off"), icon="device-tv-off")
POLL_KEPT = kind("wall.poll_kept", _("wrote the poll “{poll}”"), icon="list-check")
POLL_OPENED = kind("wall.poll_opened", _("opened the poll “{poll}”"), icon="player-play")
POLL_CLOSED = kind("wall.poll_closed", _("closed the poll “{poll}”: {count} answers"), icon="player-stop")
DRAW_KEPT = kind("wall.draw_kept", _("prepared the draw “{draw}”"), icon="gift")
DRAW_FROZEN = kind(
    "wall.draw_frozen",
    _("froze the rules of the draw “{draw}”: {digest}, commitment {commitment}"),
    icon="lock",
)
DRAW_CLOSED = kind(
    "wall.draw_closed",
    _("closed the entries of the draw “{draw}”: {count}, digest {digest}"),
    icon="list-numbers",
)
DRAWN = kind(
    "wall.drawn", _("drew “{draw}” with the public number {value}: {count} of {entries} win"), icon="trophy"
)
HANDED = kind("wall.handed", _("handed the prize {prize} to guest no. {guest} ({draw})"), icon="gift")
STAGED = kind("wall.staged", _("put “{what}” on the wall of the hall"), icon="presentation")
UNSTAGED = kind("wall.unstaged", _("took “{what}” off the wall of the hall"), icon="presentation-off")
DRAW_FORGOTTEN = kind(
    "wall.draw_forgotten", _("took away who stood behind {count} entries of the draw “{draw}”"), icon="eraser"
)
