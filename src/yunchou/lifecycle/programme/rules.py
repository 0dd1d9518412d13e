"""Whose picture may be published (EXE-11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import listed, say
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Fix, Verdict, failed, passed


@dataclass(frozen=True)
class InPicture:
    """A picture that is to be published: who in it agreed to that, and who did not; `is_checked` that somebody looked."""

    name: str
    is_checked: bool
    without: tuple[str, ...] = ()


@rule(
    "K-EXE-11",
    clause="003 三(六)2",
    severity=BLOCK,
    title=_("Pictures are published with consent"),
    sentence=_("A picture is published when everybody who can be recognised in it has agreed to be shown."),
)
def everybody_agreed(facts: InPicture, p: Params) -> Verdict:
    """A picture is published when everybody who can be recognised in it has agreed to be shown."""
    if not facts.is_checked:
        return failed(
            say(_("Nobody has said yet who can be recognised in “{picture}”."), picture=facts.name),
            fix=Fix(say(_("Mark the guests in it, or that nobody can be recognised."))),
        )
    if facts.without:
        return failed(
            say(
                _("In “{picture}” without consent to be shown: {names}"),
                picture=facts.name,
                names=listed(facts.without),
            ),
            fix=Fix(say(_("Ask them, or choose a picture without them."))),
        )
    return passed()
