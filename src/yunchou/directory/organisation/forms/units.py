"""Forms about a unit, and about the work that goes to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import Unit

from ..models import DepartmentKind, WorkType
from .pickers import lines_field


def _department() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Kind of department"),
        choices=DepartmentKind.choices,
        initial=DepartmentKind.OTHER,
        required=False,
    )


class UnitForm(forms.Form):
    """A new unit below the one that is open."""

    name = forms.CharField(label=_("Name of the unit"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind of unit"),
        choices=[c for c in Unit.Kind.choices if c[0] != Unit.Kind.GROUP],
        initial=Unit.Kind.DEPARTMENT,
    )
    department = _department()
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Left empty: made from the name's pinyin."),
    )

    def clean_department(self) -> str:
        return self.cleaned_data["department"] or DepartmentKind.OTHER


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Name of the unit"), max_length=60)


class DutiesForm(forms.Form):
    """What all staff read about a department (ORG-05)."""

    department = _department()
    duties = lines_field(pgettext_lazy("department", "Duties"))
    authority = lines_field(_("Authority"))

    def clean_department(self) -> str:
        return self.cleaned_data["department"] or DepartmentKind.OTHER


class WorkRouteForm(forms.Form):
    """One kind of department for every type of work."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for work in WorkType:
            self.fields[work.value] = forms.ChoiceField(label=work.label, choices=DepartmentKind.choices)

    def changes(self) -> Iterable[tuple[str, str]]:
        """What differs from before: (type of work, kind of department)."""
        return [(name, self.cleaned_data[name]) for name in self.changed_data]
