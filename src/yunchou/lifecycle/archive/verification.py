"""Every archive package still is what was sealed."""

from __future__ import annotations

from collections.abc import Iterator

from yunchou.kernel.core.verification import Problem, check

from .models import Package
from .proving import problems_of


@check("archives")
def packages_hold() -> Iterator[Problem]:
    """The stored bytes have the recorded hash and prove themselves (ARC-08)."""
    for package in Package.objects.select_related("file", "subject").order_by("pk").iterator(chunk_size=100):
        for problem in problems_of(package):
            yield Problem(problem.code, f"{package.name}: {problem.where}", problem.details)
