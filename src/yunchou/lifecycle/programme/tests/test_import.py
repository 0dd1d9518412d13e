"""A run sheet is taken from a table: shown line by line, all of it or nothing; what leaves as a file comes back as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.tests.factories import at, make_event, make_session
from yunchou.lifecycle.programme.actions.running import ItemFacts, item_stamp, keep_item
from yunchou.lifecycle.programme.models import ItemKind, RunSheetItem
from yunchou.lifecycle.programme.selectors.running import items_of

HEADS = "环节,类别,场次,计划开始,时长（分钟）,固定时间开始,负责人,主讲人,资料,主持口令\n"


def stamps(subject: Subject) -> list[str]:
    return [item_stamp(item) for item in items_of(subject)]


@pytest.fixture
def event(firm: Firm) -> Subject:
    return make_event(firm).subject


def laid(subject: Subject, firm: Firm) -> None:
    dinner = make_session(subject, firm)
    for n, (title, kind, minutes) in enumerate(
        (("签到", ItemKind.OTHER, 30), ("开场, 致辞", ItemKind.CEREMONY, 15), ("圆桌", ItemKind.TALK, 40))
    ):
        facts = ItemFacts(
            title, at(10, 18) + timedelta(minutes=45 * n), minutes, kind, n == 1, dinner, firm.owner if n else None,
            speaker_name="林教授" if n == 2 else "", material_note="手卡" if n else "", cue_host="请入座" if n == 1 else "",
            cue_sound="弱化音乐", cue_light="全亮", topics="人居", form="问答",
        )  # fmt: skip
        keep_item(subject=subject, facts=facts, actor=firm.owner)


@pytest.mark.req("EXE-06")
@pytest.mark.parametrize(("form", "language"), [("csv", "zh-hans"), ("xlsx", "zh-hans"), ("csv", "en")])
def test_what_leaves_as_a_file_comes_back_as_it_was(
    firm: Firm, event: Subject, client: Client, form: str, language: str
) -> None:
    laid(event, firm)
    before = stamps(event)
    client.force_login(firm.owner)
    headers = {"accept-language": language}
    take = f"{reverse('sheets:listing_take', args=['programme.run_sheet'])}?subject={event.pk}"
    taken = client.post(take, {"form": form}, headers=headers)
    data = b"".join(taken.streaming_content)  # type: ignore[attr-defined]
    page = f"/s/{event.pk}/run/import/"

    def upload() -> tuple[int, int]:
        sent = SimpleUploadedFile(f"run.{form}", data)
        shown = client.post(page, {"file": sent}, headers=headers)
        assert shown.status_code == 200, shown.content.decode()[:500]
        intake = shown.context["intake"]
        assert not intake.bad, [(line.number, [str(one) for one in line.faults]) for line in intake.bad]
        assert client.post(page, {"kept": intake.kept, "confirm": "1"}).status_code == 302
        return RunSheetItem.objects.filter(subject=event).count(), JournalEntry.objects.filter(
            kind="programme.items_taken"
        ).count()

    # Into the same run sheet nothing changes, into an empty one everything comes back.
    assert upload() == (3, 0)
    assert stamps(event) == before
    RunSheetItem.objects.filter(subject=event).delete()
    assert upload() == (3, 1)
    assert stamps(event) == before


@pytest.mark.req("EXE-06")
def test_faults_stand_beside_their_line_and_nothing_is_half_written(
    firm: Firm, event: Subject, client: Client
) -> None:
    client.force_login(firm.owner)
    page = f"/s/{event.pk}/run/import/"
    rows = (
        "签到,,,2024-08-10 17:30,30,,,,,",
        "开场,怪,晚宴,昨天,x,,无此人,,,",
        ",,,2024-08-10 18:00,5,,,,,",
        "签到,,,2024/8/10 17:30,30,,,,,",
    )
    bad = HEADS + "\n".join(rows)
    shown = client.post(page, {"pasted": bad})
    intake = shown.context["intake"]
    assert [line.facts is None for line in intake.lines] == [False, True, True, True]
    text = shown.content.decode()
    for words in ("无此人", "晚宴", "2024-08-02 15:20"):
        assert words in text
    assert client.post(page, {"kept": intake.kept, "confirm": "1"}).status_code == 200
    assert not RunSheetItem.objects.exists()
    good = HEADS + "签到,,,2024-08-10 17:30,30,,,,,\n开场,仪式,,2024年8月10日 18:00,15,是,,,,请入座\n"
    intake = client.post(page, {"pasted": good}).context["intake"]
    # Whoever may not keep the run sheet takes nothing in.
    client.force_login(firm.nobody)
    assert client.post(page, {"kept": intake.kept, "confirm": "1"}).status_code in (403, 404)
    client.force_login(firm.owner)
    assert client.post(page, {"kept": intake.kept, "confirm": "1"}).status_code == 302
    # Another time on the same day moves it; what has begun is not planned anew, and then nothing is taken.
    moved = good.replace("17:30", "17:20")
    kept = client.post(page, {"pasted": moved}).context["intake"].kept
    assert client.post(page, {"kept": kept, "confirm": "1"}).status_code == 302
    first = items_of(event)[0]
    assert (first.title, first.starts_at, RunSheetItem.objects.count()) == ("签到", at(10, 17, 20), 2)
    RunSheetItem.objects.filter(pk=first.pk).update(began_at=at(10, 17, 20))
    again = HEADS + "新环节,,,2024-08-10 19:00,10,,,,,\n签到,,,2024-08-10 17:40,30,,,,,\n"
    kept = client.post(page, {"pasted": again}).context["intake"].kept
    assert client.post(page, {"kept": kept, "confirm": "1"}).status_code == 422
    assert RunSheetItem.objects.count() == 2
