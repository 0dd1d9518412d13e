"""Trying a change on the past: inline where it is little, as a job with progress where it is much."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import Trial, TrialRow
from ..permissions import Perm
from ..replay import Change, Later, Replay, Tally, source_for_definition, source_for_rule, sources

JOB: Final = "rulebook.trial"
INLINE: Final = 300
"""Items that are judged while the person waits, about a second."""
PART: Final = 500
_COUNTS: Final = (
    "tried", "blocked_before", "blocked_after", "warned_before", "warned_after", "rerouted", "changed", "went_wrong",
)  # fmt: skip


def start_trial(*, change: Change, since: date, until: date, actor: User) -> Trial:
    """Play a change through over what the person may see of a period; records `rulebook.change_tried`.

    Refuses a period that ends before it begins, and a rule that is not judged on anything of the past.
    """
    require(actor, Perm.PROPOSE)
    if until < since:
        wrong = say(_("The period ends before it begins."))
        raise Invalid(wrong, fields={"until": wrong})
    source = source_for_rule(change.rule) if change.rule else source_for_definition(change.definition)
    if source is None:
        raise Invalid(
            say(_("This rule speaks while work goes on; there is nothing of the past to try it on."))
        )
    ids = source.chosen(actor, since, until)
    with transaction.atomic():
        trial = Trial.objects.create(
            change=change.to_json(), source=source.key, since=since, until=until, made_by=actor
        )
        told = {"what": change.rule or change.definition, "count": len(ids)}
        record(journal.TRIED, actor=actor, data=told)
        if len(ids) > INLINE:
            parts = [ids[n : n + PART] for n in range(0, len(ids), PART)]
            payloads = [{"trial": trial.pk, "ids": part, "size": len(part)} for part in parts]
            trial.job = start_job(kind=JOB, actor=actor, payloads=payloads)
            trial.save(update_fields=["job"])
    if trial.job is None:
        finish_trial(trial=trial, counted=try_part(trial=trial, ids=ids))
    return trial


def try_part(*, trial: Trial, ids: Sequence[int]) -> dict[str, int]:
    """Judge some items and keep those that come out differently; the counts, money in fen and time in milliseconds.

    May be called again for the same items after a crash: what is kept is kept once.
    """
    began = time.perf_counter()
    source, tally = sources[trial.source], Tally()
    found = list(Replay(source, Change.from_json(trial.change)).run(source.load(ids), tally)) if ids else []
    later = source.later([each.item.subject for each in found]) if found else {}
    nothing = Later(say(""))
    rows = [
        TrialRow(
            trial=trial,
            subject_id=each.item.subject,
            money=each.item.money,
            before=each.before.to_json(),
            after=each.after.to_json(),
            later=later.get(each.item.subject, nothing).text.to_json(),
            later_level=later.get(each.item.subject, nothing).level,
        )
        for each in found
    ]
    TrialRow.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    counted = asdict(tally)
    return {
        **{name: int(counted.get(name, 0)) for name in _COUNTS},
        "went_wrong": sum(row.later_level == "act" for row in rows),
        "fen": int(tally.money * 100),
        "milliseconds": int((time.perf_counter() - began) * 1000),
    }


def finish_trial(*, trial: Trial, counted: dict[str, Any]) -> Trial:
    """Write down what all parts counted."""
    for name in _COUNTS:
        setattr(trial, name, counted.get(name, 0))
    trial.money = Decimal(counted.get("fen", 0)) / 100
    trial.seconds = counted.get("milliseconds", 0) / 1000
    trial.finished_at = clock.now()
    trial.save()
    return trial
