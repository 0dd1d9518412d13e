"""Planning the run sheet, calling its items, and what is noted at interactions; refusals, the journal, the forecast."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yunchou.capabilities.preparation.models import Speaker
from yunchou.capabilities.sales.models import Lead
from yunchou.directory.customers.models import Touch, TouchKind
from yunchou.directory.organisation.positions import MARKETING_SPECIALIST
from yunchou.directory.organisation.tests.factories import Firm, company, staff
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.files.tests.test_content import picture
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.tests.factories import make_customer
from yunchou.lifecycle.programme.actions import running as actions
from yunchou.lifecycle.programme.actions.running import ItemFacts, item_stamp, keep_item
from yunchou.lifecycle.programme.models import Day, ItemKind, RunSheetItem
from yunchou.lifecycle.programme.selectors import running
from yunchou.lifecycle.programme.selectors.running import items_of, lines_of
from yunchou.lifecycle.programme.templates_of_events import TEMPLATES

from .factories import EVENING, at, make_evening, make_item, make_sheet


def order_of(subject: object) -> list[str]:
    return [item.title for item in items_of(subject)]  # type: ignore[arg-type]


def plan_of(subject: object) -> dict[str, str]:
    return {
        item.title: f"{clock.local(item.starts_at):%H:%M}"
        for item in items_of(subject)  # type: ignore[arg-type]
    }


@pytest.mark.req("EXE-06", whole=True)
def test_a_run_sheet_is_planned_called_and_moved_and_every_deviation_stays_visible(firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    speaker = Speaker.objects.create(subject=subject, name="顾教授", topic="城市更新")
    upload = SimpleUploadedFile("演示.png", picture())
    facts = ItemFacts(
        "分享", at(18, 40), 20, ItemKind.TALK, owner=firm.colleague, speaker=speaker, material_note="U 盘备份",
        cue_host="介绍主讲人", cue_sound="话筒1", cue_light="面光",
    )  # fmt: skip
    make_item(subject, firm, "致辞", EVENING, 10)
    share = keep_item(subject=subject, facts=facts, actor=firm.owner, upload=upload)
    assert (share.owner, share.shown_speaker) == (firm.colleague, "顾教授")
    assert share.material is not None
    assert share.material.stage == "execution"
    dinner = make_item(subject, firm, "晚宴", at(19, 10), 60, is_fixed=True)
    # What comes between makes room; what is fixed stays, and the clash is told rather than hidden.
    extra = make_item(subject, firm, "合影", at(18, 40), 15)
    assert order_of(subject) == ["致辞", "合影", "分享", "晚宴"]
    assert plan_of(subject) == {"致辞": "18:30", "合影": "18:40", "分享": "18:55", "晚宴": "19:10"}
    actions.remove_item(item=extra, actor=firm.owner)
    share.refresh_from_db()
    back = ItemFacts("分享", at(18, 40), 20, ItemKind.TALK, owner=firm.colleague, speaker=speaker)
    share = keep_item(
        subject=subject, facts=back, actor=firm.owner, item=share, seen=item_stamp(items_of(subject)[1])
    )
    with pytest.raises(WrongState):
        keep_item(subject=subject, facts=facts, actor=firm.owner, item=share, seen="an older one")
    talk = make_item(subject, firm, "交流", at(19, 0), 10, kind=ItemKind.INTERACTION)
    first = items_of(subject)[0]
    # The host of the day calls: nobody else of the team does, nor does somebody of another region.
    host = staff("申屠主持", firm.department(), MARKETING_SPECIALIST, username="host")
    actions.keep_day(subject=subject, actor=firm.owner, host=host, photographer_name="林记影像")
    with pytest.raises(NotAllowed):
        actions.begin_item(item=first, actor=firm.approver)
    with pytest.raises(NotAllowed):
        actions.begin_item(item=first, actor=firm.outsider)
    with clock.at(at(18, 20)):
        found = running(subject)
        assert (found.current, found.next, found.late_minutes) == (None, first, 0)
        assert not found.is_over
    with clock.at(at(18, 36)):
        assert running(subject).late_minutes == 6, "nobody has begun"
        actions.begin_item(item=first, actor=host)
        actions.begin_item(item=first, actor=firm.owner)
        found = running(subject)
        assert found.current == first
        assert (found.late_minutes, [item.title for item in found.upcoming]) == (6, ["分享", "交流", "晚宴"])
    with clock.at(at(18, 46)):
        actions.begin_item(item=share, actor=host)
        actions.lengthen_item(item=share, minutes=5, actor=host)
        lines = {line.item.title: line.late_minutes for line in lines_of(subject)}
        assert lines == {"致辞": 6, "分享": 6, "交流": 11, "晚宴": 11}
        assert running(subject).late_minutes == 11
        actions.skip_item(item=talk, actor=host)
        lines = {line.item.title: line.late_minutes for line in lines_of(subject)}
        assert lines["晚宴"] == 1, "leaving ten minutes out wins ten"
        actions.take_back_in(item=talk, actor=host)
        with pytest.raises(WrongState):
            actions.skip_item(item=share, actor=host)
        # Dinner is taken before the talk: on the plan, too, where it alone keeps its time.
        actions.put_item(item=talk, place=9, actor=host)
        assert order_of(subject) == ["致辞", "分享", "晚宴", "交流"]
        actions.put_item(item=talk, place=0, actor=host)
        assert order_of(subject) == ["致辞", "分享", "交流", "晚宴"], "nothing comes before what has begun"
    with clock.at(at(19, 11)):
        actions.begin_item(item=dinner, actor=host)
        assert order_of(subject) == ["致辞", "分享", "晚宴", "交流"]
        share.refresh_from_db()
        assert share.ended_at == at(19, 11), "what ran ends with what begins"
        with pytest.raises(WrongState):
            actions.begin_item(item=share, actor=host)
        moved = ItemFacts("晚宴", at(20, 0), 60, is_fixed=True)
        with pytest.raises(Invalid):
            keep_item(subject=subject, facts=moved, actor=firm.owner, item=dinner)
    with clock.at(at(20, 20)):
        actions.end_item(item=dinner, actor=host)
        actions.end_item(item=dinner, actor=host)
        actions.skip_item(item=talk, actor=host)
        found = running(subject)
        assert (found.is_over, found.late_minutes, found.current) == (True, 10, None)
    plan = RunSheetItem.objects.get(pk=share.pk)
    assert (plan.starts_at, plan.minutes, plan.extra) == (at(18, 40), 20, 5), "the plan stays what it was"
    told = set(JournalEntry.objects.filter(subject=subject).values_list("kind", flat=True))
    assert told >= {
        f"programme.item_{what}" for what in ("kept", "began", "ended", "skipped", "back", "put", "removed")
    }
    assert Day.objects.get(pk=subject.pk).version > 15


def test_what_cannot_be_entered_is_refused_at_its_field(firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    for wrong, field in (
        ({"title": " "}, "title"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 999}, "minutes"),
    ):
        facts = {"title": "致辞", "starts_at": EVENING, "minutes": 10} | wrong
        with pytest.raises(Invalid) as refused:
            keep_item(subject=subject, facts=ItemFacts(**facts), actor=firm.owner)  # type: ignore[arg-type]
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotAllowed):
        keep_item(subject=subject, facts=ItemFacts("致辞", EVENING, 10), actor=firm.colleague)
    kept = {}
    for key, template in TEMPLATES.items():
        RunSheetItem.objects.filter(subject=subject).delete()
        made = actions.lay_template(subject=subject, template=key, starts_at=EVENING, actor=firm.owner)
        kept[key] = sum(item.minutes for item in made)
        assert made[-1].ends_at == EVENING + timedelta(minutes=kept[key])
        assert any(item.is_interaction and item.topics and item.form for item in made), template.name
    with pytest.raises(WrongState):
        actions.lay_template(subject=subject, template="dinner", starts_at=EVENING, actor=firm.owner)
    RunSheetItem.objects.filter(subject=subject).delete()
    with pytest.raises(Invalid):
        actions.lay_template(subject=subject, template="nothing", starts_at=EVENING, actor=firm.owner)
    assert running(subject).is_over is False
    one = make_item(subject, firm, "致辞", EVENING, 10)
    for minutes in (-10, 900):
        with pytest.raises(Invalid):
            actions.lengthen_item(item=one, minutes=minutes, actor=firm.owner)
    with pytest.raises(WrongState):
        actions.end_item(item=one, actor=firm.owner)
    RunSheetItem.objects.filter(pk=one.pk).delete()
    for act in (actions.begin_item, actions.end_item, actions.skip_item, actions.take_back_in):
        with pytest.raises(WrongState):
            act(item=one, actor=firm.owner)


@pytest.mark.req("EXE-07", whole=True)
def test_interactions_hold_topics_and_form_who_took_part_and_contacts_that_become_touches_and_leads(
    firm: Firm,
) -> None:
    subject = make_evening(firm, guests=2)
    sheet = make_sheet(subject, firm)
    talk = sheet[2]
    assert (talk.topics, talk.form, talk.participants) == ("客户关心的三个问题", "圆桌提问", None)
    customer = make_customer(firm, "沈一鸣", phone="13812345678")
    by_name, known = Guest.objects.order_by("pk")
    known.customer = customer
    known.save(update_fields=["customer"])
    with clock.at(at(19, 20)):
        actions.note_participants(item=talk, participants=36, actor=firm.owner)
        met = actions.note_exchange(item=talk, note="想看样板间", guest=known, actor=firm.owner)
        lead = actions.note_exchange(
            item=talk, note="下周签约意向", guest=known, actor=firm.owner, is_lead=True
        )
        alone = actions.note_exchange(item=talk, note="对养老产品有兴趣", guest=by_name, actor=firm.owner)
    talk.refresh_from_db()
    assert talk.participants == 36
    touch = Touch.objects.get(key=f"exchange:{met.pk}")
    assert (touch.kind, touch.customer, touch.subject_id) == (TouchKind.VISIT, customer, subject.pk)
    assert Lead.objects.get() == lead.lead
    assert (lead.lead.need, lead.lead.place, alone.lead) == ("下周签约意向", "交流", None)  # type: ignore[union-attr]
    with pytest.raises(Invalid):
        actions.note_exchange(item=talk, note="意向", guest=by_name, actor=firm.owner, is_lead=True)
    for act in (
        lambda: actions.note_participants(item=sheet[0], participants=3, actor=firm.owner),
        lambda: actions.note_exchange(item=sheet[0], note="意向", actor=firm.owner),
    ):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(Invalid):
        actions.note_participants(item=talk, participants=-1, actor=firm.owner)
    stranger = Guest.objects.create(subject=make_evening(firm, guests=0), name="别场客人")
    with pytest.raises(Invalid):
        actions.note_exchange(item=talk, note="意向", guest=stranger, actor=firm.owner)
    journal = str(
        list(
            JournalEntry.objects.filter(subject=subject, kind="programme.exchange_noted").values_list("data")
        )
    )
    assert "样板间" not in journal
    assert known.name not in journal


@pytest.fixture
def open_firm(transactional_db: None) -> Firm:
    return company()


def test_items_begun_by_several_at_once_never_run_together(open_firm: Firm) -> None:
    firm = open_firm
    for _each in ROUNDS:
        subject = make_evening(firm, guests=0)
        RunSheetItem.objects.filter(subject=subject).delete()
        items = [
            make_item(subject, firm, f"第{n}项", clock.now() + timedelta(minutes=10 * n), 10)
            for n in range(4)
        ]
        results = together(*[lambda one=one: actions.begin_item(item=one, actor=firm.owner) for one in items])
        assert all(isinstance(one, RunSheetItem) for one in results), results
        found = RunSheetItem.objects.filter(subject=subject)
        assert found.filter(began_at__isnull=False, ended_at=None).count() == 1
        assert found.filter(ended_at__isnull=False).count() == 3
        assert len(set(found.values_list("order", flat=True))) == 4
