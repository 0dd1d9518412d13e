"""The pages of the day through HTTP: who sees and calls what, the page that is asked every second, paper, dialogs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.operations.tests.toy import make_risk
from yunchou.capabilities.preparation.models import Post
from yunchou.directory.organisation.positions import RECEPTION
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.files.tests.test_content import picture as png
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.kernel.ui.seen import stamp
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.programme.actions import running
from yunchou.lifecycle.programme.actions.running import item_stamp
from yunchou.lifecycle.programme.models import EquipmentTest, PatrolLog, Picture, RunSheetItem, Shot

from .factories import EVENING, at, make_evening, make_item, make_sheet
from .test_safety import plan_fire

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with clock.at(EVENING):
        yield


@pytest.fixture
def evening(firm: Firm) -> Subject:
    return make_evening(firm)


def url(name: str, subject: Subject, *more: object) -> str:
    return reverse(f"programme:{name}", args=[subject.pk, *more])


@pytest.mark.once
@pytest.mark.req("EXE-06")
def test_the_run_sheet_is_kept_previewed_and_printed(client: Client, firm: Firm, evening: Subject) -> None:
    client.force_login(firm.owner)
    page = client.get(url("run_sheet", evening)).content.decode()
    assert url("template_lay", evening) in page
    assert client.get(url("template_lay", evening), headers=HTMX).status_code == 200
    laid = {"template": "forum", "starts_at": "2024-08-02T18:30"}
    assert client.post(url("template_lay", evening), laid).status_code == 302
    items = list(RunSheetItem.objects.filter(subject=evening))
    page = client.get(url("run_sheet", evening)).content.decode()
    for text in ("主旨演讲", "18:30—19:00", "话筒1开", "圆桌嘉宾"):
        assert text in page
    second = items[1]
    facts = {
        "title": "主持人开场", "kind": "ceremony", "starts_at": "2024-08-02T19:05", "minutes": "10",
        "is_fixed": "on", "seen": item_stamp(second), "cue_host": "<b>欢迎</b>",
    }  # fmt: skip
    told = client.post(url("item_keep", evening, second.pk), facts | {"preview": "1"}).content.decode()
    assert "主旨演讲" in told
    assert "19:15" in told
    second.refresh_from_db()
    assert second.minutes == 5, "a preview writes nothing"
    assert client.post(url("item_keep", evening, second.pk), facts).status_code == 302
    assert client.post(url("item_keep", evening, second.pk), facts).status_code == 409, "an older window"
    page = client.get(url("run_sheet", evening)).content.decode()
    assert "&lt;b&gt;欢迎" in page
    wrong = client.post(url("item_add", evening), {"title": "", "starts_at": "soon", "minutes": "0"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count("field-error") >= 3
    paper = client.get(url("run_sheet_print", evening))
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert client.post(url("item_remove", evening, items[3].pk)).status_code == 302
    assert client.post(url("day_keep", evening), {"host": firm.colleague.pk}).status_code == 302
    client.force_login(firm.outsider)
    for name in ("run_sheet", "live", "live_state", "day", "emergency_start", "run_sheet_print"):
        assert client.get(url(name, evening)).status_code == 404, name


def test_an_item_that_overruns_counts_on_from_the_end_of_its_own_time(
    client: Client, firm: Firm, evening: Subject
) -> None:
    """Not from the end that is expected now: that moves with the clock, and nobody would see by how much it is over."""
    first, *_rest = make_sheet(evening, firm)
    with clock.at(at(18, 36)):
        running.begin_item(item=first, actor=firm.owner)
    first = running.lengthen_item(item=first, minutes=5, actor=firm.owner)
    client.force_login(firm.owner)
    with clock.at(at(19, 30)):
        page = client.get(url("live_state", evening)).content.decode()
    due = at(18, 36) + first.length + timedelta(minutes=5)
    assert f'data-until="{due.timestamp():.0f}"' in page


@pytest.mark.req("EXE-06")
def test_what_waits_for_an_overrunning_item_reads_how_late_it_is_instead_of_counting_down(
    client: Client, firm: Firm, evening: Subject
) -> None:
    first, share, *_rest = make_sheet(evening, firm)
    with clock.at(at(18, 30)):
        running.begin_item(item=first, actor=firm.owner)
    client.force_login(firm.owner)

    def page(hour: int, minute: int, language: str = "zh-hans") -> str:
        firm.owner.language = language
        firm.owner.save(update_fields=["language"])
        with clock.at(at(hour, minute)):
            return client.get(url("live_state", evening)).content.decode()

    begins = f'data-until="{share.starts_at.timestamp():.0f}"'
    early = page(18, 35)
    assert begins in early
    assert 'data-then="即将开始"' in early
    late = page(18, 43)
    assert late.count("data-until") == 1  # what runs counts on, over its time
    assert late.count("晚 3 分钟") == 2  # what runs will end so late, and what waits is so late
    assert "上一环节结束后开始" in late
    assert "begins when the item before it has ended" in page(18, 43, "en")
    assert "about to begin" in page(18, 40, "en")


@pytest.mark.once
@pytest.mark.req("EXE-06")
def test_everybody_sees_what_the_host_calls_and_an_unchanged_page_is_no_answer(
    client: Client, firm: Firm, evening: Subject
) -> None:
    first, second, third, _dinner = make_sheet(evening, firm)
    running.keep_day(subject=evening, actor=firm.owner, host=firm.colleague)
    host, looker = client, Client()
    host.force_login(firm.colleague)
    looker.force_login(firm.people[RECEPTION])
    state = url("live_state", evening)
    seen = looker.get(state)
    tag = seen["ETag"].strip('"')
    assert "致辞" in seen.content.decode()
    assert url("item_call", evening, first.pk, "begin") not in seen.content.decode(), "only the host calls"
    with CaptureQueriesContext(connection) as quiet:
        assert looker.get(f"{state}?v={tag}").status_code == 204
    assert len(quiet) <= 9, [query["sql"] for query in quiet]
    assert looker.get(state, headers={"If-None-Match": f'"{tag}"'}).status_code == 304
    assert url("item_call", evening, first.pk, "begin") in host.get(url("live", evening)).content.decode()
    with clock.at(at(18, 36)):
        called = host.post(url("item_call", evening, first.pk, "begin"), headers=HTMX)
        assert called.status_code == 200
        assert "晚 6 分钟" in called.content.decode()
        now = looker.get(f"{state}?v={tag}")
        assert now.status_code == 200, "a second later everybody sees it"
        assert "晚 6 分钟" in now.content.decode()
        assert looker.post(url("item_call", evening, second.pk, "begin"), headers=HTMX).status_code == 403
        for what in ("longer", "shorter", "end"):
            assert host.post(url("item_call", evening, first.pk, what), headers=HTMX).status_code == 200
        for what in ("later", "earlier", "skip", "back"):
            assert host.post(url("item_call", evening, second.pk, what), headers=HTMX).status_code == 200
        assert host.post(url("item_call", evening, first.pk, "skip"), headers=HTMX).status_code == 409
        assert host.post(url("item_call", evening, first.pk, "dance")).status_code == 404
        assert host.post(url("item_call", evening, third.pk, "begin")).status_code == 302
        assert host.post(url("participants_note", evening, third.pk), {"participants": 36}).status_code == 302
        guest = Guest.objects.first()
        noted = {"guest": guest.pk, "note": "想看样板间"}  # type: ignore[union-attr]
        assert host.post(url("exchange_note", evening, third.pk), noted).status_code == 302
        refused = host.post(url("exchange_note", evening, third.pk), noted | {"is_lead": "on"})
        assert refused.status_code == 422
        assert "想看样板间" in refused.content.decode(), "nothing that was typed is lost"
    page = host.get(url("live", evening)).content.decode()
    assert "36 人参与" in page
    counts = []
    for more in (0, 12):
        for n in range(more):
            make_item(evening, firm, f"节目{n}", at(21, n), 1)
        with CaptureQueriesContext(connection) as queries:
            looker.get(state)
        counts.append(len(queries))
    assert counts[0] == counts[1], "as many statements for a long run sheet"


@pytest.mark.once
@pytest.mark.req("EXE-02", "EXE-08", "EXE-09", "EXE-11")
def test_the_day_is_seen_to_on_the_phone(client: Client, firm: Firm, evening: Subject) -> None:
    Member.objects.create(subject=evening, user=firm.colleague, role=Role.MEMBER)
    Post.objects.create(subject=evening, post="东门引导", person=firm.colleague, position=1)
    Post.objects.create(
        subject=evening, post="撤场", person=firm.owner, on=EVENING.date() + timedelta(days=1), position=2
    )
    plan_fire(evening, firm)
    make_risk(evening, "现场设备故障")
    client.force_login(firm.owner)
    day = url("day", evening)
    today = client.get(day).content.decode()
    assert "东门引导" in today
    assert "未培训" in today
    assert "撤场" not in today
    assert client.post(url("checks_put", evening), {"theme": "safety"}).status_code == 302
    assert client.post(url("equipment_usual", evening)).status_code == 302
    kept = {"kind": "other", "name": "同传耳机", "tester": firm.colleague.pk}
    assert client.post(url("equipment_add", evening), kept).status_code == 302
    assert client.post(url("equipment_add", evening), kept).status_code == 422
    rounds = {
        "person": firm.colleague.pk, "places": "南门\n宴会厅", "first_at": "2024-08-02T18:00",
        "last_at": "2024-08-02T19:00", "every_minutes": "30",
    }  # fmt: skip
    assert client.post(url("rounds_plan", evening), rounds).status_code == 302
    assert client.post(url("shot_add", evening), {"what": "开场全景", "people": "总经理"}).status_code == 302
    test = EquipmentTest.objects.get(name="同传耳机")
    walk, found = PatrolLog.objects.order_by("pk")[:2]
    client.force_login(firm.colleague)
    fault = {"result": "fault", "note": "电量不足"}
    assert client.post(url("equipment_test", evening, test.pk), fault).status_code == 302
    assert client.get(url("round_walk", evening, walk.pk), headers=HTMX).status_code == 200
    photo = SimpleUploadedFile("通道.png", png())
    hazard = {"hazard": "通道堆放纸箱", "photo": photo}
    assert client.post(url("round_walk", evening, walk.pk), hazard).status_code == 302
    page = client.get(day).content.decode()
    for text in ("通道堆放纸箱", "电量不足", "宴会厅未巡查"):
        assert text in page, text
    assert client.post(url("hazard_close", evening, walk.pk), {"action": "已清理"}).status_code == 302
    assert client.post(url("round_walk", evening, found.pk), {}).status_code == 302
    for name, *more in (
        ("rounds_plan",), ("equipment_usual",), ("equipment_remove", test.pk), ("shot_add",), ("item_add",),
        ("round_remove", found.pk),
    ):  # fmt: skip
        assert client.post(url(name, evening, *more), {}).status_code == 403, name

    # One press sets the plan off; steps are ticked; the second press finds the first run.
    start = client.get(url("emergency_start", evening)).content.decode()
    assert "火灾" in start
    begun = client.post(url("emergency_start", evening), {"scenario": "fire", "place": "厨房"})
    again = client.post(url("emergency_start", evening), {"scenario": "fire"})
    assert begun["Location"] == again["Location"]
    run = evening.emergency_runs.get()
    page = client.get(begun["Location"]).content.decode()
    for text in ("tel:119", "南门草坪", "断电并启用灭火器", "厨房"):
        assert text in page, text
    step = run.steps.first()
    ticked = client.post(url("emergency_step", evening, run.pk, step.pk), {"done": "1"}, headers=HTMX)
    assert firm.colleague.name in ticked.content.decode()
    state = url("emergency_state", evening, run.pk)
    tag = f"100-0-{stamp('厨房')[:8]}"
    assert client.get(f"{state}?v={tag}").status_code == 204
    assert client.get(f"{state}?v=0{tag[1:]}").status_code == 200
    assert "厨房" in client.get(url("live", evening)).content.decode(), "it stands above the run sheet, too"
    assert client.post(url("emergency_close", evening, run.pk), {"summary": ""}).status_code == 422
    assert client.post(url("emergency_close", evening, run.pk), {"summary": "油烟"}).status_code == 302

    shot = Shot.objects.get(subject=evening)
    assert client.post(url("shot_tick", evening, shot.pk), {"done": "1"}).status_code == 302
    files = {"pictures": [SimpleUploadedFile(f"{n}.png", png(size=(40, n + 30))) for n in range(2)]}
    assert client.post(url("picture_add", evening), files).status_code == 302
    made = list(Picture.objects.filter(subject=evening).order_by("pk"))
    assert len(made) == 2
    guest = Guest.objects.first()
    marked = {"guests": [guest.pk], "tags": "合影"}  # type: ignore[union-attr]
    assert client.post(url("picture_mark", evening, made[0].pk), marked).status_code == 302
    edited = {"file": SimpleUploadedFile("finished.png", png(size=(60, 60)))}
    assert client.post(url("picture_edited", evening, made[1].pk), edited).status_code == 302
    client.force_login(firm.owner)
    published = {"picture": [made[0].pk, "x"], "state": "published"}
    refused = client.post(url("pictures_sort", evening), published, headers=HTMX)
    assert refused.status_code == 422
    assert "林晓雯" in refused.content.decode()
    chosen = {"picture": [one.pk for one in made], "state": "chosen"}
    assert client.post(url("pictures_sort", evening), chosen).status_code == 302
    for view in ("today", "setup", "patrols", "emergency", "pictures", "nothing"):
        assert client.get(f"{day}?view={view}").status_code == 200, view
    assert client.post(url("shot_remove", evening, shot.pk)).status_code == 302
    assert client.post(url("equipment_remove", evening, test.pk)).status_code == 302


def test_the_run_sheet_leaves_as_a_file_with_plan_cues_and_how_it_went(client: Client, firm: Firm) -> None:
    subject = make_evening(firm, 1)
    sheet = make_sheet(subject, firm)
    running.begin_item(item=sheet[0], actor=firm.owner)
    take = f"{reverse('sheets:listing_take', args=['programme.run_sheet'])}?subject={subject.pk}"
    client.force_login(firm.owner)
    assert "programme.run_sheet" in client.get(f"/s/{subject.pk}/run/").text
    taken = client.post(take, {"form": "csv"})
    lines = b"".join(taken.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert [line.split(",")[0] for line in lines[1:5]] == ["致辞", "分享", "交流", "晚宴"]
    assert "2024-08-02 18:30" in lines[1]
    assert "圆桌提问" in lines[3]
    client.force_login(firm.outsider)
    assert client.post(take, {"form": "csv"}).status_code in {403, 404}
