"""Recruitment and trainings, and who may see them (ORG-10, GEN-01)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.directory.organisation import actions
from yunchou.directory.organisation.models import Candidate, Opening, Result, Stage, Training, TrainingKind
from yunchou.directory.organisation.positions import SALES_REPRESENTATIVE
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry

from .factories import Firm

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-10")]


def opening(firm: Firm) -> Opening:
    return actions.open_recruitment(
        unit=firm.department("east", "sales"),
        position=SALES_REPRESENTATIVE,
        people=2,
        criteria="两年以上销售经验",
        actor=firm.approver,
    )


def training(firm: Firm, **fields: object) -> Training:
    values = {
        "unit": firm.department("east"),
        "title": "活动数据采集",
        "kind": TrainingKind.EXPERT,
        "trainer": "刘教授（外聘）",
        "held_on": clock.today(),
        "people": [firm.owner, firm.colleague],
        "actor": firm.approver,
    }
    return actions.keep_training(**(values | fields))  # type: ignore[arg-type]


def test_from_criteria_to_a_decision_by_them(firm: Firm) -> None:
    sought = opening(firm)
    candidate = actions.add_candidate(
        opening=sought, name="应聘者甲", phone="13900000000", actor=firm.approver
    )
    values = {"name": "应聘者甲", "phone": "13900000000", "source": "内部推荐", "actor": firm.approver}
    with pytest.raises(Invalid) as refusal:
        actions.assess_candidate(candidate=candidate, stage=Stage.HIRED, assessment=" ", **values)
    assert "assessment" in refusal.value.fields
    actions.assess_candidate(candidate=candidate, stage=Stage.HIRED, assessment="符合标准", **values)
    actions.close_recruitment(opening=sought, actor=firm.approver)
    with pytest.raises(WrongState):
        actions.add_candidate(opening=sought, name="应聘者乙", actor=firm.approver)
    assert Candidate.objects.get().stage == Stage.HIRED
    told = "".join(str(entry.data) for entry in JournalEntry.objects.all())
    assert "应聘者甲" not in told
    assert "13900000000" not in told


def test_results_are_kept_for_each_participant(firm: Firm) -> None:
    kept = training(firm)
    one, other = kept.trainees.order_by("user__username")
    outcomes = {one.pk: actions.Outcome(Result.PASSED, Decimal(92)), other.pk: actions.Outcome(Result.ABSENT)}
    assert actions.record_results(training=kept, outcomes=outcomes, actor=firm.approver) == 2
    assert actions.record_results(training=kept, outcomes=outcomes, actor=firm.approver) == 0
    with pytest.raises(Invalid):
        actions.record_results(
            training=kept,
            outcomes={one.pk: actions.Outcome(Result.PASSED, Decimal(101))},
            actor=firm.approver,
        )
    with pytest.raises(Invalid) as refusal:  # who has a result stays
        actions.set_trainees(training=kept, people=[], actor=firm.approver)
    assert "people" in refusal.value.fields
    later = training(firm, held_on=clock.today() + timedelta(days=1))
    with pytest.raises(WrongState):
        actions.record_results(training=later, outcomes={}, actor=firm.approver)


def test_bad_input_names_the_field(firm: Firm) -> None:
    for fields, field in (({"title": " "}, "title"), ({"trainer": ""}, "trainer"), ({"kind": "x"}, "kind")):
        with pytest.raises(Invalid) as refusal:
            training(firm, **fields)
        assert field in refusal.value.fields
    with pytest.raises(Invalid):
        actions.open_recruitment(
            unit=firm.east, position=SALES_REPRESENTATIVE, people=0, criteria="x", actor=firm.approver
        )
    assert not Training.objects.exists()
    assert not Opening.objects.exists()


@pytest.mark.req("GEN-01")
def test_personnel_data_is_seen_by_heads_of_the_unit_and_by_the_person(client: Client, firm: Firm) -> None:
    sought, kept = opening(firm), training(firm)
    actions.add_candidate(opening=sought, name="应聘者甲", actor=firm.approver)
    pages = [
        "/organisation/recruitment/",
        f"/organisation/recruitment/{sought.pk}/",
        "/organisation/trainings/",
        f"/organisation/trainings/{kept.pk}/",
    ]

    def answers(user: object) -> list[int]:
        client.force_login(user)
        return [client.get(page).status_code for page in pages]

    assert answers(firm.approver) == [200] * 4
    assert answers(firm.people["general_manager"]) == [200] * 4
    # The outsider heads the marketing of another region: the lists are empty, the rest is not found.
    assert answers(firm.outsider) == [200, 404, 200, 404]
    assert answers(firm.colleague) == [403] * 4
    assert answers(firm.admin) == [403] * 4  # keeps accounts, not people
    with pytest.raises(NotAllowed):
        training(firm, actor=firm.outsider)

    person = f"/organisation/people/{firm.colleague.pk}/"
    for reader, sees in ((firm.colleague, True), (firm.approver, True), (firm.outsider, False)):
        client.force_login(reader)
        assert ("活动数据采集" in client.get(person).content.decode()) is sees


def test_the_pages_from_opening_to_result(client: Client, firm: Firm) -> None:
    client.force_login(firm.approver)
    fields = {
        "unit": firm.department("east").pk,
        "position": SALES_REPRESENTATIVE,
        "people": 1,
        "criteria": "",
    }
    assert client.post("/organisation/recruitment/add/", fields).status_code == 422
    client.post("/organisation/recruitment/add/", fields | {"criteria": "本科"})
    sought = Opening.objects.get()
    base = f"/organisation/recruitment/{sought.pk}"
    client.post(f"{base}/change/", {"people": 2, "criteria": "本科以上"})
    client.post(f"{base}/candidates/", {"name": "甲"})
    candidate = Candidate.objects.get()
    client.post(
        f"/organisation/candidates/{candidate.pk}/",
        {"name": "甲", "phone": "", "source": "", "stage": "interview", "assessment": ""},
    )
    client.post(f"{base}/close/")
    sought.refresh_from_db()
    assert (sought.people, sought.closed_on) == (2, clock.today())

    day = clock.today().isoformat()
    about = {"title": "礼仪", "kind": "internal", "trainer": "赵立群", "held_on": day}
    client.post(
        "/organisation/trainings/add/",
        {**about, "unit": firm.east.pk, "people": [firm.owner.pk], "hours": "2"},
    )
    kept = Training.objects.get()
    trainee = kept.trainees.get()
    names = {f"result_{trainee.pk}": "passed", f"score_{trainee.pk}": "300", f"note_{trainee.pk}": ""}
    page = f"/organisation/trainings/{kept.pk}/"
    assert client.post(page, names).status_code == 422
    client.post(page, names | {f"score_{trainee.pk}": "88"})
    client.post(
        f"{page}change/", {**about, "title": "接待礼仪", "people": [firm.owner.pk, firm.colleague.pk]}
    )
    kept.refresh_from_db()
    assert (kept.title, kept.trainees.count(), kept.trainees.get(pk=trainee.pk).score) == (
        "接待礼仪",
        2,
        Decimal(88),
    )


@pytest.mark.req("SUP-06", whole=True)
@pytest.mark.once
def test_whoever_looks_at_personnel_data_is_told_of_in_the_journal(firm: Firm, client: Client) -> None:
    """Every look at a training's results or a candidate; creations, changes and deletions have their own tests."""
    kept = training(firm)
    client.force_login(firm.approver)
    client.get(f"/organisation/trainings/{kept.pk}/")
    entry = JournalEntry.objects.filter(kind="organisation.personnel_shown").get()
    assert (entry.actor, entry.data["what"]) == (firm.approver, kept.title)
