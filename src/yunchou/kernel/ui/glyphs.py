"""The small drawn signs: four signal glyphs, the status dial and the mark. Shape, colour and word say the same."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

LEVELS: Final = {
    "fine": _("fine"),
    "watch": _("needs watching"),
    "act": _("needs action"),
    "unknown": _("no data"),
}
SEVERITY_LEVEL: Final = {
    "block": "act",
    "need_approval": "watch",
    "warn": "watch",
    "remind": "watch",
    "granted": "unknown",
    "passed": "fine",
}

_SHAPES: Final = {
    "fine": mark_safe('<circle cx="6" cy="6" r="4"/>'),
    "watch": mark_safe('<path d="M6 1.9 10.6 10H1.4Z" stroke-width="1.2" stroke-linejoin="round"/>'),
    "act": mark_safe('<path d="M6 1.1 10.9 6 6 10.9 1.1 6Z" stroke-width="1.2" stroke-linejoin="round"/>'),
    "unknown": mark_safe('<circle cx="6" cy="6" r="3.3" stroke-width="1.4"/>'),
}

# Share of the ring that is filled, by status; the three last life-cycle states turn grey.
_FILL: Final = {
    "in_approval": 12,
    "approved": 25,
    "preparing": 42,
    "running": 62,
    "closed": 75,
    "evaluated": 90,
}
_SIGNS: Final = {
    "archived": mark_safe(
        '<circle class="solid" cx="7" cy="7" r="7"/><path class="cut" d="m4.2 7.2 2 2 3.7-4"/>'
    ),
    "suspended": mark_safe(
        '<circle class="ring" cx="7" cy="7" r="6.2"/><path class="mark" d="M5.5 5v4M8.5 5v4"/>'
    ),
    "returned": mark_safe(
        '<circle class="ring" cx="7" cy="7" r="6.2"/><path class="mark" d="M8 4.7 5.6 7 8 9.3"/>'
    ),
    "cancelled": mark_safe(
        '<circle class="ring" cx="7" cy="7" r="6.2"/><path class="mark" d="m4.6 4.6 4.8 4.8"/>'
    ),
    "draft": mark_safe('<circle class="ring" cx="7" cy="7" r="6.2" stroke-dasharray="2 1.9"/>'),
}
_RING: Final = mark_safe('<circle class="ring" cx="7" cy="7" r="6.2"/>')
_PIE: Final = '<circle class="pie" cx="7" cy="7" r="2.1" pathLength="100" stroke-dasharray="{} 100"/>'
STATUSES: Final = (*_FILL, *_SIGNS)

MARK: Final = mark_safe(
    '<svg class="mark-sign" viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="5"/>'
    '<path d="M7 6.2v8.3M10.3 6.2v8.3M13.7 6.2v8.3M17 6.2v8.3M6.2 17.6h11.6"/></svg>'
)


def level_of(severity: str) -> str:
    """The signal level of a rule's severity; an unknown word speaks as a warning."""
    return SEVERITY_LEVEL.get(str(severity), "watch")


@lru_cache(maxsize=32, typed=True)
def glyph(level: str) -> SafeString:
    """The bare glyph of a level, hidden from screen readers: a word stands beside it."""
    shape = _SHAPES.get(level)
    if shape is None:
        return mark_safe('<span class="glyph"></span>')
    return format_html(
        '<svg class="glyph" data-level="{}" viewBox="0 0 12 12" aria-hidden="true">{}</svg>',
        level,
        shape,
    )


@lru_cache(maxsize=64, typed=True)
def dial(status: str) -> SafeString:
    """The 14 px ring of a life-cycle status; statuses of other things get an empty ring."""
    inner = _SIGNS.get(status)
    if inner is None:
        share = _FILL.get(status, 0)
        pie = format_html(_PIE, share) if share else ""
        inner = format_html("{}{}", _RING, pie)
    return format_html(
        '<svg class="dial" data-status="{}" viewBox="0 0 14 14" aria-hidden="true">{}</svg>',
        status,
        inner,
    )
