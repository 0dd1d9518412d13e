"""`{% load sheets %}`: the tables of a subject and what rules say of them, for any page of that subject.

{% table_editor "budget" subject group_by="category" %}     the table, edited in place by whoever may
{% findings_card subject tables="budget,goals" %}           findings in these tables, with what can be done about them

A page with a table loads `{% scripts_for "select" %}`, since fields for people search as one types.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yunchou.kernel.subjects.models import Subject

from ..grid import Look, find_table, table_context
from ..panels import Panel, panel_context, split

register = template.Library()


@register.simple_tag(takes_context=True)
def table_editor(
    context: Context, key: str, subject: Subject, group_by: str = "", hide: str = "", aside: bool = False
) -> SafeString:
    """The table `key` of a subject as a card.

    `group_by` is a column whose changes begin a group with subtotals, `hide` names columns to leave out, `aside=True`
    says that findings are told elsewhere on the page (cells are outlined all the same).
    """
    kept = find_table(subject, key)
    if kept is None:
        raise ImproperlyConfigured(f"no table {key!r} is declared")
    request = context["request"]
    look = Look(group_by, split(hide), aside)
    return render_to_string(kept.template, table_context(request, subject, kept, look), request)


@register.simple_tag(takes_context=True)
def findings_card(
    context: Context,
    subject: Subject,
    tables: str = "",
    only: str = "",
    but: str = "",
    title: Any = "",
    bare: bool = False,
) -> SafeString:
    """Findings that lie in `tables` (comma-separated; all where empty), of the rules `only` or all `but` some.

    `bare=True` draws them without a card around, to stand inside one.
    """
    request = context["request"]
    panel = Panel(split(tables), split(only), split(but), str(title), bare)
    return render_to_string("sheets/findings.html", panel_context(request, subject, panel), request)


@register.filter
def at(mapping: Any, key: Any) -> Any:
    """`{{ group.sums|at:head.key }}`: what a mapping holds under a key that is known only here."""
    return mapping.get(key) if hasattr(mapping, "get") else mapping[key]
