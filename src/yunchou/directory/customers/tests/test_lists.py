"""Lists that come in: columns guessed, lines checked, known people found, batches that survive a crash."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from yunchou.directory.customers import exchange
from yunchou.directory.customers.actions import list_lines, list_taking, lists
from yunchou.directory.customers.actions.erasing import erase_customer
from yunchou.directory.customers.actions.list_taking import take_lines
from yunchou.directory.customers.actions.lists import AT_ONCE
from yunchou.directory.customers.actions.register import staff_source
from yunchou.directory.customers.marks import Marks
from yunchou.directory.customers.models import (
    Consent,
    ContactCard,
    Customer,
    CustomerIdentity,
    CustomerList,
    ListLine,
    Purpose,
    Source,
    Touch,
)
from yunchou.directory.organisation.positions import CUSTOMER_SERVICE_MANAGER
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.runner import run_chunk, work_off
from yunchou.kernel.journal.models import JournalEntry

from .factories import make_customer

pytestmark = pytest.mark.django_db
HEAD = "客户姓名,手机号码,邮箱,所在单位,城市,客户身份,出生日期,备注\n"


def page(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


def handed_in(
    client: Client, firm: Firm, text: bytes, name: str = "客户.csv", **more: object
) -> CustomerList:
    upload = SimpleUploadedFile(name, text)
    given = {"upload": upload, "unit": firm.east.pk, "source": staff_source().pk, **more}
    answer = client.post(page("list_start"), given)
    assert answer.status_code == 302, answer.content.decode()
    return CustomerList.objects.latest("pk")


def map_as_guessed(client: Client, handed: CustomerList) -> None:
    assert client.get(handed.get_absolute_url()).status_code == 200
    assert client.post(page("list_map", handed.pk), handed.mapping).status_code == 302
    handed.refresh_from_db()


def test_columns_are_known_by_their_headings() -> None:
    assert exchange.guess(["序号", "客户姓名", "联系电话（手机）", "公司", "城市"]) == {
        "name": 1, "phone": 2, "organisation": 3, "city": 4,
    }  # fmt: skip
    assert exchange.guess(["Name", "E-mail", "Company", "", "Name"]) == {
        "name": 0,
        "email": 1,
        "organisation": 2,
    }
    read = exchange.read_line(
        ["", "abc", "x", "火星人"], {"name": 0, "phone": 1, "email": 2, "identities": 3}
    )
    assert {key for key, _message in read.faults} == {"name", "phone", "email", "identities"}


def test_a_list_is_mapped_checked_chosen_and_taken_over(client: Client, firm: Firm) -> None:
    known = make_customer(
        firm.east, firm.owner, name="李明朗", phone="13812346677", email="", consents=["marketing"]
    )
    heard = make_customer(firm.east, firm.owner, name="周海", phone="13900001111", email="")
    alike = make_customer(firm.east, firm.owner, name="王小萌", organisation="远山电台", phone="", email="")
    stranger = make_customer(firm.south, firm.outsider, name="外区", phone="13822223333")
    Consent.objects.create(
        customer=heard, purpose="marketing", channel="any", is_given=False, at=heard.created_at
    )
    text = HEAD + "".join((
        "李明朗,138 1234 6677,li@example.com,远山科技,广州,会员,1990-05-20,甲\n",
        "周海,13900001111,,,,,,\n",
        "王晓盟,,wang@example.com,远山电台,,媒体,,\n",
        "新人,13811112222,,远山,,潜在客户,1990/1/2,\n",
        "新人二,13811112222,,,,,,\n",
        "坏号,123,,,,,,\n",
        ",13811113333,,,,,,\n",
        "外区,13822223333,,,,,,\n",
        "=cmd,,a@example.com,,,,,\n",
    ))  # fmt: skip
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    assert client.post(page("list_start"), {}).status_code == 422
    handed = handed_in(client, firm, text.encode("gb18030"), purposes=["marketing"], proof="官网注册授权")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM customers_listpiece")
        assert "李明朗".encode("gb18030") not in bytes(cursor.fetchone()[0])
    assert client.post(page("list_map", handed.pk), {"phone": "1"}).status_code == 422
    assert client.post(page("list_map", handed.pk), {"name": "1", "phone": "1"}).status_code == 422
    map_as_guessed(client, handed)
    found = dict(handed.lines.values_list("number", "result"))
    assert found == {
        2: "known", 3: "known", 4: "alike", 5: "new", 6: "twice", 7: "fault", 8: "fault", 9: "new", 10: "new",
    }  # fmt: skip
    assert handed.lines.get(number=4).match_id == alike.pk
    for result in ("fault", "known", "alike", "new", "twice"):
        assert client.get(f"{handed.get_absolute_url()}?result={result}").status_code == 200
    body = client.get(f"{handed.get_absolute_url()}?result=known").content.decode()
    assert "138****6677" in body
    assert "13812346677" not in body
    assert client.get(f"{handed.get_absolute_url()}?columns").status_code == 200
    assert client.post(page("list_choose", handed.pk), {"choice": "update", "line": "4"}).status_code == 302
    assert (
        client.post(page("list_choose", handed.pk), {"choice": "new", "result": "fault"}).status_code == 302
    )
    assert handed.lines.get(number=7).choice == "skip"
    marked = client.post(page("list_marked", handed.pk))
    csv = b"".join(marked.streaming_content).decode("utf-8-sig").splitlines()
    assert "phone" in csv[6].lower() or "电话" in csv[6] or "手机" in csv[6]
    assert csv[9].startswith("'=cmd")

    assert client.post(page("list_take", handed.pk)).status_code == 302
    handed.refresh_from_db()
    assert handed.step == "taken"
    assert {k: handed.counts[k] for k in ("new", "updated", "skipped")} == {
        "new": 3,
        "updated": 3,
        "skipped": 3,
    }
    card = ContactCard.objects.get(customer=known)
    assert (card.email.open(), card.phone.open()) == ("li@example.com", "+8613812346677")
    known.refresh_from_db()
    assert (known.organisation, known.city, str(known.born_on)) == ("远山科技", "广州", "1990-05-20")
    assert set(known.identities.values_list("identity", flat=True)) == {"prospect", "member"}
    new = Customer.objects.get(name="新人")
    assert new.subject.unit == firm.east
    assert new.subject.address == new.get_absolute_url()
    assert ContactCard.objects.get(customer=new).phone_mask == "138****2222"
    assert new.name_key.startswith("新xin 人ren")
    assert Consent.objects.get(customer=new, purpose="marketing").is_given
    # A list never agrees for somebody who said no.
    assert not Consent.objects.get(customer=heard, purpose="marketing").is_given
    assert Customer.objects.filter(name="外区", subject__unit=firm.east).exists()
    assert stranger.subject.unit == firm.south
    assert client.post(page("list_take", handed.pk)).status_code == 409
    entry = JournalEntry.objects.get(kind="customers.list_taken")
    assert "李明朗" not in str(entry.data)
    assert "客户.csv" not in str(entry.data)
    client.force_login(firm.owner)
    assert client.get(handed.get_absolute_url()).status_code in (403, 404)


def test_a_long_list_goes_on_after_a_crash_and_nobody_comes_twice(
    client: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trust F1: batches die in the middle; afterwards rows are the lines of the file, none twice."""
    monkeypatch.setattr(lists, "BATCH", 500)
    count = AT_ONCE + 300
    text = HEAD + "".join(f"客户{n},139{n:08},,,,,,\n" for n in range(count))
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    handed = handed_in(client, firm, text.encode())
    map_as_guessed(client, handed)
    assert handed.step == "checking"
    assert client.get(handed.get_absolute_url()).status_code == 200
    assert client.get(handed.get_absolute_url(), headers={"HX-Request": "true"}).status_code == 200
    work_off()
    handed.refresh_from_db()
    assert (handed.step, handed.lines.count()) == ("checked", count)
    client.post(page("list_take", handed.pk))
    job = Job.objects.latest("pk")
    assert job.total == 5
    real, deaths = list_taking._agree, iter([True, False, True, False, False, False, False, False, False])

    def dying(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        if next(deaths, False):
            raise RuntimeError

    monkeypatch.setattr(list_taking, "_agree", dying)
    for _round in range(4):
        JobChunk.objects.filter(job=job, state="waiting").update(due_at=job.created_at)
        for pk in JobChunk.objects.filter(job=job).exclude(state="done").values_list("pk", flat=True):
            run_chunk(pk)
    handed.refresh_from_db()
    assert handed.step == "taken"
    assert (
        Customer.objects.count() == ContactCard.objects.count() == CustomerIdentity.objects.count() == count
    )
    assert ContactCard.objects.values("phone_digest").distinct().count() == count
    first, last = ListLine.objects.order_by("number").first(), ListLine.objects.order_by("number").last()
    assert first is not None
    assert last is not None
    assert take_lines(handed, first.number, last.number) == 0
    assert not Touch.objects.exists()
    assert not Consent.objects.filter(purpose=Purpose.MARKETING).exists()


def test_a_list_means_those_whose_number_stands_under_the_older_key_and_takes_no_children(
    client: Client, firm: Firm, settings: Any
) -> None:
    settings.SEALING_KEYS = ["older"]
    known = make_customer(firm.east, firm.owner, name="李明朗", phone="13812346677", email="li@example.com")
    settings.SEALING_KEYS = ["newer", "older"]
    years = clock.today().year
    text = HEAD + "".join((
        "李明朗,13812346677,,,广州,,,\n",
        "别人,,li@example.com,,佛山,,,\n",
        f"十三岁,13800000013,,,,,{years - 14}-12-31,\n",
        f"十五岁\t\\N,13800000015,,,,,{years - 15}-01-01,\n",
    ))  # fmt: skip
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    handed = handed_in(client, firm, text.encode())
    map_as_guessed(client, handed)
    lines = {line.number: line for line in handed.lines.all()}
    assert [lines[n].result for n in (2, 3, 5)] == ["known", "known", "new"]
    assert [lines[n].match_id for n in (2, 3)] == [known.pk, known.pk]
    if (clock.today().month, clock.today().day) < (12, 31):
        assert lines[4].result == "fault"
    client.post(page("list_take", handed.pk))
    known.refresh_from_db()
    assert known.city == "广州"
    entered = Customer.objects.get(born_on__year=years - 15)
    assert entered.name == "十五岁\t\\N"
    assert ContactCard.objects.get(customer=entered).phone.open() == "+8613800000015"


def test_marks_know_again_what_came_and_grow() -> None:
    marks = Marks(1)
    digests = [f"{n * 7919:064x}"[::-1] for n in range(3000)]
    assert not any(marks.add(digest) for digest in digests)
    assert all(marks.add(digest) for digest in digests)


def test_a_workbook_is_read_and_nonsense_is_refused(client: Client, firm: Firm) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for n, row in enumerate([["姓名", "手机"], ["李明朗", 13812346677], ["周海", "139 0000 1111"]]):
        sheet.write_row(n, 0, row)
    book.close()
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    handed = handed_in(client, firm, out.getvalue(), "客户.xlsx")
    map_as_guessed(client, handed)
    client.post(page("list_take", handed.pk))
    assert {card.phone.open() for card in ContactCard.objects.all()} == {"+8613812346677", "+8613900001111"}
    for content in (b"", b"PK\x03\x04nonsense", b"just one line", "姓名\n".encode()):
        given = {
            "unit": firm.east.pk,
            "source": staff_source().pk,
            "upload": SimpleUploadedFile("x.csv", content),
        }
        assert client.post(page("list_start"), given).status_code == 422, content
    assert CustomerList.objects.count() == 1


def test_a_list_is_destroyed_thirty_days_after_it_was_taken_over(client: Client, firm: Firm) -> None:
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    taken = handed_in(client, firm, f"{HEAD}新人,13811112222,,,,,,\n".encode())
    map_as_guessed(client, taken)
    client.post(page("list_take", taken.pk))
    left = handed_in(client, firm, f"{HEAD}某人,13811113333,,,,,,\n".encode())
    assert lists.destroy_old_lists() == 0
    CustomerList.objects.filter(pk=taken.pk).update(taken_at=clock.now() - timedelta(days=31))
    assert lists.destroy_old_lists() == 1
    assert not taken.lines.exists()
    assert not taken.pieces.exists()
    assert client.get(taken.get_absolute_url()).status_code == 404
    assert client.post(page("list_marked", taken.pk)).status_code == 404
    assert client.get(left.get_absolute_url()).status_code == 200
    CustomerList.objects.filter(pk=left.pk).update(created_at=clock.now() - timedelta(days=31))
    assert lists.destroy_old_lists() == 1
    assert Customer.objects.count() == 1
    assert client.get(page("list_start")).status_code == 200


def test_who_is_erased_between_check_and_take_stops_no_list_and_does_not_come_back(
    client: Client, firm: Firm
) -> None:
    gone = make_customer(firm.east, firm.owner, name="李明朗", phone="13812346677", email="")
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    text = f"{HEAD}李明朗,13812346677,,,广州,,,\n新人,13811112222,,,,,,\n"
    handed = handed_in(client, firm, text.encode())
    map_as_guessed(client, handed)
    erase_customer(customer=gone, reason="本人要求", actor=firm.people["marketing_director"])
    line = handed.lines.get(number=2)
    assert (line.result, line.choice, bool(line.values)) == ("fault", "skip", False)
    assert client.get(f"{handed.get_absolute_url()}?result=fault").status_code == 200
    assert client.post(page("list_take", handed.pk)).status_code == 302
    handed.refresh_from_db()
    assert handed.step == "taken", "a line without values wedges no list"
    assert (handed.counts["new"], handed.counts["updated"], handed.counts["skipped"]) == (1, 0, 1)
    # Even one that was chosen already when the values went.
    ListLine.objects.filter(pk=line.pk).update(choice="update")
    handed.batches.all().delete()
    handed.lines.exclude(pk=line.pk).delete()
    assert take_lines(handed, 0, 9) == 0


def test_the_same_file_checked_twice_before_it_is_taken_brings_nobody_twice(
    client: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    text = HEAD + "新人,13811112222,,,,,,\n王晓盟,,,远山电台,,,,\n王晓盟,,,远山电台,,,,\n"
    first, second = (handed_in(client, firm, text.encode()) for _time in range(2))
    for handed in (first, second):
        map_as_guessed(client, handed)
        assert set(handed.lines.values_list("result", flat=True)) == {"new"}
    monkeypatch.setattr(lists, "BATCH", 1)
    for handed in (first, second):
        assert client.post(page("list_take", handed.pk)).status_code == 302
        handed.refresh_from_db()
    assert first.counts["new"] == 3, "two of one name within a list are two, whatever batch they are in"
    assert (second.counts["new"], second.counts["skipped"]) == (0, 3)
    assert Customer.objects.count() == 3
    assert list(second.lines.values_list("result", "choice")) == [("known", "skip"), *[("alike", "skip")] * 2]


def test_nobody_comes_from_a_source_that_was_closed_after_the_check(client: Client, firm: Firm) -> None:
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    handed = handed_in(client, firm, f"{HEAD}新人,13811112222,,,,,,\n".encode())
    map_as_guessed(client, handed)
    Source.objects.filter(pk=handed.source_id).update(closed_at=clock.now())
    assert client.post(page("list_take", handed.pk)).status_code == 409
    assert not Customer.objects.exists()


def test_a_check_that_runs_again_destroys_nothing_that_was_chosen(client: Client, firm: Firm) -> None:
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    handed = handed_in(client, firm, f"{HEAD}新人,13811112222,,,,,,\n".encode())
    map_as_guessed(client, handed)
    client.post(page("list_choose", handed.pk), {"choice": "skip", "line": "2"})
    late = CustomerList.objects.get(pk=handed.pk)
    for step in ("checked", "taking"):
        CustomerList.objects.filter(pk=handed.pk).update(step=step)
        list_lines.check_lines(late)
        handed.refresh_from_db()
        assert (handed.step, handed.lines.get().choice) == (step, "skip")


def test_a_long_list_that_is_refused_on_the_way_goes_back_to_its_columns_and_says_why(
    client: Client, firm: Firm
) -> None:
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    text = HEAD + "".join(f"客户{n},139{n:08},,,,,,\n" for n in range(AT_ONCE + 1)) + "甲" + "," * 60 + "\n"
    handed = handed_in(client, firm, text.encode())
    map_as_guessed(client, handed)
    work_off()
    handed.refresh_from_db()
    assert handed.step == "received"
    body = client.get(handed.get_absolute_url())
    assert body.status_code == 200
    assert "60" in body.text, "the page says which line is too wide"
    assert client.post(page("list_map", handed.pk), handed.mapping).status_code == 302


def test_line_breaks_alone_take_no_memory_for_marks() -> None:
    marks = Marks(400 * 2**20)
    assert sys.getsizeof(marks._table) <= 8 * 2**21
    assert not marks.add("f" * 64)
    assert marks.add("f" * 64)


def test_of_a_workbook_no_more_is_read_while_the_person_waits_than_must_be(
    client: Client, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet()
    for n in range(AT_ONCE + 501):
        sheet.write_row(n, 0, ["姓名", "手机"] if n == 0 else [f"客户{n}", f"139{n:08}"])
    book.close()
    real, read = exchange.xlsx_lines, []

    def counted(data: bytes) -> Any:
        for line in real(data):
            read.append(line[0])
            yield line

    monkeypatch.setattr(exchange, "xlsx_lines", counted)
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    handed = handed_in(client, firm, out.getvalue(), "客户.xlsx")
    assert len(read) <= AT_ONCE + 2
    assert handed.counts["lines"] == AT_ONCE + 1
    assert client.get(handed.get_absolute_url()).status_code == 200
    map_as_guessed(client, handed)
    work_off()
    handed.refresh_from_db()
    assert (handed.step, handed.counts["lines"]) == ("checked", AT_ONCE + 500)


def test_who_was_merged_meanwhile_is_completed_in_what_they_became(client: Client, firm: Firm) -> None:
    old, middle, heir, lost = (
        make_customer(firm.east, firm.owner, name=f"李{n}", phone=f"1381234667{n}", email="")
        for n in range(4)
    )
    client.force_login(firm.people[CUSTOMER_SERVICE_MANAGER])
    text = f"{HEAD}李零,13812346670,,,广州,,,\n李三,13812346673,,,佛山,,,\n新人,13811112222,,,,、,,\n"
    handed = handed_in(client, firm, text.encode())
    map_as_guessed(client, handed)
    Customer.objects.filter(pk=old.pk).update(merged_into=middle)
    Customer.objects.filter(pk=middle.pk).update(merged_into=heir)
    Customer.objects.filter(pk=lost.pk).update(erased_at=clock.now())
    assert client.post(page("list_take", handed.pk)).status_code == 302
    handed.refresh_from_db()
    heir.refresh_from_db()
    assert heir.city == "广州"
    assert (handed.counts["new"], handed.counts["updated"], handed.counts["skipped"]) == (1, 1, 1), (
        "what could not be done is not counted as done"
    )
    new = Customer.objects.get(name="新人")
    assert list(new.identities.values_list("identity", flat=True)) == ["prospect"], "separators say nothing"
    body = client.get(f"{handed.get_absolute_url()}?result=known").text
    assert 'class="badge' in body
