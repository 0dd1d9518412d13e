"""The one family of refusals. Actions raise them; `ui.middleware` turns them into a page, a fragment or JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .text import Text


class Refused(Exception):
    """Somebody asked for something the product will not do, and is told why and what to do instead.

    `fields` maps a form field to its message; `verdicts` are the rule verdicts that spoke against it.
    """

    status = 422
    code = "refused"

    def __init__(
        self,
        message: Text,
        *,
        code: str = "",
        fields: Mapping[str, Text] | None = None,
        verdicts: Sequence[Any] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = dict(fields or {})
        self.verdicts = tuple(verdicts)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The person has no right to do this."""

    status = 403
    code = "not_allowed"


class WrongState(Refused):
    """The thing is not, or no longer, in a state in which this can be done."""

    status = 409
    code = "wrong_state"


class Invalid(Refused):
    """What was typed cannot be used; `fields` says where."""

    code = "invalid"


class RuleRefused(Refused):
    """A rule of the regulations speaks against it; `verdicts` carry reason, clause and smallest change."""

    code = "rule"


class OutOfSpace(Refused):
    """Nothing can be stored at the moment; reading goes on."""

    status = 507
    code = "out_of_space"
