"""Codes to scan."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import mark_safe


def drawn_code(words: str) -> str:
    """A text as a code that fills its frame."""
    drawn = io.BytesIO()
    code = segno.make_qr(words, error="m")
    code.save(drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3, light="#fff", nl=False)
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - segno draws from the bits, not from the text
