"""The form that takes a workbook in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import Unit


class ImportForm(forms.Form):
    """A workbook, and the unit in which its campaign is to be made."""

    workbook = forms.FileField(
        label=_("Workbook"), allow_empty_file=True, widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=_("Excel (.xlsx), at most 20 MB. The file stays as it is; nothing in it is changed."),
    )  # fmt: skip
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"), empty_label=None)

    def __init__(self, *args: Any, units: QuerySet[Unit], path: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = units
        field.label_from_instance = lambda unit: "　" * max(unit.path.count("/") - 2, 0) + unit.name
        departments = units.filter(path__startswith=path) if path else units
        self.initial.setdefault(
            "unit", departments.filter(kind=Unit.Kind.DEPARTMENT).first() or units.first()
        )

    def clean_workbook(self) -> Any:
        """An empty file is told apart from none at all."""
        upload = self.cleaned_data["workbook"]
        if not upload.size:
            raise ValidationError(_("The file is empty."))
        return upload
