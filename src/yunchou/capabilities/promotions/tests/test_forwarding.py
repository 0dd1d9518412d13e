"""Forwarding tasks: given, counted by each one's own link, rewarded once (EXE-17)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.promotions import actions
from yunchou.capabilities.promotions.models import Coupon, ForwardTask, Promoter
from yunchou.capabilities.promotions.selectors.forwarding import reward_is_due, tasks_of
from yunchou.capabilities.sales import actions as sales
from yunchou.capabilities.sales.models import LeadForm
from yunchou.capabilities.sales.tests.toy import leave
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.models import Touch
from yunchou.directory.customers.tests.factories import make_customer
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, Refused
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .factories import FIRST, LAST, make_series, make_task


def url(name: str, subject: Subject, *keys: Any) -> str:
    return reverse(f"promotions:{name}", args=[subject.pk, *keys])


def send(client: Client, promoter: Promoter, name: str, phone: str) -> int:
    """Somebody fills in the page of a promoter's link."""
    told = {"name": name, "phone": phone, "need": "想了解价格", "agrees": "on", "once": name, "lang": "en"}
    return client.post(promoter.form.path, told).status_code


@pytest.mark.parametrize(
    ("by", "invited", "forwards", "is_due"),
    [
        ("forwards", 99, 49, False),
        ("forwards", 0, 50, True),
        ("invited", 50, 0, True),
        ("invited", 49, 99, False),
    ],
)
def test_a_reward_is_due_from_so_many_on(by: str, invited: int, forwards: int, is_due: bool) -> None:
    task = ForwardTask(reward_by=by, reward_from=50)
    assert reward_is_due(task, invited, forwards) is is_due
    assert not reward_is_due(ForwardTask(reward_by=by), 1000, 1000)


@pytest.mark.req("EXE-17", whole=True)
def test_who_is_to_invite_how_many_is_assigned_counted_and_rewarded_per_person(
    client: Client, firm: Firm, subject: Subject
) -> None:
    coupons = make_series(subject, firm.owner, title="转发礼券", stock=1)
    task = make_task(subject, firm.owner, quota=5, reward_from=50, reward="", series=coupons)
    chief = make_customer(firm.east, firm.owner, name="群主甲")
    assert actions.add_promoters(task=task, actor=firm.owner, users=[firm.colleague], customers=[chief]) == 2
    # Once each; the same again changes nothing, and somebody may be given another number.
    assert actions.add_promoters(task=task, actor=firm.owner, users=[firm.colleague], quota=9) == 0
    assert actions.add_promoters(task=task, actor=firm.owner, users=[firm.owner], quota=9) == 1
    colleague, owner_of_group = (
        Promoter.objects.get(user=firm.colleague),
        Promoter.objects.get(customer=chief),
    )
    assert (colleague.quota, Promoter.objects.get(user=firm.owner).quota) == (5, 9)
    duty = Duty.objects.get(key=colleague.duty_key)
    assert (duty.owner, duty.state, duty.due_at) == (firm.colleague, Duty.State.OPEN, clock.moment(LAST, 18))
    # Everybody has a link of their own; one person counts once for the activity, whoever invites them again.
    for n in range(5):
        assert send(client, colleague, f"同学{n}", f"1391234000{n}") == 200
    assert send(client, owner_of_group, "同学零", "13912340000") == 200
    assert send(client, owner_of_group, "新同学", "13912340009") == 200
    [counted] = tasks_of(subject)
    told = {one.promoter.pk: (one.place, one.invited, one.valid, one.known) for one in counted.standings}
    assert told[colleague.pk] == (1, 5, 5, 0)
    assert told[owner_of_group.pk] == (2, 1, 1, 1)
    assert (counted.invited, counted.reached) == (6, 1)
    # Who has reached the number owes nothing more.
    assert actions.fulfil_reached() == 1
    assert actions.fulfil_reached() == 0
    assert Duty.objects.get(pk=duty.pk).state == Duty.State.DONE
    # Forwards are noted with what shows them; from 50 on the reward is due, once.
    actions.note_forwards(promoter=owner_of_group, count=49, proof="群接龙截图", actor=firm.owner)
    with override("en"), pytest.raises(Refused, match="not due yet: it is given from 50 on"):
        actions.give_reward(promoter=owner_of_group, actor=firm.owner)
    actions.note_forwards(promoter=owner_of_group, count=2, proof="群接龙截图", actor=firm.owner)
    actions.note_forwards(promoter=owner_of_group, count=-1, proof="重复计数", actor=firm.owner)
    with override("en"), pytest.raises(Refused, match="50 are noted"):
        actions.note_forwards(promoter=owner_of_group, count=-51, proof="更正", actor=firm.owner)
    given = actions.give_reward(promoter=owner_of_group, actor=firm.owner)
    assert given.coupon
    assert given.coupon.customer == chief
    assert given.rewarded_by == firm.owner
    assert Touch.objects.filter(customer=chief, kind="gift", note="转发礼券").count() == 1
    with override("en"), pytest.raises(Refused, match="given already"):
        actions.give_reward(promoter=owner_of_group, actor=firm.owner)
    [counted] = tasks_of(subject)
    assert (counted.forwards, counted.due) == (50, 0)
    # The dashboard hears of it.
    rows = [
        Series.objects.create(subject=subject, channel="社群", indicator=name, position=n)
        for n, name in enumerate(("转发量", "裂变邀请人数"))
    ]
    sales.tell_stale()
    for row, value in zip(rows, (50, 6), strict=True):
        row.refresh_from_db()
        figure = row.figure("cumulative")
        assert figure
        assert figure.value == value
    told_words = " ".join(str(one.data) for one in JournalEntry.objects.all())
    assert chief.name not in told_words


