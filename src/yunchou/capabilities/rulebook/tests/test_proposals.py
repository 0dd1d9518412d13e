"""Changing a rule: who may, what is refused beside which field, and what an approval writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from yunchou.capabilities.rulebook import actions, changes
from yunchou.capabilities.rulebook.flow import flow
from yunchou.capabilities.rulebook.models import Clause, Edition, Proposal, Regulation, Revision, Status
from yunchou.capabilities.rulebook.selectors import compare_editions, editions_in_force, parameter_views
from yunchou.directory.organisation.tests.factories import forget_reach
from yunchou.kernel.approvals.actions import approve, reject, return_case
from yunchou.kernel.approvals.models import Definition, Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.rules.models import Parameter
from yunchou.kernel.rules.registry import rules
from yunchou.kernel.rules.selectors import params_on

from .conftest import Cast

LARGE = "R-TYP-01"
TODAY, SEPTEMBER = date(2024, 8, 2), date(2024, 9, 1)


def propose(cast: Cast, **changed: Any) -> Proposal:
    asked: dict[str, Any] = {
        "rule": LARGE, "typed": {"people": "200"}, "reason": "现场安全压力大", "effective_on": SEPTEMBER,
        "actor": cast.director,
    }  # fmt: skip
    return actions.propose_parameters(**asked | changed)


def decide(cast: Cast, proposal: Proposal, how: Any = approve, **said: Any) -> Proposal:
    task = Task.objects.select_related("step__case").get(
        step__case__subject=proposal.subject, state=Task.State.WAITING
    )
    assert task.assignee == cast.management
    how(task=task, actor=cast.management, **said)
    return Proposal.objects.get(pk=proposal.pk)


def people_on(day: date) -> int:
    return params_on([rules[LARGE]], day)[LARGE].people


@pytest.mark.req("GEN-04", whole=True)
@pytest.mark.req("GEN-06")
@pytest.mark.rule("R-APR-19")
def test_a_parameter_changes_by_an_approved_proposal_from_its_day_on(cast: Cast) -> None:
    proposal = propose(cast)
    assert (proposal.before, proposal.after) == ({"people": 300}, {"people": 200})
    assert not Parameter.objects.exists()
    proposal = decide(cast, proposal)
    assert (proposal.status, proposal.is_in_force) == (Status.APPROVED, False)
    assert [people_on(day) for day in (TODAY, SEPTEMBER - timedelta(days=1), SEPTEMBER)] == [300, 300, 200]
    kinds = JournalEntry.objects.filter(subject=proposal.subject).values_list("kind", flat=True)
    assert {"rulebook.proposed", "rulebook.change_approved"} <= set(kinds)
    [entry] = JournalEntry.objects.filter(kind="rules.parameter_set")
    assert (entry.data["before"], entry.data["after"], entry.actor) == ("300", "200", cast.management)
    assert Notification.objects.filter(kind="rulebook.changed", user=cast.reader).count() == 1
    [people, *_others] = parameter_views(rules[LARGE])
    assert ([str(s.value) for s in people.settings], people.coming[0].by) == (["200", "300"], "王德明")
    with clock.at("2024-09-01T08:00"):
        assert proposal.is_in_force
        [people, *_others] = parameter_views(rules[LARGE])
        assert [(str(s.value), s.since, s.until) for s in people.settings] == [
            ("200", SEPTEMBER, None),
            ("300", None, date(2024, 8, 31)),
        ]


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"typed": {"people": "0"}}, "p-people", "Between 1 and 1,000,000"),
        ({"typed": {"people": "many"}}, "p-people", "whole number"),
        ({"typed": {"people": "  "}}, "p-people", "Give a value"),
        ({"typed": {"match": "none"}}, "p-match", "one of the values"),
        ({"typed": {"cost": "1.005"}}, "p-cost", "two decimals"),
        ({"typed": {"people": "300"}}, "p-people", "change something"),
        ({"effective_on": TODAY}, "effective_on", "in retrospect"),
        ({"effective_on": date(2023, 1, 1)}, "effective_on", "in retrospect"),
        ({"effective_on": None}, "effective_on", "from when"),
        ({"reason": "  "}, "reason", "why"),
        ({"rule": "R-BUD-03", "typed": {"lo": "101"}}, "p-lo", "Between 0% and 99%"),
        ({"rule": "R-BUD-03", "typed": {"lo": "16"}}, "p-lo", "may not exceed"),
        ({"rule": "R-BUD-03", "typed": {"hi": "9"}}, "p-hi", "may not exceed"),
        ({"rule": "R-RPT-01", "typed": {"limit": "25:00"}}, "p-limit", "a time"),
    ],
)
@pytest.mark.req("GEN-04")
def test_what_cannot_be_is_told_beside_its_field(cast: Cast, changed: Any, field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        propose(cast, **changed)
    assert words in str(refused.value.fields[field])
    assert not Proposal.objects.exists()


@pytest.mark.rule("R-APR-19", whole=True)
def test_only_the_marketing_centre_drafts_and_one_change_at_a_time(cast: Cast) -> None:
    for person in (cast.reader, cast.management, cast.firm.admin):
        with pytest.raises(NotAllowed):
            propose(cast, actor=person)
    first = propose(cast)
    for typed in ({"people": "150"}, {"cost": "50000"}):
        with pytest.raises(WrongState) as refused:
            propose(cast, typed=typed)
        assert "朱启航" in str(refused.value.fields["p-" + next(iter(typed))])
    assert Proposal.objects.count() == 1
    propose(cast, rule="R-BUD-03", typed={"lo": "8"})
    actions.withdraw_proposal(proposal=first, actor=cast.director)
    assert propose(cast).is_open


def test_a_returned_proposal_is_changed_and_sent_again_and_a_rejected_one_changes_nothing(cast: Cast) -> None:
    proposal = decide(cast, propose(cast), return_case, opinion="先试算去年")
    assert (proposal.status, proposal.is_open) == (Status.RETURNED, True)
    again = {"proposal": proposal, "reason": "已试算", "effective_on": SEPTEMBER}
    with pytest.raises(NotAllowed):
        actions.resubmit_proposal(**again, actor=cast.management)
    with pytest.raises(Invalid):
        actions.resubmit_proposal(**again, actor=cast.director, typed={"people": "-1"})
    sent = actions.resubmit_proposal(**again, actor=cast.director, typed={"people": "250"})
    assert (sent.status, sent.after) == (Status.IN_APPROVAL, {"people": 250})
    proposal = decide(cast, sent, reject, opinion="维持现行标准")
    assert (proposal.status, proposal.is_open, people_on(SEPTEMBER)) == (Status.REJECTED, False, 300)
    dropped = decide(cast, propose(cast), return_case, opinion="再议")
    actions.drop_proposal(proposal=dropped, actor=cast.director)
    assert not Proposal.objects.open().exists()


def test_an_approval_after_the_day_lets_the_change_hold_from_tomorrow(cast: Cast) -> None:
    proposal = propose(cast, effective_on=date(2024, 8, 3))
    with clock.at("2024-08-10T10:00"):
        forget_reach(cast.management)
        assert decide(cast, proposal).effective_on == date(2024, 8, 11)
        assert [people_on(date(2024, 8, n)) for n in (10, 11)] == [300, 200]


@pytest.mark.req("APR-01", whole=True)
@pytest.mark.req("GEN-06")
def test_routing_rows_change_by_proposal_and_running_cases_keep_theirs(cast: Cast) -> None:
    rows = changes.current_rows("campaign")
    lighter = (*rows[:1], replace(rows[1], steps=rows[1].steps[:2]), *rows[2:])
    asked = {
        "definition": "campaign",
        "reason": "授权区域",
        "effective_on": SEPTEMBER,
        "actor": cast.director,
    }
    proposal = actions.propose_routes(rows=lighter, **asked)
    with pytest.raises(WrongState) as refused:
        actions.propose_routes(rows=lighter[1:], **asked)
    assert "rows" in refused.value.fields
    decide(cast, proposal)
    assert changes.current_rows("campaign") == rows
    assert changes.current_rows("campaign", SEPTEMBER)[1].steps == rows[1].steps[:2]
    assert Definition.objects.filter(key="campaign").count() == 2


@pytest.mark.parametrize("wrong", ["same", "none", "position", "fact", "circle", "words"])
def test_rows_that_cannot_be_published_are_not_proposed(cast: Cast, wrong: str) -> None:
    rows = changes.current_rows("campaign")
    first = rows[0]
    bad: dict[str, Any] = {
        "same": rows,
        "none": (),
        "position": (replace(first, steps=(replace(first.steps[0], position="nobody"),)), *rows[1:]),
        "fact": (replace(first, conditions=(replace(first.conditions[0], fact="moon"),)), *rows[1:]),
        "circle": (replace(first, steps=(first.steps[0], replace(first.steps[0], level=80))), *rows[1:]),
        "words": (replace(first, sentence="{moon}"), *rows[1:]),
    }
    with pytest.raises(Invalid) as refused:
        actions.propose_routes(
            definition="campaign", rows=bad[wrong], reason="x", effective_on=SEPTEMBER, actor=cast.director
        )
    assert refused.value.fields["rows"]
    assert not Proposal.objects.exists()


@pytest.mark.req("GEN-05", whole=True)
@pytest.mark.req("GEN-06", whole=True)
def test_a_regulation_is_drafted_approved_and_published_with_its_revision_list(cast: Cast) -> None:
    regulation = Regulation.objects.get(number="004")
    draft = actions.draft_edition(regulation=regulation, actor=cast.director)
    with pytest.raises(WrongState):
        actions.draft_edition(regulation=regulation, actor=cast.director)
    clause = draft.clauses.get(ref="004 二(三)")
    words, clause_said = {"ref": clause.ref, "title": clause.title, "rules": clause.rules}, clause.text
    actions.change_clause(
        edition=draft, clause=clause, actor=cast.director, text="合计须等于各行之和。", **words
    )
    with pytest.raises(Invalid) as refused:
        actions.change_clause(edition=draft, actor=cast.director, text="x", **words)
    assert "ref" in refused.value.fields
    actions.drop_clause(clause=draft.clauses.get(ref="004 五(二)"), actor=cast.director)
    actions.revise_edition(
        edition=draft, actor=cast.director, summary="简化预算条款", office="营销中心", pages=20
    )
    told = [one.data for one in JournalEntry.objects.filter(actor=cast.director).order_by("pk")]
    changed, dropped, revised = told[-3:]
    assert (changed["before"]["text"], changed["after"]["text"]) == (clause_said, "合计须等于各行之和。")
    assert dropped["before"]["ref"] == "004 五(二)"
    assert (revised["before"][2], revised["after"]) == (22, ["简化预算条款", "营销中心", 20])
    proposal = actions.propose_edition(
        edition=draft, reason="简化", effective_on=SEPTEMBER, actor=cast.director
    )
    with pytest.raises(WrongState):
        actions.drop_clause(clause=Clause.objects.filter(edition=draft)[0], actor=cast.director)
    decide(cast, proposal)
    published = Edition.objects.get(pk=draft.pk)
    assert (published.state, published.effective_from, published.drafted_by) == (
        "published",
        SEPTEMBER,
        "朱启航",
    )
    assert (published.approved_by, published.approved_on, published.office) == ("王德明", TODAY, "营销中心")
    line = Revision.objects.filter(regulation=regulation).first()
    assert line is not None
    assert (line.content, line.reviser, line.approver, line.edition) == (
        "简化预算条款",
        "朱启航",
        "王德明",
        2,
    )
    old = regulation.editions.get(number=1)
    assert editions_in_force()[regulation.pk] == old.pk
    assert editions_in_force(SEPTEMBER)[regulation.pk] == published.pk
    assert [(c.ref, c.kind) for c in compare_editions(old, published)] == [
        ("004 二(三)", "changed"),
        ("004 五(二)", "removed"),
    ]


@pytest.mark.parametrize("move", flow.moves.values(), ids=str)
def test_nobody_is_offered_a_decision(cast: Cast, move: Any) -> None:
    """Decisions come from the approval engine; only a returned proposal offers moves, to those who may propose."""
    proposal = propose(cast)
    for status in Status:
        proposal.status = status
        for person in (cast.director, cast.management, cast.reader):
            offered = move in flow.offered(proposal, person)
            assert offered == (status in move.source and bool(move.needs) and person == cast.director)


def test_nothing_is_written_when_no_approver_can_be_found(cast: Cast) -> None:
    cast.management.appointments.all().delete()
    with pytest.raises(Refused):
        propose(cast)
    assert not Proposal.objects.exists()
