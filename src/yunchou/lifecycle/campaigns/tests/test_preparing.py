"""Execution begins once the readiness check says go, or the overall lead says so (PRE-13, R-PRE-03)."""

from __future__ import annotations

import pytest

from yunchou.capabilities.preparation import actions as preparing
from yunchou.capabilities.preparation.events import event
from yunchou.capabilities.preparation.models import Agreement
from yunchou.capabilities.preparation.readiness import board_of
from yunchou.capabilities.preparation.tests.factories import put, signed
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import NotAllowed, RuleRefused
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.preparing import REQUIRED, SAFETY_PLAN

from .factories import again, bring_to, make_proposal


@pytest.mark.req("PRE-13", whole=True)
@pytest.mark.rule("R-PRE-03")
def test_execution_waits_for_the_readiness_check(firm: Firm) -> None:
    """The checks of the row: venue, contracts, supplies, training, equipment, safety plan, approvals; any red one blocks."""
    campaign = bring_to(make_proposal(firm, expected_people=120), Status.APPROVED, firm)
    subject = campaign.subject
    lights = {line.check.key: line.light.name for line in board_of(subject).lines}
    assert lights["approvals"] == "GREEN"
    assert {"venue", "agreements", "supplies", "training"} <= lights.keys()
    assert event(subject).expected == 120
    put(subject, "agreements", firm.owner, party="乐队", need="演出", needed_on="2024-08-01")
    with pytest.raises(RuleRefused) as refused:
        actions.start_campaign(campaign=again(campaign), actor=firm.owner)
    [verdict] = refused.value.verdicts
    assert (verdict.rule_id, str(subject.pk) in verdict.values["page"]) == ("R-PRE-03", True)
    assert again(campaign).status == Status.APPROVED

    # A word of the overall lead, with a reason, journalled; of nobody else.
    with pytest.raises(NotAllowed):
        preparing.go_ahead(subject=subject, reason="赶时间", actor=firm.approver)
    preparing.go_ahead(subject=subject, reason="乐队迟签，已有备选", actor=firm.owner)
    assert JournalEntry.objects.filter(subject=subject, kind="preparation.went_ahead").count() == 1
    put(subject, "agreements", firm.owner, party="花艺", need="布置", needed_on="2024-08-01")
    with pytest.raises(RuleRefused):
        actions.start_campaign(campaign=again(campaign), actor=firm.owner)
    for row in Agreement.objects.filter(subject=subject):
        preparing.confirm_agreement(agreement=row, upload=signed(), actor=firm.owner)
    assert actions.start_campaign(campaign=again(campaign), actor=firm.owner).status == Status.RUNNING

    # A high-end event may not do without any of them: nothing entered is red.
    assert REQUIRED[Kind.HIGH_END] == {
        "venue",
        "agreements",
        "supplies",
        "equipment",
        "training",
        SAFETY_PLAN,
    }
    high = make_proposal(firm, "江畔晚宴", kind=Kind.HIGH_END)
    Campaign.objects.filter(pk=high.pk).update(status=Status.PREPARING)
    reds = {line.check.key for line, _item in board_of(again(high).subject).reds}
    assert {"approvals"} | REQUIRED[Kind.HIGH_END] <= reds
    Campaign.objects.filter(pk=high.pk).update(forms=["线上直播"])
    assert {line.check.key for line, _item in board_of(again(high).subject).reds} == {"approvals"}
