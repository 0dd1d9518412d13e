"""Files that the people of a subject share, each with its versions."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.files.actions import Upload, add_version, attach_file
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User

from ..models import Comment
from ..places import Place
from .shared import writer

STAGE: Final = "talk"


@transaction.atomic
def share_file(*, place: Place, upload: Upload, note: str = "", actor: User) -> Attachment:
    """Put a file where the people of the subject work together. Refuses as `comment` and `attach_file` do."""
    writer(place, actor)
    return attach_file(
        subject=place.subject, upload=upload, actor=actor, stage=STAGE, note=note.strip()[:200]
    )


@transaction.atomic
def replace_file(*, document: Attachment, upload: Upload, note: str = "", actor: User) -> Attachment:
    """Put a newer version in the place of a shared file; comments that hold it show the new one and the ones before.

    Refuses files of other rooms, who keep their own, and what `comment` and `add_version` refuse.
    """
    writer(Place(document.subject), actor)
    if document.stage != STAGE:
        raise NotAllowed(say(_("This file belongs to another page; replace it there.")))
    newer = add_version(document=document, upload=upload, note=note.strip()[:200], actor=actor)
    # A page that shows the file looks again.
    Comment.objects.filter(subject=document.subject, files__in=[document]).update(changed_at=clock.now())
    return newer
