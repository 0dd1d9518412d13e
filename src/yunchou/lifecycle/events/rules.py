"""Rules on who is invited: by client grade, by stage of the sale, by audience category."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import Grade, Identity, Stage
from yunchou.directory.customers.models.people import IN_PROCESS
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, Fix, Verdict, failed, passed
from yunchou.lifecycle.campaigns.categories import Belonging
from yunchou.lifecycle.campaigns.models import Audience, Kind

from .attendance import Attendance

CLIENTS: Final = frozenset(
    {
        Identity.CUSTOMER,
        Identity.MEMBER,
        Identity.OWNER,
        Identity.PROSPECT,
        Identity.PROSPECTIVE_OWNER,
    }
)
"""Who has a client grade; media, partners, suppliers and employees come as what they are."""
ORDER: Final = (Grade.NONE, Grade.REGULAR, Grade.KEY, Grade.HIGH_END)
"""Grades from the lowest to the highest."""


def grades_from(lowest: str, form_grades: Iterable[str] = ()) -> tuple[str, ...]:
    """The grades that are high enough: from the rule's lowest on, or from what a form asks for where that is more."""
    return ORDER[ORDER.index(Grade(highest((lowest, *form_grades)))) :]


def highest(grades: Iterable[str]) -> str:
    """The highest of some grades."""
    return max(grades, key=lambda grade: ORDER.index(Grade(grade)))


@dataclass(frozen=True)
class Invitee:
    """Somebody who is to be invited, and to what. `has_role`: comes as speaker, media, partner or staff.

    `wanted` says who belongs to the audience category of the activity, None where it names none; `form_grades` are the client
    grades that the forms of a high-end event ask for; `cooperates`: a cooperation with them is in force on its day.
    """

    name: str
    kind: str
    audience: str = ""
    grade: str = ""
    stage: str = ""
    identities: frozenset[str] = frozenset()
    has_role: bool = False
    wanted: Belonging | None = None
    form_grades: frozenset[str] = frozenset()
    cooperates: bool = False

    @property
    def is_asked_to_cooperate(self) -> bool:
        """Whether the audience takes only those with whom a cooperation is in force (TYP-06)."""
        return self.wanted is not None and self.wanted.needs_cooperation

    @property
    def is_client(self) -> bool:
        return not self.has_role and (not self.identities or bool(self.identities & CLIENTS))


@rule(
    "R-TYP-03",
    clause="000 2.2",
    severity=BLOCK,
    title=_("Deal-targeted activities take open prospects"),
    sentence=_(
        "A deal-targeted activity takes only prospects who have entered the sales process and have not signed."
    ),
)
def prospect_is_open(facts: Invitee, p: Params) -> Verdict:
    """A deal-targeted activity takes only prospects who have entered the sales process and have not signed."""
    if (
        facts.kind != Kind.TARGETED
        or facts.audience != Audience.DEAL
        or facts.has_role
        or facts.stage in IN_PROCESS
    ):
        return passed()
    words = (
        _("“{name}” has signed already.")
        if facts.stage == Stage.SIGNED
        else _("“{name}” is lost to the sale.")
        if facts.stage == Stage.LOST
        else _("“{name}” has not entered the sales process.")
    )
    return failed(
        say(words, name=facts.name),
        fix=Fix(say(_("Invite open prospects, or bring the sales stage of the customer up to date."))),
    )


@rule(
    "K-TYP-07",
    clause="003 一(二)",
    severity=BLOCK,
    title=_("High-end events are for high-end clients"),
    sentence=_(
        "To a high-end client event clients are invited whose grade is at least {grade}, or what its form asks for where that"
        " is more."
    ),
    params={"grade": str(Grade.HIGH_END)},
    assumed=("grade",),
    bounds={
        "grade": Bound(
            _("lowest grade"),
            choices={
                Grade.HIGH_END: _("High-end clients"),
                Grade.KEY: _("Key clients"),
                Grade.REGULAR: _("Regular clients"),
            },
        )
    },
)
def grade_is_high_enough(facts: Invitee, p: Params) -> Verdict:
    """To a high-end client event clients are invited whose grade is at least {grade}, or what its form asks for."""
    if facts.kind != Kind.HIGH_END or not facts.is_client:
        return passed()
    if facts.grade in grades_from(p.grade, facts.form_grades):
        return passed()
    return failed(
        say(_("“{name}” does not have the client grade of a high-end event."), name=facts.name),
        fix=Fix(say(_("Grade the customer by the criteria first, or invite somebody else."))),
    )


@rule(
    "K-TYP-02",
    clause="000 2.1—2.4; 001 §3",
    severity=BLOCK,
    title=_("Guests belong to the audience"),
    sentence=_("An activity that names an audience category invites those who belong to it."),
)
def belongs_to_the_audience(facts: Invitee, p: Params) -> Verdict:
    """An activity that names an audience category invites those who belong to it."""
    is_told = facts.kind == Kind.TARGETED and facts.audience == Audience.DEAL  # R-TYP-03 speaks of these
    if is_told or facts.wanted is None or facts.has_role or facts.wanted.holds(facts.identities, facts.stage):
        return passed()
    return failed(
        say(_("“{name}” does not belong to the audience of this activity."), name=facts.name),
        fix=Fix(say(_("Enter in the directory what the customer is, or invite somebody else."))),
    )


@rule(
    "K-TYP-06",
    clause="000 2.4",
    severity=BLOCK,
    title=_("Media are addressed with whom we cooperate"),
    sentence=_(
        "To a media-targeted activity those are invited with whom a cooperation is in force on its day."
    ),
)
def cooperation_is_in_force(facts: Invitee, p: Params) -> Verdict:
    """To a media-targeted activity those are invited with whom a cooperation is in force on its day."""
    if not facts.is_asked_to_cooperate or facts.has_role or facts.cooperates:
        return passed()
    return failed(
        say(_("No cooperation with “{name}” is in force on the day of the activity."), name=facts.name),
        fix=Fix(say(_("Enter the cooperation on the page of the customer, or invite somebody else."))),
    )


INVITING = (prospect_is_open, grade_is_high_enough, belongs_to_the_audience, cooperation_is_in_force)


@rule(
    "R-EVA-04",
    clause="003 五(二)2",
    severity=REMIND,
    title=_("How many of those invited came"),
    sentence=_(
        "The participation rate is who came of those invited; beside it stands who came of those who had accepted."
    ),
)
def participation_is_told(facts: Attendance, p: Params) -> Verdict:
    """The rate with what it is made of; who did not come although they had accepted is named for the follow-up."""
    if facts.rate is None:
        return passed(say(_("Nobody was invited.")))
    words = say(
        _("{came} of {invited} invited came: {rate}%; of those who had accepted {share}%."),
        came=facts.came,
        invited=facts.invited,
        rate=str(facts.rate),
        share="—" if facts.of_accepted is None else str(facts.of_accepted),
    )
    if facts.no_shows:
        return failed(words, computed=str(facts.no_shows))
    return passed(words)
