"""Links that go out by themselves: by mail, by text message to who has no address, by hand to whoever is left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from yunchou.capabilities.messaging.models import Channel, Mailing, Message, MessageState
from yunchou.capabilities.messaging.tests.factories import make_sender
from yunchou.capabilities.messaging.uses import uses
from yunchou.capabilities.surveys import actions
from yunchou.capabilities.surveys.audiences import Person
from yunchou.capabilities.surveys.messaging import LINK, REMINDER, reached_by_hand
from yunchou.capabilities.surveys.models import Recipient, Survey
from yunchou.directory.customers.actions.consents import give_consent, withdraw_consent
from yunchou.directory.customers.models import Basis, Customer, Purpose
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.jobs.runner import work_off

from .factories import marks


def reachable(firm: Firm, name: str, *, phone: str = "", email: str = "", agrees: bool = True) -> Customer:
    found = make_customer(firm.department(), firm.owner, name=name, phone=phone, email=email)
    if agrees:
        give_consent(
            customer=found, purpose=Purpose.SURVEY, actor=firm.owner, basis=Basis.FORM, proof="签到表"
        )
    return found


@pytest.mark.req("EVA-04")
@pytest.mark.rule("R-EVA-03")
def test_links_go_out_by_one_channel_each_and_never_to_who_did_not_agree(
    firm: Firm, survey: Survey, tmp_path: Path, settings: Settings, client: Client
) -> None:
    settings.VAR = tmp_path
    settings.MESSAGE_GATEWAYS = {"email": "file", "sms": "file"}
    both = reachable(firm, "林晓雯", phone="13800138001", email="lin@example.com")
    by_phone = reachable(firm, "郑立", phone="13800138002")
    unasked = reachable(firm, "何嘉欣", phone="13800138003", agrees=False)
    people = [Person("", one.pk) for one in (both, by_phone, unasked)] + [Person("许安")]
    added = actions.ask_people(survey=survey, people=people, actor=firm.owner)
    assert len(added.recipients) == 4
    assert reached_by_hand(survey) == 4, "nobody is named as the sender"
    make_sender(survey.subject.unit)
    assert reached_by_hand(survey) == 2
    actions.open_survey(survey=survey, actor=firm.owner)
    work_off()

    sent = {(row.customer_id, row.channel): row.state for row in Message.objects.filter(mailing__use=LINK)}
    assert sent == {
        (both.pk, Channel.EMAIL): MessageState.SENT,
        (by_phone.pk, Channel.SMS): MessageState.SENT,
    }
    told = {one.name: one.sent_at is not None for one in survey.recipients.all()}
    assert told == {"林晓雯": True, "郑立": True, "何嘉欣": False, "许安": False}
    lines = [json.loads(line) for line in next(tmp_path.rglob("outbox.jsonl")).read_text().splitlines()]
    links = dict(survey.recipients.values_list("name", "token"))
    assert {line["to"]: next(name for name in links if links[name] in line["text"]) for line in lines} == {
        "lin@example.com": "林晓雯",
        "+8613800138002": "郑立",
    }
    # Asked later, the new one alone is written to; the others have theirs.
    late = reachable(firm, "秦朗", email="qin@example.com")
    actions.ask_people(survey=survey, people=[Person("", late.pk)], actor=firm.owner)
    work_off()
    assert Message.objects.filter(mailing__use=LINK, state=MessageState.SENT).count() == 3

    # Reminded is who has not answered, as often as it takes, and nobody who has said no meanwhile.
    actions.take_answer(recipient=Recipient.objects.get(customer=late), answers=marks(survey, 5))
    withdraw_consent(
        customer=by_phone, purpose=Purpose.SURVEY, actor=firm.owner, basis=Basis.FORM, proof="电话"
    )
    for round_ in (1, 2):
        assert actions.remind(survey=survey, actor=firm.owner) == 4
        work_off()
        reminded = Message.objects.filter(mailing__use=REMINDER, state=MessageState.SENT)
        assert list(reminded.values_list("customer", flat=True)) == [both.pk] * round_
    # Whoever answers between the planning and the sending is not written to any more.
    actions.remind(survey=survey, actor=firm.owner)
    actions.take_answer(recipient=Recipient.objects.get(customer=both), answers=marks(survey, 4))
    work_off()
    assert Message.objects.filter(mailing__use=REMINDER, state=MessageState.SENT).count() == 2
    assert Mailing.objects.filter(use=LINK, made_by=firm.owner).count() == 3

    client.force_login(firm.owner)
    page = client.get(f"{survey.get_absolute_url()}?view=people").content.decode()
    assert page.count("待人工送达") == 2
    assert page.count("已发送") == 2  # the last one to the first was left out: they had answered


def test_a_letter_names_the_questionnaire_in_its_own_language(firm: Firm, survey: Survey) -> None:
    actions.ask_people(survey=survey, people=[Person("许安")], actor=firm.owner)
    actions.open_survey(survey=survey, actor=firm.owner)
    reader = survey.recipients.get()

    def title(language: str) -> str:
        with override(language):
            return uses[LINK].values(survey.subject, [reader.pk])[reader.pk]["title"]

    Survey.objects.filter(pk=survey.pk).update(title="晚会满意度", title_en="How was it?")
    assert (title("zh-hans"), title("en")) == ("晚会满意度", "How was it?")
    Survey.objects.filter(pk=survey.pk).update(title_en="")
    assert title("en") == "晚会满意度"
