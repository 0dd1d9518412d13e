"""`python -m yunchou pdf-fonts`: the Chinese fonts of the PDF pages, so that they look alike on every machine."""

from __future__ import annotations

import sys

from django.conf import settings

FONTS = ("NotoSansSC_400Regular.ttf", "NotoSansSC_700Bold.ttf")


def are_there() -> bool:
    """Whether every font of the PDF pages is in `settings.FONT_DIR`."""
    return all((settings.FONT_DIR / name).exists() for name in FONTS)


def fetch() -> int:
    """Fetch what is missing; returns an exit code."""
    if are_there():
        return 0
    sys.path.insert(0, str(settings.ROOT))
    try:
        import hatch_build
    except ImportError:
        print(  # noqa: T201
            f"This needs a checkout of the source. Or put {' and '.join(FONTS)} into {settings.FONT_DIR}.",
            file=sys.stderr,
        )
        return 1
    try:
        hatch_build.fetch_fonts(settings.FONT_DIR)
    except hatch_build.Missing as missing:
        print(missing, file=sys.stderr)  # noqa: T201
        return 1
    return 0
