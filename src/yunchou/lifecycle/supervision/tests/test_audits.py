"""Audits open in their turn with a sample; findings are corrected with evidence and verified by somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from yunchou.capabilities.expenses.tests.stage import GIFTS, POSTERS, Stage, make_stage
from yunchou.directory.organisation.actions.personnel import tell_of_personnel
from yunchou.directory.organisation.positions import (
    AUDITOR,
    DEPT_HEAD,
    MANAGEMENT,
    REGIONAL_LEADERSHIP,
    SECURITY_ADMIN,
)
from yunchou.directory.organisation.tests.factories import appoint, forget_reach, staff
from yunchou.kernel.approvals.tests.races import together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.supervision import actions
from yunchou.lifecycle.supervision.actions.findings import Found
from yunchou.lifecycle.supervision.handover import _pass_on, _preview
from yunchou.lifecycle.supervision.models import (
    AuditCase,
    AuditPlan,
    Correction,
    Finding,
    FindingStatus,
    SampleItem,
)
from yunchou.lifecycle.supervision.rules import TurnFacts, audit_is_opened_in_turn, months_after
from yunchou.lifecycle.supervision.sampling import Candidate, digest_of, draw, size_of
from yunchou.lifecycle.supervision.selectors.audits import redraw
from yunchou.lifecycle.supervision.tasks import open_audits

PAID = "2026-08-20T10:00"
TURN = "2026-10-09T00:30"
"""A working day after the National Day holiday."""


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> Path:
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": place}
    return tmp_path


@pytest.fixture
def stage(db: None) -> Iterator[Stage]:
    with clock.at(PAID), translation.override("en"):
        yield make_stage()


def plan(stage: Stage, kind: str = "expenses", **other: Any) -> AuditPlan:
    """Every quarter, of 华东, from July on."""
    auditor = stage.firm.people[AUDITOR]
    given = {
        "title": f"华东{kind}季度审计", "kind": kind, "unit": stage.firm.east, "focus": "票据、用途、审批",
        "months": 3, "starts_on": date(2026, 7, 1), "auditor": auditor, "actor": auditor,
    }  # fmt: skip
    return actions.plan_audit(**(given | other))


def found(owner: User, **other: Any) -> Found:
    given = {
        "kind": "voucher", "severity": "major", "text": "发票抬头与收款方不符", "measure": "补开发票并复核同类报销",
        "owner": owner, "due_on": date(2026, 10, 30), "amount": Decimal("400"),
    }  # fmt: skip
    return Found(**(given | other))


def proof(name: str = "更正发票.txt") -> ContentFile[bytes]:
    return ContentFile("更正后的发票".encode(), name)


def ask(client: Client, who: User, name: str, *args: object, **data: Any) -> int:
    client.force_login(who)
    url = reverse(f"supervision:{name}", args=args)
    answer = client.post(url, data, headers={"accept": "application/json"}) if data else client.get(url)
    return answer.status_code


# ---------------------------------------------------------------- the draw


def _claims(*amounts: int | None) -> list[Candidate]:
    day = date(2026, 8, 1)
    return [
        Candidate(f"claim:{n}", f"BX-{n}", day, None if a is None else Decimal(a))
        for n, a in enumerate(amounts)
    ]


@pytest.mark.rule("R-BUD-14")
@pytest.mark.once
def test_a_sample_holds_the_largest_and_is_drawn_again_from_its_seed() -> None:
    population = _claims(*range(100, 150))
    sizes = {(0, 10): 0, (1, 10): 1, (10, 10): 1, (11, 10): 2, (50, 10): 5, (3, 100): 3, (7, "0.1"): 1}
    assert {asked: size_of(asked[0], Decimal(asked[1])) for asked in sizes} == sizes
    drawn = draw(population, Decimal(10), "a seed")
    assert [one.candidate.key for one in drawn if one.is_largest] == ["claim:49", "claim:48", "claim:47"]
    assert len({one.candidate.key for one in drawn}) == 5
    assert draw(population[::-1], Decimal(10), "a seed") == drawn
    seeds = {tuple(one.candidate.key for one in draw(population, Decimal(10), str(n))[3:]) for n in range(20)}
    assert len(seeds) > 10, "the rest follows the seed"
    looks = draw(_claims(*[None] * 20), Decimal(10), "x")
    assert [one.is_largest for one in looks] == [False, False], "what has no amount is drawn at random"
    assert digest_of(population) == digest_of(population[::-1]) != digest_of(population[1:])


@pytest.mark.rule("R-BUD-14")
@pytest.mark.once
def test_the_turn_of_an_audit_comes_after_its_period_and_the_rule_bounds_the_interval() -> None:
    for today, months, opens in (
        (date(2026, 9, 30), 3, False),
        (date(2026, 10, 1), 3, True),
        (date(2026, 8, 1), 1, True),
        (date(2026, 10, 1), 12, True),
    ):
        facts = TurnFacts("审计", date(2026, 7, 1), months, today)
        assert bool(audit_is_opened_in_turn.failures(facts)) is opens, (today, months)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)


# ---------------------------------------------------------------- from the plan to the close


@pytest.mark.req("BUD-25", whole=True)
@pytest.mark.req("SUP-05", whole=True)
@pytest.mark.rule("R-BUD-14", whole=True)
def test_audits_recur_find_are_corrected_and_verified_by_somebody_else(stage: Stage, client: Client) -> None:
    """Expenses, the accounting itself and customer data; sample, check, finding, answer, correction, verification, close."""
    firm, auditor, owner = stage.firm, stage.firm.people[AUDITOR], stage.claimant
    User.objects.update(language="en")
    large = stage.paid((POSTERS, "print", 900))
    small = [stage.paid((POSTERS, "print", 10 + n)) for n in range(3)]
    tell_of_personnel(what="候选人", actor=firm.approver)
    tell_of_personnel(what="候选人", actor=firm.outsider)
    for kind in ("expenses", "accounting", "customer_data"):
        plan(stage, kind)
    with clock.at("2026-09-30T00:30"):
        open_audits(clock.now())
        assert not AuditCase.objects.exists(), "before its day nothing opens"
    with clock.at(TURN):
        open_audits(clock.now())
        open_audits(clock.now())
    cases = {case.kind: case for case in AuditCase.objects.select_related("subject__unit")}
    assert len(cases) == 3, "each opens once"
    case = cases["expenses"]
    assert (case.starts_on, case.ends_on, case.focus) == (
        date(2026, 7, 1),
        date(2026, 9, 30),
        "票据、用途、审批",
    )
    assert (case.population, case.population_amount, case.items.count()) == (4, Decimal(933), 1)
    item = case.items.get()
    assert (item.key, item.stratum, item.amount) == (f"claim:{large.pk}", "largest", Decimal(900))
    assert {owner.pk, stage.cashier.pk} <= set(item.concerned)
    assert cases["accounting"].population == 4, "what was only reserved is no booking"
    look = cases["customer_data"].items.get()
    assert (look.person, look.amount, cases["customer_data"].population) == (firm.approver, None, 1)
    assert "候选人" in look.told
    for one in cases.values():
        assert redraw(one) == redraw(one)
        assert (redraw(one).same_population, redraw(one).same_sample) == (True, True)
        assert Duty.objects.open().get(key=one.key).owner == auditor
    with clock.at("2027-01-04T00:30"):
        assert actions.open_due_audits() == 3, "and again a quarter later"

    with clock.at("2026-10-09T10:00"):
        with pytest.raises(WrongState):
            actions.examine_item(item=item, actor=auditor)
        actions.start_audit(case=case, actor=auditor)
        with pytest.raises(WrongState, match="1 items"):
            actions.report_audit(case=case, report="x", actor=auditor)
        first = actions.record_finding(source=case.subject, item=item, found=found(owner), actor=auditor)
        other = actions.record_finding(
            source=case.subject, found=found(firm.approver, kind="control", amount=None), actor=auditor
        )
        item.refresh_from_db()
        assert (item.result, item.examined_by, first.subject.unit) == ("finding", auditor, firm.department())
        assert ask(client, owner, "finding_detail", first.pk) == 404, "told with the report, not before"
        with pytest.raises(WrongState):
            actions.answer_finding(finding=first, text="x", actor=owner)
        actions.report_audit(case=case, report="抽样一笔，发现两项问题。", actor=auditor)
        assert not Duty.objects.open().filter(key=case.key).exists()
        assert Notification.objects.filter(kind="supervision.finding").count() == 2
        assert ask(client, owner, "finding_detail", first.pk) == 200
        actions.answer_finding(finding=first, text="属实，已联系供应商", actor=owner)
        with pytest.raises(WrongState):
            actions.correct_finding(finding=first, text="x", evidence=proof(), actor=owner)
        actions.withdraw_finding(finding=other, reason="制度已于七月修订", actor=auditor)
        actions.change_finding(finding=first, found=found(owner, severity="critical"), actor=auditor)
        with pytest.raises(WrongState, match="1 findings"):
            actions.close_audit(case=case, actor=auditor)
        actions.demand_corrections(case=case, actor=auditor)
        duty = Duty.objects.open().get(owner=owner, kind="supervision.correction")
        assert (clock.local(duty.due_at).date(), duty.clause) == (date(2026, 10, 30), "002 9.2 五")

        correction = actions.correct_finding(finding=first, text="已换开", evidence=proof(), actor=owner)
        assert Duty.objects.open().get(kind="supervision.verification").owner == auditor
        actions.verify_correction(correction=correction, is_accepted=False, note="缺红字发票", actor=auditor)
        assert Duty.objects.open().get(owner=owner, kind="supervision.correction") != duty
        again = actions.correct_finding(
            finding=first, text="已补红字发票", evidence=proof("红字.txt"), actor=owner
        )
        with pytest.raises(WrongState, match="1 findings"):
            actions.close_audit(case=case, actor=auditor)
        actions.verify_correction(correction=again, is_accepted=True, actor=auditor)
        actions.close_audit(case=case, actor=auditor)
    assert not Duty.objects.open().filter(subject__in=[case.pk, first.pk]).exists()
    first.refresh_from_db()
    case.refresh_from_db()
    assert (first.status, case.status) == ("verified", "closed")
    told = list(
        JournalEntry.objects.filter(subject__in=[case.pk, first.pk])
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert [kind.partition(".")[2] for kind in told if kind.startswith("supervision")] == [
        "audit_opened", "audit_started", "finding_recorded", "finding_recorded", "audit_reported",
        "finding_answered", "finding_withdrawn", "finding_changed", "corrections_demanded", "finding_corrected",
        "correction_sent_back", "finding_corrected", "correction_verified", "audit_closed",
    ]  # fmt: skip
    assert small


# ---------------------------------------------------------------- who, and what is refused


def test_nobody_audits_his_own_work_or_verifies_his_own_correction(stage: Stage) -> None:
    firm, auditor = stage.firm, stage.firm.people[AUDITOR]
    stage.paid((POSTERS, "print", 300))
    with pytest.raises(Invalid) as refused:
        plan(stage, auditor=firm.owner)
    assert set(refused.value.fields) == {"auditor"}
    plan(stage, auditor=staff("区域审计", firm.east, AUDITOR, username="second"))
    # The auditor of a region who also works there may not audit it.
    both = staff("兼任", firm.east, AUDITOR, username="both")
    appoint(both, firm.department(), DEPT_HEAD)
    with pytest.raises(Invalid, match="works in"):
        plan(stage, kind="accounting", auditor=both)
    with clock.at(TURN):
        actions.open_due_audits()
        case = AuditCase.objects.select_related("subject__unit").get()
        for actor in (firm.owner, firm.people[REGIONAL_LEADERSHIP], firm.people[SECURITY_ADMIN], both):
            with pytest.raises(NotAllowed):
                actions.start_audit(case=case, actor=actor)
        actions.start_audit(case=case, actor=auditor)
        item = case.items.get()
        SampleItem.objects.filter(pk=item.pk).update(concerned=[*item.concerned, auditor.pk])
        for act in (
            lambda: actions.examine_item(item=item, actor=auditor),
            lambda: actions.record_finding(
                source=case.subject, item=item, found=found(stage.claimant), actor=auditor
            ),
        ):
            with pytest.raises(NotAllowed, match="had a part"):
                act()
        third = staff("审计丙", firm.group, AUDITOR, username="third")
        with pytest.raises(Invalid) as refused:
            actions.record_finding(source=case.subject, item=item, found=found(case.auditor), actor=third)
        assert set(refused.value.fields) == {"owner"}
        finding = actions.record_finding(
            source=case.subject, item=item, found=found(stage.claimant), actor=third
        )
        actions.report_audit(case=case, report="一项", actor=third)
        actions.demand_corrections(case=case, actor=third)
        with pytest.raises(NotAllowed):
            actions.correct_finding(finding=finding, text="x", evidence=proof(), actor=firm.outsider)
        correction = actions.correct_finding(
            finding=finding, text="已改", evidence=proof(), actor=stage.claimant
        )
        # Even with the right: whoever corrected, and whoever owns it.
        appoint(stage.claimant, firm.group, AUDITOR)
        corrector = forget_reach(stage.claimant) or User.objects.get(pk=stage.claimant.pk)
        with pytest.raises(NotAllowed):
            actions.verify_correction(correction=correction, is_accepted=True, actor=corrector)
        Finding.objects.filter(pk=finding.pk).update(owner=third)
        with pytest.raises(NotAllowed, match="somebody else"):
            actions.verify_correction(correction=correction, is_accepted=True, actor=third)
        with pytest.raises(Invalid):
            actions.verify_correction(correction=correction, is_accepted=False, note=" ", actor=auditor)
        with pytest.raises(Invalid) as refused:
            actions.verify_correction(
                correction=correction, is_accepted=False, note="x", due_on=date(2026, 1, 1), actor=auditor
            )
        assert set(refused.value.fields) == {"due_on"}
        actions.verify_correction(correction=correction, is_accepted=True, actor=auditor)
        with pytest.raises(WrongState, match="judged"):
            actions.verify_correction(correction=correction, is_accepted=True, actor=auditor)
        assert Correction.objects.get().judged_by == auditor


def test_what_is_typed_wrong_is_told_at_its_field(stage: Stage, client: Client) -> None:
    firm, auditor = stage.firm, stage.firm.people[AUDITOR]
    User.objects.update(language="en")
    for wrong, field in (
        ({"months": 4}, "months"), ({"months": 0}, "months"), ({"focus": " "}, "focus"), ({"title": " "}, "title"),
        ({"starts_on": date(2024, 1, 1)}, "starts_on"), ({"kind": "weather"}, "kind"),
        ({"auditor": firm.nobody}, "auditor"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            plan(stage, **wrong)
        assert set(refused.value.fields) == {field}
    kept = plan(stage)
    with pytest.raises(Invalid, match="already"):
        plan(stage)
    with pytest.raises(Invalid):
        actions.end_audit_plan(plan=kept, reason="", actor=auditor)
    actions.change_audit_plan(plan=kept, focus="用途", months=1, auditor=auditor, actor=auditor)
    client.force_login(auditor)
    given = {
        "title": "专项审计", "kind": "expenses", "unit": firm.east.pk, "auditor": auditor.pk, "focus": "用途",
        "starts_on": "2026-08-01", "ends_on": "2026-07-01",
    }  # fmt: skip
    url = reverse("supervision:audit_open")
    for wrong, said in (
        ({}, "before the first"), ({"ends_on": "2026-12-01"}, "still to come"), ({"auditor": "999999"}, "those that are offered"),
        ({"auditor": firm.owner.pk, "ends_on": "2026-08-20"}, "does not hold the right"),
    ):  # fmt: skip
        answer = client.post(url, given | wrong)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "专项审计" in text, "nothing that was typed is lost"
        assert said in text.replace("&#x27;", "'"), said
    assert client.post(url, given | {"ends_on": "2026-08-20"}).status_code == 302
    case = AuditCase.objects.select_related("subject__unit").get()
    assert (case.plan, case.population, case.items.count()) == (None, 0, 0)
    actions.start_audit(case=case, actor=auditor)
    add = reverse("supervision:finding_add", args=[case.pk])
    typed = {
        "kind": "control", "severity": "minor", "text": "台账缺页", "measure": "补齐", "owner": firm.owner.pk,
        "due_on": "2026-09-01", "amount": "1.234",
    }  # fmt: skip
    for wrong, said in (
        ({}, "two decimals"),
        ({"amount": "-3"}, "above zero"),
        ({"amount": "", "due_on": "2026-08-01"}, "passed"),
    ):
        answer = client.post(add, typed | wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert "台账缺页" in answer.content.decode()
    assert client.post(add, typed | {"amount": ""}).status_code == 302
    finding = Finding.objects.get()
    with pytest.raises(Invalid):
        actions.report_audit(case=case, report=" ", actor=auditor)
    actions.report_audit(case=case, report="台账缺页一处", actor=auditor)
    with clock.at("2026-09-10T10:00"), pytest.raises(WrongState, match="give it a later one"):
        actions.demand_corrections(case=case, actor=auditor)
    actions.demand_corrections(case=case, actor=auditor)
    client.force_login(firm.owner)
    correct = reverse("supervision:finding_correct", args=[finding.pk])
    answer = client.post(correct, {"text": "已补齐台账"})
    assert answer.status_code == 422
    assert "attach a file" in answer.content.decode()
    assert "已补齐台账" in answer.content.decode()
    assert client.post(correct, {"text": "已补齐台账", "evidence": proof()}).status_code == 302
    finding.refresh_from_db()
    assert finding.status == FindingStatus.CORRECTED


def test_pages_show_the_audited_what_concerns_them_and_ask_no_more_for_many(
    stage: Stage, client: Client
) -> None:
    firm, auditor = stage.firm, stage.firm.people[AUDITOR]
    for n in range(12):
        stage.paid((POSTERS, "print", 10 + n), actor=firm.colleague if n % 2 else firm.owner)
    plan(stage)

    def one_more(end: str) -> AuditCase:
        case = actions.open_audit(
            title="抽查", kind="expenses", unit=firm.east, focus="票据", starts_on=date(2026, 7, 1),
            ends_on=date.fromisoformat(end), auditor=auditor, actor=auditor,
        )  # fmt: skip
        actions.start_audit(case=case, actor=auditor)
        for item in case.items.all():
            actions.record_finding(source=case.subject, item=item, found=found(stage.claimant), actor=auditor)
        actions.report_audit(case=case, report="详见发现", actor=auditor)
        return case

    def asked(who: User, url: str) -> int:
        client.force_login(who)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200, url
        return len(queries)

    case = one_more("2026-08-20")
    finding = case.subject.findings.first()
    lists = [
        reverse(f"supervision:{name}")
        for name in ("audit_list", "finding_list", "audit_plan_list", "outside_list")
    ]
    lists += [
        f"{lists[0]}?view=mine&kind=expenses&q=抽查",
        f"{lists[1]}?view=all&severity=major&unit={firm.east.pk}",
    ]
    few = {url: asked(auditor, url) for url in lists}
    for _ in range(3):
        one_more("2026-08-20")
    assert {url: asked(auditor, url) for url in lists} == few
    page = client.get(case.get_absolute_url()).content.decode()
    for item in case.items.all():
        assert item.address in page
    boss, head = firm.people[REGIONAL_LEADERSHIP], firm.people[DEPT_HEAD]
    for who, status in (
        (boss, 200),
        (firm.people[MANAGEMENT], 200),
        (head, 404),
        (stage.claimant, 404),
        (firm.outsider, 404),
    ):
        assert ask(client, who, "audit_detail", case.pk) == status, who
    for who, status in ((boss, 200), (head, 200), (stage.claimant, 200), (firm.outsider, 404)):
        assert ask(client, who, "finding_detail", finding.pk) == status, who
    client.force_login(stage.claimant)
    assert str(finding) in client.get(reverse("supervision:finding_list")).content.decode()
    for who, name, status in (
        (boss, "audit_start", 403), (firm.outsider, "audit_start", 404), (auditor, "audit_start", 409),
        (boss, "audit_open", 403), (stage.claimant, "audit_list", 403),
    ):  # fmt: skip
        args = [case.pk] if name == "audit_start" else []
        assert ask(client, who, name, *args, **({"x": 1} if args else {})) == status, (who, name)
    assert ask(client, boss, "finding_answer", finding.pk, text="区域将统一复核") == 302
    for language, word in (("zh-hans", "抽样"), ("en", "Sample")):
        client.force_login(auditor)
        auditor.language = language
        auditor.save()
        assert word in client.get(case.get_absolute_url()).content.decode()


def test_audits_and_corrections_pass_to_a_successor(stage: Stage) -> None:
    firm, auditor = stage.firm, stage.firm.people[AUDITOR]
    stage.paid((GIFTS, "gifts", 200))
    kept = plan(stage)
    with clock.at(TURN):
        actions.open_due_audits()
        case = AuditCase.objects.select_related("subject__unit").get()
        actions.start_audit(case=case, actor=auditor)
        finding = actions.record_finding(
            source=case.subject, item=case.items.get(), found=found(stage.claimant), actor=auditor
        )
        actions.report_audit(case=case, report="x", actor=auditor)
        actions.demand_corrections(case=case, actor=auditor)
        successor = staff("新审计", firm.group, AUDITOR, username="new")
        assert len(_preview(auditor)) == _pass_on(auditor, successor, firm.admin) == 2
        assert len(_preview(stage.claimant)) == _pass_on(stage.claimant, firm.owner, firm.admin) == 1
    kept.refresh_from_db()
    finding.refresh_from_db()
    assert (kept.auditor, AuditCase.objects.get().auditor, finding.owner) == (
        successor,
        successor,
        firm.owner,
    )
    assert Duty.objects.open().get(kind="supervision.correction").owner == firm.owner
    assert [member.user for member in finding.subject.members.all()] == [firm.owner]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
@pytest.mark.rule("R-BUD-14")
def test_two_workers_open_an_audit_once_and_one_correction_waits(scaled: Callable[[int, int], int]) -> None:
    with clock.at(PAID):
        stage = make_stage()
        auditor = stage.firm.people[AUDITOR]
        stage.paid((POSTERS, "print", 40))
        plan(stage)
    for number in range(scaled(3, 30)):
        day = months_after(date(2026, 10, 9), 3 * number)
        with clock.at(clock.moment(day, 0, 30)):
            opened = together(*[lambda day=day: actions.open_due_audits(today=day)] * 2)
            assert sorted(opened, key=str) == [0, 1], opened
    assert AuditCase.objects.count() == scaled(3, 30)
    with clock.at("2026-10-09T10:00"):
        case = AuditCase.objects.select_related("subject__unit").order_by("starts_on")[0]
        actions.start_audit(case=case, actor=auditor)
        finding = actions.record_finding(
            source=case.subject, item=case.items.get(), found=found(stage.claimant), actor=auditor
        )
        actions.report_audit(case=case, report="x", actor=auditor)
        actions.demand_corrections(case=case, actor=auditor)
        results = together(
            *[
                lambda: actions.correct_finding(
                    finding=finding, text="已改", evidence=proof(), actor=stage.claimant
                )
            ]
            * 2
        )
        assert sorted(isinstance(one, WrongState) for one in results) == [False, True], results
