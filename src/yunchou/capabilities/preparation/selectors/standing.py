"""What became of each row of a table, in a word, and what the person may do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.formats import short_date

from ..models import (
    Acceptance,
    Agreement,
    Check,
    CheckState,
    Post,
    Print,
    Publicity,
    Review,
    ReviewedRow,
    Speaker,
    Supply,
    SupplyKind,
    Trip,
)
from ..permissions import Perm
from .people import untrained

FINE, WATCH, ACT, UNKNOWN = "fine", "watch", "act", "unknown"


@dataclass(frozen=True)
class Offer:
    """Something the person may do with a row: its key in the address, its word and sign."""

    key: str
    label: str | Promise
    icon: str


@dataclass(frozen=True)
class Standing:
    """How a row stands: the level by which it is drawn, a word, more about it, and the paper that proves it."""

    level: str
    word: str
    note: str = ""
    file: Attachment | None = None
    link: str = ""
    link_text: str = ""
    offers: tuple[Offer, ...] = ()
    verdict: Verdict | None = None


CONFIRM = Offer("confirm", pgettext_lazy("preparation", "Confirm in writing"), "writing-sign")
TAKE_BACK = Offer("take-back", pgettext_lazy("preparation", "No longer confirmed"), "arrow-back-up")
ORDER = Offer("order", gettext_lazy("Say by which purchase"), "shopping-cart")
ACCEPT = Offer("accept", gettext_lazy("Accept the delivery"), "package-import")
HAND_IN = Offer("hand-in", gettext_lazy("Hand in for review"), "upload")
SEND = Offer("send", pgettext_lazy("publicity", "Send for approval"), "send")
BACK = Offer("take-back", pgettext_lazy("publicity", "Take it back"), "arrow-back-up")
REVIEW = Offer("review", pgettext_lazy("preparation", "Review"), "eye-check")
PRINT = Offer("print", gettext_lazy("Send to print"), "printer")
ARRIVE = Offer("arrive", gettext_lazy("It has arrived"), "package-import")
PUBLISH = Offer("publish", gettext_lazy("It is published"), "broadcast")
REACH = Offer("reach", gettext_lazy("People reached"), "users")
ARRANGED = Offer("arranged", pgettext_lazy("preparation", "It is confirmed"), "circle-check")
CHECK = Offer("check", pgettext_lazy("preparation", "Say what was found"), "clipboard-check")


@dataclass(frozen=True)
class Hands:
    """What the person may do on the activity."""

    user: User
    edits: bool
    reviews: bool

    def has(self, row: Any) -> bool:
        """Whether the row is in the person's hands: of who prepares, and of its owner."""
        return self.edits or row.owner_id == self.user.pk


Stand = Callable[[Any, Hands], Standing]


def _late(row: Any) -> bool:
    return row.due_on is not None and row.due_on < clock.today()


def _open(row: Any) -> tuple[str, str]:
    """The level and word of what is not there yet."""
    if _late(row):
        return ACT, pgettext("preparation", "Late")
    return UNKNOWN, pgettext("preparation", "Open")


def _agreement(row: Agreement, hands: Hands) -> Standing:
    offers = _if(hands.has(row), TAKE_BACK if row.is_done else CONFIRM)
    if not row.is_done:
        return Standing(ACT, _("Promised by word only"), _("An oral promise does not count."), offers=offers)
    day = short_date(clock.local(row.confirmed_at).date()) if row.confirmed_at else ""
    note = f"{row.confirmed_by} · {day}"
    word = pgettext("preparation", "Confirmed in writing")
    if row.contract:
        return Standing(
            FINE,
            word,
            note,
            link=row.contract.get_absolute_url(),
            link_text=row.contract.number,
            offers=offers,
        )
    return Standing(FINE, word, note, row.agreement, offers=offers)


def _supply(row: Supply, hands: Hands) -> Standing:
    is_open = row.acceptance != Acceptance.ACCEPTED
    offers = _if(hands.has(row) and is_open, ACCEPT) + _if(hands.has(row) and row.order_line is None, ORDER)
    link, text = "", ""
    if row.order_line:
        link, text = row.order_line.purchase.get_absolute_url(), row.order_line.purchase.subject.code
    note = row.acceptance_note
    if row.acceptance in (Acceptance.ACCEPTED, Acceptance.PART):
        count = f"{row.accepted_quantity.normalize():f} {row.measure}".strip()
        note = " · ".join(part for part in (count, row.acceptance_note) if part)
    level, word = {
        Acceptance.ACCEPTED: (FINE, row.get_acceptance_display()),
        Acceptance.PART: (WATCH, row.get_acceptance_display()),
        Acceptance.REFUSED: (ACT, row.get_acceptance_display()),
    }.get(Acceptance(row.acceptance), _open(row))
    if row.kind == SupplyKind.GIFT and is_open and row.order_line is None and not note:
        note = _("No purchase says within which budget it is bought.")
    return Standing(level, word, note, link=link, link_text=text, offers=offers)


