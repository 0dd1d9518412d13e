"""Looking at customers: each unmasking is written down, and nobody leafs through hundreds of them (R-CUS-02, T20)."""

from __future__ import annotations

import re
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import SECURITY_ADMIN
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, RuleRefused
from yunchou.kernel.core.refusing import wanted, wrong
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import Appointment, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import evaluate

from .. import apart, journal, notices, phones
from ..classes import BY_KEY, REVEALED
from ..models import Customer
from ..permissions import Perm
from ..rules import Looked, looked_at_with_purpose
from ..selectors.register import PROFILE, profile_lines, sees_apart
from ..words import word
from .register import card_of

HOUR: Final = 3600
#: What stands between the values of a list, and between the sentences of a text.
PARTS: Final = re.compile(r"[\s、，,；;。/|]+")
DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
#: A single sign stands in too many words for anybody to learn anything from it.
SAYS_SOMETHING: Final = 2


@transaction.atomic
def reveal(*, customer: Customer, field: str, reason: str, actor: User) -> str:
    """One value in clear, for this once. Refuses without `customers.reveal`, without a reason and where nothing is known.

    Of an important customer it is asked for more: to answer for them, to be the relationship owner, or a grant that holds
    (CUS-06, CUS-07); and the profile is unmasked in the same way, as one value.

    Records `customers.revealed` with the name of the field and the reason; the value itself stands nowhere.
    """
    require(actor, Perm.REVEAL, customer)
    if customer.is_apart and not sees_apart(actor, customer):
        raise NotAllowed(
            say(
                _(
                    "The data of important customers are kept apart: unmasking them needs a grant for this company. Ask"
                    " whoever answers for important customers there."
                )
            )
        )
    if field not in REVEALED and not (field == PROFILE and customer.is_apart):
        raise NotAllowed(say(_("This is not shown.")))
    reason = wanted(reason, "reason", 200)
    hidden = _in_clear(customer, field)
    if field == PROFILE:
        clear = "\n".join(f"{label}: {value}" for label, value in hidden)
    else:
        clear = "、".join(value for _label, value in hidden)
    if not clear:
        raise wrong(_("Nothing is known here."))
    # Whoever types the value itself as the reason would write it into the journal.
    if _repeats(reason, hidden) or (field == "phone" and phones.tail(clear) in reason):
        raise wrong(_("The reason must not repeat what is hidden."))
    label = gettext_lazy("Profile of an important customer") if field == PROFILE else BY_KEY[field].label
    told = {"what": word(label, _context(field)), "reason": reason}
    record(journal.REVEALED, actor=actor, subject=customer.subject, data=told)
    return phones.shown(clear) if field == "phone" else clear


def _in_clear(customer: Customer, field: str) -> list[tuple[Text, str]]:
    """What would be shown, value by value, each with its label where there are several."""
    if field == "diet_kept":
        return [("", words) for words in customer.diet_words]
    card = card_of(customer)
    if field != PROFILE:
        value = apart.value_of(customer, card, field)
        return [("", value)] if value else []
    apart.gather(customer, card)
    return [(label, value) for label, value in profile_lines(customer) if value]


def _repeats(reason: str, hidden: list[tuple[Text, str]]) -> bool:
    """Whether a reason says one of the values, or a part of one that is listed with others; a number only as a whole number."""
    said = reason.casefold()
    for _label, value in hidden:
        for part in {value, *PARTS.split(value)}:
            plain = part.strip().casefold()
            if plain.isdecimal():
                if re.search(rf"(?<!\d){plain}(?!\d)", said):
                    return True
            elif len(plain) >= SAYS_SOMETHING and plain in said:
                return True
            elif day := DAY.fullmatch(plain):
                year, month, number = day.groups()
                spoken = rf"{year}\D?{month}\D?{number}|(?<!\d)0?{int(month)}\D0?{int(number)}(?!\d)"
                if re.search(spoken, said):
                    return True
    return False


def _context(field: str) -> str:
    return "" if field in ("diet_kept", PROFILE) else "customer"


def note_refusal(*, user: User, what: str, customer: Customer | None = None) -> None:
    """Write down that somebody was refused (R-CUS-02): which page, and of whom. After the refusal, whose transaction is gone."""
    record(journal.REFUSED, actor=user, subject=customer.subject if customer else None, data={"what": what})


def note_turned_away(*, user: User, page: str) -> None:
    """Write down that somebody asked for a page of this room without the right to it (R-CUS-02).

    Once per person, page and hour: what is told is that somebody tried, and whoever tries again floods nothing.
    """
    if cache.add(f"customers.turned:{user.pk}:{page}:{clock.now():%Y%m%d%H}", 1, HOUR):
        note_refusal(user=user, what=page)


def count_view(*, user: User, customer: Customer) -> None:
    """One more customer opened within this hour; refuses beyond the limit, and tells the security administrator once.

    Counted in the shared cache, a customer as often as it is opened; the hour begins with the first.
    """
    key = f"customers.views:{user.pk}:{clock.now():%Y%m%d%H}"
    cache.add(key, 0, HOUR)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out in between
        return
    verdict = next(
        (one for one in evaluate([looked_at_with_purpose], Looked(views=count)) if not one.passed), None
    )
    if verdict is None:
        return
    if cache.add(f"{key}:told", 1, HOUR):
        with transaction.atomic():
            record(journal.MANY_SEEN, actor=user, data={"count": count})
            posts = Appointment.objects.valid().filter(position__code=SECURITY_ADMIN).select_related("user")
            words = say(
                _("{person} opened {count} customers within an hour and was stopped"),
                person=user.name,
                count=count,
            )
            notify(users=[post.user for post in posts], kind=notices.MANY_SEEN.key, say=words, key=key)
    raise RuleRefused(verdict.reason, verdicts=[verdict])
