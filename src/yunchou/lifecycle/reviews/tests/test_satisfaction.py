"""The course of a campaign brings its questionnaire, and its score the actual value of the evaluation."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.models import ReadingKind, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.capabilities.surveys import actions as surveys
from yunchou.capabilities.surveys.actions import Details
from yunchou.capabilities.surveys.audiences import Person
from yunchou.capabilities.surveys.models import Purpose, Survey
from yunchou.capabilities.surveys.selectors.results import result_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.sheets.values import Figure
from yunchou.lifecycle.campaigns.actions import close_campaign
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.tests.factories import START, again, bring_to, make_proposal
from yunchou.lifecycle.reviews.models import EvaluationLine
from yunchou.lifecycle.reviews.satisfaction import take_score
from yunchou.lifecycle.reviews.sheets import evaluation
from yunchou.lifecycle.reviews.tables import EvaluationRow


@pytest.fixture
def proposal(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    monkeypatch.setattr("yunchou.lifecycle.campaigns.actions.course.demand_readiness", lambda subject: None)
    with clock.at(clock.moment(START, 8)):
        return make_proposal(firm)


def draw_up(campaign: Campaign, firm: Firm, template: str, purpose: str) -> Survey:
    details = Details(f"问卷{template}", firm.owner, purpose)
    return surveys.add_survey(subject=campaign.subject, details=details, template=template, actor=firm.owner)


@pytest.mark.req("EVA-04")
@pytest.mark.req("SUP-07", whole=True)
def test_feedback_opens_with_the_campaign_the_questionnaire_at_its_end_and_the_score_is_its_actual(
    firm: Firm, proposal: Campaign
) -> None:
    with clock.at(clock.moment(START, 8)):
        feedback = draw_up(proposal, firm, "feedback", Purpose.FEEDBACK)
        surveys.set_open_link(survey=feedback, is_on=True, actor=firm.owner)
        asked = draw_up(proposal, firm, "satisfaction", Purpose.EVENT)
        people = [Person(f"客人{n}") for n in range(4)]
        recipients = surveys.ask_people(survey=asked, people=people, actor=firm.owner).recipients
        bring_to(proposal, Status.RUNNING, firm)
        feedback.refresh_from_db()
        asked.refresh_from_db()
        assert (feedback.takes_answers, asked.is_draft) == (True, True)
        scale, several, text = feedback.questions.all()
        said = {scale.key: 4, several.key: ["a2"], text.key: "签到排队太久"}
        surveys.take_open_answer(survey=feedback, answers=said, device="x")
    end = clock.moment(START, 20)
    with clock.at(end):
        Campaign.objects.filter(pk=proposal.pk).update(kind=Kind.CUSTOMER)
        close_campaign(campaign=again(proposal), actor=firm.owner)
        asked.refresh_from_db()
        feedback.refresh_from_db()
        assert asked.takes_answers
        assert asked.closes_at == feedback.closes_at == end + timedelta(days=7)
        assert not Duty.objects.filter(kind="surveys.send").exists()
        surveys.take_open_answer(survey=feedback, answers={scale.key: 5}, device="y")  # after the end, too
        row = EvaluationRow(
            dimension="用户满意", indicator="活动满意度(抽样100人)", target=Figure(None, label="≥85")
        )
        line = evaluation.save_row(proposal.subject, row, actor=firm.owner)
        marks = {question.key: 5 for question in asked.questions.all() if question.top}
        for one in recipients[:3]:
            surveys.take_answer(recipient=one, answers=marks)
    with clock.at(end + timedelta(days=7, minutes=5)):
        surveys.follow_surveys()
    feedback.refresh_from_db()
    assert feedback.closed_at
    kept = EvaluationLine.objects.get(pk=line.pk)
    actual = evaluation.row(kept).actual
    assert actual is not None
    assert (str(actual.value), actual.unit, kept.source) == ("100", "分", "metrics")
    result = result_of(feedback, whole=True)
    assert (result.answered, str(result.score.value) if result.score else "") == (2, "90.0")


def test_an_event_for_customers_that_ends_without_a_questionnaire_owes_it(
    firm: Firm, proposal: Campaign
) -> None:
    with clock.at(clock.moment(START, 8)):
        bring_to(proposal, Status.RUNNING, firm)
        Campaign.objects.filter(pk=proposal.pk).update(kind=Kind.HIGH_END)
        close_campaign(campaign=again(proposal), actor=firm.owner)
    [duty] = Duty.objects.filter(kind="surveys.send")
    assert duty.owner == firm.owner


def test_a_part_of_the_four_indicators_takes_no_score_over_everything(firm: Firm, proposal: Campaign) -> None:
    survey = draw_up(proposal, firm, "client_event", Purpose.EVENT)
    rows = [EvaluationRow(dimension="客户满意度", indicator=name) for name in ("服务满意度", "嘉宾满意度")]
    lines = [evaluation.save_row(proposal.subject, row, actor=firm.owner) for row in rows]
    for row in rows:
        series = open_watched(subject=proposal.subject, channel=WHOLE, indicator=row.indicator, owner=None)
        point = Point(
            channel=WHOLE,
            indicator=row.indicator,
            day=clock.today(),
            value=Decimal(91),
            kind=ReadingKind.CUMULATIVE,
            unit="分",
        )
        record_readings(
            subject=proposal.subject,
            points=[point],
            actor=None,
            source=Source.COMPUTED,
            key=f"t:{row.indicator}",
        )
        series.refresh_from_db()
        take_score(survey, series)
    kept = [EvaluationLine.objects.get(pk=line.pk).actual_figure for line in lines]
    assert [str(one or "") for one in kept] == ["", "91"]
