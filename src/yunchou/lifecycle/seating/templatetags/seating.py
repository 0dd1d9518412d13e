"""Seats and people of a plan. There are hundreds on a page, so they are put together here rather than by a template each."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from yunchou.kernel.ui.templatetags.ui import icon

from ..selectors.rooms import Chair, Furniture, Sitter

register = template.Library()
NOTHING: Final = mark_safe("")


@lru_cache(maxsize=8)
def _signs(language: str | None) -> dict[str, SafeString]:
    """The small signs with the words that are read out, by language."""
    told = {
        "star": gettext("Important guest"), "leaf": pgettext("seat", "diet"), "check": pgettext("seat", "has arrived"),
    }  # fmt: skip
    return {
        name: format_html('{}<span class="sr">{}</span>', icon(name, 14), words)
        for name, words in told.items()
    }


def _signs_of(who: Sitter, *, may_diet: bool) -> SafeString:
    signs = _signs(get_language())
    told = (("star", who.guest.is_vip), ("leaf", may_diet and who.has_diet), ("check", who.is_arrived))
    return mark_safe(" ".join(signs[name] for name, is_so in told if is_so))  # noqa: S308 - made of what is above


def _note(who: Sitter) -> str:
    """Beside whom somebody belongs, else where they come from."""
    if who.head:
        return gettext("with {name}").format(name=who.head)
    return " · ".join(part for part in (who.guest.organisation, who.grade) if part)


def _open(address: str, number: int, key: str) -> SafeString:
    """What is pressed: a link that opens a dialog, and a page of its own without scripts."""
    url = f"{address}{number}/"
    return format_html(
        '<a id="{}" href="{}" hx-get="{}" hx-target="#dialog" draggable="false">', key, url, url
    )


@register.simple_tag(takes_context=True)
def chairs(context: Context, one: Furniture) -> SafeString:
    """`{% chairs one %}`: the seats of a table or row, as links for those who may seat people."""
    address = ""
    if context.get("may_seat"):
        found = [context["subject"].pk, context["session"].pk, one.table.pk, 0]
        address = reverse("seating:chair", args=found).removesuffix("0/")
    free = pgettext("seat", "free")
    may_diet = bool(context.get("may_diet"))
    return format_html_join(
        "", "{}", ((_chair(chair, one, address, free, may_diet),) for chair in one.chairs)
    )


def _chair(chair: Chair, one: Furniture, address: str, free: str, may_diet: bool) -> SafeString:
    who, number = chair.sitter, str(chair.number)
    opened = (
        _open(address, chair.number, f"chair-{one.table.pk}-{number}")
        if address
        else mark_safe('<span class="chair-face">')
    )
    closed = mark_safe("</a>" if address else "</span>")  # noqa: S308 - one of two constants
    if who is None:
        return format_html(
            '<li class="chair" style="--i:{}" data-chair="{}">{}<span class="no">{}</span><span class="who">{}</span>{}</li>',
            str(chair.turn), number, opened, number, free, closed,
        )  # fmt: skip
    states = {"is-vip": who.is_important, "is-arrived": who.is_arrived, "is-warned": chair.is_warned}
    return format_html(
        '<li class="chair is-taken{}" style="--i:{}" data-chair="{}" title="{} · {}" data-place="{}" data-seen="{}">{}'
        '<span class="no">{}</span><span class="who">{}</span><span class="more">{}<span class="note">{}</span></span>{}</li>',
        "".join(f" {name}" for name, is_so in states.items() if is_so), str(chair.turn), number, number, who.guest.name,
        str(who.place), who.seat, opened, number, who.short, _signs_of(who, may_diet=may_diet), _note(who), closed,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def people(context: Context, found: list[Sitter], is_swapped: Any = False) -> SafeString:
    """`{% people room.people %}`: lines of the list; `is_swapped` puts each where it stands on the page already."""
    address = ""
    if context.get("may_seat"):
        key = [context["subject"].pk, context["session"].pk, 0]
        address = reverse("seating:person", args=key).removesuffix("0/")
    swap = mark_safe(' hx-swap-oob="true"') if is_swapped else NOTHING
    may_diet = bool(context.get("may_diet"))
    return format_html_join("", "{}", ((_person(one, address, swap, may_diet),) for one in found))


def _person(one: Sitter, address: str, swap: SafeString, may_diet: bool) -> SafeString:
    opened = (
        _open(address, one.place, f"person-{one.place}")
        if address
        else mark_safe('<span class="person-face">')
    )
    closed = mark_safe("</a>" if address else "</span>")  # noqa: S308 - one of two constants
    states = {"is-seated": one.table is not None, "is-companion": bool(one.head)}
    beside = NOTHING
    if one.seat:
        beside = format_html('<span class="person-seat">{}</span>', one.seat)
    elif one.brings:
        beside = format_html(
            '<span class="person-seat note">{} +{}</span>', icon("users", 14), str(one.brings)
        )
    return format_html(
        '<li class="seat-person{}" id="seat-person-{}" data-place="{}" data-seen="{}" data-find="{}"{}>{}'
        '<span class="person-name">{} {}</span>{}<span class="person-note">{}</span>{}</li>',
        "".join(f" {name}" for name, is_so in states.items() if is_so), str(one.place), str(one.place), one.seat, one.words,
        swap, opened, one.guest.name, _signs_of(one, may_diet=may_diet), beside, _note(one), closed,
    )  # fmt: skip