def test_a_colleague_sees_the_own_task_alone_and_notes_forwards(
    client: Client, firm: Firm, subject: Subject
) -> None:
    task = make_task(subject, firm.owner)
    actions.add_promoters(task=task, actor=firm.owner, users=[firm.nobody, firm.colleague])
    own, other = Promoter.objects.get(user=firm.nobody), Promoter.objects.get(user=firm.colleague)
    assert client.get(own.get_absolute_url()).status_code == 302
    client.force_login(firm.nobody)
    page = client.get(own.get_absolute_url())
    assert page.status_code == 200
    assert own.form.path in page.content.decode()
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(url("board", subject)).status_code == 404
    note = reverse("promotions:own_forwards", args=[own.pk])
    assert client.post(note, {"count": "12", "proof": "朋友圈截图"}).status_code == 302
    assert client.post(note, {"count": "0", "proof": "朋友圈截图"}).status_code == 422
    assert Promoter.objects.get(pk=own.pk).forwards == 12
    with pytest.raises(NotAllowed):
        actions.note_forwards(promoter=other, count=3, proof="截图", actor=firm.nobody)
    assert (
        client.post(
            reverse("promotions:own_forwards", args=[other.pk]), {"count": "1", "proof": "x"}
        ).status_code
        == 404
    )


def test_closed_and_removed_links_take_nothing_more(client: Client, firm: Firm, subject: Subject) -> None:
    task = make_task(subject, firm.owner)
    actions.add_promoters(task=task, actor=firm.owner, users=[firm.colleague, firm.owner])
    gone, stays = Promoter.objects.get(user=firm.colleague), Promoter.objects.get(user=firm.owner)
    actions.remove_promoter(promoter=gone, actor=firm.owner)
    assert "closed" in client.get(f"{gone.form.path}?lang=en").content.decode()
    assert Duty.objects.get(key=gone.duty_key).state == Duty.State.CANCELLED
    # The form is the task's: the page of capture forms neither lists nor closes it.
    with override("en"), pytest.raises(Refused, match="closed where it was opened"):
        sales.close_form(form=LeadForm.objects.get(pk=stays.form_id), actor=firm.owner)
    actions.close_task(task=task, actor=firm.owner)
    assert "closed" in client.get(f"{stays.form.path}?lang=en").content.decode()
    with override("en"), pytest.raises(Refused, match="closed"):
        actions.add_promoters(task=task, actor=firm.owner, users=[firm.approver])


def test_the_page_of_tasks_by_http(client: Client, firm: Firm, subject: Subject) -> None:
    client.force_login(firm.owner)
    told = {"title": "班级群转发", "text": "海报", "quota": "5", "starts_on": FIRST, "ends_on": LAST, "reward": "礼品",
            "reward_from": "50", "reward_by": "forwards", "keeper": firm.owner.pk}  # fmt: skip
    assert client.get(url("task_add", subject)).status_code == 200
    assert client.post(url("task_add", subject), told | {"reward_from": ""}).status_code == 422
    assert client.post(url("task_add", subject), told).status_code == 302
    task = ForwardTask.objects.get()
    give = url("promoters_add", subject, task.pk)
    assert client.get(give).status_code == 200
    assert client.post(give, {}).status_code == 422
    assert client.post(give, {"users": [firm.colleague.pk]}).status_code == 302
    promoter = Promoter.objects.get()
    assert client.get(url("promoter_link", subject, promoter.pk)).status_code == 200
    assert (
        client.post(url("forwards_note", subject, promoter.pk), {"count": "60", "proof": "截图"}).status_code
        == 302
    )
    page = client.get(url("board", subject), {"view": "forwarding"}).content.decode()
    assert "Give the reward" in page
    assert client.post(url("reward_give", subject, promoter.pk)).status_code == 302
    assert client.post(url("promoter_remove", subject, promoter.pk)).status_code in (302, 409)
    counts = set()
    for size in (2, 8):
        for _n in range(size):
            more = make_task(subject, firm.owner)
            who = make_customer(firm.east, firm.owner)
            actions.add_promoters(task=more, actor=firm.owner, customers=[who])
            leave(subject, firm.owner)
        client.get(url("board", subject), {"view": "forwarding"})
        with CaptureQueriesContext(connection) as found:
            assert client.get(url("board", subject), {"view": "forwarding"}).status_code == 200
        counts.add(len(found))
    assert len(counts) == 1, counts
    assert client.post(url("task_close", subject, task.pk)).status_code == 302


