"""What the pages of this room have in common."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.shortcuts import get_object_or_404

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.subject_pages import open_subject

from ..models import Survey
from ..permissions import Perm

WIDE: Final = {
    "top",
    "text",
    "text_en",
    "title",
    "title_en",
    "customers",
    "source",
    "shown_if",
    "is_anonymous",
    "opens_by_itself",
}
dialog = partial(dialogs.dialog, wide=WIDE)


def open_survey_page(
    request: SignedInRequest, pk: int, survey: int, right: str = Perm.VIEW
) -> tuple[Subject, Survey]:
    """The activity and its questionnaire for a person who may see them, else 404; 403 without `right`."""
    subject = open_subject(request, pk, right)
    found: Survey = get_object_or_404(Survey.objects.select_related("keeper"), pk=survey, subject=subject)
    found.subject = subject
    return subject, found


def part_url(survey: Survey, part: str) -> str:
    """One part of a questionnaire's page."""
    return f"{survey.get_absolute_url()}?view={part}"
