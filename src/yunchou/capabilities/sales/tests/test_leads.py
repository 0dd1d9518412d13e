"""Leads taken in once for each person, followed up in time, and merged with their customers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.preparation.actions import add_item, move_stock
from yunchou.capabilities.preparation.models import MoveKind, StockMove
from yunchou.capabilities.sales import actions
from yunchou.capabilities.sales.actions import LeadFacts, Person
from yunchou.capabilities.sales.forms.shared import customers_in
from yunchou.capabilities.sales.models import Contact, Lead, Outcome, Stage, Told, Way
from yunchou.capabilities.sales.selectors.leads import sources_of
from yunchou.directory.customers.actions.consents import Agreed, withdraw_consent
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.actions.merging import merge_customers
from yunchou.directory.customers.actions.register import Details, change_customer, verify_customer
from yunchou.directory.customers.models import Basis, Channel, Consent, Customer, Purpose, Touch, TouchKind
from yunchou.directory.customers.models import Stage as CustomerStage
from yunchou.directory.organisation.actions.units import build_unit
from yunchou.directory.organisation.positions import CUSTOMER_SERVICE_MANAGER, MARKETING_DIRECTOR, RECEPTION
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject

from . import toy
from .toy import at, buy, leave

AGREED = [Agreed(Purpose.SERVICE, basis=Basis.SPOKEN, proof="咨询台")]


@pytest.mark.req("EXE-14", whole=True)
def test_a_person_is_one_lead_by_whatever_channel_and_gifts_are_linked(firm: Firm, subject: Subject) -> None:
    """Channel, place, collector and need; de-duplicated across channels; the gift leads to the stock."""
    desk = leave(subject, firm.owner, name="林晓雯", phone="138 0013 8000", consents=AGREED)
    assert (desk.channel, desk.place, desk.collector, desk.need) == (
        "desk",
        "咨询台",
        firm.owner,
        "三居室，九月看房",
    )
    assert desk.is_valid
    assert desk.stage == Stage.NEW
    assert desk.way == Way.PAGE
    for channel, way in (("scan", Way.PUBLIC), ("stream", Way.API), ("form", Way.PUBLIC), ("door", Way.PAGE)):
        # Written another way, with another name: the number is the person.
        again = leave(
            subject, None, name="林小姐", phone="+86 13800138000", channel=channel, place="抖音", need="学区", way=way,
            captured_at=at(20), key=f"k-{channel}",
        )  # fmt: skip
        assert again.pk == desk.pk
    # Sent twice under one key it is not even a repetition.
    leave(subject, None, name="林小姐", phone="13800138000", channel="form", key="k-form")
    assert Customer.objects.filter(name__startswith="林").count() == 1
    assert Lead.objects.heads().filter(subject=subject).count() == 1
    assert Lead.objects.filter(subject=subject).count() == 5
    desk.refresh_from_db()
    assert desk.need == "三居室，九月看房\n学区"
    assert desk.captured_at == at(20), "what is told later of an earlier moment begins the window there"
    labels = {line.label: (line.leads, line.repeated) for line in sources_of(subject)}
    assert labels["Consultation desk · 咨询台"] == (1, 0)
    assert labels["Live stream · 抖音"] == (0, 1)
    # Without number and address nobody is known again: two of the same name are two.
    first, second = (leave(subject, firm.owner, name="王芳", phone="") for _n in range(2))
    assert first.pk != second.pk
    assert first.lacks == ["contact"]
    assert not first.is_valid
    # The gift comes out of the stock of those who keep it, and is told to the person's line of time.
    item = add_item(unit=firm.east, name="帆布袋", measure="个", actor=firm.owner)
    move_stock(item=item, kind=MoveKind.RECEIPT, quantity=Decimal(10), actor=firm.owner)
    given = actions.hand_gift(lead=desk, item=item, quantity=Decimal(2), actor=firm.owner)
    item.refresh_from_db()
    assert item.quantity == 8
    assert given.gift == "帆布袋 2 个"
    assert StockMove.objects.get(pk=given.gift_move_id).activity == subject
    with pytest.raises(WrongState):
        actions.hand_gift(lead=desk, gift="雨伞", actor=firm.owner)
    kinds = Touch.objects.filter(customer=desk.customer, subject=subject).values_list("kind", flat=True)
    assert sorted(kinds) == [TouchKind.GIFT, *[TouchKind.LEAD] * 5]
    # Neither name nor number nor need stands in the journal.
    told = " ".join(f"{one.data}" for one in JournalEntry.objects.filter(kind__startswith="sales."))
    assert not any(word in told for word in ("林", "138", "8000", "学区", "三居室"))


@pytest.mark.rule("R-CUS-05", whole=True)
@pytest.mark.req("CUS-14", whole=True)
def test_a_lead_is_contacted_within_the_limit_or_its_owner_and_then_the_lead_hear_of_it(
    firm: Firm, subject: Subject
) -> None:
    """A lead holds contact, need, source, validity, stage and owner; none goes without follow-up."""
    lead = leave(subject, firm.owner, owner=firm.colleague, consents=AGREED, is_keen=True)
    assert (lead.customer.card.phone_mask[:3], lead.owner, lead.is_valid, lead.is_keen) == (
        "139",
        firm.colleague,
        True,
        True,
    )
    duty = Duty.objects.get(key=lead.duty_key)
    assert (duty.kind, duty.rule, duty.owner, duty.due_at) == (
        "sales.contact", "R-CUS-05", firm.colleague, lead.captured_at + timedelta(hours=24)
    )  # fmt: skip
    assert "139" not in str(duty.sentence)
    assert lead.customer.name not in str(duty.sentence)
    heard = Notification.objects.filter(subject=subject)
    for hours, who in ((24, {firm.colleague.pk}), (26, {firm.colleague.pk, firm.owner.pk})):
        with clock.at(lead.captured_at + timedelta(hours=hours, minutes=5)):
            escalate_due()
        assert set(heard.values_list("user", flat=True)) >= who
        assert (firm.owner.pk in set(heard.values_list("user", flat=True))) == (hours == 26)
    # Not reached does not fulfil it; reached does, and brings lead and customer on.
    actions.record_contact(lead=lead, outcome=Outcome.MISSED, actor=firm.colleague)
    duty.refresh_from_db()
    assert duty.state == Duty.State.OPEN
    actions.record_contact(lead=lead, outcome=Outcome.REACHED, note="周末看房", actor=firm.colleague)
    duty.refresh_from_db(), lead.refresh_from_db(), lead.customer.refresh_from_db()
    assert duty.state != Duty.State.OPEN
    assert lead.contacted_at
    assert lead.stage == Stage.CONTACTED
    assert lead.customer.stage == CustomerStage.CONTACTED
    for move, stage in (("interest", Stage.INTERESTED), ("negotiate", Stage.NEGOTIATING)):
        assert actions.move_lead(lead=lead, move=move, actor=firm.colleague).stage == stage
    with pytest.raises(WrongState):
        actions.move_lead(lead=lead, move="win", actor=firm.colleague)
    with pytest.raises(Invalid):
        actions.move_lead(lead=lead, move="lose", actor=firm.colleague)
    lost = actions.move_lead(lead=lead, move="lose", reason="预算不足", actor=firm.colleague)
    lead.customer.refresh_from_db()
    assert lost.stage == Stage.LOST
    assert lead.customer.stage == CustomerStage.NEGOTIATING
    assert actions.move_lead(lead=lead, move="resume", actor=firm.colleague).stage == Stage.CONTACTED
    assert Contact.objects.filter(lead=lead).count() == 2
    # An import of old leads is owed within the hour, and what is handed over takes its duty along.
    old = leave(subject, firm.owner, captured_at=at(1))
    assert Duty.objects.get(key=old.duty_key).due_at == clock.now() + timedelta(hours=1)
    actions.assign_lead(lead=old, owner=firm.colleague, actor=firm.owner)
    assert Duty.objects.get(key=old.duty_key).owner == firm.colleague
    with pytest.raises(Invalid):
        actions.assign_lead(lead=old, owner=firm.nobody, actor=firm.owner)
    # A lost lead is owed nothing; taken up again it is.
    actions.move_lead(lead=old, move="lose", reason="号码有误", actor=firm.owner)
    assert Duty.objects.get(key=old.duty_key).state == Duty.State.CANCELLED
    actions.move_lead(lead=old, move="restart", actor=firm.owner)
    assert Duty.objects.get(key=old.duty_key).state == Duty.State.OPEN


def test_what_cannot_be_taken_in_is_refused_at_its_field(firm: Firm, subject: Subject) -> None:
    def refused(**told: object) -> set[str]:
        with pytest.raises(Invalid) as caught:
            leave(subject, firm.owner, **told)
        return set(caught.value.fields)

    assert refused(phone="12") == {"phone"}
    assert refused(email="nobody") == {"email"}
    assert refused(name=" ") == {"name"}
    assert refused(captured_at=clock.now() + timedelta(minutes=1)) == {"captured_at"}
    assert refused(channel="pigeon") == {"channel"}
    assert refused(need="长" * 501) == {"need"}
    for stranger in (firm.outsider, firm.nobody):
        with pytest.raises(NotAllowed):
            leave(subject, stranger)
    toy.locks["sales"] = say("Over")
    with pytest.raises(WrongState):
        leave(subject, firm.owner)
    assert not Lead.objects.exists()
    assert not Customer.objects.exists()


def test_rights_are_asked_of_the_activity(firm: Firm, subject: Subject) -> None:
    """The reception takes leads in; who follows up does not assign."""
    reception = firm.people[RECEPTION]
    manager = firm.people[CUSTOMER_SERVICE_MANAGER]
    lead = leave(subject, manager)
    with pytest.raises(NotAllowed):
        actions.assign_lead(lead=lead, owner=firm.owner, actor=reception)
    for act in (
        lambda: actions.record_contact(lead=lead, outcome=Outcome.REACHED, actor=firm.outsider),
        lambda: actions.change_lead(lead=lead, need="别的", actor=firm.outsider),
        lambda: actions.move_lead(lead=lead, move="lose", reason="x", actor=firm.nobody),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_project_s_customers_are_those_of_its_company(firm: Firm, subject: Subject) -> None:
    """Customers belong to regional companies; whoever leaves a lead for a project's activity is known there the next time."""
    project = build_unit(firm.east, kind=Unit.Kind.PROJECT, name="云栖花园", code="yqhy", department="")
    Subject.objects.filter(pk=subject.pk).update(unit=project)
    subject.refresh_from_db()
    first = leave(subject, None, phone="13800000009", way=Way.PUBLIC)
    again = leave(subject, None, phone="13800000009", way=Way.PUBLIC)
    assert first.customer.subject.unit == firm.east
    assert again == first, "counted once"
    assert list(customers_in(subject)) == [first.customer]


