"""Business intentions of questionnaires and interviews become leads (EVA-07)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.sales.models import Lead
from yunchou.capabilities.surveys import actions as surveys
from yunchou.capabilities.surveys.actions import Details
from yunchou.capabilities.surveys.audiences import Person
from yunchou.capabilities.surveys.hearing import Intention, tell_intention
from yunchou.capabilities.surveys.models import Interview, Purpose, QuestionKind, Recipient, Section, Survey
from yunchou.capabilities.surveys.rules import Possibility, is_business_intention
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.tests.factories import START, make_proposal


def answers_of(survey: Survey, mark: int) -> dict[str, object]:
    """Marks and choices of the questions on business intention."""
    told: dict[str, object] = {}
    for one in survey.questions.filter(section=Section.INTENTION):
        if one.kind == QuestionKind.SCALE:
            told[one.key] = mark
        elif one.kind == QuestionKind.SEVERAL:
            told[one.key] = [one.options[1]["key"]]
    return told


def test_a_mark_near_the_top_is_an_intention(db: None) -> None:
    for marks, is_one in (
        (((4, 5),), True),
        (((3, 5), (7, 10)), False),
        (((3, 5), (8, 10)), True),
        ((), False),
    ):
        assert is_business_intention.check(Possibility(marks))[0].passed is is_one


@pytest.mark.req("EVA-07", whole=True)
def test_a_recorded_intention_becomes_one_lead_that_somebody_owes_a_contact(
    firm: Firm, client: Client
) -> None:
    with clock.at(clock.moment(START, 8)):
        subject = make_proposal(firm).subject
        details = Details("活动问卷", firm.owner, Purpose.EVENT)
        survey = surveys.add_survey(
            subject=subject, details=details, template="client_event", actor=firm.owner
        )
        people = [make_customer(firm.east, firm.owner) for _n in range(3)]
        asked = [Person(one.name, one.pk) for one in people]
        surveys.ask_people(survey=survey, people=asked, actor=firm.owner)
        survey = surveys.open_survey(survey=survey, actor=firm.owner)
        keen, cool, spoken = (Recipient.objects.get(survey=survey, customer=one) for one in people)
        # The days of questionnaires lie behind the activity; leads are taken in all the same.
        Campaign.objects.filter(pk=subject.pk).update(status=Status.CLOSED)
        surveys.take_answer(recipient=keen, answers=answers_of(survey, 5))
        surveys.take_answer(recipient=cool, answers=answers_of(survey, 3))
        lead = Lead.objects.get(subject=subject)
        assert (lead.customer, lead.place, lead.is_keen, lead.is_valid) == (people[0], "活动问卷", True, True)
        assert "商业与产业空间" in lead.need
        assert "5 / 5" in lead.need
        assert Duty.objects.filter(key=lead.duty_key, owner=firm.owner).exists()
        # Who changes the answers is not a lead twice.
        surveys.take_answer(recipient=keen, answers=answers_of(survey, 4))
        assert Lead.objects.filter(subject=subject).count() == 1
        # What a host heard in an interview goes the same way, from the dialog.
        Campaign.objects.filter(pk=subject.pk).update(status=Status.RUNNING)
        client.force_login(firm.owner)
        page = reverse("surveys:interview_add", args=[subject.pk])
        told = {"held_on": START.isoformat(), "interviewer": firm.owner.pk, "text": "谈到二期商铺", "wishes": "想租一层商铺",
                "intends": "on"}  # fmt: skip
        assert client.post(page, told | {"name": "不在册的人"}).status_code == 422
        assert not Interview.objects.exists()
        assert client.post(page, told | {"customer": spoken.customer_id}).status_code == 302
        heard = Lead.objects.get(subject=subject, customer=spoken.customer_id)
        assert (heard.need, heard.is_valid) == ("想租一层商铺", True)
        plain = {**told, "customer": cool.customer_id}
        del plain["intends"]
        assert client.post(page, plain).status_code == 302
        assert Lead.objects.filter(subject=subject).count() == 2


def test_who_heard_an_intention_took_the_lead_in_or_stands_in_the_journal(firm: Firm) -> None:
    with clock.at(clock.moment(START, 8)):
        subject = make_proposal(firm).subject
        for n, (by, collector, told) in enumerate(
            ((firm.owner, firm.owner, None), (firm.nobody, None, firm.nobody.pk))
        ):
            who = make_customer(firm.east, firm.owner)
            tell_intention(Intention(subject, who, "访谈", "想租一层商铺", f"interview:{n}", by=by))
            lead = Lead.objects.get(subject=subject, customer=who)
            assert (lead.collector, lead.owner) == (collector, firm.owner)
            entry = JournalEntry.objects.filter(kind="sales.captured").latest("pk")
            assert (entry.actor, entry.data.get("told_by")) == (collector, told)
            assert firm.nobody.name not in str(entry.data)


def test_an_answer_locks_the_activity_before_the_link_as_reminding_does(firm: Firm) -> None:
    with clock.at(clock.moment(START, 8)):
        subject = make_proposal(firm).subject
        details = Details("活动问卷", firm.owner, Purpose.EVENT)
        survey = surveys.add_survey(
            subject=subject, details=details, template="client_event", actor=firm.owner
        )
        customer = make_customer(firm.east, firm.owner)
        surveys.ask_people(survey=survey, people=[Person(customer.name, customer.pk)], actor=firm.owner)
        surveys.open_survey(survey=survey, actor=firm.owner)
        recipient = Recipient.objects.select_related("survey__subject").get(customer=customer)
        with CaptureQueriesContext(connection) as asked:
            surveys.take_answer(recipient=recipient, answers=answers_of(survey, 5))
        order = [
            table
            for one in asked
            for table in (Subject._meta.db_table, Recipient._meta.db_table)
            if f'FROM "{table}"' in one["sql"]
        ]
        assert order[:2] == [Subject._meta.db_table, Recipient._meta.db_table]
