from __future__ import annotations

import pytest
from django import forms as django_forms
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation import forms
from yunchou.directory.organisation.models import WorkTypeRoute
from yunchou.directory.organisation.positions import (
    AUDITOR,
    MARKETING_MANAGER,
    RECEPTION,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
    VP_MARKETING,
)
from yunchou.directory.organisation.urls import urlpatterns
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.subjects.kinds import SubjectKind, kinds
from yunchou.kernel.subjects.models import Member, Subject

from .factories import Firm, appoint, make_department, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PASSWORD = "correct-horse-battery"

# What each page needs, and whether it only takes POST.
PAGES = {
    "unit_list": ("view", False),
    "unit_detail": ("view", False),
    "people_options": ("view", True),
    "person_detail": ("view", False),
    "work_route_list": ("view", False),
    "unit_add": ("manage", False),
    "unit_rename": ("manage", False),
    "unit_move": ("manage", False),
    "unit_duties": ("manage", False),
    "unit_deactivate": ("manage", True),
    "unit_reactivate": ("manage", True),
    "person_add": ("manage", False),
    "person_change": ("manage", False),
    "person_deactivate": ("manage", True),
    "person_reactivate": ("manage", True),
    "appointment_add": ("appoint", False),
    "appointment_end": ("appoint", False),
    "deputy_set": ("appoint", False),
    "main_post_set": ("appoint", True),
}


def address(name: str, firm: Firm) -> str:
    if name.startswith("appointment_end") or name in ("deputy_set", "main_post_set"):
        return reverse(f"organisation:{name}", args=[Appointment.objects.get(user=firm.owner).pk])
    if name == "person_add" or (name.startswith("unit_") and name != "unit_list"):
        return reverse(f"organisation:{name}", args=[firm.department("east").code])
    if name.startswith("person_") or name == "appointment_add":
        return reverse(f"organisation:{name}", args=[firm.owner.pk])
    return reverse(f"organisation:{name}")


def ask(client: Client, name: str, firm: Firm) -> HttpResponse:
    return (client.post if PAGES[name][1] else client.get)(address(name, firm))


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def admin(client: Client, firm: Firm) -> Client:
    return sign_in(client, firm.admin)


def test_every_page_of_units_and_people_is_listed_here() -> None:
    here = ("units", "people", "appointments", "work_routes")
    names = {p.name for p in urlpatterns if p.callback.__module__.rpartition(".")[2] in here}
    assert names == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_sent_to_sign_in(client: Client, firm: Firm, name: str) -> None:
    response = ask(client, name, firm)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("name", PAGES)
def test_people_without_any_post_may_see_nothing(client: Client, firm: Firm, name: str) -> None:
    assert ask(sign_in(client, firm.nobody), name, firm).status_code == 403


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize("name", [name for name, (needed, _post) in PAGES.items() if needed == "view"])
def test_all_staff_may_look(client: Client, firm: Firm, name: str) -> None:
    assert ask(sign_in(client, firm.outsider), name, firm).status_code in {200, 302}


@pytest.mark.parametrize("name", [name for name, (needed, _post) in PAGES.items() if needed != "view"])
def test_only_administrators_change(client: Client, firm: Firm, name: str) -> None:
    assert ask(sign_in(client, firm.approver), name, firm).status_code == 403


@pytest.mark.parametrize(
    "name", [name for name, (needed, post) in PAGES.items() if needed != "view" and not post]
)
def test_forms_open_as_page_and_as_dialog(admin: Client, firm: Firm, name: str) -> None:
    page, dialog = admin.get(address(name, firm)), admin.get(address(name, firm), headers=HTMX)
    assert page.status_code == dialog.status_code == 200
    assert b"<html" in page.content
    assert dialog.content.strip().startswith(b"<form")


def test_what_does_not_exist_is_not_found(admin: Client, firm: Firm) -> None:
    assert admin.get("/organisation/units/nowhere/").status_code == 404
    assert admin.get("/organisation/people/999999/").status_code == 404