def test_a_consent_is_noted_once_and_a_withdrawal_is_not_undone_by_a_public_form(
    firm: Firm, subject: Subject
) -> None:
    lead = leave(subject, firm.owner, consents=AGREED, phone="13800138000")
    entry = lead.customer.consent_entries.get()
    assert (entry.purpose, entry.basis, entry.proof) == (Purpose.SERVICE, Basis.SPOKEN, "咨询台")
    leave(subject, firm.owner, consents=AGREED, phone="13800138000")
    assert lead.customer.consent_entries.count() == 1
    withdraw_consent(customer=lead.customer, purpose=Purpose.SERVICE, basis=Basis.LINK)
    other = toy.make_activity(firm, "YX-2024-018")
    public = [Agreed(Purpose.SERVICE, basis=Basis.FORM)]
    back = leave(other, None, phone="13800138000", consents=public, way=Way.PUBLIC, owner=firm.owner)
    assert back.customer_id == lead.customer_id
    assert back.asks_again
    assert not Consent.objects.get(customer=lead.customer, purpose=Purpose.SERVICE).is_given
    assert back.owner == firm.owner


def test_whoever_wants_no_mails_is_not_won_back_by_a_form_that_anybody_can_fill_in(
    firm: Firm, subject: Subject
) -> None:
    """An opt-out by a link refuses one channel alone; that is a refusal too."""
    customer = leave(subject, firm.owner, consents=AGREED, phone="13800138000").customer
    withdraw_consent(
        customer=customer, purpose=Purpose.MARKETING, channel=Channel.EMAIL, basis=Basis.LINK, actor=None
    )
    news = [Agreed(Purpose.MARKETING, basis=Basis.FORM)]
    other = toy.make_activity(firm, "YX-2024-018")
    back = leave(other, None, phone="13800138000", consents=news, way=Way.PUBLIC, owner=firm.owner)
    assert back.asks_again
    assert not Consent.objects.filter(customer=customer, purpose=Purpose.MARKETING, is_given=True).exists()


