"""Drawing up a questionnaire, asking people, opening and closing it with the activity and by the clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.metrics.actions.readings import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.models import ReadingKind, Series, Source
from yunchou.capabilities.preparation.models import Publicity
from yunchou.capabilities.preparation.models.rows import PublicityChannel
from yunchou.capabilities.surveys import actions
from yunchou.capabilities.surveys.actions import Details, Notes, change_survey, follow_surveys, survey_stamp
from yunchou.capabilities.surveys.audiences import Person
from yunchou.capabilities.surveys.deliveries import Occasion, ways
from yunchou.capabilities.surveys.models import Purpose, QuestionKind, Recipient, Section, Status, Survey
from yunchou.capabilities.surveys.selectors.people import recipients_for
from yunchou.capabilities.surveys.selectors.publicity import effect_of
from yunchou.directory.customers.actions.consents import withdraw_consent
from yunchou.directory.customers.models import Basis, Customer
from yunchou.directory.customers.models import Purpose as Use
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.kernel.ui.seen import Stale

from .factories import CAME, ask, at, make_subject, make_survey, marks, wording


@pytest.mark.req("EVA-06")
def test_a_questionnaire_is_drawn_up_and_never_changes_once_it_is_open(
    firm: Firm, subject: Subject, survey: Survey
) -> None:
    with pytest.raises(NotAllowed):
        make_survey(subject, firm.outsider)
    with pytest.raises(Invalid):
        make_survey(subject, firm.owner, title=survey.title)
    scale, *_others, last = survey.questions.all()
    choice = actions.put_question(
        survey=survey, wording=wording(QuestionKind.ONE, "会再来吗？"), actor=firm.owner
    )
    assert choice.position == last.position + 1
    follower = actions.put_question(
        survey=survey,
        wording=wording(QuestionKind.TEXT, "为什么？", shown_if=choice, shown_if_values=["a2"]),
        actor=firm.owner,
    )
    for bad in (
        wording(top=7), wording(text=" "), wording(QuestionKind.ONE, options=[("好", "")]),
        wording(QuestionKind.SEVERAL, options=[("好", ""), ("好 ", "")]), wording(section="weather"),
        wording(shown_if=follower, shown_if_values=["x"]), wording(shown_if=choice, shown_if_values=["zzz"]),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            actions.put_question(survey=survey, wording=bad, actor=firm.owner)
    # An answer that goes takes the condition with it; one that stays keeps its key.
    other = wording(QuestionKind.ONE, "会再来吗？", options=[("好", ""), ("也许", "Maybe")])
    actions.put_question(survey=survey, wording=other, question=choice, actor=firm.owner)
    follower.refresh_from_db()
    choice.refresh_from_db()
    assert follower.shown_if is None
    assert [option["key"] for option in choice.options] == ["a1", "a3"]
    again = wording(QuestionKind.TEXT, "为什么？", shown_if=choice, shown_if_values=["a3"])
    actions.put_question(survey=survey, wording=again, question=follower, actor=firm.owner)

    order = list(survey.questions.values_list("pk", flat=True))
    with pytest.raises(WrongState):  # a question is not asked before what it hangs on
        actions.order_questions(survey=survey, order=[order[-1], *order[:-1]], actor=firm.owner)
    with pytest.raises(WrongState):
        actions.order_questions(survey=survey, order=order[1:], actor=firm.owner)
    moved = actions.move_question(question=scale, by=1, actor=firm.owner)
    assert [one.pk for one in moved[:2]] == [order[1], order[0]]
    assert actions.move_question(question=moved[0], by=-1, actor=firm.owner)[0].pk == order[1]

    copy = actions.copy_survey(
        survey=survey, subject=subject, details=Details("副本", firm.owner), actor=firm.owner
    )
    assert [one.text for one in copy.questions.all()] == [one.text for one in survey.questions.all()]
    kept = copy.questions.get(text="为什么？")
    assert kept.shown_if_id == copy.questions.get(text="会再来吗？").pk
    assert kept.shown_if_values == ["a3"]
    actions.remove_question(question=copy.questions.get(text="会再来吗？"), actor=firm.owner)
    kept.refresh_from_db()
    assert kept.shown_if is None

    seen = survey_stamp(survey)
    change_survey(survey=survey, details=Details("改名", firm.owner), actor=firm.owner, seen=seen)
    with pytest.raises(Stale):
        change_survey(survey=survey, details=Details("又改", firm.owner), actor=firm.owner, seen=seen)
    actions.remove_survey(survey=copy, actor=firm.owner)
    empty = make_survey(subject, firm.owner, template="")
    with pytest.raises(WrongState):
        actions.open_survey(survey=empty, actor=firm.owner)
    opened = actions.open_survey(survey=survey, actor=firm.owner)
    assert opened.closes_at == clock.now() + timedelta(days=7)
    for late in (
        lambda: actions.put_question(survey=survey, wording=wording(), actor=firm.owner),
        lambda: actions.remove_question(question=scale, actor=firm.owner),
        lambda: actions.move_question(question=scale, by=1, actor=firm.owner),
        lambda: change_survey(survey=survey, details=Details("晚了", firm.owner), actor=firm.owner),
        lambda: actions.remove_survey(survey=survey, actor=firm.owner),
        lambda: actions.open_survey(survey=survey, actor=firm.owner),
    ):
        with pytest.raises(WrongState):
            late()


@pytest.mark.req("EVA-04", whole=True)
@pytest.mark.rule("R-EVA-03", whole=True)
def test_it_is_sent_when_the_activity_ends_reminded_on_day_three_and_six_and_closed_after_seven(
    firm: Firm, subject: Subject, survey: Survey
) -> None:
    CAME[subject.pk] = [Person("林晓雯"), Person("郑立")]
    by_hand = ask(survey, firm.owner, "许安")[0]
    draft = make_survey(subject, firm.owner, template="", title="没有问题的")
    kept_back = make_survey(subject, firm.owner, opens_by_itself=False)
    [opened] = actions.activity_ended(subject=subject, actor=firm.owner, is_owed=True)
    end = clock.now()
    assert opened == survey
    assert opened.is_open
    assert opened.closes_at == end + timedelta(days=7)
    assert [one.name for one in survey.recipients.all()] == ["许安", "林晓雯", "郑立"]
    assert {one.status for one in (draft, kept_back)} == {Status.DRAFT}
    assert Notification.objects.filter(user=firm.owner, kind="surveys.opened").count() == 1
    assert not Duty.objects.filter(kind="surveys.send").exists()
    # It cannot be prolonged beyond the week; ending it earlier is free.
    with pytest.raises(RuleRefused) as refused:
        actions.set_closing(survey=survey, closes_at=end + timedelta(days=8), actor=firm.owner)
    assert refused.value.verdicts[0].rule_id == "R-EVA-03"
    actions.set_closing(survey=survey, closes_at=end + timedelta(days=6, hours=23), actor=firm.owner)
    actions.take_answer(recipient=by_hand, answers=marks(survey, 5))
    # A way that sends takes whom it reaches; for the others the keeper owes the reminding.
    sent: list[tuple[str, str]] = []

    def send(one, recipients, occasion, actor):  # type: ignore[no-untyped-def]
        sent.extend((str(occasion), each.name) for each in recipients if each.name == "郑立")
        return {each.pk for each in recipients if each.name == "郑立"}

    ways.add("toy", send)  # after the mails, for which nobody is named as the sender here
    try:
        for days, number in ((2, 0), (3, 1), (4, 1), (6, 2)):
            with clock.at(end + timedelta(days=days)):
                follow_surveys()
            survey.refresh_from_db()
            assert survey.reminders == number
        assert sent == [(Occasion.REMIND, "郑立")] * 2
        first, second = Duty.objects.filter(kind="surveys.remind").order_by("pk")
        assert first.owner == firm.owner
        assert "1" in str(first.sentence)
        with clock.at(end + timedelta(days=6, hours=1)):
            assert actions.remind(survey=survey, actor=firm.owner) == 2
        assert not Duty.objects.open().filter(kind="surveys.remind").exists()
        assert second.kind == first.kind
    finally:
        ways._items.pop("toy")
    with clock.at(end + timedelta(days=7)):
        follow_surveys()
        survey.refresh_from_db()
        assert survey.status == Status.CLOSED
        assert not survey.takes_answers
        with pytest.raises(WrongState):
            actions.take_answer(recipient=Recipient.objects.get(name="郑立"), answers={})
        told = JournalEntry.objects.get(kind="surveys.closed").data["result"]
        assert "33.3%" in str(told)
        assert "100.0" in str(told)
        follow_surveys()


def test_where_nothing_was_prepared_or_nobody_can_be_asked_the_lead_owes_the_sending(
    firm: Firm, subject: Subject
) -> None:
    assert actions.activity_ended(subject=subject, actor=firm.owner) == []
    assert not Duty.objects.exists()
    actions.activity_ended(subject=subject, actor=firm.owner, is_owed=True)
    [duty] = Duty.objects.filter(kind="surveys.send")
    assert duty.owner == firm.owner
    assert duty.due_at == at(3, 18)
    survey = make_survey(subject, firm.owner)
    ask(survey, firm.owner, "林晓雯")
    actions.open_survey(survey=survey, actor=firm.owner)
    assert not Duty.objects.open().exists()
    # A draft opens at its own time, too; one whose end has passed does not.
    timed = make_survey(subject, firm.owner, opens_at=at(3), closes_at=at(5))
    with clock.at(at(4)):
        follow_surveys()
    timed.refresh_from_db()
    assert timed.is_open
    assert timed.closes_at == at(5)


@pytest.mark.req("SUP-07")
def test_feedback_is_open_during_and_after_the_activity(firm: Firm, subject: Subject) -> None:
    channel = make_survey(
        subject, firm.owner, "feedback", title="意见反馈", purpose=Purpose.FEEDBACK, is_anonymous=True
    )
    actions.set_open_link(survey=channel, is_on=True, actor=firm.owner)
    [opened] = actions.activity_began(subject=subject, actor=firm.owner)
    assert opened.takes_answers
    assert opened.open_url
    with clock.at(at(20)):
        follow_surveys()
        actions.activity_ended(subject=subject, actor=firm.owner)
        channel.refresh_from_db()
        assert channel.takes_answers
        assert channel.closes_at == at(27)
    with clock.at(at(27)):
        follow_surveys()
    channel.refresh_from_db()
    assert channel.status == Status.CLOSED
    assert not Series.objects.exists()  # what is heard on the way is no figure of the activity


@pytest.mark.req("EVA-06")
def test_people_are_asked_once_and_those_who_said_no_are_not(
    firm: Firm, subject: Subject, survey: Survey
) -> None:
    agrees, refuses = (make_customer(firm.east, firm.owner, consents=[Use.SURVEY]) for _n in range(2))
    withdraw_consent(customer=refuses, purpose=Use.SURVEY, actor=firm.owner, basis=Basis.SPOKEN)
    people = [
        Person("", agrees.pk),
        Person(agrees.name, agrees.pk),
        Person(refuses.name, refuses.pk),
        Person("许安"),
        Person("许安"),
    ]
    added = actions.ask_people(survey=survey, people=people, actor=firm.owner)
    assert [one.name for one in added.recipients] == [agrees.name, "许安", "许安"]
    assert added.refused == (refuses.name,)
    assert actions.ask_people(survey=survey, people=people[1:2], actor=firm.owner).already == 1
    assert len({one.token for one in added.recipients}) == 3
    assert min(len(one.token) for one in added.recipients) >= 22
    with pytest.raises(Invalid):
        actions.ask_people(survey=survey, people=[], actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.ask_people(survey=survey, people=[Person("外人")], actor=firm.outsider)
    with pytest.raises(Invalid):
        actions.ask_audience(survey=survey, audience="nobody", actor=firm.owner)
    CAME[subject.pk] = [Person("郑立")]
    assert actions.ask_audience(survey=survey, audience="came", actor=firm.owner).recipients[0].name == "郑立"
    # Who has not answered is for those who ask; others see the clients whose relationship they own (lessons E2).
    member = firm.colleague
    Member.objects.create(subject=subject, user=member, role=Role.MEMBER)
    assert recipients_for(survey, firm.owner).count() == 4
    assert list(recipients_for(survey, member)) == []
    Customer.objects.filter(pk=agrees.pk).update(keeper=member)
    assert [one.customer for one in recipients_for(survey, member)] == [agrees]
    actions.open_survey(survey=survey, actor=firm.owner)
    first = added.recipients[0]
    actions.take_answer(recipient=first, answers=marks(survey, 4))
    with pytest.raises(WrongState):
        actions.stop_asking(survey=survey, recipients=[first.pk], actor=firm.owner)
    assert (
        actions.stop_asking(survey=survey, recipients=[added.recipients[1].pk, first.pk], actor=firm.owner)
        == 1
    )


@pytest.mark.req("EVA-05", whole=True)
def test_interviews_stand_with_client_and_activity_beside_what_publicity_brought(
    firm: Firm, subject: Subject
) -> None:

    client = make_customer(firm.east, firm.owner, organisation="江畔集团")
    notes = Notes(at(1).date(), firm.owner, "环节紧凑，希望多一些交流时间。", customer=client)
    kept = actions.keep_interview(subject=subject, notes=notes, actor=firm.owner)
    assert (kept.name, kept.customer, list(client.interviews.all()), kept.subject) == (
        client.name,
        client,
        [kept],
        subject,
    )
    for bad in (
        Notes(at(9).date(), firm.owner, "明天的"),
        Notes(at(1).date(), firm.owner, " ", name="许安"),
        Notes(at(1).date(), firm.owner, "没有人"),
    ):
        with pytest.raises(Invalid):
            actions.keep_interview(subject=subject, notes=bad, actor=firm.owner)
    far = make_subject(firm.south, lead=firm.outsider)
    with pytest.raises(NotAllowed):  # a client that one does not see is nobody to quote
        actions.keep_interview(subject=far, notes=notes, actor=firm.outsider)
    seen = actions.interview_stamp(kept)
    changed = Notes(at(1).date(), firm.owner, "环节紧凑。", name="许安", wishes="茶歇延长到 30 分钟")
    assert actions.change_interview(interview=kept, notes=changed, actor=firm.owner, seen=seen).name == "许安"
    with pytest.raises(Stale):
        actions.change_interview(interview=kept, notes=notes, actor=firm.owner, seen=seen)
    entries = JournalEntry.objects.filter(kind__startswith="surveys.interview")
    assert entries.count() == 2
    assert not any(client.name in str(entry.data) for entry in entries)
    actions.remove_interview(interview=kept, actor=firm.owner)

    Publicity.objects.create(subject=subject, position=1, channel="website", content="晚宴报道", reach=8200)
    open_watched(subject=subject, channel="社交平台", indicator="曝光量", owner=firm.owner)
    point = Point("社交平台", "曝光量", at(1).date(), Decimal(120_000), ReadingKind.CUMULATIVE, "次")
    record_readings(subject=subject, points=[point], actor=firm.owner, source=Source.PAGE, key="x")
    assert [(one.channel, one.what) for one in effect_of(subject)] == [
        (str(PublicityChannel.WEBSITE.label), "晚宴报道"),
        ("社交平台", "曝光量"),
    ]
    assert effect_of(subject)[0].value == "8,200"


@pytest.mark.req("EVA-06")
def test_the_score_becomes_a_reading_of_the_goal_with_its_sample(
    firm: Firm, subject: Subject, survey: Survey
) -> None:
    people = ask(survey, firm.owner, *(f"客人{n}" for n in range(4)))
    actions.open_survey(survey=survey, actor=firm.owner)
    for one, mark in zip(people, (5, 4, 4), strict=False):
        actions.take_answer(recipient=one, answers=marks(survey, mark))
    with clock.at(at(9, 10)):
        follow_surveys()
    series = Series.objects.get(subject=subject)
    assert (series.indicator, series.channel) == ("活动满意度", "整体")
    cumulative, target = series.figure("cumulative"), series.figure("target")
    assert cumulative
    assert target
    assert (str(cumulative.value), cumulative.unit, str(target.value)) == ("86.7", "分", "85")
    [reading] = series.readings.all()
    assert "86.7" in reading.note
    assert "3" in reading.note
    assert "75.0%" in reading.note
    assert reading.batch.taken_by is None
    assert reading.batch.origin == survey.title
    assert Notification.objects.filter(user=firm.owner, kind="surveys.closed").exists()
    assert Section.SERVICE in {one.section for one in survey.questions.all()}
