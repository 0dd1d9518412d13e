"""How publicity is approved: the facts that routes may ask about, and what the engine asks of this room (PRE-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.positions import DEPT_HEAD
from yunchou.directory.organisation.routes import ROUTES
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Change, Panel, declare
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.subjects.models import Subject

from .actions import CHANNELS, publicity_approved, publicity_returned, publicity_withdrawn
from .models import Publicity, PublicityChannel
from .permissions import PUBLICITY_KIND

FACTS: Final = {
    "channel": Fact(_("Channel"), FactType.TEXT, CHANNELS),
    "planned_for": Fact(_("Planned for")),
    "wanted_reach": Fact(_("People to reach"), FactType.NUMBER),
    "is_regional": Fact(_("Belongs to a region"), FactType.FLAG),
    "has_head": Fact(_("The department has a head"), FactType.FLAG),
}


def _row(subject: Subject) -> Publicity:
    found: Publicity = Publicity.objects.select_related("subject", "owner", "material__file").get(
        matter=subject
    )
    return found


def publicity_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of something that is to be published."""
    row, units = _row(subject), subject.unit.ancestor_ids
    return {
        "channel": row.channel,
        "planned_for": row.due_on.isoformat() if row.due_on else None,
        "wanted_reach": row.wanted_reach or 0,
        "is_regional": Unit.objects.filter(pk__in=units, kind=Unit.Kind.REGION).exists(),
        "has_head": Appointment.objects.valid().filter(unit__in=units, position__code=DEPT_HEAD).exists(),
    }


def who_answers(subject: Subject) -> Mapping[int, Say]:
    """Whoever answers for it does not decide on it (R-APR-15)."""
    owner = _row(subject).owner_id
    return {owner: say(_("answers for this publicity"))} if owner else {}


def wording_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> Sequence[Change]:
    """What is published otherwise than it was sent before."""
    labels = {"channel": _("Channel"), "content": _("Wording"), "due_on": _("Planned for"), "file": _("File")}
    found = [
        Change(say(label), _told(key, old.get(key, "")), _told(key, new.get(key, "")))
        for key, label in labels.items()
        if old.get(key, "") != new.get(key, "")
    ]
    if not found and old.get("sha256") != new.get("sha256"):
        found = [Change(say(_("File")), old.get("file", ""), new.get("file", ""), note=_ANEW)]
    return found


_ANEW: Final[Text] = say(_("a new version of the file"))


def _told(key: str, value: str) -> str:
    return str(PublicityChannel(value).label) if key == "channel" and value else value


def publicity_panel(case: Case, reader: User) -> Panel | None:
    """What is to be published, in full."""
    row = Publicity.objects.filter(matter=case.subject_id)
    found = row.select_related("subject", "owner", "material__file").first()
    if found is None:
        return None
    title = pgettext_lazy("panel", "What is published")
    return Panel(title, "preparation/parts/publicity_panel.html", {"row": found})


PUBLICITY = declare(
    PUBLICITY_KIND,
    label=gettext_lazy("Publicity of an activity"),
    facts=FACTS,
    facts_of=publicity_facts,
    rows=ROUTES[PUBLICITY_KIND],
    on_approved=publicity_approved,
    on_returned=publicity_returned,
    on_rejected=publicity_returned,
    on_withdrawn=publicity_withdrawn,
    interested=who_answers,
    difference=wording_difference,
    panels=(publicity_panel,),
)
