"""Where evaluation, return on investment and retrospective live, and how their pages edit them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.registry import register
from yunchou.kernel.sheets.store import ModelStore, as_json
from yunchou.kernel.subjects.models import Subject

from .models import EvaluationLine, RetroItem, RetroKind, Retrospective, Roi
from .permissions import Perm
from .tables import EVALUATION, RETROSPECTIVE, ROI, EvaluationRow, RetroRow, RoiRow


class RetroStore(ModelStore[RetroItem, RetroRow]):
    """Lines of the retrospective, each known by the module it stands in. A submitted one stays as it is."""

    def save(self, subject: Subject, rows: Sequence[RetroRow], *, actor: Any = None) -> None:
        _check_not_submitted(subject)
        super().save(subject, rows, actor=actor)

    def save_row(self, subject: Subject, row: RetroRow, *, actor: Any = None) -> RetroItem:
        _check_not_submitted(subject)
        return super().save_row(subject, row, actor=actor)

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> RetroRow:
        _check_not_submitted(subject)
        return super().delete_row(subject, pk, actor=actor)

    def move(self, subject: Subject, pk: int, position: int, *, actor: Any = None) -> None:
        _check_not_submitted(subject)
        super().move(subject, pk, position, actor=actor)

    def _fill(self, instance: RetroItem, row: RetroRow) -> RetroItem:
        instance.kind = RetroKind.of(row.module)
        return super()._fill(instance, row)


def _check_not_submitted(subject: Subject) -> None:
    if Retrospective.objects.filter(subject=subject, submitted_at__isnull=False).exists():
        raise WrongState(say(_("The retrospective was submitted; its lines stay as they are.")))


class EvaluationStore(ModelStore[EvaluationLine, EvaluationRow]):
    """Lines of the evaluation. Where one followed its source and gets another actual, or none, a person said so."""

    def _fill(self, instance: EvaluationLine, row: EvaluationRow) -> EvaluationLine:
        before = instance.actual_figure
        filled = super()._fill(instance, row)
        if filled.taken and filled.actual_figure != before:
            filled.source = "person"  # what takes it from a source says so after
        return filled


evaluation = EvaluationStore(
    EvaluationLine,
    EVALUATION,
    fields={
        **{key: as_json(EVALUATION, key) for key in ("target", "actual", "attainment")},
        "owner": person("owner"),
    },
)
roi: ModelStore[Roi, RoiRow] = ModelStore(
    Roi, ROI, fields={key: as_json(ROI, key) for key in ("cost", "gain", "result")}
)
retrospective = RetroStore(
    RetroItem, RETROSPECTIVE, fields={"points": as_json(RETROSPECTIVE, "points"), "owner": person("owner")}
)


def _with_computed(request: Any, subject: Subject, grid: Any) -> dict[str, Any]:
    """The lines with what is computed, by their keys, for the bars of the table."""
    from .selectors import lines_of  # selectors read the tables of all rooms

    return {"computed": {line.row.pk: line for line in lines_of(subject)}}


_pages = {"view_perm": Perm.VIEW, "edit_perm": Perm.EDIT}
register(
    EVALUATION,
    load=evaluation.load,
    save=evaluation.save,
    order=110,
    store=evaluation,
    template="reviews/evaluation.html",
    extend=_with_computed,
    **_pages,
)
register(ROI, load=roi.load, save=roi.save, order=120, store=roi, **_pages)
register(
    RETROSPECTIVE, load=retrospective.load, save=retrospective.save, order=130, store=retrospective, **_pages
)
