"""The dashboard in the workbook of a campaign, edited row by row on its page."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.sheets.registry import register
from yunchou.kernel.subjects.models import Subject

from .permissions import Perm
from .stores import STORE
from .tables import DASHBOARD


def _watch(subject: Subject, actor: Any) -> None:
    """A figure or target that was changed by hand may raise an alert or end one."""
    from .actions.alerts import watch  # actions read this table's store

    watch(subject=subject, actor=actor)


register(
    DASHBOARD,
    load=STORE.load,
    save=STORE.save,
    order=90,
    store=STORE,
    view_perm=Perm.VIEW,
    edit_perm=Perm.EDIT,
    after_save=_watch,
)