def _reviewed(row: ReviewedRow, hands: Hands) -> tuple[str, str, str, tuple[Offer, ...]]:
    """Level, word, note and offers of a row that is under review or was sent back."""
    level = {Review.RETURNED: ACT, Review.ASKED: WATCH}.get(Review(row.review), UNKNOWN)
    if row.review in (Review.NONE, Review.RETURNED) and _late(row):
        level = ACT
    word = row.get_review_display()
    note = row.review_note or (f"{row.asked_by}" if row.review == Review.ASKED else "")
    may_review = hands.reviews and row.review == Review.ASKED and row.asked_by_id != hands.user.pk
    return (
        level,
        word,
        note,
        _if(may_review, REVIEW) + _if(hands.has(row) and row.review != Review.PASSED, HAND_IN),
    )


def _print(row: Print, hands: Hands) -> Standing:
    if row.arrived_on:
        late = row.due_on is not None and row.arrived_on > row.due_on
        word = pgettext("print", "Arrived late") if late else pgettext("print", "Arrived")
        note = " · ".join(part for part in (short_date(row.arrived_on), row.arrival_note) if part)
        return Standing(WATCH if late else FINE, word, note, row.material)
    if row.ordered_on:
        slips = row.promised_on is not None and row.due_on is not None and row.promised_on > row.due_on
        level = ACT if slips or _late(row) else WATCH
        note = _("Promised for %(day)s") % {"day": short_date(row.promised_on)} if row.promised_on else ""
        word = pgettext("print", "Printed too late") if slips else pgettext("print", "In print")
        return Standing(level, word, note, row.material, offers=_if(hands.has(row), ARRIVE))
    if row.is_passed:
        word = _("Reviewed, not printed yet")
        level = ACT if _late(row) else WATCH
        return Standing(level, word, _by(row), row.material, offers=_if(hands.has(row), PRINT, HAND_IN))
    level, word, note, offers = _reviewed(row, hands)
    return Standing(level, word, note, row.material, offers=offers)


def _publicity(row: Any, hands: Hands) -> Standing:
    """Publicity, read with what its approval came to (`_with_approval`)."""
    if row.published_on:
        told = _("%(reach)s people reached") % {"reach": f"{row.reach:,}"} if row.reach is not None else ""
        note = " · ".join(part for part in (short_date(row.published_on), told) if part)
        short = row.reach is not None and row.wanted_reach is not None and row.reach < row.wanted_reach
        return Standing(
            WATCH if short else FINE,
            pgettext("publicity", "Published"),
            note,
            row.material,
            link=row.published_at_address,
            link_text=pgettext("preparation", "Look at it") if row.published_at_address else "",
            offers=_if(hands.has(row), REACH),
        )
    return replace(_before_publishing(row, hands), link=_case_url(row), link_text=_("To the approval"))


def _before_publishing(row: Any, hands: Hands) -> Standing:
    """How publicity stands that is not out yet: what its approvers said, and whether that still holds."""
    may, behind = hands.has(row), ACT if _late(row) else WATCH
    if row.is_passed:
        word, offers = pgettext("publicity", "Approved"), _if(may, PUBLISH)
        return Standing(behind, word, _by(row), row.material, offers=offers)
    if row.review == Review.ASKED:
        note = _("waits for %(person)s") % {"person": row.waits_for} if row.waits_for else ""
        offers = _if(row.asked_by_id == hands.user.pk, BACK)
        return Standing(behind, pgettext("publicity", "In approval"), note, row.material, offers=offers)
    send = _if(may, SEND)
    if row.review == Review.RETURNED:
        return Standing(ACT, row.get_review_display(), _by(row), row.material, offers=send)
    if row.was_approved:
        note = _("The approval no longer holds.")
        return Standing(ACT, _("Changed after approval"), note, row.material, offers=send)
    level = ACT if _late(row) else UNKNOWN
    return Standing(level, pgettext("publicity", "Not sent for approval"), "", row.material, offers=send)