class TestUnitPage:
    def test_the_organisation_opens_at_ones_own_unit(self, client: Client, firm: Firm) -> None:
        response = sign_in(client, firm.owner).get("/organisation/")
        assert response["Location"] == f"/organisation/units/{firm.department('east').code}/"

    @pytest.mark.req("ORG-05")
    def test_duties_are_open_to_all_staff(self, client: Client, firm: Firm) -> None:
        unit = firm.department("east")
        unit.department.duties, unit.department.authority = "策划区域活动", "提出活动预算"
        unit.department.save()
        text = sign_in(client, firm.outsider).get(f"/organisation/units/{unit.code}/").content.decode()
        assert "策划区域活动" in text
        assert "提出活动预算" in text

    def test_names_are_escaped(self, admin: Client, firm: Firm) -> None:
        Unit.objects.filter(pk=firm.east.pk).update(name="<script>x</script>")
        assert b"<script>x" not in admin.get("/organisation/units/east/").content

    def test_the_page_shows_tree_people_and_posts(self, client: Client, firm: Firm) -> None:
        appoint(firm.colleague, firm.department("east"), MARKETING_MANAGER, is_deputy=True)
        text = (
            sign_in(client, firm.owner)
            .get(f"/organisation/units/{firm.department('east').code}/")
            .content.decode()
        )
        assert all(words in text for words in ("华南区域", "张晨", "市场经理", "代理", "赵立群"))

    def test_phones_are_hidden_from_other_regions(self, client: Client, firm: Firm) -> None:
        User.objects.filter(pk=firm.owner.pk).update(phone="13800001111")
        page = f"/organisation/units/{firm.department('east').code}/"
        assert b"13800001111" in sign_in(client, firm.colleague).get(page).content
        assert b"13800001111" not in sign_in(client, firm.outsider).get(page).content
        person = reverse("organisation:person_detail", args=[firm.owner.pk])
        assert b"13800001111" not in client.get(person).content

    @pytest.mark.parametrize("words", ["limi", "lml", "李明"])
    def test_search_answers_with_the_list_only(self, client: Client, firm: Firm, words: str) -> None:
        response = sign_in(client, firm.outsider).get(
            "/organisation/units/south/", {"q": words}, headers=HTMX
        )
        text = response.content.decode()
        assert "李明朗" in text
        assert "华东区域 · 市场部" in text
        assert "<html" not in text
        assert "林远" not in text

    def test_search_that_finds_nobody_says_where_it_looked(self, client: Client, firm: Firm) -> None:
        response = sign_in(client, firm.owner).get("/organisation/units/south/", {"q": "zzzz"})
        assert "没有找到" in response.content.decode()


class TestForms:
    @pytest.mark.req("ORG-04")
    def test_a_unit_is_added_renamed_and_deactivated(self, admin: Client, firm: Firm) -> None:
        added = admin.post(
            "/organisation/units/east/add/",
            {"name": "渠道拓展部", "kind": "department", "department": "channel"},
        )
        assert added["Location"] == "/organisation/units/qudaotuozhanbu/"
        admin.post("/organisation/units/qudaotuozhanbu/rename/", {"name": "渠道部"})
        response = admin.post("/organisation/units/qudaotuozhanbu/deactivate/", headers=HTMX)
        assert response["HX-Redirect"] == "/organisation/units/east/"
        unit = Unit.objects.get(code="qudaotuozhanbu")
        assert (unit.name, unit.is_active) == ("渠道部", False)
        admin.post("/organisation/units/qudaotuozhanbu/reactivate/")
        unit.refresh_from_db()
        assert unit.is_active

    def test_what_the_action_refuses_stands_at_the_field(self, admin: Client, firm: Firm) -> None:
        response = admin.post(
            "/organisation/units/east/add/", {"name": "市场部", "kind": "department"}, headers=HTMX
        )
        assert response.status_code == 422
        assert "这里已有名为“市场部”的组织。" in response.content.decode()

    def test_a_refusal_without_a_field_reaches_the_dialog(self, client: Client, firm: Firm) -> None:
        auditor = firm.people[AUDITOR]
        response = sign_in(client, firm.people[SECURITY_ADMIN]).post(
            reverse("organisation:appointment_add", args=[auditor.pk]),
            {"unit": firm.group.pk, "position": SYSTEM_ADMIN},
            headers=HTMX,
        )
        assert response.status_code == 422
        assert "不得由同一人兼任" in response.content.decode()
        assert not Appointment.objects.filter(user=auditor, position__code=SECURITY_ADMIN).exists()

    def test_deactivating_a_unit_with_people_is_a_wrong_state(self, admin: Client, firm: Firm) -> None:
        response = admin.post(address("unit_deactivate", firm), headers=HTMX)
        assert response.status_code == 409

    def test_duties_are_changed(self, admin: Client, firm: Firm) -> None:
        admin.post(address("unit_duties", firm), {"department": "pr", "duties": "发布", "authority": "审稿"})
        profile = Unit.objects.get(code=firm.department("east").code).department
        assert (profile.kind, profile.duties, profile.authority) == ("pr", "发布", "审稿")

    def test_a_person_is_added_with_a_post(self, admin: Client, firm: Firm) -> None:
        values = {"name": "新同事", "username": "xin", "password": PASSWORD, "position": MARKETING_MANAGER}
        response = admin.post(address("person_add", firm), values, headers=HTMX)
        person = User.objects.get(username="xin")
        assert response["HX-Redirect"] == reverse("organisation:person_detail", args=[person.pk])
        assert person.appointments.get().unit == firm.department("east")

    def test_a_password_is_not_sent_back(self, admin: Client, firm: Firm) -> None:
        response = admin.post(
            address("person_add", firm), {"name": "", "username": "x", "password": PASSWORD}
        )
        assert response.status_code == 422
        assert PASSWORD.encode() not in response.content

    def test_a_person_is_changed_closed_and_opened(self, admin: Client, firm: Firm) -> None:
        admin.post(address("person_change", firm), {"name": "张晨", "email": "", "phone": "13800000000"})
        admin.post(address("person_deactivate", firm))
        person = User.objects.get(pk=firm.owner.pk)
        assert (person.phone, person.is_active) == ("13800000000", False)
        admin.post(address("person_reactivate", firm))
        assert User.objects.get(pk=firm.owner.pk).is_active

    def test_closing_an_account_ends_its_session_with_the_next_request(
        self, admin: Client, firm: Firm
    ) -> None:
        other = sign_in(Client(), firm.owner)
        assert other.get(address("person_detail", firm)).status_code == 200
        admin.post(address("person_deactivate", firm))
        assert other.get(address("person_detail", firm)).status_code == 302

    @pytest.mark.req("ORG-08")
    def test_appointing_a_deputy_and_ending(self, admin: Client, firm: Firm) -> None:
        vp = Appointment.objects.get(user=firm.people[VP_MARKETING])
        admin.post(
            reverse("organisation:deputy_set", args=[vp.pk]),
            {"deputy": firm.owner.pk, "valid_from": "2024-08-01", "valid_to": "2099-08-31"},
        )
        deputy = Appointment.objects.get(user=firm.owner, is_deputy=True)
        page = admin.get(reverse("organisation:person_detail", args=[vp.user_id])).content.decode()
        assert "张晨" in page
        admin.post(reverse("organisation:appointment_end", args=[deputy.pk]), {"last_day": ""})
        assert not Appointment.objects.valid().filter(pk=deputy.pk).exists()

    def test_an_appointment_is_made(self, admin: Client, firm: Firm) -> None:
        admin.post(
            address("appointment_add", firm),
            {"unit": firm.east.pk, "position": RECEPTION, "valid_from": "2024-08-01"},
        )
        assert firm.owner.appointments.filter(unit=firm.east, position__code=RECEPTION).exists()

    @pytest.mark.req("ORG-05")
    def test_work_routing_is_changed_by_administrators_only(self, admin: Client, firm: Firm) -> None:
        values = {r.work_type: r.department_kind for r in WorkTypeRoute.objects.all()} | {"artwork": "pr"}
        admin.post("/organisation/work/", values)
        assert WorkTypeRoute.objects.get(work_type="artwork").department_kind == "pr"
        response = sign_in(Client(), firm.owner).post("/organisation/work/", values | {"artwork": "it"})
        assert response.status_code == 403
        assert WorkTypeRoute.objects.get(work_type="artwork").department_kind == "pr"


