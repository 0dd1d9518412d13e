"""`{% load talk %}`: the talk about rows of a table, on whatever page shows the table.

{% talk_button subject "schedule" row.pk %}     a small button with the number of comments; opens the drawer
{% talk_scripts %}                              once in the block `scripts` of such a page: suggestions for mentions
"""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from yunchou.kernel.subjects.models import Subject

from ..selectors import counts_of

register = template.Library()


@register.inclusion_tag("discussion/parts/button.html")
def talk_button(subject: Subject, table: str, row: int, name: Any = "") -> dict[str, Any]:
    """The button of one row; a page with many rows reads all numbers at once."""
    kept = subject.__dict__.setdefault("_talk_counts", {})
    if table not in kept:
        kept[table] = counts_of(subject, table)
    count = kept[table].get(row, 0)
    said = ngettext("%(count)d comment", "%(count)d comments", count) % {"count": count}
    return {
        "url": reverse("discussion:row_talk", args=[subject.pk, table, row]),
        "count": count,
        "said": said,
        "name": name,
    }


@register.simple_tag
def talk_scripts() -> SafeString:
    """What pages with the button load."""
    return format_html('<script src="{}" defer></script>', static("discussion/talk.js"))
