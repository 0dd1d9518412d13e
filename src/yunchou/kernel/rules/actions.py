"""Keeping verdicts, confirming findings, asking for exceptions."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .journal import CONFIRMED, EXCEPTION_ASKED
from .models import Ruling, StoredVerdict
from .registry import rules
from .selectors import params_on
from .verdicts import Verdict


def keep_verdicts(
    *, subject: Subject, occasion: str, verdicts: Iterable[Verdict], content_digest: str = ""
) -> None:
    """Store verdicts that mattered with the parameters used, so that last year's decision replays the same."""
    verdicts = list(verdicts)
    params = params_on([rules[v.rule_id] for v in verdicts])
    StoredVerdict.objects.bulk_create(
        StoredVerdict(
            subject=subject,
            occasion=occasion,
            rule=v.rule_id,
            passed=v.passed,
            verdict=v.to_json(),
            params={k: str(value) for k, value in params[v.rule_id].items()},
            content_digest=content_digest,
        )
        for v in verdicts
    )


@transaction.atomic
def rule_on(*, subject: Subject, verdict: Verdict, reason: str, actor: User) -> Ruling:
    """Confirm a finding that only warns, or ask for an exception from one that blocks and allows it.

    The caller checks the actor's right on the subject. Refuses without a reason, and a block that knows no exception.
    """
    if not reason.strip():
        raise Invalid(say(_("Give a reason.")), fields={"reason": say(_("Give a reason."))})
    if verdict.blocks and not verdict.exception_allowed:
        raise WrongState(
            say(_("This rule knows no exception: {reason}"), reason=verdict.reason), verdicts=[verdict]
        )
    kind = Ruling.Kind.EXCEPTION if verdict.blocks else Ruling.Kind.CONFIRMED
    ruling, made = Ruling.objects.get_or_create(
        subject=subject,
        rule=verdict.rule_id,
        fingerprint=verdict.fingerprint,
        defaults={"kind": kind, "reason": reason.strip(), "made_by": actor},
    )
    if made:
        entry = EXCEPTION_ASKED if kind == Ruling.Kind.EXCEPTION else CONFIRMED
        record(
            entry,
            actor=actor,
            subject=subject,
            data={"rule": verdict.rule_id, "finding": verdict.reason, "reason": reason.strip()},
        )
    return ruling
