"""Versions still are what their digests say."""

from __future__ import annotations

from collections.abc import Iterator

from yunchou.kernel.core.verification import Problem, check

from .models import Version


@check("versions")
def versions_are_whole() -> Iterator[Problem]:
    """No stored content differs from what was decided on."""
    for version in Version.objects.order_by("pk").iterator(chunk_size=200):
        if not version.is_whole:
            yield Problem(
                "altered", f"version {version.pk}", {"subject": version.subject_id, "number": version.number}
            )
