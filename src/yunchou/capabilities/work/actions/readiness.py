"""How likely it is to be ready: small schedules are played through at once, large ones in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.subjects.models import Subject

from ..foreseeing import Question, answer_to, foreseen, question_of
from ..models import Foreseen
from ..selectors import plan_of

JOB: Final = "work.foresee"
AT_ONCE: Final = 20_000
"""Tasks times runs that are played within a request: about a fifth of a second."""


@transaction.atomic
def foresee(*, subject: Subject, actor: User) -> Foreseen | Job | None:
    """The answer to how likely the schedule is to be ready, the job that works it out, or None where nothing is asked.

    What was worked out for the schedule as it stands is taken as it is. It is no change of the schedule and not journalled.
    """
    question = question_of(plan_of(subject))
    if question is None:
        return None
    if kept := foreseen(subject, question.digest):
        return kept
    if question.size <= AT_ONCE:
        return keep_answer(subject=subject, question=question)
    key = f"{JOB}:{subject.pk}:{question.digest}"
    return start_job(kind=JOB, actor=actor, subject=subject, payloads=[{"size": question.runs}], key=key)


def keep_answer(
    *, subject: Subject, question: Question, tell: Callable[[int], None] | None = None
) -> Foreseen:
    """Work an answer out and keep it in place of the one before."""
    result = answer_to(question, tell)
    values = {"digest": question.digest, "result": result, "made_at": clock.now()}
    kept, _made = Foreseen.objects.update_or_create(subject=subject, defaults=values)
    return kept
