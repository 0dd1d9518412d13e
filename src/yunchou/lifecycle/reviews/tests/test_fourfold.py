"""High-end events are evaluated on four indicators that fill themselves from their sources (EVA-03, 003 五(一))."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.models import ReadingKind, Source
from yunchou.capabilities.metrics.tables import WHOLE as WHOLE_SERIES
from yunchou.capabilities.operations.models import Tone
from yunchou.capabilities.preparation.models import Publicity, PublicityChannel
from yunchou.capabilities.surveys import actions as surveys
from yunchou.capabilities.surveys.actions import Details
from yunchou.capabilities.surveys.audiences import Person
from yunchou.capabilities.surveys.models import Purpose, QuestionKind, Recipient, Section, Survey
from yunchou.capabilities.surveys.selectors.opinions import opinions_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.models import Parameter
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.archive.packing.summary import summary_data
from yunchou.lifecycle.campaigns.actions import close_campaign
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.selectors import facts_of
from yunchou.lifecycle.campaigns.tests.factories import START, again, make_campaign
from yunchou.lifecycle.events.actions.media import Reported, keep_media_report
from yunchou.lifecycle.events.kinds import has_media
from yunchou.lifecycle.events.models import Guest, Reply
from yunchou.lifecycle.events.tests.factories import make_guest
from yunchou.lifecycle.reviews.actions import fourfold as fourfold_actions
from yunchou.lifecycle.reviews.actions import open_evaluation, record_actual, take_actuals
from yunchou.lifecycle.reviews.fourfold import PARTS, Four, Fourfold, fourfold_of
from yunchou.lifecycle.reviews.models import EvaluationLine
from yunchou.lifecycle.reviews.rules import goals_and_evaluation_match, high_end_event_is_scored
from yunchou.lifecycle.reviews.selectors import lines_of, review_of
from yunchou.lifecycle.reviews.sheets import evaluation
from yunchou.lifecycle.reviews.sources import Found, found_of
from yunchou.lifecycle.reviews.tables import EvaluationRow
from yunchou.lifecycle.reviews.tasks import follow

END = clock.moment(START, 20)
GIVEN = {"content": 4, "organisation": 5, "service": 3, "overall": 8}
"""Marks that every guest gives by section."""


def rows(**points: tuple[int, int]) -> list[EvaluationRow]:
    """Lines of parts by key, each with actual and target."""
    names = {part.key: part.name for part in PARTS}
    return [
        EvaluationRow(indicator=names[key], actual=Figure(Decimal(actual)), target=Figure(Decimal(target)))
        for key, (actual, target) in points.items()
    ]


WHOLE = {
    "content": (85, 85), "organisation": (100, 85), "service": (68, 85), "people": (90, 100), "rate": (40, 80),
    "possibility": (30, 60), "direction": (50, 50), "exposure": (500, 1000), "attention": (2000, 1000),
}  # fmt: skip


@pytest.mark.req("EVA-03")
def test_parts_are_attainments_up_to_100_and_indicators_weighed_by_parameters() -> None:
    four = fourfold_of(rows(**WHOLE), {"satisfaction": 40, "participation": 30, "intention": 20, "brand": 10})
    assert [one.of for one in four.indicators] == list(Four)
    assert [str(one.score) for one in four.indicators] == ["93.3", "70.0", "75.0", "75.0"]
    assert (str(four.score), four.is_provisional) == ("80.8", False)
    [verdict] = high_end_event_is_scored.check(four)
    assert (verdict.passed, verdict.values["score"]) == (
        False,
        "79.2",
    )  # with the weights in force: 30, 25, 25, 20
    some = fourfold_of(rows(content=(85, 85)), {"satisfaction": 40, "brand": 10})
    assert (str(some.score), some.is_provisional, len(some.unsettled)) == ("100.0", True, 8)
    assert not high_end_event_is_scored.check(some)[0].passed
    assert not high_end_event_is_scored.check(Fourfold(()))[0].passed
    full = fourfold_of(rows(**dict.fromkeys(WHOLE, (2, 1))))
    assert high_end_event_is_scored.check(full)[0].passed


@pytest.fixture
def event(firm: Firm) -> Campaign:
    """A high-end event that runs: four people invited, two of whom came with one companion."""
    with clock.at(clock.moment(START, 8)):
        campaign = make_campaign(firm, expected_people=4)  # whom one may invite to it is asked elsewhere
        guests = [make_guest(campaign.subject, firm, name) for name in ("林晓雯", "郑立", "何嘉欣", "许安")]
        Guest.objects.filter(subject=campaign.subject).update(reply=Reply.ACCEPTED)
        Guest.objects.filter(pk__in=[guests[0].pk, guests[1].pk]).update(arrived_at=clock.now())
        Guest.objects.create(
            subject=campaign.subject,
            name="随行",
            companion_of=guests[0],
            reply="accepted",
            arrived_at=clock.now(),
        )
    Campaign.objects.filter(pk=campaign.pk).update(kind=Kind.HIGH_END, status=Status.RUNNING)
    return again(campaign)


def ask(event: Campaign, firm: Firm, people: int = 4) -> tuple[Survey, list[Recipient]]:
    survey = surveys.add_survey(
        subject=event.subject, details=Details("答谢会问卷", firm.owner, Purpose.EVENT), template="client_event",
        actor=firm.owner,
    )  # fmt: skip
    asked = [Person(f"客人{n}") for n in range(people)]
    return survey, surveys.ask_people(survey=survey, people=asked, actor=firm.owner).recipients


def answer(survey: Survey, recipient: Recipient, possibility: int, direction: int) -> None:
    """Marks as `GIVEN`; the possibility of working together, and which direction (4: none for now)."""
    told: dict[str, object] = {}
    for one in survey.questions.all():
        if one.kind == QuestionKind.SCALE:
            told[one.key] = possibility if one.section == Section.INTENTION else GIVEN[one.section]
        elif one.section == Section.INTENTION and one.kind == QuestionKind.SEVERAL:
            told[one.key] = [one.options[direction]["key"]]
    surveys.take_answer(recipient=recipient, answers=told)


def actuals(event: Campaign) -> dict[str, str]:
    """What stands in the evaluation, by indicator."""
    found = EvaluationLine.objects.filter(subject=event.subject).order_by("position")
    return {line.indicator: str(line.actual_figure or "") for line in found}


@pytest.mark.req("EVA-03", whole=True)
@pytest.mark.rule("R-EVA-04")
def test_a_high_end_event_is_evaluated_on_four_indicators_that_fill_themselves(
    firm: Firm, event: Campaign, client: Client
) -> None:
    client.force_login(firm.owner)
    page = reverse("reviews:review_detail", args=[event.pk])
    with clock.at(END - timedelta(hours=1)):
        survey, asked = ask(event, firm)
        for place, (channel, content, wanted) in enumerate(
            ((PublicityChannel.WEBSITE, "官网报道", 5000), (PublicityChannel.SOCIAL, "公众号推文", 1000)), 1
        ):
            Publicity.objects.create(
                subject=event.subject, position=place, channel=channel, content=content, wanted_reach=wanted,
                review="passed", published_on=START,
            )  # fmt: skip
        assert 'id="four"' not in client.get(page).content.decode()
    with clock.at(END):
        close_campaign(campaign=event, actor=firm.owner)
        # By itself: the four indicators with their parts, of which the check-in knows two.
        assert actuals(event) == {
            "内容满意度": "", "组织满意度": "", "服务满意度": "", "参与人数": "3人", "到场率": "50%", "合作可能性": "",
            "合作方向明确率": "", "报道曝光量": "", "社会关注度": "",
        }  # fmt: skip
        dimensions = EvaluationLine.objects.filter(subject=event.subject).order_by("position")
        assert list(dict.fromkeys(dimensions.values_list("dimension", flat=True))) == [
            "客户满意度", "参与度", "业务合作意向", "品牌影响力",
        ]  # fmt: skip
        targets = {line.row.indicator: str(line.row.target) for line in lines_of(event.subject)}
        assert (targets["参与人数"], targets["到场率"], targets["报道曝光量"]) == ("≥4人", "≥80%", "≥5000次")
        rate = dimensions.get(indicator="到场率")
        assert (rate.owner, rate.source) == (firm.owner, "source")
        assert "50.00%" in rate.explanation  # with who came of those who had accepted (R-EVA-04)
        # Neither the findings nor the page call them indicators without a goal.
        assert all(line.is_of_goal for line in lines_of(event.subject))
        assert not any(
            one.at[0].table == "evaluation"
            for one in goals_and_evaluation_match.failures(facts_of(event.subject))
        )
        # What is missing is said per line, with where to do it.
        shown = client.get(page).content.decode()
        for words in (
            "四项评价指标",
            "还没有答卷；问卷开放至",
            "1 项宣传还没有触达数",
            reverse("surveys:board", args=[event.pk]),
        ):
            assert words in shown
        assert "还有 7 个分项没有得分" in shown
        complete = reverse("campaigns:campaign_move", args=[event.pk, "evaluate"])
        assert client.post(complete, headers={"hx-request": "true"}).status_code == 409

    with clock.at(END + timedelta(days=1)):
        for one, possibility, direction in zip(asked[:3], (5, 4, 3), (0, 1, 4), strict=True):
            answer(survey, one, possibility, direction)
        follow(clock.now())
        told = actuals(event)
        assert (told["内容满意度"], told["组织满意度"], told["服务满意度"]) == ("80分", "100分", "60分")
        assert (told["合作可能性"], told["合作方向明确率"]) == ("80分", "66.7%")
        lines = {line.indicator: line for line in EvaluationLine.objects.filter(subject=event.subject)}
        assert lines["合作方向明确率"].explanation.startswith("3 人中 2 人说出合作方向：")
        assert "商业与产业空间 1" in lines["合作方向明确率"].explanation
        assert lines["内容满意度"].explanation == "问卷，目前 3 份"
        count = JournalEntry.objects.filter(kind="reviews.actuals_taken").count()
        follow(clock.now())
        assert JournalEntry.objects.filter(kind="reviews.actuals_taken").count() == count, (
            "nothing new, no entry"
        )
        # Brand effect: one entered by hand, one out of the statistics of what was published.
        record_actual(
            line=lines["报道曝光量"],
            actual=Figure(Decimal(4000), "次"),
            actor=firm.owner,
            explanation="监测月报",
        )
        Publicity.objects.filter(subject=event.subject).update(reach=1500)
        assert client.post(reverse("reviews:actuals_take", args=[event.pk])).status_code == 302
        told = actuals(event)
        assert (told["报道曝光量"], told["社会关注度"]) == ("4000次", "1500次"), "what a person wrote stays"
        answer(survey, asked[3], 2, 4)
    with clock.at(END + timedelta(days=7, minutes=5)):
        surveys.follow_surveys()  # the questionnaire ends: its last answer counts without waiting for the clock
        told = actuals(event)
        assert (told["合作可能性"], told["合作方向明确率"]) == ("70分", "50%")
        review = review_of(event.subject)
        assert review.four is not None
        assert [str(one.score) for one in review.four.indicators] == ["88.2", "68.8", "100.0", "90.0"]
        assert (str(review.four.score), review.four.is_provisional) == ("86.7", False)
        Parameter.objects.create(rule="K-EVA-02", name="wanted", value="90", valid_from=START)
        Parameter.objects.create(rule="K-EVA-02", name="participation", value="100", valid_from=START)
        shown = client.get(page).content.decode()
        assert "低于目标 90 分" in shown
        assert "权重 100" in shown
        # The report has them, too.
        report = summary_data(again(event), actor=firm.owner, made_at=clock.now(), chain_head="x")["four"]
        assert [len(one["parts"]) for one in report["indicators"]] == [3, 2, 2, 2]
        assert report["indicators"][1]["parts"][0][:4] == ["参与人数", "≥4人", "3人", "75.0"]
        client.post(complete)
        assert again(event).status == Status.EVALUATED
        assert take_actuals(subject=event.subject, actor=None) == []
        assert client.post(reverse("reviews:actuals_take", args=[event.pk])).status_code == 409


@pytest.mark.req("EVA-03")
def test_other_kinds_are_untouched_and_what_cannot_be_measured_is_explained(
    firm: Firm, event: Campaign, client: Client
) -> None:
    client.force_login(firm.owner)
    page = reverse("reviews:review_detail", args=[event.pk])
    with clock.at(END):
        Campaign.objects.filter(pk=event.pk).update(kind=Kind.CUSTOMER)
        close_campaign(campaign=again(event), actor=firm.owner)
        follow(clock.now())
        assert open_evaluation(subject=event.subject, actor=firm.owner) == []
        assert take_actuals(subject=event.subject, actor=firm.owner) == []
        assert 'id="four"' not in client.get(page).content.decode()
        # One that was closed before is followed from the next time on.
        Campaign.objects.filter(pk=event.pk).update(kind=Kind.HIGH_END)
        follow(clock.now())
        assert len(actuals(event)) == 9
        shown = client.get(page).content.decode()
        assert "还没有问卷" in shown
        assert "还没有统计：请录入“曝光量”读数" in shown
        # A line that was deleted comes back from the button, one that is explained keeps nothing open.
        EvaluationLine.objects.get(subject=event.subject, indicator="社会关注度").delete()
        assert len(open_evaluation(subject=event.subject, actor=firm.owner)) == 1
        complete = reverse("campaigns:campaign_move", args=[event.pk, "evaluate"])
        for row in evaluation.load(event.subject):
            if row.actual is None:
                assert client.post(complete, headers={"hx-request": "true"}).status_code == 409
                evaluation.save_row(
                    event.subject, replace(row, explanation="闭门活动，未作统计"), actor=firm.owner
                )
        client.post(complete)
        assert again(event).status == Status.EVALUATED
        client.force_login(firm.colleague)
        assert client.post(reverse("reviews:actuals_take", args=[event.pk])).status_code == 403
        client.force_login(firm.outsider)
        assert client.post(reverse("reviews:actuals_take", args=[event.pk])).status_code == 404


@pytest.mark.req("EVA-03")
def test_few_anonymous_answers_are_not_broken_down(firm: Firm, event: Campaign) -> None:
    with clock.at(END - timedelta(hours=1)):
        survey, asked = ask(event, firm, 5)
        Survey.objects.filter(pk=survey.pk).update(is_anonymous=True)
        survey.refresh_from_db()
        surveys.open_survey(survey=survey, actor=firm.owner)
        for one in asked[:4]:
            answer(survey, Recipient.objects.get(pk=one.pk), 5, 0)
        hidden = opinions_of(event.subject)
        assert (hidden.is_hidden, dict(hidden.sections), hidden.possibility) == (True, {}, None)
        answer(survey, Recipient.objects.get(pk=asked[4].pk), 5, 0)
        surveys.close_survey(survey=survey, actor=firm.owner)
        assert str(opinions_of(event.subject).sections["content"].value) == "80.0"


def line_of(event: Campaign, indicator: str) -> EvaluationLine:
    return EvaluationLine.objects.get(subject=event.subject, indicator=indicator)


def come(event: Campaign, name: str) -> None:
    """One more guest came."""
    Guest.objects.create(subject=event.subject, name=name, reply=Reply.ACCEPTED, arrived_at=clock.now())


@pytest.mark.req("EVA-03")
def test_what_a_person_emptied_stays_empty_and_what_they_confirmed_stays_theirs(
    firm: Firm, event: Campaign
) -> None:
    with clock.at(END):
        close_campaign(campaign=event, actor=firm.owner)
        people, rate = line_of(event, "参与人数"), line_of(event, "到场率")
        row = evaluation.row(people)
        evaluation.save_row(event.subject, replace(row, actual=None, explanation=""), actor=firm.owner)
        # The same number as the source says, but said by a person.
        record_actual(line=rate, actual=Figure(Decimal(50), "%"), actor=firm.owner)
        come(event, "沈悦")
        follow(clock.now())
        take_actuals(subject=event.subject, actor=firm.owner)
        assert (actuals(event)["参与人数"], actuals(event)["到场率"]) == ("", "50%")
        # Typed in the table, changed and changed back: a person's, too.
        EvaluationLine.objects.filter(subject=event.subject).delete()
        open_evaluation(subject=event.subject, actor=firm.owner)
        assert actuals(event)["参与人数"] == "4人"
        for number in (9, 4):
            row = evaluation.row(line_of(event, "参与人数"))
            given = {key: cell for key, cell in row.given.items() if key != "actual"}
            wrote = replace(row, actual=Figure(Decimal(number), "人"), given=given)
            evaluation.save(
                event.subject,
                [wrote if one.pk == row.pk else one for one in evaluation.load(event.subject)],
                actor=firm.owner,
            )
        come(event, "沈冉")
        follow(clock.now())
        assert actuals(event)["参与人数"] == "4人"


@pytest.mark.req("EVA-03")
def test_exposure_is_of_reports_beside_what_was_wanted_of_them_and_media_count(
    firm: Firm, event: Campaign
) -> None:
    rows = (
        (PublicityChannel.WEBSITE, 5000), (PublicityChannel.OTHER, 1000), (PublicityChannel.EMAIL, 300),
        (PublicityChannel.SOCIAL, 700),
    )  # fmt: skip
    for place, (channel, wanted) in enumerate(rows, 1):
        Publicity.objects.create(
            subject=event.subject, position=place, channel=channel, content=f"宣传{place}", wanted_reach=wanted, review="passed",
            published_on=START,
        )  # fmt: skip
    of = Publicity.objects.filter(subject=event.subject)
    with clock.at(END):
        close_campaign(campaign=event, actor=firm.owner)

        def told() -> tuple[str, str]:
            follow(clock.now())
            row = evaluation.row(line_of(event, "报道曝光量"))
            return str(row.actual or ""), str(row.target)

        assert told() == ("", "≥6000次")
        of.filter(channel=PublicityChannel.EMAIL).update(reach=280)
        assert told() == ("", "≥6000次"), "an invitation is no report"
        of.filter(channel=PublicityChannel.OTHER).update(reach=900)
        assert told() == ("900次", "≥1000次"), "beside what was wanted of what was measured"
        of.filter(channel=PublicityChannel.WEBSITE).update(reach=4500)
        assert told() == ("5400次", "≥6000次")
        # What media published reaches the brand effect of a high-end event, too.
        assert has_media(event.subject)
        keep_media_report(
            subject=event.subject,
            reported=Reported(
                "城市日报",
                "高端论坛",
                START,
                Tone.POSITIVE.value,
                address="https://example.com/1",
                reach=80000,
            ),
            actor=firm.owner,
        )
        assert told() == ("80000次", "≥6000次")
        # A target that a person wrote stays.
        row = evaluation.row(line_of(event, "报道曝光量"))
        given = {key: cell for key, cell in row.given.items() if key != "target"}
        evaluation.save_row(
            event.subject, replace(row, target=Figure(Decimal(7000), "次"), given=given), actor=firm.owner
        )
        of.filter(channel=PublicityChannel.WEBSITE).update(wanted_reach=8000)
        assert told() == ("80000次", "7000次")


@pytest.mark.req("EVA-03")
def test_one_event_that_fails_stops_no_other(
    firm: Firm, event: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_campaign(firm)
    Campaign.objects.filter(pk__in=[event.pk, other.pk]).update(kind=Kind.HIGH_END, status=Status.CLOSED)
    first, last = sorted([event.pk, other.pk])

    def broken(subject: Subject) -> dict[str, Found]:
        if subject.pk == first:
            raise ZeroDivisionError
        return found_of(subject)

    monkeypatch.setattr(fourfold_actions, "found_of", broken)
    follow(clock.now())
    found = EvaluationLine.objects.values_list("subject", flat=True).distinct().order_by()
    assert list(found) == [last]


@pytest.mark.req("EVA-03")
def test_a_score_is_provisional_while_guests_answer_and_final_once_the_rest_is_explained(
    firm: Firm, event: Campaign
) -> None:
    missing = replace(rows(exposure=(0, 1))[0], actual=None, explanation="闭门活动")
    part = {key: value for key, value in WHOLE.items() if key != "exposure"}
    four = fourfold_of([*rows(**part), missing])
    assert (four.is_provisional, replace(four, is_open=True).is_provisional) == (False, True)
    assert high_end_event_is_scored.check(replace(four, is_open=True))[0].values == {"score": "84.2"}
    without = replace(rows(exposure=(5, 1))[0], target=None)
    assert fourfold_of([*rows(**part), without]).is_provisional
    with clock.at(END - timedelta(hours=1)):
        survey, asked = ask(event, firm)
        surveys.open_survey(survey=survey, actor=firm.owner)
        answer(survey, Recipient.objects.get(pk=asked[0].pk), 5, 0)
        close_campaign(campaign=event, actor=firm.owner)
        shown = review_of(event.subject).four
        assert shown is not None
        assert shown.is_open
    with clock.at(END + timedelta(days=8)):
        surveys.follow_surveys()
        shown = review_of(event.subject).four
        assert shown is not None
        assert not shown.is_open


@pytest.mark.req("EVA-03")
def test_anonymous_answers_are_told_all_together_at_the_end(firm: Firm, event: Campaign) -> None:
    with clock.at(END - timedelta(hours=1)):
        survey, asked = ask(event, firm, 6)
        Survey.objects.filter(pk=survey.pk).update(is_anonymous=True)
        survey.refresh_from_db()
        surveys.open_survey(survey=survey, actor=firm.owner)
        close_campaign(campaign=event, actor=firm.owner)
        for one in asked[:5]:
            answer(survey, Recipient.objects.get(pk=one.pk), 5, 0)
            follow(clock.now())
        assert actuals(event)["内容满意度"] == ""
        missing = found_of(event.subject)["content"].missing
        assert "匿名问卷的结果在结束时一并给出" in str(missing)
    with clock.at(END + timedelta(days=8)):
        surveys.follow_surveys()
        assert actuals(event)["内容满意度"] == "80分"
    taken = JournalEntry.objects.filter(kind="reviews.actuals_taken").values_list("data", flat=True)
    assert len([one for one in taken if "内容满意度" in one["indicators"]]) == 1


@pytest.mark.req("EVA-03")
def test_directions_stand_in_one_order_and_names_that_begin_with_no_are_names(
    firm: Firm, event: Campaign
) -> None:
    with clock.at(END - timedelta(hours=1)):
        survey, asked = ask(event, firm)
        question = next(
            one
            for one in survey.questions.all()
            if one.section == Section.INTENTION and one.kind == QuestionKind.SEVERAL
        )
        names = ["无锡商业项目", "无", "暂无明确方向", "无人机物流"]
        question.options = [
            {**option, "zh": name} for option, name in zip(question.options, names, strict=False)
        ]
        question.save(update_fields=["options"])
        surveys.open_survey(survey=survey, actor=firm.owner)
        for n, one in enumerate(asked):
            answer(survey, Recipient.objects.get(pk=one.pk), 5, n)
        found = opinions_of(event.subject)
        assert (found.named, found.asked) == (2, 4)
        assert found.directions == (("无人机物流", 1), ("无锡商业项目", 1))


def test_an_empty_series_of_all_channels_hides_no_reading(firm: Firm, event: Campaign) -> None:
    name = "曝光量"
    for channel in (WHOLE_SERIES, "官网"):
        open_watched(subject=event.subject, channel=channel, indicator=name, owner=None)
    point = Point(
        channel="官网", indicator=name, day=START, value=Decimal(1200), kind=ReadingKind.CUMULATIVE, unit="次"
    )
    with clock.at(END):
        record_readings(subject=event.subject, points=[point], actor=None, source=Source.COMPUTED, key="t:1")
        found = found_of(event.subject)["exposure"]
    assert str(found.figure) == "1200次"
