"""The decision page and its verbs, as plain pages and as dialogs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from yunchou.kernel.approvals.actions import amend_case, approve, ask, open_case, return_case
from yunchou.kernel.approvals.models import Case, Copy, Remark, Step, Task
from yunchou.kernel.duties.tests.factories import Company, papers
from yunchou.kernel.files.actions import attach_file
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User

from .pages import HTMX, LARGE, as_user, decide, send, task_of, url

PAGES = ("case_detail", "case_print")
POSTS = ("case_decide", "case_acknowledge", "case_remark", "case_withdraw")
DIALOGS = (
    "case_return",
    "case_signers",
    "case_transfer",
    "case_copy",
    "case_ask",
    "case_urge",
    "case_amend",
)


@pytest.fixture
def case(firm: Company) -> Case:
    return send(firm)


@pytest.fixture
def large(firm: Company) -> Case:
    """A case of three steps in which the first was decided: the club has to decide now."""
    made = send(firm, "Large plan", amount=LARGE)
    approve(task=task_of(made, "Approver"), actor=firm.approver, opinion="fine")
    return made


class TestWhoSeesIt:
    def test_signed_out_is_sent_to_sign_in(self, case: Case, client: Client) -> None:
        for name in ("case_list", "case_batch", "delegation_list", "opinion_list"):
            assert client.get(url(name)).status_code == 302
        for name in (*PAGES, *DIALOGS):
            assert client.get(url(name, case)).status_code == 302
        for name in (*POSTS, *DIALOGS):
            assert client.post(url(name, case)).status_code == 302

    def test_an_outsider_sees_nothing(self, firm: Company, case: Case) -> None:
        client = as_user(firm.outsider)
        for name in (*PAGES, *DIALOGS):
            assert client.get(url(name, case)).status_code == 404
        for name in (*POSTS, *DIALOGS):
            assert client.post(url(name, case)).status_code == 404
        assert b"Gift plan" not in client.get(url("case_list") + "?tab=mine").content

    def test_who_may_see_the_subject_may_see_the_case_but_not_decide(self, firm: Company, case: Case) -> None:
        client = as_user(firm.vp)
        page = client.get(url("case_detail", case))
        assert page.status_code == 200
        assert b"decision-bar" not in page.content
        assert decide(client, case, "approve").status_code == 403
        for name in ("case_return", "case_signers", "case_transfer"):
            assert client.get(url(name, case)).status_code == 403
            assert client.get(url(name, case), headers=HTMX).status_code == 403
        assert client.post(url("case_withdraw", case)).status_code == 403
        assert client.post(url("case_remark", case), {"text": "x"}).status_code == 403
        assert client.post(url("case_acknowledge", case)).status_code == 409


class TestWhatItShows:
    def test_facts_reasons_panels_and_course(self, firm: Company, case: Case) -> None:
        page = as_user(firm.approver).get(url("case_detail", case)).content.decode()
        for words in (
            "Why it came to you",
            "R-APR-03",
            "001 §5 ¶4",
            "Please look",
            "Amount",
            "50,000",
            "12,000 left",
            "first time",
            "regional leadership",
        ):
            assert words in page
        assert f'name="seen" value="{case.digest}"' in page
        mine = as_user(firm.owner).get(url("case_detail", case)).content.decode()
        assert "decision-bar" not in mine
        assert "Withdraw" in mine
        assert url("case_urge", case) in mine

    @pytest.mark.req("APR-12")
    def test_the_difference_to_the_returned_version(self, firm: Company, case: Case) -> None:
        return_case(task=task_of(case, "Approver"), actor=firm.approver, opinion="less")
        papers[case.subject_id]["amount"] = "48000"
        again = open_case(subject=case.subject, definition="paper", actor=firm.owner)
        page = as_user(firm.approver).get(url("case_detail", again)).content.decode()
        for words in ("<s>50,000</s>", "48,000", "−2,000", "sent it for approval again"):
            assert words in page

    def test_attachments_stand_in_the_page(
        self, firm: Company, case: Case, settings: Settings, tmp_path: Path
    ) -> None:
        backend = "django.core.files.storage.FileSystemStorage"
        settings.STORAGES = settings.STORAGES | {
            "default": {"BACKEND": backend, "OPTIONS": {"location": tmp_path}}
        }
        for name, content in (("offer.txt", b"words"), ("quote.pdf", b"%PDF-1.4\n%%EOF\n")):
            attach_file(
                subject=case.subject, upload=ContentFile(content, name=name), name=name, actor=firm.owner
            )
        text, pdf = Attachment.objects.order_by("pk")
        client = as_user(firm.approver)
        page = client.get(url("case_detail", case)).content.decode()
        assert "offer.txt" in page
        assert f'<iframe src="{pdf.page_url}"' in page
        shown = client.get(pdf.page_url)
        assert (shown.status_code, shown["X-Frame-Options"]) == (200, "SAMEORIGIN")
        assert shown["Content-Disposition"].startswith("inline")
        assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
        assert client.get(reverse("files:file_page", args=[text.pk])).status_code == 404
        assert as_user(firm.outsider).get(pdf.page_url).status_code == 404

    def test_a_copy_counts_as_read_once_it_is_opened(self, firm: Company, case: Case) -> None:
        copy = Copy.objects.create(case=case, user=firm.vp, sent_by=firm.owner)
        listed = as_user(firm.vp).get(url("case_list") + "?tab=copied").content.decode()
        assert "is-unread" in listed
        as_user(firm.vp).get(url("case_detail", case))
        copy.refresh_from_db()
        assert copy.read_at is not None
        assert "is-unread" not in as_user(firm.vp).get(url("case_list") + "?tab=copied").content.decode()


class TestDeciding:
    def test_without_an_opinion_it_is_422_and_what_was_typed_stays(self, firm: Company, case: Case) -> None:
        client = as_user(firm.approver)
        for verb in ("return", "reject"):
            response = decide(client, case, verb, "  ")
            assert response.status_code == 422
            assert b"opinion-error" in response.content
            assert b"what has to be different" in response.content
        assert client.post(url("case_decide", case), {"verb": "nod", "opinion": "hm"}).status_code == 422
        assert Case.objects.get().state == "running"

    def test_the_second_click_is_409_and_the_buttons_are_gone(self, firm: Company, case: Case) -> None:
        client = as_user(firm.approver)
        response = decide(client, case, "approve", "fine")
        assert (response.status_code, response["Location"]) == (302, url("case_detail", case))
        assert Case.objects.get().state == "approved"
        assert decide(client, case, "approve", "fine").status_code == 409
        assert decide(client, case, "approve", "fine", headers=HTMX).status_code == 409
        page = client.get(url("case_detail", case)).content
        assert b"Approved" in page
        assert b"decision-bar" not in page
        assert client.get(url("case_return", case)).status_code == 409

    def test_who_decided_alone_sees_no_button_while_others_still_decide(
        self, firm: Company, large: Case
    ) -> None:
        page = as_user(firm.approver).get(url("case_detail", large)).content
        assert b"decision-bar" not in page
        assert b"decision-bar" in as_user(firm.club).get(url("case_detail", large)).content

    @pytest.mark.parametrize("verb", ["return", "reject"])
    def test_return_and_reject_by_the_bar(self, firm: Company, case: Case, verb: str) -> None:
        assert decide(as_user(firm.approver), case, verb, "too dear").status_code == 302
        assert Case.objects.get().state == {"return": "returned", "reject": "rejected"}[verb]

    @pytest.mark.req("APR-11")
    def test_filing_withdrawing_and_remarking(self, firm: Company, case: Case) -> None:
        client = as_user(firm.owner)
        assert client.post(url("case_remark", case), {"text": ""}).status_code == 422
        assert client.post(url("case_remark", case), {"text": "One more thing"}).status_code == 302
        decide(as_user(firm.approver), case, "approve")
        club = as_user(firm.club)
        assert b"Take on record" in club.get(url("case_detail", case)).content
        assert club.post(url("case_acknowledge", case), {"opinion": "seen"}).status_code == 302
        assert b"seen" in club.get(url("case_detail", case)).content
        assert client.post(url("case_withdraw", case)).status_code == 409

    def test_the_sender_withdraws(self, firm: Company, case: Case) -> None:
        assert as_user(firm.owner).post(url("case_withdraw", case)).status_code == 302
        assert Case.objects.get().state == "withdrawn"


@pytest.mark.req("APR-12")
class TestReturningToAStep:
    def test_only_steps_really_passed_are_offered(self, firm: Company, large: Case) -> None:
        dialog = as_user(firm.club).get(url("case_return", large), headers=HTMX).content.decode()
        passed = Step.objects.get(case=large, tasks__assignee=firm.approver)
        to_come = Step.objects.get(case=large, tasks__assignee=firm.vp)
        assert "dialog-form" in dialog
        assert "Owner, who sent it" in dialog
        assert f'value="{passed.pk}"' in dialog
        assert f'value="{to_come.pk}"' not in dialog

    def test_the_opinion_on_the_page_comes_along(self, firm: Company, large: Case) -> None:
        address = url("case_return", large) + "?opinion=Which+supplier%3F"
        assert b"Which supplier?" in as_user(firm.club).get(address, headers=HTMX).content

    def post(
        self, firm: Company, case: Case, headers: dict[str, str] | None = None, **said: object
    ) -> object:
        task = task_of(case, "Club")
        data = {"task": task.pk, "seen": case.digest, "then": "again", "opinion": "Look again", **said}
        return as_user(firm.club).post(url("case_return", case), data, headers=headers)

    def test_run_again_from_there(self, firm: Company, large: Case) -> None:
        passed = Step.objects.get(case=large, tasks__assignee=firm.approver)
        answer = self.post(firm, large, to=passed.pk)
        assert answer.status_code == 302  # type: ignore[attr-defined]
        assert Case.objects.get().state == "running"
        assert task_of(large, "Approver").state == "waiting"
        page = as_user(firm.approver).get(url("case_detail", large)).content.decode()
        assert "decision-bar" in page
        assert "Look again" in page
        assert "void" in page

    def test_straight_back_to_me_by_htmx(self, firm: Company, large: Case) -> None:
        passed = Step.objects.get(case=large, tasks__assignee=firm.approver)
        answer = self.post(firm, large, HTMX, to=passed.pk, then="straight")
        assert answer["HX-Redirect"] == url("case_detail", large)  # type: ignore[index]
        approve(task=task_of(large, "Approver"), actor=firm.approver)
        assert task_of(large, "Club").state == "waiting"

    def test_to_the_sender(self, firm: Company, large: Case) -> None:
        self.post(firm, large, to="sender")
        assert Case.objects.get().state == "returned"

    def test_without_opinion_or_to_a_step_of_nobody_it_is_422(self, firm: Company, large: Case) -> None:
        to_come = Step.objects.get(case=large, tasks__assignee=firm.vp)
        for said in ({"to": "sender", "opinion": " "}, {"to": to_come.pk}, {}):
            for headers in (None, HTMX):
                assert self.post(firm, large, headers, **said).status_code == 422  # type: ignore[attr-defined,arg-type]
        assert Case.objects.get().state == "running"


class TestChangedContent:
    def test_content_changed_meanwhile_is_409_and_shown(self, firm: Company, case: Case) -> None:
        papers[case.subject_id]["amount"] = "1"
        response = decide(as_user(firm.approver), case, "approve", "my words")
        assert response.status_code == 409
        page = response.content.decode()
        assert "content was changed" in page
        assert "my words" in page
        assert "<s>50,000</s>" in page
        assert decide(as_user(firm.approver), case, "approve", headers=HTMX).status_code == 409
        assert Case.objects.get().state == "running"

    def test_only_the_sender_is_offered_to_send_the_change_on(self, firm: Company, case: Case) -> None:
        papers[case.subject_id]["amount"] = "60000"
        for person, is_offered in ((firm.owner, True), (firm.approver, False)):
            page = as_user(person).get(url("case_detail", case)).content.decode()
            assert ("Changed since it was sent" in page, url("case_amend", case) in page) == (
                True,
                is_offered,
            )
        assert as_user(firm.approver).post(url("case_amend", case), {"note": "x"}).status_code == 403

    def test_an_amendment_voids_what_was_decided_and_says_why(self, firm: Company, large: Case) -> None:
        papers[large.subject_id]["amount"] = "210000"
        client = as_user(firm.owner)
        dialog = client.get(url("case_amend", large), headers=HTMX).content.decode()
        assert "<s>200,000</s>" in dialog
        assert client.post(url("case_amend", large), {"note": ""}).status_code == 422
        assert client.post(url("case_amend", large), {"note": "dearer"}, headers=HTMX).status_code == 200
        page = as_user(firm.approver).get(url("case_detail", large)).content.decode()
        for words in (
            "dearer",
            "changed the content",
            "Decision void, because that changed",
            "your decision",
            "210,000",
        ):
            assert words in page
        assert client.post(url("case_amend", large), {"note": "again"}).status_code in {409, 422}

    def test_a_stale_tab_is_told_what_changed_and_keeps_the_opinion(self, firm: Company, large: Case) -> None:
        seen = large.digest
        papers[large.subject_id]["amount"] = "210000"
        amend_case(case=large, actor=firm.owner, note="dearer")
        by = Task.objects.get(
            step__case=large, state="waiting", step__kind__in=["approve", "review"]
        ).assignee
        response = decide(as_user(by), large, "approve", "quick", by=by.name, seen=seen)
        page = response.content.decode()
        assert response.status_code == 409
        for words in ("The content changed while you were reading", "<s>200,000</s>", "210,000", "quick"):
            assert words in page
        large.refresh_from_db()
        assert f'name="seen" value="{large.digest}"' in page
        assert decide(as_user(by), large, "approve", "quick", by=by.name).status_code == 302


class TestPeople:
    def test_signers_are_added_before_me(self, firm: Company, case: Case) -> None:
        client = as_user(firm.approver)
        dialog = client.get(url("case_signers", case), headers=HTMX).content.decode()
        assert "data-pick-url" in dialog
        said = {"people": [firm.outsider.pk], "where": "before", "kind": "review", "note": "Legal?"}
        assert client.post(url("case_signers", case), {**said, "people": []}).status_code == 422
        assert client.post(url("case_signers", case), {**said, "people": [firm.owner.pk]}).status_code in {
            403,
            422,
        }
        assert client.post(url("case_signers", case), said).status_code == 302
        assert b"decision-bar" in as_user(firm.outsider).get(url("case_detail", case)).content
        mine = client.get(url("case_detail", case)).content.decode()
        assert "waits for the signers you added" in mine
        assert 'value="approve"' not in mine
        decide(as_user(firm.outsider), case, "approve", "ok", by="Outsider")
        assert 'value="approve"' in client.get(url("case_detail", case)).content.decode()

    def test_who_waits_for_signers_can_still_return(self, firm: Company, case: Case) -> None:
        client = as_user(firm.approver)
        client.post(
            url("case_signers", case), {"people": [firm.outsider.pk], "where": "before", "kind": "review"}
        )
        assert client.get(url("case_return", case)).status_code == 200
        assert decide(client, case, "return", "no need to ask").status_code == 302
        assert Case.objects.get().state == "returned"

    def test_transfer_needs_a_reason_and_hands_the_page_on(self, firm: Company, case: Case) -> None:
        client = as_user(firm.approver)
        said = {"to": firm.vp.pk, "note": "On leave"}
        assert client.post(url("case_transfer", case), {**said, "note": ""}, headers=HTMX).status_code == 422
        assert client.post(url("case_transfer", case), {**said, "to": firm.owner.pk}).status_code in {
            403,
            422,
        }
        assert client.post(url("case_transfer", case), said, headers=HTMX).status_code == 200
        assert b"decision-bar" not in client.get(url("case_detail", case)).content
        assert b"decision-bar" in as_user(firm.vp).get(url("case_detail", case)).content
        assert b"On leave" in as_user(firm.vp).get(url("case_detail", case)).content

    def test_copies(self, firm: Company, case: Case) -> None:
        client = as_user(firm.owner)
        assert client.get(url("case_copy", case)).status_code == 200
        assert client.post(url("case_copy", case), {"people": []}).status_code == 422
        assert client.post(url("case_copy", case), {"people": [firm.outsider.pk]}).status_code == 302
        assert as_user(firm.outsider).get(url("case_detail", case)).status_code == 200


class TestTalking:
    def test_ask_and_answer(self, firm: Company, case: Case) -> None:
        client = as_user(firm.approver)
        said = {"to": firm.owner.pk, "text": "Why 50,000?"}
        assert client.get(url("case_ask", case), headers=HTMX).status_code == 200
        assert client.post(url("case_ask", case), {**said, "text": ""}).status_code == 422
        assert client.post(url("case_ask", case), said).status_code == 302
        question = Remark.objects.get(kind="question")
        asked = as_user(firm.owner)
        assert b"Approver asks you" in asked.get(url("case_detail", case)).content
        address = url("case_answer", case, question.pk)
        assert client.post(address, {"text": "mine"}).status_code == 403
        assert asked.post(address, {"text": ""}, headers=HTMX).status_code == 422
        assert asked.post(address, {"text": "Two hundred guests"}).status_code == 302
        page = asked.get(url("case_detail", case)).content.decode()
        assert "Two hundred guests" in page
        assert "asks you" not in page
        assert asked.post(address, {"text": "again"}).status_code == 409
        assert asked.get(url("case_answer", case, 999_999)).status_code == 404

    def test_a_question_of_another_case_is_404(self, firm: Company, case: Case) -> None:
        other = send(firm, "Other plan")
        question = ask(case=other, actor=firm.approver, to=firm.owner, text="?")
        assert as_user(firm.owner).get(url("case_answer", case, question.pk)).status_code == 404

    def test_urging_once_in_half_a_day(self, firm: Company, case: Case) -> None:
        client = as_user(firm.owner)
        assert client.get(url("case_urge", case), headers=HTMX).status_code == 200
        assert client.post(url("case_urge", case), {"text": "Please"}).status_code == 302
        assert client.post(url("case_urge", case), {"text": "Please!"}, headers=HTMX).status_code == 409


class TestTheForm:
    def test_it_is_a_sheet_with_the_amount_in_words(self, firm: Company, case: Case) -> None:
        decide(as_user(firm.approver), case, "approve", "agreed with pleasure")
        page = as_user(firm.owner).get(url("case_print", case)).content.decode()
        for words in (
            "Approval form",
            case.code,
            "伍万元整",
            "agreed with pleasure",
            "Approver",
            case.digest,
        ):
            assert words in page
        assert "ui/css/print" in page


def test_a_person_who_is_gone_cannot_be_chosen(firm: Company, case: Case) -> None:
    User.objects.filter(pk=firm.outsider.pk).update(is_active=False)
    said = {"to": firm.outsider.pk, "note": "On leave"}
    assert as_user(firm.approver).post(url("case_transfer", case), said).status_code == 422
