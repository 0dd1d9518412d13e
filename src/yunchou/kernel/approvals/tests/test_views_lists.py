"""The inbox with its tabs, filters and batch, delegations, and common opinions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.approvals.actions import approve, delegate
from yunchou.kernel.approvals.models import Case, CommonOpinion, Copy, Delegation, Task
from yunchou.kernel.approvals.opinions import MOST
from yunchou.kernel.approvals.registry import definitions
from yunchou.kernel.core import clock
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Escalation
from yunchou.kernel.duties.tests.factories import Company, papers
from yunchou.kernel.identity.models import Unit, User

from .pages import HTMX, as_user, send, task_of, url

FRIDAY, WEDNESDAY = "2024-08-02T14:36", "2024-08-07T15:00"


def inbox(client: Client, **query: object) -> str:
    answer = client.get(url("case_list"), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture
def low_risk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers of less than 20,000 yuan may be approved together."""
    declared = replace(definitions["paper"], low_risk=lambda case: float(case.facts["amount"]) < 20_000)
    monkeypatch.setitem(definitions._items, "paper", declared)


class TestTabs:
    @pytest.mark.req("APR-17")
    def test_each_case_stands_where_it_belongs(self, firm: Company) -> None:
        case = send(firm)

        def seen(name: str, tab: str) -> bool:
            return "Gift plan" in inbox(as_user(getattr(firm, name)), tab=tab)

        assert seen("approver", "todo")
        assert seen("owner", "mine")
        assert not seen("club", "copied")
        assert not seen("approver", "done")
        approve(task=task_of(case, "Approver"), actor=firm.approver)
        assert seen("approver", "done")
        assert seen("club", "copied")
        assert not seen("approver", "todo")
        assert not seen("vp", "mine")
        assert "Nothing waits" in inbox(as_user(firm.approver), tab="no such tab")

    @pytest.mark.req("APR-17", whole=True)
    def test_overdue_is_listed_for_sender_approver_and_supervisor(self, firm: Company) -> None:
        with clock.at(FRIDAY):
            send(firm)
            assert "Nothing is overdue" in inbox(as_user(firm.owner), tab="overdue")
        with clock.at(WEDNESDAY):
            escalate_due()
            [supervisor] = User.objects.filter(pk__in=Escalation.objects.values("user")).exclude(
                pk=firm.approver.pk
            )
            for person in (firm.owner, firm.approver, supervisor):
                page = inbox(as_user(person), tab="overdue")
                assert "Gift plan" in page
                assert "Approver <span" in page
                assert "late" in page
            assert "Gift plan" not in inbox(as_user(firm.outsider), tab="overdue")
            assert 'data-level="act"' in inbox(as_user(firm.approver))

    def test_what_is_to_do_is_parted_by_urgency(self, firm: Company) -> None:
        with clock.at(FRIDAY):
            for title in ("First", "Second", "Third"):
                send(firm, title)
            now = clock.now()
            dues = (now - timedelta(hours=1), now + timedelta(hours=1), now + timedelta(days=3))
            for task, due in zip(Task.objects.waiting().order_by("pk"), dues, strict=True):
                Task.objects.filter(pk=task.pk).update(due_at=due)
            page = inbox(as_user(firm.approver))
        places = [
            page.index(f">{words}")
            for words in ("Overdue <", "First<", "Today <", "Second<", "Later <", "Third<")
        ]
        assert places == sorted(places)

    def test_unread_copies_are_counted_and_marked(self, firm: Company) -> None:
        Copy.objects.create(case=send(firm), user=firm.outsider, sent_by=firm.owner)
        page = inbox(as_user(firm.outsider), tab="copied")
        assert "is-unread" in page
        assert '<span class="count">1</span>' in page


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "开学"}, True),
            ({"q": "kaixue"}, True),
            ({"q": "kxj"}, True),
            ({"q": "Own"}, True),
            ({"q": "nothing like it"}, False),
            ({"kind": "paper"}, True),
            ({"kind": "no such kind"}, True),
            ({"least": "40000", "most": "50000"}, True),
            ({"least": "50000.01"}, False),
            ({"most": "49999"}, False),
            ({"least": "much"}, True),
            ({"late": "1"}, False),
        ],
    )
    def test_it_narrows_and_what_cannot_be_read_narrows_nothing(
        self, firm: Company, query: dict[str, str], *, found: bool
    ) -> None:
        send(firm, "开学季")
        page = inbox(as_user(firm.approver), **query)
        assert ("开学季</a>" in page) == found
        if not found:
            assert "Nothing matches the filter" in page

    def test_by_unit_and_by_number(self, firm: Company) -> None:
        case = send(firm)
        Unit.objects.create(kind=Unit.Kind.REGION, code="far", name="Far", parent=firm.group)
        client = as_user(firm.approver)
        assert "Gift plan</a>" in inbox(client, unit=firm.group.pk)
        assert "Gift plan</a>" in inbox(client, unit=firm.region.pk)
        assert "Gift plan</a>" not in inbox(client, unit=Unit.objects.get(code="far").pk)
        assert "Gift plan</a>" in inbox(client, q=case.code)
        assert "Gift plan</a>" not in inbox(client, q="SP-2024-999999")

    def test_a_chip_takes_its_filter_off(self, firm: Company) -> None:
        page = inbox(as_user(firm.approver), q="x", least="5", tab="todo")
        assert "?least=5&amp;tab=todo" in page
        assert "?q=x&amp;tab=todo" in page


