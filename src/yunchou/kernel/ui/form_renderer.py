"""How forms are drawn: by Django's own templates, but for selects, whose every option would be two templates more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

SELECT = "django/forms/widgets/select.html"
DASHES = BLANK_CHOICE_DASH[0][1]


class FormRenderer(DjangoTemplates):
    """The `FORM_RENDERER` of the product; what it writes is what Django writes, but for the words of no choice."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        """A widget or a form as HTML."""
        if template_name == SELECT:
            return select(context["widget"])
        return mark_safe(super().render(template_name, context, request))  # noqa: S308 (templates escape)


def select(widget: Mapping[str, Any]) -> SafeString:
    """The same as `SELECT`, in one go: the page of a list has some hundred options."""
    none = _("Please choose") if widget["required"] else "—"
    groups = format_html_join(
        "", "{}", ((_group(name, options, none),) for name, options, _n in widget["optgroups"])
    )
    return format_html(
        '<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget["attrs"]), groups
    )


def _group(name: Any, options: Iterable[Mapping[str, Any]], none: str) -> SafeString:
    written = format_html_join(
        "",
        '\n  <option value="{}"{}>{}</option>\n',
        (
            (str(one["value"]), _attributes(one["attrs"]), none if one["label"] == DASHES else one["label"])
            for one in options
        ),
    )
    if not name:
        return written
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', name, written)


def _attributes(attributes: Mapping[str, Any]) -> SafeString:
    """Those that are False are left out, those that are True have no value."""
    pieces = (
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value))
        for name, value in attributes.items()
        if value is not False
    )
    return format_html_join("", "{}", ((piece,) for piece in pieces))
