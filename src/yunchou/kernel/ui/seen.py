"""A form knows how what it changes stood when it was shown, so that an older window does not write over a newer one (F4).

    form = ContractForm.of(contract, data)                # a `SeenForm`; initial={"seen": stamp(*parts)}
    refuse_stale(seen, stamp(*parts))                     # in the action, under its lock

Whoever meets `Stale` finds what was typed in the form again and saves a second time, having seen that something changed.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say

LENGTH: Final = 20


class Stale(WrongState):
    """What a form shows was changed meanwhile; `now` is its present stamp."""

    code = "stale"

    def __init__(self, now: str) -> None:
        super().__init__(
            say(_("This was changed meanwhile. What you typed is still here: compare it, then save again."))
        )
        self.now = now


class SeenForm(forms.Form):
    """A form with the stamp of what it shows."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def see(self, now: str) -> None:
        """Show the present stamp beside what was typed: the next saving writes over what stands now."""
        data: Any = self.data
        typed = data.copy()  # a QueryDict keeps every value that stands under one name
        typed["seen"] = now
        self.data = typed


def stamp(*parts: object) -> str:
    """The same for the same values, whatever they are."""
    return hashlib.sha256(repr([str(part) for part in parts]).encode()).hexdigest()[:LENGTH]


def refuse_stale(seen: str, now: str) -> None:
    """Refuse to write over what the form did not show; a form without a stamp shows nothing."""
    if seen and seen != now:
        raise Stale(now)
