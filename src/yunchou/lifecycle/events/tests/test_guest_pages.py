"""What guests see of us: an invitation that weighs little, replies without scripts, plain words for whatever goes wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from icalendar import Calendar

from yunchou.directory.customers.models import Purpose
from yunchou.directory.customers.selectors.consents import may_contact
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events.actions.guests import add_guests, offer_sessions, take_off
from yunchou.lifecycle.events.actions.sessions import QuestionFacts, keep_question
from yunchou.lifecycle.events.models import Guest, Happening, Reply

from .factories import at, make_customer, make_event, make_guest, make_session, open_page

FIRST_VIEW = 60_000
"""So many bytes the first view may weigh with everything it loads."""
FORBIDDEN_STYLES = {
    r":has\(": ":has()", r":is\(": ":is()", r":where\(": ":where()", r":focus-visible": ":focus-visible",
    r"oklch|oklab|color-mix|light-dark": "new colours", r"@layer|@container|@property|@supports": "new at-rules",
    r"(?<![-\w])inset\s*:": "inset", r"aspect-ratio": "aspect-ratio", r"(?<![-\w])(row-|column-)?gap\s*:": "gap",
    r"\b(clamp|min|max)\(": "clamp()", r"accent-color": "accent-color", r"(margin|padding)-(inline|block)": "logical properties",
    r"\d(dvh|svh|lvh|cqw)\b": "new units", r"(?m)^\s*&|[{;]\s*&": "nesting", r"backdrop-filter": "backdrop-filter",
    r"overflow\s*:\s*clip": "overflow: clip", r"scrollbar-gutter|content-visibility|text-wrap": "new layout",
}  # fmt: skip
FORBIDDEN_SCRIPTS = {
    r"\?\.(?!\d)": "optional chaining", r"\?\?": "nullish coalescing", r"\.replaceAll\(": "replaceAll",
    r"\.at\(": "at()", r"structuredClone|Promise\.any|WeakRef": "new globals", r"[|&?]{2}=": "logical assignment",
    r"#[a-z]\w*\s*[=(;]": "private fields", r"\d_\d": "numeric separators", r"\.matchAll\(": "matchAll",
    r"static\s*\{": "static blocks", r"<script": "inline scripts",
}  # fmt: skip
"""What Chrome 75 does not know (caniuse): chat apps carry web views of that age."""
ROOM = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    cache.clear()
    with clock.at(at(2, 10)):
        yield


def faults(text: str, forbidden: dict[str, str]) -> list[str]:
    return [name for pattern, name in forbidden.items() if re.search(pattern, text)]


def read(client: Client, guest: Guest, query: str = "") -> str:
    response = client.get(f"/g/{guest.token}/{query}")
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(client: Client, guest: Guest, **data: object) -> tuple[int, str]:
    response = client.post(f"/g/{guest.token}/reply/", data)
    guest.refresh_from_db()
    return response.status_code, response.content.decode()


@pytest.mark.req("PRE-05")
@pytest.mark.req("EXE-11")
def test_a_guest_accepts_with_a_companion_diet_and_pictures_and_gets_tickets_and_a_calendar(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm, seats=2)
    customer = make_customer(firm)
    [guest] = add_guests(subject=subject, customers=[customer], sessions=[dinner], actor=firm.owner).guests
    assert "尚未发出" in read(client, guest)
    open_page(
        subject, firm, agenda="18:30 入场\n茶歇", map_url="https://uri.amap.com/x", title_en="A concert"
    )
    client.head(f"/g/{guest.token}/")
    client.get(f"/g/{guest.token}/", headers={"user-agent": "facebookexternalhit/1.1"})
    guest.refresh_from_db()
    assert guest.opened_at is None  # a program looked ahead; nobody has read it
    response = client.get(f"/g/{guest.token}/")
    page = response.content.decode()
    assert {"我会参加", "这次来不了", "云栖花园", "林晓雯", "18:30", "茶歇", "用地图导航"} <= {
        words for words in ("我会参加", "这次来不了", "云栖花园", "林晓雯", "18:30", "茶歇", "用地图导航") if words in page
    }  # fmt: skip
    told = {name: response[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")}
    assert told == {
        "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
    }  # fmt: skip
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in page
    guest.refresh_from_db()
    assert guest.opened_at == clock.now()
    read(client, guest)
    assert guest.entries.filter(what=Happening.OPENED).count() == 1
    assert "A concert" in read(client, guest, "?lang=en")
    assert "I will come" in read(client, guest)  # and it stays English
    form = read(client, guest, "?step=reply&lang=zh-hans")
    assert "同行人 1 姓名" in form
    assert "下划线" not in form

    # A companion without a name: said beside the line, nothing typed is lost.
    status, page = send(
        client, guest, answer="accepted", companion_2_diet="halal", diet="vegetarian", diet_note="不吃香菜"
    )
    assert status == 422
    assert "请填写同行人姓名" in page
    assert "不吃香菜" in page
    assert guest.reply == Reply.LISTED
    status, _page = send(
        client, guest, answer="accepted", companion_2_name="林母", companion_2_diet="halal", diet="vegetarian",
        diet_note="不吃香菜", allows_pictures="1",
    )  # fmt: skip
    assert status == 302
    [mother] = guest.companions.all()
    assert (guest.reply, guest.diet, guest.diet_note, mother.diet) == (
        Reply.ACCEPTED, ["vegetarian"], "不吃香菜", ["halal"],
    )  # fmt: skip
    assert may_contact([customer.pk], Purpose.IMAGE, "any") == {customer.pk}
    page = read(client, guest)
    assert page.count("<figure") == 2  # a ticket of one's own for everybody
    assert "林母" in page
    assert "您已确认参加" in page
    assert guest.token not in re.sub(r'(href|action)="/g/[^"]+"', "", page)
    own = read(client, mother)
    assert own.count("<figure") == 1
    assert "修改回复" not in own
    assert client.post(f"/g/{mother.token}/reply/", {"answer": "declined"}).status_code == 409

    response = client.get(f"/g/{guest.token}/calendar.ics")
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert (event["summary"], event.decoded("dtstart")) == ("七夕邻里音乐会 · 晚宴", dinner.starts_at)
    assert guest.token not in response.content.decode()

    # Changing: the companion stays the same person. The next guest waits, and moves up when these two give up.
    waits = make_guest(subject, firm, "苏景行", dinner)
    assert "候补" in read(client, waits, "?step=reply")
    assert send(client, waits, answer="accepted")[0] == 302
    assert "候补名单" in read(client, waits)
    assert client.get(f"/g/{waits.token}/calendar.ics").status_code == 404
    assert f'value="{mother.pk}"' in read(client, guest, "?step=reply")
    send(client, guest, answer="declined")
    assert guest.reply == Reply.DECLINED
    assert "您已确认参加" in read(client, waits)
    assert may_contact([customer.pk], Purpose.IMAGE, "any") == {customer.pk}
    # Withdrawn consent: the box is left empty.
    send(client, guest, answer="accepted")
    assert may_contact([customer.pk], Purpose.IMAGE, "any") == set()


def test_without_scripts_a_question_that_an_answer_raises_comes_as_a_second_step(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    dinner, talk = make_session(subject, firm), make_session(subject, firm, "论坛")
    open_page(subject, firm, asks_transport=True)
    ask = lambda text, **more: keep_question(  # noqa: E731
        subject=subject, facts=QuestionFacts(text, **more), actor=firm.owner
    )
    drives = ask("自驾吗？", kind="yes_no", is_required=True)
    plate = ask("预留哪块车牌", is_required=True, shown_if=drives, shown_if_answer="yes")
    guest = make_guest(subject, firm, "林晓雯", dinner, talk)
    first = read(client, guest, "?step=reply")
    assert "自驾吗" in first
    assert "预留哪块车牌" not in first
    status, page = send(client, guest, answer="accepted", asked=str(drives.pk), session=str(dinner.pk))
    assert status == 422  # it must be answered
    assert "请填写" in page
    given = {f"question_{drives.pk}": "yes", "transport": "自驾", "session": str(dinner.pk)}
    status, page = send(client, guest, answer="accepted", asked=str(drives.pk), **given)
    assert status == 200
    assert "预留哪块车牌" in page
    assert "还有一步" in page
    assert guest.reply == Reply.LISTED
    both = f"{drives.pk},{plate.pk}"
    assert send(client, guest, answer="accepted", asked=both, **given)[0] == 422
    given[f"question_{plate.pk}"] = "粤A12345"
    assert send(client, guest, answer="accepted", asked=both, **given)[0] == 302
    assert guest.answers == {str(drives.pk): "yes", str(plate.pk): "粤A12345"}
    assert [place.state for place in guest.places.order_by("session_id")] == ["held", "given_up"]
    # No session chosen, one of another event, and none at all: in plain words.
    foreign = make_session(make_event(firm, "另一场").subject, firm)
    for session in ("", str(foreign.pk), "9" * 30):
        assert send(client, guest, answer="accepted", asked=both, **given | {"session": session})[0] == 422


def test_wrong_late_and_withdrawn_links_are_answered_in_plain_words_and_slowed_down(
    firm: Firm, client: Client
) -> None:
    campaign = make_event(firm)
    subject = campaign.subject
    dinner = make_session(subject, firm)
    open_page(subject, firm)
    guest = make_guest(subject, firm, "林晓雯", dinner)
    with clock.at(at(8)):
        page = read(client, guest)
        assert "回复已截止" in page
        assert "李小姐" in page
        status, page = send(client, guest, answer="accepted")
        assert status == 409
        assert "2024-08-07 18:00" in page
        assert send(client, guest, answer="declined")[0] == 302
    assert client.get(f"/g/{guest.token}/reply/").status_code == 302
    take_off(guest=guest, reason="重复", actor=firm.owner)
    for response in (
        client.get(f"/g/{guest.token}/"),
        client.post(f"/g/{guest.token}/reply/", {"answer": "accepted"}),
    ):
        assert response.status_code == 410
        assert "已撤回" in response.content.decode()
    other = make_guest(subject, firm, "苏景行", dinner)
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.CANCELLED)
    assert "已取消" in read(client, other)
    assert send(client, other, answer="accepted")[0] == 409
    # A forged, a foreign and a much too long secret look the same; tried often they are slowed down, right ones are not.
    with clock.at(at(2, 11)):
        answers = [client.get(f"/g/{token}/") for token in ("x" * 22, "y" * 4000, "漢字")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        slowed = [client.post(f"/g/{'z' * 21}{n % 10}/reply/") for n in range(30)]
        assert [answer.status_code for answer in slowed] == [404] * 17 + [429] * 13
        assert slowed[-1]["Retry-After"] == "60"
        assert client.get(f"/g/{other.token}/").status_code == 200


@pytest.mark.once
def test_the_first_view_is_light_and_knows_nothing_newer_than_chrome_75(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    open_page(
        subject, firm, text="今夏最好的一个晚上。" * 30, agenda="\n".join(f"1{n}:00 环节" for n in range(9))
    )
    guest = make_guest(subject, firm, "林晓雯", dinner)
    for query in ("", "?step=reply", "?lang=en"):
        page = read(client, guest, query)
        assert not faults(page.replace(guest.token, ""), FORBIDDEN_SCRIPTS)
        assert "<script" not in page
        assert " style=" not in page
        assert " on" not in "".join(re.findall(r"<\w+ [^>]*?( on\w+=)", page))
        loaded = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page))
        weight = len(page.encode()) + sum(Path(_static(name)).stat().st_size for name in loaded)
        assert loaded == {"events/guest.css"}
        assert weight < FIRST_VIEW, (query, weight)
    shipped = (ROOM / "static/events/guest.css").read_text()
    assert faults(shipped, FORBIDDEN_STYLES) == []
    scripts = sorted((ROOM / "static/events/door").glob("*.js"))
    assert scripts, "the devices at the door may be as old"
    assert {one.name: faults(one.read_text(), FORBIDDEN_SCRIPTS) for one in scripts} == {
        one.name: [] for one in scripts
    }
    for name in re.findall(r"var\((--[\w-]+)", shipped):
        assert f"{name}:" in shipped
    # The check can fail.
    new = ".a:has(b) { inset: 0; gap: 8px; aspect-ratio: 1; color: oklch(0 0 0); width: min(1px, 2px) } .c { &:hover { x: y } }"
    assert {":has()", "inset", "gap", "aspect-ratio", "new colours", "clamp()", "nesting"} <= set(
        faults(new, FORBIDDEN_STYLES)
    )
    assert set(faults("a?.b ?? c; x.replaceAll('a', 'b')", FORBIDDEN_SCRIPTS)) == {
        "optional chaining", "nullish coalescing", "replaceAll",
    }  # fmt: skip


def _static(name: str) -> str:
    found = finders.find(re.sub(r"\.[0-9a-f]{12}\.", ".", name))
    assert isinstance(found, str), name
    return found


def test_no_name_phone_or_mail_in_logs_addresses_journal_or_error_pages(
    firm: Firm, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Canaries: whatever a guest says stays out of everything that others read."""
    caplog.set_level(logging.DEBUG)
    canaries = ("卡纳里雀", "13800138777", "canary@example.org", "金丝雀友")
    subject = make_event(firm).subject
    dinner = make_session(subject, firm, seats=2)
    open_page(subject, firm)
    customer = make_customer(firm, canaries[0], phone=canaries[1], email=canaries[2])
    [guest] = add_guests(subject=subject, customers=[customer], sessions=[dinner], actor=firm.owner).guests
    addresses = []
    for query in ("", "?step=reply", "?lang=en", "?lang=zh-hans"):
        page = read(client, guest, query)
        addresses += re.findall(r'(?:href|src|action)="([^"]*)"', page)
        assert canaries[1] not in page
        assert canaries[2] not in page
    for data in (
        {"answer": "accepted", "companion_1_name": canaries[3]},
        {"answer": "accepted", "companion_1_name": canaries[3] * 30},
        {"answer": canaries[3], "session": canaries[1]},
    ):
        response = client.post(f"/g/{guest.token}/reply/", data)
        addresses.append(response.headers.get("Location", ""))
    missing = client.get(f"/g/{canaries[3]}/").content.decode()
    client.force_login(firm.owner)
    found = client.post(f"/s/{subject.pk}/guests/", {"words": canaries[0]})
    addresses += re.findall(r'(?:href|src|action|hx-get|hx-post)="([^"]*)"', found.content.decode())
    assert canaries[0] in found.content.decode()
    journal = " ".join(str(entry.data) for entry in JournalEntry.objects.filter(kind__startswith="events."))
    logged = " ".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    told = " ".join([missing, journal, logged, *addresses])
    for canary in canaries:
        assert canary not in told
    assert guest.token not in journal + logged.replace(f"/g/{guest.token}", "")