class TestQueries:
    def count(self, client: Client, tab: str) -> int:
        client.get(url("case_list"), {"tab": tab})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url("case_list"), {"tab": tab}).status_code == 200
        return len(queries)

    @pytest.mark.usefixtures("low_risk")
    def test_as_many_for_20_rows_as_for_2(self, firm: Company) -> None:
        client, sender = as_user(firm.approver), as_user(firm.owner)
        counts = []
        for size in (2, 18):
            for number in range(size):
                send(firm, f"Plan {number}", amount="10000")
            with clock.shifted("2030-01-01T12:00"):
                counts.append(
                    [self.count(client, tab) for tab in ("todo", "overdue")]
                    + [self.count(sender, tab) for tab in ("mine", "overdue")]
                )
        assert counts[0] == counts[1]
        assert max(counts[0]) <= 22


def shown(case: Case) -> str:
    """A case as the dialog of several names it: the task, and the content that was seen."""
    return f"{task_of(case, 'Approver').pk}:{case.digest}"


@pytest.mark.usefixtures("low_risk")
class TestTogether:
    def test_only_low_risk_ones_are_offered(self, firm: Company) -> None:
        small, big = send(firm, "Small", amount="10000"), send(firm, "Big", amount="50000")
        client = as_user(firm.approver)
        page = inbox(client)
        assert f'value="{task_of(small, "Approver").pk}"' in page
        assert f'value="{task_of(big, "Approver").pk}"' not in page
        for headers in (None, HTMX):
            dialog = client.get(url("case_batch"), headers=headers).content.decode()
            assert "Small" in dialog
            assert "Big" not in dialog
            assert ("<html" in dialog) == (headers is None)

    def test_what_was_done_and_what_was_refused_is_told(self, firm: Company) -> None:
        small, big = send(firm, "Small", amount="10000"), send(firm, "Big", amount="50000")
        changed = send(firm, "Changed", amount="10000")
        papers[changed.subject_id]["amount"] = "11000"
        tasks = [shown(one) for one in (small, big, changed)]
        client = as_user(firm.approver)
        answer = client.post(url("case_batch"), {"task": tasks, "opinion": "fine"}, headers=HTMX)
        page = answer.content.decode()
        for words in ("1 approved", "2 refused", "looked at on its own page", "content was changed"):
            assert words in page
        assert [Case.objects.get(pk=one.pk).state for one in (small, big, changed)] == [
            "approved",
            "running",
            "running",
        ]
        assert task_of(small, "Approver").opinion == "fine"
        assert client.post(url("case_batch"), {"task": tasks[:1]}, headers=HTMX).status_code == 409

    def test_nothing_chosen_is_422_and_strangers_get_nothing(self, firm: Company) -> None:
        case = send(firm, "Small", amount="10000")
        assert as_user(firm.approver).post(url("case_batch")).status_code == 422
        theirs = {"task": [shown(case)]}
        for person in (firm.owner, firm.outsider):
            assert as_user(person).post(url("case_batch"), theirs).status_code == 409
            assert "Small" not in as_user(person).get(url("case_batch")).content.decode()
        assert Case.objects.get().state == "running"

    def test_what_the_page_did_not_show_is_not_approved(self, firm: Company) -> None:
        case = send(firm, "Small", amount="10000")
        client = as_user(firm.approver)
        assert f'value="{shown(case)}"' in client.get(url("case_batch")).content.decode()
        bare = {"task": [task_of(case, "Approver").pk]}
        assert client.post(url("case_batch"), bare, headers=HTMX).status_code == 409
        stale = {"task": [f"{task_of(case, 'Approver').pk}:{'0' * 64}"]}
        assert "1 refused" in client.post(url("case_batch"), stale, headers=HTMX).content.decode()
        assert Case.objects.get().state == "running"


