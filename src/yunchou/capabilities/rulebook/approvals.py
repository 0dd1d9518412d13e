"""How a change of the rules is approved (R-APR-19): by what is changed, along the routes of the company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.routes import ROUTES
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Change, Panel, declare
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .actions import change_approved, change_rejected, change_returned, change_withdrawn
from .models import Proposal
from .selectors import lines_between, proposal_view

FACTS = {
    "target": Fact(
        _("What is changed"),
        FactType.TEXT,
        {
            "parameters": _("Parameters of a rule"),
            "routes": _("Approval routes"),
            "edition": _("Edition of a regulation"),
        },
    ),
    "changes": Fact(_("Campaigns that would have gone otherwise"), FactType.NUMBER),
}


def change_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a proposal."""
    proposal = Proposal.objects.select_related("trial").get(pk=subject.pk)
    return {"target": proposal.target, "changes": proposal.trial.changed if proposal.trial else 0}


def _difference(old: dict[str, Any], new: dict[str, Any]) -> Sequence[Change]:
    """What was changed in a proposal between two times that it was sent."""
    found = [
        Change(say(_("Reason")), old["reason"], new["reason"]),
        Change(say(_("In force from")), old["effective_on"], new["effective_on"]),
    ]
    told = [
        Change(line.label, line.before, line.after)
        for line in lines_between(old["key"], old["after"], new["after"])
    ]
    return [change for change in (*told, *found) if change.before != change.after]


def change_panel(case: Case, reader: User) -> Panel | None:
    """What changes, old beside new, with what the trial showed."""
    proposal = (
        Proposal.objects.select_related("subject", "trial", "proposed_by").filter(pk=case.subject_id).first()
    )
    if proposal is None:
        return None
    return Panel(
        say(_("What changes")),
        "rulebook/parts/change_panel.html",
        {"proposal": proposal, "view": proposal_view(proposal, reader)},
    )


RULE_CHANGE = declare(
    "rule_change",
    label=gettext_lazy("Change of a rule"),
    facts=FACTS,
    facts_of=change_facts,
    rows=ROUTES["rule_change"],
    on_approved=change_approved,
    on_returned=change_returned,
    on_rejected=change_rejected,
    on_withdrawn=change_withdrawn,
    difference=_difference,
    panels=(change_panel,),
)
