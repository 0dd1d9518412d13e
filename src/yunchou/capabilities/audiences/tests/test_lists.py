"""Segments and target lists: whom the rules leave out, what a frozen list keeps, and what has changed since (SEG-07)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.audiences import actions, limits, selectors, trees
from yunchou.capabilities.audiences.actions import Plan
from yunchou.capabilities.audiences.models import Segment, TargetList, TargetRow
from yunchou.directory.customers.actions.consents import give_consent, withdraw_consent
from yunchou.directory.customers.actions.placing import mark_important
from yunchou.directory.customers.models import Basis, Channel, Customer, Purpose, Touch
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.tests.factories import make_campaign

HANGZHOU = trees.read({"field": "city", "op": "in", "value": ["杭州"]})
MARKETING = [Purpose.MARKETING]


@pytest.fixture
def planner(firm: Firm) -> User:
    return firm.people[p.MARKETING_DIRECTOR]


@pytest.fixture
def subject(firm: Firm, planner: User) -> Subject:
    return make_campaign(firm).subject


def one(firm: Firm, planner: User, **more: object) -> Customer:
    return make_customer(firm.east, planner, **{"city": "杭州", "consents": MARKETING, **more})


@pytest.mark.req("SEG-01", whole=True)
def test_a_segment_is_a_rule_with_a_strategy_and_a_size(firm: Firm, planner: User, client: Client) -> None:
    for city in ("杭州", "杭州", "上海"):
        one(firm, planner, city=city)
    segment = actions.add_segment(
        unit=firm.group, name="杭州客户", strategy="周末家庭日", tree=HANGZHOU, actor=planner
    )
    assert (segment.size, segment.strategy) == (2, "周末家庭日")
    client.force_login(planner)
    page = client.get(reverse("audiences:segment_list")).content.decode()
    assert "杭州客户" in page
    assert "周末家庭日" in page
    with pytest.raises(Invalid):
        actions.add_segment(unit=firm.group, name="空", strategy="", tree=trees.EVERYBODY, actor=planner)
    with pytest.raises(NotAllowed):
        actions.change_segment(
            segment=segment, name="x", strategy="", tree=HANGZHOU, actor=firm.people[p.FINANCE]
        )


def test_each_is_left_out_by_the_first_rule_that_speaks(firm: Firm, planner: User, subject: Subject) -> None:
    chosen = one(firm, planner)
    one(firm, planner, consents=())
    shy = one(firm, planner)
    Customer.objects.filter(pk=shy.pk).update(no_profiling=True)
    busy, invited, sms = (one(firm, planner) for _n in range(3))
    Touch.objects.bulk_create([Touch(customer=busy, kind="call") for _n in range(4)])
    Touch.objects.create(customer=invited, kind="invited", at=clock.now() - timedelta(days=3))
    withdraw_consent(
        customer=sms, purpose=Purpose.MARKETING, channel=Channel.SMS, actor=planner, basis=Basis.SPOKEN
    )
    one(firm, planner, city="上海")
    wish = selectors.Wish(tree=HANGZHOU, channel=Channel.SMS, quiet_days=7, subject=subject)
    result = selectors.outcome(wish, planner)
    assert (result.meant, result.chosen) == (6, 1)
    assert [(left.rule_id, left.count) for left in result.left_out] == [
        ("K-AUD-01", 2), ("K-AUD-02", 1), ("K-AUD-03", 1), ("", 1),
    ]  # fmt: skip
    # Names beside conditions tell what the conditions say: only who may unmask values is shown some of the people.
    assert [person.pk for person in result.sample] == [chosen.pk]
    counting = staff("袁数", firm.department(), p.MARKETING_SPECIALIST)
    seen = selectors.outcome(wish, counting)
    assert (seen.chosen, seen.sample) == (1, [])
    assert sorted(selectors.chosen_by(wish, planner).values_list("pk", flat=True)) == [chosen.pk]


def test_an_activity_may_take_only_whom_its_room_allows(
    firm: Firm, planner: User, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    one(firm, planner, stage="interested")
    one(firm, planner, stage="signed")
    signed = limits.Limit("R-TYP-03", say("Has signed"), Q(stage="signed"))
    monkeypatch.setattr(limits, "_providers", [lambda about: [signed]])
    result = selectors.outcome(selectors.Wish(tree=HANGZHOU, subject=subject), planner)
    assert result.chosen == 1
    assert [(left.rule_id, left.count) for left in result.left_out] == [("R-TYP-03", 1)]


@pytest.mark.req("SEG-07", whole=True)
def test_a_frozen_list_keeps_who_was_chosen_and_tells_what_changed(
    firm: Firm, planner: User, subject: Subject, client: Client
) -> None:
    stays, leaves = one(firm, planner), one(firm, planner)
    target = actions.add_list(subject=subject, plan=Plan("首批", HANGZHOU), actor=planner)
    frozen = actions.freeze_list(target=target, actor=planner)
    assert frozen.size == 2
    withdraw_consent(customer=leaves, purpose=Purpose.MARKETING, actor=planner, basis=Basis.SPOKEN)
    late = one(firm, planner)
    assert set(TargetRow.objects.values_list("customer", flat=True)) == {stays.pk, leaves.pk}
    drift = selectors.drift_of(frozen, planner)
    assert [c.pk for c in drift.new] == [late.pk]
    assert [c.pk for c in drift.gone] == [leaves.pk]
    client.force_login(planner)
    page = client.get(frozen.get_absolute_url()).content.decode()
    assert all(person.name in page for person in (stays, leaves, late))
    with pytest.raises(WrongState):
        actions.change_list(target=frozen, plan=Plan("首批", HANGZHOU), actor=planner)
    assert (
        client.post(reverse("audiences:list_extend", args=[subject.pk, frozen.pk]), {"gone": "1"}).status_code
        == 302
    )
    assert set(TargetRow.objects.values_list("customer", flat=True)) == {stays.pk}
    assert actions.extend_list(target=frozen, actor=planner, with_new=True, without_gone=True) == (1, 0)
    with pytest.raises(WrongState):
        actions.extend_list(target=frozen, actor=planner, with_new=True, without_gone=True)
    told = JournalEntry.objects.filter(kind__startswith="audiences.").values_list("data", flat=True)
    assert not any(person.name in str(data) for data in told for person in (stays, leaves, late))


def test_lists_are_united_and_subtracted(firm: Firm, planner: User, subject: Subject) -> None:
    first, second, third = (one(firm, planner, city=city) for city in ("杭州", "上海", "苏州"))
    earlier = actions.freeze_list(
        target=actions.add_list(subject=subject, plan=Plan("上期", HANGZHOU), actor=planner), actor=planner
    )
    shanghai = actions.add_segment(
        unit=firm.group, name="上海", strategy="", actor=planner,
        tree=trees.read({"field": "city", "op": "in", "value": ["上海"]}),
    )  # fmt: skip
    everybody = trees.read({"field": "nature", "op": "in", "value": ["person"]})

    def chosen(plan: Plan) -> set[int]:
        target = actions.add_list(subject=subject, plan=plan, actor=planner)
        return set(selectors.chosen_by(selectors.wish_of(target), planner).values_list("pk", flat=True))

    assert chosen(Plan("a", trees.EVERYBODY, added=[shanghai, earlier])) == {first.pk, second.pk}
    assert chosen(Plan("b", everybody, taken_out=[earlier])) == {second.pk, third.pk}
    assert chosen(Plan("c", HANGZHOU, added=[shanghai], taken_out=[shanghai])) == {first.pk}
    with pytest.raises(Invalid):
        chosen(Plan("d", trees.EVERYBODY, taken_out=[earlier]))
    with pytest.raises(Refused):
        chosen(Plan("a", everybody))


def test_a_region_counts_and_uses_only_what_is_its_own(firm: Firm, planner: User, subject: Subject) -> None:
    """T1: numbers leak nothing of another region, and neither do parts."""
    one(firm, planner)
    west = firm.outsider
    assert selectors.outcome(selectors.Wish(tree=HANGZHOU), west).meant == 0
    foreign = actions.freeze_list(
        target=actions.add_list(subject=subject, plan=Plan("华东", HANGZHOU), actor=planner), actor=planner
    )
    own = make_campaign(firm, unit=firm.department("south"), owner=west, actor=west).subject
    with pytest.raises(Refused):
        actions.add_list(subject=own, plan=Plan("抄来的", trees.EVERYBODY, added=[foreign]), actor=west)


def test_pages_refuse_and_keep_what_was_typed(
    firm: Firm, planner: User, subject: Subject, client: Client
) -> None:
    outsider, region = firm.people[p.FINANCE], firm.outsider
    add = reverse("audiences:list_add", args=[subject.pk])
    client.force_login(outsider)
    assert client.get(reverse("audiences:segment_list")).status_code == 403
    client.force_login(region)
    assert client.get(add).status_code == 404
    client.force_login(planner)
    condition = {"b0-how": "all", "b0r0-what": "field:city", "b0r0-op": "in", "b0r0-value": "杭州、宁波"}
    typed = {"name": "", "channel": "any", "quiet_days": "", **condition}
    answer = client.post(add, typed)
    assert answer.status_code == 422
    assert "杭州、宁波" in answer.content.decode()
    assert not TargetList.objects.exists()
    count = client.post(reverse("audiences:new_list_count", args=[subject.pk]), typed)
    assert count.status_code == 200
    assert client.post(add, {**typed, "name": "两城"}).status_code == 302
    saved = TargetList.objects.get()
    assert saved.conditions == trees.read({"field": "city", "op": "in", "value": ["杭州", "宁波"]})
    rows = client.post(reverse("audiences:builder"), {**typed, "do": "add:0"}).content.decode()
    assert "b0r1-what" in rows
    segment = {**typed, "name": "两城客群", "unit": str(firm.group.pk)}
    assert client.post(reverse("audiences:segment_add"), segment).status_code == 302
    made = Segment.objects.get()
    assert client.get(made.get_absolute_url()).status_code == 200
    stale = {**segment, "seen": "0" * 20}
    assert client.post(made.get_absolute_url(), stale).status_code == 409


@pytest.mark.once
def test_queries_do_not_grow_with_lists(firm: Firm, planner: User, subject: Subject, client: Client) -> None:
    one(firm, planner)
    client.force_login(planner)

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get(reverse("audiences:list_board", args=[subject.pk]))
        return len(counted)

    actions.add_list(subject=subject, plan=Plan("0", HANGZHOU), actor=planner)
    cost()
    few = cost()
    for n in range(1, 9):
        actions.add_list(subject=subject, plan=Plan(str(n), HANGZHOU), actor=planner)
    assert cost() == few


def test_a_consent_given_later_counts(firm: Firm, planner: User) -> None:
    person = one(firm, planner, consents=())
    wish = selectors.Wish(tree=HANGZHOU, channel=Channel.EMAIL)
    assert selectors.outcome(wish, planner).chosen == 0
    give_consent(
        customer=person,
        purpose=Purpose.MARKETING,
        channel=Channel.EMAIL,
        actor=planner,
        basis=Basis.PAPER,
        proof="回执",
    )
    assert selectors.outcome(wish, planner).chosen == 1


def test_somebody_of_a_region_neither_sees_nor_cuts_down_a_list_of_the_group(
    firm: Firm, planner: User, client: Client
) -> None:
    """T1: who is on it beyond the region stays unnamed, and stays on it."""
    own = one(firm, planner)
    foreign = make_customer(firm.south, planner, city="杭州", consents=MARKETING)
    subject = make_campaign(firm).subject
    target = actions.freeze_list(
        target=actions.add_list(subject=subject, plan=Plan("全集团", HANGZHOU), actor=planner), actor=planner
    )
    assert target.size == 2
    client.force_login(firm.owner)
    page = client.get(target.get_absolute_url()).content.decode()
    assert own.name in page
    assert foreign.name not in page
    assert selectors.drift_of(target, firm.owner).gone_count == 0
    with pytest.raises(WrongState):
        actions.extend_list(target=target, actor=firm.owner, with_new=True, without_gone=True)
    assert TargetRow.objects.filter(target_list=target).count() == 2


def test_a_list_that_asks_for_the_profile_names_important_customers_only_to_whoever_answers_for_them(
    firm: Firm, planner: User, client: Client
) -> None:
    """Who stands beside “income A5” has an income of A5: the page says how many, be it by a segment or an earlier list."""
    rich = trees.read({"field": "income", "op": "in", "value": ["A5"]})
    known, hidden, later = (
        one(firm, planner, income="A5", name=name) for name in ("普通的人", "要紧的人", "后来的人")
    )
    manager = firm.people[p.CUSTOMER_SERVICE_MANAGER]
    mark_important(customer=hidden, reason="重点", actor=manager)
    subject = make_campaign(firm).subject
    segment = actions.add_segment(unit=firm.group, name="高收入", strategy="", tree=rich, actor=planner)
    made = actions.add_list(subject=subject, plan=Plan("直接", rich), actor=planner)
    frozen = [actions.freeze_list(target=made, actor=planner)]
    for plan in (Plan("分群", added=[segment]), Plan("前次", added=[*frozen])):
        made = actions.add_list(subject=subject, plan=plan, actor=planner)
        frozen.append(actions.freeze_list(target=made, actor=planner))
    newest = one(firm, planner, income="A5", name="新来的人")
    mark_important(customer=newest, reason="重点", actor=manager)
    Customer.objects.filter(pk=later.pk).update(income="")
    client.force_login(firm.owner)
    for target in frozen:
        assert target.size == 3
        page = client.get(target.get_absolute_url()).content.decode()
        assert known.name in page
        assert hidden.name not in page
        assert newest.name not in page
        assert "not named here" in page
    page = client.get(frozen[0].get_absolute_url()).content.decode()
    assert later.name in page
    assert selectors.drift_of(frozen[0], firm.owner).new_count == 1
    client.force_login(planner)
    page = client.get(frozen[0].get_absolute_url()).content.decode()
    assert (hidden.name in page) == (newest.name in page) == holds(planner, CustomerPerm.APART, hidden)
    # A list that asks for nothing of the profile names everybody: the name and the city stand in the register.
    made = actions.add_list(subject=subject, plan=Plan("城市", HANGZHOU), actor=planner)
    open_ = actions.freeze_list(target=made, actor=planner)
    client.force_login(firm.owner)
    assert hidden.name in client.get(open_.get_absolute_url()).content.decode()
