"""What the readiness check looks at in this room: venue, agreements, supplies, equipment, prints, people, publicity, trips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.subjects.models import Subject

from .events import Event
from .following import part_url
from .models import Acceptance, BookingState, CheckState, Review, SupplyKind
from .readiness import Item, Light, ready_check
from .selectors.people import posts_of, trained, trainings_of, untrained
from .selectors.research import attached_to
from .selectors.standing import rows_of
from .selectors.venues import lines_of

EQUIPMENT = frozenset({SupplyKind.EQUIPMENT, SupplyKind.VEHICLE})


def part(name: str) -> Callable[[Subject], str]:
    """The address of a part of the page by subject."""
    return partial(part_url, part=name)


def _item(light: Light, text: Say, subject: Subject, at: str, row: Any) -> Item:
    """What is said of a row, with its owner and its day."""
    who = row.owner or row.owner_name or None
    return Item(light, text, part_url(subject, at), who, getattr(row, "due_on", None), key=str(row.pk))


@ready_check(
    "venue", pgettext_lazy("readiness", "Venue"), order=10, clause="003 二(三)2", page=part("venues")
)
def venue(subject: Subject, event: Event) -> Sequence[Item]:
    """A venue is confirmed in writing; one that is too small is told (R-PRE-02)."""
    items = []
    for line in lines_of(subject):
        booking = line.booking
        url, who = part_url(subject, "venues"), booking.booked_by
        name = booking.venue.name
        if booking.state == BookingState.CONFIRMED:
            text = say(_("“{name}” is confirmed."), name=name)
            items.append(Item(Light.GREEN, text, url, who, key=f"{booking.pk}"))
        else:
            day = clock.local(booking.expires_at).date() if booking.expires_at else None
            times = f"{clock.local(booking.starts_at):%m-%d %H:%M}"
            text = say(_("“{name}” {times} is only held."), name=name, times=times)
            items.append(Item(Light.RED, text, url, who, day, key=f"{booking.pk}"))
        if line.is_small:
            items.append(Item(Light.AMBER, line.verdict.reason, url, who, key=f"{booking.pk}:small"))
    return items


@ready_check(
    "agreements", pgettext_lazy("readiness", "Contracts and agreements"), order=20, clause="004 三(三)",
    page=part("agreements"),
)  # fmt: skip
def agreements(subject: Subject, event: Event) -> Sequence[Item]:
    """Whatever comes from outside is agreed in writing (R-PRE-01)."""
    return [
        _item(
            Light.GREEN if row.is_done else Light.RED,
            say(_("“{name}” is agreed in writing."), name=row.party)
            if row.is_done
            else say(_("“{name}” has only promised."), name=row.party),
            subject,
            "agreements",
            row,
        )
        for row in rows_of("agreements", subject)
    ]


def _supplies(subject: Subject, *, equipment: bool) -> Sequence[Item]:
    told = {
        Acceptance.ACCEPTED: (Light.GREEN, _("“{name}” is accepted.")),
        Acceptance.PART: (Light.RED, _("“{name}” is accepted in part.")),
        Acceptance.REFUSED: (Light.RED, _("“{name}” was refused.")),
        Acceptance.OPEN: (Light.RED, _("“{name}” is not accepted yet.")),
    }
    return [
        _item(*_said(told[Acceptance(row.acceptance)], row.name), subject, "supplies", row)
        for row in rows_of("supplies", subject)
        if (row.kind in EQUIPMENT) == equipment
    ]


def _said(pair: tuple[Light, str], name: str) -> tuple[Light, Say]:
    return pair[0], say(pair[1], name=name)


@ready_check(
    "supplies", pgettext_lazy("readiness", "Supplies"), order=30, clause="003 二(三)4", page=part("supplies")
)
def supplies(subject: Subject, event: Event) -> Sequence[Item]:
    """Gifts, documents and catering are accepted."""
    return _supplies(subject, equipment=False)


@ready_check(
    "equipment",
    pgettext_lazy("readiness", "Equipment and vehicles"),
    order=40,
    clause="003 三(一)",
    page=part("supplies"),
)
def equipment(subject: Subject, event: Event) -> Sequence[Item]:
    """Sound, equipment and vehicles are accepted."""
    return _supplies(subject, equipment=True)


@ready_check(
    "prints", pgettext_lazy("readiness", "Printed matter"), order=50, clause="004 三(二)", page=part("prints")
)
def prints(subject: Subject, event: Event) -> Sequence[Item]:
    """What is printed has passed its review and is there."""
    items = []
    for row in rows_of("prints", subject):
        if row.arrived_on:
            pair = (Light.GREEN, _("“{name}” has arrived."))
        elif row.ordered_on:
            pair = (Light.RED, _("“{name}” is still in print."))
        elif row.review == Review.PASSED:
            pair = (Light.RED, _("“{name}” is reviewed and not printed."))
        else:
            pair = (Light.RED, _("The artwork of “{name}” has not passed its review."))
        items.append(_item(*_said(pair, row.name), subject, "prints", row))
    return items


@ready_check(
    "training",
    pgettext_lazy("readiness", "Staff training"),
    order=60,
    clause="003 二(三)5",
    page=part("people"),
)
def training(subject: Subject, event: Event) -> Sequence[Item]:
    """Somebody was trained, and who serves on site untrained is told (R-PRE-04)."""
    url, posts = part_url(subject, "people"), posts_of(subject)
    if not posts and not trainings_of(subject):
        return []
    if not trained(subject):
        text = say(_("Nobody has been trained for this event in all topics."))
        return [Item(Light.RED, text, url, event.lead, event.starts_on, key="nobody")]
    missing = untrained(subject)
    items = [
        Item(Light.AMBER, verdict.reason, url, posts[n].person or posts[n].person_name, key=f"{posts[n].pk}")
        for n, verdict in missing.items()
    ]
    if len(missing) < len(posts) or not posts:
        text = say(_("{count} people are trained for this event."), count=len(trained(subject)))
        items.append(Item(Light.GREEN, text, url, key="trained"))
    return items


@ready_check(
    "speakers", pgettext_lazy("readiness", "Speakers"), order=70, clause="003 三(三)3", page=part("people")
)
def speakers(subject: Subject, event: Event) -> Sequence[Item]:
    """What speakers will say was checked."""
    return [
        _item(
            *_said(
                (Light.GREEN, _("The content of {name} is checked."))
                if row.is_passed
                else (Light.RED, _("The content of {name} is not checked.")),
                row.name,
            ),
            subject,
            "people",
            row,
        )
        for row in rows_of("speakers", subject)
    ]


@ready_check(
    "trips",
    pgettext_lazy("readiness", "Visits and trips"),
    order=80,
    clause="003 三(三)5",
    page=part("trips"),
)
def trips(subject: Subject, event: Event) -> Sequence[Item]:
    """Transport, meals and itinerary are confirmed in advance."""
    return [
        _item(
            *_said(
                (Light.GREEN, _("“{name}” is confirmed."))
                if row.is_done
                else (Light.RED, _("“{name}” is not confirmed.")),
                row.what,
            ),
            subject,
            "trips",
            row,
        )
        for row in rows_of("trips", subject)
    ]


@ready_check(
    "publicity",
    pgettext_lazy("readiness", "Publicity"),
    order=90,
    clause="003 二(三)6",
    page=part("publicity"),
)
def publicity(subject: Subject, event: Event) -> Sequence[Item]:
    """What was to be published by now is published; what comes later is approved."""
    items = []
    today = clock.today()
    for row in rows_of("publicity", subject):
        if row.is_report:  # it comes when the event is over
            continue
        if row.published_on:
            pair = (Light.GREEN, _("“{name}” is published."))
        elif row.due_on is not None and row.due_on < today:
            pair = (Light.AMBER, _("“{name}” should have been published."))
        elif row.is_passed:
            pair = (Light.GREEN, _("“{name}” is approved."))
        else:
            pair = (Light.AMBER, _("“{name}” is not approved yet."))
        items.append(_item(*_said(pair, str(row)), subject, "publicity", row))
    return items


@ready_check(
    "research",
    pgettext_lazy("readiness", "Needs research"),
    order=100,
    clause="003 二(一)",
    page=part("research"),
)
def research(subject: Subject, event: Event) -> Sequence[Item]:
    """What clients want was gathered before, and is attached."""
    return [
        Item(
            Light.GREEN,
            say(_("“{name}” is attached: {people} people heard."), name=one.title, people=one.people),
            one.get_absolute_url(),
            one.keeper,
            key=f"{one.pk}",
        )
        for one in attached_to(subject)
    ]


@ready_check("checklist", gettext_lazy("Own checklist"), order=200, page=part("readiness"))
def checklist(subject: Subject, event: Event) -> Sequence[Item]:
    """What people have to look at themselves."""
    told = {
        CheckState.FINE: (Light.GREEN, _("{name}: in order")),
        CheckState.FAULT: (Light.RED, _("{name}: not in order")),
        CheckState.OPEN: (Light.RED, _("{name}: not checked yet")),
    }
    return [
        _item(*_said(told[CheckState(row.state)], row.name), subject, "readiness", row)
        for row in rows_of("checks", subject)
    ]