def test_nobody_rewards_themselves_or_takes_back_what_a_reward_was_given_for(
    client: Client, firm: Firm, subject: Subject
) -> None:
    task = make_task(subject, firm.owner, reward_from=50)
    actions.add_promoters(task=task, actor=firm.owner, users=[firm.owner, firm.colleague])
    own, other = Promoter.objects.get(user=firm.owner), Promoter.objects.get(user=firm.colleague)
    for one in (own, other):
        actions.note_forwards(promoter=one, count=60, proof="截图", actor=firm.owner)
    with pytest.raises(Refused, match="to themselves"):
        actions.give_reward(promoter=own, actor=firm.owner)
    client.force_login(firm.owner)
    page = client.get(url("board", subject), {"view": "forwarding"}).content.decode()
    assert url("reward_give", subject, other.pk) in page
    assert url("reward_give", subject, own.pk) not in page
    actions.give_reward(promoter=other, actor=firm.owner)
    actions.note_forwards(promoter=other, count=-10, proof="更正", actor=firm.owner)
    with pytest.raises(Refused, match="given for 50"):
        actions.note_forwards(promoter=other, count=-1, proof="更正", actor=firm.owner)
    with clock.at("2024-08-11T10:00"):  # it ended the day before; of others it is still put right
        with pytest.raises(Refused, match="over"):
            actions.note_forwards(promoter=own, count=5, proof="截图", actor=firm.owner)
        actions.note_forwards(promoter=other, count=5, proof="截图", actor=firm.owner)
    actions.close_task(task=task, actor=firm.owner)
    with pytest.raises(Refused, match="over"):
        actions.note_forwards(promoter=own, count=-60, proof="更正", actor=firm.owner)


def test_a_reward_is_given_beside_a_coupon_the_person_took(firm: Firm, subject: Subject) -> None:
    coupons = make_series(subject, firm.owner, each=1)
    chief = make_customer(firm.east, firm.owner)
    actions.issue_coupon(series=coupons, customer=chief, actor=firm.owner)
    task = make_task(subject, firm.owner, series=coupons, reward_from=1)
    actions.add_promoters(task=task, actor=firm.owner, customers=[chief])
    promoter = Promoter.objects.get()
    actions.note_forwards(promoter=promoter, count=1, proof="截图", actor=firm.owner)
    given = actions.give_reward(promoter=promoter, actor=firm.owner)
    assert given.coupon
    assert Coupon.objects.filter(customer=chief).count() == 2


def test_a_reward_is_counted_from_a_number_that_can_be_kept(
    client: Client, firm: Firm, subject: Subject
) -> None:
    for number in (0, 1_000_001):
        with pytest.raises(Refused):
            make_task(subject, firm.owner, reward_from=number)
    client.force_login(firm.owner)
    told = {"title": "班级群转发", "text": "海报", "quota": "5", "starts_on": FIRST, "ends_on": LAST, "reward": "礼品",
            "reward_from": "99999999999999999999", "reward_by": "forwards", "keeper": firm.owner.pk}  # fmt: skip
    assert client.post(url("task_add", subject), told).status_code == 422
    assert client.post(url("task_add", subject), told | {"reward_from": "9", "starts_on": "0001-01-01",
                                                         "ends_on": "0001-01-01"}).status_code == 422  # fmt: skip


def test_an_erased_customer_leaves_no_words_and_no_link(client: Client, firm: Firm, subject: Subject) -> None:
    chief = make_customer(firm.east, firm.owner, name="群主甲")
    task = make_task(subject, firm.owner)
    actions.add_promoters(task=task, actor=firm.owner, customers=[chief], group="群主甲的班级群")
    promoter = Promoter.objects.get()
    actions.note_forwards(promoter=promoter, count=7, proof="群主甲的截图", actor=firm.owner)
    coupon = actions.issue_coupon(series=make_series(subject, firm.owner), customer=chief, actor=firm.owner)
    actions.void_coupon(coupon=coupon, reason="群主甲要求", actor=firm.owner)
    erase_customer(customer=chief, reason="本人要求", actor=firm.people[MARKETING_DIRECTOR])
    promoter.refresh_from_db()
    coupon.refresh_from_db()
    assert (promoter.group, promoter.forwards, promoter.reports.get().proof, coupon.void_why) == (
        "",
        7,
        "",
        "",
    )
    assert "closed" in client.get(f"{promoter.form.path}?lang=en").content.decode()
