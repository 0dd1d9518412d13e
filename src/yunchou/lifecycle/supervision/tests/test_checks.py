"""Checks and their findings, the monthly report, reports of misconduct, the code of conduct (SUP-02 to SUP-04)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from yunchou.capabilities.rulebook.models import Edition, Regulation
from yunchou.directory.organisation.positions import (
    AUDITOR,
    DEPT_HEAD,
    GENERAL_MANAGER,
    REGIONAL_LEADERSHIP,
    VP_MARKETING,
)
from yunchou.directory.organisation.tests import factories
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import make_appointment, make_user
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.tests.factories import make_proposal
from yunchou.lifecycle.supervision import actions
from yunchou.lifecycle.supervision.actions.conduct import Broken
from yunchou.lifecycle.supervision.actions.findings import Found
from yunchou.lifecycle.supervision.checklists import points_for
from yunchou.lifecycle.supervision.flow import nothing_unlawful_stands
from yunchou.lifecycle.supervision.models import (
    Acknowledgement,
    Check,
    Finding,
    FindingStatus,
    SupervisionReport,
    Team,
    Tip,
)
from yunchou.lifecycle.supervision.selectors.conduct import (
    breaches_for,
    is_impartial,
    own_tips,
    standing_of,
    tips_for,
)

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def firm() -> Firm:
    return factories.company()


@pytest.fixture
def campaign(firm: Firm) -> Campaign:
    return make_proposal(firm)


@pytest.fixture
def team(firm: Firm) -> Team:
    return actions.appoint_team(
        name="华东监督小组", unit=firm.east, head=firm.colleague, members=[firm.people[DEPT_HEAD]],
        starts_on=clock.today() - timedelta(days=60), actor=firm.people[VP_MARKETING],
    )  # fmt: skip


def again(user: User) -> User:
    """The person without the rights that were read before."""
    return User.objects.get(pk=user.pk)


def found(owner: User, **more: object) -> Found:
    given = {
        "kind": "execution", "severity": "major", "text": "签到台未设引导", "measure": "增设两名引导",
        "owner": owner, "due_on": clock.today() + timedelta(days=5),
    }  # fmt: skip
    return Found(**{**given, **more})  # type: ignore[arg-type]


def pdf(name: str = "证据.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n1")


def answers(kind: str, **wrong: str) -> dict[str, tuple[str, str]]:
    return {one.key: ("no", wrong[one.key]) if one.key in wrong else ("yes", "") for one in points_for(kind)}


@pytest.mark.req("SUP-02", whole=True)
def test_a_team_checks_its_findings_are_corrected_verified_and_reported(
    client: Client, firm: Firm, campaign: Campaign, team: Team
) -> None:
    head, owner, today = again(firm.colleague), firm.owner, clock.today()
    ask = {
        "about": campaign.subject,
        "mode": "live",
        "field": "execution",
        "on": today,
        "text": "现场跟进签到",
    }
    for actor in (owner, firm.outsider):  # nobody checks his own work, nobody without a team
        with pytest.raises(NotAllowed):
            actions.record_check(**ask, actor=again(actor))
    for wrong, field in (
        ({"text": " "}, "text"),
        ({"field": ""}, "field"),
        ({"on": today + timedelta(days=1)}, "on"),
    ):
        with transaction.atomic(), pytest.raises(Invalid) as refused:
            actions.record_check(**{**ask, **wrong}, actor=head)
        assert field in refused.value.fields
    check = actions.record_check(**ask, actor=head)
    actions.record_check(
        **{**ask, "mode": "inspection", "field": "feedback"}, actor=again(firm.people[DEPT_HEAD])
    )
    assert Check.objects.count() == 2
    # The finding goes to the department concerned, which owes its correction by the day.
    with pytest.raises(NotAllowed):
        actions.record_finding(source=check.subject, found=found(owner), actor=again(firm.approver))
    finding = actions.record_finding(source=check.subject, found=found(owner), actor=head)
    assert finding.status == FindingStatus.OPEN
    owed = Duty.objects.open().get(kind="supervision.correction")
    assert (owed.owner, clock.local(owed.due_at).date()) == (owner, finding.due_on)
    assert Notification.objects.filter(user=owner, kind="supervision.finding").exists()
    # Corrected with evidence, verified by somebody else of the team, once sent back.
    for accepted in (False, True):
        correction = actions.correct_finding(
            finding=finding, text="已增设", evidence=pdf(), actor=again(owner)
        )
        with pytest.raises(NotAllowed):
            actions.verify_correction(correction=correction, is_accepted=True, actor=again(owner))
        actions.verify_correction(
            correction=correction, is_accepted=accepted, note="还差一名", actor=again(firm.people[DEPT_HEAD])
        )
        finding.refresh_from_db()
    assert finding.status == FindingStatus.VERIFIED
    assert not Duty.objects.open().filter(kind__startswith="supervision.correction").exists()
    # The month is drafted once, written and sent by the head, and then stays.
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    with clock.at(clock.moment(following, 1)):
        drafted = actions.draft_reports(today=following)
        assert [report.team for report in drafted] == [team]
        assert actions.draft_reports(today=following) == []
    report = SupervisionReport.objects.get()
    assert report.figures | {"notes": 0} == {
        "checks": 2, "legality": 0, "findings": 1, "settled": 1, "open": 0, "late": 0, "notes": 0,
    }  # fmt: skip
    assert "现场跟进签到" in report.text
    assert Duty.objects.open().get(kind="supervision.report").owner == firm.colleague
    client.force_login(firm.people[VP_MARKETING])
    assert client.get(report.get_absolute_url()).status_code == 404  # a draft is the team's
    with pytest.raises(NotAllowed):
        actions.write_report(report=report, text="x", actor=again(firm.people[DEPT_HEAD]))
    actions.write_report(report=report, text="本月两次检查，一项整改。", actor=again(head))
    actions.send_report(report=report, text="本月两次检查，一项整改并复查。", actor=again(head))
    assert not Duty.objects.open().filter(kind="supervision.report").exists()
    told = Notification.objects.filter(kind="supervision.reported").values_list("user", flat=True)
    assert {firm.people[VP_MARKETING].pk, firm.people[REGIONAL_LEADERSHIP].pk} <= set(told)
    assert "整改并复查" in client.get(report.get_absolute_url()).content.decode()
    with pytest.raises(WrongState):
        actions.write_report(report=report, text="改", actor=again(head))


@pytest.mark.req("SUP-03", whole=True)
def test_every_activity_is_checked_for_honesty_and_what_is_unlawful_is_barred(
    client: Client, firm: Firm, campaign: Campaign, team: Team
) -> None:
    head, owner = again(firm.colleague), firm.owner
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.PREPARING)
    # Nobody has checked it: the head of the team owes that; once.
    assert actions.owe_legality_checks(today=clock.today()) == 1
    actions.owe_legality_checks(today=clock.today())
    assert Duty.objects.open().get(kind="supervision.legality").owner == firm.colleague
    ask = {"about": campaign.subject, "mode": "legality", "on": clock.today(), "text": "逐项核查"}
    kind = campaign.kind
    for given in ({}, answers(kind) | {"claims": ("no", " ")}):
        with transaction.atomic(), pytest.raises(Invalid):
            actions.record_check(**ask, answers=given, actor=head)
    check = actions.record_check(**ask, answers=answers(kind, claims="海报写“全国第一”"), actor=head)
    assert check.wrong == 1
    assert not Duty.objects.open().filter(kind="supervision.legality").exists()
    assert actions.owe_legality_checks(today=clock.today()) == 0
    # What is unlawful or untrue does not go on until it is put right and verified by another.
    finding = actions.record_finding(
        source=check.subject,
        found=found(owner, kind="legality", severity="critical", text="夸大宣传"),
        actor=head,
    )
    assert nothing_unlawful_stands(campaign) is not None
    correction = actions.correct_finding(
        finding=finding, text="海报已更换", evidence=pdf(), actor=again(owner)
    )
    assert nothing_unlawful_stands(campaign) is not None
    actions.verify_correction(correction=correction, is_accepted=True, actor=head)
    assert nothing_unlawful_stands(campaign) is None

    # Anybody reports misconduct; only whoever deals with it learns from whom, and nobody whom it touches deals with it.
    auditor, manager = firm.people[AUDITOR], firm.people[GENERAL_MANAGER]
    reporter = firm.outsider
    entries = JournalEntry.objects.count()
    client.force_login(reporter)
    form = {"kind": "fraud", "text": "到场人数虚报", "accused": auditor.pk, "uploads": [pdf("签到表.pdf")]}
    refused = client.post("/supervision/tell/", {**form, "text": "", "uploads": []})
    assert refused.status_code == 422
    assert client.post("/supervision/tell/", form).status_code == 302
    tip = Tip.objects.get()
    assert tip.reporter == reporter
    new = list(JournalEntry.objects.order_by("pk")[entries:])
    assert new
    assert all(entry.actor is None and "到场人数" not in str(entry.data) for entry in new)
    assert tip.subject.created_by is None
    assert tip.files.get().name == "签到表.pdf"
    told = Notification.objects.filter(kind="supervision.tip")
    assert [one.user for one in told] == [manager]  # not the accused, though he holds the office
    assert list(tips_for(again(auditor))) == []
    assert client.get(tip.get_absolute_url()).status_code == 403
    client.force_login(auditor)
    assert client.get(tip.get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        actions.take_tip(tip=tip, actor=again(auditor))
    client.force_login(manager)
    assert reporter.name in client.get(tip.get_absolute_url()).content.decode()
    assert client.get(f"{tip.get_absolute_url()}files/{tip.files.get().pk}/").status_code == 200
    actions.take_tip(tip=tip, actor=again(manager))
    assert Duty.objects.open().get(kind="supervision.tip").owner == manager
    source = Tip.objects.get(pk=tip.pk).subject
    wrong = found(owner, kind="legality", severity="critical", text="到场人数与签到表不符")
    measure = actions.record_finding(source=source, found=wrong, actor=again(manager))
    assert reporter.name not in str(JournalEntry.objects.filter(subject=measure.subject).values_list("data"))
    with pytest.raises(Invalid):
        actions.close_tip(tip=tip, is_upheld=True, result=" ", actor=again(manager))
    actions.close_tip(tip=tip, is_upheld=True, result="属实，已整改", actor=again(manager))
    assert not Duty.objects.open().filter(kind="supervision.tip").exists()
    assert own_tips(reporter).get().result == "属实，已整改"
    with pytest.raises(WrongState):
        actions.take_tip(tip=tip, actor=again(manager))
    # Whom a report touches does not deal with it, whatever his office.
    assert is_impartial(tip, firm.people[VP_MARKETING])
    assert not is_impartial(tip, reporter)
    # Without a name nobody knows; about an activity its people do not see it either.
    actions.report_misconduct(
        kind="misleading", text="海报夸大", about=campaign.subject, is_anonymous=True, actor=again(owner)
    )
    hidden = Tip.objects.latest("pk")
    assert hidden.reporter is None
    assert own_tips(owner).count() == 0
    assert not visible_subjects(again(owner)).filter(pk=hidden.pk).exists()
    assert list(tips_for(again(auditor))) == [hidden]


@pytest.mark.req("SUP-04", whole=True)
def test_everybody_acknowledges_the_code_of_conduct_and_breaches_are_kept_apart(
    client: Client, firm: Firm
) -> None:
    auditor, manager, person = firm.people[AUDITOR], firm.people[GENERAL_MANAGER], firm.owner
    code = Regulation.objects.create(number="XW1", name="营销人员行为规范")
    ask = {"regulation": code, "year": 2026, "due_on": clock.today() + timedelta(days=20)}
    with pytest.raises(Invalid):  # no edition in force
        actions.open_round(**ask, actor=again(auditor))
    Edition.objects.create(
        regulation=code,
        number=1,
        state=Edition.State.PUBLISHED,
        effective_from=clock.today() - timedelta(days=9),
    )
    with pytest.raises(NotAllowed):
        actions.open_round(**ask, actor=again(person))
    turn = actions.open_round(**ask, actor=again(auditor))
    with pytest.raises(WrongState):
        actions.open_round(**ask, actor=again(auditor))
    asked = Acknowledgement.objects.count()
    assert asked == Duty.objects.open().filter(kind="supervision.conduct").count() > 10
    client.force_login(person)
    assert client.get("/supervision/conduct/").status_code == 200
    for _twice in range(2):
        assert client.post("/supervision/conduct/acknowledge/").status_code == 302
    assert JournalEntry.objects.filter(kind="supervision.conduct_acknowledged").count() == 1
    assert not Duty.objects.open().filter(kind="supervision.conduct", owner=person).exists()
    standing = standing_of(turn, again(auditor))
    assert (standing.asked, standing.missing) == (asked, asked - 1)
    client.force_login(manager)
    html = client.get("/supervision/conduct/").content.decode()
    assert firm.colleague.name in html  # who has not
    # Newcomers are asked when they come, everybody again in the next year, by the same document.
    joined = make_user("新来的")
    make_appointment(joined, firm.east, DEPT_HEAD)
    assert actions.ask_newcomers(today=clock.today()) == 1
    assert actions.ask_newcomers(today=clock.today()) == 0
    assert actions.open_yearly_round(today=clock.today().replace(year=2026)) is None
    later = clock.today().replace(year=2027, month=1, day=4)
    with clock.at(clock.moment(later, 1)):
        following = actions.open_yearly_round(today=later)
    assert following is not None
    assert following.edition.regulation == code

    # A breach is seen by office and by the person, who makes one statement; nobody else finds it.
    broken = Broken(person=person, clause="002 1.2", on=clock.today(), text="收受礼品", measure="退回并警告")
    for actor in (person, firm.colleague):
        with pytest.raises(NotAllowed):
            actions.record_breach(broken=broken, actor=again(actor))
    breach = actions.record_breach(broken=broken, actor=again(auditor))
    assert "收受礼品" not in str(JournalEntry.objects.filter(subject=breach.subject).values_list("data"))
    for who, count in (
        (person, 1),
        (auditor, 1),
        (firm.people[REGIONAL_LEADERSHIP], 1),
        (firm.colleague, 0),
        (firm.outsider, 0),
    ):
        assert breaches_for(again(who)).count() == count, who
    client.force_login(firm.colleague)
    assert client.get(breach.get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        actions.make_statement(breach=breach, text="x", actor=again(auditor))
    actions.make_statement(breach=breach, text="已退回", actor=again(person))
    with pytest.raises(WrongState):
        actions.make_statement(breach=breach, text="再说", actor=again(person))


@pytest.mark.once
def test_the_pages_of_supervision(client: Client, firm: Firm, campaign: Campaign, team: Team) -> None:
    client.force_login(firm.colleague)
    for page in ("checks/", "reports/", "tell/", "conduct/", "conduct/breaches/"):
        assert client.get(f"/supervision/{page}").status_code == 200, page
    assert client.get("/supervision/tips/", headers=JSON).status_code == 403
    add = f"/supervision/checks/add/{campaign.pk}/"
    assert (
        client.post(add, {"mode": "live", "field": "execution", "on": "x", "text": "看"}).status_code == 422
    )
    today = str(clock.today())
    assert (
        client.post(add, {"mode": "live", "field": "execution", "on": today, "text": "看"}).status_code == 302
    )
    refused = client.post(f"{add}?mode=legality", {"on": today, "text": "核", "note_claims": "写了第一"})
    assert refused.status_code == 422
    assert "写了第一" in refused.content.decode()
    check = Check.objects.get()
    html = client.get(check.get_absolute_url()).content.decode()
    assert f"/supervision/checks/{check.pk}/findings/add/" in html
    form = {
        "kind": "execution", "severity": "minor", "text": "缺引导", "measure": "补", "owner": firm.owner.pk,
        "due_on": today,
    }  # fmt: skip
    done = client.post(f"{check.get_absolute_url()}findings/add/", form, headers={"HX-Request": "true"})
    assert done.status_code == 200
    finding = Finding.objects.get()
    assert client.get(finding.get_absolute_url()).status_code == 200
    client.force_login(firm.owner)
    assert client.get(add, headers=JSON).status_code == 403
    assert client.get(finding.get_absolute_url()).status_code == 200
    client.force_login(firm.people[AUDITOR])
    for page in ("tips/", "checks/", "conduct/breaches/", "conduct/"):
        assert client.get(f"/supervision/{page}").status_code == 200
    for page in ("conduct/ask/", "conduct/breaches/add/"):
        assert client.get(f"/supervision/{page}", headers={"HX-Request": "true"}).status_code == 200
