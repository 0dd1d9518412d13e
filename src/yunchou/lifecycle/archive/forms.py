"""What people fill in about the archive."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Stage


class ItemForm(forms.Form):
    """An item with its four mandatory data (R-ARC-01)."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    date = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    title = forms.CharField(label=_("Title"), max_length=120)
    source = forms.CharField(
        label=_("Source"), max_length=120, help_text=_("Who made it, or where it appeared")
    )
    abstract = forms.CharField(label=_("Abstract"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    upload = forms.FileField(label=_("File"), required=False)
    place = forms.CharField(
        label=_("Place in the archive room"),
        required=False,
        max_length=120,
        help_text=_("For physical items"),
    )


class SummaryForm(forms.Form):
    """The words of the summary."""

    conclusion = forms.CharField(
        label=_("Conclusion"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
    suggestions = forms.CharField(
        label=_("Suggestions"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )
