"""Offers to prospects with how many signed, and dated benefits from the register of employees."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.sales import actions
from yunchou.capabilities.sales.actions import OfferFacts, OrderFacts
from yunchou.capabilities.sales.models import Answer, Benefit, BenefitKind, Prospect
from yunchou.capabilities.sales.selectors.figures import signed_of
from yunchou.capabilities.sales.selectors.targeted import calendar_of, offers_of
from yunchou.directory.customers.models import Identity, Stage, Touch, TouchKind
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.subjects.models import Subject

from . import toy
from .toy import at


@pytest.mark.req("TYP-04", whole=True)
def test_deal_targeted_activities_carry_offers_and_say_how_many_signed(firm: Firm, subject: Subject) -> None:
    """Price and services; made to prospects in the sales process who have not signed; each answer, and how many signed."""
    facts = OfferFacts(
        "首批签约价", Decimal("880000"), "免一年物业费；优先选房", Decimal("920000"), date(2024, 8, 31)
    )
    with pytest.raises(WrongState):
        actions.make_offer(subject=subject, facts=facts, actor=firm.owner)
    toy.deal.add(subject.pk)
    offer = actions.make_offer(subject=subject, facts=facts, actor=firm.owner)
    for name, wrong in (
        ("title", facts), ("price", OfferFacts("乙", Decimal(9), "服务", Decimal(8))),
        ("services", OfferFacts("乙", Decimal(9), " ")),
        ("until", OfferFacts("乙", Decimal(9), "服务", None, date(2024, 8, 1))),
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            actions.make_offer(subject=subject, facts=wrong, actor=firm.owner)
        assert set(caught.value.fields) == {name}
    stages = (Stage.CONTACTED, Stage.INTERESTED, Stage.NEGOTIATING, Stage.SIGNED, Stage.NONE)
    people = {stage: make_customer(firm.east, firm.owner, stage=stage) for stage in stages}
    for stage in (Stage.SIGNED, Stage.NONE):
        with pytest.raises(Invalid) as caught:
            actions.add_prospects(offer=offer, customers=[people[stage]], actor=firm.owner)
        assert people[stage].name in str(caught.value.fields["customers"])
    open_ones = [people[stage] for stage in stages[:3]]
    assert actions.add_prospects(offer=offer, customers=open_ones, actor=firm.owner) == 3
    assert actions.add_prospects(offer=offer, customers=open_ones, actor=firm.owner) == 0
    first, second, third = Prospect.objects.filter(offer=offer).order_by("pk")
    order, _new = actions.enter_order(
        facts=OrderFacts("HT-1", "contract", Decimal(880000), at(30)), customer=first.customer, subject=subject, actor=firm.owner
    )  # fmt: skip
    actions.answer_offer(prospect=first, answer=Answer.SIGNED, order=order, actor=firm.owner)
    actions.answer_offer(prospect=second, answer=Answer.DECLINED, note="另购", actor=firm.owner)
    with pytest.raises(Invalid):
        actions.answer_offer(prospect=third, answer=Answer.SIGNED, order=order, actor=firm.owner)
    with pytest.raises(Invalid):
        actions.answer_offer(prospect=first, answer=Answer.THINKING, actor=firm.owner)
    with pytest.raises(WrongState):
        actions.change_offer(offer=offer, facts=facts, actor=firm.owner)
    first.customer.refresh_from_db()
    assert first.customer.stage == Stage.SIGNED
    (told,) = offers_of(subject)
    assert (told.signed, told.thinking, told.declined, signed_of(subject)) == (1, 1, 1, 1)
    # Of two offers signed by one person there is one signature in the figure; a cancelled contract is none.
    actions.answer_offer(prospect=third, answer=Answer.SIGNED, actor=firm.owner)
    assert signed_of(subject) == 2
    actions.cancel_order(order=order, reason="客户反悔", actor=firm.owner)
    assert signed_of(subject) == 1
    with clock.at("2024-09-01T09:00"):
        with pytest.raises(Invalid):
            actions.answer_offer(prospect=second, answer=Answer.SIGNED, actor=firm.owner)
        with pytest.raises(WrongState):
            actions.add_prospects(offer=offer, customers=[people[Stage.CONTACTED]], actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.make_offer(subject=subject, facts=OfferFacts("丙", Decimal(1), "服务"), actor=firm.outsider)


@pytest.mark.req("TYP-05", whole=True)
def test_benefits_of_employees_come_from_the_register_with_their_days(firm: Firm, subject: Subject) -> None:
    """Birthday, wedding, training, team building and rewards for performance; people and birthdays from the register."""
    dates = {"2024-08-10": date(1990, 8, 10), "2024-12-31": date(1985, 12, 31), "": date(1988, 1, 5)}
    staff = [
        make_customer(firm.east, firm.owner, identities=[Identity.EMPLOYEE], born_on=born)
        for born in dates.values()
    ]
    guest = make_customer(firm.east, firm.owner, born_on=date(1990, 8, 11))
    make_customer(firm.south, firm.outsider, identities=[Identity.EMPLOYEE], born_on=date(1990, 8, 12))
    period = {"start": date(2024, 8, 2), "end": date(2024, 12, 31), "what": "生日蛋糕券"}
    with pytest.raises(WrongState):
        actions.draw_birthdays(subject=subject, actor=firm.owner, **period)
    toy.employees.add(subject.pk)
    assert actions.draw_birthdays(subject=subject, actor=firm.owner, **period) == 2
    assert actions.draw_birthdays(subject=subject, actor=firm.owner, **period) == 0, "taken over once"
    assert [f"{one.due_on}" for month in calendar_of(subject) for one in month.benefits] == [
        "2024-08-10",
        "2024-12-31",
    ]
    for kind in (BenefitKind.WEDDING, BenefitKind.TRAINING, BenefitKind.TEAM, BenefitKind.REWARD):
        told = {"what": "礼金", "reason": "二季度销冠" if kind == BenefitKind.REWARD else ""}
        added = actions.add_benefits(
            subject=subject, customers=staff, kind=kind, due_on=date(2024, 9, 1), actor=firm.owner, **told
        )
        assert added == 3
    refused = (
        ({"customers": [guest], "kind": BenefitKind.TEAM}, "customers"),
        ({"customers": staff, "kind": BenefitKind.REWARD}, "reason"),
    )
    for told, field in refused:
        with pytest.raises(Invalid) as caught:
            actions.add_benefits(
                subject=subject, due_on=date(2024, 9, 2), what="礼", actor=firm.owner, **told
            )
        assert set(caught.value.fields) == {field}
    with pytest.raises(Invalid):
        actions.draw_birthdays(
            subject=subject, actor=firm.owner, **period | {"end": period["start"] - timedelta(days=1)}
        )
    birthday = Benefit.objects.filter(subject=subject, kind=BenefitKind.BIRTHDAY).first()
    actions.give_benefit(benefit=birthday, actor=firm.owner)
    assert Touch.objects.get(customer=birthday.customer, kind=TouchKind.GIFT).note == "生日蛋糕券"
    for act in (actions.give_benefit, actions.remove_benefit):
        with pytest.raises(WrongState):
            act(benefit=birthday, actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.draw_birthdays(subject=subject, actor=firm.outsider, **period)
    count = Benefit.objects.count()
    actions.remove_benefit(benefit=Benefit.objects.filter(given_at=None).first(), actor=firm.owner)
    assert Benefit.objects.count() == count - 1
