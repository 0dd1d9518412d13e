"""What is typed on the pages of the rulebook. Values are read by the actions, which say what is wrong with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import params_on

from .changes import FIELD, tomorrow
from .models import Clause, Edition


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ParametersForm(forms.Form):
    """A field for every parameter of a rule that may change, filled with the values in force."""

    def __init__(self, rule: Rule[Any], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.rule = rule
        now = params_on([rule])[rule.id]
        for name in rule.params:
            bound = rule.bound(name)
            if bound.is_fixed:
                continue
            label = gettext(bound.label) or name
            initial = self.initial.get(name, bound.typed(now[name]))
            if bound.choices:
                choices = [(key, gettext(word)) for key, word in bound.choices.items()]
                made: forms.Field = forms.ChoiceField(label=label, choices=choices, initial=initial)
            else:
                made = forms.CharField(label=label, initial=initial, max_length=200)
                made.widget.attrs |= {"autocomplete": "off", "inputmode": _keyboard(rule.params[name])}
            made.help_text = str(bound.range)
            self.fields[FIELD + name] = made

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, by parameter."""
        return {
            name.removeprefix(FIELD): str(value)
            for name, value in self.cleaned_data.items()
            if name.startswith(FIELD)
        }

    @property
    def parameters(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of the parameters with the unit that stands behind them."""
        return [(self[name], self._unit(name)) for name in self.fields if name.startswith(FIELD)]

    def _unit(self, name: str) -> str:
        unit = self.rule.bound(name.removeprefix(FIELD)).unit
        return gettext("yuan") if unit == "yuan" else unit if unit in {"", "%"} else gettext(unit)


def _keyboard(default: Any) -> str:
    """Which keyboard a phone shows."""
    is_number = not isinstance(default, bool | str | list | tuple)
    return "decimal" if is_number else "text"


class TrialForm(ParametersForm):
    """Other values, and the period over whose campaigns they are tried."""

    since = forms.DateField(label=_("Campaigns from"), widget=DateInput())
    until = forms.DateField(label=pgettext_lazy("rulebook", "until"), widget=DateInput())


class PeriodForm(forms.Form):
    """The period over whose campaigns routing rows are tried."""

    since = forms.DateField(label=_("Campaigns from"), widget=DateInput())
    until = forms.DateField(label=pgettext_lazy("rulebook", "until"), widget=DateInput())


class ReasonForm(forms.Form):
    """Why something shall change, and from when."""

    effective_on = forms.DateField(label=_("In force from"), widget=DateInput())
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    trial = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["effective_on"].help_text = gettext(
            "Tomorrow at the earliest; what was decided before stays as it is."
        )
        self.fields["effective_on"].widget.attrs["min"] = tomorrow().isoformat()


class ProposeForm(ParametersForm, ReasonForm):
    """Other values for parameters, with reason and day."""


class HeadForm(forms.ModelForm[Edition]):
    class Meta:
        model = Edition
        fields = ("summary", "office", "pages")


class ClauseForm(forms.ModelForm[Clause]):
    """A clause of a draft; rules are given by their numbers."""

    rules = forms.CharField(
        label=_("Rules that carry it out"),
        required=False,
        max_length=300,
        help_text=_("Numbers with a space between"),
    )

    class Meta:
        model = Clause
        fields = ("ref", "title", "text", "title_en", "text_en")
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "text_en": forms.Textarea(attrs={"rows": 4, "lang": "en"}),
        }
        help_texts = {"text_en": _("A rendering for readers of English; empty where there is none")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["rules"].initial = " ".join(self.instance.rules)

    def clean_rules(self) -> list[str]:
        return str(self.cleaned_data["rules"]).replace(",", " ").replace("、", " ").split()
