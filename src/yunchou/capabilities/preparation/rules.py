"""Rules on preparing: what is confirmed in writing, who fits in, whether to begin, who was trained, what is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.scorecards import Tally, judged, scale
from yunchou.kernel.core.text import Say, listed, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict, failed, passed


@dataclass(frozen=True)
class Resource:
    """Something from outside that is to count as confirmed; `proof` names the signed agreement, "" where there is none."""

    name: str
    proof: str = ""


@rule(
    "R-PRE-01",
    clause="004 三(三)",
    severity=BLOCK,
    title=_("Resources are confirmed in writing"),
    sentence=_(
        "A supplier, channel, partner or venue counts as confirmed once a signed agreement is attached; a promise does not."
    ),
)
def resource_is_agreed_in_writing(facts: Resource, p: Params) -> Verdict:
    """A supplier, channel, partner or venue counts as confirmed once a signed agreement is attached; a promise does not."""
    if facts.proof:
        return passed(say(_("“{name}” is agreed in writing: {proof}"), name=facts.name, proof=facts.proof))
    return failed(
        say(_("“{name}” is not agreed in writing; an oral promise does not count."), name=facts.name),
        fix=Fix(say(_("Choose the signed contract, or attach the signed agreement."))),
    )


@dataclass(frozen=True)
class Room:
    """A venue as it is booked, beside how many are expected and how many have accepted (None: not known)."""

    venue: str
    capacity: int | None
    expected: int | None = None
    accepted: int | None = None

    @property
    def guests(self) -> int:
        """The larger of the two."""
        return max(self.expected or 0, self.accepted or 0)


@rule(
    "R-PRE-02",
    clause="003 二(三)2",
    severity=WARN,
    title=_("Everybody fits in"),
    sentence=_("A venue that holds fewer people than are expected or have accepted gives a warning."),
)
def everybody_fits_in(facts: Room, p: Params) -> Verdict:
    """A venue that holds fewer people than are expected or have accepted gives a warning."""
    if facts.capacity is None or not facts.guests:
        return passed()
    if facts.capacity >= facts.guests:
        return passed(
            say(
                _("{venue} holds {capacity} people, {guests} come."),
                venue=facts.venue,
                capacity=facts.capacity,
                guests=facts.guests,
            )
        )
    words = (
        _("{venue} holds {capacity} people, {guests} have accepted.")
        if facts.guests == facts.accepted
        else _("{venue} holds {capacity} people, {guests} are expected.")
    )
    return failed(
        say(words, venue=facts.venue, capacity=facts.capacity, guests=facts.guests),
        fix=Fix(
            say(
                _("Choose a seating or a venue for {guests}, {short} more."),
                guests=facts.guests,
                short=facts.guests - facts.capacity,
            )
        ),
        stored=str(facts.capacity),
        computed=str(facts.guests),
    )


@dataclass(frozen=True)
class Readiness:
    """What is red at the go / no-go, what the overall lead has let pass, and the address of the check."""

    reds: tuple[Say, ...] = ()
    excused: Say | None = None
    page: str = ""


@rule(
    "R-PRE-03",
    clause="003 二(三)",
    severity=BLOCK,
    title=_("Nothing begins while something is red"),
    sentence=_(
        "Execution does not begin while an item of the readiness check is red, unless the overall lead says so with a reason."
    ),
)
def nothing_red_at_the_start(facts: Readiness, p: Params) -> Verdict:
    """Execution does not begin while an item of the readiness check is red, unless the overall lead gives a reason."""
    if not facts.reds:
        return passed(say(_("Go: nothing is red.")))
    if facts.excused is not None:
        return passed(say(_("Go by the overall lead’s word: {reason}"), reason=facts.excused))
    return failed(
        say(_("No-go: {items}."), items=joined(facts.reds)),
        fix=Fix(say(_("Put these in order, or have the overall lead give a reason."))),
        computed=str(len(facts.reds)),
        page=facts.page,
    )


def joined(parts: tuple[Say, ...]) -> Say:
    """The parts as one sentence, with a comma between."""
    told = parts[0]
    for part in parts[1:]:
        told = say(_("{first}, {second}"), first=told, second=part)
    return told


@dataclass(frozen=True)
class OnSite:
    """Who has a duty on site, in the order of the roster, and who was trained for this event, by key."""

    people: tuple[tuple[int | None, str, str], ...] = ()
    trained: frozenset[int] = field(default_factory=frozenset)


@rule(
    "R-PRE-04",
    clause="003 二(三)5",
    severity=WARN,
    title=_("Staff on site were trained for the event"),
    sentence=_("Whoever has a duty on site and was not trained for this event is flagged on the roster."),
)
def staff_on_site_are_trained(facts: OnSite, p: Params) -> Iterator[Verdict]:
    """Whoever has a duty on site and was not trained for this event is flagged on the roster."""
    for position, (person, name, post) in enumerate(facts.people):
        if person is not None and person in facts.trained:
            continue
        yield failed(
            say(_("{name} ({post}) was not trained for this event."), name=name, post=post),
            at=Place("posts", position, "person"),
            fix=Fix(say(_("Have {name} attend a training, or name somebody who did."), name=name)),
            person=person or 0,
        )


@dataclass(frozen=True)
class Posting:
    """Something that is to be published: whether it is approved as it stands, and whether it ever was otherwise."""

    name: str
    is_approved: bool = False
    was_approved: bool = False


@rule(
    "K-PRE-01",
    clause="003 二(三)6",
    severity=BLOCK,
    title=_("What is published was approved"),
    sentence=_(
        "Content is published only as it was approved: channel, wording, day and picture. What is changed is approved anew."
    ),
)
def only_what_was_approved(facts: Posting, p: Params) -> Verdict:
    """Content is published only as it was approved: channel, wording, day and picture. What is changed is approved anew."""
    if facts.is_approved:
        return passed(say(_("“{name}” is approved as it stands."), name=facts.name))
    words = (
        _("“{name}” was changed after it was approved; the approval no longer holds.")
        if facts.was_approved
        else _("“{name}” is not approved yet, and nothing is published before.")
    )
    return failed(say(words, name=facts.name), fix=Fix(say(_("Send it for approval."))))


@dataclass(frozen=True)
class Reports:
    """The reports after an event that is over: how many days ago it ended, and on which channels none was published."""

    days: int
    missing: tuple[str, ...] = ()


@rule(
    "K-PRE-02",
    clause="003 三(六)3",
    severity=WARN,
    title=_("Reports follow the event"),
    sentence=_(
        "Within {days} days after an event a report is published on the website and one on social media."
    ),
    params={"days": 3},
    assumed=("days",),
    bounds={"days": Bound(_("after the event"), _("days"), 0, 60)},
)
def reports_follow_the_event(facts: Reports, p: Params) -> Verdict:
    """Within some days after an event a report is published on the website and one on social media."""
    if not facts.missing or facts.days < 0:
        return passed()
    words = (
        _("The event ended {days} days ago, and no report is published yet: {missing}.")
        if facts.days > p.days
        else _("Reports are to be published within {limit} days after the event: {missing}.")
    )
    return failed(
        say(words, days=facts.days, limit=p.days, missing=listed(facts.missing)),
        fix=Fix(say(_("Have the report approved, publish it and note its link."))),
        late="yes" if facts.days > p.days else "",
    )


@rule(
    "K-SUP-02",
    clause="003 二(三)4",
    severity=WARN,
    title=_("Suppliers deliver on time"),
    sentence=_(
        "From {fine} of a supplier’s deliveries on time it is fine,"
        " below {watch} something has to be done; it weighs {weight} in the score."
    ),
    **scale(weight=40, fine=95, watch=85),
)
def supplies_come_on_time(tally: Tally, p: Params) -> Verdict:
    """Things that a supplier delivers are accepted whole by the day they are due."""
    return judged(tally, p)


@rule(
    "K-SUP-03",
    clause="003 二(三)4",
    severity=WARN,
    title=_("What suppliers deliver is accepted"),
    sentence=_(
        "From {fine} of a supplier’s deliveries accepted without a refusal it is fine,"
        " below {watch} something has to be done; it weighs {weight} in the score."
    ),
    **scale(weight=30, fine=95, watch=85),
)
def supplies_are_good(tally: Tally, p: Params) -> Verdict:
    """What a supplier delivers is accepted without having been refused."""
    return judged(tally, p)
