"""Several things in one sentence, joined as the reader's language joins them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say


def listed(parts: Iterable[str | Say]) -> Say:
    """`one, other, third`; nothing where there are none."""
    told = [part if isinstance(part, Say) else Say("{text}", {"text": part}) for part in parts]
    return _joined(told) if told else Say("{text}", {"text": ""})


def quoted(name: str) -> Say:
    """A name in quotation marks."""
    return say(_("“{name}”"), name=name)


def _joined(parts: Sequence[Say]) -> Say:
    """Half by half, so that a sentence of a thousand parts is not a thousand sentences deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return say(_("{one}, {other}"), one=_joined(parts[:middle]), other=_joined(parts[middle:]))
