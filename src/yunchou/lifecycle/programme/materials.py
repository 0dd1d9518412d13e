"""A picture of the event is published elsewhere, too, only when everybody in it agreed to be shown (EXE-11, EXE-12)."""

from __future__ import annotations

from yunchou.capabilities.preparation.materials import judges_material
from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.models import Subject

from .models import Picture
from .rules import everybody_agreed
from .selectors.pictures import facts_of


@judges_material
def only_with_consent(subject: Subject, sha256: str) -> Say | None:
    """Known again by its content, however it was handed in."""
    pictures = Picture.objects.filter(
        subject=subject, attachment__file__sha256=sha256, attachment__removed_at=None
    )
    for facts in facts_of(pictures.select_related("attachment__file").prefetch_related("guests")):
        for verdict in everybody_agreed.failures(facts):
            return verdict.reason
    return None
