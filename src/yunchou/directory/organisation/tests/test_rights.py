"""Rights as pages tell and change them: whose are shown to whom, previews, separation of duties, ends at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from yunchou.directory.organisation import actions
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.directory.organisation.positions import (
    AUDITOR,
    DEPT_HEAD,
    GROUP_CUSTOMER_CLUB,
    MARKETING_MANAGER,
    SALES_MANAGER,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
)
from yunchou.kernel.access.models import ExtraGrant, Grant
from yunchou.kernel.access.permissions import Perm
from yunchou.kernel.access.registry import Scope, rights
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.access.separation import conflicts
from yunchou.kernel.core.errors import NotAllowed, Refused
from yunchou.kernel.identity.models import Appointment, Position, User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Member, Role, Subject

from . import factories
from .factories import Firm, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Firm:
    return factories.company()


@pytest.fixture
def security(firm: Firm, client: Client) -> Client:
    client.force_login(firm.people[SECURITY_ADMIN])
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"organisation:{name}", args=args)


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"accept-language": "en"})
    assert answer.status_code == status, address
    return answer.content.decode()


# ---------------------------------------------------------------- who sees whose


def test_everybody_sees_the_own_rights_and_administrators_those_of_others(firm: Firm, client: Client) -> None:
    client.force_login(firm.owner)
    assert str(Position.objects.get(code=MARKETING_MANAGER)) in text(client, url("my_rights"))
    text(client, url("person_rights", firm.owner.pk))
    for name, args in (
        ("person_rights", [firm.colleague.pk]),
        ("who_may", []),
        ("rights_position_list", []),
        ("rights_position", [DEPT_HEAD]),
        ("journal_list", []),
    ):
        text(client, url(name, *args), 403)
    for code in (SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR):
        client.force_login(firm.people[code])
        page = text(client, url("person_rights", firm.colleague.pk))
        assert f"{firm.east.name} · " in page


def test_a_thing_is_explained_only_to_those_who_see_it(firm: Firm, client: Client) -> None:
    subject = Subject.objects.create(
        kind="organisation.test" if False else "access-none",
        unit=firm.south,
        code="S-1",
        title="华南秘密",
        address="/",
    )
    Member.objects.create(subject=subject, user=firm.owner, role=Role.LEAD)
    client.force_login(firm.owner)
    hidden = text(client, f"{url('my_rights')}?code=S-1")
    unknown = text(client, f"{url('my_rights')}?code=S-2")
    assert subject.title not in hidden
    assert "rights-table" not in hidden + unknown  # the same answer as for a code that nothing has
    client.force_login(firm.people[SECURITY_ADMIN])
    page = text(client, f"{url('who_may')}?right=campaigns.edit&code=s-1")
    assert firm.owner.name in page
    assert subject.title not in page


def test_who_may_answers_for_a_unit_and_by_name(firm: Firm, security: Client) -> None:
    page = text(security, f"{url('who_may')}?right=campaigns.edit&unit={firm.east.pk}")
    assert firm.owner.name in page
    assert firm.outsider.name not in page
    found = text(security, f"{url('who_may')}?right=campaigns.edit&q=linyuan")
    assert firm.outsider.name in found
    assert firm.owner.name not in found
    assert (
        'id="holders"'
        in security.get(f"{url('who_may')}?right=nonsense", headers={"hx-request": "true"}).content.decode()
    )


# ---------------------------------------------------------------- changing what a position brings


@pytest.mark.req("ORG-12")
def test_a_grant_is_changed_after_its_effect_was_seen(firm: Firm, security: Client) -> None:
    address = url("grant_set", MARKETING_MANAGER, "campaigns.edit")
    given = {"scope": Scope.CHOSEN, "units": [firm.south.pk]}
    preview = security.post(address, given)
    assert firm.owner.name in preview.content.decode()  # loses the own region
    assert firm.outsider.name not in preview.content.decode()  # stands in the chosen one
    assert Grant.objects.get(position__code=MARKETING_MANAGER, right="campaigns.edit").scope == Scope.REGION
    assert security.post(address, {**given, "units": []}).status_code == 422
    done = security.post(address, {**given, "confirmed": "1"})
    assert done.status_code == 302
    owner = User.objects.get(pk=firm.owner.pk)
    assert not holds(owner, "campaigns.edit", firm.east)
    assert holds(owner, "campaigns.edit", firm.south)
    entry = JournalEntry.objects.get(kind="access.grant_changed")
    with override("en"):
        assert firm.south.name in entry.sentence
    stale = {"scope": Scope.ALL, "confirmed": "1", "seen": "0" * 16}
    assert security.post(address, stale, headers={"accept": "application/json"}).status_code == 409


def test_only_security_administrators_change_grants_and_none_the_own(firm: Firm, client: Client) -> None:
    machine = {"accept": "application/json"}
    for code, status in ((SYSTEM_ADMIN, 403), (AUDITOR, 403), (MARKETING_MANAGER, 403)):
        client.force_login(firm.people.get(code, firm.owner))
        address = url("grant_set", DEPT_HEAD, "campaigns.edit")
        assert client.post(address, {"scope": "all", "confirmed": 1}, headers=machine).status_code == status
    client.force_login(firm.people[SECURITY_ADMIN])
    own = url("grant_set", SECURITY_ADMIN, "campaigns.edit")
    assert client.post(own, {"scope": "all", "confirmed": 1}, headers=machine).status_code == 403
    assert not JournalEntry.objects.filter(kind="access.grant_changed").exists()


def test_a_post_gets_further_units_and_shows_them(firm: Firm, security: Client) -> None:
    held = Appointment.objects.get(user=firm.colleague)
    address = url("extra_grant_set", held.pk)
    given = {"right": "campaigns.edit", "units": [firm.south.pk]}
    assert security.post(address, given).status_code == 422
    assert security.post(address, {**given, "reason": "支援华南"}).status_code == 302
    page = text(security, url("person_rights", firm.colleague.pk))
    assert "支援华南" in page
    assert holds(User.objects.get(pk=firm.colleague.pk), "campaigns.edit", firm.south)
    security.post(address, {"right": "campaigns.edit"})
    assert not ExtraGrant.objects.exists()


# ---------------------------------------------------------------- separation of duties (等保 8.1.4)


@pytest.mark.parametrize("as_deputy", [False, True])
@pytest.mark.parametrize(
    ("first", "second"),
    [(SYSTEM_ADMIN, SECURITY_ADMIN), (SECURITY_ADMIN, AUDITOR), (AUDITOR, SYSTEM_ADMIN)],
)
def test_no_two_administrations_in_one_person(firm: Firm, first: str, second: str, as_deputy: bool) -> None:
    person = make_user()
    boss = make_user()
    factories.appoint(boss, firm.group, SECURITY_ADMIN)
    actions.appoint(person=person, unit=firm.group, position=first, actor=boss)
    principal = Appointment.objects.get(position__code=second, user=firm.people[second])

    def join() -> Appointment:
        if as_deputy:
            return actions.set_deputy(
                appointment=principal, deputy=person, valid_from=date(2999, 1, 1), actor=boss
            )
        return actions.appoint(person=person, unit=firm.group, position=second, actor=boss)

    with pytest.raises(Refused) as refused:
        join()
    assert refused.value.code == "separation_of_duties"
    assert conflicts() == []


def test_a_right_of_administration_separates_whatever_the_position_is_called(firm: Firm) -> None:
    Grant.objects.create(
        position=Position.objects.get(code=SALES_MANAGER), right="organisation.manage", scope=Scope.UNIT
    )
    with pytest.raises(Refused) as refused:
        actions.appoint(
            person=firm.people[AUDITOR],
            unit=firm.department(kind=DepartmentKind.SALES),
            position=SALES_MANAGER,
            actor=firm.admin,
        )
    assert refused.value.code == "separation_of_duties"


def test_who_keeps_accounts_makes_no_administrators(firm: Firm) -> None:
    person = make_user()
    for code in (SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR):
        with pytest.raises(NotAllowed):
            actions.appoint(person=person, unit=firm.group, position=code, actor=firm.admin)
    actions.appoint(person=person, unit=firm.group, position=AUDITOR, actor=firm.people[SECURITY_ADMIN])
    assert holds(person, Perm.AUDIT)


def test_the_shipped_administrators_are_separated(firm: Firm) -> None:
    assert conflicts() == []
    by_duty = {
        duty: set(
            Grant.objects.given()
            .filter(right__in=[r.key for r in rights if r.duty == duty])
            .values_list("position__code", flat=True)
        )
        for duty in ("system", "security", "audit")
    }
    assert by_duty == {"system": {SYSTEM_ADMIN}, "security": {SECURITY_ADMIN}, "audit": {AUDITOR}}


# ---------------------------------------------------------------- T10: access ends with the next request


def disabled(firm: Firm) -> None:
    actions.deactivate_person(person=firm.owner, actor=firm.admin)


def post_ended(firm: Firm) -> None:
    actions.end_appointment(appointment=Appointment.objects.get(user=firm.owner), actor=firm.admin)


def post_changed(firm: Firm) -> None:
    post_ended(firm)
    actions.appoint(
        person=firm.owner, unit=firm.department("south"), position=MARKETING_MANAGER, actor=firm.admin
    )


@pytest.mark.parametrize(("end", "status"), [(disabled, 302), (post_ended, 403), (post_changed, 200)])
def test_access_ends_with_the_next_request(
    firm: Firm, client: Client, end: Callable[[Firm], None], status: int
) -> None:
    client.force_login(firm.owner)
    page = f"{url('my_rights')}"
    assert f"{firm.east.name} · " in text(client, page)
    assert client.get(url("unit_list")).status_code == 302  # to the own unit
    end(firm)
    answer = client.post(url("people_options"))
    assert answer.status_code == status
    if status == 200:
        assert f"{firm.east.name} · " not in text(client, page)


# ---------------------------------------------------------------- the shipped rights against GEN-01, ORG-02 and ORG-03


@pytest.mark.req("ORG-02")
def test_the_group_customer_club_reads_all_regions_and_edits_no_regional_record(firm: Firm) -> None:
    club = firm.people[GROUP_CUSTOMER_CLUB]
    for region in (firm.east, firm.south, firm.central):
        held = {right.key for right in rights if holds(club, right.key, region)}
        assert {"campaigns.view", "budgets.view", "metrics.view", "operations.view", "reviews.view"} <= held
        written = {key for key in held if not key.rpartition(".")[2].startswith(("view", "see", "contact"))}
        # The calendar of occasions is the whole group's, no record of a region.
        assert written <= {"supervision.guide", "organisation.export", "planning.keep_occasions"}, written
    # The plan that it drafts is the group's own (PLN-01); in no region does it reach anything, as said above.
    given = (
        Grant.objects.given()
        .filter(position__code=GROUP_CUSTOMER_CLUB)
        .exclude(right__startswith="planning.")
    )
    ends = (".edit", ".create", ".submit", ".run", ".cancel", ".book", ".record", ".file")
    assert not [grant.right for grant in given if grant.right.endswith(ends)]


@pytest.mark.req("GEN-01")
def test_plans_budgets_and_progress_are_open_to_the_staff_of_the_region_and_people_are_not(
    firm: Firm,
) -> None:
    staff = [firm.colleague, firm.people[SALES_MANAGER], firm.people[DEPT_HEAD], firm.approver]
    for person in staff:
        for right in ("campaigns.view", "budgets.view", "metrics.view", "operations.view"):
            assert holds(person, right, firm.department()), (person.username, right)
            assert not holds(person, right, firm.south), (person.username, right)
    for right in (r.key for r in rights if r.key.endswith("personnel")):
        assert not holds(firm.colleague, right)
        assert not holds(firm.admin, right)