def test_a_wrong_number_makes_a_lead_invalid_until_the_data_are_looked_at_again(
    firm: Firm, subject: Subject
) -> None:
    lead = leave(subject, firm.owner, phone="13800000001")
    assert lead.is_valid
    actions.record_contact(lead=lead, outcome="wrong", actor=firm.owner)
    lead.refresh_from_db()
    assert (lead.is_valid, lead.lacks) == (False, ["contact"])
    actions.record_contact(lead=lead, outcome="missed", actor=firm.owner)
    lead.refresh_from_db()
    assert not lead.is_valid, "nobody was reached since"
    with clock.at(clock.now() + timedelta(hours=1)):
        verify_customer(customer=lead.customer, actor=firm.people[CUSTOMER_SERVICE_MANAGER])
        actions.record_contact(lead=lead, outcome="missed", actor=firm.owner)
    lead.refresh_from_db()
    assert lead.is_valid


def test_leads_follow_their_customers_when_these_are_merged_or_erased(firm: Firm, subject: Subject) -> None:
    late = leave(subject, firm.owner, name="陈静", phone="13800000001", captured_at=at(20))
    early = leave(subject, firm.owner, name="陈静", phone="13800000002", captured_at=at(16))
    order = buy(late, firm.owner)
    director = firm.people[MARKETING_DIRECTOR]
    owed = Duty.objects.open().filter(kind="sales.contact")
    assert [one.key for one in owed] == [early.duty_key], "the other one ordered"
    merge_customers(kept=late.customer, merged=early.customer, reason="同一人", actor=director)
    assert not owed.all().exists(), "they are one person, who ordered"
    heads = list(Lead.objects.heads().filter(subject=subject))
    assert [one.pk for one in heads] == [early.pk]
    assert heads[0].customer_id == late.customer_id
    order.refresh_from_db()
    assert order.lead_id == early.pk
    erase_customer(customer=late.customer, reason="本人要求", actor=director)
    early.refresh_from_db()
    assert early.need == ""
    assert early.is_valid


