"""The tab 嘉宾 of a customer event: the list with its numbers, and what it is made of."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.capabilities.audiences.models import TargetList
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import page_context

from ..kinds import is_over
from ..models import Reply, Role
from ..permissions import Perm
from ..selectors.attendance import attendance_of, has_begun
from ..selectors.guests import (
    Filters,
    counts_of,
    diets_of,
    find,
    guest_options_of,
    page_of,
    questions_of,
    sees_diets,
    sessions_of,
    total_of,
    waiting_by_session,
    waves_of,
    with_details,
)
from .shared import PARTS, event_of, parts


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def guest_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """One part of the tab; the list unless another is asked for. Words to search come by POST and stand in no address."""
    subject = event_of(request, pk)
    asked = request.GET.get("view", "")
    part = asked if asked in PARTS else PARTS[0]
    is_open = is_over(subject) is None
    context = page_context(
        request,
        subject,
        "guests",
        part=part,
        views=parts(subject, part),
        over=is_over(subject),
        counts=counts_of(subject),
        may_add=is_open and holds(request.user, Perm.ADD, subject),
        may_edit=is_open and holds(request.user, Perm.EDIT, subject),
        may_invite=is_open and holds(request.user, Perm.INVITE, subject),
        may_export=holds(request.user, Perm.EXPORT, subject),
        template=f"events/parts/{part}.html",
        **CONTEXTS[part](request, subject),
    )
    return render(request, "events/guest_list.html", context)


def _list(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    filters = Filters.read(request.GET, request.POST.get("words", ""))
    rows = with_details(find(subject, request.user, filters))
    page = paginate(rows, request.GET, by="-pk", total=total_of(filters, counts_of(subject)))
    sessions = sessions_of(subject)
    return {
        "page": page,
        "filters": filters,
        "sessions": sessions,
        "chips": _chips(request.GET, filters, subject),
        "replies": _replies(request.GET, filters, subject),
        "waves": list(waves_of(subject)) if filters.wave else [],
        "roles": Role.choices,
        "attendance": attendance_of(subject) if has_begun(subject) else None,
        "has_lists": TargetList.objects.filter(subject=subject, frozen_at__isnull=False).exists(),
        "list_query": _query(request.GET, subject=str(subject.pk)),
        "kept": [(name, value) for name, value in request.GET.items() if name in FILTERS],
    }


@require_POST
@login_required
def guest_options(request: SignedInRequest, pk: int) -> HttpResponse:
    """Up to 20 guests for a picker, by `q`; what is typed comes by POST and stands in no address."""
    subject = event_of(request, pk)
    found = guest_options_of(subject, request.user, request.POST.get("q", ""))
    results = [
        {
            "value": one.pk,
            "text": one.name,
            "note": one.organisation,
            "search": f"{one.pinyin} {one.initials}",
        }
        for one in found
    ]
    return JsonResponse({"results": results})


FILTERS = ("reply", "session", "wave", "inviter", "role", "vip", "came")


def _query(query: QueryDict, **changes: str) -> str:
    """The filters of the address with some of them changed; empty takes one away."""
    kept = QueryDict(mutable=True)
    for name in FILTERS:
        if value := changes.pop(name, query.get(name, "")):
            kept[name] = value
    kept.update(changes)
    return kept.urlencode()


def _replies(query: QueryDict, filters: Filters, subject: Subject) -> list[dict[str, Any]]:
    """The replies one may narrow the list to, each with its number."""
    counts = counts_of(subject)
    known = {
        "": (_("All"), counts.listed),
        Reply.LISTED: (Reply.LISTED.label, counts.unsent),
        Reply.INVITED: (Reply.INVITED.label, counts.open),
        Reply.ACCEPTED: (Reply.ACCEPTED.label, counts.accepted),
        Reply.WAITING: (Reply.WAITING.label, counts.waiting),
        Reply.DECLINED: (Reply.DECLINED.label, counts.declined),
    }
    if counts.at_door or filters.reply == Reply.AT_DOOR:
        known[Reply.AT_DOOR] = (Reply.AT_DOOR.label, counts.at_door)
    return [
        {
            "label": label,
            "count": number,
            "url": f"?{_query(query, reply=str(key))}",
            "active": key == filters.reply,
        }
        for key, (label, number) in known.items()
    ]


def _chips(query: QueryDict, filters: Filters, subject: Subject) -> list[dict[str, str]]:
    """The filters in force besides the reply."""
    chips: list[tuple[str, str, str]] = []
    if filters.session:
        name = next((s.name for s in sessions_of(subject) if s.pk == filters.session), "?")
        chips.append(("session", _("Session"), name))
    if filters.wave:
        name = next((wave.name for wave in waves_of(subject) if wave.pk == filters.wave), "?")
        chips.append(("wave", _("Wave"), name))
    if filters.inviter:
        person = User.objects.filter(pk=filters.inviter).first()
        chips.append(("inviter", _("Inviter"), person.name if person else "?"))
    if filters.role:
        chips.append(("role", _("Comes as"), str(Role(filters.role).label)))
    if filters.is_vip:
        chips.append(("vip", _("Important guest"), _("Yes")))
    if filters.came:
        chips.append(("came", _("At the door"), _("Arrived") if filters.came == "yes" else _("Did not come")))
    return [
        {"label": label, "value": value, "remove_url": f"?{_query(query, **{key: ''})}"}
        for key, label, value in chips
    ]


def _sessions(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    waiting = waiting_by_session(subject)
    lines = [
        {
            "session": session,
            "waiting": waiting.get(session.pk, 0),
            "share": session.taken / session.capacity,
            "is_late": bool(session.reply_until and session.reply_until <= clock.now()),
        }
        for session in sessions_of(subject)
    ]
    return {"lines": lines, "waves": waves_of(subject)}


def _invitation(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"page": page_of(subject), "sessions": sessions_of(subject)}


def _questions(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"questions": questions_of(subject.pk)}


def _diet(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    lines, noted = diets_of(subject)
    is_named = sees_diets(request.user, subject)
    return {"lines": lines, "noted": noted if is_named else [], "words": len(noted), "is_named": is_named}


CONTEXTS = {
    "list": _list,
    "sessions": _sessions,
    "invitation": _invitation,
    "questions": _questions,
    "diet": _diet,
}
