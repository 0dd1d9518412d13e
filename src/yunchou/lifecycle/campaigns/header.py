"""The head above every tab of a campaign: are we fine, what comes next, what can I do."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from yunchou.capabilities.operations.permissions import Perm as OperationsPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.flow.machine import Move
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .brief import campaign_of
from .change_models import Change
from .changing import CHANGEABLE, changes_of
from .flow import flow
from .models import Campaign, Status
from .overview import next_duties
from .permissions import Perm
from .selectors import phases_of
from .signals import Health, health_of
from .tables import Phase

# What somebody most likely wants to do next, by status; the first that is offered is the one primary button.
PRIMARY = {
    Status.DRAFT: ("submit", "plan"),
    Status.PLANNING: ("submit",),
    Status.APPROVED: ("prepare", "start"),
    Status.PREPARING: ("start",),
    Status.CLOSED: ("evaluate",),
    Status.EVALUATED: ("archive",),
    Status.SUSPENDED: ("resume",),
}

# Moves that are made on a page of their own, which rooms above may supply: `page_for_move("archive", "archive:…")`.
_pages = {"submit": "campaigns:campaign_submit"}


def page_for_move(key: str, url_name: str) -> None:
    """Let a move lead to a page instead of the dialog; `url_name` takes the campaign's primary key."""
    _pages[key] = url_name


@dataclass(frozen=True)
class HeadLink:
    """A page of another room that opens in a window of its own, as a button on the overview."""

    key: str
    label: str | Promise
    icon: str
    url_name: str


_links: Registry[HeadLink] = Registry("link in the head of campaigns")


def head_link(key: str, label: str | Promise, *, icon: str, url_name: str) -> HeadLink:
    """Add a link to the overview of every campaign; `url_name` takes the campaign's primary key."""
    return _links.add(key, HeadLink(key, label, icon, url_name))


@dataclass(frozen=True)
class Button:
    """A move as a button: a page, or a dialog that asks once."""

    key: str
    label: str | Promise
    icon: str
    url: str
    is_page: bool
    is_dangerous: bool


@dataclass(frozen=True)
class Header:
    """The head of one campaign as one person sees it."""

    campaign: Campaign
    health: Health
    day: int | None
    phase: Phase | None
    duty: Duty | None
    case: Case | None
    primary: Button | None
    others: tuple[Button, ...]
    report_url: str
    export_url: str
    may_edit: bool
    may_withdraw: bool
    change: Change | None = None
    may_change: str = ""

    @property
    def days_left(self) -> int | None:
        """Days until the start, of a campaign that is still to come."""
        start = self.campaign.start_on
        return (start - clock.today()).days if start and start > clock.today() else None

    @property
    def offers_redating(self) -> bool:
        """An imported campaign whose dates have begun may be given others (GEN-05)."""
        return (
            self.may_edit and self.campaign.history_until is not None and self.campaign.start_on is not None
        )


def header_context(request: HttpRequest, subject: Subject) -> dict[str, Any]:
    """`campaign` and `header` for `campaigns/parts/header.html`."""
    user: Any = request.user
    campaign = copy(campaign_of(subject.pk))  # other rooms read the same one
    campaign.subject = subject
    return {"campaign": campaign, "header": header_of(campaign, user), "head_links": list(_links)}


def header_of(campaign: Campaign, user: User) -> Header:
    """The head, in a fixed number of queries."""
    now, pk = clock.now(), campaign.pk
    case = running_case(campaign.subject) if campaign.status == Status.IN_APPROVAL else None
    buttons = [_button(move, campaign) for move in flow.offered(campaign, user)]
    wanted = PRIMARY.get(Status(campaign.status), ())
    primary = next((button for key in wanted for button in buttons if button.key == key), None)
    change = next(reversed(changes_of(pk)), None)
    return Header(
        campaign=campaign,
        health=health_of([pk], now)[pk],
        day=_day_of(campaign),
        phase=_phase_of(campaign),
        duty=next(iter(next_duties(campaign.subject)), None),
        case=case,
        primary=primary,
        others=tuple(button for button in buttons if button is not primary),
        report_url=_report_url(campaign, user),
        export_url=_address("campaigns:export", campaign),
        may_edit=campaign.is_editable and holds(user, Perm.EDIT, campaign),
        may_withdraw=case is not None and case.initiator_id == user.pk,
        change=change,
        may_change=_changeable(campaign, user, change),
    )


def _changeable(campaign: Campaign, user: User, change: Change | None) -> str:
    """Whether the person may open the proposal again: as a change of what was approved, or as an amendment."""
    if change is not None and change.is_open:
        return ""
    is_decided_on = campaign.status == Status.IN_APPROVAL or change is not None
    if not (is_decided_on or campaign.status in CHANGEABLE) or not holds(user, Perm.SUBMIT, campaign):
        return ""
    return "amendment" if is_decided_on else "change"


def _button(move: Move[Campaign], campaign: Campaign) -> Button:
    page = _address(_pages[move.key], campaign) if move.key in _pages else ""
    url = page or reverse("campaigns:campaign_move", args=[campaign.pk, move.key])
    return Button(move.key, move.label, move.icon or "arrow-right", url, bool(page), move.dangerous)


def _report_url(campaign: Campaign, user: User) -> str:
    """Where the daily report is written, for whoever may."""
    may = campaign.status == Status.RUNNING and holds(user, OperationsPerm.REPORT, campaign.subject)
    return _address("operations:report_new", campaign) if may else ""


def _address(url_name: str, campaign: Campaign) -> str:
    try:
        return reverse(url_name, args=[campaign.pk])
    except NoReverseMatch:
        return ""


def _day_of(campaign: Campaign) -> int | None:
    """The how-manieth day of the campaign this is, 1 for the first; None outside of it."""
    start, end, today = campaign.start_on, campaign.end_on, clock.today()
    return (today - start).days + 1 if start and end and start <= today <= end else None


def _phase_of(campaign: Campaign) -> Phase | None:
    """The phase of the content plan that runs today."""
    today = clock.today()
    return next((one for one in phases_of(campaign) if one.start_on <= today <= one.end_on), None)
