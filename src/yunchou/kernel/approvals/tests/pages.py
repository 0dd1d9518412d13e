"""What the page tests share: who looks, at which address, and a decision on it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from yunchou.kernel.approvals.actions import open_case
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.duties.tests.factories import Company
from yunchou.kernel.identity.models import User

HTMX = {"HX-Request": "true"}
#: Above the limit of the toy definition: leader, then club, then vice president decide.
LARGE = "200000"


def as_user(user: User) -> Client:
    """A browser in which the person is signed in, in English."""
    client = Client()
    User.objects.filter(pk=user.pk).update(language="en")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def url(name: str, *place: object) -> str:
    """The address of a page; a case stands for its primary key."""
    return reverse(f"approvals:{name}", args=[one.pk if isinstance(one, Case) else one for one in place])


def send(firm: Company, title: str = "Gift plan", **content: object) -> Case:
    return open_case(
        subject=firm.paper(title, **content), definition="paper", actor=firm.owner, note="Please look"
    )


def task_of(case: Case, name: str) -> Task:
    """The task of a person, by name, that is open or was last."""
    return Task.objects.filter(step__case=case, assignee__name=name).order_by("-pk")[0]


def decide(
    client: Client, case: Case, verb: str, opinion: str = "", *, by: str = "Approver", **more: Any
) -> Any:
    """Press a button of the bar, on the content as it is now unless `seen` says otherwise."""
    seen = more.pop("seen", case.digest)
    data = {"task": task_of(case, by).pk, "verb": verb, "opinion": opinion, "seen": seen}
    return client.post(url("case_decide", case), data, **more)
