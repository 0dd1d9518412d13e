"""What a plan of each kind must contain, and which principles are confirmed before it is sent (TYP-11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Fix, Place, Verdict, failed, passed

from ..models import PRINCIPLES, Kind
from ..tables import MODULES
from ..words import listed

if TYPE_CHECKING:
    from ..facts import CampaignFacts


@dataclass(frozen=True)
class Element:
    """A part of a plan: what it is called, whether it is there, where it is written and how."""

    key: str
    label: str
    is_there: Callable[[CampaignFacts], bool]
    at: Place
    how: str


def _written(*words: str) -> Callable[[CampaignFacts], bool]:
    """Whether the creative plan has a row of that name with something in it."""

    def is_there(ctx: CampaignFacts) -> bool:
        return any(
            any(word in row.module for word in words)
            and bool(row.content.strip() or row.design_point.strip())
            for row in ctx.modules
        )

    return is_there


_ROW = _("Write a row “{row}” in the creative plan.")
_theme, _place, _flow = _written("主题"), _written("地点", "场地"), _written("流程", "议程")

THEME = Element("theme", _("the theme"), _theme, Place("creative"), "活动主题")
TIME = Element(
    "time",
    _("the time"),
    lambda ctx: bool(ctx.start_on and ctx.end_on),
    Place("overview", 0, "start_on"),
    _("Give start and end."),
)
CONTENT = Element("content", _("the content"), _written("内容"), Place("creative"), "活动内容")
PLACE = Element(
    "place",
    _("the place"),
    lambda ctx: bool(ctx.overview.scene.strip()) or _place(ctx),
    Place("overview", 0, "scene"),
    _("Name the scene or place."),
)
STAFFING = Element(
    "staffing",
    _("the staffing"),
    lambda ctx: bool(ctx.assignments),
    Place("division"),
    _("Say who does what in the division of work."),
)
REWARDS = Element(
    "rewards", _("the rewards"), _written("奖励", "奖品", "激励"), Place("creative"), "奖励办法"
)
PURPOSE = Element(
    "purpose",
    _("the purpose"),
    lambda ctx: bool(ctx.overview.purposes),
    Place("overview", 0, "purposes"),
    _("Name the strategic purposes."),
)
FLOW = Element(
    "flow", _("the flow"), lambda ctx: bool(ctx.tasks) or _flow(ctx), Place("creative"), "活动流程"
)
PARTICIPANTS = Element(
    "participants",
    _("the participants"),
    lambda ctx: bool(ctx.overview.audience.strip()) and ctx.expected_people is not None,
    Place("overview", 0, "audience"),
    _("Say who takes part and how many."),
)
CATEGORY = Element(
    "category",
    _("the audience category"),
    lambda ctx: bool(ctx.overview.audience_category),
    Place("overview", 0, "audience_category"),
    _("Choose the audience category."),
)
EVENT_PURPOSE = Element(
    "event_purpose",
    _("what the customer event is for"),
    lambda ctx: bool(ctx.named_for_events),
    Place("overview", 0, "purposes"),
    _(
        "Name promoting sales, attracting tenants and investors, raising a brand, or what else the register says events are for."
    ),
)
BUDGET = Element(
    "budget",
    _("the budget"),
    lambda ctx: any(line.amount is not None for line in ctx.lines),
    Place("budget"),
    _("Write the budget line by line."),
)

MANDATORY: Final[Mapping[str, tuple[Element, ...]]] = {
    Kind.TARGETED: (CATEGORY, THEME, TIME, CONTENT, PLACE, STAFFING, REWARDS),
    Kind.HIGH_END: (THEME, PURPOSE, TIME, PLACE, CONTENT, FLOW, PARTICIPANTS, BUDGET),
    Kind.CUSTOMER: (EVENT_PURPOSE,),
}
"""What the source demands of a plan: 000 §2, §3.1 of targeted ones, 003 二(二)2 of high-end and 001 §3 of customer events."""

_MODULES = tuple(Element(module, module, _written(module), Place("creative"), module) for module in MODULES)
CHECKLIST: Final[Mapping[str, tuple[Element, ...]]] = {
    Kind.TARGETED: MANDATORY[Kind.TARGETED],
    Kind.HIGH_END: MANDATORY[Kind.HIGH_END],
    Kind.MARKETING: (TIME, PARTICIPANTS, *_MODULES, STAFFING, BUDGET),
    Kind.PROMOTION: (TIME, PARTICIPANTS, *_MODULES, STAFFING, BUDGET),
    Kind.CUSTOMER: (EVENT_PURPOSE, CATEGORY, TIME, PLACE, PARTICIPANTS, STAFFING, BUDGET),
    Kind.PR: (PURPOSE, TIME, PLACE, PARTICIPANTS, FLOW, STAFFING, BUDGET),
}
"""What people tick off while they write, for every kind; what is not mandatory is only reminded of (a)."""

PRINCIPLE_WORDS: Final[Mapping[str, str]] = {
    "client_oriented": _("client-oriented"),
    "professional": _("professional"),
    "safe": _("safe"),
    "cost_effective": _("cost-effective"),
}


@rule(
    "K-TYP-11",
    clause="000 §2, §3.1; 001 §3; 003 二(二)2",
    severity=BLOCK,
    title=_("The plan has the parts of its kind"),
    sentence=_(
        "A targeted campaign names audience category, theme, time, content, place, staffing and rewards; a high-end event"
        " theme, purpose, time, place, content, flow, participants and budget; a customer event whether it promotes sales,"
        " attracts tenants and investors or raises a brand."
    ),
)
def elements_are_there(ctx: CampaignFacts, p: Params) -> Iterator[Verdict]:
    """The plan of a targeted campaign, of a customer event and of a high-end event has every part that its kind demands."""
    for element in MANDATORY.get(str(ctx.overview.kind or ""), ()):
        if not element.is_there(ctx):
            yield failed(
                say(_("The plan lacks {part}."), part=say(element.label)),
                at=element.at,
                fix=Fix(how_to(element)),
                part=element.key,
            )


def how_to(element: Element) -> Say:
    """What to do where the part is missing."""
    return say(_ROW, row=element.how) if element.at.table == "creative" else say(element.how)


@rule(
    "K-TYP-12",
    clause="003 一(三)",
    severity=BLOCK,
    title=_("The principles of high-end events are confirmed"),
    sentence=_(
        "Before a high-end event is sent somebody confirms that it is client-oriented, professional, safe and cost-effective."
    ),
)
def principles_are_confirmed(ctx: CampaignFacts, p: Params) -> Verdict:
    """Before a high-end event is sent somebody confirms that it is client-oriented, professional, safe and cost-effective."""
    if ctx.overview.kind != Kind.HIGH_END or ctx.principles is None:
        return passed()
    missing = [key for key in PRINCIPLES if key not in ctx.principles]
    if not missing:
        return passed(say(_("All four principles are confirmed.")))
    told = listed(say(PRINCIPLE_WORDS[key]) for key in missing)
    return failed(
        say(_("Nobody has confirmed that the event is {principles}."), principles=told),
        at=Place("overview", 0, "kind"),
        fix=Fix(say(_("Confirm the principles under “Checklist” on the page of the proposal."))),
        missing=",".join(missing),
    )
