"""Pages about rights: what somebody may do and why, who may do something, and what each position brings.

Everybody sees the own rights; those of others are for administrators; grants are changed by security administrators.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yunchou.kernel.access.actions import ask_exception, change_grant, extend_appointment
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.permissions import Perm
from yunchou.kernel.access.registry import Right, Scope, is_outside, rights
from yunchou.kernel.access.selectors import (
    Holder,
    effects_of,
    grant_digest,
    held_outside,
    holds,
    visible_subjects,
    who,
)
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.identity.models import Position, User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, mark
from yunchou.kernel.ui.toasts import toast

from ..forms.rights import ExtraGrantForm, GrantForm, WhoForm
from ..selectors import rights as told
from .shared import appointment_or_404, dialog, tabs

# People in one answer; a search narrows them.
SHOWN_AT_MOST = 200


@require_GET
@login_required
def my_rights(request: SignedInRequest) -> HttpResponse:
    """What the person signed in may do, and why."""
    return _person(request, request.user)


@require_GET
@login_required
def person_rights(request: SignedInRequest, pk: int) -> HttpResponse:
    """What somebody may do, and why; of others only for administrators."""
    if pk != request.user.pk:
        require(request.user, Perm.EXPLAIN)
    return _person(request, get_object_or_404(User, pk=pk))


def _person(request: SignedInRequest, person: User) -> HttpResponse:
    words, code = request.GET.get("q", "").strip(), request.GET.get("code", "").strip()
    about = _subject(request.user, code)
    found = told.rights_of(person, words=words, about=about) if about or not code else None
    context = {
        "person": person,
        "is_self": person.pk == request.user.pk,
        "words": words,
        "code": code,
        "about": about,
        "about_title": _title_for(request.user, about),
        "rights": found,
        "missing": told.what_brings(found.missing) if found else [],
        "posts": told.posts_with_extras(person),
        "delegations": told.delegations_of(person),
        "may_grant": holds(request.user, Perm.GRANT) and person.pk != request.user.pk,
        "may_explain": holds(request.user, Perm.EXPLAIN),
    }
    return render(request, "organisation/rights_person.html", context)


def _subject(reader: User, code: str) -> Subject | None:
    """The thing with this code; who may not ask about others finds only what he or she sees."""
    if not code:
        return None
    found = told.subject_by_code(code)
    if found and not holds(reader, Perm.EXPLAIN) and not _sees(reader, found):
        return None
    return found


def _sees(reader: User, subject: Subject) -> bool:
    return visible_subjects(reader).filter(pk=subject.pk).exists()


def _title_for(reader: User, subject: Subject | None) -> str:
    """The title, for those who may see the thing; an administrator who may not is told the code he typed."""
    if subject is None:
        return ""
    return subject.title if _sees(reader, subject) else subject.code


@require_GET
@needs(Perm.EXPLAIN)
def who_may(request: SignedInRequest) -> HttpResponse:
    """Who holds a right, in a unit or on one thing, and why."""
    form = WhoForm(request.GET) if request.GET.get("right") else WhoForm()
    context: dict[str, Any] = {"form": form, "tabs": tabs(request, "rights"), "views": _views("who")}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        about = told.subject_by_code(given["code"]) if given["code"] else given["unit"]
        is_lost = bool(given["code"]) and about is None
        holders = [] if is_lost else _narrowed(who(given["right"], about), given["q"].lower())
        context |= {
            "right": rights[given["right"]],
            "place": _place(request.user, about),
            "is_lost": is_lost,
            "holders": holders[:SHOWN_AT_MOST],
            "total": len(holders),
        }
    part = "organisation/parts/rights_holders.html" if request.htmx else "organisation/rights_who.html"
    return render(request, part, context)


def _place(reader: User, about: object) -> str:
    if about is None:
        return ""
    return _title_for(reader, about) if isinstance(about, Subject) else str(about)


def _narrowed(holders: list[Holder], words: str) -> list[Holder]:
    """Those whose name or grounds contain the words."""
    if not words:
        return holders
    return [
        holder
        for holder in holders
        if words in f"{holder.user.name} {holder.user.name_pinyin} {holder.user.username}".lower()
        or holder.user.name_initials.startswith(words)
        or any(words in str(ground).lower() for ground in holder.grounds)
    ]


def _views(here: str) -> list[dict[str, Any]]:
    pages = (
        ("positions", _("By position"), "rights_position_list"),
        ("who", _("Who may"), "who_may"),
        ("mine", _("My rights"), "my_rights"),
    )
    return [
        {"label": label, "url": reverse(f"organisation:{name}"), "active": key == here}
        for key, label, name in pages
    ]


# ---------------------------------------------------------------- what positions bring


@require_GET
@needs(Perm.EXPLAIN)
def rights_position_list(request: SignedInRequest) -> HttpResponse:
    """The positions, with how many rights each brings to how many people."""
    context = {
        "lines": told.position_lines(),
        "outside": held_outside(),
        "tabs": tabs(request, "rights"),
        "views": _views("positions"),
    }
    return render(request, "organisation/rights_position_list.html", context)


@require_GET
@needs(Perm.EXPLAIN)
def rights_position(request: SignedInRequest, code: str) -> HttpResponse:
    """Every right of the product under its room, with how far this position brings it."""
    position = get_object_or_404(Position, code=code)
    words = request.GET.get("q", "").strip()
    context = {
        "position": position,
        "words": words,
        "rooms": told.grant_lines(position, words),
        "holders": told.holders_of_position(position),
        "may_grant": holds(request.user, Perm.GRANT),
        "is_own": told.is_held_by(position, request.user),
    }
    return render(request, "organisation/rights_position.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.GRANT)
def grant_set(request: SignedInRequest, code: str, right: str) -> HttpResponse:
    """How far a position brings a right: first asked, then shown with whom it gives or takes what, then changed."""
    position = get_object_or_404(Position, code=code)
    declared = _right(right)
    line = told.grant_line(position, declared)
    initial = {
        "scope": line.scope,
        "units": [unit.pk for unit in line.units],
        "reason": line.reason,
        "seen": grant_digest(position, right),
    }
    form = GrantForm(request.POST or None, initial=initial)
    effects = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["scope"] == Scope.CHOSEN and not given["units"]:
            form.add_error("units", _("Choose at least one unit."))
        elif not _is_allowed(form, position, right):
            pass
        elif given["confirmed"]:
            change_grant(
                position=position,
                right=right,
                scope=given["scope"],
                units=given["units"],
                actor=request.user,
                seen=given["seen"],
                reason=given["reason"],
            )
            toast(
                request,
                _("“%(right)s” of %(position)s changed") % {"right": declared.label, "position": position},
            )
            return go(request, position_address(position))
        else:
            effects = told.effect_lines(effects_of(position, right, given["scope"], given["units"]))
    context = {
        "form": form,
        "position": position,
        "line": line,
        "effects": effects,
        "chosen": form.cleaned_data if effects is not None else None,
        "scope_word": Scope(form.cleaned_data["scope"]).label if effects is not None else "",
        "is_outside": is_outside(position.code, right),
        "back": position_address(position),
        "action": request.get_full_path(),
    }
    template = "organisation/parts/rights_grant.html" if request.htmx else "organisation/rights_grant.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _is_allowed(form: GrantForm, position: Position, right: str) -> bool:
    """Whether a right that is kept to other positions may be given; what is wrong stands at the field."""
    given = form.cleaned_data
    try:
        ask_exception(position, right, given["scope"], given["reason"])
    except Refused as refused:
        mark(form, refused)
    return form.is_valid()


def position_address(position: Position) -> str:
    return reverse("organisation:rights_position", args=[position.code])


def _right(key: str) -> Right:
    declared = rights.get(key)
    if declared is None:
        raise Refused(_("There is no such right."), code="unknown_right")
    return declared


@require_http_methods(["GET", "POST"])
@needs(Perm.GRANT)
def extra_grant_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """Further units for one right of one post."""
    held = appointment_or_404(pk)
    form = ExtraGrantForm(request.POST or None, initial={"right": request.GET.get("right", "")})
    back = reverse("organisation:person_rights", args=[held.user_id])

    def save() -> str:
        extend_appointment(appointment=held, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    title = _("Further units: %(person)s, %(position)s") % {
        "person": held.user.name,
        "position": held.position,
    }
    return dialog(request, form, title, _("Save"), save, back=back)
