"""The set-up by theme; tests of equipment, and the risk that what failed sets off an hour before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yunchou.capabilities.metrics.models import Reading
from yunchou.capabilities.operations.models import Risk
from yunchou.capabilities.operations.tests.toy import make_risk
from yunchou.capabilities.preparation.actions.rows import check_item
from yunchou.capabilities.preparation.models import Check, CheckState
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.programme.actions import setup as actions
from yunchou.lifecycle.programme.models import EquipmentTest, Result
from yunchou.lifecycle.programme.selectors.onsite import equipment_of, themes_of
from yunchou.lifecycle.programme.tasks import judge
from yunchou.lifecycle.programme.templates_of_events import EQUIPMENT_INDICATOR, SETUP

from .factories import EVENING, make_evening

HOUR_BEFORE = EVENING - timedelta(hours=1)


@pytest.mark.req("EXE-01", whole=True)
def test_set_up_is_a_checklist_by_theme_that_is_worked_off_and_owed(firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    for theme in ("check_in", "consultation", "rest", "placement"):
        name, items = SETUP[theme]
        assert actions.put_checks(subject=subject, theme=theme, actor=firm.owner) == len(items)
        assert actions.put_checks(subject=subject, theme=theme, actor=firm.owner) == 0, name
    themes = themes_of(subject)
    assert [theme.name for theme in themes] == ["签到台", "咨询台", "休息区", "资料礼品摆放"]
    texts = [text for _check, text in themes[3].lines]
    assert any("资料" in text for text in texts)
    assert any("礼品" in text for text in texts)
    first, _text = themes[0].lines[0]
    duty = Duty.objects.get(key=f"preparation.check:{first.pk}")
    assert (duty.owner, clock.local(duty.due_at).date()) == (firm.owner, clock.local(EVENING).date())
    check_item(check=first, is_fine=True, note="", actor=firm.owner)
    assert themes_of(subject)[0].done == 1
    assert Check.objects.get(pk=first.pk).state == CheckState.FINE
    with pytest.raises(Invalid):
        actions.put_checks(subject=subject, theme="kitchen", actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.put_checks(subject=subject, theme="rest", actor=firm.colleague)
    told = JournalEntry.objects.filter(subject=subject, kind="programme.checks_put")
    assert told.count() == 4


@pytest.mark.req("EXE-02", whole=True)
def test_what_failed_or_was_not_tested_an_hour_before_sets_the_equipment_risk_off(
    firm: Firm, django_capture_on_commit_callbacks: object
) -> None:
    subject = make_evening(firm, guests=0)
    standard = make_risk(subject, "现场设备故障", owner=firm.colleague, limit_minutes=30)
    weather = make_risk(subject, "户外遇雨")
    assert actions.put_equipment(subject=subject, actor=firm.owner) == 6
    assert actions.put_equipment(subject=subject, actor=firm.owner) == 0
    tests = list(EquipmentTest.objects.filter(subject=subject))
    assert {one.kind for one in tests} == {"sound", "light", "projection"}
    assert [risk.scenario for risk in equipment_of(subject).risks] == ["现场设备故障"]
    with clock.at(HOUR_BEFORE - timedelta(minutes=30)):
        for one in tests[:-1]:
            done = actions.note_test(test=one, result=Result.FINE, actor=firm.colleague)
            assert (done.tested_by, done.tested_at) == (firm.colleague, clock.now())
        judge(clock.now())
        assert Risk.objects.get(pk=standard.pk).state == Risk.State.IDLE, "it is not time yet"
    with clock.at(HOUR_BEFORE):
        judge(clock.now())
        judge(clock.now())
    standard.refresh_from_db()
    assert standard.state == Risk.State.TRIGGERED, "one thing was not tested"
    assert standard.log.count() == 1
    assert tests[-1].name in standard.log.get().problem
    assert Duty.objects.filter(kind="operations.risk_response", owner=firm.colleague).count() == 1
    assert Risk.objects.get(pk=weather.pk).state == Risk.State.IDLE
    told = JournalEntry.objects.filter(kind="programme.equipment_judged")
    assert told.count() == 1

    # Another evening: all is in order at the hour, and a fault later goes through the recorded value that a risk watches.
    other = make_evening(firm, guests=0)
    risk = make_risk(other, "舞台设备出错")
    actions.put_equipment(subject=other, actor=firm.owner)
    actions.watch_equipment(risk=risk, actor=firm.owner)
    risk.refresh_from_db()
    assert (risk.watch, risk.indicator, risk.comparator, risk.value) == (
        "reading",
        EQUIPMENT_INDICATOR,
        ">=",
        1,
    )
    for one in EquipmentTest.objects.filter(subject=other):
        actions.note_test(test=one, result=Result.FINE, actor=firm.owner)
    with clock.at(HOUR_BEFORE), django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        judge(clock.now())
    assert Risk.objects.get(pk=risk.pk).state == Risk.State.IDLE
    assert [reading.value for reading in Reading.objects.filter(series__indicator=EQUIPMENT_INDICATOR)] == [0]
    screen = EquipmentTest.objects.filter(subject=other).last()
    assert screen is not None
    later = HOUR_BEFORE + timedelta(minutes=20)
    with clock.at(later), django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        with pytest.raises(Invalid):
            actions.note_test(test=screen, result=Result.FAULT, actor=firm.owner)
        actions.note_test(test=screen, result=Result.FAULT, actor=firm.owner, note="无信号")
    assert Risk.objects.get(pk=risk.pk).state == Risk.State.TRIGGERED
    with pytest.raises(Invalid):
        actions.note_test(test=screen, result=Result.OPEN, actor=firm.owner)


def test_equipment_is_named_once_and_taken_off(firm: Firm) -> None:
    subject = make_evening(firm, guests=0)
    kept = actions.keep_equipment(
        subject=subject, kind="sound", name="弦乐扩音", actor=firm.owner, tester=firm.colleague
    )
    same = actions.keep_equipment(subject=subject, kind="sound", name="弦乐扩音", actor=firm.owner, test=kept)
    assert same == kept
    for wrong in ("弦乐扩音", " "):
        with pytest.raises(Invalid):
            actions.keep_equipment(subject=subject, kind="sound", name=wrong, actor=firm.owner)
    actions.remove_equipment(test=kept, actor=firm.owner)
    with pytest.raises(WrongState):
        actions.note_test(test=kept, result=Result.FINE, actor=firm.owner)
    with clock.at(HOUR_BEFORE):
        judge(clock.now())