class TestPersonPicker:
    def test_options_carry_what_tells_people_apart(self, client: Client, firm: Firm) -> None:
        response = sign_in(client, firm.outsider).post(reverse("organisation:people_options"), {"q": "lml"})
        assert response.json()["results"] == [
            {
                "value": firm.colleague.pk,
                "text": "李明朗",
                "note": "华东区域 · 市场部 · 市场专员",
                "search": "limingliang lml colleague".replace("liang", "lang"),
                "id": firm.colleague.pk,
                "name": "李明朗",
                "unit": "华东区域 · 市场部",
                "post": "市场专员",
            }
        ]

    def test_options_leave_closed_accounts_out_and_are_few(self, client: Client, firm: Firm) -> None:
        make_user("关某某", is_active=False)
        for number in range(30):
            make_user(f"王{number}")
        sign_in(client, firm.owner)
        assert client.post(reverse("organisation:people_options"), {"q": "关某"}).json()["results"] == []
        assert len(client.post(reverse("organisation:people_options"), {"q": "wang"}).json()["results"]) == 20

    def test_the_field_writes_only_the_chosen_person(self, firm: Firm) -> None:
        class OwnerForm(django_forms.Form):
            owner = forms.PersonField()

        html = str(OwnerForm(initial={"owner": firm.owner.pk})["owner"])
        assert html.count("<option") == 2
        assert "张晨" in html
        assert 'data-pick-url="/organisation/people/options/"' in html
        assert OwnerForm({"owner": firm.owner.pk}).is_valid()
        assert not OwnerForm({"owner": make_user(is_active=False).pk}).is_valid()

    def test_the_unit_field_offers_active_units_and_cleans_to_one(self, firm: Firm) -> None:
        class PlaceForm(django_forms.Form):
            unit = forms.UnitField()

        closed = make_department(firm.east)
        Unit.objects.filter(pk=closed.pk).update(is_active=False)
        form = PlaceForm({"unit": firm.east.pk})
        assert form.is_valid()
        assert form.cleaned_data["unit"] == firm.east
        assert not PlaceForm({"unit": closed.pk}).is_valid()
        assert "huadongquyu hdqy" in str(PlaceForm()["unit"])


def test_a_person_page_lists_only_what_the_reader_sees(client: Client, firm: Firm) -> None:
    kind = next(iter(kinds), None) or kinds.add(
        "thing", SubjectKind("thing", "Thing", "organisation.contact")
    )
    subject = Subject.objects.create(kind=kind.key, unit=firm.east, title="秘密活动", address="/x/")
    Member.objects.create(subject=subject, user=firm.owner)
    page = reverse("organisation:person_detail", args=[firm.owner.pk])
    assert "秘密活动" not in sign_in(client, firm.outsider).get(page).content.decode()
