"""Every move from every status by everybody of the cast."""

from __future__ import annotations

from typing import Any

import pytest

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import NotAllowed, RuleRefused, WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns.flow import flow
from yunchou.lifecycle.campaigns.models import Campaign, Status

from .factories import again, make_campaign, make_proposal

MOVES = list(flow.moves.values())


def put(campaign: Campaign, status: str) -> Campaign:
    Campaign.objects.filter(pk=campaign.pk).update(status=status)
    return again(campaign)


@pytest.mark.req("TYP-10")
@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.key)
def test_a_move_goes_from_its_sources_by_those_with_the_right(firm: Firm, move: Any) -> None:
    campaign = make_proposal(firm)
    cast: list[User] = [firm.owner, firm.approver, firm.outsider, firm.colleague, firm.nobody]
    for status in Status.values:
        for person in cast:
            campaign = put(campaign, status)
            may = not move.needs or holds(person, move.needs, campaign)
            before = JournalEntry.objects.count()
            if not may:
                with pytest.raises(NotAllowed), move.apply(campaign, actor=person):
                    pass
            elif status not in move.source:
                with pytest.raises(WrongState), move.apply(campaign, actor=person):
                    pass
            else:
                with move.apply(campaign, actor=person, note="因天气"):
                    pass
                assert again(campaign).status == move.target
                assert (
                    JournalEntry.objects.filter(subject=campaign.subject).latest("pk").kind == move.kind.key
                )
                continue
            assert JournalEntry.objects.count() == before
            assert again(campaign).status == status


def test_who_does_what(firm: Firm) -> None:
    """The owner carries it on; the region's leadership, the outsider and people without a position may not."""
    campaign = make_proposal(firm)
    keys = [move.key for move in flow.offered(campaign, firm.owner)]
    assert keys == ["plan", "submit", "cancel"]
    for person in (firm.approver, firm.outsider, firm.colleague, firm.nobody):
        assert flow.offered(campaign, person) == []


def test_outcomes_are_offered_to_nobody(firm: Firm) -> None:
    campaign = put(make_campaign(firm), Status.IN_APPROVAL)
    assert flow.offered(campaign, firm.owner) == []


@pytest.mark.req("GOA-02")
@pytest.mark.rule("R-GOA-01")
def test_an_incomplete_proposal_is_not_sent(firm: Firm) -> None:
    campaign = make_campaign(firm)
    with pytest.raises(RuleRefused) as refused, flow.moves["submit"].apply(campaign, actor=firm.owner):
        pass
    assert {verdict.rule_id for verdict in refused.value.verdicts} == {"R-GOA-01", "R-TYP-02", "K-TYP-11"}
    assert again(campaign).status == Status.DRAFT
