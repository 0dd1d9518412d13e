"""The interface by which other systems deliver leads and orders: bearer tokens, JSON, idempotent by key and number.

POST /api/v1/subjects/YX-2024-017/leads
    {"key": "stream-8841", "channel": "stream", "place": "抖音", "name": "林晓雯", "phone": "13800138000",
     "need": "三居室，九月看房", "agreed": true, "proof": "直播间授权 2024-08-02"}
POST /api/v1/subjects/YX-2024-017/orders
    {"number": "TM-20240803-1", "channel": "ecommerce", "amount": "1680.00", "ordered_at": "2024-08-03T10:00:00+08:00",
     "name": "林晓雯", "phone": "13800138000"}
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI, Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import Field

from yunchou.directory.customers.actions.consents import Agreed
from yunchou.directory.customers.models import Basis, Purpose
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.accounts.api import Delivery, TokenAuth
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.middleware import as_data

from .actions import LeadFacts, OrderFacts, Person, capture_lead, enter_order
from .models import LeadChannel, Way
from .permissions import Perm
from .selectors.figures import counted, sales_of

router = Router(tags=["sales"])


class PersonIn(Delivery):
    """Who it is; a number or an address finds the customer again."""

    name: str = Field(min_length=1, max_length=80)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=200)
    organisation: str = Field("", max_length=120)


class LeadIn(PersonIn):
    """A lead: `key` names it, so that sending it again is harmless; without consent nothing may be kept."""

    key: str = Field(min_length=1, max_length=80)
    channel: str = Field(LeadChannel.FORM, max_length=6)
    place: str = Field("", max_length=40)
    need: str = Field("", max_length=500)
    is_keen: bool = False
    captured_at: datetime | None = None
    agreed: bool = False
    proof: str = Field("", max_length=200)


class LeadOut(Schema):
    """What came of it. `counted` is false where the person had left a lead before."""

    lead: int
    counted: bool
    valid: bool


class OrderIn(PersonIn):
    """An order by its number, which is its key."""

    number: str = Field(min_length=1, max_length=40)
    channel: str = Field(max_length=10)
    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    ordered_at: datetime
    note: str = Field("", max_length=200)


class OrderOut(Schema):
    order: int
    lead: int | None


@router.post("/subjects/{code}/leads", response={200: LeadOut, 201: LeadOut})
def deliver_lead(request: HttpRequest, code: str, lead: LeadIn) -> Status[dict[str, Any]]:
    """Take a lead in; 201 the first time, 200 when it or its person was there already."""
    user, subject = _on(request, code, Perm.CAPTURE)
    if not lead.agreed or not lead.proof.strip():
        raise at_field("agreed", _("Without consent nothing may be kept."))
    caught = capture_lead(
        subject=subject,
        facts=LeadFacts(
            channel=lead.channel, place=lead.place, need=lead.need, is_keen=lead.is_keen,
            captured_at=_aware(lead.captured_at), key=f"api:{lead.key}",
        ),
        person=Person(lead.name, lead.phone, lead.email, lead.organisation),
        consents=[Agreed(Purpose.SERVICE, basis=Basis.IMPORTED, proof=lead.proof)],
        actor=user,
        way=Way.API,
    )  # fmt: skip
    told = {"lead": caught.lead.pk, "counted": caught.is_new, "valid": caught.lead.is_valid}
    return Status(201 if caught.is_new else 200, told)


@router.post("/subjects/{code}/orders", response={200: OrderOut, 201: OrderOut})
def deliver_order(request: HttpRequest, code: str, order: OrderIn) -> Status[dict[str, Any]]:
    """Enter an order; 201 the first time, 200 when its number was known."""
    user, subject = _on(request, code, Perm.EDIT)
    at = _aware(order.ordered_at)
    assert at is not None
    made, is_new = enter_order(
        facts=OrderFacts(order.number, order.channel, order.amount, at, order.note),
        person=Person(order.name, order.phone, order.email, order.organisation),
        subject=subject,
        actor=user,
        way=Way.API,
    )
    return Status(201 if is_new else 200, {"order": made.pk, "lead": made.lead_id})


class CountOut(Schema):
    """How many there are, for systems that compare; nothing about people."""

    count: int
    valid: int | None = None
    amount: str | None = None


@router.get("/subjects/{code}/leads", response=CountOut)
def count_leads(request: HttpRequest, code: str) -> dict[str, Any]:
    """How many leads count, and how many of them are valid."""
    _user, subject = _on(request, code, Perm.CAPTURE)
    found = counted(subject)
    return {"count": found.leads, "valid": found.valid}


@router.get("/subjects/{code}/orders", response=CountOut)
def count_orders(request: HttpRequest, code: str) -> dict[str, Any]:
    """How many orders count, and what they come to."""
    _user, subject = _on(request, code, Perm.EDIT)
    found = sales_of(subject)
    return {"count": found.orders, "amount": str(found.amount)}


def _on(request: HttpRequest, code: str, right: str) -> tuple[User, Subject]:
    """The token's person and the activity with that code, if they may see it; others do not exist for them."""
    user = request.user
    assert isinstance(user, User)
    # A token carries few rights; what its person may see decides what is there, the token's what it may do.
    seen = visible_subjects(User.objects.get(pk=user.pk)).filter(code=code).exclude(code="")
    # PostgreSQL compares no text with the sign NUL.
    found = None if "\0" in code else seen.select_related("unit").order_by("pk").first()
    if found is None:
        raise _Unknown(say(_("There is nothing with the code “{code}”."), code=code))
    require(user, right, found)
    return user, found


class _Unknown(Refused):
    status = 404
    code = "not_found"


def _aware(at: datetime | None) -> datetime | None:
    if at is not None and at.tzinfo is None:
        raise Invalid(say(_("Times need their offset from UTC.")), code="naive_time")
    return at


api = NinjaAPI(
    title="Yunchou",
    version="1",
    urls_namespace="sales_api",
    auth=TokenAuth(),
    docs_url=None,
    openapi_url=None,
)
api.add_router("", router)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A refusal as the rest of the product tells it."""
    return api.create_response(request, {"error": as_data(refused)}, status=refused.status)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    """A body that has not the right form; what was sent is not said again, since it is about people."""
    fields = {".".join(str(part) for part in each["loc"]): str(each["msg"]) for each in wrong.errors}
    words = str(say(_("The request has not the right form.")))
    data = {"error": {"code": "malformed", "message": words, "fields": fields, "reasons": []}}
    return api.create_response(request, data, status=422)
