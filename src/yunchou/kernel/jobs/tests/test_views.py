from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import allow, make_unit, make_user
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.jobs.runner import run_chunk, work_off
from yunchou.kernel.jobs.views import local_address

from . import kinds

pytestmark = pytest.mark.django_db
assert kinds.LEDGER


@pytest.fixture
def owner(client: Client) -> User:
    user = make_user("周敏")
    client.force_login(user)
    return user


def address(job: Job) -> str:
    return reverse("jobs:job_detail", args=[job.pk])


def test_only_owner_and_manager_see_a_job(client: Client, owner: User) -> None:
    job = start_job(kind="tests.count", actor=owner)
    assert Client().get(address(job)).status_code == 302
    assert client.get(address(job)).status_code == 200
    client.force_login(make_user())
    assert client.get(address(job)).status_code == 404
    assert client.post(reverse("jobs:job_retry", args=[job.pk])).status_code == 404
    manager = make_user()
    allow(manager, make_unit(), "jobs.manage")
    client.force_login(manager)
    assert client.get(address(job)).status_code == 200


def test_progress_asks_again_until_it_is_done(client: Client, owner: User) -> None:
    job = start_job(kind="tests.count", actor=owner, payloads=[{"size": 30}, {"size": 10}])
    run_chunk(job.chunks.first().pk)
    fragment = client.get(address(job), headers={"HX-Request": "true"})
    text = fragment.content.decode()
    assert "<html" not in text
    assert f'hx-get="{address(job)}"' in text
    assert "75" in text
    assert "HX-Trigger" not in fragment
    work_off()
    fragment = client.get(address(job), headers={"HX-Request": "true"})
    assert "hx-get" not in fragment.content.decode()
    assert 'href="/somewhere"' in fragment.content.decode()
    assert fragment["HX-Trigger"] == "job:done"


def test_a_stopped_job_says_why_and_can_be_tried_again(client: Client, owner: User) -> None:
    job = start_job(kind="tests.refuse", actor=owner)
    work_off()
    assert "No sheet named 预算." in client.get(address(job)).content.decode()
    assert "No sheet named 预算." in client.get(reverse("jobs:job_list")).content.decode()
    assert client.post(reverse("jobs:job_retry", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert not job.is_done
    assert client.post(reverse("jobs:job_retry", args=[job.pk])).status_code == 409


def test_the_list_shows_own_jobs(client: Client, owner: User) -> None:
    assert "没有后台任务" in client.get(reverse("jobs:job_list")).content.decode()
    mine = start_job(kind="tests.count", actor=owner)
    foreign = start_job(kind="tests.count", actor=make_user())
    page = client.get(reverse("jobs:job_list")).content.decode()
    assert address(mine) in page
    assert address(foreign) not in page


@pytest.mark.parametrize(
    ("value", "expected"),
    [("/a/", "/a/"), ("//evil.example/", ""), ("https://evil.example/", ""), (None, ""), (7, "")],
)
def test_results_lead_only_to_our_own_pages(value: object, expected: str) -> None:
    assert local_address(value) == expected
