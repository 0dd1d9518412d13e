from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .days import LAST_ANNOUNCED_YEAR
from .models import CalendarSettings, DayOverride


class DayForm(forms.Form):
    """One day that is to differ from the official calendar."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    is_working = forms.ChoiceField(
        label=_("This day is"), choices=[("1", _("worked")), ("", _("day off"))], required=False
    )
    name = forms.CharField(
        label=_("Name"), max_length=DayOverride._meta.get_field("name").max_length, required=False
    )
    note = forms.CharField(
        label=_("Source or reason"), max_length=DayOverride._meta.get_field("note").max_length, required=False
    )

    def clean_is_working(self) -> bool:
        return bool(self.cleaned_data["is_working"])


class SettingsForm(forms.ModelForm[CalendarSettings]):
    """Working hours and how far the official notices reach."""

    announced_until = forms.IntegerField(
        label=_("Announced until year"),
        min_value=LAST_ANNOUNCED_YEAR,
        max_value=2099,
        required=False,
        help_text=_("Later years are marked provisional. Leave empty to follow the installed data."),
    )

    class Meta:
        model = CalendarSettings
        fields = ("opens_at", "closes_at", "announced_until")
        widgets = {
            "opens_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "closes_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
