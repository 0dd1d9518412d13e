"""Codes to scan, drawn the same everywhere."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn_code(text: str) -> SafeString:
    """A text as a QR code that fills its frame: an SVG, black on white in either theme, since cameras want that."""
    drawn = io.BytesIO()
    code = segno.make_qr(text, error="m")
    code.save(drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=3, light="#fff", nl=False)
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 -- segno draws from the bits, not from the text