class TestDelegations:
    def post(self, firm: Company, **said: object) -> object:
        today = clock.today()
        data = {
            "to": firm.vp.pk,
            "definition": "",
            "valid_from": today,
            "valid_to": today + timedelta(days=5),
            **said,
        }
        return as_user(firm.approver).post(url("delegation_list"), data)

    def test_delegating_and_ending(self, firm: Company) -> None:
        case = send(firm)
        assert self.post(firm).status_code == 302  # type: ignore[attr-defined]
        made = Delegation.objects.get()
        assert "in force" in as_user(firm.vp).get(url("delegation_list")).content.decode()
        assert "Gift plan" in inbox(as_user(firm.vp))
        assert "for Approver" in as_user(firm.vp).get(url("case_detail", case)).content.decode()
        end = url("delegation_end", made.pk)
        assert as_user(firm.outsider).post(end).status_code == 404
        assert as_user(firm.vp).post(end).status_code == 403
        assert as_user(firm.approver).post(end).status_code == 302
        assert "Gift plan" in inbox(as_user(firm.approver))

    def test_bad_input_is_422_beside_the_field(self, firm: Company) -> None:
        today = clock.today()
        for said in (
            {"to": firm.approver.pk},
            {"to": ""},
            {"valid_to": today - timedelta(days=1)},
            {"valid_to": today + timedelta(days=900)},
            {"definition": "no such kind"},
        ):
            answer = self.post(firm, **said)
            assert answer.status_code == 422  # type: ignore[attr-defined]
            assert b"field-error" in answer.content  # type: ignore[attr-defined]
        assert not Delegation.objects.exists()

    def test_an_overlap_is_asked_about_once(self, firm: Company) -> None:
        self.post(firm, definition="paper")
        answer = self.post(firm, to=firm.club.pk)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert b"Delegate all the same" in answer.content  # type: ignore[attr-defined]
        assert Delegation.objects.count() == 1
        assert self.post(firm, to=firm.club.pk, confirmed="1").status_code == 302  # type: ignore[attr-defined]
        assert Delegation.objects.count() == 2

    def test_administrators_see_all(self, firm: Company) -> None:
        delegate(
            actor=firm.approver,
            to=firm.vp,
            valid_from=clock.today(),
            valid_to=clock.today() + timedelta(days=3),
        )
        firm.hire("admin", "system_admin", firm.group)
        install_default_grants()
        admin, other = as_user(firm.admin), as_user(firm.outsider)
        assert b"Approver" in admin.get(url("delegation_list") + "?all=1").content
        assert b"Approver" not in admin.get(url("delegation_list")).content
        assert b"Approver" not in other.get(url("delegation_list") + "?all=1").content
        assert admin.post(url("delegation_end", Delegation.objects.get().pk)).status_code == 403


class TestCommonOpinions:
    def test_keeping_offering_and_dropping(self, firm: Company) -> None:
        client = as_user(firm.approver)
        case = send(firm)
        assert b"Agreed, carry it out as planned." in client.get(url("case_detail", case)).content
        assert (
            client.post(url("opinion_list"), {"opinion": "Mind the budget."}, headers=HTMX).status_code == 200
        )
        assert client.post(url("opinion_list"), {"text": "Mind the budget."}).status_code == 302
        kept = CommonOpinion.objects.get()
        page = client.get(url("case_detail", case)).content.decode()
        assert "Mind the budget." in page
        assert "Agreed, carry it out" not in page
        assert "Mind the budget." not in as_user(firm.vp).get(url("opinion_list")).content.decode()
        assert as_user(firm.vp).post(url("opinion_drop", kept.pk)).status_code == 404
        assert client.post(url("opinion_drop", kept.pk), headers=HTMX).status_code == 200
        assert not CommonOpinion.objects.exists()

    def test_empty_and_too_many_are_422(self, firm: Company) -> None:
        client = as_user(firm.approver)
        for number in range(MOST):
            client.post(url("opinion_list"), {"text": f"Sentence {number}"})
        for text in ("", "One more", "x" * 201):
            assert client.post(url("opinion_list"), {"text": text}, headers=HTMX).status_code == 422
        assert CommonOpinion.objects.count() == MOST
