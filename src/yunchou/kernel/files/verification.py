"""Stored files: every row has its content, every content its row, and each is what its address says."""

from __future__ import annotations

from collections.abc import Iterator

from yunchou.kernel.core.verification import Problem, check

from .selectors import verify_files


@check("files")
def files_are_whole() -> Iterator[Problem]:
    """Missing, altered and orphaned content."""
    report = verify_files()
    for code in ("missing", "damaged", "orphans"):
        for where in getattr(report, code):
            yield Problem(code.removesuffix("s"), str(where))
