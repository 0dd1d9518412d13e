"""A run sheet is taken from a table: shown line by line, all of it or nothing; what leaves as a file comes back as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.preparation.models import Speaker
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.identity.models import User
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


def taken(client: Client, event: Subject, table: str) -> None:
    page = f"/s/{event.pk}/run/import/"
    shown = client.post(page, {"pasted": table}).context["intake"]
    assert not shown.bad, [(line.number, [str(one) for one in line.faults]) for line in shown.bad]
    assert client.post(page, {"kept": shown.kept, "confirm": "1"}).status_code == 302


@pytest.mark.req("EXE-06")
def test_of_known_items_what_the_table_has_no_column_for_stays(
    firm: Firm, event: Subject, client: Client
) -> None:
    laid(event, firm)
    upload = SimpleUploadedFile("手卡.txt", b"cards", "text/plain")
    opening = items_of(event)[1]
    facts = ItemFacts(
        opening.title, opening.starts_at, 15, opening.kind, True, opening.session, firm.owner, cue_host="请入座",
        cue_sound="弱化音乐", cue_light="全亮", topics="人居", form="问答",
    )  # fmt: skip
    keep_item(subject=event, facts=facts, actor=firm.owner, item=opening, upload=upload)
    before = [vars(one) for one in items_of(event)]
    client.force_login(firm.owner)
    page = f"/s/{event.pk}/run/import/"
    times = (
        '环节,计划开始,时长\n签到,2024-08-10 18:00,20\n"开场, 致辞",2024-08-10 18:50,15\n'
        "圆桌,2024-08-10 19:30,40\n新的,2024-08-10 21:00,5\n"
    )
    shown = client.post(page, {"pasted": times}).content.decode()
    assert "表中没有" in shown
    assert "主持口令" in shown
    taken(client, event, times)
    after = items_of(event)
    assert [(one.title, one.minutes) for one in after] == [
        ("签到", 20),
        ("开场, 致辞", 15),
        ("圆桌", 40),
        ("新的", 5),
    ]
    assert after[1].starts_at == at(10, 18, 50)
    kept = (
        "kind", "is_fixed", "session_id", "owner_id", "speaker_id", "speaker_name", "material_id", "material_note", "cue_host",
        "cue_sound", "cue_light", "topics", "form",
    )  # fmt: skip
    for one, was in zip(after, before, strict=False):
        assert {name: getattr(one, name) for name in kept} == {name: was[name] for name in kept}
    assert after[1].material is not None
    # A column that is there and empty empties; a new item has what the table says and nothing else.
    taken(client, event, '环节,计划开始,时长,主持口令\n"开场, 致辞",2024-08-10 18:50,15,\n')
    assert (items_of(event)[1].cue_host, items_of(event)[1].cue_sound) == ("", "弱化音乐")
    assert (after[3].kind, after[3].owner) == (ItemKind.OTHER, None)


@pytest.mark.req("EXE-06")
def test_who_has_an_item_keeps_it_under_the_same_name_and_of_two_with_one_name_neither_is_guessed(
    firm: Firm, event: Subject, client: Client
) -> None:
    laid(event, firm)
    client.force_login(firm.owner)
    other = make_session(event, firm)
    dinner = items_of(event)[0].session
    assert dinner is not None
    assert other.pk != dinner.pk
    type(other).objects.filter(pk=other.pk).update(name=dinner.name)
    User.objects.filter(pk=firm.colleague.pk).update(name=firm.owner.name)
    Speaker.objects.bulk_create(Speaker(subject=event, name="王教授", position=n) for n in (1, 2))
    item = items_of(event)[1]
    RunSheetItem.objects.filter(pk=item.pk).update(speaker=Speaker.objects.filter(subject=event).first())
    before = stamps(event)
    row = f"环节,场次,计划开始,时长,负责人,主讲人\n{{}},{dinner.name},2024-08-10 18:45,15,{firm.owner.name},王教授\n"
    taken(client, event, row.format('"开场, 致辞"'))
    assert stamps(event) == before
    page = f"/s/{event.pk}/run/import/"
    [line] = client.post(page, {"pasted": row.format("别的")}).context["intake"].lines
    assert (line.facts, len(line.faults)) == (None, 3)
