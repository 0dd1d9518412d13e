"""Keeping verdicts, confirming findings, asking for exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .journal import CONFIRMED, EXCEPTION_ASKED, PARAMETER_SET
from .models import Circumstances, Parameter, Ruling, StoredVerdict
from .registry import as_stored, rules
from .selectors import params_on
from .verdicts import Verdict
from .witnesses import witnesses


def keep_verdicts(
    *,
    subject: Subject,
    occasion: str,
    verdicts: Iterable[Verdict],
    content_digest: str = "",
    context: Any = None,
) -> None:
    """Store verdicts that mattered with the parameters used, so that last year's decision replays the same.

    With the `context` that was judged, the witness of the subject's kind keeps what no version does, and says by the
    parameters of which day.
    """
    verdicts = list(verdicts)
    witness = witnesses.get(subject.kind) if context is not None and verdicts else None
    params = params_on([rules[v.rule_id] for v in verdicts], witness.day(context) if witness else None)
    circumstances = (
        Circumstances.objects.create(subject=subject, data=witness.keep(context)) if witness else None
    )
    StoredVerdict.objects.bulk_create(
        StoredVerdict(
            subject=subject,
            occasion=occasion,
            rule=v.rule_id,
            passed=v.passed,
            verdict=v.to_json(),
            params={name: as_stored(value) for name, value in params[v.rule_id].items()},
            content_digest=content_digest,
            circumstances=circumstances,
        )
        for v in verdicts
    )


@transaction.atomic
def set_parameter(
    *, rule: str, name: str, value: Any, valid_from: date, actor: User | None, reason: str = ""
) -> Parameter:
    """Let a parameter have a value from a day on; earlier days keep theirs (GEN-04). Records `rules.parameter_set`.

    `value` is in the type of the declared default. Refuses a day that is not to come, since nothing is changed in
    retrospect. Callers check who may (R-APR-19).
    """
    declared = rules[rule]
    if valid_from <= clock.today():
        wrong = say(_("A change takes effect tomorrow at the earliest; nothing is changed in retrospect."))
        raise Invalid(wrong, fields={"valid_from": wrong})
    before = params_on([declared], valid_from)[rule][name]
    made, _created = Parameter.objects.update_or_create(
        rule=rule,
        name=name,
        valid_from=valid_from,
        defaults={"value": as_stored(value), "set_by": actor, "reason": reason, "set_at": clock.now()},
    )
    bound = declared.bound(name)
    record(
        PARAMETER_SET,
        actor=actor,
        data={
            "rule": rule,
            "name": name,
            "before": bound.typed(before),
            "after": bound.typed(value),
            "day": valid_from.isoformat(),
            "reason": reason,
        },
    )
    return made


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