def test_an_import_takes_everybody_in_once(firm: Firm, subject: Subject) -> None:
    rows = [
        (Person(f"客户{n}", f"1380000{n % 3:04}"), LeadFacts("form", "问卷", "看房", captured_at=at(16 + n)))
        for n in range(5)
    ]
    came = actions.import_leads(subject=subject, rows=rows, consents=AGREED, actor=firm.owner)
    assert (came.new, came.known) == (3, 2)
    assert actions.import_leads(subject=subject, rows=rows, consents=AGREED, actor=firm.owner).new == 0
    assert Lead.objects.heads().count() == 3


@pytest.mark.rule("R-GOA-03", whole=True)
def test_validity_is_judged_whenever_something_of_it_changes(firm: Firm, subject: Subject) -> None:
    """On saving, on a changed need, on a wrong number, on data found right or changed, and when two people become one."""
    lead = leave(subject, firm.owner, name="赵小姐", phone="13700137001", need="")
    assert (lead.is_valid, lead.lacks) == (False, ["need"])
    assert actions.change_lead(lead=lead, need="两居室", actor=firm.owner).is_valid
    with clock.at("2024-08-02T16:00"):
        actions.record_contact(lead=lead, outcome=Outcome.WRONG, actor=firm.owner)
    lead.refresh_from_db()
    assert (lead.is_valid, lead.lacks) == (False, ["contact"])
    Told.objects.all().delete()
    with clock.at("2024-08-02T17:00"):
        # Somebody has looked at the customer's data and finds them right: the lead follows without being touched.
        verify_customer(customer=lead.customer, actor=firm.owner)
        lead.refresh_from_db()
        assert (lead.is_valid, lead.lacks) == (True, [])
        assert Told.objects.get(subject=subject).is_stale, "the rate is told anew"
        emptied = Details("赵小姐", phone="", email="", identities=("prospect",))
        change_customer(customer=lead.customer, details=emptied, actor=firm.owner)
        lead.refresh_from_db()
        assert (lead.is_valid, lead.lacks) == (False, ["contact"])
        # The same person under another record: what one row lacks the other has, and both are judged as one.
        other = leave(subject, firm.owner, name="赵女士", phone="13700137002", need="")
        merge_customers(
            kept=other.customer, merged=lead.customer, reason="同一人", actor=firm.people[MARKETING_DIRECTOR]
        )
    head = Lead.objects.heads().get(subject=subject, customer=other.customer)
    assert (head.need, head.is_valid, head.lacks) == ("两居室", True, [])


def test_two_records_of_one_person_are_no_valid_lead_where_both_lack_something(
    firm: Firm, subject: Subject
) -> None:
    """Neither has a number that reaches anybody: that one row was once called valid does not carry over."""
    first = leave(subject, firm.owner, name="钱先生", phone="", need="看样板间")
    second = leave(subject, firm.owner, name="钱总", phone="", need="")
    Lead.objects.filter(pk=first.pk).update(is_valid=True, lacks=[])
    director = firm.people[MARKETING_DIRECTOR]
    merge_customers(kept=second.customer, merged=first.customer, reason="同一人", actor=director)
    head = Lead.objects.heads().get(subject=subject, customer=second.customer)
    assert (head.is_valid, head.lacks) == (False, ["contact"])
