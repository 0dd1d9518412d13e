"""What guests are written to for: invitations, reminders of those who have not answered, thanks to those who came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.messaging.uses import Audience, Reader, Use, use
from yunchou.directory.customers.models import Purpose, TouchKind
from yunchou.kernel.subjects.models import Subject

from .actions.invitations import mark_invited
from .models import Guest, Reply
from .permissions import Perm
from .selectors.invitations import day_of, obstacle_to, values_of

INVITATION: Final = "events.invitation"
REMINDER: Final = "events.reminder"
THANKS: Final = "events.thanks"
WORDS: Final[dict[str, str | Promise]] = {
    "name": pgettext_lazy("placeholder", "the guest's name"),
    "title": pgettext_lazy("placeholder", "the guest's position"),
    "organisation": pgettext_lazy("placeholder", "the guest's organisation"),
    "event": pgettext_lazy("placeholder", "name of the event"),
    "day": pgettext_lazy("placeholder", "day of the first session"),
    "time": pgettext_lazy("placeholder", "time of the first session"),
    "place": pgettext_lazy("placeholder", "where it takes place"),
    "inviter": pgettext_lazy("placeholder", "who invites"),
    "reply_until": pgettext_lazy("placeholder", "until when to reply"),
    "requirements": pgettext_lazy("placeholder", "what guests should know"),
    "contact": pgettext_lazy("placeholder", "whom guests may ask"),
    "link": pgettext_lazy("placeholder", "the guest's personal link"),
}
THANKING: Final[dict[str, str | Promise]] = {
    **WORDS,
    "pictures": pgettext_lazy("placeholder", "link to the pictures, once they are released"),
}


def _audience(which: Callable[[], Q]) -> Audience:
    """Guests of one event that `which` admits, of one wave where `part` names it; companions come with whoever brings them."""

    def found(subject: Subject, part: str) -> list[Reader]:
        guests = Guest.objects.filter(which(), subject=subject, companion_of=None)
        if part:
            guests = guests.filter(wave=int(part))
        return [
            Reader(pk, customer) for pk, customer in guests.order_by("pk").values_list("pk", "customer_id")
        ]

    return found


use(
    Use(
        INVITATION,
        _("Invitation"),
        purpose=Purpose.MARKETING,
        needs=Perm.INVITE,
        words=WORDS,
        audience=_audience(lambda: Q(reply=Reply.LISTED, is_walk_in=False)),
        values=values_of,
        must=frozenset({"link"}),
        touch=TouchKind.INVITED,
        obstacle=obstacle_to,
        day=day_of,
        on_sent=mark_invited,
    )
)
use(
    Use(
        REMINDER,
        _("Reminder to reply"),
        purpose=Purpose.MARKETING,
        needs=Perm.INVITE,
        words=WORDS,
        audience=_audience(lambda: Q(reply=Reply.INVITED)),
        values=values_of,
        must=frozenset({"link"}),
        is_once=False,
        obstacle=obstacle_to,
        day=day_of,
    )
)
use(
    Use(
        THANKS,
        _("Thanks for coming"),
        purpose=Purpose.SERVICE,
        needs=Perm.INVITE,
        words=THANKING,
        audience=_audience(lambda: Q(arrived_at__isnull=False)),
        values=values_of,
        obstacle=obstacle_to,
        day=day_of,
    )
)