def _case_url(row: Any) -> str:
    return reverse("approvals:case_detail", args=[row.case]) if row.case else ""


def _speaker(row: Speaker, hands: Hands) -> Standing:
    if row.is_passed:
        return Standing(
            FINE, _("Content checked"), _by(row), row.material, offers=_if(hands.has(row), HAND_IN)
        )
    level, word, note, offers = _reviewed(row, hands)
    return Standing(level, word, note, row.material, offers=offers)


def _trip(row: Trip, hands: Hands) -> Standing:
    if row.is_done:
        note = " · ".join(part for part in (row.confirmation, str(row.confirmed_by)) if part)
        return Standing(FINE, pgettext("trip", "Confirmed"), note, offers=_if(hands.has(row), TAKE_BACK))
    level, word = _open(row)
    return Standing(
        level,
        pgettext("trip", "Not confirmed") if level == UNKNOWN else word,
        offers=_if(hands.has(row), ARRANGED),
    )


def _check(row: Check, hands: Hands) -> Standing:
    if row.state == CheckState.OPEN:
        level, word = _open(row)
    else:
        level, word = (FINE if row.state == CheckState.FINE else ACT), row.get_state_display()
    note = " · ".join(part for part in (row.finding, str(row.checked_by or "")) if part)
    return Standing(level, word, note, offers=_if(hands.has(row), CHECK))


def _by(row: ReviewedRow) -> str:
    """Who passed it, and what was said."""
    return " · ".join(part for part in (str(row.reviewed_by or ""), row.review_note) if part)


def _if(condition: bool, *offers: Offer) -> tuple[Offer, ...]:
    return offers if condition else ()


@dataclass(frozen=True)
class Told:
    """How the rows of one table are read and stand."""

    model: Any
    stand: Stand
    related: tuple[str, ...] = ()
    more: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows


def _with_approval(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Beside each row its newest case, for whom it waits, and whether it was ever approved."""
    cases = Case.objects.filter(subject=OuterRef("matter"))
    waiting = Task.objects.waiting().filter(
        step__case__subject=OuterRef("matter"), step__case__state=Case.State.RUNNING
    )
    found: QuerySet[Any] = rows.annotate(
        case=Subquery(cases.order_by("-pk").values("pk")[:1]),
        waits_for=Subquery(waiting.order_by("pk").values("assignee__name")[:1]),
        was_approved=Exists(cases.filter(state=Case.State.APPROVED)),
    )
    return found


TOLD: Final = {
    "agreements": Told(Agreement, _agreement, ("contract", "agreement__file", "confirmed_by")),
    "supplies": Told(Supply, _supply, ("order_line__purchase__subject", "accepted_by")),
    "prints": Told(Print, _print, ("material__file", "asked_by", "reviewed_by")),
    "publicity": Told(Publicity, _publicity, ("material__file", "asked_by", "reviewed_by"), _with_approval),
    "speakers": Told(Speaker, _speaker, ("material__file", "asked_by", "reviewed_by")),
    "trips": Told(Trip, _trip, ("confirmed_by",)),
    "checks": Told(Check, _check, ("checked_by",)),
}


def rows_of(table: str, subject: Subject) -> Sequence[Any]:
    """The rows of a table with what tells how they stand; one query."""
    told = TOLD[table]
    rows = told.model.objects.filter(subject=subject).select_related("owner", *told.related)
    return list(told.more(rows))


def standing_of(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """For the template of a table: how each row stands, by its key."""
    user = request.user
    hands = Hands(user, holds(user, Perm.EDIT, subject), holds(user, Perm.REVIEW, subject))
    if grid.key == "posts":
        return {"standing": _posts(subject)}
    told = TOLD[grid.key]
    return {"standing": {row.pk: told.stand(row, hands) for row in rows_of(grid.key, subject)}}


def _posts(subject: Subject) -> dict[int, Standing]:
    """Who on the roster was trained for the event (R-PRE-04)."""
    found = untrained(subject)
    return {
        post.pk: Standing(WATCH, _("Not trained for this event"), verdict=found[n])
        if n in found
        else Standing(FINE, pgettext("training", "Trained"))
        for n, post in enumerate(Post.objects.filter(subject=subject).order_by("position", "pk"))
    }
