"""The pages of the rulebook: open to all staff, changed by those who draft, clear about what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from yunchou.capabilities.rulebook import actions, selectors
from yunchou.capabilities.rulebook.defaults import shipped
from yunchou.capabilities.rulebook.models import Clause, Edition, Proposal, Regulation, Trial
from yunchou.directory.organisation.positions import VP_MARKETING
from yunchou.kernel.approvals.models import Definition
from yunchou.kernel.rules.registry import rules
from yunchou.kernel.rules.selectors import params_on

from .conftest import Cast
from .test_proposals import LARGE, SEPTEMBER, decide, propose

READ = (
    "/rules/", f"/rules/{LARGE}/", "/rules/R-APR-04/", "/rules/R-PLN-01/", "/rules/documents/",
    "/rules/documents/004/", "/rules/documents/004/compare/", "/rules/routes/", "/rules/routes/campaign/",
    "/rules/proposals/",
)  # fmt: skip
DRAFT = (f"/rules/{LARGE}/propose/", "/rules/routes/campaign/edit/")


def enter(client: Client, person: Any, language: str = "en") -> Client:
    person.language = language
    person.save(update_fields=["language"])
    client.force_login(person)
    return client


@pytest.mark.req("GEN-01")
def test_everybody_reads_and_only_drafters_change(client: Client, cast: Cast) -> None:
    assert client.get(READ[0]).status_code == 302
    enter(client, cast.reader)
    assert {address: client.get(address).status_code for address in READ} == dict.fromkeys(READ, 200)
    assert {client.get(address).status_code for address in DRAFT} == {403}
    assert client.get("/rules/R-XXX-99/").status_code == 404
    enter(client, cast.firm.nobody)
    assert client.get(READ[0]).status_code == 403
    enter(client, cast.director)
    assert {client.get(address).status_code for address in (*READ, *DRAFT)} == {200}


@pytest.mark.req("GEN-04")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_rule_is_a_sentence_with_its_parameters_in_both_languages(cast: Cast, language: str) -> None:
    with translation.override(language):
        declared = [rule for rule in rules if not rule.id.startswith("K-TST")]
        for rule in declared:
            words = list(rule.says())
            assert rule.title, rule.id
            assert rule.sentence, rule.id
            assert {word.param for word in words if word.param} >= set(rule.params), rule.id
            assert all(rule.bound(name).label for name in rule.params), rule.id
            is_chinese = any(
                "一" <= sign <= "鿿" for sign in "".join(str(word.text) for word in words if not word.param)
            )
            assert is_chinese == (language == "zh-hans"), rule.id


def test_the_list_is_narrowed_and_counts_do_not_grow_with_it(client: Client, cast: Cast) -> None:
    enter(client, cast.reader)
    found = {
        query: [
            entry.id for shelf in client.get(f"/rules/?{query}").context["shelves"] for entry in shelf.entries
        ]
        for query in (
            "q=contingency",
            "regulation=003",
            "room=budgets",
            "severity=need_approval",
            "q=nothing-at-all",
        )
    }
    assert "R-BUD-03" in found["q=contingency"]
    assert "R-APR-09" in found["regulation=003"]
    assert set(found["room=budgets"]) == {
        "R-BUD-01", "R-BUD-02", "R-BUD-03", "R-BUD-04", "R-BUD-11", "R-BUD-15", "K-BUD-05",
    }  # fmt: skip
    assert {LARGE, "R-APR-04"} <= set(found["severity=need_approval"])
    assert found["q=nothing-at-all"] == []
    pane = client.get("/rules/?pane=R-BUD-03&q=contingency", headers={"HX-Request": "true"}).content.decode()
    assert 'id="pane-list"' in pane
    assert "<html" not in pane
    with CaptureQueriesContext(connection) as queries:
        selectors.entries()
    assert len(queries) <= 5


@pytest.mark.req("GEN-04")
def test_a_change_is_tried_and_proposed_from_the_page(client: Client, cast: Cast) -> None:
    enter(client, cast.director)
    period = {"since": "2024-01-01", "until": "2024-12-31", "p-cost": "100000.00", "p-match": "any"}
    answer = client.post(f"/rules/{LARGE}/try/", {**period, "p-people": "0"})
    assert (answer.status_code, Trial.objects.count()) == (422, 0)
    assert "Between 1 and 1,000,000" in answer.content.decode()
    answer = client.post(f"/rules/{LARGE}/try/", {**period, "p-people": "200"})
    trial = Trial.objects.get()
    assert answer.url == f"/rules/{LARGE}/?trial={trial.pk}#trial"
    assert 'id="trial"' in client.get(answer.url).content.decode()
    form = {"p-people": "200", "p-cost": "100000.00", "p-match": "any", "reason": "拥挤", "trial": trial.pk}
    answer = client.post(f"/rules/{LARGE}/propose/", {**form, "effective_on": "2024-08-02"})
    assert answer.status_code == 422
    assert "in retrospect" in str(answer.context["form"].errors["effective_on"])
    assert client.post(f"/rules/{LARGE}/propose/", {**form, "effective_on": "2024-09-01"}).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.after, proposal.trial) == ({"people": 200}, trial)
    again = client.post(f"/rules/{LARGE}/propose/", {**form, "p-people": "150", "effective_on": "2024-09-01"})
    assert again.status_code == 422
    assert "decided or withdrawn first" in str(again.context["form"].errors["p-people"])
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert "300" in page
    case = client.get(selectors.proposal_view(proposal, cast.director).case.get_absolute_url())
    assert "What changes" in case.content.decode()
    assert client.post(f"/rules/proposals/{proposal.pk}/withdraw/").status_code == 302
    assert params_on([rules[LARGE]], SEPTEMBER)[LARGE].people == 300


def fields(client: Client, key: str = "campaign") -> dict[str, Any]:
    """What a browser would send of the builder as it stands."""
    answer = client.get(f"/rules/routes/{key}/edit/")
    data: dict[str, Any] = {"reason": "授权", "effective_on": "2024-09-01"}
    for r, draft in enumerate(answer.context["drafts"]):
        data |= {f"r{r}-rule": draft.rule, f"r{r}-clause": draft.clause, f"r{r}-sentence": draft.shown}
        data |= {f"r{r}-said": draft.sentence, f"r{r}-watches": " ".join(draft.watches)}
        for n, c in enumerate(draft.conditions):
            data |= {f"r{r}-c{n}-fact": c.fact, f"r{r}-c{n}-op": c.op, f"r{r}-c{n}-value": c.values}
        for n, s in enumerate(draft.steps):
            data |= {
                f"r{r}-s{n}-kind": s.kind,
                f"r{r}-s{n}-position": s.position,
                f"r{r}-s{n}-level": s.level,
            }
    return data


@pytest.mark.req("APR-01")
def test_the_builder_edits_checks_tries_and_proposes_rows(client: Client, cast: Cast) -> None:
    enter(client, cast.director, "zh-hans")
    address, data = "/rules/routes/campaign/edit/", fields(client)
    htmx = {"headers": {"HX-Request": "true"}}
    same = client.post(address, {**data, "do": "propose"}, **htmx)
    assert (same.status_code, Proposal.objects.count()) == (422, 0)
    assert "与现行路线相同" in same.content.decode()
    edited = client.post(address, {**data, "do": "step+:0"}, **htmx)
    assert len(edited.context["drafts"][0].steps) == 3
    gone = client.post(address, {**data, "do": "row-:0"}, **htmx)
    assert {p.kind for p in gone.context["problems"] if p.kind != "overlap"} == {"gap"}
    other = {**data, "r0-c0-fact": "cost", "r0-c0-op": "eq", "r0-c0-value": ["viel"]}
    broken = client.post("/rules/routes/campaign/check/", other, **htmx)
    assert "尚不完整" in broken.content.decode()
    circle = {**data, "r0-s1-position": data["r0-s0-position"], "do": "propose"}
    refused = client.post(address, circle, **htmx)
    assert refused.status_code == 422
    assert "循环" in refused.content.decode()
    changed = {**data, "r0-s0-position": VP_MARKETING}
    tried = client.post(address, {**changed, "do": "try", "since": "2024-01-01", "until": "2024-12-31"})
    trial = Trial.objects.get()
    assert tried.url == f"{address}?trial={trial.pk}#trial"
    assert client.get(tried.url).context["drafts"][0].steps[0].position == VP_MARKETING
    sent = client.post(address, {**changed, "trial": trial.pk, "do": "propose"}, **htmx)
    proposal = Proposal.objects.get()
    assert sent["HX-Redirect"] == proposal.get_absolute_url()
    assert (proposal.after[0]["sentence"], proposal.trial) == (proposal.before[0]["sentence"], trial)
    assert client.get(proposal.get_absolute_url()).status_code == 200
    decide(cast, proposal)
    assert Definition.objects.filter(key="campaign").count() == 2


def test_a_regulation_is_drafted_on_its_pages(client: Client, cast: Cast) -> None:
    enter(client, cast.director)
    at = "/rules/documents/001/"
    assert client.post(f"{at}draft/").status_code == 302
    draft = Regulation.objects.get(number="001").editions.get(number=2)
    clause = draft.clauses.all()[0]
    form = {
        "ref": clause.ref,
        "title": clause.title,
        "text": "三百人以上为大型。",
        "rules": "R-TYP-01, K-SPL-01",
    }
    assert client.post(f"{at}draft/clauses/{clause.pk}/", form).status_code == 302
    bad = client.post(f"{at}draft/clauses/", {**form, "ref": "x", "rules": "none"})
    assert (bad.status_code, "not the number of a rule" in bad.content.decode()) == (422, True)
    assert client.post(f"{at}draft/about/", {"summary": "a", "office": "b", "pages": 9}).status_code == 302
    assert client.get(f"{at}draft/propose/", headers={"HX-Request": "true"}).status_code == 200
    sent = client.post(f"{at}draft/propose/", {"reason": "x", "effective_on": "2024-09-01"})
    proposal = Proposal.objects.get()
    assert sent.url == proposal.get_absolute_url()
    page = client.get(sent.url).content.decode()
    assert "<ins>" in page
    assert client.get(f"{at}compare/").status_code == 200
    assert client.post(f"{at}draft/drop/").status_code == 404  # no draft any more


@pytest.mark.once
def test_readers_of_english_get_a_rendering_with_the_original_beside_it(client: Client, cast: Cast) -> None:
    """Every shipped clause, on its own page and on those of its rules; a clause that is changed loses a stale one."""
    for spec in shipped():
        for one in spec.clauses:
            assert one.title_en.isascii(), one.ref
            assert one.text_en.isascii(), one.ref
    large, chinese = Clause.objects.get(ref="001 §3.2"), "参加人数或费用超过规定数额"
    addresses = ("/rules/documents/001/", f"/rules/{LARGE}/")
    for language, words, folded in (("en", large.text_en, True), ("zh-hans", large.text, False)):
        enter(client, cast.director, language)
        for address in addresses:
            page = client.get(address).content.decode()
            assert words in page
            assert chinese in page
            assert ('<details class="original">' in page) is folded
    assert "First issued" not in client.get(addresses[0]).content.decode()
    enter(client, cast.director)
    assert "First issued" in client.get(addresses[0]).content.decode()

    client.post(f"{addresses[0]}draft/")
    draft = Edition.objects.get(state="draft")
    clause = draft.clauses.get(ref="001 §3.2")
    assert clause.text_en == large.text_en
    form = {
        "ref": clause.ref,
        "title": clause.title,
        "text": "甲",
        "rules": LARGE,
        "title_en": "A",
        "text_en": "B",
    }
    at = f"{addresses[0]}draft/clauses/{clause.pk}/"
    assert client.post(at, form).status_code == 302
    compared = client.get(f"{addresses[0]}compare/").content.decode()
    assert "<details" in compared
    assert client.post(at, form | {"title_en": "", "text_en": ""}).status_code == 302
    shown = client.get(f"{addresses[0]}?edition=2").content.decode()
    assert "甲" in shown
    assert large.text_en not in shown


def test_a_returned_proposal_offers_to_be_sent_again(client: Client, cast: Cast) -> None:
    from yunchou.kernel.approvals.actions import return_case

    proposal = decide(cast, propose(cast), return_case, opinion="先试算")
    enter(client, cast.director)
    assert "Change and send again" in client.get(proposal.get_absolute_url()).content.decode()
    form = {
        "p-people": "250",
        "p-cost": "100000.00",
        "p-match": "any",
        "reason": "x",
        "effective_on": "2024-09-01",
    }
    assert client.post(f"/rules/proposals/{proposal.pk}/again/", {**form, "p-people": "0"}).status_code == 422
    assert client.post(f"/rules/proposals/{proposal.pk}/again/", form).status_code == 302
    assert Proposal.objects.get().after == {"people": 250}
    enter(client, cast.reader)
    assert client.post(f"/rules/proposals/{proposal.pk}/drop/").status_code == 403


def test_a_list_of_proposals_asks_as_often_for_two_as_for_five(client: Client, cast: Cast) -> None:
    enter(client, cast.director)
    counts = []
    for batch in (("R-BUD-03", "R-SCH-05"), ("R-RPT-02", "R-ISS-02", "R-DSH-05")):
        typed = {"R-BUD-03": {"lo": "8"}, "R-SCH-05": {"days": "3"}, "R-RPT-02": {"limit": "10:00"},
                 "R-ISS-02": {"hours": "3"}, "R-DSH-05": {"minutes": "20"}}  # fmt: skip
        for rule in batch:
            propose(cast, rule=rule, typed=typed[rule])
        client.get("/rules/proposals/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/rules/proposals/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert actions.install_regulations() == 0
