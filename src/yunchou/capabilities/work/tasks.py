"""Work in the background: large schedules played through."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind
from yunchou.kernel.jobs.runner import beat

from .actions.readiness import JOB, keep_answer
from .foreseeing import question_of
from .selectors import plan_of


@job_kind(JOB, label=_("Readiness of a schedule"), queue=Queue.INTERACTIVE, is_atomic=False)
def foresee_in_background(job: Job, chunk: JobChunk) -> None:
    """Play a schedule through; one that has changed since is played as it is now."""
    subject = job.subject
    question = question_of(plan_of(subject)) if subject else None
    if subject and question:
        keep_answer(subject=subject, question=question, tell=lambda runs: beat(chunk, reached=runs))
