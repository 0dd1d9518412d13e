"""What the pages of this room have in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import page_context

from ..plans import plan

CONTENTS = "contents"
DRAFTS = "drafts"
BASIS = "basis"
REWARDS = "rewards"
PARTS = (BASIS, CONTENTS, DRAFTS, REWARDS)


def part_url(subject: Subject, part: str) -> str:
    """Where a part of the creative plan stands; the tables of the plan where no part is named."""
    return reverse("creative:board", args=[subject.pk, part]) if part else plan(subject).page


def toolbar(subject: Subject, active: str = "") -> dict[str, Any]:
    """The parts of a plan as its pages offer them, its tables first."""
    labels = {
        "": pgettext("creative", "Plan"),
        BASIS: _("Basis and channels"),
        CONTENTS: _("Phases and contents"),
        DRAFTS: _("Drafts and proofs"),
        REWARDS: _("Offers and prizes"),
    }
    views = [
        {"label": label, "url": part_url(subject, key), "active": key == active}
        for key, label in labels.items()
    ]
    return {"views": views, "view_label": _("Parts of the plan")}


def page_of(request: HttpRequest, subject: Subject, part: str, **more: Any) -> dict[str, Any]:
    """What a page of one part needs."""
    return page_context(
        request,
        subject,
        plan(subject).tab,
        part=part,
        **toolbar(subject, part),
        page=plan(subject).page,
        **more,
    )
