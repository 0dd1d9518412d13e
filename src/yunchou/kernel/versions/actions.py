"""Taking and freezing versions."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import content_of
from yunchou.kernel.subjects.models import Subject

from .models import Version, digest_of


@transaction.atomic
def take_version(*, subject: Subject, actor: User | None) -> Version:
    """A version of the present content; the newest one again when nothing has changed since."""
    Subject.objects.select_for_update().get(pk=subject.pk)
    return take_version_after(subject.versions.first(), subject=subject, actor=actor)


def take_version_after(newest: Version | None, *, subject: Subject, actor: User | None) -> Version:
    """`take_version` for callers that hold the lock on the subject and have read its newest version."""
    content = content_of(subject)
    digest = digest_of(content)
    if newest and newest.digest == digest:
        return newest
    number = newest.number + 1 if newest else 1
    return Version.objects.create(
        subject=subject, number=number, content=content, digest=digest, made_by=actor
    )


def freeze_version(*, version: Version) -> Version:
    """Mark a version as decided; it stays as it is."""
    if version.frozen_at is None:
        version.frozen_at = clock.now()
        version.save(update_fields=["frozen_at"])
    return version


def freeze_versions(*, ids: Collection[int]) -> None:
    """`freeze_version` by primary key, for callers that need not read the contents."""
    Version.objects.filter(pk__in=ids, frozen_at=None).update(frozen_at=clock.now())


def present_digest(subject: Subject) -> str:
    """The digest of the content as it is now; differs from a version's when somebody edited since."""
    return digest_of(content_of(subject))