def test_what_the_page_does_not_ask_about_stays_as_it_is_known(firm: Firm, client: Client) -> None:
    """An allergy from the customer's record outlives a reply by a page that asks for no diet."""
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    open_page(subject, firm, asks_diet=False, asks_transport=False)
    guest = make_guest(subject, firm, "林晓雯", dinner)
    guest.diet, guest.diet_note, guest.transport = ["no_nuts"], "花生过敏", "高铁"
    guest.save()
    assert send(client, guest, answer="accepted", session=dinner.pk, asked="")[0] in (200, 302)
    assert guest.reply == Reply.ACCEPTED
    assert (guest.diet, guest.diet_note, guest.transport) == (["no_nuts"], "花生过敏", "高铁")


def test_what_has_no_english_stands_in_chinese_and_nothing_of_ours_around_it(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    dinner, talk = make_session(subject, firm), make_session(subject, firm, "论坛", seats=1)
    open_page(subject, firm, title_en="A concert", text_en="Come and listen.", agenda="18:30 入场")
    drives = keep_question(subject=subject, facts=QuestionFacts("自驾吗？", kind="yes_no"), actor=firm.owner)
    guest = make_guest(subject, firm, "Emily", dinner, talk, language="en")
    own = ("七夕邻里音乐会", "晚宴", "论坛", "自驾吗？", "云栖花园", "华东区域客户会", "入场", "李小姐")

    def ours(query: str = "") -> str:
        page = read(client, guest, query).replace('lang="zh-hans">中文<', "")
        for words in own:
            page = page.replace(words, "")
        return " ".join(re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", page.replace("中文", "")))

    assert ours() == ours("?step=reply") == ""
    both = {
        "session": [dinner.pk, talk.pk],
        "companion_1_name": "Ann",
        "companion_2_name": "Ben",
        "asked": str(drives.pk),
    }
    send(client, guest, answer="accepted", **both)
    assert guest.reply == Reply.ACCEPTED
    assert "Ann, Ben" in read(client, guest)
    assert ours() == ours("?step=reply") == ""
    # Who has a seat is not told that they would wait for one.
    session = guest.places.get(state="held").session
    session.capacity = session.taken
    session.save()
    other = make_guest(subject, firm, "Grace", dinner, talk, language="en")
    assert "full: waiting list" in read(client, other, "?step=reply")
    assert "full: waiting list" not in read(client, guest, "?step=reply")


def test_signs_that_no_database_keeps_break_nothing(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    open_page(subject, firm)
    guest = make_guest(subject, firm, "林晓雯", dinner)
    assert client.get("/g/%00/").status_code == 404
    typed = {"companion_1_name": "周\0明", "diet_note": "\0", "transport": "\0", "asked": "9" * 5000}
    status, _page = send(client, guest, answer="accepted", session=dinner.pk, **typed)
    assert status in (200, 302)
    assert guest.companions.get().name == "周明"


@pytest.mark.once
def test_whoever_changes_addresses_within_one_network_is_slowed_all_the_same(client: Client) -> None:
    """IPv6 gives every household a network; IPv4 written as IPv6 is the same address."""

    def tries(addresses: list[str]) -> list[int]:
        cache.clear()
        return [client.get("/g/nothing/", REMOTE_ADDR=one).status_code for one in addresses]

    assert tries([f"2001:db8:0:1::{n:x}" for n in range(21)])[-1] == 429
    assert tries([f"2001:db8:0:{n:x}::1" for n in range(21)]) == [404] * 21
    assert tries(["192.0.2.1", "::ffff:192.0.2.1"] * 10 + ["192.0.2.1"])[-1] == 429
    assert tries([f"192.0.2.{n}" for n in range(21)]) == [404] * 21


def test_names_and_notes_are_one_line_without_signs_that_steer(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    session = make_session(subject, firm)
    open_page(subject, firm, asks_diet=True, asks_transport=True)
    guest = make_guest(subject, firm, "林晓雯", session)
    told = {
        "answer": "accepted", "companion_1_name": " 周\r\nBcc: all@example.com\u202e\x0b明 ", "companion_1_note": "无\n辣",
        "diet_note": "\u2028花生\x07", "transport": "高铁\tG1",
    }  # fmt: skip
    assert client.post(f"/g/{guest.token}/reply/", told).status_code == 302
    guest.refresh_from_db()
    companion = guest.companions.get()
    assert (companion.name, companion.diet_note) == ("周 Bcc: all@example.com 明", "无 辣")
    assert (guest.diet_note, guest.transport) == ("花生", "高铁 G1")


def test_a_form_that_is_sent_again_brings_nobody_twice_and_the_companion_keeps_the_ticket(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    session = make_session(subject, firm)
    open_page(subject, firm)
    guest = make_guest(subject, firm, "林晓雯", session)
    typed = {"answer": "accepted", "companion_1_name": "林母", "companion_2_name": "林母"}
    before: dict[int, str] = {}
    for _again in range(3):
        assert send(client, guest, **typed)[0] == 302
        tickets = {one.pk: one.ticket for one in guest.companions.order_by("pk")}
        assert len(tickets) == 2, "two of one name are two"
        assert before in ({}, tickets)
        before = tickets
    assert {one.reply for one in guest.companions.all()} == {Reply.ACCEPTED}
    session.refresh_from_db()
    assert session.taken == 3


def test_what_a_guest_says_of_pictures_may_be_said_at_any_time(firm: Firm, client: Client) -> None:
    subject = make_event(firm).subject
    session = make_session(subject, firm)
    open_page(subject, firm)
    customer = make_customer(firm, "林晓雯")
    guest = add_guests(subject=subject, customers=[customer], sessions=[session], actor=firm.owner).guests[0]
    assert send(client, guest, answer="accepted", allows_pictures="1")[0] == 302
    assert guest.allows_pictures is True
    Guest.objects.filter(pk=guest.pk).update(arrived_at=clock.now())
    with clock.at(at(30, 10)):  # when everything is over
        assert 'value="no_pictures"' in read(client, guest)
        assert send(client, guest, answer="no_pictures")[0] == 302
        assert guest.allows_pictures is False
        assert may_contact([customer.pk], Purpose.IMAGE, "any") == set()
        assert 'value="pictures"' in read(client, guest)
        assert send(client, guest, answer="pictures")[0] == 302
    assert guest.allows_pictures is True
    assert guest.entries.filter(what=Happening.IMAGE).count() == 3


def test_a_page_shows_what_its_guest_comes_to_and_a_reply_opened_again_is_the_form(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    dinner, talk = make_session(subject, firm), make_session(subject, firm, "论坛")
    open_page(subject, firm)
    lin, nobody = (
        make_guest(subject, firm, "林晓雯", dinner, talk),
        make_guest(subject, firm, "苏景行"),
    )
    page = read(client, lin)
    assert "晚宴" in page
    assert "论坛" in page
    assert send(client, lin, answer="accepted", session=[talk.pk], companion_1_name="林母")[0] == 302
    page = read(client, lin)
    assert "论坛" not in page, "a single session needs no name"
    assert "晚宴" not in page
    assert "修改回复" in page
    # Whoever is brought replies through their host: no deadline is put to them.
    assert "前回复" in page
    assert "前回复" not in read(client, lin.companions.get())
    # What is offered later stands there with what is still to be said.
    offer_sessions(guest=lin, sessions=[talk, make_session(subject, firm, "夜游")], actor=firm.owner)
    page = read(client, lin)
    assert "夜游" in page
    assert "待回复" in page

    # After a refused reply the address is that of the reply: opened again, or in the other language, it is the form.
    status, page = send(client, lin, answer="accepted")
    assert status == 422
    again = client.get(f"/g/{lin.token}/reply/?lang=en&step=reply")
    assert (again.status_code, again["Location"]) == (302, f"/g/{lin.token}/?step=reply")
    assert "Send my reply" in read(client, lin, "?step=reply")
    assert client.put(f"/g/{lin.token}/reply/").status_code == 405

    # After the last deadline the form is not begun in vain; before it the sessions that still take replies are open.
    ball = make_session(subject, firm, "舞会", reply_until=at(9, 18))
    su = make_guest(subject, firm, "苏景行", dinner, ball)
    with clock.at(at(8)):
        page = read(client, su)
        assert "8月9日" in page
        assert "我会参加" in page
        assert "提交回复" in read(client, su, "?step=reply")
        assert "提交回复" not in read(client, lin, "?step=reply")
    with clock.at(at(9, 19)):
        assert "回复已截止" in read(client, su, "?step=reply")

    # Who is invited to nothing yet is not told that it is over.
    page = read(client, nobody)
    assert "场次安排尚未确定" in page
    assert "我会参加" not in page
